"""What a policy says that can be held against the regulation's text, one statement at a time."""

from collections.abc import Iterator

from attrs import frozen

from hardship_rules.core.expr import BASES, Clause, Provenance, names_in
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import ChoiceKind, unit_text
from hardship_rules.core.policy import Decision, Note, Outcome, Parameter, Policy, Reading
from hardship_rules.core.units import kind_of_name
from hardship_rules.explanation.phrase import amount, gathered, phrase
from hardship_rules.locale import sentences

WORDS: FrozenMapping[str, str] = FrozenMapping(
    {
        "parameters": "参数",
        "readings": "解读",
        "terms": "定义",
        "notes": "附注",
        "reply_within": "请申请人自收到通知之日起{days}日内提交",
        "otherwise": "以上都不成立",
        "reading": "{question}可选：{options}。现选“{chosen}”。",
        "first": "依次判断，取第一个成立的",
        "every": "逐项判断，成立的都列出",
        "list": "，",
        "join": "、",
        "steps": "；",
        "numbered": "{title}为 {number} 的",
        "and_more": "{title}为 {number} 及以上的",
        "option_value": "{options} {value}",
        "not_published": "{value}（在 {low} 至 {high} 之间）",
        "open": "尚无数值，由年度文件填写",
        "equals": "＝{words}",
        "basis": "〔{basis}〕",
        "provenance": "〔{basis}〕{source}",
    }
)


@frozen
class Statement:
    """One thing that a policy says: in which section, of which definition or outcome, in which words, how well known.

    `parts` are the ids of those that it takes together; `reading` is the one that it looks at, and at nothing else.
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
    """The parameters, readings, terms, decisions with every clause of theirs, and notes, in the policy's order.

    What every household must meet keeps facts together and is not the regulation's: it is left out.
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
    """What a note says."""
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
    """Every outcome of a decision, `otherwise` last."""
    return decision.outcomes if decision.otherwise is None else (*decision.outcomes, decision.otherwise)


def statements_of(policy: Policy, section: str, of: str, clause: Clause) -> Iterator[Statement]:
    """A clause, and every clause that it consists of."""
    together = gathered(clause.when)
    if together is None:
        names = tuple(names_in(clause))
        reading = names[0] if len(names) == 1 and names[0] in policy.readings else None
        words = line_of(policy, clause)
        yield Statement(section, of, clause.id, clause.title, words, clause.provenance, reading=reading)
        return
    words, parts = together
    yield Statement(section, of, clause.id, clause.title, words, clause.provenance, tuple(part.id for part in parts))
    for part in parts:
        yield from statements_of(policy, section, of, part)


def line_of(policy: Policy, clause: Clause) -> str:
    """What a clause of one line says in words; nothing where its title says the same."""
    words = phrase(policy, clause.when)
    return "" if _bare(words) == _bare(clause.title) else words


def _bare(words: str) -> str:
    """A sentence without its quotation marks, and without `成立` or `为是` at its end."""
    return words.replace("“", "").replace("”", "").removesuffix("成立").removesuffix("为是")


def values_of(policy: Policy, parameter: Parameter) -> tuple[str, ...]:
    """The numbers of a parameter in words, with what they go by: 城市 787 元/月/人."""
    if not parameter.values:
        words = unit_text(parameter.kind.unit or (), policy.units)
        return (WORDS["open"] + (WORDS["list"] + words if words else ""),)
    return tuple(
        WORDS["option_value"].format(options=options, value=value) if options else value
        for options, value in values_by_option(policy, parameter).values()
    )


def values_by_option(policy: Policy, parameter: Parameter) -> dict[tuple[str | int, ...], tuple[str, str]]:
    """What each number of a parameter is for, and how much it is, in words."""
    unit = parameter.kind.unit or ()
    found = {}
    for keyed, number in parameter.values.items():
        value = amount(policy, number, unit)
        if number is None:
            ends = {"low": amount(policy, parameter.kind.low, ()), "high": amount(policy, parameter.kind.high, unit)}
            value = WORDS["not_published"].format(value=value, **ends)
        options = (_option(policy, *each) for each in zip(parameter.by, keyed, parameter.last, strict=True))
        found[keyed] = (WORDS["list"].join(options), value)
    return found


def _option(policy: Policy, by: str, key: str | int, last: int | None) -> str:
    if isinstance(key, int):
        return WORDS["and_more" if key == last else "numbered"].format(title=policy.names[by].title, number=key)
    kind = kind_of_name(policy, by)
    return kind.options[key] if isinstance(kind, ChoiceKind) else key


def headed(policy: Policy, title: str) -> str:
    """The title of what is written of a policy; of a draft it says so first, as explanations do."""
    return sentences("explain")["draft"].format(verdict=title) if policy.status == "draft" else title


def grade(provenance: Provenance | None) -> str:
    """How well something is known: 〔归纳〕."""
    return "" if provenance is None else WORDS["basis"].format(basis=BASES[provenance.basis])


def provenance_words(policy: Policy, provenance: Provenance | None) -> str:
    """How well something is known, in which document it is said, and where in it: 〔通知〕某通知，第二条."""
    if provenance is None:
        return ""
    source = policy.sources[provenance.source].title if provenance.source else ""
    place = WORDS["list"].join(word for word in (source, provenance.cite) if word)
    return WORDS["provenance"].format(basis=BASES[provenance.basis], source=place)
