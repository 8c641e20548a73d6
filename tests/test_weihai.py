"""The clauses of the measure as Weihai applies them in 2021, each with the properties that its words imply."""

# ruff: noqa: D400  # the regulation's words end in 。
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardship_rules import Assessment, FactError, Figure, Policy, assess, load_policy
from hardship_rules.testing.strategies import households, partial_households
from hardship_rules.testing.strategies._households import completed
from hardship_rules.testing.strategies._paths import Facts, unknown_paths
from hardship_rules.testing.strategies._values import plain

WEIHAI = load_policy("2021_weihai")
ON = date(2021, 3, 31)
FEN = Fraction(1, 100)
STANDARDS = {"urban": 787, "rural": 588}
HARDSHIP = ("deep", "relative", "accidental")
NEVER_AGAIN = {"id_card", "household_register", "divorce_certificate", "disability_certificate"}
ORDER = ("out_of_scope", "excluded", "deep", "relative", "accidental", "none")
COUNTED_INCOME = ("wage", "business_income", "property_income", "transfer_income", "other_income")
RIGID = ("medical_self_paid", "disability_cost")

WORKER: Facts = {
    "relation": "self",
    "birth_date": date(1980, 5, 6),
    "education": "none",
    "wage": 0,
    "business_income": 0,
    "property_income": 0,
    "transfer_income": 0,
    "other_income": 0,
    "medical_self_paid": 0,
}
SPOUSE = {**WORKER, "relation": "spouse"}
PARENT = {
    **WORKER,
    "relation": "parent",
    "birth_date": date(1950, 5, 6),
    "legal_support_duty": True,
    "lives_together_months": 12,
}
CHILD = {**WORKER, "relation": "child", "birth_date": date(2015, 5, 6), "dependent": False}
GROWN_CHILD = {**CHILD, "birth_date": date(1998, 5, 6)}
HOUSEHOLD: Facts = {
    "on": ON,
    "unit_has_union": True,
    "employment": "in_service",
    "residence": "urban",
    "controls_company": False,
    "homes": 1,
    "floor_area_above_local_average": False,
    "motor_vehicle": False,
    "refuses_verification": False,
}

few = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
many = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def household(*members: Mapping[str, object], **facts: object) -> Facts:
    """A worker's household in scope, without an exclusion, with only the given facts."""
    return {**HOUSEHOLD, **facts, "members": [dict(member) for member in members] or [dict(WORKER)]}


def category(given_: Facts, policy: Policy = WEIHAI) -> str:
    """The id of a household's category, which must be decided."""
    outcome = assess(policy, given_).category
    assert outcome is not None
    return outcome.id


def holding(given_: Facts, decision: str, **readings: str) -> set[str]:
    """The ids of the outcomes that certainly hold in a decision, under some readings."""
    policy = WEIHAI.with_readings(readings) if readings else WEIHAI
    return {outcome.id for outcome in assess(policy, given_).decisions[decision].holding}


def possible(given_: Facts, decision: str) -> list[str]:
    """The ids of the possible outcomes of a decision, in its order."""
    return [outcome.id for outcome in assess(WEIHAI, given_).decisions[decision].possible]


def figure(assessment: Assessment, name: str) -> Fraction:
    """The exact value of a figure of an assessment."""
    found = assessment.terms[name]
    assert isinstance(found, Figure)
    assert found.exact is not None
    return found.exact


def counted(given_: Facts) -> list[int]:
    """The numbers of the counted members, from 0."""
    return [number for number, member in enumerate(assess(WEIHAI, given_).members) if member["counted"] is True]


def with_income(net: Fraction, *others: Mapping[str, object], **facts: object) -> Facts:
    """A household with one earner, whose income is twelve months of `net` for each of the people."""
    wage = net * 12 * (1 + len(others))
    return household({**WORKER, "wage": plain(wage)}, *others, **facts)


# --- The category in plain Python, from the regulation's words and not from the policy -------------------------------


class Reference:
    """The category by the regulation's words, computed with fractions and without the library."""

    def __init__(self, given_: Facts, readings: Mapping[str, str]) -> None:
        self.given = given_
        self.readings = readings
        self.members = [Person(member, given_["on"]) for member in given_["members"]]
        self.counted = [member for member in self.members if member.counts(readings)]

    def says(self, reading: str, option: str) -> bool:
        """Whether the reading has this option."""
        return self.readings[reading] == option

    def fact(self, name: str) -> Any:
        """A fact of the household, or its default if omitted."""
        absent = {"event_casualty": "none", "sudden_cause": "none"}
        if name in ("sudden_loss", "sudden_compensation") and self.fact("sudden_cause") == "none":
            absent[name] = 0  # type: ignore[assignment]  # any value
        return self.given.get(name, absent.get(name))

    def category(self) -> str:
        """The first outcome that holds, in the published order."""
        barred = self.listed()
        accidental = self.accidental()
        first = accidental and self.says("accidental_first", "yes")
        if self.out_of_scope():
            return "out_of_scope"
        if any(member.child_excludes() for member in self.members) or (barred and self.says("exclusions_bar", "every")):
            return "excluded"
        net, standard = self.net(), self.standard()
        deep = net < standard or (net == standard and self.says("equal_to_standard", "granted"))
        if deep and not first and not (barred and self.says("exclusions_bar", "deep")):
            return "deep"
        relative = net < 2 * standard or (net == 2 * standard and self.says("equal_to_double", "granted"))
        if relative and not first:
            return "relative"
        return "accidental" if accidental else "none"

    def out_of_scope(self) -> bool:
        """No union, not in service, or a migrant worker without a home in the city or a year of work."""
        employment = self.given["employment"]
        if not self.given["unit_has_union"] or employment in ("laid_off", "retired"):
            return True
        if employment == "new_form":
            return self.says("new_form_covered", "no")
        if employment == "migrant":
            outside = not self.given["lives_in_city"] and self.says("village_migrant_covered", "no")
            return outside or self.given["labour_relation_months"] < 12
        return False

    def listed(self) -> bool:
        """Whether one of the listed exclusions holds."""
        several_homes = self.given["homes"] >= 2 and self.given["floor_area_above_local_average"]
        vehicle = self.given["motor_vehicle"] and not self.given["vehicle_is_mobility_aid"]
        return bool(self.given["controls_company"] or several_homes or vehicle or self.given["refuses_verification"])

    def standard(self) -> int:
        """The standard for the household."""
        return 787 if self.says("standard_for_rural", "urban") else STANDARDS[self.given["residence"]]

    def filing(self) -> str:
        """The outcome for the file."""
        category = self.category()
        if self.given.get("fraud_found", False) and self.says("fraud_disqualifies", "yes"):
            return "disqualified"
        if self.given["file"] == "none":
            return "new_file" if category in HARDSHIP else "refused"
        by_employment = "retired" if self.given["employment"] == "retired" else "no"
        left = self.given.get("left_service", by_employment) != "no"
        outside = category in ("out_of_scope", "excluded")
        if left and self.says("file_of_leaver", "cancelled"):
            return "cancelled"
        if outside:
            return self.readings["file_of_outsider"]
        if category == "none":
            return "out_of_hardship"
        return "continued" if category == self.given["file_category"] else "category_changed"

    def over_a_year(self) -> bool:
        """Whether the file is older than one year."""
        months = self.given.get("file_age_months", 0)
        return bool(months > 12 or (months == 12 and self.says("exactly_one_year", "yes")))

    def materials(self) -> set[str]:
        """The materials that the applicant hands in."""
        filing = self.filing()
        new = filing == "new_file"
        if not new and not (filing in ("continued", "category_changed") and self.over_a_year()):
            return set()
        listed = {"forms", "income_proof"}
        listed |= {"medical_receipts"} if sum(each.money("medical_self_paid") for each in self.counted) else set()
        listed |= {"tuition_receipts"} if sum(each.tuition(self.readings) for each in self.counted) else set()
        if new:
            listed |= {"id_card", "household_register"}
            listed |= {"divorce_certificate"} if self.given.get("divorced", False) else set()
            listed |= {"disability_certificate"} if any(each.certified() for each in self.members) else set()
        return listed

    def record(self) -> set[str]:
        """The other entries of the file."""
        epidemic = self.given.get("affected_by_epidemic", False) and self.category() in HARDSHIP
        return {name for name, is_so in (("epidemic", epidemic), ("recheck_due", self.over_a_year())) if is_so}

    def income(self) -> Fraction:
        """The yearly disposable income of the counted members."""
        heads = [*COUNTED_INCOME, *(["union_aid"] if self.says("union_aid_counts", "yes") else [])]
        return sum((member.money(head) for member in self.counted for head in heads), Fraction(0))

    def rigid(self) -> Fraction:
        """The yearly rigid expenditure of the counted members."""
        total = Fraction(0)
        for member in self.counted:
            total += member.money("medical_self_paid") + member.money("disability_cost")
            total += member.tuition(self.readings)
            if self.says("employment_cost_counts", "yes"):
                total += member.money("employment_cost")
        return total

    def net(self) -> Fraction:
        """Net income per person and month, rounded if the reading says so."""
        net = (self.income() - self.rigid()) / 12 / len(self.counted)
        steps = {"none": None, "fen": Fraction(1, 100), "yuan": Fraction(1)}[self.readings["rounding"]]
        if steps is None:
            return net
        nearest = (abs(net) / steps + Fraction(1, 2)).__floor__() * steps  # 四舍五入: by amount, also below zero
        return nearest if net >= 0 else -nearest

    def accidental(self) -> bool:
        """A casualty, or a sudden loss above 80 % of the year's income."""
        if self.fact("event_casualty") != "none":
            return True
        if self.fact("sudden_cause") == "none":
            return False
        loss = Fraction(self.fact("sudden_loss"))
        if self.says("loss_taken", "after_compensation"):
            loss -= Fraction(self.fact("sudden_compensation"))
        part = Fraction(8, 10) * self.income()
        return loss > 0 and (loss > part or (loss == part and self.says("equal_to_80_percent", "granted")))


