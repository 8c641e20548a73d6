"""Next year's file of a series as a template: changing values are blank, with last year's in comments beside them."""

from collections.abc import Iterator
from datetime import date
from typing import cast

from attrs import frozen

from hardship_rules.core.expr import BASES
from hardship_rules.core.kinds import ChoiceKind, NumberKind, parse_date, unit_text
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Location
from hardship_rules.core.units import kind_of_name
from hardship_rules.documents.text import pad, width
from hardship_rules.explanation.forms import yaml_scalar
from hardship_rules.explanation.wording import one_line
from hardship_rules.language.keys import Word
from hardship_rules.language.shape import NOT_PUBLISHED, conform_word
from hardship_rules.language.source import Mapping, Node, Scalar
from hardship_rules.locale import sentences

WORDS = sentences("new_year")


@frozen
class _Line:
    """A line with the comment beside it."""

    text: str
    comment: str = ""


def new_year(last: Policy, own: Mapping, year: int, name: str = "") -> str:
    """The text of a new year's file; `own` is the tree of the last file, and `name` the name of the new one.

    `check` reports every blank. Last year's chosen readings are kept, and are to be confirmed.
    """
    return _Writer(last, own, year, name).text()


class _Writer:
    """The writer of one new year's file."""

    def __init__(self, last: Policy, own: Mapping, year: int, name: str) -> None:
        self.last = last
        self.own = own
        self.year = year
        is_valid = name and not conform_word(Scalar(name, Location("", 1, 1)), Word("policy"), ())
        self.name = name if is_valid else self.in_year(last.name) or f"{year}_{last.series}"
        self.title = self.in_year(last.title)
        self.source = next(
            source for source in (f"notice_{year}", f"standard_{year}", f"file_{year}") if source not in last.sources
        )

    def in_year(self, text: str) -> str:
        """A text with last year's number replaced by this year's; empty where it has none."""
        before = "" if self.last.start is None else str(self.last.start.year)
        return text.replace(before, str(self.year)) if before and before in text else ""

    def text(self) -> str:
        head = WORDS["head"].format(title=one_line(self.title or self.name), last=self.last.name)
        lines = [*self.head(), *self.sources(), *self.parameters(), *self.readings(), *self.notes()]
        column = max((width(line.text) for line in lines if line.comment and width(line.text) <= 60), default=0) + 3
        rows = (
            f"{pad(line.text, column)}# {one_line(line.comment)}" if line.comment else line.text.rstrip()
            for line in lines
        )
        return head + "\n".join(rows) + "\n"

    def head(self) -> Iterator[_Line]:
        yield _Line("language: 1")
        yield _Line(f"policy: {self.name}", WORDS["same_as_file"])
        yield _Line(f"series: {yaml_scalar(cast(str, self.last.series))}")
        yield _Line(f"title: {yaml_scalar(self.title) if self.title else ''}", "" if self.title else self.last.title)
        yield _Line("status: draft", WORDS["draft"])
        yield _Line(f"extends: {_text(self.own, 'extends')}")
        start, end = window(self.last, self.year)
        yield _Line(f"effective: {{from: {start}, to: {end}}}", WORDS["window"])

    def sources(self) -> Iterator[_Line]:
        """Last year's sources that its readings cite, and one for this year's notice."""
        kept = {_text(reading, "source") for _, reading in _entries(self.own.get("readings"))}
        sources = [(key, node) for key, node in _entries(self.own.get("sources")) if key in kept]
        cited = any(node.get("source") is not None for _, node in _entries(self.own.get("parameters")))
        if sources or cited:
            yield _Line("sources:")
        for key, node in sources:
            held = f", held: {_text(node, 'held')}" if node.get("held") is not None else ""
            yield _Line(f"  {key}: {{title: {yaml_scalar(_text(node, 'title'))}{held}}}")
        if cited:
            yield _Line(f"  {self.source}:")
            yield _Line("    title:", WORDS["source"])

    def parameters(self) -> Iterator[_Line]:
        parameters = list(_entries(self.own.get("parameters")))
        if parameters:
            yield _Line("parameters:")
        for name, node in parameters:
            parameter = self.last.parameters[name]
            unit = unit_text(parameter.kind.unit or (), self.last.units)
            title = WORDS["parameter"].format(title=parameter.title, unit=unit) if unit else parameter.title
            yield _Line(f"  {name}:", title)
            value, values = node.get("value"), node.get("values")
            if value is not None:
                yield _Line("    value:", WORDS["last"].format(words=_text(node, "value")))
            if isinstance(values, Mapping):
                yield _Line("    values:")
                yield from self.values(values, parameter.by, "      ")
            for key in ("from", "to"):
                if node.get(key) is not None:
                    comment = WORDS["range"].format(word=NOT_PUBLISHED) if key == "from" else ""
                    yield _Line(f"    # {key}: {_text(node, key)}", comment)
            if isinstance(usual := node.get("usual"), Mapping):
                ends = ", ".join(f"{key.text}: {cast(Scalar, end).text}" for key, end in usual.entries)
                yield _Line(f"    usual: {{{ends}}}")
            if node.get("source") is not None:
                yield _Line(f"    source: {self.source}")
                yield _Line("    cite:", WORDS["cite"])
            if (basis := _text(node, "basis")) != "":
                yield _Line("    basis:", WORDS["last"].format(words=_basis(basis)))

    def values(self, node: Mapping, by: tuple[str, ...], indent: str) -> Iterator[_Line]:
        """The blank values under their options, with last year's beside them."""
        kind = kind_of_name(self.last, by[0])
        for key, inner in node.entries:
            title = kind.options[key.text] if isinstance(kind, ChoiceKind) else _numbered(kind, key.text, self.last)
            if isinstance(inner, Mapping):
                yield _Line(f"{indent}{key.text}:", title)
                yield from self.values(inner, by[1:], f"{indent}  ")
            else:
                words = WORDS["option_last"].format(title=title, words=cast(Scalar, inner).text)
                yield _Line(f"{indent}{key.text}:", words)

    def readings(self) -> Iterator[_Line]:
        readings = list(_entries(self.own.get("readings")))
        if readings:
            yield _Line("readings:")
        for name, node in readings:
            reading = self.last.readings[name]
            yield _Line(f"  {name}:", reading.title)
            options = (
                WORDS["option"].format(name=option, title=title) for option, title in reading.kind.options.items()
            )
            words = WORDS["options"].format(options=WORDS["list"].join(options))
            yield _Line(f"    chosen: {reading.chosen}", words)
            for key in ("why", "source", "cite"):
                if node.get(key) is not None:
                    yield _Line(f"    {key}: {yaml_scalar(_text(node, key))}")
            if (basis := _text(node, "basis")) != "":
                yield _Line("    basis:", WORDS["basis"].format(basis=_basis(basis)))

    def notes(self) -> Iterator[_Line]:
        notes = list(_entries(self.own.get("notes")))
        if notes:
            yield _Line(f"# {WORDS['notes']}")
            yield _Line("# notes:")
        for name, node in notes:
            yield _Line(f"#   {name}:")
            for key, inner in node.entries:
                words = one_line(cast(Scalar, inner).text)
                yield _Line(f"#     {key.text}: {words if words.isdecimal() else yaml_scalar(words)}")


