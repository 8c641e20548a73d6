"""The time of other engines for the same households and measure, in one run; no test of time limits.

The peers implement the measure's chosen readings only. Each gets the household in its own form, prepared beforehand.
The timed part is one decision over facts that are new to the engine. ZEN traces, since reasons need the trace.
OpenFisca is timed with and without its trace.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from hardship_rules import assess, load_policy
from hardship_rules.assessment.assessment import Assessment
from hardship_rules.durable.run import assess as assess_twice

numpy = pytest.importorskip("numpy")
zen = pytest.importorskip("zen")
pytest.importorskip("openfisca_core")
pytest.importorskip("durable")
entities = pytest.importorskip("openfisca_core.entities")
enums = pytest.importorskip("openfisca_core.indexed_enums")
periods = pytest.importorskip("openfisca_core.periods")
simulations = pytest.importorskip("openfisca_core.simulations")
systems = pytest.importorskip("openfisca_core.taxbenefitsystems")
variables = pytest.importorskip("openfisca_core.variables")

Facts = Mapping[str, Any]
Benchmark = Callable[..., Any]
Engine = Callable[[Facts], Callable[[], str]]  # prepares a household, then decides it as often as needed

WEIHAI = load_policy("2021_weihai")
ON = "2021-03-31"
DIBAO = {"urban": 787, "rural": 588}
MEMBER: Facts = {
    "age": 40,
    "lives_together_months": 120,
    "legal_support_duty": True,
    "dependent": False,
    "education": "none",
    "full_time": False,
    "away": "none",
    "wage": 0,
    "business_income": 0,
    "property_income": 0,
    "transfer_income": 0,
    "other_income": 0,
    "medical_self_paid": 0,
    "tuition": 0,
    "disability_cost": 0,
    "private_school_fee": 0,
    "public_school_fee": 0,
    "self_paid_study_abroad": False,
}
HOUSEHOLD: Facts = {
    "unit_has_union": True,
    "employment": "in_service",
    "lives_in_city": True,
    "labour_relation_months": 24,
    "residence": "urban",
    "event_casualty": "none",
    "sudden_cause": "none",
    "sudden_loss": 0,
    "sudden_compensation": 0,
    "controls_company": False,
    "homes": 1,
    "floor_area_above_local_average": False,
    "motor_vehicle": False,
    "vehicle_is_mobility_aid": False,
    "refuses_verification": False,
}
PUPIL: Facts = {"age": 9, "education": "compulsory", "full_time": True, "tuition": 700}
STUDENT: Facts = {"age": 20, "education": "bachelor", "full_time": True, "tuition": 5000.5}


def family(wage: float, child: Facts, second: Facts = PUPIL, **facts: object) -> Facts:
    """A worker and a spouse with the same wage and medical costs, and two children."""
    parent = {**MEMBER, "wage": wage, "medical_self_paid": 4700.25}
    members = [
        {"relation": "self", **parent},
        {"relation": "spouse", **parent},
        {"relation": "child", **MEMBER, **child},
        {"relation": "child", **MEMBER, **second},
    ]
    return {**HOUSEHOLD, **facts, "members": members}


SUDDEN: Facts = {"sudden_cause": "illness", "sudden_loss": 180000.5, "sudden_compensation": 20000}
HIGH_FEE: Facts = {"private_school_fee": 30000, "public_school_fee": 4000}

# Away from every line by more than the peers' binary rounding: on the line they may differ from exact arithmetic.
HOUSEHOLDS: list[tuple[str, Facts]] = [
    ("deep", family(20000, PUPIL)),
    ("relative", family(20000, PUPIL, residence="rural")),
    ("relative", family(38000, STUDENT, employment="migrant")),
    ("relative", family(20000, PUPIL, {**STUDENT, "education": "postgraduate"})),
    ("none", family(60000, STUDENT)),
    ("none", family(90000, PUPIL, **{**SUDDEN, "sudden_loss": 150000})),
    ("excluded", family(20000, {**PUPIL, **HIGH_FEE})),
    ("excluded", family(20000, PUPIL, motor_vehicle=True)),
    ("out_of_scope", family(20000, PUPIL, employment="migrant", labour_relation_months=11)),
    ("accidental", family(90000, PUPIL, **SUDDEN)),
    ("accidental", family(90000, PUPIL, event_casualty="disabled")),
]


def reached(assessment: Assessment) -> str:
    """The category of an assessment with complete facts."""
    assert assessment.category is not None
    return assessment.category.id


def assessed(household: Facts) -> Callable[[], str]:
    """The library's category, without reasons."""
    return lambda: reached(assess(WEIHAI, household, ON))


