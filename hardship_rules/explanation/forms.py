"""The form of a household under a policy: a YAML template to fill in, and a JSON Schema of its facts."""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import yaml
from attrs import frozen

from hardship_rules.assessment.facts import read_facts
from hardship_rules.core.expr import Choose
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, DateKind, NumberKind, unit_text
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import FactError, Location
from hardship_rules.documents.text import pad, width
from hardship_rules.explanation.phrase import default_text
from hardship_rules.explanation.wording import exact_text, one_line
from hardship_rules.language import source
from hardship_rules.language.keys import RESERVED_TITLES
from hardship_rules.language.schema import DAY, DRAFT, Schema
from hardship_rules.locale import sentences

SENTENCES = sentences("forms")
_LONGEST_KEY = 1000  # of 1,024 that YAML takes
_DAY: Schema = {"type": ["string", "null"], "format": "date", "pattern": f"^{DAY}$"}


@frozen
class _Row:
    """A line of a template, and the comment beside it."""

    line: str
    comment: str = ""


def template(policy: Policy) -> str:
    """A household without facts, as YAML with a comment for each fact.

    `read_household` accepts the text as it is, and `assess` leaves that household undecided.
    """
    return "\n".join(_template_lines(policy)) + "\n"


def facts_schema(policy: Policy) -> Schema:
    """The JSON Schema of a household as a mapping of facts by name; null is an unknown fact.

    Only `members` is required. `x-if-absent` describes the default of a fact that is left out.
    """
    names = [policy.name] if policy.series is None else [policy.name, policy.series]
    return {
        "$schema": DRAFT,
        "$comment": SENTENCES["schema_comment"].format(policy=policy.name, fingerprint=policy.fingerprint),
        "title": policy.title,
        "description": SENTENCES["schema_description"],
        "type": "object",
        "properties": {
            "policy": {"title": RESERVED_TITLES["policy"], "enum": [*names, None]},
            "on": {"title": RESERVED_TITLES["on"], "description": effective_days(policy), **_DAY},
            "reference": {"title": RESERVED_TITLES["reference"], "type": ["string", "integer", "null"]},
            **_fact_schemas(policy, policy.facts.values()),
            "members": {
                "title": RESERVED_TITLES["members"],
                "type": "array",
                "minItems": 1,
                "maxItems": policy.members.at_most,
                "items": {
                    "type": "object",
                    "properties": {
                        "label": {"title": RESERVED_TITLES["label"], "type": ["string", "integer", "null"]},
                        **_fact_schemas(policy, policy.members.facts.values()),
                    },
                    "additionalProperties": False,
                },
            },
        },
        "required": ["members"],
        "additionalProperties": False,
    }


# --- What a form says about a fact ---


def allowed_values(policy: Policy, fact: Fact) -> str:
    """The values that a fact may have: 是 / 否, or 0 至 1亿 元/年，至多 2 位小数."""
    match fact.kind:
        case NumberKind(unit, low, high, decimals):
            ends = short_number(cast(Exact, low)), short_number(cast(Exact, high))
            counted = fact.counted_in or unit_text(unit or (), policy.units)
            number = SENTENCES["number"].format(low=ends[0], high=ends[1], unit=counted).rstrip()
            return SENTENCES["decimals"].format(number=number, count=decimals) if decimals else number
        case ChoiceKind(options):
            return " / ".join(map(one_line, options.values()))
        case BooleanKind():
            return SENTENCES["yes_or_no"]
        case DateKind():
            return SENTENCES["day"]


def effective_days(policy: Policy) -> str:
    """The days for which the policy is effective."""
    start, end = policy.start, policy.end
    sentence = {
        (True, True): "day_between",
        (True, False): "day_from",
        (False, True): "day_until",
        (False, False): "any_day",
    }[start is not None, end is not None]
    return SENTENCES[sentence].format(start=start, end=end)


