"""No fact of a household is in any text that ends up in a log; facts are shown only on request."""

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from private import marked, shows, texts

from hardship_rules import (
    Assessment,
    FactError,
    Figure,
    HouseholdText,
    Trace,
    assess,
    explain,
    load_household,
    load_policy,
    read_household,
)

WEIHAI = load_policy("2021_weihai")


FAILING: list[tuple[str, Any]] = [
    ("number", marked(worker={"wage": "73913_57"})),
    ("float", marked(worker={"wage": 73913.573913})),
    ("comma", marked(worker={"wage": "73,913"})),
    ("full width", marked(worker={"wage": "７３９１３73913"})),
    ("too long", marked(worker={"wage": "73913" * 20})),
    ("outside", marked(worker={"wage": -73913})),
    ("far outside", marked(worker={"wage": 73913 * 10**5000})),
    ("decimals", marked(worker={"wage": "8.4271"})),
    ("option", marked(residence="Bnmtr")),
    ("option of a number", marked(residence=73913)),
    ("yes or no", marked(unit_has_union="Bnmtr")),
    ("date", marked(worker={"birth_date": "19831129"})),
    ("list", marked(worker={"wage": ["73913"]})),
    ("unknown fact", marked(Bnmtr=73913)),
    ("key that is no text", {**marked(), 73913: "Bnmtr"}),
    ("twice", marked(worker={"年工资性收入": "73913.58"})),
    ("tied", marked(worker={"monthly_wage": "58231"})),
    ("tied dates", marked(worker={"age": 61})),
    ("derived", marked(worker={"birth_date": "1850-11-29"})),
    ("two workers", {**marked(), "members": [*marked()["members"], *marked()["members"]]}),
    ("too many", {**marked(), "members": marked()["members"] * 500}),
    ("members as text", {**marked(), "members": "Qvyzx"}),
    ("member as text", {**marked(), "members": ["Qvyzx"]}),
    ("reference", marked(reference=["Wkjpm"])),
    ("label", marked(worker={"label": ["Qvyzx"]})),
    ("day", marked(on="19831129")),
    ("day outside", marked(on="1983-11-29")),
    ("policy", marked(policy="Bnmtr")),
    ("no mapping", "Qvyzx"),
]


@pytest.mark.parametrize("household", [each for _, each in FAILING], ids=[name for name, _ in FAILING])
def test_errors_tell_codes_and_paths_only(household: Any) -> None:
    """The error of a refused household, its traceback with all causes, and its problems show no value."""
    with pytest.raises(FactError) as caught:
        assess(WEIHAI, household)
    for text in texts(caught.value):
        assert shows(text) == []
    for problem in caught.value.problems:
        assert shows(repr(problem) + str(problem)) == []
        assert problem.code in str(caught.value)


@pytest.mark.parametrize("household", [each for _, each in FAILING], ids=[name for name, _ in FAILING])
def test_errors_pickle(household: Any) -> None:
    """An error is pickled with its messages, and its `str` and `repr` still show no value."""
    with pytest.raises(FactError) as caught:
        assess(WEIHAI, household)
    for other in (pickle.loads(pickle.dumps(caught.value)), copy.deepcopy(caught.value)):  # noqa: S301  # pickled by this test
        assert isinstance(other, FactError)
        assert other.problems == caught.value.problems
        assert other.report() == caught.value.report()
        assert shows(repr(other) + str(other)) == []


