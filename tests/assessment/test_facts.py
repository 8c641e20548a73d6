"""The forms of a household's facts: typed values, or every problem at once, each at its path."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, cast

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hardship_rules import FactError, HouseholdText, assess, load_policy, read_household, read_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.language import source

WEIHAI = load_policy("2021_weihai")
ON = date(2021, 3, 31)
AFTERNOON = datetime(2021, 3, 31, 16)  # noqa: DTZ001  # as most hosts store it
LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])]
Facts = dict[str, Any]


def one_worker(**facts: object) -> Facts:
    """A household of one worker with these facts."""
    return {"on": ON, "members": [{"relation": "self", **facts}]}


def problems(household: Any, on: Any = None) -> list[tuple[str, str]]:
    """The location and code of every problem of a household."""
    with pytest.raises(FactError) as caught:
        read_facts(WEIHAI, household, on)
    return [(problem.place, problem.code) for problem in caught.value.problems]


def wage(given_: object) -> Any:
    """The value that a worker's wage is read as."""
    return read_facts(WEIHAI, one_worker(wage=given_)).members[0].values["wage"]


class TestNumbers:
    """A number is exact, plainly written, and within the range of its fact."""

    @pytest.mark.parametrize(
        ("bad", "code"),
        [
            (float("nan"), "fact_number"),
            (float("inf"), "fact_number"),
            (float("-inf"), "fact_number"),
            (1e400, "fact_number"),
            ("1e400", "fact_number"),
            ("２", "full_width"),
            ("1　2", "full_width"),
            ("²", "fact_number"),
            ("②", "fact_number"),
            ("٣", "fact_number"),
            ("𝟑", "fact_number"),
            ("nan", "fact_number"),
            ("1e3000000", "fact_number"),
            (Decimal("1e3000000"), "fact_number"),
            (Decimal("1e-3000000"), "fact_number"),
            (Decimal("NaN"), "fact_number"),
            (Decimal("sNaN"), "fact_number"),
            (Decimal("Infinity"), "fact_number"),
            ("1_000", "fact_number"),
            ("1,500", "comma_in_number"),
            ("1，500", "comma_in_number"),
            ("１５００", "full_width"),
            ("0x10", "fact_number"),
            ("+5", "fact_number"),
            ("5.", "fact_number"),
            (".5", "fact_number"),
            ("", "fact_number"),
            ("9" * 40, "number_too_long"),
            ("9" * 100_000, "number_too_long"),
            (True, "fact_number"),
            (False, "fact_number"),
            (1j, "fact_number"),
            (b"5", "fact_number"),
            (date(2021, 1, 1), "fact_number"),
            (object(), "fact_number"),
            ((1, 2), "fact_number"),
            ([1], "fact_not_one_value"),
            ([[1]], "fact_not_one_value"),
            ({"a": 1}, "fact_not_one_value"),
            (-1, "fact_outside"),
            ("-0.01", "fact_outside"),
            (Decimal("-0.01"), "fact_outside"),
            (-0.01, "fact_outside"),
            (100_000_001, "fact_outside"),
            (2**63, "fact_outside"),
            (2**64 + 1, "fact_outside"),
            (-(2**70), "fact_outside"),
            (10**5000, "fact_outside"),
            (Fraction(10**5000, 7), "fact_outside"),
            (1e300, "fact_number"),
            ("0.001", "fact_decimals"),
            (0.001, "fact_decimals"),
            (Fraction(1, 3), "fact_decimals"),
            (1 / 3, "fact_decimals"),
        ],
        ids=lambda given_: type(given_).__name__ if len(repr_of(given_)) > 30 else repr_of(given_),
    )
    def test_refused(self, bad: object, code: str) -> None:
        """Anything but a plain number within range is a problem at the fact's path, never a guess or another error."""
        assert problems(one_worker(wage=bad)) == [("members[1].wage", code)]

    @pytest.mark.parametrize(
        ("written", "exact"),
        [
            (0.1, Fraction(1, 10)),
            (1234.56, Fraction(123456, 100)),
            (1e5, Fraction(100_000)),
            ("0.10", Fraction(1, 10)),
            ("012", Fraction(12)),
            (" 36000 ", Fraction(36000)),
            (Decimal("36000.50"), Fraction(72001, 2)),
            (Decimal("3.6E+4"), Fraction(36000)),
            (Fraction(1, 4), Fraction(1, 4)),
            (36000, Fraction(36000)),
            (-0.0, Fraction(0)),
            ("-0", Fraction(0)),
        ],
    )
    def test_exact(self, written: object, exact: Fraction) -> None:
        """A number is read as written: text and Decimal to the last digit, a float by its shortest repr."""
        assert wage(written) == exact

    @given(st.integers(0, 10**10))
    @settings(deadline=None)
    def test_every_amount_of_fen(self, fen: int) -> None:
        """Any amount of fen is the same number as text, Decimal, fraction, or float with that repr."""
        text = f"{fen // 100}.{fen % 100:02}"
        read = {wage(text), wage(Decimal(text)), wage(Fraction(fen, 100)), wage(float(text))}
        assert read == {Fraction(fen, 100)}

    def test_own_kind_of_integer(self) -> None:
        """An integer type of another library is taken by its value, though the library is unknown here."""

        class Whole(int):
            """An integer type like numpy's: not a plain int."""

        assert wage(Whole(36000)) == 36000


