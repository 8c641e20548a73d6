"""Draw packages.svg from packages.toml: `python docs/architecture/draw.py`.

An arrow leads from a package to one that it imports. An import that follows from other arrows is left out: where `cli`
may import `records`, and `records` may import `core`, there is no arrow from `cli` to `core`.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE / "packages.toml"
PICTURE = HERE / "packages.svg"

WIDTH, HEIGHT = 250, 46  # of a box
ACROSS, DOWN = 26, 44  # between boxes, and between rows
LANE = 18  # the width of an arrow that passes a row
ROUNDS = 24  # of ordering each row by the row beside it

Imports = Mapping[str, frozenset[str]]
Node = tuple[str, str] | str  # a package, or the arrow that passes a row: from, to


def table() -> dict[str, str]:
    """What each package holds."""
    return {name: row["holds"] for name, row in tomllib.loads(TABLE.read_text(encoding="utf-8")).items()}


def imports() -> dict[str, frozenset[str]]:
    """Which packages each may import."""
    return {name: frozenset(row["imports"]) for name, row in tomllib.loads(TABLE.read_text(encoding="utf-8")).items()}


def below(name: str, table: Imports) -> frozenset[str]:
    """Every package that one reaches through its imports."""
    return frozenset().union(*({each} | below(each, table) for each in table[name]))


def arrows(table: Imports) -> dict[str, frozenset[str]]:
    """The imports that do not follow from others."""
    return {
        name: frozenset(one for one in direct if not any(one in below(other, table) for other in direct))
        for name, direct in table.items()
    }


def rows(table: Imports) -> list[list[Node]]:
    """The packages row by row, the ground last; an arrow has a place in each row that it passes."""
    row_of = {name: _height(name, table) for name in table}
    top = max(row_of.values())
    grid: list[list[Node]] = [[name for name in table if row_of[name] == top - number] for number in range(top + 1)]
    for name, lower in arrows(table).items():
        for other in sorted(lower):
            for row in range(row_of[other] + 1, row_of[name]):
                grid[top - row].append((name, other))
    for turn in range(ROUNDS):
        numbers = range(1, len(grid)) if turn % 2 == 0 else range(len(grid) - 2, -1, -1)
        for number in numbers:
            beside = grid[number - 1 if turn % 2 == 0 else number + 1]
            places = _middles(beside)
            grid[number].sort(key=lambda node, places=places: (_middle(node, places, table), str(node)))  # type: ignore[misc]  # a default of a lambda has no type
    return grid


def _height(name: str, table: Imports) -> int:
    return 1 + max((_height(other, table) for other in table[name]), default=-1)


def _ends(node: Node) -> tuple[str, str]:
    return node if isinstance(node, tuple) else (node, node)


def _middle(node: Node, places: Mapping[Node, float], table: Imports) -> float:
    """The middle of what a node is joined to in the row beside it."""
    drawn = arrows(table)
    start, end = _ends(node)
    joined = [
        place
        for other, place in places.items()
        if (isinstance(other, tuple) and node in (other, *other))
        or (isinstance(node, tuple) and other in (start, end))
        or (isinstance(node, str) and isinstance(other, str) and (other in drawn[node] or node in drawn[other]))
    ]
    return sum(joined) / len(joined) if joined else 0.0


def _middles(row: list[Node]) -> dict[Node, float]:
    """The horizontal middle of each node of a row, counted from the middle of the picture."""
    widths = [WIDTH if isinstance(node, str) else LANE for node in row]
    left = -(sum(widths) + ACROSS * (len(row) - 1)) / 2
    middles: dict[Node, float] = {}
    for node, width in zip(row, widths, strict=True):
        middles[node] = left + width / 2
        left += width + ACROSS
    return middles


def svg() -> str:
    """The picture."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    holds, may_import = table(), imports()
    grid = rows(may_import)
    middles = [_middles(row) for row in grid]
    wide = 2 * max(max(row.values()) + WIDTH / 2 for row in middles) + 2 * ACROSS
    high = len(grid) * (HEIGHT + DOWN) - DOWN + 2 * ACROSS
    place = {
        (node, number): (wide / 2 + middle, ACROSS + number * (HEIGHT + DOWN))
        for number, row in enumerate(middles)
        for node, middle in row.items()
    }
    row_of = {node: number for number, row in enumerate(grid) for node in row if isinstance(node, str)}
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" height="{high:g}"'
    yield ' role="img" aria-label="The packages of hardship_rules: an arrow leads to a package that is imported">'
    yield "<style>text{font:12.5px system-ui,sans-serif;text-anchor:middle;fill:#1f2328}"
    yield ".n{font-weight:600;font-size:15px}"
    yield "rect{fill:#f6f8fa;stroke:#8c959f}path{fill:none;stroke:#8c959f;stroke-width:1.3}</style>"
    yield f'<rect width="{wide:g}" height="{high:g}" style="fill:#fff;stroke:none"/>'
    yield '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    yield '<path d="M0 0L8 4L0 8z" style="fill:#8c959f;stroke:none"/></marker></defs>'
    for name, lower in arrows(may_import).items():
        for other in sorted(lower):
            passed: list[Node] = [name, *[(name, other)] * (row_of[other] - row_of[name] - 1), other]
            points = [place[node, row_of[name] + number] for number, node in enumerate(passed)]
            yield f'<path d="{_curve(points)}" marker-end="url(#a)"/>'
    for name, number in row_of.items():
        middle, top = place[name, number]
        yield f'<rect x="{middle - WIDTH / 2:g}" y="{top:g}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
        yield f'<text class="n" x="{middle:g}" y="{top + 19:g}">{name}</text>'
        yield f'<text x="{middle:g}" y="{top + 37:g}">{escape(holds[name])}</text>'
    yield "</svg>"


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """From the bottom of the first box to the top of the last, straight down where it passes a row."""
    across, top = points[0]
    path = f"M{across:g} {top + HEIGHT:g}"
    for number, (to, row_top) in enumerate(points[1:], 2):
        start = path.rsplit(" ", 1)[1]
        bend = (float(start) + row_top) / 2
        path += f"C{across:g} {bend:g} {to:g} {bend:g} {to:g} {row_top:g}"
        if number < len(points):
            path += f"L{to:g} {row_top + HEIGHT:g}"
        across = to
    return path


if __name__ == "__main__":
    PICTURE.write_text(svg(), encoding="utf-8")
