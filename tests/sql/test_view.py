"""A policy's view in PostgreSQL and in DuckDB gives the results of `assess` for each household."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlglot
from databases import Database, Postgres, programs_of_postgres
from framing import (
    LEFT_OUT,
    ON,
    OWN,
    WEIHAI,
    WIDE,
    WORKER,
    Facts,
    answer,
    as_asked,
    differences,
    drawn,
    expected,
    filled,
    given_as,
    sample,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from in_both import connected, database, in_both, server
from places import ROOT, TESTS
from sampling import count, examples
from sqlglot import exp
from views import plain, rows

from hardship_rules import FactError, Policy, PolicyError, read_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.core.expr import BASES, Clause, Expr, parts_of
from hardship_rules.core.policy import Parameter, Term, exprs_of
from hardship_rules.engine.evaluate import Scope, any_household
from hardship_rules.engine.interval import is_known
from hardship_rules.language.source import Scalar
from hardship_rules.sql.view import register, view_in_sql
from hardship_rules.testing.cases import Case, read_cases
from hardship_rules.testing.strategies import households, partial_households, policies

__all__ = ["connected", "database", "server"]  # fixtures

CASES = sorted((TESTS / "cases").glob("*.yaml"))
FACTS = (*WEIHAI.facts, *WEIHAI.members.facts)


def tried(
    database: Database,
    policy: Policy,
    own: Sequence[Facts],
    theirs: Sequence[Facts],
    on: date | None = ON,
    **said: Any,
) -> list[Facts]:
    """The view's rows, by household."""
    of = register(policy, on, **said)
    database.run("DROP VIEW IF EXISTS answers; DROP TABLE IF EXISTS households; DROP TABLE IF EXISTS members")
    database.run(of.tables())
    database.fill("households", own)
    database.fill("members", theirs)
    database.run(view_in_sql(of, database.dialect, "answers"))
    return [plain(row) for row in database.rows("SELECT * FROM answers ORDER BY length(household), household")]


# --- Agreement ---------------------------------------------------------------------------------------------------


@in_both
@pytest.mark.parametrize("left_out", LEFT_OUT, ids=["no column", "all that stand in", "half of them"])
def test_the_view_agrees_with_assess(database: Database, left_out: tuple[str, ...]) -> None:
    """No verdict, sum or reason differs, for any columns; the only differences are undecided rows."""
    found = tried(database, WEIHAI, *rows(WEIHAI, sample(), left_out), without=left_out)
    assert len(found) == len(sample())
    said = [
        f"{row['household']} {each}"
        for row, by_assess in zip(found, expected(left_out), strict=True)
        for each in differences(row, by_assess, exactly=False)
    ]
    assert said == []
    assert sum(row["category"] is not None for row in found) > (20 if left_out else 60)


@in_both
def test_columns_said_to_be_known_change_no_verdict(database: Database) -> None:
    """For complete households the view over columns without nulls gives the same result, and is shorter."""
    complete = [filled(WEIHAI, each, ON) for each in sample()[:60]]
    asked = [as_asked(WEIHAI, each, ()) for each in complete]
    complete = [
        each
        for each in asked
        if None not in (*each.values(), *(v for member in each["members"] for v in member.values()))
    ]
    assert len(complete) > 5
    found = tried(database, WEIHAI, *rows(WEIHAI, complete), known=FACTS)
    for row, household in zip(found, complete, strict=True):
        assert list(differences(row, answer(WEIHAI, household, ON), exactly=True)) == []
    whole, short = (view_in_sql(register(WEIHAI, ON, known=known), "postgres") for known in ((), FACTS))
    assert short.count("\n") < whole.count("\n")


@cache
def worked_cases() -> tuple[Case, ...]:
    """All bundled worked cases."""
    return tuple(case for file in CASES for case in read_cases(file))


