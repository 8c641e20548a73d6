"""An explanation as text and as a document."""

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
from hardship_rules.explanation.brief import SENTENCES as BRIEF
from hardship_rules.explanation.brief import Brief, Entry
from hardship_rules.explanation.explanation import Explanation, Ground, Ruling
from hardship_rules.explanation.reasons import MARKS, SENTENCES

Paint = Callable[[str, str], str]
_FAR = 30  # columns from which on an amount does not move the others to the right


def plain(_role: str, text: str) -> str:
    """A text in no colour."""
    return text


def text_of(told: Explanation, paint: Paint = plain) -> str:
    """The explanation as text. `paint` colours a text by its role: `verdict`, `heading`, or one of the marks."""
    return "\n".join(_Text(told, paint).lines()) + "\n"


class _Text:
    """The lines of one explanation."""

    def __init__(self, told: Explanation, paint: Paint) -> None:
        self.told = told
        self.say = SENTENCES[told.lang]
        self.paint = paint

    def lines(self) -> Iterator[str]:
        told = self.told
        yield f"{self.paint(told.tone, told.verdict)}        {told.headline}"
        yield ""
        yield from self.figures()
        yield from ("  " + meaning for meaning in told.meanings)
        yield ""
        yield from self.listed(self.say["warnings"], told.warnings)
        yield from self.category(told.category)
        for ruling in told.later:
            yield from ("", self.paint("heading", ruling.sentence))
            yield from (*self.grounds(ruling.grounds), *self.against(ruling.against))
        yield ""
        if told.ruled_out:
            yield from (told.ruled_out, "")
        for sentence in ("missing", "derived", "assumed", "turns"):
            yield from self.listed(self.say[sentence], getattr(told, sentence))
        yield from filter(None, (told.turns_on_nothing,))
        yield told.unverified
        yield told.disclaimer

    def figures(self) -> Iterator[str]:
        rows = self.told.figures
        wide = max((width(row.title) for row in rows), default=0)
        digits = max((width(row.amount) for row in rows if len(row.amount) < _FAR), default=0)
        for row in rows:
            amount = " " * (digits - width(row.amount)) + row.amount
            yield f"  {pad(row.title, wide)}  {amount}    {row.made_of}".rstrip()

    def category(self, ruling: Ruling) -> Iterator[str]:
        """What decided or is still open, with both sides; what stopped each other outcome; what was not reached."""
        yield from self.grounds(ruling.grounds)
        if ruling.grounds and ruling.against:
            yield ""
        if ruling.against:
            yield from (self.paint("heading", self.say["others"]), *self.against(ruling.against))
        if ruling.not_reached:
            yield "  " + ruling.not_reached

    def grounds(self, grounds: tuple[Ground, ...]) -> Iterator[str]:
        """One line a clause that decided an outcome or still leaves it open."""
        wide = max((width(each.words) for each in grounds), default=0)
        far = max((width(each.compared) for each in grounds), default=0)
        for each in grounds:
            yield f"{self.mark(each)} {pad(each.words, wide)}    {pad(each.compared, far)}    {each.basis}".rstrip()

    def against(self, grounds: tuple[Ground, ...]) -> Iterator[str]:
        for each in grounds:
            compared = f"    {each.compared}    {each.basis}" if each.compared else ""
            yield f"  {self.mark(each)} {each.words}{compared}".rstrip()

    def mark(self, ground: Ground) -> str:
        return self.paint(MARKS[ground.holds], MARKS[ground.holds])

    def listed(self, heading: str, lines: Iterable[str]) -> Iterator[str]:
        if lines:
            yield from (self.paint("heading", heading), *("  " + line for line in lines), "")


_LANGS = {"zh": "zh-CN", "en": "en"}
_ASKED = 8  # facts that the first screen asks for; where there are more, the rest stand folded
_PARTS = 8  # of a figure that the first screen names


def document_of(
    told: Explanation, brief: Brief, after: Iterable[Block] = (), *, is_open: bool = False, foot: str = ""
) -> Document:
    """The explanation as a document that begins with the verdict; `after` stands at the end of its first screen.

    What is folded is open where `is_open`.
    """
    blocks = (*_First(told, brief).blocks(), *after, Paragraph(told.disclaimer, aside=True))
    folded = (Fold(part.title, part.blocks, is_open) for part in _Document(told).parts())
    return Document(brief.banner, (*blocks, *folded), _LANGS[told.lang], whole=told.classes, foot=foot)


