"""Names that changed: the earlier word goes on meaning what it meant, and nothing else."""

from collections.abc import Iterator, Mapping

from hardship_rules.core.model import Policy, exprs_of
from hardship_rules.core.problems import Location, Path, Problem
from hardship_rules.core.syntax import Clause, walk
from hardship_rules.core.values import ChoiceKind
from hardship_rules.language.keys import RESERVED_TITLES

IDS: Path = ("decisions",)
"""Among what the earlier ids of outcomes and clauses are."""


def ids(policy: Policy) -> dict[str, Location]:
    """Every id of a clause or an outcome, with its place."""
    found: dict[str, Location] = {}
    conditions = [*policy.must]
    for definition in policy.names.values():
        conditions += (expr for expr in exprs_of(definition) if isinstance(expr, Clause))
    for condition in conditions:
        found.update((clause.id, clause.at) for clause in walk(condition) if isinstance(clause, Clause))
    for decision in policy.decisions.values():
        found.update((f"{decision.name}.{name}", outcome.at) for name, outcome in decision.by_id.items())
    return found


def current_id(policy: Policy, word: str) -> str:
    """The id that one now has; what stands inside a clause or outcome moved with it."""
    formerly = policy.formerly.get(IDS, {})
    steps = word.split(".")
    for count in range(len(steps), 0, -1):
        former = formerly.get(".".join(steps[:count]))
        if former is not None:
            return ".".join((former.new, *steps[count:]))
    return word


def taken(policy: Policy) -> Iterator[Problem]:
    """An earlier word that means something else today, or two things."""
    now: dict[Path, Mapping[str, object]] = {IDS: ids(policy)}
    for of, facts in ((("household",), policy.facts), (("members", "facts"), policy.members.facts)):
        titles = {fact.title: fact.name for fact in facts.values()}
        now[of] = {**policy.names, **titles, **RESERVED_TITLES, **{title: title for title in RESERVED_TITLES.values()}}
        for fact in facts.values():
            if isinstance(fact.kind, ChoiceKind):
                options = fact.kind.options
                now[fact.name, "one of"] = {
                    **{name: name for name in options},
                    **{title: name for name, title in options.items()},
                }
    seen: dict[tuple[Path, str], str] = {}
    for former in policy.formers:
        first = seen.setdefault((former.of, former.old), former.new)
        means = now[former.of].get(former.old)
        if means is not None or first != former.new:
            other = means if isinstance(means, str) else first if means is None else former.old
            values = {"now": former.new, "other": other}
            yield Problem("formerly_taken", (*former.of, former.new), former.old, values, location=former.at)