class Person:
    """A member in the regulation's terms."""

    def __init__(self, facts: Facts, on: date) -> None:
        self.facts = facts
        born = facts.get("birth_date")
        self.age = facts["age"] if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day))

    def money(self, name: str) -> Fraction:
        """An amount of the member's own, or its default if omitted."""
        if name in self.facts:
            return Fraction(self.facts[name])
        if name == "wage" and "monthly_wage" in self.facts:
            return 12 * Fraction(self.facts["monthly_wage"])
        may_be_absent = (
            name in ("union_aid", "disability_cost", "employment_cost")
            or (name in ("tuition", "private_school_fee", "public_school_fee") and self.facts["education"] == "none")
            or (name in ("wage", "business_income") and self.age < 16)
        )
        assert may_be_absent, name
        return Fraction(0)

    def tuition(self, readings: Mapping[str, str]) -> Fraction:
        """The tuition that counts as rigid expenditure."""
        left_out = self.facts["education"] == "compulsory" and readings["compulsory_tuition_counts"] == "no"
        return Fraction(0) if left_out else self.money("tuition")

    def certified(self) -> bool:
        """Whether the member has a certificate of disability; by default, whether the member has its costs."""
        return bool(self.facts.get("holds_disability_certificate", self.money("disability_cost") > 0))

    def child_excludes(self) -> bool:
        """A child at a costly private school, or studying abroad at the family's cost."""
        if self.facts["relation"] != "child":
            return False
        abroad = self.facts["education"] != "none" or "self_paid_study_abroad" in self.facts
        return self.money("private_school_fee") > 2 * self.money("public_school_fee") or (
            abroad and bool(self.facts["self_paid_study_abroad"])
        )

    def counts(self, readings: Mapping[str, str]) -> bool:
        """Whether the member belongs to the household."""
        relation = self.facts["relation"]
        if relation == "self":
            return True
        away = self.facts.get("away", "none")
        if away in ("religious_3_years", "prison", "rehabilitation", "missing"):
            return False
        if away == "conscript" and readings["conscript_excluded"] == "yes":
            return False
        if relation == "spouse":
            return True
        if relation == "child":
            studies = self.facts["education"] in ("preschool", "compulsory", "high_school", "bachelor")
            student = studies and self.facts["full_time"]
            return bool(self.age < 18 or self.facts["dependent"] or student)
        return bool(self.facts["legal_support_duty"] and self.facts["lives_together_months"] >= 12)


CHOSEN = {name: reading.chosen for name, reading in WEIHAI.readings.items()}
FIRST_CHOICES = {
    "equal_to_standard": ("refused", "granted"),
    "equal_to_double": ("refused", "granted"),
    "equal_to_80_percent": ("refused", "granted"),
    "standard_for_rural": ("own", "urban"),
    "new_form_covered": ("no", "yes"),
    "village_migrant_covered": ("no", "yes"),
    "union_aid_counts": ("no", "yes"),
    "compulsory_tuition_counts": ("no", "yes"),
    "employment_cost_counts": ("no", "yes"),
    "conscript_excluded": ("no", "yes"),
    "accidental_first": ("no", "yes"),
    "loss_taken": ("after_compensation", "before_compensation"),
    "exclusions_bar": ("every", "deep"),
    "rounding": ("none", "fen", "yuan"),
    "income_period": ("calendar_year", "last_12_months"),
    "fraud_disqualifies": ("yes", "no"),
    "file_of_leaver": ("cancelled", "adjusted"),
    "file_of_outsider": ("withdrawn", "cancelled"),
    "exactly_one_year": ("no", "yes"),
}
"""The published readings and their options, the chosen one first."""

all_readings = st.fixed_dictionaries({name: st.sampled_from(options) for name, options in FIRST_CHOICES.items()})


