"""The sensitivity of a verdict agrees with the verdicts of policies that are changed in one place."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from places import ROOT

from hardship_rules import Policy, Turn, assess, explain, load_household, load_policy, read_policy, turns_on
from hardship_rules.assessment.sensitivity import _by_clause
from hardship_rules.core.expr import Clause, walk
from hardship_rules.core.policy import Decision, Reading, Term, exprs_of
from hardship_rules.testing.strategies import households, partial_households
from hardship_rules.testing.strategies._paths import Facts

WEIHAI = load_policy("2021_weihai")
MEASURE = yaml.load((ROOT / "policies" / "shandong_2020_58.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  # plain texts
STANDARD = {"urban": "787", "rural": "588"}
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ADULT: Facts = {"age": 40, "education": "none", "wage": 0, "business_income": 0, "property_income": 0}
WORKER: Facts = {**ADULT, "relation": "self", "transfer_income": 0, "other_income": 0, "medical_self_paid": 0}
SPOUSE: Facts = {**WORKER, "relation": "spouse"}
HOUSEHOLD: Facts = {
    "on": date(2021, 3, 31),
    "unit_has_union": True,
    "employment": "in_service",
    "residence": "urban",
    "controls_company": False,
    "homes": 1,
    "floor_area_above_local_average": False,
    "motor_vehicle": False,
    "refuses_verification": False,
}
HOUSEHOLDS = {
    "deep": {**HOUSEHOLD, "members": [{**WORKER, "wage": 18000}, SPOUSE]},
    "on the line": {**HOUSEHOLD, "members": [{**WORKER, "wage": 787 * 12}]},
    "rural": {**HOUSEHOLD, "residence": "rural", "members": [{**WORKER, "wage": 700 * 12}]},
    "car": {**HOUSEHOLD, "motor_vehicle": True, "vehicle_is_mobility_aid": True, "members": [WORKER]},
    "homes": {**HOUSEHOLD, "homes": 2, "members": [WORKER]},
    "new form": {**HOUSEHOLD, "employment": "new_form", "members": [WORKER]},
    "sudden": {**HOUSEHOLD, "sudden_cause": "illness", "sudden_loss": 90000, "members": [{**WORKER, "wage": 90000}]},
    "no union": {**HOUSEHOLD, "unit_has_union": False, "members": [WORKER]},
    "unknown wage": {**HOUSEHOLD, "members": [{**WORKER, "wage": None}, SPOUSE]},
}


def ids(turns: tuple[Turn, ...]) -> dict[tuple[str, str | None], list[str]]:
    """The possible categories by reading and option, or by clause."""
    return {
        (turn.what.name if isinstance(turn.what, Reading) else turn.what.id, turn.option): [
            outcome.id for outcome in turn.possible
        ]
        for turn in turns
    }


def possible(policy: Policy, facts: Mapping[str, object]) -> list[str]:
    """The ids of the possible categories of a household."""
    return [outcome.id for outcome in assess(policy, facts).possible]


# --- By changing the text -------------------------------------------------------------------------------------------


def body_of(tree: dict[str, Any], path: list[str]) -> Any:
    """The condition of a term, or of an outcome of a decision, in the measure's tree."""
    name, *rest = path
    if name in tree["terms"]:
        return tree["terms"][name].get("when"), rest
    outcome = next(each for each in tree["decisions"][name]["first"] if each["outcome"] == rest[0])
    return outcome["when"], rest[1:]


def holder_of(tree: dict[str, Any], clause: str) -> tuple[str, dict[str, Any]]:
    """The mapping under `all` or `any` in the measure's tree that holds a clause."""
    body, rest = body_of(tree, clause.split("."))
    for step in rest[:-1]:
        body = next(inner for _, inner in mappings(body) if step in inner)[step]
    return next((key, inner) for key, inner in mappings(body) if rest[-1] in inner)


def text_without(clause: str) -> str | None:
    """The measure's text with a parameter and without a clause; None if that empties its mapping."""
    tree = deepcopy(MEASURE)
    tree["parameters"]["dibao"]["values"] = STANDARD
    _, holder = holder_of(tree, clause)
    del holder[clause.rsplit(".", maxsplit=1)[-1]]
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=900) if holder else None


