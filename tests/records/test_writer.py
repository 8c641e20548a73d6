"""Writing records: facts, parameters, readings, decisions, reasons, checksum, and data of the host."""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from recordings import HOUSEHOLD, OPEN_RECORD, SETTLED, SETTLED_RECORD, SMALL, SPOUSE, WEIHAI, WORKER
from sealed import checksum

from hardship_rules import FactError, __version__, assess, read_policy, record, replay
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.testing.strategies import partial_households
from hardship_rules.testing.strategies._paths import Facts

SETTLED_DOCUMENT: dict[str, Any] = json.loads(SETTLED_RECORD)
OPEN_DOCUMENT: dict[str, Any] = json.loads(OPEN_RECORD)


def test_what_it_is_and_what_it_was_made_by() -> None:
    """A record has its format and version, the library's version, and the policy with its days and fingerprint."""
    assert SETTLED_DOCUMENT["format"] == "hardship-rules/record/1"
    assert SETTLED_DOCUMENT["library"] == __version__
    assert SETTLED_DOCUMENT["policy"] == {
        "id": "2021_weihai",
        "title": "威海市2021年困难职工家庭认定",
        "from": "2021-01-01",
        "to": "2021-12-31",
        "fingerprint": WEIHAI.fingerprint,
    }
    assert (SETTLED_DOCUMENT["on"], SETTLED_DOCUMENT["reference"]) == ("2021-03-31", "A-17")


def test_facts_by_name_exact_and_without_labels() -> None:
    """Given facts are written by name, numbers as text, explicit unknowns as null, and no labels."""
    stated = SETTLED_DOCUMENT["facts"]["stated"]
    assert stated["residence"] == "urban"
    assert stated["unit_has_union"] is True
    assert stated["homes"] == "1"
    assert stated["members"][0]["wage"] == "30000.5"
    assert set(stated) == set(HOUSEHOLD) - {"on", "reference"}
    assert [set(member) for member in stated["members"]] == [set(WORKER) - {"label"}, set(SPOUSE)]
    assert "Qvyzx" not in SETTLED_RECORD
    assert OPEN_DOCUMENT["facts"]["stated"]["members"][0]["medical_self_paid"] is None


def test_what_stood_in_is_told_apart() -> None:
    """Derived facts and assumed facts are listed by path: 500 a month is 6,000 a year."""
    facts = SETTLED_DOCUMENT["facts"]
    assert {"path": "members[2].wage", "title": "年工资性收入", "value": "6000"} in facts["derived"]
    assert {"path": "fraud_found", "title": "查实提供虚假材料", "value": False} in facts["assumed"]
    paths = [each["path"] for key in ("derived", "assumed") for each in facts[key]]
    assert len(set(paths)) == len(paths)


def test_parameters_and_readings_with_provenance() -> None:
    """Each parameter has its value for this household, and each reading its choice, both with provenance."""
    assert SETTLED_DOCUMENT["parameters"]["dibao"] == {
        "title": "低保标准",
        "value": {"exact": "787", "unit": "yuan/month/person"},
        "basis": "notice",
        "source": "notice_2021",
        "cite": "regulation.md 第2节",
    }
    reading = SETTLED_DOCUMENT["readings"]["equal_to_standard"]
    assert (reading["chosen"], reading["option"], reading["basis"]) == ("refused", "不认定", "summary")
    assert set(SETTLED_DOCUMENT["readings"]) == set(WEIHAI.readings)
    assert SETTLED_DOCUMENT["sources"]["notice_2021"].startswith("威海市总工会")


def test_what_no_decision_uses_is_left_out() -> None:
    """Unused parameters and readings are left out; a reading that affects a fact is written."""
    policy = read_policy(SMALL)
    document = json.loads(record(assess(policy, {"income": 5, "members": [{"age": 3}, {"age": 70}]})))
    assert list(document["parameters"]) == ["line", "weight"]
    assert list(document["readings"]) == ["meaning"]


