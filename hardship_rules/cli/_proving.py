"""What the commands that prove share: how large a household, how long, what to install, and how far it is."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click

from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Language, Problem
from hardship_rules.locale import sentences

_EACH = 25  # answers after which progress is told

MEMBERS = click.option(
    "--members", type=click.IntRange(1, 64), default=5, show_default=True, help="家庭至多几名成员；更大的家庭不证明。"
)
SECONDS = click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=30.0, show_default=True, help="每一节至多用几秒。"
)


def open_problems(policies: Iterable[Policy]) -> list[Problem]:
    """Only what can be applied can be proved."""
    problems = []
    for policy in policies:
        if policy.is_open:
            open_ = ", ".join(f"`{name}` {each.title}" for name, each in policy.parameters.items() if not each.values)
            problems.append(Problem("policy_open", given=policy.name, values={"parameters": open_}))
        elif not policy.decisions:
            problems.append(Problem("policy_without_decision", given=policy.name))
    return problems


@contextmanager
def what_proves() -> Iterator[None]:
    """Around the imports of what may not be installed: then it is said what to install, and that is all."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "z3":
            raise
        click.echo(str(error), err=True)
        sys.exit(1)


def progress(lang: Language) -> Callable[[str, int], None]:
    """What tells on standard error which section is asked, and how much of it is answered."""
    say = sentences("proofs", lang)

    def said(section: str, count: int) -> None:
        if count % _EACH == 0:
            title = say[section].partition("：")[0].partition(":")[0]
            click.echo(say["progress_count" if count else "progress"].format(section=title, count=count), err=True)

    return said
