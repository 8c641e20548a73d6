"""A policy becomes a durable-rules ruleset: an algebra whose conditions are chained rules."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from typing import Any, Literal, cast

from attrs import evolve, field, frozen

from hardship_rules.core.expr import Clause
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.hosts import one_or_several
from hardship_rules.core.interval import Exact, Truth
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import PolicyError, Problem, nearest
from hardship_rules.engine import algebra, specialise
from hardship_rules.engine.evaluate import program_of
from hardship_rules.engine.interval import Run, is_known
from hardship_rules.engine.program import CLAUSE, DECISION, BoolKind, IntKind, OptionKind, Program, Step

MOST_RULES = 500  # durable-rules hangs while it registers 513
MOST_MATCHES = 60  # more than 64 rules that match one fact are its error 303

Json = dict[str, object]
_TRUTHS: dict[Truth, int] = {False: 0, True: 1, None: 2}
"""The truth of a leaf whose number is not known, as it is asserted."""


@frozen
class Node:
    """A condition of the ruleset, as a number; one of three facts is asserted for it.

    `t7` is asserted where condition 7 holds, `f7` where it fails, and `u7` where that is unknown.
    """

    number: int
    negated: bool = False

    def fact(self, truth: Truth) -> str:
        """The fact that the node has this truth."""
        if truth is None:
            return f"u{self.number}"
        return f"{'f' if truth is self.negated else 't'}{self.number}"


@frozen
class Leaf:
    """A condition that is computed here: a number of it is asserted, or its truth where the number is not known.

    The number is, for a `difference`, the left side minus the right; for an `option` or an `outcome` of a decision,
    that of the option, which for an outcome another rule asserts; for a `count`, the members that meet a condition. A
    `truth` has none.
    """

    step: int
    node: int
    what: Literal["difference", "option", "outcome", "count", "truth"]

    def number(self, run: Run, options: FrozenMapping[str, int]) -> int | None:
        """The number for a household; None where it is not known."""
        args = run.steps[self.step].args
        match self.what:
            case "difference":
                left, right = (run.value(arg) for arg in args)
                if not is_known(left) or not is_known(right):
                    return None
                return (cast(Exact, left) - cast(Exact, right)).numerator  # a default can be a part of a unit
            case "option" | "outcome":
                value = run.value(args[0])
                return options[value] if isinstance(value, str) else None
            case "count":
                truths = [run.value(args[0], member) for member in range(len(run.members))]
                return None if None in truths else truths.count(True)
            case _:
                return None

    def asserted(self, run: Run, options: FrozenMapping[str, int]) -> dict[str, int]:
        """The fact that is asserted for a household; empty where a rule asserts it."""
        number = self.number(run, options)
        if number is None:
            return {f"k{self.node}": _TRUTHS[cast(Truth, run.value(self.step))]}
        return {} if self.what == "outcome" else {f"c{self.node}": number}


@frozen
class Fires:
    """What the firing of a rule means: the truth of some clauses, or the outcome of a decision.

    `holds` is None for clauses that are not known to hold or fail.
    """

    clauses: tuple[str, ...] = ()
    holds: Truth = True
    decision: str = ""
    outcome: str = ""


@frozen
class Ruleset:
    """The definitions for durable-rules, what is asserted of a household, and what the firing of each rule means.

    `decisions` are those that it decides, `program` has the steps of its leaves, and `clauses` are those that it
    chains, each after its parts.
    """

    name: str
    definitions: str = field(repr=False)  # JSON
    decisions: tuple[str, ...]
    program: Program = field(repr=False)
    leaves: tuple[Leaf, ...] = field(repr=False)
    meanings: FrozenMapping[str, tuple[Fires, ...]] = field(repr=False)
    clauses: tuple[str, ...] = field(repr=False)
    options: FrozenMapping[str, int] = field(repr=False)  # every option by a number

    def roots(self, policy: Policy, decision: str) -> tuple[int, ...]:
        """The steps that settle a decision: the decision itself, or each outcome of an `every` decision."""
        if not policy.decisions[decision].every:
            return (self.program.names[decision],)
        return tuple(self.program.clauses[id_] for id_ in outcome_ids(policy, decision))


def ruleset(policy: Policy, decisions: str | Collection[str] | None = None) -> Ruleset:
    """The ruleset that decides some decisions of a policy; all of them where `decisions` is left out.

    Raises `PolicyError` for a decision that there is not, and for a policy that durable-rules cannot hold.

        print(ruleset(load_policy("2021_weihai"), "category").definitions)
    """
    asked = decisions_asked(policy, decisions)
    whole = program_of(policy)
    program = specialise(whole, {name: reading.chosen for name, reading in policy.readings.items()})
    outcomes = {name: outcome_ids(policy, name) for name in asked}
    chained = _chained(whole, (whole.clauses[id_] for ids in outcomes.values() for id_ in ids))
    clauses = [program.clauses[id_] for id_, step in whole.clauses.items() if step in chained]
    firsts = [program.names[name] for name in asked if not policy.decisions[name].every]
    rules = _Rules(program)
    values = dict[int, Any].fromkeys(range(len(program.steps)))
    algebra.run(program, rules, sorted(_chained(program, clauses + firsts)), values)
    for name, ids in outcomes.items():
        if policy.decisions[name].every:
            rules.every(name, ids)
    matched = Counter(name for patterns, _, _ in rules.rules.values() for name in _names(patterns))
    _require_bounded(policy, len(rules.rules), matched)
    called = f"p{sha256(' '.join((policy.fingerprint, *asked)).encode()).hexdigest()[:16]}"
    return Ruleset(
        name=called,
        definitions=json.dumps({called: rules.definitions(matched)}, separators=(",", ":")),
        decisions=asked,
        program=program,
        leaves=tuple(rules.leaves),
        meanings=rules.meanings(),
        clauses=tuple(rules.clauses),
        options=FrozenMapping(rules.options),
    )


def decisions_asked(policy: Policy, decisions: str | Collection[str] | None) -> tuple[str, ...]:
    """The decisions of a policy that are asked for, in its order. Raises `PolicyError` for one that there is not."""
    known = list(policy.decisions)
    asked = frozenset(known) if decisions is None else one_or_several(decisions)
    problems = [
        Problem("unknown_decision", (), name, {**nearest(name, known), "known": ", ".join(known)})
        for name in sorted(asked - set(known))
    ]
    if problems:
        raise PolicyError(problems)
    return tuple(name for name in known if name in asked)


def outcome_ids(policy: Policy, decision: str) -> tuple[str, ...]:
    """The ids of the clauses of a decision's outcomes."""
    return tuple(cast(Clause, outcome.when).id for outcome in policy.decisions[decision].outcomes)


