"""Blank cells of a register are omitted facts: frames give the verdicts of `assess` without these facts."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest
from bundled import POLICIES
from framing import answer, drawn
from programs import run_of
from registering import tables

from hardship_rules import FactError, Policy, assess, load_policy, read_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.engine.defaults import with_left_out
from hardship_rules.engine.tables import magnitudes, table_policy
from hardship_rules.frames.run import assess_frame
from hardship_rules.language.mapping import mapping_for
from hardship_rules.registers._headers import headers_of
from hardship_rules.registers._mapped import Mapped, mapped
from hardship_rules.testing.strategies import households, partial_households

WEIHAI = load_policy("2021_weihai")
ON = "2021-03-31"


@cache
def sample() -> tuple[dict[str, Any], ...]:
    """Households with omitted facts and with explicitly unknown facts."""
    drawn_ones = [*drawn(households(WEIHAI), 30), *drawn(partial_households(WEIHAI), 60)]
    return tuple({**each, "on": None} for each in drawn_ones if each.get("members"))


def read(table: nw.LazyFrame[Any], *, of_members: bool) -> Mapped:
    """A table of the register, by the facts' titles."""
    mapping = mapping_for(WEIHAI)
    part = mapping.members if of_members else mapping.households
    headers = headers_of(WEIHAI, part, table.collect_schema().names())
    assert headers.problems == ()
    return mapped(table, headers)


def assessed(lazies: Iterator[Any]) -> pl.DataFrame:
    """The outcomes of two tables, with blank cells as omitted facts."""
    left_out = [fact.name for fact in WEIHAI.stand_ins]
    frames = []
    for number, lazy in enumerate(lazies):
        table = nw.from_native(lazy)
        frames.append(read(table, of_members=bool(number)).frame(table, "household", left_out).to_native())
    found = assess_frame(with_left_out(WEIHAI, left_out), frames[0], frames[1], on=ON)
    return pl.DataFrame(nw.from_native(found).lazy().collect().to_arrow())


@pytest.mark.parametrize("kind", ["polars", "duckdb"])
def test_blank_is_left_out(kind: str) -> None:
    """Every household has the verdict of `assess` if ranges alone decide it, and never a different one."""
    own, theirs = tables(WEIHAI, sample())
    if kind == "polars":
        found = assessed(iter([own.lazy(), theirs.lazy()]))
    else:
        with duckdb.connect() as connection:
            found = assessed(connection.from_arrow(each.to_arrow()) for each in (own, theirs))
    rows = {row["household"]: row for row in found.to_dicts()}
    decided = 0
    for number, household in enumerate(sample()):
        said, row = answer(WEIHAI, {**household, "on": ON}, None), rows[f"H{number}"]
        if isinstance(said, FactError):
            assert row["problem"].split(" ")[0] in {problem.code for problem in said.problems}, number
            continue
        assert row["problem"] is None, (number, row["problem"])
        for name, each in said.decisions.items():
            if not each.decision.every:
                settled = None if each.outcome is None else each.outcome.id
                assert row[name] in (settled, None), (number, name)
                decided += row[name] is not None
    assert decided > 100


LINE = """
language: 1
policy: line
units: {yuan: 元}
household:
  a: {title: a, unit: yuan, from: -100, to: 100, decimals: 2}
  b: {title: b, unit: yuan, to: 100, decimals: 1}
members: {at most: 64, facts: {c: {title: c, unit: yuan, to: 100, decimals: 2}}}
decisions:
  category:
    title: t
    first: [{outcome: holds, title: h, when: "@", basis: assumption}]
    otherwise: {outcome: none, title: n}
"""


@pytest.mark.parametrize(
    ("line", "reached"),
    [
        # a reaches 10,000 hundredths and b 1,000 tenths: 80 % of 2 b is 8/5 of b, so 1 x a < 16 x b reaches 16,000
        ("a < 0.8 * 2 * b", 16_000),
        # the parts of a sum may add up in any order: 10,000 + 10,000, beside 10 x 1,000
        ("a + a < b", 20_000),
        # the sum of 64 members' 10,000, halved and rounded to whole yuan: 2 x 640,000 + 200
        ("round_half_up(sum(c) / 2, 1) < b", 1_280_200),
    ],
)
def test_magnitudes_by_hand(line: str, reached: int) -> None:
    """The largest magnitude that any operation of a decision can reach."""
    policy = read_policy(LINE.replace("@", line))
    prepared = table_policy(policy, [*policy.facts, *policy.members.facts])
    assert magnitudes(policy, prepared.program)["category"] == reached


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_magnitudes_of_bundled_policies(policy: Policy) -> None:
    """All numbers in the bundled policies fit into 53 bits, and no household exceeds what is computed."""
    prepared = table_policy(policy, [*policy.facts, *policy.members.facts])
    most = max(magnitudes(policy, prepared.program).values())
    assert most < 2**53
    program = prepared.program
    for facts in drawn(households(policy), 20):
        run = run_of(policy, program, read_facts(policy, facts))
        for number in program.live():
            for member in range(len(run.members)) if program.steps[number].space == "member" else (None,):
                value = run.value(number, member)
                assert not isinstance(value, int) or abs(value) <= most


