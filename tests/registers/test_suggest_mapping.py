"""Mappings suggested for hand-made registers: certain matches are active, doubtful ones are comments."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_policy import POLICY

from hardship_rules import load_policy, read_policy
from hardship_rules.cli import commands
from hardship_rules.language.mapping import RegisterMapping, mapping_for, read_mapping
from hardship_rules.registers.suggest import suggest_mapping, table_sample

WEIHAI = load_policy("2021_weihai")
Columns = Mapping[str, Sequence[str | None]]
KEYS: Columns = {"户号": ["A", "B", "C"]}
NUMBERS = ("110101190001010002", "11010119000101003X", "１１０１０１１９０００１０１００４５")


def proposed(households: Columns = KEYS, members: Columns = KEYS) -> str:
    """The suggestion for two tables."""
    return suggest_mapping(WEIHAI, table_sample(households), table_sample(members))


def read(text: str) -> RegisterMapping:
    """A suggestion, parsed."""
    return mapping_for(WEIHAI, read_mapping(text))


def undecided(text: str) -> list[str]:
    """The commented lines of a suggestion, without the comment marks."""
    return [line.strip().removeprefix("# ") for line in text.splitlines() if line.strip().startswith("#")]


def test_headers_that_are_titles_or_names_are_taken() -> None:
    """A header is a fact's title or name, regardless of spaces and full-width forms; units are in brackets."""
    text = proposed(
        {"户号": ["A"], " 家庭 居住地 ": ["城市"], "motor_vehicle": ["是"], "突发支出或损失（万元）": ["1.5"]},
        {"户号": ["A"], "月工资（元）": ["1200"], "年经营净收入(元/月)": ["100"], "ａｇｅ": ["3"]},
    )
    mapping = read(text)
    assert {name: column.name for name, column in mapping.households.columns.items()} == {
        "residence": " 家庭 居住地 ",
        "sudden_loss": "突发支出或损失（万元）",
        "motor_vehicle": "motor_vehicle",
    }
    assert mapping.households.columns["sudden_loss"].factor == 10_000
    assert {name: column.factor for name, column in mapping.members.columns.items()} == {
        "age": 1,
        "monthly_wage": 1,
        "business_income": 12,
    }


def test_keys_and_sheets_are_named() -> None:
    """The key is recognised by its header; each table has the name of its sheet."""
    text = suggest_mapping(WEIHAI, table_sample({"编号": ["1"]}, "在档户"), table_sample({"户号": ["1"]}))
    mapping = read(text)
    assert (mapping.households.keys, mapping.households.source) == (("编号",), "在档户")
    assert (mapping.members.keys, mapping.members.source) == (("户号",), None)


def test_a_key_by_another_word_is_taken_where_it_is_the_only_one() -> None:
    """An unknown column in both tables, unique per household, is taken as the key, with a note to check it."""
    text = proposed({"档案号": ["1", "2"], "镇街": ["甲", "甲"]}, {"档案号": ["1", "1", "2"], "镇街": ["甲"]})
    assert (read(text).households.keys, read(text).members.keys) == (("档案号",), ("档案号",))
    assert text.count("key: 档案号    # 表头不全同，按取值认出，请核对") == 2


def test_a_key_is_not_guessed() -> None:
    """With several candidates for the key, or an unlikely name, the key is left to decide."""
    for more in ("档案编号", "序列"):
        names = ("档案号", more) if more == "档案编号" else (more,)
        text = proposed(
            {**dict.fromkeys(names, ("1", "2")), "镇街": ["甲", "甲"]},
            {**dict.fromkeys(names, ("1", "1")), "镇街": ["甲"]},
        )
        lines = [line for line in text.splitlines() if "key:" in line]
        assert [line.split("#")[0].strip() for line in lines] == ["key: 户号", "key: 户号"]
        assert all("待定" in line and more in line and "镇街" not in line for line in lines)


def test_identity_numbers_tell_who_a_member_is_and_when_born() -> None:
    """A column of identity numbers, by header or by values, is the identifier and gives the day of birth."""
    for header in ("身份证号", "证件号码", "成员证号"):
        text = proposed(members={"户号": ["A", "B", "C"], header: NUMBERS})
        mapping = read(text)
        assert mapping.members.identifier == header
        assert mapping.members.columns["birth_date"].name == header
        assert mapping.members.columns["birth_date"].identity_number
        assert ("按取值认出" in text) == (header == "成员证号")


def test_a_birth_date_of_its_own_goes_first() -> None:
    """A column of birth dates is preferred, and the identity number is only mentioned."""
    text = proposed(members={"户号": ["A"], "出生日期": ["1990-01-01"], "身份证号": NUMBERS[:1]})
    assert not read(text).members.columns["birth_date"].identity_number
    assert "出生日期: {column: 身份证号, read: identity number}" in undecided(text)


