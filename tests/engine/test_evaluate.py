"""The value of each expression: by hand for known and unknown facts in small policies, and by a second opinion."""

import pickle
from collections.abc import Iterator
from fractions import Fraction
from operator import eq
from random import Random
from typing import Any

import pytest
from attrs import evolve
from completing import chance, completion, may_be
from framing import drawn
from independent import Opinion
from programs import WEIHAI, read, sample
from sampling import count, examples

from hardship_rules import Assessment, Figure, Policy, assess, read_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import Household
from hardship_rules.core.expr import Expr, Option, OverMembers, parts_of
from hardship_rules.core.interval import Range, span
from hardship_rules.core.policy import Decision, Term, exprs_of
from hardship_rules.engine.evaluate import any_household, scope_of, value
from hardship_rules.testing import partial_households

HEAD = """
language: 1
policy: small
units: {yuan: 元, person: 人, month: 月, year: 年}
household:
  money: {title: 钱, unit: yuan, from: -100, to: 100, decimals: 2}
  more: {title: 更多, unit: yuan, to: 100}
  rate: {title: 比例, unit: 1, from: 1, to: 4}
  town: {title: 地方, one of: {a: 甲, b: 乙, c: 丙}}
  other_town: {title: 别处, one of: {a: 甲, b: 乙, e: 戊}}
  first: {title: 第一, yes or no: true}
  second: {title: 第二, yes or no: true}
  started: {title: 开始, date: true}
members:
  at most: 4
  facts:
    here: {title: 在, yes or no: true}
    pay: {title: 薪, unit: yuan, to: 10}
parameters:
  by_town:
    {title: 随地方, unit: yuan, by: town, values: {a: 5, b: 7, c: not published}, from: 1, to: 9, basis: definition}
  by_rate: {title: 随比例, unit: yuan, by: rate, values: {1: 10, 2: 20, 3 and more: 30}, basis: definition}
"""


def term(
    line: str, facts: dict[str, Any], *, kind: str = "unit: yuan", members: list[dict[str, Any]] | None = None
) -> Any:
    """The value of a line: an exact number, the bounds of an unknown one, or another kind of value."""
    body = f"when: '{line}'" if kind == "when" else f"{kind}\n    value: '{line}'"
    policy = read_policy(
        f"{HEAD}\nterms:\n  asked:\n    title: 所问\n    basis: definition\n    {body}\n"
        "decisions: {d: {title: 类, basis: definition, first: [{outcome: x, title: 子, when: first}],"
        " otherwise: {outcome: y, title: 丑}}}\n"
    )
    found = assess(policy, {"members": members or [{}], **facts}, facts.get("on")).terms["asked"]
    if isinstance(found, Figure):
        return found.exact if found.exact is not None else (found.low, found.high)
    return found


@pytest.mark.parametrize(
    ("line", "facts", "expected"),
    [
        ("money + more", {"money": "0.5", "more": 3}, Fraction(7, 2)),
        ("money - more - more", {"money": 10, "more": 3}, 4),
        ("money + more", {"more": 3}, (-97, 103)),
        ("-money", {"money": 3}, -3),
        ("-money * rate", {"rate": 2}, (-200, 200)),
        ("money * 2 + 1", {"money": 3}, 7),
        ("money / rate", {"money": 1, "rate": 3}, Fraction(1, 3)),
        ("money / rate", {"money": 12}, (3, 12)),
        ("money / rate", {"money": -12}, (-12, -3)),
        ("min(money, more)", {"money": 3, "more": 2}, 2),
        ("max(money, more)", {"money": 3}, (3, 100)),
        ("max(0, money, 2)", {"money": -5}, 2),
        ("round_half_up(money, 1)", {"money": "2.5"}, 3),
        ("round_down(money, 1)", {"money": "-2.5"}, -2),
        ("round_up(money / rate, 0.01)", {"money": 1, "rate": 3}, Fraction(34, 100)),
        ("money * 80 %", {"money": 10}, 8),
        ("by_town", {"town": "a"}, 5),
        ("by_town", {"town": "c"}, (1, 9)),
        ("by_rate", {"rate": 4}, 30),
        ("by_rate", {"rate": 1}, 10),
        ("by_rate", {}, (10, 30)),
    ],
)
def test_numbers(line: str, facts: dict[str, Any], expected: object) -> None:
    """Arithmetic is exact, and for unknown facts gives exactly the range of possible results."""
    assert term(line, facts) == expected