def reasoned(household: Facts) -> Callable[[], str]:
    """The library's category with its reasons; later decisions are not evaluated, as no peer has them."""

    def decide() -> str:
        assessment = assess(WEIHAI, household, ON)
        assert assessment.decided.reasons
        return reached(assessment)

    return decide


def durable(household: Facts) -> Callable[[], str]:
    """All decisions of the library, also those on the file, compared with durable-rules."""
    whole = {**household, "file": "none"}
    return lambda: reached(assess_twice(WEIHAI, whole, ON).assessment)


# Plain Python


def counts(member: Facts) -> bool:
    """Whether a member counts as one of the household."""
    relation = member["relation"]
    if relation == "self":
        return True
    if member["away"] in {"religious_3_years", "prison", "rehabilitation", "missing"}:
        return False
    if relation == "child":
        studies = member["full_time"] and member["education"] not in {"none", "postgraduate"}
        return bool(member["age"] < 18 or member["dependent"] or studies)
    return bool(relation == "spouse" or (member["legal_support_duty"] and member["lives_together_months"] >= 12))


def barred(child: Facts) -> bool:
    """Whether a child's schooling excludes the household."""
    dear = Fraction(child["private_school_fee"]) > 2 * Fraction(child["public_school_fee"])
    return bool(dear or child["self_paid_study_abroad"])


INCOMES = ("wage", "business_income", "property_income", "transfer_income", "other_income")


def rigid_of(member: Facts) -> Fraction:
    """A member's rigid expenditure."""
    tuition = 0 if member["education"] == "compulsory" else member["tuition"]
    return Fraction(member["medical_self_paid"]) + Fraction(tuition) + Fraction(member["disability_cost"])


def by_hand(household: Facts) -> str:
    """The category as a programmer would write it."""
    migrant = household["employment"] == "migrant"
    if not household["unit_has_union"] or household["employment"] not in {"in_service", "migrant"}:
        return "out_of_scope"
    if migrant and (not household["lives_in_city"] or household["labour_relation_months"] < 12):
        return "out_of_scope"
    if (
        any(barred(member) for member in household["members"] if member["relation"] == "child")
        or household["controls_company"]
        or (household["homes"] >= 2 and household["floor_area_above_local_average"])
        or (household["motor_vehicle"] and not household["vehicle_is_mobility_aid"])
        or household["refuses_verification"]
    ):
        return "excluded"
    counted = [member for member in household["members"] if counts(member)]
    income = sum((Fraction(member[name]) for member in counted for name in INCOMES), Fraction())
    net = (income - sum(map(rigid_of, counted))) / 12 / len(counted)
    standard = DIBAO[household["residence"]]
    if net < standard:
        return "deep"
    if net < 2 * standard:
        return "relative"
    left = Fraction(household["sudden_loss"]) - Fraction(household["sudden_compensation"])
    sudden = household["sudden_cause"] != "none" and left > 0 and left > Fraction(8, 10) * income
    return "accidental" if household["event_casualty"] != "none" or sudden else "none"


def plain(household: Facts) -> Callable[[], str]:
    """Plain Python with fractions, without reasons."""
    return lambda: by_hand(household)


# ZEN

