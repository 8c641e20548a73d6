"""Assessing a household by a second engine, durable-rules, and comparing the result with that of `assess`.

This library computes sums, counts, products and conditions on members, as one whole number for each comparison.
durable-rules compares these numbers with zero and chains from clause to clause up to the outcomes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Literal

from attrs import field, frozen

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.assessment import assess as assess_household
from hardship_rules.assessment.household import HouseholdText
from hardship_rules.assessment.plan import Plans
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, KeyPath, Language, Problem
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
        all_decisions = self.assessment.policy.decisions
        left = [decision.title for name, decision in all_decisions.items() if name not in self.decisions]
        lines = [say["unconfirmed"].format(titles=say["join"].join(left))] if left else []
        lines.append(say["fired"])
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


def assess(  # noqa: PLR0913  # what is assessed, and what of it is confirmed
    policy: Policy,
    household: Mapping[str, object] | HouseholdText,
    on: date | str | None = None,
    worker: Worker = _WORKER,
    *,
    decisions: str | Collection[str] | None = None,
    undecided: Literal["refuse", "leave"] = "refuse",
) -> DurableAssessment:
    """Assess a household by both engines.

    durable-rules confirms the `decisions` asked for, by name, with their clauses; all of them where that is left out.
    With `undecided="leave"`, decisions that unknown facts leave open are passed over, but for the category.

    Raises `FactError` as `assess` does, and with the unknown facts that leave one of these decisions open;
    `PolicyError` for a decision that there is not, and for a policy that durable-rules cannot hold; `DurableError` if
    durable-rules is not installed or fails, and with the clause in which the two engines differ.

        assess(policy, household, decisions="category").assessment.category
    """
    assessment = assess_household(policy, household, on)
    rules = worker.ruleset_of(policy, decisions)
    known = assessment.household.scope(policy).run
    run = Run(rules.program, known.household, known.members)
    unknown = _unknown_facts(policy, rules, run)
    if undecided == "leave" and (left := [name for name in unknown if name != policy.category.name]):
        rules = worker.ruleset_of(policy, [name for name in rules.decisions if name not in left])
        run = Run(rules.program, known.household, known.members)
    _require_known(policy, dict.fromkeys(path for name in rules.decisions for path in unknown.get(name, ())))
    rules_fired = worker.run(rules, list(_asserted(rules, run)))
    fired = tuple(fires for rule in rules_fired for fires in rules.meanings.get(rule, ()))
    difference = next(_differences(assessment, rules, run, fired), None)
    if difference is not None:
        raise DurableError(f"durable-rules and the evaluator differ over {difference}")
    return DurableAssessment(assessment, rules.decisions, fired)


def _unknown_facts(policy: Policy, rules: Ruleset, run: Run) -> dict[str, tuple[KeyPath, ...]]:
    """The decisions that unknown facts leave open, with these facts."""
    plans = Plans(run)
    unknown = {
        name: tuple(dict.fromkeys(path for step in rules.roots(policy, name) for path in plans.of(step).paths))
        for name in rules.decisions
    }
    return {name: paths for name, paths in unknown.items() if paths}


def _require_known(policy: Policy, paths: Iterable[KeyPath]) -> None:
    """Raise `FactError` with some unknown facts, if there are any."""
    titles = {path: "on" if path == ("on",) else policy.names[str(path[-1])].title for path in paths}
    if titles:
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
