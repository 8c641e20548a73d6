"""An assessment becomes a record: a versioned text from which it can be assessed again, years later."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from math import isfinite
from types import NoneType
from typing import cast

from hardship_rules.assessment.assessment import Assessment, refuse_no_assessment
from hardship_rules.assessment.outcomes import Decided, Figure, Reason
from hardship_rules.core.expr import Compare, Name, Provenance, names_in
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ChoiceKind, DateKind, Kind, NumberKind, Value, day_of
from hardship_rules.core.policy import Fact, Outcome, Parameter, Policy, Reading, canonical
from hardship_rules.core.problem import SURROGATE, FactError, Path, Problem, path_text
from hardship_rules.core.units import kind_of_name
from hardship_rules.core.version import __version__
from hardship_rules.explanation.wording import fact_of, fact_value, fraction_text
from hardship_rules.language.resolve import tree
from hardship_rules.language.source import CONTROL, DEEPEST, parse_json
from hardship_rules.language.source import Mapping as Node

KIND = "hardship-rules/record/"
VERSION = 1
FORMAT = f"{KIND}{VERSION}"
_TOO_LARGE = 10**4300  # Python writes no whole number of so many digits
NOT_SUMMED = ("checksum", "host")  # the keys that the checksum is not taken over


def record(assessment: Assessment, *, embed: bool = False, host: Mapping[str, object] | None = None) -> str:
    """The record that README documents, one key a line, the same bytes for the same assessment.

    It holds the facts. `embed` puts the resolved policy inside; otherwise its text is to be kept beside the records.
    `host` is the caller's own, written as it is and never looked at. Raises `FactError` where the reference or `host`
    holds a character that no reader would take, and for each value of `host` that JSON cannot hold, with its place.
    """
    refuse_no_assessment(assessment)
    problems: list[Problem] = []
    own = _as_json_has_it(host, ("host",), problems)
    if problems:
        raise FactError(problems)
    document = {**_document(assessment, embed=embed), "checksum": None, "host": own}
    node = parse_json(json.dumps(document, ensure_ascii=False, allow_nan=False), "")
    if isinstance(node, Problem):
        raise FactError([Problem(node.code, ("reference",), node.given, node.values)])
    document["checksum"] = checksum(cast(Node, node))
    lines = (f"{_dumps(key)}: {_dumps(part)}" for key, part in document.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def checksum(node: Node) -> str:
    """`sha256:` and the sum of a record's canonical text without `host`; against accident, not against forgery."""
    summed = Node(tuple(entry for entry in node.entries if entry[0].text not in NOT_SUMMED), node.at)
    return "sha256:" + hashlib.sha256(canonical(tree(summed)).encode()).hexdigest()


def _as_json_has_it(given: object, at: Path, problems: list[Problem]) -> object:
    """What the host hands in, of lists, dictionaries, texts and numbers only; what JSON cannot hold is a problem."""
    if len(at) > DEEPEST:
        problems.append(Problem("too_deep", at, values={"most": str(DEEPEST)}))
        return None
    if given is None or isinstance(given, bool):
        return given
    if isinstance(given, str):
        return _text_for_json(given, at, problems)
    if isinstance(given, int | float):
        if not isfinite(given) if isinstance(given, float) else abs(given) >= _TOO_LARGE:
            problems.append(Problem("host_value", at, type(given).__name__))
        return given
    if isinstance(given, Mapping):
        return _object_for_json(given, at, problems)
    if isinstance(given, list | tuple):
        return [_as_json_has_it(part, (*at, number), problems) for number, part in enumerate(given)]
    problems.append(Problem("host_value", at, type(given).__name__))
    return None


def _text_for_json(text: str, at: Path, problems: list[Problem]) -> str:
    if SURROGATE.search(text):
        problems.append(Problem("lone_surrogate", at, text))
    elif match := CONTROL.search(text):
        problems.append(Problem("character", at, f"U+{ord(match[0]):04X}"))
    return text


