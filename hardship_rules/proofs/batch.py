"""Many questions to one prover: a household that is found answers every question that it satisfies."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Generic, TypeVar

from hardship_rules.proofs.prover import Answer, Proof, Prover
from hardship_rules.proofs.solver import NotSettled
from hardship_rules.proofs.terms import Bits, Truth, all_of, any_of, opposite, z3

Key = TypeVar("Key", bound=Hashable)

_SHARE = 0.25
"""The part of the seconds left that is spent on several questions at once."""


class Batch(Generic[Key]):
    """Questions to a prover, each a conjunction by its key; a context manager, which drops their definitions.

    The solver is asked for a household that satisfies any open question, until it has proved that none is left. All
    questions are asked of one solver, each under a literal of its own, so that it keeps what it learns.
    """

    def __init__(self, prover: Prover, question: Callable[[Key], Iterable[Truth]]) -> None:
        self._prover = prover
        self._question = question
        self._questions: dict[Key, Truth] = {}
        self._bits = Bits()
        self._masks: dict[Key, int | None] = {}
        self._defined = 0

    def __enter__(self) -> "Batch[Key]":
        self._prover.solver.push()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._prover.solver.pop()
        self._prover.forget()

    def settle(
        self, keys: Sequence[Key], others: Iterable[Key], seconds_left: Callable[[], float]
    ) -> Mapping[Key, Answer]:
        """The answers to some questions, and the households found on the way that satisfy others.

        `seconds_left` is asked before each use of the solver.
        """
        self._encode((*keys, *others))
        masks = {key: mask for key in (*keys, *others) if (mask := self._masks[key]) is not None}
        answers: dict[Key, Answer] = {}
        for part, result, spent in self._results(keys, answers, seconds_left):
            if result == z3.sat:
                model = self._prover.solver.found()
                shown, values = self._prover.replay(model), self._bits.in_model(model)
                satisfied = [key for key, mask in masks.items() if values & mask == mask]
                answers.update(dict.fromkeys(satisfied, shown))
                for key in satisfied:
                    del masks[key]
            else:
                answer = Proof(self._prover.members) if result == z3.unsat else NotSettled(round(spent, 1))
                answers.update(dict.fromkeys(part, answer))
        return answers

    def _results(
        self, keys: Iterable[Key], answers: Mapping[Key, Answer], seconds_left: Callable[[], float]
    ) -> Iterator[tuple[list[Key], z3.CheckSatResult, float]]:
        """The results of the solver, each for some questions at once, with the seconds spent.

        What has no result at its share of the seconds is asked again in halves. The caller adds to `answers`.
        """
        parts = [list(keys)]
        while parts:
            part = parts.pop()
            while open_ := [key for key in part if key not in answers]:
                left = max(0.0, seconds_left())
                result, spent = self._check(open_, left * _SHARE if len(open_) > 1 else left)
                if result == z3.unknown and left and len(open_) > 1:
                    half = len(open_) // 2
                    parts += [open_[half:], open_[:half]]
                    break
                yield open_, result, spent

    def _check(self, keys: Iterable[Key], seconds: float) -> tuple[z3.CheckSatResult, float]:
        """Whether some household satisfies any of the questions."""
        question = any_of(self._questions[key] for key in keys)
        if question is False:
            return z3.unsat, 0.0
        if seconds <= 0:
            return z3.unknown, 0.0
        solver, asked = self._prover.solver, self._prover.space.flag("asked")
        solver.add(any_of((opposite(asked), question)))
        result = solver.check(seconds, asked)
        if result[0] == z3.unsat:
            solver.add(opposite(asked))
        return result

    def _encode(self, keys: Iterable[Key]) -> None:
        """Encode the questions that are new, and give the solver what they define."""
        for key in keys:
            if key not in self._questions:
                conditions = tuple(self._question(key))
                self._questions[key], self._masks[key] = all_of(conditions), self._bits.mask(conditions)
        recent = self._prover.space.recent()
        self._prover.solver.add(*recent[self._defined :])
        self._defined = len(recent)
