"""A policy's text is found by path, by name, or by series and day; the days of one series never overlap."""

import os
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path, PurePath
from typing import cast

from attrs import frozen

from hardship_rules.core.hosts import plain_value, read_day, shown
from hardship_rules.core.problems import Location, PolicyError, Problem, nearest, reason_of
from hardship_rules.core.values import date_of
from hardship_rules.language import keys
from hardship_rules.language.conform import conform_word
from hardship_rules.language.source import Mapping, Scalar, decode, parse, read_bytes

Folders = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
"""Folders in which policies are looked for, in this order: one, or several."""

_HERE = Path(__file__).parent.parent


def _bundled() -> Path:
    """The folder of the policies that come with the library: a checkout's, an installation's, or one inside a zip."""
    for folder in (_HERE / "policies", _HERE.parent / "policies"):
        if folder.is_dir():
            return folder
    from importlib.resources import files  # noqa: PLC0415  # only what is imported from a zip needs it

    # what a zip gives has what is used here of a path: /, name, parent, iterdir, is_file, is_dir and open
    return cast(Path, files("hardship_rules") / "policies")


BUNDLED = _bundled()
RESOLVED = ".json"  # how the name of a file ends that holds a resolved policy's canonical text
_OPEN = "…"  # an end that is not stated


@frozen
class Text:
    """A policy's text, the name that problems call it by, and the folder that holds it."""

    text: str
    name: str
    folder: Path | None


@frozen
class Year:
    """A file of a series: its first and last day, where it states them, and whether they can be read."""

    text: Text
    series: str
    start: date
    end: date
    at: Location
    readable: bool

    def holds(self, day: date) -> bool:
        """The day is one of this file's."""
        return self.readable and self.start <= day <= self.end

    def overlaps(self, other: "Year") -> bool:
        """Some day is one of both files'."""
        return self.readable and other.readable and self.start <= other.end and other.start <= self.end

    @property
    def days(self) -> str:
        """Its first and last day, as people read them."""
        first = _OPEN if self.start == date.min else self.start
        return f"{first} – {_OPEN if self.end == date.max else self.end}"

    def __str__(self) -> str:
        return f"{Path(self.text.name).stem}（{self.days}）"


def read_file(path: Path, name: str | None = None) -> Text:
    """The text of a file; raises `PolicyError`."""
    label = name or str(path)
    content = read_bytes(path, label)
    text = content if isinstance(content, Problem) else decode(content, label)
    if isinstance(text, Problem):
        raise PolicyError([text])
    return Text(text, label, path.parent)


def day_asked(on: object) -> date | None:
    """The day for which a policy is asked, as a host gives it; raises `PolicyError` where it is none."""
    if plain_value(on) is None:
        return None
    day = read_day(on)
    if isinstance(day, str):
        raise PolicyError([Problem(day, ("on",), shown(on))])
    return day


def searched(folders: Folders) -> tuple[Path, ...]:
    """The caller's folders, each of them there; a name alone is one of them. Raises `PolicyError`."""
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
    """What keeps a folder from being searched; `glob` would find nothing in it without a word."""
    try:
        with os.scandir(path):
            return None
    except FileNotFoundError:
        return Problem("folder_missing", (), str(path))
    except NotADirectoryError:
        return Problem("folder_is_file", (), str(path))
    except (OSError, ValueError) as error:
        return Problem("folder_unreadable", (), str(path), {"reason": reason_of(error)})


def find(
    name: str | os.PathLike[str],
    on: date | None,
    folders: Folders,
    known: dict[Path, Year | list[Problem]] | None = None,
) -> Text:
    """The text of a policy by path, by name, or by series and date; raises `PolicyError`.

    `known` are files of series by their paths: whoever asks for many days hands in the same, and each is read once.
    """
    if not isinstance(cast(object, name), str | os.PathLike) or isinstance(os.fspath(name), bytes):
        raise PolicyError([Problem("policy_expected", (), type(name).__name__)])
    if not isinstance(name, str) or name.endswith((".yaml", ".yml", RESOLVED)) or "/" in name or "\\" in name:
        return read_file(path_of(name))
    places = [*searched(folders), BUNDLED]
    for folder in places:
        path = folder / f"{name}.yaml"
        if conform_word(Scalar(name, Location(name, 1, 1)), keys.Word("policy"), ()) == [] and _is_file(path):
            return read_file(path)
    return _in_force(name, on, places, {} if known is None else known)


def _is_file(path: Path) -> bool:
    """A file is there; a name that is too long for the system is no file's."""
    try:
        return path.is_file()
    except OSError:
        return False


def path_of(name: str | os.PathLike[str]) -> Path:
    """The path of a policy's file; one that comes with the library may be inside a zip."""
    path = Path(name)
    inside = BUNDLED / path.name
    in_zip = not isinstance(cast(object, BUNDLED), Path)
    return inside if in_zip and str(path) == str(inside) else path


