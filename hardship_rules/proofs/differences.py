"""Differences between two policies: the households as written for which a decision changes, by kind of change."""

from collections.abc import Iterator, Mapping

from attrs import evolve

from hardship_rules.core.policy import Policy, require_policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.locale import sentences
from hardship_rules.proofs._pair import (
    LOST,
    WON,
    Found,
    PairProver,
    is_every,
    opened,
    settled,
    shared_decisions,
    today,
)
from hardship_rules.proofs.claims import Change, Claim
from hardship_rules.proofs.prover import Proof, Shown
from hardship_rules.proofs.shrink import Facts, Raised, paths_of, shrink_counterexample
from hardship_rules.proofs.solver import FAILURES, NotSettled
from hardship_rules.proofs.terms import Truth, any_of

FEW = 2
"""So many members are tried first: such households are found faster and are easier to read."""
_WORDS = sentences("proofs")
_TRIED = 10  # households that are tried at most for a change that only `assess` can confirm
_FEW_TRIED = 2
Answer = Found | Proof | NotSettled


def differences(old: Policy, new: Policy, members: int, seconds: float) -> Iterator[Claim]:
    """For each kind of change from an older policy, a household as written that shows it, or the proof of none.

    A household has up to `members` members. Each fact is stated, unknown, or left out; each policy then has its own
    default. The old policy is applied to the days on which the new one is in force. All questions together may take
    `seconds` of solver work.
    """
    for policy in (old, new):
        require_policy(policy)
    search = _Search(evolve(old, start=new.start, end=new.end), new, members, seconds)
    for decision in ("", *shared_decisions(old, new)):
        for change, answer in search.answers(decision).items():
            yield search.claim(change, answer)


