"""What a household's form asks: how each fact is filled in, as a template and as a JSON Schema."""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import yaml
from attrs import frozen

from hardship_rules.assessment.facts import read_facts
from hardship_rules.core.expr import Choose
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ChoiceKind, DateKind, NumberKind, YesNoKind, unit_text
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import FactError, Location
from hardship_rules.documents.text import pad, width
from hardship_rules.explanation.phrase import stand_in
from hardship_rules.explanation.wording import exact_text, one_line
from hardship_rules.language import source
from hardship_rules.language.keys import RESERVED_TITLES
from hardship_rules.language.schema import DAY, DRAFT, Schema


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


UNKNOWN = "未知"
_DAY: Schema = {"type": ["string", "null"], "format": "date", "pattern": f"^{DAY}$"}


def facts_schema(policy: Policy) -> Schema:
    """The schema of a household as a mapping of facts by name; null is a fact that is not known.

    Nothing but the members is required: what is left out is unknown, or stood in for as `x-if-absent` says.
    """
    named = [policy.name] if policy.series is None else [policy.name, policy.series]
    return {
        "$schema": DRAFT,
        "$comment": f"由 hardship-rules check --facts-schema {policy.name} 生成，政策指纹 {policy.fingerprint}",
        "title": policy.title,
        "description": "没有写出的事实：有 x-if-absent 的按其取值，其余是未知。null 是未知，不按 x-if-absent 取值。",
        "type": "object",
        "properties": {
            "policy": {"title": RESERVED_TITLES["policy"], "enum": [*named, None]},
            "on": {"title": RESERVED_TITLES["on"], "description": window(policy), **_DAY},
            "reference": {"title": RESERVED_TITLES["reference"], "type": ["string", "integer", "null"]},
            **_facts(policy, policy.facts.values()),
            "members": {
                "title": RESERVED_TITLES["members"],
                "type": "array",
                "minItems": 1,
                "maxItems": policy.members.at_most,
                "items": {
                    "type": "object",
                    "properties": {
                        "label": {"title": RESERVED_TITLES["label"], "type": ["string", "integer", "null"]},
                        **_facts(policy, policy.members.facts.values()),
                    },
                    "additionalProperties": False,
                },
            },
        },
        "required": ["members"],
        "additionalProperties": False,
    }


def _facts(policy: Policy, facts: Iterable[Fact]) -> dict[str, Schema]:
    return {fact.name: _fact(policy, fact) for fact in facts}


def _fact(policy: Policy, fact: Fact) -> Schema:
    beside = {"x-group": fact.group, "x-evidence": fact.evidence, "x-if-absent": absent(policy, fact)}
    proof = f"凭{one_line(fact.evidence)}" if fact.evidence else ""
    said = "" if isinstance(fact.kind, ChoiceKind | YesNoKind) else allowed(policy, fact)
    description = "；".join(filter(None, (said, proof, beside["x-if-absent"])))
    return {
        "title": fact.title,
        **({"description": description} if description else {}),
        **_kind(policy, fact),
        **{key: text for key, text in beside.items() if text},
    }


def _kind(policy: Policy, fact: Fact) -> Schema:
    match fact.kind:
        case NumberKind(unit, low, high, decimals):
            counted = fact.counted_in or unit_text(unit or (), policy.units)
            return {
                "type": ["number" if decimals else "integer", "string", "null"],
                "minimum": _bound(cast(Exact, low)),
                "maximum": _bound(cast(Exact, high)),
                "pattern": _written(decimals, below_zero=cast(Exact, low) < 0),
                **({"x-unit": counted} if counted else {}),
                "x-decimals": decimals,
            }
        case ChoiceKind(options):
            return _one_of(options.items())
        case YesNoKind():
            return _one_of([(True, "是"), (False, "否")])
        case DateKind():
            return dict(_DAY)


def _one_of(titles: Iterable[tuple[str | bool, str]]) -> Schema:
    return {"oneOf": [{"const": value, "title": title} for value, title in (*titles, (None, UNKNOWN))]}


def _bound(number: Exact) -> int | float:
    """A bound as JSON has it: a float is written by its shortest decimals, which are those of the policy."""
    return number if isinstance(number, int) else float(number)


def _written(decimals: int, *, below_zero: bool) -> str:
    """A number as text, so that no float need touch it."""
    more = rf"(?:\.[0-9]{{1,{decimals}}}0*)?" if decimals else r"(?:\.0+)?"
    return rf"^{'-?' if below_zero else ''}[0-9]+{more}$"


_LONGEST_KEY = 1000  # of 1,024 that YAML takes
_HOW = (
    "在冒号后空一格填写；不知道的留空，留空不等于零。# 后面是说明，不影响结果。",
    "行首有 # 的项，不填时按该行说明取值，说明不适用的仍是未知；要填就去掉行首的 #。",
)
_MORE = "每多一名成员，去掉以下各行行首的 #，或者把上面从“- 称呼”起的一段复制到文件末尾。"


