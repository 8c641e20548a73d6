"""The problems of a register as they are printed: each kind once, with every place in which it was found."""

from collections.abc import Iterable, Iterator

from attrs import evolve

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.problems import Language, Location, Problem
from hardship_rules.registers.raw_table import Cell, letters

_WORDS = FrozenMapping(
    {
        "zh": (
            "    共 {count:,} 处：{places}",
            "    共 {count:,} 行：第 {places} 行",
            "……（全部位置见 --format json）",
            "、",
            "填的是 `{given}`",
        ),
        "en": (
            "    {count:,} places: {places}",
            "    {count:,} rows: {places}",
            " … (all of them: --format json)",
            ", ",
            "`{given}` stands there",
        ),
    }
)
_MOST = 200  # places that are listed of one kind
_OF_ROWS = "row_"  # begins the code of what is said of a whole row


def report(problems: Iterable[Problem], lang: Language, *, show_values: bool = False) -> str:
    """All problems in the order of the sheets; those with the same sentence, in other rows of a column, together."""
    together: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        at = problem.location
        where = (at.file, at.sheet, at.column) if isinstance(at, Cell) else (at,)
        said = None if _is_of_one_row(problem) else problem.message(lang)  # which names that row
        sentence = (problem.severity, problem.code, said, problem.help(lang))
        together.setdefault((where, sentence), []).append(problem)
    return "\n".join(line for some in together.values() for line in _lines(some, lang, show_values=show_values))


def rows_told(problems: Iterable[Problem]) -> tuple[str, ...]:
    """What is reported of whole rows and of hidden columns, a line for each kind, in Chinese: …合计行…第 12、40 行."""
    together: dict[tuple[str, str], list[int]] = {}
    for problem in problems:
        at = problem.location
        if isinstance(at, Cell) and problem.code.startswith((_OF_ROWS, "column_hidden")):
            rows = together.setdefault((at.sheet or at.file, problem.message("zh")), [])
            rows += [at.line] if problem.code.startswith(_OF_ROWS) else []
    told = []
    for (sheet, sentence), rows in together.items():
        listed = row_ranges(rows)
        more = "……" if len(listed) > _MOST else ""
        places = f"，共 {len(rows):,} 行：第 {'、'.join(listed[:_MOST])}{more} 行" if rows else ""
        told.append(f"{sheet}：{sentence}{places}")
    return tuple(told)


def row_ranges(rows: Iterable[int]) -> list[str]:
    """The numbers of rows in order, those below one another as 7-9."""
    ranges: list[list[int]] = []
    for row in sorted(set(rows)):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    return [f"{first}" if first == last else f"{first}-{last}" for first, last in ranges]


def _lines(some: list[Problem], lang: Language, *, show_values: bool) -> Iterator[str]:
    places_told, rows_listed, more, join, given = _WORDS[lang]
    some = sorted(some, key=lambda each: each.location or Location("", 0, 0))
    if len(some) > 1 and _is_of_one_row(some[0]):
        ranges = list(_ranges(some))
        places = join.join(ranges[:_MOST]) + (more if len(ranges) > _MOST else "")
        yield evolve(some[0], values={**some[0].values, "count": f"{len(some):,}", "places": places}).line(lang)
        return
    yield some[0].line(lang)
    of_rows = some[0].code.startswith(_OF_ROWS)
    if of_rows:
        listed = row_ranges(each.location.line for each in some if each.location is not None)
    elif show_values and any(each.given for each in some):
        listed = [f"{_name(each)} {given.format(given=each.given)}" if each.given else _name(each) for each in some]
    elif len(some) > 1:
        listed = list(_ranges(some))
    else:
        return
    places = join.join(listed[:_MOST]) + (more if len(listed) > _MOST else "")
    yield (rows_listed if of_rows else places_told).format(count=len(some), places=places)


def _is_of_one_row(problem: Problem) -> bool:
    """Its sentence counts rows and names them, and it is of one row alone: others may be counted in it."""
    return problem.values.get("count") == "1" and "places" in problem.values


def _name(problem: Problem) -> str:
    return problem.location.name if isinstance(problem.location, Cell) else problem.place


def _ranges(some: list[Problem]) -> Iterator[str]:
    """The cells of one column, those below one another as C5:C9."""
    column = letters(some[0].location.column) if some[0].location is not None else ""
    for rows in row_ranges(each.location.line for each in some if each.location is not None):
        yield ":".join(f"{column}{row}" for row in rows.split("-"))
