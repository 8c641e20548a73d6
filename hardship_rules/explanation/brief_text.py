"""A verdict on one screen as text for a terminal: at most 25 lines of at most 80 columns."""

from collections.abc import Callable, Iterator, Sequence

from attrs import define

from hardship_rules.documents.text import pad, width, wrapped
from hardship_rules.explanation.brief import SENTENCES, Brief, Entry
from hardship_rules.explanation.layout import Paint, plain

LINES = 25
COLUMNS = 80
_INDENT = "  "
_GAP = "  "
_FIGURES, _CHECK, _DISTANCES, _DECISIONS, _RULED_OUT = range(5)  # what is made shorter last, and what first
_MOST_DECISIONS = 6
_HEADED = 28  # columns of the verdict, where the headline stands beside it


@define
class _Block:
    """Lines that can be made fewer: `lines(most)` is what it says on at most so many, `heading` stands before it."""

    lines: Callable[[int], list[str]]
    most: int
    least: int = 1
    rank: int = 0  # those of the greatest rank are made shorter first
    fewest: int | None = None  # where even the least of all blocks is too much

    def shown(self) -> list[str]:
        return self.lines(self.most)


def brief_text(brief: Brief, paint: Paint = plain, *, hint: bool = False) -> str:
    """The brief as text. `paint` colours a text by its role; `hint` says how the command line shows everything."""
    return "\n".join(line.rstrip() for line in _Text(brief, paint, hint=hint).lines()) + "\n"


