"""The nearest changes as sentences in Chinese and English, and as JSON."""

import json

import pytest
from html_page import Page

from hardship_rules import explain, load_household, load_policy, what_would_change
from hardship_rules.core.problem import Language
from hardship_rules.locale import sentences

WEIHAI = load_policy("2021_weihai")
EXAMPLE = what_would_change(WEIHAI, load_household("examples/household.yaml"))
PARTIAL = what_would_change(WEIHAI, load_household("examples/partial.yaml"))


def test_explanation_comes_first() -> None:
    """The text is the unchanged explanation, then the changes, totals first."""
    before = explain(EXAMPLE.assessment, detail="full")
    text = EXAMPLE.explain(detail="full")
    assert text.startswith(before)
    lines = text.removeprefix(before).splitlines()
    assert lines[:4] == [
        "",
        "其他事实不变，下列任何一项单独改变，类别即随之改变",
        "  家庭年可支配收入再增加 4,732.00 元，即转为相对困难职工家庭",
        "  刚性支出减少 4,732.00 元，即转为相对困难职工家庭",
    ]
    assert "  家庭居住地改为“农村”，即转为相对困难职工家庭" in lines
    assert "  就业状况改为“新就业形态劳动者”、“下岗失业”或“退休”，即转为不属于认定范围" in lines
    assert "  子女（15 岁）月工资再增加 394.34 元，即转为相对困难职工家庭" in lines
    assert "  子女（15 岁）、子女（24 岁）自费出国留学改为“是”，即转为有排除性情形，不予认定" in lines
    assert "  自有住房套数再增加 1，可能为有排除性情形，不予认定、深度困难职工家庭" in lines
    assert lines[-1].startswith("下列事实改变后，可能须补充其他事实才能认定：就业状况、拥有或经常使用机动车辆、")
    assert not any(line.startswith("  本人年工资性收入") for line in lines)  # reported under the total


def test_english() -> None:
    """The same sentences in English, around the policy's own titles."""
    sentences = EXAMPLE.sentences("en")
    assert sentences[0] == "家庭年可支配收入 higher by 4,732.00 元 gives 相对困难职工家庭"
    assert "就业状况 changed to “新就业形态劳动者”, “下岗失业” or “退休” gives 不属于认定范围" in sentences
    assert "自有住房套数 higher by 1 may give 有排除性情形，不予认定, 深度困难职工家庭" in sentences
    assert len(sentences) == len(EXAMPLE.sentences())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_and_markdown(lang: Language) -> None:
    """In a page and in Markdown the changes are at the end of the first screen, before the rest."""
    page, markdown = (EXAMPLE.explain(format=form, lang=lang) for form in ("html", "markdown"))
    text = Page(page).text
    title, reasons = sentences("nearest", lang)["title"], {"zh": "理由", "en": "Reasons"}[lang]
    at = [text.index(words) for words in (title, EXAMPLE.sentences(lang)[0], reasons)]
    assert at == sorted(at)
    assert markdown.index(f"## {title}") < markdown.index(f"## {reasons}")
    alone = [each for each in EXAMPLE.sentences(lang) if "4,732.00" in each]
    assert len(alone) == 2
    assert all(each in text and each in markdown for each in alone)
    assert title in Page(PARTIAL.explain(format="html", lang=lang)).text
    assert title not in Page(explain(EXAMPLE.assessment, format="html", lang=lang)).text


def test_undecided() -> None:
    """For an undecided household only the missing facts are listed."""
    assert PARTIAL.sentences() == ("类别待定，尚不能说明哪些变化会使它改变；还需先补充：本人医疗自负费用",)
    assert PARTIAL.sentences("en")[0].endswith("first give: 医疗自负费用 (本人)")
    assert PARTIAL.explain().splitlines()[-1] == PARTIAL.sentences()[0]


def test_nothing_changes_it() -> None:
    """If no single fact changes the verdict, the text says so."""
    facts = {"unit_has_union": False, "employment": "retired", "members": [{"relation": "self"}]}
    changes = what_would_change(WEIHAI, facts)
    assert changes.sentences() == ("没有哪一项事实单独改变会使类别改变",)
    assert len(changes.sentences("en")) == 1


def test_json() -> None:
    """`would_change` is beside the assessment: totals with the paths of their facts, and every change."""
    document = json.loads(EXAMPLE.explain(format="json"))
    assert document["format"] == "hardship-rules/assessment/2"
    assert document["category"]["id"] == "deep"
    found = document["would_change"]
    figure = {"exact": "4732", "text": "4732.00", "unit": "yuan/year"}
    relative = {"id": "relative", "title": "相对困难职工家庭"}
    income = found["totals"][0]
    assert {key: income[key] for key in ("term", "title", "by", "category", "possible")} == {
        "term": "income",
        "title": "家庭年可支配收入",
        "by": figure,
        "category": relative,
        "possible": [relative],
    }
    assert income["paths"][0] == "members[1].wage"
    changes = {(each["path"], json.dumps(each["to"], sort_keys=True)): each for each in found["changes"]}
    wage = next(each for (path, _), each in changes.items() if path == "members[1].wage")
    assert (wage["from"]["exact"], wage["to"]["exact"], wage["by"]) == ("30000", "34732", figure)
    union = changes["unit_has_union", "false"]
    assert (union["from"], union["by"], union["category"]["id"]) == (True, None, "out_of_scope")
    place = next(each for (path, _), each in changes.items() if path == "residence")
    assert place["to"] == {"option": "rural", "title": "农村"}
    homes = next(each for (path, _), each in changes.items() if path == "homes")
    assert (homes["category"], [each["id"] for each in homes["possible"]]) == (None, ["excluded", "deep"])
    assert json.loads(PARTIAL.explain(format="json"))["would_change"] == {"totals": [], "changes": [], "unsettled": []}
    assert EXAMPLE.explain(format="json") == EXAMPLE.explain(format="json")


def test_no_labels_in_json() -> None:
    """Sentences use the members' labels; JSON leaves them out, as the assessment's JSON does."""
    facts = {"unit_has_union": True, "employment": "in_service", "residence": "urban", "controls_company": True}
    members = [{"relation": "self", "age": 40, "label": "Qvyzx"}, {"relation": "child", "age": 9, "label": "Wkjpm"}]
    changes = what_would_change(WEIHAI, {**facts, "members": members}, "2021-03-31")
    assert changes.changes
    assert "Qvyzx" not in changes.explain(format="json")


def test_no_such_language() -> None:
    """Another language is refused."""
    with pytest.raises(ValueError, match="zh, en"):
        EXAMPLE.sentences("fr")  # type: ignore[arg-type]  # an unknown language
