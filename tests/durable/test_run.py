"""durable-rules gives the results of the evaluator, and its known hazards do no harm."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from itertools import product
from typing import Any, cast

import pytest
from attrs import evolve
from bundled import POLICIES
from completing import chance
from framing import drawn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import TESTS
from programs import given_sample, read
from sampling import count, examples

from hardship_rules import FactError, Policy, PolicyError, load_policy, read_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.core.expr import Expr, names_in
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.problem import path_text
from hardship_rules.durable._ruleset import MOST_RULES, Fires, Ruleset, collisions, ruleset
from hardship_rules.durable.run import assess
from hardship_rules.durable.worker import DurableError, Worker
from hardship_rules.engine.evaluate import possible, truths
from hardship_rules.testing.cases import read_cases
from hardship_rules.testing.strategies import households, partial_households, policies
from hardship_rules.testing.strategies._paths import Facts, copied, fact_paths, holding

pytestmark = pytest.mark.skipif(
    find_spec("durable") is None and not os.environ.get("HARDSHIP_RULES_DURABLE"),
    reason="durable-rules is not installed, as it needs a C compiler: pip install 'hardship-rules[durable]'",
)

WEIHAI = load_policy("2021_weihai")
FAMILY: Mapping[str, object] = {
    "residence": "urban",
    "unit_has_union": True,
    "employment": "in_service",
    "lives_in_city": True,
    "labour_relation_months": 24,
    "controls_company": False,
    "homes": 1,
    "floor_area_above_local_average": False,
    "motor_vehicle": False,
    "refuses_verification": False,
    "file": "none",
    "divorced": False,
    "members": [
        {
            "relation": "self",
            "wage": 9444,
            "business_income": 0,
            "property_income": 0,
            "transfer_income": 0,
            "other_income": 0,
            "medical_self_paid": 0,
            "education": "none",
        }
    ],
}


def with_wage(wage: object) -> Mapping[str, object]:
    """The family with another wage; 9,444 a year is 787 a month, the urban line."""
    (person,) = cast(list[dict[str, object]], FAMILY["members"])
    return {**FAMILY, "members": [{**person, "wage": wage}]}


@pytest.fixture(scope="module", name="worker")
def a_worker() -> Iterator[Worker]:
    """A process of this test run."""
    with Worker() as process:
        yield process


class TestAgreement:
    """Both engines give the same results; a difference is an error."""

    @pytest.mark.parametrize(("wage", "category"), [("9443.99", "deep"), (9444, "relative"), ("9444.01", "relative")])
    def test_a_fen_beside_the_line(self, worker: Worker, wage: object, category: str) -> None:
        """At 787 yuan a month, and one fen a year beside it, both engines agree."""
        both = assess(WEIHAI, with_wage(wage), worker=worker)
        assert both.assessment.category is not None
        assert both.assessment.category.id == category
        assert [each.outcome for each in both.fired if each.decision == "category"] == [category]

    @pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
    @settings(max_examples=30, deadline=None)
    @given(data=st.data())
    def test_households_of_every_bundled_policy(self, worker: Worker, policy: Policy, data: st.DataObject) -> None:
        """Both agree on households near the thresholds of each year, and of the other union."""
        both = assess(policy, data.draw(households(policy)), worker=worker)
        fired = [each.outcome for each in both.fired if each.decision == "category"]
        assert fired == [both.assessment.category.id if both.assessment.category else None]

    @pytest.mark.agreement
    @settings(max_examples=examples(25, 300), deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_generated_policies(self, worker: Worker, data: st.DataObject) -> None:
        """Both agree on generated policies and households."""
        policy = read_policy(data.draw(policies()))
        both = assess(policy, data.draw(households(policy)), worker=worker)
        count(policies_in_durable_rules=1, households_in_durable_rules=1)
        assert len([each for each in both.fired if each.decision]) == 1

    def test_worked_cases(self, worker: Worker) -> None:
        """Both agree on every fully known worked case of the measure, under its readings."""
        compared = 0
        for path in sorted((TESTS / "cases").glob("*.yaml")):
            for case in read_cases(path):
                try:
                    assess(case.policy, case.household, case.on, worker=worker)
                except FactError:
                    continue
                compared += 1
        assert compared >= 60

    def test_every_and_earlier_decisions(self, worker: Worker) -> None:
        """Both agree on a decision with every outcome that holds, and on conditions over an earlier decision."""
        text = """
