"""The resolved policy: the nodes of a file completed by those that it extends, and their canonical text."""

from pathlib import PurePath

from hardship_rules.core.policy import canonical
from hardship_rules.core.problem import MOST_PROBLEMS, KeyPath, Location, PolicyError, Problem, nearest
from hardship_rules.language.find import BUNDLED, RESOLVED, Folders, PolicyText, folder_paths, list_files, read_file
from hardship_rules.language.keys import OVERLAY, PARAMETER, POLICY, READING, REPLY_WITHIN
from hardship_rules.language.shape import conform
from hardship_rules.language.source import Mapping, Node, Scalar, Sequence, parse, parse_json

_MOST_FILES = 3  # in a chain of `extends`
_PROVENANCE = ("source", "cite", "basis")
_STATUS = ("status", "approved")  # keys about the policy that are no part of its content


def resolve(text: PolicyText, folders: Folders) -> Mapping:
    """The policy of a text, completed by what it extends; raises `PolicyError` with every problem of shape."""
    if text.name.endswith(RESOLVED):
        return resolved_node(text.text, text.name)
    chain: list[Mapping] = []
    problems: list[Problem] = []
    seen: list[str] = []
    while True:
        node, parse_problems = parse(text.text, text.name)
        problems += parse_problems
        if isinstance(node, Mapping) and node.get("language") is None and node.get("policy") is None:
            problems.append(Problem("not_a_policy", location=Location(text.name, 1, 1)))
            break
        if not isinstance(node, Mapping):
            if not parse_problems:
                code = "file_empty" if node is None or (isinstance(node, Scalar) and node.is_null) else "not_a_policy"
                problems.append(Problem(code, location=Location(text.name, 1, 1)))
            break
        extends = node.get("extends")
        shape_problems = _shape_problems(node, parse_problems)
        problems += shape_problems
        if any(problem.code in ("language_newer", "language") for problem in shape_problems):
            problems = [problem for problem in shape_problems if problem.at == ("language",)]
            break
        chain.append(node)
        seen.append(_text_of(node, "policy"))
        if not isinstance(extends, Scalar) or any(problem.at == ("extends",) for problem in shape_problems):
            break
        base = _find_base(extends, text, seen, folders)
        if isinstance(base, Problem):
            problems.append(base)
            break
        text = base
    if problems:
        raise PolicyError(problems)
    resolved = chain[-1]
    for overlay in reversed(chain[:-1]):
        resolved = _overlaid(resolved, overlay, problems)
    if problems:
        raise PolicyError(problems)
    return resolved


def base_of(text: PolicyText, folders: Folders) -> PolicyText | None:
    """The text that a policy's text extends; None if it extends none, or one that is missing."""
    node, _ = parse(text.text, text.name)
    extends = node.get("extends") if isinstance(node, Mapping) else None
    base = _find_base(extends, text, [], folders) if isinstance(extends, Scalar) else None
    return base if isinstance(base, PolicyText) else None


def _find_base(extends: Scalar, text: PolicyText, seen: list[str], folders: Folders) -> PolicyText | Problem:
    """The text that an `extends` names: beside the file, then in the caller's folders, then among the bundled."""
    name = extends.text
    if name in seen:
        return Problem("extends_loop", ("extends",), given=name, location=extends.at)
    if len(seen) == _MOST_FILES:
        values = {"most": str(_MOST_FILES)}
        return Problem("extends_chain", ("extends",), given=name, values=values, location=extends.at)
    beside = [] if text.folder is None else [text.folder]
    places = (*beside, *folder_paths(folders), BUNDLED)
    for folder in places:
        path = folder / f"{name}.yaml"
        if path.is_file():
            try:
                return read_file(path)
            except PolicyError as error:
                return error.problems[0]
    known = sorted({PurePath(path.name).stem for folder in places for path in list_files(folder, ".yaml")})
    values = {"known": ", ".join(known), **nearest(name, known)}
    return Problem("extends_missing", ("extends",), given=name, values=values, location=extends.at)


def _text_of(node: Mapping, key: str) -> str:
    value = node.get(key)
    return value.text if isinstance(value, Scalar) else ""


# --- The shape of one file ---


def _shape_problems(node: Mapping, parse_problems: list[Problem]) -> list[Problem]:
    """The problems of a file's shape, except on lines that already have a problem."""
    lines = {problem.location.line for problem in parse_problems if problem.location is not None}
    if node.get("extends") is None:
        problems = conform(node, POLICY)
    else:
        problems = [_or_key_of_base(problem) for problem in conform(node, OVERLAY)]
    return [problem for problem in problems if problem.location is None or problem.location.line not in lines]


def _or_key_of_base(problem: Problem) -> Problem:
    """A problem of an overlay; an unknown key that only a base may have becomes `key_of_base`."""
    match problem.at:
        case (_,):
            shape = POLICY
        case ("parameters", _, _):
            shape = PARAMETER
        case ("readings", _, _):
            shape = READING
        case _:
            return problem
    if problem.code != "unknown_key" or problem.given not in shape.keys:
        return problem
    return Problem("key_of_base", problem.at, problem.given, location=problem.location)


# --- A base and its overlay ---


