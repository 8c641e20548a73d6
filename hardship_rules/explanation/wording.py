"""How numbers, comparisons, options, members and facts are written: never so rounded that what is printed is false."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import cast

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.outcomes import Figure, Reason, decimal
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ChoiceKind, DateKind, Kind, NumberKind, Value, day_of
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import Path
from hardship_rules.engine.evaluate import is_known

SIGNS = {"<": "<", "<=": "≤", "==": "=", "!=": "≠", ">=": "≥", ">": ">"}


def one_line(text: str) -> str:
    """A text as it stands in a line among others: without line ends, and without what cannot be printed."""
    return "".join(filter(str.isprintable, " ".join(text.split())))


def places(policy: Policy, unit: str) -> int:
    """The decimal places in which a unit is written: those of the facts that are counted in the same thing."""
    counted = unit.split("/", maxsplit=1)[0].split("·")
    kinds = [fact.kind for fact in (*policy.facts.values(), *policy.members.facts.values())]
    return max(
        (
            kind.decimals
            for kind in kinds
            if isinstance(kind, NumberKind) and any(base in counted and power > 0 for base, power in kind.unit or ())
        ),
        default=0,
    )


def unit_word(policy: Policy, unit: str) -> str:
    """What a number in a unit is counted in: 元 for yuan/month/person; nothing for a pure number."""
    counted = unit.split("/", maxsplit=1)[0].split("·")
    return "·".join(policy.units.get(base, "") for base in counted)


def number_text(number: Exact, at_least: int) -> str:
    """A number with at least so many decimal places, two where it is not whole."""
    exact = Fraction(number)
    return f"{decimal(exact, at_least if exact.denominator == 1 else max(at_least, 2)):,f}"


def exact_text(number: Exact) -> str:
    """A number that a policy holds, with every decimal that it has."""
    exact = Fraction(number)
    count = next(places for places in range(exact.denominator) if 10**places % exact.denominator == 0)
    return f"{decimal(exact, count):f}"


def fraction_text(number: Exact) -> str:
    """Any number exactly: in decimals where they end, else as a fraction."""
    exact = Fraction(number)
    return exact_text(exact) if not 10 ** exact.denominator.bit_length() % exact.denominator else str(exact)


def figure_text(policy: Policy, figure: Figure, words: Mapping[str, str]) -> str:
    """A figure in its unit's decimals, or what it lies between, as the `range` of `words` has it."""
    count = places(policy, figure.unit)
    if figure.exact is not None:
        return number_text(figure.exact, count)
    return words["range"].format(low=number_text(figure.low, count), high=number_text(figure.high, count))


def in_order(numbers: Iterable[Exact], at_least: int) -> tuple[Decimal, ...]:
    """Numbers rounded to as many decimal places as it takes for them to stand to each other as the exact ones do."""
    exact = tuple(map(Fraction, numbers))
    count = at_least if all(number.denominator == 1 for number in exact) else max(at_least, 2)
    by_size = sorted(set(exact))
    while any(decimal(a, count) == decimal(b, count) for a, b in pairwise(by_size)):
        count += 1
    return tuple(decimal(number, count) for number in exact)


def comparison(policy: Policy, left: Figure, right: Figure) -> tuple[str, str, str]:
    """Both sides, which are known, and their distance, so that the printed sides stand as the real ones."""
    count = max(places(policy, left.unit), places(policy, right.unit))
    shown, other = in_order((left.low, right.low), count)
    return f"{shown:,f}", f"{other:,f}", f"{_difference(shown, other):,f}"


def _difference(a: Decimal, b: Decimal) -> Decimal:
    """The distance between two printed numbers, exact however long they are."""
    exponent = cast(int, a.as_tuple().exponent)
    return decimal(abs(Fraction(a) - Fraction(b)), -exponent)


def sides(policy: Policy, reason: Reason, words: Mapping[str, str]) -> str:
    """The comparison of a reason's two numbers as it is printed: 655.56 < 787.00; nothing where there are none."""
    if not isinstance(reason.left, Figure) or not isinstance(reason.right, Figure):
        return ""
    if reason.left.exact is None or reason.right.exact is None:
        left, right = (figure_text(policy, figure, words) for figure in (reason.left, reason.right))
    else:
        left, right, _ = comparison(policy, reason.left, reason.right)
    return f"{left} {SIGNS[reason.sign]} {right}"


def value_text(policy: Policy, kind: Kind, value: Value, words: Mapping[str, str], counted_in: str = "") -> str:
    """The value of a fact, term or choice in words; `words` has `unknown`, `yes`, `no`, and how options `join`."""
    if isinstance(kind, ChoiceKind):
        options = sorted(value) if isinstance(value, frozenset) else [cast(str, value)]
        return words["join"].join(kind.options[option] for option in options)
    if not is_known(value):
        return words["unknown"]
    if isinstance(kind, NumberKind):
        counted = counted_in or "·".join(policy.units[base] for base, power in kind.unit or () if power > 0)
        return f"{number_text(cast(Exact, value), kind.decimals)} {counted}".rstrip()
    if isinstance(kind, DateKind):
        return day_of(cast(int, value)).isoformat()
    return words["yes"] if value else words["no"]


def member_names(assessment: Assessment, words: Mapping[str, str]) -> tuple[str, ...]:
    """What each member is called: its label, else the first of the policy's `called by` facts that tell it apart.

    `words` says how a member is called by its number, where those facts do not tell it apart or are not known.
    """
    calls = [_calls(assessment, number, words) for number in range(len(assessment.household.members))]
    names = []
    for number, call in enumerate(calls):
        label = assessment.household.members[number].label
        length = next(
            (
                count
                for count in range(1, len(call) + 1)
                if all(other[:count] != call[:count] for place, other in enumerate(calls) if place != number)
            ),
            0,
        )
        first, *told_apart = call[:length] if length else [*call, words["nth"].format(number=number + 1)]
        others = words["list"].join(told_apart)
        names.append(label or (words["called"].format(first=first, others=others) if others else first))
    return tuple(names)


def full_name(assessment: Assessment, number: int, words: Mapping[str, str]) -> str:
    """A member by everything that it is called by: 子女，24 岁."""
    label = assessment.household.members[number].label
    called = [*([label] if label else []), *_calls(assessment, number, words)]
    return words["list"].join(dict.fromkeys(called)) or words["nth"].format(number=number + 1)


def _calls(assessment: Assessment, number: int, words: Mapping[str, str]) -> list[str]:
    """The known facts by which a member is called."""
    policy, values = assessment.policy, assessment.household.members[number].values
    called = []
    for name in policy.members.called_by:
        if is_known(values[name]):
            fact = policy.members.facts[name]
            called.append(
                value_text(policy, fact.kind, values[name], {**words, "yes": fact.title, "no": ""}, fact.counted_in)
            )
    return [word for word in called if word]


def fact_of(policy: Policy, path: Path) -> Fact:
    """The definition of a fact at a path."""
    name = cast(str, path[-1])
    return policy.members.facts[name] if path[0] == "members" else policy.facts[name]


def fact_value(assessment: Assessment, path: Path) -> Value:
    """A fact's value at a path."""
    household = assessment.household
    values = household.members[cast(int, path[1])].values if path[0] == "members" else household.values
    return values[cast(str, path[-1])]