@in_both
def test_the_worked_cases(database: Database) -> None:
    """Every bundled worked case has the result computed by hand, under its policy and readings.

    In DuckDB only those under the policies' own readings run, since it takes half a second to plan each view.
    """
    groups: dict[str, list[tuple[Case, Facts, date | None]]] = {}
    named: dict[str, Policy] = {}
    for case in worked_cases():
        if database.dialect == "duckdb" and case.policy.fingerprint != case.base.fingerprint:
            continue
        try:
            typed = read_facts(case.policy, case.household, case.on)
        except FactError:
            continue  # refused without rows
        whole = {**typed.values, "members": [dict(member.values) for member in typed.members]}
        named[case.policy.fingerprint] = case.policy
        groups.setdefault(case.policy.fingerprint, []).append((case, told(case.policy, whole), typed.on))
    count = 0
    for fingerprint, some in groups.items():
        policy = named[fingerprint]
        own, theirs = rows(policy, [household for _, household, _ in some])
        own = [{**row, "as of": on} for row, (_, _, on) in zip(own, some, strict=True)]
        found = tried(database, policy, own, theirs, None, on_column="as of")
        for row, (case, household, on) in zip(found, some, strict=True):
            by_assess = answer(policy, as_asked(policy, household, ()), on)
            if isinstance(by_assess, FactError):  # a default is checked by a `must` once it is given
                assert row["problem"].split(" ")[0] in {problem.code for problem in by_assess.problems}, case.title
                continue
            category = None if by_assess.category is None else by_assess.category.id
            assert (row["problem"], row["on"]) == (None, on), case.title
            assert row["category"] in (category, None), case.title
            wanted = case.expect.get("category")
            if isinstance(wanted, Scalar) and wanted.text != "undecided":
                assert row["category"] == wanted.text, case.title
                count += 1
    assert count > 100


def told(policy: Policy, household: Facts) -> Facts:
    """The values of a household as in rows: days as dates, unknown facts as None."""

    def said(values: Facts, facts: Any) -> Facts:
        return {name: given_as(facts[name], value) for name, value in values.items()}

    members = [said(each, policy.members.facts) for each in household.pop("members")]
    return {**said(household, policy.facts), "members": members}


@pytest.mark.agreement
@settings(
    max_examples=examples(20, 250),
    deadline=None,
    database=None,
    phases=[Phase.generate],  # shrinking a policy and its households takes too long
    suppress_health_check=list(HealthCheck),
)
@given(policies(), st.data())
def test_generated_policies_agree(connected: Database, text: str, data: st.DataObject) -> None:
    """No verdict differs under generated policies, for complete and partial households."""
    policy = read_policy(text)
    day = policy.start or ON
    some = [data.draw(each(policy)) for each in (households, households, partial_households, partial_households)]
    some += [filled(policy, each, day) for each in some]
    try:
        found = tried(connected, policy, *rows(policy, some), day)
    except PolicyError as refused:
        assert {problem.code for problem in refused.problems} == {"leaves_int64"}  # noqa: PT017  # rare, and checked
        count(policies_refused_by_views=1)
        return
    except psycopg.errors.TooManyColumns:  # PostgreSQL refuses a step with more than 1,664 names
        count(policies_refused_by_postgres=1)
        return
    count(**{f"policies_in_{connected.dialect}": 1, f"households_in_{connected.dialect}": len(some)})
    for row, household in zip(found, some, strict=True):
        by_assess = answer(policy, as_asked(policy, household, ()), day)
        if isinstance(by_assess, FactError):
            assert row["problem"].split(" ")[0] in {problem.code for problem in by_assess.problems}
            continue
        category = None if by_assess.category is None else by_assess.category.id
        assert row["problem"] is None
        assert row["category"] in (category, None)
        assert {outcome.id for outcome in by_assess.possible} <= set(row["category_possible"].split(";"))
        if None not in as_asked(policy, household, ()).values() and not by_assess.household.unknown:
            assert row["category"] == category


