"""`hardship-rules check`: policy files are checked, every problem with its place and mend."""

import sys

import click

from hardship_rules.api import load_policy
from hardship_rules.cli.output import FOLDERS, FORMAT, LANG, problems_json
from hardship_rules.find import overlaps
from hardship_rules.model import Policy
from hardship_rules.problems import Language, PolicyError

_SOUND = {"zh": "{name}: 没有问题：{title}，{fingerprint}", "en": "{name}: no problems: {title}, {fingerprint}"}
_OPEN = {
    "zh": "    尚无数值的参数：{names}；写上数值以前，本文件只能供年度文件引用，不能用来审核",
    "en": "    parameters still without a value: {names}; until they have one, other files can extend this one, but it "
    "cannot assess",
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
            policy = _checked(name, folders)
        except PolicyError as error:
            failed = True
            click.echo(problems_json(error.problems, lang) if form == "json" else error.report(lang), nl=form == "text")
        else:
            click.echo(problems_json((), lang) if form == "json" else _sound(name, policy, lang), nl=form == "text")
    sys.exit(1 if failed else 0)


def _checked(name: str, folders: tuple[str, ...]) -> Policy:
    """The policy, sound by itself and for days that no other of its series is for; raises `PolicyError`."""
    others = overlaps(name, folders)
    try:
        policy = load_policy(name, folders=folders)
    except PolicyError as error:
        raise PolicyError([*error.problems, *others]) from None
    if others:
        raise PolicyError(others)
    return policy


def _sound(name: str, policy: Policy, lang: Language) -> str:
    text = _SOUND[lang].format(name=name, title=policy.title, fingerprint=policy.fingerprint)
    names = ", ".join(f"`{name}` {each.title}" for name, each in policy.parameters.items() if not each.values)
    return text + (f"\n{_OPEN[lang].format(names=names)}" if names else "")
