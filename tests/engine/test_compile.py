"""Compiled bounds are those of the interval algebra, for every step and every household."""

import re
from random import Random
from typing import Any

import pytest
from completing import chance
from framing import drawn
from hypothesis import strategies as st
from programs import WEIHAI, chosen, read, run_of, sample
from sampling import count, examples

from hardship_rules import Policy
from hardship_rules.assessment.household import Household
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import high, low, span
from hardship_rules.core.kinds import Value
from hardship_rules.engine._builder import Builder
from hardship_rules.engine._lower import lower
from hardship_rules.engine.compile import Compiled, compile_program, compile_split
from hardship_rules.engine.interval import Run, choice_value
from hardship_rules.engine.program import BOOL, BoolKind, IntKind, Kind, OptionKind, Program, Space, Table
from hardship_rules.testing import households, partial_households

OPEN, FOLDED = lower(WEIHAI), chosen(WEIHAI)


def bounds(value: Any, kind: Kind, compiled: Compiled) -> tuple[Any, ...]:
    """A value of the interval algebra as compiled bounds have it."""
    if isinstance(kind, IntKind):
        return (low(value), high(value))
    if isinstance(kind, BoolKind):
        return (3 if value is None else 1 if value else 2,)
    options = {value} if isinstance(value, str) else value
    return (sum(compiled.masks[option] for option in options),)


def inputs(program: Program, compiled: Compiled, run: Run, member: int | None) -> list[Any]:
    """The facts of the household or a member, as compiled bounds take them."""
    step_of = {step.data: number for number, step in enumerate(program.steps) if step.op == "input"}
    found: list[Any] = []
    for name in compiled.own if member is None else compiled.of_members:
        step = step_of[name]
        found += bounds(run.value(step, member), program.steps[step].kind, compiled)
    return found


def compiled_of(program: Program) -> Compiled:
    """The function for every step of the household."""
    roots = [number for number in program.live() if program.steps[number].space == "household"]
    return compile_program(program, roots)


def hold_to_intervals(policy: Policy, program: Program, compiled: Compiled, household: Household) -> None:
    """Every step of the household has the bounds that the interval algebra gives it."""
    run = run_of(policy, program, household)
    members = [inputs(program, compiled, run, number) for number in range(len(household.members))]
    given: list[Any] = []
    for root in compiled.roots:
        value: Value = run.value(root)
        given += bounds(value, program.steps[root].kind, compiled)
    assert list(compiled.run(inputs(program, compiled, run, None), members)) == given


@pytest.mark.agreement
def test_compiled_bounds_are_the_intervals() -> None:
    """For drawn policies, open and folded, and households known, or known in part."""
    for policy, given in sample(examples(20, 300)):
        for program in (lower(policy), chosen(policy)):
            compiled = compiled_of(program)
            for household in given:
                hold_to_intervals(policy, program, compiled, household)
                count(compiled_households=1)


@pytest.mark.agreement
def test_the_measure_is_compiled_alike() -> None:
    """For the measure's households of all sizes, known or known in part."""
    for program in (OPEN, FOLDED):
        compiled = compiled_of(program)
        for each in drawn(st.one_of(households(WEIHAI), partial_households(WEIHAI)), examples(25, 500)):
            household = read(WEIHAI, each)
            if household is not None:
                hold_to_intervals(WEIHAI, program, compiled, household)


def test_nothing_of_a_policy_is_in_the_source() -> None:
    """The source of the function holds names of steps, numbers, and a few words of Python: no text of a policy."""
    for policy, _ in sample(examples(10, 100)):
        source = compiled_of(lower(policy)).source
        words = set(re.findall(r"[^\W\d_]\w*", source))
        words = {word for word in words if not re.fullmatch(r"(all_)?[lhvt]\d+", word)}
        assert words <= {
            "def", "run", "own", "members", "number", "member", "enumerate", "for", "in", "if", "elif", "else", "and",
            "or", "not", "min", "max", "return", "append", "all", "rounded", "floor", "down", "half_up", "up", "forced",
            "pass",
        }  # fmt: skip
        assert not re.search("[^\x00-\x7f]", source)


def test_only_what_is_asked_for_is_computed() -> None:
    """A function for the category alone is shorter than one for everything, and takes fewer facts."""
    ids = [f"category.{outcome.id}" for outcome in WEIHAI.category.outcomes]
    category = compile_program(FOLDED, [FOLDED.clauses[id_] for id_ in ids])
    everything = compiled_of(FOLDED)
    assert len(category.source) < len(everything.source)
    assert {*category.own} < {*everything.own}
    assert {*category.of_members} < {*everything.of_members}


