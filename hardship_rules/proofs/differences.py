"""Questions about two policies: how the category of a household changes."""

from collections.abc import Iterator
from functools import partial
from typing import cast

from attrs import evolve

from hardship_rules.assessment.assessment import assess
from hardship_rules.core.policy import Policy
from hardship_rules.proofs._encode import Encoding
from hardship_rules.proofs._households import same_households_under
from hardship_rules.proofs.claims import Claim, shrunk, verdict_of
from hardship_rules.proofs.prover import Answer, Prover, Shown
from hardship_rules.proofs.questions import Questions
from hardship_rules.proofs.shrink import Facts, Raised


def category_changes(questions: Questions, old: Policy) -> Iterator[Claim]:
    """For each pair of categories, whether a household moves from one to the other, from an old policy to this.

    The old policy is applied to the days on which this one is in force.
    """
    old = evolve(old, start=questions.policy.start, end=questions.policy.end)
    encodings: dict[Prover, Encoding] = {}
    for was in old.category.by_id:
        for becomes in questions.policy.category.by_id:
            if was == becomes:
                continue
            answer = questions.ask_for_readable(partial(_find_change, old, encodings, was, becomes))
            verdict = verdict_of(answer, "changed", "changed", "unchanged")
            title = f"{old.category.by_id[was].title} → {questions.policy.category.by_id[becomes].title}"
            claim = Claim("changes", f"{was}→{becomes}", title, verdict, answer, verdict == "changed")
            yield shrunk(claim, partial(_has_categories, answer, was, becomes))


def _find_change(  # noqa: PLR0913, PLR0917  # the first four are bound, the last two are those of every question
    old: Policy, encodings: dict[Prover, Encoding], was: str, becomes: str, prover: Prover, seconds: float
) -> Answer:
    """A household with one category by an old policy and another by the prover's; encodings of the old are reused."""
    if prover not in encodings:
        encodings[prover] = prover.keep(same_households_under(prover.households, old))
    old_encoding = encodings[prover]
    conditions = [
        old_encoding.outcome(old.category.name, was),
        prover.outcome(prover.policy.category.name, becomes),
    ]
    return prover.find(conditions, seconds, old_encoding)


def _has_categories(answer: Answer, was: str, becomes: str, facts: Facts, _: Raised) -> bool:
    """Whether a household has one category by the old policy of an answer and another by the new."""
    shown = cast(Shown, answer)
    old = cast(Policy, shown.against)
    old_facts = {
        **{name: value for name, value in facts.items() if name in old.facts or name == "on"},
        "members": [
            {name: value for name, value in member.items() if name in old.members.facts} for member in facts["members"]
        ],
    }
    before, after = assess(old, old_facts).category, assess(shown.policy, facts).category
    return before is not None and after is not None and (before.id, after.id) == (was, becomes)
