"""A policy over rows of bounds: defaults, decisions, variants and comparisons, beside other ways to compute them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from fractions import Fraction
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from completing import (
    Completion,
    Stated,
    chance,
    completed,
    completion,
    facts_of,
    known_in,
    may_be,
    stated_in,
)
from independent import Opinion
from programs import WEIHAI, given_sample, is_known, read, rich_sample, run_of, weihai_sample
from sampling import count, examples
from without import policy_without

from hardship_rules import Assessment, FactError, Policy, assess, load_policy, read_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import day_value
from hardship_rules.assessment.outcomes import Outcomes
from hardship_rules.assessment.sensitivity import turns_on
from hardship_rules.core.expr import Choose, Clause, Constant, Option, walk
from hardship_rules.core.interval import Range, span
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Decision, Fact, Term, exprs_of
from hardship_rules.core.problem import KeyPath
from hardship_rules.core.variants import without_clause
from hardship_rules.engine.compile import FALSE, OPEN, TRUE
from hardship_rules.engine.compiled import CompiledPolicy, Result, compiled_policy
from hardship_rules.engine.evaluate import possible, program_of, scope_of, truths
from hardship_rules.engine.interval import Run, choice_value
from hardship_rules.engine.program import IntKind
from hardship_rules.engine.rows import Rows

Given = dict[str, Any]
BITS = {True: TRUE, False: FALSE, None: OPEN}


def outcomes_in(policy: Policy, given: Given) -> Outcomes | None:
    """The outcomes of a household, or None where it is refused."""
    try:
        return assess(policy, given).outcomes
    except FactError:
        return None


def accepted(sample: list[tuple[Policy, list[Given]]]) -> Iterator[tuple[Policy, Outcomes]]:
    """The households of a sample that are read, with their policies."""
    for policy, given in sample:
        for each in given:
            found = outcomes_in(policy, each)
            if found is not None:
                yield policy, found


def result_of(policy: Policy, run: Run) -> Result:
    """The result of a household by the interval algebra."""
    program = program_of(policy)
    values = [run.value(program.clauses[outcome.when.id]) for outcome in policy.category.outcomes if outcome.when]
    until = values.index(True) + 1 if True in values else len(values)
    found = tuple(values[:until])
    must = tuple(BITS[run.value(program.must[clause.id])] for clause in policy.must)  # type: ignore[index]  # a truth
    return Result(found, possible(policy.category, found), must)  # type: ignore[arg-type]  # truths


# --- Rows ---


@pytest.mark.agreement
def test_rows_hold_the_facts() -> None:
    """A household's rows have the values of its facts; each can be replaced, made unknown, or left out."""
    source = chance("rows")
    for policy, outcomes in accepted([*given_sample(examples(9, 90)), *weihai_sample(examples(5, 50))]):
        compiled, household, rows = compiled_policy(policy), outcomes.household, outcomes.rows
        assert household.rows(policy).copy() == rows.copy()
        parts = [household.values, *(member.values for member in household.members)]
        found = completion(policy, household, source)
        for path, fact in facts_of(policy, len(household.members)):
            number = 0 if len(path) == 1 else int(path[1]) + 1
            assert compiled.value(rows, path) == parts[number][fact.name]
            place = compiled.place(path)
            known = place.is_known(rows.row(path))
            assert known is not isinstance(parts[number][fact.name], Range | frozenset | None)
            changed = rows.changed(path)
            compiled.clear(changed, [path])
            assert compiled.value(changed, path) == fact.kind.unknown
            assert compiled.value(rows, path) == parts[number][fact.name]
            if found is not None:
                value = [found.opinion.own, *found.opinion.members][number][fact.name]
                compiled.put(changed, path, value)
                assert compiled.value(changed, path) == value
                assert all(type(bound) is int or bound.denominator > 1 for bound in place.bounds(value))
                assert place.is_known(changed.row(path))
            copy = rows.copy()
            for each in (copy.own, *copy.members):
                each.clear()
            assert compiled.value(rows, path) == parts[number][fact.name]


# --- Decisions ---


@pytest.mark.agreement
def test_rows_decide_what_intervals_do() -> None:
    """The truth of each outcome and each `must`, for households known and known in part, also with defaults."""
    for policy, outcomes in accepted([*given_sample(examples(24, 300)), *weihai_sample(examples(25, 400))]):
        compiled, household = compiled_policy(policy), outcomes.household
        expected = result_of(policy, run_of(policy, program_of(policy), household))
        assert outcomes.result == expected
        assert not outcomes.result.is_broken or outcomes.household.assumed  # else it would have been refused
        must = program_of(policy).must
        assert outcomes.result.is_broken is (False in [outcomes.scope.run.value(step) for step in must.values()])
        assert compiled.decide(household.rows(policy)) == expected
        assert compiled.decide_variant(outcomes.rows, ()) == expected
        left_out = outcomes.altered.left_out
        unknown = outcomes.rows.copy()
        compiled.clear(unknown, left_out)
        own = {**household.values, "on": day_value(policy, household.on)}
        members = [dict(member.values) for member in household.members]
        for path in left_out:
            part = own if len(path) == 1 else members[int(path[1])]
            del part[path[-1]]  # type: ignore[arg-type]  # its name
        run = scope_of(policy, own, members).run
        assert compiled.decide(unknown) == result_of(policy, run)
        count(decided_households=1)