TURNS = """
language: 1
policy: turns
units: {yuan: 元, person: 人}
household:
  floor: {title: floor, unit: yuan, from: -20, to: 60}
  place: {title: place, one of: {town: town, village: village, isle: isle}}
  strict: {title: strict, yes or no: true}
members:
  at most: 4
  facts:
    wage: {title: wage, unit: yuan, from: -5, to: 90}
    home: {title: home, one of: {town: town, village: village}}
parameters:
  share:
    {title: share, unit: 1, from: 0, to: 2, by: place, values: {town: 1, village: 0.5, isle: not published},
     basis: assumption}
terms:
  most: {title: most, unit: yuan, basis: assumption, value: "sum(wage where wage > floor)"}
  poor:
    title: poor
    of: member
    basis: assumption
    when: {any: {a: {that: wage * 3 < most}, b: {that: home != place}, c: {that: floor > 55}}}
  owed:
    title: owed
    of: member
    unit: yuan
    basis: assumption
    choose: [{when: {all: {a: {that: poor}, b: {that: strict}}}, value: share * (most - wage)}]
    otherwise: wage
  paid: {title: paid, unit: yuan, basis: assumption, value: "sum(owed)"}
  first_to_pay: {title: first, of: member, basis: assumption, when: {that: owed * 2 > paid}}
decisions:
  category:
    title: category
    first:
      - {outcome: a, title: a, basis: assumption, when: {that: some(first_to_pay)}}
      - {outcome: b, title: b, basis: assumption, when: {that: "round_half_up(paid / 7, 2) > 8"}}
    otherwise: {outcome: none, title: none}
"""


@in_both
def test_members_who_look_at_their_household(database: Database) -> None:
    """Members compared with a sum over all, three times over, and with facts of the household, agree with `assess`.

    The policy has facts of the household and of members, an unpublished parameter, a negative sum, and a floor.
    """
    policy = read_policy(TURNS)
    published = read_policy(TURNS.replace("not published", "1.5"))  # this policy has a category
    some = [*drawn(households(published), 60), *drawn(partial_households(published), 60)]
    found = tried(database, policy, *rows(policy, some), None)
    by_assess = [answer(policy, as_asked(policy, each, ()), None) for each in some]
    decided = 0
    for row, said in zip(found, by_assess, strict=True):
        assert not isinstance(said, FactError)
        assert row["problem"] is None
        assert row["category"] in (None if said.category is None else said.category.id, None)
        assert {outcome.id for outcome in said.possible} <= set(row["category_possible"].split(";"))
        if None not in (said.terms["most"].exact, said.terms["paid"].exact):  # type: ignore[union-attr]  # both are figures
            assert row["category"] == (None if said.category is None else said.category.id)
            decided += row["category"] is not None
    assert decided > 15
    assert {row["category"] for row in found} >= {None, "a", "none"}


# --- Sums on several lines --------------------------------------------------------------------------------------------

LONG = (
    "yearly_income",
    "medical_expenses_self_paid",
    "rehabilitation_and_nursing",
    "tuition_fees_of_children",
    "necessary_employment_cost",
)
INCOME, *COSTS = LONG
ALL_COSTS = " + ".join(COSTS)
LONG_SUMS = """
language: 1
policy: long_sums
units: {{yuan: 元, person: 人}}
household:
{facts}
  share_of_the_year_at_home: {{title: share, unit: 1, from: -1, to: 1, decimals: 1}}
members:
  at most: 3
  facts:
    wages_after_tax_and_dues: {{title: w, unit: yuan, from: -1000, to: 100000, decimals: 2}}
    losses_and_gains_of_a_trade: {{title: l, unit: yuan, from: -100000, to: 100000, decimals: 2}}
    expenses_for_going_to_work: {{title: e, unit: yuan, to: 100000, decimals: 2}}
terms:
  net: {{title: net, unit: yuan, basis: assumption, value: "{line}"}}
decisions:
  category:
    title: category
    first: [{{outcome: poor, title: poor, basis: assumption, when: {{that: "{when}"}}}}]
    otherwise: {{outcome: none, title: none}}
"""


