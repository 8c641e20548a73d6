"""Where a policy file is found, by name, series or day, and the nodes of a policy with those of what it extends."""

import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path, PurePath
from typing import cast

from attrs import frozen

from hardship_rules.core.hosts import plain_value, read_day, shown
from hardship_rules.core.kinds import date_of
from hardship_rules.core.policy import canonical
from hardship_rules.core.problem import MOST, Location, PolicyError, Problem, nearest, reason_of
from hardship_rules.core.problem import Path as Keys
from hardship_rules.language import keys
from hardship_rules.language.shape import conform, conform_word
from hardship_rules.language.source import Mapping, Node, Scalar, Sequence, decode, parse, parse_json, read_bytes

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


def _files(folders: list[Path] | tuple[Path, ...]) -> list[Path]:
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


FILES = 3  # in a chain of `extends`

_PROVENANCE = ("source", "cite", "basis")
_STANDING = ("status", "approved")  # what is said of a policy, no part of what it says


def _word(node: Mapping, key: str) -> str:
    value = node.get(key)
    return value.text if isinstance(value, Scalar) else ""


def resolve(source: Text, folders: Folders) -> Mapping:
    """The policy of a text, completed by what it extends; raises `PolicyError` with every problem of shape."""
    if source.name.endswith(RESOLVED):
        return resolved_node(source.text, source.name)
    chain: list[Mapping] = []
    problems: list[Problem] = []
    seen: list[str] = []
    while True:
        node, found = parse(source.text, source.name)
        problems += found
        if isinstance(node, Mapping) and node.get("language") is None and node.get("policy") is None:
            problems.append(Problem("not_a_policy", location=Location(source.name, 1, 1)))
            break
        if not isinstance(node, Mapping):
            if not found:
                code = "file_empty" if node is None or (isinstance(node, Scalar) and node.is_null) else "not_a_policy"
                problems.append(Problem(code, location=Location(source.name, 1, 1)))
            break
        extends = node.get("extends")
        newer = _misshapen(node, found)
        problems += newer
        if any(problem.code in ("language_newer", "language") for problem in newer):
            problems = [problem for problem in newer if problem.at == ("language",)]
            break
        chain.append(node)
        seen.append(_word(node, "policy"))
        if not isinstance(extends, Scalar) or any(problem.at == ("extends",) for problem in newer):
            break
        base = _base(extends, source, seen, folders)
        if isinstance(base, Problem):
            problems.append(base)
            break
        source = base
    if problems:
        raise PolicyError(problems)
    whole = chain[-1]
    for overlay in reversed(chain[:-1]):
        whole = _overlaid(whole, overlay, problems)
    if problems:
        raise PolicyError(problems)
    return whole


def extended(source: Text, folders: Folders) -> Text | None:
    """The text that a policy's text extends; None where it extends none, or one that is not there."""
    node, _ = parse(source.text, source.name)
    extends = node.get("extends") if isinstance(node, Mapping) else None
    base = _base(extends, source, [], folders) if isinstance(extends, Scalar) else None
    return base if isinstance(base, Text) else None


def _misshapen(node: Mapping, unread: list[Problem]) -> list[Problem]:
    """What does not have the language's shape, but for lines in which something could not even be read."""
    lines = {problem.location.line for problem in unread if problem.location is not None}
    if node.get("extends") is None:
        found = conform(node, keys.POLICY)
    else:
        found = [_of_the_base(problem) for problem in conform(node, keys.OVERLAY)]
    return [problem for problem in found if problem.location is None or problem.location.line not in lines]


def _of_the_base(problem: Problem) -> Problem:
    """A key that belongs to the policy that is extended, told as such."""
    match problem.at:
        case (_,):
            record = keys.POLICY
        case ("parameters", _, _):
            record = keys.PARAMETER
        case ("readings", _, _):
            record = keys.READING
        case _:
            return problem
    if problem.code != "unknown_key" or problem.given not in record.keys:
        return problem
    return Problem("key_of_base", problem.at, problem.given, location=problem.location)


def _base(extends: Scalar, source: Text, seen: list[str], folders: Folders) -> Text | Problem:
    """The text that an `extends` names: beside the file, then in the caller's folders, then among the bundled."""
    name = extends.text
    if name in seen:
        return Problem("extends_loop", ("extends",), given=name, location=extends.at)
    if len(seen) == FILES:
        return Problem("extends_chain", ("extends",), given=name, values={"most": str(FILES)}, location=extends.at)
    beside = [] if source.folder is None else [source.folder]
    places = (*beside, *searched(folders), BUNDLED)
    for folder in places:
        path = folder / f"{name}.yaml"
        if path.is_file():
            try:
                return read_file(path)
            except PolicyError as error:
                return error.problems[0]
    known = sorted({PurePath(path.name).stem for folder in places for path in listed(folder, ".yaml")})
    values = {"known": ", ".join(known), **nearest(name, known)}
    return Problem("extends_missing", ("extends",), given=name, values=values, location=extends.at)


