"""A policy for registers some of whose cells are blank: in these rows what the policy puts in a fact's place stands."""

from collections.abc import Collection
from datetime import date
from typing import cast

from attrs import evolve

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Fact, Policy
from hardship_rules.core.ranges import Exact
from hardship_rules.core.syntax import Choose, Expr, Name, Not
from hardship_rules.core.values import EARLIEST, YES_NO, ChoiceKind, DateKind, NumberKind, YesNoKind


def left_out_column(name: str) -> str:
    """The column that tells in which rows a fact is left out; no name of a policy has a space in it."""
    return f"{name} left out"


def stated_column(name: str) -> str:
    """The column that holds a fact where it is not left out."""
    return f"{name} stated"


def with_left_out(policy: Policy, names: Collection[str]) -> Policy:
    """The policy for frames in which these facts, all with something that stands in, are left out in some rows.

    In place of such a fact's column they have `stated_column` and `left_out_column`; where it is left out, what is
    stated is not looked at. The fact itself has no column, and what stands in for it is first of all what is stated.
    """

    def facts(own: FrozenMapping[str, Fact]) -> FrozenMapping[str, Fact]:
        found = dict(own)
        for name, fact in own.items():
            if name in names and fact.if_absent is not None:
                found[name] = evolve(fact, if_absent=_first_stated(fact, fact.if_absent))
                found[stated_column(name)] = evolve(fact, name=stated_column(name), if_absent=None)
                found[left_out_column(name)] = evolve(fact, name=left_out_column(name), kind=YES_NO, if_absent=None)
        return FrozenMapping(found)

    return evolve(policy, facts=facts(policy.facts), members=evolve(policy.members, facts=facts(policy.members.facts)))


def _first_stated(fact: Fact, expr: Expr) -> Expr:
    stated = (Not(Name(left_out_column(fact.name), fact.at), fact.at), Name(stated_column(fact.name), fact.at))
    if isinstance(expr, Choose):
        return Choose((stated, *expr.cases), expr.otherwise, fact.at)
    return Choose((stated,), expr, fact.at)


def anything(fact: Fact) -> "str | bool | int | float | date":
    """Some value of a fact, to stand in a column where it is not looked at: a null would be looked at."""
    match fact.kind:
        case NumberKind(low=low, decimals=decimals):
            return float(cast(Exact, low)) if decimals else int(cast(Exact, low))
        case ChoiceKind(options):
            return next(iter(options))
        case YesNoKind():
            return False
        case DateKind():
            return EARLIEST
