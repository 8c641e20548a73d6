"""`hardship-rules changes`: a household before and now, the differences, and the actions due on its file."""

import sys
from pathlib import Path

import click

from hardship_rules.assessment.assessment import assess
from hardship_rules.cli._input import household_of, policy_for
from hardship_rules.cli._output import FOLDERS, LANG, RENDERERS, Target, problems_json, written
from hardship_rules.comparison.history import changes as changes_of
from hardship_rules.core.problem import FactError, Language, PolicyError, Problem


@click.command()
@click.argument("before", metavar="BEFORE")
@click.argument("now", metavar="NOW")
@click.option(
    "-p",
    "--policy",
    "policy_name",
    metavar="POLICY",
    help="政策的标识、路径，或系列标识（各按自己的日期）；默认按各文件中的“政策”。",
)
@click.option("-o", "--output", metavar="FILE", type=Target(dir_okay=False), help="写入文件（UTF-8），不在屏幕显示。")
@click.option(
    "--format",
    "form",
    type=click.Choice([*RENDERERS, "json"]),
    default="text",
    show_default=True,
    help="text 文本，markdown，html 网页（可打印），json 供程序使用。",
)
@LANG
@FOLDERS
def changes(
    before: str,
    now: str,
    policy_name: str | None,
    output: str | None,
    form: str,
    lang: Language,
    folders: tuple[str, ...],
) -> None:
    """同一家庭的前次和本次情况：有哪些不同，类别是否改变、因何改变，档案应如何处理。

    BEFORE 和 NOW 是 YAML 或 JSON 文件，各按自己的政策和认定日期审核；档案情况按 NOW 所写。
    """
    assessments, problems = [], list[Problem]()
    for file in (before, now):
        try:
            household = household_of(file)
            assessments.append(assess(policy_for(household, policy_name, None, folders), household))
        except (FactError, PolicyError) as error:
            problems += error.problems
    if problems:
        if form == "json":
            click.echo(problems_json(problems, lang), nl=False)
        else:
            click.echo(FactError(problems).report(lang), err=True)
        sys.exit(1)
    first, second = assessments
    text = changes_of(second.policy, first, second).explain(format=form, lang=lang)
    if output is None:
        click.echo(text, nl=False)
    elif not written(Path(output), text, lang, [before, now, first.policy, second.policy]):
        sys.exit(1)
