"""The nearest change of each fact that gives another category: proved over ranges, confirmed by assessing again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import assert_never, cast

from attrs import frozen

from hardship_rules.assessment.api import assess
from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.change import Change
from hardship_rules.assessment.household import HouseholdText
from hardship_rules.assessment.lines import lines_from
from hardship_rules.assessment.nearest_value import NearestValue
from hardship_rules.assessment.outcomes import Outcomes
from hardship_rules.comparison.would_change import Changes
from hardship_rules.core.model import Fact, Policy
from hardship_rules.core.problems import Path
from hardship_rules.core.ranges import Exact
from hardship_rules.core.values import ChoiceKind, DateKind, NumberKind, Value, YesNoKind
from hardship_rules.engine.meaning import is_known


def what_would_change(
    policy: Policy, household: Mapping[str, object] | HouseholdText, on: date | str | None = None
) -> Changes:
    """What would change a household's category: of each known fact by itself, the others as they are.

    Of a number it is the least change upward and the least downward, to the fact's smallest unit; of a yes-or-no and
    of a choice, each other option that gives another category. Each is confirmed by assessing the household with that
    change; with one smallest unit less it was assessed too, and its category is still the same. What lies outside a
    fact's range or breaks a `must` is no household and no change. What stands in for facts left out follows. Days are
    not changed. Of an undecided household there is nothing, and `missing` says why. Raises what `assess` raises.
    """
    assessment = assess(policy, household, on)
    decided = assessment.category is not None
    return Changes(
        assessment, tuple(_Changes(assessment, NearestValue(assessment.outcomes)).changes()) if decided else ()
    )


@frozen
class _Changes:
    """The changes of one decided household."""

    assessment: Assessment
    search: NearestValue

    def changes(self) -> Iterator[Change]:
        """The nearest of each number in both directions, and every other option, that give another category."""
        for path, fact, now in self.known_facts():
            match fact.kind:
                case NumberKind() as kind:
                    lines = (self.search.nearest(path, line) for line in lines_from(kind, cast(Exact, now)))
                    found: list[tuple[Value, Outcomes]] = [(new, after) for new, _, after in filter(None, lines)]
                case ChoiceKind(options):
                    found = list(self.others(path, [option for option in options if option != now]))
                case YesNoKind():
                    found = list(self.others(path, [not now]))
                case DateKind():
                    found = []
                case _:
                    assert_never(fact.kind)
            yield from (Change(path, fact, now, new, Assessment(after)) for new, after in found)

    def known_facts(self) -> Iterator[tuple[Path, Fact, Value]]:
        """The facts that are known, the household's own first, with their values."""
        policy, household = self.assessment.policy, self.assessment.household
        whole = ((("members", number), member.values) for number, member in enumerate(household.members))
        for before, values in (((), household.values), *whole):
            for name, fact in (policy.members.facts if before else policy.facts).items():
                if is_known(values[name]):
                    yield (*before, name), fact, values[name]

    def others(self, path: Path, options: Iterable[Value]) -> Iterator[tuple[Value, Outcomes]]:
        """The options that give another category."""
        for option in options:
            after = self.search.changed(path, option)
            if after is not None:
                yield option, after