def repr_of(given_: object) -> str:
    """A short name for a parameter."""
    long = isinstance(given_, int | Fraction) and given_.numerator.bit_length() > 400
    return "a long number" if long else repr(given_)


class TestOtherKinds:
    """Options, booleans and dates are accepted by name or title, and in no other form."""

    @pytest.mark.parametrize(
        ("fact", "bad", "code"),
        [
            ("relation", "slef", "unknown_fact_option"),
            ("relation", 1, "unknown_fact_option"),
            ("relation", True, "unknown_fact_option"),
            ("relation", b"self", "unknown_fact_option"),
            ("dependent", 1, "fact_yes_no"),
            ("dependent", "maybe", "fact_yes_no"),
            ("dependent", "True", "fact_yes_no"),
            ("dependent", 0.0, "fact_yes_no"),
            ("birth_date", "2003-02-29", "date"),
            ("birth_date", "1.4.2003", "date"),
            ("birth_date", "２００３-04-01", "date"),
            ("birth_date", 20030401, "date"),
            ("birth_date", True, "date"),
            ("birth_date", AFTERNOON, "date_with_time"),
            ("birth_date", "2003-04-01 00:00", "date_with_time"),
            ("birth_date", date(1799, 12, 31), "date"),
            ("birth_date", ["2003-04-01"], "fact_not_one_value"),
        ],
    )
    def test_refused(self, fact: str, bad: object, code: str) -> None:
        """A value of another kind is a problem at the fact's path."""
        member = {"relation": "self", fact: bad}
        assert problems({"on": ON, "members": [member]}) == [(f"members[1].{fact}", code)]

    @pytest.mark.parametrize(
        ("fact", "good", "value"),
        [
            ("relation", "本人", "self"),
            ("dependent", "是", True),
            ("dependent", "否", False),
            ("dependent", "yes", True),
            ("dependent", False, False),
        ],
    )
    def test_names_and_titles(self, fact: str, good: object, value: object) -> None:
        """An option is accepted by name or title, a boolean by its words in either language."""
        found = read_facts(WEIHAI, {"on": ON, "members": [{"relation": "self", fact: good}]})
        assert found.members[0].values[fact] == value

    def test_nearest_option_is_named(self) -> None:
        """The problem of a misspelt option names the nearest one; only its message has the written text."""
        with pytest.raises(FactError) as caught:
            read_facts(WEIHAI, {"on": ON, "members": [{"relation": "spuose"}, {"relation": "self"}]})
        (problem,) = caught.value.problems
        assert problem.values["nearest"] == "spouse"
        assert "spuose" in problem.message()
        assert "spuose" not in str(caught.value)


