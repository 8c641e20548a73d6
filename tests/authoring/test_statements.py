"""The statements of a policy, each with its id, its words and its provenance."""

import re
from collections import Counter
from collections.abc import Callable

import pytest
from documents import SMALL

from hardship_rules import Policy, load_policy, read_policy
from hardship_rules.authoring._checklist import checklist
from hardship_rules.authoring._reading_copy import reading_copy
from hardship_rules.authoring._statements import Statement, line_of, provenance_words, statements, values_of
from hardship_rules.core.expr import Clause, Provenance, walk
from hardship_rules.documents.document import Document
from hardship_rules.documents.text import as_text

POLICY = load_policy("2021_weihai")


def test_every_statement() -> None:
    """Parameters, readings, terms, decisions with their clauses, and notes, in the policy's order, by hand."""
    told = [(each.section, each.of, each.id, each.title, each.words) for each in statements(read_policy(SMALL))]
    assert told == [
        ("参数", "", "line", "标准", "城市 12 元/年；农村 尚未公布（在 0 至 100 元/年 之间）"),
        ("参数", "", "aid", "金额", "人数为 1 的 10 元；人数为 2 及以上的 15 元"),
        ("解读", "", "equal", "恰等", "恰等时认定？可选：不认定、认定。现选“不认定”。"),
        ("定义", "", "size", "人数", "＝1"),
        ("定义", "低收入", "low", "低收入", "以下有一条成立"),
        ("定义", "低收入", "low.below", "收入低于标准", ""),
        ("定义", "低收入", "low.level", "", "以下各条都成立"),
        ("定义", "低收入", "low.level.granted", "恰等也算", "解读“恰等”选“认定”（现选“不认定”）"),
        ("定义", "低收入", "low.level.exact", "", "收入等于标准"),
        ("类别", "", "category", "类别", "依次判断，取第一个成立的"),
        ("类别", "深度", "category.deep", "深度", "以下各条都成立"),
        ("类别", "深度", "category.deep.low", "低收入", ""),
        ("类别", "深度", "category.deep.poor", "困难", ""),
        ("类别", "无", "category.none", "无", "以上都不成立"),
        ("材料", "", "papers", "材料", "逐项判断，成立的都列出"),
        ("材料", "证明", "papers.proof", "证明", "“困难”为是"),
        ("附注", "", "dates", "", "四月底截止。"),
    ]


def test_what_they_take_together() -> None:
    """A structure and a decision name the statements that they combine; a clause on a reading names the reading."""
    by_id = {each.id: each for each in statements(read_policy(SMALL))}
    assert by_id["low"].parts == ("low.below", "low.level")
    assert by_id["category"].parts == ("category.deep", "category.none")
    assert by_id["papers"].parts == ("papers.proof",)
    assert {each.id: each.reading for each in by_id.values() if each.reading} == {"low.level.granted": "equal"}


def test_provenance_is_each_ones_own() -> None:
    """A clause that restates its basis has its own provenance; any other has that of its enclosing clause."""
    by_id = {each.id: each.provenance for each in statements(read_policy(SMALL))}
    assert by_id["low.below"] == Provenance("rule", "text", "三")
    assert by_id["low.level.granted"] == Provenance("assumption")
    assert by_id["category.none"] is None


@pytest.mark.parametrize("name", ["2021_weihai", "shandong_2020_58"])
def test_nothing_is_left_out(name: str) -> None:
    """Everything in the policy with a provenance is a statement, and each id occurs once."""
    policy = load_policy(name)
    ids = Counter(each.id for each in statements(policy))
    assert set(ids.values()) == {1}
    exprs = [term.expr for term in policy.terms.values()]
    exprs += [each.when for decision in policy.decisions.values() for each in decision.outcomes if each.when]
    clauses = {
        inner.id for expr in exprs for inner in walk(expr) if isinstance(inner, Clause) and inner.provenance is not None
    }
    wanted = clauses | {*policy.parameters, *policy.readings, *policy.terms, *policy.decisions, *policy.notes}
    assert wanted <= set(ids)
    assert len(wanted) > 100


REPLY = "notes:\n  reply within: {days: 15, source: notice, cite: 第五条, basis: notice}"


@pytest.mark.parametrize("write", [checklist, reading_copy])
def test_the_days_to_reply_within_are_read(write: Callable[[Policy], Document]) -> None:
    """The reading copy and the checklist have the number of days to reply within, with the source."""
    policy = read_policy(SMALL.replace("notes:", REPLY))
    said = next(each for each in statements(policy) if each.id == "reply within")
    assert (said.words, said.provenance) == (
        "请申请人自收到通知之日起15日内提交",
        Provenance("notice", "notice", "第五条"),
    )
    text = as_text(write(policy))
    assert "自收到通知之日起15日内提交" in re.sub(r"\s", "", text)
    assert "〔通知〕" in text
    assert "自收到通知之日起" not in as_text(write(read_policy(SMALL)))


def test_parts_come_after_what_takes_them_together() -> None:
    """Parts are statements themselves, and come later in the order."""
    places = {each.id: number for number, each in enumerate(statements(POLICY))}
    for each in statements(POLICY):
        assert all(places[part] > places[each.id] for part in each.parts)


def test_a_title_is_not_said_twice() -> None:
    """If a clause's title equals its line, the line is not repeated."""
    policy = read_policy(SMALL)
    below = next(each for each in walk(policy.terms["low"].expr) if isinstance(each, Clause) and each.id == "low.below")
    assert line_of(policy, below) == ""


def test_values_and_provenance_in_words() -> None:
    """A parameter of an open policy has no value; a provenance has its grade, document and place."""
    measure = load_policy("shandong_2020_58")
    assert values_of(measure, measure.parameters["dibao"]) == ("尚无数值，由年度文件填写，元/月/人",)
    assert values_of(POLICY, POLICY.parameters["dibao"]) == ("城市 787 元/月/人", "农村 588 元/月/人")
    assert provenance_words(POLICY, Provenance("assumption")) == "〔假定〕"
    words = provenance_words(POLICY, Provenance("summary", "qingdao", "认定标准"))
    assert words == "〔归纳〕青岛市总工会“困难职工自测小程序”页面，认定标准"
    assert provenance_words(POLICY, None) == ""


def test_statements_are_values() -> None:
    """Statements with the same content are equal."""
    assert statements(POLICY) == statements(load_policy("2021_weihai"))
    assert all(isinstance(each, Statement) for each in statements(POLICY))
