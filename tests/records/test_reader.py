"""Reading records: a written record is read; a cut, changed, newer or forged one is refused."""

import copy
import json
import pickle
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from private import MARKS, ON, marked, shows, texts
from recordings import OPEN_RECORD, SETTLED, SETTLED_RECORD, WEIHAI
from sealed import sealed

from hardship_rules import FactError, assess, record
from hardship_rules.core.interval import Range
from hardship_rules.records._reader import Record, read_record

DOCUMENT: dict[str, Any] = json.loads(SETTLED_RECORD)


def codes(text: str) -> list[str]:
    """The codes of a record's problems; empty if it is read."""
    try:
        read_record(text, "a.record.json")
    except FactError as error:
        placed = [problem for problem in error.problems if str(problem.location).startswith("a.record.json:")]
        return [problem.code for problem in placed] if len(placed) == len(error.problems) else ["no place"]
    return []


def changed(text: str = SETTLED_RECORD, **keys: Any) -> dict[str, Any]:
    """A record's document with some of its keys replaced."""
    return {**json.loads(text), **keys}


def test_what_was_written_is_read() -> None:
    """The names, day, verdicts and reasons are read as written."""
    found = read_record(SETTLED_RECORD)
    assert (found.policy, found.fingerprint) == ("2021_weihai", WEIHAI.fingerprint)
    assert (found.on, found.reference) == ("2021-03-31", "A-17")
    assert [verdict.decision for verdict in found.verdicts] == ["category", "filing", "materials", "record"]
    category = found.verdicts[0]
    assert dict(category.possible) == {"relative": "相对困难职工家庭"}
    assert category.holding == frozenset({"relative"})
    assert category.is_settled
    deciding = next(each for each in found.reasons if each.clause == "category.relative.income.below_double")
    assert (deciding.left, deciding.right, deciding.holds) == (Fraction(53201, 48), Fraction(1574), True)
    assert len(found.reasons) == len(DOCUMENT["reasons"])


def test_what_is_open_is_read() -> None:
    """An unknown boolean is read as None, and an unknown number as its bounds."""
    found = read_record(OPEN_RECORD)
    assert not found.verdicts[0].is_settled
    reason = next(each for each in found.reasons if each.clause == "category.deep.income.below_standard")
    assert reason.holds is None
    assert isinstance(reason.left, Range)
    assert reason.left.high == Fraction(18667, 16)


def test_host_is_not_looked_at() -> None:
    """A host may change its data under `host` later; nothing else may change."""
    for host in ({"officer": "某", "final": {"category": "none", "why": ["复核"]}}, [1.5], "x", None):
        assert codes(json.dumps(changed(host=host))) == []


def test_layout_does_not_matter() -> None:
    """A record rewritten by a database, with sorted keys, indented and escaped, is the same record."""
    again = json.dumps(DOCUMENT, indent=2, sort_keys=True, ensure_ascii=True)
    assert codes(again) == []
    found, was = read_record(again), read_record(SETTLED_RECORD)
    assert set(found.verdicts) == set(was.verdicts)
    assert found.reasons == was.reasons


def leaves(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a document."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else None
    if inner is None:
        return [path]
    return [leaf for key, each in inner for leaf in leaves(each, (*path, key))]


LEAVES = [leaf for leaf in leaves(DOCUMENT) if leaf[0] not in ("checksum", "host", "format")]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LEAVES), st.sampled_from(["0", "别的", None, True, 7]))
def test_any_edit_is_noticed(leaf: tuple[Any, ...], value: Any) -> None:
    """A change of any value breaks the checksum."""
    document = copy.deepcopy(DOCUMENT)
    holder = document
    for step in leaf[:-1]:
        holder = holder[step]
    if texts_alike(holder[leaf[-1]], value):
        return
    holder[leaf[-1]] = value
    assert codes(json.dumps(document)) == ["record_edited"]


def texts_alike(one: Any, other: Any) -> bool:
    """Whether two values are the same text to the checksum."""
    return (one if isinstance(one, str) else json.dumps(one)) == (
        other if isinstance(other, str) else json.dumps(other)
    )


def test_the_checksum_cannot_be_left_out() -> None:
    """A record without its checksum, or with null there, is refused as changed."""
    for given_ in ({key: part for key, part in DOCUMENT.items() if key != "checksum"}, changed(checksum=None)):
        assert codes(json.dumps(given_)) == ["record_edited"]


