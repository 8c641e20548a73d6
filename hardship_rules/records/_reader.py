"""Reading a record: its facts, policy, verdicts and reasons, or every problem in it."""

import re
from fractions import Fraction
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.household import HouseholdText
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Range
from hardship_rules.core.problem import FactError, Location, Problem
from hardship_rules.explanation.wording import SIGNS
from hardship_rules.language.shape import conform
from hardship_rules.language.source import Mapping, Node, Scalar, Sequence, no_text, parse_json
from hardship_rules.records._shape import FORMAT, KIND, VERSION, reader_shape
from hardship_rules.records._writer import checksum

Answer = Fraction | Range | frozenset[str] | bool | None
"""One side of a comparison: a number or its bounds, the possible options, a boolean, or None."""

_EXACT = re.compile("-?[0-9]{1,4000}(?:/[1-9][0-9]{0,3999})?")


@frozen
class Verdict:
    """The recorded verdict of one decision; `possible` has the titles of outcomes by id."""

    decision: str
    title: str
    possible: FrozenMapping[str, str]
    holding: frozenset[str]

    @property
    def is_settled(self) -> bool:
        """Whether every possible outcome holds."""
        return self.holding == frozenset(self.possible)


@frozen
class RecordedReason:
    """One recorded reason of a verdict."""

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
class RecordedDefault:
    """The recorded value of a fact that was left out, derived or assumed."""

    path: str
    title: str
    value: str = field(repr=False)


@frozen
class Record:
    """A record that was read; its `repr` shows no facts."""

    name: str
    library: str
    policy: str
    policy_title: str
    fingerprint: str
    readings: FrozenMapping[str, str]
    on: str | None
    household: HouseholdText
    defaults: tuple[RecordedDefault, ...] = field(repr=False)
    verdicts: tuple[Verdict, ...]
    reasons: tuple[RecordedReason, ...] = field(repr=False)
    reference: str | None = field(repr=False)
    resolved: Node | None = field(repr=False)


def read_record(text: str, name: str = "record.json") -> Record:
    """Read a record.

    Raises `FactError` where the text is cut off, was changed after it was written, or has an unknown format.
    """
    if problem := no_text(text, name):
        raise FactError([problem])
    start = Location(name, 1, 1)
    if text.strip() and not text.lstrip("\ufeff \t\r\n").startswith("{"):
        raise FactError([Problem("not_a_record", location=start)])
    node = parse_json(text, name)
    if isinstance(node, Problem):
        raise FactError([node])
    record = cast(Mapping, node)
    format_ = _text(record.get("format")) or ""
    version = format_.removeprefix(KIND)
    if version == format_ or not re.fullmatch("[1-9][0-9]{0,8}", version):
        raise FactError([Problem("not_a_record", location=start)])
    if int(version) > VERSION:
        raise FactError([Problem("record_newer", given=format_, values={"known": FORMAT}, location=start)])
    if _text(record.get("checksum")) != checksum(record):
        raise FactError([Problem("record_edited", location=start)])
    if problems := conform(record, reader_shape(version=int(version))):
        raise FactError(problems)
    try:
        return _record(record, name)
    except _Malformed:
        raise FactError([Problem("record_misshapen", location=start)]) from None


class _Malformed(ValueError):
    """A value that the library writes in no record."""


def _record(record: Mapping, name: str) -> Record:
    policy, facts = (cast(Mapping, record.get(key)) for key in ("policy", "facts"))
    defaults = [default for key in ("derived", "assumed") for default in _items(facts.get(key))]
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
        defaults=tuple(map(_default, defaults)),
        verdicts=tuple(_verdict(key, decided) for key, decided in _entries(record.get("decisions"))),
        reasons=tuple(map(_reason, _items(record.get("reasons")))),
        reference=_text(record.get("reference")),
        resolved=None if isinstance(resolved, Scalar) and resolved.is_null else resolved,
    )


def _with_reference(stated: Mapping, record: Mapping) -> Mapping:
    """The stated household with the day and the host's reference, which a record keeps outside it."""
    beside = [(Scalar(key, stated.at), node) for key in ("on", "reference") if (node := record.get(key)) is not None]
    return Mapping((*beside, *stated.entries), stated.at)


def _default(default: Mapping) -> RecordedDefault:
    return RecordedDefault(_word(default, "path"), _word(default, "title"), _word(default, "value"))


def _verdict(name: str, decided: Mapping) -> Verdict:
    outcomes = _items(decided.get("possible"))
    possible = FrozenMapping((_word(outcome, "id"), _word(outcome, "title")) for outcome in outcomes)
    holding = frozenset(_word(outcome, "id") for outcome in _items(decided.get("holding")))
    return Verdict(name, _word(decided, "title"), possible, holding)


def _reason(reason: Mapping) -> RecordedReason:
    return RecordedReason(
        decision=_word(reason, "decision"),
        outcome=_word(reason, "outcome"),
        clause=_word(reason, "clause"),
        title=_word(reason, "title"),
        role=_word(reason, "role"),
        holds=_boolean(cast(Node, reason.get("holds"))),
        sign=_sign(cast(Node, reason.get("sign"))),
        members=tuple(_texts(reason.get("members"))),
        left=_answer(cast(Node, reason.get("left"))),
        right=_answer(cast(Node, reason.get("right"))),
    )


def _sign(node: Node) -> str:
    """The sign of a comparison; empty for any other clause."""
    sign = _text(node) or ""
    if sign not in ("", *SIGNS):
        raise _Malformed
    return sign


def _boolean(node: Node) -> bool | None:
    if not isinstance(node, Scalar) or not (node.is_null or node.text in ("true", "false")):
        raise _Malformed
    return None if node.is_null else node.text == "true"


def _answer(node: Node) -> Answer:
    if not isinstance(node, Mapping):
        return _boolean(node)
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
    raise _Malformed


def _number(node: Node) -> Fraction:
    if not isinstance(node, Scalar) or not _EXACT.fullmatch(node.text):
        raise _Malformed
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
        raise _Malformed
    return word.text


def _text(node: Node | None) -> str | None:
    return node.text if isinstance(node, Scalar) and not node.is_null else None
