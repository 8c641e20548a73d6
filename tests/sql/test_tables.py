"""A policy's view reads a register's own tables through its mapping, in PostgreSQL and in DuckDB."""

from typing import Any

import pytest
from databases import Database
from framing import ON, OWN, WEIHAI, WORKER, Facts, answer, differences, drawn
from identity_numbers import FORMS, OTHERS
from in_both import database, in_both, server
from views import plain, rows

from hardship_rules.language.mapping import mapping_for, read_mapping
from hardship_rules.sql.view import register, view_in_sql
from hardship_rules.testing.strategies import households, partial_households

__all__ = ["database", "server"]

MAPPING = """\
mapping: 1
policy: 2021_weihai
households:
  from: 家庭
  key: 档案号
  facts:
    residence: {column: 户籍性质, codes: {1: urban, 2: 农村, 9: unknown}}
    motor_vehicle: {column: 车辆, codes: {有: yes, 无: no}}
    unit_has_union: {column: 工会, codes: {1: yes, 0: no}}
    employment: employment
    controls_company: controls_company
    homes: homes
    floor_area_above_local_average: floor_area_above_local_average
    refuses_verification: refuses_verification
members:
  from: 成员
  key: 档案号
  facts:
    relation: {column: 关系, codes: {户主: self}}
    birth_date: {column: 证号, read: identity number}
    wage: {column: 月工资, unit: 元/月}
    medical_self_paid: {column: 医疗, unit: 万元}
    union_aid: {column: 帮扶, codes: {无: 0}}
    exempt_income: 不计入
    business_income: business_income
    property_income: property_income
    transfer_income: transfer_income
    other_income: other_income
    tuition: tuition
    education: education
"""
TABLES = """
CREATE TABLE 家庭 (
    档案号 integer, 户籍性质 integer, 车辆 text, 工会 integer, employment text, controls_company boolean, homes integer,
    floor_area_above_local_average boolean, refuses_verification boolean
);
CREATE TABLE 成员 (
    档案号 integer, 关系 text, 证号 text, 月工资 numeric(12, 4), 医疗 double precision, 帮扶 text,
    不计入 numeric(12, 2),
    business_income integer, property_income integer, transfer_income integer, other_income integer, tuition integer,
    education text
);
"""
SAME = ("business_income", "property_income", "transfer_income", "other_income", "tuition", "education")


def identity(day: str) -> str:
    """A number of no real place (region 999999, serial 000), with a check digit by the printed GB 11643."""
    digits = f"999999{day}000"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


def of_household(key: int, **but: Any) -> dict[str, Any]:
    """A row of 家庭."""
    own = {name: OWN[name] for name in ("employment", "controls_company", "homes", "refuses_verification")}
    area = {"floor_area_above_local_average": False}
    return {"档案号": key, "户籍性质": 1, "车辆": "无", "工会": 1, **own, **area, **but}


def of_members(key: int, **but: Any) -> list[dict[str, Any]]:
    """A worker with 2,361.00 a month and a spouse with 787.00, each with 9,444 of medical cost: 18,888 a year."""
    same = {name: WORKER[name] for name in SAME}
    worker = {"档案号": key, "关系": "户主", "证号": identity("19810101"), "月工资": "2361", "医疗": 0.9444, **same}
    spouse = {**worker, "关系": "配偶", "证号": identity("19820229"[:6] + "28"), "月工资": "787"}
    return [{**worker, "帮扶": " ", "不计入": None, **but}, {**spouse, "帮扶": "无", "不计入": None}]


def tried(database: Database, own: list[dict[str, Any]], theirs: list[dict[str, Any]], text: str = MAPPING) -> Any:
    """The view's rows, by key."""
    of = register(WEIHAI, ON, mapping=mapping_for(WEIHAI, read_mapping(text)))
    database.run(TABLES)
    database.fill("家庭", own)
    database.fill("成员", theirs)
    database.run(view_in_sql(of, database.dialect, "answers"))
    return {row["household"]: row for row in database.rows("SELECT * FROM answers")}


@in_both
def test_columns_codes_and_units(database: Database) -> None:
    """Monthly wages count twelve times, in units of 10,000: 787 is on the line; a fen a month less is below.

    12 x (2,361.00 + 787.00) - 2 x 9,444 = 18,888 = 787 x 12 x 2. Exempt income has no column, so its default applies.
    """
    own = [of_household(1), of_household(2), of_household(3, 户籍性质=9), of_household(4, 车辆="有")]
    theirs = [*of_members(1), *of_members(2, 月工资="2360.99"), *of_members(3, 月工资="2360.99"), *of_members(4)]
    found = tried(database, own, theirs)
    assert [found[key]["problem"] for key in (1, 2, 3, 4)] == [None] * 4
    assert [found[key]["category"] for key in (1, 2)] == ["relative", "deep"]
    assert found[3]["category_possible"] == "deep;relative"  # its residence is coded as unknown
    assert found[4]["category"] is None  # a vehicle of unknown purpose may be a mobility aid
    assert (found[1]["income_x100"], found[1]["rigid_x100"], found[1]["exempt_x100"]) == (3_777_600, 1_888_800, 0)
    assert found[2]["income_x100"] == 3_777_588
    assert "divorced" in found[1]["stand_ins"].split(";")
    assert "union_aid" not in found[1]["stand_ins"].split(";")