class TestTheWholeDecision:
    """网上申报、入户核查之外，家庭属于哪一类，由事实和已选定的解读唯一确定。"""

    @many
    @given(households(WEIHAI), all_readings)
    def test_agrees_with_the_words_worked_out_apart(self, given_: Facts, variant: dict[str, str]) -> None:
        """Policy and plain Python give the same decisions, under the first choices and under any others."""
        for readings, policy in ((CHOSEN, WEIHAI), (variant, WEIHAI.with_readings(variant))):
            assessment = assess(policy, given_)
            expected = Reference(given_, readings)
            assert assessment.category is not None
            assert assessment.category.id == expected.category()
            came = {name: {each.id for each in decided.holding} for name, decided in assessment.decisions.items()}
            assert came["filing"] == {expected.filing()}
            assert came["materials"] == expected.materials()
            assert came["record"] == expected.record()
            assert figure(assessment, "income") == expected.income()
            assert figure(assessment, "rigid") == expected.rigid()
            assert figure(assessment, "people") == len(expected.counted)
            assert figure(assessment, "net_income_per_person") == expected.net()

    @few
    @given(households(WEIHAI), all_readings)
    def test_one_outcome_for_every_complete_household(self, given_: Facts, readings: dict[str, str]) -> None:
        """A complete household has one category, no missing fact, and no open decision."""
        assessment = assess(WEIHAI.with_readings(readings), given_)
        assert all(decided.possible == decided.holding for decided in assessment.decisions.values())
        assert [outcome.id for outcome in assessment.possible] == [assessment.category and assessment.category.id]
        assert assessment.missing == ()

    @few
    @given(households(WEIHAI), st.randoms(use_true_random=False))
    def test_order_of_members_does_not_matter(self, given_: Facts, random: Any) -> None:
        """The same members in another order have the same category and the same figures."""
        before = assess(WEIHAI, given_)
        random.shuffle(given_["members"])
        after = assess(WEIHAI, given_)
        assert after.category == before.category
        assert after.terms == before.terms

    def test_readings_are_those_published(self) -> None:
        """The readings, the order of their options and the first choices are the policy's published interface."""
        assert {name: tuple(reading.kind.options) for name, reading in WEIHAI.readings.items()} == FIRST_CHOICES
        assert {name: options[0] for name, options in FIRST_CHOICES.items()} == CHOSEN


class TestScope:
    """已建立工会组织的单位中生活困难的在职职工家庭（A）；农民工须长期居住在城市、有一年以上事实劳动关系（A2）。"""

    @few
    @given(households(WEIHAI))
    def test_nobody_without_a_union(self, given_: Facts) -> None:
        """Without a union in the unit a household is out of scope, for any other facts."""
        assert category({**given_, "unit_has_union": False}) == "out_of_scope"

    @pytest.mark.parametrize("employment", ["laid_off", "retired", "new_form"])
    def test_not_in_service(self, employment: str) -> None:
        """A worker who is laid off, retired or (in 2021) in a new form of employment is out of scope."""
        assert category(household(employment=employment)) == "out_of_scope"

    @pytest.mark.parametrize(
        ("months", "in_city", "expected"),
        [(11, True, "out_of_scope"), (12, True, "deep"), (12, False, "out_of_scope"), (13, True, "deep")],
    )
    def test_migrant(self, months: int, in_city: bool, expected: str) -> None:  # noqa: FBT001  # a parameter of the test
        """A migrant worker needs a home in the city and twelve months of labour relation; eleven are too few."""
        facts = {"employment": "migrant", "lives_in_city": in_city, "labour_relation_months": months}
        assert category(household(**facts)) == expected

    @pytest.mark.parametrize(
        ("reading", "facts"),
        [
            ("new_form_covered", {"employment": "new_form"}),
            (
                "village_migrant_covered",
                {"employment": "migrant", "lives_in_city": False, "labour_relation_months": 12},
            ),
        ],
    )
    def test_readings_open_the_scope(self, reading: str, facts: Facts) -> None:
        """Each reading, changed, brings a household into scope that was out of it."""
        assert category(household(**facts)) == "out_of_scope"
        assert category(household(**facts), WEIHAI.with_readings({reading: "yes"})) == "deep"


class TestYardstick:
    """2021年威海市低保标准：城市每人每月787元，农村588元（A）。适用哪一个，通知没有写明（假定随居住地）。"""

    @pytest.mark.parametrize(("residence", "standard"), [("urban", 787), ("rural", 588)])
    def test_standard_follows_residence(self, residence: str, standard: int) -> None:
        """A rural household is compared with 588, an urban one with 787."""
        assert figure(assess(WEIHAI, household(residence=residence)), "dibao") == standard

    def test_urban_standard_for_all(self) -> None:
        """The reading can apply the urban standard to all households: 600 a month is then deep in the country."""
        rural = with_income(Fraction(600), residence="rural")
        assert category(rural) == "relative"
        assert category(rural, WEIHAI.with_readings({"standard_for_rural": "urban"})) == "deep"


class TestDeepAndRelative:
    """家庭人均月纯收入低于低保标准的为深度困难，低于2倍的为相对困难（A2，均为严格低于；等于时为解读）。"""

    @pytest.mark.parametrize("others", [[], [SPOUSE], [SPOUSE, CHILD], [SPOUSE, CHILD, PARENT, CHILD, CHILD, CHILD]])
    @pytest.mark.parametrize(
        ("residence", "line", "below", "above"),
        [
            ("urban", 787, "deep", "relative"),
            ("rural", 588, "deep", "relative"),
            ("urban", 1574, "relative", "none"),
            ("rural", 1176, "relative", "none"),
        ],
    )
    def test_the_line_and_one_fen_either_side(
        self, others: list[Facts], residence: str, line: int, below: str, above: str
    ) -> None:
        """One fen a year below the line is below; the line and one fen above are not, for any number of people."""
        for fen, expected in ((-1, below), (0, above), (1, above)):
            given_ = with_income(Fraction(line), *others, residence=residence)
            given_["members"][0]["wage"] = Decimal(line * 12 * (1 + len(others))) + Decimal(fen) / 100
            assert category(given_) == expected
            net = Fraction(line) + Fraction(fen, 100 * 12 * (1 + len(others)))
            assert figure(assess(WEIHAI, given_), "net_income_per_person") == net

    @pytest.mark.parametrize(
        ("reading", "line", "refused", "granted"),
        [("equal_to_standard", 787, "deep", "relative"), ("equal_to_double", 1574, "relative", "none")],
    )
    def test_equality_by_reading(self, reading: str, line: int, refused: str, granted: str) -> None:
        """With equality granted the line itself is included, and one fen above it is not."""
        variant = WEIHAI.with_readings({reading: "granted"})
        given_ = with_income(Fraction(line), SPOUSE)
        assert category(given_, variant) == refused
        given_["members"][0]["wage"] = Decimal(line * 24) + Decimal("0.01")
        assert category(given_, variant) == granted

    def test_thirds_stand_on_no_line(self) -> None:
        """Three people with 28,332.00 a year are exactly on 787, without float errors; 28,331.99 is below."""
        assert category(household({**WORKER, "wage": 28332}, SPOUSE, CHILD)) == "relative"
        assert category(household({**WORKER, "wage": "28331.99"}, SPOUSE, CHILD)) == "deep"

    @pytest.mark.parametrize(
        ("rounding", "wage", "expected"),
        [
            ("none", "9443.99", "deep"),
            ("fen", "9443.93", "deep"),  # 786.994... a month: 786.99
            ("fen", "9443.94", "relative"),  # 786.995 a month, half up: 787.00
            ("yuan", "9437.99", "deep"),  # 786.499... a month: 786
            ("yuan", "9438.00", "relative"),  # 786.5 a month, half up: 787
        ],
    )
    def test_rounding_by_reading(self, rounding: str, wage: str, expected: str) -> None:
        """If figures are rounded half up to fen or yuan before the comparison, one just below the line is on it."""
        variant = WEIHAI.with_readings({"rounding": rounding})
        assert category(household({**WORKER, "wage": wage}), variant) == expected