class TestKeys:
    """A fact is given by name or title, once."""

    def test_unknown_fact_names_the_nearest(self) -> None:
        """An unknown key is a problem that names the nearest fact, by name or title."""
        with pytest.raises(FactError) as caught:
            read_facts(WEIHAI, {"on": ON, "residense": "urban", "members": [{"relation": "self", "年工资性收人": 1}]})
        found = [(each.place, each.code, each.values["nearest"]) for each in caught.value.problems]
        assert found == [("-", "unknown_fact", "residence"), ("members[1]", "unknown_fact", "年工资性收入")]

    @pytest.mark.parametrize("keys", [("wage", "年工资性收入"), ("年工资性收入", "wage")])
    def test_title_and_name(self, keys: tuple[str, str]) -> None:
        """A fact under both its title and its name is a repeated fact, even with the same value."""
        assert problems(one_worker(**dict.fromkeys(keys, 5))) == [("members[1].wage", "fact_twice")]

    def test_member_fact_of_the_household(self) -> None:
        """A member's fact is unknown in the household, and a household's fact is unknown in a member."""
        given_ = {"on": ON, "wage": 5, "members": [{"relation": "self", "residence": "urban"}]}
        assert problems(given_) == [("-", "unknown_fact"), ("members[1]", "unknown_fact")]

    @pytest.mark.parametrize("key", [1, None, True, b"wage", ("wage",)])
    def test_keys_that_are_no_text(self, key: object) -> None:
        """A key that is not a text is a problem of the mapping that holds it."""
        member = {"relation": "self", key: 5}
        assert problems({"on": ON, "members": [member]}) == [("members[1]", "fact_key")]

    @pytest.mark.parametrize("key", ["label", "称呼"])
    def test_label_belongs_to_members(self, key: str) -> None:
        """A member may have a label; the household has none."""
        assert problems({**one_worker(), key: "甲"}) == [("-", "unknown_fact")]
        assert read_facts(WEIHAI, one_worker(**{key: "甲"})).members[0].label == "甲"

    def test_reference_is_echoed(self) -> None:
        """The host's own reference comes back unchanged, under its name or title."""
        for key in ("reference", "编号"):
            assert read_facts(WEIHAI, {**one_worker(), key: "H-7"}).reference == "H-7"
        assert problems({**one_worker(), "reference": ["H-7"]}) == [("reference", "text_only")]


class TestMembers:
    """The list of members is required, and each member is a mapping."""

    @pytest.mark.parametrize(
        ("members", "code"),
        [
            ([], "members_missing"),
            ((), "members_missing"),
            (None, "members_missing"),
            ("self", "members_not_list"),
            (b"self", "members_not_list"),
            ({"relation": "self"}, "members_not_list"),
            (1, "members_not_list"),
            ([{}] * 21, "members_too_many"),
            ([{}] * 500, "members_too_many"),
        ],
    )
    def test_refused(self, members: object, code: str) -> None:
        """No members, too many members, or a value that is not a list is one problem of the list."""
        assert problems({"on": ON, "members": members}) == [("members", code)]

    def test_left_out(self) -> None:
        """A household without the key `members` is reported as such."""
        assert problems({"on": ON}) == [("members", "members_missing")]

    @pytest.mark.parametrize("member", ["self", None, 1, [], [{"relation": "self"}]])
    def test_member_that_is_no_mapping(self, member: object) -> None:
        """Each member that is not a mapping is a problem at its number."""
        given_ = {"on": ON, "members": [{"relation": "self"}, member, member]}
        assert problems(given_) == [("members[2]", "member_not_mapping"), ("members[3]", "member_not_mapping")]

    @pytest.mark.parametrize("household", [None, [], "self", b"", 1, [("members", [])]])
    def test_household_that_is_no_mapping(self, household: object) -> None:
        """A value that is not a mapping is refused as a household."""
        assert problems(household) == [("-", "household_not_mapping")]

    @pytest.mark.parametrize(
        "relations", [["spouse"], ["self", "self"], ["self", "spouse", "spouse"], ["child", "child", "other"]]
    )
    def test_one_worker_and_one_spouse(self, relations: list[str]) -> None:
        """No worker, two workers or two spouses violate the conditions for every household."""
        assert problems({"on": ON, "members": [{"relation": each} for each in relations]}) == [
            ("members", "must_broken")
        ]

    def test_most_members(self) -> None:
        """Twenty members are accepted, the maximum of the measure."""
        assert len(read_facts(WEIHAI, {"on": ON, "members": [{}] * 20}).members) == 20

    def test_any_mapping_will_do(self) -> None:
        """A host's own mapping and sequence types are read like dict and list."""
        member: Mapping[str, object] = MappingProxyType({"relation": "self"})
        assert (
            read_facts(WEIHAI, MappingProxyType({"on": ON, "members": (member,)})).members[0].values["relation"]
            == "self"
        )