@pytest.mark.agreement
def test_scopes_of_rows_have_the_values_of_intervals() -> None:
    """Every step of the program, of the household and of each member; also where the category is restricted."""
    for policy, outcomes in accepted([*given_sample(examples(12, 150)), *weihai_sample(examples(4, 60))]):
        compiled, household, program = compiled_policy(policy), outcomes.household, program_of(policy)
        plain = run_of(policy, program, household)
        category = program.names[policy.category.name]
        allowed = outcomes.result.possible[-2:]
        fixed = Run(program, plain.household, plain.members, fixed={category: choice_value(frozenset(allowed))})
        for run, scope in (
            (plain, compiled.scope(outcomes.rows)),
            (plain, compiled.scope(outcomes.rows, found=compiled.run(outcomes.rows.own, outcomes.rows.members))),
            (fixed, compiled.scope(outcomes.rows, categories=allowed)),
        ):
            for number, step in enumerate(program.steps):
                for member in range(len(household.members)) if step.space == "member" else (None,):
                    assert scope.run.value(number, member) == run.value(number, member), step
            assert dict(scope.facts) == {**household.values, "on": day_value(policy, household.on)}
            assert [dict(each.facts) for each in scope.members] == [dict(each.values) for each in household.members]
        count(compiled_scopes=1)


@pytest.mark.agreement
def test_the_folded_run_has_the_values_of_intervals() -> None:
    """Every step that the category and `must` need, and whether it is known; a plain run reports the latter too."""
    for policy, outcomes in accepted([*given_sample(examples(12, 150)), *weihai_sample(examples(4, 60))]):
        compiled, folded = compiled_policy(policy), compiled_policy(policy).folded
        plain, run = run_of(policy, folded, outcomes.household), compiled.folded_run(outcomes.rows)
        ids = [each.when.id for each in policy.category.outcomes if each.when is not None]
        roots = (*(folded.clauses[id_] for id_ in ids), *folded.must.values())
        for number in folded.live(roots):
            for member in range(len(plain.members)) if folded.steps[number].space == "member" else (None,):
                value = plain.value(number, member)
                assert run.value(number, member) == value
                settled = None if value is None or isinstance(value, Range | frozenset) else value is True
                assert run.settled(number, member) is plain.settled(number, member) is settled
        count(folded_runs=1)


@pytest.mark.agreement
def test_one_member_apart_is_the_whole() -> None:
    """A household of which one member comes last has the same bits and comparisons, whichever member it is."""
    for policy, outcomes in accepted([*given_sample(examples(9, 90)), *weihai_sample(examples(6, 60))]):
        compiled, rows = compiled_policy(policy), outcomes.rows
        found = compiled.run(rows.own, rows.members)
        other = rows.members[-1]
        for number, row in enumerate(rows.members):
            without = compiled.without_member(rows, number)
            assert without is not None  # no step of a member of these policies depends on a sum
            in_parts = without.run(row)
            assert in_parts == found[: len(in_parts)]
            assert compiled.result(in_parts) == outcomes.result
            assert compiled.gaps(in_parts) == compiled.gaps(found)
            members = [*rows.members[:number], other, *rows.members[number + 1 :]]
            changed = without.run(other)
            assert changed == compiled.run(rows.own, members)[: len(changed)]
            count(members_apart=1)


@pytest.mark.agreement
def test_what_breaks_is_what_decisions_say() -> None:
    """Whether a `must` fails is the same alone as beside the category, under each variant of a reading."""
    for policy, given in given_sample(examples(9, 90)):
        compiled = compiled_policy(policy)
        for each in given:
            stated, on = stated_in(policy, each), each.get("on")
            for kinds, broken in ((("self", "self"), True), (("self", "child"), False), (("child", None), False)):
                changed: Stated = {path: value for path, value in stated.items() if len(path) == 1}
                changed |= {("members", number, "kind"): kind for number, kind in enumerate(kinds)}
                rows = rows_of(policy, on, changed, 2)
                compiled.fill(rows)
                assert compiled.breaks(rows) is compiled.decide(rows).is_broken is broken
                variant = compiled.with_reading("strict", "yes")
                assert compiled.breaks(rows, variant) is broken


