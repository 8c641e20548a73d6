"""The program of a policy: lowered to whole numbers, and equal in what it comes to."""

import json
import operator
import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from bundled import POLICIES
from click.testing import CliRunner
from completing import chance, completion, known_in, may_be, stated_of
from framing import drawn
from hypothesis import strategies as st
from independent import UnknownFact
from programs import (
    WEIHAI,
    chosen,
    figure,
    opinion_of,
    outcome_opinions,
    outcome_values,
    read,
    run_of,
    sample,
    scaled,
    weihai_households,
)
from sampling import count, examples

from hardship_rules import Policy, PolicyError, assess, read_policy
from hardship_rules.assessment.household import Household
from hardship_rules.assessment.outcomes import Figure
from hardship_rules.cli import commands
from hardship_rules.core.interval import Range, high, low
from hardship_rules.core.kinds import NumberKind, Value
from hardship_rules.core.policy import Reading
from hardship_rules.engine._lower import lower, specialise
from hardship_rules.engine._program_json import checksum_of, program_json, read_program
from hardship_rules.engine.evaluate import possible, truths
from hardship_rules.engine.interval import Run
from hardship_rules.engine.program import Denominator, IntKind, Program, Quotient
from hardship_rules.testing import households, partial_households

OPEN = lower(WEIHAI)


def hold_to_opinion(policy: Policy, programs: Sequence[Program], household: Household, source: Random) -> None:
    """Each truth and each number of a household is that of the second opinion.

    Where something is not known, each has those of every completion among its values.
    """
    runs = [(program, run_of(policy, program, household)) for program in programs]
    scope = household.scope(policy)
    hold_to_what_follows(policy, runs, household)
    for _ in range(COMPLETIONS):
        found = completion(policy, household, source)
        if found is None:
            continue
        holds: Callable[[Any, Value], bool] = may_be if found.is_drawn else operator.eq
        for name, term in policy.terms.items():
            rows = list(enumerate(found.opinion.members)) if term.of_member else [(None, None)]
            for member, row in rows:
                expected = found.opinion.name(name, row)
                assert holds(expected, (scope if member is None else scope.members[member])[name]), name
                for program, run in runs:
                    if isinstance(term.kind, NumberKind):
                        quotient = Quotient(program.names[name], program.scales[name])
                        plain, narrow = figure(run, program, name, member), run.figure(quotient, member)
                        assert holds(expected, plain), name
                        assert holds(expected, narrow), name
                        assert low(plain) <= low(narrow) <= high(narrow) <= high(plain)  # type: ignore[arg-type]  # a number
                    else:
                        assert holds(expected, run.value(program.names[name], member)), name
        for id_, expected in outcome_opinions(policy, found.opinion).items():
            for program, run in runs:
                assert holds(expected, run.value(program.clauses[id_])), id_
        for clause in policy.must:
            for program, run in runs:
                assert holds(found.opinion.value(clause), run.value(program.must[clause.id])), clause.id
        for decision in policy.decisions.values():
            ids = possible(decision, truths(decision, scope))
            if decision.every:
                assert {each.id for each in decision.outcomes if found.opinion.value(each.when)} <= {*ids}
            else:
                assert found.opinion.name(decision.name) in ids
                assert holds(found.opinion.name(decision.name), scope[decision.name])
        count(completions=1)
        if not found.is_drawn:
            break


def hold_to_what_follows(policy: Policy, runs: Sequence[tuple[Program, Run]], household: Household) -> None:
    """What the second opinion can say from the stated facts alone, the program says too."""
    known = known_in(policy, household.on, stated_of(household), len(household.members))
    for name, term in policy.terms.items():
        for member, row in list(enumerate(known.opinion.members)) if term.of_member else [(None, None)]:
            try:
                expected = known.value(term.expr, row)
            except UnknownFact:
                continue
            for program, run in runs:
                quotient = Quotient(program.names[name], program.scales.get(name, Denominator()))
                assert run.figure(quotient, member) == expected, name
            count(settled_values=1)
    for decision in policy.decisions.values():
        for outcome in decision.outcomes:
            if outcome.when is not None:
                try:
                    expected = known.value(outcome.when)
                except UnknownFact:
                    continue
                for program, run in runs:
                    assert run.value(program.clauses[outcome.when.id]) is expected, outcome.when.id
                count(settled_outcomes=1)


