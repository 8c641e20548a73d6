"""Output of the commands: options they share, forms of documents, files written whole, records."""

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from attrs import asdict, define, field, fields

from hardship_rules.core.files import write_whole
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Language, Location, PolicyError, Problem, path_text, reason_of
from hardship_rules.documents.document import Document
from hardship_rules.documents.html import as_html
from hardship_rules.documents.markdown import as_markdown
from hardship_rules.documents.text import as_text

PROBLEMS = "hardship-rules/problems/1"
"""The format of problems as JSON."""
RECORD = "record"
"""The form of a record, among the values of `--format`."""
_RECORD_SUFFIX = ".record.json"

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


@define
class Answers:
    """The answers of a command to several files: the problems of one are reported, the others answered."""

    form: str
    lang: Language
    texts: list[str] = field(factory=list)
    failed: bool = False

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Report the problems of one file: among the answers where they are JSON, else on standard error."""
        try:
            yield
        except (FactError, PolicyError) as error:
            self.failed = True
            if self.form == "json":
                self.texts.append(problems_json(error.problems, self.lang))
            else:
                click.echo(error.report(self.lang), err=True)

    def add(self, file: str, answer: str, files: Collection[str]) -> None:
        """The answer to one of several files, under its name where they are texts."""
        self.texts.append(f"{file}\n\n{answer}" if self.form == "text" and len(files) > 1 else answer)

    def output(self, output: str | None, read: Iterable[str | Policy | None]) -> bool:
        """Print the answers, or write them to a file if no problem was found; whether all went well."""
        return self.output_text(("" if self.form == "json" else "\n").join(self.texts), output, read)

    def output_text(self, text: str, output: str | None, read: Iterable[str | Policy | None]) -> bool:
        """Print a text, or write it to a file if no problem was found; whether all went well."""
        if output is None:
            click.echo(text, nl=False)
        elif not self.failed:
            return write_text(Path(output), text, self.lang, read)
        return not self.failed


def exists(path: Path) -> bool:
    """Whether something exists at a path; an unreadable one counts as missing, and is reported when it is written."""
    try:
        return path.exists()
    except OSError:
        return False


def overwrite_problem(path: Path, read: Iterable[str | Policy | None]) -> Problem | None:
    """The problem of an output file that is also an input, directly or as a file of a policy; None for any other."""
    names: set[str] = set()
    for source in read:
        if isinstance(source, Policy):
            of_parameters = (parameter.at.file for parameter in source.parameters.values())
            names |= {source.at.file, source.category.at.file, *of_parameters}
        elif source is not None:
            names.add(source)
    if not any(_is_same_file(path, Path(name)) for name in names - {"-"}):  # standard input
        return None
    return Problem("output_is_read", location=Location(str(path), 1, 1), given=str(path))


def _is_same_file(path: Path, other: Path) -> bool:
    """Whether the paths lead to one file, also by links; missing or unreadable files are reported elsewhere."""
    try:
        return path.is_file() and path.samefile(other)
    except OSError:
        return False


def write_text(path: Path, text: str, lang: Language, read: Iterable[str | Policy | None]) -> bool:
    """Write a text whole or not at all, and never over an input; print the problem if there is one.

    Return whether it was written.
    """
    if problem := overwrite_problem(path, read):
        click.echo(problem.line(lang), err=True)
        return False
    content = text.encode("utf-8", "backslashreplace")  # file names may have lone surrogates
    return write_or_report(path, lambda: write_whole(path, lambda stream: stream.write(content)), lang)


def write_or_report(path: Path, write: Callable[[], object], lang: Language) -> bool:
    """Call `write`, and print the problem if it fails. Return whether it succeeded."""
    problem = try_write(path, write)
    if problem is not None:
        click.echo(problem.line(lang), err=True)
    return problem is None


def try_write(path: Path, write: Callable[[], object]) -> Problem | None:
    """Call `write`, which writes a file. Return the problem if it fails."""
    try:
        write()
    except OSError as error:
        return Problem("file_not_written", location=Location(str(path), 1, 1), values={"reason": reason_of(error)})
    return None


def check_output(files: Collection[str], form: str, output: str | None, *, embed: bool) -> None:
    """Refuse options that do not go together: several records and one file, a folder or `--embed` without records."""
    into_folder = output is not None and exists(Path(output)) and Path(output).is_dir()
    if form != RECORD and embed:
        raise click.UsageError("--embed 要和 --format record 一起用")
    if form != RECORD and into_folder:
        raise click.UsageError("-o 要写文件名；只有写记录时可以是文件夹")
    if form == RECORD and len(files) > 1 and not into_folder:
        raise click.UsageError("几个 FILE 的记录各写一个文件：用 -o 指明一个已有的文件夹")
    if form == RECORD and into_folder and len({_record_name(file) for file in files}) < len(files):
        raise click.UsageError("有几个 FILE 的文件名相同，记录会写到同一个文件；分开运行，写入不同的文件夹")


def write_records(records: Mapping[str, str], output: Path, lang: Language) -> bool:
    """Write one record to a file, or each into a folder under its household's name. Return whether all were written."""
    into_folder = exists(output) and output.is_dir()
    results = [
        _write_once(text, output / _record_name(file) if into_folder else output, lang)
        for file, text in records.items()
    ]
    return all(results)


def _record_name(file: str) -> str:
    """The file name of a household's record in a folder."""
    return ("stdin" if file == "-" else Path(file).stem) + _RECORD_SUFFIX


def _write_once(text: str, path: Path, lang: Language) -> bool:
    """Write a record, never over another one: it may contain an officer's decision."""
    if exists(path):
        click.echo(Problem("record_exists", given=str(path), location=Location(str(path), 1, 1)).line(lang), err=True)
        return False
    return write_text(path, text, lang, read=())
