"""An explanation as text for a terminal: figures and clauses in columns, each clause behind its mark."""

from collections.abc import Callable, Iterable, Iterator

from hardship_rules.documents.columns import pad, width
from hardship_rules.explanation.explanation import Explanation, Ground, Ruling
from hardship_rules.explanation.telling import MARKS, SENTENCES

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
