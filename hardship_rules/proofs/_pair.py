"""A prover over two policies at once, and the households that it finds, as they are written for each."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext, suppress
from typing import cast

from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import assess
from hardship_rules.assessment.facts import read_facts
from hardship_rules.core.expr import names_in
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Range
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, KeyPath
from hardship_rules.language.check import current_id
from hardship_rules.proofs._encode import Encoding
from hardship_rules.proofs._households import Facts, is_true_in
from hardship_rules.proofs._written import BothPolicies, Cell, FactOfBoth, Known, Side, both_policies, value_in
from hardship_rules.proofs.claims import Change
from hardship_rules.proofs.prover import Proof, Shown, check_agreement, with_numbers_of
from hardship_rules.proofs.shrink import with_value
from hardship_rules.proofs.solver import NotSettled, Solver
from hardship_rules.proofs.terms import (
    Cases,
    Space,
    Symbol,
    Truth,
    all_of,
    any_of,
    opposite,
    same,
    z3,
)

OPEN, DECIDED, REFUSED, JUDGED = "open", "decided", "refused", "judged"

Statuses = Mapping[str, frozenset[str] | None] | None
"""The outcomes that each decision comes to, None while it is open; None where the household is refused."""


LOST = Change("", JUDGED, REFUSED)
WON = Change("", REFUSED, JUDGED)


def opened(decision: str) -> Change:
    """Partial households that were decided are open."""
    return Change(decision, DECIDED, OPEN, is_partial=True)


def settled(decision: str) -> Change:
    """Partial households that were open are decided."""
    return Change(decision, OPEN, DECIDED, is_partial=True)


def statuses(policy: Policy, household: Facts) -> Statuses:
    """What each decision comes to for a household, by `assess`."""
    try:
        decisions = assess(policy, household).decisions
    except FactError:
        return None
    return {
        name: None if len(decided.possible) != len(decided.holding) else frozenset(each.id for each in decided.holding)
        for name, decided in decisions.items()
    }


@frozen(eq=False)
class Found:
    """A household found for two policies, with a number in place of each one that is not published.

    `household` has the facts of both policies by the keys of their cells; a fact that is None is unknown.
    """

    both: BothPolicies
    household: Facts = field(repr=False)
    old: Policy = field(repr=False)
    new: Policy = field(repr=False)

    def changes(self) -> frozenset[Change]:
        """The kinds of change that the household shows, by `assess`."""
        before, now = (
            statuses(policy, self.both.written_for(self.household, new=new))
            for policy, new in ((self.old, False), (self.new, True))
        )
        if before is None or now is None:
            return frozenset([LOST] if before is not None else [WON] if now is not None else [])
        return frozenset(
            change
            for name in shared_decisions(self.old, self.new)
            for change in _changes(self.old, self.new, name, before[name], now[name])
        )

    def with_unknown(self, path: KeyPath) -> "Found":
        """The household with one of its facts unknown."""
        return evolve(self, household=with_value(self.household, path, None))

    def with_default(self, path: KeyPath) -> "Found | None":
        """The household with a fact stated that is left out, as the older policy has it; None where it has none."""
        fact = self.both.fact(str(path[-1]))
        if fact.before is None:
            return None
        try:
            household = read_facts(self.old, self.both.written_for(self.household, new=False))
        except FactError:
            return None
        values = household.values if path[0] != "members" else household.members[int(path[1])].values
        value = values[fact.before]
        if value is None or isinstance(value, Range | frozenset):
            return None
        return evolve(self, household=with_value(self.household, path, fact.stated(value)))

    def shown(self) -> Shown:
        """The answer that shows the household."""
        facts, other = (self.both.written_for(self.household, new=new) for new in (True, False))
        return Shown(self.new, facts, FrozenMapping(), other, self.old)


def _changes(
    old: Policy, new: Policy, name: str, before: frozenset[str] | None, now: frozenset[str] | None
) -> Iterator[Change]:
    """The changes of one decision between what it came to and what it comes to."""
    if before is None or now is None:
        if before is not now:
            yield opened(name) if now is None else settled(name)
        return
    gone = [
        outcome for outcome in old.decisions[name].by_id if outcome in before and today(new, name, outcome) not in now
    ]
    came = [outcome for outcome in now if outcome not in {today(new, name, each) for each in before}]
    if is_every(old, new, name):
        yield from (Change(name, outcome, "") for outcome in gone)
        yield from (Change(name, "", outcome) for outcome in came)
    elif gone and came:
        yield Change(name, gone[0], came[0])


def shared_decisions(old: Policy, new: Policy) -> tuple[str, ...]:
    """The decisions that both policies have."""
    return tuple(name for name in new.decisions if name in old.decisions)


def is_every(old: Policy, new: Policy, name: str) -> bool:
    """Whether a decision comes to several outcomes at once under either policy."""
    return old.decisions[name].every or new.decisions[name].every


def today(new: Policy, decision: str, outcome: str) -> str:
    """The id that the newer policy gives to an outcome of the older."""
    return current_id(new, f"{decision}.{outcome}").removeprefix(f"{decision}.")


class PairProver:
    """Answers questions about the households of two policies with up to a number of members."""

    def __init__(self, old: Policy, new: Policy, members: int) -> None:
        self.members = members
        self.old, self.new = old, new
        self.space = Space()
        self.solver = Solver(self.space)
        self.both = both_policies(self.space, old, new)
        self.written = self.both.written(members)
        self.before, self.now = (self.both.side(self.written, new=new) for new in (False, True))
        self.solver.keep()

    # Conditions

    @property
    def are_judged(self) -> Truth:
        """Neither policy refuses the household."""
        return all_of((self.before.judges, self.now.judges))

    @property
    def are_known(self) -> Truth:
        """Under both policies each fact is stated or has a default."""
        return all_of(side.all_known(side.known) for side in (self.before, self.now))

    @property
    def are_stated(self) -> Truth:
        """No fact is left out."""
        return all_of(opposite(cell.left_out) for _, cells in self.written.holders() for cell in cells.values())

    @property
    def are_plain(self) -> Truth:
        """No fact is left out and no amount is negative: such households are easier to read."""
        amounts = [fact for fact in (*self.both.own, *self.both.of_member) if _may_be_negative(fact)]
        values = (cells[fact.key].value for _, cells in self.written.holders() for fact in amounts if fact.key in cells)
        return all_of((self.are_stated, *(cast(Cases, value)[0][1] >= 0 for value in values)))

    def refused(self, change: Change) -> Truth:
        """One policy judges the household and the other refuses it."""
        judging, refusing = (self.before, self.now) if change == LOST else (self.now, self.before)
        return all_of((judging.judges, opposite(refusing.judges)))

    def refused_for_default(self, change: Change) -> Truth:
        """One policy judges the household, and a default of the other is outside its range."""
        judging, refusing = (self.before, self.now) if change == LOST else (self.now, self.before)
        return all_of((judging.judges, opposite(refusing.fits)))

    def are_held(self, change: Change) -> Truth:
        """The policy that refuses the household knows in its `must` each fact."""
        side = self.now if change == LOST else self.before
        return side.all_known(side.held)

    def undecided_by_default(self, change: Change) -> Truth:
        """A fact is left out for which only the policy that decides has a default."""
        decides, leaves_open = (self.before, self.now) if change.was == DECIDED else (self.now, self.before)
        return all_of((decides.all_known(decides.known), opposite(leaves_open.all_known(leaves_open.known))))

    def changed(self, change: Change) -> Truth:
        """A decision changes from one outcome to another."""
        was = self._holds(self.before, change.decision, change.was)
        becomes = self._holds(self.now, change.decision, change.becomes)
        if change.was and change.becomes:
            return all_of((was, becomes))
        if change.was:
            then = today(self.now.policy, change.decision, change.was)
            return all_of((was, opposite(self._holds(self.now, change.decision, then))))
        olds = self.before.policy.decisions[change.decision].by_id
        first = next((old for old in olds if today(self.now.policy, change.decision, old) == change.becomes), "")
        return all_of((becomes, opposite(self._holds(self.before, change.decision, first))))

    def _holds(self, side: Side, decision: str, outcome: str) -> Truth:
        return outcome in side.policy.decisions[decision].by_id and side.encoding.outcome(decision, outcome)

    def differs(self, decision: str) -> Truth:
        """A decision does not come to the same under both policies."""
        return self._differ(self.before.encoding, self.now.encoding, decision)

    def _differ(self, before: Encoding, now: Encoding, decision: str) -> Truth:
        """Two encodings, each of either policy, do not come to the same."""
        first, second = (
            {today(self.new, decision, id_): of.outcome(decision, id_) for id_ in of.policy.decisions[decision].by_id}
            for of in (before, now)
        )
        return any_of(opposite(same(first.get(id_, False), second.get(id_, False))) for id_ in {**first, **second})

    def are_held_to_decide(self, change: Change) -> Truth:
        """The policy that decides knows in its `must` each fact."""
        side = self.before if change.was == DECIDED else self.now
        return side.all_known(side.held)

    def parted(self, change: Change, key: str, values: Iterable[object], *, refusable: bool) -> Truth:
        """With one fact unknown, one policy comes to two things, and the other to the same for each value tried.

        With `refusable` both come to the same for what both judge, so that the other policy refuses one of the two.

        A value counts only for a policy that judges the household with it. The values tried are those of the household,
        of the two that part the one policy, and `values`.
        """
        opens_new = change.was == DECIDED
        fact = self.both.fact(key)
        parts = [self.both.variable(fact) for _ in range(2)]
        first, second = (self._with(key, symbol, new=opens_new) for symbol in parts)
        decides = self.before if opens_new else self.now
        tried = [self._with(key, symbol, new=not opens_new) for symbol in (*parts, *map(fact.symbol, values))]
        return all_of(
            (
                decides.judges,
                not refusable or any_of(opposite(side.judges) for side in tried[:2]),
                self.are_known,
                opposite(self.written.cell(key).left_out),
                first.judges,
                second.judges,
                self._differ(first.encoding, second.encoding, change.decision),
                *(any_of((opposite(side.judges), self._agree(decides, side, change.decision))) for side in tried),
            )
        )

    def _with(self, key: str, symbol: Symbol, *, new: bool) -> Side:
        """One of the policies over the same households with another value of one fact."""
        return self.both.side(self.written.with_cell(key, Cell(symbol)), new=new)

    def _agree(self, one: Side, other: Side, decision: str) -> Truth:
        return opposite(self._differ(one.encoding, other.encoding, decision))

    # Answers

    def ask(
        self, conditions: Iterable[Truth], seconds: float, known: Known | None = None
    ) -> Found | Proof | NotSettled:
        """A household that meets all conditions, or the proof that there is none.

        With `known`, a fact that is left out and unknown has its value in the household. Raises `DisagreementError`
        unless `assess` comes to the same for it under each policy that judges it.
        """
        model = self.solver.model(conditions, seconds)
        if model is None:
            return Proof(self.members)
        if isinstance(model, NotSettled):
            return model
        policies = [with_numbers_of(side.policy, side.encoding, model) for side in (self.before, self.now)]
        for side, policy, new in zip((self.before, self.now), policies, (False, True), strict=True):
            if is_true_in(model, side.judges):
                completed = self.both.decoded(self.written, model, side.known)
                # Where a `must` does not know a default, `assess` may refuse what is judged here; elsewhere it may not.
                is_held = is_true_in(model, side.all_known(side.held))
                with nullcontext() if is_held else suppress(FactError):
                    check_agreement(policy, self.both.written_for(completed, new=new), side.encoding, model)
        return Found(self.both, self.both.decoded(self.written, model, known), *policies)

    def states_more(self, found: Found) -> Truth:
        """One of the facts that a household leaves out is stated."""
        cells = [
            (self.written.own, found.household),
            *zip(self.written.members, found.household["members"], strict=False),
        ]
        return any_of(
            opposite(cell.left_out) for own, holder in cells for key, cell in own.items() if key not in holder
        )

    def keys(self, change: Change, *, refusable: bool) -> Iterator[str]:
        """The facts of the household, or of its first member, that may leave the decision open under a policy.

        With `refusable` only those for which a value can be refused.
        """
        opens_new = change.becomes == OPEN
        refusing, needed = set[FactOfBoth](), set[FactOfBoth]()
        for policy, new in ((self.old, False), (self.new, True)):
            lines = [name for clause in policy.must for name in names_in(clause)]
            lines += [fact.name for fact in policy.stand_ins if policy.uses[fact.name]]  # a default may leave its range
            in_must, used = _used(policy, lines), _used(policy, [change.decision, *lines])
            for fact in (*self.both.own, *self.both.of_member):
                name = fact.now if new else fact.before
                refusing |= {fact} if name in in_must or not self.both.is_alike(fact) else set()
                needed |= {fact} if name in used else set()
        for fact in (*self.both.own, *self.both.of_member):
            has_fact = (fact.now if opens_new else fact.before) is not None
            if has_fact and fact in needed and (not refusable or fact in refusing):
                yield fact.key

    def value_that_differs(self, change: Change, key: str, found: Found, seconds: float) -> object | None:
        """A value of a fact of a household with which the policy that should decide comes to something else."""
        is_new = change.was == OPEN
        variable = self.both.variable(self.both.fact(key))
        fixed = self.both.fixed(found.household)
        sides = [self.both.side(households, new=is_new) for households in (fixed, fixed.with_cell(key, Cell(variable)))]
        first, other = sides
        differs = self._differ(first.encoding, other.encoding, change.decision)
        model = self.solver.model([other.judges, differs], seconds)
        return value_in(self.both.fact(key), variable, model) if isinstance(model, z3.ModelRef) else None


def _used(policy: Policy, names: Iterable[str]) -> set[str]:
    """Some names with all that they use."""
    needed, wanted = set[str](), list(names)
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed.add(name)
            wanted += policy.uses.get(name, ())
    return needed


def _may_be_negative(fact: FactOfBoth) -> bool:
    return isinstance(fact.kind, NumberKind) and (fact.kind.low is None or fact.kind.low < 0)
