"""Mapping files: the meaning of each entry, and every mistake at its line and column."""

import re

import pytest
from places import ROOT

from hardship_rules import PolicyError, load_policy
from hardship_rules.language.mapping import mapping_for, read_mapping

WEIHAI = load_policy("2021_weihai")
TEXT = """\
mapping: 1
policy: 2021_weihai
households:
  from: 家庭
  key: 档案号
  facts:
    residence: {column: 户籍性质, codes: {1: urban, 2: 农村, 9: unknown}}
    有自备车: 车辆
members:
  key: 档案号
  identifier: 身份证号
  facts:
    与申请人关系: {column: 关系, codes: {户主: self}}
    birth_date: {column: 身份证号, read: identity number}
    wage: {column: 月工资, unit: 元/月, codes: {无: 0}}
    monthly_wage: 月工资
""".replace("有自备车", "motor_vehicle")


def refused(text: str) -> list[tuple[str, int, int]]:
    """The codes of a mapping's problems, each with its line and column."""
    with pytest.raises(PolicyError) as caught:
        mapping_for(WEIHAI, read_mapping(text))
    places = [(each.code, each.location) for each in caught.value.problems]
    return [(code, at.line, at.column) for code, at in places if at is not None]


def test_a_mapping_is_read() -> None:
    """A mapping has facts by name or title, options by id or title, codes beside options, two facts in one column."""
    mapping = mapping_for(WEIHAI, read_mapping(TEXT))
    own, theirs = mapping.households, mapping.members
    assert (own.source, own.keys, theirs.source, theirs.identifier) == ("家庭", ("档案号",), None, "身份证号")
    assert mapping.blank == "left out"
    residence = own.columns["residence"]
    assert residence.name == "户籍性质"
    assert [residence.words[text] for text in ("1", "2", "9", "城市", "rural", "未知")] == [
        *("urban", "rural", None),
        *("urban", "rural", None),
    ]
    assert own.columns["motor_vehicle"].words["TRUE"] is True
    assert theirs.columns["relation"].words["户主"] == "self"
    assert theirs.columns["birth_date"].identity_number
    assert (theirs.columns["wage"].name, theirs.columns["wage"].factor, theirs.columns["wage"].words["无"]) == (
        "月工资",
        12,
        0,
    )
    assert (theirs.columns["monthly_wage"].name, theirs.columns["monthly_wage"].factor) == ("月工资", 1)


def test_a_code_goes_before_a_title() -> None:
    """A code spelled like another option's title has the meaning that the mapping gives it."""
    text = TEXT.replace("户主: self", "子女: parent")
    assert mapping_for(WEIHAI, read_mapping(text)).members.columns["relation"].words["子女"] == "parent"


def test_every_mistake_is_told_at_its_place() -> None:
    """Every mismatch with the policy is reported at once, at its line and column."""
    text = """\
mapping: 1
households:
  key: 档案号
  facts:
    residense: 户籍
    residence: {column: 户籍, codes: {1: town}}
    家庭居住地: 居住地
    wage: 年工资
    motor_vehicle: {column: 车辆, codes: {1: perhaps}, unit: 元}
members:
  key: 档案号
  facts:
    wage: {column: 年工资, unit: 元/天, codes: {少: few}}
    age: {column: 身份证号, read: identity number}
    birth_date: {column: 生日, codes: {1: 2008-01-01}}
"""
    lines = text.splitlines()
    assert [(code, line, lines[line - 1][column - 1 :]) for code, line, column in refused(text)] == [
        ("unknown_fact", 5, "residense: 户籍"),
        ("unknown_fact_option", 6, "town}}"),
        ("fact_twice", 7, "家庭居住地: 居住地"),
        ("fact_of_other_table", 8, "wage: 年工资"),
        ("truth", 9, "perhaps}, unit: 元}"),
        ("unit_of_column", 9, "元}"),
        ("unit_of_column", 13, "元/天, codes: {少: few}}"),
        ("number", 13, "few}}"),
        ("read_as", 14, "identity number}"),
        ("code_of_date", 15, "2008-01-01}}"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("file_empty", 1, 1)]),
        ("- a", [("not_a_mapping", 1, 1)]),
        ("mapping: 2\nhouseholds: {key: a}\nmembers: {key: a}\nblank: zero\n", [
            ("mapping_version", 1, 10),
            ("mapping_blank", 4, 8),
        ]),
        ("mapping: 1\nhouseholds: {key: a, fakts: {}}\n", [("missing_key", 1, 1), ("unknown_key", 2, 22)]),
        ("mapping: 1\nhouseholds: {key: a, facts: {age: {unit: 岁}}}\nmembers: {key: }\n", [
            ("missing_key", 2, 35),
            ("blank", 3, 15),
        ]),
    ],
)  # fmt: skip
def test_shape(text: str, found: list[tuple[str, int, int]]) -> None:
    """Shape problems are reported as in policies."""
    assert refused(text) == found


def test_without_a_file_facts_go_by_their_names() -> None:
    """Without a mapping, a column has the name or title of its fact; any other column is a mistake."""
    table = mapping_for(WEIHAI).members
    assert table.closed
    assert table.spelled["年龄"].fact is table.spelled["age"].fact


@pytest.mark.parametrize("file", ["README.md", "policies/README.md"])
def test_the_mapping_that_is_shown_is_one(file: str) -> None:
    """The mappings in the README and the staff guide are read as described there."""
    text = (ROOT / file).read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```text\n(mapping: 1\n.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    mapping = mapping_for(WEIHAI, read_mapping(shown))
    assert [mapping.households.columns["residence"].words[code] for code in ("1", "2", "9")] == ["urban", "rural", None]
    assert (mapping.households.columns["sudden_loss"].factor, mapping.members.columns["wage"].factor) == (10_000, 12)
    assert mapping.members.columns["birth_date"].identity_number
