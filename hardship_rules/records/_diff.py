"""Whether what a record says is still so: each stand-in, decision and clause held against the same worked out anew."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Literal, TypeVar

from attrs import field, frozen

from hardship_rules.core.interval import Range, high, low
from hardship_rules.records._recorded import Answer, Record, RecordedReason, StandIn, Verdict

Sameness = Literal["same", "narrower", "different"]
"""`narrower`: what was open in the record is now less so, within what it left open; a later release may do that."""

Said = StandIn | Verdict | RecordedReason
Part = TypeVar("Part", StandIn, RecordedReason)


@frozen
class Held:
    """Something that a record says, or that is said only now, beside what is said of it now."""

    recorded: Said | None = field(repr=False)
    found: Said | None = field(repr=False)
    sameness: Sameness


def held(was: Record, now: Record) -> tuple[Held, ...]:
    """Everything that a record says, held against a record of the same household made now: order counts for nothing."""
    return (*_facts(was, now), *_verdicts(was, now))


def _facts(was: Record, now: Record) -> Iterator[Held]:
    for path in dict.fromkeys(each.path for each in (*was.stand_ins, *now.stand_ins)):
        of_path = ([each for each in record.stand_ins if each.path == path] for record in (was, now))
        for one, other in _paired(*of_path):
            values = (None if each is None else each.value for each in (one, other))
            yield Held(one, other, "same" if len(set(values)) == 1 else "different")


def _verdicts(was: Record, now: Record) -> Iterator[Held]:
    verdicts = ({each.decision: each for each in record.verdicts} for record in (was, now))
    recorded, found = verdicts
    for name in dict.fromkeys((*recorded, *found)):
        verdict, anew = recorded.get(name), found.get(name)
        sameness = _of_verdict(verdict, anew)
        yield Held(verdict, anew, sameness)
        of_decision = ([each for each in record.reasons if each.decision == name] for record in (was, now))
        reasons, anew_reasons = of_decision
        keys = dict.fromkeys((each.outcome, each.clause) for each in (*reasons, *anew_reasons))
        may_change = verdict is not None and not verdict.is_settled and sameness != "different"
        for key in keys:
            of_clause = (
                [each for each in side if (each.outcome, each.clause) == key] for side in (reasons, anew_reasons)
            )
            for one, other in _paired(*of_clause):
                yield Held(one, other, _of_reason(one, other, may_change=may_change, narrower=sameness == "narrower"))


def _paired(was: Sequence[Part], now: Sequence[Part]) -> Iterator[tuple[Part | None, Part | None]]:
    """What is equal first, what is left in its order, then what has no counterpart."""
    rest = list(now)
    unequal = []
    for each in was:
        if each in rest:
            rest.remove(each)
            yield each, each
        else:
            unequal.append(each)
    yield from zip_longest(unequal, rest)


def _of_verdict(was: Verdict | None, now: Verdict | None) -> Sameness:
    if was is None or now is None:
        return "different"
    before, after = frozenset(was.possible), frozenset(now.possible)
    if (before, was.holding) == (after, now.holding):
        return "same"
    return "narrower" if after <= before and was.holding <= now.holding <= after else "different"


def _of_reason(was: RecordedReason | None, now: RecordedReason | None, *, may_change: bool, narrower: bool) -> Sameness:
    """`may_change`: the decision was open, so that fewer of its clauses may be; `narrower`: it is less open now."""
    if was is None or now is None:
        return "narrower" if may_change and (was is None or was.role == "open" or narrower) else "different"
    if _without_title(was) == _without_title(now):
        return "same"
    fits = (
        was.holds in (None, now.holds)
        and (was.role in ("open", now.role))
        and (was.holds is None or was.members == now.members)
        and was.sign == now.sign
        and _fits(was.left, now.left)
        and _fits(was.right, now.right)
    )
    return "narrower" if fits else "different"


def _without_title(reason: RecordedReason) -> tuple[object, ...]:
    return (reason.role, reason.holds, reason.sign, reason.members, reason.left, reason.right)


def _fits(was: Answer, now: Answer) -> bool:
    """What is known now lies within what was not fully known then."""
    if isinstance(was, Range) and not isinstance(now, bool | frozenset | None):
        return low(was) <= low(now) and high(now) <= high(was)
    if isinstance(was, frozenset) and isinstance(now, frozenset):
        return now <= was
    return was == now
