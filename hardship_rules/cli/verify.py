"""`hardship-rules verify`: proofs about a policy for all households, and what a change does and was meant to do."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hardship_rules.cli._output import FOLDERS, FORMAT, LANG, Target, problems_json, write_text
from hardship_rules.cli._proving import MEMBERS, SECONDS, open_problems, progress, prover_required
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Language, PolicyError
from hardship_rules.language.policies import load_policy

if TYPE_CHECKING:
    from hardship_rules.proofs.expectations import Expectation, Judged
    from hardship_rules.proofs.report import Report

EXPECTING = """期望的文件写明改动应当怎样，每项一行：

\b
expect:
  - nobody loses                      没有家庭失去认定
  - nobody loses: [深度困难职工家庭]  没有家庭失去这一类
  - only: {from: none, to: relative}  类别只有这一种变化
  - rises: dibao                      每一项数值都不降，且有提高

有 --expect 的，期望都已证明的退出码为 0，类别改变不算发现问题；
有一项没有证明的，或其他各节发现问题的，退出码为 1。"""


@click.command(epilog=EXPECTING)
@click.argument("policy_name", metavar="POLICY")
@click.option("--against", metavar="OLD", help="旧政策的标识或路径：举出结果因此改变的家庭。")
@click.option("--expect", metavar="FILE", help="期望的文件：证明改动只做到了想做的；要和 --against 一起用。")
@MEMBERS
@SECONDS
@click.option("-o", "--output", metavar="FILE", type=Target(dir_okay=False), help="写入文件（UTF-8），不在屏幕显示。")
@FORMAT
@LANG
@FOLDERS
def verify(  # an argument an option
    policy_name: str,
    against: str | None,
    expect: str | None,
    members: int,
    seconds: float,
    output: str | None,
    form: str,
    lang: Language,
    folders: tuple[str, ...],
) -> None:
    """对全部家庭证明政策没有漏洞，或举出一个家庭。POLICY 是标识或路径。

    问：有没有得不到的结果、不起作用的条款、重叠的结果，规则应有的性质是否成立，哪些解读会改变决定；
    有 --against 的，类别、建档处理、应交材料等各项会怎样改变。发现问题或结果改变的，退出码为 1。
    """
    if expect is not None and against is None:
        raise click.UsageError("--expect 要和 --against 一起用")
    try:
        policy = load_policy(policy_name, folders=folders)
        old = None if against is None else load_policy(against, folders=folders)
        _refuse_open([policy, *([] if old is None else [old])])
        expectations = () if expect is None or old is None else _expectations(expect, old, policy)
    except PolicyError as error:
        if form == "json":
            click.echo(problems_json(error.problems, lang), nl=False)
        else:
            click.echo(error.report(lang), err=True)
        sys.exit(1)
    report = _report(policy, old, members, seconds, lang)
    judged = _judged(report, expectations)
    text = _text(report, judged, expect, form, lang)
    if output is None:
        click.echo(text, nl=False)
    elif not write_text(Path(output), text, lang, [policy, old, expect]):
        sys.exit(1)
    is_expected = bool(judged) and all(each.verdict == "proved" for each in judged)
    findings = [claim for claim in report.findings if not (is_expected and claim.section == "changes")]
    sys.exit(1 if findings or (judged and not is_expected) else 0)


def _refuse_open(policies: list[Policy]) -> None:
    if problems := open_problems(policies):
        raise PolicyError(problems)


def _expectations(file: str, old: Policy, new: Policy) -> "tuple[Expectation, ...]":
    with prover_required():
        from hardship_rules.proofs.expectations import load_expectations
    return load_expectations(file, old, new)


def _report(policy: Policy, old: Policy | None, members: int, seconds: float, lang: Language) -> "Report":
    with prover_required():
        from hardship_rules.proofs.report import verify as prove
        from hardship_rules.testing.trial import try_property
    return prove(policy, old, members, seconds, progress=progress(lang), trial=try_property)


def _judged(report: "Report", expectations: "tuple[Expectation, ...]") -> "tuple[Judged, ...]":
    from hardship_rules.proofs.expectations import judge

    return () if report.against is None else judge(expectations, report.claims, report.against, report.policy)


def _text(report: "Report", judged: "tuple[Judged, ...]", file: str | None, form: str, lang: Language) -> str:
    """The report as text or JSON, with the expectations of a file."""
    from hardship_rules.proofs.expectations_text import expectations_data, expectations_text
    from hardship_rules.proofs.report import proofs_json
    from hardship_rules.proofs.text import proofs_text

    if form == "json":
        return proofs_json(report, {"expectations": expectations_data(judged)} if judged else {})
    text = proofs_text(report, lang)
    if file is not None:
        text += "\n" + expectations_text(judged, report, file, lang)
    return text
