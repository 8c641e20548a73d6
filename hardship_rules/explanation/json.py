"""An assessment as JSON, a versioned form for programs.

Numbers are exact fractions, members are counted from 1, and labels of members are left out.
"""

import json
from collections.abc import Mapping

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.outcomes import Decided, Figure, Reason, decimal
from hardship_rules.assessment.sensitivity import turns_on
from hardship_rules.assessment.trace import Trace
from hardship_rules.core.expr import Clause, Compare, Name, Option, Provenance
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Range
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, Kind, Value
from hardship_rules.core.policy import Outcome, Policy
from hardship_rules.core.problem import KeyPath, path_text
from hardship_rules.core.units import kind_of_name
from hardship_rules.explanation.wording import fact_of, fact_value, places

FORMAT = "hardship-rules/assessment/2"
FORMER = "hardship-rules/assessment/1"
"""The format before details, which always has the trace; written until version 0.4."""
JSON_DETAILS = ("verdict", "reasons", "trace")
"""How much of an assessment is written; each has the keys of those before it."""

_FORMER_KEYS = (
    *("policy", "on", "reference", "category", "possible", "missing", "assumed", "derived"),
    *("warnings", "terms", "decisions", "reasons", "trace"),
)


def as_json(assessment: Assessment, beside: Mapping[str, object] = FrozenMapping(), *, detail: str = "reasons") -> str:
    """An assessment as a JSON document, one top-level key a line; the keys of `beside` come last.

    `detail` is one of `JSON_DETAILS`. What is not written is not computed.

        as_json(assessment, detail="verdict")
    """
    writer = _Writer(assessment)
    document = {"format": FORMAT, "detail": detail, **writer.verdict()}
    if detail != "verdict":
        document |= writer.grounds()
    if detail == "trace":
        document |= {"trace": writer.traces()}
    return _text({**document, **beside})


def as_former_json(assessment: Assessment, beside: Mapping[str, object] = FrozenMapping()) -> str:
    """An assessment as a JSON document of the format before details, `FORMER`."""
    writer = _Writer(assessment)
    parts = {**writer.verdict(), **writer.grounds(), "trace": writer.traces()}
    return _text({"format": FORMER, **{key: parts[key] for key in _FORMER_KEYS}, **beside})


def policy_json(policy: Policy) -> dict[str, str | None]:
    """A policy by its name, title, effective days, fingerprint and approval status."""
    return {
        "id": policy.name,
        "title": policy.title,
        "from": None if policy.start is None else policy.start.isoformat(),
        "to": None if policy.end is None else policy.end.isoformat(),
        "fingerprint": policy.fingerprint,
        "status": policy.status,
    }


def outcome_json(outcome: Outcome | None) -> dict[str, str] | None:
    """An outcome by its id and title."""
    return None if outcome is None else {"id": outcome.id, "title": outcome.title}


def value_json(assessment: Assessment, kind: Kind | None, answer: Figure | Value) -> object:
    """A figure, an option or a boolean as in the JSON of an assessment."""
    return _Writer(assessment).answer(kind, answer)


def reason_json(assessment: Assessment, reason: Reason) -> dict[str, object]:
    """A reason with both sides and its provenance as in the JSON of an assessment."""
    return _Writer(assessment).reason(reason)


def sensitivity_json(assessment: Assessment) -> list[dict[str, object]]:
    """The sensitivity of the category: each reading option and each clause left out that would change it."""
    return [
        {
            "is": "clause" if turn.option is None else "reading",
            "id": turn.id,
            "title": turn.title,
            "option": turn.option,
            "category": outcome_json(turn.category),
            "possible": [outcome_json(outcome) for outcome in turn.possible],
            "verified": turn.is_verified,
            **_provenance(turn.provenance),
        }
        for turn in turns_on(assessment)
    ]


def _decided(decided: Decided) -> dict[str, object]:
    return {
        "title": decided.decision.title,
        "outcome": outcome_json(decided.outcome),
        "possible": [outcome_json(outcome) for outcome in decided.possible],
        "holding": [outcome_json(outcome) for outcome in decided.holding],
        "decided_by": list(decided.decided_by),
    }


def _provenance(provenance: Provenance | None) -> dict[str, object]:
    return {
        "basis": None if provenance is None else provenance.basis,
        "source": None if provenance is None else provenance.source,
        "cite": None if provenance is None else provenance.cite,
    }


def _text(document: Mapping[str, object]) -> str:
    lines = (f"{_dumps(key)}: {_dumps(part)}" for key, part in document.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _dumps(part: object) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))


