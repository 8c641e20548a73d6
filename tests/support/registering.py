"""Generated households as a register has them: text tables in the words of the staff."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from hardship_rules import Policy
from hardship_rules.core.kinds import BooleanKind, ChoiceKind
from hardship_rules.core.policy import Fact

Facts = dict[str, Any]


def cell(fact: Fact, given: Facts) -> str | None:
    """The cell of a fact: blank if omitted, a word if explicitly unknown."""
    if fact.name not in given:
        return None
    value = given[fact.name]
    if value is None:
        return "未知"
    if isinstance(fact.kind, ChoiceKind):
        return fact.kind.options[value]
    if isinstance(fact.kind, BooleanKind):
        return "是" if value else "否"
    return str(value)


def tables(policy: Policy, households: Sequence[Facts]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The two tables of a register, with a column for every fact by title."""
    own = [{"户号": f"H{number}", **row(policy.facts, household)} for number, household in enumerate(households)]
    theirs = [
        {"户号": f"H{number}", **row(policy.members.facts, member)}
        for number, household in enumerate(households)
        for member in household.get("members", ())
    ]
    return tuple(pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)) for rows in (own, theirs))  # type: ignore[return-value]  # exactly two tables


def row(facts: Any, given: Facts) -> dict[str, str | None]:
    """One row, by the titles of the facts."""
    return {fact.title: cell(fact, given) for fact in facts.values()}


OWN = {
    "户号": "A1",
    "所在单位已建立工会组织": "是",
    "就业状况": "在职职工（不含农民工）",
    "家庭居住地": "城市",
    "家庭成员为企业控股股东或实际控制人": "否",
    "自有住房套数": 1,
    "人均住房面积超过当地平均": "否",
    "拥有或经常使用机动车辆": "否",
    "拒绝配合核查致收入无法核实": "否",
    "档案情况": "无档案",
}


WORKER = {
    "户号": "A1",
    "与申请人关系": "本人",
    "年龄": 40,
    "在读阶段": "不在读",
    "月工资": 1000,
    "年经营净收入": 0,
    "年财产净收入": 0,
    "年转移净收入": 0,
    "年其他收入": 0,
    "医疗自负费用": 1200,
}


def register(path: Path, households: list[dict[str, Any]], members: list[dict[str, Any]]) -> str:
    """A workbook in which every value is text, also one like a formula."""
    book: Any = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("家庭", households), ("成员", members)):
        sheet = book.create_sheet(name)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append(list(row.values()))
        for cell in sheet["A"]:
            cell.data_type = "s"
    book.save(path)
    return str(path)