class TestAccidental:
    """因自然灾害等致伤致残或因公牺牲；或突发事件、意外伤害、重大疾病的支出或损失超过家庭年收入80%（A2）。"""

    @pytest.mark.parametrize("cause", ["event", "injury", "illness"])
    @pytest.mark.parametrize(("fen", "expected"), [(-1, "none"), (0, "none"), (1, "accidental")])
    def test_eighty_percent_and_one_fen_either_side(self, cause: str, fen: int, expected: str) -> None:
        """80 % of 40,000 is 32,000: that loss is not enough, and one fen more is."""
        loss = Decimal(32000) + Decimal(fen) / 100
        given_ = household({**WORKER, "wage": 40000}, sudden_cause=cause, sudden_loss=loss, sudden_compensation=0)
        assert category(given_) == expected

    @pytest.mark.parametrize(
        ("wage", "expected"), [("39999.99", "accidental"), ("40000", "none"), ("40000.01", "none")]
    )
    def test_one_fen_of_income_either_side(self, wage: str, expected: str) -> None:
        """A loss of 32,000 is above 80 % of an income one fen below 40,000, but not of 40,000 or more."""
        given_ = household({**WORKER, "wage": wage}, sudden_cause="injury", sudden_loss=32000, sudden_compensation=0)
        assert category(given_) == expected

    def test_equality_by_reading(self) -> None:
        """With equality granted exactly 80 % is enough, but no loss never is, even with no income."""
        variant = WEIHAI.with_readings({"equal_to_80_percent": "granted", "exclusions_bar": "deep"})
        facts = {"sudden_cause": "event", "sudden_loss": 32000, "sudden_compensation": 0}
        assert category(household({**WORKER, "wage": 40000}, **facts), variant) == "accidental"
        first = WEIHAI.with_readings({"equal_to_80_percent": "granted", "accidental_first": "yes"})
        assert category(household(**{**facts, "sudden_loss": 0}), first) == "deep"

    @pytest.mark.parametrize(
        ("loss_taken", "expected"), [("after_compensation", "none"), ("before_compensation", "accidental")]
    )
    def test_compensation_by_reading(self, loss_taken: str, expected: str) -> None:
        """A loss of 50,000 with 18,000 paid back is 32,000 of 40,000; only before compensation is it above 80 %."""
        given_ = household(
            {**WORKER, "wage": 40000}, sudden_cause="illness", sudden_loss=50000, sudden_compensation=18000
        )
        assert category(given_, WEIHAI.with_readings({"loss_taken": loss_taken})) == expected

    def test_more_compensation_than_loss_is_no_gain(self) -> None:
        """A compensation above the loss leaves no loss, even with a negative income."""
        variant = WEIHAI.with_readings({"accidental_first": "yes"})
        given_ = household(
            {**WORKER, "business_income": -5000}, sudden_cause="event", sudden_loss=100, sudden_compensation=200
        )
        assert category(given_, variant) == "deep"

    @pytest.mark.parametrize("casualty", ["disabled", "died_on_duty"])
    def test_casualty_alone(self, casualty: str) -> None:
        """An injury with disability, or a death on duty, is accidental for any income."""
        assert category(household({**WORKER, "wage": 99_999_999}, event_casualty=casualty)) == "accidental"

    @few
    @given(households(WEIHAI), st.sampled_from(["disabled", None]))
    def test_comes_after_the_others_unless_put_first(self, given_: Facts, casualty: str | None) -> None:
        """Put first, accidental takes deep and relative households with such a cause, and changes no other."""
        given_ |= {} if casualty is None else {"event_casualty": casualty}
        first = WEIHAI.with_readings({"accidental_first": "yes"})
        holds = assess(WEIHAI, given_).terms["accidental_cause"]
        before, after = category(given_), category(given_, first)
        assert after == ("accidental" if holds and before in ("deep", "relative") else before)


class TestFamilyMembers:
    """配偶、未成年子女、不能独立生活或本科及以下在读的成年子女、长期共同生活的被赡养抚养人（C）；服刑等人员不计入（C）。"""

    @pytest.mark.parametrize(
        ("born", "counts"),
        [(date(2003, 3, 31), False), (date(2003, 4, 1), True)],
    )
    def test_eighteenth_birthday(self, born: date, counts: bool) -> None:  # noqa: FBT001  # a parameter of the test
        """On 31 March 2021 a child born on 31 March 2003 is of age, one born the day after is not."""
        child = {**GROWN_CHILD, "birth_date": born}
        assert counted(household(WORKER, child)) == [0, *([1] if counts else [])]

    @pytest.mark.parametrize(
        ("facts", "counts"),
        [
            ({"dependent": True}, True),
            ({"dependent": False}, False),
            ({"education": "bachelor", "full_time": True}, True),
            ({"education": "bachelor", "full_time": False}, False),
            ({"education": "postgraduate", "full_time": True}, False),
            ({"education": "high_school", "full_time": True}, True),
            ({"education": "postgraduate", "full_time": True, "dependent": True}, True),
        ],
    )
    def test_grown_child(self, facts: Facts, counts: bool) -> None:  # noqa: FBT001  # a parameter of the test
        """A grown child counts only if dependent, or in full-time study up to a bachelor's degree."""
        schooling = {"tuition": 0, "private_school_fee": 0, "public_school_fee": 0, "self_paid_study_abroad": False}
        child = {**GROWN_CHILD, **schooling, **facts}
        assert counted(household(WORKER, child)) == [0, *([1] if counts else [])]

    @pytest.mark.parametrize("relation", ["parent", "other"])
    @pytest.mark.parametrize(
        ("duty", "months", "counts"), [(True, 12, True), (True, 11, False), (False, 12, False), (False, 1560, False)]
    )
    def test_supported(self, relation: str, duty: bool, months: int, counts: bool) -> None:  # noqa: FBT001  # a parameter of the test
        """A parent or other relative counts with a legal duty of support and twelve months together, not eleven."""
        other = {**PARENT, "relation": relation, "legal_support_duty": duty, "lives_together_months": months}
        assert counted(household(WORKER, other)) == [0, *([1] if counts else [])]

    @pytest.mark.parametrize("member", [SPOUSE, CHILD, {**GROWN_CHILD, "dependent": True}, PARENT])
    @pytest.mark.parametrize("away", ["religious_3_years", "prison", "rehabilitation", "missing"])
    def test_away(self, member: Facts, away: str) -> None:
        """A member who is away for good does not count, in any relation; the worker alone always counts."""
        assert counted(household({**WORKER, "away": away}, {**member, "away": away})) == [0]
        assert counted(household(WORKER, member)) == [0, 1]

    def test_conscript_by_reading(self) -> None:
        """A conscript counts, unless the reading excludes conscripts."""
        given_ = household({**WORKER, "away": "conscript"}, {**SPOUSE, "away": "conscript"})
        assert counted(given_) == [0, 1]
        variant = WEIHAI.with_readings({"conscript_excluded": "yes"})
        assert figure(assess(variant, given_), "people") == 1

    @few
    @given(households(WEIHAI), st.sampled_from(["prison", "no_duty"]), st.data())
    def test_who_is_not_counted_changes_nothing(self, given_: Facts, why: str, data: st.DataObject) -> None:
        """A member who does not count adds nothing to income, expenditure or people, so the category is unchanged."""
        amount = data.draw(st.integers(0, 10**7))
        extra = {**PARENT, **dict.fromkeys((*COUNTED_INCOME, *RIGID, "union_aid", "exempt_income"), amount)}
        extra |= {"away": "prison"} if why == "prison" else {"legal_support_duty": False}
        if len(given_["members"]) == WEIHAI.members.at_most:
            given_["members"].pop(next(i for i, m in enumerate(given_["members"]) if m["relation"] != "self"))
        before = assess(WEIHAI, given_)
        given_["members"].insert(data.draw(st.integers(0, len(given_["members"]))), extra)
        after = assess(WEIHAI, given_)
        assert after.category == before.category
        assert after.terms == before.terms


