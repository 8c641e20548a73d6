"""`hardship-rules approve`: write an approval into a policy's file, with the fingerprint that was approved."""

import sys
from pathlib import Path

import click

from hardship_rules.authoring import approve as approve_file
from hardship_rules.authoring import lint_file
from hardship_rules.cli._output import FOLDERS, LANG, written
from hardship_rules.core.kinds import parse_date
from hardship_rules.core.problem import Language, PolicyError, Problem

_SETTLED = ("approval_other", "base_changed")  # what a new approval settles


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--by", metavar="OFFICE", required=True, help="批准的单位。")
@click.option("--date", "day", metavar="DATE", required=True, help="批准日期，如 2026-01-15。")
@click.option("--fingerprint", metavar="FINGERPRINT", help="批准单上的指纹；与文件现在的不同，就不写入。")
@LANG
@FOLDERS
def approve(file: str, by: str, day: str, fingerprint: str | None, lang: Language, folders: tuple[str, ...]) -> None:
    """把批准写入政策文件：单位、日期和所批准内容的指纹。其余各行一字不动。FILE 是文件路径。"""
    by = " ".join(by.split())
    if not by or not by.isprintable():
        raise click.UsageError("--by 要写批准的单位")
    on, path = parse_date(day), Path(file)
    if on is None:
        click.echo(Problem("date", given=day).line(lang), err=True)
        sys.exit(1)
    try:
        text, policy = approve_file(path, by, on, folders, fingerprint)
        warnings = lint_file(path, folders)
    except PolicyError as error:
        click.echo(error.report(lang), err=True)
        sys.exit(1)
    for warning in warnings:
        if warning.code not in _SETTLED:
            click.echo(warning.line(lang), err=True)
    if not written(path, text, lang, read=()):
        sys.exit(1)
    click.echo(f"已写入批准：{policy.title}")
    click.echo(f"  批准：{by}，{day}")
    click.echo(f"  指纹：{policy.fingerprint}")
