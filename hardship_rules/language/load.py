"""Load the nodes of a resolved policy as a `Policy`; its lines are parsed, but names and kinds are not checked yet."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import cached_property
from typing import Literal, TypeVar, cast

from attrs import Factory, define, frozen

from hardship_rules.core.expr import AllOf, AnyOf, Basis, Choose, Clause, Compare, Constant, Expr, Not, Provenance
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import BOOLEAN, DATE, PURE, ChoiceKind, Kind, NumberKind, Unit, parse_date
from hardship_rules.core.policy import (
    Approval,
    Decision,
    Fact,
    Former,
    Members,
    Note,
    Outcome,
    Parameter,
    Policy,
    Property,
    Reading,
    Source,
    Term,
    Usual,
)
from hardship_rules.core.problem import MOST_PROBLEMS, KeyPath, Location, PolicyError, Problem, nearest, options_known
from hardship_rules.language.grammar import parse_line
from hardship_rules.language.keys import REPLY_WITHIN
from hardship_rules.language.resolve import resolved_text
from hardship_rules.language.shape import BOOLEANS, number_of
from hardship_rules.language.source import Mapping, Node, Scalar, Sequence

_MOST_TERMS = 500
_MOST_LINES = 10_000  # conditions and values of a policy
_MOST_CHARACTERS = 200_000  # of all lines
_MOST_MEMBERS = 64
_MOST_DAYS = 366  # to reply within
_MOST_BY = 2  # dimensions of a parameter
_NOWHERE = Mapping((), Location("", 1, 1))
_OPPOSITES: dict[str, Literal["<", "<=", "==", "!=", ">=", ">"]] = {
    "<": ">=",
    "<=": ">",
    "==": "!=",
    "!=": "==",
    ">=": "<",
    ">": "<=",
}

Part = TypeVar("Part")


def load(root: Mapping) -> Policy:
    """The policy of a resolved node of the right shape, unchecked; raises `PolicyError` with every problem."""
    reader = _NodeReader(root)
    policy = _PolicyLoader(reader, _RuleLoader(reader)).policy()
    if reader.problems:
        raise PolicyError(reader.problems)
    return policy


@frozen
class _PolicyLoader:
    """Loads the sections of a policy."""

    reader: "_NodeReader"
    rules: "_RuleLoader"

    def policy(self) -> Policy:
        root = self.reader.root
        effective = cast(Mapping, root.get("effective") or _NOWHERE)
        start, end = (parse_date(_text_of(effective, key)) for key in ("from", "to"))
        if start is not None and end is not None and end < start:
            self.reader.problem("dates_turned", ("effective",), effective, str(end))
        members = cast(Mapping, root.get("members") or _NOWHERE)
        terms = root.get("terms")
        if isinstance(terms, Mapping) and len(terms.entries) > _MOST_TERMS:
            self.reader.problem("too_many_terms", ("terms",), terms, most=str(_MOST_TERMS))
        member_facts = [key.text for key, _ in _entries_of(members.get("facts"))]
        facts = [*member_facts, *(key.text for key, _ in _entries_of(root.get("household")))]
        figures = [key.text for name in ("parameters", "terms") for key, _ in _entries_of(root.get(name))]
        self.reader.check_names(members.get("called by"), member_facts, ("members", "called by"))
        self.reader.check_names(root.get("show"), figures, ("show",))
        for key, reading in _entries_of(root.get("readings")):
            self.reader.check_names(reading.get("affects"), facts, ("readings", key.text, "affects"))
        return Policy(
            name=_text_of(root, "policy"),
            series=_text_of(root, "series") or None,
            title=_text_of(root, "title") or _text_of(root, "policy"),
            start=start,
            end=end,
            units=self.reader.units,
            sources=self.reader.sources,
            facts=self.facts(root.get("household"), ("household",), of_member=False),
            members=Members(
                _names_of(members.get("called by")),
                self.reader.whole_number(members, "at most", _MOST_MEMBERS, (1, _MOST_MEMBERS), ("members",)),
                self.facts(members.get("facts"), ("members", "facts"), of_member=True),
            ),
            must=self.rules.clauses(cast(Mapping, root.get("must") or _NOWHERE), "must", None, ("must",)),
            parameters=self.section("parameters", self.parameter),
            readings=self.section("readings", self.reading),
            terms=self.section("terms", self.rules.term),
            show=_names_of(root.get("show")),
            decisions=self.section("decisions", self.rules.decision),
            notes=self.section("notes", self.note),
            resolved=resolved_text(root),
            properties=self.section("properties", self.rules.property),
            at=root.at,
            is_draft=root.get("status") is not None,
            approval=self.approval(root.get("approved")),
            formers=tuple(self.reader.formers),
        )

    def note(self, key: Scalar, node: Mapping, path: KeyPath) -> Note:
        provenance = self.reader.provenance(node, None, path)
        if key.text == REPLY_WITHIN:
            if provenance is None and not any(problem.at == path for problem in self.reader.problems):
                self.reader.problem("provenance_missing", path, key, key.text)
            days = self.reader.whole_number(node, "days", _MOST_DAYS, (1, _MOST_DAYS), path)
            return Note("", provenance, days)
        return Note(_text_of(node, "text"), provenance)

    def approval(self, node: Node | None) -> Approval | None:
        """The record of approval."""
        if not isinstance(node, Mapping):
            return None
        by, fingerprint, base = (_text_of(node, key) for key in ("by", "fingerprint", "base"))
        return Approval(by, cast(date, parse_date(_text_of(node, "date"))), fingerprint, base or None, node.at)

    def section(self, name: str, load_part: Callable[[Scalar, Mapping, KeyPath], Part]) -> FrozenMapping[str, Part]:
        entries = _entries_of(self.reader.root.get(name))
        return FrozenMapping((key.text, load_part(key, node, (name, key.text))) for key, node in entries)

    def facts(self, node: Node | None, path: KeyPath, *, of_member: bool) -> FrozenMapping[str, Fact]:
        facts = {}
        for key, inner in _entries_of(node):
            at = (*path, key.text)
            default = inner.get("if absent")
            facts[key.text] = Fact(
                name=key.text,
                title=_text_of(inner, "title"),
                kind=self.fact_kind(inner, at),
                if_absent=None if default is None else self.rules.value(default, at),
                counted_in=_text_of(inner, "counted in"),
                evidence=_text_of(inner, "evidence"),
                group=_text_of(inner, "group"),
                of_member=of_member,
                at=key.at,
                usual=self.reader.usual(inner, at),
            )
            self.reader.former(path, key.text, inner)
            options = inner.get("one of")
            for option, words in options.entries if isinstance(options, Mapping) else ():
                self.reader.former((key.text, "one of"), option.text, words)
        return FrozenMapping(facts)

    def fact_kind(self, node: Mapping, path: KeyPath) -> Kind:
        if node.get("unit") is None:
            for key in (key for key in ("from", "to", "decimals", "usual") if node.get(key) is not None):
                self.reader.problem("only_for_numbers", (*path, key), cast(Node, node.get(key)), key)
            options = node.get("one of")
            return DATE if node.get("date") else BOOLEAN if options is None else ChoiceKind(_titles_of(options))
        low, high = self.reader.number(node, "from") or 0, self.reader.number(node, "to")
        if high is None:
            self.reader.problem("fact_needs_to", path, node)
        elif high <= low:
            self.reader.problem("ends_turned", path, cast(Node, node.get("to")), _text_of(node, "to"))
        return NumberKind(
            self.reader.unit(node, path), low, high, self.reader.whole_number(node, "decimals", 0, (0, 6), path)
        )

    def parameter(self, key: Scalar, node: Mapping, path: KeyPath) -> Parameter:
        by = _names_of(node.get("by"))
        value, values = node.get("value"), node.get("values")
        if len(by) > _MOST_BY:
            self.reader.problem("by_too_many", (*path, "by"), cast(Node, node.get("by")))
        if value is not None and values is not None:
            self.reader.problem("value_or_values", path, node, ", ".join(by))
        elif value is not None and by:
            self.reader.problem("value_goes_by", path, value, ", ".join(by))
        elif values is not None and not by:
            self.reader.problem("values_go_by_nothing", path, values)
        table: dict[tuple[str | int, ...], Exact | None] = {}
        last: list[int | None] = [None] * len(by)
        places: dict[tuple[str | int, ...], Location] = {(): (value or values or key).at}
        if isinstance(value, Scalar):
            table[()] = number_of(value.text)
        elif isinstance(values, Mapping) and by:
            self.table(values, (), len(by), table, last, places, (*path, "values"))
        low, high = self.reader.number(node, "from"), self.reader.number(node, "to")
        unpublished = next((keys for keys, number in table.items() if number is None), None)
        if unpublished is not None and (low is None or high is None or low >= high):
            self.reader.add(Problem("not_published_needs_range", path, location=places[unpublished]))
        return Parameter(
            name=key.text,
            title=_text_of(node, "title"),
            kind=NumberKind(self.reader.unit(node, path), low, high),
            by=by,
            values=FrozenMapping(table),
            last=tuple(last),
            provenance=self.reader.provenance(node, None, path),
            places=FrozenMapping(places),
            at=key.at,
            usual=self.reader.usual(node, path),
        )

    def table(  # noqa: PLR0913, PLR0917  # recursive: it fills the last three, level by level
        self,
        node: Mapping,
        before: tuple[str | int, ...],
        depth: int,
        table: dict[tuple[str | int, ...], Exact | None],
        last: list[int | None],
        places: dict[tuple[str | int, ...], Location],
        path: KeyPath,
    ) -> None:
        """Fill a parameter's table from nested values; `3 and more` is the key 3 and the last one."""
        for key, inner in node.entries:
            number = re.fullmatch(r"([0-9]+)( and more)?", key.text)
            if number and number[2]:
                if last[len(before)] not in (None, int(number[1])):
                    self.reader.problem("last_differs", (*path, key.text), key, key.text)
                last[len(before)] = int(number[1])
            keys = (*before, int(number[1]) if number else key.text)
            places[keys] = key.at
            if len(keys) < depth and isinstance(inner, Mapping):
                self.table(inner, keys, depth, table, last, places, (*path, key.text))
            elif len(keys) == depth and isinstance(inner, Scalar):
                table[keys] = number_of(inner.text)
            else:
                self.reader.problem("values_depth", (*path, key.text), inner, key.text, by=str(depth))

    def reading(self, key: Scalar, node: Mapping, path: KeyPath) -> Reading:
        options, chosen = _titles_of(node.get("one of")), _text_of(node, "chosen")
        if chosen not in options:
            values = options_known(chosen, options)
            self.reader.problem("unknown_option", (*path, "chosen"), cast(Node, node.get("chosen")), chosen, **values)
        return Reading(
            name=key.text,
            title=_text_of(node, "title"),
            question=_text_of(node, "question"),
            kind=ChoiceKind(options),
            chosen=chosen,
            why=_text_of(node, "why"),
            affects=_names_of(node.get("affects")),
            provenance=self.reader.provenance(node, None, path),
            at=key.at,
        )