EXPRESSIONS = {
    "counted": (
        "filter(members, #.relation == 'self' or (not (#.away in ['religious_3_years', 'prison', 'rehabilitation',"
        " 'missing']) and (#.relation == 'spouse' or (#.relation == 'child' and (#.age < 18 or #.dependent or"
        " (#.full_time and #.education in ['preschool', 'compulsory', 'high_school', 'bachelor']))) or"
        " (#.relation in ['parent', 'other'] and #.legal_support_duty and #.lives_together_months >= 12))))"
    ),
    "incomes": "map($.counted, #.wage + #.business_income + #.property_income + #.transfer_income + #.other_income)",
    "rigids": (
        "map($.counted, #.medical_self_paid + (#.education == 'compulsory' ? 0 : #.tuition) + #.disability_cost)"
    ),
    "income": "sum($.incomes)",
    "rigid": "sum($.rigids)",
    "people": "len($.counted)",
    "net_income_per_person": "($.income - $.rigid) / 12 / $.people",
    "standard": f"residence == 'urban' ? {DIBAO['urban']} : {DIBAO['rural']}",
    "left": "sudden_loss - sudden_compensation",
    "out_of_scope": (
        "not unit_has_union or not (employment in ['in_service', 'migrant']) or (employment == 'migrant' and"
        " (not lives_in_city or labour_relation_months < 12))"
    ),
    "excluded": (
        "some(members, #.relation == 'child' and (#.private_school_fee > 2 * #.public_school_fee or"
        " #.self_paid_study_abroad)) or controls_company or (homes >= 2 and floor_area_above_local_average) or"
        " (motor_vehicle and not vehicle_is_mobility_aid) or refuses_verification"
    ),
    "accidental": ("event_casualty != 'none' or (sudden_cause != 'none' and $.left > 0 and $.left > 0.8 * $.income)"),
}
ROWS = [
    {"out_of_scope": "true", "category": "'out_of_scope'"},
    {"excluded": "true", "category": "'excluded'"},
    {"net_income_per_person": "< standard", "category": "'deep'"},
    {"net_income_per_person": "< 2 * standard", "category": "'relative'"},
    {"accidental": "true", "category": "'accidental'"},
    {"category": "'none'"},
]
COLUMNS = ("out_of_scope", "excluded", "net_income_per_person", "accidental")
NODES: list[dict[str, object]] = [
    {"id": "in", "type": "inputNode", "name": "household", "content": {}},
    {
        "id": "terms",
        "type": "expressionNode",
        "name": "terms",
        "content": {
            "expressions": [{"id": key, "key": key, "value": value} for key, value in EXPRESSIONS.items()],
            "passThrough": True,
        },
    },
    {
        "id": "category",
        "type": "decisionTableNode",
        "name": "category",
        "content": {
            "hitPolicy": "first",
            "inputs": [{"id": name, "name": name, "field": name} for name in COLUMNS],
            "outputs": [{"id": "category", "name": "category", "field": "category"}],
            "rules": [
                {"_id": str(number), **dict.fromkeys(COLUMNS, ""), **row} for number, row in enumerate(ROWS, start=1)
            ],
        },
    },
    {"id": "out", "type": "outputNode", "name": "result", "content": {}},
]
ORDER = [str(node["id"]) for node in NODES]
JDM = json.dumps(
    {
        "nodes": [{**node, "position": {"x": 0, "y": 0}} for node in NODES],
        "edges": [
            {"id": f"{source}-{target}", "type": "edge", "sourceId": source, "targetId": target}
            for source, target in pairwise(ORDER)
        ],
    }
)
TRACE = {"trace": True}


def decided_by_zen(response: Mapping[str, Any]) -> str:
    """The category of a response that includes its trace."""
    assert response["trace"]
    return str(response["result"]["category"])


def zen_once_read(household: Facts) -> Callable[[], str]:
    """ZEN with a decision created once, from parsed content."""
    decision = zen.ZenEngine().create_decision(zen.ZenDecisionContent(JDM))
    return lambda: decided_by_zen(decision.evaluate(household, TRACE))


def zen_once(household: Facts) -> Callable[[], str]:
    """ZEN with a decision created once, from its text."""
    decision = zen.ZenEngine().create_decision(JDM)
    return lambda: decided_by_zen(decision.evaluate(household, TRACE))


def zen_each(household: Facts) -> Callable[[], str]:
    """ZEN with a decision created for each household, from its text."""
    engine = zen.ZenEngine()
    return lambda: decided_by_zen(engine.create_decision(JDM).evaluate(household, TRACE))


def zen_loader(household: Facts) -> Callable[[], str]:
    """ZEN with a loader that returns the decision's text, as in its documentation."""
    engine = zen.ZenEngine({"loader": lambda _: JDM})
    return lambda: decided_by_zen(engine.evaluate("category", household, TRACE))


def zen_loader_read(household: Facts) -> Callable[[], str]:
    """ZEN with a loader that returns the parsed decision."""
    content = zen.ZenDecisionContent(JDM)
    engine = zen.ZenEngine({"loader": lambda _: content})
    return lambda: decided_by_zen(engine.evaluate("category", household, TRACE))


# OpenFisca

