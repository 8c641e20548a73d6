"""Households for hypothesis to draw: complete and partial ones of any policy, crowded around its thresholds."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, cast

from hypothesis import strategies as st

from hardship_rules import Assessment, FactError, Outcome, Policy, Trace, assess
from hardship_rules.facts import read_facts
from hardship_rules.model import Fact, Parameter, exprs_of, used_by
from hardship_rules.problems import Path
from hardship_rules.ranges import Exact, Range
from hardship_rules.syntax import Clause, Compare, Constant, Elapsed, Expr, Name, OverMembers, names_in, walk
from hardship_rules.values import EARLIEST, LATEST, ChoiceKind, DateKind, NumberKind, YesNoKind, day_of

Facts = dict[str, Any]
"""A household as a host would give it: facts by name, `on`, and `members`, a list of such mappings."""

OLDEST = 100  # years; how old a date of birth may be
EVERYDAY = (
    "0.01",
    "0.99",
    "1",
    "3",
    "7",
    "40",
    "333.33",
    "787",
    "1234.56",
    "3600",
    "9400",
    "12000",
    "18000.5",
    "30000",
)
_ONE_IN_FOUR = st.sampled_from((False, False, False, True))
_THREE_IN_FOUR = st.sampled_from((True, True, True, False))
_ONE_IN_TWENTY_FOUR = st.integers(0, 23).map(lambda drawn: drawn == 23)


# --- Complete households -----------------------------------------------------------------------------------------


def households(policy: Policy) -> st.SearchStrategy[Facts]:
    """A real household of which everything is known: each fact is given, or stands in for itself as the policy says.

    It meets the policy's `must`. Most are moved out of the earlier outcomes, to one that is drawn, and have an amount
    set so that some comparison of the category stands exactly on its line, or one smallest step beside it.
    """
    return _households(_Same(policy))


@st.composite
def _households(draw: st.DrawFn, same: "_Same") -> Facts:
    policy = same.policy
    household = _tied_options(draw, policy)
    on = household["on"] = draw(days(policy))
    stood_in_for = _stands_in(same)
    for path, fact in _paths(policy, household):
        if path[-1] not in _tied(same) and path[-1] not in stood_in_for:
            _holder(household, path)[fact.name] = _value(fact, draw(_seeds(same, fact.name)), on)
    for holder, facts in ((household, policy.facts), *((each, policy.members.facts) for each in household["members"])):
        for name in draw(_some(tuple(name for name in facts if name in stood_in_for and name not in _tied(same)))):
            holder[name] = _value(facts[name], draw(_seeds(same, name)), on)
    while unknown := unknown_paths(policy, household):
        new: set[Path] = set()
        for path, fact in unknown:  # a fact that may follow from one just drawn waits for the next round
            if not any((*path[:-1], used) in new or (used,) in new for used in used_by(fact)):
                _holder(household, path)[fact.name] = _value(fact, draw(_seeds(_Same(policy), fact.name)), on)
            new.add(path)
    if draw(_THREE_IN_FOUR):
        order = list(policy.category.options)
        later = [option for number, option in enumerate(order) for _ in range(number * number)]
        household = _moved_on(policy, household, draw(st.sampled_from(later or order)))
        household = _crowded(draw, policy, household)
    return household


def partial_households(policy: Policy) -> st.SearchStrategy[Facts]:
    """A household with facts left out or said to be unknown, at times whole groups of a form, a member, or the day."""
    return _partial_households(_Same(policy))


@st.composite
def _partial_households(draw: st.DrawFn, same: "_Same") -> Facts:
    policy = same.policy
    household = draw(_households(same))
    groups = sorted({fact.group for fact in (*policy.facts.values(), *policy.members.facts.values())})
    left_out = draw(st.sets(st.sampled_from(groups), max_size=2)) if draw(_ONE_IN_FOUR) else set()
    paths = [path for path, _ in _paths(policy, household)]
    unknown = draw(st.sets(st.sampled_from(paths), max_size=draw(st.sampled_from((3, 8, len(paths))))))
    null = draw(st.sets(st.sampled_from(paths), max_size=3))
    for path, fact in _paths(policy, household):
        holder = _holder(household, path)
        if path in null:
            holder[fact.name] = None
        elif path in unknown or fact.group in left_out:
            holder.pop(fact.name, None)
    if draw(_ONE_IN_FOUR):
        draw(st.sampled_from(household["members"])).clear()
    if draw(_ONE_IN_FOUR):
        del household["on"]
    return household


def completed(
    draw: Callable[[st.SearchStrategy[Any]], Any],
    policy: Policy,
    household: Facts,
    paths: Collection[Path] | None = None,
) -> Facts:
    """The household with one unknown fact (of those in `paths`), or the day, filled in; itself where none can be."""
    assessment = assess(policy, household)
    open_ = {path: fact for path, fact in unknown_paths(policy, household) if paths is None or path in paths}
    order = draw(st.permutations([*open_, *([("on",)] if assessment.household.on is None else [])]))
    for path in order:
        candidate = _copied(household)
        holder = _holder(candidate, path)
        name = cast(str, path[-1])
        tries = st.lists(days(policy), min_size=1, max_size=1)
        for holder[name] in draw(tries if path == ("on",) else _tries(open_[path], _value_at(assessment, path))):
            if _is_real(policy, candidate):
                return candidate
        del holder[name]  # what ties it to the others may say what it is
        if path in open_ and _is_real(policy, candidate) and path not in dict(unknown_paths(policy, candidate)):
            return candidate
    return household


def unknown_paths(policy: Policy, household: Facts) -> list[tuple[Path, Fact]]:
    """The facts of a household that are neither given nor stood in for, each after those it may follow from."""
    typed = read_facts(policy, household)
    known = {*typed.given, *typed.derived, *typed.assumed}
    return [(path, fact) for path, fact in _paths(policy, household) if path not in known]


# --- One fact ----------------------------------------------------------------------------------------------------


def days(policy: Policy) -> st.SearchStrategy[date]:
    """A day on which the policy is in force."""
    return st.dates(policy.start or date(2021, 1, 1), policy.end or date(2021, 12, 31))


@cache
def _some(names: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """A few of the names: mostly none, one or two."""
    return st.lists(st.sampled_from(names), max_size=3, unique=True) if names else st.just([])


def _value(fact: Fact, seed: object, on: date) -> object:
    """The value that was drawn; a date was drawn as how far it lies back."""
    if isinstance(fact.kind, DateKind):
        years, before = cast(tuple[int, int], seed)
        return min(_years_before(on, years) - timedelta(days=before), on)
    return seed


@cache
def _seeds(same: "_Same", name: str) -> st.SearchStrategy[object]:
    """A value of a fact's kind, as a host would give it: often one that the policy looks at closely."""
    fact = _fact(same.policy, name)
    near = _thresholds(same)
    match fact.kind:
        case YesNoKind():
            return st.booleans()
        case ChoiceKind(options):
            return st.sampled_from(list(options))
        case DateKind():
            years = sorted({int(number) for length in _lengths_from(same.policy, fact) for number in near[length]})
            birthdays = st.tuples(st.sampled_from(years or [0]), st.sampled_from((0, 1, -1)))
            return st.one_of(birthdays, st.tuples(st.integers(0, OLDEST), st.integers(0, 365)))
        case NumberKind():
            return _numbers(fact.kind, sorted(near.get(name, ())), extremes=name not in _tied(same))


