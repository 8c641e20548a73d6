"""The reading copy: a policy as a document for staff to compare with the regulation, clause by clause."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from hardship_rules.authoring._statements import (
    Statement,
    grade,
    headed,
    line_of,
    note_words,
    outcomes_of,
    provenance_words,
    statements,
    values_of,
)
from hardship_rules.core.expr import BASES, VERIFIED, Choose, Clause, Provenance
from hardship_rules.core.kinds import ChoiceKind, DateKind, NumberKind, unit_text
from hardship_rules.core.policy import Decision, Fact, Outcome, Policy, Reading, Term
from hardship_rules.documents.document import Block, Document, Item, Listing, Paragraph, Section, Table, numeral
from hardship_rules.explanation.phrase import amount, case_texts, combination, default_text, phrase
from hardship_rules.locale import sentences

WORDS = sentences("reading_copy")


def reading_copy(policy: Policy) -> Document:
    """The whole policy in the order of its file: facts, parameters, readings, decisions, and unverified statements."""
    return Document(headed(policy, policy.title), tuple(_Copy(policy).blocks()))


def about(policy: Policy) -> dict[str, str]:
    """The name, series, days, status and fingerprint of a policy by their titles; empty where it states none."""
    dates = {"start": policy.start, "end": policy.end}
    window = "both" if policy.start and policy.end else "from" if policy.start else "to" if policy.end else "none"
    return {
        WORDS["name"]: policy.name,
        WORDS["series"]: policy.series or "",
        WORDS["window"]: WORDS[f"window_{window}"].format(**dates),
        WORDS["status"]: _status(policy),
        WORDS["fingerprint"]: policy.fingerprint,
    }


def _status(policy: Policy) -> str:
    approval = policy.approval
    if approval is None or policy.is_draft:
        return WORDS["draft"] if policy.is_draft else ""
    return WORDS["approved" if policy.status == "approved" else "void"].format(by=approval.by, day=approval.day)


def asked(policy: Policy, fact: Fact) -> tuple[str, str, str]:
    """The possible answers to a fact, its default, and the document that proves it, in words."""
    return _answer(policy, fact), default_text(policy, fact) or WORDS["stays_unknown"], fact.evidence


def _answer(policy: Policy, fact: Fact) -> str:
    match fact.kind:
        case NumberKind(unit, low, high, decimals):
            words = fact.counted_in or unit_text(unit or (), policy.units)
            bounds = ("" if end is None else amount(policy, end, ()) for end in (low, high))
            span = WORDS["from_to"].format(**dict(zip(("low", "high"), bounds, strict=True)))
            places = WORDS["decimals"].format(count=decimals) if decimals else ""
            return WORDS["list"].join(word for word in (words, span, places) if word)
        case ChoiceKind(options):
            return WORDS["join"].join(options.values())
        case DateKind():
            return WORDS["date"]
    return WORDS["yes_or_no"]


class _Copy:
    """The parts of one policy's document."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def blocks(self) -> Iterator[Block]:
        policy, say = self.policy, WORDS
        yield self.about()
        grades = say["steps"].join(
            say["meaning"].format(basis=word, meaning=say[basis]) for basis, word in BASES.items()
        )
        yield Paragraph(say["how"].format(grades=grades))
        decisions = [(decision.title, tuple(self.decision(decision))) for decision in policy.decisions.values()]
        sections: list[tuple[str, tuple[Block, ...]]] = [
            (say["sources"], tuple(self.sources())),
            (say["household"], tuple(self.facts(policy.facts.values()))),
            (say["members"], tuple(self.members())),
            (say["must"], tuple(self.must())),
            (say["parameters"], tuple(self.parameters())),
            (say["readings"], tuple(self.readings())),
            (say["terms"], tuple(self.terms())),
            *decisions,
            (say["notes"], tuple(self.notes())),
            (say["unverified"], tuple(self.unverified())),
        ]
        filled = [(title, blocks) for title, blocks in sections if blocks]
        for number, (title, blocks) in enumerate(filled, 1):
            yield Section(say["section"].format(number=numeral(number), title=title), blocks)

    def about(self) -> Table:
        rows = tuple((item, content) for item, content in about(self.policy).items() if content)
        return Table(WORDS["policy"], (WORDS["item"], WORDS["content"]), rows, (20, 80))

    def sources(self) -> Iterator[Block]:
        rows = tuple((source.title, name, WORDS[f"held_{source.held}"]) for name, source in self.policy.sources.items())
        if rows:
            yield Table(WORDS["all_sources"], (WORDS["source"], WORDS["name"], WORDS["held"]), rows, (60, 24, 16))

    # Facts

    def members(self) -> Iterator[Block]:
        members = self.policy.members
        if members.facts:
            yield Paragraph(WORDS["most_members"].format(count=members.at_most))
            yield from self.facts(members.facts.values())

    def facts(self, facts: Iterable[Fact]) -> Iterator[Block]:
        """One table for each group, in the order of their first facts."""
        groups: dict[str, list[Fact]] = {}
        for fact in facts:
            groups.setdefault(fact.group or WORDS["ungrouped"], []).append(fact)
        heads = (WORDS["fact"], WORDS["answer"], WORDS["absent"], WORDS["evidence"])
        for group, inside in groups.items():
            rows = ((fact.title, *asked(self.policy, fact)) for fact in inside)
            yield Table(group, heads, tuple(rows), shares=(28, 32, 26, 14))

    def must(self) -> Iterator[Block]:
        if self.policy.must:
            yield Listing(tuple(self.item(clause, None) for clause in self.policy.must))

    # Parameters and readings

    def parameters(self) -> Iterator[Block]:
        rows = tuple(
            (
                WORDS["titled"].format(title=parameter.title, name=parameter.name),
                "\n".join(values_of(self.policy, parameter)),
                provenance_words(self.policy, parameter.provenance),
            )
            for parameter in self.policy.parameters.values()
        )
        if rows:
            yield Table(
                WORDS["all_parameters"], (WORDS["parameter"], WORDS["value"], WORDS["known"]), rows, (42, 22, 36)
            )

    def readings(self) -> Iterator[Block]:
        if self.policy.readings:
            yield Listing(tuple(self.reading(reading) for reading in self.policy.readings.values()))

    def reading(self, reading: Reading) -> Item:
        options = reading.kind.options
        text = WORDS["reading"].format(
            question=reading.question, chosen=options[reading.chosen], why=reading.why.removesuffix("。")
        )
        if reading.affects:
            titles = WORDS["join"].join(self.policy.names[name].title for name in reading.affects)
            text += WORDS["affects"].format(titles=titles)
        parts = (
            Item(WORDS["option_chosen" if name == reading.chosen else "option"].format(title=title, name=name))
            for name, title in options.items()
        )
        lead = WORDS["titled"].format(title=reading.title, name=reading.name)
        return Item(text, lead, provenance_words(self.policy, reading.provenance), tuple(parts))

    # Terms and decisions

    def terms(self) -> Iterator[Block]:
        for number, term in enumerate(self.policy.terms.values(), 1):
            title = WORDS["subsection"].format(number=numeral(number), title=term.title)
            yield Section(title, tuple(self.term(term)))
        if self.policy.show:
            titles = WORDS["join"].join(self.policy.names[name].title for name in self.policy.show)
            yield Paragraph(WORDS["show"].format(titles=titles))

    def term(self, term: Term) -> Iterator[Block]:
        remarks = []
        if term.of_member:
            remarks.append(WORDS["of_member" if isinstance(term.expr, Clause) else "counted_of_member"])
        if isinstance(term.kind, NumberKind) and (unit := unit_text(term.kind.unit or (), self.policy.units)):
            remarks.append(WORDS["unit"].format(unit=unit))
        yield self.definition(term.name, remarks, term.provenance)
        if isinstance(term.expr, Clause):
            yield from self.condition(term.expr, term.title)
        elif isinstance(term.expr, Choose):
            yield Paragraph(WORDS["choose"].format(title=term.title))
            yield Listing(tuple(Item(case) for case in case_texts(self.policy, term.expr, term.kind)))
        else:
            words = WORDS["equals"].format(title=term.title, words=phrase(self.policy, term.expr, term.kind))
            yield Paragraph(WORDS["stop"].format(words=words))

    def definition(self, name: str, remarks: list[str], provenance: Provenance | None) -> Paragraph:
        """The provenance of a definition, and its name in the file."""
        words = provenance_words(self.policy, provenance)
        stated = [WORDS["stated_in"].format(provenance=words)] if words else []
        return Paragraph(WORDS["steps"].join((*stated, *remarks, f"{WORDS['name']} {name}")), aside=True)

    def decision(self, decision: Decision) -> Iterator[Block]:
        titles = "".join(WORDS["quoted"].format(title=title) for title in decision.options.values())
        yield Paragraph(WORDS["every" if decision.every else "first"].format(titles=titles))
        for number, outcome in enumerate(outcomes_of(decision), 1):
            title = WORDS["subsection"].format(number=numeral(number), title=outcome.title)
            yield Section(title, tuple(self.outcome(decision, outcome)))

    def outcome(self, decision: Decision, outcome: Outcome) -> Iterator[Block]:
        remarks = [WORDS["stated_there"]] if outcome.when is not None and outcome.provenance is None else []
        yield self.definition(f"{decision.name}.{outcome.id}", remarks, outcome.provenance)
        if outcome.when is None:
            yield Paragraph(WORDS["otherwise"].format(title=outcome.title))
        else:
            yield from self.condition(outcome.when, outcome.title, "_listed" if decision.every else "")

    def condition(self, clause: Clause, title: str, listed: str = "") -> Iterator[Block]:
        combined = combination(clause.when)
        if combined is None:
            yield Paragraph(WORDS[f"line{listed}"].format(words=phrase(self.policy, clause.when), title=title))
            return
        words, parts = combined
        yield Paragraph(WORDS[f"condition{listed}"].format(words=words, title=title))
        yield Listing(tuple(self.item(part, clause.provenance) for part in parts))

    def item(self, clause: Clause, enclosing: Provenance | None) -> Item:
        """A clause with its parts; in full provenance only where it differs from the enclosing one."""
        same = clause.provenance == enclosing
        aside = grade(clause.provenance) if same else provenance_words(self.policy, clause.provenance)
        combined = combination(clause.when)
        if combined is None:
            return Item(line_of(self.policy, clause), clause.title, aside)
        words, parts = combined
        inside = tuple(self.item(part, clause.provenance) for part in parts)
        return Item(WORDS["of_parts"].format(words=words), clause.title, aside, inside)

    # Notes, and unverified statements

    def notes(self) -> Iterator[Block]:
        notes = self.policy.notes.values()
        if notes:
            yield Listing(
                tuple(Item(note_words(note), aside=provenance_words(self.policy, note.provenance)) for note in notes)
            )

    def unverified(self) -> Iterator[Block]:
        by_basis: dict[str, list[Statement]] = {basis: [] for basis in BASES}
        for statement in statements(self.policy):
            if statement.provenance is not None:
                by_basis[statement.provenance.basis].append(statement)
        heads = (WORDS["basis"], WORDS["means"], WORDS["count"])
        rows = tuple((f"〔{word}〕", WORDS[basis], str(len(by_basis[basis]))) for basis, word in BASES.items())
        yield Table(WORDS["counts"], heads, rows, (25, 55, 20))
        open_ = {basis: inside for basis, inside in by_basis.items() if inside and basis not in VERIFIED}
        count = sum(map(len, open_.values()))
        yield Paragraph(WORDS["not_verified"].format(count=count) if count else WORDS["all_verified"])
        for number, (basis, inside) in enumerate(open_.items(), 1):
            title = WORDS["of_basis"].format(basis=BASES[basis], count=len(inside))
            items = (
                Item(_titles(group), of or section)
                for (section, of), group in groupby(inside, key=lambda statement: (statement.section, statement.of))
            )
            yield Section(WORDS["subsection"].format(number=numeral(number), title=title), (Listing(tuple(items)),))


def _titles(group: Iterable[Statement]) -> str:
    """The titles of statements, and the number of those that only combine others."""
    titles, relations = [], 0
    for statement in group:
        if statement.parts and statement.title in ("", statement.of):
            relations += 1
        else:
            words = statement.words if statement.title in ("", statement.of) else statement.title
            titles.append(words.removesuffix("。"))
    counted = [WORDS["relations"].format(count=relations)] if relations else []
    return WORDS["join"].join((*titles, *counted))
