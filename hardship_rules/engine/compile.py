"""Compiled bounds: a program as one Python function that computes the bounds of every step it is asked for.

A number is its least and greatest value, a condition two bits (1: it can hold, 2: it can fail), an option a mask of the
options that it can be. One function serves households that are known and households that are known in part. The source
holds numbers of steps and whole numbers, nothing of a policy's text.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, cast

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.engine.program import BoolKind, IntKind, Kind, OptionKind, Program, Rounding, Step, Table

TRUE, FALSE, OPEN = 1, 2, 3

Bounds = Sequence[Any]
"""The bounds of the inputs of one space, in the order of `Compiled.own` or `Compiled.of_members`: of a number its least
and its greatest, of a condition its bits, of an option its mask."""


@frozen
class Compiled:
    """A function over bounds: `run(own, members, forced)` gives, of each step asked for, its bounds in the same form.

    `own` and `of_members` name the inputs; `masks` has the bit of each option. `forced` has, for each of the steps that
    can be forced, its bits or mask, or 0 where it is not forced.
    """

    own: tuple[str, ...]
    of_members: tuple[str, ...]
    roots: tuple[int, ...]
    masks: FrozenMapping[str, int]
    run: Callable[..., tuple[Any, ...]] = field(repr=False, eq=False)
    source: str = field(repr=False, eq=False)


def compile_program(
    program: Program,
    roots: Sequence[int],
    *,
    inputs: Sequence[int] | None = None,
    forced: Sequence[int] = (),
    masks: Mapping[str, int] | None = None,
) -> Compiled:
    """The function for some steps, and what they need; compiled once, then fast.

    The bounds of a step of the household are in place; of a step of the members there is a list, a member after the
    other, for each of them.

    `inputs` are the steps of the inputs in the order of the rows; without it those that the roots need. `forced` are
    conditions and options with a name of their own that a call can force. `masks` are the bits of options.
    """
    writer = _Writer(program, tuple(roots), inputs, tuple(forced), masks_of(program) if masks is None else masks)
    source = writer.source()
    return Compiled(
        tuple(cast(str, program.steps[number].data) for number in writer.inputs["household"]),
        tuple(cast(str, program.steps[number].data) for number in writer.inputs["member"]),
        tuple(roots),
        FrozenMapping(writer.masks),
        function_of(source, "run", writer.helpers),
        source,
    )


@frozen
class Split:
    """A function over bounds in three parts, so that one member can be computed again without the others.

    `before(own, members)` gives what the members and the end need of the household, `member(base, row)` a member's
    parts of the sums, and `after(base, totals)` the steps asked for. `together(a, b)` adds the parts of two members.
    """

    before: Callable[..., tuple[Any, ...]] = field(repr=False, eq=False)
    member: Callable[..., tuple[Any, ...]] = field(repr=False, eq=False)
    after: Callable[..., tuple[Any, ...]] = field(repr=False, eq=False)
    together: Callable[..., tuple[Any, ...]] = field(repr=False, eq=False)

    def totals(self, parts: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
        """The sums over members of their parts; there is at least one."""
        return reduce(self.together, parts)


def compile_split(
    program: Program, roots: Sequence[int], inputs: Sequence[int], masks: Mapping[str, int]
) -> Split | None:
    """The function for some steps of the household in parts; None where the members are gone through more than once."""
    writer = _Writer(program, tuple(roots), inputs, (), masks)
    source = writer.split_source()
    if source is None:
        return None
    names = ("before", "member", "after", "together")
    return Split(*(function_of(source, name, writer.helpers) for name in names))


def function_of(source: str, name: str, helpers: Mapping[str, Any]) -> Callable[..., Any]:
    """The function of a source that holds numbers of steps and whole numbers alone."""
    names: dict[str, Any] = dict(helpers)
    exec(compile(source, "<program>", "exec"), names)  # noqa: S102  # nothing of a policy's text
    return cast(Callable[..., Any], names[name])


def unknown_bounds(kind: Kind, masks: Mapping[str, int]) -> tuple[int, ...]:
    """The bounds of an unknown fact."""
    if isinstance(kind, IntKind):
        return (kind.low, kind.high)
    return (OPEN,) if isinstance(kind, BoolKind) else (sum(masks[option] for option in kind.options),)


def masks_of(program: Program) -> dict[str, int]:
    """A bit for each option of a program."""
    options = [option for step in program.steps if isinstance(step.kind, OptionKind) for option in step.kind.options]
    return {option: 1 << number for number, option in enumerate(dict.fromkeys(options))}


class StepWriter:
    """Writes single steps as lines of a function."""

    def __init__(self, program: Program, forced: tuple[int, ...], masks: Mapping[str, int]) -> None:
        self.program = program
        self.steps = program.steps
        self.forced = dict.fromkeys(forced)
        self.masks = masks
        self.helpers: dict[str, Any] = {}

    def unpacked(self, inputs: Iterable[int], source: str, live: Container[int]) -> str:
        """The line that names the bounds of inputs; of those that are not live they have no name."""
        names = [name if number in live else "_" for number in inputs for name in self.names(number)]
        return f"{', '.join(names)}, = {source}" if names else "pass"

    def forces(self) -> str:
        """The line that names what is forced."""
        return f"{', '.join(f'f{number}' for number in self.forced)}, = forced" if self.forced else "pass"

    def names(self, number: int) -> tuple[str, ...]:
        """The variables of a step; a constant has none."""
        step = self.steps[number]
        if step.op == "const":
            literal = self.literal(step)
            return (literal, literal) if isinstance(step.kind, IntKind) else (literal,)
        if step.op == "name" and number not in self.forced:
            return self.names(step.args[0])
        return (f"l{number}", f"h{number}") if isinstance(step.kind, IntKind) else (f"v{number}",)

    def literal(self, step: Step) -> str:
        """A constant in the source: a whole number, the bits of a condition, or a mask."""
        if isinstance(step.kind, BoolKind):
            return str(TRUE if step.data else FALSE)
        if isinstance(step.kind, OptionKind):
            return str(0 if step.data is None else self.masks[cast(str, step.data)])
        return f"({step.data})"

    # One step

    def step(self, number: int) -> list[str]:
        """The lines that compute a step from the variables of its arguments."""
        step = self.steps[number]
        if step.op in ("const", "input") or (step.op == "name" and number not in self.forced):
            return []
        args = [self.names(argument) for argument in step.args]
        own = self.names(number)
        if step.op == "name":
            return [f"{own[0]} = f{number} or {args[0][0]}"]
        if isinstance(step.kind, IntKind):
            return self.number(step, own, args, number)
        return self.condition(step, own[0], args)

    def condition(self, step: Step, own: str, args: list[tuple[str, ...]]) -> list[str]:
        """The lines of a step that is a condition or an option."""
        match step.op:
            case "and":
                parts = [arg[0] for arg in args]
                return [f"{own} = {' & '.join(parts)} & 1 | ({' | '.join(parts)}) & 2"]
            case "or":
                parts = [arg[0] for arg in args]
                return [f"{own} = ({' | '.join(parts)}) & 1 | {' & '.join(parts)} & 2"]
            case "not":
                return [f"{own} = (0, 2, 1, 3)[{args[0][0]}]"]
            case "lt":
                (a, b), (c, d) = args
                return [f"{own} = 1 if {b} < {c} else 2 if {a} >= {d} else 3"]
            case "eq" if len(args[0]) == 2:  # a number
                (a, b), (c, d) = args
                return [f"{own} = 2 if {b} < {c} or {d} < {a} else 1 if {a} == {b} == {c} == {d} else 3"]
            case "eq" if isinstance(self.steps[step.args[0]].kind, BoolKind):
                (a,), (b,) = args
                return [f"{own} = 3 if {a} == 3 or {b} == 3 else 1 if {a} == {b} else 2"]
            case "eq":
                (a,), (b,) = args
                return [f"{own} = 2 if not {a} & {b} else 1 if {a} == {b} and not {a} & ({a} - 1) else 3"]
            case "in":
                mask = sum(self.masks.get(option, 0) for option in cast(tuple[str, ...], step.data))
                (a,) = args[0]
                return [f"{own} = (3 if {a} & ~{mask} else 1) if {a} & {mask} else 2"]
            case "select":
                (when,), (then,), (otherwise,) = args
                return [f"{own} = {then} if {when} == 1 else {otherwise} if {when} == 2 else {then} | {otherwise}"]
            case _:
                raise TypeError(step.op)

    def number(self, step: Step, own: tuple[str, ...], args: list[tuple[str, ...]], number: int) -> list[str]:
        """The lines of a step that is a number."""
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
        return [f"{own[0]} = {ends[0]}; {own[1]} = {ends[1]}"]


class _Writer(StepWriter):
    """Writes the source of one function, phase by phase: the household's steps, then a loop over the members."""

    def __init__(
        self,
        program: Program,
        roots: tuple[int, ...],
        inputs: Sequence[int] | None,
        forced: tuple[int, ...],
        masks: Mapping[str, int],
    ) -> None:
        super().__init__(program, forced, masks)
        self.roots = roots
        self.live = program.live(roots)
        self.phase: dict[int, int] = {}
        for number in self.live:
            step = self.steps[number]
            phase = max((self.phase[argument] for argument in step.args), default=0)
            self.phase[number] = phase + (step.op in ("sum", "any"))
        ordered = [number for number in self.live if self.steps[number].op == "input"] if inputs is None else inputs
        self.inputs: dict[str, list[int]] = {"household": [], "member": []}
        for number in ordered:
            self.inputs[self.steps[number].space].append(number)
        self.later = self._needed_later()
        self.is_live = frozenset(self.live)

    def _needed_later(self) -> frozenset[int]:
        """The members' steps that a later loop needs, or that are asked for."""
        later = (
            argument
            for number in self.live
            for argument in self.steps[number].args
            if self.steps[argument].space == "member"
            and self.phase[argument] < self.phase[number] - (self.steps[number].op in ("sum", "any"))
        )
        return frozenset((*later, *(root for root in self.roots if self.steps[root].space == "member")))

    def source(self) -> str:
        """The function's source."""
        lines = ["def run(own, members, forced=()):"]
        lines += [f" {self.forces()}", f" {self.unpacked(self.inputs['household'], 'own', self.is_live)}"]
        last = max((self.phase[number] for number in self.live), default=0)
        for phase in range(last + 1):
            of_household = [number for number in self.live if self._is(number, "household", phase)]
            for number in of_household:
                if self.steps[number].op not in ("sum", "any"):
                    lines += [f" {line}" for line in self.step(number)]
            lines += self._loop(phase)
        values = "".join(
            f"{name}, " if self.steps[root].space == "household" else f"tuple(all_{name}), "
            for root in self.roots
            for name in self.names(root)
        )
        return "\n".join([*lines, f" return ({values})"]) + "\n"

    def split_source(self) -> str | None:
        """The source of the function in parts; None where a step of a member depends on a sum over members."""
        if any(phase > (self.steps[number].space == "household") for number, phase in self.phase.items()):
            return None
        first = [number for number in self.live if self._is(number, "household", 0)]
        names = list(dict.fromkeys(name for number in first for name in self.names(number) if name[0] in "lhv"))
        base = ", ".join((*names, "_"))  # never empty
        sums = self._sums()
        parts = [name for number in sums for name in self.names(self.steps[number].args[0])]
        totals = ", ".join((*(name for number in sums for name in self.names(number)), "_"))
        of_member = [line for number in self.live if self._is(number, "member", 0) for line in self.step(number)]
        of_household = [number for number in self.live if self._is(number, "household", 1)]
        last = [
            line for number in of_household if self.steps[number].op not in ("sum", "any") for line in self.step(number)
        ]
        values = "".join(f"{name}, " for root in self.roots for name in self.names(root))
        lines = ["def before(own):", f" {self.unpacked(self.inputs['household'], 'own', self.is_live)}"]
        lines += [f" {line}" for number in first for line in self.step(number)]
        lines.append(f" return ({''.join(f'{name}, ' for name in names)}0)")
        lines += ["def member(base, member):", f" {base} = base"]
        lines.append(f" {self.unpacked(self.inputs['member'], 'member', self.is_live)}")
        lines += [f" {line}" for line in of_member]
        lines.append(f" return ({''.join(f'{part}, ' for part in parts)})")
        lines += ["def after(base, totals):", f" {base} = base", f" {totals} = *totals, 0"]
        lines += [f" {line}" for line in last]
        lines.append(f" return ({values})")
        a, b = ([f"{letter}{number}" for number in range(len(parts))] for letter in "ab")
        is_condition = [len(self.names(number)) == 1 for number in sums for _ in self.names(number)]
        added = (
            f"({x} | {y}) & 1 | {x} & {y} & 2" if is_one else f"{x} + {y}"
            for x, y, is_one in zip(a, b, is_condition, strict=True)
        )
        lines += ["def together(a, b):"]
        lines += [f" {', '.join(each)}, = {name}" for name, each in (("a", a), ("b", b)) if each]
        lines.append(f" return ({''.join(f'{each}, ' for each in added)})")
        return "\n".join(lines) + "\n"

    def _sums(self) -> list[int]:
        """The sums over members, in order."""
        return [number for number in self.live if self.steps[number].op in ("sum", "any")]

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
        kept = list(dict.fromkeys(name for number in own if number in self.later for name in self.names(number)))
        yield from (f" all_{name} = []" for name in kept)
        before = sorted({a for n in (*own, *sums) for a in self.steps[n].args if a in self.later and a not in own})
        yield " for number, member in enumerate(members):"
        if phase == 0:
            yield f"  {self.unpacked(self.inputs['member'], 'member', self.is_live)}"
        yield from (f"  {name} = all_{name}[number]" for argument in before for name in self.names(argument))
        for number in own:
            yield from (f"  {line}" for line in self.step(number))
        for number in sums:
            yield from (f"  {line}" for line in self.accumulated(number))
        yield from (f"  all_{name}.append({name})" for name in kept)

    def accumulated(self, number: int) -> Iterator[str]:
        """A member's part in a sum, or in whether any member meets a condition."""
        part = self.names(self.steps[number].args[0])
        total = self.names(number)
        if len(total) == 1:
            yield f"{total[0]} = ({total[0]} | {part[0]}) & 1 | {total[0]} & {part[0]} & 2"
        else:
            yield f"{total[0]} += {part[0]}; {total[1]} += {part[1]}"


def _division(over: str, by: str, rounding: Rounding, *, positive: bool) -> str:
    """The rounded quotient of two variables; of a number below zero it is minus that of the number above."""
    if rounding == "floor":
        return f"{over} // {by}"
    above = _ABOVE_ZERO[rounding].format(over=over, by=by)
    below = _ABOVE_ZERO[rounding].format(over=f"-{over}", by=by)
    return above if positive else f"({above} if {over} >= 0 else -({below}))"


_ABOVE_ZERO: dict[Rounding, str] = {
    "down": "{over} // {by}",
    "up": "-(-({over}) // {by})",
    "half_up": "(2 * {over} + {by}) // (2 * {by})",
}


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
