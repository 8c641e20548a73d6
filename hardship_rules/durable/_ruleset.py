"""A policy becomes a durable-rules ruleset: clauses assert their truth or falsehood, and outcomes chain on those."""

import json
from collections import Counter
from typing import assert_never, cast

from attrs import field, frozen

from hardship_rules.core.expr import (
    Add,
    AllOf,
    AnyOf,
    Choose,
    Clause,
    Compare,
    Constant,
    Divide,
    Elapsed,
    Expr,
    Extreme,
    Multiply,
    Name,
    Negate,
    Not,
    OneOf,
    Option,
    OverMembers,
    Round,
)
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import ChoiceKind
from hardship_rules.core.policy import Decision, Policy, Term
from hardship_rules.core.problem import Location, PolicyError, Problem
from hardship_rules.core.units import kind_of_name
from hardship_rules.engine.evaluate import Scope, value
from hardship_rules.engine.whole import WholePolicy, whole

MOST_RULES = 500  # durable-rules hangs while it registers 513
MOST_MATCHES = 60  # more than 64 rules that match one fact are its error 303
_SIGNS = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte", "!=": "$neq"}
_OPPOSITES = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}

_NOWHERE = Location("", 1, 1)

Json = dict[str, object]


@frozen
class Asserted:
    """One whole number or yes-or-no that is worked out here and asserted under a short name."""

    property: str
    expr: Expr
    as_what: str  # truth, difference, option, count

    def of(self, scope: Scope, options: FrozenMapping[str, int]) -> int | bool | None:
        """What is asserted of a household's scope over whole numbers; None where it is not known."""
        expr = self.expr
        match self.as_what:
            case "difference":
                left, right = (_whole_number(value(side, scope), options) for side in (expr.left, expr.right))  # type: ignore[union-attr]  # a comparison
                return None if left is None or right is None else left - right
            case "count":
                over = cast(OverMembers, expr)
                truths = [value(cast(Expr, over.where), member) for member in scope.members]
                counted = truths.count(over.what == "some")
                return None if None in truths else counted
            case "option":
                return _whole_number(value(cast(OneOf, expr).part, scope), options)
            case _:
                truth = value(expr, scope)
                return truth if isinstance(truth, bool) else None


def _whole_number(found: object, options: FrozenMapping[str, int]) -> int | None:
    if isinstance(found, str):
        return options[found]
    return found if isinstance(found, int) else None


@frozen
class Fires:
    """What it means that a rule fires: that a clause holds or does not, or that a decision comes to an outcome."""

    clauses: tuple[str, ...] = ()
    holds: bool = True
    decision: str = ""
    outcome: str = ""


@frozen
class Ruleset:
    """The definitions for durable-rules, what is asserted of a household, and what each rule's firing means."""

    name: str
    definitions: str = field(repr=False)  # JSON
    asserted: tuple[Asserted, ...] = field(repr=False)
    meanings: FrozenMapping[str, Fires] = field(repr=False)
    options: FrozenMapping[str, int] = field(repr=False)  # every option by a number
    whole: WholePolicy = field(repr=False)


def ruleset(policy: Policy) -> Ruleset:
    """The ruleset of a policy; raises `PolicyError` for one that durable-rules cannot hold."""
    return _Builder(policy).ruleset()


def collisions(names: list[str]) -> list[tuple[str, str]]:
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


