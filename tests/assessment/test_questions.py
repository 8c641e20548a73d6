"""The next question: only relevant facts, in few questions, until decided, grouped by evidence document."""

import random
from statistics import mean
from typing import cast

from interview import answer, by_rank, in_file_order, interview, sample, volunteer

from hardship_rules import FactError, assess, load_policy, next_question, read_policy
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, DateKind, NumberKind
from hardship_rules.core.problem import KeyPath
from hardship_rules.testing.strategies._paths import Facts, unknown_paths

WEIHAI = load_policy("2021_weihai")
COMPLETE = [household for household in sample(WEIHAI, 150) if len(household["members"]) <= 5][::6]
SMALL = """
language: 1
policy: p
units: {yuan: 元}
household:
  x: {title: 甲, one of: {one: 一, two: 二}, evidence: 证一}
  y: {title: 乙, yes or no: true, evidence: 证二}
  z: {title: 丙, yes or no: true, evidence: 证一}
members: {facts: {here: {title: 在, yes or no: true}}}
parameters:
  line: {title: 线, unit: 1, value: not published, from: 0, to: 9, basis: assumption}
decisions:
  category:
    title: 类别
    first: [{outcome: one, title: 一, basis: definition, when: WHEN}]
    otherwise: {outcome: none, title: 无}
"""


def small(when: str, **facts: object) -> list[str]:
    """The missing facts of a household under a small policy, in order."""
    return [str(each) for each in assess(read_policy(SMALL.replace("WHEN", when)), {"members": [{}], **facts}).missing]


def test_beats_the_order_of_the_file() -> None:
    """From nothing known, the plan takes less than two thirds of the questions of file order, with the same result."""
    ranked = [interview(WEIHAI, household, by_rank) for household in COMPLETE]
    filed = [interview(WEIHAI, household, in_file_order) for household in COMPLETE]
    for household, ours, theirs in zip(COMPLETE, ranked, filed, strict=True):
        category = assess(WEIHAI, household).category
        assert ours.assessment.category == theirs.assessment.category == category
        assert len(set(ours.asked)) == len(ours.asked)
    assert mean(each.share for each in ranked) < 0.65 * mean(each.share for each in filed)


def test_every_question_could_matter() -> None:
    """For every fact asked, two households that agree in all other known facts have different categories."""
    chance = random.Random(58)  # noqa: S311  # a search
    for complete in COMPLETE[::3]:
        full = assess(WEIHAI, complete).household
        known: Facts = {"on": complete["on"], "members": [{} for _ in complete["members"]]}
        for path in interview(WEIHAI, complete, by_rank).asked:
            volunteer(WEIHAI, known, full)
            assert any(matters(known, path, chance) for _ in range(3000)), path
            answer(WEIHAI, known, path, full)


def matters(known: Facts, path: KeyPath, chance: random.Random) -> bool:
    """Randomly completed, the household has different categories for different values of one fact."""
    facts: Facts = {**known, "members": [dict(member) for member in known["members"]]}
    unknown = [each for each, fact in unknown_paths(WEIHAI, facts) if fact.name not in ("birth_date", "monthly_wage")]
    for each in unknown:
        holder(facts, each)[each[-1]] = chance.choice(values(each))
    others = [each for each in unknown if each[-1] == "relation" and each != path]
    for each in others:  # so that there is one worker, who is not the member in question
        holder(facts, each)["relation"] = chance.choice(("child", "child", "spouse", "parent", "other"))
    if others and all(member.get("relation") != "self" for member in known["members"]):
        holder(facts, chance.choice(others))["relation"] = "self"
    found = set()
    for value in values(path):
        holder(facts, path)[path[-1]] = value
        try:
            found.add(assess(WEIHAI, facts).category)
        except FactError:
            continue  # this household breaks a `must`
    return len(found - {None}) > 1


def holder(facts: Facts, path: KeyPath) -> dict[str | int, object]:
    """The mapping that holds the fact of a path: the household or a member."""
    return cast(dict[str | int, object], facts if len(path) == 1 else facts["members"][path[1]])


def values(path: KeyPath) -> list[object]:
    """All options of a choice, both booleans, or some amounts: mostly zero, so that one of them decides."""
    fact = {**WEIHAI.facts, **WEIHAI.members.facts}[cast(str, path[-1])]
    match fact.kind:
        case BooleanKind():
            return [True, False]
        case ChoiceKind(options):
            return list(options)
        case NumberKind(high=most):
            return [0, 0, 0, min(20, most or 0), min(20000, most or 0), most]
        case DateKind():
            return ["1980-01-01"]


def test_next_question_is_the_first_that_is_missing() -> None:
    """The next question has the path, title, document and member of the fact; it is None if the category is decided."""
    facts: Facts = {"unit_has_union": False, "members": [{}]}
    assert next_question(WEIHAI, facts, "2021-03-31") is None
    members = [{"relation": "self"}, {"relation": "spouse"}]
    question = next_question(WEIHAI, {"members": members}, "2021-03-31")
    assert question is not None
    assert (question.path, question.title, question.evidence) == (("unit_has_union",), "所在单位已建立工会组织", "")
    assert question.member is None
    missing = assess(WEIHAI, {"members": members}, "2021-03-31").missing
    assert missing[0] == question
    assert {each.member for each in missing} == {None, 0, 1}


def test_what_nobody_can_say_now_comes_last() -> None:
    """An explicitly unknown fact, and a number that is not published, come after the facts that were never asked."""
    assert small("{all: {a: {that: x == one}, b: {that: y}}}") == ["x", "y"]
    assert small("{all: {a: {that: x == one}, b: {that: y}}}", x=None) == ["y", "x"]
    assert small("{all: {a: {that: line > 4}, b: {that: y}, c: {that: z}}}", y=None) == ["z", "parameters.line", "y"]


def test_what_cannot_change_the_outcome_is_not_asked_first() -> None:
    """`x == one or x == two` holds, and `x == one and x == two` fails, for every x: it is not asked for."""
    when = "{all: {a: {any: {p: {that: x == one}, q: {that: x == two}}}, b: {that: y}}}"
    assert small(when)[0] == "y"
    assert small(when, y=True) == []
    assert small(when, y=False) == []
    never = "{any: {a: {all: {p: {that: x == one}, q: {that: x == two}}}, b: {all: {p: {that: y}, q: {that: z}}}}}"
    assert small(never) == ["y", "z", "x"]


def test_grouped_by_the_document() -> None:
    """Facts with the same evidence document are grouped, and the documents are in the order of the first question."""
    policy = read_policy(SMALL.replace("WHEN", "{all: {a: {that: x == one}, b: {that: y}, c: {that: z}}}"))
    assessment = assess(policy, {"members": [{}]})
    grouped = {evidence: [str(each) for each in found] for evidence, found in assessment.missing_by_evidence.items()}
    assert grouped == {"证一": ["x", "z"], "证二": ["y"]}
    assert list(grouped) == ["证一", "证二"]
