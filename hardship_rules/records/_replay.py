"""A record assessed again by the policy of its fingerprint."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.comparison import compare
from hardship_rules.comparison.comparison import Comparison
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Language, Location, PolicyError, Problem
from hardship_rules.engine.signs import Rounding, roundings_below_zero
from hardship_rules.language.check import check
from hardship_rules.language.find import BUNDLED, RESOLVED, Folders, listed, read_file, searched
from hardship_rules.language.load import load
from hardship_rules.language.policies import load_policy
from hardship_rules.language.resolve import unfolded
from hardship_rules.language.source import Mapping, Scalar, parse
from hardship_rules.records._diff import Held, Sameness, held
from hardship_rules.records._record import record
from hardship_rules.records._recorded import Record, read_record
from hardship_rules.records._report import overall, replay_json, replay_text


def policy_of(record: Record, at_hand: Iterable[Policy] = (), folders: Folders = ()) -> Policy:
    """The policy of the record's fingerprint: the embedded one, one at hand, one in the folders, or a bundled one.

    A policy's own file is tried as it stands, then with the readings that the record names. Raises `PolicyError`.
    """
    places = searched(folders)
    for policy in at_hand:
        if policy.fingerprint == record.fingerprint:
            return policy
    if record.resolved is not None:
        policy = check(load(unfolded(record.resolved)))
        if policy.fingerprint != record.fingerprint:
            raise PolicyError([Problem("record_edited", ("resolved",), location=Location(record.name, 1, 1))])
        return policy
    others: list[str] = []
    for folder in (*places, BUNDLED):
        for policy, path in _kept(folder, record, places):
            found = _with_its_readings(policy, record)
            if found is not None:
                return found
            others.append(f"{path}（{policy.fingerprint[:11]}…）")
    code = "record_policy_changed" if others else "record_policy_missing"
    values = {"fingerprint": record.fingerprint, "known": "、".join(dict.fromkeys(others))}
    location = Location(record.name, 1, 1)
    raise PolicyError([Problem(code, ("policy",), given=record.policy, values=values, location=location)])


def _kept(folder: Path, record: Record, folders: Folders) -> Iterator[tuple[Policy, Path]]:
    """The policies of a folder that may be the record's: a resolved text of its sum, then the files of its name."""
    for path in listed(folder, RESOLVED):
        try:
            text = read_file(path).text.strip()
            if "v1:" + hashlib.sha256(text.encode()).hexdigest() == record.fingerprint:
                yield load_policy(str(path)), path
        except PolicyError:
            continue  # it is something else, or cannot be read: the record's policy may still be in another file
    for path in listed(folder, ".yaml"):
        try:
            if _names(path) == record.policy:
                yield load_policy(str(path), folders=folders), path
        except PolicyError:
            continue


def _with_its_readings(policy: Policy, record: Record) -> Policy | None:
    """The policy as it stands, or with the readings that the record names, if that is the record's."""
    if policy.fingerprint == record.fingerprint:
        return policy
    try:
        variant = policy.with_readings(record.readings)
    except PolicyError:
        return None
    return variant if variant.fingerprint == record.fingerprint else None


def _names(path: Path) -> str | None:
    """The name that a policy's file says it is of."""
    node, _ = parse(read_file(path).text, str(path))
    name = node.get("policy") if isinstance(node, Mapping) else None
    return name.text if isinstance(name, Scalar) else None


_ROUNDS_ALIKE = (0, 2)  # the first release in which numbers below zero are rounded as those above it


@frozen
class Replay:
    """What came of a record when it was assessed again; no fact shows in its `repr`.

    `parts` are the stand-ins, decisions and clauses of the record, each held against what it is now. `comparison` is
    what came of the household under another policy, where one was given. `below_zero` are the roundings of the policy
    that can go below zero, where the record's release rounded differently there.
    """

    policy: Policy
    assessment: Assessment
    parts: tuple[Held, ...] = field(repr=False)
    comparison: Comparison | None
    below_zero: tuple[Rounding, ...]
    _was: Record = field(repr=False)
    _now: Record = field(repr=False)

    @property
    def sameness(self) -> Sameness:
        """`same`; `narrower`, where something that was open in the record is less so now; or `different`."""
        return overall(self.parts)

    @property
    def same(self) -> bool:
        """Nothing that the record says is otherwise now, and another policy, if any, comes to the same category."""
        return self.sameness != "different" and (self.comparison is None or self.comparison.same)

    def explain(self, *, format: str = "text", lang: Language = "zh") -> str:  # noqa: A002  # as `explain` has it
        """What is still the same and what is not, in words (`text`), or as a document for programs (`json`)."""
        if format == "text":
            text = replay_text(self._was, self._now, self.parts, lang, self.below_zero)
            return text if self.comparison is None else f"{text}\n{self.comparison.explain(lang=lang)}"
        if format == "json":
            beside = None if self.comparison is None else json.loads(self.comparison.explain(format="json"))
            return replay_json(self._was, self.parts, self.below_zero, same=self.same, comparison=beside)
        raise ValueError("format is one of text, json")


def replay(
    text: str,
    under: Policy | None = None,
    *,
    name: str = "record.json",
    policies: Iterable[Policy] = (),
    folders: Folders = (),
) -> Replay:
    """Assess again what the record of a text says, and hold everything that it says against what is said now.

    The record's own policy is found by its fingerprint: embedded, among `policies`, in `folders` (resolved texts, and
    policies' files) or among those that come with the library. `under` is another policy, to see whether it comes to
    the same and where they part, whatever its days. `name` is what problems call the record. Raises `FactError` for a
    record that was changed, is cut, or is of a newer format, and `PolicyError` where its policy is not there.
    """
    was = read_record(text, name)
    policy = policy_of(was, policies, folders)
    assessment = assess(policy, was.household)
    now = read_record(record(assessment), name)
    comparison = None if under is None else compare(policy, under, was.household)
    below_zero = roundings_below_zero(policy) if _rounded_otherwise(was.library) else ()
    return Replay(policy, assessment, held(was, now), comparison, below_zero, was, now)


def _rounded_otherwise(library: str) -> bool:
    """Whether a release took halves and remainders below zero the other way."""
    release = re.match(r"(\d{1,9})\.(\d{1,9})", library, re.ASCII)
    return release is not None and (int(release[1]), int(release[2])) < _ROUNDS_ALIKE