class _Search:
    """The search for the changes between two policies, within a limit of work."""

    def __init__(self, old: Policy, new: Policy, members: int, seconds: float) -> None:
        self.old, self.new = old, new
        self.members = min(members, max(old.members.at_most, new.members.at_most))
        self.seconds = seconds
        self.found: dict[Change, Found] = {}
        self._refusals: dict[Change, Answer] = {}
        self._failed = False
        self._provers: dict[int, PairProver] = {}
        self._same: bool | None = None
        self._alike: set[str] = set()  # decisions that differ only through households that one policy refuses
        self._partly: set[Change] = set()  # those that are proved for some partial households only
        self._examples: dict[Change, tuple[Shown, tuple[KeyPath, ...]]] = {}

    def prover(self, members: int) -> PairProver:
        """The prover for so many members, made once."""
        members = min(members, self.members)
        if members not in self._provers:
            self._provers[members] = PairProver(self.old, self.new, members)
        return self._provers[members]

    def ask(self, prover: PairProver, *conditions: Truth, share: int = 1, keep: bool = True) -> Answer:
        """The answer to a question, with a share of the work that is left."""
        left = self.seconds - sum(each.solver.spent for each in self._provers.values())
        if left <= 0:
            return NotSettled(self.seconds)
        answer = prover.ask(conditions, left / share)
        if keep and isinstance(answer, Found):
            self.keep(answer)
        return answer

    def keep(self, found: Found) -> None:
        """Keep a household for every change that it shows and that none was found for."""
        for change in found.changes():
            self.found.setdefault(change, found)

    def answers(self, decision: str) -> dict[Change, Answer]:
        """The answers for all changes of a decision, or for refusals; after a failure, only the households found."""
        changes = self._changes(decision) if decision else [LOST, WON]
        if not self._failed:
            try:
                return self._of_decision(decision, changes) if decision else self._refused(changes)
            except FAILURES:
                self._failed = True
                self._provers.clear()
        return {change: self.found.get(change, NotSettled(0.0)) for change in changes}

    # Refusals

    def _refused(self, changes: list[Change]) -> dict[Change, Answer]:
        """The answers for refusals, which the answers for decisions rest on."""
        self._refusals = {change: self._refusal(change) for change in changes}
        return self._refusals

    def _refusal(self, change: Change) -> Answer:
        """A household that one policy judges and the other refuses."""
        few, all_ = self.prover(FEW), self.prover(self.members)
        refused, for_default = all_.refused(change), all_.refused_for_default(change)
        answers = []
        for prover, *conditions in (
            (few, few.refused(change), few.are_plain),
            (all_, refused, all_.are_stated),
            (all_, refused, all_.are_held(change)),
            (all_, for_default),
        ):
            answers.append(self._confirmed(change, prover, *conditions))
            if change in self.found:
                return self.found[change]
        return next((answer for answer in answers[1:] if isinstance(answer, NotSettled)), answers[-1])

    def _confirmed(self, change: Change, prover: PairProver, *conditions: Truth) -> Answer:
        """A household that shows a change; those that meet the conditions but do not show it are passed over."""
        passed: list[Truth] = []
        for _ in range(_TRIED):
            answer = self.ask(prover, *conditions, *passed)
            if change in self.found:
                return self.found[change]
            if not isinstance(answer, Found):
                return NotSettled(0.0) if passed else answer
            passed.append(prover.states_more(answer))
        return NotSettled(0.0)

    # A decision

    def _of_decision(self, name: str, changes: list[Change]) -> dict[Change, Answer]:
        """The answers for all changes of a decision.

        Where nothing changes for a household whose facts are known, and the same households are refused, nothing
        changes for a partial one either: both policies come to the same for each of its completions.
        """
        is_same = self._is_same(name)
        if is_same and all(isinstance(answer, Proof) for answer in self._refusals.values()):
            return dict.fromkeys(changes, Proof(self.members))
        whole = [change for change in changes if not change.is_partial]
        if is_same:
            self._alike.add(name)
            self._partly.update(whole)  # the other policy may judge other values of an unknown fact
        answers = dict.fromkeys(whole, Proof(self.members)) if is_same else self._moves(whole)
        return {change: answers[change] if change in answers else self._opened(change) for change in changes}

    def _changes(self, name: str) -> list[Change]:
        """The kinds of change of a decision."""
        now = self.new.decisions[name].by_id
        before = {outcome: today(self.new, name, outcome) for outcome in self.old.decisions[name].by_id}
        if is_every(self.old, self.new, name):
            pairs = [(was, "") for was in before] + [("", becomes) for becomes in now]
        else:
            pairs = [(was, becomes) for was, then in before.items() for becomes in now if then != becomes]
        return [*(Change(name, *pair) for pair in pairs), opened(name), settled(name)]

    def _is_same(self, name: str) -> bool:
        """Whether it is proved that a decision never changes; first asked of all decisions at once."""
        prover = self.prover(self.members)
        if self._same is None:
            every = any_of(map(prover.differs, shared_decisions(self.old, self.new)))
            self._same = isinstance(self.ask(prover, prover.are_judged, every, share=2, keep=False), Proof)
        if self._same:
            return True
        return isinstance(self.ask(prover, prover.are_judged, prover.differs(name), share=2, keep=False), Proof)

    def _moves(self, changes: list[Change]) -> dict[Change, Answer]:
        """The answers for changes from one outcome to another; each household strikes out all changes that it shows."""
        one, few, all_ = map(self.prover, (1, FEW, self.members))
        answer: Answer = Proof(self.members)
        for prover, scope in ((one, one.are_plain), (few, few.are_plain), (few, True), (all_, True)):
            while remaining := [change for change in changes if change not in self.found]:
                moves = any_of(map(prover.changed, remaining))
                answer = self.ask(prover, prover.are_judged, prover.are_known, scope, moves, share=2)
                if isinstance(answer, Found) and not any(change in self.found for change in remaining):
                    answer = NotSettled(0.0)  # `assess` does not confirm it
                if not isinstance(answer, Found):
                    break
        proved = [change for change in changes if change not in self.found] if isinstance(answer, Proof) else []
        self._partly.update(self._not_of_all(proved))
        return {
            change: self.found.get(change) or (answer if change in proved else self._move(change)) for change in changes
        }

    def _not_of_all(self, changes: list[Change]) -> list[Change]:
        """Changes that no household shows whose facts are known, and that are not proved for all partial ones.

        A `must` can leave an unknown fact with fewer values. What each policy decides for those is the same where both
        refuse the same households, and where also with unknown facts no values show a change.
        """
        prover, passed = self.prover(self.members), list[Truth]()
        same_refused = all(isinstance(answer, Proof) for answer in self._refusals.values())
        for _ in range(_TRIED):
            remaining = [change for change in changes if change not in self.found]
            answer = self.ask(prover, prover.are_judged, any_of(map(prover.changed, remaining)), *passed, share=4)
            if not isinstance(answer, Found):
                break
            if not any(change in self.found for change in remaining):
                passed.append(prover.states_more(answer))
        is_proved = isinstance(answer, Proof) and not passed and same_refused
        return [] if is_proved else [change for change in changes if change not in self.found]

    def _move(self, change: Change) -> Answer:
        """The answer for one change, where all together were too much work."""
        prover = self.prover(self.members)
        answer = self.ask(prover, prover.are_judged, prover.are_known, prover.changed(change), share=4)
        return self.found.get(change, answer)

    # Partial households

    def _opened(self, change: Change) -> Answer:
        """A partial household that only one of the policies decides."""
        return (
            self.found.get(change)
            or self._with_a_default(change)
            or self._with_an_unknown_fact(change)
            or self._by_each_fact(change)
        )

    def _with_a_default(self, change: Change) -> Found | None:
        """A household with a fact left out for which only the policy that decides has a default."""
        for members in dict.fromkeys((FEW, self.members)):
            prover = self.prover(members)
            scope = (prover.are_judged, prover.differs(change.decision), prover.undecided_by_default(change))
            answer = self._confirmed(change, prover, *scope)
            if isinstance(answer, Found):
                return answer
        return None

    def _with_an_unknown_fact(self, change: Change) -> Found | None:
        """A household that was found before, with one of its facts unknown."""
        for found in list({id(each): each for each in self.found.values()}.values()):
            for path in paths_of(found.household):
                partial = found.with_unknown(path)
                if change in partial.changes():
                    self.keep(partial)
                    return partial
        return None

    def _by_each_fact(self, change: Change) -> Answer:
        """A household with one unknown fact, fact by fact, first of few members.

        Without a `must` this is a proof also for several: on the way from one completion of a household to another,
        facts can change one at a time.
        """
        few, all_ = self.prover(FEW), self.prover(self.members)
        answers: list[Answer] = []
        for prover, is_held in ((few, True), (all_, False)):
            answers = []
            for key in prover.keys(change, refusable=change.decision in self._alike):
                answers.append(self._with_unknown(change, prover, key, is_held=is_held))
                if change in self.found:
                    return self.found[change]
        if self.old.must or self.new.must:
            self._partly.add(change)
        return next((answer for answer in answers if isinstance(answer, NotSettled)), Proof(self.members))

    def _with_unknown(self, change: Change, prover: PairProver, key: str, *, is_held: bool) -> Answer:
        """A household with this fact unknown: one policy decides for each of its values, the other does not.

        With `is_held` a `must` of the policy that decides knows every other fact, so that what it refuses is certain.
        """
        values: list[object] = []
        scope = prover.are_held_to_decide(change) if is_held else True
        for _ in range(_TRIED if is_held else _FEW_TRIED):
            parted = prover.parted(change, key, values, refusable=change.decision in self._alike)
            answer = self.ask(prover, scope, parted, share=4)
            if not isinstance(answer, Found):
                return answer
            partial = answer.with_unknown((key,) if key in answer.household else ("members", 0, key))
            self.keep(partial)
            value = None if change in self.found else prover.value_that_differs(change, key, answer, 1.0)
            if value is None:
                break
            values.append(value)
        return NotSettled(0.0)

    # Claims

    def claim(self, change: Change, answer: Answer) -> Claim:
        """The claim about a kind of change, with its household made as small as possible."""
        id_ = ".".join(filter(None, (change.decision, f"{change.was}→{change.becomes}")))
        title = change_title(change, self.old, self.new, _WORDS)
        if not isinstance(answer, Found):
            proved = "unchanged_partly" if change in self._partly else "unchanged"
            verdict = proved if isinstance(answer, Proof) else "not_settled"
            return Claim("changes", id_, title, verdict, answer, change=change)
        if change not in self._examples:
            small, left_out = _with_defaults_stated(change, _shrunk(change, answer))
            shown = small.shown()
            for each in small.changes():  # one household is the example of all changes that it shows
                self._examples.setdefault(each, (shown, left_out))
        shown, left_out = self._examples[change]
        return Claim("changes", id_, title, "changed", shown, finding=True, change=change, left_out=left_out)


