"""The missing facts that would settle the category, in the order in which to ask for them."""

from collections.abc import Collection, Iterable
from typing import cast

from attrs import frozen

from hardship_rules.assessment._completions import Completion, Completions, Trials, undecided
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import BooleanKind, ChoiceKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import KeyPath, path_text
from hardship_rules.engine.compiled import compiled_policy
from hardship_rules.engine.evaluate import possible
from hardship_rules.language.keys import RESERVED_TITLES


@frozen
class Missing:
    """A fact, the day, or an unpublished parameter that is not known and could settle the category.

    `evidence` is the document that proves the fact, or "".
    """

    path: KeyPath
    title: str
    evidence: str

    @property
    def member(self) -> int | None:
        """The member whose fact it is, counted from 0; None for facts of the household."""
        return cast(int, self.path[1]) if self.path[0] == "members" else None

    def __str__(self) -> str:
        return path_text(self.path)


def missing_at(policy: Policy, path: KeyPath) -> Missing:
    """The fact, day or parameter at a path."""
    if path == ("on",):
        return Missing(path, RESERVED_TITLES["on"], "")
    definition = policy.names[cast(str, path[-1])]
    return Missing(path, definition.title, definition.evidence if isinstance(definition, Fact) else "")


def missing(
    policy: Policy, completions: Completions, assumed: Collection[KeyPath], unknown: Collection[KeyPath]
) -> tuple[Missing, ...]:
    """The facts that leave the category open, in the order in which to ask for them.

    A fact that every completion settles is left out. Facts that are stated to be unknown and parameters that are not
    published come last, as no one can answer them now. The first question is never a choice whose values all leave the
    same outcomes possible and the same facts open.
    """
    restricted, households = completions.restricted, completions.households
    compiled, trials = compiled_policy(policy), Trials(policy, assumed)
    paths = _open(trials, Completion(restricted.rows, completions.truths))
    if households:
        still_open = {path for household in households for path in _open(trials, household)}
        tried = completions.tried
        still_open |= {path for path in tried if len({compiled.value(rows, path) for rows, _ in households}) > 1}
        paths = [path for path in paths if path in still_open]
    ranked = sorted(paths, key=lambda path: path in unknown or path[0] == "parameters")
    irrelevant = []
    for path in ranked:
        if _may_matter(trials, restricted, path):
            break
        irrelevant.append(path)
    return tuple(missing_at(policy, path) for path in (*ranked[len(irrelevant) :], *irrelevant))


def _open(trials: Trials, case: Completion) -> list[KeyPath]:
    """The facts that leave outcomes open, in the order of their plans."""
    return list(dict.fromkeys(trials.open_facts(case.rows, undecided(trials.policy, case.truths))))


def _may_matter(trials: Trials, case: Completion, path: KeyPath) -> bool:
    """Whether the values of a choice or boolean leave different outcomes or facts open; True for any other fact."""
    policy = trials.policy
    definition = policy.names.get(cast(str, path[-1]))
    if not isinstance(definition, Fact) or not isinstance(definition.kind, ChoiceKind | BooleanKind):
        return True
    completions = list(trials.completions_of(case.rows, path))
    if len({possible(policy.category, completion.truths) for completion in completions}) > 1:
        return True
    open_facts = (frozenset(_open(trials, completion)) for completion in completions)
    first = next(open_facts, frozenset())
    return any(others != first for others in open_facts)


def by_evidence(facts: Iterable[Missing]) -> FrozenMapping[str, tuple[Missing, ...]]:
    """Missing facts by the document that proves them, in the same order; those without a document under ""."""
    grouped: dict[str, list[Missing]] = {}
    for fact in facts:
        grouped.setdefault(fact.evidence, []).append(fact)
    return FrozenMapping((evidence, tuple(group)) for evidence, group in grouped.items())
