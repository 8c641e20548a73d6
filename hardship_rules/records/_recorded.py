"""A record's text becomes what it says: the facts, the policy's name and what came of it, or every problem in it."""

import re
from fractions import Fraction
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.household import HouseholdText
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Range
from hardship_rules.core.problem import FactError, Location, Problem
from hardship_rules.explanation.wording import SIGNS
from hardship_rules.language import keys
from hardship_rules.language.keys import Anything, Either, Entries, Items, Key, Word
from hardship_rules.language.shape import conform
from hardship_rules.language.source import Mapping, Node, Scalar, Sequence, no_text, parse_json
from hardship_rules.records._record import FORMAT, KIND, VERSION, checksum

Answer = Fraction | Range | frozenset[str] | bool | None
"""One side of a comparison: a number or what it lies between, the options that it may be, yes or no, or nothing."""

_TEXT, _ANY = Word(), Anything()
_EXACT = re.compile("-?[0-9]{1,4000}(?:/[1-9][0-9]{0,3999})?")


def _shape(shapes: dict[str, keys.Shape]) -> keys.Record:
    """A mapping with all of these keys; those that replaying does not look at may hold anything."""
    return keys.Record({name: Key("记录的一项", shape, required=True) for name, shape in shapes.items()})


_PROVENANCE: dict[str, keys.Shape] = {"basis": _ANY, "source": _ANY, "cite": _ANY}
_TITLED = _shape({"id": _TEXT, "title": _TEXT})
_STAND_INS = Items(_shape({"path": _TEXT, "title": _TEXT, "value": _TEXT}))
_DECIDED: dict[str, keys.Shape] = {
    "title": _TEXT,
    "outcome": _ANY,
    "possible": Items(_TITLED),
    "holding": Items(_TITLED),
    "decided_by": Items(_TEXT),
}
_REASON: dict[str, keys.Shape] = {
    **dict.fromkeys(("decision", "outcome", "clause", "title", "role"), _TEXT),
    **dict.fromkeys(("holds", "left", "sign", "right"), _ANY),
    "members": Items(_TEXT),
    **_PROVENANCE,
}
RECORD = _shape(
    {
        "format": _TEXT,
        "library": _TEXT,
        "policy": _shape({"id": _TEXT, "title": _TEXT, "from": _ANY, "to": _ANY, "fingerprint": _TEXT}),
        "on": _ANY,
        "reference": _ANY,
        "facts": _shape(
            {"stated": Either(mapping=Entries(_ANY, "text")), "derived": _STAND_INS, "assumed": _STAND_INS}
        ),
        "parameters": _ANY,
        "readings": Entries(
            _shape({**dict.fromkeys(("title", "chosen", "option", "why"), _TEXT), **_PROVENANCE}), "text"
        ),
        "decisions": Entries(_shape(_DECIDED), "text"),
        "reasons": Items(_shape(_REASON)),
        "sources": _ANY,
        "resolved": _ANY,
        "checksum": _TEXT,
        "host": _ANY,
    }
)


@frozen
class Verdict:
    """What a record says that a decision came to; an outcome is known by its id, and told by its title."""

    decision: str
    title: str
    possible: FrozenMapping[str, str]
    holding: frozenset[str]

    @property
    def is_settled(self) -> bool:
        """Nothing that is possible is still open."""
        return self.holding == frozenset(self.possible)


@frozen
class RecordedReason:
    """A reason as a record gives it."""

    decision: str
    outcome: str
    clause: str
    title: str
    role: str
    holds: bool | None
    sign: str
    members: tuple[str, ...]
    left: Answer = field(repr=False)
    right: Answer = field(repr=False)


@frozen
class StandIn:
    """What a record says that stood in for a fact that was left out."""

    path: str
    title: str
    value: str = field(repr=False)


@frozen
class Record:
    """A record that was read: none of its facts shows in its `repr`."""

    name: str
    library: str
    policy: str
    policy_title: str
    fingerprint: str
    readings: FrozenMapping[str, str]
    on: str | None
    household: HouseholdText
    stand_ins: tuple[StandIn, ...] = field(repr=False)
    verdicts: tuple[Verdict, ...]
    reasons: tuple[RecordedReason, ...] = field(repr=False)
    reference: str | None = field(repr=False)
    resolved: Node | None = field(repr=False)


def read_record(text: str, name: str = "record.json") -> Record:
    """The record of a text; raises `FactError` where it is cut, was changed, or is of a format not known here."""
    if problem := no_text(text, name):
        raise FactError([problem])
    start = Location(name, 1, 1)
    if text.strip() and not text.lstrip("\ufeff \t\r\n").startswith("{"):
        raise FactError([Problem("not_a_record", location=start)])
    node = parse_json(text, name)
    if isinstance(node, Problem):
        raise FactError([node])
    record = cast(Mapping, node)
    said = _text(record.get("format")) or ""
    version = said.removeprefix(KIND)
    if version == said or not re.fullmatch("[1-9][0-9]{0,8}", version):
        raise FactError([Problem("not_a_record", location=start)])
    if int(version) > VERSION:
        raise FactError([Problem("record_newer", given=said, values={"known": FORMAT}, location=start)])
    if _text(record.get("checksum")) != checksum(record):
        raise FactError([Problem("record_edited", location=start)])
    problems = conform(record, RECORD)
    if problems:
        raise FactError(problems)
    try:
        return _record(record, name)
    except _Misshapen:
        raise FactError([Problem("record_misshapen", location=start)]) from None


