"""Writing a record: a versioned text from which a household can be assessed again, years later."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from math import isfinite
from types import NoneType
from typing import cast

from hardship_rules.assessment.assessment import Assessment, require_assessment
from hardship_rules.assessment.outcomes import Decided, Figure, Reason
from hardship_rules.core.expr import Compare, Name, Provenance, names_in
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ChoiceKind, DateKind, Kind, NumberKind, Value, day_of
from hardship_rules.core.policy import Fact, Outcome, Parameter, Policy, Reading, canonical, names_behind, per_policy
from hardship_rules.core.problem import SURROGATE, FactError, KeyPath, Problem, path_text
from hardship_rules.core.units import kind_of_name
from hardship_rules.core.version import __version__
from hardship_rules.explanation.wording import fact_of, fact_value, fraction_text
from hardship_rules.language.resolve import tree
from hardship_rules.language.source import CONTROL, DEEPEST, parse_json
from hardship_rules.language.source import Mapping as Node
from hardship_rules.records._shape import FORMAT

_TOO_LARGE = 10**4300  # Python refuses to print whole numbers of more digits
_NOT_SUMMED = ("checksum", "host")  # the keys that the checksum leaves out
_NOT_OF_THE_ASSESSMENT = ('"library": ', '"resolved": ', '"checksum": ', '"host": ')  # how lines of these keys begin


def record(assessment: Assessment, *, embed: bool = False, host: Mapping[str, object] | None = None) -> str:
    """Write a record: JSON with one key a line, the same bytes for the same assessment.

    It holds the facts. `embed` includes the resolved policy; without it, keep the policy's text beside the records.
    `host` is data of the caller's own, written unchanged and never read. Raises `FactError` for characters in the
    reference or `host` that no reader accepts, and for each value of `host` that JSON cannot hold, with its place.
    """
    require_assessment(assessment)
    problems: list[Problem] = []
    host_json = _host_json(host, ("host",), problems)
    if problems:
        raise FactError(problems)
    document = {**_document(assessment, embed=embed), "checksum": None, "host": host_json}
    node = parse_json(json.dumps(document, ensure_ascii=False, allow_nan=False), "")
    if isinstance(node, Problem):
        raise FactError([Problem(node.code, ("reference",), node.given, node.values)])
    document["checksum"] = checksum(cast(Node, node))
    return "{\n" + ",\n".join(_lines(document)) + "\n}\n"


def is_recorded(text: str, assessment: Assessment) -> bool:
    """Whether a record's text has what is written for an assessment now; False where it has other lines.

    The version of the library, the embedded policy, the checksum and the host's own data may differ, and the order of
    names, defaults and reasons: an embedded policy has its facts and clauses in another order than its file.
    """
    recorded = [line for line in text.split("\n") if not line.startswith(_NOT_OF_THE_ASSESSMENT)]
    lines = [f"{line}," for line in _lines(_document(assessment, embed=False))]
    now = ["{", *(line for line in lines if not line.startswith(_NOT_OF_THE_ASSESSMENT)), "}", ""]
    return len(recorded) == len(now) and all(
        old == new or (new.startswith('"') and _in_order(old) == _in_order(new))
        for old, new in zip(recorded, now, strict=True)
    )


def _in_order(line: str) -> str | None:
    """A line of a record with everything in order that follows the policy's order; None for any other line."""
    key, _, written = line.partition(": ")
    try:
        return f"{key}: {_sorted(_ordered(key, json.loads(written.removesuffix(','))))}"
    except ValueError:
        return None


def _ordered(key: str, part: object) -> object:
    """The value of a key of a record with its defaults, reasons and deciding clauses in order."""
    if key == '"decisions"' and isinstance(part, dict):
        return {name: _with_sorted_lists(decided, ("decided_by",)) for name, decided in part.items()}
    if key == '"facts"':
        return _with_sorted_lists(part, ("derived", "assumed"))
    return sorted(map(_sorted, part)) if key == '"reasons"' and isinstance(part, list) else part


def _with_sorted_lists(part: object, names: Collection[str]) -> object:
    """An object with the lists of some names in order; anything else unchanged."""
    if not isinstance(part, dict):
        return part
    return {
        name: sorted(map(_sorted, inner)) if name in names and isinstance(inner, list) else inner
        for name, inner in part.items()
    }


def _sorted(part: object) -> str:
    return json.dumps(part, ensure_ascii=False, sort_keys=True)