@pytest.mark.agreement
def test_profiles_are_those_of_the_decisions() -> None:
    """The outcomes of each decision that hold and those that are possible: as assessed, and by a second opinion."""
    source = chance("profiles")
    for policy, outcomes in accepted([*given_sample(examples(18, 200)), *weihai_sample(examples(6, 60))]):
        compiled, household = compiled_policy(policy), outcomes.household
        ids = [outcome.id for outcome in outcomes.possible]
        profile = compiled.profile(outcomes.rows, ids)
        assert profile == outcomes.profile
        by_rows = compiled.scope(outcomes.rows, categories=ids)
        for (holding, may), decision in list(zip(profile, policy.decisions.values(), strict=True))[1:]:
            found = truths(decision, by_rows)
            assert may == possible(decision, found)
            if decision.every:
                assert holding == tuple(each.id for each, t in zip(decision.outcomes, found, strict=True) if t)
        if household.on is not None and (one := completion(policy, household, source)) and not one.is_drawn:
            for (holding, may), decision in zip(profile, policy.decisions.values(), strict=True):
                assert holding == may == held(decision, one.opinion)
        count(profiles=1)


def held(decision: Decision, opinion: Opinion) -> tuple[str, ...]:
    """The outcomes that hold by the second opinion."""
    if decision.every:
        return tuple(outcome.id for outcome in decision.outcomes if opinion.value(outcome.when))
    return (opinion.name(decision.name),)


# --- Defaults ---


def left_out_of(policy: Policy, stated: Stated, members: int) -> list[KeyPath]:
    """The facts that are left out and have a default."""
    return [path for path, fact in facts_of(policy, members) if fact.if_absent is not None and path not in stated]


def rows_of(policy: Policy, on: date | None, stated: Stated, members: int) -> Rows:
    """The rows of stated facts, in which those with a default are left out."""
    compiled = compiled_policy(policy)
    own: dict[str, Any] = {"on": day_value(policy, on)}
    theirs: list[dict[str, Any]] = [{} for _ in range(members)]
    for path, value in stated.items():
        if value is not None:
            (own if len(path) == 1 else theirs[int(path[1])])[str(path[-1])] = value
    rows = compiled.rows(own, theirs)
    compiled.leave_out(rows, left_out_of(policy, stated, members))
    return rows


def constant_in(fact: Fact, found: Completion, path: KeyPath) -> bool:
    """Whether the default of a fact is a constant in a completion."""
    member = None if len(path) == 1 else found.opinion.members[int(path[1])]
    expr = fact.if_absent
    if isinstance(expr, Choose):
        results = (result for when, result in expr.cases if found.opinion.value(when, member))
        expr = next(results, expr.otherwise)
    return isinstance(expr, Constant | Option)


@pytest.mark.agreement
def test_defaults_are_those_of_a_second_opinion() -> None:
    """Equal where all that they need is known, else within the bounds; what is out of range is reported."""
    source = chance("defaults")
    for policy, given in [*rich_sample(examples(24, 250)), *weihai_sample(examples(10, 150))]:
        compiled = compiled_policy(policy)
        for each in given:
            stated, on, members = stated_in(policy, each), each.get("on"), len(each["members"])
            rows = rows_of(policy, on, stated, members)
            filled = compiled.fill(rows)
            names = [compiled.defaults[number].name for number in range(len(compiled.defaults))]
            known = {path_of(names[number], member): constant for member, number, constant in filled.known}
            outside = {path_of(names[number], member) for member, number in filled.outside}
            follows = known_in(policy, on, stated, members)
            for path, value in follows.defaults.items():
                assert compiled.value(rows, path) == value, path
                assert path in known
            assert follows.outside <= outside
            for path in left_out_of(policy, stated, members):
                assert (path in known) is (compiled.place(path).is_known(rows.row(path)) and path not in outside), path
                if path in outside:
                    assert compiled.value(rows, path) == policy.names[str(path[-1])].kind.unknown  # type: ignore[union-attr]
            for _ in range(3):
                found = completed(policy, on, stated, members, source)
                assert found is None or not outside
                if found is not None:
                    parts = [found.opinion.own, *found.opinion.members]
                    for path in left_out_of(policy, stated, members):
                        value = parts[0 if len(path) == 1 else int(path[1]) + 1][path[-1]]  # type: ignore[index]
                        assert may_be(value, compiled.value(rows, path)), path
                        fact = policy.names[str(path[-1])]
                        assert isinstance(fact, Fact)
                        if known.get(path) or (path in known and not found.is_drawn):
                            assert constant_in(fact, found, path) is known[path], path
                    if not found.is_drawn:
                        assert known.keys() == {*left_out_of(policy, stated, members)}
                count(filled_households=1)