class _Misshapen(ValueError):
    """Something is not what no record of the library's own writing has in its place."""


def _record(record: Mapping, name: str) -> Record:
    policy, facts = (cast(Mapping, record.get(key)) for key in ("policy", "facts"))
    stand_ins = [each for key in ("derived", "assumed") for each in _items(facts.get(key))]
    resolved = cast(Node, record.get("resolved"))
    return Record(
        name=name,
        library=_word(record, "library"),
        policy=_word(policy, "id"),
        policy_title=_word(policy, "title"),
        fingerprint=_word(policy, "fingerprint"),
        readings=FrozenMapping((key, _word(reading, "chosen")) for key, reading in _entries(record.get("readings"))),
        on=_text(record.get("on")),
        household=HouseholdText(name, _with_reference(cast(Mapping, facts.get("stated")), record)),
        stand_ins=tuple(StandIn(_word(each, "path"), _word(each, "title"), _word(each, "value")) for each in stand_ins),
        verdicts=tuple(_verdict(key, decided) for key, decided in _entries(record.get("decisions"))),
        reasons=tuple(_given(reason) for reason in _items(record.get("reasons"))),
        reference=_text(record.get("reference")),
        resolved=None if isinstance(resolved, Scalar) and resolved.is_null else resolved,
    )


def _with_reference(stated: Mapping, record: Mapping) -> Mapping:
    """The household as it was given, with the day and the host's reference, which stand beside it in a record."""
    beside = [(Scalar(key, stated.at), node) for key in ("on", "reference") if (node := record.get(key)) is not None]
    return Mapping((*beside, *stated.entries), stated.at)


def _verdict(name: str, decided: Mapping) -> Verdict:
    possible = FrozenMapping((_word(each, "id"), _word(each, "title")) for each in _items(decided.get("possible")))
    holding = frozenset(_word(each, "id") for each in _items(decided.get("holding")))
    return Verdict(name, _word(decided, "title"), possible, holding)


def _given(reason: Mapping) -> RecordedReason:
    return RecordedReason(
        decision=_word(reason, "decision"),
        outcome=_word(reason, "outcome"),
        clause=_word(reason, "clause"),
        title=_word(reason, "title"),
        role=_word(reason, "role"),
        holds=_truth(cast(Node, reason.get("holds"))),
        sign=_sign(cast(Node, reason.get("sign"))),
        members=tuple(_texts(reason.get("members"))),
        left=_side(cast(Node, reason.get("left"))),
        right=_side(cast(Node, reason.get("right"))),
    )


def _sign(node: Node) -> str:
    """The sign of a comparison; nothing for a clause that is none."""
    sign = _text(node) or ""
    if sign not in ("", *SIGNS):
        raise _Misshapen
    return sign


def _truth(node: Node) -> bool | None:
    if not isinstance(node, Scalar) or not (node.is_null or node.text in ("true", "false")):
        raise _Misshapen
    return None if node.is_null else node.text == "true"


def _side(node: Node) -> Answer:
    if not isinstance(node, Mapping):
        return _truth(node)
    parts = {key.text: part for key, part in node.entries}
    if "exact" in parts:
        return _number(parts["exact"])
    if "from" in parts and "to" in parts:
        low, high = _number(parts["from"]), _number(parts["to"])
        if low < high:
            return Range(low, high)
    if "option" in parts:
        return frozenset({_word(node, "option")})
    if isinstance(options := parts.get("options"), Sequence):
        return frozenset(_texts(options))
    raise _Misshapen


def _number(node: Node) -> Fraction:
    if not isinstance(node, Scalar) or not _EXACT.fullmatch(node.text):
        raise _Misshapen
    return Fraction(node.text)


def _entries(node: Node | None) -> list[tuple[str, Mapping]]:
    return [(key.text, cast(Mapping, inner)) for key, inner in cast(Mapping, node).entries]


def _items(node: Node | None) -> list[Mapping]:
    return [cast(Mapping, item) for item in cast(Sequence, node).items]


def _texts(node: Node | None) -> list[str]:
    return [cast(Scalar, item).text for item in cast(Sequence, node).items]


def _word(node: Mapping, key: str) -> str:
    word = node.get(key)
    if not isinstance(word, Scalar):
        raise _Misshapen
    return word.text


def _text(node: Node | None) -> str | None:
    return node.text if isinstance(node, Scalar) and not node.is_null else None