def checksum(node: Node) -> str:
    """`sha256:` and the hash of a record's canonical text without `host`; it detects accidents, not forgery."""
    summed = Node(tuple(entry for entry in node.entries if entry[0].text not in _NOT_SUMMED), node.at)
    return "sha256:" + hashlib.sha256(canonical(tree(summed)).encode()).hexdigest()


def _host_json(given: object, at: KeyPath, problems: list[Problem]) -> object:
    """A value of the host's as lists, dictionaries, texts and numbers; anything else adds a problem."""
    if len(at) > DEEPEST:
        problems.append(Problem("too_deep", at, values={"most": str(DEEPEST)}))
        return None
    if given is None or isinstance(given, bool):
        return given
    if isinstance(given, str):
        return _host_text(given, at, problems)
    if isinstance(given, int | float):
        if not isfinite(given) if isinstance(given, float) else abs(given) >= _TOO_LARGE:
            problems.append(Problem("host_value", at, type(given).__name__))
        return given
    if isinstance(given, Mapping):
        return _host_object(given, at, problems)
    if isinstance(given, list | tuple):
        return [_host_json(part, (*at, number), problems) for number, part in enumerate(given)]
    problems.append(Problem("host_value", at, type(given).__name__))
    return None


def _host_text(text: str, at: KeyPath, problems: list[Problem]) -> str:
    if SURROGATE.search(text):
        problems.append(Problem("lone_surrogate", at, text))
    elif match := CONTROL.search(text):
        problems.append(Problem("character", at, f"U+{ord(match[0]):04X}"))
    return text


def _host_object(given: Mapping[object, object], at: KeyPath, problems: list[Problem]) -> dict[str, object]:
    """A mapping with text keys; a number, a boolean or None becomes its JSON text."""
    entries: dict[str, object] = {}
    for key, part in given.items():
        if not isinstance(key, str | int | float | NoneType):
            problems.append(Problem("host_value", at, type(key).__name__))
            continue
        key_problems: list[Problem] = []
        _host_json(key, at, key_problems)
        problems += key_problems
        if key_problems:
            continue
        text = key if isinstance(key, str) else json.dumps(key)
        if text in entries:
            problems.append(Problem("json_key_twice", at, text))
        entries[text] = _host_json(part, (*at, text), problems)
    return entries


def _lines(document: Mapping[str, object]) -> list[str]:
    """A line for each key of a record, without the comma at its end."""
    return [f"{_dumps(key)}: {_dumps(part)}" for key, part in document.items()]


def _dumps(part: object) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))


def _document(assessment: Assessment, *, embed: bool) -> dict[str, object]:
    policy, household = assessment.policy, assessment.household
    used = _used(policy)
    parameters = [parameter for name, parameter in policy.parameters.items() if name in used]
    readings = [reading for name, reading in policy.readings.items() if name in used]
    provenances = [parameter.provenance for parameter in parameters] + [reading.provenance for reading in readings]
    provenances += [reason.clause.provenance for reason in assessment.reasons]
    cited = {provenance.source for provenance in provenances if provenance is not None}
    return {
        "format": FORMAT,
        "library": __version__,
        "policy": {
            "id": policy.name,
            "title": policy.title,
            "from": None if policy.start is None else policy.start.isoformat(),
            "to": None if policy.end is None else policy.end.isoformat(),
            "fingerprint": policy.fingerprint,
        },
        "on": None if household.on is None else household.on.isoformat(),
        "reference": household.reference,
        "facts": {
            "stated": _stated(assessment),
            "derived": [_fact(assessment, path) for path in household.derived],
            "assumed": [_fact(assessment, path) for path in household.assumed],
        },
        "parameters": {parameter.name: _parameter(assessment, parameter) for parameter in parameters},
        "readings": {reading.name: _reading(reading) for reading in readings},
        "decisions": {name: _decided(decided) for name, decided in assessment.decisions.items()},
        "reasons": [_reason(policy, reason) for reason in assessment.reasons],
        "sources": {name: source.title for name, source in policy.sources.items() if name in cited},
        "resolved": json.loads(policy.resolved) if embed else None,
    }


@per_policy
def _used(policy: Policy) -> frozenset[str]:
    """The names that the decisions and the rules of facts use, and the readings that affect facts."""
    named_by_must = (name for clause in policy.must for name in names_in(clause))
    affecting = (name for name, reading in policy.readings.items() if reading.affects)
    return names_behind(policy, *policy.decisions, *policy.facts, *policy.members.facts, *named_by_must, *affecting)


