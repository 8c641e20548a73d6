"""The workbook of an empty register: accepted values in Excel, and reading the filled-in rows back."""

from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import narwhals as nw
import openpyxl
import polars as pl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from small_policy import POLICY

from hardship_rules import Policy, assess, load_policy, read_policy
from hardship_rules.engine.defaults import with_left_out
from hardship_rules.frames.run import assess_frame
from hardship_rules.language.mapping import mapping_for
from hardship_rules.registers._example import example_household
from hardship_rules.registers._headers import headers_of
from hardship_rules.registers._mapped import mapped
from hardship_rules.registers.register import tables_of
from hardship_rules.registers.template import HEADER_ROW, register_template

WEIHAI = load_policy("2021_weihai")
SMALL = read_policy(POLICY, "small.yaml")
SHEETS = ("家庭", "成员")


@cache
def opened(policy: Policy) -> openpyxl.Workbook:
    """The workbook of a policy, opened from its bytes."""
    return openpyxl.load_workbook(BytesIO(register_template(policy)))


def columns(policy: Policy, sheet: str) -> dict[str, str]:
    """The column letters of a sheet by header."""
    headers = opened(policy)[sheet][HEADER_ROW]
    return {str(cell.value): get_column_letter(number) for number, cell in enumerate(headers, 1)}


def rule(policy: Policy, sheet: str, header: str) -> DataValidation:
    """The validation of the cells below a header."""
    first = f"{columns(policy, sheet)[header]}{HEADER_ROW + 1}"
    rules: list[DataValidation] = opened(policy)[sheet].data_validations.dataValidation
    (found,) = (each for each in rules if first in each.sqref)
    assert str(found.sqref) == f"{first}:{columns(policy, sheet)[header]}1048576"
    return found


@pytest.mark.parametrize("policy", [WEIHAI, SMALL, load_policy("example_huzhou")], ids=lambda policy: policy.name)
def test_every_fact_has_its_column(policy: Policy) -> None:
    """Both sheets have the key and every fact by title; the members' sheet also has the identifier."""
    assert opened(policy).sheetnames == [*SHEETS, "说明"]
    own, theirs = (list(columns(policy, sheet)) for sheet in SHEETS)
    assert (own[0], theirs[:2]) == ("户号", ["户号", "身份证号"])
    assert set(own[1:]) == {fact.title for fact in policy.facts.values()}
    assert set(theirs[2:]) == {fact.title for fact in policy.members.facts.values()}


def test_groups_stand_together_in_the_policy_s_order() -> None:
    """Facts of a group are adjacent, groups are in the policy's order, with the name above the first fact."""
    sheet = opened(WEIHAI)["成员"]
    groups = [cell.value for cell in sheet[1] if cell.value]
    assert groups == ["身份", "教育", "收入", "支出"]
    under = [str(cell.value) for cell in sheet[HEADER_ROW]]
    assert under[2:6] == ["与申请人关系", "出生日期", "年龄", "共同生活月数"]
    assert under.index("不在家庭共同生活的情形") < under.index("在读阶段") < under.index("月工资") < under.index("学费")


def test_options_and_yes_or_no_are_offered() -> None:
    """A choice offers its options by title, a boolean 是 and 否, both 未知; other values are refused."""
    found = rule(WEIHAI, "家庭", "家庭居住地")
    assert (found.type, found.formula1, found.errorStyle, found.allow_blank) == (
        "list",
        '"城市,农村,未知"',
        "stop",
        True,
    )
    assert found.showErrorMessage
    assert not found.showDropDown  # it would hide the arrow
    assert rule(WEIHAI, "家庭", "拥有或经常使用机动车辆").formula1 == '"是,否,未知"'