language: 1
policy: two
units: {person: 人}
household: {a: {title: a, unit: 1, to: 9}, own: {title: o, yes or no: true}}
members: {facts: {b: {title: b, yes or no: true}}}
decisions:
  category:
    title: c
    first: [{outcome: high, title: h, when: a > 5, basis: assumption}]
    otherwise: {outcome: low, title: l}
  extras:
    title: e
    every:
      - {outcome: is_low, title: i, when: category == low, basis: assumption}
      - {outcome: not_low, title: n, when: category != low, basis: assumption}
      - {outcome: listed, title: x, when: "category in (low, high)", basis: assumption}
      - {outcome: each_b, title: y, when: each(b), basis: assumption}
      - {outcome: not_own, title: z, when: {not: {any: {one: own, two: {that: own}}}}, basis: assumption}
"""
        both = assess(read_policy(text), {"a": 5, "own": False, "members": [{"b": True}, {"b": False}]}, worker=worker)
        assert [each.outcome for each in both.fired if each.decision == "category"] == ["low"]
        extras = {each.outcome for each in both.fired if each.decision == "extras"}
        assert extras == {"is_low", "listed", "not_own"}


class TestAnswers:
    """The result, and refusals."""

    def test_fired_in_order(self, worker: Worker) -> None:
        """A clause fires before those that depend on it, and the outcome fires after its clause."""
        both = assess(WEIHAI, with_wage(9000), worker=worker)
        order = [clause for each in both.fired for clause in (*each.clauses, each.outcome) if clause]
        places = [order.index(name) for name in ("category.deep.income.below_standard", "category.deep", "deep")]
        assert places == sorted(places)

    def test_in_words_and_as_json(self, worker: Worker) -> None:
        """The explanation ends with the fired rules, and the document has them under a separate key."""
        both = assess(WEIHAI, with_wage(9000), worker=worker)
        assert "  √ category.deep\n" in both.explain().split("durable-rules 依次触发")[1]
        assert {"decision": "category", "outcome": "deep"} in json.loads(both.explain(format="json"))["fired"]

    def test_a_difference_names_the_clause(self) -> None:
        """A difference between the engines is an error that names the clause."""
        rules = ruleset(WEIHAI)
        clause = "category.deep.income.below_standard"
        turned = {
            name: tuple(evolve(each, holds=not each.holds) if clause in each.clauses else each for each in fires)
            for name, fires in rules.meanings.items()
        }
        process = Worker()
        process._rulesets[WEIHAI.fingerprint, *rules.decisions] = evolve(rules, meanings=FrozenMapping(turned))  # noqa: SLF001  # a planted fault
        with process, pytest.raises(DurableError, match=clause):
            assess(WEIHAI, FAMILY, worker=process)

    def test_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without durable-rules the error says what to install."""
        monkeypatch.setattr("hardship_rules.durable.worker.find_spec", {}.get)
        with Worker() as other, pytest.raises(DurableError, match=r"hardship-rules\[durable\]"):
            assess(WEIHAI, FAMILY, worker=other)


def small(rules: Mapping[str, object], name: str = "small") -> Ruleset:
    """A ruleset of hand-written rules."""
    return evolve(
        ruleset(WEIHAI),
        name=name,
        definitions=json.dumps({name: rules}),
        meanings=FrozenMapping[str, tuple[Fires, ...]](),
    )


CATCH = {"all": [{"m0": {"z": 1}}], "run": "r0||null"}