def _numbers(kind: NumberKind, near: list[Exact], *, extremes: bool) -> st.SearchStrategy[object]:
    """Nothing, the numbers that the policy compares it with and those beside them, everyday ones, seldom the ends."""
    step = Fraction(1, 10**kind.decimals)
    least, most = cast(Exact, kind.low), cast(Exact, kind.high)
    nothing = max(least, 0)
    some = [min(max(number + side * step, least), most) for number in near for side in (0, -1, 1)]
    ends = [least, most] if extremes else []
    everyday = [number for number in map(Fraction, EVERYDAY) if number <= most and number % step == 0]
    return st.sampled_from([plain(number) for number in (*[nothing] * 8, *some * 4, *everyday, *ends)])


def _tries(fact: Fact, known: object) -> st.SearchStrategy[list[Any]]:
    """Values among those that a fact can still have, one to be tried after the other: of an option all."""
    match fact.kind:
        case YesNoKind():
            return st.permutations([False, True])
        case ChoiceKind():
            return st.permutations(sorted(cast(frozenset[str], known)))
        case DateKind():
            return st.lists(
                st.dates(EARLIEST, LATEST) if known is None else st.dates(*_ends(known)), min_size=4, max_size=4
            )
        case NumberKind(decimals=decimals):
            found = cast(Range, known)
            scale = 10**decimals
            least, most = -(-Fraction(found.low) * scale).__floor__(), (Fraction(found.high) * scale).__floor__()
            start = max(least, min(0, most))
            everyday = st.integers(start, min(most, start + 30_000 * scale))
            number = st.one_of(everyday, st.sampled_from((least, most))).map(
                lambda whole: plain(Fraction(whole, scale))
            )
            return st.lists(number, min_size=4, max_size=4)