class TestTied:
    """Facts that state the same thing twice must agree."""

    @pytest.mark.parametrize(
        ("yearly", "monthly", "broken"),
        [
            (12000, 1000, False),
            (12012, 1000, False),
            (11988, 1000, False),
            ("12012.01", 1000, True),
            (11987, 1000, True),
        ],
    )
    def test_wage_and_monthly_wage(self, yearly: object, monthly: object, broken: bool) -> None:  # noqa: FBT001  # a parameter of the test
        """A yearly wage is within 12 yuan of twelve times the monthly wage."""
        given_ = one_worker(wage=yearly, monthly_wage=monthly)
        if broken:
            assert problems(given_) == [("members[1]", "must_broken")]
        else:
            assert read_facts(WEIHAI, given_).members[0].values["wage"] == Fraction(str(yearly))

    def test_age_and_birth_date(self) -> None:
        """An age that contradicts the date of birth is a problem of that member; the matching age is accepted."""
        members: list[Facts] = [{"relation": "self"}, {"birth_date": "2003-04-01", "age": 18}]
        assert problems({"on": ON, "members": members}) == [("members[2]", "must_broken")]
        members[1]["age"] = 17
        assert read_facts(WEIHAI, {"on": ON, "members": members}).members[1].values["age"] == 17

    def test_derived_beyond_its_range(self) -> None:
        """A derived age beyond the range of the fact is a problem of the age."""
        assert ("members[1].age", "derived_outside") in problems(one_worker(birth_date="1850-01-01"))

    def test_young_with_a_monthly_wage(self) -> None:
        """For a member of fifteen with a monthly wage, the yearly wage is twelve times that."""
        found = read_facts(WEIHAI, one_worker(age=15, monthly_wage=1000))
        assert found.members[0].values["wage"] == 12000


class TestDay:
    """The day of the verdict: in the file or as an argument, within the policy's window."""

    @pytest.mark.parametrize("day", ["2020-12-31", "2022-01-01", date(2022, 1, 1)])
    def test_outside_the_window(self, day: object) -> None:
        """A day on which the policy is not in force is a problem, in the file or as an argument."""
        assert problems({**one_worker(), "on": day}) == [("on", "on_outside")]
        given_ = one_worker()
        del given_["on"]
        assert problems(given_, day) == [("on", "on_outside")]

    @pytest.mark.parametrize("day", ["2021-01-01", "2021-12-31"])
    def test_edges_of_the_window(self, day: str) -> None:
        """The first and the last day belong to the window."""
        assert read_facts(WEIHAI, {**one_worker(), "on": day}).on == date.fromisoformat(day)

    def test_file_and_argument_disagree(self) -> None:
        """Two different days are a problem, two equal ones are not."""
        assert problems(one_worker(), date(2021, 4, 1)) == [("on", "on_differs")]
        assert read_facts(WEIHAI, one_worker(), "2021-03-31").on == ON

    @pytest.mark.parametrize(
        "day",
        ["31.3.2021", "2021-3-31", "2021-02-30", "20210331", 20210331, True, "today", ["2021-03-31"]],
        ids=repr,
    )
    def test_not_a_day(self, day: object) -> None:
        """A value that is not a plain date is a problem of `on`."""
        assert problems({**one_worker(), "on": day}) == [("on", "date")]

    def test_another_policy(self) -> None:
        """A household that names another policy is refused; one that names this policy is accepted."""
        assert problems({**one_worker(), "policy": "2023_weihai"}) == [("policy", "policy_differs")]
        assert read_facts(WEIHAI, {**one_worker(), "政策": "2021_weihai"}).on == ON


