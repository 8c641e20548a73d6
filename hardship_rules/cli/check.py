"""`hardship-rules check`: the problems of policy files with their fixes, or a summary of each valid one."""

import sys
from pathlib import Path

import click

from hardship_rules.authoring import lint_file, summary, summary_data
from hardship_rules.cli._input import sound_policy
from hardship_rules.cli._output import FOLDERS, FORMAT, LANG, Target, problems_json, written
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Language, PolicyError, Problem
from hardship_rules.explanation.forms import facts_schema
from hardship_rules.language.policies import load_base, load_policy
from hardship_rules.language.schema import policy_schema, schema_text


@click.command()
@click.argument("policies", metavar="POLICY...", nargs=-1)
@click.option("--facts-schema", "of_facts", is_flag=True, help="输出一个政策的家庭事实的 JSON Schema，可据以生成表单。")
@click.option(
    "--policy-schema", "of_policy", is_flag=True, help="输出政策文件的 JSON Schema，供编辑器使用，不写 POLICY。"
)
@click.option("-o", "--output", metavar="FILE", type=Target(dir_okay=False), help="把 JSON Schema 写入文件（UTF-8）。")
@click.option("--against", metavar="OLD", help="与这一份比较；默认与同系列的上一份比较。")
@click.option("--strict", is_flag=True, help="有提示时，退出码也是 1。")
@FORMAT
@LANG
@FOLDERS
def check(
    policies: tuple[str, ...],
    of_facts: bool,  # noqa: FBT001  # click gives it so
    of_policy: bool,  # noqa: FBT001  # click's flag
    output: str | None,
    against: str | None,
    strict: bool,  # noqa: FBT001  # click's flag
    form: str,
    lang: Language,
    folders: tuple[str, ...],
) -> None:
    """检查政策文件：有问题的，指出每处问题和改法；没有问题的，提示可疑之处，说出文件现在的含义。

    POLICY 是标识或路径。
    """
    if of_facts and of_policy:
        raise click.UsageError("--facts-schema 和 --policy-schema 只写一个")
    if output is not None and not (of_facts or of_policy):
        raise click.UsageError("-o 要和 --facts-schema 或 --policy-schema 一起用")
    if of_policy and policies:
        raise click.UsageError("--policy-schema 不写 POLICY")
    if not of_policy and (not policies or (of_facts and len(policies) > 1)):
        raise click.UsageError("--facts-schema 写一个 POLICY" if of_facts else "缺少 POLICY")
    if (of_facts or of_policy) and (against is not None or strict):
        raise click.UsageError("--against 和 --strict 不与 JSON Schema 一起用")
    answers, failed, read = [], False, list[str | Policy]()
    for name in policies or ("",):
        try:
            if of_facts:
                policy = load_policy(name, folders=folders)
                read.append(policy)
                answers.append(schema_text(facts_schema(policy)))
            else:
                warnings = () if of_policy else _warnings(name, folders, against)
                failed = failed or (strict and bool(warnings))
                answers.append(
                    schema_text(policy_schema()) if of_policy else _summary(name, form, lang, folders, warnings)
                )
        except PolicyError as error:
            failed = True
            answers.append(problems_json(error.problems, lang) if form == "json" else f"{error.report(lang)}\n")
    if output is None or failed:
        click.echo("".join(answers), nl=False)
    else:
        failed = not written(Path(output), "".join(answers), lang, read)
    sys.exit(1 if failed else 0)


def _warnings(name: str, folders: tuple[str, ...], against: str | None) -> tuple[Problem, ...]:
    """The warnings on a policy; raises `PolicyError` if it is not valid."""
    sound_policy(name, folders)
    return lint_file(name, folders, against)


def _summary(name: str, form: str, lang: Language, folders: tuple[str, ...], warnings: tuple[Problem, ...]) -> str:
    """The warnings on a policy, and its summary."""
    policy, base = load_policy(name, folders=folders), load_base(name, folders)
    if form == "json":
        return problems_json(warnings, lang, {"policy": summary_data(policy, base)})
    lines = [*(warning.line(lang) for warning in warnings), summary(name, policy, base, lang, len(warnings))]
    return "\n".join(lines) + "\n"
