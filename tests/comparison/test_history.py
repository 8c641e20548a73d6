"""The history of a household as text, page and JSON: both verdicts, the changes, their causes, and what is due."""

import json

import pytest
from two_times import HOME, SELF, SPOUSE, Y2021, Y2023

from hardship_rules import FactError, assess, changes
from hardship_rules.comparison.history import Development
from hardship_rules.testing.strategies._paths import Facts

NOW: Facts = {**HOME, "on": "2023-04-10", "file": "open", "file_category": "deep", "file_age_months": 23}


def developed(now: list[Facts], **own: object) -> Development:
    """The history of a worker's household from 750 a month in 2021 to its state in 2023."""
    before = {**HOME, "members": [SELF]}
    return changes(Y2023, before, {**NOW, **own, "members": now}, earlier=Y2021)


def test_out_of_hardship() -> None:
    """31,200 a year is 2,600 a month, above twice 1,001: 脱困 is due, caused by the wage alone."""
    found = developed([{**SELF, "wage": 31200}])
    assert found.reassess
    assert found.category_changed
    assert [(each.decision.name, each.outcome.id, each.new) for each in found.due] == [
        ("filing", "out_of_hardship", True),
        ("record", "recheck_due", True),
    ]
    lines = found.explain().splitlines()
    assert lines[0] == "困难职工家庭类别：深度困难职工家庭 → 不符合困难职工家庭条件"
    assert (
        lines[1] == "  前次 威海市2021年困难职工家庭认定（2021-03-31），本次 威海市2023年困难职工家庭认定（2023-04-10）"
    )
    at = lines.index("单独复原下列任何一项，即回到前次的类别")
    assert lines[at + 1] == "  本人的年工资性收入：9,000.00 元 → 31,200.00 元"
    assert "建档处理：脱困（新）〔假定〕" in lines  # the source that defines 脱困 is not held
    assert "档案记载：建档一年以上，应当复核（新）〔通知〕" in lines


def test_withdrawn() -> None:
    """A large second home excludes: 退档 is due."""
    found = developed([SELF], homes=2, floor_area_above_local_average=True)
    assert [each.outcome.title for each in found.due if each.decision.name == "filing"] == ["退档"]


def test_category_changed() -> None:
    """14,400 a year is 1,200 a month, between 1,001 and 2,002: 调整类别."""
    found = developed([{**SELF, "wage": 14400}])
    assert ("filing", "category_changed") in {(each.decision.name, each.outcome.id) for each in found.due}


def test_nothing_is_otherwise() -> None:
    """The same household on the same day is reported as unchanged, and nothing new is due."""
    household = {**HOME, "members": [SELF]}
    found = changes(Y2021, household, assess(Y2021, household))
    assert not found.reassess
    assert found.category_changed is False
    assert found.because == ()
    assert "与前次没有不同" in found.explain().splitlines()
    assert not any(each.new for each in found.due)


def test_what_the_category_does_not_use() -> None:
    """A change of a fact that only the filing uses needs no new verdict."""
    household = {**HOME, "members": [SELF]}
    found = changes(Y2021, household, {**household, "affected_by_epidemic": True})
    assert not found.reassess
    assert "下列各项与前次不同，认定类别用不到" in found.explain()
    assert [(each.outcome.id, each.new) for each in found.due if each.decision.name == "record"] == [("epidemic", True)]


def test_undecided_now() -> None:
    """With a missing fact the category may have changed or not, and the missing fact is named."""
    member = {name: each for name, each in SELF.items() if name != "medical_self_paid"}
    found = developed([{**member, "wage": 14400}])
    assert found.category_changed is None
    assert found.because == ()
    text = found.explain()
    assert "建档处理：待定，可能为调整类别、继续留档" in text
    assert "本人的医疗自负费用（医疗自负费用票据）" in text


def test_members_who_are_not_told_apart() -> None:
    """Two children without labels cannot be matched: both left and both joined, and the hint asks for labels."""
    child = {**SPOUSE, "relation": "child", "age": 10}
    before = {**HOME, "members": [SELF, child, {**child, "age": 12}]}
    found = changes(Y2021, before, {**before, "members": [SELF, {**child, "age": 11}, {**child, "age": 13}]})
    assert [(each.what, each.number) for each in found.members] == [
        ("left", 1),
        ("left", 2),
        ("joined", 1),
        ("joined", 2),
    ]
    assert "同称的成员如是同一人" in found.explain()


def test_json() -> None:
    """The JSON has the documented form: members from 1, exact numbers."""
    document = json.loads(developed([{**SELF, "wage": 31200}, SPOUSE]).explain(format="json"))
    assert document["format"] == "hardship-rules/development/1"
    assert document["category_changed"] is True
    assert {"is": "joined", "member": 2} in document["otherwise"]
    wage = next(each for each in document["otherwise"] if each["is"] == "fact" and each["path"] == "members[1].wage")
    assert (wage["from"]["exact"], wage["to"]["exact"]) == ("9000", "31200")
    assert [side["category"]["id"] for side in document["sides"]] == ["deep", "relative"]


def test_problems_are_told() -> None:
    """The same problems are raised as by `assess`."""
    with pytest.raises(FactError):
        developed([{**SELF, "wage": -1}])


def test_no_fact_in_repr() -> None:
    """The `repr` shows no fact."""
    found = developed([{**SELF, "wage": 31234}])
    assert "31234" not in repr(found) + repr(found.because) + repr(found.facts)


def test_languages() -> None:
    """English is supported; French and PDF are refused."""
    assert "still" in changes(Y2021, {**HOME, "members": [SELF]}, {**HOME, "members": [SELF]}).explain(lang="en")
    with pytest.raises(ValueError, match="lang is one of"):
        developed([SELF]).explain(lang="fr")  # type: ignore[arg-type]  # refused
    with pytest.raises(ValueError, match="format is one of"):
        developed([SELF]).explain(format="pdf")


def test_page() -> None:
    """A page begins with the old and new category, in the tone of the new one; then the causes, and what is due."""
    found = developed([{**SELF, "wage": 14400}])
    page = found.explain(format="html")
    words = ("深度困难职工家庭", "须重新审核", "与前次不同的各项", "类别改变的原因", "现在的处理", "辅助审核意见")
    at = [page.index(each, page.index("<body>")) for each in words]
    assert at == sorted(at)
    assert '<div class="banner elevated">' in page
    assert found.explain(format="markdown").startswith("# 困难职工家庭类别：深度困难职工家庭 → 相对困难职工家庭\n")
    again = changes(Y2021, {**HOME, "members": [SELF]}, {**HOME, "members": [SELF]})
    assert "与前次没有不同" in again.explain(format="markdown")
