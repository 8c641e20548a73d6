"""Compiled bounds: a program as one Python function that computes the bounds of every step it is asked for.

A number is its least and greatest value, a condition two bits (1: it can hold, 2: it can fail), an option a mask of the
options that it can be. One function serves households that are known and households that are known in part. The source
holds numbers of steps and whole numbers, nothing of a policy's text.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.engine._builder import rounded
from hardship_rules.engine.program import BoolKind, IntKind, OptionKind, Program, Rounding, Step, Table

TRUE, FALSE = 1, 2

Bounds = Sequence[Any]
"""The bounds of the inputs of one space, in the order of `Compiled.own` or `Compiled.of_members`: of a number its least
and its greatest, of a condition its bits, of an option its mask."""


@frozen
class Compiled:
    """A function over bounds: `run(own, members)` gives, of each step asked for, its bounds in the same form.

    `own` and `of_members` name the inputs; `masks` has the bit of each option.
    """

    own: tuple[str, ...]
    of_members: tuple[str, ...]
    roots: tuple[int, ...]
    masks: FrozenMapping[str, int]
    run: Callable[[Bounds, Sequence[Bounds]], tuple[Any, ...]] = field(repr=False, eq=False)
    source: str = field(repr=False, eq=False)


def compile_program(program: Program, roots: Sequence[int]) -> Compiled:
    """The function for some steps of the household, and what they need; compiled once, then fast."""
    writer = _Writer(program, tuple(roots))
    source = writer.source()
    names: dict[str, Any] = dict(writer.helpers)
    exec(compile(source, "<program>", "exec"), names)  # noqa: S102  # numbers of steps and whole numbers alone
    return Compiled(
        tuple(writer.inputs["household"]),
        tuple(writer.inputs["member"]),
        tuple(roots),
        FrozenMapping(writer.masks),
        names["run"],
        source,
    )


def masks_of(program: Program) -> dict[str, int]:
    """A bit for each option of a program."""
    options = [option for step in program.steps if isinstance(step.kind, OptionKind) for option in step.kind.options]
    return {option: 1 << number for number, option in enumerate(dict.fromkeys(options))}


class _Writer:
    """Writes the source of one function, phase by phase: the household's steps, then a loop over the members."""

    def __init__(self, program: Program, roots: tuple[int, ...]) -> None:
        self.program = program
        self.steps = program.steps
        self.roots = roots
        self.masks = masks_of(program)
        self.live = program.live(roots)
        self.phase: dict[int, int] = {}
        for number in self.live:
            step = self.steps[number]
            phase = max((self.phase[argument] for argument in step.args), default=0)
            self.phase[number] = phase + (step.op in ("sum", "any"))
        self.inputs: dict[str, dict[str, int]] = {"household": {}, "member": {}}
        for number in self.live:
            step = self.steps[number]
            if step.op == "input":
                self.inputs[step.space][cast(str, step.data)] = number
        self.helpers: dict[str, Any] = {}
        self.later = self._needed_later()

    def _needed_later(self) -> frozenset[int]:
        """The members' steps that a later loop needs."""
        return frozenset(
            argument
            for number in self.live
            for argument in self.steps[number].args
            if self.steps[argument].space == "member"
            and self.phase[argument] < self.phase[number] - (self.steps[number].op in ("sum", "any"))
        )

    def source(self) -> str:
        """The function's source."""
        lines = ["def run(own, members):"]
        lines += self._unpacked("household", "own", " ")
        last = max((self.phase[number] for number in self.live), default=0)
        for phase in range(last + 1):
            of_household = [number for number in self.live if self._is(number, "household", phase)]
            for number in of_household:
                if self.steps[number].op not in ("sum", "any"):
                    lines += [f" {line}" for line in self.step(number)]
            lines += self._loop(phase)
        values = ", ".join(name for root in self.roots for name in self.names(root))
        return "\n".join([*lines, f" return ({values},)"]) + "\n"

    def _is(self, number: int, space: str, phase: int) -> bool:
        return self.steps[number].space == space and self.phase[number] == phase

    def _loop(self, phase: int) -> Iterator[str]:
        """The loop over the members: their steps of one phase, and the sums over them."""
        own = [number for number in self.live if self._is(number, "member", phase)]
        sums = [
            number
            for number in self.live
            if self.steps[number].op in ("sum", "any") and self.phase[number] == phase + 1
        ]
        if not own and not sums:
            return
        for number in sums:
            least, *greatest = self.names(number)
            yield f" {least} = {FALSE if not greatest else 0}"
            yield from (f" {name} = 0" for name in greatest)
        kept = [name for number in own if number in self.later for name in self.names(number)]
        yield from (f" all_{name} = []" for name in kept)
        before = sorted({a for n in (*own, *sums) for a in self.steps[n].args if a in self.later and a not in own})
        yield " for number, member in enumerate(members):"
        yield from self._unpacked("member", "member", "  ") if phase == 0 else ()
        yield from (f"  {name} = all_{name}[number]" for argument in before for name in self.names(argument))
        for number in own:
            yield from (f"  {line}" for line in self.step(number))
        for number in sums:
            yield from (f"  {line}" for line in self.accumulated(number))
        yield from (f"  all_{name}.append({name})" for name in kept)

    def _unpacked(self, space: str, source: str, indent: str) -> list[str]:
        names = [name for number in self.inputs[space].values() for name in self.names(number)]
        return [f"{indent}{', '.join(names)}, = {source}"] if names else []

    def names(self, number: int) -> tuple[str, ...]:
        """The variables of a step; a constant has none."""
        step = self.steps[number]
        if step.op == "const":
            literal = self.literal(step)
            return (literal, literal) if isinstance(step.kind, IntKind) else (literal,)
        if step.op == "name":
            return self.names(step.args[0])
        return (f"l{number}", f"h{number}") if isinstance(step.kind, IntKind) else (f"v{number}",)

    def literal(self, step: Step) -> str:
        """A constant in the source: a whole number, the bits of a condition, or a mask."""
        if isinstance(step.kind, BoolKind):
            return str(TRUE if step.data else FALSE)
        if isinstance(step.kind, OptionKind):
            return str(0 if step.data is None else self.masks[cast(str, step.data)])
        return f"({step.data})"

    def accumulated(self, number: int) -> Iterator[str]:
        """A member's part in a sum, or in whether any member meets a condition."""
        part = self.names(self.steps[number].args[0])
        total = self.names(number)
        if len(total) == 1:
            yield f"{total[0]} = ({total[0]} | {part[0]}) & 1 | {total[0]} & {part[0]} & 2"
        else:
            yield f"{total[0]} += {part[0]}; {total[1]} += {part[1]}"

    # One step

    def step(self, number: int) -> list[str]:
        """The lines that compute a step from the variables of its arguments."""
        step = self.steps[number]
        if step.op in ("const", "input", "name"):
            return []
        args = [self.names(argument) for argument in step.args]
        own = self.names(number)
        if isinstance(step.kind, IntKind):
            return self.number(step, own, args, number)
        return self.condition(step, own[0], args)

    def condition(self, step: Step, own: str, args: list[tuple[str, ...]]) -> list[str]:
        match step.op:
            case "and":
                parts = [arg[0] for arg in args]
                return [f"{own} = {' & '.join(parts)} & 1 | ({' | '.join(parts)}) & 2"]
            case "or":
                parts = [arg[0] for arg in args]
                return [f"{own} = ({' | '.join(parts)}) & 1 | {' & '.join(parts)} & 2"]
            case "not":
                return [f"{own} = {args[0][0]} >> 1 | ({args[0][0]} & 1) << 1"]
            case "lt":
                (a, b), (c, d) = args
                return [f"{own} = ({a} < {d}) | ({b} >= {c}) << 1"]
            case "eq" if len(args[0]) == 2:  # a number
                (a, b), (c, d) = args
                return [f"{own} = ({a} <= {d} and {c} <= {b}) | (not {a} == {b} == {c} == {d}) << 1"]
            case "eq" if isinstance(self.steps[step.args[0]].kind, BoolKind):
                (a,), (b,) = args
                return [f"{own} = 3 if {a} == 3 or {b} == 3 else 1 if {a} == {b} else 2"]
            case "eq":
                (a,), (b,) = args
                return [f"{own} = (1 if {a} & {b} else 0) | (0 if {a} == {b} and not {a} & ({a} - 1) else 2)"]
            case "in":
                mask = sum(self.masks.get(option, 0) for option in cast(tuple[str, ...], step.data))
                (a,) = args[0]
                return [f"{own} = (1 if {a} & {mask} else 0) | (2 if {a} & ~{mask} else 0)"]
            case "select":
                (when,), (then,), (otherwise,) = args
                return [f"{own} = {then} if {when} == 1 else {otherwise} if {when} == 2 else {then} | {otherwise}"]
            case _:
                raise TypeError(step.op)

    def number(self, step: Step, own: tuple[str, ...], args: list[tuple[str, ...]], number: int) -> list[str]:
        least, greatest = own
        match step.op:
            case "add":
                return [f"{least} = {' + '.join(a for a, _ in args)}; {greatest} = {' + '.join(b for _, b in args)}"]
            case "mul":
                return self.product(step, own, args)
            case "div":
                return self.quotient(step, own, args)
            case "min" | "max":
                ends = [", ".join(end) for end in zip(*args, strict=True)]
                return [f"{least} = {step.op}({ends[0]}); {greatest} = {step.op}({ends[1]})"]
            case "select":
                (when,), (a, b), (c, d) = args
                return [
                    f"if {when} == 1: {least} = {a}; {greatest} = {b}",
                    f"elif {when} == 2: {least} = {c}; {greatest} = {d}",
                    f"else: {least} = {a} if {a} < {c} else {c}; {greatest} = {b} if {b} > {d} else {d}",
                ]
            case "table":
                self.helpers[f"t{number}"] = _rows(cast(Table, step.data), self.masks)
                keys = ", ".join(f"({', '.join(arg)},)" for arg in args)
                return [f"{least}, {greatest} = t{number}({keys})"]
            case _:
                raise TypeError(step.op)

    def product(self, step: Step, own: tuple[str, ...], args: list[tuple[str, ...]]) -> list[str]:
        """A product part by part: where signs are known its ends are products of ends, else of the corners."""
        least, greatest = own
        low, high = args[0]
        bounds = cast(IntKind, self.steps[step.args[0]].kind)
        if len(args) == _PAIR and bounds.low == bounds.high:  # a constant, which the program puts first
            (c, d), factor = args[1], bounds.low
            return [f"{least} = {factor} * {c if factor > 0 else d}; {greatest} = {factor} * {d if factor > 0 else c}"]
        lines = []
        for argument, (c, d) in zip(step.args[1:], args[1:], strict=True):
            other = cast(IntKind, self.steps[argument].kind)
            corners = [
                bounds.low * other.low,
                bounds.low * other.high,
                bounds.high * other.low,
                bounds.high * other.high,
            ]
            if other.low >= 0:
                ends = (
                    f"{low} * {c if bounds.low >= 0 else f'({d} if {low} < 0 else {c})'}",
                    f"{high} * {d if bounds.low >= 0 else f'({c} if {high} < 0 else {d})'}",
                )
            elif bounds.low >= 0:
                ends = (f"{c} * ({high} if {c} < 0 else {low})", f"{d} * ({low} if {d} < 0 else {high})")
            else:
                parts = f"{low} * {c}, {low} * {d}, {high} * {c}, {high} * {d}"
                ends = (f"min({parts})", f"max({parts})")
            lines.append(f"{least}, {greatest} = {ends[0]}, {ends[1]}")
            low, high = own
            bounds = IntKind(min(corners), max(corners))
        return lines

    def quotient(self, step: Step, own: tuple[str, ...], args: list[tuple[str, ...]]) -> list[str]:
        """A rounded quotient: it never falls as its numerator rises, and leads away from zero as its divisor falls."""
        (a, b), (c, d) = args
        over = cast(IntKind, self.steps[step.args[0]].kind)
        rounding = cast(Rounding, step.data)
        divisors = (d, c) if over.low >= 0 else (f"({d} if {a} >= 0 else {c})", f"({c} if {b} >= 0 else {d})")
        ends = [_division(x, y, rounding, positive=over.low >= 0) for x, y in zip((a, b), divisors, strict=True)]
        if any("rounded" in end for end in ends):
            self.helpers["rounded"] = rounded
        return [f"{own[0]} = {ends[0]}; {own[1]} = {ends[1]}"]