def _ends(known: object) -> tuple[date, date]:
    found = cast(Range, known)
    return day_of(int(found.low)), day_of(int(found.high))


def plain(number: Exact) -> int | Decimal:
    """An exact number as a host would give it."""
    exact = Fraction(number)
    return exact.numerator if exact.denominator == 1 else Decimal(exact.numerator) / Decimal(exact.denominator)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


# --- A household and its facts -----------------------------------------------------------------------------------


def _paths(policy: Policy, household: Facts) -> Iterator[tuple[Path, Fact]]:
    """The path of every fact that a household has, in the order in which they follow from one another."""
    for name in policy.fact_order:
        if name in policy.facts:
            yield (name,), policy.facts[name]
        else:
            for number in range(len(household["members"])):
                yield ("members", number, name), policy.members.facts[name]


def _holder(household: Facts, path: Path) -> Facts:
    """The mapping that holds the fact of a path: the household or a member."""
    return household if len(path) == 1 else cast(Facts, household["members"][path[1]])


def _copied(household: Facts) -> Facts:
    return {**household, "members": [dict(member) for member in household["members"]]}


def _value_at(assessment: Assessment, path: Path) -> object:
    household = assessment.household
    holder = household.values if len(path) == 1 else household.members[cast(int, path[1])].values
    return holder[cast(str, path[-1])]


def _is_real(policy: Policy, household: Facts) -> bool:
    try:
        read_facts(policy, household)
    except FactError:
        return False
    return True


# --- What `must` ties together -----------------------------------------------------------------------------------


@cache
def _tied(same: "_Same") -> frozenset[str]:
    """The facts that some `must` speaks of."""
    return frozenset(name for clause in same.policy.must for name in names_in(clause))


def _tied_options(draw: st.DrawFn, policy: Policy) -> Facts:
    """Members, with the options that `must` speaks of: one after the other, so that the rest can still meet it."""
    most = policy.members.at_most
    size = draw(st.integers(1, most) if draw(_ONE_IN_TWENTY_FOUR) else st.integers(1, min(6, most)))
    household: Facts = {"members": [{} for _ in range(size)]}
    chosen: tuple[str, ...] = ()
    for path in _option_paths(policy, household):
        name = cast(str, path[-1])
        left = list(cast(ChoiceKind, _fact(policy, name).kind).options)
        while not _fit(_Same(policy), size, (*chosen, option := draw(st.sampled_from(left)))):
            left.remove(option)
        _holder(household, path)[name] = option
        chosen += (option,)
    return household


def _option_paths(policy: Policy, household: Facts) -> list[Path]:
    tied = _tied(_Same(policy))
    return [path for path, fact in _paths(policy, household) if fact.name in tied and isinstance(fact.kind, ChoiceKind)]


@cache
def _fit(same: "_Same", size: int, chosen: tuple[str, ...]) -> bool:
    """Whether the members can still become a real household, with these options of the first of them."""
    household: Facts = {"members": [{} for _ in range(size)]}
    for path, option in zip(_option_paths(same.policy, household), chosen, strict=False):
        _holder(household, path)[cast(str, path[-1])] = option
    return _is_real(same.policy, household)


# --- Where a policy looks closely --------------------------------------------------------------------------------