def long_sums(line: str, when: str = "net < 9000") -> Policy:
    """A policy with one term over long names, of the household or of its members."""
    facts = (f"  {each}: {{title: {each}, unit: yuan, from: -100, to: 100000, decimals: 2}}" for each in LONG)
    return read_policy(LONG_SUMS.format(facts="\n".join(facts), line=line, when=when))


GIVEN = {INCOME: 10000, COSTS[0]: 2000, COSTS[1]: 500, COSTS[2]: 300, COSTS[3]: 200, "share_of_the_year_at_home": "0.5"}
MEMBER = {"wages_after_tax_and_dues": 700, "losses_and_gains_of_a_trade": -900, "expenses_for_going_to_work": 100}
MEMBER_LINE = "wages_after_tax_and_dues - (losses_and_gains_of_a_trade + expenses_for_going_to_work + 5)"


@in_both
@pytest.mark.parametrize(
    ("line", "net"),
    [
        # the four costs are 2000 + 500 + 300 + 200 = 3000
        (f"{INCOME} - ({ALL_COSTS})", 7000),
        (f"-({ALL_COSTS}) + {INCOME}", 7000),
        (f"{INCOME} - ({COSTS[0]} - ({ALL_COSTS} - {INCOME}))", 10000 - (2000 - (3000 - 10000))),
        (f"{INCOME} - -1 * ({ALL_COSTS})", 13000),
        (f"-1 * ({ALL_COSTS}) * share_of_the_year_at_home", -1500),
        (f"{INCOME} - ({ALL_COSTS}) * share_of_the_year_at_home", 8500),
        (f"{INCOME} - 0.5 * -({ALL_COSTS})", 11500),
        (f"share_of_the_year_at_home * round_down(({ALL_COSTS}) / 7, 5)", 212.5),  # 3000 / 7 = 428.57, down to 425
        (f"{INCOME} - max(5, -({ALL_COSTS}))", 9995),
        # for each of two members 700 - (-900 + 100 + 5) = 1495
        (f"{INCOME} - sum({MEMBER_LINE})", 7010),
        (f"{INCOME} - sum({MEMBER_LINE} where {MEMBER_LINE} > -1)", 7010),
    ],
)
def test_a_sum_of_several_lines(database: Database, line: str, net: float) -> None:
    """Minus, negation and product apply to a whole sum on several lines, also beside a null."""
    policy = long_sums(line)
    unknown = [{**GIVEN, each: None} for each in LONG[:2]]
    some: list[Facts] = [{**each, "members": [MEMBER, MEMBER]} for each in (GIVEN, *unknown)]
    some += [{**GIVEN, "members": [MEMBER, dict.fromkeys(MEMBER)]}]
    found = tried(database, policy, *rows(policy, some), None)
    first, *others = found
    (figure,) = (name for name in first if re.fullmatch(r"net(_x\d+)?", name))
    assert first[figure] == net * int(figure.removeprefix("net").removeprefix("_x") or 1)
    assert (first["category"], first["problem"]) == ("poor" if net < 9000 else "none", None)
    for row, household in zip(others, some[1:], strict=True):
        by_assess = answer(policy, as_asked(policy, household, ()), None)
        assert not isinstance(by_assess, FactError)
        assert row["category"] == (None if by_assess.category is None else by_assess.category.id)
        assert row["category_possible"] == ";".join(outcome.id for outcome in by_assess.possible)


