"""Cases that are missing: a household for what no case exercises, found by proof, to be confirmed by hand."""

from collections.abc import Callable, Iterator, Mapping

from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy
from hardship_rules.explanation.forms import written
from hardship_rules.proofs.prover import MEMBERS, SECONDS, Answer, Proof, Prover, Shown
from hardship_rules.proofs.shrink import Facts, household_text, smallest
from hardship_rules.testing._coverage import Coverage, Item, exercised, exercises, told
from hardship_rules.testing.cases import UNDECIDED, answer_text

_FEW = 2  # members, with which a household is looked for first: they are easier to read
_TITLES = 3  # things exercised that a case's title names; the others are counted
_HEAD = (
    "# 以下算例由程序搜索得出：每一例检验一处还没有算例检验的地方，结果是程序算出的，不一定对。",
    "# 逐例对照规定手工核对：结果对的，把“because”改写为怎样算出，去掉“confirmed: false”；不对的，改正政策或结果。",
    "# 未核对的算例单独计数，不算通过。",
)


@frozen
class MissingCase:
    """A household that exercises something that no case does, under some readings, with what came of it."""

    items: tuple[Item, ...]
    facts: Facts = field(repr=False, hash=False)
    readings: FrozenMapping[str, str]
    assessment: Assessment = field(repr=False)


@frozen
class Search:
    """What came of searching: the cases found, what was not settled in time, and the coverage with what is proved."""

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
    """A household for everything missing, under the policy's readings or else any, or the proof that there is none.

    A household that exercises several things stands for all of them. `seconds` are for each thing that is missing.
    """
    found: list[MissingCase] = []
    unreachable, not_settled = set(coverage.unreachable), []
    left = dict.fromkeys(coverage.missing)
    provers = _Provers(coverage.policy, members)
    for number, item in enumerate(coverage.missing):
        if progress is not None:
            progress(number, len(coverage.missing))
        if item not in left:
            continue
        answer = provers.answer(item, seconds)
        case = _case(coverage.policy, item, answer, left) if isinstance(answer, Shown) else None
        if case is not None:
            found.append(case)
            for each in case.items:
                del left[each]
            continue
        del left[item]
        if isinstance(answer, Proof):
            unreachable.add(item)
        else:
            not_settled.append(item)
    after = evolve(
        coverage,
        unreachable=tuple(item for item in (*coverage.unreachable, *coverage.missing) if item in unreachable),
        missing=tuple(item for item in coverage.missing if item not in unreachable),
    )
    return Search(after, tuple(found), tuple(not_settled), provers.members)


class _Provers:
    """The provers of a policy, each made when it is first needed: few members, then more, then under any readings."""

    def __init__(self, policy: Policy, members: int) -> None:
        self.policy = policy
        self.members = min(members, policy.members.at_most)
        sizes = dict.fromkeys((min(_FEW, self.members), self.members))
        self.ways = [*((size, False) for size in sizes), *((size, True) for size in sizes)]
        self.made: dict[tuple[int, bool], Prover] = {}

    def answer(self, item: Item, seconds: float) -> Answer:
        """The first household found, else what came of asking with all members and under any readings."""
        for members, any_readings in self.ways:
            prover = self.made.get((members, any_readings))
            if prover is None:
                prover = Prover(self.policy, members, any_readings=any_readings)
                self.made[members, any_readings] = prover
            answer = prover.find([prover.condition(item.when)], seconds)
            if isinstance(answer, Shown):
                break
        return answer


def _case(policy: Policy, item: Item, shown: Shown, left: Mapping[Item, None]) -> MissingCase | None:
    """The case of a household, with the facts that matter only; None where it rests on what is not published."""
    readings, whole = _few_readings(policy, item, shown)
    variant = whole.policy
    if whole.category is None or not exercises(whole, item):
        return None

    def is_so(facts: Facts, _: object) -> bool:
        assessment = assess(variant, facts)
        return exercises(assessment, item) and assessment.category == whole.category

    facts, _ = smallest(variant, shown.facts, {}, is_so)
    without_day = {name: value for name, value in facts.items() if name != "on"}
    facts = without_day if is_so(without_day, None) else facts
    assessment = assess(variant, facts)
    also = exercised(assessment)
    items = (item, *(each for each in left if each in also and each != item))
    return MissingCase(items, facts, readings, assessment)


def _few_readings(policy: Policy, item: Item, shown: Shown) -> tuple[FrozenMapping[str, str], Assessment]:
    """The readings of those found that the item needs, and what comes of the household under them."""
    readings = dict(shown.readings)
    assessment = assess(policy.with_readings(readings), shown.facts)
    for name in shown.readings:
        fewer = {each: option for each, option in readings.items() if each != name}
        under_fewer = assess(policy.with_readings(fewer), shown.facts)
        if exercises(under_fewer, item):
            readings, assessment = fewer, under_fewer
    return FrozenMapping(readings), assessment


# --- As they are written -----------------------------------------------------------------------------------------


def cases_text(policy: Policy, found: tuple[MissingCase, ...]) -> str:
    """A file of the cases, each marked as not confirmed."""
    head = [*_HEAD, f"policy: {written(policy.name)}", "cases:"]
    return "\n".join([*head, *(line for case in found for line in _lines(policy, case))]) + "\n"


def _lines(policy: Policy, case: MissingCase) -> Iterator[str]:
    titles = [told(policy, item) for item in case.items]
    named = "；".join(titles[:_TITLES]) + (f"；等{len(titles)}处" if len(titles) > _TITLES else "")
    yield f"  - title: {written(named)}"
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
    wanted = dict.fromkeys(item.id.partition(".")[0] for item in case.items)
    others = [name for name in wanted if name in policy.decisions and name != policy.category.name]
    if others:
        yield "      decisions:"
    for name in others:
        holding = [outcome.id for outcome in case.assessment.decisions[name].holding]
        yield f"        {name}: " + (f"[{', '.join(holding)}]")
    terms = [name for name in wanted if name in case.assessment.terms and name in policy.terms]
    if terms:
        yield "      terms:"
        yield from (f"        {name}: {answer_text(case.assessment.terms[name])}" for name in terms)
    yield f"    because: {written('由程序搜索得出，结果是程序算出的；须手工核对，并改写为怎样算出')}"
