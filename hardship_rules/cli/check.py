"""`hardship-rules check`: policy files are checked, every problem with its place and mend."""

import sys

import click

from hardship_rules.api import load_policy
from hardship_rules.cli.output import FOLDERS, FORMAT, LANG, problems_json
from hardship_rules.model import Policy
from hardship_rules.problems import Language, PolicyError

_SOUND = {"zh": "{name}: 没有问题：{title}，{fingerprint}", "en": "{name}: no problems: {title}, {fingerprint}"}
_OPEN = {
    "zh": "    尚无数值的参数：{names}；本文件可供年度文件引用，不能单独用来审核",
    "en": "    parameters still without a value: {names}; other files can extend this one, it cannot assess by itself",
}


@click.command()
@click.argument("policies", metavar="POLICY...", nargs=-1, required=True)
@FORMAT
@LANG
@FOLDERS
def check(policies: tuple[str, ...], form: str, lang: Language, folders: tuple[str, ...]) -> None:
    """检查政策文件：逐处指出问题和改法。POLICY 是标识或路径。"""
    failed = False
    for name in policies:
        try:
            policy = load_policy(name, folders=folders)
        except PolicyError as error:
            failed = True
            click.echo(problems_json(error.problems, lang) if form == "json" else error.report(lang), nl=form == "text")
        else:
            click.echo(problems_json((), lang) if form == "json" else _sound(name, policy, lang), nl=form == "text")
    sys.exit(1 if failed else 0)


def _sound(name: str, policy: Policy, lang: Language) -> str:
    text = _SOUND[lang].format(name=name, title=policy.title, fingerprint=policy.fingerprint)
    names = ", ".join(name for name, parameter in policy.parameters.items() if not parameter.values)
    return text + (f"\n{_OPEN[lang].format(names=names)}" if names else "")
