"""Former names keep their meaning, with a warning."""

from pathlib import Path

import pytest

from hardship_rules import FactError, assess, load_policy, read_policy
from hardship_rules.language.check import current_id, ids
from hardship_rules.testing.cases import read_cases

TEXT = """
language: 1
policy: renamed
title: 改名
units: {yuan: 元}
household:
  home: {title: 居住地, formerly: [place, 住处], one of: {town: {title: 城镇, formerly: [urban, 城市]}, village: 农村}}
  income: {title: 收入, unit: yuan, to: 1000, formerly: earnings}
members: {facts: {ill: {title: 患病, yes or no: true, formerly: sick}}}
decisions:
  category:
    title: 类别
    basis: assumption
    first:
      - outcome: poor
        title: 困难
        formerly: needy
        when:
          any:
            low: {formerly: small, all: {line: {that: income < 10}, town: {that: home == town}}}
            ill: {that: some(ill), formerly: category.other.sick}
    otherwise: {outcome: none, title: 无, formerly: nothing}
"""
POLICY = read_policy(TEXT)


def told(household: dict[str, object]) -> list[tuple[str, str]]:
    """The code and word of each warning about a household."""
    return [(problem.code, problem.given) for problem in assess(POLICY, household).warnings]


def test_facts_and_options() -> None:
    """Former names and titles of facts, members' facts and options keep their meaning, with a warning."""
    now = {"home": "town", "income": 5, "members": [{"ill": False}]}
    assert told(now) == []
    for home in ("place", "住处", "home"):
        for town in ("urban", "城市", "town"):
            before = {home: town, "earnings": 5, "members": [{"sick": False}]}
            assert assess(POLICY, before).household.values == assess(POLICY, now).household.values
    assert told({"住处": "城市", "earnings": 5, "members": [{"sick": False}]}) == [
        ("fact_renamed", "住处"),
        ("option_renamed", "城市"),
        ("fact_renamed", "earnings"),
        ("fact_renamed", "sick"),
    ]


def test_the_sentence_says_what_it_is_now() -> None:
    """The warning has both names and asks for the current one."""
    first, second = assess(POLICY, {"place": "urban", "members": [{}]}).warnings
    assert first.message() == "`place` 是以前的写法，现在是“居住地”（`home`）"
    assert second.message() == "“居住地”的选项 `urban` 是以前的写法，现在是“城镇”"


def test_not_both_words() -> None:
    """The former name beside the current one is the same fact twice."""
    with pytest.raises(FactError) as refused:
        assess(POLICY, {"earnings": 5, "income": 5, "members": [{}]})
    assert [problem.code for problem in refused.value.problems] == ["fact_twice"]


def test_ids() -> None:
    """A former id of a clause or an outcome means the current one, also for clauses inside it."""
    pairs = {
        "category.needy": "category.poor",
        "category.nothing": "category.none",
        "category.poor.small": "category.poor.low",
        "category.poor.small.line": "category.poor.low.line",
        "category.other.sick": "category.poor.ill",
        "category.poor.low": "category.poor.low",
    }
    assert {old: current_id(POLICY, old) for old in pairs} == pairs
    assert set(pairs.values()) <= ids(POLICY).keys()


def test_cases_in_earlier_words(tmp_path: Path) -> None:
    """A case with former names runs as before, with a warning at each."""
    (tmp_path / "renamed.yaml").write_text(TEXT, encoding="utf-8")
    text = """
policy: renamed
cases:
  - title: 低收入
    household: {place: urban, income: 5, members: [{ill: false}]}
    expect: {category: needy, decided_by: [category.poor.small.line, category.poor.small.town]}
    because: 5 < 10
"""
    path = tmp_path / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    (case,) = read_cases(path)
    assert case.run() == ()
    assert [(problem.code, problem.given) for problem in case.warnings()] == [
        ("fact_renamed", "place"),
        ("option_renamed", "urban"),
        ("id_renamed", "needy"),
        ("id_renamed", "category.poor.small.line"),
        ("id_renamed", "category.poor.small.town"),
    ]
    path.write_text(text.replace("category: needy", "category: nothing"), encoding="utf-8")
    (case,) = read_cases(path)
    assert [mismatch.expected for mismatch in case.run()] == ["none"]


def test_the_bundled_policies_have_no_earlier_words() -> None:
    """No bundled policy has a former name."""
    assert load_policy("2021_weihai").formers == ()
