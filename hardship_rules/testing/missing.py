"""Missing cases: for items that no case covers, a household found by the prover, to be confirmed by hand."""

from collections.abc import Callable, Iterator, Mapping

from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy
from hardship_rules.explanation.forms import yaml_scalar
from hardship_rules.locale import sentences
from hardship_rules.proofs.prover import MEMBERS, SECONDS, Answer, Proof, Prover, Shown
from hardship_rules.proofs.shrink import Facts, shrink_counterexample
from hardship_rules.proofs.text import household_text
from hardship_rules.testing._coverage import Coverage, Item, exercised, exercises, item_text
from hardship_rules.testing.cases import UNDECIDED, answer_text

_FEW = 2
"""So many members are tried first: households of few members are easier to read."""
_TITLES = 3
"""The title of a case names so many items; the others are counted."""


@frozen
class MissingCase:
    """A household that exercises items that no case covers, under some readings, with its assessment."""

    items: tuple[Item, ...]
    facts: Facts = field(repr=False, hash=False)
    readings: FrozenMapping[str, str]
    assessment: Assessment = field(repr=False)


@frozen
class Search:
    """The result of a search: the cases, the items that were not settled in time, and the coverage afterwards.

    Items proved to be out of reach are `unreachable` in the new coverage. Households have up to `members` members.
    """

    coverage: Coverage
    found: tuple[MissingCase, ...]
    not_settled: tuple[Item, ...]
    members: int


def search(
    coverage: Coverage,
    members: int = MEMBERS,
    seconds: float = SECONDS,
    progress: Callable[[int, int], None] | None = None,
) -> Search:
    """For each missing item a household that exercises it, or the proof that there is none.

    One household may exercise several items. It is searched for under the policy's readings first, then under any. Each
    item may take `seconds`. `progress` is called with the number of items done and the number of all.
    """
    cases: list[MissingCase] = []
    unreachable, not_settled = set(coverage.unreachable), []
    remaining = dict.fromkeys(coverage.missing)
    provers = _Provers(coverage.policy, members)
    for number, item in enumerate(coverage.missing):
        if progress is not None:
            progress(number, len(coverage.missing))
        if item not in remaining:
            continue
        answer = provers.answer(item, seconds)
        case = _case(coverage.policy, item, answer, remaining) if isinstance(answer, Shown) else None
        if case is not None:
            cases.append(case)
            for exercised_item in case.items:
                del remaining[exercised_item]
            continue
        del remaining[item]
        if isinstance(answer, Proof):
            unreachable.add(item)
        else:
            not_settled.append(item)
    after = evolve(
        coverage,
        unreachable=tuple(item for item in (*coverage.unreachable, *coverage.missing) if item in unreachable),
        missing=tuple(item for item in coverage.missing if item not in unreachable),
    )
    return Search(after, tuple(cases), tuple(not_settled), provers.members)


class _Provers:
    """The provers of a policy, made on first use: for few members, for all, then the same under any readings."""

    def __init__(self, policy: Policy, members: int) -> None:
        self.policy = policy
        self.members = min(members, policy.members.at_most)
        sizes = dict.fromkeys((min(_FEW, self.members), self.members))
        self.order = [*((size, False) for size in sizes), *((size, True) for size in sizes)]
        self.provers: dict[tuple[int, bool], Prover] = {}

    def answer(self, item: Item, seconds: float) -> Answer:
        """The first household that exercises an item, or the answer of the last prover."""
        for members, any_readings in self.order:
            prover = self.provers.get((members, any_readings))
            if prover is None:
                prover = Prover(self.policy, members, any_readings=any_readings)
                self.provers[members, any_readings] = prover
            answer = prover.find([prover.encoding.truth(item.when)], seconds)
            if isinstance(answer, Shown):
                break
        return answer


def _case(policy: Policy, item: Item, shown: Shown, missing: Mapping[Item, None]) -> MissingCase | None:
    """The case of a household, shrunk to the facts that matter; None if it depends on an unpublished number."""
    readings, complete = _fewest_readings(policy, item, shown)
    variant = complete.policy
    if complete.category is None or not exercises(complete, item):
        return None

    def still_exercises(facts: Facts, _: object) -> bool:
        assessment = assess(variant, facts)
        return exercises(assessment, item) and assessment.category == complete.category

    facts, _ = shrink_counterexample(variant, shown.facts, {}, still_exercises)
    without_day = {name: value for name, value in facts.items() if name != "on"}
    facts = without_day if still_exercises(without_day, None) else facts
    assessment = assess(variant, facts)
    exercised_items = exercised(assessment)
    items = (item, *(other for other in missing if other in exercised_items and other != item))
    return MissingCase(items, facts, readings, assessment)


def _fewest_readings(policy: Policy, item: Item, shown: Shown) -> tuple[FrozenMapping[str, str], Assessment]:
    """Those of the household's changed readings that the item needs, and the assessment under them."""
    readings = dict(shown.readings)
    assessment = assess(policy.with_readings(readings), shown.facts)
    for name in shown.readings:
        fewer = {other: option for other, option in readings.items() if other != name}
        under_fewer = assess(policy.with_readings(fewer), shown.facts)
        if exercises(under_fewer, item):
            readings, assessment = fewer, under_fewer
    return FrozenMapping(readings), assessment


# --- As a file of cases ------------------------------------------------------------------------------------------


def cases_text(policy: Policy, cases: tuple[MissingCase, ...]) -> str:
    """A file of the cases, each marked as not confirmed."""
    say = sentences("missing_cases")
    head = [f"# {say[key]}" for key in ("head_generated", "head_confirm", "head_counted")]
    head += [f"policy: {yaml_scalar(policy.name)}", "cases:"]
    return "\n".join([*head, *(line for case in cases for line in _lines(policy, case, say))]) + "\n"


def _lines(policy: Policy, case: MissingCase, say: Mapping[str, str]) -> Iterator[str]:
    titles = [item_text(policy, item) for item in case.items]
    more = say["title_more"].format(count=len(titles)) if len(titles) > _TITLES else ""
    yield f"  - title: {yaml_scalar(say['title_join'].join(titles[:_TITLES]) + more)}"
    yield "    confirmed: false"
    if "on" in case.facts:
        yield f"    on: {case.facts['on']}"
    yield "    household:"
    facts = {name: value for name, value in case.facts.items() if name != "on"}
    yield household_text(policy, facts, "      ").rstrip("\n")
    if case.readings:
        yield "    readings:"
        yield from (f"      {name}: {option}" for name, option in case.readings.items())
    yield "    expect:"
    decided = case.assessment.decided
    yield f"      category: {decided.outcome.id if decided.outcome else UNDECIDED}"
    names = dict.fromkeys(item.id.partition(".")[0] for item in case.items)
    decisions = [name for name in names if name in policy.decisions and name != policy.category.name]
    if decisions:
        yield "      decisions:"
    for name in decisions:
        holding = [outcome.id for outcome in case.assessment.decisions[name].holding]
        yield f"        {name}: [{', '.join(holding)}]"
    terms = [name for name in names if name in case.assessment.terms and name in policy.terms]
    if terms:
        yield "      terms:"
        yield from (f"        {name}: {answer_text(case.assessment.terms[name])}" for name in terms)
    yield f"    because: {yaml_scalar(say['because'])}"