DIVIDED = (
    "money / rate",
    "money / rate + more",
    "more - money / rate",
    "money / rate - more / rate",
    "(money - more) / rate + more",
    "min(money / rate, more)",
    "max(money / rate, more)",
    "2 * max(money / rate, more)",
    "-min(money / rate, more)",
    "money / rate / rate",
    "money / rate * (3 / rate)",
    "money / (rate + 1) + more",
    "sum(pay) / rate",
    "sum(pay) / rate - more",
    "round_down(money / rate, 0.5) + more",
    "CASES money OTHERWISE money / rate",
    "CASES money / rate OTHERWISE more",
    "CASES money / rate OTHERWISE more / rate",
    "CASES -money / rate OTHERWISE more + money / rate",
)


@pytest.mark.parametrize("line", DIVIDED)
def test_a_divisor_counts_once_in_a_figure(line: str) -> None:
    """Of a number over an unknown divisor the bounds are those that it has for the divisor's values."""
    if "CASES" in line:
        case, otherwise = line.removeprefix("CASES ").split(" OTHERWISE ")
        body = f"choose: [{{when: first, value: '{case}'}}]\n    otherwise: '{otherwise}'"
    else:
        body = f"value: '{line}'"
    policy = read_policy(
        HEAD + f"terms:\n  asked:\n    title: 所问\n    basis: definition\n    unit: yuan\n    {body}\n"
    )
    source = chance(line)
    for _ in range(examples(30, 300)):
        facts: dict[str, Any] = {"money": source.randint(-20, 20), "more": source.randint(0, 20)}
        members = [{"pay": source.randint(0, 10)} for _ in range(2)]
        first = source.choice(TRUTHS)
        found = scope_of(policy, {**facts, "first": first}, members)["asked"]
        values = [
            Opinion(policy, {**facts, "first": truth, "rate": rate}, members).name("asked")
            for rate in (1, 2, 3, 4)
            for truth in ((True, False) if first is None else (first,))
        ]
        assert found == span(min(values), max(values)), (facts, members, first)
        count(divided_figures=1)


@pytest.mark.parametrize(
    ("line", "facts", "expected"),
    [
        ("money < more", {"money": 3, "more": 3}, False),
        ("money <= more", {"money": 3, "more": 3}, True),
        ("money > more", {"money": 3, "more": 3}, False),
        ("money >= more", {"money": 3, "more": 3}, True),
        ("money == more", {"money": "3.00", "more": 3}, True),
        ("money != more", {"money": 3, "more": 3}, False),
        ("money < -100", {}, False),
        ("money <= 100", {}, True),
        ("money < 100", {}, None),
        ("more == 101", {}, False),
        ("town == a", {"town": "a"}, True),
        ("town == a", {"town": "b"}, False),
        ("town != a", {"town": "b"}, True),
        ("town == a", {}, None),
        ("town in (a, b)", {"town": "b"}, True),
        ("town in (a, b)", {"town": "c"}, False),
        ("town in (a, b)", {}, None),
        ("town in (a, b, c)", {}, True),
        ("first", {}, None),
        ("not first", {"first": False}, True),
        ("started <= on", {"started": "2021-01-01", "on": "2021-01-01"}, True),
        ("full_years(started, on) >= 1", {"started": "2020-02-29", "on": "2021-02-28"}, False),
        ("full_years(started, on) >= 1", {"started": "2020-02-29", "on": "2021-03-01"}, True),
        ("full_months(started, on) == 1", {"started": "2021-01-31", "on": "2021-02-28"}, False),
        ("full_months(started, on) == 1", {"started": "2021-01-31", "on": "2021-03-01"}, True),
        ("full_months(started, on) == 11", {"started": "2020-01-02", "on": "2021-01-01"}, True),
    ],
)
def test_conditions(line: str, facts: dict[str, Any], expected: bool | None) -> None:  # noqa: FBT001  # a parameter of the test
    """A comparison is settled if every completion agrees, and otherwise open."""
    assert term(line, facts, kind="when") is expected


