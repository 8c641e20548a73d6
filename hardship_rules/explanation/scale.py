"""Where the household's figure stands among the limits that the reasons of its category name."""

from collections.abc import Iterator

from hardship_rules.assessment.decided import Figure, Reason
from hardship_rules.core.model import Term
from hardship_rules.core.ranges import Exact
from hardship_rules.core.syntax import Compare, Name
from hardship_rules.documents.document import Extent, Scale
from hardship_rules.explanation.telling import Telling
from hardship_rules.explanation.wording import in_order, one_line, places

_Found = dict[tuple[Exact, Exact], tuple[Figure, str]]


def scale_of(tell: Telling) -> Scale | None:
    """The figure that most comparisons are about, of those that an explanation begins with; None where none is."""
    limits: dict[str, _Found] = {name: {} for name in tell.policy.show}
    for reason in tell.assessment.decided.reasons:
        for name, limit in _compared(tell, reason):
            found = limits[name]
            found.setdefault((limit.low, limit.high), (limit, reason.clause.title or reason.clause.line))
    name = max(limits, key=lambda each: len(limits[each]), default="")
    number = tell.assessment.figure(name) if name else None
    if not isinstance(number, Figure) or not limits[name]:
        return None
    ordered = sorted(limits[name].values(), key=lambda limit: (limit[0].low, limit[0].high))
    return _scale(tell, name, number, ordered)


def _compared(tell: Telling, reason: Reason) -> Iterator[tuple[str, Figure]]:
    """The shown term that a reason compares by its name, and what it is compared with."""
    line = reason.clause.when
    if not isinstance(line, Compare) or not isinstance(reason.left, Figure) or not isinstance(reason.right, Figure):
        return
    for side, limit in ((line.left, reason.right), (line.right, reason.left)):
        if isinstance(side, Name) and side.name in tell.policy.show and isinstance(tell.policy.names[side.name], Term):
            yield side.name, limit


def _scale(tell: Telling, name: str, number: Figure, limits: list[tuple[Figure, str]]) -> Scale:
    figures = [number, *(limit for limit, _ in limits)]
    ends = [end for figure in figures for end in (figure.low, figure.high)]
    shown = [f"{each:,f}" for each in in_order(ends, places(tell.policy, number.unit))]
    texts = [
        low if figure.exact is not None else tell.say["range"].format(low=low, high=high)
        for figure, low, high in zip(figures, shown[::2], shown[1::2], strict=True)
    ]
    amount = tell.counted(texts[0], number.unit)
    amount = amount if number.exact is not None else tell.say["pending"].format(range=amount)
    title = tell.figure_title(name)
    return Scale(
        title=one_line(tell.say["scale"].format(title=title)),
        number=Extent(number.low, number.high, one_line(tell.say["household_at"].format(number=texts[0]))),
        limits=tuple(
            Extent(limit.low, limit.high, one_line(text)) for (limit, _), text in zip(limits, texts[1:], strict=True)
        ),
        about=one_line(tell.say["about"].format(title=title, amount=amount)),
        sentences=tuple(
            one_line(_sentence(tell, number, limit, title, text))
            for (limit, title), text in zip(limits, texts[1:], strict=True)
        ),
    )


def _sentence(tell: Telling, number: Figure, limit: Figure, title: str, text: str) -> str:
    """Which side of a limit the household is on, and how far where both are known."""
    difference = ""
    if number.exact is not None and limit.exact is not None:
        how = "limit_lower" if number.low < limit.low else "limit_higher" if number.low > limit.low else "limit_level"
        ends = in_order((number.low, limit.low), places(tell.policy, number.unit))
        difference = tell.counted(f"{abs(ends[0] - ends[1]):,f}", number.unit)
    else:
        how = "limit_below" if number.high < limit.low else "limit_above" if number.low > limit.high else "limit_open"
    return tell.say[how].format(title=title, limit=tell.counted(text, limit.unit), difference=difference)
