"""A report of proofs in words, for the officer who answers for a policy."""

from collections import Counter
from collections.abc import Iterator, Mapping

from hardship_rules.assessment.assessment import assess
from hardship_rules.core.kinds import ChoiceKind
from hardship_rules.core.policy import Fact, Policy, Property
from hardship_rules.core.problem import Language, Path
from hardship_rules.core.units import kind_of_name
from hardship_rules.documents.text import pad, width
from hardship_rules.explanation.wording import exact_text
from hardship_rules.locale import sentences
from hardship_rules.proofs.prover import Shown
from hardship_rules.proofs.questions import SECTIONS, Claim, Section
from hardship_rules.proofs.report import Report
from hardship_rules.proofs.shrink import household_text, value_written

_MANY = 6  # verdicts that are listed one by one, not counted
_MARKS = {True: "×", False: "√"}
_LISTED = {"unreached", "reached_as_read", "covered", "overlap_forbidden", "never_matters", "says_reading", "broken"}
_LISTED |= {"tried", "not_settled", "reading_never_matters", "of_facts", "changed"}


def proofs_text(report: Report, lang: Language = "zh") -> str:
    """The report in words, each section with what was found, and a household for each finding."""
    return "\n".join(_lines(report, sentences("proofs", lang))) + "\n"


def _lines(report: Report, say: Mapping[str, str]) -> Iterator[str]:
    policy = report.policy
    yield say["headline"].format(policy=policy.title)
    yield ""
    if report.against is not None:
        yield "  " + say["against"].format(old=report.against.title)
    yield "  " + say["scope"].format(members=report.members)
    yield "  " + say["limit"].format(seconds=f"{report.limit:g}")
    if open_ := [each.title for each in policy.parameters.values() if None in each.values.values()]:
        yield "  " + say["unpublished"].format(names=say["join"].join(open_))
    for section in SECTIONS:
        claims = [claim for claim in report.claims if claim.section == section]
        if section == "changes" and report.against is None:
            continue
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
            yield from _shown(claim, report, say)
        return
    for verdict, count in Counter(claim.verdict for claim in claims).items():
        if verdict not in _LISTED:
            yield f"  √ {say['counted'].format(count=count, verdict=say[verdict])}"
            if verdict == "overlap":
                yield from _pairs([claim for claim in claims if claim.verdict == verdict], report.policy, say)
    for claim in claims:
        if claim.verdict in _LISTED:
            yield f"  {_mark(claim)} {claim.title}    {say[claim.verdict].format(count=claim.tried)}"
            if claim.verdict == "reached_as_read" and isinstance(claim.answer, Shown):
                yield f"      {_readings(claim.answer, report.policy, say)}"
            yield from _shown(claim, report, say)


def _mark(claim: Claim) -> str:
    return "○" if claim.verdict in ("not_settled", "tried") else _MARKS[claim.finding]


def _pairs(claims: list[Claim], policy: Policy, say: Mapping[str, str]) -> Iterator[str]:
    """Outcomes that one household may meet at once, a line for each that stands first."""
    found: dict[tuple[str, str], list[str]] = {}
    for claim in claims:
        decision, _, pair = claim.id.partition(".")
        one, _, other = pair.partition("+")
        found.setdefault((decision, one), []).append(policy.decisions[decision].by_id[other].title)
    for (decision, one), others in found.items():
        title = policy.decisions[decision].by_id[one].title
        yield f"      {title} {say['with'].format(others=say['join'].join(others))}"


def _shown(claim: Claim, report: Report, say: Mapping[str, str]) -> Iterator[str]:
    """The household of a finding, or the two of a property beside each other, with what comes of them."""
    answer = claim.answer
    if not claim.finding or not isinstance(answer, Shown):
        return
    yield f"      {say['two'] if claim.raised else say['household']}"
    lines = household_text(answer.policy, answer.facts).splitlines()
    yield from (f"        {line}" for line in _beside(answer.policy, lines, claim, say))
    yield f"      {_result(claim, answer, report, say)}"
    if answer.readings:
        yield f"      {_readings(answer, report.policy, say)}"
    undecided = assess(report.policy.with_readings(answer.readings), answer.facts).category is None
    if undecided and (values := put_in(report.policy, answer.policy)):
        yield f"      {say['put_in'].format(values=say['join'].join(values))}"


def _beside(policy: Policy, lines: list[str], claim: Claim, say: Mapping[str, str]) -> Iterator[str]:
    """The lines of the first household, each with what the second has instead, where it has."""
    if not claim.raised:
        yield from lines
        return
    places = _places(policy, claim, lines)
    widest = max(width(lines[number]) for number in places)
    for number, line in enumerate(lines):
        path = places.get(number)
        fact = None if path is None else policy.names[str(path[-1])]
        if path is None or not isinstance(fact, Fact):
            yield line
        else:
            value = value_written(fact, claim.raised[path])
            yield f"{pad(line, widest)}    # {say['second'].format(value=value)}"


def _places(policy: Policy, claim: Claim, lines: list[str]) -> dict[int, Path]:
    """The lines at which the facts stand that a second household has otherwise."""
    titles = {path: policy.names[str(path[-1])].title for path in claim.raised}
    found: dict[int, Path] = {}
    member = -1
    for number, line in enumerate(lines):
        member += line.startswith("  - ")
        for path, title in titles.items():
            inside = path[1] == member if path[0] == "members" else member < 0
            if inside and line.lstrip(" -").startswith(f"{title}:"):
                found[number] = path
    return found


def _result(claim: Claim, answer: Shown, report: Report, say: Mapping[str, str]) -> str:
    policy = report.policy
    of = policy.properties.get(claim.id) if claim.section == "properties" else None
    decision = of.decision if isinstance(of, Property) else claim.id.partition(".")[0]
    if claim.section == "changes":
        first, second = claim.title.split(" → ")
        return say["old_new"].format(first=first, second=second)
    if claim.raised and answer.other is not None:
        after = Shown(answer.policy, answer.other, answer.readings)
        pair = [_came(each, decision, say) for each in (answer, after)]
        return say["from_to"].format(first=pair[0], second=pair[1])
    return say["result"].format(result=_came(answer, decision, say))


def _came(answer: Shown, decision: str, say: Mapping[str, str]) -> str:
    return say["join"].join(outcome.title for outcome in answer.assessment.decisions[decision].holding)


def _readings(answer: Shown, policy: Policy, say: Mapping[str, str]) -> str:
    chosen = [
        f"{policy.readings[name].title}（{policy.readings[name].kind.options[option]}）"
        for name, option in answer.readings.items()
    ]
    return say["as_read"].format(readings=say["join"].join(chosen))


def put_in(policy: Policy, shown: Policy) -> list[str]:
    """The numbers that stand in for those not published, in the policy that a household is shown by."""
    found = []
    for name, parameter in policy.parameters.items():
        for key, each in parameter.values.items():
            number = shown.parameters[name].values[key]
            if each is None and number is not None:
                options = "，".join(_option(policy, by, way) for by, way in zip(parameter.by, key, strict=True))
                found.append(f"{parameter.title}{f'（{options}）' if options else ''} {exact_text(number)}")
    return found


def _option(policy: Policy, by: str, key: str | int) -> str:
    kind = kind_of_name(policy, by)
    return kind.options[key] if isinstance(kind, ChoiceKind) and isinstance(key, str) else str(key)