def test_numbers_lie_in_their_range_and_have_their_decimals() -> None:
    """A number must be within the fact's range and decimals; 未知 is accepted too."""
    letter = columns(WEIHAI, "家庭")["自有住房套数"]
    homes = rule(WEIHAI, "家庭", "自有住房套数")
    cell = f"{letter}{HEADER_ROW + 1}"
    assert homes.type == "custom"
    assert homes.formula1 == (
        f'IF(ISNUMBER({cell}),AND({cell}>=0,{cell}<=99,ROUND({cell},0)={cell}),TRIM({cell})="未知")'
    )
    business = str(rule(WEIHAI, "成员", "年经营净收入").formula1)
    assert ">=-10000000," in business
    assert "<=100000000," in business
    assert ",2)=" in business
    assert opened(WEIHAI)["成员"].column_dimensions[columns(WEIHAI, "成员")["年经营净收入"]].number_format == "#,##0.00"


def test_days_are_days() -> None:
    """A day is shown as 1990-05-01 and must be a whole day."""
    letter = columns(WEIHAI, "成员")["出生日期"]
    assert opened(WEIHAI)["成员"].column_dimensions[letter].number_format == "yyyy-mm-dd"
    assert f"INT({letter}{HEADER_ROW + 1})={letter}{HEADER_ROW + 1}" in str(rule(WEIHAI, "成员", "出生日期").formula1)


def test_keys_and_identity_numbers_are_text() -> None:
    """Columns for keys and identity numbers have the text format, since Excel truncates 18-digit numbers."""
    for sheet, header in (("家庭", "户号"), ("成员", "户号"), ("成员", "身份证号")):
        assert opened(WEIHAI)[sheet].column_dimensions[columns(WEIHAI, sheet)[header]].number_format == "@"
    found = rule(WEIHAI, "成员", "身份证号")
    assert (found.errorStyle, found.formula1) == ("warning", f"LEN(TRIM(B{HEADER_ROW + 1}))=18")


def test_what_must_be_answered_is_said_in_words_and_colour() -> None:
    """Above each header are the unit and whether the fact is required; each answer has its colour."""
    sheet = opened(WEIHAI)["家庭"]
    said: dict[str, str] = {}
    colours: dict[str, set[str]] = {}
    for header, letter in columns(WEIHAI, "家庭").items():
        said[header] = sheet[f"{letter}{HEADER_ROW - 1}"].value
        colours.setdefault(said[header].split("\n")[0], set()).add(sheet[f"{letter}{HEADER_ROW}"].fill.fgColor.rgb)
    assert (said["家庭居住地"], said["事实劳动关系月数"]) == ("应填", "应填\n月")
    assert said["突发困难原因"] == "可不填"  # the only default is 无
    assert said["突发支出或损失"] == "视情况填\n元/年"  # zero without a cause, else unknown
    assert sorted(colours) == ["可不填", "应填", "视情况填"]
    assert all(len(each) == 1 for each in colours.values())
    assert len(set.union(*colours.values())) == 3


def test_notes_say_how_a_fact_is_filled_in() -> None:
    """The note of a header has values, unit, evidence and default, and says that 未知 is accepted."""
    sheet = opened(WEIHAI)["成员"]
    note = sheet[f"{columns(WEIHAI, '成员')['学费']}{HEADER_ROW}"].comment.text
    for words in (
        "0 至 1亿 元/年，至多 2 位小数",
        "单位：元/年",
        "凭学费票据",
        "“在读阶段”是“不在读”的，取 0 元",
        "“未知”",
    ):
        assert words in note


def test_sheets_are_laid_out_for_screen_and_paper() -> None:
    """Headers are frozen and printed on each page, the page fits the sheet's width, and rows can be filtered."""
    for sheet, frozen in (("家庭", f"B{HEADER_ROW + 1}"), ("成员", f"C{HEADER_ROW + 1}")):
        own = opened(WEIHAI)[sheet]
        assert own.freeze_panes == frozen
        assert str(own.auto_filter.ref).startswith(f"A{HEADER_ROW}:")
        assert own.print_title_rows == f"$1:${HEADER_ROW}"
        assert own.page_setup.orientation == "landscape"
        assert own.sheet_properties.pageSetUpPr == PageSetupProperties(fitToPage=True)
        assert (own.page_setup.fitToWidth, own.page_setup.fitToHeight) == (1, 0)


