"""Truths, choices and whole numbers of every household at once: terms of Z3, with everything constant folded away."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any, cast

from hardship_rules.core.interval import Direction, rounded

try:
    import z3 as z3  # noqa: PLC0414  # the other modules have it from here, with what to install where it is missing
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "证明需要 z3-solver / proofs need z3-solver: pip install 'hardship-rules[verify]'", name="z3"
    ) from error

Truth = Any  # bool, or a z3.BoolRef
Whole = Any  # int, or a z3.ArithRef
Choice = Mapping[str, Truth]  # of each option whether it is the one: exactly one is
Guard = frozenset[tuple[int, int]]  # a split by its number, and which of its truths holds; all of them together
Cases = tuple[tuple[Guard, Whole], ...]  # a whole number, case by case: exactly one guard holds
Symbol = Truth | Choice | Cases

ALWAYS: Guard = frozenset()
MANY = 64  # cases, after which a number gets a name of its own

_SIGNS: Mapping[str, Callable[[Whole, Whole], Truth]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}


def constant(number: int) -> Cases:
    """A number that is the same for every household."""
    return ((ALWAYS, number),)


def opposite(truth: Truth) -> Truth:
    """It does not hold."""
    if isinstance(truth, bool):
        return not truth
    return z3.BoolRef(z3.Z3_mk_not(truth.ctx_ref(), truth.as_ast()), truth.ctx)


def all_of(truths: Iterable[Truth]) -> Truth:
    """Every one holds."""
    return _junction(truths, settles=False, join=z3.Z3_mk_and)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Some one holds."""
    return _junction(truths, settles=True, join=z3.Z3_mk_or)


def _junction(truths: Iterable[Truth], *, settles: bool, join: Callable[..., Truth]) -> Truth:
    kept: dict[int, Truth] = {}
    for truth in truths:
        if isinstance(truth, bool):
            if truth is settles:
                return settles
        else:
            kept[truth.get_id()] = truth
    if not kept:
        return not settles
    first = next(iter(kept.values()))
    if len(kept) == 1:
        return first
    # As `z3.And` and `z3.Or`, without their conversions: every part is a condition of one context.
    parts = (z3.Ast * len(kept))(*(truth.as_ast() for truth in kept.values()))
    return z3.BoolRef(join(first.ctx_ref(), len(kept), parts), first.ctx)


def same(a: Truth, b: Truth) -> Truth:
    """Both hold or neither does."""
    if isinstance(a, bool):
        a, b = b, a
    if isinstance(b, bool):
        return a if b else opposite(a)
    return True if a.eq(b) else a == b


def is_option(choice: Choice, option: str) -> Truth:
    """The choice is that option."""
    return choice.get(option, False)


class Bits:
    """Some truths as the bits of one term, so that their values in a model are read at once."""

    def __init__(self) -> None:
        self._bits: dict[int, z3.BitVecRef] = {}
        self._places: dict[int, int] = {}
        self._term: z3.BitVecRef | None = None

    def mask(self, truths: Iterable[Truth]) -> int | None:
        """The bits that are set where all of some truths hold; None where one of them never holds."""
        mask = 0
        for truth in truths:
            if truth is False:
                return None
            if truth is not True:
                mask |= 1 << self._place(truth)
        return mask

    def _place(self, truth: z3.BoolRef) -> int:
        """The place of the bit of a truth, which is the same at each call."""
        id_ = truth.get_id()
        if id_ not in self._places:
            self._places[id_] = len(self._bits)
            self._bits[id_] = z3.If(truth, z3.BitVecVal(1, 1, truth.ctx), z3.BitVecVal(0, 1, truth.ctx))
            self._term = None
        return self._places[id_]

    def holds(self, values: int, truth: Truth) -> bool:
        """Whether a truth holds in a model with these bits; the truth was known when they were read."""
        mask = self.mask((truth,))
        return mask is not None and values & mask == mask

    def in_model(self, model: z3.ModelRef) -> int:
        """The bits that are set in a model."""
        if not self._bits:
            return 0
        if self._term is None:
            highest, *others = reversed(self._bits.values())
            self._term = z3.Concat(highest, *others) if others else highest
        return cast(int, model.eval(self._term, model_completion=True).as_long())