def path_of(name: str, member: int) -> KeyPath:
    """The path of a default's fact."""
    return (name,) if member < 0 else ("members", member, name)


@pytest.mark.agreement
def test_a_default_out_of_range_is_refused() -> None:
    """Where everything is known, a household is refused exactly where the second opinion is out of range."""
    source = chance("refused")
    for policy, given in rich_sample(examples(24, 250)):
        for each in given:
            stated, on, members = stated_in(policy, each), each.get("on"), len(each["members"])
            follows = known_in(policy, on, stated, members)
            found = completed(policy, on, stated, members, source)
            try:
                read_facts(policy, each)
            except FactError as error:
                refused = {problem.at for problem in error.problems if problem.code == "derived_outside"}
                assert follows.outside <= refused
                assert found is None or not refused
            else:
                assert not follows.outside
                settled = [
                    path in follows.defaults or stated.get(path) is not None for path, _ in facts_of(policy, members)
                ]
                assert found is not None or on is None or not all(settled)


FILLED = """
language: 1
policy: filled
units: {yuan: 元, year: 年}
household:
  size: {title: 数, unit: 1, from: 1, to: 4}
  own: {title: 有房, yes or no: true}
  state: {title: 状况, one of: {good: 好, fair: 中, poor: 差}}
  FACTS
members:
  at most: 3
  facts:
    wage: {title: 薪, unit: yuan, to: 100, decimals: 2}
    here: {title: 在, yes or no: true}
    MEMBERS
terms: {t: {title: 项, basis: definition, unit: yuan, value: sum(wage)}}
DECISIONS
"""
SOME_DECISION = (
    "decisions: {d: {title: 类, basis: definition, first: [{outcome: a, title: 子, when: own}],"
    " otherwise: {outcome: b, title: 丑}}}"
)


def filled_value(own: str, theirs: str, facts: Given, path: KeyPath) -> Any:
    """The value that a default gives to a fact, or `outside`."""
    text = FILLED.replace("FACTS", own).replace("MEMBERS", theirs)
    policy = read_policy(text.replace("DECISIONS", SOME_DECISION))
    stated = stated_in(policy, {"members": [{}], **facts})
    rows = rows_of(policy, None, stated, len(facts.get("members", [{}])))
    filled = compiled_policy(policy).fill(rows)
    return "outside" if filled.outside else compiled_policy(policy).value(rows, path)


X = "x: {title: 甲, unit: yuan, from: -5, to: 50, decimals: 1, if absent: DEFAULT}"
THREE = [{"wage": 7}, {"wage": 2}, {}]


@pytest.mark.parametrize(
    ("default", "facts", "expected"),
    [
        ("3", {}, 3),
        ("51", {}, "outside"),
        ("{choose: [{when: own, value: 1}], otherwise: 2}", {"own": True}, 1),
        ("{choose: [{when: own, value: 1}], otherwise: 2}", {"own": False}, 2),
        ("{choose: [{when: own, value: 1}], otherwise: 2}", {}, span(1, 2)),
        ("{choose: [{when: own, value: 1}]}", {"own": False}, span(-5, 50)),  # no case holds: it stays unknown
        ("{choose: [{when: own, value: 1}]}", {}, span(-5, 50)),
        ("{choose: [{when: own, value: 1}]}", {"own": True}, 1),
        ("{choose: [{when: own, value: 60}], otherwise: 2}", {}, span(2, 50)),  # a part of it is out of range
        ("sum(wage)", {"members": THREE[:2]}, 9),
        ("sum(wage)", {"members": THREE}, span(9, 50)),
        ("sum(wage) - 15", {"members": THREE[:2]}, "outside"),
        ("sum(wage) / 2", {"members": THREE[:2]}, 4.5),
        ("sum(wage where here)", {"members": [{"wage": 7, "here": False}, {"wage": 2, "here": True}]}, 2),
        ("sum(wage) / size", {"members": [{"wage": 8}]}, span(2, 8)),
        ("sum(wage) / size", {"members": [{"wage": 9}], "size": 4}, 2.25),  # a part of a tenth
        ("sum(wage) / size / size", {"members": [{"wage": 8}]}, span(Fraction(1, 2), 8)),
        ("sum(wage) / size / size - 5", {"members": [{"wage": 8}], "size": 4}, -4.5),
        ("sum(wage) / size * 3 / size", {"members": [{"wage": 8}]}, span(Fraction(3, 2), 24)),
        ("sum(wage) / size * (3 / size)", {"members": [{"wage": 8}], "size": 4}, 1.5),
        ("sum(wage) / size * (0 - 1 / size)", {"members": [{"wage": 4}], "size": 2}, -1),
        ("{choose: [{when: some(here), value: 4}], otherwise: 8}", {"members": [{"here": False}, {"here": True}]}, 4),
        ("{choose: [{when: each(here), value: 4}], otherwise: 8}", {"members": [{"here": False}, {}]}, 8),
    ],
)
def test_a_default_of_the_household(default: str, facts: Given, expected: object) -> None:
    """Constants, cases, sums of members, and parts of the smallest unit, computed by hand."""
    quoted = default if default.startswith("{") else f'"{default}"'
    assert filled_value(X.replace("DEFAULT", quoted), "", facts, ("x",)) == expected


