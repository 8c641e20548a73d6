"""The keys of the language are described, consistent, and validated."""

import re

import pytest

from hardship_rules.core.kinds import parse_date
from hardship_rules.core.problem import Location
from hardship_rules.language import keys
from hardship_rules.language.keys import (
    OVERLAY,
    POLICY,
    SHAPES,
    Anything,
    Either,
    Entries,
    Fields,
    Items,
    Ref,
    Shape,
    Word,
)
from hardship_rules.language.shape import conform, conform_word, number_of
from hardship_rules.language.source import Scalar, parse

KINDS = {
    *("text", "line", "number", "value", "whole", "name", "policy", "unit", "date"),
    *("truth", "true", "basis", "moves", "option", "member", "language", "draft", "fingerprint", "tone"),
}


def shapes_in(shape: Shape | None) -> list[Shape]:
    """A shape and all its parts, except those behind a reference, which are in `SHAPES`."""
    match shape:
        case Items(of):
            return [shape, *shapes_in(of)]
        case Entries(of, _, own):
            return [shape, *shapes_in(of), *(inner for key in own.values() for inner in shapes_in(key.shape))]
        case Fields(own):
            return [shape, *(inner for key in own.values() for inner in shapes_in(key.shape))]
        case Either(word, items, mapping):
            return [shape, *shapes_in(word), *shapes_in(items), *shapes_in(mapping)]
        case None:
            return []
        case _:
            return [shape]


EVERY = [inner for shape in (POLICY, OVERLAY, *SHAPES.values()) for inner in shapes_in(shape)]
RECORDS = [shape for shape in EVERY if isinstance(shape, Fields)]


def problems(text: str, shape: Shape) -> list[str]:
    """`line:column code given` of each mismatch between a text and a shape."""
    node, unread = parse(text, "f")
    assert node is not None
    assert unread == []
    return [f"{at.line}:{at.column} {each.code} {each.given}" for each in conform(node, shape) if (at := each.location)]


def test_every_key_says_in_chinese_what_it_is_for() -> None:
    """Every key has a purpose in Chinese, which an editor can show to staff."""
    for record in RECORDS:
        for name, key in record.keys.items():
            assert re.search("[\u4e00-\u9fff]", key.about), name


def test_every_reference_and_group_leads_somewhere() -> None:
    """Every reference is defined, a choice of keys is among its own keys, and each word has a known kind."""
    for shape in EVERY:
        if isinstance(shape, Ref):
            assert shape.name in SHAPES
        if isinstance(shape, Fields):
            assert {name for group in shape.one_of for name in group} <= shape.keys.keys()
        if isinstance(shape, Word):
            assert shape.kind in KINDS
        if isinstance(shape, Entries):
            assert shape.key in KINDS


def test_everything_is_looked_at() -> None:
    """Everything has a shape."""
    assert not any(isinstance(shape, Anything) for shape in EVERY)


def test_an_overlay_holds_what_an_overlay_may_hold() -> None:
    """A policy that extends another has the sections of the design."""
    allowed = "language policy series title extends effective sources status approved parameters readings notes"
    assert set(OVERLAY.keys) == set(allowed.split())


def test_all_keys_of_a_record_are_looked_at() -> None:
    """Unknown, missing, competing and misshapen keys are all reported, each at its location."""
    shape = Fields(
        {"a": keys.Key("甲", Word(), required=True), "b": keys.Key("乙", Items(Word("date")))}, (("a", "b"),)
    )
    assert problems("c: 1\nb: [2021-02-29, 2024-02-29]\n", shape) == [
        "1:1 unknown_key c",
        "2:5 date 2021-02-29",
        "1:1 missing_key a",
    ]
    assert problems("a: 1\nb: []\n", shape) == ["1:1 several_of_keys a, b"]
    assert problems("- a\n", shape) == ["1:1 mapping_expected "]


