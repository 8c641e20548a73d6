"""What came of a household under two policies: both verdicts, and where they part, in words or as JSON."""

import json

from attrs import frozen

from hardship_rules.comparison.parting import Parting, Side, Standing, are_same
from hardship_rules.comparison.side_by_side import readings_apart, side_by_side, side_by_side_document
from hardship_rules.core.problem import Language, path_text
from hardship_rules.core.units import kind_of_name
from hardship_rules.explanation.formats import RENDERERS
from hardship_rules.explanation.json import outcome_json, policy_json, reason_json, value_json

FORMAT = "hardship-rules/comparison/1"


@frozen
class Comparison:
    """A household under two policies, and the first clause at which their verdicts part."""

    sides: tuple[Side, Side]
    parting: Parting | None

    @property
    def same(self) -> bool:
        """Both come to the same category, or leave the same ones open."""
        return are_same(*(side.assessment for side in self.sides))

    def explain(self, *, format: str = "text", lang: Language = "zh") -> str:  # noqa: A002  # as `explain` has it
        """Both verdicts side by side in words (`text`, `markdown`, an `html` page), or as JSON for programs."""
        if format == "text":
            return side_by_side(self.sides, self.parting, lang)
        if format in RENDERERS:
            return RENDERERS[format](side_by_side_document(self.sides, self.parting, lang))
        if format == "json":
            return json.dumps(_document(self), ensure_ascii=False, separators=(",", ":")) + "\n"
        raise ValueError("format is one of text, markdown, html, json")


def _document(comparison: Comparison) -> dict[str, object]:
    """The form that README documents."""
    parting = comparison.parting
    pair = (None, None) if parting is None else (parting.first, parting.second)
    standings = zip(comparison.sides, pair, strict=True)
    return {
        "format": FORMAT,
        "reference": comparison.sides[0].assessment.household.reference,
        "same": comparison.same,
        "sides": [_side(side) for side in comparison.sides],
        "readings": [
            {"id": first.name, "title": first.title, "chosen": [first.chosen, second.chosen]}
            for first, second in readings_apart(*(side.policy for side in comparison.sides))
        ],
        "parting": None
        if parting is None
        else {
            "by_order": parting.by_order,
            "standings": [None if each is None else _standing(side, each) for side, each in standings],
        },
    }


def _side(side: Side) -> dict[str, object]:
    policy, assessment = side.policy, side.assessment
    on = assessment.household.on
    return {
        "policy": policy_json(policy),
        "on": None if on is None else on.isoformat(),
        "in_force": side.in_force,
        "category": outcome_json(assessment.category),
        "possible": [outcome_json(outcome) for outcome in assessment.possible],
        "decided_by": list(assessment.decided.decided_by),
        "missing": [{"path": path_text(each.path), "title": each.title} for each in assessment.missing],
        "not_known": [
            {"path": path_text(each.path), "title": each.title, "option": each.option} for each in side.not_known
        ],
        "terms": {
            name: {
                "title": policy.names[name].title,
                "value": value_json(assessment, kind_of_name(policy, name), assessment.figure(name)),
            }
            for name in policy.show
        },
    }


def _standing(side: Side, standing: Standing) -> dict[str, object]:
    return {
        "clause": standing.clause.id,
        "title": standing.clause.title or standing.clause.line,
        "holds": standing.holds,
        "reasons": [reason_json(side.assessment, reason) for reason in standing.reasons],
    }
