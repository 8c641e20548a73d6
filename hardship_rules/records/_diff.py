"""The differences between a record and the record of the same household written now."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Literal, TypeVar

from attrs import field, frozen

from hardship_rules.core.interval import Range, high, low
from hardship_rules.records._reader import Answer, Record, RecordedDefault, RecordedReason, Verdict

Sameness = Literal["same", "narrower", "different"]
"""`narrower`: the record left several possibilities open, and fewer of them remain; a later release may do that."""

RecordedPart = RecordedDefault | Verdict | RecordedReason
Key = TypeVar("Key", bound=Hashable)
Part = TypeVar("Part", RecordedDefault, RecordedReason)


@frozen
class PartDiff:
    """A default, verdict or reason as recorded and as it is now; None where there is none."""

    recorded: RecordedPart | None = field(repr=False)
    found: RecordedPart | None = field(repr=False)
    sameness: Sameness


def diff(was: Record, now: Record) -> tuple[PartDiff, ...]:
    """Every part of either record beside its counterpart; the order of the parts within a record does not matter."""
    return (*_defaults(was, now), *_verdicts(was, now))


def overall(parts: Sequence[PartDiff]) -> Sameness:
    """The sameness of a whole record: `different` if any part is, else `narrower` if any part is."""
    samenesses = {part.sameness for part in parts}
    return "different" if "different" in samenesses else "narrower" if "narrower" in samenesses else "same"


def _defaults(was: Record, now: Record) -> Iterator[PartDiff]:
    before, after = (_grouped(record.defaults, lambda default: default.path) for record in (was, now))
    for path in dict.fromkeys((*before, *after)):
        for recorded, found in _paired(before.get(path, []), after.get(path, [])):
            values = {None if default is None else default.value for default in (recorded, found)}
            yield PartDiff(recorded, found, "same" if len(values) == 1 else "different")


def _verdicts(was: Record, now: Record) -> Iterator[PartDiff]:
    recorded, found = ({verdict.decision: verdict for verdict in record.verdicts} for record in (was, now))
    for name in dict.fromkeys((*recorded, *found)):
        verdict = recorded.get(name)
        sameness = _of_verdict(verdict, found.get(name))
        yield PartDiff(verdict, found.get(name), sameness)
        may_change = verdict is not None and not verdict.is_settled and sameness != "different"
        yield from _reasons(was, now, name, may_change=may_change, narrower=sameness == "narrower")


def _reasons(was: Record, now: Record, decision: str, *, may_change: bool, narrower: bool) -> Iterator[PartDiff]:
    before, after = (
        _grouped(
            (reason for reason in record.reasons if reason.decision == decision),
            lambda reason: (reason.outcome, reason.clause),
        )
        for record in (was, now)
    )
    for clause in dict.fromkeys((*before, *after)):
        for recorded, found in _paired(before.get(clause, []), after.get(clause, [])):
            sameness = _of_reason(recorded, found, may_change=may_change, narrower=narrower)
            yield PartDiff(recorded, found, sameness)


def _grouped(parts: Iterable[Part], key: Callable[[Part], Key]) -> dict[Key, list[Part]]:
    """The parts of each key, in the order in which the keys come first."""
    groups: dict[Key, list[Part]] = {}
    for part in parts:
        groups.setdefault(key(part), []).append(part)
    return groups


def _paired(was: Sequence[Part], now: Sequence[Part]) -> Iterator[tuple[Part | None, Part | None]]:
    """Pairs of equal parts, then the other parts in their order, then parts without a counterpart."""
    without_pair = list(now)
    without_equal = []
    for part in was:
        if part in without_pair:
            without_pair.remove(part)
            yield part, part
        else:
            without_equal.append(part)
    yield from zip_longest(without_equal, without_pair)


def _of_verdict(was: Verdict | None, now: Verdict | None) -> Sameness:
    if was is None or now is None:
        return "different"
    before, after = frozenset(was.possible), frozenset(now.possible)
    if (before, was.holding) == (after, now.holding):
        return "same"
    return "narrower" if after <= before and was.holding <= now.holding <= after else "different"


def _of_reason(was: RecordedReason | None, now: RecordedReason | None, *, may_change: bool, narrower: bool) -> Sameness:
    """Compare two reasons.

    `may_change`: the record leaves the decision open, so its clauses may become known. `narrower`: fewer outcomes of
    the decision are possible now.
    """
    if was is None or now is None:
        return "narrower" if may_change and (was is None or was.role == "open" or narrower) else "different"
    if _without_title(was) == _without_title(now):
        return "same"
    is_within = (
        was.holds in (None, now.holds)
        and (was.role in ("open", now.role))
        and (was.holds is None or was.members == now.members)
        and was.sign == now.sign
        and _within(now.left, was.left)
        and _within(now.right, was.right)
    )
    return "narrower" if is_within else "different"


def _without_title(reason: RecordedReason) -> tuple[object, ...]:
    return (reason.role, reason.holds, reason.sign, reason.members, reason.left, reason.right)


def _within(now: Answer, was: Answer) -> bool:
    """Whether an answer is one of the possibilities that an earlier answer left open."""
    if isinstance(was, Range) and not isinstance(now, bool | frozenset | None):
        return low(was) <= low(now) and high(now) <= high(was)
    if isinstance(was, frozenset) and isinstance(now, frozenset):
        return now <= was
    return was == now