def _overlaid(base: Mapping, overlay: Mapping, problems: list[Problem]) -> Mapping:
    """The base with the overlay's head, parameters, readings, sources and notes in their places."""
    own = {"series", "effective", "approved"}
    own |= {"status"} if overlay.get("approved") is not None else set()  # what is approved, is with what it extends
    whole = {key.text: (key, node) for key, node in base.entries if key.text not in own}
    for key, node in overlay.entries:
        section = whole.get(key.text)
        if key.text == "extends":
            continue
        if key.text in ("parameters", "readings", "sources", "notes") and section is not None:
            inner = _section(key.text, section[1], node, problems)
            whole[key.text] = (key, inner)
        elif key.text in ("parameters", "readings") and isinstance(node, Mapping):
            whole[key.text] = (key, _section(key.text, Mapping((), key.at), node, problems))
        else:
            whole[key.text] = (key, node)
    return Mapping(tuple(whole.values()), overlay.at)


def _section(section: str, base: Node, overlay: Node, problems: list[Problem]) -> Node:
    if not isinstance(base, Mapping) or not isinstance(overlay, Mapping):
        return overlay
    entries = {key.text: (key, node) for key, node in base.entries}
    for key, node in overlay.entries:
        if len(problems) > MOST:
            break
        path = (section, key.text)
        known = entries.get(key.text)
        if section == "sources" and known is not None:
            problems.append(Problem("source_redefined", path, given=key.text, location=key.at))
        elif section in ("sources", "notes"):
            if key.text == keys.REPLY_WITHIN and known is not None:
                _restates_provenance(key, node, path, problems)
            entries[key.text] = (key, node)
        elif known is None:
            code = "unknown_parameter" if section == "parameters" else "unknown_reading"
            values = {"known": ", ".join(entries), **nearest(key.text, entries)}
            problems.append(Problem(code, path, given=key.text, values=values, location=key.at))
        elif isinstance(node, Mapping) and isinstance(known[1], Mapping):
            _restates_provenance(key, node, path, problems)
            entries[key.text] = (key, _restated(known[1], node))
    return Mapping(tuple(entries.values()), base.at)


def _restates_provenance(key: Scalar, node: Node, path: Keys, problems: list[Problem]) -> None:
    """What is said again brings its provenance again."""
    if isinstance(node, Mapping) and node.get("basis") is None:
        problems.append(Problem("provenance_again", path, given=key.text, location=key.at))


def _restated(base: Mapping, overlay: Mapping) -> Mapping:
    """A parameter or reading with its new value or choice; its old value, window and provenance are gone."""
    gone = {*_PROVENANCE}
    if overlay.get("value") is not None or overlay.get("values") is not None:
        gone |= {"value", "values"}
    kept = [(key, node) for key, node in base.entries if key.text not in gone and overlay.get(key.text) is None]
    return Mapping((*kept, *overlay.entries), overlay.at)


def resolved_text(whole: Mapping) -> str:
    """The canonical text of a resolved policy, from which its fingerprint is taken."""
    return canonical(
        {
            key.text: [[name.text, tree(_toneless(inner))] for name, inner in node.entries]
            if key.text == "decisions" and isinstance(node, Mapping)
            else tree(node)
            for key, node in whole.entries
            if key.text not in _STANDING
        }
    )


def _toneless(decision: Node) -> Node:
    """A decision whose outcomes have no `tone`: that is how they are shown, no part of what they say."""
    if not isinstance(decision, Mapping):
        return decision
    return Mapping(tuple((key, _without_tones(key.text, inner)) for key, inner in decision.entries), decision.at)


def _without_tones(key: str, node: Node) -> Node:
    if key in ("first", "every") and isinstance(node, Sequence):
        return Sequence(tuple(map(_without_tone, node.items)), node.at)
    return _without_tone(node) if key == "otherwise" else node


def _without_tone(outcome: Node) -> Node:
    if not isinstance(outcome, Mapping):
        return outcome
    return Mapping(tuple((key, inner) for key, inner in outcome.entries if key.text != "tone"), outcome.at)


def tree(node: Node) -> object:
    """A node as texts, lists and mappings, every run of white space one space."""
    match node:
        case Scalar(text):
            return " ".join(text.split())
        case Sequence(items):
            return [tree(item) for item in items]
        case Mapping(entries):
            return {key.text: tree(inner) for key, inner in entries}


def resolved_node(text: str, name: str) -> Mapping:
    """The resolved policy of its canonical text: what `resolved_text` is the text of; raises `PolicyError`."""
    node = parse_json(text, name)
    if isinstance(node, Problem):
        raise PolicyError([node])
    return unfolded(node)


def unfolded(node: Node) -> Mapping:
    """The resolved policy that a canonical text holds, its decisions a mapping again; raises `PolicyError`."""
    whole = (
        Mapping(tuple((key, _decisions(key, inner)) for key, inner in node.entries), node.at)
        if isinstance(node, Mapping)
        else Mapping((), node.at)
    )
    if whole.get("language") is None:
        raise PolicyError([Problem("not_resolved", location=node.at)])
    problems = conform(whole, keys.POLICY)
    if problems:
        raise PolicyError([problem for problem in problems if problem.at == ("language",)] or problems)
    return whole


def _decisions(key: Scalar, node: Node) -> Node:
    """Of the decisions' pairs of name and definition the mapping; anything else as it is."""
    if key.text != "decisions" or not isinstance(node, Sequence):
        return node
    pairs = [item.items for item in node.items if isinstance(item, Sequence)]
    entries = [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]
    named = tuple((name, inner) for name, inner in entries if isinstance(name, Scalar))
    return Mapping(named, node.at) if len(named) == len(node.items) else node