LONG = POLICY.replace(
    "{town: 城, village: 村}",
    "{" + ", ".join(f"place_{number}: 第{number}个很长的地名很长很长的地名" for number in range(20)) + "}",
)


def test_long_lists_stand_in_a_hidden_sheet() -> None:
    """Excel limits a list in a rule to 255 characters; longer ones are in a hidden sheet, one option per row."""
    policy = read_policy(LONG, "long.yaml")
    found = rule(policy, "家庭", "住地")
    assert found.formula1 == "'选项'!$A$1:$A$21"
    lists = opened(policy)["选项"]
    assert lists.sheet_state == "hidden"
    assert [lists[f"A{row}"].value for row in (1, 20, 21)] == [
        "第0个很长的地名很长很长的地名",
        "第19个很长的地名很长很长的地名",
        "未知",
    ]


TRICKY = (
    POLICY.replace("title: 住地", 'title: "=住地"')
    .replace("{town: 城,", '{town: "=A,B",')
    .replace("title: 有房", "title: 户号")
)


def test_titles_are_text_whatever_they_look_like() -> None:
    """A title like a formula is text, an option with a comma is one option, a title like a key is disambiguated."""
    policy = read_policy(TRICKY, "tricky.yaml")
    sheet = opened(policy)["家庭"]
    assert list(columns(policy, "家庭")) == ["户号", "=住地", "owner", "存款"]
    assert sheet[f"B{HEADER_ROW}"].data_type == "s"
    assert rule(policy, "家庭", "=住地").formula1 == "'选项'!$A$1:$A$3"
    assert (opened(policy)["选项"]["A1"].value, opened(policy)["选项"]["A1"].data_type) == ("=A,B", "s")


def test_the_explanation_names_the_policy_and_the_command() -> None:
    """The sheet of explanations has the policy, its days and fingerprint, the command, and a row for each fact."""
    cells = [str(cell.value) for row in opened(WEIHAI)["说明"].iter_rows() for cell in row if cell.value]
    text = "\n".join(cells)
    for words in (
        "2021_weihai",
        "2021-01-01 至 2021-12-31",
        WEIHAI.fingerprint,
        "hardship-rules register 登记表.xlsx -p 2021_weihai --on 认定日期 -o 结果.xlsx",
    ):
        assert words in text
    assert {fact.title for fact in (*WEIHAI.facts.values(), *WEIHAI.members.facts.values())} <= set(cells)


def test_the_sheets_to_fill_in_are_empty() -> None:
    """There is no row below the headers, so that no example can be read as a household."""
    for sheet in SHEETS:
        assert opened(WEIHAI)[sheet].max_row == HEADER_ROW


@pytest.mark.parametrize("name", ["2021_weihai", "2025_weihai", "example_huzhou"])
def test_the_example_is_a_whole_household(name: str) -> None:
    """The invented example household is valid and has every fact."""
    policy = load_policy(name)
    own, members = example_household(policy)
    assert len(members) == 2
    assessment = assess(policy, {**own, "members": members}, policy.start or date(2021, 3, 31))
    assert assessment.category is not None
    assert not assessment.missing