def _object_for_json(given: Mapping[object, object], at: Path, problems: list[Problem]) -> dict[str, object]:
    """A mapping with keys that are texts; a number, a boolean or None becomes the text that JSON makes of it."""
    entries: dict[str, object] = {}
    for key, part in given.items():
        if not isinstance(key, str | int | float | NoneType):
            problems.append(Problem("host_value", at, type(key).__name__))
            continue
        number: list[Problem] = []
        _as_json_has_it(key, at, number)
        problems += number
        if number:
            continue
        text = key if isinstance(key, str) else json.dumps(key)
        if text in entries:
            problems.append(Problem("json_key_twice", at, text))
        entries[text] = _as_json_has_it(part, (*at, text), problems)
    return entries


def _dumps(part: object) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))


def _document(assessment: Assessment, *, embed: bool) -> dict[str, object]:
    policy, household = assessment.policy, assessment.household
    used = _used(policy)
    parameters = [each for name, each in policy.parameters.items() if name in used]
    readings = [each for name, each in policy.readings.items() if name in used]
    said = [each.provenance for each in parameters] + [each.provenance for each in readings]
    said += [reason.clause.provenance for reason in assessment.reasons]
    cited = {provenance.source for provenance in said if provenance is not None}
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
        "parameters": {each.name: _parameter(assessment, each) for each in parameters},
        "readings": {each.name: _reading(each) for each in readings},
        "decisions": {name: _decided(decided) for name, decided in assessment.decisions.items()},
        "reasons": [_reason(policy, reason) for reason in assessment.reasons],
        "sources": {name: source.title for name, source in policy.sources.items() if name in cited},
        "resolved": json.loads(policy.resolved) if embed else None,
    }


def _used(policy: Policy) -> frozenset[str]:
    """The names that the decisions and the facts' own rules go by, and the readings that say what facts mean."""
    wanted = [*policy.decisions, *policy.facts, *policy.members.facts]
    wanted += [name for clause in policy.must for name in names_in(clause)]
    wanted += [name for name, reading in policy.readings.items() if reading.affects]
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            wanted += policy.uses.get(name, ())
    return frozenset(found)


# Facts


def _stated(assessment: Assessment) -> dict[str, object]:
    """The household as `assess` takes it: what was given, by names, null where it was said not to be known."""
    policy, household = assessment.policy, assessment.household
    own = _part(policy.facts.values(), household.values, (), assessment)
    members = [
        _part(policy.members.facts.values(), member.values, ("members", number), assessment)
        for number, member in enumerate(household.members)
    ]
    return {**own, "members": members}


def _part(
    facts: Iterable[Fact], values: Mapping[str, Value], before: Path, assessment: Assessment
) -> dict[str, object]:
    given, unknown = set(assessment.household.given), set(assessment.household.unknown)
    return {
        fact.name: _written(fact.kind, values[fact.name]) if path in given else None
        for fact in facts
        for path in [(*before, fact.name)]
        if path in given or path in unknown
    }


def _fact(assessment: Assessment, path: Path) -> dict[str, object]:
    fact = fact_of(assessment.policy, path)
    return {"path": path_text(path), "title": fact.title, "value": _written(fact.kind, fact_value(assessment, path))}


def _written(kind: Kind, found: Value) -> object:
    """A known fact as a household's file has it; a number worked out that has no end in decimals, as a fraction."""
    match kind:
        case NumberKind():
            return fraction_text(cast(Exact, found))
        case DateKind():
            return day_of(cast(int, found)).isoformat()
        case _:
            return found


# What it was assessed by, and what came of it


def _provenance(provenance: Provenance | None) -> dict[str, object]:
    return {
        "basis": None if provenance is None else provenance.basis,
        "source": None if provenance is None else provenance.source,
        "cite": None if provenance is None else provenance.cite,
    }


def _parameter(assessment: Assessment, parameter: Parameter) -> dict[str, object]:
    """What it came to for the household, or where it goes by something of the members', for each of them."""
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
    """A figure exactly, what it lies between, an option, those still open, yes or no, or null."""
    if isinstance(answer, Figure):
        if answer.exact is not None:
            return {"exact": str(answer.exact), "unit": answer.unit}
        return {"from": str(answer.low), "to": str(answer.high), "unit": answer.unit}
    if isinstance(answer, str):
        return {"option": answer, "title": answer if choice is None else choice.options.get(answer, answer)}
    return {"options": sorted(answer)} if isinstance(answer, frozenset) else answer
