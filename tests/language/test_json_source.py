"""JSON of programs is read, or refused with a location."""

import json

import pytest

from hardship_rules.core.problem import Location, Problem
from hardship_rules.language.source import Mapping, Scalar, Sequence, parse, parse_json

WHOLE = '{"甲": [1, 2.50, true, false, null, "三[1]"], "乙": {"丙": "null"}}'


def refused(text: str) -> Problem:
    """The problem of a text."""
    found = parse_json(text, "a.json")
    assert isinstance(found, Problem)
    return found


def test_numbers_and_words_keep_their_text() -> None:
    """Every value is its text; null is nothing, but the text "null" is a text."""
    node = parse_json(WHOLE, "a.json")
    assert isinstance(node, Mapping)
    listed, inner = (part for _, part in node.entries)
    assert isinstance(listed, Sequence)
    scalars = [item for item in listed.items if isinstance(item, Scalar)]
    assert [item.text for item in scalars] == ["1", "2.50", "true", "false", "null", "三[1]"]
    assert [item.is_null for item in scalars] == [False, False, False, False, True, False]
    assert isinstance(inner, Mapping)
    null = inner.get("丙")
    assert isinstance(null, Scalar)
    assert not null.is_null


def test_what_other_programs_write_is_read() -> None:
    """Escapes, also beyond the basic plane, escaped slashes, tabs, and a byte order mark are read."""
    node = parse_json('\ufeff{\t"a":\t"\\ud840\\udc00\\/\\u6df1"}\r\n', "a.json")
    assert isinstance(node, Mapping)
    assert [part for _, part in node.entries] == [Scalar("\U00020000/深", Location("", 1, 1), plain=False)]


@pytest.mark.parametrize("end", range(1, len(WHOLE)))
def test_a_text_cut_anywhere_is_said_to_be_cut(end: int) -> None:
    """A text cut off anywhere is reported as cut off, at a location inside it or at its end."""
    problem = refused(WHOLE[:end])
    assert problem.code == "json_cut"
    assert problem.location is not None
    assert problem.location.line == 1
    assert problem.location.column <= end + 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file_empty"),
        (" \n", "file_empty"),
        ('{"a": 1,, "b": 2}', "json_broken"),
        ('{"a": NaN}', "json_broken"),
        ('{"a": 1} {"b": 2}', "json_broken"),
        ('{"a": 1, "a": 2}', "json_key_twice"),
        ('{"a": "\\u001b[31m"}', "character"),
        ('{"a": "\\ud800"}', "character"),
        ('{"\\ud800": 1}', "character"),
        ("[" * 70 + "]" * 70, "too_deep"),
        ("[" * 100_000 + "]" * 100_000, "too_deep"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    """Invalid, ambiguous and unprintable JSON is refused."""
    assert refused(text).code == code


def test_a_problem_has_its_place() -> None:
    """An error of the JSON reader is a problem at its line and column."""
    assert refused('{\n"a": 1,\n"b" 2}').location == Location("a.json", 3, 5)


def test_long_numbers_are_text() -> None:
    """A number with more digits than Python converts is read as text, without a traceback."""
    node = parse_json(f'{{"a": {"9" * 5000}}}', "a.json")
    assert isinstance(node, Mapping)


def test_the_same_nodes_as_yaml() -> None:
    """Text that is both JSON and YAML gives the same nodes from both readers."""
    text = json.dumps({"a": ["b", {"c": "d"}], "e": ""})
    node, problems = parse(text, "a.json")
    assert problems == []
    assert isinstance(node, Mapping)
    again = parse_json(text, "a.json")
    assert isinstance(again, Mapping)
    assert [key.text for key, _ in again.entries] == [key.text for key, _ in node.entries]
    unquoted = Scalar("b", Location("", 1, 1), plain=False)
    assert again.entries[0][1] == node.entries[0][1]
    assert isinstance(again.entries[0][1], Sequence)
    assert again.entries[0][1].items[0] == unquoted