def test_a_default_finer_than_its_fact_is_shown_exactly() -> None:
    """Half a yuan from a default is in the figure's column, which has the same scale with any columns."""
    policy = read_policy(
        """
language: 1
policy: finer
units: {yuan: 元}
household:
  loan: {title: loan, unit: yuan, to: 100, if absent: 12.5}
members: {facts: {c: {title: c, unit: yuan, to: 100}}}
terms: {twice: {title: twice, unit: yuan, value: loan * 3, basis: assumption}}
decisions:
  category:
    title: t
    first: [{outcome: holds, title: h, when: twice > 37, basis: assumption}]
    otherwise: {outcome: none, title: n}
"""
    )
    members = pl.DataFrame({"household": [1], "c": [1]})
    without = assess_frame(policy, pl.DataFrame({"household": [1]}), members)
    assert without["twice_x2"].to_list() == [75]  # 37.5 yuan
    stated = assess_frame(policy, pl.DataFrame({"household": [1], "loan": [10]}), members)
    assert stated["twice_x2"].to_list() == [60]


@pytest.mark.parametrize(
    ("fee", "problem"), [(-1, "derived_outside rent"), (0, None), (25, None), (26, "derived_outside rent")]
)
def test_a_default_beyond_either_end_of_its_range(fee: int, problem: str | None) -> None:
    """The rent without a column is twice the fee: below 0 and above 50 it is no rent."""
    policy = read_policy(
        """
language: 1
policy: doubled
units: {yuan: 元}
household: {debt: {title: debt, unit: yuan, to: 1}}
members: {facts: {
  fee: {title: fee, unit: yuan, from: -100, to: 100},
  rent: {title: rent, unit: yuan, to: 50, if absent: fee * 2}}}
decisions:
  category:
    title: t
    first: [{outcome: holds, title: h, when: sum(rent) > 0, basis: assumption}]
    otherwise: {outcome: none, title: n}
"""
    )
    households, members = pl.DataFrame({"household": [1]}), pl.DataFrame({"household": [1], "fee": [fee]})
    assert assess_frame(policy, households, members)["problem"].to_list() == [problem]
    assert assess_frame(policy, households.lazy(), members.lazy()).collect()["problem"].to_list() == [problem]


def test_a_constant_default_is_no_switch() -> None:
    """A clause on a fact stays a reason where the fact has no column and its default is the same everywhere."""
    policy = read_policy(
        """
language: 1
policy: placed
household: {place: {title: place, one of: {town: 城镇, village: 农村}, if absent: town}}
members: {facts: {c: {title: c, yes or no: true}}}
readings: {strict: {title: 从严, question: q, one of: {"yes": 是, "no": 否}, chosen: "yes", why: w, basis: assumption}}
decisions:
  category:
    title: t
    first:
      - outcome: holds
        title: h
        basis: assumption
        when: {all: {here: {that: place == town}, strictly: {that: strict == yes}}}
    otherwise: {outcome: none, title: n}
"""
    )
    found = assess_frame(policy, pl.DataFrame({"household": [1]}), pl.DataFrame({"household": [1], "c": [True]}))
    assert found["category_clauses"].to_list() == ["category.holds.here"]
    assessment = assess(policy, {"members": [{"c": True}]})
    assert assessment.decided.decided_by == ("category.holds.here",)


RESTING = """
language: 1
policy: resting
household:
  n: {title: n, unit: 1, to: 9}
  p: {title: p, unit: 1, to: 9, if absent: 2}
  m: {title: m, unit: 1, to: 18, if absent: n + p}
members: {facts: {k: {title: k, yes or no: true}}}
must: {c: {that: m <= 3}}
decisions:
  category:
    title: c
    first: [{outcome: x, title: x, basis: assumption, when: {that: m > 1}}]
    otherwise: {outcome: none, title: none}
"""


REFUSED: tuple[str | None, str | None] = ("must_broken must.c", None)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"n": 2}, (None, "x")),
        ({"n": 4}, REFUSED),
        ({"n": 2, "p": 2}, REFUSED),
        ({"n": 1, "p": 2}, (None, "x")),
        ({"n": 2, "m": 4}, REFUSED),
    ],
)
def test_a_default_that_rests_on_a_constant_breaks_no_must(
    facts: dict[str, int], found: tuple[str | None, str | None]
) -> None:
    """With n = 2 and p left out, m is 2 to 11 for a `must`, so that 4 refuses nothing; from n = 4 on it is above 3."""
    policy = read_policy(RESTING)
    own = pl.DataFrame({"household": [1], **{name: [value] for name, value in facts.items()}})
    row = assess_frame(policy, own, pl.DataFrame({"household": [1], "k": [True]})).row(0, named=True)
    assert (row["problem"], row["category"]) == found
    verdict = answer(policy, {**facts, "members": [{"k": True}]}, None)
    if isinstance(verdict, FactError):
        assert ([problem.code for problem in verdict.problems], found) == (["must_broken"], REFUSED)
    else:
        assert verdict.category is not None
        assert verdict.category.id == found[1]
