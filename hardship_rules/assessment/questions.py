"""What is missing to settle the category, in the order in which to ask for it, and by the document that proves it."""

from collections.abc import Collection, Iterable
from typing import cast

from attrs import frozen

from hardship_rules.assessment._completions import Case, Narrowed, cases_of, undecided, value_at
from hardship_rules.assessment.plan import Plans
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import ChoiceKind, YesNoKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import Path, path_text
from hardship_rules.engine.evaluate import possible


@frozen
class Missing:
    """Something that is not known and could settle the category: a fact, the day, or an unpublished parameter."""

    path: Path
    title: str
    evidence: str

    @property
    def member(self) -> int | None:
        """The member whose fact it is, counted from 0; None where it is none of a member's."""
        return cast(int, self.path[1]) if self.path[0] == "members" else None

    def __str__(self) -> str:
        return path_text(self.path)


def named(policy: Policy, path: Path) -> Missing:
    """What stands at a path, by its title and the document that proves it."""
    if path == ("on",):
        return Missing(path, "认定日期", "")
    definition = policy.names[cast(str, path[-1])]
    return Missing(path, definition.title, definition.evidence if isinstance(definition, Fact) else "")


def missing(
    policy: Policy, left: Narrowed, assumed: Collection[Path], unknown: Collection[Path]
) -> tuple[Missing, ...]:
    """What leaves the category open, in the order in which to ask for it.

    What no combination of the unknown choices leaves open is not asked for. What was said to be unknown, and a
    parameter that is not published, come last: nobody can be asked for them now. Nor is a choice asked for first of
    which every value leaves the same outcomes possible and the same open.
    """
    paths = _open(policy, (left.household[0], left.truths))
    if left.cases:
        still = {path for case in left.cases for path in _open(policy, case)}
        still.update(path for path in left.tried if len({value_at(scope, path) for scope, _ in left.cases}) > 1)
        paths = [path for path in paths if path in still]
    ranked = sorted(paths, key=lambda path: path in unknown or path[0] == "parameters")
    idle = []
    for path in ranked:
        if _may_matter(policy, left.household, path, assumed):
            break
        idle.append(path)
    return tuple(named(policy, path) for path in (*ranked[len(idle) :], *idle))


def _open(policy: Policy, case: Case) -> list[Path]:
    """What leaves undecided outcomes open, in the order of their plans."""
    plans = Plans(policy)
    clauses = undecided(policy, case[1])
    return list(dict.fromkeys(path for clause in clauses for path in plans.of(clause, case[0]).paths))


def _may_matter(policy: Policy, case: Case, path: Path, assumed: Collection[Path]) -> bool:
    """Some values of it leave something else possible, or something else open, than others; or it is a number."""
    definition = policy.names.get(cast(str, path[-1]))
    if not isinstance(definition, Fact) or not isinstance(definition.kind, ChoiceKind | YesNoKind):
        return True
    ends = {
        (possible(policy.category, tried[1]), frozenset(_open(policy, tried)))
        for tried in cases_of(policy, case, path, assumed)
    }
    return len(ends) > 1


def by_evidence(found: Iterable[Missing]) -> FrozenMapping[str, tuple[Missing, ...]]:
    """What is missing by the document that proves it, in the same order; those that none is named for under ""."""
    grouped: dict[str, list[Missing]] = {}
    for each in found:
        grouped.setdefault(each.evidence, []).append(each)
    return FrozenMapping((evidence, tuple(together)) for evidence, together in grouped.items())
