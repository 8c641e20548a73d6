"""JSON that a program wrote becomes nodes, as YAML text does, or the problem that keeps it from being read."""

import json
import re

from attrs import evolve

from hardship_rules.core.problems import Location, Problem
from hardship_rules.language.source import DEEPEST, Mapping, Node, Scalar, Sequence

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no text of a record or a resolved policy may hold."""

Json = str | bool | None | list["Json"] | dict[str, "Json"]
"""What stands in JSON, numbers by their text."""


class _Refused(ValueError):
    """Valid JSON that could be read two ways, or that goes too deep."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def parse_json(text: str, name: str) -> Node | Problem:
    """The nodes of a JSON text; texts count as quoted, and every node is placed where the text begins."""
    start = Location(name, 1, 1)
    try:
        found = json.loads(
            text.removeprefix("\ufeff"),
            parse_int=str,
            parse_float=str,
            parse_constant=_constant,
            object_pairs_hook=_once,
        )
        return _node(found, start, 0)
    except json.JSONDecodeError as error:
        if not text.strip():
            return Problem("file_empty", location=start)
        whole = text.rstrip()
        open_text = error.msg.startswith("Unterminated string")
        is_cut = open_text or error.pos >= len(whole) or not whole.endswith(("}", "]"))
        return Problem("json_cut" if is_cut else "json_broken", location=Location(name, error.lineno, error.colno))
    except RecursionError:
        return Problem("too_deep", values={"most": str(DEEPEST)}, location=start)
    except _Refused as refused:
        return evolve(refused.problem, location=start)


def _constant(word: str) -> Json:
    """NaN and Infinity, which Python would read and JSON does not have."""
    raise _Refused(Problem("json_broken", given=word))


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """The entries of an object, none of them written twice."""
    found: dict[str, Json] = {}
    for key, each in pairs:
        if key in found:
            raise _Refused(Problem("json_key_twice", given=key))
        found[key] = each
    return found


def _node(found: Json, at: Location, depth: int) -> Node:
    if depth > DEEPEST:
        raise _Refused(Problem("too_deep", values={"most": str(DEEPEST)}))
    match found:
        case dict():
            return Mapping(tuple((_text(key, at), _node(each, at, depth + 1)) for key, each in found.items()), at)
        case list():
            return Sequence(tuple(_node(each, at, depth + 1) for each in found), at)
        case str():
            return _text(found, at)
        case None:
            return Scalar("null", at)
        case _:
            return Scalar("true" if found else "false", at)


def _text(text: str, at: Location) -> Scalar:
    if match := CONTROL.search(text):
        raise _Refused(Problem("character", given=f"U+{ord(match[0]):04X}"))
    return Scalar(text, at, plain=False)