# Facts


def _stated(assessment: Assessment) -> dict[str, object]:
    """The household as `assess` takes it: the given facts by name, null for those stated as unknown."""
    policy, household = assessment.policy, assessment.household
    own = _given_facts(policy.facts.values(), household.values, (), assessment)
    members = [
        _given_facts(policy.members.facts.values(), member.values, ("members", number), assessment)
        for number, member in enumerate(household.members)
    ]
    return {**own, "members": members}


def _given_facts(
    facts: Iterable[Fact], values: Mapping[str, Value], prefix: KeyPath, assessment: Assessment
) -> dict[str, object]:
    given, unknown = set(assessment.household.given), set(assessment.household.unknown)
    return {
        fact.name: _written(fact.kind, values[fact.name]) if path in given else None
        for fact in facts
        for path in [(*prefix, fact.name)]
        if path in given or path in unknown
    }


def _fact(assessment: Assessment, path: KeyPath) -> dict[str, object]:
    fact = fact_of(assessment.policy, path)
    return {"path": path_text(path), "title": fact.title, "value": _written(fact.kind, fact_value(assessment, path))}


def _written(kind: Kind, value: Value) -> object:
    """The value of a known fact as a household's file has it; a number without a finite decimal form is a fraction."""
    match kind:
        case NumberKind():
            return fraction_text(cast(Exact, value))
        case DateKind():
            return day_of(cast(int, value)).isoformat()
        case _:
            return value


# Parameters, readings, decisions and reasons


def _provenance(provenance: Provenance | None) -> dict[str, object]:
    return {
        "basis": None if provenance is None else provenance.basis,
        "source": None if provenance is None else provenance.source,
        "cite": None if provenance is None else provenance.cite,
    }


def _parameter(assessment: Assessment, parameter: Parameter) -> dict[str, object]:
    """A parameter's value for the household, or for each member where it depends on the member."""
    name, members = parameter.name, range(len(assessment.household.members))
    if name in assessment.policy.of_members:
        value: object = [_answer(None, assessment.figure(name, number)) for number in members]
    else:
        value = _answer(None, assessment.figure(name))
    return {"title": parameter.title, "value": value, **_provenance(parameter.provenance)}


def _reading(reading: Reading) -> dict[str, object]:
    return {
        "title": reading.title,
        "chosen": reading.chosen,
        "option": reading.kind.options[reading.chosen],
        "why": reading.why,
        **_provenance(reading.provenance),
    }


def _outcome(outcome: Outcome) -> dict[str, str]:
    return {"id": outcome.id, "title": outcome.title}


def _decided(decided: Decided) -> dict[str, object]:
    return {
        "title": decided.decision.title,
        "outcome": None if decided.outcome is None else _outcome(decided.outcome),
        "possible": [_outcome(outcome) for outcome in decided.possible],
        "holding": [_outcome(outcome) for outcome in decided.holding],
        "decided_by": list(decided.decided_by),
    }


def _reason(policy: Policy, reason: Reason) -> dict[str, object]:
    clause, line = reason.clause, reason.clause.when
    sides = [line.left, line.right] if isinstance(line, Compare) else []
    kinds = [kind_of_name(policy, side.name) for side in sides if isinstance(side, Name)]
    choice = next((kind for kind in kinds if isinstance(kind, ChoiceKind)), None)
    return {
        "decision": reason.decision,
        "outcome": reason.outcome,
        "clause": clause.id,
        "title": clause.title or clause.line,
        "role": reason.role,
        "holds": reason.holds,
        "left": _answer(choice, reason.left),
        "sign": reason.sign or None,
        "right": _answer(choice, reason.right),
        "members": [number + 1 for number in reason.members],
        **_provenance(clause.provenance),
    }


def _answer(choice: ChoiceKind | None, answer: Figure | Value) -> object:
    """An exact figure or its bounds, an option or the possible options, a boolean, or null."""
    if isinstance(answer, Figure):
        if answer.exact is not None:
            return {"exact": str(answer.exact), "unit": answer.unit}
        return {"from": str(answer.low), "to": str(answer.high), "unit": answer.unit}
    if isinstance(answer, str):
        return {"option": answer, "title": answer if choice is None else choice.options.get(answer, answer)}
    return {"options": sorted(answer)} if isinstance(answer, frozenset) else answer
