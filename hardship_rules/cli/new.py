"""`hardship-rules new`: a draft of a year's policy file, from the last file of the series."""

import sys
from pathlib import Path

import click

from hardship_rules.authoring import new_year, window
from hardship_rules.cli._output import FOLDERS, LANG, Target, there, written
from hardship_rules.core.kinds import parse_date
from hardship_rules.core.problem import Language, Location, PolicyError, Problem, nearest
from hardship_rules.language.find import Year, all_series, years
from hardship_rules.language.policies import load_policy
from hardship_rules.language.source import Mapping, parse


@click.command()
@click.argument("series")
@click.argument("year")
@click.option("-o", "--output", metavar="FILE", type=Target(dir_okay=False), help="写入文件（UTF-8）；默认显示在屏幕。")
@LANG
@FOLDERS
def new(series: str, year: str, output: str | None, lang: Language, folders: tuple[str, ...]) -> None:
    """由系列的上一份文件生成新年度的草案：数值空着待填，旁边注明上一份的数。已有的文件从不覆盖。

    SERIES 是系列标识，如 weihai；YEAR 是年度，如 2026。
    """
    if output is not None and there(Path(output)):
        click.echo(Problem("year_exists", given=output, location=Location(output, 1, 1)).line(lang), err=True)
        sys.exit(1)
    try:
        file = Path(output or "")
        text = _text(series, year, (file.parent, *map(Path, folders)), file.stem)
    except PolicyError as error:
        click.echo(error.report(lang), err=True)
        sys.exit(1)
    if output is None:
        click.echo(text, nl=False)
    elif not written(Path(output), text, lang, read=()):
        sys.exit(1)


def _text(series: str, given: str, folders: tuple[Path, ...], name: str) -> str:
    """The draft for a year; `name` is the name of its file. Raises `PolicyError`."""
    first = parse_date(f"{given}-01-01")
    if first is None:
        raise PolicyError([Problem("year_number", given=given)])
    existing = years(series, folders)
    if not existing:
        known = all_series(folders)
        values = {"known": ", ".join(known), **nearest(series, known)}
        raise PolicyError([Problem("policy_missing", given=series, values=values)])
    values = {"series": series, "known": ", ".join(map(str, existing))}
    earlier = [year for year in existing if year.start < first]
    if not earlier:
        raise PolicyError([Problem("year_first", given=given, values=values)])
    last = max(earlier, key=lambda year: year.end)
    policy = load_policy(last.text.name, folders=folders)
    start, end = window(policy, first.year)
    overlapping = [year for year in existing if year.start <= end and start <= year.end]
    if overlapping:
        values = {"series": series, "known": ", ".join(map(str, overlapping))}
        raise PolicyError([Problem("year_taken", given=given, values=values)])
    return new_year(policy, _node_of(last), first.year, name)


def _node_of(last: Year) -> Mapping:
    """The content of the last year's file itself, without its base. Raises `PolicyError` if it has none."""
    node, _ = parse(last.text.text, last.text.name)
    if not isinstance(node, Mapping) or node.get("extends") is None:
        raise PolicyError([Problem("year_whole", given=last.text.name, location=last.at)])
    return node