class _Writer:
    """Writes the figures, facts, reasons and traces of one assessment."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        self.policy = assessment.policy

    def verdict(self) -> dict[str, object]:
        """The verdict, what is missing for it, and the figures that the policy shows."""
        assessment, household = self.assessment, self.assessment.household
        return {
            "policy": policy_json(self.policy),
            "on": None if household.on is None else household.on.isoformat(),
            "reference": household.reference,
            "category": outcome_json(assessment.category),
            "possible": [outcome_json(outcome) for outcome in assessment.possible],
            "missing": [
                {"path": path_text(missing.path), "title": missing.title, "evidence": missing.evidence or None}
                for missing in assessment.missing
            ],
            "warnings": [
                {"code": warning.code, "path": path_text(warning.at), "message": warning.message()}
                for warning in assessment.warnings
            ],
            "figures": {name: self.titled(name, assessment.figure(name)) for name in self.policy.show},
            "decisions": {name: _decided(decided) for name, decided in assessment.decisions.items()},
        }

    def grounds(self) -> dict[str, object]:
        """What the verdict rests on: the defaults of facts left out, all terms, and the reasons."""
        assessment, household = self.assessment, self.assessment.household
        return {
            "assumed": [self.fact(path) for path in household.assumed],
            "derived": [self.fact(path) for path in household.derived],
            "terms": {name: self.titled(name, answer) for name, answer in assessment.terms.items()},
            "reasons": [self.reason(reason) for reason in assessment.reasons],
        }

    def titled(self, name: str, answer: Figure | Value) -> dict[str, object]:
        return {"title": self.policy.names[name].title, "value": self.named(name, answer)}

    def figure(self, figure: Figure) -> dict[str, object]:
        if figure.exact is None:
            return {"from": str(figure.low), "to": str(figure.high), "unit": figure.unit}
        count = places(self.policy, figure.unit)
        count = count if figure.exact.denominator == 1 else max(count, 2)
        return {"exact": str(figure.exact), "text": str(decimal(figure.exact, count)), "unit": figure.unit}

    def answer(self, kind: Kind | None, answer: Figure | Value) -> object:
        """A figure, an option with its title, several possible options, a boolean, or null where it is unknown."""
        if isinstance(answer, Figure):
            return self.figure(answer)
        if isinstance(kind, ChoiceKind):
            return self.option(kind.options, answer)
        return answer

    def option(self, titles: Mapping[str, str], answer: Figure | Value) -> object:
        if isinstance(answer, str):
            return {"option": answer, "title": titles.get(answer, answer)}
        return {"options": sorted(answer)} if isinstance(answer, frozenset) else None

    def named(self, name: str, answer: Figure | Value) -> object:
        return self.answer(kind_of_name(self.policy, name), answer)

    def fact(self, path: KeyPath) -> dict[str, object]:
        fact = fact_of(self.policy, path)
        value = fact_value(self.assessment, path)
        return {"path": path_text(path), "title": fact.title, "value": self.plain_fact(fact.kind, value)}

    def plain_fact(self, kind: Kind, value: Value) -> object:
        """The value of a known fact: a number or an option as text, or a boolean."""
        return value if isinstance(kind, BooleanKind) else str(value)

    def reason(self, reason: Reason) -> dict[str, object]:
        clause, line = reason.clause, reason.clause.when
        kinds = [self.kind(side) for side in (line.left, line.right)] if isinstance(line, Compare) else [None, None]
        if isinstance(kinds[0], ChoiceKind):
            kinds[1] = kinds[1] or kinds[0]
        elif isinstance(kinds[1], ChoiceKind):
            kinds[0] = kinds[1]
        return {
            "decision": reason.decision,
            "outcome": reason.outcome,
            "clause": clause.id,
            "title": clause.title or clause.line,
            "role": reason.role,
            "holds": reason.holds,
            "line": clause.line or None,
            "sign": reason.sign or None,
            "left": self.answer(kinds[0], reason.left),
            "right": self.answer(kinds[1], reason.right),
            "difference": None if reason.difference is None else self.figure(reason.difference),
            "members": [number + 1 for number in reason.members],
            **_provenance(clause.provenance),
        }

    def kind(self, side: object) -> Kind | None:
        return kind_of_name(self.policy, side.name) if isinstance(side, Name) else None

    # The trace

    def traces(self) -> dict[str, object]:
        """The traces of all outcomes and terms; a term inside another trace is a name with its value."""
        policy = self.policy
        outcomes = [
            f"{decision.name}.{outcome.id}" for decision in policy.decisions.values() for outcome in decision.outcomes
        ]
        terms = [name for name, term in policy.terms.items() if not term.of_member]
        members = [name for name, term in policy.terms.items() if term.of_member]
        return {
            "outcomes": {name: self.trace(self.assessment.trace(name)) for name in outcomes},
            "terms": {name: self.trace(self.assessment.trace(name)) for name in terms},
            "members": [
                {name: self.trace(self.assessment.trace(name, number)) for name in members}
                for number in range(len(self.assessment.household.members))
            ],
        }

    def trace(self, trace: Trace) -> dict[str, object]:
        expr = trace.expr
        node: dict[str, object] = {"is": type(expr).__name__.lower()}
        if isinstance(expr, Clause):
            node |= {"clause": expr.id, "title": expr.title or None, "line": expr.line or None}
        if isinstance(expr, Name):
            node["name"] = expr.name
        if isinstance(expr, Compare):
            node["sign"] = expr.sign
        if trace.member is not None:
            node["member"] = trace.member + 1
        node["value"] = trace.value if isinstance(trace.value, bool | None) else self.plain_value(trace)
        if not isinstance(expr, Name | Option) and trace.parts:
            node["parts"] = [self.trace(part) for part in trace.parts]
        return node

    def plain_value(self, trace: Trace) -> object:
        """The value of a trace: an option, several possible options, the bounds of a number, or a number as text."""
        answer = trace.value
        if isinstance(answer, str):
            return answer
        if isinstance(answer, frozenset):
            return {"options": sorted(answer)}
        if isinstance(answer, Range):
            return {"from": str(answer.low), "to": str(answer.high)}
        return str(answer)