@pytest.mark.parametrize(
    "text",
    [
        "wage: 73913\nwage: 58231\n",
        "members: [{label: Qvyzx, wage: 73913_57}]\n",
        "members: [{label: &Qvyzx x}]\n",
        "members: [{label: *Qvyzx}]\n",
        "members: [{label: !Qvyzx x}]\n",
        "members: {label: Qvyzx, 73913}\n",
        "members: [{label: 'Qvyzx}]\n",
        "members: [{label: Qvyzx\n",
        "label：Qvyzx\nwage：73913\n",
        "Qvyzx\n",
        "wage:\t73913\n",
        "label: Qvyzx\x00\n",
        "on: 1983-11-29\nmembers: [{relation: Qvyzx}]\n",
        "reference: [Wkjpm]\npolicy: Bnmtr\nmembers: Qvyzx\n",
    ],
)
def test_refused_texts_tell_nothing(text: str) -> None:
    """The error of an unreadable household file shows no part of the file."""
    with pytest.raises(FactError) as caught:
        assess(WEIHAI, read_household(text, "household.yaml"))
    for printed in texts(caught.value):
        assert shows(printed) == []


def test_refused_file_tells_nothing(tmp_path: Any) -> None:
    """The error of a file in an unknown encoding does not show its bytes."""
    path = tmp_path / "household.yaml"
    path.write_bytes("label: Qvyzx\nwage: 73913 收入".encode("gbk"))
    with pytest.raises(FactError) as caught:
        load_household(path)
    for printed in texts(caught.value):
        assert shows(printed) == []


def as_text(household: dict[str, Any]) -> HouseholdText:
    """The same household as text of a file."""
    plain = {
        **household,
        "on": str(household["on"]),
        "members": [{k: str(v) for k, v in m.items()} for m in household["members"]],
    }
    return read_household(yaml.safe_dump(plain))


def objects(assessment: Assessment) -> Iterator[object]:
    """An assessment and every part of it that a host may print."""
    yield assessment
    yield assessment.household
    yield from assessment.household.members
    yield from assessment.decisions.values()
    yield assessment.decisions
    yield from assessment.reasons
    yield assessment.missing
    yield assessment.terms
    yield from assessment.members
    for value in (*assessment.terms.values(), *(each.left for each in assessment.reasons)):
        if isinstance(value, Figure):
            yield value
    for reason in assessment.reasons:
        yield reason.difference
    for outcome in assessment.policy.category.outcomes:
        yield from traces(assessment.trace(f"category.{outcome.id}"))
    yield assessment.policy


def traces(trace: Trace) -> Iterator[Trace]:
    """A trace and all of its parts, with computed answers."""
    assert hasattr(trace, "value")
    yield trace
    for part in trace.parts:
        yield from traces(part)


@pytest.mark.parametrize("household", [marked(), as_text(marked())], ids=["mapping", "text"])
def test_nothing_shows_of_what_was_assessed(household: Any) -> None:
    """No public object from an assessment shows a fact or a figure in its `str` or `repr`."""
    assessment = assess(WEIHAI, household)
    for each in (household if isinstance(household, HouseholdText) else None, *objects(assessment)):
        assert shows(f"{each} {each!r}") == [], type(each)


def test_mappings_of_facts_do_not_show_them() -> None:
    """The mappings that hold a household's facts show none of them either."""
    household = assess(WEIHAI, marked()).household
    for values in (household.values, household.members[0].values):
        assert shows(f"{values} {values!r}") == []


def test_marks_would_be_found() -> None:
    """The marks are visible on request: in the explanation, and in a problem's message."""
    in_scope = {"unit_has_union": True, "employment": "in_service", "homes": 0}
    no = dict.fromkeys(("controls_company", "motor_vehicle", "refuses_verification"), False)
    spouse = {**marked()["members"][0], "relation": "spouse", "label": "", "business_income": 0, "property_income": 0}
    complete = marked(**in_scope, **no)
    complete["members"][0] |= {"business_income": 0, "property_income": 0}
    complete["members"].append({**spouse, "wage": 1})
    assert {"73913", "Qvyzx"} <= set(shows(explain(assess(WEIHAI, complete), detail="full")))
    with pytest.raises(FactError) as caught:
        assess(WEIHAI, marked(worker={"wage": "73913_57"}))
    assert shows(caught.value.report()) == ["73913"]