CONSTANTS = FILLED.replace("FACTS", "x: {title: 甲, unit: 1, to: 50, if absent: DEFAULT}").replace("MEMBERS", "")
CASES = "{choose: [{when: own, value: 4}, {when: state == good, value: size}], otherwise: 4}"


@pytest.mark.parametrize(
    ("default", "facts", "is_constant"),
    [
        ("4", {}, True),
        ("size", {"size": 4}, False),
        ('"min(4, 3)"', {}, False),  # an expression, though of numbers only
        (CASES, {"own": True}, True),
        (CASES, {"own": True, "size": 4}, True),
        (CASES, {"own": False, "state": "good", "size": 4}, False),
        (CASES, {"own": False, "state": "fair"}, True),
        (CASES, {"state": "good", "size": 4}, False),  # 4 as a constant or as the size
        (CASES, {"own": False, "size": 4}, False),
        (CASES, {"size": 4}, False),
        (CASES, {"state": "poor"}, True),
    ],
)
def test_a_default_is_a_constant_in_every_case_that_can_hold(default: str, facts: Given, is_constant: bool) -> None:  # noqa: FBT001  # a table
    """A default that is known is a constant if no case that can hold, up to the first that certainly does, is not."""
    policy = read_policy(CONSTANTS.replace("DEFAULT", default).replace("DECISIONS", SOME_DECISION))
    rows = rows_of(policy, None, stated_in(policy, {"members": [{}], **facts}), 1)
    assert compiled_policy(policy).fill(rows).known == [(-1, 0, is_constant)]


@pytest.mark.parametrize(
    ("default", "facts", "expected"),
    [
        ("sum(wage)", {"members": [{"wage": 7}, {"wage": 2}]}, 9.5),
        ("sum(wage)", {"members": [{"wage": 7}, {}]}, span(Fraction(15, 2), Fraction(101, 2))),  # 0.5 more than 7 to 50
    ],
)
def test_a_default_of_a_member_over_the_household_s(default: str, facts: Given, expected: object) -> None:
    """A member's default sees a household's default, which sees all members."""
    theirs = "fee: {title: 费, unit: yuan, to: 60, decimals: 2, if absent: x + 0.5}"
    found = filled_value(X.replace("DEFAULT", f'"{default}"'), theirs, facts, ("members", 1, "fee"))
    assert found == expected


def test_defaults_of_the_household_and_of_members_in_turn() -> None:
    """Each default sees those before it, of every member: a member's fee, their sum, the rest, and the sum of that."""
    own = (
        "total: {title: 总, unit: yuan, to: 900, if absent: sum(fee)}\n"
        "  whole: {title: 全, unit: yuan, to: 900, if absent: sum(more)}"
    )
    theirs = (
        "fee: {title: 费, unit: yuan, to: 60, if absent: wage * 2}\n"
        "    rest: {title: 余, unit: yuan, to: 300, if absent: total - fee}\n"
        "    more: {title: 加, unit: yuan, to: 300, if absent: rest + 1}\n"
        "    last: {title: 末, unit: yuan, to: 900, if absent: whole - more}"
    )
    facts = {"members": [{"wage": 7}, {"wage": 2}, {"fee": 5, "more": 0}]}

    def of_members(name: str) -> list[Any]:
        return [filled_value(own, theirs, facts, ("members", number, name)) for number in range(3)]

    assert of_members("fee") == [14, 4, 5]
    assert filled_value(own, theirs, facts, ("total",)) == 23
    assert of_members("rest") == [9, 19, 18]
    assert of_members("more") == [10, 20, 0]
    assert filled_value(own, theirs, facts, ("whole",)) == 30
    assert of_members("last") == [20, 10, 30]


# --- Variants ---


@pytest.mark.agreement
def test_a_reading_forced_is_the_policy_with_it() -> None:
    """Rows, defaults out of range, and decisions are those of the policy with another option of a reading."""
    for policy, given in [*given_sample(examples(18, 200)), *weihai_sample(examples(3, 20))]:
        compiled = compiled_policy(policy)
        for name, reading in policy.readings.items():
            for option in reading.kind.options:
                other = policy.with_readings({name: option})
                variant = compiled.with_reading(name, option)
                for each in given:
                    hold_to_variant(policy, compiled, other, variant, each)
                    count(forced_readings=1)


