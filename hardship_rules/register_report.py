"""The problems of a register as they are printed: each kind once, with every place in which it was found."""

from collections.abc import Iterable, Iterator

from hardship_rules.frozen import FrozenMapping
from hardship_rules.problems import Language, Location, Problem
from hardship_rules.raw_table import Cell, letters

_WORDS = FrozenMapping(
    {
        "zh": ("    共 {count:,} 处：{places}", "……（全部位置见 --format json）", "、", "填的是 `{given}`"),
        "en": ("    {count:,} places: {places}", " … (all of them: --format json)", ", ", "`{given}` stands there"),
    }
)
_MOST = 200  # places that are listed of one kind


def report(problems: Iterable[Problem], lang: Language, *, show_values: bool = False) -> str:
    """All problems, those that differ only in their place together, in the order of the sheets."""
    together: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        at = problem.location
        where = (at.file, at.sheet, at.column) if isinstance(at, Cell) else (at,)
        together.setdefault((where, problem.code, tuple(problem.values.items())), []).append(problem)
    return "\n".join(line for some in together.values() for line in _lines(some, lang, show_values=show_values))


def _lines(some: list[Problem], lang: Language, *, show_values: bool) -> Iterator[str]:
    told, more, join, given = _WORDS[lang]
    some = sorted(some, key=lambda each: each.location or Location("", 0, 0))
    yield some[0].line(lang)
    if show_values and any(each.given for each in some):
        listed = [f"{_name(each)} {given.format(given=each.given)}" if each.given else _name(each) for each in some]
    elif len(some) > 1:
        listed = list(_ranges(some))
    else:
        return
    places = join.join(listed[:_MOST]) + (more if len(listed) > _MOST else "")
    yield told.format(count=len(some), places=places)


def _name(problem: Problem) -> str:
    return problem.location.name if isinstance(problem.location, Cell) else problem.place


def _ranges(some: list[Problem]) -> Iterator[str]:
    """The cells of one column, those below one another as C5:C9."""
    rows = [each.location.line for each in some if each.location is not None]
    column = letters(some[0].location.column) if some[0].location is not None else ""
    first = last = rows[0]
    for row in [*rows[1:], -1]:
        if row == last + 1:
            last = row
            continue
        yield f"{column}{first}" if first == last else f"{column}{first}:{column}{last}"
        first = last = row