def test_a_parameter_that_goes_by_members() -> None:
    """A parameter that depends on the member has a value for each: 1 below 60, else 2."""
    document = json.loads(record(assess(read_policy(SMALL), {"income": 5, "members": [{"age": 3}, {"age": 70}]})))
    assert [each["exact"] for each in document["parameters"]["weight"]["value"]] == ["1", "2"]


def test_decisions_and_reasons() -> None:
    """Every decision has its outcomes, and each reason its clause and both sides exactly.

    (30,000.50 + 6,000 - 1,400 - 8,000) / 12 / 2 = 26,600.50 / 24 = 53201/48.
    """
    category = SETTLED_DOCUMENT["decisions"]["category"]
    assert category["outcome"] == {"id": "relative", "title": "相对困难职工家庭"}
    assert category["possible"] == category["holding"] == [category["outcome"]]
    assert category["decided_by"] == ["category.relative.income.below_double"]
    reason = next(each for each in SETTLED_DOCUMENT["reasons"] if each["clause"] == category["decided_by"][0])
    assert (reason["role"], reason["holds"], reason["sign"]) == ("decided", True, "<")
    assert reason["left"] == {"exact": "53201/48", "unit": "yuan/month/person"}
    assert reason["right"] == {"exact": "1574", "unit": "yuan/month/person"}
    assert set(SETTLED_DOCUMENT["decisions"]) == set(WEIHAI.decisions)
    assert len(SETTLED_DOCUMENT["reasons"]) == len(SETTLED.reasons)


def test_what_is_open() -> None:
    """An undecided household has no outcome, but its possible ones and the bounds of each side.

    With receipts from 0 to the maximum of the fact: at most 28,000.50 / 24 = 18667/16,
    1,166.69, below 1,574.
    """
    category = OPEN_DOCUMENT["decisions"]["category"]
    assert (category["outcome"], category["holding"]) == (None, [])
    assert [outcome["id"] for outcome in category["possible"]] == ["deep", "relative"]
    reason = next(each for each in OPEN_DOCUMENT["reasons"] if each["clause"] == "category.deep.income.below_standard")
    assert (reason["role"], reason["holds"], reason["left"]["to"]) == ("open", None, "18667/16")


def test_the_same_assessment_has_the_same_bytes() -> None:
    """The order of facts and the notation of numbers do not change a byte."""
    turned = dict(reversed(HOUSEHOLD.items()))
    turned["members"] = [dict(reversed({**WORKER, "wage": "30000.500"}.items())), SPOUSE]
    assert record(assess(WEIHAI, turned)) == SETTLED_RECORD
    assert record(assess(WEIHAI, HOUSEHOLD)) == SETTLED_RECORD


def test_one_key_a_line() -> None:
    """A record is a JSON object with one key per line, so that two records can be compared by line."""
    lines = SETTLED_RECORD.splitlines()
    assert (lines[0], lines[-1]) == ("{", "}")
    assert [line.split('"')[1] for line in lines[1:-1]] == list(SETTLED_DOCUMENT)


def test_the_checksum_is_what_readme_says() -> None:
    """The checksum equals an independent computation, and excludes the host's data."""
    assert SETTLED_DOCUMENT["checksum"] == checksum(SETTLED_DOCUMENT)
    with_host = json.loads(record(SETTLED, host={"officer": "某", "final": "deep"}))
    assert with_host["host"] == {"officer": "某", "final": "deep"}
    assert with_host["checksum"] == SETTLED_DOCUMENT["checksum"]