class TestIncome:
    """家庭成员年度可支配收入（A2）：工资性、经营净、财产净、转移净和其他（B）；救助慰问款等不计入（C）。"""

    @few
    @given(households(WEIHAI), all_readings, st.sampled_from(COUNTED_INCOME), st.data())
    def test_more_income_never_moves_up(
        self, given_: Facts, readings: dict[str, str], head: str, data: st.DataObject
    ) -> None:
        """More income of a counted member never moves the category to an earlier outcome.

        Every condition on income (below the line, a loss above 80 % of it) can only cease to hold as income grows.
        With accidental put first by its reading, it also precedes deep and relative here. With more income such a
        household may cease to be accidental and become deep.
        """
        variant = WEIHAI.with_readings(readings)
        places = [place(category(each, variant), readings) for each in growing(given_, head, variant, data)]
        assert places == sorted(places)

    def test_more_income_may_make_an_accidental_household_deep(self) -> None:
        """With accidental put first, 100.01 lost of 125 is accidental; of 126 it is not, and the household is deep."""
        variant = WEIHAI.with_readings({"accidental_first": "yes"})
        facts = {"sudden_cause": "event", "sudden_loss": "100.01", "sudden_compensation": 0}
        assert category(household({**WORKER, "wage": 125}, **facts), variant) == "accidental"
        assert category(household({**WORKER, "wage": 126}, **facts), variant) == "deep"

    @few
    @given(households(WEIHAI), st.integers(0, 10**10), st.data())
    def test_union_aid_and_exempt_income_change_nothing(self, given_: Facts, fen: int, data: st.DataObject) -> None:
        """Under the first choices neither union aid nor exempt income changes income or category."""
        before = assess(WEIHAI, given_)
        member = data.draw(st.sampled_from(given_["members"]))
        member["union_aid"] = member["exempt_income"] = plain(fen * FEN)
        after = assess(WEIHAI, given_)
        assert after.category == before.category
        assert figure(after, "income") == figure(before, "income")

    def test_union_aid_by_reading(self) -> None:
        """If the reading counts it, one yuan of aid puts a household above the line."""
        given_ = household({**WORKER, "wage": "9443.99", "union_aid": "0.01"})
        assert category(given_) == "deep"
        assert category(given_, WEIHAI.with_readings({"union_aid_counts": "yes"})) == "relative"

    @pytest.mark.parametrize("head", COUNTED_INCOME)
    def test_every_head_counts(self, head: str) -> None:
        """12,000 of any kind of income is 1,000 a month: no longer deep."""
        given_ = household({**WORKER, head: 12000})
        assert figure(assess(WEIHAI, given_), "income") == 12000
        assert category(given_) == "relative"


class TestRigidExpenditure:
    """医疗自负费用和子女学费（A）；残疾支出（B）；义务教育费用和必要就业成本不计入（B，解读）。"""

    @few
    @given(households(WEIHAI), all_readings, st.sampled_from(RIGID), st.data())
    def test_more_expenditure_never_moves_down(
        self, given_: Facts, readings: dict[str, str], head: str, data: st.DataObject
    ) -> None:
        """More rigid expenditure of a counted member never moves the category to a later outcome."""
        variant = WEIHAI.with_readings(readings)
        places = [place(category(each, variant), readings) for each in growing(given_, head, variant, data)]
        assert places == sorted(places, reverse=True)

    @pytest.mark.parametrize(
        ("education", "reading", "expected"),
        [
            ("high_school", "no", "deep"),
            ("bachelor", "no", "deep"),
            ("compulsory", "no", "relative"),
            ("compulsory", "yes", "deep"),
        ],
    )
    def test_tuition(self, education: str, reading: str, expected: str) -> None:
        """A fen of tuition moves a household from the line to below it; for compulsory education only by reading."""
        schooling = {
            "private_school_fee": 0,
            "public_school_fee": 0,
            "self_paid_study_abroad": False,
            "full_time": True,
        }
        child = {**CHILD, **schooling, "education": education, "tuition": "0.01"}
        given_ = household({**WORKER, "wage": 787 * 24}, child)
        assert category(given_, WEIHAI.with_readings({"compulsory_tuition_counts": reading})) == expected

    def test_employment_cost_by_reading(self) -> None:
        """Necessary cost of employment is rigid expenditure only by reading."""
        given_ = household({**WORKER, "wage": 787 * 12, "employment_cost": "0.01"})
        assert category(given_) == "relative"
        assert category(given_, WEIHAI.with_readings({"employment_cost_counts": "yes"})) == "deep"

    @pytest.mark.parametrize("head", RIGID)
    def test_each_head_counts(self, head: str) -> None:
        """A fen of medical or disability cost moves a household from the line to below it."""
        assert category(household({**WORKER, "wage": 787 * 12, head: "0.01"})) == "deep"


