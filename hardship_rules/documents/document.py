"""The document model: blocks such as paragraphs, lists, tables and drawings, independent of their form and content."""

from typing import Literal

from attrs import frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact


@frozen
class Paragraph:
    """Running text; line ends in it are kept.

    `aside` is set small, as a remark. In a letter, `signed` is set at the right (reference, seal, date), and `flush`
    begins at the margin without an indent (the addressee).
    """

    text: str
    aside: bool = False
    signed: bool = False
    flush: bool = False


@frozen
class Item:
    """An entry of a list: a bold `lead` and a colon, the text, a small `aside`, and below it the nested `parts`.

    `mark` replaces its number; `means` is what a screen reader says for the mark.
    """

    text: str
    lead: str = ""
    aside: str = ""
    parts: "tuple[Item, ...]" = ()
    mark: str = ""
    means: str = ""


@frozen
class Listing:
    """A list, numbered by level with 1. （1） ① A. a."""

    items: tuple[Item, ...]


@frozen
class Table:
    """A table with a caption above it; columns of numbers are aligned right.

    `shares` are the relative widths of the columns; without them the content decides. `named_by` is the column of
    row headers. `by_hand` makes the rows high enough to write in.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...] = ()
    named_by: int = 0
    by_hand: bool = False


@frozen
class Extent:
    """A number with its label; an unknown number has a `low` and a `high` that differ."""

    low: Exact
    high: Exact
    text: str


@frozen
class Scale:
    """A drawing of a number as a bar, among limits as lines; the limits are also listed below it.

    `about` describes the number, and `sentences` the limits, for forms without drawings and for screen readers.
    """

    title: str
    number: Extent
    limits: tuple[Extent, ...]
    about: str
    sentences: tuple[str, ...]


@frozen
class Flow:
    """A band of a flow diagram: how many went from one name to another, or stayed."""

    before: str
    now: str
    number: int


@frozen
class Flows:
    """A flow (Sankey) diagram: bars on two sides, and bands between them; a form without drawings has only `about`.

    `sides` are the headings of both sides; `before` and `now` are the names on each, from the top.
    """

    title: str
    sides: tuple[str, str]
    before: tuple[str, ...]
    now: tuple[str, ...]
    flows: tuple[Flow, ...]
    about: str


@frozen
class Banner:
    """A verdict on a ground of its tone's colour: a small line, the verdict in large type, and one sentence.

    As the first block of a document it is the title.
    """

    tone: str  # one of `TONES`, or `open`
    small: str
    verdict: str
    sentence: str = ""


@frozen
class Pair:
    """A name with its value, and a small explanation below the value."""

    name: str
    value: str
    below: str = ""


@frozen
class Pairs:
    """Names at the left, values beside them; `amounts` aligns the values right as numbers."""

    rows: tuple[Pair, ...]
    amounts: bool = False


@frozen
class Fold:
    """A section that opens at a click on its title, or is open at first; in text and Markdown a plain section."""

    title: str
    blocks: "tuple[Block, ...]"
    is_open: bool = False


@frozen
class Section:
    """Blocks under a heading; a section inside another has a smaller heading."""

    title: str
    blocks: "tuple[Block, ...]"


Block = Paragraph | Listing | Table | Scale | Flows | Banner | Pairs | Section | Fold


@frozen
class Document:
    """A title with blocks below it.

    A `letter` has a centred title and indented paragraphs. `landscape` is the orientation of the paper. The words of
    `whole` are never broken over two lines; `foot` is printed at the foot of each sheet.
    """

    title: str
    blocks: tuple[Block, ...]
    lang: str = "zh-CN"
    landscape: bool = False
    kind: Literal["page", "letter"] = "page"
    whole: tuple[str, ...] = ()
    foot: str = ""

    @property
    def banner(self) -> Banner | None:
        """The banner that the document begins with, if any; it replaces the title."""
        first = self.blocks[0] if self.blocks else None
        return first if isinstance(first, Banner) else None


TONE_MARKS = FrozenMapping({"urgent": "●", "elevated": "◐", "special": "▲", "plain": "○", "open": "…"})
"""The mark before a verdict by its tone, so that colour is never the only sign."""

_TENS = 10
_NUMERALS = "〇一二三四五六七八九"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"  # GBK has no more of them
_LETTERS = 26


def numeral(number: int) -> str:
    """A number from 1 to 99 as a Chinese numeral: 十二."""
    tens, ones = divmod(number, _TENS)
    before = ("" if tens == 1 else _NUMERALS[tens]) + "十" if tens else ""
    return before + (_NUMERALS[ones] if ones else "")


def mark(depth: int, number: int) -> str:
    """The mark of an entry by its level and number: 1. （1） ① A. a. and then 1）."""
    match depth:
        case 0:
            return f"{number}."
        case 1:
            return f"（{number}）"
        case 2 if number <= len(_CIRCLED):
            return _CIRCLED[number - 1]
        case 3 if number <= _LETTERS:
            return f"{chr(ord('A') + number - 1)}."
        case 4 if number <= _LETTERS:
            return f"{chr(ord('a') + number - 1)}."
        case _:
            return f"{number}）"


def scale_items(scale: Scale) -> tuple[Item, ...]:
    """The sentences of a scale's limits as entries of a list, with the marks that the limits have in the drawing."""
    return tuple(Item(sentence, mark=mark(2, number)) for number, sentence in enumerate(scale.sentences, 1))
