"""Households aimed at the difference of two policies, and the kinds of change that two assessments of one show."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any, cast

from attrs import Factory, define, evolve, frozen
from completing import EARLY, LATE, Known, any_day, any_value, known_in, stated_in
from framing import Facts, drawn, filled
from independent import UnknownFact

from hardship_rules import FactError, Policy, assess
from hardship_rules.core.expr import Compare, Option, names_in, walk
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import DateKind, NumberKind
from hardship_rules.core.policy import Decision, Fact, Term, exprs_of
from hardship_rules.proofs import Claim, Proof, Shown, possible
from hardship_rules.testing.strategies import households

FURTHER = 1000
"""The second point of a line, in the unit of the fact."""
UNDECIDED, DECIDED = ("decided", "open"), ("open", "decided")
EXACT = 10
"""So many of them are judged exactly, where the report does not have that kind."""
KEPT = 40
"""So many households are kept of each kind of change."""

Kind = tuple[str, str, str]
"""A kind of change: the decision, what was and what becomes; `Claim` says which words there are."""
State = Mapping[str, Any]
"""For each decision its outcome or `open`; for one with several outcomes at once, whether each holds."""


# --- What two assessments show ---------------------------------------------------------------------------------------


def state(policy: Policy, household: Facts) -> State | None:
    """What a policy decides for a household as written; None if it is refused. Facts it does not have are left out."""
    try:
        assessment = assess(policy, as_of(policy, household))
    except FactError:
        return None
    found: dict[str, Any] = {}
    for name, decided in assessment.decisions.items():
        if decided.decision.every:
            holding, open_ = ({outcome.id for outcome in some} for some in (decided.holding, decided.possible))
            found[name] = {
                outcome.id: True if outcome.id in holding else None if outcome.id in open_ else False
                for outcome in decided.decision.outcomes
            }
        else:
            found[name] = "open" if decided.outcome is None else decided.outcome.id
    return found


def kinds_between(before: State | None, after: State | None) -> Iterator[Kind]:
    """The kinds of change from one state of a household to another."""
    if before is None or after is None:
        if (before is None) != (after is None):
            yield ("", "refused", "judged") if before is None else ("", "judged", "refused")
        return
    for name in before.keys() & after.keys():
        was, becomes = before[name], after[name]
        if isinstance(was, str):
            if was != becomes:
                yield (name, *(UNDECIDED if becomes == "open" else DECIDED if was == "open" else (was, becomes)))
            continue
        for outcome in {**was, **becomes}:
            pair = was.get(outcome, False), becomes.get(outcome, False)
            if pair == (True, False):
                yield name, outcome, ""
            elif pair == (False, True):
                yield name, "", outcome
        settled = tuple(None not in truths.values() for truths in (was, becomes))
        if settled[0] != settled[1]:
            yield (name, *(UNDECIDED if settled[0] else DECIDED))


def exact_state(policy: Policy, household: Facts) -> State | None:
    """The state by `possible`, which is exact; `assess` may leave something open that has one outcome only."""
    found = state(policy, household)
    if found is None:
        return None
    exact = dict(found)
    for name, decision in policy.decisions.items():
        if found[name] == "open":
            exact[name] = _only_outcome(policy, decision, household) or "open"
        elif decision.every:
            exact[name] = dict(found[name])
            for outcome in decision.outcomes:
                if found[name][outcome.id] is None:
                    otherwise = evolve(outcome, id="otherwise", when=None)
                    alone = evolve(decision, every=False, outcomes=(outcome,), otherwise=otherwise)
                    left = _only_outcome(policy, alone, household)
                    exact[name][outcome.id] = None if left is None else left == outcome.id
    return exact


def _only_outcome(policy: Policy, decision: Decision, household: Facts) -> str | None:
    """The one outcome of a decision that some completion of a household reaches; None if there are more."""
    others = {name: other for name, other in policy.decisions.items() if name != decision.name}
    first = evolve(policy, decisions=FrozenMapping({decision.name: decision, **others}))
    answers = possible(first, as_of(policy, household))
    left = [outcome for outcome, answer in answers.items() if not isinstance(answer, Proof)]
    return left[0] if len(left) == 1 else None


def as_of(policy: Policy, household: Facts) -> Facts:
    """A household without the facts that a policy does not have."""
    own = {name: value for name, value in household.items() if name in policy.facts or name == "on"}
    members = [
        {name: value for name, value in member.items() if name in policy.members.facts}
        for member in household["members"]
    ]
    return {**own, "members": members}


# --- Households ------------------------------------------------------------------------------------------------------


@cache
def pool(policy: Policy, number: int) -> tuple[Facts, ...]:
    """Valid households of a policy, as drawn, and the same with everything derived from them."""
    listed = drawn(households(policy), number)
    whole = ({"on": each["on"], **filled(policy, each, each["on"])} for each in listed)
    return (*listed, *whole)


@frozen
class _Line:
    """A comparison of two numbers, the facts with numbers that it depends on, and whether it is part of a `must`."""

    policy: Policy
    compare: Compare
    facts: tuple[str, ...]
    of_must: bool


@define
class Aim:
    """Draws households for the difference of two policies: some facts anything, some on a threshold or beside it."""

    old: Policy
    new: Policy
    source: Random
    bases: tuple[Facts, ...]
    late: tuple[Facts, ...] = Factory(lambda self: tuple(_late(self.old, self.bases)), takes_self=True)
    facts: tuple[Fact, ...] = Factory(lambda self: tuple(_facts(self.new)), takes_self=True)
    aimed: tuple[Fact, ...] = Factory(
        lambda self: tuple(fact for fact in self.facts if fact.name in aimed_names(self.old, self.new)), takes_self=True
    )
    watched: tuple[str, ...] = Factory(lambda self: tuple(_watched(self.old, self.new)), takes_self=True)
    near: tuple[_Line, ...] = Factory(lambda self: tuple(_lines(self.old, self.new, near=True)), takes_self=True)
    lines: tuple[_Line, ...] = Factory(
        lambda self: (*_lines(self.old, self.new, near=False), *self.near * 4), takes_self=True
    )

    def complete(self) -> Facts:
        """A household with each fact given, or left to its default."""
        household = copied(self.source.choice(self.late if self.late and self.source.random() < 0.5 else self.bases))
        for _ in range(self.source.choice((0, 0, 0, 1, 2, 4))):
            self._change(household, self._fact(), self.source.choice(household["members"]))
        if self.watched and self.source.random() < 0.5:
            household = self._made_to_differ(household)
            if self.source.random() < 0.5:
                return household
        for _ in range(self.source.choice((0, 1, 1, 2))):
            self._move_to_a_line(household, self.source.choice(self.lines))
        if self.source.random() < 0.3:
            self._leave_out(
                household, [fact for fact in self.facts if fact.if_absent is not None], self.source.choice((1, 3, 30))
            )
        return household

    def partial(self) -> Facts:
        """A household with facts null or left out: one to three, many, those of the difference, or a member's."""
        household = self.complete()
        way = self.source.randrange(6)
        if way < 3:
            self._leave_out(household, self.aimed or self.facts, self.source.choice((1, 1, 2, 3)))
        if way in (2, 3):
            self._leave_out(household, self.facts, self.source.choice((1, 2, 3)))
        if way == 4:
            self._leave_out(household, self.facts, self.source.randint(10, 40))
        if way == 5:
            self._leave_out(household, self.facts, self.source.choice((1, 2, 3)))
            self.source.choice(household["members"]).clear()
        if self.source.randrange(20) == 0:
            household.pop("on", None)
        return household

    def _fact(self) -> Fact:
        return self.source.choice(self.aimed if self.aimed and self.source.random() < 0.7 else self.facts)

    def _holder(self, household: Facts, fact: Fact) -> Facts:
        return cast(Facts, self.source.choice(household["members"])) if fact.of_member else household

    def _leave_out(self, household: Facts, facts: Collection[Fact], number: int) -> None:
        """Leave out so many facts, or make them null; of a member's fact in one member or in all."""
        chosen = self.source.sample(list(facts), min(number, len(facts)))
        nulls = self.source.choice((0.0, 0.5, 1.0))
        for fact in chosen:
            every = fact.of_member and self.source.random() < 0.5
            for holder in household["members"] if every else [self._holder(household, fact)]:
                if self.source.random() < nulls:
                    holder[fact.name] = None
                else:
                    holder.pop(fact.name, None)

    def _made_to_differ(self, household: Facts) -> Facts:
        """The household with facts changed until a changed definition differs, or after some tries."""
        for _ in range(6):
            candidate = copied(household)
            if self.near and self.source.random() < 0.5:
                self._move_to_a_line(candidate, self.source.choice(self.near))
            else:
                member = self.source.choice(candidate["members"])
                facts = self.aimed or self.facts
                for fact in self.source.sample(facts, min(len(facts), self.source.randint(1, 3))):
                    self._change(candidate, fact, member)
            if _values(self.old, candidate, self.watched) != _values(self.new, candidate, self.watched):
                return candidate
            household = self.source.choice((household, candidate))
        return household

    def _change(self, household: Facts, fact: Fact, member: Facts) -> None:
        self._set(household, member if fact.of_member else household, fact, self._value(fact, household))

    def _set(self, household: Facts, holder: Facts, fact: Fact, value: Any) -> None:
        """Give a fact a value; mostly, facts that some `must` relates to it are left to their default."""
        if self.source.random() < 0.9:
            for clause in self.new.must:
                related = set(names_in(clause))
                if fact.name in related:
                    for other in self.facts:
                        if other.name in related and other.if_absent is not None:
                            (holder if other.of_member else household).pop(other.name, None)
        holder[fact.name] = value

    def _value(self, fact: Fact, household: Facts) -> Any:
        """Any value of a fact; a number is a third of the time near one of the numbers of both policies."""
        if isinstance(fact.kind, DateKind):
            on = household.get("on") or any_day(EARLY, LATE, self.source)
            years = self.source.choice((0, 15, 16, 17, 18, 20, 40, 100, self.source.randint(0, 90)))
            return on - timedelta(days=int(years * 365.25) + self.source.randint(-2, 2))
        if not isinstance(fact.kind, NumberKind):
            return any_value(fact.kind, self.source)
        step = Fraction(1, 10**fact.kind.decimals)
        low, high = cast(Fraction, fact.kind.low), cast(Fraction, fact.kind.high)
        ends = [
            end
            for policy in (self.old, self.new)
            if isinstance(other := policy.names.get(fact.name), Fact)
            for end in _ends(other)
        ]
        numbers = [int(number) for policy in (self.old, self.new) for number in _numbers(policy)]
        value = self.source.choice(
            (
                any_value(fact.kind, self.source),
                self.source.choice(ends) + self.source.choice((-1, 0, 1)) * step,
                self.source.choice(numbers) + self.source.choice((-1, 0, 1)) * step,
                Fraction(self.source.randint(0, 40_000)),
                Fraction(self.source.randint(0, 30)),
            )
        )
        return value if self.source.random() < 0.03 else min(max(value, low), high)

    def _move_to_a_line(self, household: Facts, line: _Line) -> None:
        """Change one number, so that a comparison is on its threshold or one smallest unit beside it."""
        fact = cast(Fact, line.policy.names[self.source.choice(line.facts)])
        kind = cast(NumberKind, fact.kind)
        number = self.source.randrange(len(household["members"]))
        holder = household["members"][number] if fact.of_member else household
        start = holder.get(fact.name)
        start = Fraction(0) if start is None else Fraction(start)
        first = _difference(line, household, number)
        if line.of_must:
            holder[fact.name] = start + FURTHER
        else:
            self._set(household, holder, fact, start + FURTHER)
        second = _difference(line, household, number)
        steps = 10**kind.decimals
        at = start
        if first is not None and second is not None and first != second:
            offset = self.source.choice((0, 0, 0, -1, 1, -1, 1, 100, -100))
            at = Fraction(((start - first * FURTHER / (second - first)) * steps).__floor__() + offset, steps)
        low, high = cast(Fraction, kind.low), cast(Fraction, kind.high)
        holder[fact.name] = at if low <= at <= high else start