MEMBERS = [{"here": True, "pay": 3}, {"here": False, "pay": 5}, {"pay": 7}]


@pytest.mark.parametrize(
    ("line", "members", "expected"),
    [
        ("sum(pay where here)", MEMBERS[:2], 3),
        ("sum(pay where here)", MEMBERS, (3, 10)),
        ("sum(pay)", MEMBERS, 15),
        ("sum(pay where not here)", [{"here": False}], (0, 10)),
        ("sum(pay - more where here)", [{"here": True, "pay": 3}], (-97, 3)),
    ],
)
def test_sums(line: str, members: list[dict[str, Any]], expected: object) -> None:
    """A member who may or may not count widens a sum by exactly that member's amount."""
    assert term(line, {}, members=members) == expected


@pytest.mark.parametrize(
    ("line", "members", "expected"),
    [
        ("count(here) == 1", MEMBERS[:2], True),
        ("count(here) >= 1", MEMBERS, True),
        ("count(here) == 2", MEMBERS, None),
        ("count(here) == 3", MEMBERS, False),
        ("some(here)", MEMBERS[1:2], False),
        ("some(here)", MEMBERS[1:], None),
        ("some(here)", MEMBERS, True),
        ("each(here)", MEMBERS[:1], True),
        ("each(here)", [MEMBERS[0], MEMBERS[2]], None),
        ("each(here)", MEMBERS, False),
        ("each(pay > 2)", MEMBERS, True),
        ("some(pay > 6)", MEMBERS, True),
    ],
)
def test_over_members(line: str, members: list[dict[str, Any]], expected: bool | None) -> None:  # noqa: FBT001  # a parameter of the test
    """Counting, `some` and `each` are settled as soon as the known members settle them."""
    assert term(line, {}, kind="when", members=members) is expected


STRUCTURE = """
terms:
  both: {title: 皆, basis: definition, when: {all: {one: first, two: second}}}
  either: {title: 或, basis: definition, when: {any: {one: first, two: second}}}
  neither: {title: 非, basis: definition, when: {not: {any: {one: first, two: second}}}}
  chosen:
    title: 择
    basis: definition
    unit: yuan
    choose: [{when: first, value: 1}, {when: second, value: 2}]
    otherwise: 3
  place:
    title: 处
    basis: definition
    one of: {a: 甲, b: 乙, z: 末}
    choose: [{when: first, value: a}, {when: second, value: b}]
    otherwise: z
decisions:
  d:
    title: 类
    basis: definition
    first: [{outcome: x, title: 子, when: first}, {outcome: y, title: 丑, when: second}]
    otherwise: {outcome: w, title: 寅}
  all_that_hold:
    title: 皆算
    basis: definition
    every:
      - {outcome: p, title: 卯, when: first}
      - {outcome: q, title: 辰, when: second}
      - {outcome: r, title: 巳, when: d == y}
"""
SMALL = read_policy(HEAD + STRUCTURE)
TRUTHS = [True, False, None]


def small(first: bool | None, second: bool | None) -> Assessment:  # noqa: FBT001  # a parameter of the test
    """The small policy's assessment for two booleans."""
    return assess(SMALL, {"first": first, "second": second, "members": [{}]})


def completions(first: bool | None, second: bool | None) -> list[tuple[bool, bool]]:  # noqa: FBT001  # a parameter of the test
    """All completions of two booleans."""
    either = (True, False)
    return [(a, b) for a in (either if first is None else (first,)) for b in (either if second is None else (second,))]


