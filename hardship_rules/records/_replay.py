"""Assessing a record again under the policy of its fingerprint."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.comparison.policies import Comparison, compare
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Language, Location, PolicyError, Problem
from hardship_rules.engine.signs import Rounding, roundings_below_zero
from hardship_rules.language.check import check
from hardship_rules.language.find import BUNDLED, RESOLVED, Folders, folder_paths, list_files, read_file
from hardship_rules.language.load import load
from hardship_rules.language.policies import load_policy
from hardship_rules.language.resolve import unfolded
from hardship_rules.language.source import Mapping, Scalar, parse
from hardship_rules.records._diff import PartDiff, Sameness, diff, overall
from hardship_rules.records._reader import Record, read_record
from hardship_rules.records._report import replay_json, replay_text
from hardship_rules.records._writer import record

_CURRENT_ROUNDING = (0, 2)  # the first release that rounds numbers below zero as those above it


@frozen
class Replay:
    """The result of replaying a record; its `repr` shows no facts.

    `parts` are the defaults, decisions and clauses of the record, each beside what it is now. `comparison` compares the
    verdict with that under another policy, where one was given. `below_zero` are the roundings of the policy that can
    go below zero, where the record's release rounded differently there.
    """

    policy: Policy
    assessment: Assessment
    parts: tuple[PartDiff, ...] = field(repr=False)
    comparison: Comparison | None
    below_zero: tuple[Rounding, ...]
    _was: Record = field(repr=False)
    _now: Record = field(repr=False)

    @property
    def sameness(self) -> Sameness:
        """`same`; `narrower`, where something open in the record is less open now; or `different`."""
        return overall(self.parts)

    @property
    def same(self) -> bool:
        """Whether nothing in the record is different now, and the other policy, if any, gives the same category."""
        return self.sameness != "different" and (self.comparison is None or self.comparison.same)

    def explain(self, *, format: str = "text", lang: Language = "zh") -> str:  # noqa: A002  # as `explain` has it
        """The report on the replay: `text` for people, or `json` for programs."""
        if format == "text":
            text = replay_text(self._was, self._now, self.parts, lang, self.below_zero)
            return text if self.comparison is None else f"{text}\n{self.comparison.explain(lang=lang)}"
        if format == "json":
            comparison = None if self.comparison is None else json.loads(self.comparison.explain(format="json"))
            return replay_json(self._was, self.parts, self.below_zero, same=self.same, comparison=comparison)
        raise ValueError("format is one of text, json")


def replay(
    text: str,
    under: Policy | None = None,
    *,
    name: str = "record.json",
    policies: Iterable[Policy] = (),
    folders: Folders = (),
) -> Replay:
    """Assess a record's household again, and compare everything in the record with the new result.

    The record's own policy is found by its fingerprint: embedded, among `policies`, in `folders` (resolved texts and
    policy files) or among the bundled ones. `under` is another policy to compare the verdict with, in force or not on
    that day. `name` is the record's name in problems. Raises `FactError` for a record that was changed, is cut off or
    has a newer format, and `PolicyError` where its policy is not found.
    """
    was = read_record(text, name)
    policy = policy_of(was, policies, folders)
    assessment = assess(policy, was.household)
    now = read_record(record(assessment), name)
    comparison = None if under is None else compare(policy, under, was.household)
    below_zero = roundings_below_zero(policy) if _rounded_differently(was.library) else ()
    return Replay(policy, assessment, diff(was, now), comparison, below_zero, was, now)


def _rounded_differently(library: str) -> bool:
    """Whether a release rounded halves and remainders below zero in the other direction."""
    release = re.match(r"(\d{1,9})\.(\d{1,9})", library, re.ASCII)
    return release is not None and (int(release[1]), int(release[2])) < _CURRENT_ROUNDING


def policy_of(record: Record, at_hand: Iterable[Policy] = (), folders: Folders = ()) -> Policy:
    """The policy of the record's fingerprint: embedded, at hand, in the folders, or bundled.

    A policy file is tried unchanged, then with the record's readings. Raises `PolicyError` where none is found.
    """
    places = folder_paths(folders)
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
        for policy, path in _candidates(folder, record, places):
            variant = _with_readings(policy, record)
            if variant is not None:
                return variant
            others.append(f"{path}（{policy.fingerprint[:11]}…）")
    code = "record_policy_changed" if others else "record_policy_missing"
    values = {"fingerprint": record.fingerprint, "known": "、".join(dict.fromkeys(others))}
    location = Location(record.name, 1, 1)
    raise PolicyError([Problem(code, ("policy",), given=record.policy, values=values, location=location)])


def _candidates(folder: Path, record: Record, folders: Folders) -> Iterator[tuple[Policy, Path]]:
    """The candidates of a folder: a resolved text with the record's fingerprint, then files with its policy's name."""
    for path in list_files(folder, RESOLVED):
        try:
            text = read_file(path).text.strip()
            if "v1:" + hashlib.sha256(text.encode()).hexdigest() == record.fingerprint:
                yield load_policy(str(path)), path
        except PolicyError:
            continue  # not a policy, or unreadable: the record's policy may still be in another file
    for path in list_files(folder, ".yaml"):
        try:
            if _policy_name(path) == record.policy:
                yield load_policy(str(path), folders=folders), path
        except PolicyError:
            continue


def _with_readings(policy: Policy, record: Record) -> Policy | None:
    """The policy unchanged or with the record's readings, where one of them has the record's fingerprint."""
    if policy.fingerprint == record.fingerprint:
        return policy
    try:
        variant = policy.with_readings(record.readings)
    except PolicyError:
        return None
    return variant if variant.fingerprint == record.fingerprint else None


def _policy_name(path: Path) -> str | None:
    """The name that a policy file states."""
    node, _ = parse(read_file(path).text, str(path))
    name = node.get("policy") if isinstance(node, Mapping) else None
    return name.text if isinstance(name, Scalar) else None
