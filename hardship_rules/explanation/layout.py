"""The layout of an explanation as text and as a document."""

from collections.abc import Callable, Iterable, Iterator

from hardship_rules.documents.document import (
    Banner,
    Block,
    Document,
    Fold,
    Item,
    Listing,
    Pair,
    Pairs,
    Paragraph,
    Section,
    Table,
)
from hardship_rules.documents.text import pad, width
from hardship_rules.explanation.brief import SENTENCES as BRIEF_SENTENCES
from hardship_rules.explanation.brief import Brief, Entry
from hardship_rules.explanation.explanation import Explanation, Ground, Ruling
from hardship_rules.explanation.reasons import MARKS, SENTENCES

Paint = Callable[[str, str], str]
"""Colours a text by its role: the tone of the verdict, `heading`, or a mark."""

_LONG_AMOUNT = 30  # characters; a longer amount does not widen the column of amounts
_LANGS = {"zh": "zh-CN", "en": "en"}
_MOST_MISSING = 8  # facts listed on the first screen of a page; more are in a section of their own
_MOST_PARTS = 8  # parts of a figure listed on the first screen


def unpainted(_role: str, text: str) -> str:
    """A text without colour, for a terminal that has none."""
    return text


def explanation_text(explanation: Explanation, paint: Paint = unpainted) -> str:
    """The full explanation as text, its verdict, headings and marks coloured by `paint`."""
    return "\n".join(_Text(explanation, paint).lines()) + "\n"


def explanation_document(
    explanation: Explanation, brief: Brief, after: Iterable[Block] = (), *, is_open: bool = False, foot: str = ""
) -> Document:
    """The explanation as a document: the brief as its first screen, then the details, folded unless `is_open`.

    The blocks `after` come last on the first screen; `foot` is printed at the foot of each sheet.
    """
    blocks = (*_FirstScreen(explanation, brief).blocks(), *after, Paragraph(explanation.disclaimer, aside=True))
    details = (Fold(section.title, section.blocks, is_open) for section in _Details(explanation).sections())
    lang = _LANGS[explanation.lang]
    return Document(brief.banner, (*blocks, *details), lang, whole=explanation.classes, foot=foot)


class _Text:
    """The lines of an explanation as text."""

    def __init__(self, explanation: Explanation, paint: Paint) -> None:
        self.explanation = explanation
        self.say = SENTENCES[explanation.lang]
        self.paint = paint

    def lines(self) -> Iterator[str]:
        explanation, say = self.explanation, self.say
        yield f"{self.paint(explanation.tone, explanation.verdict)}        {explanation.headline}"
        yield ""
        yield from self.figures()
        yield from ("  " + meaning for meaning in explanation.meanings)
        yield ""
        yield from self.listed(say["warnings"], explanation.warnings)
        yield from self.category(explanation.category)
        for ruling in explanation.later:
            yield from ("", self.paint("heading", ruling.sentence))
            yield from (*self.grounds(ruling.grounds), *self.against(ruling.against))
        yield ""
        if explanation.ruled_out:
            yield from (explanation.ruled_out, "")
        yield from self.listed(say["missing"], explanation.missing)
        yield from self.listed(say["derived"], explanation.derived)
        yield from self.listed(say["assumed"], explanation.assumed)
        yield from self.listed(say["sensitivity"], explanation.sensitivity)
        if explanation.not_sensitive:
            yield explanation.not_sensitive
        yield explanation.unverified
        yield explanation.disclaimer

    def figures(self) -> Iterator[str]:
        """The figures in three columns: title, amount, composition."""
        figures = self.explanation.figures
        titles = max((width(figure.title) for figure in figures), default=0)
        amounts = max((width(figure.amount) for figure in figures if len(figure.amount) < _LONG_AMOUNT), default=0)
        for figure in figures:
            amount = " " * (amounts - width(figure.amount)) + figure.amount
            yield f"  {pad(figure.title, titles)}  {amount}    {figure.composition}".rstrip()

    def category(self, ruling: Ruling) -> Iterator[str]:
        """The grounds of the category, those against other outcomes, and the outcomes that were not reached."""
        yield from self.grounds(ruling.grounds)
        if ruling.grounds and ruling.against:
            yield ""
        if ruling.against:
            yield from (self.paint("heading", self.say["others"]), *self.against(ruling.against))
        if ruling.not_reached:
            yield "  " + ruling.not_reached

    def grounds(self, grounds: tuple[Ground, ...]) -> Iterator[str]:
        """Grounds in columns: the clause, its comparison, its basis."""
        words = max((width(ground.words) for ground in grounds), default=0)
        compared = max((width(ground.compared) for ground in grounds), default=0)
        for ground in grounds:
            columns = pad(ground.words, words), pad(ground.compared, compared), ground.basis
            yield f"{self.mark(ground)} {'    '.join(columns)}".rstrip()

    def against(self, grounds: tuple[Ground, ...]) -> Iterator[str]:
        for ground in grounds:
            compared = f"    {ground.compared}    {ground.basis}" if ground.compared else ""
            yield f"  {self.mark(ground)} {ground.words}{compared}".rstrip()

    def mark(self, ground: Ground) -> str:
        return self.paint(MARKS[ground.holds], MARKS[ground.holds])

    def listed(self, heading: str, lines: tuple[str, ...]) -> Iterator[str]:
        if lines:
            yield from (self.paint("heading", heading), *("  " + line for line in lines), "")


