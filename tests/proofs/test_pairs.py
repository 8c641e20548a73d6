"""The changes between two small random policies, against every household that can be written."""

import random
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from completing import chance
from sampling import count, examples

from hardship_rules import FactError, Policy, assess, read_policy
from hardship_rules.proofs import Shown, changes

VALUES: dict[str, list[Any]] = {
    "n": [0, 1, 2, 3],
    "m": [0, 1, 2, 3],
    "a": [False, True],
    "place": ["town", "village", "island"],
}
UNKNOWN, LEFT_OUT = object(), object()
State = dict[str, frozenset[str]] | None
Kind = tuple[str, str, str]

TEXT = """
language: 1
policy: pair
effective: {{from: 2021-01-01, to: 2021-12-31}}
household:
  n: {{title: n, unit: 1, to: {n_to}{n}}}
  m: {{title: m, unit: 1, to: 3{m}}}
  a: {{title: a, yes or no: true{a}}}
  place: {{title: place, one of: {{town: town, village: village, island: island}}{place}}}
members: {{at most: 1, facts: {{k: {{title: k, yes or no: true}}}}}}
must:
  c1: {{that: "{must}"}}
decisions:
  category:
    title: category
    first:
      - {{outcome: x, title: x, basis: assumption, when: {{that: "{x}"}}}}
      - {{outcome: y, title: y, basis: assumption, when: {{all: {{c1: {{that: "{y}"}}, c2: {{that: "{z}"}}}}}}}}
    otherwise: {{outcome: none, title: none}}
  papers:
    title: papers
    every:
      - {{outcome: form, title: form, basis: assumption, when: {{that: "{form}"}}}}
      - {{outcome: bill, title: bill, basis: assumption, when: {{that: "{bill}"}}}}
"""


def line(source: random.Random) -> str:
    """A random condition."""
    return source.choice(
        [
            f"{source.choice('nm')} {source.choice(['<', '<=', '==', '>', '>='])} {source.randint(0, 3)}",
            f"n {source.choice(['<', '<=', '=='])} m",
            f"n + m {source.choice(['<', '>='])} {source.randint(1, 5)}",
            source.choice(["a", "not a"]),
            f"place {source.choice(['==', '!='])} {source.choice(VALUES['place'])}",
        ]
    )


def default(source: random.Random, name: str) -> str:
    """A random default of a fact, or none."""
    if source.random() < 0.5:
        return ""
    if name == "m" and source.random() < 0.6:
        return f", if absent: {source.choice(['n', '3 - n', 'n + 1'])}"  # the last may leave the range
    value = source.choice(VALUES[name])
    return f", if absent: {str(value).lower()}"


def parts(source: random.Random) -> dict[str, str]:
    """The parts of a random policy."""
    lines = {name: line(source) for name in ("x", "y", "z", "form", "bill")}
    must = "n >= 0" if source.random() < 0.5 else line(source)
    return {"n_to": "3", "must": must, **{name: default(source, name) for name in VALUES}, **lines}


def altered(source: random.Random, before: dict[str, str]) -> dict[str, str]:
    """The parts of a policy with one or two of them changed."""
    after = dict(before)
    for name in source.sample(list(before), source.choice([1, 1, 2])):
        if name in VALUES:
            after[name] = default(source, name)
        else:
            after[name] = source.choice(["2", "3"]) if name == "n_to" else line(source)
    return after


