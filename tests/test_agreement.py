"""Every way to compute a verdict at once: one policy, the same households, and no difference between any two ways.

A difference is made as small as it can be, and is printed as a policy and a case to paste.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from random import Random

import duckdb
import psycopg
import pytest
from attrs import evolve
from bundled import POLICIES
from completing import any_value, chance
from databases import DuckDb, Postgres
from every_way import (
    Sample,
    Way,
    asked,
    by_durable_rules,
    by_fractions,
    by_intervals,
    by_lazy_duckdb,
    by_polars,
    by_proof,
    by_view,
)
from framing import Facts, drawn, filled, given_as
from hypothesis import strategies as st
from in_both import server
from rich import rich_household, rich_policies
from sampling import LONG, count, examples
from shrinking import differences, shrunk
from small_policy import POLICY as SMALL
from trial import FAULTS, TRIAL, with_edits

from hardship_rules import FactError, Policy, read_policy
from hardship_rules.core.kinds import NumberKind
from hardship_rules.durable import Worker
from hardship_rules.testing.cases import read_cases
from hardship_rules.testing.strategies import households, partial_households, policies

__all__ = ["server"]  # a fixture

HAS_DURABLE = find_spec("durable") is not None or bool(os.environ.get("HARDSHIP_RULES_DURABLE"))
SECONDS = 60 if not LONG else 600
"""So long a difference is made smaller."""


@pytest.fixture(name="ways", scope="module")
def every_way(server: str) -> Iterator[dict[str, Way]]:
    """The ways by their names, of which the slow ones take a few households of each sample."""
    with (
        psycopg.connect(server, autocommit=True) as postgres,
        duckdb.connect() as duck,
        Worker() as worker,
    ):
        postgres.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        yield {
            "the interval reference": by_intervals,
            "the evaluator of fractions": by_fractions,
            "a Polars frame": by_polars,
            "a lazy DuckDB frame": by_lazy_duckdb,
            "the view in DuckDB": by_view(DuckDb(duck)),
            "the view in PostgreSQL": by_view(Postgres(postgres)),
            **({"durable-rules": by_durable_rules(worker, 6)} if HAS_DURABLE else {}),
            "Z3": by_proof(1),
        }


def check(ways: Mapping[str, Way], sample: Sample, text: str | None = None) -> set[str]:
    """The ways that refuse the policy; the test fails with the first difference, as small as it can be made."""
    refusing = set()
    for name, way in ways.items():
        found = differences(way, sample)
        if found is None:
            refusing.add(name)
        elif any(found):
            pytest.fail(shrunk(name, way, sample, text, SECONDS).text(), pytrace=False)
    return refusing


# --- What is drawn ---------------------------------------------------------------------------------------------------

TEXTS = st.one_of(
    policies(), rich_policies(), st.sampled_from([SMALL, TRIAL, *(with_edits(fault.edits) for fault in FAULTS)])
)


def sample_of(policy: Policy, source: Random, number: int) -> Sample:
    """So many households of a policy on one day: complete, partial, on a line, beside it, and a few that are refused.

    In one sample of six the day is not known. Columns of facts with a default are left out: none, all, or half of them.
    """
    stand_ins = tuple(fact.name for fact in policy.stand_ins)
    left_out = source.choice(((), stand_ins, stand_ins[::2]))
    day = _day(policy, source)
    bases = _bases(policy, day, source, min(-(-number // 3), 150))
    listed = [asked(policy, household, left_out) for household in bases]
    while len(listed) < number:
        listed.append(_changed(policy, source.choice(listed[: len(bases)]), source, left_out))
    return Sample(policy, tuple(listed), day if source.randrange(6) else None, left_out)


def _bases(policy: Policy, day: date, source: Random, number: int) -> list[Facts]:
    """Households as they are drawn, and the same with what follows from their facts."""
    if "by_size" in policy.parameters:  # its defaults may break any fact that is drawn without them
        return [rich_household(policy, source, known=known % 2 == 0) for known in range(2 * number)]
    on_day = evolve(policy, start=day, end=day)
    found = drawn(st.one_of(households(on_day), partial_households(on_day)), number)
    return [*found, *(filled(policy, household, day) for household in found)]


def _day(policy: Policy, source: Random) -> date:
    first, last = policy.start or date(2021, 3, 31), policy.end or date(2030, 12, 31)
    return date.fromordinal(source.randint(first.toordinal(), last.toordinal()))


def _changed(policy: Policy, household: Facts, source: Random, left_out: tuple[str, ...]) -> Facts:
    """A household in which up to three facts are unknown, anything, one smallest unit away, or outside their range."""
    changed: Facts = {**household, "members": [dict(member) for member in household["members"]]}
    for _ in range(source.randint(1, 3)):
        part, facts = source.choice(
            [(changed, policy.facts), (source.choice(changed["members"]), policy.members.facts)]
        )
        names = [name for name in facts if name not in left_out]
        if not names:
            continue
        fact = facts[source.choice(names)]
        value = any_value(fact.kind, source)
        if isinstance(fact.kind, NumberKind):  # at an end of its range, a unit further is outside
            value += source.choice((0, 1, -1)) * Fraction(1, 10**fact.kind.decimals)
        part[fact.name] = given_as(fact, value) if source.randrange(4) else None
    return asked(policy, changed, left_out)


# --- Agreement -------------------------------------------------------------------------------------------------------


@pytest.mark.agreement
def test_drawn_policies(ways: dict[str, Way]) -> None:
    """Every way agrees with `assess` on drawn policies, with 16 households each."""
    source = chance("every way")
    decided, refused = 0, Counter[str]()
    for text in drawn(TEXTS, examples(15, 100)):
        policy = read_policy(text)
        sample = sample_of(policy, source, 16)
        refused.update(check(ways, sample, text))
        decided += sum(not isinstance(found, FactError) and found.category is not None for found in sample.expected)
        count(policies_in_every_way=1, households_in_every_way=len(sample.households))
    assert decided > examples(40, 270)
    assert all(number <= examples(5, 15) for number in refused.values()), refused  # numbers rarely exceed 64 bits


@pytest.mark.agreement
@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_bundled_policies(ways: dict[str, Way], policy: Policy) -> None:
    """Every way agrees with `assess` on each bundled policy.

    `assess`, both references, frames and views compute all households: 150, in a long run 100,000, in parts of at most
    5,000. durable-rules computes up to six complete households of each part; Z3 one complete and one partial one.
    """
    source = chance("bundled")
    households_left = examples(150, 100_000)
    while households_left:
        number = min(households_left, 5_000)
        sample = sample_of(policy, source, number)
        assert check(ways, sample) == set()
        count(households_of_bundled_policies=number)
        households_left -= number


# --- What is printed -------------------------------------------------------------------------------------------------


def test_a_difference_is_made_small_and_can_be_pasted(tmp_path: Path) -> None:
    """Of a planted difference only what it needs is left, and the printed policy and case are read as they are.

    The planted way is wrong wherever a member's wage above 300 is in a sum of the policy.
    """

    def wrong(sample: Sample) -> list[list[str]]:
        is_summed = "sum(wage" in sample.policy.resolved
        return [
            ["outcome planted"]
            if is_summed and any((member.get("wage") or 0) > 300 for member in each["members"])
            else []
            for each in sample.households
        ]

    text = TRIAL.replace("sum(earned where counts)", "sum(earned where counts) + sum(wage where kind == child)")
    policy = read_policy(text)
    member = {"kind": "self", "age": 40, "abroad": True, "wage": Decimal("5432.50"), "cost": 17}
    household = {"place": "village", "union": True, "fraud": True, "members": [member, {**member, "kind": "child"}]}
    sample = Sample(policy, (asked(policy, {**household, "members": []}), asked(policy, household)), date(2021, 5, 1))
    found = shrunk("the planted way", wrong, sample, text, 60)
    (small,) = found.sample.households
    assert small == {"members": [{"wage": 5000}]}
    assert [*found.sample.policy.names] == ["wage", "income", "category"]
    policy_text, cases = found.text().split("--- ")[1:]
    for part in (policy_text, cases):
        name, _, content = part.partition("\n")
        (tmp_path / name).write_text(content, encoding="utf-8")
    (case,) = read_cases(tmp_path / "cases.yaml")
    assert case.policy.fingerprint == found.sample.policy.fingerprint
    assert case.run() == ()
    assert case.on == "2021-05-01"
