"""Every way to compute a policy's verdicts, each compared with `assess` for the same households.

A way returns the differences of each household, or None where it refuses the policy with a known reason.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Any, cast

import duckdb
import polars as pl
import psycopg
from attrs import field, frozen
from completing import Completion, completion
from databases import Database, DuckDb
from framing import Facts, answer, as_asked, framed
from views import plain, rows

from hardship_rules import Assessment, FactError, Figure, Policy, PolicyError
from hardship_rules import durable as durable_rules
from hardship_rules.assessment.outcomes import decimal
from hardship_rules.core.interval import Truth
from hardship_rules.core.kinds import Value
from hardship_rules.engine.evaluate import possible, truths
from hardship_rules.engine.interval import is_known
from hardship_rules.frames import assess_frame
from hardship_rules.proofs import DisagreementError, Shown
from hardship_rules.proofs import possible as possible_by_proof
from hardship_rules.sql import register, view_in_sql

Reference = Mapping[str, tuple[set[str], set[str]]]
"""The outcomes of each decision that certainly hold, and those that may hold."""
Differences = list[str]
"""What differs for one household; each begins with its kind, one word."""
_FIGURE = re.compile(r"(?P<name>.+?)(?:_x(?P<scale>\d+)|(?P<rounded>_rounded))?")


@frozen
class Sample:
    """A policy with households, all on one day (None: it is unknown).

    A household has a key for every fact that has a column, None where it is unknown; the facts in `left_out` have their
    default.
    """

    policy: Policy = field(repr=False)
    households: tuple[Facts, ...] = field(repr=False)
    on: date | None
    left_out: tuple[str, ...] = ()

    @cached_property
    def expected(self) -> tuple[Assessment | FactError, ...]:
        """What `assess` gives, or its refusal."""
        return tuple(answer(self.policy, household, self.on) for household in self.households)

    @cached_property
    def rows(self) -> list[Facts]:
        """The rows of a Polars frame."""
        return cast(
            list[Facts],
            assess_frame(self.policy, *framed(self.policy, self.households, self.left_out), on=self.on).to_dicts(),
        )

    @cached_property
    def references(self) -> tuple["Reference | None", ...]:
        """What the interval reference gives; None where the household is refused."""
        return tuple(None if isinstance(found, FactError) else reference(found) for found in self.expected)

    def with_day(self, household: Facts) -> Facts:
        """A household as `assess` takes it without further arguments."""
        return {**household, **({} if self.on is None else {"on": self.on})}


def asked(policy: Policy, household: Facts, left_out: Collection[str] = ()) -> Facts:
    """A household in the form that a sample has: a key for every fact with a column, numbers as rows have them."""

    def plain_number(given: Any) -> Any:
        if not isinstance(given, Fraction):
            return given
        return given.numerator if given.denominator == 1 else Decimal(given.numerator) / given.denominator

    def part(given: Mapping[str, Any]) -> Facts:
        return {name: plain_number(value) for name, value in given.items()}

    rows = as_asked(policy, household, left_out)
    return {**part({**rows, "members": None}), "members": [part(member) for member in rows["members"]]}


Way = Callable[[Sample], list[Differences] | None]


# --- Without a backend -----------------------------------------------------------------------------------------------


def by_intervals(sample: Sample) -> list[Differences]:
    """The steps of the program one by one, over intervals: the reference of all algebras."""
    return [
        [] if isinstance(found, FactError) or known is None else list(_interval_differences(found, known))
        for found, known in zip(sample.expected, sample.references, strict=True)
    ]


def _interval_differences(found: Assessment, known: Reference) -> Iterator[str]:
    for name, (certain, may_hold) in known.items():
        decided = found.decisions[name]
        listed = {each.id for each in decided.possible}
        if name == found.policy.category.name:
            listed |= {each.id for each in found.ruled_out}
        # a later decision may depend on a category that only completions rule out
        is_same = listed == may_hold if not found.ruled_out or decided is found.decided else listed <= may_hold
        if not is_same or not certain <= {each.id for each in decided.holding}:
            yield f"possible {name}: {sorted(may_hold)}"


def reference(found: Assessment) -> Reference:
    """The decisions of a household by intervals, without trying its completions."""
    result = {}
    scope = found.household.scope(found.policy)
    for name, decided in found.decisions.items():
        decision = decided.decision
        known = truths(decision, scope)
        may_hold = set(possible(decision, known))
        if decision.every:
            certain = {each.id for each, holds in zip(decision.outcomes, known, strict=True) if holds}
        else:
            certain = may_hold if len(may_hold) == 1 else set()
        result[name] = certain, may_hold
    return result


def by_fractions(sample: Sample) -> list[Differences]:
    """A second evaluator, over fractions and known facts; a partial household is completed with drawn facts."""
    return [
        [] if isinstance(found, FactError) else list(_fraction_differences(found, Random(number)))  # noqa: S311  # a test
        for number, found in enumerate(sample.expected)
    ]


def _fraction_differences(found: Assessment, source: Random) -> Iterator[str]:
    for _ in range(3):
        one = completion(found.policy, found.household, source)
        if one is not None and all(one.opinion.value(clause) for clause in found.policy.must):
            yield from _completion_differences(found, one)
            if not one.is_drawn:
                return


def _completion_differences(found: Assessment, one: Completion) -> Iterator[str]:
    for name, decided in found.decisions.items():
        holding = [each.id for each in decided.decision.outcomes if one.opinion.value(each.when)]
        if not decided.decision.every:
            otherwise = decided.decision.otherwise
            holding = holding[:1] or ([] if otherwise is None else [otherwise.id])
        may_hold, certain = ({each.id for each in some} for some in (decided.possible, decided.holding))
        if not certain <= set(holding) <= may_hold or (not one.is_drawn and certain != set(holding)):
            yield f"outcome {name}: {holding}"
    parts = [(found.terms, None), *zip(found.members, one.opinion.members, strict=True)]
    for figures, member in parts:
        for name, figure in figures.items():
            if member is None and name in found.policy.parameters:
                continue
            number = one.opinion.name(name, member)
            if not _may_be(figure, number) or (not one.is_drawn and not _is_settled(figure)):
                yield f"figure {name}: {number}"


def _may_be(figure: Figure | Value, known: Any) -> bool:
    if isinstance(figure, Figure):
        return bool(figure.low <= known <= figure.high)
    return known in figure if isinstance(figure, frozenset) else figure in (known, None)


def _is_settled(figure: Figure | Value) -> bool:
    return figure.exact is not None if isinstance(figure, Figure) else is_known(figure)


# --- Rows of frames and of views -------------------------------------------------------------------------------------


def row_differences(row: Mapping[str, Any], found: Assessment | FactError, known: Reference | None) -> Iterator[str]:
    """The differences between a row of verdicts and `assess`.

    A row has the bounds of the household as it is; only `assess` tries its completions, and may rule out more.
    """
    problem = row["problem"]
    if isinstance(found, FactError) or known is None:
        assert isinstance(found, FactError)
        codes = sorted({each.code for each in found.problems})
        if (problem or "").split(" ")[0] not in codes:
            yield f"problem {problem}, not {codes}"
        return
    if problem is not None:
        yield f"problem {problem}"
        return
    for name, (certain, may_hold) in known.items():
        decision = found.policy.decisions[name]
        if decision.every:
            for outcome in decision.by_id:
                expected: Truth = True if outcome in certain else None if outcome in may_hold else False
                if row[f"{name}_{outcome}"] is not expected:
                    yield f"outcome {name}.{outcome}: {row[f'{name}_{outcome}']}"
        elif row[name] != next(iter(certain), None):
            yield f"outcome {name}: {row[name]}"
        if decision is found.policy.category:
            if row[f"{name}_possible"] != ";".join(each for each in decision.by_id if each in may_hold):
                yield f"possible {name}: {row[f'{name}_possible']}"
            clauses = None
            if certain and found.category is not None and found.category.when is not None:
                clauses = ";".join(found.decided.decided_by)
            if row[f"{name}_clauses"] != clauses:
                yield f"clauses {row[f'{name}_clauses']}, not {clauses}"
    yield from _figure_differences(row, found)


def _figure_differences(row: Mapping[str, Any], found: Assessment) -> Iterator[str]:
    household = found.household
    values = [*household.values.values(), *(value for member in household.members for value in member.values.values())]
    is_known_completely = household.on is not None and all(map(is_known, values))
    for column, given in row.items():
        match = _FIGURE.fullmatch(column)
        if match is None or match["name"] not in found.terms:
            continue
        figure = found.terms[match["name"]]
        expected: set[Any] = {None if isinstance(figure, frozenset) else figure}
        if isinstance(figure, Figure) and match["rounded"]:
            ends = {float(decimal(end, 2)) for end in (figure.low, figure.high)}
            # columns have no bounds of a figure whose divisor is not known, even if the figure does not depend on it
            expected = (ends if len(ends) == 1 else set()) | (set() if is_known_completely else {None})
        elif isinstance(figure, Figure):
            wholes = {end * int(match["scale"] or 1) for end in (figure.low, figure.high)}
            expected = (wholes if len(wholes) == 1 else set()) | ({None} if figure.exact is None else set())
        if given not in expected:
            yield f"figure {column}: {given}, not {expected}"


def by_polars(sample: Sample) -> list[Differences] | None:
    """Frames in memory."""
    try:
        return _of_rows(sample, sample.rows)
    except PolicyError as refused:
        _reraise_unless(refused, "leaves_int64")
        return None


def by_lazy_duckdb(sample: Sample) -> list[Differences] | None:
    """Frames that DuckDB plans and runs."""
    own, theirs = framed(sample.policy, sample.households, sample.left_out)
    with duckdb.connect() as connection:
        relations = [connection.from_arrow(frame.to_arrow()) for frame in (own, theirs)]
        try:
            found = assess_frame(sample.policy, relations[0], relations[1], on=sample.on)
        except PolicyError as refused:
            _reraise_unless(refused, "leaves_int64")
            return None
        return _of_rows(sample, pl.DataFrame(found.to_arrow_table()).sort("household").to_dicts())


def _of_rows(sample: Sample, found: Sequence[Mapping[str, Any]]) -> list[Differences]:
    assert len(found) == len(sample.households)
    return [
        [*row_differences(row, expected, known), *_other_column_differences(row, other)]
        for row, expected, known, other in zip(found, sample.expected, sample.references, sample.rows, strict=True)
    ]


def _other_column_differences(row: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """The columns that `assess` has no value of, beside those of a Polars frame."""
    columns = [name for name in row if name.endswith("_margin_rounded")]
    for column in (*columns, "stand_ins", "policy", "fingerprint", "on"):
        if row[column] != other[column]:
            yield f"column {column}: {row[column]}, not {other[column]}"


def by_view(database: Database) -> Way:
    """The view of a policy in a database."""

    def run(sample: Sample) -> list[Differences] | None:
        tables = register(sample.policy, sample.on, without=sample.left_out)
        try:
            view = view_in_sql(tables, database.dialect, "answers")
        except PolicyError as refused:
            _reraise_unless(refused, "leaves_int64")
            return None
        database.run("DROP VIEW IF EXISTS answers; DROP TABLE IF EXISTS households; DROP TABLE IF EXISTS members")
        database.run(tables.tables())
        _fill(database, sample)
        try:
            database.run(view)
        except psycopg.errors.TooManyColumns:  # PostgreSQL refuses a step with more than 1,664 names
            return None
        query = "SELECT * FROM answers ORDER BY length(household), household"
        return _of_rows(sample, [plain(row) for row in database.rows(query)])

    return run


def _fill(database: Database, sample: Sample) -> None:
    """Fill the two tables with the households and members of a sample."""
    if not isinstance(database, DuckDb):
        own, theirs = rows(sample.policy, sample.households, sample.left_out)
        database.fill("households", own)
        database.fill("members", theirs)
        return
    frames = framed(sample.policy, sample.households, sample.left_out)
    for table, frame in zip(("households", "members"), frames, strict=True):  # row by row it takes minutes
        database.connection.register("given", frame.with_columns(pl.col("household").cast(pl.String)).to_arrow())
        database.run(f"INSERT INTO {table} BY NAME SELECT * FROM given")  # noqa: S608  # the test's own names
        database.connection.unregister("given")


def _reraise_unless(refused: PolicyError, *codes: str) -> None:
    """Raise a refusal again, unless it has one of the known reasons."""
    if not {problem.code for problem in refused.problems} <= set(codes):
        raise refused


# --- Known households, one by one ------------------------------------------------------------------------------------


def is_complete(found: Assessment | FactError) -> bool:
    """Whether everything about a household is known, and its numbers are published."""
    if isinstance(found, FactError):
        return False
    one = completion(found.policy, found.household, Random(0))  # noqa: S311  # nothing is drawn of a complete one
    return one is not None and not one.is_drawn


def by_durable_rules(worker: durable_rules.Worker, most: int) -> Way:
    """durable-rules, for at most so many complete households; it compares every clause and decision itself."""

    def run(sample: Sample) -> list[Differences] | None:
        found: list[Differences] = [[] for _ in sample.households]
        complete = [number for number, expected in enumerate(sample.expected) if is_complete(expected)]
        for number in complete[:most]:
            try:
                both = durable_rules.assess(sample.policy, sample.households[number], sample.on, worker=worker)
            except PolicyError as refused:
                _reraise_unless(refused, "durable_rules", "durable_matches")
                return None
            except durable_rules.DurableError as error:
                if "64 bits" not in str(error):
                    found[number] = [f"outcome {error}"]
                continue
            fired = sorted((each.decision, each.outcome) for each in both.fired if each.decision)
            decisions = both.assessment.decisions
            if fired != sorted((name, each.id) for name, decided in decisions.items() for each in decided.holding):
                found[number] = [f"outcome {fired}"]
        return found

    return run


def by_proof(most: int, seconds: float = 20) -> Way:
    """Z3 with the facts asserted, for at most so many complete and so many partial households.

    The solver compares all decisions of each household that it shows with `assess`. What it does not settle in time
    shows nothing.
    """

    def run(sample: Sample) -> list[Differences]:
        found: list[Differences] = [[] for _ in sample.households]
        numbers = [number for number, found in enumerate(sample.expected) if not isinstance(found, FactError)]
        complete = {number: is_complete(sample.expected[number]) for number in numbers}
        chosen = [[number for number in numbers if complete[number] is wanted][:most] for wanted in (True, False)]
        for number in (*chosen[0], *chosen[1]):
            expected = sample.expected[number]
            assert not isinstance(expected, FactError)
            try:
                answers = possible_by_proof(sample.policy, sample.with_day(sample.households[number]), seconds)
            except DisagreementError as error:
                found[number] = [f"outcome {error}"]
                continue
            shown = {outcome for outcome, proof in answers.items() if isinstance(proof, Shown)}
            listed = {each.id for each in expected.possible}
            if not shown <= listed:
                found[number] = [f"possible {sorted(shown)}"]
            elif (
                complete[number]
                and shown != listed
                and all(type(each).__name__ != "NotSettled" for each in answers.values())
            ):
                found[number] = [f"outcome {sorted(shown)}"]
        return found

    return run
