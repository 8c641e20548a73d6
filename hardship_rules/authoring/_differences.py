"""What a policy says otherwise than another, in words, with by how much, why and whence: nothing of it left out."""

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from attrs import frozen

from hardship_rules.assessment.outcomes import decimal
from hardship_rules.authoring._particulars import Particular, Particulars, Saying, particulars
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Path
from hardship_rules.explanation.phrase import amount
from hardship_rules.language.check import IDS, current_id

WORDS: FrozenMapping[str, str] = FrozenMapping(
    {
        "more": "增加 {amount}",
        "less": "减少 {amount}",
        "points": "{count} 个百分点",
        "share": "{change}（{share}%）",
        "about": "{change}（约 {share}%）",
        "said": "{called}：{words}",
        "raw": "{words}（文件中写作 {raw}）",
        "id": "：标识",
        "base": "所依据的办法",
        "base_words": "{title}（{name}），指纹 {fingerprint}",
        "rest": "其他",
        "in_file": "文件中的写法",
        "steps": "；",
    }
)
_HEAD = ("policy", "series", "title", "effective")  # told of both policies by themselves
_FACTS: dict[str, Path] = {"household": ("household",), "members": ("members", "facts")}


@frozen
class Difference:
    """One thing that a policy says otherwise: what the other said, what it says, and what is to be known of that.

    `was` is empty for what is new, `now` for what is gone.
    """

    section: str
    id: str
    title: str
    was: str
    now: str
    about: str = ""


def differences(
    old: Policy, new: Policy, bases: tuple[Policy | None, Policy | None] = (None, None)
) -> tuple[Difference, ...]:
    """Everything that a policy says otherwise than an older one, by section; `bases` are what they extend.

    Names, titles and days of the two are not among it. What moved to another name is held against what it was called
    earlier. Where two policies with one fingerprint are given, nothing is.
    """
    before, now = _renamed(particulars(old), new), particulars(new)
    found: list[Difference] = []
    for key in dict.fromkeys((*now, *before)):
        was, each = before.get(key), now.get(key)
        if each is None and was is not None:
            found += _whole(was, gone=True)
        elif each is not None:
            found += _whole(each) if was is None else _changed(new, was, each)
    found += _untold(old, new, found)
    sections = list(dict.fromkeys(each.section for each in (*now.values(), *before.values())))
    found.sort(key=lambda each: sections.index(each.section) if each.section in sections else len(sections))
    return (*_base(*bases), *found)


def _renamed(before: Particulars, new: Policy) -> Particulars:
    """What an older policy says, under what the new one calls it."""

    def now(kind: str, id_: str) -> str:
        if kind in _FACTS:
            former = new.formerly.get(_FACTS[kind], {}).get(id_)
            return id_ if former is None else str(former.new)
        return current_id(new, id_) if kind in ("must", "terms", "decisions") and IDS in new.formerly else id_

    return {(kind, now(kind, id_)): each for (kind, id_), each in before.items()}


def _whole(each: Particular, *, gone: bool = False) -> Iterator[Difference]:
    """What is new or gone as a whole: each value by itself, what else is said of it beside the first."""
    leading = {called: saying for called, saying in each.sayings.items() if _leads(called)}
    others = (
        WORDS["said"].format(called=called.lstrip("："), words=saying.words)
        for called, saying in each.sayings.items()
        if not _leads(called) and not saying.beside and saying.words and saying.words != each.title
    )
    rest = tuple(others)
    for number, (called, saying) in enumerate(leading.items()):
        words = WORDS["steps"].join((saying.words, *(() if number else rest)))
        was, now = (words, "") if gone else ("", words)
        yield Difference(each.section, each.id, each.title + called, was, now, "" if gone else _beside(each))


def _leads(called: str) -> bool:
    """It is what a particular itself says, or its value for an option."""
    return not called.startswith("：")