class TestExclusions:
    """子女就读高收费民办学校（超过公办2倍）或自费出国留学（A2）；控股企业、多套住房、机动车辆、拒绝核查（B，参照邢台）。"""

    LISTED = (
        {"controls_company": True},
        {"homes": 2, "floor_area_above_local_average": True},
        {"motor_vehicle": True, "vehicle_is_mobility_aid": False},
        {"refuses_verification": True},
    )
    HARMLESS = (
        {"homes": 1, "floor_area_above_local_average": True},
        {"homes": 99, "floor_area_above_local_average": False},
        {"motor_vehicle": True, "vehicle_is_mobility_aid": True},
        {"motor_vehicle": False, "vehicle_is_mobility_aid": False},
    )

    @pytest.mark.parametrize("facts", LISTED)
    def test_each_listed_item_bars(self, facts: Facts) -> None:
        """Each listed item alone excludes an otherwise deep household."""
        assert category(household(**facts)) == "excluded"

    @pytest.mark.parametrize("facts", HARMLESS)
    def test_half_an_item_does_not_bar(self, facts: Facts) -> None:
        """Homes without the floor area, floor area without homes, and mobility aids do not exclude."""
        assert category(household(**facts)) == "deep"

    @few
    @given(households(WEIHAI), st.sampled_from(LISTED))
    def test_listed_items_bar_everybody_in_scope(self, given_: Facts, facts: Facts) -> None:
        """A listed item excludes every household in scope; by the other reading it makes only deep ones relative."""
        expected = "out_of_scope" if category(given_) == "out_of_scope" else "excluded"
        assert category({**given_, **facts}) == expected
        only_deep = WEIHAI.with_readings({"exclusions_bar": "deep"})
        bare = {**given_, **{name: HOUSEHOLD[name] for name in self.NAMES}}
        without = category(bare, only_deep)
        assert category({**bare, **facts}, only_deep) == ("relative" if without == "deep" else without)

    NAMES = ("controls_company", "homes", "floor_area_above_local_average", "motor_vehicle", "refuses_verification")

    @pytest.mark.parametrize("child", [CHILD, GROWN_CHILD, {**CHILD, "away": "prison"}])
    @pytest.mark.parametrize(("fee", "expected"), [("2000.01", "excluded"), ("2000", "deep"), ("1999.99", "deep")])
    def test_private_school(self, child: Facts, fee: str, expected: str) -> None:
        """A fee above twice 1,000 excludes, exactly twice does not, for any child, counted or not."""
        schooling = {"education": "high_school", "tuition": 0, "self_paid_study_abroad": False, "full_time": False}
        given_ = {**child, **schooling, "private_school_fee": fee, "public_school_fee": 1000}
        assert category(household(WORKER, given_)) == expected

    @pytest.mark.parametrize(("relation", "expected"), [("child", "excluded"), ("spouse", "deep"), ("other", "deep")])
    def test_study_abroad(self, relation: str, expected: str) -> None:
        """Study abroad at the family's cost excludes for a child, not for another member."""
        schooling = {"education": "postgraduate", "tuition": 0, "private_school_fee": 0, "public_school_fee": 0}
        member = {**PARENT, **schooling, "relation": relation, "self_paid_study_abroad": True, "full_time": True}
        assert category(household(WORKER, {**member, "dependent": False})) == expected

    def test_children_bar_under_either_reading(self) -> None:
        """The reading on exclusions is about listed items only: a child at a costly school excludes from any class."""
        schooling = {"education": "compulsory", "tuition": 0, "self_paid_study_abroad": True, "full_time": True}
        child = {**CHILD, **schooling, "private_school_fee": 0, "public_school_fee": 0}
        assert category(household(WORKER, child), WEIHAI.with_readings({"exclusions_bar": "deep"})) == "excluded"


def filed(category_: str, months: int = 6, **facts: object) -> Facts:
    """The facts of a household with an open file, in service and without a spouse."""
    file = {"file": "open", "file_category": category_, "file_age_months": months, "divorced": False}
    return {**file, **facts}


NO_FILE: Facts = {"file": "none", "divorced": False}
WAGES = {"deep": 0, "relative": 12000, "none": 24000}
"""The yearly wage of a worker alone in the city for each category: 0, 1,000 and 2,000 a month."""


