"""The names and titles that the columns of steps have in a view."""

from collections.abc import Iterator

from attrs import evolve, frozen

from hardship_rules.core.expr import BASES, Clause, Provenance, walk
from hardship_rules.core.policy import Policy, exprs_of
from hardship_rules.engine.program import Program


@frozen
class Label:
    """The name of a step's value: its definition, its name there (empty for the definition itself), and its title.

    It is put into columns of a step called `alias`.
    """

    definition: str
    name: str
    title: str
    alias: str

    @property
    def full_name(self) -> str:
        """The name beside those of other definitions."""
        return self.name or self.alias


def titled(title: str, provenance: Provenance | None) -> str:
    """A title with its basis: how well the provision is known."""
    return title if provenance is None else f"{title}〔{BASES[provenance.basis]}〕"


def both_titles(first: str, second: str) -> str:
    """The titles of what has two names."""
    return "；".join(dict.fromkeys(filter(None, (*first.split("；"), second))))


def labels_of(policy: Policy, program: Program) -> dict[int, Label]:
    """The labels of parameters, terms, decisions and clauses, by step; equal terms are one step with both titles."""
    labels: dict[int, Label] = {}
    for number, label in (*_of_definitions(policy, program), *_of_clauses(policy, program)):
        first = labels.setdefault(number, label)
        labels[number] = evolve(first, title=both_titles(first.title, label.title))
    return labels


def _of_definitions(policy: Policy, program: Program) -> Iterator[tuple[int, Label]]:
    for name, number in program.names.items():
        definition = policy.names[name]
        is_own = " " not in name  # a name with a space is of a table, not of the policy
        provenance = getattr(definition, "provenance", None)
        yield number, Label(name, "", titled(definition.title, provenance) if is_own else "", name)


def _of_clauses(policy: Policy, program: Program) -> Iterator[tuple[int, Label]]:
    titles = {
        part.id: titled(part.title, part.provenance) if part.title else ""
        for expr in (*(expr for definition in policy.names.values() for expr in exprs_of(definition)), *policy.must)
        for part in walk(expr)
        if isinstance(part, Clause)
    }
    titles |= {
        outcome.when.id: titled(outcome.title, outcome.provenance)
        for decision in policy.decisions.values()
        for outcome in decision.outcomes
        if outcome.when is not None
    }
    for id_, number in program.clauses.items():
        definition, _, name = id_.partition(".")
        is_chosen = definition in policy.decisions and not policy.decisions[definition].every
        alias = f"{definition}_clauses" if is_chosen else definition
        yield number, Label(definition, name.replace(".", "_") or definition, titles.get(id_, ""), alias)


def owners_of(program: Program, live: tuple[int, ...], labels: dict[int, Label]) -> dict[int, Label]:
    """The label of each step: its own, the name of a fact, or the label of the first step that needs it."""
    owners: dict[int, Label] = {}
    for number in reversed(live):
        step = program.steps[number]
        if step.op == "input":
            owners[number] = Label("", str(step.data), "", str(step.data))
        owner = owners[number] = labels.get(number) or owners.get(number) or Label("", "", "", step.op)
        owners.update(dict.fromkeys(step.args, owner))
    return owners