class Drawn:
    """A program drawn step by step, of every operation over every kind, and facts for it."""

    def __init__(self, source: Random) -> None:
        self.source = source
        self.build = Builder(3)
        self.numbers: dict[Space, list[int]] = {"household": [], "member": []}
        self.truths: dict[Space, list[int]] = {"household": [], "member": []}
        self.options: dict[Space, list[int]] = {"household": [], "member": []}
        for space in SPACES:
            for kind in (IntKind(-9, 9), IntKind(0, 12), IntKind(1, 5), IntKind(-8, -2), IntKind(7, 7)):
                self.numbers[space].append(self.build.input(f"{space} {kind.low}", kind, space))
            for number in range(3):
                self.truths[space].append(self.build.input(f"{space} truth {number}", BOOL, space))
            for options in ("abc", "bcd"):
                option = OptionKind(tuple(options))
                self.options[space].append(self.build.input(f"{space} {options}", option, space))
        for _ in range(60):
            self.add(source.choice(SPACES))

    def add(self, space: Space) -> None:
        """Add a step of a drawn operation."""
        build, draw = self.build, self.source.choice
        wider: tuple[Space, ...] = ("household",) if space == "household" else SPACES

        def number() -> int:
            return draw(self.numbers[draw(wider)])

        def truth() -> int:
            return draw(self.truths[draw(wider)])

        def option() -> int:
            return draw(self.options[draw(wider)])

        op = draw(OPERATIONS)
        match op:
            case "add" | "mul":
                parts = [draw((number(), number(), build.number(draw((-3, 0, 2))))) for _ in range(draw((2, 2, 3)))]
                step = build.add(parts) if op == "add" else build.mul(parts)
            case "div":
                by = build.extreme("max", [number(), build.number(draw((1, 3)))])
                step = build.div(number(), by, draw(("floor", "down", "half_up", "up")))
            case "min" | "max":
                step = build.extreme(op, [number(), number(), number()])
            case "lt":
                step = build.less(number(), number())
            case "eq":
                of = draw((number, truth, option))
                step = build.equal(of(), of())
            case "in":
                step = build.among(option(), draw(("a", "ab", "bd", "abcd", "z")))
            case "and" | "or":
                step = build.junction(op, [truth() for _ in range(draw((2, 3)))])
            case "not":
                step = build.negation(truth())
            case "select":
                of = draw((number, truth, option))
                step = build.select(truth(), of(), of())
            case "table":
                unpublished = (("a", 1), None)  # its bounds are also those of a number without a row
                rows = [((name, key), draw((None, -4, 3, 8))) for name in "abcd" for key in (1, 2, 3)][1:]
                table = Table((unpublished, *rows), (None, 3), IntKind(-5, 9))
                step = build.table((option(), number()), table)
            case "sum":
                step = build.sum(draw(self.numbers["member"]))
            case _:
                step = build.any(draw(self.truths["member"]))
        kind = build.kind(step)
        if isinstance(kind, IntKind) and max(abs(kind.low), abs(kind.high)) > 10**40:
            return
        into = (
            self.numbers if isinstance(kind, IntKind) else self.truths if isinstance(kind, BoolKind) else self.options
        )
        into[build.steps[step].space].append(step)

    def program(self) -> Program:
        """The steps as a program that names nothing."""
        nothing: FrozenMapping[str, Any] = FrozenMapping()
        steps = tuple(self.build.steps)
        return Program("", nothing, steps, nothing, nothing, nothing, nothing, nothing, nothing, nothing, 3)

    def facts(self, space: Space) -> dict[str, Value]:
        """Facts of one space, known or known in part; some are left out."""
        found: dict[str, Value] = {}
        for step in self.build.steps:
            if step.op == "input" and step.space == space and self.source.random() < 0.9:
                found[str(step.data)] = self.fact(step.kind)
        return found

    def fact(self, kind: Kind) -> Value:
        """A value of a kind."""
        draw = self.source.choice
        if isinstance(kind, IntKind):
            ends = sorted(self.source.randint(kind.low, kind.high) for _ in range(2))
            return ends[0] if self.source.random() < 0.5 else span(*ends)
        if isinstance(kind, BoolKind):
            return draw((True, False, None))
        left = frozenset(self.source.sample(kind.options, draw((1, 1, 2, 3))))
        return choice_value(left)


SPACES: tuple[Space, ...] = ("household", "member")
OPERATIONS = ("add", "mul", "div", "min", "max", "lt", "eq", "in", "and", "or", "not", "select", "table", "sum", "any")


@pytest.mark.agreement
def test_programs_drawn_step_by_step_are_the_intervals() -> None:
    """Every operation over every kind, for facts that are known or known in part, and within the bounds of its step."""
    source = chance("steps")
    for _ in range(examples(40, 1000)):
        drawn_program = Drawn(source)
        program = drawn_program.program()
        numbers = range(len(program.steps))
        compiled = compile_program(program, numbers)
        own = [number for number in numbers if program.steps[number].space == "household"]
        ordered = [number for number in numbers if program.steps[number].op == "input"]
        roots = [number for number in own if not is_chained(program, number)]
        split = compile_split(program, roots, ordered, compiled.masks)
        assert split is not None
        for _ in range(5):
            run = Run(
                program,
                drawn_program.facts("household"),
                [drawn_program.facts("member") for _ in range(source.choice((1, 2, 3)))],
            )
            row, *rows = (inputs(program, compiled, run, n) for n in (None, *range(len(run.members))))
            found = list(compiled.run(row, rows))
            for number, step in enumerate(program.steps):
                if step.space == "household":
                    expected = bounds(run.value(number), step.kind, compiled)
                    assert not isinstance(step.kind, IntKind) or step.kind.low <= found[0] <= found[1] <= step.kind.high
                else:
                    each = [bounds(run.value(number, member), step.kind, compiled) for member in range(len(rows))]
                    expected = tuple(zip(*each, strict=True))
                assert tuple(found[: len(expected)]) == expected, step
                del found[: len(expected)]
            base = split.before(row)
            totals = split.totals(split.member(base, each) for each in rows)
            parts = [bound for n in roots for bound in bounds(run.value(n), program.steps[n].kind, compiled)]
            assert list(split.after(base, totals)) == parts
            count(drawn_programs=1)
        if any(is_chained(program, number) for number in own):
            assert compile_split(program, own, ordered, compiled.masks) is None


def is_chained(program: Program, root: int) -> bool:
    """Whether a step needs one of a member that depends on a sum over members, or a sum of sums."""
    sums: set[int] = set()
    for number in program.live((root,)):
        step = program.steps[number]
        after_sum = any(argument in sums for argument in step.args)
        if after_sum and (step.space == "member" or step.op in ("sum", "any")):
            return True
        if after_sum or step.op in ("sum", "any"):
            sums.add(number)
    return False
