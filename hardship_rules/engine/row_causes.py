"""The rows of a table in which each clause decides an outcome: the module `causes` for all rows at once."""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import Any, TypeVar, cast

from attrs import frozen

from hardship_rules.core.expr import Clause
from hardship_rules.engine.clauses import Condition

Rows = Any
"""A boolean column: an expression with &, | and ~, or a bool that is the same for every row."""
_Rows = TypeVar("_Rows")


def both(a: _Rows, b: _Rows) -> _Rows:
    """The rows that are in both columns."""
    if a is False or b is False:
        return cast(_Rows, False)  # noqa: FBT003  # no row
    return b if a is True else a if b is True or a is b else cast(Rows, a) & b


def either(a: _Rows, b: _Rows) -> _Rows:
    """The rows that are in at least one of two columns."""
    if a is True or b is True:
        return cast(_Rows, True)  # noqa: FBT003  # every row
    return b if a is False else a if b is False or a is b else cast(Rows, a) | b


def opposite(a: _Rows) -> _Rows:
    """The rows that are not in a column."""
    return cast(_Rows, not a if isinstance(a, bool) else ~cast(Rows, a))


def any_of(several: Iterable[_Rows]) -> _Rows:
    """The rows that are in at least one of several columns."""
    return reduce(either, several, cast(_Rows, False))  # noqa: FBT003  # no row


Causes = Iterator[tuple[str, Rows]]
"""The ids of clauses, each with the rows in which it is a cause."""


@frozen
class RowCauses:
    """The causes of conditions by row, from the columns of the values of clauses; it reads no policy.

    `truth_of` gives the bounds of a clause's values, as an object with `low` and `high`, by its id.
    """

    truth_of: Callable[[str], Any]

    def deciding(self, clause: Condition, *, held: bool) -> dict[str, Rows]:
        """The innermost clauses that make a clause hold (or fail), each with the rows in which it does so.

        In each row they are those of `causes.innermost`: switches only where there is no other cause.
        """
        causes = list(self._causes(clause, held=held, active=True))
        if _contains_switch(clause) and not self._always(clause, held=held):
            uncaused = opposite(any_of(where for _, where in causes))
            causes += [(name, both(uncaused, where)) for name, where in self._causes(clause, held=held, active=False)]
        rows: dict[str, Rows] = {}
        for name, where in causes:
            rows[name] = either(rows.get(name, False), where)
        return {name: where for name, where in rows.items() if where is not False}

    def _causes(self, condition: Condition, *, held: bool, active: bool) -> Causes:
        """The causes of a condition's value; with `active`, none of branches that a switch turns off."""
        match condition.op:
            case "clause":
                (line,) = condition.parts
                inner = list(self._causes(line, held=held, active=active))
                yield from inner
                sometimes = _contains_switch(line) and not self._always(line, held=held)
                if not line.is_structure and (not inner or sometimes):
                    yield _id(condition), opposite(any_of(where for _, where in inner))
            case "all" | "any":
                yield from self._of_several(condition, held=held, active=active)
            case "not":
                yield from self._causes(condition.parts[0], held=not held, active=active)
            case "term":
                yield from self._causes(condition.parts[0], held=held, active=active)
            case "line":
                return

    def _always(self, condition: Condition, *, held: bool) -> bool:
        """Whether a condition has an active cause in every row."""
        parts = condition.parts
        match condition.op:
            case "clause":
                return not parts[0].is_structure or self._always(parts[0], held=held)
            case "all" | "any" if held is (condition.op == "all"):
                others = [part for part in parts if not part.is_switch]
                return any(self._always(part, held=held) for part in others or parts)
            case "all" | "any":
                agreeing = [part for part in parts if self._is(part, held=held) is not False]
                may_be_off = not held and any(part.is_switch for part in agreeing)
                return not may_be_off and all(self._always(part, held=held) for part in agreeing)
            case "not":
                return self._always(parts[0], held=not held)
            case "term":
                return self._always(parts[0], held=held)
            case "line":
                return False

    def _of_several(self, condition: Condition, *, held: bool, active: bool) -> Causes:
        """The causes of an `all` or `any`: those of its clauses that have its value."""
        is_all = condition.op == "all"
        all_agree = held is is_all  # a true `all` and a false `any`: every clause has that value
        agreeing = [(part, True if all_agree else self._is(part, held=held)) for part in condition.parts]
        switches = [part for part, where in agreeing if part.is_switch and where is True]
        only_switches = opposite(any_of(where for part, where in agreeing if not part.is_switch))
        if active and switches and not held and is_all:
            yield from ((_id(part), only_switches) for part in switches)
            return
        for part, where in agreeing:
            here = both(where, only_switches) if active and part.is_switch else where
            if here is not False:
                for name, inner in self._causes(part, held=held, active=active):
                    yield name, both(here, inner)

    def _is(self, clause: Condition, *, held: bool) -> Rows:
        """The rows in which a clause certainly holds, or certainly fails."""
        truth = self.truth_of(_id(clause))
        return truth.low if held else opposite(truth.high)


def _id(condition: Condition) -> str:
    return cast(Clause, condition.clause).id


def _contains_switch(condition: Condition) -> bool:
    """Whether a switch is among the parts of a condition; without one, it always has an active cause."""
    return condition.is_switch or any(_contains_switch(part) for part in condition.parts)
