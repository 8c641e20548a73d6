"""`hardship-rules check`: policy files are checked, every problem with its place and mend, what is sound said back."""

import sys
import click

from hardship_rules.api import load_base, load_policy
from hardship_rules.cli.output import FOLDERS, FORMAT, LANG, problems_json
from hardship_rules.find import overlaps
from hardship_rules.model import Policy
from hardship_rules.problems import Language, PolicyError
from hardship_rules.summary import summary, summary_data


@click.command()
@click.argument("policies", metavar="POLICY...", nargs=-1, required=True)
@FORMAT
@LANG
@FOLDERS
def check(policies: tuple[str, ...], form: str, lang: Language, folders: tuple[str, ...]) -> None:
    """检查政策文件：有问题的，逐处指出问题和改法；没有问题的，说出文件现在的含义。POLICY 是标识或路径。"""
    failed = False
    for name in policies:
        try:
            said = _said(name, form, lang, folders)
        except PolicyError as error:
            failed = True
            said = problems_json(error.problems, lang) if form == "json" else error.report(lang) + "\n"
        click.echo(said, nl=False)
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


def _said(name: str, form: str, lang: Language, folders: tuple[str, ...]) -> str:
    policy, base = _checked(name, folders), load_base(name, folders)
    if form == "json":
        return problems_json((), lang, {"policy": summary_data(policy, base)})
    return summary(name, policy, base, lang) + "\n"
