"""Where the commands write: the screen, a file, a record."""

import json
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import click
from attrs import asdict, fields

from hardship_rules.core.files import write_whole
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Language, Location, Problem, path_text, reason_of
from hardship_rules.documents.document import Document
from hardship_rules.documents.html import as_html
from hardship_rules.documents.markdown import as_markdown
from hardship_rules.documents.text import as_text

PROBLEMS = "hardship-rules/problems/1"

LANG = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="问题所用的语言。")
FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="输出的形式。"
)


class Target(click.Path):
    """A file to be written; a name that ends as a folder's does is none, and is not cut."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # type: ignore[override]  # as names of files are handed in
        """The file's name."""
        if value.endswith(tuple(filter(None, (os.sep, os.altsep)))) and not Path(value).is_dir():
            self.fail(f"没有文件夹 `{value}`；写文件名，或先建立文件夹。", param, ctx)
        return str(super().convert(value, param, ctx))


FOLDERS = click.option(
    "--policies",
    "folders",
    metavar="FOLDER",
    multiple=True,
    type=click.Path(exists=True, file_okay=False),
    help="查找政策文件的文件夹，可多次给出。",
)


RENDERERS: Mapping[str, Callable[[Document], str]] = FrozenMapping(
    {"text": as_text, "markdown": as_markdown, "html": as_html}
)
"""The forms of a document for people."""

_BY_ENDING = FrozenMapping({".html": "html", ".htm": "html", ".md": "markdown"})


def form_by_ending(form: str | None, output: str | None) -> str:
    """The form of a document: as asked for, or as the file's name ends, or text."""
    ending = "" if output is None else Path(output).suffix.lower()
    return form or _BY_ENDING.get(ending, "text")


def problems_json(
    problems: Iterable[Problem],
    lang: Language,
    beside: Mapping[str, object] = FrozenMapping(),
    *,
    show_values: bool = False,
) -> str:
    """The problems as a program reads them: code, place, path, sentence and mend, what stands there if that is shown.

    `beside` are keys at the end.
    """
    nowhere = dict.fromkeys(each.name for each in fields(Location))
    listed = [
        {
            "code": problem.code,
            "severity": problem.severity,
            "path": path_text(problem.at) or None,
            **(nowhere if problem.location is None else asdict(problem.location)),
            "message": problem.message(lang),
            "help": problem.help(lang) or None,
            **({"given": problem.given or None} if show_values else {}),
        }
        for problem in problems
    ]
    return json.dumps({"format": PROBLEMS, "problems": listed, **beside}, ensure_ascii=False) + "\n"


def there(path: Path) -> bool:
    """Something is there; what cannot be looked at is told when it is read or written."""
    try:
        return path.exists()
    except OSError:
        return False


def over_what_is_read(path: Path, read: Iterable[str | Policy | None]) -> Problem | None:
    """That a file to be written is one that is read: given by its path, or one that a policy stands in."""
    names: set[str] = set()
    for each in read:
        if isinstance(each, Policy):
            names |= {each.at.file, each.category.at.file, *(own.at.file for own in each.parameters.values())}
        elif each is not None:
            names.add(each)
    if not any(_same(path, Path(name)) for name in names - {"-"}):  # that is standard input
        return None
    return Problem("output_is_read", location=Location(str(path), 1, 1), given=str(path))


def _same(path: Path, other: Path) -> bool:
    """The paths lead to one file, by links too; what is not there, or cannot be looked at, is told elsewhere."""
    try:
        return path.is_file() and path.samefile(other)
    except OSError:
        return False


def written(path: Path, text: str, lang: Language, read: Iterable[str | Policy | None]) -> bool:
    """Write a file whole or not at all, and never over one that was read."""
    if problem := over_what_is_read(path, read):
        click.echo(problem.line(lang), err=True)
        return False
    content = text.encode("utf-8", "backslashreplace")  # a file's name may have what UTF-8 has not
    return was_written(path, lambda: write_whole(path, lambda stream: stream.write(content)), lang)


def was_written(path: Path, write: Callable[[], object], lang: Language) -> bool:
    """Let a file be written, and report why it is not."""
    problem = not_written(path, write)
    if problem is not None:
        click.echo(problem.line(lang), err=True)
    return problem is None


def not_written(path: Path, write: Callable[[], object]) -> Problem | None:
    """Let a file be written; the problem where it is not."""
    try:
        write()
    except OSError as error:
        return Problem("file_not_written", location=Location(str(path), 1, 1), values={"reason": reason_of(error)})
    return None


RECORD = "record"
_SUFFIX = ".record.json"


def check_output(files: Collection[str], form: str, output: str | None, *, embed: bool) -> None:
    """Refuse what cannot be meant: several records in one file, an answer into a folder, a policy into no record."""
    into_folder = output is not None and there(Path(output)) and Path(output).is_dir()
    if form != RECORD and embed:
        raise click.UsageError("--embed 要和 --format record 一起用")
    if form != RECORD and into_folder:
        raise click.UsageError("-o 要写文件名；只有写记录时可以是文件夹")
    if form == RECORD and len(files) > 1 and not into_folder:
        raise click.UsageError("几个 FILE 的记录各写一个文件：用 -o 指明一个已有的文件夹")
    if form == RECORD and into_folder and len({_name(file) for file in files}) < len(files):
        raise click.UsageError("有几个 FILE 的文件名相同，记录会写到同一个文件；分开运行，写入不同的文件夹")


def written_records(records: Mapping[str, str], output: Path, lang: Language) -> bool:
    """Write each household's record whole or not at all: the one into a file, or each into the folder by its name."""
    into_folder = there(output) and output.is_dir()
    done = [_written(text, output / _name(file) if into_folder else output, lang) for file, text in records.items()]
    return all(done)


def _name(file: str) -> str:
    """The name of the record's file in a folder: that of the household's."""
    return ("stdin" if file == "-" else Path(file).stem) + _SUFFIX


def _written(text: str, path: Path, lang: Language) -> bool:
    if there(path):  # it may have an officer's decision in it
        click.echo(Problem("record_exists", given=str(path), location=Location(str(path), 1, 1)).line(lang), err=True)
        return False
    return written(path, text, lang, read=())
