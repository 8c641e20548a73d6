"""Policy files, found by path, by name, or by series and day."""

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path, PurePath
from typing import cast

from attrs import frozen

from hardship_rules.core.hosts import plain_value, read_day, shown
from hardship_rules.core.kinds import parse_date
from hardship_rules.core.problem import Location, PolicyError, Problem, nearest, reason_of
from hardship_rules.language.keys import Word
from hardship_rules.language.shape import conform_word
from hardship_rules.language.source import Mapping, Scalar, decode, parse, read_bytes

Folders = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
"""One or several folders to search for policies, in this order."""

RESOLVED = ".json"  # the suffix of a file with the canonical text of a resolved policy
_PACKAGE = Path(__file__).parent.parent
_UNSTATED = "…"  # a day that is not stated


def _bundled() -> Path:
    """The folder of the policies that come with the library: of a checkout, of an installation, or inside a zip."""
    for folder in (_PACKAGE / "policies", _PACKAGE.parent / "policies"):
        if folder.is_dir():
            return folder
    from importlib.resources import files  # noqa: PLC0415  # needed only where the library is inside a zip

    # What it returns has the methods of a path that are used here: /, name, parent, iterdir, is_file, is_dir and open.
    return cast(Path, files("hardship_rules") / "policies")


BUNDLED = _bundled()


@frozen
class PolicyText:
    """The text of a policy, its name in problems, and the folder of its file."""

    text: str
    name: str
    folder: Path | None


@frozen
class Year:
    """A file of a series with its first and last day; `readable` is False if the file states its days wrongly."""

    text: PolicyText
    series: str
    start: date
    end: date
    at: Location
    readable: bool

    def holds(self, day: date) -> bool:
        """Whether the file is in force on a day."""
        return self.readable and self.start <= day <= self.end

    def overlaps(self, other: "Year") -> bool:
        """Whether both files are in force on some day."""
        return self.readable and other.readable and self.start <= other.end and other.start <= self.end

    @property
    def days(self) -> str:
        """The first and last day as text, such as `2021-01-01 – …`."""
        first = _UNSTATED if self.start == date.min else self.start
        return f"{first} – {_UNSTATED if self.end == date.max else self.end}"

    def __str__(self) -> str:
        return f"{Path(self.text.name).stem}（{self.days}）"


def find(
    name: str | os.PathLike[str],
    on: date | None,
    folders: Folders,
    known: dict[Path, Year | list[Problem]] | None = None,
) -> PolicyText:
    """The text of a policy by path, by name, or by series and day; raises `PolicyError`.

    `known` caches the files of series by path; pass the same dictionary to find the policies of many days.
    """
    if not isinstance(cast(object, name), str | os.PathLike) or isinstance(os.fspath(name), bytes):
        raise PolicyError([Problem("policy_expected", (), type(name).__name__)])
    if not isinstance(name, str) or name.endswith((".yaml", ".yml", RESOLVED)) or "/" in name or "\\" in name:
        return read_file(_path_of(name))
    places = [*folder_paths(folders), BUNDLED]
    for folder in places:
        path = folder / f"{name}.yaml"
        if conform_word(Scalar(name, Location(name, 1, 1)), Word("policy"), ()) == [] and _is_file(path):
            return read_file(path)
    return _in_force(name, on, places, {} if known is None else known)


def read_file(path: Path, name: str | None = None) -> PolicyText:
    """The text of a file; raises `PolicyError`. `name` is its name in problems, by default the path."""
    label = name or str(path)
    content = read_bytes(path, label)
    text = content if isinstance(content, Problem) else decode(content, label)
    if isinstance(text, Problem):
        raise PolicyError([text])
    return PolicyText(text, label, path.parent)


def years(series: str, folders: Folders = ()) -> tuple[Year, ...]:
    """The files of a series with readable days, from the folders and the bundled policies, in order of their days."""
    of_series = (year for year in _read_years(folder_paths(folders)) if year.series == series and year.readable)
    return tuple(sorted(of_series, key=lambda year: (year.start, year.end)))


def all_series(folders: Folders = ()) -> tuple[str, ...]:
    """The series of the files in the folders and of the bundled policies."""
    return tuple(dict.fromkeys(year.series for year in _read_years(folder_paths(folders)) if year.series))


def predecessor(text: PolicyText, folders: Folders = ()) -> PolicyText | None:
    """The preceding file of a policy's series: the one whose days end last before its own begin."""
    own = _parse_year(text)
    if not isinstance(own, Year) or not own.series:
        return None
    earlier = [year for year in years(own.series, _with_own_folder(text, folders)) if year.end < own.start]
    return max(earlier, key=lambda year: year.end).text if own.readable and earlier else None


def overlaps(name: str | os.PathLike[str], folders: Folders = ()) -> tuple[Problem, ...]:
    """A problem for each other file of a policy's series that is in force on one of the same days."""
    try:
        text = find(name, None, folders)
    except PolicyError:
        return ()
    own = _parse_year(text)
    if not isinstance(own, Year) or not own.series:
        return ()
    return tuple(
        _overlap(own, other)
        for other in _read_years(_with_own_folder(text, folders), without=Path(text.name).name)
        if other.series == own.series and own.overlaps(other)
    )


# --- Arguments of hosts ---


def day_asked(on: object) -> date | None:
    """The day of a host's argument `on`, None if there is none; raises `PolicyError` if it is no day."""
    if plain_value(on) is None:
        return None
    day = read_day(on)
    if isinstance(day, str):
        raise PolicyError([Problem(day, ("on",), shown(on))])
    return day


