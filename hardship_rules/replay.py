"""A record is assessed again: under its own policy, to see whether all is still the same, and under another."""

from collections.abc import Iterable

from attrs import evolve, field, frozen

from hardship_rules.api import Folders, assess
from hardship_rules.assessment import Assessment
from hardship_rules.by_fingerprint import policy_of
from hardship_rules.conform import date_of
from hardship_rules.model import Policy
from hardship_rules.problems import Language
from hardship_rules.record import record
from hardship_rules.recorded import Record, Verdict, read_record
from hardship_rules.replay_words import overall, replay_json, replay_text, under_json, under_text
from hardship_rules.sameness import Held, Sameness, held, parting


@frozen
class Under:
    """What came of a record's household under another policy, held against what comes of it under its own.

    `in_force` is false where the day lies outside the other policy's own days: it is applied as if it held.
    """

    policy: Policy
    assessment: Assessment
    in_force: bool
    parts: tuple[Held, ...] = field(repr=False)

    @property
    def same(self) -> bool:
        """Both come to the same category, or leave the same ones open."""
        return next(each.sameness for each in self.parts if isinstance(each.recorded, Verdict)) == "same"

    @property
    def parting(self) -> Held | None:
        """The first clause at which the two part, with both sides; None where they do not."""
        return None if self.same else parting(self.parts, self.policy.category.name)


@frozen
class Replay:
    """What came of a record when it was assessed again; no fact shows in its `repr`.

    `parts` are the stand-ins, decisions and clauses of the record, each held against what it is now. `under` is
    what came of the household under another policy, where one was given.
    """

    policy: Policy
    assessment: Assessment
    parts: tuple[Held, ...] = field(repr=False)
    under: Under | None
    _was: Record = field(repr=False)
    _now: Record = field(repr=False)

    @property
    def sameness(self) -> Sameness:
        """`same`; `narrower`, where something that was open in the record is less so now; or `different`."""
        return overall(self.parts)

    @property
    def same(self) -> bool:
        """Nothing that the record says is otherwise now, and another policy, if any, comes to the same category."""
        return self.sameness != "different" and (self.under is None or self.under.same)

    def explain(self, *, format: str = "text", lang: Language = "zh") -> str:  # noqa: A002  # as `explain` has it
        """What is still the same and what is not, in words (`text`), or as a document for programs (`json`)."""
        if format == "text":
            text = replay_text(self._was, self._now, self.parts, lang)
            return text if self.under is None else text + under_text(*self._beside(self.under), lang)
        if format == "json":
            under = None if self.under is None else under_json(*self._beside(self.under))
            return replay_json(self._was, self.parts, same=self.same, under=under)
        raise ValueError("format is one of text, json")

    @staticmethod
    def _beside(under: Under) -> tuple[Policy, bool, tuple[Held, ...], Held | None]:
        return under.policy, under.in_force, under.parts, under.parting


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
    return Replay(policy, assessment, held(was, now), None if under is None else _under(under, was, now), was, now)


def _under(policy: Policy, was: Record, now: Record) -> Under:
    """The record's household under another policy; raises as `assess` does."""
    day = None if was.on is None else date_of(was.on)
    in_force = day is None or (policy.start or day) <= day <= (policy.end or day)
    assessment = assess(policy if in_force else evolve(policy, start=None, end=None), was.household)
    return Under(policy, assessment, in_force, held(now, read_record(record(assessment), was.name)))