@pytest.mark.parametrize(("texts", "reason"), [([], "没有见到"), ([NUMBERS[0], "H0123"], "有 1 格不是")])
def test_numbers_that_are_not_all_identity_numbers_are_not_read(texts: list[str], reason: str) -> None:
    """If some values are not identity numbers, reading the day of birth from them is left to decide."""
    text = proposed(members={"户号": ["A"], "证件号码": texts})
    assert read(text).members.identifier == "证件号码"
    assert "birth_date" not in read(text).members.columns
    assert any(line.startswith("待定") and reason in line for line in undecided(text))


def test_two_columns_of_identity_numbers_are_left_to_decide() -> None:
    """If several columns have identity numbers, none is taken."""
    text = proposed(members={"户号": ["A"], "职工证号": NUMBERS[:1], "成员证号": NUMBERS[1:2]})
    assert read(text).members.identifier is None
    assert {"identifier: 职工证号", "identifier: 成员证号"} <= set(undecided(text))


def test_codes_are_listed_for_the_writer() -> None:
    """Codes that are not options are listed, ready to be assigned; once assigned, they are read."""
    text = proposed(
        {**KEYS, "家庭居住地": ["1", "2", "1", "2", "城市"], "拥有或经常使用机动车辆": ["有", "无", "有", "无"]}
    )
    assert read(text).households.columns["residence"].name == "家庭居住地"
    decided = text.replace(
        '      # codes:\n      #   "1":\n      #   "2":', '      codes:\n        "1": 城市\n        "2": rural'
    )
    assert decided != text
    words = read(decided).households.columns["residence"].words
    assert (words["1"], words["2"]) == ("urban", "rural")
    assert {"无:", "有:"} <= {line.strip() for line in undecided(text)}


def test_codes_among_numbers_have_no_digits() -> None:
    """Among numbers only words are listed as codes, no amount."""
    text = proposed(members={**KEYS, "月工资": ["无", "无", "3200元", "3200元", "1200"]})
    assert "无:" in {line.strip() for line in undecided(text)}
    assert "3200" not in text
    assert "1200" not in text


def test_values_alone_are_not_certain() -> None:
    """Options under another header may be a different fact: 户籍 is not 居住地; a partial title makes it certain."""
    text = proposed({**KEYS, "户籍性质": ["城市", "农村", "城市"]})
    assert "residence" not in read(text).households.columns
    assert "家庭居住地: 户籍性质" in undecided(text)
    text = proposed({**KEYS, "居住地": ["城市", "农村", "城市"]})
    assert read(text).households.columns["residence"].name == "居住地"
    assert "按取值认出，请核对" in text
    text = proposed({**KEYS, "居住地": ["城市", "农村"], "母亲居住地": ["城市", "农村"]})
    assert "residence" not in read(text).households.columns


def test_likely_headers_are_named_with_every_candidate() -> None:
    """A header similar to some titles is a comment with each of them, ready to be uncommented."""
    text = proposed(members={**KEYS, "工资": ["1200"]})
    assert not read(text).members.columns
    assert {"月工资: 工资", "年工资性收入: 工资"} <= set(undecided(text))
    before, after = text.split("members:")
    taken = after.replace("  # facts:", "  facts:").replace("    # 月工资: 工资", "    月工资: 工资")
    assert read(f"{before}members:{taken}").members.columns["monthly_wage"].name == "工资"


def test_two_columns_for_one_fact_are_left_to_decide() -> None:
    """If two headers match one fact, neither is taken."""
    text = proposed(members={**KEYS, "月工资": ["1200"], "月工资（万元）": ["0.12"]})
    assert "monthly_wage" not in read(text).members.columns
    assert any("不止一列" in line for line in undecided(text))


@pytest.mark.parametrize("header", ["年龄（届）", "家庭居住地（镇街）", "月工资（件）"])
def test_brackets_that_are_no_unit_are_left_to_decide(header: str) -> None:
    """A bracketed text that is not a unit of the fact is left to decide."""
    text = proposed({**KEYS, header: ["1"]}, {**KEYS, header: ["1"]})
    mapping = read(text)
    assert not mapping.households.columns
    assert not mapping.members.columns
    assert any(line.startswith("待定") and header in line for line in undecided(text))


def test_what_has_no_column_and_what_has_no_use_is_said() -> None:
    """Facts without a column and columns without a fact are listed."""
    text = proposed({**KEYS, "备注": ["见附页"]})
    assert any("没有用到的列" in line and "备注" in line for line in undecided(text))
    assert any("没有认出列的事实" in line and "家庭居住地" in line for line in undecided(text))