class Space:
    """The variables of some households and what is known of them; numbers are kept as linear cases, not as products.

    A product of a number of people with a standard that goes by a choice is a constant in each case; Z3 is then asked
    of linear numbers only. `known` grows as terms are made, and holds whatever the facts are: it only defines names.
    """

    def __init__(self) -> None:
        self.context = z3.Context()
        self.known: list[Truth] = []
        self.splits: list[tuple[Truth, ...]] = []
        self.of_truths: dict[tuple[int, ...], int] = {}
        self.made = 0
        self._symbols: dict[Hashable, tuple[Sequence[Symbol], Symbol]] = {}
        self._kept = (0, 0)  # the first so many of `known` and of the symbols are there for all questions

    # What is shared, and what is of one question only

    def once(self, operation: Hashable, parts: Sequence[Symbol], make: Callable[[], Symbol]) -> Symbol:
        """The symbol of an operation on some symbols, made once: equal operations on the same symbols share it."""
        key = (operation, *map(id, parts))
        if key not in self._symbols:
            self._symbols[key] = parts, make()  # with the parts, since an `id` is valid only while they are kept
        return self._symbols[key][1]

    def keep(self) -> None:
        """Keep everything made so far for all later questions."""
        self._kept = len(self.known), len(self._symbols)

    def recent(self) -> list[Truth]:
        """What became known since the last `keep`."""
        return self.known[self._kept[0] :]

    def forget(self) -> None:
        """Drop what became known since the last `keep`, with the symbols that it defines."""
        del self.known[self._kept[0] :]
        while len(self._symbols) > self._kept[1]:
            self._symbols.popitem()

    # Variables

    def flag(self, name: str) -> Truth:
        """A boolean."""
        self.made += 1
        return z3.Bool(f"{name}#{self.made}", self.context)

    def whole(self, name: str) -> Whole:
        """A whole number."""
        self.made += 1
        return z3.Int(f"{name}#{self.made}", self.context)

    def choice(self, name: str, options: Iterable[str]) -> Choice:
        """One of several options."""
        first, *others = options
        if not others:
            return {first: True}
        flags = {option: self.flag(f"{name}={option}") for option in others}
        self.know(z3.AtMost(*flags.values(), 1) if len(flags) > 1 else True)
        return {first: opposite(any_of(flags.values())), **flags}

    def option(self, option: str) -> Choice:
        """A choice that is always one option."""
        return cast(Choice, self.once(("option", option), (), lambda: {option: True}))

    def know(self, truth: Truth) -> None:
        """It holds, as a matter of definition or of range."""
        if truth is not True:
            self.known.append(z3.BoolVal(truth, self.context) if isinstance(truth, bool) else truth)

    # Cases

    def split(self, truths: tuple[Truth, ...]) -> int:
        """The number of a split into truths of which exactly one holds."""
        key = tuple(hash(truth) if isinstance(truth, bool) else -2 - truth.get_id() for truth in truths)
        if key not in self.of_truths:
            self.of_truths[key] = len(self.splits)
            self.splits.append(truths)
        return self.of_truths[key]

    def holds(self, guard: Guard) -> Truth:
        """The truth that a guard is."""
        return all_of(self.splits[split][which] for split, which in sorted(guard))

    def together(self, parts: Iterable[Cases]) -> "list[tuple[Guard, tuple[Whole, ...]]]":
        """Several numbers case by case: only the cases in which no split is two ways at once."""
        found: list[tuple[Guard, tuple[Whole, ...]]] = [(ALWAYS, ())]
        for part in parts:
            if len(found) * len(part) > MANY * MANY:
                part = ((ALWAYS, self.term(part)),)  # noqa: PLW2901  # the same number, under a name
            joined = (
                (before | guard, (*numbers, number)) for (before, numbers), (guard, number) in product(found, part)
            )
            found = [(guard, numbers) for guard, numbers in joined if len({split for split, _ in guard}) == len(guard)]
        return found

    def computed(self, parts: Iterable[Cases], operation: Callable[..., Whole]) -> Cases:
        """An operation on several numbers."""
        return self.bounded(tuple((guard, operation(*numbers)) for guard, numbers in self.together(parts)))

    def bounded(self, cases: Cases) -> Cases:
        """The same number in few cases: equal constants are one case, and too many cases get a name."""
        if len(cases) <= 1:
            return cases
        if all(isinstance(number, int) for _, number in cases):
            numbers = list(dict.fromkeys(number for _, number in cases))
            if len(numbers) == len(cases) <= MANY:
                return cases
            if len(numbers) > MANY:
                return ((ALWAYS, self.term(cases)),)
            truths = tuple(any_of(self.holds(guard) for guard, each in cases if each == number) for number in numbers)
            return self.cases(truths, [constant(number) for number in numbers])
        return cases if len(cases) <= MANY else ((ALWAYS, self.term(cases)),)

    def cases(self, truths: tuple[Truth, ...], numbers: Iterable[Cases]) -> Cases:
        """The number that stands beside the one truth that holds."""
        kept = [(truth, number) for truth, number in zip(truths, numbers, strict=True) if truth is not False]
        if len(kept) == 1:
            return kept[0][1]
        split = self.split(tuple(truth for truth, _ in kept))
        found = []
        for which, (_, number) in enumerate(kept):
            for guard, each in number:
                ways = dict(guard)
                if ways.setdefault(split, which) == which:
                    found.append((frozenset(ways.items()), each))
        return self.bounded(tuple(found))

    def named(self, name: str, cases: Cases) -> Cases:
        """A number under a name: constants as one split of their own, anything else as one variable."""
        if len(cases) == 1 and (isinstance(cases[0][1], int) or z3.is_const(cases[0][1])):
            return cases
        numbers = sorted({number for _, number in cases if isinstance(number, int)})
        if all(isinstance(number, int) for _, number in cases) and len(numbers) <= MANY:
            truths = [any_of(self.holds(guard) for guard, each in cases if each == number) for number in numbers]
            flags = tuple(self.flag(f"{name}={number}") for number in numbers)
            for flag, truth in zip(flags, truths, strict=True):
                self.know(same(flag, truth))
            return self.cases(flags, [constant(number) for number in numbers])
        variable = self.whole(name)
        for guard, number in cases:
            self.know(any_of((opposite(self.holds(guard)), variable == number)))
        return ((ALWAYS, variable),)

    def term(self, cases: Cases) -> Whole:
        """A number as one term."""
        if len(cases) == 1:
            return cases[0][1]
        if all(isinstance(number, int) for _, number in cases) and len(cases) <= MANY:
            *first, (_, last) = cases
            whole = z3.IntVal(last, self.context)
            for guard, number in reversed(first):
                whole = z3.If(self.holds(guard), z3.IntVal(number, self.context), whole)
            return whole
        return self.named("", cases)[0][1]

    # Meanings of numbers

    def compared(self, left: Cases, sign: str, right: Cases) -> Truth:
        """Two numbers compare so."""
        compare = _SIGNS[sign]
        return any_of(all_of((self.holds(guard), compare(a, b))) for guard, (a, b) in self.together((left, right)))

    def quotient(self, over: Cases, by: Cases, direction: Direction, *, may_be_negative: bool = True) -> Cases:
        """A number over a positive one, rounded; `may_be_negative` is whether the first may be below zero."""
        both = self.together((over, by))
        if all(isinstance(a, int) and isinstance(b, int) for _, (a, b) in both):
            return self.bounded(tuple((guard, _rounded(a, b, direction)) for guard, (a, b) in both))
        quotient = self.whole("quotient")
        for guard, (a, b) in both:
            within = _rounds_to(a, b, quotient, direction)
            if may_be_negative and direction != "floor":  # below zero as above it
                within = z3.If(a >= 0, within, _rounds_to(-a, b, -quotient, direction))
            self.know(any_of((opposite(self.holds(guard)), within)))
        return ((ALWAYS, quotient),)

    def summed(self, amounts: Iterable[tuple[Truth, Cases]]) -> Cases:
        """The sum of those numbers whose condition holds."""
        parts = [
            (all_of((truth, self.holds(guard))), number)
            for truth, cases in amounts
            for guard, number in cases
            if not isinstance(number, int) or number
        ]
        numbers = [number for truth, number in parts if truth is not False]
        if not numbers:
            return constant(0)
        if all(isinstance(number, int) and number == numbers[0] for number in numbers):
            return self.computed([self.counted(truth for truth, _ in parts)], lambda count: numbers[0] * count)
        zero = z3.IntVal(0, self.context)
        return constant(
            sum(
                number if truth is True else z3.If(truth, number, zero) for truth, number in parts if truth is not False
            )
        )

    def counted(self, truths: Iterable[Truth]) -> Cases:
        """How many of some truths hold."""
        listed = list(truths)
        least = sum(1 for truth in listed if truth is True)
        open_ = [truth for truth in listed if not isinstance(truth, bool)]
        if not open_:
            return constant(least)
        exactly = tuple(z3.PbEq([(truth, 1) for truth in open_], number) for number in range(len(open_) + 1))
        flags = tuple(self.flag(f"count={least + number}") for number in range(len(open_) + 1))
        for flag, truth in zip(flags, exactly, strict=True):
            self.know(flag == truth)
        return self.cases(flags, [constant(least + number) for number in range(len(open_) + 1)])


