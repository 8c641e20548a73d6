"""A policy's text is completed by the policies that it extends."""

from pathlib import PurePath

from hardship_rules.core.model import canonical
from hardship_rules.core.problems import MOST, Location, PolicyError, Problem, nearest
from hardship_rules.core.problems import Path as Keys
from hardship_rules.language import keys
from hardship_rules.language.conform import conform
from hardship_rules.language.find import BUNDLED, RESOLVED, Folders, Text, listed, read_file, searched
from hardship_rules.language.json_source import parse_json
from hardship_rules.language.source import Mapping, Node, Scalar, Sequence, parse

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