PRIVATE = ("王某某", "李某", "110101", "0101", "370502", "13800000000", "8765", "见附页")


def test_nothing_of_a_person_is_written() -> None:
    """A suggestion has no person's name, number or amount, under any header or as a header."""
    people: Columns = {
        "户号": ["A", "A", "B", "B", "C", "C"],
        "姓名": ["王某某", "李某", "王某某", "李某", "李某", "王某某"],
        "身份证号": [*NUMBERS, *NUMBERS],
        "与申请人关系": ["王某某", "王某某", "李某", "户主", "户主", "李某"],
        "在读阶段": ["370502", "370502", "8765", "8765", "0101", NUMBERS[0]],
        "年龄": ["8765", "8765", "李某", "李某", "见附页", "13800000000"],
        "876500": ["是", "否", "是", "否", "是", "否"],
        "持有残疾证": ["13800000000", "13800000000", "有", "有", "无", "无"],
    }
    text = proposed(people, people)
    assert read(text)
    for private in PRIVATE:
        assert private not in text
    assert "户主:" in {line.strip() for line in undecided(text)}
    assert any(line.endswith("请对照原表。") for line in undecided(text))


def test_a_name_in_the_other_table_is_no_code() -> None:
    """A name in a column of one table is no code in the other."""
    text = proposed({**KEYS, "申请人姓名": ["王某某"]}, {**KEYS, "与申请人关系": ["王某某", "王某某", "户主", "户主"]})
    assert "王某某" not in text
    assert "户主:" in {line.strip() for line in undecided(text)}


def test_a_person_s_row_is_not_taken_for_headers() -> None:
    """If the headers contain a person's number, the row is not used as headers and not shown."""
    row: Columns = {
        "A001": ["A002"],
        "王某某": ["李某"],
        "110101190001010002": ["110101190001010002"],
        "本人": ["子女"],
    }
    text = proposed(row, row)
    assert read(text)
    assert "没有找到表头" in text
    for private in ("A001", *PRIVATE):
        assert private not in text


def test_many_different_values_are_no_codes() -> None:
    """A column with more than twelve unknown values has no codes to list."""
    texts = [f"第{number}类" for number in range(13)] * 2
    text = proposed({**KEYS, "家庭居住地": texts})
    assert "第1类" not in text
    assert any("13 种" in line for line in undecided(text))


def test_any_headers_give_a_mapping_that_is_read() -> None:
    """Headers with a meaning in YAML, or like a comment, are columns too."""
    odd: Columns = {
        "户号": ["1"],
        "": ["x"],
        "# 月工资": ["1"],
        "a: {b": ["1"],
        "月\n工资": ["1"],
        "null": ["1"],
        "'": ["1"],
    }
    text = proposed(odd, odd)
    assert read(text).members.columns["monthly_wage"].name == "月\n工资"


def test_any_policy_and_nothing_seen() -> None:
    """Without rows or columns there is a suggestion too, and it is the same each time."""
    policy = read_policy(POLICY, "small.yaml")
    cases: tuple[Columns, ...] = ({}, {"户号": []}, {"住地": ["1", "1"], "身份": ["本人"]})
    for columns in cases:
        seen = table_sample(columns)
        text = suggest_mapping(policy, seen, seen)
        assert mapping_for(policy, read_mapping(text))
        assert text == suggest_mapping(policy, seen, seen)


def test_the_command_proposes_from_files(tmp_path: Path) -> None:
    """`register --suggest-mapping` writes a mapping for files with custom headers, in any encoding."""
    own, theirs, out = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "m.yaml"
    own.write_text("档案号,居住地\n1,城市\n2,农村\n", "gb18030")
    theirs.write_text(
        f"档案号,证件号码,月收入（万元）,关系\n1,{NUMBERS[0]},0.3,本人\n2,{NUMBERS[1]},0.2,配偶\n", "utf-8"
    )
    words = ["register", "--suggest-mapping", str(own), str(theirs), "-p", "2021_weihai", "-o", str(out)]
    done = CliRunner().invoke(commands, words)
    assert done.exit_code == 0, done.output
    mapping = read(out.read_text("utf-8"))
    assert (mapping.households.keys, mapping.members.identifier) == (("档案号",), "证件号码")
    assert mapping.households.columns["residence"].name == "居住地"
    assert mapping.members.columns["relation"].name == "关系"
    assert mapping.members.columns["birth_date"].identity_number
    assert "1101" not in out.read_text("utf-8")
    assert CliRunner().invoke(commands, words).exit_code == 1  # the file exists
