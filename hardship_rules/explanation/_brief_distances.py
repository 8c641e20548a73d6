"""The distances of a brief: the nearest changes that give another verdict, and the outcomes that are ruled out."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import cast

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.break_points import lines_from
from hardship_rules.assessment.counterfactual import Change, Total, totals
from hardship_rules.assessment.defaults import without_facts
from hardship_rules.assessment.outcomes import Figure, Reason
from hardship_rules.assessment.plan import Plans
from hardship_rules.assessment.value_search import EFFORT, NearestAssumed, ValueSearch, nearest_assumed_of
from hardship_rules.core.expr import Clause
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Outcome
from hardship_rules.engine.compiled import compiled_policy
from hardship_rules.engine.evaluate import Scope, lowered
from hardship_rules.explanation._brief_words import BriefPart, Entry
from hardship_rules.explanation.wording import fact_of, one_line_each

_MOST_CLAUSES = 3  # clauses named for each outcome that is ruled out


class Distances(BriefPart):
    """The other categories of one assessment: the changes that give them, and those that are ruled out."""

    # Counterfactuals

    @cached_property
    def search(self) -> ValueSearch:
        """The search for the nearest values, with one limit of effort for the whole brief."""
        return ValueSearch(self.assessment.outcomes, most=EFFORT)

    @cached_property
    def nearest_default(self) -> NearestAssumed | None:
        """The default that is nearest to changing the category; None where the search was cut."""
        if self.assessment.category is None:
            return None
        nearest = nearest_assumed_of(self.assessment.outcomes, self.search)
        return None if self.search.is_cut else nearest

    def distances(self) -> Iterator[Entry]:
        """For each other category the changes that give it, the nearest first."""
        if self.assessment.category is None:
            return
        groups: dict[tuple[Outcome, ...], list[tuple[Exact, str]]] = {}
        changes = tuple(self.changes())
        is_cut = self.search.is_cut  # before other searches use up its limit
        for change, title in self.titled(changes, totals(self.assessment, changes)):
            by = cast(Exact, change.by)
            size = max(by, -by)
            amount = self.words.value(change.fact, size)
            sentence = self.say["higher_by" if by > 0 else "lower_by"].format(what=title, amount=amount)
            groups.setdefault(change.possible, []).append((size, sentence))
        for possible, group in sorted(groups.items(), key=lambda item: min(item[1])[0]):
            items = tuple(sentence for _, sentence in sorted(group, key=lambda item: item[0]))
            end = self.say["gives" if len(possible) == 1 else "may_give"]
            yield Entry(self.describe.titles(possible), items, self.say["or"], end)
        if is_cut:
            yield Entry("", (self.say["distance_cut"],))

    def changes(self) -> Iterator[Change]:
        """For each given number the nearest lower and the nearest higher value that give another category."""
        for path in self.words.given_numbers:
            fact, now = fact_of(self.policy, path), self.words.fact_value(path)
            for line in lines_from(cast(NumberKind, fact.kind), cast(Exact, now)):
                nearest = self.search.nearest_given(path, line)
                if nearest is not None:
                    yield Change(path, fact, now, nearest[0], Assessment(nearest[2]))

    def titled(self, changes: tuple[Change, ...], grouped: tuple[Total, ...]) -> Iterator[tuple[Change, str]]:
        """One change of each total with the total's title; without totals, the nearest change of a fact."""
        for total in grouped:
            yield total.changes[0], total.term.title
        if not grouped and changes:
            nearest = min(changes, key=lambda change: abs(cast(Fraction, change.by)))
            yield nearest, self.words.fact(nearest.path, nearest.fact.title)

    # Outcomes that are ruled out

    def ruled_out(self) -> Iterator[Entry]:
        """The outcomes that are ruled out, with the clauses that did it.

        Comparisons of shown figures are left out: the first sentence has them.
        """
        decided = self.assessment.decided
        clauses: dict[str, list[str]] = {}
        for reason in decided.reasons:
            if reason.role == "stopped" and not self.words.compares_shown_figure(reason):
                clauses.setdefault(reason.outcome, []).append(self.clause(reason))
        words = {
            outcome: tuple(dict.fromkeys((*self.by_default(outcome), *clauses[outcome.id])))
            for outcome in decided.decision.outcomes
            if outcome.id in clauses and outcome not in decided.possible
        }
        if words:
            label = "" if self.assessment.category is None else self.say["ruled_out_label"]
            first, *shorter = (
                one_line_each(self.outcome(outcome, texts, most) for outcome, texts in words.items())
                for most in range(_MOST_CLAUSES, -1, -1)
            )
            yield Entry(label, first, self.say["sentences"], shorter=tuple(shorter))

    def outcome(self, outcome: Outcome, clauses: tuple[str, ...], most: int) -> str:
        """An outcome with at most `most` of the clauses that ruled it out, and the number of all."""
        if most == 0:
            return outcome.title
        words = self.say["sentences"].join(clauses[:most])
        if len(clauses) > most:
            words += self.say["list"] + self.say["more"].format(count=len(clauses))
        return self.say["with_words"].format(title=outcome.title, words=words)

    def clause(self, reason: Reason) -> str:
        """A clause with the household's figure."""
        words = self.describe.words(reason)
        if not isinstance(reason.left, Figure) or reason.left.exact is None:
            return words
        return self.say["with_amount"].format(title=words, amount=self.describe.amount(reason.left))

    def by_default(self, outcome: Outcome) -> Iterator[str]:
        """The first default without which the outcome would not be ruled out, with the fact that it replaces."""
        clause = cast(Clause, outcome.when)
        if self.without_defaults.value(clause) is False:
            return
        for path in Plans(self.without_defaults.run).of(lowered(self.policy).clause(clause.id)).paths:
            if path in self.assessment.household.assumed:
                fact = fact_of(self.policy, path)
                title, default = self.words.fact(path, fact.title), self.words.value(fact, self.words.fact_value(path))
                yield self.say["by_default"].format(title=title, value=default)
                return

    @cached_property
    def without_defaults(self) -> Scope:
        """The household with every fact that took a default unknown."""
        outcomes = self.assessment.outcomes
        return without_facts(compiled_policy(self.policy), outcomes.rows, outcomes.household.assumed)
