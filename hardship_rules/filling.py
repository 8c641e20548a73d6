"""How a fact is filled in, in Chinese words: its options or its range and unit, and what stands in for it."""

import json
import re
from collections.abc import Mapping
from typing import cast

from hardship_rules.expression import NAME
from hardship_rules.model import Definition, Fact, Policy
from hardship_rules.ranges import Exact
from hardship_rules.values import ChoiceKind, DateKind, NumberKind, YesNoKind, unit_text
from hardship_rules.wording import exact_text

_SIGNS = {"*": "×", "/": "÷", "==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
_WORDS = {"true": "是", "false": "否", "on": "认定日期", "year": "整年数", "month": "整月数"}
_TURNED = (  # what reads better another way round
    (re.compile(rf"full_(year|month)s\(({NAME.pattern}), ?({NAME.pattern})\)"), r"\2 到 \3 的 \1"),
    (re.compile(rf"not ({NAME.pattern})"), r"\1 == false"),
)
_TOKEN = re.compile(rf"{NAME.pattern}|[=!<>]=|[*/]")


def one_line(text: str) -> str:
    """A text of the policy as it stands in a comment: on one line, without what cannot be printed."""
    return "".join(filter(str.isprintable, " ".join(text.split())))


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


def stand_in(policy: Policy, fact: Fact) -> str:
    """What is taken where the fact is left out: 不填按 0; nothing where it is then unknown.

    The words are the policy's own line with titles for names.
    """
    if fact.if_absent is None:
        return ""
    resolved = json.loads(policy.resolved)
    facts = resolved["members"]["facts"] if fact.of_member else resolved["household"]
    absent = facts[fact.name]["if absent"]
    if isinstance(absent, str):
        return one_line(f"不填按 {_line(policy, fact, absent)}")
    cases = [
        f"{_condition(policy, fact, case['when'])} 时不填按 {_line(policy, fact, case['value'])}"
        for case in absent["choose"]
    ]
    if "otherwise" in absent:
        cases.append(f"其他情形不填按 {_line(policy, fact, absent['otherwise'])}")
    return one_line("，".join(cases))


def _condition(policy: Policy, fact: Fact, said: str | Mapping[str, object]) -> str:
    if isinstance(said, str):
        return _line(policy, fact, said)
    if "that" in said:
        return _line(policy, fact, cast(str, said["that"]))
    for key, joined in (("all", " 且 "), ("any", " 或 ")):
        if key in said:
            clauses = cast(Mapping[str, str | Mapping[str, object]], said[key])
            return "（" + joined.join(_condition(policy, fact, clause) for clause in clauses.values()) + "）"
    return f"并非{_condition(policy, fact, cast(str, said['not']))}"


def _line(policy: Policy, fact: Fact, line: str) -> str:
    """A line with titles for names and options, and with the signs that people use."""
    for pattern, turned in _TURNED:
        line = pattern.sub(turned, line)
    named = [policy.names[name] for name in NAME.findall(line) if name in policy.names]
    titles = {**_WORDS, **_options(fact)}
    for definition in named:
        titles |= {**_options(definition), definition.name: definition.title}
    return _TOKEN.sub(lambda token: titles.get(token[0], _SIGNS.get(token[0], token[0])), line)


def _options(definition: Definition) -> Mapping[str, str]:
    kind = getattr(definition, "kind", None)
    return kind.options if isinstance(kind, ChoiceKind) else {}
