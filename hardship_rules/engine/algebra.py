"""An algebra gives each operation of a program a meaning; one loop runs any algebra over the steps."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, MutableMapping
from typing import Any

from hardship_rules.engine.program import Program, Step


class Algebra(ABC):
    """One method an operation: it gets the step and the values of its arguments, and returns the value of the step.

    What a value is, the algebra decides: an interval, a column of a frame, a tree of SQL, a rule. The kind of a number
    holds its proven bounds, `step.data` what `Step` says for each operation. `sum` and `any` get the value that a
    member has, and return one of the household.
    """

    @abstractmethod
    def const(self, step: Step, /) -> Any:
        """A whole number, a boolean, or an option; `step.data` is None for no option."""

    @abstractmethod
    def input(self, step: Step, /) -> Any:
        """The fact that `step.data` names, or the day."""

    def name(self, _: Step, /, part: Any) -> Any:
        """A reading, a parameter, a decision or a clause, whose id is in `step.data`: the value of `part`."""
        return part

    @abstractmethod
    def add(self, step: Step, /, *parts: Any) -> Any:
        """The sum of two numbers or more."""

    @abstractmethod
    def mul(self, step: Step, /, *parts: Any) -> Any:
        """The product of two numbers or more; a constant comes first."""

    @abstractmethod
    def div(self, step: Step, /, over: Any, by: Any) -> Any:
        """The quotient over a positive number, rounded as `step.data` says."""

    @abstractmethod
    def min(self, step: Step, /, *parts: Any) -> Any:
        """The least of some numbers."""

    @abstractmethod
    def max(self, step: Step, /, *parts: Any) -> Any:
        """The greatest of some numbers."""

    @abstractmethod
    def lt(self, step: Step, /, left: Any, right: Any) -> Any:
        """Whether one number is below another."""

    @abstractmethod
    def eq(self, step: Step, /, left: Any, right: Any) -> Any:
        """Whether two numbers, two options or two conditions are the same."""

    @abstractmethod
    def in_(self, step: Step, /, part: Any) -> Any:
        """Whether an option is one of `step.data`."""

    @abstractmethod
    def and_(self, step: Step, /, *parts: Any) -> Any:
        """Whether all of some conditions hold."""

    @abstractmethod
    def or_(self, step: Step, /, *parts: Any) -> Any:
        """Whether any of some conditions holds."""

    @abstractmethod
    def not_(self, step: Step, /, part: Any) -> Any:
        """Whether a condition fails."""

    @abstractmethod
    def select(self, step: Step, /, when: Any, then: Any, otherwise: Any) -> Any:
        """One value where a condition holds, another where it fails."""

    @abstractmethod
    def table(self, step: Step, /, *keys: Any) -> Any:
        """The number of a parameter for the values that it goes by; `step.data` holds its rows."""

    @abstractmethod
    def sum(self, step: Step, /, part: Any) -> Any:
        """The sum of a number over the members."""

    @abstractmethod
    def any(self, step: Step, /, part: Any) -> Any:
        """Whether a condition holds for any member."""


_KEYWORDS = frozenset({"in", "and", "or", "not"})


def operate(algebra: Algebra, step: Step, args: Iterable[Any]) -> Any:
    """The value of one step for the values of its arguments."""
    return getattr(algebra, f"{step.op}_" if step.op in _KEYWORDS else step.op)(step, *args)


def run(program: Program, algebra: Algebra, numbers: Iterable[int], values: MutableMapping[int, Any]) -> None:
    """Put the values of some steps, in order, into `values`, which has those of their other arguments."""
    for number in numbers:
        step = program.steps[number]
        values[number] = operate(algebra, step, [values[argument] for argument in step.args])
