"""A property that could not be proved is tried on households that hypothesis draws."""

from decimal import Decimal
from importlib import import_module
from time import monotonic
from typing import Any

from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Fact, Policy, Property
from hardship_rules.core.problem import FactError, Path
from hardship_rules.proofs.properties import breaks
from hardship_rules.proofs.shrink import Facts, Raised

EXAMPLES = 300
MORE = (Decimal(0), Decimal("0.01"), Decimal(1), Decimal(100), Decimal(1200), Decimal(10000))


def tried(policy: Policy, each: Property, seconds: float) -> tuple[int, tuple[Facts, Raised] | None]:
    """How many households kept a property, or the smallest that does not, with what is raised in the second.

    Nothing is tried where hypothesis is not installed, or is out of time before the first household is drawn.
    """
    try:
        hypothesis, st = import_module("hypothesis"), import_module("hypothesis.strategies")
        households = import_module("hardship_rules.testing.strategies").households(policy)
    except ModuleNotFoundError:
        return 0, None
    until = monotonic() + seconds
    kept: list[None] = []
    broke: list[tuple[Facts, Raised]] = []

    def broken(drawn: tuple[Facts, list[Decimal]]) -> bool:
        if monotonic() > until:
            return False
        facts, more = drawn
        try:
            more_of = raised(policy, each, facts, more)
            found = breaks(policy, each, facts, more_of)
        except FactError:
            return False
        kept.append(None)
        if found:
            broke.append((facts, more_of))
        return found

    settings = hypothesis.settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=True,  # a report of proofs says the same in every run
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    amounts = st.lists(st.sampled_from(MORE), min_size=12, max_size=12)
    try:
        facts, more = hypothesis.find(st.tuples(households, amounts), broken, settings=settings)
    except hypothesis.errors.NoSuchExample:
        return len(kept), None
    except hypothesis.errors.Flaky:  # out of time while it was made smaller: the last that was found
        return len(kept), broke[-1]
    return len(kept), (facts, raised(policy, each, facts, more))


def raised(policy: Policy, each: Property, facts: Facts, more: list[Decimal]) -> Raised:
    """The facts of a property raised by some amounts, in turn, as far as they may go."""
    holders: list[tuple[Path, dict[str, Any]]] = [((), facts)]
    holders += [(("members", number), member) for number, member in enumerate(facts["members"])]
    paths = [(path, member, name) for path, member in holders for name in each.facts if member.get(name) is not None]
    found: Raised = {}
    for number, (path, holder, name) in enumerate(paths):
        fact = policy.names[name]
        if isinstance(fact, Fact) and isinstance(fact.kind, NumberKind) and fact.kind.high is not None:
            step = more[number % len(more)]
            amount = Decimal(str(holder[name])) + (step if fact.kind.decimals else step.to_integral_value())
            if amount <= fact.kind.high and amount > Decimal(str(holder[name])):
                found[*path, name] = amount
    return found