PERSON = entities.build_entity("person", "persons", "person", is_person=True)
HOME = entities.build_entity(
    "household", "households", "household", roles=[{"key": "member", "plural": "members", "label": "member"}]
)
OPTIONS = {
    "relation": enums.Enum("Relation", ["self", "spouse", "child", "parent", "other"]),
    "education": enums.Enum(
        "Education", ["none", "preschool", "compulsory", "high_school", "bachelor", "postgraduate"]
    ),
    "away": enums.Enum("Away", ["none", "religious_3_years", "prison", "rehabilitation", "missing", "conscript"]),
    "employment": enums.Enum("Employment", ["in_service", "migrant", "new_form", "laid_off", "retired"]),
    "residence": enums.Enum("Residence", ["urban", "rural"]),
    "event_casualty": enums.Enum("Casualty", ["none", "disabled", "died_on_duty"]),
    "sudden_cause": enums.Enum("Cause", ["none", "event", "injury", "illness"]),
    "category": enums.Enum("Category", ["none", "out_of_scope", "excluded", "deep", "relative", "accidental"]),
}
Group = Callable[..., Any]


def is_any(group: Group, period: object, fact: str, *options: str) -> Any:
    """Where a fact equals one of some options."""
    given = group(fact, period)
    return numpy.any([given == OPTIONS[fact][option] for option in options], axis=0)


def of_counted(person: Group, period: object, _: object) -> Any:
    """Whether a member counts as one of the household."""
    present = ~is_any(person, period, "away", "religious_3_years", "prison", "rehabilitation", "missing")
    level = is_any(person, period, "education", "preschool", "compulsory", "high_school", "bachelor")
    young = (person("age", period) < 18) | person("dependent", period) | (person("full_time", period) & level)
    supported = person("legal_support_duty", period) & (person("lives_together_months", period) >= 12)
    kin = (
        is_any(person, period, "relation", "spouse")
        | (is_any(person, period, "relation", "child") & young)
        | (is_any(person, period, "relation", "parent", "other") & supported)
    )
    return is_any(person, period, "relation", "self") | (present & kin)


def of_member_income(person: Group, period: object, _: object) -> Any:
    """A counted member's income."""
    return person("counted", period) * sum(person(name, period) for name in INCOMES)


def of_member_rigid(person: Group, period: object, _: object) -> Any:
    """A counted member's rigid expenditure."""
    tuition = numpy.where(is_any(person, period, "education", "compulsory"), 0, person("tuition", period))
    return person("counted", period) * (
        person("medical_self_paid", period) + tuition + person("disability_cost", period)
    )


def of_barred(person: Group, period: object, _: object) -> Any:
    """Whether a member is a child whose schooling excludes the household."""
    dear = person("private_school_fee", period) > 2 * person("public_school_fee", period)
    return is_any(person, period, "relation", "child") & (dear | person("self_paid_study_abroad", period))


def of_income(household: Any, period: object, _: object) -> Any:
    """The household's income."""
    return household.sum(household.members("member_income", period))


def of_net(household: Any, period: object, _: object) -> Any:
    """The net income per person and month."""
    rigid = household.sum(household.members("member_rigid", period))
    people = household.sum(household.members("counted", period))
    return (household("income", period) - rigid) / 12 / people


def of_scope(household: Any, period: object, _: object) -> Any:
    """Whether the household is out of the measure's scope."""
    outside = ~household("lives_in_city", period) | (household("labour_relation_months", period) < 12)
    return (
        ~household("unit_has_union", period)
        | ~is_any(household, period, "employment", "in_service", "migrant")
        | (is_any(household, period, "employment", "migrant") & outside)
    )


def of_excluded(household: Any, period: object, _: object) -> Any:
    """Whether the household is excluded."""
    return (
        household.any(household.members("barred", period))
        | household("controls_company", period)
        | ((household("homes", period) >= 2) & household("floor_area_above_local_average", period))
        | (household("motor_vehicle", period) & ~household("vehicle_is_mobility_aid", period))
        | household("refuses_verification", period)
    )


def of_accidental(household: Any, period: object, _: object) -> Any:
    """Whether the household is in hardship by accident."""
    left = household("sudden_loss", period) - household("sudden_compensation", period)
    much = (left > 0) & (left > 0.8 * household("income", period))
    sudden = ~is_any(household, period, "sudden_cause", "none") & much
    return ~is_any(household, period, "event_casualty", "none") | sudden


