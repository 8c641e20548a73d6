"""A document as text: layout by block, and line breaks by the rules for Chinese and Latin text."""

from attrs import evolve
from documents import DOCUMENTS, EVERY_PART, texts_of
from hypothesis import given
from hypothesis import strategies as st

from hardship_rules.documents.document import Document, Extent, Item, Listing, Paragraph, Scale, Section, Table
from hardship_rules.documents.text import PAGE, as_text, pad, width, wrapped

EXPECTED = """\
题目
====

一段。

一、甲
------

  1. 称呼：内容  〔归纳〕
    （1） 里层
  2. 第二条

（一）乙

表
  名  数
  --  --
  甲  1
      2
  乙
"""


def test_every_part() -> None:
    """Headings are underlined, entries are indented under their marks, table columns are aligned by terminal width."""
    assert as_text(EVERY_PART) == EXPECTED


@given(DOCUMENTS)
def test_nothing_is_lost(document: Document) -> None:
    """The text has every word of a document or letter in order, except white space at line ends."""
    for kind in ("page", "letter"):
        assert_nothing_is_lost(evolve(document, kind=kind))


def assert_nothing_is_lost(document: Document) -> None:
    """The document as text has every word."""
    shown = "".join(as_text(document).split())
    at = 0
    for text in [document.title, *(text for block in document.blocks for text in texts_of(block))]:
        at = shown.index("".join(text.split()), at) + len("".join(text.split()))


LETTER_EXPECTED = """\
                                 一封来信的题目

                                                                        编号：甲

某某：

　　一段。

　　一、甲

    1. 第一条
      （1） 里层

                                                                          某工会
"""


def test_a_letter() -> None:
    """In a letter the title is centred in 80 columns, paragraphs are indented, and signatures are at the right."""
    entry = Item("第一条", parts=(Item("里层"),))
    blocks = (
        Paragraph("编号：甲", signed=True),
        Paragraph("某某：", flush=True),
        Paragraph("一段。"),
        Section("一、甲", (Listing((entry,)),)),
        Paragraph("某工会", signed=True),
    )
    assert as_text(Document("一封来信的题目", blocks, kind="letter")) == LETTER_EXPECTED
    long = as_text(Document("长" * 200, (Paragraph("长" * 200, signed=True), *blocks), kind="letter"))
    assert max(map(width, long.splitlines())) == 80


def test_nothing_is_wider_than_the_page() -> None:
    """Long entries have a hanging indent, and the widest columns of a table are narrowed."""
    long = "家庭年可支配收入低于低保标准的，" * 12
    rows = ((long, "短", long), ("甲", "乙", "丙"))
    text = as_text(Document("题", (Listing((Item(long, parts=(Item(long),)),)), Table("表", ("一", "二", "三"), rows))))
    lines = text.splitlines()
    assert max(map(width, lines)) <= PAGE
    assert max(map(width, lines)) > PAGE - 6
    first = next(number for number, line in enumerate(lines) if line.startswith("  1. "))
    assert lines[first + 1].startswith("     ")
    assert lines[first + 1][5] != " "
    row = next(line for line in lines if line.rstrip().endswith("丙"))
    head = next(line for line in lines if line.rstrip().endswith("三"))
    assert width(row[: row.index("丙")]) == width(head[: head.index("三")])


def test_columns_to_be_written_in_keep_their_share() -> None:
    """An empty column of a table with shares has its share of the page's width."""
    text = as_text(Document("题", (Table("表", ("行", "备注"), (("1", ""),), shares=(50, 50)),)))
    rule = next(line for line in text.splitlines() if line.startswith("  -"))
    assert len(rule.split()[1]) == (PAGE - 2) // 2


def test_scale_and_marks() -> None:
    """A scale becomes a list of sentences with its marks, and an entry's own mark replaces its number."""
    scale = Scale("界线", Extent(1, 1, "一"), (Extent(2, 2, "二"),), "数为一", ("低于二",))
    lines = as_text(Document("题", (scale, Listing((Item("甲", mark="√", means="成立"),))))).splitlines()
    assert [line for line in lines[2:] if line] == ["数为一", "  ① 低于二", "  √ 甲"]


def test_rows_to_be_written_in_stand_apart() -> None:
    """Each row to fill in by hand is followed by an empty line; the header is not."""
    rows = (("起草", ""), ("审核", ""))
    lines = as_text(Document("题", (Table("表", ("一", "二"), rows, by_hand=True),))).splitlines()
    at = lines.index("表")
    assert [line.split()[0] if line else "" for line in lines[at + 1 :]] == ["一", "----", "起草", "", "审核"]


TEXT = st.text(alphabet="低保标准（）“”，。：ab1 .-/_\n", max_size=80)


def test_chinese_takes_two_columns() -> None:
    """Chinese characters and their punctuation take two columns, Latin ones one."""
    assert width("低保，787 a") == 2 + 2 + 2 + 3 + 1 + 1
    assert pad("低保", 6) + "|" == "低保  |"


def test_marks_stay_with_their_words() -> None:
    """No line begins with a closing mark or ends with an opening one, and no word or number is broken."""
    assert wrapped("低保标准，", 8) == ["低保标", "准，"]
    assert wrapped("低保标（准）", 8) == ["低保标", "（准）"]
    assert wrapped("低保〔归纳〕", 10) == ["低保", "〔归纳〕"]
    assert wrapped("为 36,000.00 元", 10) == ["为", "36,000.00", "元"]


def test_paths_are_cut_after_a_point() -> None:
    """A clause's id is broken after its dots, and elsewhere only if a part is wider than a line."""
    assert wrapped("category.deep.income", 14) == ["category.deep.", "income"]
    assert wrapped("abcdefgh", 3) == ["abc", "def", "gh"]


@given(TEXT, st.integers(min_value=2, max_value=30))
def test_nothing_is_lost_or_too_wide(text: str, columns: int) -> None:
    """The lines have the whole text in order, except white space, and none is too wide."""
    lines = wrapped(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line) <= columns for line in lines)


def test_what_is_kept_whole() -> None:
    """An amount with its unit, and a word with its punctuation, stay on one line."""
    assert wrapped("甲乙（3,000.00 元）", 16, ()) == ["甲乙", "（3,000.00 元）"]
    assert wrapped("按规定为意外致困", 14, ["意外致困"]) == ["按规定为", "意外致困"]
    assert wrapped("proved by 收入证明); 甲", 18, ()) == ["proved by 收入证", "明); 甲"]
