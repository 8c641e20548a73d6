"""A report of a large policy: many questions are answered by each household found, and a limit is no time."""

from itertools import combinations
from threading import Event, Thread
from typing import Any, cast

import pytest
from large import large_policy
from trial import HARD, TRIAL

from hardship_rules import assess, read_policy
from hardship_rules.core.expr import AllOf, Clause
from hardship_rules.proofs.prover import Proof, Shown
from hardship_rules.proofs.questions import Questions
from hardship_rules.proofs.report import proofs_json, verify
from hardship_rules.proofs.solver import NotSettled, Solver
from hardship_rules.proofs.terms import z3
from hardship_rules.testing.trial import try_property


def test_all_pairs_are_settled_by_few_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """All pairs of 60 outcomes are settled by fewer than 400 calls; `assess` confirms each household of a pair."""
    policy = read_policy(large_policy(60, 50, 7))
    calls = 0
    check = Solver.check

    def counted(solver: Solver, *arguments: object) -> object:
        nonlocal calls
        calls += 1
        return check(solver, *arguments)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(Solver, "check", counted)
    claims = {claim.id: claim.answer for claim in Questions(policy, 2, 30.0).overlaps()}
    assert calls < 400
    outcomes = policy.category.outcomes
    assert list(claims) == [f"category.{a.id}+{b.id}" for a, b in combinations(outcomes, 2)]
    assert all(isinstance(answer, Shown | Proof) for answer in claims.values())
    met: dict[int, set[str]] = {}
    for pair, answer in claims.items():
        if isinstance(answer, Shown):
            facts = answer.facts
            if id(facts) not in met:
                met[id(facts)] = {each.id for each in outcomes if _holds(cast(Clause, each.when), facts)}
            assert set(pair.removeprefix("category.").split("+")) <= met[id(facts)]
    overlapping = {pair for each in met.values() for pair in combinations(sorted(each, key=lambda r: int(r[1:])), 2)}
    assert {pair for pair, answer in claims.items() if isinstance(answer, Shown)} == {
        f"category.{a}+{b}" for a, b in overlapping
    }


class _Column(list[Any]):
    """The values of a fact of all members, compared one by one."""

    def __eq__(self, option: object) -> Any:
        return [value == option for value in self]

    __hash__ = None


def _holds(when: Clause, facts: dict[str, Any]) -> bool:
    """Whether each line of an outcome holds, as Python reads it."""
    names: dict[str, Any] = {**facts, "some": any, "count": sum, "sum": sum}
    names |= {f"o{number}": f"o{number}" for number in range(1, 5)}
    names |= {name: _Column(member[name] for member in facts["members"]) for name in facts["members"][0]}
    return all(eval(clause.line, names) for clause in cast(AllOf, when.when).clauses)  # noqa: S307  # our own lines


def test_a_busy_machine_changes_nothing() -> None:
    """With limits that leave claims unsettled, a report beside a busy loop is the same, byte for byte."""
    policy = read_policy(HARD)
    quiet = verify(policy, members=1, seconds=0.4, trial=try_property)
    done = Event()

    def spin() -> None:
        while not done.is_set():
            sum(range(1000))

    busy = Thread(target=spin)
    busy.start()
    try:
        beside = verify(policy, members=1, seconds=0.4, trial=try_property)
    finally:
        done.set()
        busy.join()
    assert proofs_json(quiet) == proofs_json(beside)
    assert any(isinstance(claim.answer, NotSettled) for claim in quiet.claims)


@pytest.mark.parametrize("error", [MemoryError(), z3.Z3Exception("out of memory")])
def test_a_failure_of_the_solver_ends_one_section(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Where the solver fails in the section of clauses, its claims are not settled, and all others are as before."""
    policy = read_policy(TRIAL)
    whole = {(claim.section, claim.id): claim.verdict for claim in verify(policy, members=2).claims}
    section = ""
    check = Solver.check

    def failing(solver: Solver, *arguments: object) -> object:
        if section == "clauses":
            raise error
        return check(solver, *arguments)  # type: ignore[arg-type]  # as it was called

    def progress(name: str, _: int) -> None:
        nonlocal section
        section = name

    monkeypatch.setattr(Solver, "check", failing)
    claims = {(claim.section, claim.id): claim for claim in verify(policy, members=2, progress=progress).claims}
    assert list(claims) == list(whole)
    for (name, id_), claim in claims.items():
        assert claim.verdict == ("not_settled" if name == "clauses" else whole[name, id_])
        if isinstance(claim.answer, Shown) and not claim.answer.readings:
            assert assess(policy, claim.answer.facts).category is not None