@in_both
@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (f"-({ALL_COSTS}) < -2999.99", True),
        (f"-({ALL_COSTS}) < -3000", False),
        (f"{INCOME} - ({ALL_COSTS}) > 6999.99", True),
        (f"{INCOME} - ({ALL_COSTS}) > {ALL_COSTS} + 4000", False),
        (f"{INCOME} - ({ALL_COSTS}) >= {ALL_COSTS} + 4000", True),
    ],
)
def test_a_comparison_of_several_lines(database: Database, when: str, holds: bool) -> None:  # noqa: FBT001  # a table
    """A comparison applies to a whole sum on several lines; with an unknown cost it is open."""
    policy = long_sums(INCOME, when)
    some: list[Facts] = [{**GIVEN, "members": [MEMBER]}, {**GIVEN, COSTS[1]: None, "members": [MEMBER]}]
    found = tried(database, policy, *rows(policy, some), None)
    assert [row["category"] for row in found] == ["poor" if holds else "none", None]


# --- By hand -----------------------------------------------------------------------------------------------------


NOT_SAID = [fact.name for fact in WEIHAI.stand_ins if fact.name not in WORKER]
"""The facts with a default that are absent from the rows below."""


def both_people(wage: Any = "28332", spouse: Any = "9444") -> list[Facts]:
    """A worker and a spouse; with these wages 18,888 a year remain, exactly 787 a month for each."""
    return [{**WORKER, "wage": wage}, {**WORKER, "relation": "spouse", "wage": spouse, "medical_self_paid": "9444"}]


def one(database: Database, own: Facts = OWN, theirs: Sequence[Facts] | None = None, **said: Any) -> Facts:
    """The view's row of the household `a`; omitted columns are null."""
    members = both_people() if theirs is None else theirs
    return {row["household"]: row for row in tried(database, WEIHAI, [own], members, **said)}["a"]


@in_both
def test_on_the_line_and_a_fen_beside_it(database: Database) -> None:
    """18,888 = 787 x 12 x 2, as (28,332 + 9,444) - (9,444 + 9,444): relative; with a fen less deep.

    Facts with a default have no column here: union aid, exempt income, disability and the like.
    """
    on_the_line = one(database, without=NOT_SAID)
    assert (on_the_line["category"], on_the_line["net_income_per_person_rounded"]) == ("relative", 787.0)
    assert on_the_line["category_clauses"] == "category.relative.income.below_double"
    less = one(database, theirs=both_people("28331.99"), without=NOT_SAID)
    assert (less["category"], less["category_clauses"]) == ("deep", "category.deep.income.below_standard")
    assert (less["income_x100"], less["rigid_x100"], less["people"], less["dibao"]) == (3_777_599, 1_888_800, 2, 787)
    assert "union_aid" in less["stand_ins"].split(";")
    assert (less["policy"], less["fingerprint"], less["on"]) == (WEIHAI.name, WEIHAI.fingerprint, ON)


@in_both
def test_a_null_is_unknown_inside_a_sum(database: Database) -> None:
    """A null wage is not zero, which would decide this household: 28,332 - 18,888 is below 18,888."""
    row = one(database, theirs=both_people(spouse=None), without=NOT_SAID)
    assert (row["category"], row["category_possible"]) == (None, "deep;relative;none")
    assert (row["income_x100"], row["rigid_x100"], row["problem"]) == (None, 1_888_800, None)


FAULTS: list[tuple[Facts, Facts, str]] = [
    ({}, {"wage": "-0.01"}, "fact_outside wage"),
    ({}, {"wage": "100000000.01"}, "fact_outside wage"),
    ({"homes": 100}, {}, "fact_outside homes"),
    ({"homes": -(2**31)}, {}, "fact_outside homes"),
    ({"residence": "town"}, {}, "unknown_fact_option residence"),
    ({"residence": ""}, {}, "unknown_fact_option residence"),
    ({}, {"relation": "cousin"}, "unknown_fact_option relation"),
    ({}, {"relation": "spouse"}, "must_broken must.one_worker"),
    ({}, {"birth_date": date(1700, 1, 1)}, "date birth_date"),
    ({}, {"age": 39, "birth_date": date(1981, 1, 1)}, "must_broken must.age_and_birth_date_agree"),
]


