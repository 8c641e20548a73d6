"""How a fact is filled in, in Chinese words: its options or its range and unit, and what stands in for it."""

from typing import cast

from hardship_rules.core.model import Fact, Policy
from hardship_rules.core.ranges import Exact
from hardship_rules.core.syntax import Choose
from hardship_rules.core.values import ChoiceKind, DateKind, NumberKind, YesNoKind, unit_text
from hardship_rules.explanation.phrase import stand_in
from hardship_rules.explanation.wording import exact_text, one_line


def allowed(policy: Policy, fact: Fact) -> str:
    """What may be written: 是 / 否, or 0 至 1亿 元/年，至多 2 位小数."""
    match fact.kind:
        case NumberKind(unit, low, high, decimals):
            counted = fact.counted_in or unit_text(unit or (), policy.units)
            ends = f"{short(cast(Exact, low))} 至 {short(cast(Exact, high))} {counted}".rstrip()
            return f"{ends}，至多 {decimals} 位小数" if decimals else ends
        case ChoiceKind(options):
            return " / ".join(map(one_line, options.values()))
        case YesNoKind():
            return "是 / 否"
        case DateKind():
            return "日期，如 1990-05-01"


def window(policy: Policy) -> str:
    """The days on which a verdict under the policy may be."""
    if policy.start is not None and policy.end is not None:
        return f"{policy.start} 至 {policy.end} 之间的一天"
    if policy.start is not None or policy.end is not None:
        return f"{policy.start} 起" if policy.end is None else f"到 {policy.end} 为止"
    return "日期，如 2021-03-31"


def short(number: Exact) -> str:
    """A number as people read it at a glance: 1亿, -1000万, 720."""
    for size, word in ((10**8, "亿"), (10**4, "万")):
        if number and number % size == 0:
            return f"{number // size}{word}"
    return exact_text(number)


def absent(policy: Policy, fact: Fact) -> str:
    """What is taken where the fact is left out: 不填按 0 元; nothing where it is then unknown."""
    words = stand_in(policy, fact)
    return one_line(f"不填时{'，' if isinstance(fact.if_absent, Choose) else ''}{words}") if words else ""