def _overlaid(base: Mapping, overlay: Mapping, problems: list[Problem]) -> Mapping:
    """The base with the head of the overlay, and its sections with the overlay's entries in place."""
    not_inherited = {"series", "effective", "approved"}
    if overlay.get("approved") is not None:  # what is approved includes its base
        not_inherited.add("status")
    entries = {key.text: (key, node) for key, node in base.entries if key.text not in not_inherited}
    for key, node in overlay.entries:
        base_entry = entries.get(key.text)
        if key.text == "extends":
            continue
        if key.text in ("parameters", "readings", "sources", "notes") and base_entry is not None:
            entries[key.text] = (key, _section(key.text, base_entry[1], node, problems))
        elif key.text in ("parameters", "readings") and isinstance(node, Mapping):
            entries[key.text] = (key, _section(key.text, Mapping((), key.at), node, problems))
        else:
            entries[key.text] = (key, node)
    return Mapping(tuple(entries.values()), overlay.at)


def _section(section: str, base: Node, overlay: Node, problems: list[Problem]) -> Node:
    """A section of the base with the overlay's entries in place; adds the problems of entries that do not fit."""
    if not isinstance(base, Mapping) or not isinstance(overlay, Mapping):
        return overlay
    entries = {key.text: (key, node) for key, node in base.entries}
    for key, node in overlay.entries:
        if len(problems) > MOST_PROBLEMS:
            break
        path = (section, key.text)
        base_entry = entries.get(key.text)
        if section == "sources" and base_entry is not None:
            problems.append(Problem("source_redefined", path, given=key.text, location=key.at))
        elif section in ("sources", "notes"):
            if key.text == REPLY_WITHIN and base_entry is not None:
                _check_provenance(key, node, path, problems)
            entries[key.text] = (key, node)
        elif base_entry is None:
            code = "unknown_parameter" if section == "parameters" else "unknown_reading"
            values = {"known": ", ".join(entries), **nearest(key.text, entries)}
            problems.append(Problem(code, path, given=key.text, values=values, location=key.at))
        elif isinstance(node, Mapping) and isinstance(base_entry[1], Mapping):
            _check_provenance(key, node, path, problems)
            entries[key.text] = (key, _restated(base_entry[1], node))
    return Mapping(tuple(entries.values()), base.at)


def _check_provenance(key: Scalar, node: Node, path: KeyPath, problems: list[Problem]) -> None:
    """Check that an entry with a new value states its provenance again."""
    if isinstance(node, Mapping) and node.get("basis") is None:
        problems.append(Problem("provenance_again", path, given=key.text, location=key.at))


def _restated(base: Mapping, overlay: Mapping) -> Mapping:
    """A parameter or reading with its new entries, without its old value and provenance."""
    dropped = {*_PROVENANCE}
    if overlay.get("value") is not None or overlay.get("values") is not None:
        dropped |= {"value", "values"}
    kept = [(key, node) for key, node in base.entries if key.text not in dropped and overlay.get(key.text) is None]
    return Mapping((*kept, *overlay.entries), overlay.at)


# --- The canonical text ---


def resolved_text(policy: Mapping) -> str:
    """The canonical text of a resolved policy, the basis of its fingerprint.

    It leaves out the status, approvals and tones, which are no part of the content. Decisions are a list of pairs,
    since their order matters.
    """
    return canonical(
        {
            key.text: [[name.text, tree(_decision_without_tones(inner))] for name, inner in node.entries]
            if key.text == "decisions" and isinstance(node, Mapping)
            else tree(node)
            for key, node in policy.entries
            if key.text not in _STATUS
        }
    )


def tree(node: Node) -> object:
    """A node as strings, lists and dictionaries, with each run of white space as one space."""
    match node:
        case Scalar(text):
            return " ".join(text.split())
        case Sequence(items):
            return [tree(item) for item in items]
        case Mapping(entries):
            return {key.text: tree(inner) for key, inner in entries}


def _decision_without_tones(decision: Node) -> Node:
    """A decision without the tones of its outcomes."""
    if not isinstance(decision, Mapping):
        return decision
    entries = tuple((key, _outcomes_without_tones(key.text, inner)) for key, inner in decision.entries)
    return Mapping(entries, decision.at)


def _outcomes_without_tones(key: str, node: Node) -> Node:
    if key in ("first", "every") and isinstance(node, Sequence):
        return Sequence(tuple(map(_outcome_without_tone, node.items)), node.at)
    return _outcome_without_tone(node) if key == "otherwise" else node


def _outcome_without_tone(outcome: Node) -> Node:
    if not isinstance(outcome, Mapping):
        return outcome
    return Mapping(tuple((key, inner) for key, inner in outcome.entries if key.text != "tone"), outcome.at)


def resolved_node(text: str, name: str) -> Mapping:
    """The resolved policy of a canonical text, the inverse of `resolved_text`; raises `PolicyError`."""
    node = parse_json(text, name)
    if isinstance(node, Problem):
        raise PolicyError([node])
    return unfolded(node)


def unfolded(node: Node) -> Mapping:
    """The resolved policy of the node of a canonical text, with decisions as a mapping; raises `PolicyError`."""
    policy = (
        Mapping(tuple((key, _decisions(key, inner)) for key, inner in node.entries), node.at)
        if isinstance(node, Mapping)
        else Mapping((), node.at)
    )
    if policy.get("language") is None:
        raise PolicyError([Problem("not_resolved", location=node.at)])
    problems = conform(policy, POLICY)
    if problems:
        raise PolicyError([problem for problem in problems if problem.at == ("language",)] or problems)
    return policy


def _decisions(key: Scalar, node: Node) -> Node:
    """The decisions' pairs of name and definition as a mapping; other nodes unchanged."""
    if key.text != "decisions" or not isinstance(node, Sequence):
        return node
    pairs = [item.items for item in node.items if isinstance(item, Sequence)]
    entries = [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]
    named = tuple((name, inner) for name, inner in entries if isinstance(name, Scalar))
    return Mapping(named, node.at) if len(named) == len(node.items) else node