class _Same:
    """A policy that is the same for a cache when its fingerprint is: hashing all of it would take too long."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.policy.fingerprint == other.policy.fingerprint

    def __hash__(self) -> int:
        return hash(self.policy.fingerprint)

    def __repr__(self) -> str:
        return self.policy.name


@cache
def _thresholds(same: _Same) -> Mapping[str, set[Exact]]:
    """For each fact, the numbers that the policy compares it with."""
    found: dict[str, set[Exact]] = {}
    for definition in same.policy.names.values():
        for expr in exprs_of(definition):
            for part in walk(expr):
                if isinstance(part, Compare):
                    for name, other in ((part.left, part.right), (part.right, part.left)):
                        number = _constant(same.policy, other)
                        if isinstance(name, Name) and number is not None:
                            found.setdefault(name.name, set()).add(number)
    return found


def _constant(policy: Policy, expr: Expr) -> Exact | None:
    """The number of a constant, or of a parameter that goes by nothing."""
    if isinstance(expr, Constant) and not isinstance(expr.value, bool):
        return expr.value
    definition = policy.names.get(expr.name) if isinstance(expr, Name) else None
    return definition.values.get(()) if isinstance(definition, Parameter) else None


def _lengths_from(policy: Policy, fact: Fact) -> list[str]:
    """The facts that stand in for themselves as a length of time from a date."""
    lengths = {**policy.facts, **policy.members.facts}
    return [
        name
        for name, other in lengths.items()
        if other.if_absent is not None
        and isinstance(other.if_absent, Elapsed)
        and fact.name in names_in(other.if_absent)
    ]


# --- Onto the line -----------------------------------------------------------------------------------------------


def _moved_on(policy: Policy, household: Facts, target: str) -> Facts:
    """The household with the facts changed that hold it at an outcome before the target."""
    order = list(policy.category.options)
    for _ in range(8):
        assessment = assess(policy, household)
        category = cast(Outcome, assessment.category).id
        if order.index(category) >= order.index(target):
            break
        before = household
        for reason in assessment.decisions[policy.category.name].reasons:
            if reason.outcome == category and reason.role == "decided":
                for name in _free(_Same(policy), reason.clause):
                    for path, fact in list(_paths(policy, household)):
                        if fact.name == name and (len(path) == 1 or path[1] in reason.members):
                            other = _other(fact, _value_at(assessment, path))
                            household = _with(policy, household, path, other) or household
        if household == before:  # held there by more than a few facts
            break
    return household


@cache
def _free(same: _Same, clause: Clause) -> tuple[str, ...]:
    """The few facts that a clause rests on, of members those that `must` leaves free; none where it rests on many."""
    names = {part.name for part in _deep(same.policy, clause) if isinstance(part, Name)}
    bound = _tied(same) - set(same.policy.facts)
    free = [name for name in same.policy.fact_order if name in names and name not in bound]
    return tuple(free) if len(free) <= 4 else ()


def _other(fact: Fact, now: object) -> object:
    match fact.kind:
        case YesNoKind():
            return not now
        case ChoiceKind(options):
            return next(option for option in options if option != now)
        case NumberKind(low=low):
            return low
        case DateKind():
            return now


def _crowded(draw: st.DrawFn, policy: Policy, household: Facts) -> Facts:
    """The household with one amount moved so that one comparison of the category stands on its line or just beside."""
    lines = _lines(_Same(policy))
    if not lines:
        return household
    assessment = assess(policy, household)
    outcome, line, amounts = draw(st.sampled_from(lines))
    for _ in range(5):
        member = draw(st.integers(0, len(household["members"]) - 1))
        name = draw(st.sampled_from(amounts))
        path: Path = (name,) if name in policy.facts else ("members", member, name)
        start = cast(Exact, _value_at(assessment, path))
        before = _gap(assessment, outcome, line, member)
        moved = _with_amount(policy, household, path, start + 1000)
        after = None if moved is None else _gap(moved[1], outcome, line, member)
        if before is None or after is None or before == after:
            continue
        steps = 10 ** cast(NumberKind, _fact(policy, name).kind).decimals
        on_line = (start - before * 1000 / (after - before)) * steps
        beside = draw(st.sampled_from((0, 0, 0, -1, 1, -1, 1, 100)))
        moved = _with_amount(policy, household, path, Fraction(on_line.__floor__() + beside, steps))
        if moved is not None:
            return moved[0]
    return household


@cache
def _lines(same: _Same) -> tuple[tuple[str, Compare, tuple[str, ...]], ...]:
    """The comparisons of the category that amounts go into, with an outcome that each belongs to, and the amounts."""
    found: dict[Compare, tuple[str, Compare, tuple[str, ...]]] = {}
    for outcome in same.policy.category.outcomes:
        for part in _deep(same.policy, cast(Expr, outcome.when)):
            if isinstance(part, Compare) and part not in found and (amounts := _amounts(same.policy, part)):
                found[part] = (outcome.id, part, amounts)
    return tuple(found.values())


def _deep(policy: Policy, expr: Expr) -> Iterator[Expr]:
    """An expression and everything inside it, through the terms that it names."""
    for part in walk(expr):
        yield part
        definition = policy.names.get(part.name) if isinstance(part, Name) else None
        if definition is not None and not isinstance(definition, Fact):
            for inner in exprs_of(definition):
                yield from _deep(policy, inner)


def _fact(policy: Policy, name: str) -> Fact:
    return policy.facts[name] if name in policy.facts else policy.members.facts[name]


def _amounts(policy: Policy, expr: Expr) -> tuple[str, ...]:
    """The facts in small steps (money) that an expression is worked out from; those of `must` first."""
    names = {part.name for part in _deep(policy, expr) if isinstance(part, Name)}
    facts = {**policy.facts, **policy.members.facts}
    money = [name for name in facts if name in names and _in_small_steps(facts[name])]
    return tuple(sorted(money, key=lambda name: name not in _tied(_Same(policy))))


def _in_small_steps(fact: Fact) -> bool:
    return isinstance(fact.kind, NumberKind) and fact.kind.decimals > 0


def _gap(assessment: Assessment, outcome: str, line: Compare, member: int) -> Fraction | None:
    """Left - right of a comparison, of the member's own where it is one of members."""
    trace = _find(assessment.trace(f"{assessment.policy.category.name}.{outcome}"), line, member)
    if trace is None:
        return None
    left, right = (part.value for part in trace.parts)
    exact = isinstance(left, int | Fraction) and isinstance(right, int | Fraction)
    return Fraction(cast(Exact, left)) - cast(Exact, right) if exact else None


