"""Nodes become a policy: every line read, every clause with its id, its words and its provenance."""

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar, cast

from attrs import frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Approval, Fact, Members, Note, Parameter, Policy, Reading
from hardship_rules.core.problems import Location, Path, PolicyError, Problem, options_known
from hardship_rules.core.ranges import Exact
from hardship_rules.core.values import DATE, YES_NO, ChoiceKind, Kind, NumberKind, date_of
from hardship_rules.language.conform import number_of
from hardship_rules.language.extend import resolved_text
from hardship_rules.language.keys import REPLY_WITHIN
from hardship_rules.language.node_reader import NodeReader, entries_of, names_of, text_of, titles_of
from hardship_rules.language.rules import Rules
from hardship_rules.language.source import Mapping, Node, Scalar

MOST_MEMBERS = 64
MOST_TERMS = 500
MOST_DAYS = 366  # to reply within
MOST_BY = 2  # things that a parameter goes by
_NOWHERE = Mapping((), Location("", 1, 1))
Part = TypeVar("Part")


def load(whole: Mapping) -> Policy:
    """The policy of a resolved node that has the language's shape; raises `PolicyError` with every problem."""
    read = NodeReader(whole)
    policy = _Loader(read, Rules(read)).policy()
    if read.problems:
        raise PolicyError(read.problems)
    return policy