COMPLETIONS = 6  # of each household


@pytest.mark.agreement
def test_the_program_is_a_second_opinion() -> None:
    """For drawn policies and households, open and folded: equal where all is known, else within the bounds."""
    source = chance("completions")
    for policy, given in sample(examples(24, 300)):
        programs = (lower(policy), chosen(policy))
        for household in given:
            hold_to_opinion(policy, programs, household, source)
            count(program_households=1)


@pytest.mark.agreement
def test_the_measure_is_a_second_opinion() -> None:
    """So are households of the measure, known and known in part."""
    source = chance("completions of the measure")
    programs = (OPEN, chosen(WEIHAI))
    given = drawn(st.one_of(households(WEIHAI), partial_households(WEIHAI)), examples(20, 400))
    for each in given:
        household = read(WEIHAI, each)
        if household is not None:
            hold_to_opinion(WEIHAI, programs, household, source)


def test_bounds_are_never_exceeded() -> None:
    """No number of any step, in any household or under any reading, lies outside the bounds proved for it."""
    for policy, given in [*sample(examples(15, 200)), (WEIHAI, weihai_households(5))]:
        program = lower(policy)
        readings = {
            name: random.choice(list(reading.kind.options))  # noqa: S311  # any of them
            for name, reading in policy.readings.items()
        }
        for household in given:
            for each in (program, specialise(program, readings)):
                run = run_of(policy, each, household)
                for number, step in enumerate(each.steps):
                    if isinstance(step.kind, IntKind) and not has_part_units(each, household):
                        for member in range(len(household.members)) if step.space == "member" else (None,):
                            value = run.value(number, member)
                            assert step.kind.low <= low(value), step  # type: ignore[arg-type]  # a number
                            assert high(value) <= step.kind.high, step  # type: ignore[arg-type]  # a number


def has_part_units(program: Program, household: Household) -> bool:
    """A default came to a part of its fact's smallest unit, which no engine of whole numbers takes."""
    parts = (household.values, *(member.values for member in household.members))
    values = (value for part in parts for value in scaled(program, part).values())
    return any(isinstance(end, Fraction) and end.denominator > 1 for value in values for end in ends(value))


def ends(value: Value) -> tuple[Any, ...]:
    """The ends of what a number may be."""
    return (value.low, value.high) if isinstance(value, Range) else (value,)


def test_equal_steps_are_one_but_names_are_not() -> None:
    """No two steps are equal; each clause, reading and parameter has its own, also where several say the same."""
    assert len(set(OPEN.steps)) == len(OPEN.steps)
    assert len(set(OPEN.clauses.values())) == len(OPEN.clauses)
    named = [step.data for step in OPEN.steps if step.op == "name"]
    assert len(named) == len(set(named))
    assert {f"clause {id_}" for id_ in OPEN.clauses} <= set(named)
    assert {f"reading {name}" for name in WEIHAI.readings} <= set(named)
    assert {f"parameter {name}" for name in WEIHAI.parameters} <= set(named)


def test_arguments_stand_before_their_step() -> None:
    """Each argument is computed before its step; a household's step takes a member's only by `sum` and `any`."""
    for program in (OPEN, chosen(WEIHAI)):
        for number, step in enumerate(program.steps):
            assert all(argument < number for argument in step.args)
            if step.op not in ("sum", "any"):
                members = any(program.steps[argument].space == "member" for argument in step.args)
                assert not members or step.space == "member"


@pytest.mark.parametrize("reading", WEIHAI.readings)
def test_a_reading_folded_is_the_policy_with_it(reading: str) -> None:
    """A program folded with another option comes to what the policy with that reading says."""
    given = weihai_households(6)
    for option in WEIHAI.readings[reading].kind.options:
        variant = WEIHAI.with_readings({reading: option})
        found = variant.names[reading]
        assert isinstance(found, Reading)
        program = specialise(OPEN, {name: each.chosen for name, each in variant.readings.items()})
        for household in given:
            opinion = opinion_of(variant, household)
            assert opinion is not None
            run = run_of(variant, program, household)
            assert outcome_opinions(variant, opinion) == outcome_values(variant, run, program)