def test_an_embedded_policy_has_its_fingerprint() -> None:
    """`embed` includes the resolved policy, whose sorted compact text hashes to the fingerprint."""
    document = json.loads(record(SETTLED, embed=True))
    text = json.dumps(document["resolved"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert "v1:" + hashlib.sha256(text.encode()).hexdigest() == document["policy"]["fingerprint"]
    assert SETTLED_DOCUMENT["resolved"] is None


@pytest.mark.parametrize(
    ("text", "code"), [("\x1b[31m", "character"), ("\ud800", "lone_surrogate"), ("\x00", "character")]
)
def test_what_no_reader_would_take_is_refused(text: str, code: str) -> None:
    """A control character or half a surrogate pair in a reference or host data is a problem, not a broken record."""
    with pytest.raises(FactError) as caught:
        record(assess(WEIHAI, {**HOUSEHOLD, "reference": f"甲{text}"}))
    assert [problem.code for problem in caught.value.problems] == [code]
    with pytest.raises(FactError):
        record(SETTLED, host={"officer": text})


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (np.int64(3), "host_value"),
        (np.float32(1.5), "host_value"),
        (datetime(2021, 3, 31, 5), "host_value"),  # noqa: DTZ001  # as hosts store it
        (date(2021, 3, 31), "host_value"),
        (Decimal("1.5"), "host_value"),
        (float("nan"), "host_value"),
        (float("-inf"), "host_value"),
        pytest.param(10**5000, "host_value", id="5,001 digits"),
        (b"x", "host_value"),
        ({"x"}, "host_value"),
        ({(1, 2): 3}, "host_value"),
        ({float("nan"): 3}, "host_value"),
        ("\ud800", "lone_surrogate"),
        ({"\ud800": 1}, "lone_surrogate"),
        ("\x1b[31m", "character"),
        ({1: "a", "1": "b"}, "json_key_twice"),
    ],
)
def test_what_json_cannot_hold_is_a_problem_of_the_host(value: object, code: str) -> None:
    """Each host value that JSON cannot represent is reported at its location, without its content."""
    host = {"signed": {"by": ["07", value]}, "again": value, "fine": [1, 1.5, True, None, "某"]}
    with pytest.raises(FactError) as refused:
        record(SETTLED, host=host)
    assert [(each.place, each.code) for each in refused.value.problems] == [
        ("host.signed.by[2]", code),
        ("host.again", code),
    ]
    assert "07" not in str(refused.value)


def test_a_host_without_an_end_is_a_problem() -> None:
    """Host data that contains itself, or is nested too deep, is refused."""
    endless: dict[str, object] = {}
    endless["again"] = endless
    deep: object = "x"
    for _ in range(5000):
        deep = [deep]
    for value in (endless, deep):
        with pytest.raises(FactError) as refused:
            record(SETTLED, host={"own": value})
        assert [each.code for each in refused.value.problems] == ["too_deep"]
    nested: object = "x"
    for _ in range(62):
        nested = [nested]
    assert replay(record(SETTLED, host={"own": nested})).same


def test_any_mapping_is_a_host() -> None:
    """The host's data may be any mapping."""
    assert json.loads(record(SETTLED, host=FrozenMapping({"a": FrozenMapping({"b": (1, 2)})})))["host"] == {
        "a": {"b": [1, 2]}
    }


def test_dates_are_days() -> None:
    """A date is written as a day, not as its internal number."""
    members = [{**WORKER, "birth_date": date(1976, 2, 29)}, SPOUSE]
    document = json.loads(record(assess(WEIHAI, {**HOUSEHOLD, "members": members})))
    assert document["facts"]["stated"]["members"][0]["birth_date"] == "1976-02-29"
    assert {"path": "members[1].age", "title": "年龄", "value": "45"} in document["facts"]["derived"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(partial_households(WEIHAI))
def test_what_was_stated_is_assessed_alike(household: Facts) -> None:
    """Assessing the stated facts of a record gives the same record."""
    made = record(assess(WEIHAI, household))
    document = json.loads(made)
    again = {**document["facts"]["stated"], "on": document["on"], "reference": document["reference"]}
    assert record(assess(WEIHAI, again)) == made