def of_category(household: Any, period: object, _: object) -> Any:
    """The household's category."""
    urban = is_any(household, period, "residence", "urban")
    standard = numpy.where(urban, DIBAO["urban"], DIBAO["rural"])
    net = household("net_income_per_person", period)
    category = OPTIONS["category"]
    return numpy.select(
        [
            household("out_of_scope", period),
            household("excluded", period),
            net < standard,
            net < 2 * standard,
            household("accidental", period),
        ],
        [category[name] for name in ("out_of_scope", "excluded", "deep", "relative", "accidental")],
        category["none"],
    )


def variable(name: str, entity: object, kind: type, formula: object = None) -> Any:
    """A variable by year, with its formula unless it is given."""
    body: dict[str, object] = {
        "entity": entity,
        "definition_period": periods.DateUnit.YEAR,
        "label": name,
        "value_type": kind,
    }
    if name in OPTIONS:
        options = OPTIONS[name]
        body |= {"value_type": enums.Enum, "possible_values": options, "default_value": next(iter(options))}
    if formula is not None:
        body["formula"] = formula
    return type(name, (variables.Variable,), body)


def kind_of(given: object) -> type:
    """The kind of a fact: boolean or number."""
    return bool if isinstance(given, bool) else float


def variables_of_measure() -> Iterator[Any]:
    """The variables: the facts, and the values computed from them."""
    yield variable("relation", PERSON, str)
    for name, given in MEMBER.items():
        yield variable(name, PERSON, kind_of(given))
    for name, given in HOUSEHOLD.items():
        yield variable(name, HOME, kind_of(given))
    yield variable("counted", PERSON, bool, of_counted)
    yield variable("member_income", PERSON, float, of_member_income)
    yield variable("member_rigid", PERSON, float, of_member_rigid)
    yield variable("barred", PERSON, bool, of_barred)
    yield variable("income", HOME, float, of_income)
    yield variable("net_income_per_person", HOME, float, of_net)
    yield variable("out_of_scope", HOME, bool, of_scope)
    yield variable("excluded", HOME, bool, of_excluded)
    yield variable("accidental", HOME, bool, of_accidental)
    yield variable("category", HOME, str, of_category)


SYSTEM = systems.TaxBenefitSystem([PERSON, HOME])
SYSTEM.add_variables(*variables_of_measure())


def situation(household: Facts) -> dict[str, object]:
    """A household in OpenFisca's form."""
    persons = {
        str(number): {name: {"2021": given} for name, given in member.items()}
        for number, member in enumerate(household["members"])
    }
    facts = {name: {"2021": given} for name, given in household.items() if name != "members"}
    return {"persons": persons, "households": {"one": {"members": list(persons), **facts}}}


def simulated(given: dict[str, object], *, trace: bool) -> str:
    """The category of one household in a simulation of its own."""
    simulation = simulations.SimulationBuilder().build_from_dict(SYSTEM, given)
    simulation.trace = trace
    return str(simulation.calculate("category", "2021").decode_to_str()[0])


def openfisca(household: Facts) -> Callable[[], str]:
    """OpenFisca with one household in a simulation."""
    given = situation(household)
    return lambda: simulated(given, trace=False)


def openfisca_traced(household: Facts) -> Callable[[], str]:
    """OpenFisca with one household in a simulation, and its trace."""
    given = situation(household)
    return lambda: simulated(given, trace=True)


ENGINES: dict[str, Engine] = {
    "assess": assessed,
    "assess_reasons": reasoned,
    "zen_once": zen_once,
    "zen_once_read": zen_once_read,
    "zen_each": zen_each,
    "zen_loader": zen_loader,
    "zen_loader_read": zen_loader_read,
    "openfisca": openfisca,
    "openfisca_traced": openfisca_traced,
    "plain": plain,
    "durable": durable,
}


@pytest.mark.parametrize("name", ENGINES)
def test_same_categories(name: str) -> None:
    """Every engine gives the categories of `assess`, which equal those computed by hand."""
    expected = [category for category, _ in HOUSEHOLDS]
    assert [assessed(household)() for _, household in HOUSEHOLDS] == expected
    assert [ENGINES[name](household)() for _, household in HOUSEHOLDS] == expected


@pytest.mark.parametrize("name", ENGINES)
def test_decide(benchmark: Benchmark, name: str) -> None:
    """Each engine decides the first household."""
    category, household = HOUSEHOLDS[0]
    assert benchmark(ENGINES[name](household)) == category
