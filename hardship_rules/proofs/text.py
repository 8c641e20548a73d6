"""The report of proofs as text, and its households as YAML to be pasted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from hardship_rules.assessment.assessment import assess
from hardship_rules.core.kinds import ChoiceKind, Kind
from hardship_rules.core.policy import Fact, Policy, Property
from hardship_rules.core.problem import FactError, KeyPath, Language
from hardship_rules.core.units import kind_of_name
from hardship_rules.documents.text import pad, width
from hardship_rules.explanation.forms import yaml_scalar
from hardship_rules.explanation.wording import exact_text
from hardship_rules.language.keys import RESERVED_TITLES
from hardship_rules.locale import sentences
from hardship_rules.proofs.claims import SECTIONS, Change, Claim, Reason, Section
from hardship_rules.proofs.differences import change_title
from hardship_rules.proofs.properties import condition_value
from hardship_rules.proofs.prover import Shown
from hardship_rules.proofs.reason_text import reason_lines
from hardship_rules.proofs.report import Report
from hardship_rules.proofs.shrink import Facts

_LISTED = {
    "broken",
    "changed",
    "covered",
    "gap",
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
        yield "  " + changes_asked(report, say)
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


def changes_asked(report: Report, say: Mapping[str, str]) -> str:
    """What the comparison with the older policy proved for which households, and what was not asked, in a sentence."""
    verdicts: dict[str, list[str]] = {"same": [], "partly": [], "differ": [], "unsettled": []}
    ranks = {"changed": "differ", "not_settled": "unsettled", "unchanged_partly": "partly", "unchanged": "same"}
    for title, claims in _by_decision(report, say):
        found = {claim.verdict for claim in claims}
        verdicts[next(words for verdict, words in ranks.items() if verdict in found)].append(title)
    words = (
        say["asked_same_one" if verdict == "same" and len(titles) == 1 else f"asked_{verdict}"].format(
            titles=say["join"].join(titles)
        )
        for verdict, titles in verdicts.items()
        if titles
    )
    return say["asked"].format(
        members=report.members,
        verdicts=say["clauses_join"].join(words),
        unasked=say["join"].join(_unasked(report, say)),
    )


def _unasked(report: Report, say: Mapping[str, str]) -> Iterator[str]:
    new, old = report.policy, cast(Policy, report.against)
    if report.members < max(policy.members.at_most for policy in (new, old)):
        yield say["unasked_members"].format(members=report.members)
    if new.start is not None or new.end is not None:
        yield say["unasked_days"].format(start=new.start or "", end=new.end or "").strip()
    if any(
        claim.verdict != "unchanged" for claim in report.claims if claim.section == "changes" and not claim.decision
    ):
        yield say["unasked_partial"]
    if titles := _facts_of_one(old, new):
        yield say["unasked_facts"].format(titles=say["join"].join(titles))
    for policy, other in ((new, old), (old, new)):
        for name, decision in policy.decisions.items():
            if name not in other.decisions:
                yield say["unasked_decision"].format(title=decision.title, policy=policy.title)
    yield say["unasked_rest"]


def _facts_of_one(old: Policy, new: Policy) -> list[str]:
    """The titles of the facts that only one of two policies has."""
    renamed = {former.old: str(former.new) for former in new.formers}
    before, now = ((*policy.facts.values(), *policy.members.facts.values()) for policy in (old, new))
    titles = {renamed.get(fact.name, fact.name): fact.title for fact in before}
    own = {fact.name: fact.title for fact in now}
    return [title for name, title in {**titles, **own}.items() if not (name in titles and name in own)]


def _by_decision(report: Report, say: Mapping[str, str]) -> Iterator[tuple[str, list[Claim]]]:
    """The claims about changes of each decision, under its title; those about refusals first."""
    claims = [claim for claim in report.claims if claim.section == "changes"]
    for name in dict.fromkeys(claim.decision for claim in claims):
        title = report.policy.decisions[name].title if name else say["refusal"]
        yield title, [claim for claim in claims if claim.decision == name]


def _changes(report: Report, say: Mapping[str, str]) -> Iterator[str]:
    """The changes by decision: a line where it is proved that there is none, else each kind with a household."""
    examples: dict[int, int] = {}  # the number of each household shown so far
    for title, claims in _by_decision(report, say):
        proved = [claim for claim in claims if claim.verdict == "unchanged"]
        if len(proved) == len(claims):
            yield f"  √ {say['unchanged_decision'].format(title=title)}"
            continue
        partly = [claim for claim in claims if is_partly_proved(claim)]
        for claim in claims:
            if claim not in proved and claim not in partly:
                words = say["change"].format(title=title, change=_change(claim, report, say))
                yield f"  {_mark(claim)} {words}    {say[claim.verdict]}"
                if claim.finding:
                    is_new = id(claim.answer) not in examples
                    number = examples.setdefault(id(claim.answer), len(examples) + 1)
                    yield f"      {say['example' if is_new else 'example_again'].format(number=number)}"
                    yield from change_household(claim, report, say) if is_new else ()
                    yield f"      {result_of(claim, cast(Shown, claim.answer), report, say)}"
        if partly:
            yield f"  ○ {say['partly_rest'].format(title=title, count=len(partly))}"
        if proved:
            yield f"  √ {say['unchanged_rest'].format(title=title, count=len(proved))}"


def is_partly_proved(claim: Claim) -> bool:
    """Whether a change from one outcome to another is proved to be none only where facts are known."""
    return claim.verdict == "unchanged_partly" and claim.change is not None and not claim.change.is_partial


def _change(claim: Claim, report: Report, say: Mapping[str, str]) -> str:
    return change_title(cast(Change, claim.change), cast(Policy, report.against), report.policy, say)


def _section(section: Section, claims: list[Claim], report: Report, say: Mapping[str, str]) -> Iterator[str]:
    if section == "changes":
        yield from _changes(report, say)
        return
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
        if claim.verdict not in _LISTED and claim.reason is not None:
            yield f"      {claim.title}    {next(reason_lines(claim.reason, report.policy, say))}"
    for group in _with_one_reason(claim for claim in claims if claim.verdict in _LISTED):
        for claim in group:
            yield f"  {_mark(claim)} {claim.title}    {say[claim.verdict].format(count=claim.tried)}"
            if claim.verdict == "reached_as_read" and isinstance(claim.answer, Shown):
                yield f"      {_readings(claim.answer, report.policy, say)}"
        yield from (f"      {line}" for line in reason_lines(group[0].reason, report.policy, say))
        yield from _household(group[0], report, say)


def _with_one_reason(claims: Iterable[Claim]) -> Iterable[list[Claim]]:
    """The claims, with those together that are each other's reason: one of them has to stay."""
    groups: dict[object, list[Claim]] = {}
    for claim in claims:
        is_shared = isinstance(claim.reason, Reason) and (claim.id, True) in claim.reason.by
        groups.setdefault(claim.reason if is_shared else claim.id, []).append(claim)
    return groups.values()