def short_number(number: Exact) -> str:
    """A round number in 万 or 亿, as people read it: 1亿, -1000万; any other in full: 720."""
    for size, sentence in ((10**8, "hundred_millions"), (10**4, "ten_thousands")):
        if number and number % size == 0:
            return SENTENCES[sentence].format(number=number // size)
    return exact_text(number)


def default_note(policy: Policy, fact: Fact) -> str:
    """The default of a fact that is left out: 不填时按 0 元; empty where it has none."""
    words = default_text(policy, fact)
    sentence = "default_cases" if isinstance(fact.if_absent, Choose) else "default"
    return one_line(SENTENCES[sentence].format(words=words)) if words else ""


def _proof(fact: Fact) -> str:
    """The document that proves a fact."""
    return SENTENCES["proof"].format(evidence=one_line(fact.evidence)) if fact.evidence else ""


def yaml_scalar(text: str) -> str:
    """A text as a scalar of YAML, bare where it is read back unchanged, else in quotes."""
    bare = yaml.safe_dump(text, allow_unicode=True, width=10**6).removesuffix("\n...\n")
    if bare == text:
        node, problems = source.parse(f"{text}: {text}", "")
        scalar = source.Scalar(text, Location("", 1, 1))
        if not problems and isinstance(node, source.Mapping) and node.entries == ((scalar, scalar),):
            return bare
    return yaml.safe_dump(text, allow_unicode=True, width=10**6, default_style='"').rstrip("\n")


# --- The schema of a fact ---


def _fact_schemas(policy: Policy, facts: Iterable[Fact]) -> dict[str, Schema]:
    return {fact.name: _fact_schema(policy, fact) for fact in facts}


def _fact_schema(policy: Policy, fact: Fact) -> Schema:
    extensions = {"x-group": fact.group, "x-evidence": fact.evidence, "x-if-absent": default_note(policy, fact)}
    values = "" if isinstance(fact.kind, ChoiceKind | BooleanKind) else allowed_values(policy, fact)
    description = SENTENCES["sentences"].join(filter(None, (values, _proof(fact), extensions["x-if-absent"])))
    return {
        "title": fact.title,
        **({"description": description} if description else {}),
        **_value_schema(policy, fact),
        **{key: text for key, text in extensions.items() if text},
    }


def _value_schema(policy: Policy, fact: Fact) -> Schema:
    match fact.kind:
        case NumberKind(unit, low, high, decimals):
            counted = fact.counted_in or unit_text(unit or (), policy.units)
            return {
                "type": ["number" if decimals else "integer", "string", "null"],
                "minimum": _bound(cast(Exact, low)),
                "maximum": _bound(cast(Exact, high)),
                "pattern": _number_pattern(decimals, below_zero=cast(Exact, low) < 0),
                **({"x-unit": counted} if counted else {}),
                "x-decimals": decimals,
            }
        case ChoiceKind(options):
            return _one_of(options.items())
        case BooleanKind():
            return _one_of([(True, SENTENCES["yes"]), (False, SENTENCES["no"])])
        case DateKind():
            return dict(_DAY)


def _one_of(titles: Iterable[tuple[str | bool, str]]) -> Schema:
    values = (*titles, (None, SENTENCES["unknown"]))
    return {"oneOf": [{"const": value, "title": title} for value, title in values]}


def _bound(number: Exact) -> int | float:
    """A bound as a number of JSON; the shortest decimals of the float are those of the policy."""
    return number if isinstance(number, int) else float(number)


def _number_pattern(decimals: int, *, below_zero: bool) -> str:
    """The pattern of a number sent as text, which avoids binary floats."""
    more = rf"(?:\.[0-9]{{1,{decimals}}}0*)?" if decimals else r"(?:\.0+)?"
    return rf"^{'-?' if below_zero else ''}[0-9]+{more}$"


# --- The lines of a template ---


def _template_lines(policy: Policy) -> Iterator[str]:
    yield f"# {SENTENCES['title'].format(policy=one_line(policy.title))}"
    yield f"# {SENTENCES['how_to_fill']}"
    yield f"# {SENTENCES['how_to_leave_out']}"
    yield from _aligned(
        [
            _Row(f"{RESERVED_TITLES['policy']}: {yaml_scalar(policy.name)}"),
            _Row(f"{RESERVED_TITLES['on']}:", effective_days(policy)),
            _Row(f"#{RESERVED_TITLES['reference']}:", SENTENCES["reference"]),
        ]
    )
    for heading, facts in _groups(policy.facts.values()):
        yield ""
        yield from heading
        yield from _aligned([_row(policy, fact, "") for fact in facts])
    yield ""
    yield f"{RESERVED_TITLES['members']}:"
    members = _fewest_members(policy)
    for number, given in enumerate(members):
        yield from _member(policy, given, described=number == 0)
    if len(members) < policy.members.at_most:
        yield ""
        yield f"  # {SENTENCES['more_members']}"
        yield from (f"#{line}" for line in _member(policy, {}, described=False))


def _groups(facts: Iterable[Fact]) -> Iterator[tuple[list[str], list[Fact]]]:
    """The facts of each group with its heading, in the order of the first fact of each group."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(fact.group, []).append(fact)
    for group, group_facts in groups.items():
        title = one_line(group) if group else SENTENCES["other_group"]
        has_heading = group or len(groups) > 1
        yield [f"# {SENTENCES['group'].format(title=title)}"] if has_heading else [], group_facts


def _member(policy: Policy, given: Mapping[str, str], *, described: bool) -> Iterator[str]:
    """The lines of one member, with or without comments."""
    label = SENTENCES["label"] if described else ""
    yield from _aligned([_Row(f"  - {RESERVED_TITLES['label']}:", label)])
    for heading, facts in _groups(policy.members.facts.values()):
        rows = [_row(policy, fact, "    ", given.get(fact.name)) for fact in facts]
        if described:
            yield from (f"    {line}" for line in heading)
        yield from _aligned(rows) if described else (row.line for row in rows)


def _row(policy: Policy, fact: Fact, indent: str, given: str | None = None) -> _Row:
    """The line of a fact; with a default it is commented out, since an empty value would make the fact unknown."""
    default, values = default_note(policy, fact), allowed_values(policy, fact)
    line = f"{indent}{'#' if default and given is None else ''}{_key(fact)}:"
    if isinstance(fact.kind, ChoiceKind):
        options = {name: _option(name, title) for name, title in fact.kind.options.items()}
        values = " / ".join(options.values())
        line += "" if given is None else f" {options[given]}"
    return _Row(line, SENTENCES["sentences"].join(filter(None, (values, _proof(fact), default))))


def _option(name: str, title: str) -> str:
    """The title of an option, or its name where spaces around the title would be lost."""
    return yaml_scalar(title if title == title.strip() else name)


def _key(fact: Fact) -> str:
    """The title of a fact, or its name where the title is too long for a key of YAML."""
    key = yaml_scalar(fact.title)
    return key if len(key) <= _LONGEST_KEY else fact.name


def _aligned(rows: list[_Row]) -> Iterator[str]:
    column = max(width(row.line) for row in rows) + 3
    for row in rows:
        yield f"{pad(row.line, column)}# {row.comment}" if row.comment else row.line


def _fewest_members(policy: Policy) -> list[dict[str, str]]:
    """The fewest members that `must` allows, with the choices that it forces on a sole member.

    Where `must` asks for exactly one applicant, the sole member is the applicant.
    """
    size = next(count for count in range(1, policy.members.at_most + 1) if _is_possible(policy, [{}] * count))
    members: list[dict[str, str]] = [{} for _ in range(size)]
    for fact in policy.members.facts.values():
        if size == 1 and isinstance(fact.kind, ChoiceKind) and len(fact.kind.options) > 1:
            options = [option for option in fact.kind.options if _is_possible(policy, [{fact.name: option}])]
            if len(options) == 1:
                members[0][fact.name] = options[0]
    return members


def _is_possible(policy: Policy, members: list[dict[str, str]]) -> bool:
    try:
        read_facts(policy, {"members": members})
    except FactError:
        return False
    return True