class Recorded(Worker):
    """A process that keeps what fired last, and under which ruleset."""

    last: tuple[Ruleset, tuple[str, ...]]

    def run(self, rules: Ruleset, facts: Sequence[dict[str, object]]) -> tuple[str, ...]:
        """Run a ruleset."""
        self.last = rules, super().run(rules, facts)
        return self.last[1]

    def nodes(self) -> list[str]:
        """The number of each condition that a rule asserted the truth of, and each decision's property."""
        rules, fired = self.last
        definitions = json.loads(rules.definitions)[rules.name]
        facts = [definitions[rule]["run"].split("|")[1] for rule in fired]
        return [fact.lstrip("tfu") for fact in facts if fact]


@pytest.fixture(scope="module", name="recorded")
def a_recorded_worker() -> Iterator[Recorded]:
    """A process of this test run that keeps what fired."""
    with Recorded() as process:
        yield process


def without(facts: Mapping[str, object], *names: str) -> Mapping[str, object]:
    """A household without some of its facts."""
    return {name: fact for name, fact in facts.items() if name not in names}


def places(refused: pytest.ExceptionInfo[FactError]) -> list[str]:
    """The places of the facts that a refusal names."""
    assert {problem.code for problem in refused.value.problems} == {"durable_unknown"}
    return sorted(str(problem.place) for problem in refused.value.problems)


THREE = """
language: 1
policy: three
household:
  a: {title: a, yes or no: true}
  b: {title: b, yes or no: true}
  c: {title: c, yes or no: true}
decisions:
  category:
    title: category
    first: [{outcome: x, title: x, basis: assumption, when: CONDITION}]
    otherwise: {outcome: none, title: none}
"""
TRUTHS = (True, False, None)


def least(*truths: bool | None) -> bool | None:
    """Whether all of some conditions hold, by the table of Kleene."""
    return False if False in truths else None if None in truths else True


def opposite(truth: bool | None) -> bool | None:  # noqa: FBT001  # the value itself
    """Whether a condition fails."""
    return None if truth is None else not truth


CONDITIONS: dict[str, Callable[[bool | None, bool | None, bool | None], bool | None]] = {
    "{all: {one: a, two: b, three: c}}": least,
    "{any: {one: a, two: b, three: c}}": lambda a, b, c: opposite(least(opposite(a), opposite(b), opposite(c))),
    "{not: {all: {one: a, two: {any: {four: b, five: {not: c}}}}}}": (
        lambda a, b, c: opposite(least(a, opposite(least(opposite(b), c))))
    ),
    "{all: {one: a, two: {any: {three: {not: a}, four: b}}, five: {not: b}}}": (
        lambda a, b, _: least(a, opposite(least(a, opposite(b))), opposite(b))
    ),
    "{all: {one: a, again: a, two: {not: a}}}": lambda a, _, __: least(a, opposite(a)),
}


