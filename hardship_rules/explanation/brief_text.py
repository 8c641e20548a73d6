"""The brief as text for a terminal: at most 25 lines of at most 80 columns."""

from collections.abc import Callable, Iterator, Sequence

from attrs import define

from hardship_rules.documents.text import ellipsized, pad, width, wrapped
from hardship_rules.explanation.brief import SENTENCES, Brief, Entry
from hardship_rules.explanation.layout import Paint, unpainted

LINES = 25
COLUMNS = 80
_INDENT = "  "
_GAP = "  "
_OTHERS, _CHECK, _DISTANCES, _DECISIONS, _RULED_OUT = range(5)  # ranks of blocks: the highest is shortened first
_MOST_DECISIONS = 6
_VERDICT = 28  # columns of the verdict where the headline follows on the same line


@define
class _Block:
    """Lines that can be shortened.

    `lines(most)` is the content on at most `most` lines. A block is shortened to `least` lines, and to `fewest` where
    all others are at their `least`.
    """

    lines: Callable[[int], list[str]]
    most: int
    least: int = 1
    rank: int = _OTHERS
    fewest: int | None = None

    def shown(self) -> list[str]:
        return self.lines(self.most)


def brief_text(brief: Brief, paint: Paint = unpainted, *, hint: bool = False) -> str:
    """The brief as text, coloured by `paint`; `hint` adds the option of the command line for the full text."""
    return "\n".join(line.rstrip() for line in _Text(brief, paint, hint=hint).lines()) + "\n"


class _Text:
    """The lines of one brief."""

    def __init__(self, brief: Brief, paint: Paint, *, hint: bool) -> None:
        self.brief = brief
        self.say = SENTENCES[brief.lang]
        self.paint = paint
        self.hint = hint

    def lines(self) -> Iterator[str]:
        """The lines of all blocks, shortened one line at a time until they fit."""
        blocks = list(self.blocks())
        while sum(len(block.shown()) for block in blocks) > LINES:
            candidates = [block for block in blocks if len(block.shown()) > block.least] or [
                block for block in blocks if len(block.shown()) > (block.fewest or block.least)
            ]
            if not candidates:
                break
            longest = max(candidates, key=lambda block: (block.rank, len(block.shown())))
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
            decisions = brief.decisions
            if len(decisions) > _MOST_DECISIONS:
                decisions = decisions[: _MOST_DECISIONS - 1]
            yield from (self.entry(decision, _DECISIONS, indent="") for decision in decisions)
            if len(decisions) < len(brief.decisions):
                yield _fixed([self.say["more"].format(count=len(brief.decisions))])
        yield from self.section(self.say["check"], brief.check, _CHECK)
        yield _fixed(self.foot())

    def head(self) -> list[str]:
        """The verdict and the headline, on one line where both fit."""
        brief = self.brief
        verdict, column = cut(brief.verdict, COLUMNS), pad(brief.verdict, max(_VERDICT, width(brief.verdict) + 4))
        if width(column + brief.headline) <= COLUMNS:
            return [self.paint(brief.tone, brief.verdict) + column[len(brief.verdict) :] + brief.headline]
        return [self.paint(brief.tone, verdict), cut_front(brief.headline, COLUMNS)]

    def foot(self) -> list[str]:
        texts = [*([self.say["full"]] if self.hint else []), self.brief.disclaimer]
        line = self.say["stop"].join(texts)
        return [line] if width(line) <= COLUMNS else texts

    def section(self, heading: str, entries: Sequence[Entry], rank: int) -> Iterator[_Block]:
        if entries:
            yield _fixed(["", self.paint("heading", heading)])
            yield from (self.entry(entry, rank) for entry in entries)

    def entry(self, entry: Entry, rank: int, indent: str = _INDENT) -> _Block:
        return _Block(lambda most: self.entry_lines(entry, most, indent), 3, 1, _RULED_OUT if entry.shorter else rank)

    def entry_lines(self, entry: Entry, most: int, indent: str) -> list[str]:
        """An entry on at most `most` lines: in full, in shorter words, or with fewer items and their number."""
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
        """The first `number` items, followed by the number of all where some are left out."""
        text = join.join(items[:number])
        return text if number == len(items) else text + self.say["list"] + self.say["more"].format(count=len(items))

    def table(self, most: int) -> list[str]:
        """The table of break points; where it is too long, its first rows and the number of all."""
        rows = [self.brief.heads, *self.brief.rows]
        if len(rows) > most:
            more = self.say["more"].format(count=len(self.brief.rows))
            rows = [*rows[: most - 1], (more, *("" for _ in self.brief.heads[1:]))]
        room = COLUMNS - len(_INDENT)
        widths = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
        while sum(widths) + len(_GAP) * (len(widths) - 1) > room:
            widths[widths.index(max(widths))] -= 1
        return [
            _INDENT + _GAP.join(pad(cut(cell, columns), columns) for cell, columns in zip(row, widths, strict=True))
            for row in rows
        ]

    def figures(self, most: int) -> list[str]:
        """One line per figure: its title, its amount, and as many parts as fit."""
        figures = self.brief.figures
        shown = figures if len(figures) <= most else figures[: max(most - 1, 1)]
        titles = min(max(width(figure.title) for figure in shown), 30)
        amounts = min(max(width(figure.amount) for figure in shown), 28)
        lines = []
        for figure in shown:
            amount = cut(figure.amount, COLUMNS - titles - 4)
            line = f"{_INDENT}{pad(cut(figure.title, titles), titles)}  {' ' * (amounts - width(amount))}{amount}"
            parts = self.fitting(figure.parts, COLUMNS - width(line) - 3)
            lines.append(f"{line}   {parts}" if parts else line)
        if len(shown) < len(figures) and most > 1:
            lines.append(_INDENT + self.say["more"].format(count=len(figures)))
        return lines

    def fitting(self, parts: Sequence[str], room: int) -> str:
        """As many parts as fit, with the number of all where some are left out; empty where none fits."""
        for number in range(len(parts), 0, -1):
            text = self.listed(parts, number, self.say["list"])
            if width(text) <= room:
                return text
        return ""


def _fixed(lines: list[str]) -> _Block:
    return _Block(lambda _: lines, len(lines), len(lines))


def _cut_lines(lines: list[str], most: int) -> list[str]:
    """The first `most` lines, the last of them with an ellipsis where lines are left out."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    return [*lines[: most - 1], last + "……" if width(last) + 4 <= COLUMNS else cut(last + " " * COLUMNS, COLUMNS)]


def cut(text: str, columns: int) -> str:
    """The beginning of a text in at most `columns` columns, with an ellipsis where it is cut."""
    return text if width(text) <= columns else ellipsized(text, columns)


def cut_front(text: str, columns: int) -> str:
    """A headline in at most `columns` columns; the policy's title is cut, the day after it is not."""
    if width(text) <= columns:
        return text
    title, _, day = text.rpartition(" · ")
    return f"{cut(title, columns - width(day) - 3)} · {day}"