def _late(policy: Policy, bases: Iterable[Facts]) -> Iterator[Facts]:
    """The households that get one of the last two categories, which every earlier category has stopped at."""
    last = [*policy.category.by_id][-2:]
    for household in bases:
        found = state(policy, household)
        if found is not None and found[policy.category.name] in last:
            yield household


def _known(policy: Policy, household: Facts) -> Known:
    """What follows from the facts of a household under a policy."""
    own = {name: value for name, value in household.items() if name in policy.names or name in ("on", "members")}
    return known_in(policy, own.get("on"), stated_in(policy, own), len(household["members"]))


def _values(policy: Policy, household: Facts, names: Collection[str]) -> list[Any]:
    """The values of some terms and decisions; None where a fact is not known."""
    opinion = _known(policy, household).opinion
    found: list[Any] = []
    for name in names:
        for member in opinion.members if name in policy.of_members else (None,):
            try:
                found.append(opinion.name(name, member))
            except (UnknownFact, ZeroDivisionError):
                found.append(None)
    return found


def _watched(old: Policy, new: Policy) -> Iterator[str]:
    """The terms and decisions that differ between two policies, or that use a parameter or reading that differs."""
    changed = changed_names(old, new)
    for name in old.order:
        both = (old.names.get(name), new.names.get(name))
        if all(
            isinstance(each, Term) or (isinstance(each, Decision) and not each.every) for each in both
        ) and changed & {
            name,
            *(used for used in new.uses[name] if used in (*new.parameters, *new.readings)),
        }:
            yield name


