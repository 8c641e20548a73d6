"""The differences between two records: settled verdicts must stay, open ones may become narrower."""

import json
from typing import Any

import pytest
from recordings import HOUSEHOLD, OPEN_RECORD, SETTLED_RECORD, UNKNOWN, WEIHAI
from sealed import sealed

from hardship_rules import assess, record
from hardship_rules.records._diff import PartDiff, Sameness, diff
from hardship_rules.records._reader import Record, RecordedDefault, RecordedReason, Verdict, read_record
from hardship_rules.testing.strategies._paths import Facts

SETTLED, OPEN = read_record(SETTLED_RECORD), read_record(OPEN_RECORD)


def of(household: Facts) -> Record:
    """The record of a household under the year's policy."""
    return read_record(record(assess(WEIHAI, household)))


def edited(text: str, edit: dict[str, Any], clause: str = "") -> Record:
    """A record with an edited reason, or an edited category where no clause is named."""
    document = json.loads(text)
    if clause:
        document["reasons"] = [
            {**each, **edit} if each["clause"] == clause and each["decision"] == "category" else each
            for each in document["reasons"]
        ]
    else:
        document["decisions"]["category"] |= edit
    return read_record(sealed(document))


def found(parts: tuple[PartDiff, ...], kind: type) -> set[Sameness]:
    """The sameness of each part of a kind."""
    return {each.sameness for each in parts if isinstance(each.recorded or each.found, kind)}


def category(parts: tuple[PartDiff, ...]) -> Sameness:
    """The sameness of the category."""
    verdicts = [each for each in parts if isinstance(each.recorded, Verdict) and each.recorded.decision == "category"]
    return verdicts[0].sameness


@pytest.mark.parametrize("which", [SETTLED, OPEN], ids=["settled", "open"])
def test_a_record_is_as_itself(which: Record) -> None:
    """A record compared with itself is the same in every part."""
    parts = diff(which, which)
    assert {each.sameness for each in parts} == {"same"}
    assert len(parts) == len(which.verdicts) + len(which.reasons) + len(which.defaults)


def test_order_counts_for_nothing() -> None:
    """The order of clauses and decisions, which a resolved text does not keep, makes no difference."""
    document = json.loads(SETTLED_RECORD)
    document["reasons"].reverse()
    document["decisions"] = dict(reversed(document["decisions"].items()))
    assert {each.sameness for each in diff(SETTLED, read_record(sealed(document)))} == {"same"}


def test_a_verdict_that_becomes_narrower_is_allowed() -> None:
    """From deep or relative to relative is narrower, in verdicts and clauses, and nothing is different."""
    parts = diff(
        OPEN, of({**UNKNOWN, "members": [{**UNKNOWN["members"][0], "medical_self_paid": 0}, UNKNOWN["members"][1]]})
    )
    assert category(parts) == "narrower"
    assert "different" not in {each.sameness for each in parts}
    assert "narrower" in found(parts, RecordedReason)


def test_a_verdict_that_becomes_wider_is_not() -> None:
    """From relative to undecided is different: a settled verdict must stay."""
    assert category(diff(SETTLED, OPEN)) == "different"


def test_another_verdict_is_different() -> None:
    """From relative to deep is different, and so is an outcome that the record ruled out."""
    deep = of({**HOUSEHOLD, "members": [{**HOUSEHOLD["members"][0], "wage": 0}, HOUSEHOLD["members"][1]]})
    assert category(diff(SETTLED, deep)) == "different"
    none = of({**HOUSEHOLD, "members": [{**HOUSEHOLD["members"][0], "wage": 90000}, HOUSEHOLD["members"][1]]})
    assert category(diff(OPEN, none)) == "different"


LINE = "category.deep.income.below_standard"