class TestFiling:
    """仍符合的继续留档，不再符合的脱困、注销或退档，新符合的建档，随时变化随时调整（A）；退休、调离、去世的调整或注销（A2）。

    提供虚假材料的批评教育、全市通报，直至取消建档资格（A）。脱困、注销、退档各指什么，没有取得（假定、解读）。
    """

    @pytest.mark.parametrize(
        ("earned", "file", "expected"),
        [
            ("deep", None, "new_file"),
            ("relative", None, "new_file"),
            ("none", None, "refused"),
            ("deep", "deep", "continued"),
            ("relative", "relative", "continued"),
            ("relative", "deep", "category_changed"),
            ("deep", "relative", "category_changed"),
            ("deep", "accidental", "category_changed"),
            ("none", "deep", "out_of_hardship"),
            ("none", "accidental", "out_of_hardship"),
        ],
    )
    def test_category_and_file(self, earned: str, file: str | None, expected: str) -> None:
        """The present category, with the file's category, decides the outcome for the file."""
        facts = NO_FILE if file is None else filed(file)
        given_ = household({**WORKER, "wage": WAGES[earned]}, **facts)
        assert category(given_) == earned
        assert holding(given_, "filing") == {expected}

    def test_accidental(self) -> None:
        """An accidental household gets a file, and keeps it if the file has that category."""
        facts = {"event_casualty": "disabled"}
        rich = {**WORKER, "wage": 99000}
        assert holding(household(rich, **facts, **NO_FILE), "filing") == {"new_file"}
        assert holding(household(rich, **facts, **filed("accidental")), "filing") == {"continued"}
        assert holding(household(rich, **facts, **filed("deep")), "filing") == {"category_changed"}

    @pytest.mark.parametrize("left", ["transferred", "died"])
    def test_leaving_by_reading(self, left: str) -> None:
        """The file of a transferred or dead worker is cancelled; by the other reading it follows the category."""
        given_ = household(**filed("deep"), left_service=left)
        assert holding(given_, "filing") == {"cancelled"}
        assert holding(given_, "filing", file_of_leaver="adjusted") == {"continued"}

    def test_retirement(self) -> None:
        """A retired worker is not in service, even if not stated; once adjusted, the file is withdrawn."""
        for said in ({}, {"left_service": "retired"}):
            given_ = household(employment="retired", **filed("deep"), **said)
            assert holding(given_, "filing") == {"cancelled"}
            assert holding(given_, "filing", file_of_leaver="adjusted") == {"withdrawn"}

    def test_leaving_concerns_open_files(self) -> None:
        """Without a file there is none to cancel: after a death on duty the household may get one."""
        given_ = household(**NO_FILE, left_service="died", event_casualty="died_on_duty")
        assert holding(given_, "filing") == {"new_file"}

    @pytest.mark.parametrize(
        "facts", [{"unit_has_union": False}, {"employment": "laid_off"}, {"controls_company": True}]
    )
    def test_outsiders_by_reading(self, facts: Facts) -> None:
        """Out of scope or excluded, a file is withdrawn, by the other reading cancelled; without one it is refused."""
        given_ = household(**filed("deep"), **facts)
        assert holding(given_, "filing") == {"withdrawn"}
        assert holding(given_, "filing", file_of_outsider="cancelled") == {"cancelled"}
        assert holding(household(**NO_FILE, **facts), "filing") == {"refused"}

    @few
    @given(households(WEIHAI), all_readings)
    def test_fraud(self, given_: Facts, readings: dict[str, str]) -> None:
        """False material disqualifies any household; by the other reading it changes nothing here."""
        fraud, none = {**given_, "fraud_found": True}, {**given_, "fraud_found": False}
        assert holding(fraud, "filing", **{**readings, "fraud_disqualifies": "yes"}) == {"disqualified"}
        changed = {**readings, "fraud_disqualifies": "no"}
        assert holding(fraud, "filing", **changed) == holding(none, "filing", **changed)

    @few
    @given(households(WEIHAI), st.sampled_from(["none", "open"]), st.booleans(), st.integers(0, 720))
    def test_the_file_does_not_make_the_category(self, given_: Facts, file: str, fraud: bool, months: int) -> None:  # noqa: FBT001  # a parameter of the test
        """Facts about the file and false material do not change the category."""
        changed = {name: value for name, value in given_.items() if not name.startswith("file")}
        changed |= {"file": file, "fraud_found": fraud}
        changed |= {"file_category": "relative", "file_age_months": months} if file == "open" else {}
        assert category(changed) == category(given_)

    def test_nothing_known_of_the_file(self) -> None:
        """A deep household may continue, change or get a new file; refusal and exit are ruled out."""
        assert possible(household(), "filing") == ["category_changed", "continued", "new_file"]

    def test_category_of_the_file_not_known(self) -> None:
        """An open file with an unknown category continues or changes; without a file it has none."""
        given_ = household(file="open", file_age_months=6)
        assert possible(given_, "filing") == ["category_changed", "continued"]
        assert {("file_category",), ("file_age_months",)} <= set(
            assess(WEIHAI, household(file="none")).household.assumed
        )

    def test_the_category_open(self) -> None:
        """With a missing receipt an open file may have any outcome that its possible categories allow, and no other."""
        unpaid = {name: value for name, value in WORKER.items() if name != "medical_self_paid"}
        given_ = household({**unpaid, "wage": 24000}, **filed("relative"))  # 2,000 a month before any receipt
        assert possible(given_, "category") == ["deep", "relative", "none"]
        assert possible(given_, "filing") == ["out_of_hardship", "category_changed", "continued"]
        assert possible({**given_, **NO_FILE, "file_category": None, "file_age_months": None}, "filing") == [
            "new_file",
            "refused",
        ]

    @pytest.mark.parametrize(
        "facts",
        [
            {"file": "none", "file_category": "deep"},
            {"file": "open", "file_category": "no_file"},
            {"file": "none", "file_age_months": 1},
            {"employment": "in_service", "left_service": "retired"},
            {"employment": "retired", "left_service": "no"},
        ],
    )
    def test_contradictions(self, facts: Facts) -> None:
        """Contradictory facts about a file, or about retirement, are refused."""
        with pytest.raises(FactError) as refused:
            assess(WEIHAI, household(**facts))
        assert [problem.code for problem in refused.value.problems] == ["must_broken"]

    def test_divorced_with_a_spouse(self) -> None:
        """A divorced worker has no spouse; with a spouse the question is not needed."""
        with pytest.raises(FactError):
            assess(WEIHAI, household(WORKER, SPOUSE, divorced=True))
        assert ("divorced",) in assess(WEIHAI, household(WORKER, SPOUSE)).household.assumed
        for alone in (household(WORKER), household(WORKER, CHILD)):
            assert ("divorced",) not in assess(WEIHAI, alone).household.assumed
            assert "divorce_certificate" in possible({**alone, "file": "none"}, "materials")


class TestMaterials:
    """新申请人提交全部材料；建档超过一年仍困难的，重填表格，补当年收入证明、医疗自负费用票据、学费票据（A）。

    身份证、户口簿、离婚证、残疾证等不变的材料不重复提交（A）。《相关解释》的材料清单没有取得。
    """

    STUDENT: Facts = {  # noqa: RUF012  # never modified
        **CHILD,
        "education": "high_school",
        "full_time": True,
        "tuition": 1,
        "private_school_fee": 0,
        "self_paid_study_abroad": False,
    }

    def test_new(self) -> None:
        """A new applicant without costs hands in forms, proof of income, identity card and household register."""
        assert holding(household(**NO_FILE), "materials") == {"forms", "income_proof", "id_card", "household_register"}

    def test_each_where_the_facts_call_for_it(self) -> None:
        """Each receipt and certificate is requested with its own fact only."""
        plain_ = holding(household(**NO_FILE), "materials")
        for facts, added in (
            (household({**WORKER, "medical_self_paid": "0.01"}, **NO_FILE), "medical_receipts"),
            (household(WORKER, self.STUDENT, **NO_FILE), "tuition_receipts"),
            (household(**{**NO_FILE, "divorced": True}), "divorce_certificate"),
            (household({**WORKER, "holds_disability_certificate": True}, **NO_FILE), "disability_certificate"),
            (household({**WORKER, "disability_cost": 1}, **NO_FILE), "disability_certificate"),
        ):
            assert holding(facts, "materials") == plain_ | {added}

    def test_compulsory_tuition_by_reading(self) -> None:
        """A receipt is requested if the tuition counts: for compulsory education by reading only."""
        pupil = {**self.STUDENT, "education": "compulsory"}
        given_ = household(WORKER, pupil, **NO_FILE)
        assert "tuition_receipts" not in holding(given_, "materials")
        assert "tuition_receipts" in holding(given_, "materials", compulsory_tuition_counts="yes")

    @pytest.mark.parametrize(("months", "counted_", "due"), [(11, 0, 0), (12, 0, 1), (13, 1, 1)])
    def test_renewal_after_one_year(self, months: int, counted_: int, due: int) -> None:
        """An open file needs this year's papers from the thirteenth month on; from the twelfth by reading."""
        costly = {**WORKER, "medical_self_paid": 1, "holds_disability_certificate": True}
        given_ = household(costly, self.STUDENT, **filed("deep", months, divorced=True))
        renewed = {"forms", "income_proof", "medical_receipts", "tuition_receipts"}
        assert holding(given_, "materials") == (renewed if counted_ else set())
        assert holding(given_, "materials", exactly_one_year="yes") == (renewed if due else set())

    def test_who_leaves_hands_in_nothing(self) -> None:
        """A household refused, out of hardship, withdrawn, cancelled or disqualified needs no papers."""
        rich = {**WORKER, "wage": 99000}
        for facts in (
            household(rich, **NO_FILE),
            household(rich, **filed("deep", 99)),
            household(**filed("deep", 99), unit_has_union=False),
            household(**filed("deep", 99), left_service="transferred"),
            household(**filed("deep", 99), fraud_found=True),
        ):
            assert holding(facts, "materials") == set()

    @few
    @given(households(WEIHAI), all_readings)
    def test_what_does_not_change_is_asked_for_once(self, given_: Facts, readings: dict[str, str]) -> None:
        """With an open file permanent documents are not requested again; only a new applicant hands them in."""
        listed = holding(given_, "materials", **readings)
        if given_["file"] == "open":
            assert not listed & NEVER_AGAIN
        assert bool(listed & NEVER_AGAIN) == (holding(given_, "filing", **readings) == {"new_file"})
        assert {"forms", "income_proof"} <= listed or not listed

    @few
    @given(partial_households(WEIHAI), st.data())
    def test_what_is_certain_stays(self, given_: Facts, data: st.DataObject) -> None:
        """Materials required before all facts are known stay required with one more fact, and no others are added."""
        before = assess(WEIHAI, given_).decisions["materials"]
        after = assess(WEIHAI, completed(data.draw, WEIHAI, given_)).decisions["materials"]
        assert set(before.holding) <= set(after.holding) <= set(after.possible) <= set(before.possible)

    def test_receipts_not_known(self) -> None:
        """If it is unknown whether there are costs, the receipt is neither required nor ruled out."""
        unpaid = {name: value for name, value in WORKER.items() if name != "medical_self_paid"}
        given_ = household(unpaid, **NO_FILE)
        assert category(given_) == "deep"  # without income, for any receipts
        assert "medical_receipts" not in holding(given_, "materials")
        assert "medical_receipts" in possible(given_, "materials")