class TestUnknownFacts:
    """An unknown fact matters only where it leaves a decision open that is asked for."""

    def test_a_fact_that_no_decision_asked_for_needs(self, worker: Worker) -> None:
        """The category is decided where the marriage is unknown; the materials, which depend on it, are not."""
        facts = without(FAMILY, "divorced")
        both = assess(WEIHAI, facts, worker=worker, decisions="category")
        assert both.assessment.category is not None
        assert [each.outcome for each in both.fired if each.decision] == ["relative"]
        for decisions in (None, ["category", "materials"]):
            with pytest.raises(FactError) as refused:
                assess(WEIHAI, facts, worker=worker, decisions=decisions)
            assert places(refused) == ["divorced"]

    def test_facts_that_matter(self, worker: Worker) -> None:
        """A household is refused with all unknown facts that leave the category open, and with no others.

        750 yuan a month is below the urban line of 787, not below the rural one of 588. One home excludes nobody.
        """
        facts = without(with_wage(9000), "residence", "unit_has_union", "homes", "divorced", "file")
        with pytest.raises(FactError) as refused:
            assess(WEIHAI, facts, worker=worker, decisions=["category"])
        assert places(refused) == ["residence", "unit_has_union"]

    def test_a_number_that_does_not_matter(self, worker: Worker) -> None:
        """Below the line costs can only lower the income: they may be unknown. Above it they matter."""
        (person,) = cast(list[dict[str, object]], FAMILY["members"])
        low = {**without(person, "medical_self_paid"), "wage": 9000}
        both = assess(WEIHAI, {**FAMILY, "members": [low]}, worker=worker, decisions="category")
        assert both.assessment.category is not None
        assert both.assessment.category.id == "deep"
        assert "category.deep" in {clause for each in both.fired if each.holds for clause in each.clauses}
        with pytest.raises(FactError) as refused:
            assess(WEIHAI, {**FAMILY, "members": [{**low, "wage": 9444}]}, worker=worker, decisions="category")
        assert places(refused) == ["members[1].medical_self_paid"]

    def test_a_decision_that_is_used(self, worker: Worker) -> None:
        """A decision over an open one is decided where every outcome left gives it the same."""
        text = (
            THREE.replace("CONDITION", "{that: a}")
            + """
  aid:
    title: aid
    every:
      - {outcome: both, title: both, basis: assumption, when: {that: "category in (x, none)"}}
      - {outcome: one, title: one, basis: assumption, when: {all: {that: {that: category == x}, b: {that: b}}}}
"""
        )
        policy, facts = read_policy(text), {"b": False, "members": [{}]}
        both = assess(policy, facts, worker=worker, decisions=["aid"])
        assert [(each.decision, each.outcome) for each in both.fired if each.decision] == [("aid", "both")]
        with pytest.raises(FactError) as refused:
            assess(policy, {**facts, "b": True}, worker=worker, decisions=["aid"])
        assert places(refused) == ["a"]
        both = assess(policy, {**facts, "a": True}, worker=worker, decisions=["aid"])
        assert [each.outcome for each in both.fired if each.decision] == ["x", "both"]

    @pytest.mark.parametrize("by_cases", TRUTHS)
    def test_a_number_by_cases(self, recorded: Recorded, by_cases: bool | None) -> None:  # noqa: FBT001  # the value itself
        """An amount of n or of n / size is compared with 5; which of the two it is need not be known to decide."""
        text = THREE.replace("CONDITION", '{any: {below: {that: "amount < 5"}, b: {that: b}}}')
        numbers = "household:\n  n: {title: n, unit: 1, to: 99}\n  size: {title: size, unit: 1, from: 1, to: 9}\n"
        amount = "{title: t, unit: 1, basis: assumption, choose: [{when: {that: a}, value: n}], otherwise: n / size}"
        policy = read_policy(text.replace("household:\n", numbers) + f"terms: {{amount: {amount}}}\n")
        for n, size in product((None, 4, 5, 9, 10, 44, 45), (None, 1, 2, 9)):
            below = [
                None if n is None else n < 5,
                True if n == 4 else False if n == 45 else None if n is None or size is None else n < 5 * size,
            ]
            both_same = below[0] if below[0] is below[1] else None
            expected = both_same if by_cases is None else below[0] if by_cases else below[1]
            facts: Facts = {"a": by_cases, "b": False, "c": None, "n": n, "size": size, "members": [{}]}
            if expected is None:
                with pytest.raises(FactError):
                    assess(policy, facts, worker=recorded)
            else:
                both = assess(policy, facts, worker=recorded)
                assert [each.outcome for each in both.fired if each.decision] == ["x" if expected else "none"]
                assert len(set(recorded.nodes())) == len(recorded.nodes())
            both = assess(policy, {**facts, "b": True}, worker=recorded)  # what is open fires as such
            assert {each.holds for each in both.fired if "category.x.below" in each.clauses} == {expected}

    def test_a_decision_that_there_is_not(self, worker: Worker) -> None:
        """A decision that the policy does not have is a problem that names those that it has."""
        with pytest.raises(PolicyError) as refused:
            assess(WEIHAI, FAMILY, worker=worker, decisions=["categories"])
        (problem,) = refused.value.problems
        assert problem.code == "unknown_decision"
        assert problem.message("en") == "there is no decision `categories`"
        assert problem.help("en") == "Did you mean `category`?"
        with pytest.raises(PolicyError) as refused:
            assess(WEIHAI, FAMILY, worker=worker, decisions={"aid"})
        assert refused.value.problems[0].help("zh") == "可选的决定：category, filing, materials, record"

    @pytest.mark.parametrize("condition", CONDITIONS)
    def test_every_combination(self, recorded: Recorded, condition: str) -> None:
        """Conditions settle as in Kleene's logic, and no rule fires twice for one condition."""
        policy = read_policy(THREE.replace("CONDITION", condition))
        for a, b, c in product(TRUTHS, repeat=3):
            expected = CONDITIONS[condition](a, b, c)
            facts: Facts = {"a": a, "b": b, "c": c, "members": [{}]}
            if expected is None:
                with pytest.raises(FactError):
                    assess(policy, facts, worker=recorded)
                continue
            both = assess(policy, facts, worker=recorded)
            assert [each.outcome for each in both.fired if each.decision] == ["x" if expected else "none"]
            assert len(set(recorded.nodes())) == len(recorded.nodes())

    @pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
    def test_the_facts_named_are_enough(self, worker: Worker, policy: Policy) -> None:
        """A household from which facts are hidden is decided as before, once those that are named are given again."""
        source = chance("hidden facts")
        used = {name for fact in policy.stand_ins for name in names_in(cast(Expr, fact.if_absent))}
        refusals = 0
        for facts in drawn(households(policy), examples(15, 150)):
            paths = [path for path, fact in fact_paths(policy, facts) if fact.name in holding(facts, path)]
            hidden = [path for path in paths if path[-1] not in used and source.random() < 0.3]
            partial = copied(facts)
            for path in hidden:
                holding(partial, path)[str(path[-1])] = None
            try:
                both = assess(policy, partial, worker=worker)
            except FactError as refused:
                refusals += 1
                for problem in refused.problems:
                    assert problem.at in hidden
                    holding(partial, problem.at)[str(problem.at[-1])] = holding(facts, problem.at)[str(problem.at[-1])]
                both = assess(policy, partial, worker=worker)
            for name, decided in assess(policy, facts, worker=worker).assessment.decisions.items():
                fired = {fires.outcome for fires in both.fired if fires.decision == name}
                assert fired == {outcome.id for outcome in decided.holding}
        assert refusals

    @pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
    def test_of_every_bundled_policy(self, recorded: Recorded, policy: Policy) -> None:
        """Exactly what bounds leave open is refused, for unknown facts; each decision alone only for its own."""
        for facts in drawn(partial_households(policy), examples(10, 100)):
            refused_for_all = check_refusal(policy, facts, recorded, None)
            for decision in policy.decisions:
                assert check_refusal(policy, facts, recorded, decision) <= refused_for_all

    @pytest.mark.agreement
    def test_of_generated_policies(self, recorded: Recorded) -> None:
        """The same on generated policies, whose facts have defaults of all kinds."""
        for policy, given_facts in given_sample(examples(10, 150)):
            count(policies_in_durable_rules=1, households_in_durable_rules=len(given_facts))
            for facts in given_facts:
                if read(policy, facts) is not None:
                    check_refusal(policy, facts, recorded, "category")


