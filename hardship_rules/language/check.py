"""Check a loaded policy: names, kinds, cycles, tables, and divisors that may be zero."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import cast

from attrs import evolve

from hardship_rules.core.expr import Choose, Clause, Divide, Expr, Name, OverMembers, names_in, parts_of, walk
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Number, high, low
from hardship_rules.core.kinds import BOOLEAN, ChoiceKind, NumberKind
from hardship_rules.core.policy import Decision, Definition, Fact, Parameter, Policy, Property, exprs_of, used_by
from hardship_rules.core.problem import MOST_PROBLEMS, KeyPath, Location, PolicyError, Problem, nearest, options_known
from hardship_rules.core.units import is_whole, kind_of_name
from hardship_rules.engine.evaluate import Lowered, Scope, value
from hardship_rules.language._typecheck import TypeChecker
from hardship_rules.language.keys import RESERVED_TITLES

IDS: KeyPath = ("decisions",)
"""The key of `Policy.formerly` under which the earlier ids of outcomes and clauses are."""
_LONGEST_CHAIN = 100  # definitions that use one another in turn


def check(policy: Policy) -> Policy:
    """The policy with resolved options and order of evaluation; raises `PolicyError` with every problem."""
    checker = _Checker(policy)
    checked = checker.policy_with_kinds()
    if not checker.problems:
        checker.check_bounds(checked)
    if checker.problems:
        raise PolicyError(checker.problems)
    return checked


class _Checker:
    """Checks one policy; collects problems."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.problems: list[Problem] = []
        self.of_members = self.names_of_members()

    def problem(
        self, code: str, path: KeyPath, at: Definition | Location | None, given: str = "", **values: str
    ) -> None:
        location = at if at is None or isinstance(at, Location) else at.at
        self.problems.append(Problem(code, path, given=given, values=values, location=location))
        if len(self.problems) > MOST_PROBLEMS:
            raise PolicyError(self.problems)

    def names_of_members(self) -> frozenset[str]:
        """Member facts, terms of members, and the parameters that depend on one of them."""
        policy = self.policy
        names = {*policy.members.facts, *(name for name, term in policy.terms.items() if term.of_member)}
        return frozenset(names | {name for name, parameter in policy.parameters.items() if names & set(parameter.by)})

    # Names, kinds and order

    def policy_with_kinds(self) -> Policy:
        """The policy with resolved options and order of evaluation; unusable if there are problems."""
        policy = self.policy
        self.check_names()
        self.check_tables()
        self.problems += _ambiguous_formers(policy)
        self.check_shown_and_category()
        types = TypeChecker(policy, self.of_members)
        facts = {name: self.fact(types, fact, "household") for name, fact in policy.facts.items()}
        member_facts = {name: self.fact(types, fact, "members") for name, fact in policy.members.facts.items()}
        must = tuple(
            cast(Clause, types.checked(clause, BOOLEAN, ("must",), in_member=False, before_terms=True))
            for clause in policy.must
        )
        terms = {
            name: evolve(term, expr=types.checked(term.expr, term.kind, ("terms", name), in_member=term.of_member))
            for name, term in policy.terms.items()
        }
        decisions = {name: self.decision(types, decision) for name, decision in policy.decisions.items()}
        properties = {name: self.property(types, stated) for name, stated in policy.properties.items()}
        self.problems += types.problems
        return evolve(
            policy,
            facts=FrozenMapping(facts),
            members=evolve(policy.members, facts=FrozenMapping(member_facts)),
            must=must,
            terms=FrozenMapping(terms),
            decisions=FrozenMapping(decisions),
            properties=FrozenMapping(properties),
            order=self.order(),
            fact_order=self.fact_order(),
            of_members=self.of_members,
        )

    def fact(self, types: TypeChecker, fact: Fact, section: str) -> Fact:
        if fact.if_absent is None:
            return fact
        path = (section, fact.name, "if absent")
        expr = types.checked(fact.if_absent, fact.kind, path, in_member=fact.of_member, before_terms=True)
        if isinstance(expr, Choose) and expr.otherwise is None:
            expr = evolve(expr, otherwise=Name(fact.name, expr.at))  # if no case holds, it remains unknown
        return evolve(fact, if_absent=expr)

    def property(self, types: TypeChecker, stated: Property) -> Property:
        """A property with its decision, by default the category; checks its facts and outcomes."""
        policy, path = self.policy, ("properties", stated.name)
        name = stated.decision or next(iter(policy.decisions), "")
        decision = policy.decisions.get(name)
        if decision is None:
            self.problem("unknown_name", path, stated.at, name, **nearest(name, policy.decisions))
        elif decision.every and stated.kind == "raising":
            self.problem("property_every", path, stated.at, name)
        elif missing := [outcome for outcome in stated.outcomes if outcome not in decision.by_id]:
            self.problem("unknown_option", path, stated.at, missing[0], **options_known(missing[0], decision.options))
        for fact in stated.facts:
            definition = policy.names.get(fact)
            if not isinstance(definition, Fact):
                known = [*policy.facts, *policy.members.facts]
                self.problem("unknown_name", path, stated.at, fact, **nearest(fact, known))
            elif not isinstance(definition.kind, NumberKind):
                self.problem("property_fact", path, stated.at, fact)
        when = stated.when and cast(Clause, types.checked(stated.when, BOOLEAN, path, in_member=False))
        return evolve(stated, decision=name, when=when)

    def decision(self, types: TypeChecker, decision: Decision) -> Decision:
        outcomes = []
        for outcome in decision.outcomes:
            path = ("decisions", decision.name, outcome.id)
            when = cast(Clause, types.checked(cast(Clause, outcome.when), BOOLEAN, path, in_member=False))
            outcomes.append(evolve(outcome, when=when))
        return evolve(decision, outcomes=tuple(outcomes))

    def sections(self) -> dict[str, Mapping[str, Definition]]:
        policy = self.policy
        return {
            "household": policy.facts,
            "members": policy.members.facts,
            "parameters": policy.parameters,
            "readings": policy.readings,
            "terms": policy.terms,
            "decisions": policy.decisions,
        }

    def check_names(self) -> None:
        """Check that names and titles are unique, and that no option is a name."""
        seen: dict[str, str] = {}
        for section, definitions in self.sections().items():
            for name, definition in definitions.items():
                if name in seen:
                    self.problem("name_taken", (section, name), definition, name, section=seen[name])
                seen[name] = section
        for section, definitions in self.sections().items():
            for name, definition in definitions.items():
                if isinstance(definition, Decision):
                    options: Mapping[str, str] = definition.options
                elif isinstance(definition.kind, ChoiceKind):
                    options = definition.kind.options
                else:
                    continue
                for option in options:
                    if option in seen:
                        self.problem("option_is_name", (section, name), definition, option, section=seen[option])
                self.check_titles(options, (section, name), definition)
        policy = self.policy
        sections: tuple[tuple[KeyPath, Mapping[str, Fact]], ...] = (
            (("household",), policy.facts),
            (("members", "facts"), policy.members.facts),
        )
        for path, facts in sections:
            self.check_titles({name: fact.title for name, fact in facts.items()}, path, None)

    def check_titles(self, titles: Mapping[str, str], path: KeyPath, definition: Definition | None) -> None:
        """Check that the titles of a definition's options, or of facts and reserved keys (None), are unique."""
        reserved: dict[str, str] = {}
        if definition is None:
            reserved = {key: name for name, title in RESERVED_TITLES.items() for key in (name, title)}
        taken = dict(reserved)
        for name, title in titles.items():
            at = definition or self.policy.names.get(name)
            if name in reserved:
                self.problem("title_taken", (*path, name), at, name, other=reserved[name])
            other = taken.get(title) or (title if title in titles and title != name else None)
            if other is not None:
                self.problem("title_taken", (*path, name), at, title, other=other)
            taken[title] = name

    def check_shown_and_category(self) -> None:
        """Check that shown figures are the household's, and that the category has one outcome."""
        policy = self.policy
        for name in policy.show:
            if name in self.of_members:
                self.problem("member_name_outside", ("show",), policy.names[name], name)
        if policy.decisions and policy.category.every:
            self.problem("category_every", ("decisions", policy.category.name), policy.category, policy.category.name)

    def order(self) -> tuple[str, ...]:
        """Parameters with tables, terms and decisions, each after what it uses."""
        policy = self.policy
        graph: dict[str, list[str]] = {}
        for name, parameter in policy.parameters.items():
            if parameter.by:
                graph[name] = list(parameter.by)
        for name, term in policy.terms.items():
            graph[name] = list(names_in(term.expr))
        earlier: set[str] = set()
        for name, decision in policy.decisions.items():
            for used in used_by(decision):
                if used in policy.decisions and used not in earlier:
                    self.problem("decision_not_earlier", ("decisions", name), decision, used)
            graph[name] = [used for used in used_by(decision) if used != name]
            earlier.add(name)
        return self.in_order(graph)

    def fact_order(self) -> tuple[str, ...]:
        """Facts, each after those that its default uses."""
        facts = {**self.policy.facts, **self.policy.members.facts}
        return self.in_order({name: list(used_by(fact)) for name, fact in facts.items()})

    def in_order(self, graph: dict[str, list[str]]) -> tuple[str, ...]:
        """The names of a graph, each after those that it uses; empty, with a problem, if there is a cycle."""
        within = {name: [used for used in dict.fromkeys(names) if used in graph] for name, names in graph.items()}
        try:
            order = tuple(TopologicalSorter(within).static_order())
        except CycleError as error:
            cycle = list(reversed(error.args[1]))
            part = self.policy.names[cycle[0]]
            self.problem("cycle", (cycle[0],), part, cycle[0], cycle=" → ".join(cycle))
            return ()
        chain: dict[str, int] = {}
        for name in order:
            chain[name] = 1 + max((chain[used] for used in within[name]), default=0)
        if chain and (longest := max(chain, key=lambda name: chain[name])) and chain[longest] > _LONGEST_CHAIN:
            self.problem("chain_too_long", (longest,), self.policy.names[longest], longest, most=str(_LONGEST_CHAIN))
        return order

    # Tables

    def check_tables(self) -> None:
        """Check that tables are complete, and that their values are within the bounds of the parameter."""
        for name, parameter in self.policy.parameters.items():
            path = ("parameters", name)
            kinds = [self.selector_kind(parameter, by, path) for by in parameter.by]
            if not parameter.values or None in kinds:
                continue
            for place, (by, kind) in enumerate(zip(parameter.by, kinds, strict=True)):
                self.check_covered(parameter, place, by, kind, path)
            least, most = parameter.kind.low, parameter.kind.high
            for keys, number in parameter.values.items():
                if number is None:
                    continue
                if least is not None and number < least:
                    self.problem("value_outside", path, parameter.places[keys], str(number), bound=f">= {least}")
                if most is not None and number > most:
                    self.problem("value_outside", path, parameter.places[keys], str(number), bound=f"<= {most}")

    def selector_kind(self, parameter: Parameter, by: str, path: KeyPath) -> object:
        """The kind of a name in `by`: a choice or a whole number. None, with a problem, for anything else."""
        names = self.policy.names
        if by not in names or isinstance(names[by], Parameter):
            self.problem("unknown_name", (*path, "by"), parameter, by, **nearest(by, names))
            return None
        kind = kind_of_name(self.policy, by)
        if isinstance(kind, ChoiceKind):
            return kind
        if isinstance(kind, NumberKind) and kind.decimals == 0:
            return kind
        self.problem("by_not_choice", (*path, "by"), parameter, by)
        return None

    def check_covered(self, parameter: Parameter, place: int, by: str, kind: object, path: KeyPath) -> None:
        """Check that a table has a value for each option or number of one dimension, the name in `by` at `place`.

        Whether the first number is low enough depends on bounds: `check_lowest_keys`.
        """
        keys_of_row: dict[tuple[str | int, ...], set[str | int]] = {}
        for keys in parameter.values:
            keys_of_row.setdefault((*keys[:place], *keys[place + 1 :]), set()).add(keys[place])
        for row, given in keys_of_row.items():
            before = row[:place]
            if isinstance(kind, ChoiceKind):
                for key in given - set(kind.options):
                    values = options_known(str(key), kind.options)
                    self.problem(
                        "unknown_option", (*path, "values"), parameter.places[*before, key], str(key), **values
                    )
                missing = [option for option in kind.options if option not in given]
            else:
                last = parameter.last[place]
                if last is None or not all(isinstance(key, int) for key in given):
                    self.problem("values_by_number", (*path, "values"), parameter.places[before], by)
                    return
                numbers = range(min(cast(set[int], given)), last + 1)
                missing = [str(number) for number in numbers if number not in given]
                missing += [str(key) for key in given if cast(int, key) > last]
            for option in missing:
                self.problem("value_missing", (*path, "values"), parameter.places[before], option, by=by)

    # Bounds: the evaluation of a household with no known facts

    def check_bounds(self, policy: Policy) -> None:
        """Check divisors and the numbers that select values; a definition that uses an unsound one is not evaluated."""
        steps = Lowered(policy)
        scope = steps.any_household(chosen=False)
        unsound: set[str] = set()
        self.check_divisors(policy, "must", policy.must, scope)
        for fact in (*policy.facts.values(), *policy.members.facts.values()):
            if fact.if_absent is not None:
                inside = scope.members[0] if fact.of_member else scope
                self.check_divisors(policy, fact.name, [fact.if_absent], inside)
        for name in policy.order:
            definition = policy.names[name]
            uses = set(used_by(definition))
            if uses & unsound:
                unsound.add(name)
                continue
            inside = scope.members[0] if name in policy.of_members else scope
            if isinstance(definition, Parameter):
                is_sound = self.check_lowest_keys(definition, inside)
            else:
                is_sound = self.check_divisors(policy, name, exprs_of(definition), inside)
            if not is_sound:
                unsound.add(name)
                continue
            steps.lowering.define(name)
        for name, stated in policy.properties.items():
            if stated.when is not None and not set(names_in(stated.when)) & unsound:
                self.check_divisors(policy, name, [stated.when], scope)

    def check_lowest_keys(self, parameter: Parameter, scope: Scope) -> bool:
        """Whether each number that selects a value is never below the first key of the table."""
        sound = True
        for place, by in enumerate(parameter.by):
            selector = scope[by]
            if isinstance(kind_of_name(self.policy, by), NumberKind) and not is_whole(
                Name(by, parameter.at), self.policy
            ):
                self.problem("by_not_choice", ("parameters", parameter.name, "by"), parameter, by)
                sound = False
            first = min((keys[place] for keys in parameter.values if isinstance(keys[place], int)), default=None)
            if isinstance(first, int) and low(cast(Number, selector)) < first:
                values = {"by": by, "least": str(low(cast(Number, selector)))}
                self.problem("values_start_late", ("parameters", parameter.name), parameter, str(first), **values)
                sound = False
        return sound

    def check_divisors(self, policy: Policy, name: str, exprs: Iterable[Expr], scope: Scope) -> bool:
        """Whether every divisor is positive for all households."""
        sound = True
        for expr in exprs:
            inner = scope.members[0] if isinstance(expr, OverMembers) and scope.outer is None else scope
            if not self.check_divisors(policy, name, parts_of(expr), inner):
                sound = False
            elif isinstance(expr, Divide):
                by = cast(Number, value(expr.by, scope))
                if low(by) <= 0:
                    values = {"least": str(low(by)), "most": str(high(by))}
                    self.problems.append(
                        Problem("divisor_not_positive", (name,), given=name, values=values, location=expr.by.at)
                    )
                    sound = False
        return sound


