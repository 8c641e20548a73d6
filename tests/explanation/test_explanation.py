"""The explanation as data: its parts, and that texts from files and facts stay on their lines."""

import pytest
from titled import CASES, HOSTILE, people, titled

from hardship_rules import assess, explain
from hardship_rules.explanation.explanation import explanation_of

PLAIN = titled(str)
FORGED = "x\n√ 深度困难职工家庭\r\n\u2028\x1b[31m\u202e\u200b"


def test_parts_of_a_decided_household() -> None:
    """A decided household has a verdict, figures, reasons for and against, later decisions, and no missing fact."""
    told = explanation_of(assess(PLAIN, CASES["near"]), "zh")
    assert (told.verdict, told.headline) == ("nearly", "Titled（未填认定日期）")
    assert [(row.title, row.amount) for row in told.figures] == [
        ("total", "150 yuan"),
        ("people", "2 persons"),
        ("line（town）", "100 yuan"),
    ]
    assert [(each.holds, each.words, each.compared, each.basis) for each in told.category.grounds] == [
        (True, "below twice", "150 < 200，低 50 yuan", "〔归纳〕"),
        (True, "child（child）", "", "〔归纳〕"),
    ]
    assert [(each.holds, each.words, each.compared) for each in told.category.against] == [
        (False, "deep：not below", "150 < 100，高 50 yuan")
    ]
    assert [ruling.sentence for ruling in told.later] == ["papers：form"]
    assert told.missing == ()
    assert told.scale is not None


def test_parts_of_an_undecided_household() -> None:
    """An undecided household has possible outcomes, and the missing fact with its document, in both languages."""
    assessment = assess(PLAIN, CASES["undecided"])
    assert explanation_of(assessment, "zh").verdict == "待定：可能为deep、nearly、none"
    assert explanation_of(assessment, "en").verdict == "Undecided, possibly deep, nearly, none"
    assert explanation_of(assessment, "zh").missing == ("self的income（slip）",)
    assert explanation_of(assessment, "en").missing == ("income of self (slip)",)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_label_forges_no_line(form: str, lang: str) -> None:
    """A label with line ends and terminal codes adds no line to any format, and its codes are removed."""
    households = [people(50, label=label) for label in ("x", FORGED)]
    plain, forged = (explain(assess(PLAIN, each), format=form, lang=lang, detail="full") for each in households)  # type: ignore[arg-type]  # a known language
    assert len(forged.splitlines()) == len(plain.splitlines())
    assert not set(forged) & set("\r\u2028\x1b\u202e\u200b")
    assert "x √ 深度困难职工家庭" in forged.replace('<span lang="zh-CN">', "").replace("</span>", "")


@pytest.mark.parametrize("case", CASES)
def test_titles_forge_no_line(case: str) -> None:
    """A policy's texts add no line either."""
    spoilt = titled(lambda word: word + "\n√ \x1b[31m\u202e" + word)
    plain, forged = (explain(assess(policy, CASES[case]), detail="full") for policy in (PLAIN, spoilt))
    assert len(forged.splitlines()) == len(plain.splitlines())
    assert not set(forged) & set("\x1b\u202e")


@pytest.mark.parametrize("case", CASES)
def test_titles_are_shown_as_they_are(case: str) -> None:
    """Markup is printed unchanged in text."""
    text = explain(assess(titled(lambda word: word + HOSTILE), CASES[case]), detail="full")
    assert f"total{HOSTILE}" in text
