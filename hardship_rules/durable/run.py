"""A second engine that keeps the first honest: a household decided by durable-rules, and held against `assess`.

Sums, counts, products and what concerns single members are worked out by this library, as one whole number for each
comparison. What durable-rules does is compare those with zero, and chain: clause upon clause, up to the outcomes.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.assessment import assess as assess_alone
from hardship_rules.assessment.household import HouseholdText
from hardship_rules.assessment.plan import Plans
from hardship_rules.core.expr import Clause, Expr, OverMembers, parts_of, walk
from hardship_rules.core.kinds import YES_NO
from hardship_rules.core.policy import Definition, Policy, Term, exprs_of
from hardship_rules.core.problem import FactError, Language, Path, Problem
from hardship_rules.durable._ruleset import Asserted, Fires, Ruleset
from hardship_rules.durable.worker import DurableError, Worker
from hardship_rules.engine.evaluate import Scope, evaluate, value
from hardship_rules.engine.lower import scope_of
from hardship_rules.explanation.formats import explain
from hardship_rules.explanation.json import as_json
from hardship_rules.explanation.reasons import MARKS, SENTENCES

INT64 = 2**63 - 1  # beyond which durable-rules saturates or wraps without a word

_WORKER = Worker()


@frozen
class DurableAssessment:
    """The evaluator's assessment, with which durable-rules agrees, and what fired there, in order."""

    assessment: Assessment
    fired: tuple[Fires, ...] = field(repr=False)

    def explain(self, *, format: str = "text", lang: Language = "zh") -> str:  # noqa: A002  # as `explain` has it
        """The assessment as `explain` gives it, as `text` or `json`, with what fired at its end."""
        if format == "json":
            return as_json(self.assessment, {"fired": [self._fired(each) for each in self.fired]})
        if format != "text":
            raise ValueError("format is one of text, json")
        say = SENTENCES[lang]
        lines = [say["fired"]]
        for each in self.fired:
            lines += [say["fired_clause"].format(mark=MARKS[each.holds], clause=clause) for clause in each.clauses]
            if each.decision:
                lines.append(say["fired_outcome"].format(decision=each.decision, outcome=each.outcome))
        return explain(self.assessment, format=format, lang=lang) + "\n" + "\n".join(lines) + "\n"

    @staticmethod
    def _fired(fires: Fires) -> dict[str, object]:
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

    Raises `FactError` as `assess` does, and for a household that is not fully known, with the facts that are needed;
    `PolicyError` for a policy that durable-rules cannot hold; `DurableError` where durable-rules is not installed or
    fails, and where the two differ, with the clause.
    """
    alone = assess_alone(policy, household, on)
    rules = worker.ruleset_of(policy)
    scope = scope_of(rules.whole, alone.household.scope(policy))
    evaluate(rules.whole.policy, scope)
    facts = _asserted(rules, scope)
    fired = tuple(rules.meanings[rule] for rule in worker.run(rules, facts) if rule in rules.meanings)
    difference = next(_differences(alone, fired), None)
    if difference is not None:
        raise DurableError(f"durable-rules and the evaluator differ over {difference}")
    return DurableAssessment(alone, tuple(each for each in fired if each.clauses or each.decision))


def _asserted(rules: Ruleset, scope: Scope) -> list[dict[str, object]]:
    """One fact for each comparison and yes-or-no, all of them known and inside 64 bits."""
    found: list[dict[str, object]] = [{"z": 1}]
    open_: dict[Path, None] = {}
    for each in rules.asserted:
        number = each.of(scope, rules.options)
        if number is None:
            open_ |= dict.fromkeys(_open_paths(rules.whole.policy, each, scope))
        elif not -INT64 <= number <= INT64:
            raise DurableError(f"a number of {rules.name} is beyond 64 bits, where durable-rules goes wrong in silence")
        found.append({each.property: number})
    if open_:
        names = rules.whole.policy.names
        titles = {path: "on" if path == ("on",) else names[str(path[-1])].title for path in open_}
        raise FactError(Problem("durable_unknown", path, given=title) for path, title in titles.items())
    return found


def _open_paths(policy: Policy, asserted: Asserted, scope: Scope) -> Iterator[Path]:
    """What leaves it open: a clause may be known whatever a number in it is, yet the number is asserted."""
    plans, expr = Plans(policy), asserted.expr
    if asserted.as_what == "count":
        where = cast(Expr, cast(OverMembers, expr).where)
        for number, member in enumerate(scope.members):
            yield from plans.of(where, member, number).paths
        return
    for part in (expr,) if asserted.as_what == "truth" else parts_of(expr):
        yield from plans.of(part, scope).paths


def _differences(alone: Assessment, fired: tuple[Fires, ...]) -> Iterator[str]:
    """The clauses and decisions over which the two engines differ."""
    policy = alone.policy
    scope = alone.household.scope(policy)
    evaluate(policy, scope)
    held = {clause: each.holds for each in fired for clause in each.clauses}
    definitions: list[Definition] = [*policy.terms.values(), *policy.decisions.values()]
    for definition in definitions:
        if definition.name in policy.of_members or (isinstance(definition, Term) and definition.kind != YES_NO):
            continue
        for part in (part for expr in exprs_of(definition) for part in walk(expr)):
            if isinstance(part, Clause) and part.id in held and held[part.id] is not value(part, scope):
                yield part.id
    for name, decided in alone.decisions.items():
        came = sorted(each.outcome for each in fired if each.decision == name)  # of an `every`, in any order
        if came != sorted(outcome.id for outcome in decided.holding):
            yield name