@in_both
def test_a_faulty_row_is_a_problem(database: Database) -> None:
    """A value out of range, an unknown option, and a violated `must` are named problems, and only of their row."""
    sound = {"household": "sound"}
    own = [{**OWN, "household": str(at), **said} for at, (said, _, _) in enumerate(FAULTS)]
    theirs = [{**WORKER, "household": str(at), **said} for at, (_, said, _) in enumerate(FAULTS)]
    without = [name for name in NOT_SAID if name != "age"]
    found = tried(database, WEIHAI, [*own, {**OWN, **sound}], [*theirs, {**WORKER, **sound}], without=without)
    *faulty, last = found
    assert [row["problem"] for row in faulty] == [problem for _, _, problem in FAULTS]
    for row in faulty:
        assert {name for name, said in row.items() if said is not None} == {*SAID_OF_ALL, "household"}
    assert (last["problem"], last["category"]) == (None, "none")


SAID_OF_ALL = ("stand_ins", "problem", "policy", "fingerprint", "on")


@in_both
def test_rows_that_do_not_fit_together_are_problems(database: Database) -> None:
    """Orphaned members, too few or too many members, and a repeated household are problems, never a verdict."""
    of = register(WEIHAI, ON, without=NOT_SAID)
    database.run(of.tables().replace("PRIMARY KEY", "").replace("NOT NULL", ""))
    database.run(view_in_sql(of, database.dialect, "answers"))
    database.fill("households", [{**OWN, "household": each} for each in ("sound", "alone", "twice", "twice", "crowd")])
    database.fill("households", [{**OWN, "household": None}])
    theirs = ["sound", "twice", "stray", None, *["crowd"] * 21]
    database.fill("members", [{**WORKER, "household": each} for each in theirs])
    found = database.rows("SELECT household, problem, category FROM answers ORDER BY household, problem")
    said = sorted(((row["household"] or "", row["problem"]) for row in found), key=str)
    assert said == sorted(
        [
            ("sound", None),
            ("alone", "members_missing"),
            ("twice", "household_twice"),
            ("twice", "household_twice"),
            ("crowd", "members_too_many"),
            ("stray", "household_missing"),
            ("", "household_missing"),
            ("", "members_missing"),
        ],
        key=str,
    )
    assert [row["household"] for row in found if row["category"] is not None] == ["sound"]


@in_both
def test_a_null_where_none_was_said_to_be_is_a_problem(database: Database) -> None:
    """A null in a column declared without nulls is a fault of its row, not a zero."""
    row = one(database, theirs=both_people(spouse=None), without=NOT_SAID, known=["wage"])
    assert (row["problem"], row["category"]) == ("known_null wage", None)
    assert one(database, without=NOT_SAID, known=["wage"])["category"] == "relative"


@in_both
def test_columns_of_other_types(database: Database) -> None:
    """Floats are read as their shortest decimal notation; too many decimals, and non-numbers, are faults."""
    of = register(WEIHAI, ON, without=NOT_SAID)
    database.run(of.tables().replace('"wage" DECIMAL(11, 2)', '"wage" double precision'))
    database.run(view_in_sql(of, database.dialect, "answers"))
    given_ = {"a": 0.07, "b": 1.13, "c": 9_999_999.99, "d": 0.005, "e": float("nan"), "f": float("inf"), "g": 1e300}
    database.fill("households", [{**OWN, "household": each} for each in given_])
    database.fill("members", [{**WORKER, "household": each, "wage": wage} for each, wage in given_.items()])
    found = database.rows("SELECT income_x100, problem FROM answers ORDER BY household")
    assert [row["income_x100"] for row in found] == [7, 113, 999_999_999, None, None, None, None]
    assert [row["problem"] for row in found[3:]] == ["fact_decimals wage", *["fact_outside wage"] * 3]
    database.run(
        "DROP VIEW answers; DROP INDEX members_household; ALTER TABLE members ALTER wage TYPE integer USING 30000000"
    )
    database.run(view_in_sql(of, database.dialect, "answers"))
    assert database.rows("SELECT DISTINCT income_x100 FROM answers") == [{"income_x100": 3_000_000_000}]