def _difference(line: _Line, household: Facts, number: int) -> Fraction | None:
    """Left minus right of a comparison, for one member where it is about members; None where a fact is not known."""
    known = _known(line.policy, household)
    for member in (None, known.opinion.members[number]):
        try:
            left, right = (known.opinion.value(side, member) for side in (line.compare.left, line.compare.right))
        except (UnknownFact, ZeroDivisionError):
            continue
        return None if isinstance(left, str) else Fraction(left) - Fraction(right)
    return None


def copied(household: Facts) -> Facts:
    """A copy of a household whose facts can be changed."""
    return {**household, "members": [dict(member) for member in household["members"]]}


def _facts(policy: Policy) -> Iterator[Fact]:
    yield from policy.facts.values()
    yield from policy.members.facts.values()


def _ends(fact: Fact) -> tuple[Fraction, Fraction]:
    kind = cast(NumberKind, fact.kind)
    return Fraction(cast(Fraction, kind.low)), Fraction(cast(Fraction, kind.high))


@cache
def _numbers(policy: Policy) -> tuple[Fraction, ...]:
    """The numbers of a policy's parameters, and a year's months of each."""
    numbers = [
        Fraction(cast(Fraction, number))
        for parameter in policy.parameters.values()
        for number in parameter.values.values()
    ]
    return tuple({Fraction(0), *numbers, *(12 * number for number in numbers)})


