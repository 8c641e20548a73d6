"""`hardship-rules verify`: proofs about a policy for all households, and the changes from another policy."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hardship_rules.cli._output import FOLDERS, FORMAT, LANG, Target, problems_json, written
from hardship_rules.cli._proving import MEMBERS, SECONDS, open_problems, progress, prover_required
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Language, PolicyError
from hardship_rules.language.policies import load_policy

if TYPE_CHECKING:
    from hardship_rules.proofs.report import Report


@click.command()
@click.argument("policy_name", metavar="POLICY")
@click.option("--against", metavar="OLD", help="旧政策的标识或路径：举出类别因此改变的家庭。")
@MEMBERS
@SECONDS
@click.option("-o", "--output", metavar="FILE", type=Target(dir_okay=False), help="写入文件（UTF-8），不在屏幕显示。")
@FORMAT
@LANG
@FOLDERS
def verify(
    policy_name: str,
    against: str | None,
    members: int,
    seconds: float,
    output: str | None,
    form: str,
    lang: Language,
    folders: tuple[str, ...],
) -> None:
    """对全部家庭证明政策没有漏洞，或举出一个家庭。POLICY 是标识或路径。

    问：有没有得不到的结果、不起作用的条款、重叠的结果，规则应有的性质是否成立，哪些解读会改变决定；
    有 --against 的，类别会怎样改变。发现问题或类别改变的，退出码为 1。
    """
    try:
        policy = load_policy(policy_name, folders=folders)
        old = None if against is None else load_policy(against, folders=folders)
        _refuse_open([policy, *([] if old is None else [old])])
    except PolicyError as error:
        if form == "json":
            click.echo(problems_json(error.problems, lang), nl=False)
        else:
            click.echo(error.report(lang), err=True)
        sys.exit(1)
    report, text = _report(policy, old, members, seconds, form, lang)
    if output is None:
        click.echo(text, nl=False)
    elif not written(Path(output), text, lang, [policy, old]):
        sys.exit(1)
    sys.exit(1 if report.findings else 0)


def _refuse_open(policies: list[Policy]) -> None:
    if problems := open_problems(policies):
        raise PolicyError(problems)


def _report(
    policy: Policy, old: Policy | None, members: int, seconds: float, form: str, lang: Language
) -> "tuple[Report, str]":
    with prover_required():
        from hardship_rules.proofs import report as proofs  # it may not be installed
        from hardship_rules.proofs.report import proofs_json  # it may not be installed
        from hardship_rules.proofs.text import proofs_text  # it may not be installed
        from hardship_rules.testing.trial import try_property  # what it imports needs the prover
    report = proofs.verify(policy, old, members, seconds, progress=progress(lang), trial=try_property)
    return report, proofs_json(report) if form == "json" else proofs_text(report, lang)