HOSTILE = """
language: 1
policy: order-组
title: "a' -- b */ \\" \\n DROP TABLE households; "
units: {yuan: 元, person: 人}
household:
  select: {title: "x'; --", one of: {from: "o'clock", union: "-- \\n 甲", none: 乙}}
  Group: {title: y, yes or no: true}
  合计: {title: z, unit: yuan, from: -5, to: 10, decimals: 1}
members:
  at most: 3
  facts: {order: {title: "m", unit: yuan, to: 9}, low: {title: l, yes or no: true}}
terms:
  user: {title: "t' \\n SELECT", of: member, unit: yuan, basis: assumption, value: order * 2}
  high: {title: t2, unit: yuan, basis: assumption, value: "sum(user where low) + 合计"}
  sums: {title: t3, unit: yuan, basis: assumption, value: "high + high"}
decisions:
  table:
    title: d
    first:
      - outcome: end
        title: "e'"
        basis: assumption
        when:
          all:
            a: {that: sums > 10, title: "' -- \\n )"}
            b: {any: {c: {that: select == from, title: "c -- '"}, d: {that: Group}}}
      - {outcome: nothing, title: x, basis: assumption, when: {that: select == union}}
    otherwise: {outcome: all, title: y}
"""


@in_both
def test_names_and_texts_that_sql_would_take_for_its_own(database: Database) -> None:
    """Reserved words, Chinese, capitals, quotes, comments and line ends in a policy do not affect the query.

    For the first: order 3 x 2 = 6, and 6 - 0.5 = 5.5, twice that is 11 > 10. For the second 5 - 0.5, 9 is not.
    """
    policy = read_policy(HOSTILE)
    own = [{"household": each, "select": "from", "Group": False, "合计": "-0.5"} for each in "ab"]
    theirs = [{"household": "a", "order": 3, "low": True}, {"household": "b", "order": 2, "low": True}]
    found = tried(database, policy, [*own, {**own[0], "household": "c", "select": "-- 甲"}], theirs, None)
    assert [row["table"] for row in found] == ["end", "all", None]
    assert [row["problem"] for row in found] == [None, None, "members_missing"]


def test_the_same_policy_gives_the_same_bytes() -> None:
    """The view is the same each time; no line is too long or ends in a space."""
    texts = {view_in_sql(register(WEIHAI, ON), dialect) for dialect in ("postgres", "postgres", "duckdb")}
    assert len(texts) == 2
    for text in texts:
        assert max(map(len, text.splitlines())) <= 140
        assert not [line for line in text.splitlines() if line != line.rstrip()]
        assert len(text.splitlines()) < 1300
    assert view_in_sql(register(WEIHAI, ON), "postgres").count("CREATE VIEW") == 1


def test_a_view_is_read_back_as_the_same_tree() -> None:
    """A view that sqlglot reads and writes is the same tree, and no comment is lost: none is inside an expression.

    Only for PostgreSQL: for DuckDB sqlglot adds casts to functions that it reads.
    """
    for policy in (WEIHAI, read_policy(HOSTILE), read_policy(TURNS)):
        read = sqlglot.parse_one(view_in_sql(register(policy), "postgres"), read="postgres")
        again = sqlglot.parse_one(read.sql("postgres", pretty=True), read="postgres")
        assert again == read
        assert sorted(comments(again)) == sorted(comments(read))


def comments(tree: Any) -> list[str]:
    """All comments of a tree."""
    return [" ".join(comment.split()) for node in tree.walk() for comment in node.comments or ()]