class _FirstScreen:
    """The blocks of a page's first screen: the brief."""

    def __init__(self, explanation: Explanation, brief: Brief) -> None:
        self.explanation = explanation
        self.brief = brief
        self.say = BRIEF_SENTENCES[explanation.lang]

    def blocks(self) -> Iterator[Block]:
        brief, say = self.brief, self.say
        yield Banner(brief.tone, brief.headline, brief.banner, brief.sentence)
        yield from self.missing()
        if brief.figures:
            rows = (Pair(figure.title, figure.amount, self.composition(figure.parts)) for figure in brief.figures)
            yield Pairs(tuple(rows), amounts=True)
        heading = "ruled_out" if brief.rows or not brief.is_decided else "distance"
        yield from self.section(say[heading], brief.distance)
        yield from self.section(say["decisions"], brief.decisions)
        yield from self.section(say["check"], brief.check)

    def composition(self, parts: tuple[str, ...]) -> str:
        """The first parts of a figure, and how many there are where some are left out."""
        more = [self.say["more"].format(count=len(parts))] * (len(parts) > _MOST_PARTS)
        return self.say["list"].join((*parts[:_MOST_PARTS], *more))

    def missing(self) -> Iterator[Block]:
        """The table of break points of the one missing fact, or the first missing facts."""
        missing = self.explanation.missing
        if self.brief.rows:
            yield Table(self.say["points"], self.brief.heads, self.brief.rows)
        elif len(missing) > 1:
            rest = [Paragraph(self.say["rest"], aside=True)] * (len(missing) > _MOST_MISSING)
            items = tuple(map(Item, missing[:_MOST_MISSING]))
            yield Section(SENTENCES[self.explanation.lang]["missing"], (Listing(items), *rest))

    def section(self, title: str, entries: tuple[Entry, ...]) -> Iterator[Block]:
        """A section of entries: those with a label as pairs, then the others as paragraphs."""
        if not entries:
            return
        pairs = tuple(Pair(entry.label, self.text(entry)) for entry in entries if entry.label)
        paragraphs = (Paragraph(line) for entry in entries if not entry.label for line in self.text(entry).split("\n"))
        yield Section(title, (*((Pairs(pairs),) if pairs else ()), *paragraphs))

    def text(self, entry: Entry) -> str:
        """The items of an entry, whole sentences each on a line."""
        join = entry.join or self.say["sentences"]
        return ("\n" if join == self.say["sentences"] else join).join(entry.items) + entry.end


class _Details:
    """The sections of a page below its first screen."""

    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation
        self.say = SENTENCES[explanation.lang]

    def sections(self) -> Iterator[Section]:
        explanation, say = self.explanation, self.say
        yield from self.section(say["figures"], self.figures())
        yield from self.listed(say["warnings"], explanation.warnings)
        yield from self.section(say["reasons"], self.category(explanation.category))
        if len(explanation.missing) > _MOST_MISSING:
            yield from self.listed(say["missing"], explanation.missing)
        for ruling in explanation.later:
            against = self.grounds(ruling.against)
            yield Section(ruling.title, (Paragraph(ruling.sentence), *self.grounds(ruling.grounds), *against))
        yield from self.listed(say["derived"], explanation.derived)
        yield from self.listed(say["assumed"], explanation.assumed)
        yield from self.section(say["grounds"], self.certainty())

    def section(self, title: str, blocks: Iterable[Block]) -> Iterator[Section]:
        blocks = tuple(blocks)
        if blocks:
            yield Section(title, blocks)

    def figures(self) -> Iterator[Block]:
        explanation = self.explanation
        if explanation.figures:
            pairs = (Pair(figure.title, figure.amount, figure.composition) for figure in explanation.figures)
            yield Pairs(tuple(pairs), amounts=True)
        yield from map(Paragraph, explanation.meanings)
        if explanation.scale is not None:
            yield explanation.scale

    def category(self, ruling: Ruling) -> Iterator[Block]:
        yield Paragraph(self.say["marks"], aside=True)
        yield from self.grounds(ruling.grounds)
        against = (*self.grounds(ruling.against), *map(Paragraph, filter(None, (ruling.not_reached,))))
        if against:
            yield Section(self.say["others"], against)
        if self.explanation.ruled_out:
            yield Paragraph(self.explanation.ruled_out)

    def grounds(self, grounds: tuple[Ground, ...]) -> Iterator[Block]:
        if grounds:
            yield Listing(tuple(map(self.ground, grounds)))

    def ground(self, ground: Ground) -> Item:
        words = ground.words
        if ground.compared:
            words = self.say["clause"].format(words=words, compared=ground.compared)
        means = self.say[f"mark_{ground.holds}"]
        return Item(words, aside=ground.basis, mark=MARKS[ground.holds], means=means)

    def certainty(self) -> Iterator[Block]:
        """The unverified grounds, and the readings and clauses to which the verdict is sensitive."""
        explanation = self.explanation
        yield Paragraph(explanation.unverified)
        if explanation.sensitivity:
            yield Paragraph(self.say["sensitivity"])
            yield Listing(tuple(map(Item, explanation.sensitivity)))
        if explanation.not_sensitive:
            yield Paragraph(explanation.not_sensitive)

    def listed(self, title: str, lines: tuple[str, ...]) -> Iterator[Section]:
        if lines:
            yield Section(title, (Listing(tuple(map(Item, lines))),))
