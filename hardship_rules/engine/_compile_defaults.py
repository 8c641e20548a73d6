"""The defaults of facts that were left out, compiled as one function that puts them into rows."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from attrs import frozen

from hardship_rules.core.interval import Exact
from hardship_rules.engine.compile import (
    FALSE,
    OPEN,
    TRUE,
    StepWriter,
    compile_program,
    function_of,
    masks_of,
    unknown_bounds,
)
from hardship_rules.engine.program import BoolKind, IntKind, Program, Quotient


@frozen
class Default:
    """A fact with a default: its input and the place of its bounds in the row, and the default.

    `cases` are the conditions of a default by cases, each with whether its result is a constant; `is_constant` is so of
    the last case.
    """

    name: str
    input: int
    place: int
    default: Quotient
    cases: tuple[tuple[int, bool], ...]
    is_constant: bool

    @property
    def roots(self) -> tuple[int, ...]:
        """The steps that the default is computed of."""
        return (self.default.step, *(step for step, _ in self.default.by.factors), *(when for when, _ in self.cases))


def compile_defaults(
    program: Program, defaults: Sequence[Default], inputs: Sequence[int], forced: Sequence[int] = ()
) -> Callable[..., tuple[list[tuple[int, int, bool]], list[tuple[int, int]]]]:
    """The function `fill(own, members, forced)` that puts the defaults into rows in which they are None.

    It returns the defaults that are known, each as the member (or -1), its number and whether it is a constant, and
    those that are outside the range of their fact, which stays unknown.
    """
    writer = _DefaultsWriter(program, inputs, tuple(forced), defaults)
    return function_of(writer.source(), "fill", writer.helpers)


class _DefaultsWriter(StepWriter):
    """Writes the function that puts defaults into rows, one fact after the other.

    A default is computed where the fact's place in its row is None. Steps are not shared between defaults: each sees
    the facts that were filled in before it.
    """

    def __init__(
        self, program: Program, inputs: Sequence[int], forced: tuple[int, ...], facts: Sequence[Default]
    ) -> None:
        super().__init__(program, forced, masks_of(program))
        self.inputs = {
            space: [number for number in inputs if self.steps[number].space == space]
            for space in ("household", "member")
        }
        self.all_inputs = inputs
        self.every = frozenset(inputs)
        self.facts = facts

    def source(self) -> str:
        """The function's source; it returns the facts that it filled in, and those whose default is out of range."""
        lines = ["def fill(own, members, forced=()):", f" {self.forces()}", " filled = []; outside = []"]
        lines.append(f" {self.unpacked(self.inputs['household'], 'own', self.every)}")
        is_in_loop = False  # defaults of members that follow each other share one loop
        for number, fact in enumerate(self.facts):
            steps, sums = self.needed(fact)
            if self.steps[fact.input].space == "member":
                if not is_in_loop:
                    lines.append(" for at, member in enumerate(members):")
                    lines.append(f"  {self.unpacked(self.inputs['member'], 'member', self.every)}")
                lines += [f"  {line}" for line in self.default(number, fact, steps, "member", "at")]
                is_in_loop = True
                continue
            if sums:  # of the household alone: a member's default has no sum over members
                self.helpers[f"sums{number}"] = compile_program(
                    self.program, sums, inputs=self.all_inputs, forced=tuple(self.forced)
                ).run
                names = ", ".join(name for step in sums for name in self.names(step))
                lines.append(f" {names}, = sums{number}(own, members, forced)")
            lines += [f" {line}" for line in self.default(number, fact, steps, "own", "-1")]
            is_in_loop = False
        return "\n".join([*lines, " return filled, outside"]) + "\n"

    def needed(self, fact: Default) -> tuple[list[int], list[int]]:
        """The steps of a default in order, and the sums over members that they begin with."""
        steps: dict[int, None] = {}
        sums: dict[int, None] = {}

        def visit(number: int) -> None:
            if number in steps or number in sums:
                return
            if self.steps[number].op in ("sum", "any"):
                sums[number] = None
                return
            for argument in self.steps[number].args:
                visit(argument)
            steps[number] = None

        for root in fact.roots:
            visit(root)
        return list(steps), list(sums)

    def default(self, number: int, fact: Default, steps: Sequence[int], row: str, at: str) -> Iterator[str]:
        """The lines that compute one default where the fact was left out."""
        names = self.names(fact.input)
        kind = self.steps[fact.input].kind
        yield f"if {names[0]} is None:"
        unknown = unknown_bounds(kind, self.masks)
        yield "".join((" ", "; ".join(f"{name} = {end}" for name, end in zip(names, unknown, strict=True))))
        for step in steps:
            yield from (f" {line}" for line in self.step(step))
        ends = self.names(fact.default.step)
        if isinstance(kind, IntKind):
            by = fact.default.by
            if by.number == 1 and not by.factors:
                yield f" low = {ends[0]}; high = {ends[1]}"
            else:
                self.helpers["divided"] = _divided
                powers = "".join(f"({', '.join(self.names(step))}, {power})," for step, power in by.factors)
                yield f" low, high = divided({', '.join(ends)}, {by.number}, ({powers}))"
            yield f" if high < {kind.low} or low > {kind.high}: outside.append(({at}, {number}))"
            yield " else:"
            yield f"  {names[0]} = low if low > {kind.low} else {kind.low}"
            yield f"  {names[1]} = high if high < {kind.high} else {kind.high}"
            known = f"{names[0]} == {names[1]}"
        elif isinstance(kind, BoolKind):
            yield f" {names[0]} = {ends[0]}"
            known = f"{names[0]} != {OPEN}"
        else:
            yield f" {names[0]} = {ends[0]}"
            known = f"not {names[0]} & ({names[0]} - 1)"
        place = fact.place
        stored = "; ".join(f"{row}[{place + number}] = {name}" for number, name in enumerate(names))
        indent = "  " if isinstance(kind, IntKind) else " "
        yield f"{indent}if {known}: filled.append(({at}, {number}, {self.constant(fact)}))"
        yield f" {stored}"

    def constant(self, fact: Default) -> str:
        """Whether the default is a constant: in every case that can hold, up to the first that certainly holds."""
        constant = str(fact.is_constant)
        for when, is_constant in reversed(fact.cases):
            bits = self.names(when)[0]
            constant = f"({bits} == {TRUE} or {constant})" if is_constant else f"({bits} == {FALSE} and {constant})"
        return constant


def _divided(low: Exact, high: Exact, number: int, powers: Sequence[tuple[Exact, Exact, int]]) -> tuple[Exact, Exact]:
    """The bounds of a number over a positive denominator that may not be known."""
    least: Exact = number
    most: Exact = number
    for a, b, power in powers:
        least, most = least * a**power, most * b**power
    ends = Fraction(low) / (most if low >= 0 else least), Fraction(high) / (least if high >= 0 else most)
    whole = [end.numerator if end.denominator == 1 else end for end in ends]
    return whole[0], whole[1]
