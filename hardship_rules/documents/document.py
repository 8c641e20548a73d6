"""What a document for people consists of: sections of paragraphs, nested lists and tables, whatever they say."""

from typing import Literal

from attrs import frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact


@frozen
class Paragraph:
    """A sentence or several; `aside` where it is about what follows, set small where the form can.

    `signed` where it is the number or the end of a letter, set at the right where the form can; `flush` where it is
    whom a letter is addressed to, which begins at the margin.
    """

    text: str
    aside: bool = False
    signed: bool = False
    flush: bool = False


@frozen
class Item:
    """An entry of a list: what it is called, what it says, an aside, and the entries that it consists of.

    `mark` stands before it in place of its number, and `means` says what that mark means.
    """

    text: str
    lead: str = ""
    aside: str = ""
    parts: "tuple[Item, ...]" = ()
    mark: str = ""
    means: str = ""


@frozen
class Listing:
    """A numbered list of entries, however deep."""

    items: tuple[Item, ...]


@frozen
class Table:
    """Rows under heads; the first cell of a row that is no number says what the row is about.

    `shares` are the columns' parts of the page's width, where that is not left to what they hold. `by_hand` where the
    rows are to be written in: they are high enough for that.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...] = ()
    named_by: int = 0  # the column whose cell names the row
    by_hand: bool = False


@frozen
class Extent:
    """A number, or what it lies between, with how it is written."""

    low: Exact
    high: Exact
    text: str


@frozen
class Scale:
    """Where a number stands among limits, in their true order; `about` and a sentence for each limit say the same."""

    title: str
    number: Extent
    limits: tuple[Extent, ...]
    about: str
    sentences: tuple[str, ...]


@frozen
class Flow:
    """So many that were one thing and are another now, or the same still."""

    before: str
    now: str
    number: int


@frozen
class Flows:
    """How many go from what to what, drawn where the form can; a table beside it says the same, and `about` the whole.

    `sides` are what the two sides are called, `before` and `now` what there is on each, in the order to be drawn in.
    """

    title: str
    sides: tuple[str, str]
    before: tuple[str, ...]
    now: tuple[str, ...]
    flows: tuple[Flow, ...]
    about: str


@frozen
class Banner:
    """A verdict as it is read first: a small line above it, the verdict in its tone, and one sentence.

    At the beginning of a document it is the document's title.
    """

    tone: str  # of `TONES`, or `open`
    small: str
    verdict: str
    sentence: str = ""


@frozen
class Pair:
    """What something is called, what it comes to, and what explains that."""

    name: str
    value: str
    below: str = ""


@frozen
class Pairs:
    """Names with their values; `amounts` where the values are numbers, set one below the other."""

    rows: tuple[Pair, ...]
    amounts: bool = False


@frozen
class Fold:
    """A part of a document that is read only where it is wanted: closed at first, where the form can."""

    title: str
    blocks: "tuple[Block, ...]"
    is_open: bool = False


@frozen
class Section:
    """A part of a document under its own title, with the sections that it consists of among its blocks."""

    title: str
    blocks: "tuple[Block, ...]"


Block = Paragraph | Listing | Table | Scale | Flows | Banner | Pairs | Section | Fold


@frozen
class Document:
    """A title and what stands under it; a `letter` looks like one: its title centred, its paragraphs indented.

    `whole` are words that are never broken over two lines; `foot` stands at the foot of each printed sheet.
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
        """What the document begins with in place of its title."""
        first = self.blocks[0] if self.blocks else None
        return first if isinstance(first, Banner) else None


TONE_MARKS = FrozenMapping({"urgent": "●", "elevated": "◐", "special": "▲", "plain": "○", "open": "…"})
"""What stands before a verdict, so that its colour is never the only sign."""

_TENS = 10
_NUMERALS = "〇一二三四五六七八九"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"  # no more of them are in GBK
_LETTERS = 26


def numeral(number: int) -> str:
    """A number from 1 to 99 in Chinese: 十二."""
    tens, ones = divmod(number, _TENS)
    before = ("" if tens == 1 else _NUMERALS[tens]) + "十" if tens else ""
    return before + (_NUMERALS[ones] if ones else "")


def mark(depth: int, number: int) -> str:
    """What stands before an entry of a list: 1. （1） ① A. a. and so on, so that each level has marks of its own."""
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
    """The limits of a scale as entries of a list, each with the mark that its line in the drawing has."""
    return tuple(Item(sentence, mark=mark(2, number)) for number, sentence in enumerate(scale.sentences, 1))
