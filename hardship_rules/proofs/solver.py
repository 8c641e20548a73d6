"""The solver over a space of symbols, and the work that it does."""

from collections.abc import Iterable

from attrs import frozen

from hardship_rules.proofs.terms import Space, Truth, all_of, z3

WORK = 5_000_000
"""The solver work that is taken for one second, in Z3's own units; so a limit means the same on every machine."""

FAILURES = (MemoryError, z3.Z3Exception)
"""What ends a section of a report early: too little memory, or a failure of the solver."""


@frozen
class NotSettled:
    """Neither proved nor refuted with so many seconds of solver work."""

    seconds: float


class Solver:
    """Looks for models of the symbols in one space; `spent` is its work so far, in seconds."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.spent = 0.0
        self._solver = z3.Solver(ctx=space.context)

    def keep(self) -> None:
        """Keep what is known in the space for all later questions."""
        self._solver.add(*self.space.recent())
        self.space.keep()

    def model(self, conditions: Iterable[Truth], seconds: float) -> z3.ModelRef | NotSettled | None:
        """A model that meets all conditions, None if there is none.

        Definitions made for the question are dropped afterwards.
        """
        question = all_of(conditions)
        if question is False:
            self.space.forget()
            return None
        self.push()
        try:
            self.add(*self.space.recent(), *([] if question is True else [question]))
            result, spent = self.check(seconds)
            if result == z3.unknown:
                return NotSettled(round(spent, 1))
            return None if result == z3.unsat else self.found()
        finally:
            self.pop()
            self.space.forget()

    def push(self) -> None:
        """Begin with conditions that the next `pop` drops."""
        self._solver.push()

    def pop(self) -> None:
        """Drop the conditions added since the last `push`."""
        self._solver.pop()

    def add(self, *conditions: Truth) -> None:
        """Add conditions that every later model meets."""
        self._solver.add(*conditions)

    def found(self) -> z3.ModelRef:
        """The model of the last check."""
        return self._solver.model()

    def check(self, seconds: float, *assumptions: Truth) -> tuple[z3.CheckSatResult, float]:
        """The result of the solver, and the seconds of work that it took; unknown once the limit is reached."""
        limit = max(1, int(seconds * WORK))
        self._solver.set("rlimit", limit)
        before = self._work()
        try:
            result = self._solver.check(*assumptions)
        except z3.Z3Exception:
            if self._work() - before < limit:
                raise
            result = z3.unknown  # the limit was reached before the search began
        spent = (self._work() - before) / WORK
        self.spent += spent
        return result, spent

    def _work(self) -> int:
        return next((count for name, count in self._solver.statistics() if name == "rlimit count"), 0)