def _find(trace: Trace, line: Compare, member: int) -> Trace | None:
    if isinstance(trace.expr, Compare):
        return trace if trace.expr == line and trace.member in (None, member) else None
    if isinstance(trace.expr, OverMembers) and trace.expr.part is not None:
        return None
    return next((found for part in trace.parts if (found := _find(part, line, member)) is not None), None)


def _with_amount(policy: Policy, household: Facts, path: Path, amount: Exact) -> tuple[Facts, Assessment] | None:
    """The household with another amount, and its assessment; None where that is no real household."""
    kind = cast(NumberKind, _fact(policy, cast(str, path[-1])).kind)
    if not cast(Exact, kind.low) <= amount <= cast(Exact, kind.high):
        return None
    moved = _with(policy, household, path, plain(amount))
    return None if moved is None else (moved, assess(policy, moved))


def _with(policy: Policy, household: Facts, path: Path, value: object) -> Facts | None:
    """The household with another value, without what `must` ties to it; None where that is no real household."""
    moved = _copied(household)
    holder = _holder(moved, path)
    for clause in policy.must:
        tied = set(names_in(clause))
        if path[-1] in tied:
            for name in tied & set(holder) & _stands_in(_Same(policy)):
                del holder[name]
    holder[cast(str, path[-1])] = value
    return moved if _is_real(policy, moved) else None


@cache
def _stands_in(same: _Same) -> frozenset[str]:
    """The facts that may be left out, since the policy says what stands in for them."""
    facts = {**same.policy.facts, **same.policy.members.facts}
    return frozenset(name for name, fact in facts.items() if fact.if_absent is not None)