def overlaps(name: str | os.PathLike[str], folders: Folders = ()) -> tuple[Problem, ...]:
    """Where a policy is for days that another file of its series, beside it or in the folders, is for as well."""
    try:
        text = find(name, None, folders)
    except PolicyError:
        return ()
    own = _year(text)
    if not isinstance(own, Year) or not own.series:
        return ()
    beside = [text.folder] if isinstance(text.folder, Path) else []  # of a zip it is the bundled folder
    others = (_read(path) for path in _files([*beside, *searched(folders), BUNDLED]) if path.name != _file_name(text))
    return tuple(
        _overlap(own, other)
        for other in others
        if isinstance(other, Year) and other.series == own.series and own.overlaps(other)
    )


def before(text: Text, folders: Folders = ()) -> Text | None:
    """The file of a policy's series, beside it or in the folders, whose days end last before its own begin."""
    own = _year(text)
    if not isinstance(own, Year) or not own.series:
        return None
    beside = [text.folder] if isinstance(text.folder, Path) else []  # of a zip it is the bundled folder
    earlier = [each for each in years(own.series, [*beside, *searched(folders)]) if each.end < own.start]
    return max(earlier, key=lambda each: each.end).text if own.readable and earlier else None


def years(series: str, folders: Folders = ()) -> tuple[Year, ...]:
    """The files of a series whose days can be read, in the folders and among the bundled, by their days."""
    found = (_read(path) for path in _files([*searched(folders), BUNDLED]))
    of_series = (each for each in found if isinstance(each, Year) and each.series == series and each.readable)
    return tuple(sorted(of_series, key=lambda each: (each.start, each.end)))


def all_series(folders: Folders = ()) -> tuple[str, ...]:
    """The series that the files of the folders, and those bundled, are of."""
    found = (_read(path) for path in _files([*searched(folders), BUNDLED]))
    return tuple(dict.fromkeys(each.series for each in found if isinstance(each, Year) and each.series))


def _in_force(series: str, on: date | None, folders: list[Path], known_files: dict[Path, Year | list[Problem]]) -> Text:
    """The file of a series whose window holds the day."""
    paths = _files(folders)
    for path in paths:
        if path not in known_files:
            known_files[path] = _read(path)
    found = [known_files[path] for path in paths]
    years = [each for each in found if isinstance(each, Year)]
    of_series = [each for each in years if each.series and each.series == series]
    of_series.sort(key=lambda each: (each.start, each.end))
    if not of_series:
        names = (PurePath(path.name).stem for path in paths)
        known = dict.fromkeys((*names, *(each.series for each in years if each.series)))
        values = {"known": ", ".join(known), **nearest(series, known)}
        missing = [] if BUNDLED.is_dir() else [Problem("bundled_missing")]
        raise PolicyError([Problem("policy_missing", given=series, values=values), *missing])
    if on is None:
        listed = ", ".join(map(str, of_series))
        raise PolicyError([Problem("series_needs_date", given=series, values={"known": listed})])
    holding = [each for each in of_series if each.holds(on)]
    unreadable = [each for each in of_series if not each.readable]
    if len(holding) > 1:
        raise PolicyError(_overlap(each, holding[0]) for each in holding[1:])
    if holding or unreadable:  # whoever reads on is told what is wrong with its days
        return (holding or unreadable)[0].text
    before = max((each for each in of_series if each.end < on), key=lambda each: each.end, default=None)
    after = next((each for each in of_series if each.start > on), None)
    values = {"series": series, "known": ", ".join(str(each) for each in (before, after) if each is not None)}
    not_read = [problem for each in found if not isinstance(each, Year) for problem in each]
    raise PolicyError([Problem("no_policy_on_date", given=str(on), values=values), *not_read])


def _files(folders: Sequence[Path]) -> list[Path]:
    """The policies of the folders; of those with one file name, the one in the earliest folder."""
    named = {path.name: path for folder in reversed(folders) for path in listed(folder, ".yaml")}
    return sorted(named.values(), key=lambda path: PurePath(str(path)))


def listed(folder: Path, ending: str) -> list[Path]:
    """The files of a folder whose names end so, by their names; none where it is not there or cannot be read."""
    try:
        return sorted((path for path in folder.iterdir() if path.name.endswith(ending)), key=lambda path: path.name)
    except (OSError, ValueError):
        return []


def _file_name(text: Text) -> str:
    return Path(text.name).name


def _read(path: Path) -> Year | list[Problem]:
    try:
        return _year(read_file(path))
    except PolicyError as error:
        return list(error.problems)


def _year(text: Text) -> Year | list[Problem]:
    """The series and days of a text, or why it cannot be read."""
    node, problems = parse(text.text, text.name)
    if not isinstance(node, Mapping):
        return problems
    effective = node.get("effective") or Mapping((), node.at)
    stated = effective.entries if isinstance(effective, Mapping) else ()
    dates = {name.text: date_of(day.text) if isinstance(day, Scalar) else None for name, day in stated}
    start, end = dates.get("from") or date.min, dates.get("to") or date.max
    readable = not problems and isinstance(effective, Mapping) and None not in dates.values() and start <= end
    series = node.get("series")
    return Year(text, series.text if isinstance(series, Scalar) else "", start, end, effective.at, readable)


def _overlap(one: Year, other: Year) -> Problem:
    values = {"series": one.series, "known": str(other)}
    return Problem("policies_overlap", ("effective",), given=one.days, values=values, location=one.at)
