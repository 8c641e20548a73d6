"""The checklist: a row for every statement, the task in each row, and room for the answers."""

import re

import pytest
from documents import SMALL
from hypothesis import given, settings

from hardship_rules import load_policy, read_policy
from hardship_rules.authoring._checklist import checklist
from hardship_rules.authoring._statements import statements
from hardship_rules.documents.document import Document, Paragraph, Section, Table
from hardship_rules.documents.text import as_text
from hardship_rules.testing.strategies import policies

POLICY = load_policy("2021_weihai")


def tables(document: Document) -> list[Table]:
    """The tables of the sections."""
    sections = [block for block in document.blocks if isinstance(block, Section)]
    return [block for section in sections for block in section.blocks if isinstance(block, Table)]


def test_small_policy() -> None:
    """The rows of a small policy, by hand: structures refer to rows, readings are referenced, arithmetic is omitted."""
    rows = [row for table in tables(checklist(read_policy(SMALL))) for row in table.rows]
    boxes = "□一致\n□不一致"
    assert rows[0] == (
        "1",
        "标准：城市 12 元/年；农村 尚未公布（在 0 至 100 元/年 之间）\nline",
        "〔通知〕",
        "",
        boxes,
        "",
    )
    assert rows[3] == ("4", "人数＝1\nsize", "〔定义〕", "", "不需对照", "")
    assert rows[4] == ("5", "低收入：以下有一条成立（第 6、7 行）\nlow", "〔原文〕", "", boxes, "")
    assert rows[5][1] == "收入低于标准\nlow.below"
    assert rows[7][1:5] == (
        "恰等也算：解读“恰等”选“认定”（现选“不认定”）\nlow.level.granted",
        "〔假定〕",
        "",
        "见第 3 行",
    )
    assert rows[9][1:3] == ("类别：依次判断，取第一个成立的（第 11、14 行）\ncategory", "未标")
    assert len(rows) == 17


@pytest.mark.parametrize("name", ["2021_weihai", "shandong_2020_58"])
def test_every_statement_has_a_row(name: str) -> None:
    """Rows are numbered throughout, one for each statement, by section; every row has its id and grade."""
    policy = load_policy(name)
    every = statements(policy)
    found = tables(checklist(policy))
    rows = [row for table in found for row in table.rows]
    assert [row[0] for row in rows] == [str(number) for number in range(1, len(every) + 1)]
    assert [row[1].split("\n")[-1] for row in rows] == [each.id for each in every]
    assert {row[2] for row in rows} <= {"〔原文〕", "〔通知〕", "〔归纳〕", "〔参照〕", "〔假定〕", "〔定义〕", "未标"}
    first = [table.rows[0][0] for table in found]
    assert [table.caption for table in found if len(table.rows) > 1] == [
        f"第 {table.rows[0][0]} 至 {table.rows[-1][0]} 行" for table in found if len(table.rows) > 1
    ]
    assert len(first) == len(set(first))


def test_rows_that_need_no_answer() -> None:
    """A row `same as row n` repeats the words and grade of an earlier row, which has a field for the answer."""
    rows = {row[0]: row for table in tables(checklist(POLICY)) for row in table.rows}
    same = {number: match[1] for number, row in rows.items() if (match := re.fullmatch(r"同第 (\d+) 行", row[4]))}
    assert same
    for number, other in same.items():
        assert int(other) < int(number)
        assert rows[other][4].startswith("□")
        assert rows[other][2] == rows[number][2]
        said, before = (re.sub(r"（第 .*? 行）", "", rows[each][1].split("\n")[0]) for each in (number, other))
        assert said == before
    seen = {row[4].split()[1] for row in rows.values() if row[4].startswith("见第")}
    assert seen
    assert {rows[number][1].split("\n")[1] for number in seen} <= set(POLICY.readings)


def test_what_to_do_and_how_much() -> None:
    """The head names the text to compare with, the number of rows, and the number to answer."""
    document = checklist(POLICY)
    top = "\n".join(block.text for block in document.blocks if isinstance(block, Paragraph))
    rows = [row for table in tables(document) for row in table.rows]
    to_answer = [row for row in rows if row[4].startswith("□")]
    assert f"共 {len(rows)} 行，其中 {len(to_answer)} 行需要对照" in top
    assert sum(map(int, re.findall(r" (\d+) 行[、。]", top.partition("需要对照")[2]))) == len(to_answer)
    assert "鲁会办〔2020〕58号《山东工会困难职工家庭认定、帮扶和档案管理办法（试行）》" in top
    assert POLICY.fingerprint in top


@pytest.mark.parametrize(
    ("sources", "head"),
    [
        ("{t: {title: 某发〔2020〕7号《办法》, held: false}}", "7号第__条"),
        ("{t: {title: 《办法》, held: false}}", "原文第__条"),
        ("{t: {title: 某发〔2020〕7号《办法》, held: true}}", "原文第__条"),
        ("{t: {title: 某发〔2020〕7号, held: false}, s: {title: 某发〔2020〕8号, held: false}}", "原文第__条"),
        (
            "{t: {title: 某发〔2020〕7号《办法》, held: false}, s: {title: 某发〔2020〕7号《解释》, held: false}}",
            "7号第__条",
        ),
    ],
)
def test_the_column_is_called_by_the_text_that_is_not_held(sources: str, head: str) -> None:
    """The column for the article is titled with the number of the one document that is not held."""
    policy = read_policy(
        f"language: 1\npolicy: p\nsources: {sources}\n"
        "parameters: {a: {title: 甲, unit: 1, value: 1, basis: assumption}}\n"
    )
    assert [table.heads for table in tables(checklist(policy))] == [
        ("行", "内容和标识", "把握", head, "一致 / 不一致", "备注")
    ]


def test_it_is_printed_across() -> None:
    """The page is in landscape format, and the columns to fill in have their share of the width."""
    document = checklist(POLICY)
    assert document.landscape
    assert all(sum(table.shares) == 100 for table in tables(document))


@settings(max_examples=30, deadline=None)
@given(policies())
def test_any_sound_policy(text: str) -> None:
    """Every sound policy has a checklist."""
    assert as_text(checklist(read_policy(text)))
