"""`hardship-rules template`: an empty household file to fill in, with the possible values of each fact."""

import sys
from pathlib import Path

import click

from hardship_rules.cli._output import FOLDERS, LANG, Target, there, written
from hardship_rules.core.problem import Language, Location, PolicyError, Problem
from hardship_rules.explanation.forms import template as template_of
from hardship_rules.language.policies import load_policy


@click.command()
@click.argument("policy_name", metavar="POLICY")
@click.option("-o", "--output", metavar="FILE", type=Target(dir_okay=False), help="写入文件（UTF-8）；默认显示在屏幕。")
@click.option("--force", is_flag=True, help="文件已经存在时覆盖它。")
@LANG
@FOLDERS
def template(policy_name: str, output: str | None, force: bool, lang: Language, folders: tuple[str, ...]) -> None:  # noqa: FBT001  # click gives it so
    """生成空白的家庭文件：按政策列出每项事实、可填内容和证明材料。POLICY 是标识或路径。"""
    try:
        policy = load_policy(policy_name, folders=folders)
        text = template_of(policy)
    except PolicyError as error:
        click.echo(error.report(lang), err=True)
        sys.exit(1)
    if output is None:
        click.echo(text, nl=False)
    elif not force and there(Path(output)):
        click.echo(Problem("file_exists", given=output, location=Location(output, 1, 1)).line(lang), err=True)
        sys.exit(1)
    elif not written(Path(output), text, lang, [policy]):
        sys.exit(1)
