"""What nodes of a policy say in words, numbers, units and provenance, and the problems that are found in them."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import cast

from attrs import Factory, define

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Former, Source, Usual
from hardship_rules.core.problems import MOST, Path, PolicyError, Problem, nearest
from hardship_rules.core.ranges import Exact
from hardship_rules.core.syntax import Basis, Provenance
from hardship_rules.core.values import PURE, Unit
from hardship_rules.language.conform import TRUTHS, number_of
from hardship_rules.language.source import Mapping, Node, Scalar, Sequence


def entries_of(node: Node | None) -> Iterator[tuple[Scalar, Mapping]]:
    """The keys of a mapping of mappings."""
    if isinstance(node, Mapping):
        for key, inner in node.entries:
            yield key, cast(Mapping, inner)


def titles_of(node: Node | None) -> FrozenMapping[str, str]:
    """The title that a mapping gives each of its keys, by itself or under `title`."""
    entries = node.entries if isinstance(node, Mapping) else ()
    texts = ((key, inner.get("title") if isinstance(inner, Mapping) else inner) for key, inner in entries)
    return FrozenMapping((key.text, cast(Scalar, text).text) for key, text in texts)


def names_of(node: Node | None) -> tuple[str, ...]:
    """One name, or a list of them."""
    if isinstance(node, Scalar):
        return (node.text,)
    return tuple(cast(Scalar, item).text for item in node.items) if isinstance(node, Sequence) else ()


def text_of(node: Mapping, key: str, default: str = "") -> str:
    """The words under a key, on one line."""
    word = node.get(key)
    return " ".join(word.text.split()) if isinstance(word, Scalar) else default


MOST_LINES, MOST_CHARACTERS = 10_000, 200_000
"""The lines of a policy, conditions and values, and the characters of all of them."""


@define(slots=False)
class NodeReader:
    """Reads the parts of a resolved policy's nodes; problems and earlier words are gathered."""

    whole: Mapping
    problems: list[Problem] = Factory(list)
    formers: list[Former] = Factory(list)
    lines: int = 0
    characters: int = 0  # of all lines

    @cached_property
    def units(self) -> FrozenMapping[str, str]:
        """The units that the policy declares, with their words."""
        return titles_of(self.whole.get("units"))

    @cached_property
    def sources(self) -> FrozenMapping[str, Source]:
        """The documents that the policy cites."""
        return FrozenMapping(
            (key.text, Source(text_of(node, "title"), TRUTHS.get(text_of(node, "held"))))
            for key, node in entries_of(self.whole.get("sources"))
        )

    def problem(self, code: str, path: Path, at: Node, given: str = "", **values: str) -> None:
        """Something is wrong at a node; raises `PolicyError` where more is wrong than a reader can use."""
        self.add(Problem(code, path, given=given, values=values, location=at.at))

    def add(self, problem: Problem) -> None:
        """Something is wrong; raises as `problem` does."""
        self.problems.append(problem)
        if len(self.problems) > MOST:
            raise PolicyError(self.problems)

    def count_line(self, line: Scalar, path: Path) -> None:
        """One more line is read; raises `PolicyError` where there are more than a policy may have."""
        self.lines += 1
        self.characters += len(line.text)
        if self.lines > MOST_LINES or self.characters > MOST_CHARACTERS:
            most = {"most": f"{MOST_LINES:,}", "characters": f"{MOST_CHARACTERS:,}"}
            raise PolicyError([*self.problems, Problem("too_many_lines", path, values=most, location=line.at)])

    def former(self, of: Path, new: str, node: Node, before: str = "") -> None:
        """The earlier words that a node names for itself; without a dot, beside it."""
        words = node.get("formerly") if isinstance(node, Mapping) else None
        for word in (words,) if isinstance(words, Scalar) else words.items if isinstance(words, Sequence) else ():
            old = " ".join(cast(Scalar, word).text.split())
            self.formers.append(Former(of, old if "." in old else before + old, new, word.at))

    def usual(self, node: Mapping, path: Path) -> Usual | None:
        """What its numbers commonly lie between."""
        ends = node.get("usual")
        if not isinstance(ends, Mapping):
            return None
        low, high = self.number(ends, "from"), self.number(ends, "to")
        if low is not None and high is not None and high <= low:
            self.problem("ends_turned", (*path, "usual"), cast(Node, ends.get("to")), text_of(ends, "to"))
        return Usual(low, high)

    def listed(self, node: Node | None, known: list[str], path: Path) -> None:
        """A list names only what it may name."""
        names = frozenset(known)
        for item in node.items if isinstance(node, Sequence) else ():
            name = cast(Scalar, item)
            if name.text not in names:
                self.problem("unknown_name", path, name, name.text, **nearest(name.text, known))

    def whole_number(self, node: Mapping, key: str, default: int, within: tuple[int, int], path: Path) -> int:
        """A whole number under a key, from the least to the most that it may be."""
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
        """A number under a key."""
        word = node.get(key)
        return number_of(word.text) if isinstance(word, Scalar) else None

    def unit(self, node: Mapping, path: Path) -> Unit:
        """The unit of a node, of those that the policy declares."""
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

    def provenance(self, node: Mapping, enclosing: Provenance | None, path: Path) -> Provenance | None:
        """Its own, or that of what encloses it; stating `basis` restates all of it."""
        source, cite, basis = (text_of(node, key) for key in ("source", "cite", "basis"))
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
