"""The report of proofs as text, and its households as YAML to be pasted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hardship_rules.assessment.assessment import assess
from hardship_rules.core.kinds import ChoiceKind
from hardship_rules.core.policy import Fact, Policy, Property
from hardship_rules.core.problem import KeyPath, Language
from hardship_rules.core.units import kind_of_name
from hardship_rules.documents.text import pad, width
from hardship_rules.explanation.forms import yaml_scalar
from hardship_rules.explanation.wording import exact_text
from hardship_rules.language.keys import RESERVED_TITLES
from hardship_rules.locale import sentences
from hardship_rules.proofs.claims import SECTIONS, Claim, Section
from hardship_rules.proofs.prover import Shown
from hardship_rules.proofs.report import Report

_LISTED = {
    "broken",
    "changed",
    "covered",
    "never_matters",
    "not_settled",
    "of_facts",
    "overlap_forbidden",
    "reached_as_read",
    "reading_never_matters",
    "says_reading",
    "tried",
    "unreached",
}
"""The verdicts whose claims are listed one by one; of the others only the number is reported."""


def proofs_text(report: Report, lang: Language = "zh") -> str:
    """The report as text: the claims by section, with a household for each finding."""
    return "\n".join(_lines(report, sentences("proofs", lang))) + "\n"


def _lines(report: Report, say: Mapping[str, str]) -> Iterator[str]:
    policy = report.policy
    yield say["headline"].format(policy=policy.title)
    yield ""
    if report.against is not None:
        yield "  " + say["against"].format(old=report.against.title)
    yield "  " + say["scope"].format(members=report.members)
    yield "  " + say["limit"].format(seconds=f"{report.limit:g}")
    parameters = policy.parameters.values()
    if unpublished := [parameter.title for parameter in parameters if None in parameter.values.values()]:
        yield "  " + say["unpublished"].format(names=say["join"].join(unpublished))
    for section in SECTIONS:
        if section == "changes" and report.against is None:
            continue
        claims = [claim for claim in report.claims if claim.section == section]
        yield ""
        yield say[section]
        if not claims:
            yield f"  {say['none']}"
        yield from _section(section, claims, report, say)
    changes = sum(claim.section == "changes" for claim in report.findings)
    count = len(report.findings)
    yield ""
    yield say["found_changes" if changes else "found" if count else "clean"].format(count=count, changes=changes)
    if unsettled := sum(claim.verdict in ("not_settled", "tried") for claim in report.claims):
        yield say["open"].format(count=unsettled)


def _section(section: Section, claims: list[Claim], report: Report, say: Mapping[str, str]) -> Iterator[str]:
    if section == "properties":
        widest = max((width(claim.title) for claim in claims), default=0)
        for claim in claims:
            verdict = say[claim.verdict].format(count=claim.tried)
            yield f"  {_mark(claim)} {pad(claim.title, widest)}    {verdict}"
            yield from _household(claim, report, say)
        return
    for verdict, count in Counter(claim.verdict for claim in claims).items():
        if verdict not in _LISTED:
            yield f"  √ {say['counted'].format(count=count, verdict=say[verdict])}"
            if verdict == "overlap":
                yield from _overlaps([claim for claim in claims if claim.verdict == verdict], report.policy, say)
    for claim in claims:
        if claim.verdict in _LISTED:
            yield f"  {_mark(claim)} {claim.title}    {say[claim.verdict].format(count=claim.tried)}"
            if claim.verdict == "reached_as_read" and isinstance(claim.answer, Shown):
                yield f"      {_readings(claim.answer, report.policy, say)}"
            yield from _household(claim, report, say)


def _mark(claim: Claim) -> str:
    if claim.verdict in ("not_settled", "tried"):
        return "○"
    return "×" if claim.finding else "√"


def _overlaps(claims: list[Claim], policy: Policy, say: Mapping[str, str]) -> Iterator[str]:
    """The pairs of outcomes that one household can meet, a line for each first outcome."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for claim in claims:
        decision, _, pair = claim.id.partition(".")
        first, _, second = pair.partition("+")
        pairs.setdefault((decision, first), []).append(policy.decisions[decision].by_id[second].title)
    for (decision, first), others in pairs.items():
        title = policy.decisions[decision].by_id[first].title
        yield f"      {title} {say['with'].format(others=say['join'].join(others))}"


def _household(claim: Claim, report: Report, say: Mapping[str, str]) -> Iterator[str]:
    """The household of a finding, or the two of a property side by side, with their outcomes."""
    answer = claim.answer
    if not claim.finding or not isinstance(answer, Shown):
        return
    yield f"      {say['two'] if claim.raised else say['household']}"
    lines = household_text(answer.policy, answer.facts).splitlines()
    yield from (f"        {line}" for line in _with_second(answer.policy, lines, claim, say))
    yield f"      {_result(claim, answer, report, say)}"
    if answer.readings:
        yield f"      {_readings(answer, report.policy, say)}"
    undecided = assess(report.policy.with_readings(answer.readings), answer.facts).category is None
    if undecided and (values := assumed_numbers(report.policy, answer.policy)):
        yield f"      {say['put_in'].format(values=say['join'].join(values))}"


