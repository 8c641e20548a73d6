"""Invented documents with every kind of part and any texts, and a small policy to make documents from."""

from hypothesis import strategies as st

from hardship_rules.documents.document import (
    Banner,
    Block,
    Document,
    Flows,
    Fold,
    Item,
    Listing,
    Pair,
    Pairs,
    Paragraph,
    Scale,
    Section,
    Table,
)

TEXTS = st.text(alphabet="低保（）“〔0①a.1)|*_`[]<>&\"'#-+=~\\ ", min_size=1, max_size=12).map(
    lambda text: f"文{text}字"
)


def items(depth: int) -> st.SearchStrategy[Item]:
    """Entries with nested entries."""
    inner = st.lists(items(depth - 1), max_size=2) if depth else st.just([])
    maybe = st.one_of(st.just(""), TEXTS)
    return st.builds(Item, TEXTS, maybe, maybe, inner.map(tuple))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Tables of one to three columns, whose cells fit beside each other."""
    columns = draw(st.integers(1, 3))
    row = st.lists(TEXTS, min_size=columns, max_size=columns).map(tuple)
    return Table(draw(TEXTS), draw(row), tuple(draw(st.lists(row, max_size=3))))


def blocks(depth: int) -> st.SearchStrategy[Block]:
    """Blocks, and sections of blocks."""
    listing = st.lists(items(3), min_size=1, max_size=3).map(lambda found: Listing(tuple(found)))
    pairs = st.builds(Pair, TEXTS, TEXTS, st.one_of(st.just(""), TEXTS))
    named = st.builds(Pairs, st.lists(pairs, min_size=1, max_size=3).map(tuple), st.booleans())
    plain = st.one_of(st.builds(Paragraph, TEXTS), listing, tables(), named)
    if not depth:
        return plain
    inner = st.lists(blocks(depth - 1), max_size=2).map(tuple)
    return st.one_of(plain, st.builds(Section, TEXTS, inner), st.builds(Fold, TEXTS, inner, st.booleans()))


DOCUMENTS = st.builds(Document, TEXTS, st.lists(blocks(2), max_size=4).map(tuple))

EVERY_PART = Document(
    "题目",
    (
        Paragraph("一段。"),
        Section(
            "一、甲",
            (
                Listing((Item("内容", "称呼", "〔归纳〕", (Item("里层"),)), Item("第二条"))),
                Section("（一）乙", (Table("表", ("名", "数"), (("甲", "1\n2"), ("乙", ""))),)),
            ),
        ),
    ),
)
"""One of each part."""


def texts_of(block: Block | Item) -> list[str]:
    """Every text of a part, in reading order."""
    match block:
        case Paragraph(text):
            return [text]
        case Item(text, lead, aside, parts):
            return [*filter(None, (lead, text, aside)), *(inner for part in parts for inner in texts_of(part))]
        case Listing(entries):
            return [text for item in entries for text in texts_of(item)]
        case Table(caption, heads, rows):
            return [caption, *heads, *(cell for row in rows for cell in row)]
        case Scale():
            return [block.about, *block.sentences]
        case Flows():
            return [block.about]
        case Pairs(rows):
            return [text for pair in rows for text in (pair.name, pair.value, pair.below) if text]
        case Banner(_, small, verdict, sentence):
            return [small, verdict, *filter(None, [sentence])]
        case Section(title, inner) | Fold(title, inner):
            return [title, *(text for each in inner for text in texts_of(each))]


SMALL = """
language: 1
policy: small
title: 小政策
units: {yuan: 元, person: 人, year: 年}
sources: {text: {title: 某发〔2020〕7号《办法》, held: false}, notice: {title: 通知}}
household:
  place: {title: 居住地, one of: {town: 城市, village: 农村}}
  income: {title: 收入, unit: yuan/year, to: 1000}
  poor: {title: 困难, yes or no: true}
parameters:
  line: {title: 标准, unit: yuan/year, by: place, values: {town: 12, village: not published}, from: 0, to: 100,
    source: notice, cite: 二, basis: notice}
  aid: {title: 金额, unit: yuan, by: size, values: {1: 10, 2 and more: 15}, basis: assumption}
readings:
  equal:
    {title: 恰等, question: 恰等时认定？, one of: {no: 不认定, yes: 认定}, chosen: no, why: 无人说明, basis: assumption}
terms:
  size: {title: 人数, unit: 1, basis: definition, value: 1}
  low: {title: 低收入, source: text, cite: 三, basis: rule, when: {any: {
    below: {that: income < line, title: 收入低于标准},
    level: {all: {granted: {that: equal == yes, title: 恰等也算, basis: assumption}, exact: {that: income == line}}}}}}
decisions:
  category:
    title: 类别
    first:
      - {outcome: deep, title: 深度, when: {all: {low: {that: low, title: 低收入}, poor: {that: poor, title: 困难}}},
        basis: assumption}
    otherwise: {outcome: none, title: 无}
  papers:
    title: 材料
    every: [{outcome: proof, title: 证明, when: poor, source: notice, cite: 一, basis: notice}]
notes:
  dates: {text: 四月底截止。, basis: assumption}
"""
"""A policy with one of each construct."""
