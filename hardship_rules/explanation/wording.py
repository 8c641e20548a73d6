"""Numbers, units, comparisons, members and facts in words, as every form of explanation uses them.

Rounding never makes a printed comparison false: two different numbers are printed with enough decimals to differ.
`words` is a catalogue of sentences, such as `SENTENCES["zh"]` of `reasons`.
"""

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
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.interval import is_known

SIGNS = {"<": "<", "<=": "≤", "==": "=", "!=": "≠", ">=": "≥", ">": ">"}


def one_line(text: str) -> str:
    """A text on one line, without line ends and unprintable characters, so that it cannot forge another line."""
    return "".join(filter(str.isprintable, " ".join(text.split())))


def one_line_each(texts: Iterable[str]) -> tuple[str, ...]:
    """Several texts, each on one line."""
    return tuple(map(one_line, texts))


def places(policy: Policy, unit: str) -> int:
    """The decimal places of amounts in a unit: the most of any fact that is counted in the same base unit."""
    counted = _counted_in(unit)
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
    """The word for the numerator of a unit: 元 for yuan/month/person, empty for a pure number."""
    return "·".join(policy.units.get(base, "") for base in _counted_in(unit))


def _counted_in(unit: str) -> list[str]:
    """The base units of a unit's numerator."""
    return unit.split("/", maxsplit=1)[0].split("·")


def number_text(number: Exact, at_least: int) -> str:
    """A number with at least `at_least` decimal places, and at least two where it is not whole."""
    exact = Fraction(number)
    return f"{decimal(exact, at_least if exact.denominator == 1 else max(at_least, 2)):,f}"


def exact_text(number: Exact) -> str:
    """A number with a finite decimal expansion, in full."""
    exact = Fraction(number)
    count = next(places for places in range(exact.denominator) if 10**places % exact.denominator == 0)
    return f"{decimal(exact, count):f}"


def fraction_text(number: Exact) -> str:
    """Any number exactly: as a finite decimal where there is one, else as a fraction."""
    exact = Fraction(number)
    return exact_text(exact) if not 10 ** exact.denominator.bit_length() % exact.denominator else str(exact)


def figure_text(policy: Policy, figure: Figure, words: Mapping[str, str]) -> str:
    """A figure in the decimals of its unit, or its bounds by the sentence `range`."""
    count = places(policy, figure.unit)
    if figure.exact is not None:
        return number_text(figure.exact, count)
    return words["range"].format(low=number_text(figure.low, count), high=number_text(figure.high, count))


def in_order(numbers: Iterable[Exact], at_least: int) -> tuple[Decimal, ...]:
    """Numbers rounded to the fewest places, at least `at_least`, at which different numbers stay different."""
    exact = tuple(map(Fraction, numbers))
    count = at_least if all(number.denominator == 1 for number in exact) else max(at_least, 2)
    by_size = sorted(set(exact))
    while any(decimal(a, count) == decimal(b, count) for a, b in pairwise(by_size)):
        count += 1
    return tuple(decimal(number, count) for number in exact)


def comparison(policy: Policy, left: Figure, right: Figure) -> tuple[str, str, str]:
    """Two known figures and the distance between them as text, in decimals at which different figures differ."""
    count = max(places(policy, left.unit), places(policy, right.unit))
    shown_left, shown_right = in_order((left.low, right.low), count)
    return f"{shown_left:,f}", f"{shown_right:,f}", f"{_difference(shown_left, shown_right):,f}"


def _difference(a: Decimal, b: Decimal) -> Decimal:
    """The exact distance between two rounded numbers at any decimal precision."""
    exponent = cast(int, a.as_tuple().exponent)
    return decimal(abs(Fraction(a) - Fraction(b)), -exponent)


def sides(policy: Policy, reason: Reason, words: Mapping[str, str]) -> str:
    """The comparison of a reason with its sign: 655.56 < 787.00; empty where it compares no numbers."""
    if not isinstance(reason.left, Figure) or not isinstance(reason.right, Figure):
        return ""
    if reason.left.exact is None or reason.right.exact is None:
        left, right = (figure_text(policy, figure, words) for figure in (reason.left, reason.right))
    else:
        left, right, _ = comparison(policy, reason.left, reason.right)
    return f"{left} {SIGNS[reason.sign]} {right}"


def value_text(policy: Policy, kind: Kind, value: Value, words: Mapping[str, str], counted_in: str = "") -> str:
    """The value of a fact or term in words; several possible options are joined."""
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
    """The shortest distinguishing name of each member.

    It is the member's label, else as many of the policy's `called by` facts as distinguish the member from all others,
    else these facts with the member's number.
    """
    words_of_members = [_known_words(assessment, number, words) for number in range(len(assessment.household.members))]
    names = []
    for number, member_words in enumerate(words_of_members):
        label = assessment.household.members[number].label
        length = next(
            (
                count
                for count in range(1, len(member_words) + 1)
                if all(
                    other[:count] != member_words[:count]
                    for place, other in enumerate(words_of_members)
                    if place != number
                )
            ),
            0,
        )
        first, *rest = member_words[:length] if length else [*member_words, words["nth"].format(number=number + 1)]
        others = words["list"].join(rest)
        names.append(label or (words["called"].format(first=first, others=others) if others else first))
    return tuple(names)


def full_name(assessment: Assessment, number: int, words: Mapping[str, str]) -> str:
    """The name of a member with all its known `called by` facts: 子女，24 岁."""
    label = assessment.household.members[number].label
    names = [*([label] if label else []), *_known_words(assessment, number, words)]
    return words["list"].join(dict.fromkeys(names)) or words["nth"].format(number=number + 1)


def _known_words(assessment: Assessment, number: int, words: Mapping[str, str]) -> list[str]:
    """The known `called by` facts of a member in words; a boolean fact gives its title where it holds."""
    policy, values = assessment.policy, assessment.household.members[number].values
    names = []
    for name in policy.members.called_by:
        if is_known(values[name]):
            fact = policy.members.facts[name]
            names.append(
                value_text(policy, fact.kind, values[name], {**words, "yes": fact.title, "no": ""}, fact.counted_in)
            )
    return [name for name in names if name]


def fact_of(policy: Policy, path: KeyPath) -> Fact:
    """The definition of a fact at a path."""
    name = cast(str, path[-1])
    return policy.members.facts[name] if path[0] == "members" else policy.facts[name]


def fact_value(assessment: Assessment, path: KeyPath) -> Value:
    """The value of the fact at a path."""
    household = assessment.household
    values = household.members[cast(int, path[1])].values if path[0] == "members" else household.values
    return values[cast(str, path[-1])]