def change_title(change: Change, old: Policy, new: Policy, say: Mapping[str, str]) -> str:
    """A kind of change in the sentences of a language: what a decision came to, and what it comes to now."""
    if change.is_partial or not change.decision:
        was, becomes = say[f"is_{change.was}"], say[f"is_{change.becomes}"]
    else:
        was, becomes = (
            policy.decisions[change.decision].options[outcome] if outcome else ""
            for policy, outcome in ((old, change.was), (new, change.becomes))
        )
    sentence = "moves" if was and becomes else "gone" if was else "came"
    return say[sentence].format(was=was, becomes=becomes)


def _shrunk(change: Change, found: Found) -> Found:
    """The household made as small as possible."""

    def is_counterexample(household: Facts, _: Raised) -> bool:
        return change in evolve(found, household=household).changes()

    household, _ = shrink_counterexample(found.both.policy, found.household, {}, is_counterexample)
    return evolve(found, household=household)


def _with_defaults_stated(change: Change, found: Found) -> tuple[Found, tuple[KeyPath, ...]]:
    """The household with each default stated that matters, and the facts that must be left out for the change.

    A default does not matter if the fact can be unknown instead.
    """
    left_out: list[KeyPath] = []
    for path in found.both.left_out(found.household):
        if change in found.with_unknown(path).changes():
            continue
        stated = found.with_default(path)
        if stated is not None and change in stated.changes():
            found = stated
        else:
            left_out.append(path)
    return found, tuple(left_out)