def folder_paths(folders: Folders) -> tuple[Path, ...]:
    """The paths of a host's argument `folders`; raises `PolicyError` if one of them cannot be searched."""
    given: object = (folders,) if isinstance(folders, str | bytes | os.PathLike) else folders
    if not isinstance(given, Iterable):
        raise PolicyError([Problem("folder_expected", (), type(folders).__name__)])
    paths: list[Path] = []
    problems: list[Problem] = []
    for folder in given:
        if isinstance(folder, str | os.PathLike):
            path = Path(folder)
            problem = None if path in paths else _folder_problem(path)
            paths.append(path)
        else:
            problem = Problem("folder_expected", (), type(folder).__name__)
        problems += [] if problem is None else [problem]
    if problems:
        raise PolicyError(problems)
    return tuple(paths)


def _folder_problem(path: Path) -> Problem | None:
    """Why a folder cannot be searched; listing its files would silently give none."""
    try:
        with os.scandir(path):
            return None
    except FileNotFoundError:
        return Problem("folder_missing", (), str(path))
    except NotADirectoryError:
        return Problem("folder_is_file", (), str(path))
    except (OSError, ValueError) as error:
        return Problem("folder_unreadable", (), str(path), {"reason": reason_of(error)})


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # the name is too long for the system
        return False


def _path_of(name: str | os.PathLike[str]) -> Path:
    """The path of a policy's file; a bundled one may be inside a zip."""
    path = Path(name)
    inside = BUNDLED / path.name
    in_zip = not isinstance(cast(object, BUNDLED), Path)
    return inside if in_zip and str(path) == str(inside) else path


# --- Files of series ---


def _in_force(
    series: str, on: date | None, folders: list[Path], known_files: dict[Path, Year | list[Problem]]
) -> PolicyText:
    """The file of a series that is in force on a day."""
    paths = _policy_files(folders)
    for path in paths:
        if path not in known_files:
            known_files[path] = _read_year(path)
    files = [known_files[path] for path in paths]
    readable = [year for year in files if isinstance(year, Year)]
    of_series = [year for year in readable if year.series and year.series == series]
    of_series.sort(key=lambda year: (year.start, year.end))
    if not of_series:
        names = (PurePath(path.name).stem for path in paths)
        known = dict.fromkeys((*names, *(year.series for year in readable if year.series)))
        values = {"known": ", ".join(known), **nearest(series, known)}
        missing = [] if BUNDLED.is_dir() else [Problem("bundled_missing")]
        raise PolicyError([Problem("policy_missing", given=series, values=values), *missing])
    if on is None:
        listed = ", ".join(map(str, of_series))
        raise PolicyError([Problem("series_needs_date", given=series, values={"known": listed})])
    in_force = [year for year in of_series if year.holds(on)]
    unreadable = [year for year in of_series if not year.readable]
    if len(in_force) > 1:
        raise PolicyError(_overlap(year, in_force[0]) for year in in_force[1:])
    if in_force or unreadable:  # reading the file reports what is wrong with its days
        return (in_force or unreadable)[0].text
    before = max((year for year in of_series if year.end < on), key=lambda year: year.end, default=None)
    after = next((year for year in of_series if year.start > on), None)
    values = {"series": series, "known": ", ".join(str(year) for year in (before, after) if year is not None)}
    unparsed = [problem for problems in files if not isinstance(problems, Year) for problem in problems]
    raise PolicyError([Problem("no_policy_on_date", given=str(on), values=values), *unparsed])


def _overlap(year: Year, other: Year) -> Problem:
    values = {"series": year.series, "known": str(other)}
    return Problem("policies_overlap", ("effective",), given=year.days, values=values, location=year.at)


def _with_own_folder(text: PolicyText, folders: Folders) -> list[Path]:
    """The folder of a file and those of the caller; inside a zip it is the bundled one, which is searched anyway."""
    return [*([text.folder] if isinstance(text.folder, Path) else []), *folder_paths(folders)]


def _read_years(folders: Sequence[Path], without: str | None = None) -> Iterator[Year]:
    """The files that can be parsed, from the folders and the bundled policies, except those of one file name."""
    files = (_read_year(path) for path in _policy_files([*folders, BUNDLED]) if path.name != without)
    return (year for year in files if isinstance(year, Year))


def _policy_files(folders: Sequence[Path]) -> list[Path]:
    """The policies of the folders; of several with one file name, the one in the first folder."""
    named = {path.name: path for folder in reversed(folders) for path in list_files(folder, ".yaml")}
    return sorted(named.values(), key=lambda path: PurePath(str(path)))


def list_files(folder: Path, ending: str) -> list[Path]:
    """The files of a folder whose names have an ending, sorted; none if the folder is missing or unreadable."""
    try:
        return sorted((path for path in folder.iterdir() if path.name.endswith(ending)), key=lambda path: path.name)
    except (OSError, ValueError):
        return []


def _read_year(path: Path) -> Year | list[Problem]:
    try:
        return _parse_year(read_file(path))
    except PolicyError as error:
        return list(error.problems)


def _parse_year(text: PolicyText) -> Year | list[Problem]:
    """The series and days of a text, or the problems if it cannot be parsed."""
    node, problems = parse(text.text, text.name)
    if not isinstance(node, Mapping):
        return problems
    effective = node.get("effective") or Mapping((), node.at)
    stated = effective.entries if isinstance(effective, Mapping) else ()
    dates = {name.text: parse_date(day.text) if isinstance(day, Scalar) else None for name, day in stated}
    start, end = dates.get("from") or date.min, dates.get("to") or date.max
    readable = not problems and isinstance(effective, Mapping) and None not in dates.values() and start <= end
    series = node.get("series")
    return Year(text, series.text if isinstance(series, Scalar) else "", start, end, effective.at, readable)
