"""durable-rules gives the results of the evaluator, and its known hazards do no harm."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import cast

import pytest
from attrs import evolve
from bundled import POLICIES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import TESTS
from sampling import count, examples

from hardship_rules import FactError, Policy, PolicyError, load_policy, read_policy
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.problem import path_text
from hardship_rules.durable._ruleset import MOST_RULES, Fires, Ruleset, collisions, ruleset
from hardship_rules.durable.run import assess
from hardship_rules.durable.worker import DurableError, Worker
from hardship_rules.testing.cases import read_cases
from hardship_rules.testing.strategies import households, partial_households, policies
from hardship_rules.testing.strategies._paths import unknown_paths

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

    @pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
    @settings(max_examples=10, deadline=None)
    @given(data=st.data())
    def test_partial_households(self, worker: Worker, policy: Policy, data: st.DataObject) -> None:
        """A household with unknown facts gets the same result, or a refusal that names facts that it really lacks."""
        facts = data.draw(partial_households(policy))
        try:
            both = assess(policy, facts, worker=worker)
        except FactError as refused:
            places = {problem.place for problem in refused.problems}
            unknown = {path_text(path) for path, _ in unknown_paths(policy, facts)}
            assert places <= {*unknown, "on", "parameters.dibao"}
        else:
            assert both.assessment.category is not None

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

    def test_not_fully_known(self, worker: Worker) -> None:
        """A household with unknown facts is refused, and the needed facts are named."""
        facts = {name: each for name, each in FAMILY.items() if name not in ("homes", "lives_in_city")}
        with pytest.raises(FactError) as refused:
            assess(WEIHAI, facts, worker=worker)
        assert {problem.place for problem in refused.value.problems} == {"homes", "lives_in_city"}

    def test_a_number_that_does_not_matter(self, worker: Worker) -> None:
        """A household with an unknown number is refused, even if its clause is decided."""
        (person,) = cast(list[dict[str, object]], FAMILY["members"])
        without = {name: each for name, each in person.items() if name != "medical_self_paid"}
        with pytest.raises(FactError) as refused:
            assess(WEIHAI, {**FAMILY, "members": [{**without, "wage": 9000}]}, worker=worker)
        assert [problem.place for problem in refused.value.problems] == ["members[1].medical_self_paid"]

    def test_a_difference_names_the_clause(self) -> None:
        """A difference between the engines is an error that names the clause."""
        rules = ruleset(WEIHAI)
        clause = "category.deep.income.below_standard"
        turned = {
            name: evolve(fires, holds=not fires.holds) if clause in fires.clauses else fires
            for name, fires in rules.meanings.items()
        }
        process = Worker()
        process._rulesets[WEIHAI.fingerprint] = evolve(rules, meanings=FrozenMapping(turned))  # noqa: SLF001  # a planted fault
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
        ruleset(WEIHAI), name=name, definitions=json.dumps({name: rules}), meanings=FrozenMapping[str, Fires]()
    )


CATCH = {"all": [{"m0": {"z": 1}}], "run": "r0||null"}


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
        names = [each.property for each in ruleset(WEIHAI).asserted]
        assert collisions([*names, *(f"{kind}{n}" for kind in "tf" for n in range(400)), "sid", "id", "z"]) == []

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
