"""The JSON form of a program, `hardship-rules/program/1`: written, and read back equal."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.problem import PolicyError, Problem
from hardship_rules.engine.program import (
    BOOL,
    BoolKind,
    Data,
    Denominator,
    IntKind,
    Kind,
    OptionKind,
    Program,
    Quotient,
    Step,
    Table,
)

FORMAT = "hardship-rules/program/1"
_EXACT = 2**53  # up to here a number of JSON is the same in every language


def program_json(program: Program) -> str:
    """The program as one JSON object, a step a line.

    `policy` is the fingerprint of the policy, `checksum` the SHA-256 of everything else as compact JSON with sorted
    keys: what was edited by hand is refused. A whole number beyond 2**53 is written as text.
    """
    content = _content(program)
    steps = cast(list[object], content.pop("steps"))
    rest = [f"{_compact(key)}: {_compact(value)}" for key, value in content.items()]
    lines = ",\n  ".join(map(_compact, steps))
    checksum = checksum_of({**content, "steps": steps})
    return "{" + ",\n".join([*rest, f'"steps": [\n  {lines}\n]', f'"checksum": "{checksum}"']) + "}\n"


def read_program(text: str) -> Program:
    """The program of a JSON text. Raises `PolicyError` where it is not one, is of a later form, or was edited."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise PolicyError([Problem("program_not_json")]) from None
    if not isinstance(content, dict) or not str(content.get("format", "")).startswith("hardship-rules/program/"):
        raise PolicyError([Problem("program_not_one")])
    if content["format"] != FORMAT:
        raise PolicyError([Problem("program_newer", ("format",), str(content["format"]), {"known": FORMAT})])
    checksum = content.pop("checksum", None)
    if checksum != checksum_of(content):
        raise PolicyError([Problem("program_edited", ("checksum",), str(checksum))])
    try:
        return _program(content)
    except (KeyError, IndexError, TypeError, ValueError):  # a checksum of its own, over something else
        raise PolicyError([Problem("program_not_one")]) from None


def checksum_of(content: Mapping[str, object]) -> str:
    """The SHA-256 of a program's content without its checksum."""
    return hashlib.sha256(_compact(content).encode()).hexdigest()


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# Written


def _content(program: Program) -> dict[str, object]:
    return {
        "format": FORMAT,
        "policy": program.fingerprint,
        "readings": dict(program.readings),
        "at_most": program.at_most,
        "names": dict(program.names),
        "clauses": dict(program.clauses),
        "must": dict(program.must),
        "defaults": {name: _quotient(default) for name, default in program.defaults.items()},
        "scales": {name: _denominator(by) for name, by in program.scales.items()},
        "sides": {name: [_quotient(left), _quotient(right)] for name, (left, right) in program.sides.items()},
        "members": dict(program.members),
        "steps": [_step(step) for step in program.steps],
    }


def _step(step: Step) -> list[object]:
    return [step.op, step.space, _kind(step.kind), list(step.args), _data(step.data)]


def _kind(kind: Kind) -> object:
    match kind:
        case IntKind(low, high):
            return [_number(low), _number(high)]
        case OptionKind(options):
            return {"options": list(options)}
        case BoolKind():
            return "bool"


def _data(data: Data) -> object:
    match data:
        case Table(rows, last, unknown):
            written = [[list(keys), None if number is None else _number(number)] for keys, number in rows]
            return {"rows": written, "last": list(last), "unknown": _kind(unknown)}
        case tuple():
            return list(data)
        case bool() | str() | None:
            return data
        case _:
            return {"number": _number(data)}


def _number(number: int) -> int | str:
    return number if abs(number) <= _EXACT else str(number)


def _denominator(by: Denominator) -> list[object]:
    return [_number(by.number), *([step, power] for step, power in by.factors)]


def _quotient(quotient: Quotient) -> list[object]:
    return [quotient.step, *_denominator(quotient.by)]


# Read


def _program(content: Mapping[str, Any]) -> Program:
    def table(name: str) -> FrozenMapping[str, int]:
        return FrozenMapping(content[name])

    return Program(
        content["policy"],
        FrozenMapping(content["readings"]),
        tuple(_read_step(*step) for step in content["steps"]),
        table("names"),
        table("clauses"),
        table("must"),
        FrozenMapping((name, _read_quotient(default)) for name, default in content["defaults"].items()),
        FrozenMapping((name, _read_denominator(by)) for name, by in content["scales"].items()),
        FrozenMapping(
            (name, (_read_quotient(left), _read_quotient(right))) for name, (left, right) in content["sides"].items()
        ),
        table("members"),
        content["at_most"],
    )


def _read_step(op: Any, space: Any, kind: Any, args: Iterable[int], data: Any) -> Step:
    return Step(op, space, _read_kind(kind), tuple(args), _read_data(data))


def _read_kind(kind: Any) -> Kind:
    if kind == "bool":
        return BOOL
    if isinstance(kind, Mapping):
        return OptionKind(tuple(kind["options"]))
    return IntKind(int(kind[0]), int(kind[1]))


def _read_data(data: Any) -> Data:
    if isinstance(data, list):
        return tuple(data)
    if not isinstance(data, Mapping):
        return cast(Data, data)
    if "number" in data:
        return int(data["number"])
    rows = tuple((tuple(keys), None if number is None else int(number)) for keys, number in data["rows"])
    return Table(rows, tuple(data["last"]), cast(IntKind, _read_kind(data["unknown"])))


def _read_denominator(written: Sequence[Any]) -> Denominator:
    return Denominator(int(written[0]), tuple((step, power) for step, power in written[1:]))


def _read_quotient(written: Sequence[Any]) -> Quotient:
    return Quotient(written[0], _read_denominator(written[1:]))
