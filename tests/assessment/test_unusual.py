"""Facts outside their usual range give a warning at their location, and do not affect the result."""

import json

from hardship_rules import assess, explain, read_household, read_policy

POLICY = read_policy("""
language: 1
policy: small
title: 小政策
units: {yuan: 元, year: 年}
household:
  wage: {title: 年工资, unit: yuan/year, to: 1000000, decimals: 2, usual: {from: 3000, to: 600000}}
  aid: {title: 帮扶金, unit: yuan/year, to: 1000000, usual: {to: 50000}}
members: {facts: {rent: {title: 房租, unit: yuan/year, to: 1000000, usual: {from: 600}, if absent: 100}}}
decisions:
  category:
    title: 类别
    first: [{outcome: low, title: 低收入, when: {that: wage < 5000}, basis: assumption}]
    otherwise: {outcome: none, title: 无, basis: assumption}
""")


def warned(**facts: object) -> list[tuple[str, str]]:
    """The path and value of each warning about a household of one member."""
    found = assess(POLICY, {"members": [{}], **facts}).warnings
    return [(str(problem.place), problem.given) for problem in found]


def test_both_ends_are_usual() -> None:
    """A value on either bound is usual, and a value one fen beyond is unusual."""
    assert warned(wage=3000) == warned(wage=600000) == warned(wage="3000.00") == []
    assert warned(wage="2999.99") == [("wage", "2,999.99")]
    assert warned(wage="600000.01") == [("wage", "600,000.01")]


def test_nought_is_usual() -> None:
    """Zero means that there is none, and is usual."""
    assert warned(wage=0) == []


def test_what_is_not_given_is_not_told() -> None:
    """Unknown and defaulted facts give no warning; a member's own fact gives one with its path."""
    assert warned(wage=None) == warned() == []
    assert warned(members=[{"rent": 500}, {}, {"rent": 600}, {"rent": 599}]) == [
        ("members[1].rent", "500"),
        ("members[4].rent", "599"),
    ]


def test_the_verdict_stays() -> None:
    """An unusual wage gives a warning and is used."""
    assessment = assess(POLICY, {"wage": 2500, "members": [{}]})
    assert assessment.category is not None
    assert assessment.category.id == "low"
    (warning,) = assessment.warnings
    assert (warning.code, warning.severity) == ("fact_unusual", "warning")
    assert warning.message() == "“年工资”填了 2,500 元/年，通常在 3,000 至 600,000 之间"
    assert "2,500" not in repr(assessment) + repr(warning) + str(warning)


def test_in_a_file_it_has_its_place() -> None:
    """The warning about a fact in a file has its line and column."""
    assessment = assess(POLICY, read_household("年工资: 30000\n帮扶金: 60000\n家庭成员: [{房租: 12}]\n", "家庭.yaml"))
    assert [problem.place for problem in assessment.warnings] == ["家庭.yaml:2:1", "家庭.yaml:3:9"]
    assert assessment.warnings[0].message() == "“帮扶金”填了 60,000 元/年，通常在 … 至 50,000 之间"


def test_explanations_and_programs_are_told() -> None:
    """The explanation has a line for it with the member, and the JSON has its code and path."""
    assessment = assess(POLICY, {"wage": 2500, "members": [{"rent": 5, "label": "长女"}]})
    lines = explain(assessment, detail="full").splitlines()
    assert "  “年工资”填了 2,500 元/年，通常在 3,000 至 600,000 之间" in lines
    assert "  长女：“房租”填了 5 元/年，通常在 600 至 … 之间" in lines
    document = json.loads(explain(assessment, format="json"))
    assert [(each["code"], each["path"]) for each in document["warnings"]] == [
        ("fact_unusual", "wage"),
        ("fact_unusual", "members[1].rent"),
    ]
    usual = assess(POLICY, {"wage": 3000, "members": [{}]})
    assert "请核对" not in explain(usual, detail="full")
    assert json.loads(explain(usual, format="json"))["warnings"] == []