class _First:
    """The blocks of the first screen."""

    def __init__(self, told: Explanation, brief: Brief) -> None:
        self.told = told
        self.brief = brief
        self.say = BRIEF[told.lang]

    def blocks(self) -> Iterator[Block]:
        brief, say = self.brief, self.say
        yield Banner(brief.tone, brief.headline, brief.banner, brief.sentence)
        yield from self.missing()
        if brief.figures:
            rows = (Pair(figure.title, figure.amount, self.parts(figure.parts)) for figure in brief.figures)
            yield Pairs(tuple(rows), amounts=True)
        heading = "ruled_out" if brief.rows or not brief.is_decided else "distance"
        yield from self.section(say[heading], brief.distance)
        yield from self.section(say["decisions"], brief.decisions)
        yield from self.section(say["check"], brief.check)

    def parts(self, parts: tuple[str, ...]) -> str:
        """What a figure is made of; of many parts the first, and how many there are."""
        more = [self.say["more"].format(count=len(parts))] * (len(parts) > _PARTS)
        return self.say["list"].join((*parts[:_PARTS], *more))

    def missing(self) -> Iterator[Block]:
        """The verdict by the one missing fact, or the facts to ask for."""
        if self.brief.rows:
            yield Table(self.say["points"], self.brief.heads, self.brief.rows)
        elif len(self.told.missing) > 1:
            rest = [Paragraph(self.say["rest"], aside=True)] * (len(self.told.missing) > _ASKED)
            items = tuple(map(Item, self.told.missing[:_ASKED]))
            yield Section(SENTENCES[self.told.lang]["missing"], (Listing(items), *rest))

    def section(self, title: str, entries: tuple[Entry, ...]) -> Iterator[Block]:
        """Entries that have a label under one another, the others as paragraphs."""
        if not entries:
            return
        pairs = tuple(Pair(entry.label, self.text(entry)) for entry in entries if entry.label)
        plain = (Paragraph(line) for entry in entries if not entry.label for line in self.text(entry).split("\n"))
        yield Section(title, (*((Pairs(pairs),) if pairs else ()), *plain))

    def text(self, entry: Entry) -> str:
        """What an entry lists; sentences each on a line of its own."""
        join = entry.join or self.say["sentences"]
        return ("\n" if join == self.say["sentences"] else join).join(entry.items) + entry.end


class _Document:
    """The parts of one explanation, each under its title."""

    def __init__(self, told: Explanation) -> None:
        self.told = told
        self.say = SENTENCES[told.lang]

    def parts(self) -> Iterator[Section]:
        told, say = self.told, self.say
        yield from self.section(say["figures"], self.figures())
        yield from self.listed(say["warnings"], told.warnings)
        yield from self.section(say["reasons"], self.category(told.category))
        if len(told.missing) > _ASKED:
            yield from self.listed(say["missing"], told.missing)
        for ruling in told.later:
            against = self.grounds(ruling.against)
            yield Section(ruling.title, (Paragraph(ruling.sentence), *self.grounds(ruling.grounds), *against))
        for sentence in ("derived", "assumed"):
            yield from self.listed(say[sentence], getattr(told, sentence))
        yield from self.section(say["grounds"], self.rests_on())

    def section(self, title: str, blocks: Iterable[Block]) -> Iterator[Section]:
        inside = tuple(blocks)
        if inside:
            yield Section(title, inside)

    def figures(self) -> Iterator[Block]:
        told = self.told
        if told.figures:
            yield Pairs(tuple(Pair(row.title, row.amount, row.made_of) for row in told.figures), amounts=True)
        yield from map(Paragraph, told.meanings)
        if told.scale is not None:
            yield told.scale

    def category(self, ruling: Ruling) -> Iterator[Block]:
        yield Paragraph(self.say["marks"], aside=True)
        yield from self.grounds(ruling.grounds)
        against = (*self.grounds(ruling.against), *map(Paragraph, filter(None, (ruling.not_reached,))))
        if against:
            yield Section(self.say["others"], against)
        yield from map(Paragraph, filter(None, (self.told.ruled_out,)))

    def grounds(self, grounds: tuple[Ground, ...]) -> Iterator[Block]:
        if grounds:
            yield Listing(tuple(map(self.ground, grounds)))

    def ground(self, ground: Ground) -> Item:
        words = ground.words
        if ground.compared:
            words = self.say["clause"].format(words=words, compared=ground.compared)
        means = self.say[f"mark_{ground.holds}"]
        return Item(words, aside=ground.basis, mark=MARKS[ground.holds], means=means)

    def rests_on(self) -> Iterator[Block]:
        told = self.told
        yield Paragraph(told.unverified)
        if told.turns:
            yield Paragraph(self.say["turns"])
            yield Listing(tuple(map(Item, told.turns)))
        if told.turns_on_nothing:
            yield Paragraph(told.turns_on_nothing)

    def listed(self, title: str, lines: tuple[str, ...]) -> Iterator[Section]:
        if lines:
            yield Section(title, (Listing(tuple(map(Item, lines))),))
