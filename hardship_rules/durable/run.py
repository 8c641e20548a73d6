"""Assessing a household by a second engine, durable-rules, and comparing the result with that of `assess`.

This library computes sums, counts, products and conditions on members, as one whole number for each comparison.
durable-rules compares these numbers with zero and chains from clause to clause up to the outcomes.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from attrs import field, frozen

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.assessment import assess as assess_household
from hardship_rules.assessment.household import HouseholdText
from hardship_rules.assessment.plan import Plans
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Language, Problem
from hardship_rules.durable._ruleset import Fires, Ruleset
from hardship_rules.durable.worker import DurableError, Worker
from hardship_rules.engine.interval import Run
from hardship_rules.explanation.formats import FORMER_JSON, explain, explain_json, known_detail
from hardship_rules.explanation.reasons import MARKS, SENTENCES

_INT64_MAX = 2**63 - 1  # durable-rules silently saturates or wraps larger numbers

_WORKER = Worker()


@frozen
class DurableAssessment:
    """The assessment, the decisions of it that durable-rules confirmed, and what fired there, in order."""

    assessment: Assessment
    decisions: tuple[str, ...]
    fired: tuple[Fires, ...] = field(repr=False)

    def explain(
        self,
        *,
        format: str = "text",  # noqa: A002  # as `explain` has it
        lang: Language = "zh",
        detail: str | None = None,
    ) -> str:
        """The explanation as `text` or `json` in a detail of `explain`, with what fired at its end."""
        if format not in ("text", "json", FORMER_JSON):
            raise ValueError("format is one of text, json")
        detail = known_detail(format, detail)
        if format != "text":
            fired = [self._fired_data(fires) for fires in self.fired]
            return explain_json(self.assessment, format, detail, {"fired": fired})
        say = SENTENCES[lang]
        lines = [say["fired"]]
        for fires in self.fired:
            lines += [say["fired_clause"].format(mark=MARKS[fires.holds], clause=clause) for clause in fires.clauses]
            if fires.decision:
                lines.append(say["fired_outcome"].format(decision=fires.decision, outcome=fires.outcome))
        return explain(self.assessment, lang=lang, detail=detail) + "\n" + "\n".join(lines) + "\n"

    @staticmethod
    def _fired_data(fires: Fires) -> dict[str, object]:
        if fires.decision:
            return {"decision": fires.decision, "outcome": fires.outcome}
        return {"clauses": list(fires.clauses), "holds": fires.holds}


def assess(
    policy: Policy,
    household: Mapping[str, object] | HouseholdText,
    on: date | str | None = None,
    worker: Worker = _WORKER,
    *,
    decisions: str | Collection[str] | None = None,
) -> DurableAssessment:
    """Assess a household by both engines.

    durable-rules confirms the `decisions` asked for, by name, with their clauses; all of them where that is left out.
    Raises `FactError` as `assess` does, and with the unknown facts that leave one of these decisions open;
    `PolicyError` for a decision that there is not, and for a policy that durable-rules cannot hold; `DurableError` if
    durable-rules is not installed or fails, and with the clause in which the two engines differ.

        assess(policy, household, decisions="category").assessment.category
    """
    assessment = assess_household(policy, household, on)
    rules = worker.ruleset_of(policy, decisions)
    known = assessment.household.scope(policy).run
    run = Run(rules.program, known.household, known.members)
    _require_settled(policy, rules, run)
    rules_fired = worker.run(rules, list(_asserted(rules, run)))
    fired = tuple(fires for rule in rules_fired for fires in rules.meanings.get(rule, ()))
    difference = next(_differences(assessment, rules, run, fired), None)
    if difference is not None:
        raise DurableError(f"durable-rules and the evaluator differ over {difference}")
    return DurableAssessment(assessment, rules.decisions, fired)


def _require_settled(policy: Policy, rules: Ruleset, run: Run) -> None:
    """Refuse a household with unknown facts that leave a decision open."""
    plans = Plans(run)
    steps = [step for decision in rules.decisions for step in rules.roots(policy, decision)]
    unknown = dict.fromkeys(path for step in steps for path in plans.of(step).paths)
    if unknown:
        titles = {path: "on" if path == ("on",) else policy.names[str(path[-1])].title for path in unknown}
        raise FactError(Problem("durable_unknown", path, given=title) for path, title in titles.items())


def _asserted(rules: Ruleset, run: Run) -> Iterator[dict[str, object]]:
    """The facts that are asserted for a household; raises for a number that does not fit 64 bits."""
    yield {"z": 1}
    for leaf in rules.leaves:
        for fact, number in leaf.asserted(run, rules.options).items():
            if not -_INT64_MAX <= number <= _INT64_MAX:
                raise DurableError(
                    f"a number of {rules.name} is beyond 64 bits, where durable-rules goes wrong in silence"
                )
            yield {fact: number}


def _differences(assessment: Assessment, rules: Ruleset, run: Run, fired: tuple[Fires, ...]) -> Iterator[str]:
    """The clauses and decisions in which the two engines differ."""
    held = {clause: fires.holds for fires in fired for clause in fires.clauses}
    for id_ in rules.clauses:
        if id_ not in held or held[id_] is not run.value(rules.program.clauses[id_]):
            yield id_
    for name, decided in assessment.decisions.items():
        outcomes = sorted(fires.outcome for fires in fired if fires.decision == name)  # of an `every`, in any order
        if (outcomes or name in rules.decisions) and outcomes != sorted(outcome.id for outcome in decided.holding):
            yield name