def filled(policy: Policy, rows: dict[str, list[dict[str, Any]]]) -> list[pl.DataFrame]:
    """The workbook's two sheets with filled-in rows, as text frames."""
    book = openpyxl.load_workbook(BytesIO(register_template(policy)))
    for sheet, given in rows.items():
        for number, row in enumerate(given, HEADER_ROW + 1):
            for header, value in row.items():
                book[sheet][f"{columns(policy, sheet)[header]}{number}"] = value
    stream = BytesIO()
    book.save(stream)
    read = openpyxl.load_workbook(BytesIO(stream.getvalue()), read_only=True)
    frames = []
    for sheet in SHEETS:
        headers, *cells = list(read[sheet].iter_rows(min_row=HEADER_ROW, values_only=True))
        texts = [[None if cell is None else text(cell) for cell in row] for row in cells]
        frames.append(pl.DataFrame(texts, schema=dict.fromkeys(map(str, headers), pl.String), orient="row"))
    return frames


def test_headers_are_found_below_what_stands_above_them(tmp_path: Path) -> None:
    """The rows above the headers are skipped, whether the headers are known in advance or not."""
    path = tmp_path / "登记表.xlsx"
    book = openpyxl.load_workbook(BytesIO(register_template(SMALL)))
    for sheet in SHEETS:
        book[sheet][f"A{HEADER_ROW + 1}"] = "A001"
    book.save(path)
    for guess in (False, True):
        tables = tables_of([str(path)], mapping_for(SMALL), guess=guess)
        assert tables.households.headers == ("户号", "住地", "有房", "存款")
        assert tables.members.headers == ("户号", "身份证号", "身份", "年龄")
        assert tables.members.frame["户号"].to_list() == ["A001"]


def text(cell: object) -> str:
    """The displayed text of a cell."""
    return cell.date().isoformat() if isinstance(cell, datetime) else str(cell)


def test_what_is_filled_in_is_read_back() -> None:
    """Filled-in rows give the result of `assess` for the household, without a mapping.

    The income of one person alone, 12 x 700 yuan a year without costs, is 700 a month, below the 787 of 2021.
    """
    own: dict[str, Any] = {
        "户号": "370000000000000001",
        "所在单位已建立工会组织": "是",
        "就业状况": "在职职工（不含农民工）",
    }
    own |= {"家庭居住地": "城市", "档案情况": "无档案", "自有住房套数": 1, "长期居住在城市": "是"}
    own |= dict.fromkeys(
        ("家庭成员为企业控股股东或实际控制人", "人均住房面积超过当地平均", "拥有或经常使用机动车辆"), "否"
    )
    own |= {"拒绝配合核查致收入无法核实": "否", "事实劳动关系月数": 24}
    member: dict[str, Any] = {"户号": "370000000000000001", "身份证号": "110101190001010002", "与申请人关系": "本人"}
    member |= {"出生日期": date(1980, 5, 1), "在读阶段": "不在读", "月工资": 700, "医疗自负费用": 0}
    member |= dict.fromkeys(("年经营净收入", "年财产净收入", "年转移净收入", "年其他收入"), 0)
    frames = filled(
        WEIHAI, {"家庭": [own, {**own, "户号": "B"}], "成员": [member, {**member, "户号": "B", "月工资": "未知"}]}
    )
    mapping = mapping_for(WEIHAI)
    left_out = [fact.name for fact in WEIHAI.stand_ins]
    read = []
    for frame, table in zip(frames, (mapping.households, mapping.members), strict=True):
        headers = headers_of(WEIHAI, table, frame.columns)
        assert (headers.problems, headers.key, headers.unused) == ((), "户号", ())
        assert headers.identifier == ("身份证号" if table.of_members else None)
        found = mapped(nw.from_native(frame.lazy()), headers)
        read.append(found.frame(nw.from_native(frame.lazy()), "household", left_out).to_native())
    policy = with_left_out(WEIHAI, left_out)
    lazy = nw.from_native(assess_frame(policy, read[0], read[1], on="2021-03-31")).lazy()
    verdicts = lazy.collect().sort("household").to_native()  # lazy frames have no guaranteed order
    assert [(row["household"], row["category"], row["problem"]) for row in verdicts.to_dicts()] == [
        ("370000000000000001", "deep", None),
        ("B", None, None),
    ]
