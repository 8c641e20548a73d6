"""The differences between two policies in words: old and new value, by how much, why, and the source."""

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from attrs import frozen

from hardship_rules.assessment.outcomes import decimal
from hardship_rules.authoring._reading_copy import fact_words
from hardship_rules.authoring._statements import (
    Statement,
    note_words,
    outcomes_of,
    provenance_words,
    statements,
    statements_of,
    values_by_option,
)
from hardship_rules.core.expr import Clause, Provenance
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import Unit, unit_text
from hardship_rules.core.policy import Decision, Fact, Parameter, Policy, Property, Reading, Usual, canonical
from hardship_rules.core.problem import KeyPath
from hardship_rules.explanation.phrase import amount, combination
from hardship_rules.language.check import IDS, current_id
from hardship_rules.locale import sentences

WORDS = sentences("diff")
_READING_COPY = sentences("reading_copy")

_HEAD = ("policy", "series", "title", "effective")  # the sheet shows these of both policies
_FACTS: dict[str, KeyPath] = {"household": ("household",), "members": ("members", "facts")}
_PROPERTY_TEXTS = ("title", "source", "cite", "basis")  # attributes of their own


@frozen
class Difference:
    """One difference between two policies; `was` is empty for what is new, `now` for what is gone.

    `about` says by how much a number changed, why, and the source of the new value.
    """

    section: str
    id: str
    title: str
    was: str
    now: str
    about: str = ""


def diff(old: Policy, new: Policy, bases: tuple[Policy | None, Policy | None] = (None, None)) -> tuple[Difference, ...]:
    """All differences between two policies, by section; `bases` are the policies that they extend.

    Their names, titles and days are left out. Renamed definitions are compared with what they were called before. Two
    policies with one fingerprint have no differences.
    """
    before, after = _with_current_ids(entries(old), new), entries(new)
    differences: list[Difference] = []
    for key in dict.fromkeys((*after, *before)):
        was, now = before.get(key), after.get(key)
        if now is not None:
            differences += _whole(now) if was is None else _changed(new, was, now)
        elif was is not None:
            differences += _whole(was, gone=True)
    differences += _rest(old, new, differences)
    sections = list(dict.fromkeys(entry.section for entry in (*after.values(), *before.values())))
    order = {section: number for number, section in enumerate(sections)}
    differences.sort(key=lambda difference: order.get(difference.section, len(sections)))
    return (*_base(*bases), *differences)


# --- The entries of a policy -------------------------------------------------------------------------------------


@frozen
class Attribute:
    """One attribute of an entry in words; `key` is its value, and `raw` how the policy file writes it.

    `note` is true for a reason or a source, which is shown beside the value.
    """

    words: str
    key: object
    raw: str = ""
    note: bool = False
    number: Exact | None = None
    unit: Unit = ()


@frozen
class Entry:
    """A fact, parameter, reading, clause and so on, with its attributes by name.

    The name of the entry's own value is empty; its value for one option is named by that option, such as （城市）.
    """

    section: str
    id: str
    title: str
    attributes: FrozenMapping[str, Attribute]


Entries = dict[tuple[str, str], Entry]
"""Entries by section of the policy file and id."""

_NAMED = frozenset(
    {"title", "held", "absent", "evidence", "group", "usual", "unit", "by", "range", "question", "options", "why"}
    | {"affects", "whose", "if_not", "provenance", "disjoint", "complete"}
)
"""The attributes with a name of their own; the others are values."""


def entries(policy: Policy) -> Entries:
    """All entries in the order of the policy file, without its name, title, series and days."""
    return {(kind, entry.id): entry for kind, entry in _Policy(policy).entries()}


