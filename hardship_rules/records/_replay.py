"""Assessing a record again under the policy of its fingerprint."""

import json
import re
from collections.abc import Iterable

from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.comparison.policies import Comparison, compare
from hardship_rules.core.policy import Policy, per_policy
from hardship_rules.core.problem import Language
from hardship_rules.core.version import __version__
from hardship_rules.engine.signs import Rounding, roundings_below_zero
from hardship_rules.language.find import Folders
from hardship_rules.records._diff import PartDiff, Sameness, diff, overall
from hardship_rules.records._policies import policy_of
from hardship_rules.records._reader import Record, read_record
from hardship_rules.records._report import replay_json, replay_text
from hardship_rules.records._writer import is_recorded, record

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
    policy files) or among the bundled ones. It is kept for further records until its files change. `under` is another
    policy to compare the verdict with, in force or not on that day. `name` is the record's name in problems. Raises
    `FactError` for a record that was changed, is cut off or has a newer format, and `PolicyError` where its policy is
    not found.
    """
    was = read_record(text, name)
    policy = policy_of(was, policies, folders)
    assessment = assess(policy, was.household)
    now = _recorded_now(text, was, assessment)
    comparison = None if under is None else compare(policy, under, was.household)
    below_zero = _below_zero(policy) if _rounded_differently(was.library) else ()
    return Replay(policy, assessment, diff(was, now), comparison, below_zero, was, now)


def _recorded_now(text: str, was: Record, assessment: Assessment) -> Record:
    """The record of an assessment as it is written and read now; no second one is read where it is as recorded."""
    if is_recorded(text, assessment):
        return evolve(was, library=__version__, resolved=None)
    return read_record(record(assessment), was.name)


@per_policy
def _below_zero(policy: Policy) -> tuple[Rounding, ...]:
    return roundings_below_zero(policy)


def _rounded_differently(library: str) -> bool:
    """Whether a release rounded halves and remainders below zero in the other direction."""
    release = re.match(r"(\d{1,9})\.(\d{1,9})", library, re.ASCII)
    return release is not None and (int(release[1]), int(release[2])) < _CURRENT_ROUNDING