def mappings(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The mappings of clauses directly in a condition, also through `not`, each with its key."""
    for key in ("all", "any"):
        if key in body:
            yield key, body[key]
    if isinstance(body.get("not"), dict):
        yield from mappings(body["not"])


def uncertain() -> list[str]:
    """The ids of the provisions of basis analogue or assumption that depend on facts: the children of an `any`."""
    definitions: list[Term | Decision] = [*WEIHAI.terms.values(), WEIHAI.category]
    return [
        part.id
        for each in definitions
        for expr in exprs_of(each)
        for part in walk(expr)
        if isinstance(part, Clause)
        and part.provenance is not None
        and part.provenance.basis in ("analogue", "assumption")
        and part.id != each.name
        and part.id not in WEIHAI.switches
        and holder_of(MEASURE, part.id)[0] == "any"
    ]


VARIANTS = {clause: read_policy(text) for clause in uncertain() if (text := text_without(clause)) is not None}


def test_the_text_can_be_changed_for_nearly_every_clause() -> None:
    """The comparison below is not vacuous: no unverified provision is the only one in its mapping."""
    assert len(VARIANTS) == len(uncertain()) >= 15


@pytest.mark.parametrize("name", HOUSEHOLDS)
def test_clauses_by_changing_the_text(name: str) -> None:
    """A clause is reported exactly if the measure without it gives another verdict, and with that verdict."""
    facts = HOUSEHOLDS[name]
    now = possible(WEIHAI, facts)
    changed = {clause: possible(variant, facts) for clause, variant in VARIANTS.items()}
    expected = {(clause, None): came for clause, came in changed.items() if came != now}
    found = ids(turns_on(assess(WEIHAI, facts)))
    assert {what: came for what, came in found.items() if what[0] in VARIANTS} == expected


def by_readings(facts: Mapping[str, object]) -> dict[tuple[str, str | None], list[str]]:
    """The readings that change a household's verdict, by assessing it under each variant."""
    now = possible(WEIHAI, facts)
    found: dict[tuple[str, str | None], list[str]] = {}
    for name, reading in WEIHAI.readings.items():
        for option in reading.kind.options:
            came = possible(WEIHAI.with_readings({name: option}), facts)
            if came != now and not reading.affects:
                found[name, option] = came
    return found


@few
@given(households(WEIHAI))
def test_readings_of_complete_households(facts: Facts) -> None:
    """A reading is reported exactly if another option gives the household another verdict."""
    found = ids(turns_on(assess(WEIHAI, facts)))
    assert {what: came for what, came in found.items() if what[1] is not None} == by_readings(facts)


@few
@given(partial_households(WEIHAI))
def test_readings_of_partial_households(facts: Facts) -> None:
    """For an undecided household the possible categories are compared."""
    found = ids(turns_on(assess(WEIHAI, facts)))
    assert {what: came for what, came in found.items() if what[1] is not None} == by_readings(facts)


# --- By hand ----------------------------------------------------------------------------------------------------


def test_on_the_line() -> None:
    """At 787.00, exactly the threshold, a household is relative; it is deep if equality is granted."""
    assert ids(turns_on(assess(WEIHAI, HOUSEHOLDS["on the line"])))["equal_to_standard", "granted"] == ["deep"]


def test_the_rural_yardstick() -> None:
    """700.00 is above the rural 588 and below the urban 787: relative, but deep under the urban standard."""
    assert ids(turns_on(assess(WEIHAI, HOUSEHOLDS["rural"])))["standard_for_rural", "urban"] == ["deep"]


def test_an_exclusion_as_a_whole() -> None:
    """A vehicle excludes by analogy only; the exception for mobility aids is part of that and not tried alone."""
    vehicle = {**HOUSEHOLDS["car"], "vehicle_is_mobility_aid": False}
    assert ids(turns_on(assess(WEIHAI, vehicle)))["listed_exclusion.vehicle", None] == ["deep"]
    assert not [what for what, _ in ids(turns_on(assess(WEIHAI, HOUSEHOLDS["car"]))) if "vehicle" in what]


def test_the_example() -> None:
    """The verdict on README's family is sensitive to three kinds of member, and to no reading."""
    turns = ids(turns_on(assess(WEIHAI, load_household(ROOT / "examples" / "household.yaml"))))
    kin = "counted.living_member.kin"
    assert list(turns) == [("counted.living_member", None), (f"{kin}.spouse", None), (f"{kin}.minor_child", None)]
    assert turns[f"{kin}.spouse", None] == ["relative"]  # (30,000 - 4,400) / 12 / 2 is 1,066.67, between 787 and 1,574


def test_nothing_unverified() -> None:
    """A unit without a union is out of scope by the notice: the verdict is sensitive to nothing."""
    assert turns_on(assess(WEIHAI, HOUSEHOLDS["no union"])) == ()


def test_examples() -> None:
    """Each entry has its category, its source and whether that is verified."""
    turns = turns_on(assess(WEIHAI, load_household(ROOT / "examples" / "household.yaml")))
    assert turns
    for turn in turns:
        assert turn.category is None or turn.category in turn.possible
        assert turn.provenance is turn.what.provenance
        assert not turn.is_verified


SMALL = """
language: 1
policy: small
units: {person: 人}
household:
  a: {title: 甲, yes or no: true}
  b: {title: 乙, yes or no: true, if absent: {choose: [{when: strict == yes, value: true}]}}
members:
  at most: 1
  facts: {here: {title: 在, yes or no: true}}
readings:
  strict: {title: 从严, question: 问, one of: {no: 否, yes: 是}, chosen: no, why: 因, basis: assumption}
decisions:
  category:
    title: 类别
    basis: definition
    first:
      - outcome: x
        title: 子
        when: %s
    otherwise: {outcome: y, title: 丑}
"""


@pytest.mark.parametrize(
    ("when", "a", "expected"),
    [
        ("{any: {c: {that: a, basis: assumption}}}", True, ["y"]),  # an emptied `any` is false
        ("{that: a, basis: assumption}", True, ["y"]),  # the outcome is removed with its `when`
        ("{not: {any: {c: {that: a, basis: assumption}}}}", False, ["y"]),  # and the `not` around it is removed too
        ("{any: {d: {not: {all: {c: a}}, basis: assumption}}}", False, ["y"]),
        ("{any: {d: {not: a, basis: assumption}, e: a}}", False, ["y"]),  # a `not` of one line
        ("{all: {c: {that: a, basis: assumption}}}", False, []),  # a part of an `all` is never tried
        ("{any: {d: {all: {c: {that: a, basis: assumption}, e: a}, basis: definition}}}", True, []),
        ("{all: {d: {any: {c: {that: a, basis: assumption}, e: b}}}}", True, ["y"]),  # but a child of its `any` is
    ],
)
def test_what_is_left(when: str, a: bool, expected: list[str]) -> None:  # noqa: FBT001  # a parameter of the test
    """The remaining condition after the last provision of a mapping, a `not` or an outcome is removed."""
    policy = read_policy(SMALL % when)
    found = ids(turns_on(assess(policy, {"a": a, "b": False, "members": [{}]})))
    assert [came for (what, option), came in found.items() if option is None] == ([expected] if expected else [])


def test_defaults_follow_the_reading() -> None:
    """Defaults are computed again under each reading: b is true only under the strict one."""
    policy = read_policy(SMALL % "b")
    turns = ids(turns_on(assess(policy, {"a": True, "members": [{}]})))
    assert turns == {("strict", "yes"): ["x"]}
    assert turns_on(assess(policy, {"b": None, "members": [{}]})) == ()  # an explicitly unknown fact stays unknown


@pytest.mark.parametrize("name", ["2021_weihai", "2025_weihai", "example_huzhou"])
def test_what_is_tried_has_a_title(name: str) -> None:
    """Every unverified clause that a verdict can depend on has a title that an officer can look for."""
    tried = [clause for clause, *_ in _by_clause(load_policy(name))]
    assert tried
    assert [clause.id for clause in tried if not clause.title] == []


def test_said_to_the_officer() -> None:
    """Each line names the reading or clause, its title, its grade, and the alternative verdict."""
    text = explain(assess(WEIHAI, HOUSEHOLDS["rural"]), detail="full")
    assert "结论取决于以下各项，每次只变动其中一项\n" in text
    assert "\n  未经核实的解读“农村家庭适用的低保标准”〔假定〕：若选“城市标准”，则为深度困难职工家庭\n" in text
    line = "  “计入家庭共同生活人口”中未经核实的“职工本人”〔假定〕：若无此条，则为深度困难职工家庭\n"
    assert line in text
    nothing = explain(assess(WEIHAI, HOUSEHOLDS["no union"]), detail="full")
    assert "\n逐项试过：结论不取决于任何未经核实的解读或条款\n" in nothing
    assert "结论取决于" not in nothing


def test_verified_readings_are_told_as_such() -> None:
    """A verdict that is sensitive only to a verified reading names it, and says that nothing is unverified."""
    policy = read_policy((SMALL % "{that: strict == yes}").replace("basis: assumption}", "basis: definition}"))
    assessment = assess(policy, {"a": True, "b": True, "members": [{}]})
    text = explain(assessment, detail="full")
    assert "\n  解读“从严”〔定义〕：若选“是”，则为子\n" in text
    assert "\n逐项试过：结论不取决于任何未经核实的解读或条款\n" in text
    (turn,) = turns_on(assessment)
    assert turn.is_verified
    assert turn.category is not None
    assert (turn.id, turn.category.id) == ("strict", "x")


def test_in_the_document() -> None:
    """The document has the sensitivity on request only: kind, id, option, and possible categories."""
    assessment = assess(WEIHAI, HOUSEHOLDS["rural"])
    assert "turns_on" not in json.loads(explain(assessment, format="json"))
    turns = json.loads(explain(assessment, format="json", turns=True))["turns_on"]
    assert turns[0] == {
        "is": "reading",
        "id": "standard_for_rural",
        "title": "农村家庭适用的低保标准",
        "option": "urban",
        "category": {"id": "deep", "title": "深度困难职工家庭"},
        "possible": [{"id": "deep", "title": "深度困难职工家庭"}],
        "verified": False,
        "basis": "assumption",
        "source": None,
        "cite": None,
    }
    assert {turn["is"] for turn in turns} == {"reading", "clause"}