def hold_to_variant(
    policy: Policy, compiled: CompiledPolicy, other: Policy, variant: tuple[tuple[int, int], ...], given: Given
) -> None:
    """A variant over rows is another policy."""
    stated, on, members = stated_in(policy, given), given.get("on"), len(given["members"])
    rows, before = (rows_of(policy, on, stated, members) for _ in range(2))
    filled = compiled.fill_variant(rows, variant)
    rows_of_other = rows_of(other, on, stated, members)
    assert filled == compiled_policy(other).fill(rows_of_other)
    assert values_in(compiled, rows) == values_in(compiled_policy(other), rows_of_other)
    if not {step for step, _ in variant} & compiled.reading_defaults:
        assert compiled.fill(before) == filled
        assert before == rows
    found = compiled.decide_variant(rows, variant)
    assert found == compiled_policy(other).decide(rows_of_other)
    scope, scope_of_other = compiled.scope(rows, variant), compiled_policy(other).scope(rows_of_other)
    assert truths(policy.category, scope) == truths(other.category, scope_of_other) == found.truths
    assert [scope[name] for name in own_names(policy)] == [scope_of_other[name] for name in own_names(policy)]


def values_in(compiled: CompiledPolicy, rows: Rows) -> list[list[Any]]:
    """The values of all facts in rows."""
    own = [place.value(rows.own) for place in compiled.own.values()]
    return [own, *([place.value(row) for place in compiled.of_members.values()] for row in rows.members)]


def own_names(policy: Policy) -> list[str]:
    """The terms and parameters of the household."""
    return [name for name in (*policy.parameters, *policy.terms) if name not in policy.of_members]


READING_IN_DEFAULT = FILLED.replace(
    "FACTS",
    'x: {title: 甲, unit: yuan, to: 50, if absent: {choose: [{when: r == p, value: 9}], otherwise: "sum(wage)"}}',
).replace("MEMBERS", "").replace("DECISIONS", "") + (
    "readings: {r: {title: 解, question: 问, one of: {p: 甲, q: 乙}, chosen: q, why: 因, basis: assumption},"
    " s: {title: 另, question: 问, one of: {p: 甲, q: 乙}, chosen: q, why: 因, basis: assumption}}\n"
    "decisions: {d: {title: 类, basis: definition, first: [{outcome: a, title: 子, when: {all: {i: {that: x > 5},"
    " j: {that: s == q}}}}], otherwise: {outcome: b, title: 丑}}}\n"
)


def test_a_default_depends_on_a_reading() -> None:
    """Only a reading that a default names is one of `reading_defaults`, and its option gives another default."""
    policy = read_policy(READING_IN_DEFAULT)
    compiled, program = compiled_policy(policy), program_of(policy)
    assert compiled.reading_defaults == {program.names["r"]}
    rows = rows_of(policy, None, {("members", 0, "wage"): 3}, 1)
    other = rows.copy()
    assert compiled.fill(rows).known == [(-1, 0, False)]
    assert compiled.value(rows, ("x",)) == 3
    assert compiled.fill_variant(other, compiled.with_reading("r", "p")).known == [(-1, 0, True)]
    assert compiled.value(other, ("x",)) == 9
    assert compiled.decide(rows).possible == ("b",)
    assert compiled.decide(other).possible == ("a",)
    assert compiled.decide_variant(other, compiled.with_reading("s", "p")).possible == ("b",)


@pytest.mark.agreement
def test_a_clause_forced_is_the_policy_without_it() -> None:
    """For every clause that can be left out: the decisions are those of the policy without it, or open."""
    for policy, given in [*given_sample(examples(5, 100)), *weihai_sample(examples(2, 12))]:
        compiled = compiled_policy(policy)
        households = [household for each in given if (household := read(policy, each)) is not None][:4]
        for definition, clause in clauses_of(policy):
            fixed = without_clause(definition, clause.id)
            if fixed is None:
                continue
            other = policy_without(policy, definition, clause.id)
            removed = (
                [each.id for each in definition.outcomes if each.when is clause]
                if definition == policy.category
                else []
            )
            at = [each.id for each in policy.category.outcomes].index(removed[0]) if removed else -1
            for household in households:
                found = compiled.decide_variant(household.rows(policy), compiled.with_clause(*fixed))
                expected = compiled_policy(other).decide(household.rows(other))
                values = [truth for number, truth in enumerate(found.truths) if number != at]
                is_equal = (found.possible, found.must, tuple(values)) == (*expected[1:], expected.truths)
                parts = [household.values, *(member.values for member in household.members)]
                if not is_equal and policy is not WEIHAI and not is_known(*parts):
                    # a case that is left out may hold the only divisor that is not known: then its bounds are wider
                    assert set(expected.possible) <= set(found.possible), clause.id
                    assert all(wide & bits == bits for wide, bits in zip(found.must, expected.must, strict=True))
                    count(wider_without_a_clause=1)
                    continue
                assert is_equal, clause.id
                scope = compiled.scope(household.rows(policy), compiled.with_clause(*fixed))
                assert truths(policy.category, scope) == found.truths
                count(clauses_left_out=1)