def _with_second(policy: Policy, lines: list[str], claim: Claim, say: Mapping[str, str]) -> Iterator[str]:
    """The lines of the first household, with a comment where a fact of the second household differs."""
    if not claim.raised:
        yield from lines
        return
    paths = _raised_lines(policy, claim, lines)
    widest = max(width(lines[number]) for number in paths)
    for number, line in enumerate(lines):
        path = paths.get(number)
        fact = None if path is None else policy.names[str(path[-1])]
        if path is None or not isinstance(fact, Fact):
            yield line
        else:
            value = _value_text(fact, claim.raised[path])
            yield f"{pad(line, widest)}    # {say['second'].format(value=value)}"


def _raised_lines(policy: Policy, claim: Claim, lines: list[str]) -> dict[int, KeyPath]:
    """The lines of the facts that differ in a second household, by number, with the paths of the facts."""
    titles = {path: policy.names[str(path[-1])].title for path in claim.raised}
    paths: dict[int, KeyPath] = {}
    member = -1
    for number, line in enumerate(lines):
        member += line.startswith("  - ")
        for path, title in titles.items():
            inside = path[1] == member if path[0] == "members" else member < 0
            if inside and line.lstrip(" -").startswith(f"{title}:"):
                paths[number] = path
    return paths


def _result(claim: Claim, answer: Shown, report: Report, say: Mapping[str, str]) -> str:
    policy = report.policy
    prop = policy.properties.get(claim.id) if claim.section == "properties" else None
    decision = prop.decision if isinstance(prop, Property) else claim.id.partition(".")[0]
    if claim.section == "changes":
        first, second = claim.title.split(" → ")
        return say["old_new"].format(first=first, second=second)
    if claim.raised and answer.other is not None:
        after = Shown(answer.policy, answer.other, answer.readings)
        first, second = (_outcomes(shown, decision, say) for shown in (answer, after))
        return say["from_to"].format(first=first, second=second)
    return say["result"].format(result=_outcomes(answer, decision, say))


def _outcomes(answer: Shown, decision: str, say: Mapping[str, str]) -> str:
    return say["join"].join(outcome.title for outcome in answer.assessment.decisions[decision].holding)


def _readings(answer: Shown, policy: Policy, say: Mapping[str, str]) -> str:
    chosen = [
        f"{policy.readings[name].title}（{policy.readings[name].kind.options[option]}）"
        for name, option in answer.readings.items()
    ]
    return say["as_read"].format(readings=say["join"].join(chosen))


def assumed_numbers(policy: Policy, filled: Policy) -> list[str]:
    """The numbers that a policy has unpublished and `filled` has in their place, each with its title."""
    texts = []
    for name, parameter in policy.parameters.items():
        for key, published in parameter.values.items():
            number = filled.parameters[name].values[key]
            if published is None and number is not None:
                options = "，".join(_option(policy, by, step) for by, step in zip(parameter.by, key, strict=True))
                texts.append(f"{parameter.title}{f'（{options}）' if options else ''} {exact_text(number)}")
    return texts


def _option(policy: Policy, by: str, key: str | int) -> str:
    kind = kind_of_name(policy, by)
    return kind.options[key] if isinstance(kind, ChoiceKind) and isinstance(key, str) else str(key)


# --- Households as YAML ------------------------------------------------------------------------------------------


def household_text(policy: Policy, facts: Mapping[str, Any], indent: str = "") -> str:
    """A household in YAML by titles, as a household file has it, or a case under `household`."""
    lines = [f"{RESERVED_TITLES['on']}: {facts['on']}"] if "on" in facts else []
    lines += _fact_lines(policy.facts, facts)
    lines.append(f"{RESERVED_TITLES['members']}:")
    for member in facts["members"]:
        inner = list(_fact_lines(policy.members.facts, member)) or ["{}"]
        lines += [f"  {'- ' if number == 0 else '  '}{line}" for number, line in enumerate(inner)]
    return "\n".join(f"{indent}{line}" for line in lines) + "\n"


def _fact_lines(facts: Mapping[str, Fact], given: Mapping[str, Any]) -> Iterator[str]:
    for name, fact in facts.items():
        if name in given:
            yield f"{yaml_scalar(fact.title)}: {_value_text(fact, given[name])}"


def _value_text(fact: Fact, value: Any) -> str:
    """A fact's value as a household file has it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(fact.kind, ChoiceKind):
        return yaml_scalar(fact.kind.options[value])
    if isinstance(value, int | Fraction | Decimal):
        return exact_text(Fraction(value))
    return value.isoformat() if isinstance(value, date) else str(value)
