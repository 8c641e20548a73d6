"""Assessing a household by a second engine, durable-rules, and comparing the result with that of `assess`.

This library computes sums, counts, products and conditions on members, as one whole number for each comparison.
durable-rules compares these numbers with zero and chains from clause to clause up to the outcomes.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.assessment import assess as assess_household
from hardship_rules.assessment.household import HouseholdText
from hardship_rules.assessment.plan import Plans
from hardship_rules.core.expr import Clause, Expr, OverMembers, parts_of, walk
from hardship_rules.core.kinds import BOOLEAN
from hardship_rules.core.policy import Definition, Policy, Term, exprs_of
from hardship_rules.core.problem import FactError, KeyPath, Language, Problem
from hardship_rules.durable._ruleset import Asserted, Fires, Ruleset
from hardship_rules.durable.worker import DurableError, Worker
from hardship_rules.engine.evaluate import Scope, lowered, value
from hardship_rules.engine.whole import scope_of
from hardship_rules.explanation.formats import FORMER_JSON, explain, explain_json, known_detail
from hardship_rules.explanation.reasons import MARKS, SENTENCES

_INT64_MAX = 2**63 - 1  # durable-rules silently saturates or wraps larger numbers

_WORKER = Worker()


@frozen
class DurableAssessment:
    """The assessment, confirmed by durable-rules, and what fired there, in order."""

    assessment: Assessment
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
) -> DurableAssessment:
    """Assess a household by both engines.

    Raises `FactError` as `assess` does, and for unknown facts that durable-rules needs; `PolicyError` for a policy that
    durable-rules cannot hold; `DurableError` if durable-rules is not installed or fails, and with the clause in which
    the two engines differ.
    """
    assessment = assess_household(policy, household, on)
    rules = worker.ruleset_of(policy)
    scope = scope_of(rules.whole, assessment.household.scope(policy))
    facts = _facts_to_assert(rules, scope)
    fired = tuple(rules.meanings[rule] for rule in worker.run(rules, facts) if rule in rules.meanings)
    difference = next(_differences(assessment, fired), None)
    if difference is not None:
        raise DurableError(f"durable-rules and the evaluator differ over {difference}")
    return DurableAssessment(assessment, tuple(fires for fires in fired if fires.clauses or fires.decision))


def _facts_to_assert(rules: Ruleset, scope: Scope) -> list[dict[str, object]]:
    """One fact for each comparison and boolean; raises unless all are known and fit 64 bits."""
    facts: list[dict[str, object]] = [{"z": 1}]
    unknown: dict[KeyPath, None] = {}
    for asserted in rules.asserted:
        number = asserted.of(scope, rules.options)
        if number is None:
            unknown |= dict.fromkeys(_unknown_paths(rules.whole.policy, asserted, scope))
        elif not -_INT64_MAX <= number <= _INT64_MAX:
            raise DurableError(f"a number of {rules.name} is beyond 64 bits, where durable-rules goes wrong in silence")
        facts.append({asserted.property: number})
    if unknown:
        names = rules.whole.policy.names
        titles = {path: "on" if path == ("on",) else names[str(path[-1])].title for path in unknown}
        raise FactError(Problem("durable_unknown", path, given=title) for path, title in titles.items())
    return facts


def _unknown_paths(policy: Policy, asserted: Asserted, scope: Scope) -> Iterator[KeyPath]:
    """The unknown facts that a number depends on; the number is needed even where its clause is already decided."""
    plans, expr, steps = Plans(scope.run), asserted.expr, lowered(policy)
    if asserted.as_what == "count":
        where = cast(Expr, cast(OverMembers, expr).where)
        for number in range(len(scope.members)):
            yield from plans.of(steps.quotient(where).step, number).paths
        return
    for part in (expr,) if asserted.as_what == "truth" else parts_of(expr):
        yield from plans.of(steps.quotient(part).step).paths


def _differences(assessment: Assessment, fired: tuple[Fires, ...]) -> Iterator[str]:
    """The clauses and decisions in which the two engines differ."""
    policy = assessment.policy
    scope = assessment.household.scope(policy)
    held = {clause: fires.holds for fires in fired for clause in fires.clauses}
    definitions: list[Definition] = [*policy.terms.values(), *policy.decisions.values()]
    for definition in definitions:
        if definition.name in policy.of_members or (isinstance(definition, Term) and definition.kind != BOOLEAN):
            continue
        for part in (part for expr in exprs_of(definition) for part in walk(expr)):
            if isinstance(part, Clause) and part.id in held and held[part.id] is not value(part, scope):
                yield part.id
    for name, decided in assessment.decisions.items():
        outcomes = sorted(fires.outcome for fires in fired if fires.decision == name)  # of an `every`, in any order
        if outcomes != sorted(outcome.id for outcome in decided.holding):
            yield name
