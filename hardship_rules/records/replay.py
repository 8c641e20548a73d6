"""A record is assessed again: under its own policy, to see whether all is still the same, and under another."""

import json
import re
from collections.abc import Iterable

from attrs import field, frozen

from hardship_rules.assessment.api import assess
from hardship_rules.assessment.assessment import Assessment
from hardship_rules.comparison.compare import compare
from hardship_rules.comparison.comparison import Comparison
from hardship_rules.core.model import Policy
from hardship_rules.core.problems import Language
from hardship_rules.engine.below_zero import Rounding, roundings_below_zero
from hardship_rules.language.find import Folders
from hardship_rules.records.by_fingerprint import policy_of
from hardship_rules.records.record import record
from hardship_rules.records.recorded import Record, read_record
from hardship_rules.records.replay_words import overall, replay_json, replay_text
from hardship_rules.records.sameness import Held, Sameness, held

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