def check_refusal(policy: Policy, facts: Mapping[str, Any], recorded: Recorded, decision: str | None) -> set[str]:
    """The places for which a household is refused: none exactly where bounds settle what is asked for."""
    household = read_facts(policy, facts)
    scope = household.scope(policy)
    asked = [policy.decisions[decision]] if decision else list(policy.decisions.values())
    left = [(each, truths(each, scope)) for each in asked]
    is_open = [None in truths if each.every else len(possible(each, truths)) > 1 for each, truths in left]
    try:
        both = assess(policy, facts, worker=recorded, decisions=decision)
    except FactError as refused:
        assert any(is_open)
        found = {problem.place for problem in refused.problems}
        known = {*household.given, *household.derived, *household.assumed}
        unknown = {path_text(path) for path, _ in fact_paths(policy, cast(Facts, facts)) if path not in known}
        unpublished = {f"parameters.{each.name}" for each in policy.parameters.values() if None in each.values.values()}
        assert found <= {*unknown, *({"on"} if household.on is None else ()), *unpublished}
        return {str(place) for place in found}
    assert not any(is_open)
    for each, held in left:
        fired = {fires.outcome for fires in both.fired if fires.decision == each.name}
        expected = {outcome.id for outcome, truth in zip(each.outcomes, held, strict=False) if truth}
        assert fired == (expected if each.every else set(possible(each, held)))
    nodes = recorded.nodes()
    assert len(set(nodes)) == len(nodes)
    return set()