@pytest.mark.parametrize(
    ("text", "edit", "sameness"),
    [
        (SETTLED_RECORD, {"left": {"exact": "788", "unit": "yuan/month/person"}}, "different"),
        (SETTLED_RECORD, {"right": {"exact": "788", "unit": "yuan/month/person"}}, "different"),
        (SETTLED_RECORD, {"sign": "<="}, "different"),
        (SETTLED_RECORD, {"holds": True}, "different"),
        (SETTLED_RECORD, {"role": "decided"}, "different"),
        (SETTLED_RECORD, {"members": [1]}, "different"),
        (SETTLED_RECORD, {"title": "别的说法"}, "same"),
        (OPEN_RECORD, {"left": {"exact": "700", "unit": "yuan/month/person"}}, "narrower"),
        (OPEN_RECORD, {"left": {"exact": "1200", "unit": "yuan/month/person"}}, "different"),
        (OPEN_RECORD, {"left": {"from": "0", "to": "1000", "unit": "yuan/month/person"}}, "narrower"),
        (OPEN_RECORD, {"left": {"from": "0", "to": "1200", "unit": "yuan/month/person"}}, "different"),
        (OPEN_RECORD, {"right": {"exact": "588", "unit": "yuan/month/person"}}, "different"),
        (OPEN_RECORD, {"holds": True, "role": "decided"}, "narrower"),
        (OPEN_RECORD, {"left": None}, "different"),
    ],
)
def test_each_side_of_a_clause(text: str, edit: dict[str, Any], sameness: Sameness) -> None:
    """A known side must stay; the bounds of an unknown one (at most 1,166.69) may narrow, not widen."""
    was = read_record(text)
    parts = diff(was, edited(text, edit, LINE))
    differing = [each for each in parts if each.sameness != "same"]
    assert [each.sameness for each in differing] == ([] if sameness == "same" else [sameness])
    assert all(isinstance(each.recorded, RecordedReason) and each.recorded.clause == LINE for each in differing)


def without(text: str, clause: str) -> Record:
    """A record without the reasons of a clause."""
    document = json.loads(text)
    document["reasons"] = [each for each in document["reasons"] if each["clause"] != clause]
    return read_record(sealed(document))


def test_clauses_that_are_gone_or_new() -> None:
    """A missing or new clause is different in a settled decision; in an open one an open clause may go."""
    assert found(diff(SETTLED, without(SETTLED_RECORD, LINE)), RecordedReason) == {"same", "different"}
    assert found(diff(without(SETTLED_RECORD, LINE), SETTLED), RecordedReason) == {"same", "different"}
    assert found(diff(OPEN, without(OPEN_RECORD, LINE)), RecordedReason) == {"same", "narrower"}
    assert found(diff(without(OPEN_RECORD, LINE), OPEN), RecordedReason) == {"same", "narrower"}
    stopped = next(each.clause for each in OPEN.reasons if each.decision == "category" and each.role == "stopped")
    assert "different" in found(diff(OPEN, without(OPEN_RECORD, stopped)), RecordedReason)


def test_stand_ins() -> None:
    """A default that is changed, new or missing is different."""
    document = json.loads(SETTLED_RECORD)
    assumed = document["facts"]["assumed"]
    document["facts"]["assumed"] = [{**assumed[0], "value": "别的"}, *assumed[2:], {**assumed[1], "path": "新的"}]
    parts = diff(SETTLED, read_record(sealed(document)))
    differing = [each for each in parts if each.sameness != "same"]
    assert [each.sameness for each in differing] == ["different"] * 3
    assert all(isinstance(each.recorded or each.found, RecordedDefault) for each in differing)


def test_a_decision_that_is_gone() -> None:
    """A decision that is only in the record is different."""
    document = json.loads(SETTLED_RECORD)
    del document["decisions"]["filing"]
    assert "different" in found(diff(SETTLED, read_record(sealed(document))), Verdict)


@pytest.mark.parametrize(
    ("edit", "sameness"),
    [
        ({"possible": [{"id": "deep", "title": "深度"}], "holding": [{"id": "deep", "title": "深度"}]}, "narrower"),
        (
            {"possible": [{"id": "none", "title": "不符合"}], "holding": [{"id": "none", "title": "不符合"}]},
            "different",
        ),
        ({"possible": [{"id": each, "title": each} for each in ("deep", "relative", "none")]}, "different"),
        ({"holding": [{"id": "none", "title": "不符合"}]}, "different"),
    ],
)
def test_the_verdict_of_an_open_decision(edit: dict[str, Any], sameness: Sameness) -> None:
    """Deep or relative may become deep, but not a third category or more possible ones."""
    assert category(diff(OPEN, edited(OPEN_RECORD, edit))) == sameness