def _changed(new: Policy, was: Particular, now: Particular) -> Iterator[Difference]:
    """What is said otherwise of one particular; why and whence by themselves only where that is all."""
    found: list[Difference] = []
    if was.id != now.id:
        found.append(Difference(now.section, now.id, now.title + WORDS["id"], was.id, now.id))
    for called in dict.fromkeys((*now.sayings, *was.sayings)):
        before, after = was.sayings.get(called), now.sayings.get(called)
        if before is not None and after is not None and (before.key == after.key or before.beside):
            continue
        if after is None and before is not None and before.key is None:  # it was open, and now has its values
            continue
        about = "" if after is None or not _leads(called) else _beside(now)
        if before is not None and after is not None:
            about = WORDS["steps"].join(filter(None, (by_how_much(new, before, after), about)))
        words = _told(before, after)
        if any(words):
            found.append(Difference(now.section, now.id, now.title + called, *words, about))
    if not any(_leads(each.title.removeprefix(now.title)) for each in found):
        found += (
            Difference(now.section, now.id, now.title + called, *_told(before, saying))
            for called, saying in now.sayings.items()
            if saying.beside and (before := was.sayings.get(called)) is not None and before.key != saying.key
        )
    yield from found


def _told(before: Saying | None, after: Saying | None) -> tuple[str, str]:
    """Both in words; where these are the same, as the files have them."""
    if before is None or after is None or before.words != after.words or not before.words:
        return "" if before is None else before.words, "" if after is None else after.words
    one, other = (WORDS["raw"].format(words=each.words, raw=each.raw) for each in (before, after))
    return one, other


def _beside(each: Particular) -> str:
    """Why it is so, and whence."""
    told = (
        saying.words
        if called.endswith("出处")
        else WORDS["said"].format(called=called.lstrip("："), words=saying.words)
        for called, saying in each.sayings.items()
        if saying.beside and saying.words
    )
    return WORDS["steps"].join(told)


def by_how_much(policy: Policy, before: Saying, after: Saying) -> str:
    """How much more or less a number is than it was: in its unit, and in per cent where that means something."""
    if before.number is None or after.number is None or before.unit != after.unit:
        return ""
    was, now = Fraction(before.number), Fraction(after.number)
    if was == now:
        return ""
    change = abs(now - was)
    words = "more" if now > was else "less"
    if not before.unit and before.words.endswith("%") and after.words.endswith("%"):
        points = amount(policy, change * 100, ())
        return WORDS[words].format(amount=WORDS["points"].format(count=points))
    told = WORDS[words].format(amount=amount(policy, change, before.unit, full=False))
    if not was:
        return told
    share, places = change / abs(was) * 100, 1
    while not (rounded := Fraction(decimal(share, places))):
        places += 1
    called = "share" if rounded == share else "about"
    return WORDS[called].format(change=told, share=f"{decimal(share, places).normalize():f}")


# --- What words do not tell --------------------------------------------------------------------------------------


def _untold(old: Policy, new: Policy, told: list[Difference]) -> Iterator[Difference]:
    """What differs in the files and in none of the words: as the files have it."""
    said = {step for each in told for step in (each.id, each.id.split(".")[0])}
    before, now = json.loads(old.resolved), json.loads(new.resolved)
    for section in dict.fromkeys((*now, *before)):
        if section in _HEAD:
            continue
        one, other = (_parts(section, tree.get(section)) for tree in (before, now))
        for name in dict.fromkeys((*other, *one)):
            if one.get(name) == other.get(name) or name in said or f"{section}.{name}" in said or section in said:
                continue
            was, becomes = ("" if name not in each else _text(each[name]) for each in (one, other))
            yield Difference(WORDS["rest"], f"{section}.{name}".strip("."), WORDS["in_file"], was, becomes)


def _parts(section: str, node: Any) -> dict[str, Any]:
    """The definitions of a section of a resolved policy."""
    if section == "members" and isinstance(node, dict):
        return {**node.get("facts", {}), **{name: part for name, part in node.items() if name != "facts"}}
    if section == "decisions" and node:
        return dict(node)
    return node if isinstance(node, dict) else {"": node}


def _text(node: Any) -> str:
    return node if isinstance(node, str) else json.dumps(node, ensure_ascii=False, sort_keys=True)


def _base(old: Policy | None, new: Policy | None) -> Iterator[Difference]:
    """Another policy is extended, or the same one with another content."""
    one, other = (
        ""
        if each is None
        else WORDS["base_words"].format(title=each.title, name=each.name, fingerprint=each.fingerprint)
        for each in (old, new)
    )
    if one != other:
        yield Difference(WORDS["base"], "extends", WORDS["base"], one, other)