class _Builder:
    """Rules, as they are made: each fact that one asserts is matched by some other, or is not asserted."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.made = whole(policy)
        self.rules: dict[str, tuple[list[Json], str, object]] = {}  # what it matches, and the property it asserts
        self.meanings: dict[str, Fires] = {}
        self.asserted: list[Asserted] = []
        self.nodes = 0
        self.shared: dict[Expr, int] = {}
        self.labels: dict[int, list[str]] = {}
        kinds = [kind_of_name(policy, name) for name in policy.names]
        options = [option for kind in kinds if isinstance(kind, ChoiceKind) for option in kind.options]
        self.options = FrozenMapping((option, number) for number, option in enumerate(dict.fromkeys(options)))

    def ruleset(self) -> Ruleset:
        self.rule([{"z": 1}], "", None)  # something fires for every household: what never fired cannot be deleted
        for number, decision in enumerate(self.made.policy.decisions.values()):
            self.decision(decision, f"u{number}_", f"o{number}")
        for rule, fires in self.meanings.items():
            node = self.rules[rule][1]
            if node[:1] in ("t", "f") and node[1:].isdecimal():
                self.meanings[rule] = Fires(tuple(self.labels.get(int(node[1:]), ())), fires.holds)
        matched = Counter(name for patterns, _, _ in self.rules.values() for name in _names(patterns))
        self.bounded(matched)
        name = f"p{self.policy.fingerprint[3:19]}"
        rules = {
            rule: {"all": _joined(patterns), "run": f"{rule}|{fact if matched[fact] else ''}|{json.dumps(given)}"}
            for rule, (patterns, fact, given) in self.rules.items()
        }
        return Ruleset(
            name=name,
            definitions=json.dumps({name: rules}, separators=(",", ":")),
            asserted=tuple(self.asserted),
            meanings=FrozenMapping(self.meanings),
            options=self.options,
            whole=self.made,
        )

    def bounded(self, matched: Counter[str]) -> None:
        most, times = max(matched.items(), key=lambda each: each[1])
        problems = []
        if len(self.rules) > MOST_RULES:
            values = {"what": str(len(self.rules)), "most": str(MOST_RULES)}
            problems.append(Problem("durable_rules", given=self.policy.name, values=values))
        if times > MOST_MATCHES:
            values = {"what": str(times), "most": str(MOST_MATCHES)}
            problems.append(Problem("durable_matches", given=most, values=values))
        for one, other in collisions([*matched, "sid", "id"]):
            problems.append(Problem("durable_collision", given=one, values={"other": other}))
        if problems:
            raise PolicyError(problems)

    def rule(self, patterns: list[Json], fact: str, given: object, fires: Fires | None = None) -> None:
        name = f"r{len(self.rules)}"
        self.rules[name] = (patterns, fact, given)
        if fires is not None:
            self.meanings[name] = fires

    # Nodes: t7 is asserted where the seventh condition holds, f7 where it does not

    def node(self) -> int:
        self.nodes += 1
        return self.nodes

    def either(self, node: int, holds: Json, fails: Json) -> int:
        self.rule([holds], f"t{node}", 1, Fires(holds=True))
        self.rule([fails], f"f{node}", 1, Fires(holds=False))
        return node

    def given(self, expr: Expr, as_what: str) -> str:
        name = f"c{len(self.asserted)}"
        self.asserted.append(Asserted(name, expr, as_what))
        return name

    def condition(self, expr: Expr) -> int:
        """The node of a condition; a condition that stands in several places is one node."""
        if isinstance(expr, Clause):
            node = self.condition(expr.when)
            self.labels.setdefault(node, []).append(expr.id)
            return node
        if expr not in self.shared:
            self.shared[expr] = self.new(expr)
        return self.shared[expr]

    def new(self, expr: Expr) -> int:
        match expr:
            case Name(name):
                definition = self.made.policy.names[name]
                if isinstance(definition, Term):
                    return self.condition(definition.expr)
                return self.truth(expr)
            case Constant():
                return self.truth(expr)
            case Compare(left, sign, right):
                return self.compare(expr, left, sign, right)
            case OneOf(part, options):
                numbers = [self.options[cast(Option, option).option] for option in options]
                name = self.outcome_of(part) or self.given(expr, "option")
                return self.either(
                    self.node(),
                    {"$or": [{name: number} for number in numbers]},
                    {"$and": [{"$neq": {name: number}} for number in numbers]},
                )
            case OverMembers(what):
                name = self.given(expr, "count")
                some, none = {"$gt": {name: 0}}, {name: 0}
                return self.either(self.node(), *((some, none) if what == "some" else (none, some)))
            case Not(part):
                return self.turned(self.condition(part))
            case AllOf(clauses):
                return self.folded([self.condition(clause) for clause in clauses], stops="f", goes_on="t")
            case AnyOf(clauses):
                return self.folded([self.condition(clause) for clause in clauses], stops="t", goes_on="f")
            case (
                Option()
                | Clause()
                | Add()
                | Multiply()
                | Divide()
                | Choose()
                | Negate()
                | Extreme()
                | Round()
                | Elapsed()
            ):
                raise TypeError(expr)
            case _:
                assert_never(expr)

    def truth(self, expr: Expr) -> int:
        name = self.given(expr, "truth")
        return self.either(self.node(), {name: True}, {name: False})

    def compare(self, expr: Compare, left: Expr, sign: str, right: Expr) -> int:
        for side, other in ((left, right), (right, left)):
            outcome = self.outcome_of(side)
            if outcome and isinstance(other, Option):
                number = self.options[other.option]
                same, differs = {outcome: number}, {"$neq": {outcome: number}}
                return self.either(self.node(), *((same, differs) if sign == "==" else (differs, same)))
        name = self.given(expr, "difference")
        return self.either(self.node(), _beside_zero(name, sign), _beside_zero(name, _OPPOSITES[sign]))

    def outcome_of(self, expr: Expr) -> str:
        """The property under which an earlier decision's outcome is asserted, where an expression is one."""
        decisions = list(self.made.policy.decisions)
        return f"o{decisions.index(expr.name)}" if isinstance(expr, Name) and expr.name in decisions else ""

    def turned(self, part: int) -> int:
        node = self.node()
        self.rule([{f"f{part}": 1}], f"t{node}", 1, Fires(holds=True))
        self.rule([{f"t{part}": 1}], f"f{node}", 1, Fires(holds=False))
        return node

    def folded(self, nodes: list[int], *, stops: str, goes_on: str) -> int:
        """All or any of some conditions, two at a time, so that exactly one rule fires and never many match."""
        if not nodes:
            return self.truth(Constant(stops == "f", _NOWHERE))
        whole_so_far, *rest = dict.fromkeys(nodes)  # one fact cannot be matched twice by one rule
        for part in rest:
            node = self.node()
            before: Json = {f"{goes_on}{whole_so_far}": 1}
            for fact in (goes_on, stops):
                self.rule([before, {f"{fact}{part}": 1}], f"{fact}{node}", 1, Fires(holds=fact == "t"))
            self.rule([{f"{stops}{whole_so_far}": 1}], f"{stops}{node}", 1, Fires(holds=stops == "t"))
            whole_so_far = node
        return whole_so_far

    def decision(self, decision: Decision, undecided: str, decided: str) -> None:
        """An outcome fires when its clause holds and no earlier one did; of an `every`, whenever it holds."""
        for number, outcome in enumerate(decision.outcomes):
            node = self.condition(cast(Clause, outcome.when))
            fires = Fires(decision=decision.name, outcome=outcome.id)
            if decision.every:
                self.rule([{f"t{node}": 1}], "", None, fires)
                continue
            so_far: list[Json] = [{f"{undecided}{number}": 1}] if number else []
            self.rule([*so_far, {f"t{node}": 1}], decided, self.options[outcome.id], fires)
            self.rule([*so_far, {f"f{node}": 1}], f"{undecided}{number + 1}", 1)
        if decision.otherwise is not None:
            fires = Fires(decision=decision.name, outcome=decision.otherwise.id)
            last: Json = {f"{undecided}{len(decision.outcomes)}": 1}
            self.rule([last], decided, self.options[decision.otherwise.id], fires)


def _beside_zero(name: str, sign: str) -> Json:
    return {name: 0} if sign == "==" else {_SIGNS[sign]: {name: 0}}


def _joined(patterns: list[Json]) -> list[Json]:
    """The patterns of one rule, as durable-rules wants them: one message each."""
    return [{f"m{number}": pattern} for number, pattern in enumerate(patterns)]


def _names(patterns: list[Json]) -> set[str]:
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
