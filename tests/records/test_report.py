"""The report on a replayed record, as text and as JSON."""

import json
from typing import Any

import pytest
from recordings import OPEN_RECORD, SETTLED_RECORD, WEIHAI
from sealed import sealed

from hardship_rules import replay

LINE = "category.deep.income.below_standard"


def changed() -> dict[str, Any]:
    """A record in which the category, the standard and one default differ from now."""
    document: dict[str, Any] = json.loads(SETTLED_RECORD)
    deep = [{"id": "deep", "title": "深度困难职工家庭"}]
    document["decisions"]["category"] |= {"outcome": deep[0], "possible": deep, "holding": deep}
    for reason in document["reasons"]:
        if reason["clause"] == LINE:
            reason |= {"holds": True, "right": {"exact": "2217/2", "unit": "yuan/month/person"}}
    document["facts"]["derived"][0]["value"] = "1"
    document["library"] = "0.0.9"
    return document


def counts(document: dict[str, Any]) -> tuple[int, int]:
    """The numbers of a record's clauses and defaults."""
    return len(document["reasons"]), sum(len(document["facts"][key]) for key in ("derived", "assumed"))


def test_the_same() -> None:
    """An unchanged record has one line on the verdict and one on the compared parts."""
    clauses, facts = counts(json.loads(SETTLED_RECORD))
    assert replay(SETTLED_RECORD).explain().splitlines() == [
        "record.json: 一致：相对困难职工家庭（威海市2021年困难职工家庭认定，认定日期 2021-03-31）",
        f"  4 项决定、{clauses} 条条款、{facts} 项按规则取的值与记录相同",
    ]


def test_different() -> None:
    """Each different part has a line with both sides: exact numbers, as decimals where they are finite.

    The household has (30,000.50 + 6,000 - 1,400 - 8,000) / 24 = 53201/48 a person and month.
    """
    document = changed()
    clauses, facts = counts(document)
    held_twice = sum(reason["clause"] == LINE for reason in document["reasons"])
    derived = document["facts"]["derived"][0]
    was = json.loads(SETTLED_RECORD)["facts"]["derived"][0]["value"]
    assert replay(sealed(document), name="甲.json").explain().splitlines() == [
        "甲.json: 不一致（威海市2021年困难职工家庭认定，认定日期 2021-03-31）",
        f"  3 项决定、{clauses - held_twice} 条条款、{facts - 1} 项按规则取的值与记录相同",
        "  记录由 hardship-rules 0.0.9 写成",
        "  以下各项与记录不同",
        f"    {derived['path']}（{derived['title']}）按规则取的值：记录为 1，现为 {was}",
        "    困难职工家庭类别：记录为深度困难职工家庭，现为相对困难职工家庭",
        *[f"    条款 {LINE}（人均月纯收入低于低保标准）：记录为成立（53201/48 < 1108.5），现为不成立（53201/48 < 787）"]
        * held_twice,
    ]


def test_narrower() -> None:
    """Narrower parts are listed separately, as allowed changes of a later release."""
    document: dict[str, Any] = json.loads(OPEN_RECORD)
    document["decisions"]["category"]["possible"].append({"id": "none", "title": "不符合困难职工家庭条件"})
    lines = replay(sealed(document)).explain().splitlines()
    assert lines[0].startswith("record.json: 一致，比记录更确定：待定，可能为深度困难职工家庭、相对困难职工家庭（")
    was = "待定，可能为深度困难职工家庭、相对困难职工家庭、不符合困难职工家庭条件"
    now = "待定，可能为深度困难职工家庭、相对困难职工家庭"
    assert lines[2:] == [
        "  以下各项记录时未定，现在更确定；新版本可以这样，已定的结论不会变",
        f"    困难职工家庭类别：记录为{was}，现为{now}",
    ]


def test_english() -> None:
    """In English the sentences are translated, and the policy's own words stay."""
    lines = replay(sealed(changed())).explain(lang="en").splitlines()
    assert lines[0] == "record.json: not the same (威海市2021年困难职工家庭认定, on 2021-03-31)"
    assert "    困难职工家庭类别: recorded 深度困难职工家庭, now 相对困难职工家庭" in lines


@pytest.mark.parametrize("edit", [{"left": None, "sign": None}, {"left": {"options": ["a", "b"]}}, {"left": True}])
def test_every_kind_of_side(edit: dict[str, Any]) -> None:
    """Options, booleans, and clauses without a comparison are reported too."""
    document = json.loads(SETTLED_RECORD)
    next(each for each in document["reasons"] if each["clause"] == LINE).update(edit)
    replayed = replay(sealed(document))
    assert f"    条款 {LINE}（" in replayed.explain()
    assert f"    clause {LINE} (" in replayed.explain(lang="en")


def test_json() -> None:
    """The JSON has the record, the overall result, and each part with its sameness and both sides."""
    text = replay(sealed(changed()), name="甲.json").explain(format="json")
    assert text.endswith("\n")
    assert text.count("\n") == 1
    document = json.loads(text)
    parts = document.pop("parts")
    assert document == {
        "format": "hardship-rules/replay/1",
        "record": "甲.json",
        "reference": "A-17",
        "library": "0.0.9",
        "policy": {"id": "2021_weihai", "title": WEIHAI.title, "fingerprint": WEIHAI.fingerprint},
        "on": "2021-03-31",
        "same": False,
        "sameness": "different",
        "comparison": None,
    }
    category = next(each for each in parts if each["is"] == "decision" and each["id"] == "category")
    assert category == {
        "is": "decision",
        "id": "category",
        "outcome": None,
        "title": "困难职工家庭类别",
        "sameness": "different",
        "recorded": {"possible": ["deep"], "holding": ["deep"]},
        "found": {"possible": ["relative"], "holding": ["relative"]},
    }
    clause = next(each for each in parts if each["id"] == LINE)
    assert (clause["is"], clause["outcome"]) == ("clause", "deep")
    assert clause["recorded"]["right"] == {"exact": "2217/2"}
    assert clause["found"] == {
        "role": "stopped",
        "holds": False,
        "left": {"exact": "53201/48"},
        "sign": "<",
        "right": {"exact": "787"},
    }
    assert {each["is"] for each in parts} == {"fact", "decision", "clause"}