class _Text:
    """The lines of one brief."""

    def __init__(self, brief: Brief, paint: Paint, *, hint: bool) -> None:
        self.brief = brief
        self.say = SENTENCES[brief.lang]
        self.paint = paint
        self.hint = hint

    def lines(self) -> Iterator[str]:
        blocks = list(self.blocks())
        while sum(len(block.shown()) for block in blocks) > LINES:
            shorter = [block for block in blocks if len(block.shown()) > block.least] or [
                block for block in blocks if len(block.shown()) > (block.fewest or block.least)
            ]
            if not shorter:
                break
            longest = max(shorter, key=lambda block: (block.rank, len(block.shown())))
            longest.most = len(longest.shown()) - 1
        for block in blocks:
            yield from block.shown()

    def blocks(self) -> Iterator[_Block]:
        brief = self.brief
        yield _fixed(self.head())
        yield _Block(lambda most: _cut_lines(wrapped(brief.why, COLUMNS, brief.classes), most), 2)
        if brief.rows:
            yield _fixed([""])
            yield _Block(self.table, len(brief.rows) + 1, min(len(brief.rows) + 1, 7), fewest=3)
        if brief.figures:
            yield _fixed([""])
            yield _Block(self.figures, len(brief.figures), min(len(brief.figures), 6), fewest=2)
        heading = "ruled_out" if brief.rows or not brief.is_decided else "distance"
        yield from self.section(self.say[heading], brief.distance, _DISTANCES)
        if brief.decisions:
            yield _fixed([""])
            shown = (
                brief.decisions if len(brief.decisions) <= _MOST_DECISIONS else brief.decisions[: _MOST_DECISIONS - 1]
            )
            yield from (self.entry(each, _DECISIONS, indent="") for each in shown)
            if len(shown) < len(brief.decisions):
                yield _fixed([self.say["more"].format(count=len(brief.decisions))])
        yield from self.section(self.say["check"], brief.check, _CHECK)
        yield _fixed(self.foot())

    def head(self) -> list[str]:
        """The verdict and the policy with the day: beside it where there is room, else below."""
        brief = self.brief
        verdict, beside = cut(brief.verdict, COLUMNS), pad(brief.verdict, max(_HEADED, width(brief.verdict) + 4))
        if width(beside + brief.headline) <= COLUMNS:
            return [self.paint(brief.tone, brief.verdict) + beside[len(brief.verdict) :] + brief.headline]
        return [self.paint(brief.tone, verdict), cut_front(brief.headline, COLUMNS)]

    def foot(self) -> list[str]:
        texts = [*([self.say["full"]] if self.hint else []), self.brief.disclaimer]
        line = self.say["stop"].join(texts)
        return [line] if width(line) <= COLUMNS else texts

    def section(self, heading: str, entries: Sequence[Entry], rank: int) -> Iterator[_Block]:
        if entries:
            yield _fixed(["", self.paint("heading", heading)])
            yield from (self.entry(each, rank) for each in entries)

    def entry(self, entry: Entry, rank: int, indent: str = _INDENT) -> _Block:
        return _Block(lambda most: self.entry_lines(entry, most, indent), 3, 1, _RULED_OUT if entry.shorter else rank)

    def entry_lines(self, entry: Entry, most: int, indent: str) -> list[str]:
        """An entry with as many of its items as fit on so many lines; what is left out is counted."""
        for items in (entry.items, *entry.shorter):
            lines = self.wrapped(self.entry_text(entry, items, len(items)), indent)
            if len(lines) <= most:
                return lines
        for number in range(len(items) - 1, 0, -1):
            lines = self.wrapped(self.entry_text(entry, items, number), indent)
            if len(lines) <= most:
                return lines
        return _cut_lines(lines, most)

    def wrapped(self, text: str, indent: str) -> list[str]:
        return [indent + line for line in wrapped(text, COLUMNS - len(indent), self.brief.classes)]

    def entry_text(self, entry: Entry, items: Sequence[str], number: int) -> str:
        text = self.listed(items, number, entry.join or self.say["sentences"]) + entry.end
        return self.say["colon"].format(title=entry.label, text=text) if entry.label else text

    def listed(self, items: Sequence[str], number: int, join: str) -> str:
        """The first items of a list; where it has more, how many there are in all."""
        text = join.join(items[:number])
        return text if number == len(items) else text + self.say["list"] + self.say["more"].format(count=len(items))

    def table(self, most: int) -> list[str]:
        """The break points under their heads; where there are too many, the first and how many there are."""
        rows = [self.brief.heads, *self.brief.rows]
        if len(rows) > most:
            more = self.say["more"].format(count=len(self.brief.rows))
            rows = [*rows[: most - 1], (more, *("" for _ in self.brief.heads[1:]))]
        room = COLUMNS - len(_INDENT)
        wide = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
        while sum(wide) + len(_GAP) * (len(wide) - 1) > room:
            wide[wide.index(max(wide))] -= 1
        return [
            _INDENT + _GAP.join(pad(cut(cell, columns), columns) for cell, columns in zip(row, wide, strict=True))
            for row in rows
        ]

    def figures(self, most: int) -> list[str]:
        """A line a figure: its title, how much, what it is made of as far as there is room."""
        figures = self.brief.figures
        shown = figures if len(figures) <= most else figures[: max(most - 1, 1)]
        wide = min(max(width(each.title) for each in shown), 30)
        digits = min(max(width(each.amount) for each in shown), 28)
        lines = []
        for each in shown:
            amount = cut(each.amount, COLUMNS - wide - 4)
            line = f"{_INDENT}{pad(cut(each.title, wide), wide)}  {' ' * (digits - width(amount))}{amount}"
            room = COLUMNS - width(line) - 3
            made_of = self.fitting(each.parts, room)
            lines.append(f"{line}   {made_of}" if made_of else line)
        if len(shown) < len(figures) and most > 1:
            lines.append(_INDENT + self.say["more"].format(count=len(figures)))
        return lines

    def fitting(self, parts: Sequence[str], room: int) -> str:
        """As many parts as there is room for, and how many there are where that is not all; nothing without room."""
        for number in range(len(parts), 0, -1):
            text = self.listed(parts, number, self.say["list"])
            if width(text) <= room:
                return text
        return ""


def _fixed(lines: list[str]) -> _Block:
    return _Block(lambda _: lines, len(lines), len(lines))


def _cut_lines(lines: list[str], most: int) -> list[str]:
    """At most so many lines, an ellipsis at the end of the last where there were more."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    return [*lines[: most - 1], last + "……" if width(last) + 4 <= COLUMNS else cut(last + " " * COLUMNS, COLUMNS)]


def cut(text: str, columns: int) -> str:
    """A text of at most so many columns, an ellipsis at its end where it was longer."""
    if width(text) <= columns:
        return text
    kept = ""
    for character in text:
        if width(kept + character) > columns - 2:
            break
        kept += character
    return kept + "…"


def cut_front(text: str, columns: int) -> str:
    """A text of at most so many columns that keeps its end, where the day stands."""
    if width(text) <= columns:
        return text
    head, _, day = text.rpartition(" · ")
    return f"{cut(head, columns - width(day) - 3)} · {day}"
