"""The JSON and the pages of a comparison of two policies."""

import json
from typing import Any

import pytest

from hardship_rules import Comparison, compare, load_household, load_policy

Y2021, Y2023, HUZHOU = (load_policy(name) for name in ("2021_weihai", "2023_weihai", "example_huzhou"))
EXAMPLE = load_household("examples/household.yaml")


def document(found: Comparison) -> Any:
    """The parsed JSON of a comparison."""
    return json.loads(found.explain(format="json"))


def test_sides() -> None:
    """Each side has its policy, its day, whether it was in force, its verdict, figures, and missing facts."""
    found = document(compare(Y2021, HUZHOU, EXAMPLE))
    assert found["format"] == "hardship-rules/comparison/1"
    assert (found["same"], found["readings"]) == (False, [])
    first, second = found["sides"]
    assert first["policy"]["fingerprint"] == Y2021.fingerprint
    assert (first["on"], first["in_force"], first["category"]["id"]) == ("2021-03-31", True, "deep")
    assert first["decided_by"] == ["category.deep.income.below_standard"]
    assert first["terms"]["net_income_per_person"]["value"]["exact"] == "5900/9"
    assert (first["missing"], first["not_known"]) == ([], [])
    assert second["category"] is None
    assert {"path": "members[1].wage", "title": "年工资性收入", "option": None} in second["not_known"]
    assert {"path": "cause", "title": "意外原因"} in second["missing"]


def test_parting() -> None:
    """The clause at which the verdicts differ has both its sides under both policies; null if they agree."""
    assert document(compare(Y2021, Y2023, EXAMPLE))["parting"] is None
    dear = {"unit_has_union": True, "employment": "new_form", "members": [{"relation": "self"}]}
    found = document(compare(Y2021, Y2023, dear, "2021-03-31"))
    assert [side["in_force"] for side in found["sides"]] == [True, False]
    assert {"id": "new_form_covered", "title": "新就业形态劳动者是否纳入", "chosen": ["no", "yes"]} in found["readings"]
    first, second = found["parting"]["standings"]
    assert first["clause"] == second["clause"] == "category.out_of_scope.new_form.not_covered"
    assert (first["holds"], second["holds"]) == (True, False)
    assert [each["reasons"][0]["left"] for each in (first, second)] == [
        {"option": "no", "title": "不纳入"},
        {"option": "yes", "title": "纳入"},
    ]
    assert not found["parting"]["by_order"]


def test_same_bytes_and_no_labels() -> None:
    """The same household gives the same bytes, and labels are left out."""
    facts = {"reference": "r-1", "members": [{"relation": "self", "label": "Qvyzx"}]}
    text = compare(Y2021, Y2023, facts).explain(format="json")
    assert text == compare(Y2021, Y2023, facts).explain(format="json")
    assert json.loads(text)["reference"] == "r-1"
    assert "Qvyzx" not in text


def test_no_fact_in_repr() -> None:
    """The `repr` of a comparison shows no fact."""
    facts = {"members": [{"relation": "self", "wage": "73913.31", "label": "Qvyzx"}]}
    shown = repr(compare(Y2021, HUZHOU, facts))
    assert not any(mark in shown for mark in ("73913", "Qvyzx"))


def test_no_such_format() -> None:
    """An unknown format is refused."""
    with pytest.raises(ValueError, match="text, markdown, html, json"):
        compare(Y2021, Y2023, EXAMPLE).explain(format="pdf")


def test_page() -> None:
    """A page and Markdown begin with whether the verdicts differ and where; they have no id of a policy or clause."""
    dear = {"unit_has_union": True, "employment": "new_form", "members": [{"relation": "self"}]}
    found = compare(Y2021, Y2023, dear, "2021-03-31")
    for form in ("html", "markdown"):
        text = found.explain(format=form)
        at = [text.index(words) for words in ("结论不同", "分歧始于：", "并列的结论和数额", "依据", "辅助审核意见")]
        assert at == sorted(at)
        assert not any(each in text for each in ("2021_weihai", "2023_weihai", "category.", "new_form"))
    same = compare(Y2021, Y2021, EXAMPLE).explain(format="markdown")
    assert same.startswith("# 结论相同\n")
    assert "分歧始于" not in same
    assert "The verdicts differ" in found.explain(format="html", lang="en")
