"""The parts of a document: how sections and entries are numbered."""

import pytest

from hardship_rules.documents.document import mark, numeral


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")]
)
def test_numerals(number: int, words: str) -> None:
    """Sections are numbered in the Chinese way."""
    assert numeral(number) == words


def test_each_level_has_marks_of_its_own() -> None:
    """The first marks of all levels differ."""
    assert [mark(depth, 1) for depth in range(6)] == ["1.", "（1）", "①", "A.", "a.", "1）"]


def test_marks_do_not_run_out() -> None:
    """Beyond ⑩ and Z the marks are numbers, all different."""
    for depth in range(7):
        assert len({mark(depth, number) for number in range(1, 60)}) == 59
    assert mark(2, 11) == "11）"
    assert mark(3, 26) == "Z."


def test_marks_can_be_printed_on_a_chinese_console() -> None:
    """Every mark is in GBK, so that a Chinese console can print it."""
    for depth in range(7):
        for number in range(1, 60):
            assert mark(depth, number).encode("gbk")