@settings(max_examples=40, deadline=None)
@given(st.integers(2, len(SETTLED_RECORD.rstrip()) - 1))
def test_a_record_cut_anywhere_is_cut(end: int) -> None:
    """A record cut off anywhere is refused as cut off."""
    assert codes(SETTLED_RECORD[:end]) == ["json_cut"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file_empty"),
        ("policy: 2021_weihai\nmembers: []\n", "not_a_record"),
        ("[]", "not_a_record"),
        ("{}", "not_a_record"),
        ('{"format": "hardship-rules/assessment/1"}', "not_a_record"),
        ('{"format": "hardship-rules/record/x"}', "not_a_record"),
        ('{"format": "hardship-rules/record/0"}', "not_a_record"),
        ('{"format": ["hardship-rules/record/1"]}', "not_a_record"),
        ('{"format": "hardship-rules/record/2", "what": "ever"}', "record_newer"),
        ('{"format": "hardship-rules/record/999999999"}', "record_newer"),
        ('{"format": "hardship-rules/record/1"}', "record_edited"),
        ('{"format": "hardship-rules/record/1", "format": "hardship-rules/record/1"}', "json_key_twice"),
    ],
)
def test_what_is_no_record_of_this_format(text: str, code: str) -> None:
    """Other files, and records of a newer format, have their own problems."""
    assert codes(text) == [code]


def test_a_newer_format_is_named() -> None:
    """The problem names the record's format and the newest known one, with a hint, in both languages."""
    with pytest.raises(FactError) as caught:
        read_record('{"format": "hardship-rules/record/2"}')
    for language in ("zh", "en"):
        report = caught.value.report(language)
        assert "hardship-rules/record/2" in report
        assert "hardship-rules/record/1" in report


SIDES: list[dict[str, Any]] = [
    {"holds": "perhaps"},
    {"holds": [1]},
    {"left": "7"},
    {"left": [7]},
    {"left": {"exact": "1/0", "unit": "1"}},
    {"left": {"exact": "1e9", "unit": "1"}},
    {"left": {"exact": "9" * 9000, "unit": "1"}},
    {"left": {"exact": ["1"], "unit": "1"}},
    {"left": {"from": "2", "to": "1", "unit": "1"}},
    {"left": {"options": "a"}},
    {"left": {"option": ["a"]}},
    {"left": {}},
    {"sign": "<>"},
    {"members": "1"},
    {"members": [[1]]},
]
FORGED: list[dict[str, Any]] = [
    *(
        {key: part for key, part in DOCUMENT.items() if key != left_out}
        for left_out in DOCUMENT
        if left_out not in ("format", "checksum")
    ),
    changed(more=1),
    changed(policy="2021_weihai"),
    changed(policy={**DOCUMENT["policy"], "fingerprint": None}),
    changed(facts={"stated": [], "derived": [], "assumed": []}),
    changed(facts={**DOCUMENT["facts"], "derived": [{"path": "a", "title": "b", "value": ["c"]}]}),
    changed(decisions=[]),
    changed(decisions={"category": {**DOCUMENT["decisions"]["category"], "possible": "deep"}}),
    changed(reasons={}),
    *(changed(reasons=[{**DOCUMENT["reasons"][0], **part}]) for part in SIDES),
]


@pytest.mark.parametrize("document", FORGED, ids=range(len(FORGED)))
def test_a_forged_record_is_a_problem(document: dict[str, Any]) -> None:
    """A malformed record with a valid checksum is refused with a problem, not a traceback."""
    assert codes(sealed(document)) != []


def test_sealing_alone_is_no_forgery() -> None:
    """The record that the forgeries are made from is valid when it is only sealed again."""
    assert codes(sealed(DOCUMENT)) == []


def test_no_fact_shows() -> None:
    """Neither a record nor the error of a refused one shows a fact or a reference."""
    assessment = assess(WEIHAI, marked(on=ON))
    text = record(assessment, host={"officer": "Bnmtr"})
    found = read_record(text)
    assert set(shows(text)) >= {"73913", "Wkjpm", "Bnmtr"}
    assert shows(repr(found) + str(found)) == []
    document = json.loads(text)
    broken = [text[:-200], text.replace("73913", "73914"), json.dumps({**document, "reasons": MARKS})]
    broken += [sealed({**document, "reasons": list(MARKS)}), sealed({**document, "facts": MARKS[0]})]
    for each in broken:
        with pytest.raises(FactError) as caught:
            read_record(each)
        for shown in texts(caught.value):
            assert shows(shown) == []


def test_a_record_is_a_value() -> None:
    """A record that was read can be pickled, compared and hashed."""
    found = read_record(SETTLED_RECORD)
    again: Record = pickle.loads(pickle.dumps(found))  # noqa: S301  # pickled by this test
    assert again == found
    assert hash(again) == hash(found)
    assert read_record(record(SETTLED)) == found