def clauses_of(policy: Policy) -> Iterator[tuple[Term | Decision, Clause]]:
    """Every clause inside a term or decision, with its definition; not the whole condition of a term."""
    for name in policy.order:
        definition = policy.names[name]
        if isinstance(definition, Term | Decision):
            for expr in exprs_of(definition):
                for part in walk(expr):
                    if isinstance(part, Clause) and (isinstance(definition, Decision) or part is not expr):
                        yield definition, part


# --- Comparisons ---


@pytest.mark.agreement
def test_gaps_have_the_signs_of_comparisons() -> None:
    """A gap is below zero where the left side is less, zero where both are equal; else the comparison is open."""
    for policy, outcomes in accepted([*given_sample(examples(18, 200)), *weihai_sample(examples(6, 60))]):
        compiled, folded = compiled_policy(policy), compiled_policy(policy).folded
        run = run_of(policy, folded, outcomes.household)
        for of_all in (False, True):
            decisions = policy.decisions.values() if of_all else (policy.category,)
            roots = tuple(folded.clauses[e.when.id] for d in decisions for e in d.outcomes if e.when is not None)
            compared = [
                number
                for number in folded.live(roots)
                if folded.steps[number].op in ("lt", "eq")
                and folded.steps[number].space == "household"
                and isinstance(folded.steps[folded.steps[number].args[0]].kind, IntKind)
            ]
            gaps = gaps_of(compiled, outcomes.rows, of_all=of_all)
            for number, (low, high) in zip(compared, gaps, strict=True):
                truth = run.value(number)
                if folded.steps[number].op == "lt":
                    assert truth is (True if high < 0 else False if low >= 0 else None)
                else:
                    assert truth is (True if low == high == 0 else False if low > 0 or high < 0 else None)
                count(gaps=1)


def gaps_of(compiled: CompiledPolicy, rows: Rows, *, of_all: bool) -> list[tuple[Any, Any]]:
    """The differences in the comparisons that the category, or that all decisions need."""
    return compiled.all_gaps(rows) if of_all else compiled.gaps(compiled.run(rows.own, rows.members))


def signs(gaps: list[tuple[Any, Any]]) -> list[tuple[bool, bool]]:
    """The signs of gaps, of which both ends are equal."""
    assert all(low == high for low, high in gaps)
    return [(low < 0, low == 0) for low, _ in gaps]


@pytest.mark.agreement
def test_where_no_gap_changes_sign_no_outcome_changes() -> None:
    """Between neighbouring values of one number, an outcome changes only where a comparison of the household does."""
    source = chance("gaps")
    for policy, outcomes in accepted(given_sample(examples(18, 200))):
        household, compiled = outcomes.household, compiled_policy(policy)
        one = completion(policy, household, source)
        if one is None or one.opinion.policy is not policy:  # a number that is not published has no sign
            continue
        rows = compiled.rows(one.opinion.own, one.opinion.members)
        keys = {key for parameter in policy.parameters.values() for key in parameter.by}  # these leap by themselves
        for name in policy.facts:
            kind = policy.facts[name].kind
            if not isinstance(kind, NumberKind) or name in keys:
                continue
            pairs = []
            for value in (source.randint(int(kind.low or 0), int(kind.high or 0)) for _ in range(4)):
                changed = rows.changed((name,))
                compiled.put(changed, (name,), value)
                opinion = Opinion(one.opinion.policy, {**one.opinion.own, name: value}, one.opinion.members)
                pairs.append((signs(compiled.all_gaps(changed)), answers(policy, opinion)))
            for (gaps, found), (other_gaps, other) in pairwise(pairs):
                assert gaps != other_gaps or found == other
                count(neighbouring_gaps=1)


def answers(policy: Policy, opinion: Opinion) -> list[bool]:
    """Whether each outcome of each decision holds."""
    return [opinion.value(each.when) for each in decisions_of(policy)]


def decisions_of(policy: Policy) -> Iterator[Any]:
    """The outcomes with a condition."""
    return (each for decision in policy.decisions.values() for each in decision.outcomes if each.when is not None)