def test_readings_are_folded_one_by_one() -> None:
    """A reading that is not named stays open, whatever its option; a program says which are folded."""
    first = specialise(OPEN, {"rounding": "yuan"})
    assert first.readings == {"rounding": "yuan"}
    both = specialise(first, {"union_aid_counts": "yes"})
    assert both.readings == {"rounding": "yuan", "union_aid_counts": "yes"}
    variant = WEIHAI.with_readings(both.readings)
    rest = {name: reading.chosen for name, reading in WEIHAI.readings.items() if name not in both.readings}
    folded = specialise(both, rest)
    for household in weihai_households(6):
        opinion = opinion_of(variant, household)
        assert opinion is not None
        for program in (both, folded):
            run = run_of(variant, program, household)
            assert outcome_opinions(variant, opinion) == outcome_values(variant, run, program)


@pytest.mark.parametrize(
    ("readings", "code"),
    [
        ({"roundings": "yuan"}, "unknown_reading"),
        ({"rounding": "jiao"}, "unknown_option"),
        ({"union_aid_counts": "yes"}, "unknown_reading"),  # it is folded already
    ],
)
def test_what_cannot_be_folded_is_refused(readings: dict[str, str], code: str) -> None:
    """A reading or an option that there is not, and a reading folded before, is a problem with its name."""
    with pytest.raises(PolicyError) as error:
        specialise(specialise(OPEN, {"union_aid_counts": "no"}), readings)
    (problem,) = error.value.problems
    assert problem.code == code
    assert problem.message("zh") != problem.message("en")


def test_folding_shortens_but_keeps_the_clauses() -> None:
    """What readings rule out is gone; every clause is still there, also one that is constant now."""
    folded = chosen(WEIHAI)
    assert len(folded.steps) < len(OPEN.steps)
    assert set(folded.clauses) == set(OPEN.clauses)
    ids = [f"category.{outcome.id}" for outcome in WEIHAI.category.outcomes]
    of_category = [len(each.live(tuple(each.clauses[id_] for id_ in ids))) for each in (folded, OPEN)]
    assert of_category[0] < of_category[1]


# JSON


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_json_is_read_back_equal(policy: Policy) -> None:
    """The JSON form of every bundled policy's program is read back as the same program."""
    for program in (lower(policy), chosen(policy)):
        text = program_json(program)
        assert read_program(text) == program
        assert json.loads(text)["policy"] == policy.fingerprint


def test_json_of_drawn_policies_is_read_back_equal() -> None:
    """So is that of drawn policies, whose numbers may be beyond what JSON's readers keep exact."""
    for policy, _ in sample(examples(10, 100)):
        assert read_program(program_json(lower(policy))) == lower(policy)


def code(text: str) -> str:
    """The code of the problem with a text."""
    with pytest.raises(PolicyError) as error:
        read_program(text)
    return error.value.problems[0].code


def test_an_edited_program_is_refused() -> None:
    """A changed threshold, step or name is refused, as are other versions, other JSON, and what is no JSON."""
    text = program_json(OPEN)
    assert code(text.replace("787", "788", 1)) == "program_edited"
    assert code(text.replace('"and"', '"or"', 1)) == "program_edited"
    assert code(text.replace("program/1", "program/2", 1)) == "program_newer"
    assert code("{}") == "program_not_one"
    assert code("[1]") == "program_not_one"
    assert code(text[:-3]) == "program_not_json"
    assert code("[" * 100_000) == "program_not_json"


def test_a_checksum_of_something_else_is_refused() -> None:
    """JSON with a right checksum but without the parts of a program is none."""
    content: dict[str, Any] = {"format": "hardship-rules/program/1", "steps": [[1]]}
    assert code(json.dumps({**content, "checksum": checksum_of(content)})) == "program_not_one"


def test_the_command_line_writes_the_program() -> None:
    """`show --format program` prints the open program of a policy, which is read back as it."""
    done = CliRunner().invoke(commands, ["show", "2021_weihai", "--format", "program"])
    assert done.exit_code == 0
    assert read_program(done.output) == OPEN


SHARED = """
language: 1
policy: p
household:
  a: {title: a, unit: 1, to: 1000}
  b: {title: b, unit: 1, to: 1000}
  p: {title: p, unit: 1, from: 1, to: 20}
members: {facts: {}}
decisions:
  category:
    title: c
    first:
      - {outcome: below, title: below, basis: assumption, when: {that: LINE}}
    otherwise: {outcome: none, title: none}
"""


