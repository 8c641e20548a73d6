"""The texts of a register that a suggested mapping may list: codes, but none that may identify a person."""

import pytest

from hardship_rules.registers.suggest import codes_in, table_sample

NUMBER = "110101190001010002"


def codes(texts: list[str], *, is_number: bool = False, personal: tuple[str, ...] = (), header: str = "类") -> object:
    """The codes of a column in which 城市 is known, and the number of other, hidden texts."""
    return codes_in(table_sample({header: texts}).columns[0], {"城市"}, personal, is_number=is_number)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["1", "1", "城市", "2", "2"], (("1", "2"), 0)),
        (["01A", "01A"], (("01A",), 0)),
        (["0123", "0123"], ((), 1)),  # four digits may be the end of an identity number
        (["一二三四五六", "一二三四五六"], (("一二三四五六",), 0)),
        (["一二三四五六七", "一二三四五六七"], ((), 1)),
        (["户主"], ((), 1)),  # only once
        (["户主", "户主", NUMBER], ((), 2)),  # a column that holds a person's number may hold anything
        (["a\nb", "a\nb"], ((), 1)),
        ([f"类{number}" for number in range(12)] * 2, (tuple(sorted(f"类{number}" for number in range(12))), 0)),
        ([f"{number}" for number in range(13)] * 2, ((), 13)),
    ],
)
def test_codes_are_short_few_and_seen_again(texts: list[str], found: object) -> None:
    """A code has at most six characters, three if it has a digit, and two rows; a column has at most twelve."""
    assert codes(texts) == found


def test_codes_among_numbers_are_words() -> None:
    """Among numbers a text with a digit is an amount, and not counted as unknown."""
    assert codes(["无", "无", "1200", "3万", "3万"], is_number=True) == (("无",), 0)


def test_names_are_no_codes() -> None:
    """A text in a column of names is no code."""
    assert codes(["李某", "李某"], personal=("李某",)) == ((), 1)
    assert codes(["李某", "李某"], header="联系人姓名") == ((), 1)


@pytest.mark.parametrize(
    ("header", "texts", "personal"),
    [
        ("姓名", ["李某", "李某"], True),
        ("甲", ["一", "二", "三", "四", "五"], True),  # all different
        ("甲", ["一", "二", "三", "四"], False),  # too few rows to decide
        ("甲", ["一", "一", "一", "四", "五"], False),
        ("甲", [NUMBER, "", ""], True),
    ],
)
def test_columns_of_persons(header: str, texts: list[str], *, personal: bool) -> None:
    """A column is personal by its header, by identity numbers in it, or if nearly all rows differ."""
    seen = table_sample({header: texts, "类": []})
    assert seen.of_persons(seen.columns[1]) == (frozenset(filter(None, texts)) if personal else frozenset())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (NUMBER, 1),
        ("11010119000101000x", 1),
        ("１１０１０１１９０００１０１０００２", 1),
        ("110101190013010002", 0),
        ("1.1E+17", 0),
        ('="11010119000101000ｘ"', 1),
        ("'110101190001010002\u00ad", 1),
        ("1１010119000101000²", 0),
        ("11010119000101000ⅹ", 0),
    ],
)
def test_identity_numbers_have_a_day(text: str, found: int) -> None:
    """An identity number has 18 characters and a valid day; X and full-width digits are allowed."""
    assert table_sample({"号": [f" {text} "]}).columns[0].identity_numbers == found


def test_a_row_of_a_person_is_no_header() -> None:
    """Six consecutive digits are no header; eleven mean that the row has no headers."""
    assert [each.has_no_header for each in table_sample({"户号": [], "202103收入": []}).columns] == [False, True]
    assert [each.has_no_header for each in table_sample({"李某": [], NUMBER: []}).columns] == [True, True]
