"""Columns: a Chinese character takes two, and a line is cut where Chinese and Latin may be."""

from hypothesis import given
from hypothesis import strategies as st

from hardship_rules.documents.text import pad, width, wrapped

TEXT = st.text(alphabet="低保标准（）“”，。：ab1 .-/_\n", max_size=80)


def test_chinese_takes_two_columns() -> None:
    """Chinese characters and their punctuation take two columns, Latin ones one."""
    assert width("低保，787 a") == 2 + 2 + 2 + 3 + 1 + 1
    assert pad("低保", 6) + "|" == "低保  |"


def test_marks_stay_with_their_words() -> None:
    """No line begins with a closing mark or ends with an opening one, and a word or number is not cut."""
    assert wrapped("低保标准，", 8) == ["低保标", "准，"]
    assert wrapped("低保标（准）", 8) == ["低保标", "（准）"]
    assert wrapped("低保〔归纳〕", 10) == ["低保", "〔归纳〕"]
    assert wrapped("为 36,000.00 元", 10) == ["为", "36,000.00", "元"]


def test_paths_are_cut_after_a_point() -> None:
    """A clause's id is cut after its points, and anywhere only where one part is wider than a line."""
    assert wrapped("category.deep.income", 14) == ["category.deep.", "income"]
    assert wrapped("abcdefgh", 3) == ["abc", "def", "gh"]


@given(TEXT, st.integers(min_value=2, max_value=30))
def test_nothing_is_lost_or_too_wide(text: str, columns: int) -> None:
    """The lines hold the text, but for white space, in its order, and none is wider than it may be."""
    lines = wrapped(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line) <= columns for line in lines)


def test_what_is_kept_whole() -> None:
    """An amount with its unit and the words given stay on one line, with the point after them."""
    assert wrapped("甲乙（3,000.00 元）", 16, ()) == ["甲乙", "（3,000.00 元）"]
    assert wrapped("按规定为意外致困", 14, ["意外致困"]) == ["按规定为", "意外致困"]
    assert wrapped("proved by 收入证明); 甲", 18, ()) == ["proved by 收入证", "明); 甲"]