@pytest.mark.parametrize(
    ("line", "truth"),
    [
        ("a / p + b < 787", True),  # at most 700 + 80
        ("787 > b + a / p", True),
        ("a / p + b >= 787", False),
        ("a / p + b < 780", None),  # 780 where p is 1
        ("a / p + b == 781", False),
        ("a / p - b / p > 620", False),  # 620 where p is 1, and less
        ("(a - b) / p > 620", False),
    ],
)
def test_an_unknown_divisor_counts_once(line: str, truth: object) -> None:
    """Of a = 700, b = 80 and p from 1 to 20: what is divided by p stands beside what is not, without losing bounds."""
    policy = read_policy(SHARED.replace("LINE", line))
    household = read(policy, {"a": 700, "b": 80, "members": [{}]})
    assert household is not None
    program = lower(policy)
    assert run_of(policy, program, household).value(program.clauses["category.below"]) is truth


BY_CASES = """
language: 1
policy: p
household:
  own: {title: own, yes or no: true}
  a: {title: a, unit: 1, from: -100, to: 1000}
  b: {title: b, unit: 1, from: -100, to: 1000}
  size: {title: size, unit: 1, from: 1, to: 4}
members: {facts: {}}
terms:
  t: {title: t, unit: 1, basis: definition, TERM}
decisions:
  category:
    title: c
    first:
      - {outcome: below, title: below, basis: assumption, when: {that: "LINE"}}
    otherwise: {outcome: none, title: none}
"""


@pytest.mark.parametrize(
    ("term", "line", "facts", "truth"),
    [
        ("choose: [{when: own, value: a}], otherwise: a / size", "t < 5", {"own": True, "a": 3}, True),
        ("choose: [{when: own, value: a}], otherwise: a / size", "t < 5", {"own": False, "a": 3}, True),  # at most 3
        ("choose: [{when: own, value: a}], otherwise: a / size", "t < 5", {"a": 3}, True),  # either
        ("choose: [{when: own, value: a}], otherwise: a / size", "t < 5", {"own": False, "a": 8}, None),  # 2 to 8
        ("value: 'min(a / size, b) + b'", "t <= 38", {"a": 20, "b": 19}, True),  # 19 + 19
        ("value: 'min(a / size, b) + b'", "t < 38", {"a": 20, "b": 19}, None),  # not where size is 1
        ("value: 'max(a / size, b) - min(b / size, a)'", "t == 11", {"a": -6, "b": 5}, True),  # 5 + 6
        ("value: '-min(a / size, b)'", "t >= -5", {"a": 20, "b": 5}, True),  # 20 / 4 is 5
        ("value: '-min(a / size, b)'", "t > -5", {"a": 20, "b": 5}, False),
        ("value: 'round_up(min(a / size, b), 1)'", "t == 3", {"a": 12, "b": 3}, True),  # 3 or more, and 3
        ("value: 'min(a / size, b) * 2 - 1'", "t != 9", {"a": 40, "b": 5}, False),  # 10 or more, and 5
        ("value: 'max(a / size, b)'", "15 > t", {"a": 12, "b": 14}, True),
        ("value: 'max(a / size, b)'", "13 > t", {"a": 12, "b": 14}, False),
        ("value: 'max(a / size, b)'", "t <= min(a, b / size)", {"a": 12, "b": 2}, False),  # 3 or more, at most 2
        ("value: 'max(a / size, b)'", "t <= min(a, b / size)", {"a": 12, "b": 20}, False),  # 20 and at most 12
    ],
)
def test_each_case_has_its_own_divisor(term: str, line: str, facts: dict[str, Any], truth: object) -> None:
    """Of a size from 1 to 4: a case without a divisor, or a least or greatest of several, loses no bounds."""
    policy = read_policy(BY_CASES.replace("TERM", term).replace("LINE", line))
    household = read(policy, {**facts, "members": [{}]})
    assert household is not None
    program = lower(policy)
    assert run_of(policy, program, household).value(program.clauses["category.below"]) is truth
    assert [outcome.id for outcome in assess(policy, {**facts, "members": [{}]}).possible] == {
        True: ["below"],
        False: ["none"],
        None: ["below", "none"],
    }[truth]  # type: ignore[index]  # a truth