@frozen
class _RuleLoader:
    """Loads expressions, clauses, terms, decisions and properties."""

    reader: "_NodeReader"

    def line(self, scalar: Scalar, path: KeyPath) -> Expr:
        """The expression of one line."""
        self.reader.count_line(scalar, path)
        expr = parse_line(scalar)
        if isinstance(expr, Problem):
            self.reader.add(Problem(expr.code, path, expr.given, expr.values, location=expr.location))
            return Constant(0, scalar.at)
        return expr

    def value(self, node: Node, path: KeyPath) -> Expr:
        """The expression of a line, or of `choose` with its cases."""
        if isinstance(node, Scalar):
            return self.line(node, path)
        cases = []
        mapping = cast(Mapping, node)
        items = cast(Sequence, mapping.get("choose") or Sequence((), mapping.at)).items
        if not items:
            self.reader.problem("no_cases", path, mapping)
        for number, item in enumerate(items, 1):
            case = cast(Mapping, item)
            when = self.clause(cast(Node, case.get("when")), f"{path[-1]}.{number}", None, path)
            cases.append((when, self.line(cast(Scalar, case.get("value")), path)))
        otherwise = mapping.get("otherwise")
        return Choose(tuple(cases), self.line(otherwise, path) if isinstance(otherwise, Scalar) else None, mapping.at)

    def clause(self, node: Node, id_: str, enclosing: Provenance | None, path: KeyPath, title: str = "") -> Clause:
        """A condition with its id, words and provenance."""
        if isinstance(node, Scalar):
            return Clause(id_, title, "", enclosing, self.line(node, path), node.text, node.at)
        mapping = cast(Mapping, node)
        provenance = self.reader.provenance(mapping, enclosing, path)
        self.reader.former(("decisions",), id_, mapping, f"{id_.rpartition('.')[0]}.")
        body, line = self.body(mapping, id_, provenance, path)
        return Clause(
            id_, _text_of(mapping, "title", title), _text_of(mapping, "if not"), provenance, body, line, mapping.at
        )

    def body(self, node: Node, id_: str, provenance: Provenance | None, path: KeyPath) -> tuple[Expr, str]:
        """The expression of a condition, and its text if it is one line."""
        if isinstance(node, Scalar):
            return self.line(node, path), node.text
        mapping = cast(Mapping, node)
        if isinstance(that := mapping.get("that"), Scalar):
            return self.line(that, (*path, "that")), that.text
        if isinstance(inner := mapping.get("all"), Mapping):
            return AllOf(self.clauses(inner, id_, provenance, (*path, "all")), inner.at), ""
        if isinstance(inner := mapping.get("any"), Mapping):
            return AnyOf(self.clauses(inner, id_, provenance, (*path, "any")), inner.at), ""
        part, line = self.body(cast(Node, mapping.get("not")), id_, provenance, (*path, "not"))
        if isinstance(part, Compare):  # the opposite sign, so that the printed comparison is true
            return Compare(part.left, _OPPOSITES[part.sign], part.right, part.at), line and f"not ({line})"
        return Not(part, part.at), line and f"not ({line})"

    def clauses(self, node: Mapping, id_: str, enclosing: Provenance | None, path: KeyPath) -> tuple[Clause, ...]:
        """The clauses of an `all` or `any`."""
        return tuple(
            self.clause(inner, f"{id_}.{key.text}", enclosing, (*path, key.text)) for key, inner in node.entries
        )

    def term(self, key: Scalar, node: Mapping, path: KeyPath) -> Term:
        """A term with its kind and expression."""
        provenance = self.reader.provenance(node, None, path)
        if provenance is None and not any(problem.at == path for problem in self.reader.problems):
            self.reader.problem("provenance_missing", path, key, key.text)
        kind: Kind
        if (when := node.get("when")) is not None:
            kind = BOOLEAN
            expr: Expr = self.clause(when, key.text, provenance, path, _text_of(node, "title"))
        else:
            options = node.get("one of")
            kind = NumberKind(self.reader.unit(node, path)) if options is None else ChoiceKind(_titles_of(options))
            expr = self.value(node.get("value") or node, path)
            if isinstance(expr, Choose) and expr.otherwise is None:
                self.reader.problem("otherwise_missing", path, key, key.text)
        return Term(key.text, _text_of(node, "title"), kind, expr, node.get("of") is not None, provenance, key.at)

    def decision(self, key: Scalar, node: Mapping, path: KeyPath) -> Decision:
        """A decision with its outcomes."""
        provenance = self.reader.provenance(node, None, path)
        every, listed = node.get("every") is not None, cast(Sequence, node.get("every") or node.get("first"))
        outcomes = [self.outcome(cast(Mapping, item), key.text, provenance, path) for item in listed.items]
        last = node.get("otherwise")
        otherwise = None
        if isinstance(last, Mapping):
            own = self.reader.provenance(last, provenance, (*path, "otherwise"))
            otherwise = Outcome(
                _text_of(last, "outcome"), _text_of(last, "title"), None, own, last.at, _text_of(last, "tone", "plain")
            )
            self.reader.former(("decisions",), f"{key.text}.{otherwise.id}", last, f"{key.text}.")
            if every:
                self.reader.problem("every_with_otherwise", path, last)
        elif not every:
            self.reader.problem("otherwise_missing", path, key, key.text)
        ids = Counter(outcome.id for outcome in (*outcomes, *filter(None, [otherwise])))
        for repeated in sorted(name for name, count in ids.items() if count > 1):
            self.reader.problem("duplicate_outcome", path, key, repeated)
        disjoint, complete = (BOOLEANS.get(_text_of(node, word)) or False for word in ("disjoint", "complete"))
        if every and complete:
            self.reader.problem("every_with_complete", path, cast(Node, node.get("complete")))
        title = _text_of(node, "title")
        return Decision(key.text, title, every, tuple(outcomes), otherwise, disjoint, complete, key.at)

    def outcome(self, node: Mapping, decision: str, enclosing: Provenance | None, path: KeyPath) -> Outcome:
        """An outcome with its condition."""
        name, title = _text_of(node, "outcome"), _text_of(node, "title")
        at = (*path, name)
        provenance = self.reader.provenance(node, enclosing, at)
        self.reader.former(("decisions",), f"{decision}.{name}", node, f"{decision}.")
        clause = self.clause(cast(Node, node.get("when")), f"{decision}.{name}", provenance, at, title)
        unsourced = next(_without_provenance(clause), None)
        if unsourced is not None:
            self.reader.problem("provenance_missing", at, node, unsourced.id)
        return Outcome(name, title, clause, provenance, node.at, _text_of(node, "tone", "plain"))

    def property(self, key: Scalar, node: Mapping, path: KeyPath) -> Property:
        """An invariant that the policy states."""
        kinds: tuple[Literal["raising", "never", "only"], ...] = ("raising", "never", "only")
        kind = next(word for word in kinds if node.get(word) is not None)
        inner = cast(Mapping, node.get(kind))
        when = inner.get("when") or inner.get("where")
        provenance = self.reader.provenance(node, None, path)
        return Property(
            name=key.text,
            title=_text_of(node, "title"),
            kind=kind,
            decision=_text_of(inner, "of") or _text_of(inner, "never moves"),
            outcomes=_names_of(inner.get("gets")),
            facts=_names_of(inner.get("facts")),
            to=_text_of(inner, "to"),
            when=None if when is None else self.clause(when, f"properties.{key.text}", provenance, path),
            provenance=provenance,
            at=key.at,
        )