def test_everything_at_once() -> None:
    """All problems of a household are reported together: its own, the day's, the policy's and those of every member."""
    given_ = {
        "on": "2022-01-01",
        "policy": "2023_weihai",
        "residence": "town",
        "homes": 1.5,
        "incom": 1,
        3: 4,
        "members": [{"relation": "self", "wage": -1, "dependent": 3}, {"wage": "1,500", "birth_date": "x"}, 7],
    }
    assert sorted(problems(given_)) == sorted(
        [
            ("on", "on_outside"),
            ("policy", "policy_differs"),
            ("residence", "unknown_fact_option"),
            ("homes", "fact_decimals"),
            ("-", "unknown_fact"),
            ("-", "fact_key"),
            ("members[1].wage", "fact_outside"),
            ("members[1].dependent", "fact_yes_no"),
            ("members[2].wage", "comma_in_number"),
            ("members[2].birth_date", "date"),
            ("members[3]", "member_not_mapping"),
        ]
    )


class TestLeftOut:
    """An omitted fact is derived, assumed, or unknown; an explicitly unknown fact stays unknown."""

    def test_derived_assumed_and_unknown(self) -> None:
        """Age and wage are derived from given facts, aid is assumed by the policy, and the residence is unknown."""
        found = read_facts(WEIHAI, one_worker(birth_date="1980-05-06", monthly_wage=2000))
        values = found.members[0].values
        assert (values["age"], values["wage"], values["union_aid"]) == (40, 24000, 0)
        assert {("members", 0, "age"), ("members", 0, "wage")} <= set(found.derived)
        assert ("members", 0, "union_aid") in found.assumed
        assert ("event_casualty",) in found.assumed
        assert values["dependent"] is None
        assert found.values["residence"] == frozenset({"urban", "rural"})
        everywhere = [*found.given, *found.derived, *found.assumed]
        assert ("residence",) not in everywhere
        assert len(everywhere) == len(set(everywhere))

    @pytest.mark.parametrize("null", [None])
    def test_null_is_unknown_and_stays_so(self, null: None) -> None:
        """An explicit null is neither derived nor assumed: the policy's default applies only to omitted facts."""
        found = read_facts(
            WEIHAI, one_worker(birth_date="1980-05-06", age=null, union_aid=null, wage=null, monthly_wage=1)
        )
        values = found.members[0].values
        assert [type(values[name]).__name__ for name in ("age", "union_aid", "wage")] == ["Range", "Range", "Range"]
        known = {*found.given, *found.derived, *found.assumed}
        assert not {("members", 0, name) for name in ("age", "union_aid", "wage")} & known

    @pytest.mark.parametrize(("cause", "loss"), [("none", 0), (None, None), ("event", None)])
    def test_stand_in_by_case(self, cause: str | None, loss: int | None) -> None:
        """The loss defaults to zero if there is no cause, as an assumption; if there may be a cause, it is unknown."""
        found = read_facts(WEIHAI, {**one_worker(), "sudden_cause": cause})
        value = found.values["sudden_loss"]
        assert (None if type(value).__name__ == "Range" else value) == loss
        assert (("sudden_loss",) in found.assumed) == (loss == 0)
        assert ("sudden_loss",) not in found.derived

    def test_stand_in_for_what_was_assumed_is_assumed(self) -> None:
        """If the cause is omitted, its default is no cause, and the default of the loss follows from it."""
        found = read_facts(WEIHAI, one_worker())
        assert {("sudden_cause",), ("sudden_loss",), ("sudden_compensation",)} <= set(found.assumed)

    def test_unknown_day_leaves_the_age_open(self) -> None:
        """Without a day, an age lies between the ages on the first and the last day of the window."""
        found = read_facts(WEIHAI, {"members": [{"relation": "self", "birth_date": "2003-07-01"}]})
        age = cast(Any, found.members[0].values["age"])
        assert (age.low, age.high) == (17, 18)

    def test_unpublished_parameter(self) -> None:
        """A policy with an open parameter checks; `assess` reports which parameter is open."""
        text = (
            "language: 1\npolicy: p\nunits: {yuan: 元, person: 人}\n"
            "members: {facts: {wage: {title: 工资, unit: yuan, to: 9}}}\n"
            "parameters: {line: {title: 线, unit: yuan, basis: assumption}}\n"
            "decisions: {d: {title: 类, basis: assumption, "
            "first: [{outcome: a, title: 甲, when: sum(wage) < line}], otherwise: {outcome: b, title: 乙}}}\n"
        )
        policy = read_policy(text)
        assert policy.is_open
        with pytest.raises(ValueError, match="line"):
            assess(policy, {"members": [{}]})


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> object:
    """Each of PyYAML's loaders in turn."""
    monkeypatch.setattr(source, "_LOADER", request.param)
    return request.param