@pytest.mark.parametrize("first", TRUTHS)
@pytest.mark.parametrize("second", TRUTHS)
def test_all_any_and_not(first: bool | None, second: bool | None) -> None:  # noqa: FBT001  # a parameter of the test
    """`all`, `any` and `not` are settled exactly if every completion agrees."""
    terms = small(first, second).terms
    for name, meaning in (("both", all), ("either", any), ("neither", lambda each: not any(each))):
        found = {meaning(each) for each in completions(first, second)}
        assert terms[name] == (found.pop() if len(found) == 1 else None)


@pytest.mark.parametrize("first", TRUTHS)
@pytest.mark.parametrize("second", TRUTHS)
def test_choose(first: bool | None, second: bool | None) -> None:  # noqa: FBT001  # a parameter of the test
    """The first case that holds gives the value; for unknown cases the range spans those that may be the first."""
    terms = small(first, second).terms
    numbers = {1 if a else 2 if b else 3 for a, b in completions(first, second)}
    chosen = terms["chosen"]
    assert isinstance(chosen, Figure)
    assert (chosen.low, chosen.high) == (min(numbers), max(numbers))
    options = {"a" if a else "b" if b else "z" for a, b in completions(first, second)}
    assert terms["place"] == (options.pop() if len(options) == 1 else options)


@pytest.mark.parametrize("first", TRUTHS)
@pytest.mark.parametrize("second", TRUTHS)
def test_decisions(first: bool | None, second: bool | None) -> None:  # noqa: FBT001  # a parameter of the test
    """A `first` gives the first outcome that holds, an `every` all of them, also one that uses the other decision."""
    assessment = small(first, second)
    reached = {"x" if a else "y" if b else "w" for a, b in completions(first, second)}
    assert {outcome.id for outcome in assessment.possible} == reached
    assert (assessment.category is None) == (len(reached) > 1)
    every = assessment.decisions["all_that_hold"]
    sets = [{*"p" * a, *"q" * b, *"r" * (not a and b)} for a, b in completions(first, second)]
    assert {outcome.id for outcome in every.holding} == set.intersection(*sets)
    assert {outcome.id for outcome in every.possible} == set.union(*sets)


# --- A second opinion of every expression ---


def expressions(policy: Policy) -> Iterator[tuple[Expr, bool]]:
    """Every expression of terms, decisions and `must`, with whether it is about a member."""

    def inside(expr: Expr, *, of_member: bool) -> Iterator[tuple[Expr, bool]]:
        if isinstance(expr, Option):  # it has a value only beside a choice
            return
        yield expr, of_member
        for part in parts_of(expr):
            yield from inside(part, of_member=of_member or isinstance(expr, OverMembers))

    for name in policy.order:
        definition = policy.names[name]
        if isinstance(definition, Term | Decision):
            for expr in exprs_of(definition):
                yield from inside(expr, of_member=name in policy.of_members)
    for clause in policy.must:
        yield from inside(clause, of_member=False)


def hold_to_opinion(policy: Policy, household: Household, source: Random) -> None:
    """Every expression has the value of the second opinion, or those of completions among its values."""
    scope = household.scope(policy)
    for _ in range(3):
        found = completion(policy, household, source)
        if found is None:
            continue
        holds = may_be if found.is_drawn else eq
        for expr, of_member in expressions(policy):
            if of_member:
                for member, row in zip(scope.members, found.opinion.members, strict=True):
                    assert holds(found.opinion.value(expr, row), value(expr, member)), expr
            else:
                assert holds(found.opinion.value(expr), value(expr, scope)), expr
        count(completions=1)
        if not found.is_drawn:
            break


@pytest.mark.agreement
def test_every_expression_is_a_second_opinion() -> None:
    """For drawn policies and households, known and known in part."""
    source = chance("expressions")
    for policy, given in sample(examples(15, 300)):
        for household in given:
            hold_to_opinion(policy, household, source)


@pytest.mark.agreement
def test_every_expression_of_the_measure_is_a_second_opinion() -> None:
    """For households of the measure, whose readings are constants that disable whole branches."""
    source = chance("expressions of the measure")
    for each in drawn(partial_households(WEIHAI), examples(10, 200)):
        household = read(WEIHAI, each)
        if household is not None:
            hold_to_opinion(WEIHAI, household, source)


