"""An explanation as text: columns, and colours that add nothing which the words do not say."""

import re

import pytest
from titled import CASES, titled

from hardship_rules import assess, explain
from hardship_rules.documents.text import width
from hardship_rules.explanation.explanation import explanation_of
from hardship_rules.explanation.layout import text_of

PLAIN = titled(str)


def tagged(role: str, text: str) -> str:
    """A text in angle quotes that name its role."""
    return f"‹{role}:{text}›"


@pytest.mark.parametrize("case", CASES)
def test_painted_text_says_the_same(case: str) -> None:
    """Without its colours a coloured text is the plain one, columns and all."""
    assessment = assess(PLAIN, CASES[case])
    painted = text_of(explanation_of(assessment, "zh"), tagged)
    assert re.sub(r"‹[^:]*:(.*?)›", r"\1", painted) == explain(assessment, detail="full")


def test_what_is_painted() -> None:
    """The verdict, the headings, and each mark by what it says."""
    lines = text_of(explanation_of(assess(PLAIN, CASES["near"]), "zh"), tagged).splitlines()
    assert lines[0].startswith("‹plain:nearly›        Titled")
    assert "‹heading:未认定为其他类别的原因›" in lines
    assert "‹√:√› below twice       150 < 200，低 50 yuan    〔归纳〕" in lines
    assert "  ‹×:×› deep：not below    150 < 100，高 50 yuan    〔归纳〕" in lines


def test_clauses_in_columns() -> None:
    """The comparisons of an undecided household's clauses stand below one another, whatever the words before them."""
    policy = titled(lambda word: {"below": "低于标准", "below twice": "低于标准的两倍"}.get(word, word))
    lines = explain(assess(policy, CASES["undecided"]), detail="full").splitlines()
    open_ = [line for line in lines if line.startswith("○ 低于")]
    assert len(open_) == 2
    assert len({width(line[: line.index("0 至")]) for line in open_}) == 1