SIDES = """
language: 1
policy: sides
units: {yuan: 元, person: 人}
household:
  a: {title: a, unit: yuan, from: -100, to: 100, decimals: 2}
  b: {title: b, unit: yuan, to: 100, decimals: 1}
  size: {title: s, unit: 1, from: 1, to: 4}
members: {facts: {c: {title: c, unit: yuan, to: 100}}}
decisions:
  category:
    title: t
    basis: assumption
    first: [{outcome: x, title: x, when: {all: {i: {that: a < b}, j: {that: a / size == 3}}}}]
    otherwise: {outcome: y, title: y}
  other:
    title: o
    basis: assumption
    first: [{outcome: z, title: z, when: {that: sum(c) >= b}}, {outcome: v, title: v, when: {that: some(c > a)}}]
    otherwise: {outcome: w, title: w}
"""


@pytest.mark.parametrize(
    ("facts", "expected", "of_others"),
    [
        # in hundredths: a - b, and a - 3 * size; in tenths: sum(c) - b
        ({"a": 5, "b": "4.5", "size": 2}, [(50, 50), (-100, -100)], (-25, -25)),
        ({"a": 5, "size": 2}, [(-9500, 500), (-100, -100)], (-980, 20)),
        ({"b": "4.5", "size": 2}, [(-10450, 9550), (-10600, 9400)], (-25, -25)),
        ({"a": 6, "b": 6}, [(0, 0), (-600, 300)], (-40, -40)),
    ],
)
def test_gaps_by_hand(facts: Given, expected: list[tuple[int, int]], of_others: tuple[int, int]) -> None:
    """The bounds of both sides' difference, in the units in which they are compared; those of members are left out."""
    policy = read_policy(SIDES)
    outcomes = assess(policy, {**facts, "members": [{"c": 2}]}).outcomes
    compiled = compiled_policy(policy)
    assert gaps_of(compiled, outcomes.rows, of_all=False) == expected
    assert compiled.all_gaps(outcomes.rows) == [*expected, of_others]


CHAINED = """
language: 1
policy: chained
household: {n: {title: n, unit: 1, to: 9}}
members: {facts: {pay: {title: p, unit: 1, to: 9}}}
terms:
  total: {title: a, unit: 1, basis: definition, value: sum(pay)}
  above: {title: b, of: member, basis: definition, when: "2 * pay > total"}
decisions:
  category:
    title: c
    basis: definition
    first: [{outcome: yes, title: y, when: some(above)}, {outcome: more, title: m, when: some(pay > n)}]
    otherwise: {outcome: no, title: z}
"""


def test_a_member_beside_the_sum_of_all() -> None:
    """A condition of a member on the sum of all is computed after it; such a household is not computed in parts."""
    policy = read_policy(CHAINED)
    compiled = compiled_policy(policy)
    for pays, n, expected in (((3, 4), 9, "yes"), ((4, 4), 9, "no"), ((4, 4), 3, "more"), ((1, 2, 4), 9, "yes")):
        outcomes = assess(policy, {"n": n, "members": [{"pay": pay} for pay in pays]}).outcomes
        assert [outcome.id for outcome in outcomes.possible] == [expected]
        assert compiled.without_member(outcomes.rows, 0) is None
        assert compiled.gaps(compiled.run(outcomes.rows.own, outcomes.rows.members)) == []
    points = assess(policy, {"n": 3, "members": [{"pay": 4}, {"pay": 4}]}).break_points("n")
    assert points is not None
    assert [(span.low, span.high) for span in points.spans] == [(0, 3), (4, 9)]


# --- Threads ---


def answered(assessment: Assessment) -> tuple[Any, ...]:
    """What an assessment comes to, every question about it asked."""
    return (
        assessment.outcomes.profile,
        [reason.clause.id for reason in assessment.reasons],
        [str(each) for each in assessment.missing],
        {name: repr(value) + repr(getattr(value, "exact", "")) for name, value in assessment.terms.items()},
        [(turn.id, turn.option, [each.id for each in turn.possible]) for turn in turns_on(assessment)],
        None if assessment.nearest_assumed is None else assessment.nearest_assumed.path,
    )


def test_threads_assess_at_once() -> None:
    """Four threads that assess households of one policy, which none has used before, get the results of one."""
    sample = [*given_sample(examples(6, 60)), *weihai_sample(8)]
    for policy, given in sample:
        fresh = load_policy("2021_weihai") if policy is WEIHAI else policy.with_readings({})
        again = load_policy("2021_weihai") if policy is WEIHAI else policy.with_readings({})
        listed = [each for each in given if read(again, each) is not None]
        barrier = Barrier(4)

        def assessed(
            number: int, policy: Policy = fresh, listed: list[Given] = listed, barrier: Barrier = barrier
        ) -> Any:
            barrier.wait()
            return [answered(assess(policy, each)) for each in (*listed[number:], *listed[:number])]

        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(assessed, range(4)))
        expected = [answered(assess(again, each)) for each in listed]
        for number, results in enumerate(found):
            assert results == [*expected[number:], *expected[:number]]
