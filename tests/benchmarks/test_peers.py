"""The time of other engines for the same households and measure, in one run; no test of time limits.

The peers implement the measure's chosen readings only. Each gets the household in its own form, prepared beforehand.
The timed part is one decision over facts that are new to the engine. ZEN traces, since reasons need the trace.
OpenFisca is timed with and without its trace.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from peer_measure import DIBAO, HOUSEHOLD, HOUSEHOLDS, INCOMES, JDM, MEMBER, ON, TRACE, Facts, by_hand, decided_by_zen

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

Benchmark = Callable[..., Any]
Engine = Callable[[Facts], Callable[[], str]]  # prepares a household, then decides it as often as needed

WEIHAI = load_policy("2021_weihai")


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


def plain(household: Facts) -> Callable[[], str]:
    """Plain Python with fractions, without reasons."""
    return lambda: by_hand(household)


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