@pytest.mark.parametrize(
    ("kind", "sound", "unsound"),
    [
        ("name", "net_income 家庭收入 _x a1", "1a a-b a.b on sum true 甲。乙"),
        ("policy", "2021_weihai weihai-2021 威海", "a/b ../a a.yaml a\\b -a a- a--b"),
        ("unit", "1 yuan yuan/month/person 元*月", "yuan/ /yuan 1/yuan yuan^2 2"),
        ("date", "2021-01-01 2024-02-29 1800-01-01 2200-12-31", "2021-1-1 2021-02-29 1799-12-31 2201-01-01 今天"),
        ("truth", "yes no true false 是 否", "Yes on 1 y TRUE"),
        ("true", "true yes 是", "false no 1"),
        ("whole", "0 20 9999", "-1 1.5 10000 二十"),
        ("number", "0 -5 0.8 80% 1.50", "1,500 1e3 1_0 abc .5"),
        ("basis", "rule notice summary analogue assumption definition", "Rule guess"),
        ("tone", "urgent elevated special plain", "red Urgent open"),
        ("option", "urban 0 12 on", "1a a-b"),
        ("language", "1", "2 0 1.0 one"),
        ("member", "member", "members true"),
        ("draft", "draft", "drafts true approved"),
        ("fingerprint", f"v1:{'0a' * 32}", f"v1: v1:{'0A' * 32} v2:{'0a' * 32} {'0a' * 32} v1:{'0a' * 31}"),
    ],
)
def test_a_word_is_of_its_kind_or_is_refused(kind: str, sound: str, unsound: str) -> None:
    """Each kind of word accepts its own values only."""
    for text in sound.split():
        assert conform_word(Scalar(text, Location("f", 1, 1)), Word(kind), ()) == [], text
    for text in unsound.split():
        assert len(conform_word(Scalar(text, Location("f", 1, 1)), Word(kind), ())) == 1, text


def test_a_text_is_never_empty() -> None:
    """A key without a value is reported for any shape; quotes give an empty text."""
    for text in ("a:", "a: ~", "a: null"):
        assert problems(text, Entries(Word())) == [f"1:{1 + len(text) if text == 'a:' else 4} blank a"]
    assert problems("a: ''", Entries(Word())) == []


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("reply within: {days: 15, basis: assumption}", []),
        ("reply within: {days: '15'}", []),
        ("reply_within: {text: 甲}", []),  # a custom note, as before
        ("reply within: 15", ["1:25 mapping_expected 15"]),
        ("reply within: [15]", ["1:25 mapping_expected "]),
        ("reply within: {}", ["1:25 missing_key days"]),
        ("reply within: {days: 15.5}", ["1:32 whole 15.5"]),
        ("reply within: {days: 十五}", ["1:32 whole 十五"]),
        ("reply within: {days: -3}", ["1:32 whole -3"]),
        ("reply within: {days: [3]}", ["1:32 text_expected "]),
        ("reply within: {days: 3, text: 甲}", ["1:35 unknown_key text"]),
        ("reply_within: {days: 3}", ["1:11 unknown_key reply_within"]),
        ("Reply-Within: {days: 3}", ["1:11 unknown_key Reply-Within"]),
        ("'reply  within': 3", ["1:11 unknown_key reply  within"]),
    ],
)
def test_a_key_of_the_language_among_own_names(note: str, expected: list[str]) -> None:
    """`reply within` is a key of notes with its own shape; typos of it are recognised."""
    found = problems(f"{{notes: {{ {note} }}}}", Fields({"notes": keys.POLICY.keys["notes"]}))
    assert found == expected


def test_a_mark_of_a_chinese_keyboard_is_what_is_wrong() -> None:
    """A full-width colon after such a key is reported as one, not as a custom name."""
    notes = Fields({"notes": keys.POLICY.keys["notes"]})
    found = problems("notes:\n  reply within：{days: 3}\n", notes)
    assert [each.split()[1] for each in found] == ["full_width", "mapping_expected"]


def test_numbers_and_days_are_read_exactly() -> None:
    """A percentage is read as hundredths; an invalid date is refused."""
    assert number_of("80 %") * 10 == 8  # type: ignore[operator]  # the value is a number
    assert number_of("80 %%") is None
    assert parse_date("2100-02-29") is None
    assert str(parse_date("2000-02-29")) == "2000-02-29"
