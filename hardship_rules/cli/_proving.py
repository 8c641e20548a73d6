"""Shared by the commands that prove: limits of a proof, the prover's extra, and progress."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click

from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Language, Problem
from hardship_rules.locale import sentences

_EACH = 25  # answers between two reports of progress

MEMBERS = click.option(
    "--members", type=click.IntRange(1, 64), default=5, show_default=True, help="家庭至多几名成员；更大的家庭不证明。"
)
SECONDS = click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=30.0, show_default=True, help="每一节至多用几秒。"
)


def open_problems(policies: Iterable[Policy]) -> list[Problem]:
    """The problems of policies that nothing can be proved about: open ones, and those without a decision."""
    problems = []
    for policy in policies:
        if policy.is_open:
            parameters = policy.parameters.items()
            without_value = ", ".join(
                f"`{name}` {parameter.title}" for name, parameter in parameters if not parameter.values
            )
            problems.append(Problem("policy_open", given=policy.name, values={"parameters": without_value}))
        elif not policy.decisions:
            problems.append(Problem("policy_without_decision", given=policy.name))
    return problems


@contextmanager
def prover_required() -> Iterator[None]:
    """Around imports of the prover: if it is not installed, print its extra and exit."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "z3":
            raise
        click.echo(str(error), err=True)
        sys.exit(1)


def progress(lang: Language) -> Callable[[str, int], None]:
    """A function that reports on standard error the section of the proof, and the number of its answers."""
    say = sentences("proofs", lang)

    def report(section: str, count: int) -> None:
        if count % _EACH == 0:
            title = say[section].partition("：")[0].partition(":")[0]
            click.echo(say["progress_count" if count else "progress"].format(section=title, count=count), err=True)

    return report
