"""Algebras: the example that prints Excel formulas, and the table of operations in the documentation."""

import re
from collections.abc import Iterable
from fractions import Fraction
from runpy import run_path
from typing import Any, cast, get_args

import numpy as np
import pytest
from framing import drawn
from places import ROOT

from hardship_rules import assess, load_policy
from hardship_rules.assessment.outcomes import Figure
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Fact
from hardship_rules.engine.algebra import Algebra
from hardship_rules.engine.evaluate import Scope
from hardship_rules.engine.program import Op
from hardship_rules.testing.strategies import households

FORMULA = run_path(str(ROOT / "examples" / "excel_formula.py"))["formula"]
PAGE = (ROOT / "docs" / "architecture" / "backends.md").read_text(encoding="utf-8")
WEIHAI = load_policy("2021_weihai")


def excel_value(formula: str, scope: Scope) -> int:
    """The value of a formula for the facts in a scope; a fact of members is an array of cells."""

    def cells(fact: Fact, scopes: Iterable[Scope]) -> Any:
        scale = 10**fact.kind.decimals if isinstance(fact.kind, NumberKind) else None
        values = [value[fact.name] for value in scopes]
        return np.array([value if scale is None else int(cast(Fraction, value) * scale) for value in values])

    known = {name: cells(fact, [scope]) for name, fact in WEIHAI.facts.items() if name in formula}
    known |= {name: cells(fact, scope.members) for name, fact in WEIHAI.members.facts.items() if name in formula}
    functions = {
        "IF": np.where,
        "NA": lambda: -1,
        "SUM": np.sum,
        "ABS": np.abs,
        "SIGN": np.sign,
        "INT": lambda number: np.floor(number).astype(np.int64),
    }
    text = re.sub(r"(?<![<>])=", "==", formula.removeprefix("="))
    return int(np.ravel(eval(text, {"__builtins__": {}}, known | functions))[0])  # noqa: S307  # a formula of the example


@pytest.mark.parametrize(("name", "scale"), [("rigid", 100), ("income", 100), ("people", 1), ("dibao", 1)])
def test_excel_formula(name: str, scale: int) -> None:
    """The formula of a term gives what `assess` gives, times its scale."""
    formula = FORMULA("2021_weihai", name)
    for household in drawn(households(WEIHAI), 20):
        assessment = assess(WEIHAI, household)
        figure = assessment.terms[name]
        assert isinstance(figure, Figure)
        found = excel_value(formula, assessment.household.scope(WEIHAI))
        assert found == cast(Fraction, figure.exact) * scale


def test_the_page_names_every_operation() -> None:
    """The table of operations in the documentation has a row for each operation, in order; an algebra has them all."""
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)
    assert rows == list(get_args(Op))
    methods = {name.removesuffix("_") for name in vars(Algebra) if not name.startswith("_")}
    assert methods == set(rows)