def changed_names(old: Policy, new: Policy) -> set[str]:
    """The definitions that differ, and the facts in a `must` that only one of two policies has."""
    names = {name for name in {**old.names, **new.names} if old.names.get(name) != new.names.get(name)}
    return names | {name for clause in {*old.must} ^ {*new.must} for name in names_in(clause)}


def aimed_names(old: Policy, new: Policy) -> set[str]:
    """The changed definitions and everything that they, and the terms and decisions that may differ, use."""
    found = changed_names(old, new) | set(_watched(old, new))
    for policy in (old, new):
        pending = list(found)
        while pending:
            used = set(policy.uses.get(pending.pop(), ())) - found
            found |= used
            pending += used
    return found


def _lines(old: Policy, new: Policy, *, near: bool) -> Iterator[_Line]:
    """The comparisons of numbers in two policies: those of changed definitions and of their users, or the others."""
    changed = changed_names(old, new)
    for policy in (old, new):
        using = {name for name in policy.names if changed & {name, *policy.uses[name]}}
        definitions = [definition for definition in policy.names.values() if isinstance(definition, Term | Decision)]
        exprs = [(expr, each.name in using, False) for each in definitions for expr in exprs_of(each)]
        exprs += [(clause, bool(changed & set(names_in(clause))), True) for clause in policy.must]
        for expr, is_near, of_must in exprs:
            for part in walk(expr):
                if isinstance(part, Compare) and not isinstance(part.right, Option):
                    facts = tuple(_number_facts(policy, part))
                    if facts and is_near is near:
                        yield _Line(policy, part, facts, of_must)


