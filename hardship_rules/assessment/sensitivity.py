"""Sensitivity of a verdict: the readings and unverified provisions that would change the category."""

from collections.abc import Iterator
from functools import cached_property

from attrs import field, frozen

from hardship_rules.assessment._completions import Trials, completions
from hardship_rules.assessment.assessment import Assessment, require_assessment
from hardship_rules.assessment.defaults import defaults_of
from hardship_rules.assessment.household import given_names, left_out
from hardship_rules.core.expr import VERIFIED, Clause, Provenance
from hardship_rules.core.policy import Decision, Outcome, Policy, Reading, Term, exprs_of, per_policy
from hardship_rules.core.variants import provisions, without_clause
from hardship_rules.engine.compile import TRUE
from hardship_rules.engine.compiled import Result, Variant, compiled_policy
from hardship_rules.engine.program import BoolKind
from hardship_rules.engine.rows import Rows

UNCERTAIN = frozenset({"analogue", "assumption"})  # the bases of the clauses whose removal is tried


@frozen
class Turn:
    """A reading in another option, or a provision removed, and the categories that would then be possible."""

    what: Reading | Clause = field(repr=lambda what: what.id if isinstance(what, Clause) else what.name)
    option: str | None  # the reading's other option; None where a provision is removed
    possible: tuple[Outcome, ...] = field(repr=lambda outcomes: ", ".join(outcome.id for outcome in outcomes))

    @property
    def category(self) -> Outcome | None:
        """The category that would result; None where it would be undecided."""
        return self.possible[0] if len(self.possible) == 1 else None

    @property
    def id(self) -> str:
        """The name of the reading or the id of the clause."""
        return self.what.id if isinstance(self.what, Clause) else self.what.name

    @property
    def title(self) -> str:
        """The title of the reading or clause."""
        return self.what.title or self.id

    @property
    def provenance(self) -> Provenance | None:
        """The source of the reading or clause."""
        return self.what.provenance

    @property
    def is_verified(self) -> bool:
        """Whether a rule, a notice or a definition states it."""
        return self.provenance is not None and self.provenance.basis in VERIFIED


def turns_on(assessment: Assessment) -> tuple[Turn, ...]:
    """The readings and unverified provisions that alone change the category, or the categories that are possible.

    Each reading is set to each other option, and each provision of basis analogue or assumption is removed, one at a
    time. A provision is an outcome, a child of an `any` (a kind of member, one exclusion among several) or a case of a
    `choose`, never a part of an `all`. A clause of readings only is not removed, as its reading is changed. A reading
    that says what facts mean is not changed, as the facts would have to be asked again.
    """
    require_assessment(assessment)
    return tuple(_Variants(assessment).turns())


class _Variants:
    """The variants of a policy for one household."""

    def __init__(self, assessment: Assessment) -> None:
        self.policy = assessment.policy
        self.household = assessment.household
        self.rows = assessment.outcomes.rows
        self.scope = assessment.outcomes.scope
        self.result = assessment.outcomes.result
        self.now = tuple(outcome.id for outcome in assessment.possible)
        self.assumed = frozenset(self.household.assumed)
        self.compiled = compiled_policy(self.policy)

    def turns(self) -> Iterator[Turn]:
        """The variants under which other categories are possible."""
        by_id = self.policy.category.by_id
        variants: tuple[tuple[Reading | Clause, str | None, Variant], ...] = (
            *_by_reading(self.policy),
            *_by_clause(self.policy),
        )
        for what, option, variant in variants:
            ids = self.now if self.is_so(variant) else self.possible(variant)
            if ids is not None and ids != self.now:
                yield Turn(what, option, tuple(by_id[name] for name in ids))

    def is_so(self, variant: Variant) -> bool:
        """Whether a clause of the household that a variant forces has that value anyway."""
        ((step, bits),) = variant
        run = self.scope.run
        if run.steps[step].space == "member" or not isinstance(run.steps[step].kind, BoolKind):
            return False
        return run.value(step) is (bits == TRUE)

    def possible(self, variant: Variant) -> tuple[str, ...] | None:
        """The possible categories under a variant; None where the household breaks a `must` under it."""
        rows, assumed = self.rows, self.assumed
        if any(step in self.compiled.reading_defaults for step, _ in variant):
            rows = rows.copy()
            self.compiled.leave_out(rows, left_out(self.policy, self.household))
            filled = self.compiled.fill_variant(rows, variant)
            if filled.outside:
                return None
            assumed = frozenset(defaults_of(self.compiled, filled, given_names(self.household)).assumed)
        trials = Trials(self.policy, assumed, variant)
        result = trials.decide(rows)
        if trials.is_broken(rows, result):
            return None
        if len(result.possible) == 1 or self.is_reached(trials, result):
            return result.possible
        return completions(trials, rows, result).possible

    def is_reached(self, trials: Trials, result: Result) -> bool:
        """Whether the completions that reach the categories of today also reach those of a variant.

        They are the same completions: if together they reach every category that the variant leaves possible, no
        trial rules any of them out.
        """
        if trials.assumed != self.assumed:
            return False
        pending = set(result.possible)
        for rows in self.witnesses:
            reached = trials.decide(rows)
            # one that is open may only lack a fact that matters under the variant alone
            if len(reached.possible) == 1 and not trials.is_broken(rows, reached):
                pending.difference_update(reached.possible)
        return not pending

    @cached_property
    def witnesses(self) -> tuple[Rows, ...]:
        """A few completions of the household."""
        return tuple(sample.rows for sample in Trials(self.policy, self.assumed).samples(self.rows))


# --- Variants of a policy ---


@per_policy
def _by_reading(policy: Policy) -> tuple[tuple[Reading, str, Variant], ...]:
    """Each reading in each other option."""
    compiled = compiled_policy(policy)
    return tuple(
        (reading, option, compiled.with_reading(name, option))
        for name, reading in policy.readings.items()
        for option in reading.kind.options
        if option != reading.chosen and not reading.affects
    )


@per_policy
def _by_clause(policy: Policy) -> tuple[tuple[Clause, None, Variant], ...]:
    """The policy without each unverified provision."""
    compiled = compiled_policy(policy)
    variants = []
    for name in policy.category_order:
        definition = policy.names[name]
        if isinstance(definition, Term | Decision):
            for clause in _uncertain(policy, definition):
                fixed = without_clause(definition, clause.id)
                if fixed is not None:
                    variants.append((clause, None, compiled.with_clause(*fixed)))
    return tuple(variants)


def _uncertain(policy: Policy, definition: Term | Decision) -> list[Clause]:
    """The unverified provisions of a definition; not the whole condition of a term, which its users remove."""
    return [
        clause
        for expr in exprs_of(definition)
        for clause in provisions(expr, is_whole=isinstance(definition, Decision))
        if clause.provenance is not None
        and clause.provenance.basis in UNCERTAIN
        and clause.id not in {definition.name, *policy.switches}
    ]