def window(last: Policy, year: int) -> tuple[date, date]:
    """Last year's days moved to a year; the calendar year where the last file states none."""
    if last.start is None or last.end is None:
        return date(year, 1, 1), date(year, 12, 31)
    return _moved(last.start, year - last.start.year), _moved(last.end, year - last.start.year)


def _moved(day: date, years: int) -> date:
    """The same day some years later; 28 February where that year has no 29th."""
    moved = parse_date(f"{day.year + years:04d}-{day:%m-%d}")
    return moved or date(day.year + years, day.month, day.day - 1)


def _entries(node: Node | None) -> Iterator[tuple[str, Mapping]]:
    if isinstance(node, Mapping):
        yield from ((key.text, cast(Mapping, inner)) for key, inner in node.entries)


def _text(node: Mapping, key: str) -> str:
    word = node.get(key)
    return " ".join(word.text.split()) if isinstance(word, Scalar) else ""


def _basis(name: str) -> str:
    return next((f"{word} {title}" for word, title in BASES.items() if word == name), name)


def _numbered(kind: object, key: str, policy: Policy) -> str:
    """The numbers that a row is for: 3 人及以上."""
    unit = unit_text(kind.unit or (), policy.units) if isinstance(kind, NumberKind) else ""
    number, _, more = key.partition(" ")
    words = f"{number} {unit}".rstrip()
    return WORDS["and_more"].format(number=words) if more else words