@frozen
class _Loader:
    read: NodeReader
    rules: Rules

    def policy(self) -> Policy:
        whole = self.read.whole
        effective = cast(Mapping, whole.get("effective") or _NOWHERE)
        start, end = (date_of(text_of(effective, key)) for key in ("from", "to"))
        if start is not None and end is not None and end < start:
            self.read.problem("dates_turned", ("effective",), effective, str(end))
        members = cast(Mapping, whole.get("members") or _NOWHERE)
        terms = whole.get("terms")
        if isinstance(terms, Mapping) and len(terms.entries) > MOST_TERMS:
            self.read.problem("too_many_terms", ("terms",), terms, most=str(MOST_TERMS))
        of_member = [key.text for key, _ in entries_of(members.get("facts"))]
        facts = [*of_member, *(key.text for key, _ in entries_of(whole.get("household")))]
        figures = [key.text for name in ("parameters", "terms") for key, _ in entries_of(whole.get(name))]
        self.read.listed(members.get("called by"), of_member, ("members", "called by"))
        self.read.listed(whole.get("show"), figures, ("show",))
        for key, reading in entries_of(whole.get("readings")):
            self.read.listed(reading.get("affects"), facts, ("readings", key.text, "affects"))
        return Policy(
            name=text_of(whole, "policy"),
            series=text_of(whole, "series") or None,
            title=text_of(whole, "title") or text_of(whole, "policy"),
            start=start,
            end=end,
            units=self.read.units,
            sources=self.read.sources,
            facts=self.facts(whole.get("household"), ("household",), of_member=False),
            members=Members(
                names_of(members.get("called by")),
                self.read.whole_number(members, "at most", MOST_MEMBERS, (1, MOST_MEMBERS), ("members",)),
                self.facts(members.get("facts"), ("members", "facts"), of_member=True),
            ),
            must=self.rules.clauses(cast(Mapping, whole.get("must") or _NOWHERE), "must", None, ("must",)),
            parameters=self.section("parameters", self.parameter),
            readings=self.section("readings", self.reading),
            terms=self.section("terms", self.rules.term),
            show=names_of(whole.get("show")),
            decisions=self.section("decisions", self.rules.decision),
            notes=self.section("notes", self.note),
            resolved=resolved_text(whole),
            properties=self.section("properties", self.rules.property),
            at=whole.at,
            is_draft=whole.get("status") is not None,
            approval=self.approval(whole.get("approved")),
            formers=tuple(self.read.formers),
        )

    def note(self, key: Scalar, node: Mapping, path: Path) -> Note:
        provenance = self.read.provenance(node, None, path)
        if key.text == REPLY_WITHIN:
            if provenance is None and not any(problem.at == path for problem in self.read.problems):
                self.read.problem("provenance_missing", path, key, key.text)
            days = self.read.whole_number(node, "days", MOST_DAYS, (1, MOST_DAYS), path)
            return Note("", provenance, days)
        return Note(text_of(node, "text"), provenance)

    def approval(self, node: Node | None) -> Approval | None:
        """What a file says of its approval."""
        if not isinstance(node, Mapping):
            return None
        day = cast(date, date_of(text_of(node, "date")))
        return Approval(text_of(node, "by"), day, text_of(node, "fingerprint"), text_of(node, "base") or None, node.at)

    def section(self, name: str, read: Callable[[Scalar, Mapping, Path], Part]) -> FrozenMapping[str, Part]:
        entries = entries_of(self.read.whole.get(name))
        return FrozenMapping((key.text, read(key, node, (name, key.text))) for key, node in entries)

    def facts(self, node: Node | None, path: Path, *, of_member: bool) -> FrozenMapping[str, Fact]:
        found = {}
        for key, inner in entries_of(node):
            at = (*path, key.text)
            absent = inner.get("if absent")
            found[key.text] = Fact(
                name=key.text,
                title=text_of(inner, "title"),
                kind=self.fact_kind(inner, at),
                if_absent=None if absent is None else self.rules.value(absent, at),
                counted_in=text_of(inner, "counted in"),
                evidence=text_of(inner, "evidence"),
                group=text_of(inner, "group"),
                of_member=of_member,
                at=key.at,
                usual=self.read.usual(inner, at),
            )
            self.read.former(path, key.text, inner)
            options = inner.get("one of")
            for option, words in options.entries if isinstance(options, Mapping) else ():
                self.read.former((key.text, "one of"), option.text, words)
        return FrozenMapping(found)

    def fact_kind(self, node: Mapping, path: Path) -> Kind:
        misfits = [key for key in ("from", "to", "decimals", "usual") if node.get(key) is not None]
        if node.get("unit") is None:
            for key in misfits:
                self.read.problem("only_for_numbers", (*path, key), cast(Node, node.get(key)), key)
            options = node.get("one of")
            return DATE if node.get("date") else YES_NO if options is None else ChoiceKind(titles_of(options))
        low, high = self.read.number(node, "from") or 0, self.read.number(node, "to")
        if high is None:
            self.read.problem("fact_needs_to", path, node)
        elif high <= low:
            self.read.problem("ends_turned", path, cast(Node, node.get("to")), text_of(node, "to"))
        return NumberKind(
            self.read.unit(node, path), low, high, self.read.whole_number(node, "decimals", 0, (0, 6), path)
        )

    def parameter(self, key: Scalar, node: Mapping, path: Path) -> Parameter:
        by = names_of(node.get("by"))
        value, values = node.get("value"), node.get("values")
        if len(by) > MOST_BY:
            self.read.problem("by_too_many", (*path, "by"), cast(Node, node.get("by")))
        if value is not None and values is not None:
            self.read.problem("value_or_values", path, node, ", ".join(by))
        elif value is not None and by:
            self.read.problem("value_goes_by", path, value, ", ".join(by))
        elif values is not None and not by:
            self.read.problem("values_go_by_nothing", path, values)
        table: dict[tuple[str | int, ...], Exact | None] = {}
        last: list[int | None] = [None] * len(by)
        places: dict[tuple[str | int, ...], Location] = {(): (value or values or key).at}
        if isinstance(value, Scalar):
            table[()] = number_of(value.text)
        elif isinstance(values, Mapping) and by:
            self.table(values, (), len(by), table, last, places, (*path, "values"))
        low, high = self.read.number(node, "from"), self.read.number(node, "to")
        unpublished = next((keyed for keyed, number in table.items() if number is None), None)
        if unpublished is not None and (low is None or high is None or low >= high):
            self.read.add(Problem("not_published_needs_range", path, location=places[unpublished]))
        return Parameter(
            name=key.text,
            title=text_of(node, "title"),
            kind=NumberKind(self.read.unit(node, path), low, high),
            by=by,
            values=FrozenMapping(table),
            last=tuple(last),
            provenance=self.read.provenance(node, None, path),
            places=FrozenMapping(places),
            at=key.at,
            usual=self.read.usual(node, path),
        )

    def table(  # noqa: PLR0913, PLR0917  # it fills the three that it is handed, level by level
        self,
        node: Mapping,
        before: tuple[str | int, ...],
        depth: int,
        table: dict[tuple[str | int, ...], Exact | None],
        last: list[int | None],
        places: dict[tuple[str | int, ...], Location],
        path: Path,
    ) -> None:
        """Fill a parameter's table from its nested values; `3 and more` is 3, and the last."""
        for key, inner in node.entries:
            number = re.fullmatch(r"([0-9]+)( and more)?", key.text)
            if number and number[2]:
                if last[len(before)] not in (None, int(number[1])):
                    self.read.problem("last_differs", (*path, key.text), key, key.text)
                last[len(before)] = int(number[1])
            keyed = (*before, int(number[1]) if number else key.text)
            places[keyed] = key.at
            if len(keyed) < depth and isinstance(inner, Mapping):
                self.table(inner, keyed, depth, table, last, places, (*path, key.text))
            elif len(keyed) == depth and isinstance(inner, Scalar):
                table[keyed] = number_of(inner.text)
            else:
                self.read.problem("values_depth", (*path, key.text), inner, key.text, by=str(depth))

    def reading(self, key: Scalar, node: Mapping, path: Path) -> Reading:
        options, chosen = titles_of(node.get("one of")), text_of(node, "chosen")
        if chosen not in options:
            values = options_known(chosen, options)
            self.read.problem("unknown_option", (*path, "chosen"), cast(Node, node.get("chosen")), chosen, **values)
        return Reading(
            name=key.text,
            title=text_of(node, "title"),
            question=text_of(node, "question"),
            kind=ChoiceKind(options),
            chosen=chosen,
            why=text_of(node, "why"),
            affects=names_of(node.get("affects")),
            provenance=self.read.provenance(node, None, path),
            at=key.at,
        )