def _rounded(over: int, by: int, direction: Direction) -> int:
    return int(cast(int, rounded(Fraction(over, by), 1, direction)))


def _rounds_to(over: Whole, by: Whole, quotient: Whole, direction: Direction) -> Truth:
    """A number that is not negative, over a positive one, rounds to a quotient."""
    match direction:
        case "floor" | "down":
            return z3.And(by * quotient <= over, over < by * quotient + by)
        case "half_up":
            return z3.And(2 * by * quotient - by <= 2 * over, 2 * over < 2 * by * quotient + by)
        case "up":
            return z3.And(by * quotient - by < over, over <= by * quotient)


def extreme(which: str, numbers: tuple[Whole, ...]) -> Whole:
    """The least or the greatest of some numbers."""
    constants = [number for number in numbers if isinstance(number, int)]
    found: Whole = (min if which == "min" else max)(constants) if constants else None
    for number in numbers:
        if isinstance(number, int):
            continue
        if found is None:
            found = number
        else:
            takes = number <= found if which == "min" else number >= found
            found = z3.If(takes, number, found)
    return found


def multiplied(*numbers: Whole) -> Whole:
    """The product of some numbers; linear where at most one of them is no constant."""
    whole: Whole = 1
    for number in sorted(numbers, key=lambda each: not isinstance(each, int)):
        whole = (
            number
            if isinstance(whole, int) and whole == 1
            else 0
            if isinstance(whole, int) and whole == 0
            else whole * number
        )
    return whole
