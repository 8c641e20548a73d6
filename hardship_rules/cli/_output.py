"""Output of the commands: options they share, forms of documents, files written whole, records."""

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
    """A file to write; a name that ends with a separator is refused unless it is a folder."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # type: ignore[override]  # file names are given as texts
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
"""The forms of a document, by the values of `--format`."""

_BY_ENDING = FrozenMapping({".html": "html", ".htm": "html", ".md": "markdown"})


def form_by_ending(form: str | None, output: str | None) -> str:
    """The form of a document: as given, else by the file's suffix, else text."""
    ending = "" if output is None else Path(output).suffix.lower()
    return form or _BY_ENDING.get(ending, "text")


def problems_json(
    problems: Iterable[Problem],
    lang: Language,
    beside: Mapping[str, object] = FrozenMapping(),
    *,
    show_values: bool = False,
) -> str:
    """The problems as JSON: code, place, path, sentence and fix; with `show_values` also the text given.

    `beside` are further keys of the object, at its end.
    """
    nowhere = dict.fromkeys(attribute.name for attribute in fields(Location))
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
    """Whether something exists at a path; if that cannot be known, the error is reported when it is read or written."""
    try:
        return path.exists()
    except OSError:
        return False


def over_what_is_read(path: Path, read: Iterable[str | Policy | None]) -> Problem | None:
    """The problem of a file to write that is also read: by its path, or as a file of a policy."""
    names: set[str] = set()
    for source in read:
        if isinstance(source, Policy):
            of_parameters = (parameter.at.file for parameter in source.parameters.values())
            names |= {source.at.file, source.category.at.file, *of_parameters}
        elif source is not None:
            names.add(source)
    if not any(_same(path, Path(name)) for name in names - {"-"}):  # standard input
        return None
    return Problem("output_is_read", location=Location(str(path), 1, 1), given=str(path))


def _same(path: Path, other: Path) -> bool:
    """Whether the paths lead to one file, also by links; missing or unreadable files are reported elsewhere."""
    try:
        return path.is_file() and path.samefile(other)
    except OSError:
        return False


def written(path: Path, text: str, lang: Language, read: Iterable[str | Policy | None]) -> bool:
    """Write a file whole or not at all, and never over one that is read; whether it was written."""
    if problem := over_what_is_read(path, read):
        click.echo(problem.line(lang), err=True)
        return False
    content = text.encode("utf-8", "backslashreplace")  # file names may have lone surrogates
    return was_written(path, lambda: write_whole(path, lambda stream: stream.write(content)), lang)


def was_written(path: Path, write: Callable[[], object], lang: Language) -> bool:
    """Write a file, print the problem if that fails; whether it was written."""
    problem = not_written(path, write)
    if problem is not None:
        click.echo(problem.line(lang), err=True)
    return problem is None


def not_written(path: Path, write: Callable[[], object]) -> Problem | None:
    """Write a file; the problem if that fails."""
    try:
        write()
    except OSError as error:
        return Problem("file_not_written", location=Location(str(path), 1, 1), values={"reason": reason_of(error)})
    return None


RECORD = "record"
_SUFFIX = ".record.json"


def check_output(files: Collection[str], form: str, output: str | None, *, embed: bool) -> None:
    """Refuse options that do not go together: several records and one file, a folder or `--embed` without records."""
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
    """Write the record to a file, or each into a folder by the name of its household; whether all were written."""
    into_folder = there(output) and output.is_dir()
    done = [
        _written_once(text, output / _name(file) if into_folder else output, lang) for file, text in records.items()
    ]
    return all(done)


def _name(file: str) -> str:
    """The file name of a household's record in a folder."""
    return ("stdin" if file == "-" else Path(file).stem) + _SUFFIX


def _written_once(text: str, path: Path, lang: Language) -> bool:
    """Write a record, never over another one: it may contain an officer's decision."""
    if there(path):
        click.echo(Problem("record_exists", given=str(path), location=Location(str(path), 1, 1)).line(lang), err=True)
        return False
    return written(path, text, lang, read=())