def _mark(claim: Claim) -> str:
    if claim.verdict in ("not_settled", "tried", "unchanged_partly"):
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
    yield f"      {result_of(claim, answer, report, say)}"
    if answer.readings:
        yield f"      {_readings(answer, report.policy, say)}"
    if _needs_numbers(claim, answer, report.policy) and (values := assumed_numbers(report.policy, answer.policy)):
        yield f"      {say['put_in'].format(values=say['join'].join(values))}"


def _needs_numbers(claim: Claim, answer: Shown, policy: Policy) -> bool:
    """Whether a household shows a claim only with the numbers put in for those that are not published."""
    prop = policy.properties.get(claim.id) if claim.section == "properties" else None
    without = policy.with_readings(answer.readings)
    if prop is not None and prop.when is not None and condition_value(without, prop.when, answer.facts) is None:
        return True
    return assess(without, answer.facts).category is None


def change_household(claim: Claim, report: Report, say: Mapping[str, str]) -> Iterator[str]:
    """A household that shows a change, with what is left out, and what only one of the policies is given."""
    shown = cast(Shown, claim.answer)
    yield from (f"        {line}" for line in household_text(shown.policy, shown.facts).splitlines())
    if claim.left_out:
        yield f"      {say['left_out'].format(facts=say['join'].join(left_out_titles(claim, say)))}"
    if removed := removed_facts(shown):
        yield f"      {say['removed'].format(facts=say['join'].join(removed))}"
    for policy, filled in ((cast(Policy, report.against), cast(Policy, shown.against)), (report.policy, shown.policy)):
        if values := assumed_numbers(policy, filled):
            yield f"      {say['put_in_of'].format(policy=policy.title, values=say['join'].join(values))}"


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


