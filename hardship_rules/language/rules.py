"""What nodes of a policy say in lines and conditions: terms, decisions and properties, each clause with its id."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal, cast

from attrs import frozen

from hardship_rules.core.model import Decision, Outcome, Property, Term
from hardship_rules.core.problems import Path, Problem
from hardship_rules.core.syntax import AllOf, AnyOf, Choose, Clause, Compare, Constant, Expr, Not, Provenance
from hardship_rules.core.values import YES_NO, ChoiceKind, Kind, NumberKind
from hardship_rules.language.conform import TRUTHS
from hardship_rules.language.expression import parse_line
from hardship_rules.language.node_reader import NodeReader, names_of, text_of, titles_of
from hardship_rules.language.source import Mapping, Node, Scalar, Sequence

_OPPOSITES: dict[str, Literal["<", "<=", "==", "!=", ">=", ">"]] = {
    "<": ">=",
    "<=": ">",
    "==": "!=",
    "!=": "==",
    ">=": "<",
    ">": "<=",
}


@frozen
class Rules:
    """Reads the rules of a resolved policy's nodes."""

    read: NodeReader

    def line(self, scalar: Scalar, path: Path) -> Expr:
        """One line."""
        self.read.count_line(scalar, path)
        expr = parse_line(scalar)
        if isinstance(expr, Problem):
            self.read.add(Problem(expr.code, path, expr.given, expr.values, location=expr.location))
            return Constant(0, scalar.at)
        return expr

    def value(self, node: Node, path: Path) -> Expr:
        """A line, or `choose` with its cases."""
        if isinstance(node, Scalar):
            return self.line(node, path)
        cases = []
        mapping = cast(Mapping, node)
        items = cast(Sequence, mapping.get("choose") or Sequence((), mapping.at)).items
        if not items:
            self.read.problem("no_cases", path, mapping)
        for number, item in enumerate(items, 1):
            case = cast(Mapping, item)
            when = self.clause(cast(Node, case.get("when")), f"{path[-1]}.{number}", None, path)
            cases.append((when, self.line(cast(Scalar, case.get("value")), path)))
        otherwise = mapping.get("otherwise")
        return Choose(tuple(cases), self.line(otherwise, path) if isinstance(otherwise, Scalar) else None, mapping.at)

    def clause(self, node: Node, id_: str, enclosing: Provenance | None, path: Path, title: str = "") -> Clause:
        """A condition with its id, its words and its provenance."""
        if isinstance(node, Scalar):
            return Clause(id_, title, "", enclosing, self.line(node, path), node.text, node.at)
        mapping = cast(Mapping, node)
        provenance = self.read.provenance(mapping, enclosing, path)
        self.read.former(("decisions",), id_, mapping, f"{id_.rpartition('.')[0]}.")
        body, line = self.body(mapping, id_, provenance, path)
        return Clause(
            id_, text_of(mapping, "title", title), text_of(mapping, "if not"), provenance, body, line, mapping.at
        )

    def body(self, node: Node, id_: str, provenance: Provenance | None, path: Path) -> tuple[Expr, str]:
        """What a condition says, and its line where it is one."""
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
        if isinstance(part, Compare):  # turned round, so that what is printed of it is true
            return Compare(part.left, _OPPOSITES[part.sign], part.right, part.at), line and f"not ({line})"
        return Not(part, part.at), line and f"not ({line})"

    def clauses(self, node: Mapping, id_: str, enclosing: Provenance | None, path: Path) -> tuple[Clause, ...]:
        """The conditions of an `all` or `any`."""
        return tuple(
            self.clause(inner, f"{id_}.{key.text}", enclosing, (*path, key.text)) for key, inner in node.entries
        )

    def term(self, key: Scalar, node: Mapping, path: Path) -> Term:
        """A term."""
        provenance = self.read.provenance(node, None, path)
        if provenance is None and not any(problem.at == path for problem in self.read.problems):
            self.read.problem("provenance_missing", path, key, key.text)
        kind: Kind
        if (when := node.get("when")) is not None:
            kind = YES_NO
            expr: Expr = self.clause(when, key.text, provenance, path, text_of(node, "title"))
        else:
            options = node.get("one of")
            kind = NumberKind(self.read.unit(node, path)) if options is None else ChoiceKind(titles_of(options))
            expr = self.value(node.get("value") or node, path)
            if isinstance(expr, Choose) and expr.otherwise is None:
                self.read.problem("otherwise_missing", path, key, key.text)
        return Term(key.text, text_of(node, "title"), kind, expr, node.get("of") is not None, provenance, key.at)

    def decision(self, key: Scalar, node: Mapping, path: Path) -> Decision:
        """A decision with its outcomes."""
        provenance = self.read.provenance(node, None, path)
        every, listed = node.get("every") is not None, cast(Sequence, node.get("every") or node.get("first"))
        outcomes = [self.outcome(cast(Mapping, item), key.text, provenance, path) for item in listed.items]
        last = node.get("otherwise")
        otherwise = None
        if isinstance(last, Mapping):
            own = self.read.provenance(last, provenance, (*path, "otherwise"))
            otherwise = Outcome(
                text_of(last, "outcome"), text_of(last, "title"), None, own, last.at, text_of(last, "tone", "plain")
            )
            self.read.former(("decisions",), f"{key.text}.{otherwise.id}", last, f"{key.text}.")
            if every:
                self.read.problem("every_with_otherwise", path, last)
        elif not every:
            self.read.problem("otherwise_missing", path, key, key.text)
        ids = Counter(outcome.id for outcome in (*outcomes, *filter(None, [otherwise])))
        for repeated in sorted(name for name, count in ids.items() if count > 1):
            self.read.problem("duplicate_outcome", path, key, repeated)
        disjoint = TRUTHS.get(text_of(node, "disjoint")) or False
        return Decision(key.text, text_of(node, "title"), every, tuple(outcomes), otherwise, disjoint, key.at)

    def outcome(self, node: Mapping, decision: str, enclosing: Provenance | None, path: Path) -> Outcome:
        """An outcome with its condition."""
        name, title = text_of(node, "outcome"), text_of(node, "title")
        at = (*path, name)
        provenance = self.read.provenance(node, enclosing, at)
        self.read.former(("decisions",), f"{decision}.{name}", node, f"{decision}.")
        clause = self.clause(cast(Node, node.get("when")), f"{decision}.{name}", provenance, at, title)
        unknown = next(iter(_unproven(clause)), None)
        if unknown is not None:
            self.read.problem("provenance_missing", at, node, unknown.id)
        return Outcome(name, title, clause, provenance, node.at, text_of(node, "tone", "plain"))

    def property(self, key: Scalar, node: Mapping, path: Path) -> Property:
        """A property that the policy is meant to keep to."""
        kinds: tuple[Literal["raising", "never", "only"], ...] = ("raising", "never", "only")
        kind = next(each for each in kinds if node.get(each) is not None)
        inner = cast(Mapping, node.get(kind))
        when = inner.get("when") or inner.get("where")
        provenance = self.read.provenance(node, None, path)
        return Property(
            name=key.text,
            title=text_of(node, "title"),
            kind=kind,
            decision=text_of(inner, "of") or text_of(inner, "never moves"),
            outcomes=names_of(inner.get("gets")),
            facts=names_of(inner.get("facts")),
            to=text_of(inner, "to"),
            when=None if when is None else self.clause(when, f"properties.{key.text}", provenance, path),
            provenance=provenance,
            at=key.at,
        )


def _unproven(clause: Clause) -> Iterator[Clause]:
    """The clauses in one that say nothing of where they come from."""
    if isinstance(clause.when, AllOf | AnyOf):
        for inner in clause.when.clauses:
            yield from _unproven(inner)
    elif clause.provenance is None:
        yield clause
