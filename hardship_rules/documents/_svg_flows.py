"""Flows as a drawing: what there was on the left, what there is on the right, and between them bands for how many."""

from collections.abc import Callable, Iterator, Mapping
from html import escape

from hardship_rules.documents.document import Flow, Flows
from hardship_rules.documents.text import width, wrapped

_WIDTH, _TOP, _BODY = 340, 28, 260  # narrow, so that labels are as large on a telephone as text is
_LEFT, _RIGHT, _THICK = 118, 222, 10  # where the bars of both sides stand, and how thick they are
_GAP = 14  # between two bars of a side and what they are called
_ROOM = 15  # columns of a line of a label, in the size that the style sheet gives labels
_MOST, _LINE = 3, 18  # lines of a label, and how high one is

Bars = Mapping[str, tuple[float, float]]  # of each name where its bar begins, and how long it is


def flows_as_svg(flows: Flows, name: str) -> str:
    """The drawing as SVG that stands in a page, titled and described; `name` begins its identifiers."""
    return "".join(_lines(flows, name))


def _lines(flows: Flows, name: str) -> Iterator[str]:
    befores, nows = ([(getattr(flow, side), flow.number) for flow in flows.flows] for side in ("before", "now"))
    scale = _BODY / max(sum(number for _, number in befores), 1)
    left, left_end = _bars(flows.before, befores, scale)
    right, right_end = _bars(flows.now, nows, scale)
    height = max(left_end, right_end)
    yield f'<svg viewBox="0 0 {_WIDTH} {height:g}" role="img" aria-labelledby="{name}t" aria-describedby="{name}d">'
    yield f'<title id="{name}t">{escape(flows.title)}</title><desc id="{name}d">{escape(flows.about)}</desc>'
    for side, at, anchor in zip(flows.sides, (_LEFT, _RIGHT), ("end", "start"), strict=True):
        yield _text(_label(side)[0], at, 14, anchor, ' class="strong"')
    yield from _bands(flows, left, right, scale)
    for bars, numbers, at, text, anchor in (
        (left, befores, _LEFT, _LEFT - 6, "end"),
        (right, nows, _RIGHT - _THICK, _RIGHT + 6, "start"),
    ):
        for title, (start, long) in bars.items():
            yield f'<rect class="side" x="{at}" y="{start:.1f}" width="{_THICK}" height="{max(long, 0.8):.1f}"/>'
            lines = [*_label(title), f"{_sum(title, numbers):,}"]
            first = start + long / 2 - _LINE * (len(lines) - 1) / 2 + 5
            yield from (_text(line, text, first + _LINE * number, anchor) for number, line in enumerate(lines))
    yield "</svg>"


def _label(title: str) -> list[str]:
    """The lines of a title; of a long one as many as there are, then an ellipsis."""
    lines = wrapped(title, _ROOM)
    return lines if len(lines) <= _MOST else [*lines[: _MOST - 1], _cut(lines[_MOST - 1])]


def _cut(text: str) -> str:
    while width(text) > _ROOM - 2:
        text = text[:-1]
    return f"{text}…"


def _sum(name: str, numbers: list[tuple[str, int]]) -> int:
    return sum(number for title, number in numbers if title == name)


def _bars(names: tuple[str, ...], numbers: list[tuple[str, int]], scale: float) -> tuple[Bars, float]:
    """The bars one below the other, each in the middle of a place that its label has room in too; where they end."""
    bars, at = {}, float(_TOP)
    for name in names:
        long = scale * _sum(name, numbers)
        room = max(long, _LINE * (len(_label(name)) + 1))
        bars[name] = (at + (room - long) / 2, long)
        at += room + _GAP
    return bars, at


def _bands(flows: Flows, left: Bars, right: Bars, scale: float) -> Iterator[str]:
    """A band for each flow; those that stay first, so that those that move are drawn over them."""
    order = {name: number for number, name in enumerate((*flows.before, *flows.now))}
    starts = _stacked(sorted(flows.flows, key=lambda flow: order[flow.now]), left, scale, lambda flow: flow.before)
    ends = _stacked(sorted(flows.flows, key=lambda flow: order[flow.before]), right, scale, lambda flow: flow.now)
    x1, x2 = _LEFT + _THICK, _RIGHT - _THICK
    middle = (x1 + x2) / 2
    for flow in sorted(flows.flows, key=lambda flow: flow.before != flow.now):
        start, end = starts[flow], ends[flow]
        long = max(scale * flow.number, 0.6)
        kind = "stays" if flow.before == flow.now else "moves"
        yield (
            f'<path class="{kind}" d="M{x1} {start:.1f}C{middle:g} {start:.1f} {middle:g} {end:.1f} {x2} {end:.1f}'
            f'V{end + long:.1f}C{middle:g} {end + long:.1f} {middle:g} {start + long:.1f} {x1} {start + long:.1f}Z"/>'
        )


def _stacked(flows: list[Flow], bars: Bars, scale: float, side: Callable[[Flow], str]) -> dict[Flow, float]:
    """Where on its bar each flow begins, one below the other."""
    free, found = {name: start for name, (start, _) in bars.items()}, {}
    for flow in flows:
        found[flow] = free[side(flow)]
        free[side(flow)] += scale * flow.number
    return found


def _text(text: str, at: float, y: float, anchor: str, kind: str = "") -> str:
    return f'<text{kind} x="{at:g}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
