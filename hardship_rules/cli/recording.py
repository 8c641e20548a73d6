"""Where records are written: one file for each household, never over a record that is there."""

from collections.abc import Collection, Mapping
from pathlib import Path

import click

from hardship_rules.cli.output import there, written
from hardship_rules.core.problems import Language, Location, Problem

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