class Judge:
    """What a policy decides for each household that can be written, by trying all of its completions."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.defaults = {name for name in VALUES if policy.facts[name].if_absent is not None}
        self._states: dict[tuple[int, ...], State] = {}

    def assessed(self, cells: tuple[Any, ...]) -> State:
        """The outcomes of each decision of one household by `assess`, of those that it leaves open those possible."""
        key = tuple(map(id, cells))
        if key not in self._states:
            try:
                decisions = assess(self.policy, household(cells)).decisions
                self._states[key] = {name: frozenset(o.id for o in each.possible) for name, each in decisions.items()}
            except FactError:
                self._states[key] = None
        return self._states[key]

    def reached(self, cells: tuple[Any, ...]) -> dict[str, set[frozenset[str]]] | None:
        """What the completions of a household come to; None where it is refused, or has no completion."""
        if self.assessed(cells) is None:
            return None
        found = [state for completion in product(*self._values(cells)) if (state := self.assessed(completion))]
        if not found:
            return None
        return {name: {state[name] for state in found} for name in found[0]}

    def _values(self, cells: tuple[Any, ...]) -> Iterator[list[Any]]:
        for name, cell in zip(VALUES, cells, strict=True):
            yield VALUES[name] if self.is_unknown(name, cell) else [cell]

    def is_unknown(self, name: str, cell: object) -> bool:
        """Whether a fact is unknown: null, or left out without a default."""
        return cell is UNKNOWN or (cell is LEFT_OUT and name not in self.defaults)


def household(cells: tuple[Any, ...]) -> dict[str, Any]:
    """A household as it is written."""
    facts = {
        name: None if cell is UNKNOWN else cell
        for name, cell in zip(VALUES, cells, strict=True)
        if cell is not LEFT_OUT
    }
    return {"on": "2021-05-01", **facts, "members": [{"k": True}]}


def kinds(old: Judge, new: Judge, cells: tuple[Any, ...]) -> Iterator[Kind]:
    """The kinds of change that a household shows."""
    refused = [judge.assessed(cells) is None for judge in (old, new)]
    if any(refused):
        if refused == [True, False]:
            yield "", "refused", "judged"
        elif refused == [False, True]:
            yield "", "judged", "refused"
        return
    before, after = old.reached(cells), new.reached(cells)
    if before is None or after is None:
        return
    for name in before:
        was, becomes = before[name], after[name]
        if len(was) > 1 or len(becomes) > 1:
            if len(was) == 1 or len(becomes) == 1:
                yield (name, "decided", "open") if len(was) == 1 else (name, "open", "decided")
            continue
        (first,), (second,) = was, becomes
        if name == "papers":
            yield from ((name, outcome, "") for outcome in first - second)
            yield from ((name, "", outcome) for outcome in second - first)
        elif first != second:
            yield name, min(first), min(second)


@pytest.mark.agreement
@pytest.mark.parametrize("number", range(examples(6, 150)))
def test_two_policies_change_what_every_household_shows(number: int) -> None:
    """A kind of change that is proved to be none is shown by no household, and each household shown shows its kind.

    One that is proved partly is shown only by households with more unknown facts than it is proved for.
    """
    source = chance(f"pairs {number}")
    before = parts(source)
    after = altered(source, before)
    old, new = (read_policy(TEXT.format(**each)) for each in (before, after))
    judges = Judge(old), Judge(new)
    cells = list(product(*([*values, UNKNOWN, LEFT_OUT] for values in VALUES.values())))
    shown: dict[Kind, int] = {}  # with the least number of unknown facts
    for each in cells:
        unknown = max(sum(map(judge.is_unknown, VALUES, each)) for judge in judges)
        for kind in kinds(*judges, each):
            shown[kind] = min(unknown, shown.get(kind, 9))
    count(households_of_pairs=len(cells))
    claims = {(claim.decision, claim.was, claim.becomes): claim for claim in changes(old, new)}
    assert shown.keys() <= claims.keys()
    for kind, claim in claims.items():
        where = (kind, claim.verdict, before, after)
        if claim.verdict == "changed":
            assert isinstance(claim.answer, Shown)
            assert kind in set(kinds_of(claim.answer, old, new)), where
        elif kind in shown:
            examples_of = [household(each) for each in cells if kind in set(kinds(*judges, each))]
            assert claim.verdict in ("unchanged_partly", "not_settled"), (where, examples_of[0])
            assert claim.verdict == "not_settled" or shown[kind] > ("open" in kind), (where, examples_of[0])


def kinds_of(answer: Shown, old: Policy, new: Policy) -> Iterator[Kind]:
    """The kinds of change of a household that is shown: by all of its completions, or as `assess` leaves it open."""
    cells = tuple(
        LEFT_OUT
        if name not in answer.facts
        else UNKNOWN
        if answer.facts[name] is None
        else next(value for value in values if value == answer.facts[name])
        for name, values in VALUES.items()
    )
    yield from kinds(Judge(old), Judge(new), cells)
    if (before := _open(old, answer)) is not None and (after := _open(new, answer)) is not None:
        yield from ((name, "decided", "open") for name in after - before)
        yield from ((name, "open", "decided") for name in before - after)


def _open(policy: Policy, answer: Shown) -> set[str] | None:
    """The decisions that `assess` leaves open."""
    try:
        decisions = assess(policy, answer.facts).decisions
    except FactError:
        return None
    return {name for name, decided in decisions.items() if len(decided.possible) != len(decided.holding)}