@pytest.mark.usefixtures("loader")
class TestText:
    """A household's text is read strictly: each value is the written text, with its location."""

    def test_what_is_written(self) -> None:
        """`no`, `012` and `0.10` are read literally, and `on` is a key."""
        text = (
            "on: 2021-03-31\n编号: 012\nunit_has_union: no\nmembers:\n"
            "- {relation: self, 称呼: no, wage: 012, medical_self_paid: 0.10, dependent: 是, age: ~}\n"
        )
        found = read_facts(WEIHAI, read_household(text))
        assert (found.on, found.reference, found.values["unit_has_union"]) == (ON, "012", False)
        values = found.members[0].values
        assert (values["wage"], values["medical_self_paid"], values["dependent"]) == (12, Fraction(1, 10), True)
        assert found.members[0].label == "no"
        assert ("members", 0, "age") not in found.given

    def test_json(self) -> None:
        """JSON gives the same household; tabs are white space, and exponents are refused as in YAML."""
        given_ = {"on": "2021-03-31", "members": [{"relation": "self", "wage": 0.1, "dependent": True}]}
        found = read_facts(WEIHAI, read_household(json.dumps(given_, indent="\t"), "household.json"))
        assert found == read_facts(WEIHAI, given_)

    def test_problems_carry_their_place(self) -> None:
        """Each problem has the file, line and column of its cause, in file order."""
        text = (
            "on: 2022-01-01\n"
            "residense: urban\n"
            "homes: 1_000\n"
            "members:\n"
            "  - relation: self\n"
            "    wage: 1e400\n"
            "    birth_date: 2003-02-29\n"
            "  - relation: [self]\n"
            "    年工资性收入: ５\n"
        )
        assert problems(read_household(text, "h.yaml")) == [
            ("h.yaml:1:1", "on_outside"),
            ("h.yaml:2:1", "unknown_fact"),
            ("h.yaml:3:8", "fact_number"),
            ("h.yaml:6:11", "fact_number"),
            ("h.yaml:7:17", "date"),
            ("h.yaml:8:15", "fact_not_one_value"),
            ("h.yaml:9:13", "full_width"),
        ]

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "file_empty"),
            ("# nothing\n", "file_empty"),
            ("- self\n", "not_a_household"),
            ("self\n", "not_a_household"),
            ("members: [{relation: self}]\nmembers: []\n", "duplicate_key"),
            ("members: &all [{relation: self}]\n", "anchor"),
            ("members: [*all]\n", "alias"),
            ("members: !!set {}\n", "tag"),
            ("members:\n\t- relation: self\n", "tab"),
            ("members: [" * 100_000, "too_deep"),
            ("on: 2021-03-31\nmembers：\n  - relation: self\n", "full_width"),
        ],
        ids=lambda given_: given_[:20],
    )
    def test_refused(self, text: str, code: str) -> None:
        """An ambiguous or unreadable text is refused with its code."""
        with pytest.raises(FactError) as caught:
            assess(WEIHAI, read_household(text))
        assert code in [problem.code for problem in caught.value.problems]

    def test_its_policy(self) -> None:
        """The policy that a text names is available before the text is read."""
        text = read_household("政策: 2021_weihai\nmembers: [{relation: self}]\n")
        assert isinstance(text, HouseholdText)
        assert text.policy == "2021_weihai"
        assert read_household("policy:\nmembers: []\n").policy is None
