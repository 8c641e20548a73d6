"""A policy's text is found by name, path or series and date, and completed by the policies it extends."""

from collections.abc import Sequence as Sequence_
from datetime import date
from pathlib import Path

from attrs import frozen

from hardship_rules import keys
from hardship_rules.conform import conform, conform_word, date_of
from hardship_rules.model import canonical
from hardship_rules.problems import Location, PolicyError, Problem, nearest
from hardship_rules.source import Mapping, Node, Scalar, Sequence, decode, parse, read_bytes

FILES = 3  # in a chain of `extends`

_HERE = Path(__file__).parent
BUNDLED = next(folder for folder in (_HERE / "policies", _HERE.parent / "policies") if folder.is_dir())
_PROVENANCE = ("source", "cite", "basis")


@frozen
class Text:
    """A policy's text, the name that problems call it by, and the folder that holds it."""

    text: str
    name: str
    folder: Path | None


def read_file(path: Path, name: str | None = None) -> Text:
    """The text of a file; raises `PolicyError`."""
    shown = name or str(path)
    content = read_bytes(path, shown)
    text = content if isinstance(content, Problem) else decode(content, shown)
    if isinstance(text, Problem):
        raise PolicyError([text])
    return Text(text, shown, path.parent)


def find(name: str | Path, on: date | None, folders: Sequence_[str | Path]) -> Text:
    """The text of a policy by path, by name, or by series and date; raises `PolicyError`."""
    if isinstance(name, Path) or name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
        return read_file(Path(name))
    searched = [*map(Path, folders), BUNDLED]
    for folder in searched:
        path = folder / f"{name}.yaml"
        if conform_word(Scalar(name, Location(name, 1, 1)), keys.Word("policy"), ()) == [] and path.is_file():
            return read_file(path)
    return _in_force(name, on, searched)


def _in_force(series: str, on: date | None, folders: list[Path]) -> Text:
    """The file of a series whose window holds the day."""
    known, windows = [], []
    for path in sorted({path.name: path for folder in reversed(folders) for path in folder.glob("*.yaml")}.values()):
        known.append(path.stem)
        try:
            text = read_file(path)
        except PolicyError:
            continue
        node, _ = parse(text.text, text.name)
        if isinstance(node, Mapping) and _word(node, "series") == series:
            effective = node.get("effective")
            start, end = (
                date_of(_word(effective, key)) if isinstance(effective, Mapping) else None for key in ("from", "to")
            )
            windows.append((start or date.min, end or date.max, text, path.stem))
            known.append(series)
    if not windows:
        values = {"known": ", ".join(dict.fromkeys(known)), **nearest(series, known)}
        raise PolicyError([Problem("policy_missing", given=series, values=values)])
    listed = ", ".join(
        f"{stem}（{start} – {end}）" for start, end, _, stem in sorted(windows, key=lambda each: each[:2])
    )
    if on is None:
        raise PolicyError([Problem("series_needs_date", given=series, values={"known": listed})])
    holding = [text for start, end, text, _ in windows if start <= on <= end]
    if len(holding) == 1:
        return holding[0]
    code = "no_policy_on_date" if not holding else "policies_overlap"
    raise PolicyError([Problem(code, given=str(on), values={"series": series, "known": listed})])


def _word(node: Mapping, key: str) -> str:
    value = node.get(key)
    return value.text if isinstance(value, Scalar) else ""


def resolve(source: Text, folders: Sequence_[str | Path]) -> Mapping:
    """The policy of a text, completed by what it extends; raises `PolicyError` with every problem of shape."""
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


def _base(extends: Scalar, source: Text, seen: list[str], folders: Sequence_[str | Path]) -> Text | Problem:
    """The text that an `extends` names: beside the file, then in the caller's folders, then among the bundled."""
    name = extends.text
    if name in seen:
        return Problem("extends_loop", ("extends",), given=name, location=extends.at)
    if len(seen) == FILES:
        return Problem("extends_chain", ("extends",), given=name, values={"most": str(FILES)}, location=extends.at)
    beside = [] if source.folder is None else [source.folder]
    for folder in (*beside, *map(Path, folders), BUNDLED):
        path = folder / f"{name}.yaml"
        if path.is_file():
            try:
                return read_file(path)
            except PolicyError as error:
                return error.problems[0]
    known = sorted({path.stem for folder in (*beside, *map(Path, folders), BUNDLED) for path in folder.glob("*.yaml")})
    values = {"known": ", ".join(known), **nearest(name, known)}
    return Problem("extends_missing", ("extends",), given=name, values=values, location=extends.at)


def _overlaid(base: Mapping, overlay: Mapping, problems: list[Problem]) -> Mapping:
    """The base with the overlay's head, parameters, readings, sources and notes in their places."""
    whole = {key.text: (key, node) for key, node in base.entries if key.text not in ("series", "effective")}
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
        path = (section, key.text)
        known = entries.get(key.text)
        if section == "sources" and known is not None:
            problems.append(Problem("source_redefined", path, given=key.text, location=key.at))
        elif section in ("sources", "notes"):
            entries[key.text] = (key, node)
        elif known is None:
            code = "unknown_parameter" if section == "parameters" else "unknown_reading"
            values = {"known": ", ".join(entries), **nearest(key.text, entries)}
            problems.append(Problem(code, path, given=key.text, values=values, location=key.at))
        elif isinstance(node, Mapping) and isinstance(known[1], Mapping):
            if node.get("basis") is None:
                problems.append(Problem("provenance_again", path, given=key.text, location=key.at))
            entries[key.text] = (key, _restated(known[1], node))
    return Mapping(tuple(entries.values()), base.at)


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
            key.text: [[name.text, _tree(inner)] for name, inner in node.entries]
            if key.text == "decisions" and isinstance(node, Mapping)
            else _tree(node)
            for key, node in whole.entries
        }
    )


def _tree(node: Node) -> object:
    match node:
        case Scalar(text):
            return " ".join(text.split())
        case Sequence(items):
            return [_tree(item) for item in items]
        case Mapping(entries):
            return {key.text: _tree(inner) for key, inner in entries}
