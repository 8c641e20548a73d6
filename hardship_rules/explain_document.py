"""An explanation as a document, for Markdown and HTML."""

from collections.abc import Iterable, Iterator

from hardship_rules.document import Block, Document, Item, Listing, Paragraph, Section, Table
from hardship_rules.explanation import Explanation, Ground, Ruling
from hardship_rules.telling import MARKS, SENTENCES

_LANGS = {"zh": "zh-CN", "en": "en"}


def document_of(told: Explanation) -> Document:
    """The explanation as a document titled by its verdict."""
    return Document(told.verdict, tuple(_Document(told).blocks()), lang=_LANGS[told.lang])


class _Document:
    """The blocks of one explanation."""

    def __init__(self, told: Explanation) -> None:
        self.told = told
        self.say = SENTENCES[told.lang]

    def blocks(self) -> Iterator[Block]:
        told, say = self.told, self.say
        yield Paragraph(told.headline)
        yield from self.section(say["figures"], self.figures())
        yield from self.listed(say["warnings"], told.warnings)
        yield from self.section(say["reasons"], self.category(told.category))
        yield from self.listed(say["missing"], told.missing)
        for ruling in told.later:
            against = self.grounds(ruling.against)
            yield Section(ruling.title, (Paragraph(ruling.sentence), *self.grounds(ruling.grounds), *against))
        for sentence in ("derived", "assumed"):
            yield from self.listed(say[sentence], getattr(told, sentence))
        yield from self.section(say["grounds"], self.rests_on())
        yield Paragraph(told.disclaimer)

    def section(self, title: str, blocks: Iterable[Block]) -> Iterator[Block]:
        inside = tuple(blocks)
        if inside:
            yield Section(title, inside)

    def figures(self) -> Iterator[Block]:
        told, say = self.told, self.say
        if told.figures:
            rows = tuple((row.title, row.amount, row.made_of) for row in told.figures)
            yield Table(say["worked_out"], (say["figure"], say["amount_head"], say["made_of"]), rows)
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

    def listed(self, title: str, lines: tuple[str, ...]) -> Iterator[Block]:
        if lines:
            yield Section(title, (Listing(tuple(map(Item, lines))),))