@frozen
class _Row:
    """A line to be filled in, and the comment beside it."""

    line: str
    comment: str = ""


def template(policy: Policy) -> str:
    """A household of which nothing is known, as a text that `read_household` takes and `assess` leaves undecided."""
    return "\n".join(_lines(policy)) + "\n"


def written(text: str) -> str:
    """A text as a key or value of YAML: bare where it stays itself, else in quotes."""
    bare = yaml.safe_dump(text, allow_unicode=True, width=10**6).removesuffix("\n...\n")
    if bare == text:
        node, problems = source.parse(f"{text}: {text}", "")
        scalar = source.Scalar(text, Location("", 1, 1))
        if not problems and isinstance(node, source.Mapping) and node.entries == ((scalar, scalar),):
            return bare
    return yaml.safe_dump(text, allow_unicode=True, width=10**6, default_style='"').rstrip("\n")


def _lines(policy: Policy) -> Iterator[str]:
    yield f"# {one_line(policy.title)}：家庭材料"
    yield from (f"# {sentence}" for sentence in _HOW)
    yield from _aligned(
        [
            _Row(f"{RESERVED_TITLES['policy']}: {written(policy.name)}"),
            _Row(f"{RESERVED_TITLES['on']}:", window(policy)),
            _Row(f"#{RESERVED_TITLES['reference']}:", "本单位自己的编号"),
        ]
    )
    for heading, facts in _groups(policy.facts.values()):
        yield ""
        yield from heading
        yield from _aligned([_row(policy, fact, "") for fact in facts])
    yield ""
    yield f"{RESERVED_TITLES['members']}:"
    members = _least(policy)
    for number, given in enumerate(members):
        yield from _member(policy, given, described=number == 0)
    if len(members) < policy.members.at_most:
        yield ""
        yield f"  # {_MORE}"
        yield from (f"#{line}" for line in _member(policy, {}, described=False))


def _groups(facts: Iterable[Fact]) -> Iterator[tuple[list[str], list[Fact]]]:
    """The facts of each group under its heading, groups in the order in which they are first met."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(fact.group, []).append(fact)
    for group, inside in groups.items():
        yield ([f"# ── {one_line(group)} ──"] if group else ["# ── 其他 ──"] if len(groups) > 1 else []), inside


def _member(policy: Policy, given: Mapping[str, str], *, described: bool) -> Iterator[str]:
    """One member, each line with its comment, or all without."""
    yield from _aligned(
        [_Row(f"  - {RESERVED_TITLES['label']}:", "结果中怎样称呼这名成员，如“长女”；可不填" if described else "")]
    )
    for heading, facts in _groups(policy.members.facts.values()):
        rows = [_row(policy, fact, "    ", given.get(fact.name)) for fact in facts]
        if described:
            yield from (f"    {line}" for line in heading)
        yield from _aligned(rows) if described else (row.line for row in rows)


def _row(policy: Policy, fact: Fact, indent: str, given: str | None = None) -> _Row:
    """A fact that may be left out begins with `#`: an empty value would say that it is not known."""
    left_out = absent(policy, fact)
    proof = f"凭{one_line(fact.evidence)}" if fact.evidence else ""
    line = f"{indent}{'#' if left_out and given is None else ''}{_key(fact)}:"
    may = allowed(policy, fact)
    if isinstance(fact.kind, ChoiceKind):
        options = {name: _option(name, title) for name, title in fact.kind.options.items()}
        may = " / ".join(options.values())
        line += "" if given is None else f" {options[given]}"
    return _Row(line, "；".join(filter(None, (may, proof, left_out))))


def _option(name: str, title: str) -> str:
    """Its title; its name where the title would not be read back, since spaces around it are cut off."""
    return written(title if title == title.strip() else name)


def _key(fact: Fact) -> str:
    """Its title; its name where YAML would not take so long a key."""
    key = written(fact.title)
    return key if len(key) <= _LONGEST_KEY else fact.name


def _aligned(rows: list[_Row]) -> Iterator[str]:
    column = max(width(row.line) for row in rows) + 3
    for row in rows:
        yield f"{pad(row.line, column)}# {row.comment}" if row.comment else row.line


def _least(policy: Policy) -> list[dict[str, str]]:
    """The fewest members that a real household may have, with what a sole member cannot but be.

    What `must` says decides it: where exactly one 本人 is asked for, the sole member is that one.
    """
    size = next(count for count in range(1, policy.members.at_most + 1) if _is_real(policy, [{}] * count))
    members: list[dict[str, str]] = [{} for _ in range(size)]
    for fact in policy.members.facts.values():
        if size == 1 and isinstance(fact.kind, ChoiceKind) and len(fact.kind.options) > 1:
            left = [option for option in fact.kind.options if _is_real(policy, [{fact.name: option}])]
            if len(left) == 1:
                members[0][fact.name] = left[0]
    return members


def _is_real(policy: Policy, members: list[dict[str, str]]) -> bool:
    try:
        read_facts(policy, {"members": members})
    except FactError:
        return False
    return True