class _Policy:
    """The entries of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.tree = json.loads(policy.resolved)

    def entries(self) -> Iterator[tuple[str, Entry]]:
        policy, say = self.policy, _READING_COPY
        for name, source in policy.sources.items():
            held = Attribute(say[f"held_{source.held}"], source.held)
            yield "sources", _entry(say["sources"], name, source.title, {"": _plain(source.title), "held": held})
        for kind, facts in (("household", policy.facts), ("members", policy.members.facts)):
            for fact in facts.values():
                yield kind, _entry(say[kind], fact.name, fact.title, self.fact(kind, fact))
        for clause in policy.must:
            for statement in statements_of(policy, say["must"], "", clause):
                yield "must", self.statement(statement, clause)
        for parameter in policy.parameters.values():
            yield (
                "parameters",
                _entry(say["parameters"], parameter.name, parameter.title, self.parameter(parameter)),
            )
        for reading in policy.readings.values():
            yield "readings", _entry(WORDS["readings"], reading.name, reading.title, self.reading(reading))
        yield from self.terms()
        for decision in policy.decisions.values():
            yield from self.decision(decision)
        for name, note in policy.notes.items():
            attributes = {"": _plain(note_words(note)), "provenance": self.provenance(note.provenance)}
            yield "notes", _entry(say["notes"], name, say["notes"], attributes)
        for name, rule in policy.properties.items():
            yield "properties", _entry(WORDS["property"], name, rule.title, self.property(rule))
        for name, title, words in self.rest():
            yield "rest", _entry(WORDS["rest"], name, title, {"": _plain(words)})

    def fact(self, kind: str, fact: Fact) -> dict[str, Attribute]:
        node = self.tree["household"] if kind == "household" else self.tree["members"]["facts"]
        answer, absent, evidence = fact_words(self.policy, fact)
        raw = canonical(node[fact.name])
        return {
            "": Attribute(answer, (fact.kind, fact.counted_in), raw),
            "title": _plain(fact.title),
            "absent": Attribute(absent, fact.if_absent, raw),
            "evidence": _plain(evidence),
            "group": _plain(fact.group),
            "usual": self.usual(fact.usual),
        }

    def parameter(self, parameter: Parameter) -> dict[str, Attribute]:
        unit = parameter.kind.unit or ()
        values = {
            WORDS["options_of"].format(options=options) if options else "": Attribute(
                words, (parameter.values[key], words), number=parameter.values[key], unit=unit
            )
            for key, (options, words) in values_by_option(self.policy, parameter).items()
        }
        shows_range = None in parameter.values.values()  # an unpublished value is shown with its range
        node = {} if shows_range else self.tree["parameters"][parameter.name]
        ends = {"low": node.get("from", ""), "high": node.get("to", "")}
        return {
            **(values or {"": Attribute(WORDS["open"], None)}),
            "title": _plain(parameter.title),
            "unit": Attribute(unit_text(unit, self.policy.units), unit, unit_text(unit, {})),
            "by": _plain(self.titles(parameter.by)),
            "range": _plain(WORDS["from_to"].format(**ends).strip() if any(ends.values()) else ""),
            "usual": self.usual(parameter.usual),
            "provenance": self.provenance(parameter.provenance),
        }

    def usual(self, usual: Usual | None) -> Attribute:
        if usual is None:
            return Attribute("", None)
        low, high = ("" if end is None else amount(self.policy, end, ()) for end in (usual.low, usual.high))
        return Attribute(WORDS["from_to"].format(low=low, high=high), usual)

    def reading(self, reading: Reading) -> dict[str, Attribute]:
        options = reading.kind.options
        return {
            "": Attribute(options[reading.chosen], reading.chosen, reading.chosen),
            "title": _plain(reading.title),
            "question": _plain(reading.question),
            "options": Attribute(WORDS["join"].join(options.values()), options, canonical(dict(options))),
            "affects": _plain(self.titles(reading.affects)),
            "why": Attribute(reading.why, reading.why, note=True),
            "provenance": self.provenance(reading.provenance),
        }

    def terms(self) -> Iterator[tuple[str, Entry]]:
        by_id = {statement.id: statement for statement in statements(self.policy)}
        for term in self.policy.terms.values():
            if isinstance(term.expr, Clause):
                whose = _READING_COPY["of_member"] if term.of_member else ""
                for statement in statements_of(self.policy, _READING_COPY["terms"], term.title, term.expr):
                    own = statement.id == term.name
                    yield "terms", self.statement(statement, term.expr, whose=whose if own else "")
            else:
                key, raw = (term.kind, term.of_member, term.expr), canonical(self.tree["terms"][term.name])
                yield "terms", self.statement(by_id[term.name], None, key=key, raw=raw)

    def statement(
        self, statement: Statement, top: Clause | None, *, whose: str = "", key: object = None, raw: str = ""
    ) -> Entry:
        """The entry of a statement; `top` is its clause, or the clause that contains it."""
        clause = None if top is None else _inside(top, statement.id)
        if_not = ""
        if clause is not None:
            parts = combination(clause.when)
            key, raw = (clause.when, clause.line) if parts is None else (parts[0], "")
            if_not = clause.if_not
        attributes = {
            "": Attribute(statement.words or statement.title, key, raw),
            "title": _plain(statement.title),
            "whose": _plain(whose),
            "if_not": _plain(if_not),
            "provenance": self.provenance(statement.provenance),
        }
        return _entry(statement.section, statement.id, statement.title or statement.of or statement.id, attributes)

    def decision(self, decision: Decision) -> Iterator[tuple[str, Entry]]:
        outcomes = outcomes_of(decision)
        titles = WORDS["join"].join(outcome.title for outcome in outcomes)
        first = next(statement for statement in statements(self.policy) if statement.id == decision.name)
        attributes = {
            "": Attribute(
                WORDS["sequence"].format(words=first.words, titles=titles),
                (decision.every, tuple(decision.by_id)),
                WORDS["join"].join(decision.by_id),
            ),
            "title": _plain(decision.title),
            "disjoint": _plain(WORDS["yes" if decision.disjoint else "no"]),
            **({"complete": _plain(WORDS["yes"])} if decision.complete else {}),
        }
        yield "decisions", _entry(decision.title, decision.name, decision.title, attributes)
        for outcome in outcomes:
            if outcome.when is not None:
                for statement in statements_of(self.policy, decision.title, outcome.title, outcome.when):
                    yield "decisions", self.statement(statement, outcome.when)
            else:
                id_, words = f"{decision.name}.{outcome.id}", outcome.title
                attributes = {"": _plain(words), "provenance": self.provenance(outcome.provenance)}
                yield "decisions", _entry(decision.title, id_, words, attributes)

    def property(self, rule: Property) -> dict[str, Attribute]:
        node = self.tree["properties"][rule.name]
        raw = canonical({name: part for name, part in node.items() if name not in _PROPERTY_TEXTS})
        return {
            "": Attribute(rule.title, raw, raw),
            "title": _plain(rule.title),
            "provenance": self.provenance(rule.provenance),
        }

    def provenance(self, provenance: Provenance | None) -> Attribute:
        raw = "" if provenance is None else provenance.source or ""
        return Attribute(provenance_words(self.policy, provenance), provenance, raw, note=True)

    def rest(self) -> Iterator[tuple[str, str, str]]:
        """The id, title and words of everything else in the file."""
        policy = self.policy
        for unit, word in policy.units.items():
            yield f"units.{unit}", WORDS["unit_of"], word
        yield "members.called by", WORDS["called_by"], self.titles(policy.members.called_by)
        yield "members.at most", WORDS["at_most"], str(policy.members.at_most)
        yield "show", WORDS["show"], self.titles(policy.show)
        for former in policy.formers:
            of = ".".join(map(str, former.of))
            yield f"{of}.{former.new}<{former.old}", WORDS["formerly"], f"{former.old} → {former.new}"

    def titles(self, names: tuple[str, ...]) -> str:
        return WORDS["join"].join(self.policy.names[name].title for name in names)


def _plain(words: str) -> Attribute:
    return Attribute(words, words)


def _entry(section: str, id_: str, title: str, attributes: Mapping[str, Attribute]) -> Entry:
    return Entry(section, id_, title, FrozenMapping(attributes))


def _inside(clause: Clause, id_: str) -> Clause | None:
    """The clause with an id: this one, or one of its parts."""
    if clause.id == id_:
        return clause
    combined = combination(clause.when)
    parts = () if combined is None else combined[1]
    return next(filter(None, (_inside(part, id_) for part in parts)), None)


# --- The differences between entries -----------------------------------------------------------------------------


def _with_current_ids(before: Entries, new: Policy) -> Entries:
    """The entries of an older policy by the ids that the new one gives them."""

    def current(kind: str, id_: str) -> str:
        if kind in _FACTS:
            former = new.formerly.get(_FACTS[kind], {}).get(id_)
            return id_ if former is None else str(former.new)
        return current_id(new, id_) if kind in ("must", "terms", "decisions") and IDS in new.formerly else id_

    return {(kind, current(kind, id_)): entry for (kind, id_), entry in before.items()}


def _whole(entry: Entry, *, gone: bool = False) -> Iterator[Difference]:
    """A new or removed entry: one difference a value, the first with the other attributes."""
    values = {name: attribute for name, attribute in entry.attributes.items() if name not in _NAMED}
    other_attributes = [
        WORDS["labelled"].format(label=WORDS[name], words=attribute.words)
        for name, attribute in entry.attributes.items()
        if name in _NAMED and not attribute.note and attribute.words and attribute.words != entry.title
    ]
    for number, (name, attribute) in enumerate(values.items()):
        words = WORDS["steps"].join((attribute.words, *(() if number else other_attributes)))
        was, now = (words, "") if gone else ("", words)
        yield Difference(entry.section, entry.id, _title(entry, name), was, now, "" if gone else _notes(entry))


def _changed(new: Policy, was: Entry, now: Entry) -> Iterator[Difference]:
    """The changed attributes of an entry; reasons and sources have a difference only where no value changed."""
    differences: list[Difference] = []
    value_changed = False
    if was.id != now.id:
        differences.append(Difference(now.section, now.id, _title(now, "id"), was.id, now.id))
    for name in dict.fromkeys((*now.attributes, *was.attributes)):
        before, after = was.attributes.get(name), now.attributes.get(name)
        if before is not None and after is not None and (before.key == after.key or before.note):
            continue
        if after is None and before is not None and before.key is None:  # a parameter that was open has values now
            continue
        is_value = name not in _NAMED
        about = "" if after is None or not is_value else _notes(now)
        if before is not None and after is not None:
            about = WORDS["steps"].join(filter(None, (by_how_much(new, before, after), about)))
        words = _both(before, after)
        if any(words):
            differences.append(Difference(now.section, now.id, _title(now, name), *words, about))
            value_changed = value_changed or is_value
    if not value_changed:
        differences += (
            Difference(now.section, now.id, _title(now, name), *_both(before, attribute))
            for name, attribute in now.attributes.items()
            if attribute.note and (before := was.attributes.get(name)) is not None and before.key != attribute.key
        )
    yield from differences


def _title(entry: Entry, name: str) -> str:
    """The title of an entry with the name of one of its attributes."""
    if name in _NAMED or name == "id":
        return WORDS["titled"].format(title=entry.title, label=WORDS[name])
    return entry.title + name


def _both(before: Attribute | None, after: Attribute | None) -> tuple[str, str]:
    """Both attributes in words; where these are equal, also as the files write them."""
    if before is None or after is None or before.words != after.words or not before.words:
        return "" if before is None else before.words, "" if after is None else after.words
    old, new = (WORDS["raw"].format(words=attribute.words, raw=attribute.raw) for attribute in (before, after))
    return old, new


def _notes(entry: Entry) -> str:
    """The reason and the source of an entry."""
    notes = (
        attribute.words if name == "provenance" else WORDS["labelled"].format(label=WORDS[name], words=attribute.words)
        for name, attribute in entry.attributes.items()
        if attribute.note and attribute.words
    )
    return WORDS["steps"].join(notes)


def by_how_much(policy: Policy, before: Attribute, after: Attribute) -> str:
    """By how much a number changed, in its unit and in per cent."""
    if before.number is None or after.number is None or before.unit != after.unit:
        return ""
    was, now = Fraction(before.number), Fraction(after.number)
    if was == now:
        return ""
    change = abs(now - was)
    direction = "more" if now > was else "less"
    if not before.unit and before.words.endswith("%") and after.words.endswith("%"):
        points = amount(policy, change * 100, ())
        return WORDS[direction].format(amount=WORDS["points"].format(count=points))
    words = WORDS[direction].format(amount=amount(policy, change, before.unit, full=False))
    if not was:
        return words
    share, places = change / abs(was) * 100, 1
    while not (rounded := Fraction(decimal(share, places))):
        places += 1
    sentence = "share" if rounded == share else "about"
    return WORDS[sentence].format(change=words, share=f"{decimal(share, places).normalize():f}")


# --- The differences outside entries -----------------------------------------------------------------------------


def _rest(old: Policy, new: Policy, differences: list[Difference]) -> Iterator[Difference]:
    """Definitions that differ in the files and in no entry, as the files write them."""
    shown = {name for difference in differences for name in (difference.id, difference.id.split(".")[0])}
    old_tree, new_tree = json.loads(old.resolved), json.loads(new.resolved)
    for section in dict.fromkeys((*new_tree, *old_tree)):
        if section in _HEAD:
            continue
        before, after = (_definitions(section, tree.get(section)) for tree in (old_tree, new_tree))
        for name in dict.fromkeys((*after, *before)):
            if before.get(name) == after.get(name) or shown & {name, f"{section}.{name}", section}:
                continue
            was, now = (_text(definitions[name]) if name in definitions else "" for definitions in (before, after))
            yield Difference(WORDS["rest"], f"{section}.{name}".strip("."), WORDS["in_file"], was, now)


def _definitions(section: str, node: Any) -> dict[str, Any]:
    """The definitions of a section of a resolved policy."""
    if section == "members" and isinstance(node, dict):
        return {**node.get("facts", {}), **{name: part for name, part in node.items() if name != "facts"}}
    if section == "decisions" and node:  # pairs of name and definition, since their order matters
        return dict(node)
    return node if isinstance(node, dict) else {"": node}


def _text(node: Any) -> str:
    """A node of a resolved policy as text."""
    return node if isinstance(node, str) else json.dumps(node, ensure_ascii=False, sort_keys=True)


def _base(old: Policy | None, new: Policy | None) -> Iterator[Difference]:
    """The difference between two base policies, by name and fingerprint."""
    was, now = (
        ""
        if base is None
        else WORDS["base_words"].format(title=base.title, name=base.name, fingerprint=base.fingerprint)
        for base in (old, new)
    )
    if was != now:
        yield Difference(WORDS["base"], "extends", WORDS["base"], was, now)
