"""Print a number of a policy as one Excel formula: an algebra whose values are texts.

python examples/excel_formula.py 2021_weihai rigid

A fact of the household is a cell with that name, a fact of its members a column of cells, a row for each member. Cells
hold whole numbers (money in fen), TRUE or FALSE, and options by name.
"""

import sys
from functools import reduce
from typing import cast

from hardship_rules import load_policy
from hardship_rules.engine import lower, specialise
from hardship_rules.engine.algebra import Algebra, run
from hardship_rules.engine.program import BoolKind, OptionKind, Step, Table


class Formulas(Algebra):
    """The text of each operation; conditions are 1 or 0, so that every operation also works on columns of cells."""

    def const(self, step: Step) -> str:
        return f'"{step.data or ""}"' if isinstance(step.kind, OptionKind) else str(int(cast(int, step.data)))

    def input(self, step: Step) -> str:
        return f"(1*{step.data})" if isinstance(step.kind, BoolKind) else str(step.data)

    def add(self, _: Step, *parts: str) -> str:
        return f"({'+'.join(parts)})"

    def mul(self, _: Step, *parts: str) -> str:
        return f"({'*'.join(parts)})"

    def div(self, step: Step, over: str, by: str) -> str:
        if step.data == "floor":
            return f"INT({over}/{by})"
        sizes = {"down": f"INT(ABS({over})/{by})", "half_up": f"INT((2*ABS({over})+{by})/(2*{by}))"}
        return f"(SIGN({over})*{sizes.get(str(step.data), f'-INT(-ABS({over})/{by})')})"

    def min(self, _: Step, *parts: str) -> str:
        return reduce(lambda a, b: f"IF({a}<{b},{a},{b})", parts)

    def max(self, _: Step, *parts: str) -> str:
        return reduce(lambda a, b: f"IF({a}>{b},{a},{b})", parts)

    def lt(self, _: Step, left: str, right: str) -> str:
        return f"(1*({left}<{right}))"

    def eq(self, _: Step, left: str, right: str) -> str:
        return f"(1*({left}={right}))"

    def in_(self, step: Step, part: str) -> str:
        return "(" + "+".join(f'({part}="{option}")' for option in cast(tuple[str, ...], step.data)) + ")"

    def and_(self, _: Step, *parts: str) -> str:
        return f"({'*'.join(parts)})"

    def or_(self, _: Step, *parts: str) -> str:
        return f"(1*({'+'.join(parts)}>0))"

    def not_(self, _: Step, part: str) -> str:
        return f"(1-{part})"

    def select(self, _: Step, when: str, then: str, otherwise: str) -> str:
        return f"IF({when},{then},{otherwise})"

    def table(self, step: Step, *keys: str) -> str:
        table, text = cast(Table, step.data), "NA()"
        for row, number in table.rows:
            ways = zip(keys, row, table.last, strict=True)  # a last key also means "and more"
            tests = [
                f'({key}="{at}")' if isinstance(at, str) else f"({key}{'>=' if at == last else '='}{at})"
                for key, at, last in ways
            ]
            text = f"IF({'*'.join(tests) or 1},{'NA()' if number is None else number},{text})"
        return text

    def sum(self, _: Step, part: str) -> str:
        return f"SUM({part})"

    def any(self, _: Step, part: str) -> str:
        return f"(1*(SUM({part})>0))"


def formula(policy: str, name: str) -> str:
    """The formula of a term, times its scale: money in fen."""
    loaded = load_policy(policy)
    program = specialise(lower(loaded), {reading.name: reading.chosen for reading in loaded.readings.values()})
    values: dict[int, str] = {}
    run(program, Formulas(), program.live((program.names[name],)), values)
    return f"={values[program.names[name]]}"


if __name__ == "__main__":
    print(formula(*sys.argv[1:]))
