"""Coverage in words and as data: what is missing, line by line, with the place where it is defined."""

from collections.abc import Iterable, Iterator

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Policy
from hardship_rules.core.problems import Language
from hardship_rules.core.units import kind_of_name
from hardship_rules.core.values import ChoiceKind
from hardship_rules.explanation.phrase import phrase
from hardship_rules.testing.coverage import Coverage, Item, items

_ZH = {
    "head": "{title}（{policy}）：{all} 处，算例检验了 {confirmed} 处",
    "unconfirmed": "只有未核对的算例检验：{count} 处",
    "unreachable": "已证明没有家庭能达到，不算缺：{count} 处",
    "missing": "没有算例检验：{count} 处",
    "whole": "没有缺的",
    "outcome": "结果“{title}”",
    "clause": "条款“{title}”{sides}",
    "option": "“{title}”为{sides}",
    "threshold": "“{title}”的界线：{sides}",
    "or": "、",
    "clause yes": "成立",
    "clause no": "不成立",
    "option yes": "是",
    "option no": "否",
}
_EN = {
    "head": "{title} ({policy}): {all} things to exercise, {confirmed} of them by cases",
    "unconfirmed": "only by cases that nobody has confirmed: {count}",
    "unreachable": "proved to be reached by no household, not counted as missing: {count}",
    "missing": "by no case: {count}",
    "whole": "nothing is missing",
    "outcome": "outcome “{title}”",
    "clause": "clause “{title}”: {sides}",
    "option": "“{title}”: {sides}",
    "threshold": "threshold “{title}”: {sides}",
    "or": ", ",
    "clause yes": "true",
    "clause no": "false",
    "option yes": "yes",
    "option no": "no",
}
_WORDS: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping(
    {"zh": FrozenMapping(_ZH), "en": FrozenMapping(_EN)}
)


def told(policy: Policy, item: Item, lang: Language = "zh") -> str:
    """What an item is, in words."""
    return _told(policy, [item], lang)


def coverage_text(coverage: Coverage, lang: Language = "zh") -> str:
    """The coverage of a policy as text: how much, and each thing that is not exercised with its place."""
    return "\n".join(_lines(coverage, lang)) + "\n"


def _lines(coverage: Coverage, lang: Language) -> Iterator[str]:
    policy, say = coverage.policy, _WORDS[lang]
    every = len(items(policy))
    yield say["head"].format(title=policy.title, policy=policy.name, all=every, confirmed=len(coverage.confirmed))
    for which, listed in (
        ("unreachable", coverage.unreachable),
        ("unconfirmed", coverage.unconfirmed),
        ("missing", coverage.missing),
    ):
        if listed:
            yield "  " + say[which].format(count=len(listed))
        for together in _together(listed):
            yield f"    {together[0].at}: {_told(policy, together, lang)}"
    if not coverage.missing and not coverage.unconfirmed:
        yield f"  {say['whole']}"


def _together(listed: Iterable[Item]) -> Iterable[list[Item]]:
    """The sides of one thing beside one another."""
    found: dict[tuple[object, ...], list[Item]] = {}
    for item in listed:
        found.setdefault((item.what, item.id, item.at), []).append(item)
    return found.values()


def _told(policy: Policy, sides: list[Item], lang: Language) -> str:
    say, item = _WORDS[lang], sides[0]
    named = policy.names.get(item.line)  # a clause of one name has no title of its own
    title = item.title or (item.line if named is None else named.title) or item.id
    words = say["or"].join(_side(policy, each, lang) for each in sides)
    return say[item.what].format(title=title, sides=words)


def _side(policy: Policy, item: Item, lang: Language) -> str:
    if item.what == "threshold" and lang == "zh":
        return phrase(policy, item.expr)
    if item.what == "threshold":
        return f"{item.side} in `{item.line}`"
    kind = kind_of_name(policy, item.id) if item.what == "option" else None
    if isinstance(kind, ChoiceKind):
        return kind.options[item.side]
    return "" if item.what == "outcome" else _WORDS[lang][f"{item.what} {item.side}"]


def coverage_data(coverage: Coverage) -> dict[str, object]:
    """The coverage of a policy as a program reads it."""
    return {
        "policy": coverage.policy.name,
        "title": coverage.policy.title,
        "fingerprint": coverage.policy.fingerprint,
        "all": len(items(coverage.policy)),
        "confirmed": len(coverage.confirmed),
        "unconfirmed": [_data(item) for item in coverage.unconfirmed],
        "unreachable": [_data(item) for item in coverage.unreachable],
        "missing": [_data(item) for item in coverage.missing],
    }


def _data(item: Item) -> dict[str, object]:
    return {
        "what": item.what,
        "id": item.id,
        "side": item.side,
        "title": item.title,
        "line": item.line or None,
        "at": {"file": item.at.file, "line": item.at.line, "column": item.at.column},
    }