LINE = """
language: 1
policy: line
units: {yuan: 元, person: 人}
household:
  a: {title: a, unit: yuan, from: -100, to: 100, decimals: 2}
  b: {title: b, unit: yuan, to: 100, decimals: 1}
members: {facts: {c: {title: c, unit: yuan, to: 100, decimals: 2}}}
parameters: {share: {title: s, unit: 1, value: 80 %, basis: assumption}}
terms:
  people: {title: people, unit: person, value: "max(1, count(c > 0))", basis: assumption}
decisions:
  category:
    title: t
    first: [{outcome: holds, title: h, when: "@", basis: assumption}]
    otherwise: {outcome: none, title: n}
"""


@pytest.mark.parametrize(
    ("line", "facts", "expected"),
    [
        # 80 % of 10.00 is 8.00: in cents and fifths, 5 x 800 against 4 x 1000
        ("a < share * b", {"a": "8.00", "b": 10}, False),
        ("a < share * b", {"a": "7.99", "b": 10}, True),
        ("a <= share * b", {"a": "8.01", "b": 10}, False),
        # hundredths beside thirtieths: 0.50 is a third of 1.5, and 0.51 is not
        ("a == b / 3", {"a": "0.50", "b": "1.5"}, True),
        ("a == b / 3", {"a": "0.51", "b": "1.5"}, False),
        # a negative side keeps its sign when it is multiplied across
        ("a / 3 < -2.5", {"a": "-7.50", "b": 0}, False),
        ("a / 3 < -2.5", {"a": "-7.51", "b": 0}, True),
        # below zero as above it: -0.01 / 3 to whole yuan is 0 towards zero, and -1 away from it
        ("round_down(a / 3, 1) == 0", {"a": "-0.01", "b": 0}, True),
        ("round_up(a / 3, 1) == -1", {"a": "-0.01", "b": 0}, True),
        # 2.50, half up to whole yuan, is 3; 2.49 is 2
        ("round_half_up(a, 1) == 3", {"a": "2.50", "b": 0}, True),
        ("round_half_up(a, 1) == 3", {"a": "2.49", "b": 0}, False),
        # caps over different denominators: min(10.00 / 3, 3.4) is 3.333...
        ("min(a / 3, b) * 3 == 10", {"a": 10, "b": "3.4"}, True),
        # over two members with c: 10.00 / 2 = 5
        ("sum(c) * 1 / 2 == sum(c where c > 3)", {"a": 0, "b": 0}, False),
    ],
)
def test_by_hand(line: str, facts: dict[str, object], expected: bool) -> None:  # noqa: FBT001  # a table
    """Signs, caps, floors and shares, each computed by hand."""
    assessment = assess(read_policy(LINE.replace("@", line)), {**facts, "members": [{"c": "3.5"}, {"c": 4}]})
    assert assessment.category is not None
    assert (assessment.category.id == "holds") is expected


CASE_IN_A_SUM = """
language: 1
policy: shares
units: {yuan: 元, person: 人}
household:
  fixed: {title: fixed, yes or no: true}
  loan: {title: loan, unit: yuan, to: 1000}
members: {facts: {counts: {title: counts, yes or no: true}}}
parameters: {one: {title: one, unit: person, value: 1, basis: assumption}}
terms:
  people: {title: people, unit: person, basis: assumption, value: "max(1, count(counts))"}
  share:
    title: share
    unit: yuan
    basis: assumption
    choose: [{when: {that: fixed}, value: 1}]
    otherwise: loan * one / people
  total: {title: total, unit: yuan, basis: assumption, value: loan + share}
decisions:
  category:
    title: t
    first: [{outcome: holds, title: h, when: total > 5, basis: assumption}]
    otherwise: {outcome: none, title: n}
"""


@pytest.mark.parametrize(
    ("fixed", "loan", "bounds"),
    [
        (True, 0, (1, 1)),  # 0 + 1, for any number of people
        (True, 7, (8, 8)),
        (False, 8, (12, 16)),  # 8 + 8 / 2 to 8 + 8 / 1
        (None, 8, (9, 16)),  # 8 + 1 where it is fixed
    ],
)
def test_a_case_in_a_sum_over_an_unknown_divisor(fixed: object, loan: int, bounds: tuple[int, int]) -> None:
    """A part of a sum that is not divided keeps its value, though the sum is over an unknown number of people."""
    assessment = assess(read_policy(CASE_IN_A_SUM), {"fixed": fixed, "loan": loan, "members": [{}, {}]})
    total = assessment.terms["total"]
    assert isinstance(total, Figure)
    assert (total.low, total.high) == bounds
