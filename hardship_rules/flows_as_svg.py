"""Flows as a drawing: what there was on the left, what there is on the right, and between them bands for how many."""

from collections.abc import Callable, Iterator, Mapping
from html import escape

from hardship_rules.columns import width
from hardship_rules.document import Flow, Flows

_WIDTH, _TOP, _BODY = 620, 28, 260
_LEFT, _RIGHT, _THICK = 205, 415, 10  # where the bars of both sides stand, and how thick they are
_GAP = 18  # between two bars of a side, so that what each is called stands apart
_COLUMN = 6.2  # of a character that is not Chinese
_STAYS, _MOVES = "#c4c9cf", "#b5651d"

Bars = Mapping[str, tuple[float, float]]  # of each name where its bar begins, and how long it is


def flows_as_svg(flows: Flows, name: str) -> str:
    """The drawing as SVG that stands in a page, titled and described; `name` begins its identifiers."""
    return "".join(_lines(flows, name))


def _lines(flows: Flows, name: str) -> Iterator[str]:
    total = sum(flow.number for flow in flows.flows)
    most = max(len(flows.before), len(flows.now))
    height = _TOP + _BODY + _GAP * most
    yield f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="{name}t" aria-describedby="{name}d">'
    yield f'<title id="{name}t">{escape(flows.title)}</title><desc id="{name}d">{escape(flows.about)}</desc>'
    for side, at, anchor in zip(flows.sides, (_LEFT, _RIGHT), ("end", "start"), strict=True):
        yield _text(side, at, 14, anchor, bold=True)
    scale = _BODY / max(total, 1)
    left = _bars(flows.before, [(flow.before, flow.number) for flow in flows.flows], scale)
    right = _bars(flows.now, [(flow.now, flow.number) for flow in flows.flows], scale)
    yield from _bands(flows, left, right, scale)
    for bars, at, text, anchor in ((left, _LEFT, _LEFT - 6, "end"), (right, _RIGHT - _THICK, _RIGHT + 6, "start")):
        for title, (start, long) in bars.items():
            yield f'<rect x="{at}" y="{start:.1f}" width="{_THICK}" height="{max(long, 0.8):.1f}" fill="#1a1a1a"/>'
            count = sum(flow.number for flow in flows.flows if title == (flow.before if at == _LEFT else flow.now))
            yield _text(f"{title} {count:,}", text, start + long / 2 + 4, anchor)
    yield "</svg>"


def _bars(names: tuple[str, ...], numbers: list[tuple[str, int]], scale: float) -> Bars:
    found, at = {}, float(_TOP)
    for name in names:
        long = scale * sum(number for each, number in numbers if each == name)
        found[name] = (at, long)
        at += long + _GAP
    return found


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
        colour = _STAYS if flow.before == flow.now else _MOVES
        yield (
            f'<path d="M{x1} {start:.1f}C{middle:g} {start:.1f} {middle:g} {end:.1f} {x2} {end:.1f}V{end + long:.1f}'
            f'C{middle:g} {end + long:.1f} {middle:g} {start + long:.1f} {x1} {start + long:.1f}Z" '
            f'fill="{colour}" fill-opacity=".75" stroke="#fff" stroke-width=".4"/>'
        )


def _stacked(flows: list[Flow], bars: Bars, scale: float, side: Callable[[Flow], str]) -> dict[Flow, float]:
    """Where on its bar each flow begins, one below the other."""
    free, found = {name: start for name, (start, _) in bars.items()}, {}
    for flow in flows:
        found[flow] = free[side(flow)]
        free[side(flow)] += scale * flow.number
    return found


def _text(text: str, at: float, y: float, anchor: str, *, bold: bool = False) -> str:
    """A text beside a bar, smaller where it is longer than the room there is."""
    size = min(11.5, 11.5 * (_LEFT - 10) / max(width(text) * _COLUMN, 1))
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{at:g}" y="{y:.1f}" font-size="{size:.1f}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'