def result_of(claim: Claim, answer: Shown, report: Report, say: Mapping[str, str]) -> str:
    """What a decision comes to for the household of a claim; of a change, under both policies."""
    policy = report.policy
    prop = policy.properties.get(claim.id) if claim.section == "properties" else None
    decision = prop.decision if isinstance(prop, Property) else claim.id.partition(".")[0]
    if claim.section == "changes":
        first = verdict_words(cast(Policy, answer.against), cast(Facts, answer.other), claim.decision, say)
        second = verdict_words(answer.policy, answer.facts, claim.decision, say)
        return say["old_new"].format(first=first, second=second)
    if claim.raised and answer.other is not None:
        after = Shown(answer.policy, answer.other, answer.readings)
        first, second = (_outcomes(shown, decision, say) for shown in (answer, after))
        return say["from_to"].format(first=first, second=second)
    return say["result"].format(result=_outcomes(answer, decision, say))


def verdict_words(policy: Policy, facts: Facts, decision: str, say: Mapping[str, str]) -> str:
    """What a decision comes to for a household, or why the household is refused."""
    try:
        assessment = assess(policy, facts)
    except FactError as error:
        reasons = dict.fromkeys(problem.message(cast(Language, say["lang"])) for problem in error.problems)
        return say["refused_for"].format(why=say["clauses_join"].join(reasons))
    if not decision:
        return say["is_judged"]
    decided = assessment.decisions[decision]
    possible = say["join"].join(outcome.title for outcome in decided.possible)
    holding = say["join"].join(outcome.title for outcome in decided.holding) or say["no_outcome"]
    return holding if len(decided.possible) == len(decided.holding) else say["open_between"].format(possible=possible)


def left_out_titles(claim: Claim, say: Mapping[str, str]) -> Iterator[str]:
    """The facts that a household leaves out on purpose, by title."""
    shown = cast(Shown, claim.answer)
    for path in claim.left_out:
        name = str(path[-1]).removesuffix(" before")
        policy = shown.policy if name in shown.policy.names else cast(Policy, shown.against)
        title = policy.names[name].title
        yield say["of_member"].format(number=int(path[1]) + 1, title=title) if path[0] == "members" else title


def removed_facts(shown: Shown) -> list[str]:
    """The facts of a household that only the older policy has, each with its value."""
    if shown.other is None or shown.against is None:
        return []
    new, old = shown.policy, shown.against
    former = {each.old for each in new.formers}
    kept = {name for name in old.names if name in former or type(_kind(new, name)) is type(_kind(old, name))}
    removed = [
        {name: value for name, value in holder.items() if name not in (*kept, "on", "members")}
        for holder in (shown.other, *shown.other["members"])
    ]
    facts = old.names
    return [
        f"{facts[name].title}：{_value_text(cast(Fact, facts[name]), value)}"
        for holder in removed
        for name, value in holder.items()
    ]


def _kind(policy: Policy, name: str) -> Kind | None:
    fact = policy.names.get(name)
    return fact.kind if isinstance(fact, Fact) else None


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
                options = "，".join(option_title(policy, by, step) for by, step in zip(parameter.by, key, strict=True))
                texts.append(f"{parameter.title}{f'（{options}）' if options else ''} {exact_text(number)}")
    return texts


def option_title(policy: Policy, by: str, key: str | int) -> str:
    """The title of a row of a table by options, or its number."""
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
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(fact.kind, ChoiceKind):
        return yaml_scalar(fact.kind.options[value])
    if isinstance(value, int | Fraction | Decimal):
        return exact_text(Fraction(value))
    return value.isoformat() if isinstance(value, date) else str(value)