class TestHazards:
    """Known defects of durable-rules, each isolated from the host."""

    def test_a_killed_worker_is_replaced(self) -> None:
        """A process killed between or during calls costs no answer."""
        with Worker() as process:
            assess(WEIHAI, FAMILY, worker=process)
            first = process._process  # noqa: SLF001  # the process to kill
            assert first is not None
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
            assess(WEIHAI, FAMILY, worker=process)
            os.kill(process._process.pid, signal.SIGKILL)  # type: ignore[union-attr]  # noqa: SLF001  # the process is running
            assess(WEIHAI, FAMILY, worker=process)

    def test_an_action_that_raises(self, worker: Worker) -> None:
        """An exception in an action, which durable-rules swallows, is reported."""
        rules = small({"r0": CATCH, "r1": {"all": [{"m0": {"a": 1}}], "run": "r1|nobody|1"}}, "raises")
        with pytest.raises(DurableError, match="action"):
            worker.run(rules, [{"z": 1}, {"a": 1}])
        assert assess(WEIHAI, FAMILY, worker=worker).assessment.category is not None

    def test_a_crash_twice_is_an_error(self, worker: Worker) -> None:
        """A household that kills the process every time ends in an error, and the next one is answered."""
        rules = small(
            {"r0": {"all": [{"m0": {"$gt": {"a": {"$div": {"$l": 1, "$r": 0}}}}}], "run": "r0||null"}}, "dies"
        )
        with pytest.raises(DurableError):
            worker.run(rules, [{"a": 1}])
        assert assess(WEIHAI, FAMILY, worker=worker).assessment.category is not None

    def test_a_worker_that_does_not_answer(self) -> None:
        """A ruleset that hangs at its registration is stopped after the timeout."""
        rules = {f"r{n}": {"all": [{"m0": {f"a{n}": 1}}], "run": f"r{n}||null"} for n in range(900)}
        with Worker(seconds=1) as process, pytest.raises(DurableError):
            process.run(small(rules, "hangs"), [{"a1": 1}])

    def test_too_many_rules(self) -> None:
        """A policy that needs more rules than durable-rules supports is refused with the reason."""
        clauses = ", ".join(f"c{n}: {{that: a > {n}}}" for n in range(MOST_RULES // 4))
        with pytest.raises(PolicyError) as refused:
            ruleset(read_policy(LARGE.format(clauses=clauses)))
        assert [problem.code for problem in refused.value.problems] == ["durable_rules"]

    def test_too_many_matches(self) -> None:
        """A policy with too many rules on one fact is refused."""
        clauses = ", ".join(f"c{n}: {{all: {{x: own, y: {{that: a > {n}}}}}}}" for n in range(40))
        with pytest.raises(PolicyError) as refused:
            ruleset(read_policy(LARGE.format(clauses=clauses)))
        assert "durable_matches" in [problem.code for problem in refused.value.problems]

    def test_names_that_collide(self, worker: Worker) -> None:
        """Names with one 32-bit hash collide in durable-rules: one fires the other's rule. The builder finds them."""
        one, other = "costarring", "liquid"  # a known collision of FNV-1a
        assert collisions(["sid", one, other, "id"]) == [(one, other)]
        rules = small({"r0": CATCH, "r1": {"all": [{"m0": {one: 1}}], "run": "r1||null"}}, "collides")
        assert worker.run(rules, [{"z": 1}, {other: 1}]) == ("r0", "r1")
        assert collisions([*(f"{kind}{n}" for kind in "ckfoptu" for n in range(400)), "sid", "id", "z"]) == []

    def test_numbers_beyond_64_bits(self, worker: Worker) -> None:
        """A number that durable-rules would silently misread is not asserted."""
        wide = "9" * 29
        text = LARGE.format(clauses=f"c: {{that: a * {wide} > 1}}")
        with pytest.raises(DurableError, match="64 bits"):
            assess(read_policy(text), {"a": 5, "own": True, "members": [{}]}, worker=worker)

    def test_eight_threads(self, worker: Worker) -> None:
        """Eight threads share one process and get their own answers."""
        wages = ["9443.99", 9444, 20000, "18888", "18887.99", 1, 0, "9444.01"]
        expected = ["deep", "relative", "none", "none", "relative", "deep", "deep", "relative"]
        answers: dict[int, str] = {}

        def work(number: int) -> None:
            for _ in range(5):
                category = assess(WEIHAI, with_wage(wages[number]), worker=worker).assessment.category
                answers[number] = "" if category is None else category.id

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [answers[number] for number in range(8)] == expected

    def test_the_program_ends(self) -> None:
        """A program that used the worker exits and leaves no process behind."""
        code = (
            "import json, sys\nfrom hardship_rules import load_policy\n"
            "from hardship_rules.durable import run as durable\n"
            "durable.assess(load_policy('2021_weihai'), json.loads(sys.argv[1]))\n"
            "print(durable._WORKER._process.pid)\n"
        )
        done = subprocess.run(  # noqa: S603  # this program
            [sys.executable, "-c", code, json.dumps(FAMILY)], capture_output=True, check=True, timeout=60
        )
        with pytest.raises(ProcessLookupError):
            os.kill(int(done.stdout), 0)

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork has nothing to inherit")
    def test_a_forked_process_has_its_own(self) -> None:
        """After a fork both parent and child get answers."""
        code = (
            "import json, os, sys\nfrom hardship_rules import load_policy\n"
            "from hardship_rules.durable import run as durable\n"
            "policy, family = load_policy('2021_weihai'), json.loads(sys.argv[1])\n"
            "durable.assess(policy, family)\nparent = durable._WORKER._process.pid\n"
            "if os.fork() == 0:\n"
            "    durable.assess(policy, family)\n"
            "    os._exit(3 if durable._WORKER._process.pid != parent and durable._WORKER.close() is None else 4)\n"
            "status = os.waitstatus_to_exitcode(os.wait()[1])\n"
            "durable.assess(policy, family)\nprint(status, durable._WORKER._process.pid == parent)\n"
        )
        done = subprocess.run(  # noqa: S603  # this program
            [sys.executable, "-c", code, json.dumps(FAMILY)], capture_output=True, check=True, timeout=60
        )
        assert done.stdout.decode().split() == ["3", "True"]


LARGE = """
language: 1
policy: large
household: {{a: {{title: a, unit: 1, to: 1000}}, own: {{title: o, yes or no: true}}}}
members: {{facts: {{b: {{title: b, yes or no: true}}}}}}
decisions:
  category:
    title: c
    first: [{{outcome: x, title: x, basis: assumption, when: {{any: {{{clauses}}}}}}}]
    otherwise: {{outcome: none, title: n}}
"""


def test_undecided_decisions_are_left(worker: Worker) -> None:
    """A family whose file is unknown has its category confirmed; the text names what is not confirmed."""
    unknown = {**FAMILY, "file": None}
    with pytest.raises(FactError):
        assess(WEIHAI, unknown, worker=worker)
    confirmed = assess(WEIHAI, unknown, worker=worker, undecided="leave")
    assert "category" in confirmed.decisions
    assert "filing" not in confirmed.decisions
    assert "durable-rules 未复核（有事实未知）：建档处理" in confirmed.explain()
    with pytest.raises(FactError):  # the category is always asked for
        assess(WEIHAI, {**FAMILY, "employment": None}, worker=worker, undecided="leave")
