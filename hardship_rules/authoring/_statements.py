"""The statements of a policy, to be compared with the regulation's text one by one."""

from collections.abc import Iterator

from attrs import frozen

from hardship_rules.core.expr import BASES, Clause, Provenance, names_in
from hardship_rules.core.kinds import ChoiceKind, unit_text
from hardship_rules.core.policy import Decision, Note, Outcome, Parameter, Policy, Reading
from hardship_rules.core.units import kind_of_name
from hardship_rules.explanation.phrase import amount, combination, phrase
from hardship_rules.locale import sentences

WORDS = sentences("statements")


@frozen
class Statement:
    """One statement of a policy: its section, the definition or outcome it belongs to (`of`), its words and provenance.

    `parts` are the ids of the statements that it combines; `reading` is set where it uses only that reading.
    """

    section: str
    of: str
    id: str
    title: str
    words: str
    provenance: Provenance | None
    parts: tuple[str, ...] = ()
    reading: str | None = None


def statements(policy: Policy) -> tuple[Statement, ...]:
    """The parameters, readings, terms, decisions with all their clauses, and notes, in the policy's order.

    The `must` conditions are left out: they keep facts consistent and are not in the regulation.
    """
    return tuple(_statements(policy))


def _statements(policy: Policy) -> Iterator[Statement]:
    section = WORDS["parameters"]
    for parameter in policy.parameters.values():
        words = WORDS["steps"].join(values_of(policy, parameter))
        yield Statement(section, "", parameter.name, parameter.title, words, parameter.provenance)
    section = WORDS["readings"]
    for reading in policy.readings.values():
        yield Statement(section, "", reading.name, reading.title, _reading(reading), reading.provenance)
    section = WORDS["terms"]
    for term in policy.terms.values():
        if isinstance(term.expr, Clause):
            yield from statements_of(policy, section, term.title, term.expr)
        else:
            words = WORDS["equals"].format(words=phrase(policy, term.expr, term.kind))
            yield Statement(section, "", term.name, term.title, words, term.provenance)
    for decision in policy.decisions.values():
        yield from _decision(policy, decision)
    for name, note in policy.notes.items():
        yield Statement(WORDS["notes"], "", name, "", note_words(note), note.provenance)


def note_words(note: Note) -> str:
    """The text of a note."""
    return note.text if note.days is None else WORDS["reply_within"].format(days=note.days)


def _reading(reading: Reading) -> str:
    options = WORDS["join"].join(reading.kind.options.values())
    return WORDS["reading"].format(
        question=reading.question, options=options, chosen=reading.kind.options[reading.chosen]
    )


def _decision(policy: Policy, decision: Decision) -> Iterator[Statement]:
    words = WORDS["every" if decision.every else "first"]
    parts = tuple(f"{decision.name}.{outcome}" for outcome in decision.options)
    yield Statement(decision.title, "", decision.name, decision.title, words, None, parts)
    for outcome in outcomes_of(decision):
        if outcome.when is None:
            id_ = f"{decision.name}.{outcome.id}"
            yield Statement(decision.title, outcome.title, id_, outcome.title, WORDS["otherwise"], outcome.provenance)
        else:
            yield from statements_of(policy, decision.title, outcome.title, outcome.when)


def outcomes_of(decision: Decision) -> tuple[Outcome, ...]:
    """The outcomes of a decision, `otherwise` last."""
    return decision.outcomes if decision.otherwise is None else (*decision.outcomes, decision.otherwise)


def statements_of(policy: Policy, section: str, of: str, clause: Clause) -> Iterator[Statement]:
    """The statements of a clause and of all clauses inside it."""
    combined = combination(clause.when)
    if combined is None:
        names = tuple(names_in(clause))
        reading = names[0] if len(names) == 1 and names[0] in policy.readings else None
        words = line_of(policy, clause)
        yield Statement(section, of, clause.id, clause.title, words, clause.provenance, reading=reading)
        return
    words, parts = combined
    yield Statement(section, of, clause.id, clause.title, words, clause.provenance, tuple(part.id for part in parts))
    for part in parts:
        yield from statements_of(policy, section, of, part)


def line_of(policy: Policy, clause: Clause) -> str:
    """A clause of one line in words; empty where its title says the same."""
    words = phrase(policy, clause.when)
    return "" if _plain(words) == _plain(clause.title) else words


def _plain(words: str) -> str:
    """A sentence without quotation marks, and without `成立` or `为是` at its end."""
    return words.replace("“", "").replace("”", "").removesuffix("成立").removesuffix("为是")


def values_of(policy: Policy, parameter: Parameter) -> tuple[str, ...]:
    """The values of a parameter in words, each with its options: 城市 787 元/月/人."""
    if not parameter.values:
        words = unit_text(parameter.kind.unit or (), policy.units)
        return (WORDS["open"] + (WORDS["list"] + words if words else ""),)
    return tuple(
        WORDS["option_value"].format(options=options, value=value) if options else value
        for options, value in values_by_option(policy, parameter).values()
    )


def values_by_option(policy: Policy, parameter: Parameter) -> dict[tuple[str | int, ...], tuple[str, str]]:
    """The options and the value of each row of a parameter, in words."""
    unit = parameter.kind.unit or ()
    values = {}
    for key, number in parameter.values.items():
        value = amount(policy, number, unit)
        if number is None:
            ends = {"low": amount(policy, parameter.kind.low, ()), "high": amount(policy, parameter.kind.high, unit)}
            value = WORDS["not_published"].format(value=value, **ends)
        options = (_option(policy, *step) for step in zip(parameter.by, key, parameter.last, strict=True))
        values[key] = (WORDS["list"].join(options), value)
    return values


def _option(policy: Policy, by: str, key: str | int, last: int | None) -> str:
    """One step of a row's key in words; `last` is the number that stands for all higher ones."""
    if isinstance(key, int):
        return WORDS["and_more" if key == last else "numbered"].format(title=policy.names[by].title, number=key)
    kind = kind_of_name(policy, by)
    return kind.options[key] if isinstance(kind, ChoiceKind) else key


def headed(policy: Policy, title: str) -> str:
    """The title of a document about a policy, which marks a draft as explanations do."""
    return sentences("explain")["draft"].format(verdict=title) if policy.status == "draft" else title


def grade(provenance: Provenance | None) -> str:
    """How well a statement is known: 〔归纳〕."""
    return "" if provenance is None else WORDS["basis"].format(basis=BASES[provenance.basis])


def provenance_words(policy: Policy, provenance: Provenance | None) -> str:
    """How well a statement is known, its source, and the place in it: 〔通知〕某通知，第二条."""
    if provenance is None:
        return ""
    source = policy.sources[provenance.source].title if provenance.source else ""
    place = WORDS["list"].join(word for word in (source, provenance.cite) if word)
    return WORDS["provenance"].format(basis=BASES[provenance.basis], source=place)