def _division(over: str, by: str, rounding: Rounding, *, positive: bool) -> str:
    if rounding == "floor" or (positive and rounding == "down"):
        return f"{over} // {by}"
    if positive and rounding == "up":
        return f"-(-{over} // {by})"
    if positive:
        return f"(2 * {over} + {by}) // (2 * {by})"
    return f'rounded({over}, {by}, "{rounding}")'


def _rows(table: Table, masks: Mapping[str, int]) -> Callable[..., tuple[Exact, Exact]]:
    """The bounds of a parameter for the bounds of its keys: of every row that they may choose."""
    rows = [
        (
            tuple(
                (masks.get(key, 0), None) if isinstance(key, str) else (key, key == last)
                for key, last in zip(keys, table.last, strict=True)
            ),
            (table.unknown.low, table.unknown.high) if number is None else (number, number),
        )
        for keys, number in table.rows
    ]
    known: dict[tuple[tuple[int, ...], ...], tuple[Exact, Exact]] = {}

    def may_be(key: tuple[int, ...], wanted: tuple[int, bool | None]) -> bool:
        if len(key) == 1:
            return bool(key[0] & wanted[0])
        return key[0] <= wanted[0] <= key[1] or (bool(wanted[1]) and key[1] >= wanted[0])

    def bounds(*keys: tuple[int, ...]) -> tuple[Exact, Exact]:
        if keys not in known:
            chosen = [ends for wanted, ends in rows if all(map(may_be, keys, wanted))]
            chosen = chosen or [(table.unknown.low, table.unknown.high)]
            if len(known) >= _MOST_KEYS:
                known.clear()
            known[keys] = (min(low for low, _ in chosen), max(high for _, high in chosen))
        return known[keys]

    return bounds


_PAIR = 2
_MOST_KEYS = 4096  # of one parameter whose bounds are remembered