def test_each_clause_and_term_is_a_column_with_its_title() -> None:
    """Each parameter, term and clause stands beside a column, with its grade, unless the readings settle it."""
    tree = sqlglot.parse_one(view_in_sql(register(WEIHAI, ON), "postgres"), read="postgres")
    items = [item for query in tree.find_all(exp.Select) for item in query.expressions]
    titles = {title for item in items for comment in item.comments or () for title in comment.strip().split("；")}
    household = any_household(WEIHAI, chosen=True)
    wanted: list[Clause | Parameter | Term] = []
    for name in (*WEIHAI.parameters, *WEIHAI.terms, *WEIHAI.decisions):
        definition = WEIHAI.names[name]
        scope = household.members[0] if name in WEIHAI.of_members else household
        wanted += [definition] if isinstance(definition, Parameter | Term) and not is_known(scope[name]) else []
        wanted += [clause for expr in exprs_of(definition) for clause in open_clauses(expr, scope)]
    graded = [f"{each.title}〔{BASES[each.provenance.basis]}〕" for each in wanted if each.title and each.provenance]
    assert [title for title in graded if title not in titles] == []
    assert len(graded) > 100


def open_clauses(expr: Expr, scope: Scope) -> Iterator[Clause]:
    """The clauses of a condition that differ between households, but for those inside one that does not."""
    if isinstance(expr, Clause):
        if is_known(scope.value(expr)):
            return
        yield expr
    for part in parts_of(expr):
        yield from open_clauses(part, scope)


def test_one_household_is_looked_up_by_index(server: str) -> None:
    """In PostgreSQL a query for one household reads only its rows, by index, from both tables."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        database = Postgres(connection)
        tried(database, WEIHAI, *rows(WEIHAI, sample()))
        database.run("ANALYZE; SET enable_seqscan = off")
        plan = "\n".join(
            row["QUERY PLAN"] for row in database.rows("EXPLAIN SELECT * FROM answers WHERE household = '7'")
        )
    assert "Seq Scan" not in plan
    assert "households_pkey" in plan
    assert "members_household" in plan


def test_what_is_refused() -> None:
    """An unknown column, a day out of force, and numbers over 64 bits are refused, as for frames."""
    with pytest.raises(FactError) as raised:
        register(WEIHAI, without=["wgae"])
    assert [(problem.code, problem.given) for problem in raised.value.problems] == [("unknown_column", "wgae")]
    with pytest.raises(FactError) as raised:
        register(WEIHAI, "2022-01-01")
    assert raised.value.problems[0].code == "on_outside"
    with pytest.raises(PolicyError) as refused:
        view_in_sql(register(read_policy(WIDE)), "postgres")
    assert refused.value.problems[0].code == "leaves_int64"


def test_readme_from_an_empty_database_to_verdicts(server: str, tmp_path: Path) -> None:
    """The README's commands give a household's verdict from two files of rows."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme[readme.index("## Inside a database") :]
    block = section[section.index("```console\n") + len("```console\n") :].partition("```")[0]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS register")
        connection.execute("CREATE DATABASE register")
    for table, row in (("households", OWN), ("members", WORKER)):
        facts = WEIHAI.members.facts if table == "members" else WEIHAI.facts
        cells = {name: row.get(name, "") for name in ("household", *facts)}
        lines = [",".join(cells), ",".join(str(cell) for cell in cells.values())]
        (tmp_path / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    host = dict(part.split("=") for part in server.split())["host"]
    programs = programs_of_postgres()
    assert programs is not None
    paths = os.pathsep.join([str(Path(sys.executable).parent), str(programs), os.environ["PATH"]])
    environment = {**os.environ, "PGHOST": host, "PGUSER": "postgres", "PATH": paths}
    said = ""
    for command in re.findall(r"^\$ (.*)$", block, flags=re.MULTILINE):
        done = subprocess.run(  # noqa: S602  # README's own command
            f"set -o pipefail; {command}",
            shell=True,
            executable="/bin/bash",
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), command
        said = done.stdout
    assert re.search(r"^ a +\| +\| +\| *$", said, flags=re.MULTILINE), said  # open, no problem: many facts are unknown