class TestRecord:
    """因疫情致困的如实记载（A）；建档超过一年的，复核原有档案（A）。"""

    @pytest.mark.parametrize(("earned", "recorded"), [("deep", True), ("relative", True), ("none", False)])
    def test_epidemic(self, earned: str, recorded: bool) -> None:  # noqa: FBT001  # a parameter of the test
        """The epidemic is recorded as the cause of hardship only for a household in hardship."""
        given_ = household({**WORKER, "wage": WAGES[earned]}, **NO_FILE, affected_by_epidemic=True)
        assert holding(given_, "record") == ({"epidemic"} if recorded else set())
        assert holding({**given_, "affected_by_epidemic": False}, "record") == set()

    @pytest.mark.parametrize(("months", "first", "other"), [(0, 0, 0), (11, 0, 0), (12, 0, 1), (13, 1, 1), (720, 1, 1)])
    def test_recheck(self, months: int, first: int, other: int) -> None:
        """A file is due for its check when it is older than twelve months; at twelve by reading."""
        given_ = household(**filed("deep", months))
        assert ("recheck_due" in holding(given_, "record")) == bool(first)
        assert ("recheck_due" in holding(given_, "record", exactly_one_year="yes")) == bool(other)

    @few
    @given(households(WEIHAI), all_readings)
    def test_papers_are_due_only_with_a_check(self, given_: Facts, readings: dict[str, str]) -> None:
        """A household that renews papers has a file due for its check; without a file no check is due."""
        due = "recheck_due" in holding(given_, "record", **readings)
        if given_["file"] == "none":
            assert not due
        elif holding(given_, "materials", **readings):
            assert due


in_scope = {name: value for name, value in HOUSEHOLD.items() if name not in ("on", "residence")}
undecided = partial_households(WEIHAI).map(
    lambda given_: {**{name: value for name, value in given_.items() if name != "left_service"}, **in_scope}
)
"""Partial households in scope and without a listed exclusion: most of them are undecided."""


class TestWhatIsUnknown:
    """没有填写的事实既不使家庭符合，也不使家庭不符合；答案是“可能为其中之一”，以及补充哪些事实就能确定。"""

    @few
    @given(partial_households(WEIHAI), st.data())
    def test_filling_in_never_widens(self, given_: Facts, data: st.DataObject) -> None:
        """With each unknown fact filled in, `possible` stays or shrinks, down to the final category."""
        seen = []
        assessment = assess(WEIHAI, given_)
        for _ in range(200):
            seen.append({outcome.id for outcome in assessment.possible})
            filled = completed(data.draw, WEIHAI, given_)
            if filled == given_:
                break
            given_ = filled
            assessment = assess(WEIHAI, given_)
            assert {outcome.id for outcome in assessment.possible} <= seen[-1]
        assert len(seen[-1]) == 1

    @few
    @given(undecided)
    def test_missing_is_empty_where_decided(self, given_: Facts) -> None:
        """Facts are missing exactly if the category is undecided, and every missing fact is unknown."""
        assessment = assess(WEIHAI, given_)
        assert (assessment.missing == ()) == (assessment.category is not None) == (len(assessment.possible) == 1)
        unknown = {path for path, _ in unknown_paths(WEIHAI, given_)} | {("on",)}
        assert {missing.path for missing in assessment.missing} <= unknown

    @few
    @given(undecided, st.data())
    def test_filling_in_what_is_missing_settles_it(self, given_: Facts, data: st.DataObject) -> None:
        """Filling in all missing facts, repeatedly, decides the category."""
        for _ in range(200):
            missing = [missing.path for missing in assess(WEIHAI, given_).missing]
            if not missing:
                break
            filled = completed(data.draw, WEIHAI, given_, missing)
            assert filled != given_, missing
            given_ = filled
        assert assess(WEIHAI, given_).category is not None

    def test_nothing_known_leaves_everything_possible(self) -> None:
        """Without any facts every outcome is possible, except those that an assumption rules out."""
        nothing: Facts = {"members": [{}], "event_casualty": None, "sudden_cause": None}
        assert [outcome.id for outcome in assess(WEIHAI, nothing).possible] == list(ORDER)
        left_out = assess(WEIHAI, {"members": [{}]})
        assert [outcome.id for outcome in left_out.possible] == [each for each in ORDER if each != "accidental"]
        assert {("event_casualty",), ("sudden_cause",)} <= set(left_out.household.assumed)

    def test_placed_before_the_last_receipt(self) -> None:
        """At 700 a month per person before any expenditure a household is deep, for any receipts."""
        given_ = with_income(Fraction(700), SPOUSE)
        for member in given_["members"]:
            del member["medical_self_paid"]
        assert category(given_) == "deep"


def growing(given_: Facts, head: str, policy: Policy, data: st.DataObject) -> Iterator[Facts]:
    """The household, and the same with growing amounts of one kind for one counted member, from one fen up."""
    yield given_
    before = assess(policy, given_)
    member = data.draw(st.sampled_from([i for i, each in enumerate(before.members) if each["counted"] is True]))
    values = before.household.members[member].values
    now = values[head]
    assert isinstance(now, int | Fraction)
    for fen in (1, 1200, 10**5, 10**6, 5 * 10**6, 10**10):
        changed: Facts = {**given_["members"][member], head: plain(min(now + fen * FEN, Fraction(100_000_000)))}
        if head == "wage":  # which would contradict the monthly one, also if that is 0 for a child under 16
            changed["monthly_wage"] = None
        yield {**given_, "members": [changed if i == member else each for i, each in enumerate(given_["members"])]}


def place(outcome: str, readings: Mapping[str, str]) -> int:
    """The position of an outcome in the decision's order; accidental is before deep if its reading puts it first."""
    if readings["accidental_first"] == "yes":
        return ("out_of_scope", "excluded", "accidental", "deep", "relative", "none").index(outcome)
    return ORDER.index(outcome)