# --- Ids and earlier names ---


def ids(policy: Policy) -> dict[str, Location]:
    """The location of every clause and outcome, by id."""
    locations: dict[str, Location] = {}
    conditions = [*policy.must]
    for definition in policy.names.values():
        conditions += (expr for expr in exprs_of(definition) if isinstance(expr, Clause))
    for condition in conditions:
        locations.update((clause.id, clause.at) for clause in walk(condition) if isinstance(clause, Clause))
    for decision in policy.decisions.values():
        locations.update((f"{decision.name}.{name}", outcome.at) for name, outcome in decision.by_id.items())
    return locations


def current_id(policy: Policy, word: str) -> str:
    """The current id for an id, which may be an earlier one or inside a renamed clause or outcome."""
    formerly = policy.formerly.get(IDS, {})
    steps = word.split(".")
    for count in range(len(steps), 0, -1):
        former = formerly.get(".".join(steps[:count]))
        if former is not None:
            return ".".join((former.new, *steps[count:]))
    return word


def _ambiguous_formers(policy: Policy) -> Iterator[Problem]:
    """The earlier names that are ambiguous or mean something else today."""
    current: dict[KeyPath, Mapping[str, object]] = {IDS: ids(policy)}
    for of, facts in ((("household",), policy.facts), (("members", "facts"), policy.members.facts)):
        titles = {fact.title: fact.name for fact in facts.values()}
        reserved = {**RESERVED_TITLES, **{title: title for title in RESERVED_TITLES.values()}}
        current[of] = {**policy.names, **titles, **reserved}
        for fact in facts.values():
            if isinstance(fact.kind, ChoiceKind):
                options = fact.kind.options
                current[fact.name, "one of"] = {
                    **{name: name for name in options},
                    **{title: name for name, title in options.items()},
                }
    seen: dict[tuple[KeyPath, str], str] = {}
    for former in policy.formers:
        first = seen.setdefault((former.of, former.old), former.new)
        meaning = current[former.of].get(former.old)
        if meaning is not None or first != former.new:
            other = meaning if isinstance(meaning, str) else first if meaning is None else former.old
            values = {"now": former.new, "other": other}
            yield Problem("formerly_taken", (*former.of, former.new), former.old, values, location=former.at)