def _without_provenance(clause: Clause) -> Iterator[Clause]:
    """The clauses without provenance in a clause."""
    if isinstance(clause.when, AllOf | AnyOf):
        for inner in clause.when.clauses:
            yield from _without_provenance(inner)
    elif clause.provenance is None:
        yield clause


@define(slots=False)
class _NodeReader:
    """Reads the values of nodes; collects problems and earlier names."""

    root: Mapping
    problems: list[Problem] = Factory(list)
    formers: list[Former] = Factory(list)
    lines: int = 0
    characters: int = 0  # of all lines

    @cached_property
    def units(self) -> FrozenMapping[str, str]:
        """The declared units with their words."""
        return _titles_of(self.root.get("units"))

    @cached_property
    def sources(self) -> FrozenMapping[str, Source]:
        """The cited documents."""
        return FrozenMapping(
            (key.text, Source(_text_of(node, "title"), BOOLEANS.get(_text_of(node, "held"))))
            for key, node in _entries_of(self.root.get("sources"))
        )

    def problem(self, code: str, path: KeyPath, at: Node, given: str = "", **values: str) -> None:
        """Add the problem of a node; raises `PolicyError` if there are too many."""
        self.add(Problem(code, path, given=given, values=values, location=at.at))

    def add(self, problem: Problem) -> None:
        """Add a problem; raises `PolicyError` if there are too many."""
        self.problems.append(problem)
        if len(self.problems) > MOST_PROBLEMS:
            raise PolicyError(self.problems)

    def count_line(self, line: Scalar, path: KeyPath) -> None:
        """Count a line; raises `PolicyError` if the policy has too many."""
        self.lines += 1
        self.characters += len(line.text)
        if self.lines > _MOST_LINES or self.characters > _MOST_CHARACTERS:
            most = {"most": f"{_MOST_LINES:,}", "characters": f"{_MOST_CHARACTERS:,}"}
            raise PolicyError([*self.problems, Problem("too_many_lines", path, values=most, location=line.at)])

    def former(self, of: KeyPath, new: str, node: Node, before: str = "") -> None:
        """Add the earlier names of a node; an id without a dot has the prefix `before`."""
        words = node.get("formerly") if isinstance(node, Mapping) else None
        for word in (words,) if isinstance(words, Scalar) else words.items if isinstance(words, Sequence) else ():
            old = " ".join(cast(Scalar, word).text.split())
            self.formers.append(Former(of, old if "." in old else before + old, new, word.at))

    def usual(self, node: Mapping, path: KeyPath) -> Usual | None:
        """The usual bounds of a fact or parameter."""
        ends = node.get("usual")
        if not isinstance(ends, Mapping):
            return None
        low, high = self.number(ends, "from"), self.number(ends, "to")
        if low is not None and high is not None and high <= low:
            self.problem("ends_turned", (*path, "usual"), cast(Node, ends.get("to")), _text_of(ends, "to"))
        return Usual(low, high)

    def check_names(self, node: Node | None, known: list[str], path: KeyPath) -> None:
        """Check that a list has known names only."""
        names = frozenset(known)
        for item in node.items if isinstance(node, Sequence) else ():
            name = cast(Scalar, item)
            if name.text not in names:
                self.problem("unknown_name", path, name, name.text, **nearest(name.text, known))

    def whole_number(self, node: Mapping, key: str, default: int, within: tuple[int, int], path: KeyPath) -> int:
        """The whole number of a key, which must be within inclusive bounds."""
        word = node.get(key)
        if not isinstance(word, Scalar):
            return default
        number, (least, most) = int(word.text), within
        if number > most:
            self.problem("whole_too_large", (*path, key), word, word.text, most=str(most))
        if number < least:
            self.problem("whole_too_small", (*path, key), word, word.text, least=str(least))
        return number

    def number(self, node: Mapping, key: str) -> Exact | None:
        """The number of a key."""
        word = node.get(key)
        return number_of(word.text) if isinstance(word, Scalar) else None

    def unit(self, node: Mapping, path: KeyPath) -> Unit:
        """The unit of a node, composed of declared units."""
        word = cast(Scalar, node.get("unit"))
        if word.text == "1":
            return PURE
        powers: dict[str, int] = {}
        for sign, base in re.findall(r"([*/]?)\s*([^\s*/]+)", word.text):
            if base not in self.units:
                values = {"known": ", ".join(self.units), **nearest(base, self.units)}
                self.problem("unknown_unit", (*path, "unit"), word, base, **values)
            powers[base] = powers.get(base, 0) + (-1 if sign == "/" else 1)
        return tuple(sorted((base, power) for base, power in powers.items() if power))

    def provenance(self, node: Mapping, enclosing: Provenance | None, path: KeyPath) -> Provenance | None:
        """The provenance of a node: its own if it states `basis`, else that of the enclosing node."""
        source, cite, basis = (_text_of(node, key) for key in ("source", "cite", "basis"))
        if not basis:
            if source or cite:
                self.problem("basis_missing", path, node)
            return enclosing
        if source and source not in self.sources:
            values = {"known": ", ".join(self.sources), **nearest(source, self.sources)}
            self.problem("unknown_source", (*path, "source"), cast(Node, node.get("source")), source, **values)
        if basis not in ("assumption", "definition") and not (source and cite):
            self.problem("source_missing", path, cast(Node, node.get("basis")), basis)
        return Provenance(cast(Basis, basis), source or None, cite or None)


def _entries_of(node: Node | None) -> Iterator[tuple[Scalar, Mapping]]:
    """The entries of a mapping of mappings."""
    if isinstance(node, Mapping):
        for key, inner in node.entries:
            yield key, cast(Mapping, inner)


def _titles_of(node: Node | None) -> FrozenMapping[str, str]:
    """The title of each key: its value, or the `title` in its value."""
    entries = node.entries if isinstance(node, Mapping) else ()
    texts = ((key, inner.get("title") if isinstance(inner, Mapping) else inner) for key, inner in entries)
    return FrozenMapping((key.text, cast(Scalar, text).text) for key, text in texts)


def _names_of(node: Node | None) -> tuple[str, ...]:
    """The names of a list, or a single name."""
    if isinstance(node, Scalar):
        return (node.text,)
    return tuple(cast(Scalar, item).text for item in node.items) if isinstance(node, Sequence) else ()


def _text_of(node: Mapping, key: str, default: str = "") -> str:
    """The text of a key on one line."""
    word = node.get(key)
    return " ".join(word.text.split()) if isinstance(word, Scalar) else default