def test_a_variant_has_values_of_its_own() -> None:
    """A variant has its own constants: its readings are not those of the original policy."""
    variant = WEIHAI.with_readings({"union_aid_counts": "yes"})
    (line,) = exprs_of(WEIHAI.terms["union_aid_counted"])
    for policy, expected in ((WEIHAI, 0), (variant, 5)):
        scope = scope_of(policy, {}, [{"union_aid": 5}])
        assert value(line, scope.members[0]) == expected
        assert scope.members[0]["union_aid_counted"] == expected
    assert exprs_of(variant.terms["union_aid_counted"]) == (line,)


# --- Scopes ---


def test_a_name_can_be_set() -> None:
    """A value that is fixed replaces the one of the policy, and what uses the name sees it."""
    scope = scope_of(SMALL, {"first": True, "second": True}, [{}], {"d": "y"})
    assert scope["d"] == "y"
    assert value(SMALL.decisions["all_that_hold"].outcomes[2].when, scope) is True  # type: ignore[arg-type]  # it has one
    assert scope_of(SMALL, {"first": True, "second": True}, [{}])["d"] == "x"


def test_a_clause_that_is_not_the_policy_s_has_its_condition() -> None:
    """A clause under an id that the policy does not have is evaluated as what it says; under another's id, as that."""
    clause = SMALL.decisions["d"].outcomes[0].when
    assert clause is not None
    for first in (True, False):
        scope = scope_of(SMALL, {"first": first, "second": not first}, [{}])
        assert value(evolve(clause, id="another"), scope) is first
        assert value(evolve(clause, id="d.y"), scope) is not first


def test_a_pickled_scope_has_the_same_values() -> None:
    """A scope of the household, or of a member, keeps its facts, members and fixed values."""
    household = read_facts(WEIHAI, {"members": [{"relation": "self", "age": 40}, {"relation": "child"}]})
    scope = household.scope(WEIHAI)
    other = pickle.loads(pickle.dumps(scope))  # noqa: S301  # pickled by this test
    assert other.facts == scope.facts
    assert [member.facts for member in other.members] == [member.facts for member in scope.members]
    assert other.members[0].outer is other
    (kin,) = exprs_of(WEIHAI.terms["counted"])
    assert value(kin, other.members[0]) is value(kin, scope.members[0]) is True
    assert other["income"] == scope["income"]
    second = pickle.loads(pickle.dumps(scope.members[1]))  # noqa: S301
    assert second.facts == scope.members[1].facts
    assert second["relation"] == "child"
    fixed = scope_of(SMALL, {"first": True, "second": None}, [{}], {"d": "y"})
    again = pickle.loads(pickle.dumps(fixed))  # noqa: S301
    assert again["d"] == "y"
    assert again["chosen"] == 1


def test_any_household_has_the_values_of_all() -> None:
    """Nothing is known, readings only where they are chosen; its one member is any number of them."""
    scope = any_household(SMALL)
    assert (scope["money"], scope["chosen"], scope["d"]) == (Range(-100, 100), Range(1, 3), frozenset("xyw"))
    over = read_policy(
        HEAD.replace("to: 10}", "from: -2, to: 10}\n    age: {title: 岁, unit: year, from: 3, to: 90}")
        + "terms: {total: {title: 总, unit: yuan, basis: definition, value: sum(pay where here)},"
        " ages: {title: 岁数, unit: year, basis: definition, value: sum(age)},"
        " any_here: {title: 有, basis: definition, when: some(here)}}\n"
        "readings: {r: {title: 解, question: 问, one of: {p: 甲, q: 乙}, chosen: q, why: 因, basis: assumption}}\n"
    )
    scope = any_household(over)
    assert scope["total"] == Range(-8, 40)  # four members
    assert scope["ages"] == Range(3, 360)  # of one to four
    assert scope["any_here"] is None
    assert scope["r"] == frozenset("pq")
    assert any_household(over, chosen=True)["r"] == "q"
