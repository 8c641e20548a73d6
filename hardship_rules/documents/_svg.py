"""The drawings of a page as inline SVG: a scale of one number among limits, and a flow (Sankey) diagram.

Colours and type sizes are in the style sheet. Each drawing has a title and a description for screen readers; `id_`
begins the identifiers of its elements.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from html import escape

from hardship_rules.core.interval import Exact
from hardship_rules.documents.document import Extent, Flow, Flows, Scale, mark
from hardship_rules.documents.text import ellipsized, width, wrapped


def _opening(size: str, id_: str, title: str, about: str) -> Iterator[str]:
    """The start of a drawing with its title and description; `size` is its width and height."""
    yield f'<svg viewBox="0 0 {size}" role="img" aria-labelledby="{id_}t" aria-describedby="{id_}d">'
    yield f'<title id="{id_}t">{escape(title)}</title><desc id="{id_}d">{escape(about)}</desc>'


# --- A scale ---

_SCALE_WIDTH = 320
_AXIS_LEFT, _AXIS_RIGHT = 16, 304  # a number beyond the axis ends here in an arrow
_INNER_LEFT, _INNER_RIGHT = 28, 292  # numbers on the axis are drawn between these
_CLOSEST = 5  # the least distance between different numbers
_CHARACTER = 7.6  # the width of a Latin character in a label
_BAR_TOP, _BAR_HEIGHT, _AXIS_Y, _LIMIT_ROW = 27, 14, 49, 20


def scale_svg(scale: Scale, id_: str) -> str:
    """A bar up to the number over an axis, and a dashed line with a mark for each limit."""
    return "".join(_scale_parts(scale, id_))


def positions(scale: Scale) -> Mapping[Exact, float]:
    """The x of each number on the axis, linear but at least a little apart, so that the order is always visible.

    The axis goes from the least of zero and the limits to a quarter beyond the greatest; numbers beyond it are at its
    ends.
    """
    of_limits = [end for limit in scale.limits for end in (limit.low, limit.high)]
    low, high = Fraction(min(0, *of_limits)), Fraction(max(0, *of_limits))
    high += (high - low) / 4 if high > low else 1
    ends = {*of_limits, scale.number.low, scale.number.high}
    inside = sorted(end for end in ends if low <= end <= high)
    room = _INNER_RIGHT - _INNER_LEFT
    apart = min(_CLOSEST, room / max(len(inside), 1))
    places: list[float] = []
    for end in inside:
        linear = _INNER_LEFT + float((end - low) / (high - low)) * room
        places.append(max(linear, places[-1] + apart) if places else linear)
    for number in range(len(places) - 1, -1, -1):  # back from the right end, where they were pushed beyond it
        last = _INNER_RIGHT if number == len(places) - 1 else places[number + 1] - apart
        places[number] = min(places[number], last)
    return {
        **dict(zip(inside, places, strict=True)),
        **{end: float(_AXIS_LEFT if end < low else _AXIS_RIGHT) for end in ends if not low <= end <= high},
    }


def _scale_parts(scale: Scale, id_: str) -> Iterator[str]:
    at = positions(scale)
    height = _AXIS_Y + 6 + _LIMIT_ROW * len(scale.limits)
    yield from _opening(f"{_SCALE_WIDTH} {height}", id_, scale.title, " ".join((scale.about, *scale.sentences)))
    yield f'<path class="axis" d="M{_AXIS_LEFT} {_AXIS_Y}H{_AXIS_RIGHT}"/>'
    yield from _number(scale.number, at)
    for number, limit in enumerate(scale.limits, 1):
        yield from _limit(number, limit, at)
    yield "</svg>"


def _number(number: Extent, at: Mapping[Exact, float]) -> Iterator[str]:
    """A bar up to a known number, or a dashed frame between the bounds of an unknown one."""
    left, right = at[number.low], at[number.high]
    start = left if number.low != number.high else _INNER_LEFT
    kind = "number" if number.low == number.high else "number ranging"
    first, last = sorted((start, right))
    yield f'<rect class="{kind}" x="{first:.1f}" y="{_BAR_TOP}" width="{last - first:.1f}" height="{_BAR_HEIGHT}"/>'
    if left == _AXIS_LEFT:
        yield _arrow(_AXIS_LEFT, 4)
    if right == _AXIS_RIGHT:
        yield _arrow(_AXIS_RIGHT, -4)
    middle = (left + right) / 2 if number.low != number.high else right
    yield from _centred_label(number.text, middle, _BAR_TOP - 8, bold=True)


def _arrow(end: int, inwards: int) -> str:
    """An arrow at an end of the axis: the number is beyond it."""
    base, point = end + inwards, end - 2 * inwards
    middle, above, below = _BAR_TOP + _BAR_HEIGHT / 2, _BAR_TOP - 2, _BAR_TOP + _BAR_HEIGHT + 2
    return f'<path class="beyond" d="M{base} {above}L{point} {middle:.1f}L{base} {below}Z"/>'


def _limit(number: int, limit: Extent, at: Mapping[Exact, float]) -> Iterator[str]:
    """A dashed line across the bar with its label below; for an unknown limit two lines and the area between."""
    row = _AXIS_Y + _LIMIT_ROW * number
    left, right = at[limit.low], at[limit.high]
    if left != right:
        yield (
            f'<rect class="between" x="{left:.1f}" y="{_BAR_TOP - 4}" width="{right - left:.1f}" '
            f'height="{_AXIS_Y - _BAR_TOP + 4}"/>'
        )
    for end in dict.fromkeys((left, right)):
        yield f'<path class="limit" d="M{end:.1f} {_BAR_TOP - 4}V{row - 13}"/>'
    yield from _centred_label(f"{mark(2, number)} {limit.text}", (left + right) / 2, row)


def _centred_label(text: str, at: float, y: float, *, bold: bool = False) -> Iterator[str]:
    """A label centred at a place, moved to stay inside the drawing; nothing where it is wider than that."""
    length = width(text) * _CHARACTER
    if length > _SCALE_WIDTH - 8:
        return
    middle = min(max(at, 4 + length / 2), _SCALE_WIDTH - 4 - length / 2)
    class_ = ' class="strong"' if bold else ""
    yield f'<text x="{middle:.1f}" y="{y:.1f}" text-anchor="middle"{class_}>{escape(text)}</text>'


# --- A flow diagram ---

_FLOWS_WIDTH, _FLOWS_TOP, _FLOWS_HEIGHT = 340, 28, 260  # narrow, so that labels stay readable on a telephone
_LEFT_BARS, _RIGHT_BARS, _THICKNESS = 118, 222, 10
_BAR_GAP = 14  # between the bars of one side
_LABEL_COLUMNS, _LABEL_LINES, _LABEL_LINE = 15, 3, 18  # of a label: columns, most lines, height of a line

_Bars = Mapping[str, tuple[float, float]]
"""The start and the length of the bar of each name."""


def flows_svg(flows: Flows, id_: str) -> str:
    """A bar for each name on both sides, and bands between them as wide as their numbers."""
    return "".join(_flows_parts(flows, id_))


def _flows_parts(flows: Flows, id_: str) -> Iterator[str]:
    befores, nows = ([(getattr(flow, side), flow.number) for flow in flows.flows] for side in ("before", "now"))
    scale = _FLOWS_HEIGHT / max(sum(number for _, number in befores), 1)
    left, left_end = _bars(flows.before, befores, scale)
    right, right_end = _bars(flows.now, nows, scale)
    yield from _opening(f"{_FLOWS_WIDTH} {max(left_end, right_end):g}", id_, flows.title, flows.about)
    for side, at, anchor in zip(flows.sides, (_LEFT_BARS, _RIGHT_BARS), ("end", "start"), strict=True):
        yield _label(_label_lines(side)[0], at, 14, anchor, ' class="strong"')
    yield from _bands(flows, left, right, scale)
    for bars, numbers, at, text, anchor in (
        (left, befores, _LEFT_BARS, _LEFT_BARS - 6, "end"),
        (right, nows, _RIGHT_BARS - _THICKNESS, _RIGHT_BARS + 6, "start"),
    ):
        for title, (start, length) in bars.items():
            yield f'<rect class="side" x="{at}" y="{start:.1f}" width="{_THICKNESS}" height="{max(length, 0.8):.1f}"/>'
            lines = [*_label_lines(title), f"{_total(title, numbers):,}"]
            first = start + length / 2 - _LABEL_LINE * (len(lines) - 1) / 2 + 5
            yield from (_label(line, text, first + _LABEL_LINE * row, anchor) for row, line in enumerate(lines))
    yield "</svg>"


def _label_lines(title: str) -> list[str]:
    """The lines of a title, with an ellipsis where they are too many."""
    lines = wrapped(title, _LABEL_COLUMNS)
    if len(lines) <= _LABEL_LINES:
        return lines
    return [*lines[: _LABEL_LINES - 1], ellipsized(lines[_LABEL_LINES - 1], _LABEL_COLUMNS)]


def _total(name: str, numbers: list[tuple[str, int]]) -> int:
    return sum(number for title, number in numbers if title == name)


def _bars(names: tuple[str, ...], numbers: list[tuple[str, int]], scale: float) -> tuple[_Bars, float]:
    """The bars of one side from the top, each with room for its label, and the y of their end."""
    bars, at = {}, float(_FLOWS_TOP)
    for name in names:
        length = scale * _total(name, numbers)
        room = max(length, _LABEL_LINE * (len(_label_lines(name)) + 1))
        bars[name] = (at + (room - length) / 2, length)
        at += room + _BAR_GAP
    return bars, at


def _bands(flows: Flows, left: _Bars, right: _Bars, scale: float) -> Iterator[str]:
    """A band for each flow; those to the same name are drawn first, below those that change."""
    order = {name: number for number, name in enumerate((*flows.before, *flows.now))}
    starts = _stacked(sorted(flows.flows, key=lambda flow: order[flow.now]), left, scale, lambda flow: flow.before)
    ends = _stacked(sorted(flows.flows, key=lambda flow: order[flow.before]), right, scale, lambda flow: flow.now)
    x1, x2 = _LEFT_BARS + _THICKNESS, _RIGHT_BARS - _THICKNESS
    middle = (x1 + x2) / 2
    for flow in sorted(flows.flows, key=lambda flow: flow.before != flow.now):
        start, end = starts[flow], ends[flow]
        thickness = max(scale * flow.number, 0.6)
        kind = "stays" if flow.before == flow.now else "moves"
        yield (
            f'<path class="{kind}" d="M{x1} {start:.1f}C{middle:g} {start:.1f} {middle:g} {end:.1f} {x2} {end:.1f}'
            f"V{end + thickness:.1f}C{middle:g} {end + thickness:.1f} {middle:g} {start + thickness:.1f} "
            f'{x1} {start + thickness:.1f}Z"/>'
        )


def _stacked(flows: list[Flow], bars: _Bars, scale: float, side: Callable[[Flow], str]) -> dict[Flow, float]:
    """The y at which each flow begins on its bar."""
    next_start, starts = {name: start for name, (start, _) in bars.items()}, {}
    for flow in flows:
        starts[flow] = next_start[side(flow)]
        next_start[side(flow)] += scale * flow.number
    return starts


def _label(text: str, at: float, y: float, anchor: str, kind: str = "") -> str:
    return f'<text{kind} x="{at:g}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