def collisions(names: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of names that durable-rules would take for one: it knows them by a 32-bit hash only (FNV-1a)."""
    seen: dict[int, str] = {}
    found = []
    for name in names:
        number = 0x811C9DC5
        for byte in name.encode():
            number = (number ^ byte) * 0x01000193 & 0xFFFFFFFF
        if seen.setdefault(number, name) != name:
            found.append((seen[number], name))
    return found


def _require_bounded(policy: Policy, rules: int, matched: Counter[str]) -> None:
    """Refuse what durable-rules cannot hold."""
    most, times = max(matched.items(), key=lambda each: each[1])
    problems = []
    if rules > MOST_RULES:
        problems.append(
            Problem("durable_rules", given=policy.name, values={"what": str(rules), "most": str(MOST_RULES)})
        )
    if times > MOST_MATCHES:
        problems.append(Problem("durable_matches", given=most, values={"what": str(times), "most": str(MOST_MATCHES)}))
    for one, other in collisions([*matched, "sid", "id"]):
        problems.append(Problem("durable_collision", given=one, values={"other": other}))
    if problems:
        raise PolicyError(problems)


def _chained(program: Program, roots: Iterable[int]) -> set[int]:
    """The steps that rules chain up to some conditions; what a leaf computes is not among them."""
    steps, chained, pending = program.steps, set[int](), list(roots)
    while pending:
        number = pending.pop()
        if number not in chained:
            chained.add(number)
            pending += [arg for arg in steps[number].args if _is_chained(steps[number], steps[arg])]
    return chained


def _is_chained(step: Step, part: Step) -> bool:
    """Whether rules chain from a part of a step to the step."""
    match step.op:
        case "name" | "and" | "or" | "not":
            return True
        case "select":
            return not isinstance(step.kind, BoolKind)
        case _:
            return step.op == "in" and part.op == "name" and cast(str, part.data).startswith(DECISION)


_Cases = tuple[tuple[Node | None, str], ...]
"""The outcomes of a decision, each with its condition; the last one has none."""


class _Rules(algebra.Algebra):
    """Rules, as they are made. A condition is a node, a decision the property of its outcome; numbers have no value."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.rules: dict[str, tuple[Sequence[Json], str, object]] = {}  # what it matches, and the fact that it asserts
        self.outcomes: dict[str, Fires] = {}  # of the rules that decide
        self.clauses: dict[str, Node] = {}
        self.leaves: list[Leaf] = []
        self.nodes = 0
        self.numbers = {step: number for number, step in enumerate(program.steps)}
        options = [name for step in program.steps if isinstance(step.kind, OptionKind) for name in step.kind.options]
        self.options = {option: number for number, option in enumerate(dict.fromkeys(options))}
        self.rule([{"z": 1}], "", None)  # something fires for every household: what never fired cannot be deleted

    def rule(self, patterns: Sequence[Json], fact: str, given: object = 1, outcome: Fires | None = None) -> None:
        """A rule that asserts a fact where each pattern matches some fact."""
        name = f"r{len(self.rules)}"
        self.rules[name] = (patterns, fact, given)
        if outcome is not None:
            self.outcomes[name] = outcome

    def chain(self, node: Node, truth: Truth, *parts: tuple[Node, Iterable[Truth]]) -> None:
        """A rule that asserts the truth of a node where each part has one of some truths.

        A node that is several parts has to fit them all, since one fact cannot be matched twice by one rule.
        """
        facts: dict[int, set[str]] = {}
        for part, truths in parts:
            fitting = {part.fact(each) for each in truths}
            facts[part.number] = facts.get(part.number, fitting) & fitting
        if all(facts.values()):
            patterns = [_one_of([{fact: 1} for fact in sorted(each)]) for each in facts.values()]
            self.rule(patterns, node.fact(truth))

    def node(self) -> Node:
        """A new node."""
        self.nodes += 1
        return Node(self.nodes)

    def leaf(self, step: Step, what: Any, holds: Sequence[Json] = (), fails: Sequence[Json] = ()) -> Node:
        """A condition that is computed here, by patterns of its number where it holds and where it fails."""
        node = self.node()
        self.leaves.append(Leaf(self.numbers[step], node.number, what))
        truth = f"k{node.number}"
        self.rule([_one_of([*holds, {truth: _TRUTHS[True]}])], node.fact(truth=True))
        self.rule([_one_of([*fails, {truth: _TRUTHS[False]}])], node.fact(truth=False))
        self.rule([{truth: _TRUTHS[None]}], node.fact(truth=None))
        return node

    @property
    def number(self) -> str:
        """The number of the next leaf."""
        return f"c{self.nodes + 1}"

    # Conditions

    def const(self, step: Step) -> Node | _Cases:
        if not isinstance(step.kind, BoolKind):
            return ((None, cast(str, step.data)),)
        node = self.node()
        self.rule([{"z": 1}], node.fact(cast(bool, step.data)))
        return node

    def input(self, step: Step) -> Node:
        return self.leaf(step, "truth")

    def name(self, step: Step, part: Any) -> Any:
        name = cast(str, step.data)
        if name.startswith(CLAUSE):
            self.clauses[name.removeprefix(CLAUSE)] = part
        return self.first(name.removeprefix(DECISION), part) if name.startswith(DECISION) else part

    def lt(self, step: Step, left: None, right: None) -> Node:  # noqa: ARG002  # numbers have no value
        return self.leaf(step, "difference", [{"$lt": {self.number: 0}}], [{"$gte": {self.number: 0}}])

    def eq(self, step: Step, left: None, right: None) -> Node:  # noqa: ARG002  # what is compared has no value
        if not isinstance(self.program.steps[step.args[0]].kind, IntKind):
            return self.leaf(step, "truth")
        return self.leaf(step, "difference", [{self.number: 0}], [{"$neq": {self.number: 0}}])

    def in_(self, step: Step, part: str | None) -> Node:
        number = part or self.number
        numbers = [self.options[option] for option in cast(tuple[str, ...], step.data)]
        differs: Json = {"$and": [{"$neq": {number: each}} for each in numbers]}
        return self.leaf(step, "outcome" if part else "option", [{number: each} for each in numbers], [differs])

    def any(self, step: Step, part: None) -> Node:  # noqa: ARG002  # what is asked of members has no value
        return self.leaf(step, "count", [{"$gt": {self.number: 0}}], [{self.number: 0}])

    def not_(self, _: Step, /, part: Node) -> Node:
        return evolve(part, negated=not part.negated)

    def and_(self, _: Step, /, *parts: Node) -> Node:
        return self.folded(parts, settles=False)

    def or_(self, _: Step, /, *parts: Node) -> Node:
        return self.folded(parts, settles=True)

    def folded(self, parts: Sequence[Node], *, settles: bool) -> Node:
        """All or any of some conditions, two at a time; one part that settles them is enough.

        The rules of a node exclude one another, so that exactly one fires.
        """
        goes_on = not settles
        so_far, *rest = parts
        for part in rest:
            node = self.node()
            self.chain(node, settles, (so_far, [settles]))
            self.chain(node, settles, (so_far, [goes_on, None]), (part, [settles]))
            self.chain(node, goes_on, (so_far, [goes_on]), (part, [goes_on]))
            self.chain(node, None, (so_far, [goes_on]), (part, [None]))
            self.chain(node, None, (so_far, [None]), (part, [goes_on, None]))
            so_far = node
        return so_far

    def select(self, step: Step, when: Node, then: Any, otherwise: Any) -> Node | _Cases:
        if isinstance(step.kind, BoolKind):  # a comparison of a number by cases
            return self.leaf(step, "truth")
        ((_, outcome),) = then
        return ((when, outcome), *otherwise)

    # Decisions

    def first(self, decision: str, cases: _Cases) -> str:
        """The property of a decision's outcome: the first one whose condition holds, where all earlier ones fail."""
        chosen, before = f"o{len(self.rules)}", "z"
        for when, option in cases:
            fires = Fires(decision=decision, outcome=option)
            earlier: Json = {before: 1}
            if when is None:
                self.rule([earlier], chosen, self.options[option], fires)
            else:
                self.rule([earlier, {when.fact(truth=True): 1}], chosen, self.options[option], fires)
                before = f"p{len(self.rules)}"
                self.rule([earlier, {when.fact(truth=False): 1}], before)
        return chosen

    def every(self, decision: str, outcomes: Iterable[str]) -> None:
        """The rules of a decision in which each outcome is decided on its own."""
        for id_ in outcomes:
            outcome = id_.removeprefix(f"{decision}.")
            self.rule([{self.clauses[id_].fact(truth=True): 1}], "", None, Fires(decision=decision, outcome=outcome))

    # Numbers, which are computed here

    def _computed(self, step: Step, /, *_: Any, **__: Any) -> None:
        raise TypeError(step.op)

    add = mul = div = min = max = table = sum = _computed

    # What is handed to durable-rules

    def definitions(self, matched: Collection[str]) -> dict[str, Json]:
        """The rules as JSON; a fact that no rule matches is not asserted."""
        return {
            name: {
                "all": [{f"m{number}": pattern} for number, pattern in enumerate(patterns)],
                "run": f"{name}|{fact if fact in matched else ''}|{json.dumps(given)}",
            }
            for name, (patterns, fact, given) in self.rules.items()
        }

    def meanings(self) -> FrozenMapping[str, tuple[Fires, ...]]:
        """What it means that a rule fires, of those that decide an outcome or the truth of a clause."""
        truths: dict[str, dict[Truth, list[str]]] = {}
        for id_, node in self.clauses.items():
            for truth in (True, False, None):
                truths.setdefault(node.fact(truth), {}).setdefault(truth, []).append(id_)
        found = {
            name: tuple(Fires(tuple(ids), truth) for truth, ids in truths.get(fact, {}).items())
            for name, (_, fact, _) in self.rules.items()
        }
        found |= {name: (fires,) for name, fires in self.outcomes.items()}
        return FrozenMapping((name, fires) for name, fires in found.items() if fires)


def _one_of(patterns: Sequence[Json]) -> Json:
    """The pattern of a fact that fits one of several."""
    return patterns[0] if len(patterns) == 1 else {"$or": patterns}


def _names(patterns: Iterable[Json]) -> set[str]:
    """The properties that patterns look at."""
    found: set[str] = set()
    for pattern in patterns:
        for key, inner in pattern.items():
            if key in ("$or", "$and"):
                found |= _names(cast(list[Json], inner))
            elif key.startswith("$"):
                found |= set(cast(Json, inner))
            else:
                found.add(key)
    return found
