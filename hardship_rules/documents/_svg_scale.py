"""A scale as a drawing: a bar for the number, a line for each limit, always in their true order."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from html import escape

from hardship_rules.core.interval import Exact
from hardship_rules.documents.document import Extent, Scale, mark
from hardship_rules.documents.text import width

_WIDTH = 320
_LEFT, _RIGHT = 16, 304  # the ends of the axis; what lies beyond it ends there in an arrow
_INNER_LEFT, _INNER_RIGHT = 28, 292  # between these stands what is drawn at its place
_GAP = 5  # between different numbers, however close they are
_COLUMN = 7.6  # of a character that is not Chinese, in the size that the style sheet gives labels
_BAR, _TALL, _AXIS, _ROW = 27, 14, 49, 20


def as_svg(scale: Scale, name: str) -> str:
    """The drawing as SVG that stands in a page, titled and described; `name` begins its identifiers."""
    return "".join(_lines(scale, name))


def places_of(scale: Scale) -> Mapping[Exact, float]:
    """Where each number stands on the axis: linear between the limits, apart where different, never out of order.

    The axis goes from the least of zero and the limits to a quarter beyond the greatest; further numbers stand at its
    ends.
    """
    of_limits = [end for limit in scale.limits for end in (limit.low, limit.high)]
    low, high = Fraction(min(0, *of_limits)), Fraction(max(0, *of_limits))
    high += (high - low) / 4 if high > low else 1
    ends = {*of_limits, scale.number.low, scale.number.high}
    inside = sorted(end for end in ends if low <= end <= high)
    room = _INNER_RIGHT - _INNER_LEFT
    gap = min(_GAP, room / max(len(inside), 1))
    found: list[float] = []
    for end in inside:
        linear = _INNER_LEFT + float((end - low) / (high - low)) * room
        found.append(max(linear, found[-1] + gap) if found else linear)
    for number in range(len(found) - 1, -1, -1):
        last = _INNER_RIGHT if number == len(found) - 1 else found[number + 1] - gap
        found[number] = min(found[number], last)
    return {
        **dict(zip(inside, found, strict=True)),
        **{end: float(_LEFT if end < low else _RIGHT) for end in ends if not low <= end <= high},
    }


def _lines(scale: Scale, name: str) -> Iterator[str]:
    at = places_of(scale)
    height = _AXIS + 6 + _ROW * len(scale.limits)
    described = escape(" ".join((scale.about, *scale.sentences)))
    yield f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="{name}t" aria-describedby="{name}d">'
    yield f'<title id="{name}t">{escape(scale.title)}</title><desc id="{name}d">{described}</desc>'
    yield f'<path class="axis" d="M{_LEFT} {_AXIS}H{_RIGHT}"/>'
    yield from _number(scale.number, at)
    for number, limit in enumerate(scale.limits, 1):
        yield from _limit(number, limit, at)
    yield "</svg>"


def _number(number: Extent, at: Mapping[Exact, float]) -> Iterator[str]:
    """A bar up to a number that is known; one in a dashed frame between those that it may be."""
    left, right = at[number.low], at[number.high]
    start = left if number.low != number.high else _INNER_LEFT
    kind = "number" if number.low == number.high else "number ranging"
    first, last = sorted((start, right))
    yield f'<rect class="{kind}" x="{first:.1f}" y="{_BAR}" width="{last - first:.1f}" height="{_TALL}"/>'
    if left == _LEFT:
        yield _beyond(_LEFT, 4)
    if right == _RIGHT:
        yield _beyond(_RIGHT, -4)
    yield from _text(number.text, (left + right) / 2 if number.low != number.high else right, _BAR - 8, bold=True)


def _beyond(end: int, inwards: int) -> str:
    """An arrow at an end of the axis: the number lies further on."""
    base, point = end + inwards, end - 2 * inwards
    middle, above, below = _BAR + _TALL / 2, _BAR - 2, _BAR + _TALL + 2
    return f'<path class="beyond" d="M{base} {above}L{point} {middle:.1f}L{base} {below}Z"/>'


def _limit(number: int, limit: Extent, at: Mapping[Exact, float]) -> Iterator[str]:
    """A dashed line across the bar down to what it is; two, and what lies between, where the limit is not known."""
    row = _AXIS + _ROW * number
    left, right = at[limit.low], at[limit.high]
    if left != right:
        yield (
            f'<rect class="between" x="{left:.1f}" y="{_BAR - 4}" width="{right - left:.1f}" '
            f'height="{_AXIS - _BAR + 4}"/>'
        )
    for end in dict.fromkeys((left, right)):
        yield f'<path class="limit" d="M{end:.1f} {_BAR - 4}V{row - 13}"/>'
    yield from _text(f"{mark(2, number)} {limit.text}", (left + right) / 2, row)


def _text(text: str, at: float, y: float, *, bold: bool = False) -> Iterator[str]:
    """A text about a place, moved where it would stick out; left to the sentences where it is too long to draw."""
    long = width(text) * _COLUMN
    if long > _WIDTH - 8:
        return
    middle = min(max(at, 4 + long / 2), _WIDTH - 4 - long / 2)
    strong = ' class="strong"' if bold else ""
    yield f'<text x="{middle:.1f}" y="{y:.1f}" text-anchor="middle"{strong}>{escape(text)}</text>'