WRONG: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"户籍性质": 7}, {}, "unknown_fact_option residence"),
    ({"车辆": "也许"}, {}, "truth motor_vehicle"),
    ({}, {"帮扶": "五百"}, "number union_aid"),
    ({}, {"月工资": "0.0001"}, "fact_decimals wage"),
    ({}, {"月工资": "99999999"}, "fact_outside wage"),
    ({}, {"医疗": 1e200}, "fact_outside medical_self_paid"),
    ({}, {"医疗": 0.0000001}, "fact_decimals medical_self_paid"),
    ({}, {"关系": "表亲"}, "unknown_fact_option relation"),
    ({}, {"证号": identity("19810101")[:-1] + "?"}, "cell_identity_number birth_date"),
    ({}, {"证号": identity("19810101").replace("1981", "1982")}, "cell_identity_number birth_date"),
    ({}, {"证号": identity("19810230")}, "cell_identity_number birth_date"),
]


@in_both
def test_every_form_of_an_identity_number(database: Database) -> None:
    """An identity number is read in any notation; a text that only looks like one is a problem."""
    texts = [*FORMS.values(), *OTHERS.values()]
    theirs = [member for key, text in enumerate(texts) for member in of_members(key, 证号=text)]
    found = tried(database, [of_household(key) for key in range(len(texts))], theirs)
    wrong = "cell_identity_number birth_date"
    assert [found[key]["problem"] for key in range(len(texts))] == [None] * len(FORMS) + [wrong] * len(OTHERS)


@in_both
def test_what_is_written_wrong_is_a_problem(database: Database) -> None:
    """An unknown code, a text that is no number, and an invalid identity number are problems, never a verdict."""
    own = [of_household(key, **said) for key, (said, _, _) in enumerate(WRONG)]
    theirs = [member for key, (_, said, _) in enumerate(WRONG) for member in of_members(key, **said)]
    found = tried(database, own, theirs)
    assert [found[key]["problem"] for key in range(len(WRONG))] == [problem for _, _, problem in WRONG]
    assert {row["category"] for row in found.values()} == {None}


@pytest.mark.parametrize("blank", ["left out", "unknown"])
@in_both
def test_what_a_blank_means(database: Database, blank: str) -> None:
    """Blank means, by the mapping, an omitted fact, with its default of zero, or an unknown one.

    Union aid does not count under the chosen reading, so the test uses exempt income, which is shown.
    """
    text = f"blank: {blank}\n{MAPPING}"
    found = tried(database, [of_household(1)], of_members(1), text)
    assert found[1]["exempt_x100"] == (0 if blank == "left out" else None)


@in_both
def test_rows_with_blanks_agree_with_assess(database: Database) -> None:
    """A blank cell omits its fact in that row: no verdict differs from that of `assess`."""
    some = [without_nulls(each) for each in (*drawn(households(WEIHAI), 40), *drawn(partial_households(WEIHAI), 60))]
    parts = []
    for table, facts in (("households", WEIHAI.facts), ("members", WEIHAI.members.facts)):
        parts.append(f"{table}: {{key: household, facts: {{{', '.join(f'{name}: {name}' for name in facts)}}}}}\n")
    mapping = mapping_for(WEIHAI, read_mapping("mapping: 1\n" + "".join(parts)))
    own, theirs = rows(WEIHAI, some)
    database.run(register(WEIHAI).tables())
    database.fill("households", own)
    database.fill("members", theirs)
    database.run(view_in_sql(register(WEIHAI, ON, mapping=mapping), database.dialect, "answers"))
    found = [plain(row) for row in database.rows("SELECT * FROM answers ORDER BY length(household), household")]
    said = [
        f"{row['household']} {each}"
        for row, household in zip(found, some, strict=True)
        for each in differences(row, answer(WEIHAI, household, ON), exactly=False)
    ]
    assert said == []
    assert sum(row["category"] is not None for row in found) > 40


def without_nulls(household: Facts) -> Facts:
    """A household without its unknown facts and without the day."""
    members = [{name: given for name, given in each.items() if given is not None} for each in household["members"]]
    return {name: given for name, given in household.items() if given is not None and name != "on"} | {
        "members": members
    }
