"""`hardship-rules assess`: households are assessed, and the reasons told."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click
from attrs import evolve

from hardship_rules.api import assess as assess_household
from hardship_rules.api import load_policy
from hardship_rules.cli.input import household_of
from hardship_rules.cli.output import FOLDERS, FORMAT, LANG, problems_json, written
from hardship_rules.conform import date_of
from hardship_rules.durable import assess as assess_by_both
from hardship_rules.durable_worker import DurableError
from hardship_rules.explain import explain
from hardship_rules.household import HouseholdText
from hardship_rules.model import Policy
from hardship_rules.nearest import what_would_change as changes_of
from hardship_rules.problems import FactError, Language, Location, PolicyError, Problem


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "-p",
    "--policy",
    "policy_name",
    metavar="POLICY",
    help="政策的标识、路径，或系列标识（配合日期）；默认按文件中的“政策”。",
)
@click.option("--on", metavar="DATE", help="认定日期，如 2021-03-31；默认按文件中的“认定日期”。")
@click.option(
    "--engine",
    type=click.Choice(["evaluator", "durable-rules"]),
    default="evaluator",
    show_default=True,
    help="durable-rules：由第二个引擎再判一遍，两者须一致。",
)
@click.option("--turns-on", "turns", is_flag=True, help="JSON 中也写结论取决于哪些解读和条款；文字说明总是写。")
@click.option("--what-would-change", is_flag=True, help="另列出哪一项事实单独改变即会改变类别。")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False), help="写入文件（UTF-8），不在屏幕显示。"
)
@FORMAT
@LANG
@FOLDERS
def assess(
    files: tuple[str, ...],
    policy_name: str | None,
    on: str | None,
    engine: str,
    turns: bool,  # noqa: FBT001  # a flag
    what_would_change: bool,  # noqa: FBT001  # click's flag
    output: str | None,
    form: str,
    lang: Language,
    folders: tuple[str, ...],
) -> None:
    """审核家庭，说明类别和理由。FILE 是 YAML 或 JSON 文件，- 为标准输入。"""
    if what_would_change and engine != "evaluator":
        raise click.UsageError("--what-would-change 不能与 --engine durable-rules 同用。")
    answers, failed = [], False
    for file in files:
        try:
            household = household_of(file)
            policy = _policy_for(household, policy_name, on, folders)
            if what_would_change:
                answer = changes_of(policy, household, on).explain(format=form, turns=turns)
            elif engine == "evaluator":
                answer = explain(assess_household(policy, household, on), format=form, turns=turns)
            else:
                answer = assess_by_both(policy, household, on).explain(format=form)
        except DurableError as error:
            failed = True
            click.echo(f"{file}: {error}", err=True)
        except (FactError, PolicyError) as error:
            failed = True
            if form == "json":
                answers.append(problems_json(error.problems, lang))
            else:
                click.echo(error.report(lang), err=True)
        else:
            answers.append(f"{file}\n\n{answer}" if form == "text" and len(files) > 1 else answer)
    text = ("\n" if form == "text" else "").join(answers)
    if output is None:
        click.echo(text, nl=False)
    elif not failed:
        failed = not written(Path(output), text, lang)
    sys.exit(1 if failed else 0)


def _policy_for(household: HouseholdText, name: str | None, on: str | None, folders: Iterable[str]) -> Policy:
    name = name or household.policy
    if name is None:
        raise FactError([Problem("policy_not_named", ("policy",), location=Location(household.name, 1, 1))])
    day = on or household.on
    try:
        return load_policy(name, None if day is None else date_of(day), tuple(folders))
    except PolicyError as error:  # a policy that is not found is told at the household that asks for it
        asks = Location(household.name, 1, 1)
        raise PolicyError(evolve(each, location=each.location or asks) for each in error.problems) from None