def _number_facts(policy: Policy, compare: Compare) -> Iterator[str]:
    """The facts with numbers that a comparison depends on."""
    found = set(names_in(compare))
    pending = list(found)
    while pending:
        used = set(policy.uses.get(pending.pop(), ())) - found
        found |= used
        pending += used
    for name in sorted(found):
        fact = policy.names.get(name)
        if isinstance(fact, Fact) and isinstance(fact.kind, NumberKind):
            yield name


# --- Sampling --------------------------------------------------------------------------------------------------------


@define
class Found:
    """The kinds of change that sampling found: how often each, and some of its households."""

    counts: Counter[Kind] = Factory(Counter)
    households: dict[Kind, list[Facts]] = Factory(dict)
    drawn: Counter[str] = Factory(Counter)


def sampled(old: Policy, new: Policy, number: int, source: Random) -> Found:
    """The kinds of change in so many complete households and as many partial ones."""
    aim = Aim(old, new, source, pool(old, 200))
    found = Found()
    for draw in (aim.complete, aim.partial):
        for _ in range(number):
            household = draw()
            before, after = state(old, household), state(new, household)
            found.drawn["refused" if before is None and after is None else "judged"] += 1
            for kind in kinds_between(before, after):
                found.counts[kind] += 1
                found.households.setdefault(kind, [])
                if len(found.households[kind]) < KEPT:
                    found.households[kind].append(household)
    return found


# --- The report ------------------------------------------------------------------------------------------------------


def missed(found: Found, claims: Iterable[Claim], old: Policy, new: Policy, members: int) -> dict[Kind, Facts]:
    """The kinds of change that sampling found and a report for up to `members` does not have, each with a household.

    What `assess` leaves open is judged by `possible` here.
    """
    reported = {(claim.decision, claim.was, claim.becomes) for claim in claims if claim.verdict == "changed"}
    confirmed = {
        kind: _confirmed(kind, [each for each in households if len(each["members"]) <= members][:EXACT], old, new)
        for kind, households in found.households.items()
        if kind not in reported
    }
    return {kind: household for kind, household in confirmed.items() if household is not None}


def _confirmed(kind: Kind, households: Iterable[Facts], old: Policy, new: Policy) -> Facts | None:
    """The first of some households that shows a kind of change exactly."""
    for household in households:
        if kind in kinds_between(exact_state(old, household), exact_state(new, household)):
            return household
    return None


def unconfirmed(claims: Iterable[Claim], old: Policy, new: Policy) -> dict[Kind, Facts]:
    """The kinds of change of a report whose household, as written, does not show them."""
    wrong: dict[Kind, Facts] = {}
    for claim in claims:
        if isinstance(claim.answer, Shown):
            kind, household = (claim.decision, claim.was, claim.becomes), claim.answer.facts
            before = claim.answer.other or household  # as it is written for the old policy
            if kind not in kinds_between(state(old, before), state(new, household)) and (
                kind not in kinds_between(exact_state(old, before), exact_state(new, household))
            ):
                wrong[kind] = household
    return wrong
