"""Trying a property on random households, for properties that the prover does not settle."""

from decimal import Decimal
from importlib import import_module
from typing import Any

from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Fact, Policy, Property
from hardship_rules.core.problem import FactError, KeyPath
from hardship_rules.proofs.properties import violates
from hardship_rules.proofs.shrink import Facts, Raised

EXAMPLES = 300
A_SECOND = 100
"""So many random households are tried for each second given; a fixed number, so that every machine tries the same."""
AMOUNTS = (Decimal(0), Decimal("0.01"), Decimal(1), Decimal(100), Decimal(1200), Decimal(10000))


def try_property(policy: Policy, prop: Property, seconds: float) -> tuple[int, tuple[Facts, Raised] | None]:
    """The number of passing examples, or the smallest counterexample with the facts raised in its second household.

    `seconds` limits the number of households tried. It is (0, None) if hypothesis is not installed, or for no seconds.
    """
    try:
        hypothesis, st = import_module("hypothesis"), import_module("hypothesis.strategies")
        households = import_module("hardship_rules.testing.strategies").households(policy)
    except ModuleNotFoundError:
        return 0, None
    if (at_most := min(EXAMPLES, int(seconds * A_SECOND))) <= 0:
        return 0, None
    passed = 0

    def is_counterexample(example: tuple[Facts, list[Decimal]]) -> bool:
        nonlocal passed
        facts, amounts = example
        try:
            raised_facts = raised(policy, prop, facts, amounts)
            violated = violates(policy, prop, facts, raised_facts)
        except FactError:
            return False
        passed += 1
        return violated

    settings = hypothesis.settings(
        max_examples=at_most,
        database=None,
        deadline=None,
        derandomize=True,  # the same examples in every run
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    examples = st.tuples(households, st.lists(st.sampled_from(AMOUNTS), min_size=12, max_size=12))
    try:
        facts, amounts = hypothesis.find(examples, is_counterexample, settings=settings)
    except hypothesis.errors.NoSuchExample:
        return passed, None
    return passed, (facts, raised(policy, prop, facts, amounts))


def raised(policy: Policy, prop: Property, facts: Facts, amounts: list[Decimal]) -> Raised:
    """The facts of a property raised by amounts in turn, where the fact's range allows it."""
    holders: list[tuple[KeyPath, dict[str, Any]]] = [((), facts)]
    holders += [(("members", number), member) for number, member in enumerate(facts["members"])]
    places = [(path, holder, name) for path, holder in holders for name in prop.facts if holder.get(name) is not None]
    raised_facts: Raised = {}
    for number, (path, holder, name) in enumerate(places):
        fact = policy.names[name]
        if isinstance(fact, Fact) and isinstance(fact.kind, NumberKind) and fact.kind.high is not None:
            step = amounts[number % len(amounts)]
            before = Decimal(str(holder[name]))
            after = before + (step if fact.kind.decimals else step.to_integral_value())
            if before < after <= fact.kind.high:
                raised_facts[*path, name] = after
    return raised_facts
