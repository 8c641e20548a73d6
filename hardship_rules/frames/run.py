"""A policy applied to data frames: one row for each household, one for each member, one verdict for each household."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any, Literal, cast

from attrs import frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.assessment.household import day_value
from hardship_rules.core.interval import Number
from hardship_rules.core.policy import Fact, Policy, require_decidable
from hardship_rules.core.problem import FactError, KeyPath, Problem, nearest
from hardship_rules.engine.row_causes import any_of, opposite
from hardship_rules.engine.tables import DERIVED_OUTSIDE, day_in_window, prepared_table_policy
from hardship_rules.frames import _numbers as numbers
from hardship_rules.frames._joins import FAULT, MEMBERS, Join, JoinByKey, MemberSum, join_of
from hardship_rules.frames._outcomes import clauses_column, output_columns, outputs
from hardship_rules.frames._plan import Plan, PlannedFrame
from hardship_rules.frames._values import Truths
from hardship_rules.frames.bounds import Bound, first_of, literal
from hardship_rules.frames.columns import (
    ASIDE,
    KNOWN_NULL,
    ROW,
    ColumnProfile,
    FactFrame,
    date_columns,
    null_column,
    read_frame,
    spellings,
)
from hardship_rules.frames.given import LazyFrame, all_null, as_host_frame, checked_frame, to_polars, untyped_columns
from hardship_rules.frames.libraries import cs, nw, pl

Profiles = Mapping[str, ColumnProfile]
"""The profiles of a frame's columns, by fact."""

OWN_FAULT = "_own_fault"
"""The column of the first fault in a household's own row."""
APART = "_apart"
"""The column that marks households to be computed apart."""
_WORKING_COLUMNS = frozenset({APART, FAULT, MEMBERS, OWN_FAULT, ROW})
_CONSTANT_COLUMNS = ("stand_ins", "policy", "fingerprint", "on")
_SELDOM = 8
"""Where fewer than one in so many rows of a column is null, those rows are computed apart."""
_SAMPLE = 100
"""So many rows show whether options are written by other words than their names."""


def assess_frame(  # noqa: PLR0913, PLR0917  # two frames, how they are joined, and what is wanted
    policy: Policy,
    households: Any,
    members: Any,
    key: str = "household",
    on: date | str | None = None,
    undecided: Literal["leave", "explain"] = "leave",
    columns: Sequence[str] | None = None,
    known: Collection[str] | Literal["all"] = (),
) -> Any:
    """Apply a policy to a frame of households and a frame of their members; a frame of the same kind comes back.

    Both frames have a column `key`; the others are named as the policy's facts. `on` is the day of the verdicts.
    `columns` are those wanted beside `key` and `problem` (all by default); what none of them needs is not computed.
    `known` are columns declared to have no null, which saves work; a row with a null is then a problem. With
    `undecided="explain"`, households that columns leave undecided are assessed one by one (frames in memory only).

    Raises `FactError` with every column that cannot be read, and `PolicyError` for a policy that cannot decide or whose
    numbers could overflow 64 bits.
    """
    require_decidable(policy)
    if undecided not in ("leave", "explain"):
        raise ValueError(f'undecided is "leave" or "explain", not {undecided!r}')
    columns = [columns] if isinstance(columns, str) else columns
    known = [known] if isinstance(known, str) and known != "all" else known
    job = _Job(policy, key, day_in_window(policy, on), None if columns is None else tuple(columns), known)
    of_households, of_members = checked_frame(households), checked_frame(members)
    parts = _parts(policy)
    if isinstance(of_households, nw.LazyFrame) and isinstance(of_members, nw.LazyFrame):
        if undecided == "explain":
            raise FactError([Problem("explain_lazy", given=type(households).__name__)])
        lazy = [
            _typed_lazily(frame, policy, *part, key)
            for frame, part in zip((of_households, of_members), parts, strict=True)
        ]
        return job.full(*job.read(lazy[0], lazy[1]), _default_profiles, JoinByKey(key)).to_native()
    if isinstance(of_households, nw.LazyFrame) or isinstance(of_members, nw.LazyFrame):
        raise FactError(
            [Problem("frames_differ", given=type(households).__name__, values={"other": type(members).__name__})]
        )
    own = _typed(of_households, policy, *parts[0], key)
    theirs = _typed(of_members, policy, *parts[1], key)
    if key in own.columns and key in theirs.columns:  # a frame without rows may have no types
        own = own if own.height else own.with_columns(theirs[key].clear())
        theirs = theirs if theirs.height else theirs.with_columns(own[key].clear())
    verdicts = _assess_in_memory(job, own, theirs)
    if undecided == "explain":
        verdicts = _explain_open_rows(policy, key, job.on, own, theirs, verdicts)
    result = as_host_frame(of_households, verdicts.drop(ROW))
    return result.set_index(households.index) if of_households.implementation.is_pandas() else result


def _parts(policy: Policy) -> tuple[tuple[KeyPath, Mapping[str, Fact]], tuple[KeyPath, Mapping[str, Fact]]]:
    """The facts of the two frames, with their path in the policy."""
    return (("household",), policy.facts), (("members", "facts"), policy.members.facts)


def _typed(given: nw.DataFrame[Any], policy: Policy, of: KeyPath, facts: Mapping[str, Fact], key: str) -> pl.DataFrame:
    """A frame in Polars; columns that are all null get the type of their fact, since hosts may give them none."""
    names = spellings(policy, of, facts)
    frame = to_polars(given, date_columns(policy, of), ASIDE - {key})
    nulls = {name: null_column(facts[names[name]]) for name in all_null(frame) if name in names and name != key}
    return nw.from_native(frame).with_columns(**nulls).to_native() if nulls else frame


def _typed_lazily(frame: LazyFrame, policy: Policy, of: KeyPath, facts: Mapping[str, Fact], key: str) -> LazyFrame:
    """A lazy frame whose columns without a type have that of their fact."""
    names = spellings(policy, of, facts)
    nulls = {name: null_column(facts[names[name]]) for name in untyped_columns(frame) if name in names and name != key}
    return frame.with_columns(**nulls) if nulls else frame


# --- The columns that are computed -------------------------------------------------------------------------------


@frozen
class _Job:
    """The arguments of one call: a policy, the key, the day, the columns wanted, and those declared to have no null."""

    policy: Policy
    key: str
    on: date | None
    wanted: tuple[str, ...] | None
    known: Collection[str] | Literal["all"]

    def read(self, households: LazyFrame, members: LazyFrame) -> tuple[FactFrame, FactFrame]:
        """Both frames as facts; raises `FactError` with every column that cannot be read."""
        parts = _parts(self.policy)
        known, problems = self._known_facts()
        problems += _key_problems(self.key, households, members)
        frames = []
        for (of, facts), frame in zip(parts, (households, members), strict=True):
            fact_frame = read_frame(self.policy, of, facts, frame, self.key, known)
            if isinstance(fact_frame, FactFrame):
                frames.append(fact_frame)
            else:
                problems += fact_frame
        if problems:
            raise FactError(problems)
        return frames[0], frames[1]

    def _known_facts(self) -> tuple[set[str], list[Problem]]:
        """The facts declared to have no null, and the problems of names that are no columns."""
        parts = _parts(self.policy)
        if self.known == "all":
            return {name for _, facts in parts for name in facts}, []
        known, problems = set[str](), list[Problem]()
        spelled = [spellings(self.policy, of, facts) for of, facts in parts]
        for word in self.known:
            known |= {names[word] for names in spelled if word in names}
            if not any(word in names for names in spelled):
                candidates = [name for names in spelled for name in names]
                problems.append(Problem("unknown_column", (word,), given=word, values=nearest(word, candidates)))
        return known, problems

    def full(
        self, households: FactFrame, members: FactFrame, profiles: Callable[[FactFrame], Profiles], join: Join
    ) -> LazyFrame:
        """The verdicts of all households, with unknown facts as far as they decide, and with problems."""
        own, theirs = (households, profiles(households)), (members, profiles(members))
        plan = self._plan(own, theirs, join)
        plan.households.put_fault(OWN_FAULT, households.facts, own[1], numbered=False)
        if faults := plan.members.put_fault(FAULT, members.facts, theirs[1], numbered=True):
            plan.join = JoinByKey(self.key, faults)
        columns = self._compute(plan)
        null = nw.lit(None, dtype=nw.String())
        first = first_of([(nw.lit("members_missing"), nw.col(MEMBERS).is_null()), self._too_many_members], null)
        problems = [first, nw.col(OWN_FAULT), *([nw.col(FAULT)] if faults else []), first_of(self._broken(plan), null)]
        frame = plan.households.frame.with_columns(nw.coalesce(*problems).alias("problem"))
        return self._selected(frame, plan, columns, nw.col("problem").is_null(), *households.numbered)

    def simple(
        self, households: tuple[FactFrame, Profiles], members: tuple[FactFrame, Profiles], join: Join
    ) -> LazyFrame:
        """The verdicts of households without faults and seldom nulls; the others are only marked in `APART`."""
        plan = self._plan(households, members, join)
        of_members = plan.members.rows_apart(members[0].facts, members[1])
        if of_members is not False:
            plan.counts[FAULT] = MemberSum(plan.members.new_column(literal(of_members), 1))
        columns = self._compute(plan)
        apart = [
            nw.col(MEMBERS).is_null(),
            self._too_many_members[1],
            plan.households.rows_apart(households[0].facts, households[1]),
            False if of_members is False else nw.col(FAULT) > 0,
            *(rows for _, rows in self._broken(plan)),
        ]
        problem = nw.lit(None, dtype=nw.String()).alias("problem")
        marked = literal(any_of(apart)).fill_null(value=True).alias(APART)
        frame = plan.households.frame.with_columns(marked, problem)
        return self._selected(frame, plan, columns, True, APART, *households[0].numbered)  # noqa: FBT003  # a bound

    def _plan(self, households: tuple[FactFrame, Profiles], members: tuple[FactFrame, Profiles], join: Join) -> Plan:
        """The plan for two frames, with the values of their facts."""
        numbered = count()
        frames = PlannedFrame(households[0].frame, numbered), PlannedFrame(members[0].frame, numbered)
        prepared = prepared_table_policy(self.policy, frozenset((*households[0].facts, *members[0].facts)))
        with_reasons = self.wanted is None or clauses_column(self.policy) in self.wanted
        plan = Plan(prepared, join, *frames, self.policy.switches, with_reasons)
        for frame, (fact_frame, profiles) in zip(frames, (households, members), strict=True):
            frame.put_facts(fact_frame.facts, profiles)
        day = day_value(self.policy, self.on)
        plan.households.values["on"] = numbers.constant(cast(Number, day))
        return plan

    def _compute(self, plan: Plan) -> list[str]:
        """Compute what the wanted columns need; their names in order."""
        available = output_columns(self.policy, plan.prepared)
        if self.key in available:
            raise FactError([Problem("key_taken", (self.key,), given=self.key)])
        wanted = tuple(available) if self.wanted is None else (*self.wanted, "problem")
        if unknown := [name for name in wanted if name not in available]:
            problems = [Problem("output_column", given=name, values=nearest(name, available)) for name in unknown]
            raise FactError(problems)
        plan.compute({available[column]: None for column in wanted if available[column]})
        return [column for column in available if column in wanted]

    def _selected(self, frame: LazyFrame, plan: Plan, columns: list[str], sound: Bound, *beside: str) -> LazyFrame:
        """The wanted columns, after the key and the columns `beside` it."""
        shown = outputs(self.policy, plan, sound, self.on, columns)
        return frame.select(*beside, self.key, *(column.alias(name) for name, column in shown.items()))

    @property
    def _too_many_members(self) -> tuple[nw.Expr, nw.Expr]:
        """The problem of a household with more members than the policy allows, with its rows."""
        return nw.lit("members_too_many"), nw.col(MEMBERS) > self.policy.members.at_most

    def _broken(self, plan: Plan) -> Iterator[tuple[nw.Expr, Bound]]:
        """The problem of each `must`, with the rows in which it is certainly broken."""
        for clause in plan.policy.must:
            holds = cast(Truths, plan.value(clause, plan.households))
            derived = clause.id.startswith(DERIVED_OUTSIDE)
            yield nw.lit(clause.id if derived else f"must_broken {clause.id}"), opposite(holds.high)


def _key_problems(key: str, *frames: LazyFrame) -> Iterator[Problem]:
    """The problems of a key that has the name of a working column, or whose types engines cannot compare alike."""
    if key in _WORKING_COLUMNS or re.fullmatch("_[0-9]+", key):
        yield Problem("key_taken", (key,), given=key)
    dtypes = [schema[key] for frame in frames if key in (schema := frame.collect_schema())]
    if wrong := [dtype for dtype in dtypes if dtype.is_nested() or dtype == nw.Object]:
        yield Problem("column_kind", (key,), str(wrong[0]), {"title": key, "wanted": "String, Int64"})
    elif len({"integer" if dtype.is_integer() else str(dtype) for dtype in dtypes}) > 1:
        yield Problem("key_kinds", (key,), given=key, values={"own": str(dtypes[0]), "theirs": str(dtypes[1])})


# --- Profiles of columns -----------------------------------------------------------------------------------------


def _default_profiles(part: FactFrame) -> Profiles:
    """The profiles of a frame that is not scanned."""
    return {name: fact.default_profile for name, fact in part.facts.items()}


def _full_profiles(part: FactFrame) -> Profiles:
    """The profiles of a frame in memory from one scan: faults that no row has need not be computed."""
    scans = {f"{name} {what}": rows for name, fact in part.facts.items() for what, rows in fact.scans().items()}
    if not scans:
        return {}
    row = part.frame.select(*(rows.alias(name) for name, rows in scans.items())).collect().rows(named=True)[0]
    return {
        name: fact.profile({what: row[f"{name} {what}"] for what in fact.scans()}) for name, fact in part.facts.items()
    }


def _quick_profiles(part: FactFrame) -> Profiles:
    """The profiles of a frame in memory from its null counts, the ends of numbers, and a sample of its texts."""
    frame: pl.DataFrame = part.frame.to_native().collect()
    nulls = frame.null_count().row(0, named=True)
    in_range = _aggregated(
        frame, {name: fact.in_range for name, fact in part.facts.items() if fact.in_range is not None}
    )
    other_words = {name: fact.has_other_word.any() for name, fact in part.facts.items() if fact.words}
    words = _aggregated(frame.head(_SAMPLE), other_words)
    return {
        name: ColumnProfile(
            nulls=nulls[name] > 0,
            apart=KNOWN_NULL in fact.faults or nulls[name] * _SELDOM < frame.height,
            words=words.get(name, False),
            faults=frozenset() if in_range.get(name) else None,
        )
        for name, fact in part.facts.items()
    }


def _aggregated(frame: pl.DataFrame, aggregates: Mapping[str, nw.Expr]) -> dict[str, bool]:
    """Boolean aggregates of a frame."""
    if not aggregates:
        return {}
    row = _collected(_lazy(frame).select(*(aggregate.alias(name) for name, aggregate in aggregates.items())))
    return {name: bool(value) for name, value in row.row(0, named=True).items()}


# --- Frames in memory --------------------------------------------------------------------------------------------


def _assess_in_memory(job: _Job, households: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The verdicts of frames in memory, with the numbers of the households' rows, in their order.

    Most households are computed in a simple way, without nulls and faults; the others are computed apart.
    """
    numbered = households.with_row_index(ROW)
    own, theirs = job.read(_lazy(numbered), _lazy(members))
    at_most = job.policy.members.at_most
    join = join_of(job.key, numbered, members, at_most)
    verdicts = _collected(job.simple((own, _quick_profiles(own)), (theirs, _quick_profiles(theirs)), join))
    is_apart = verdicts[APART]
    if not is_apart.any():
        return _in_order(verdicts.drop(APART))
    apart = numbered[verdicts.filter(is_apart)[ROW].sort()]
    members_apart = members.filter(pl.col(job.key).is_in(apart[job.key].unique().implode()))
    join = join_of(job.key, apart, members_apart, at_most)
    verdicts_apart = _collected(job.full(*job.read(_lazy(apart), _lazy(members_apart)), _full_profiles, join))
    return _in_order(pl.concat([verdicts.filter(~is_apart).drop(APART), verdicts_apart]))


def _lazy(frame: pl.DataFrame) -> LazyFrame:
    return nw.from_native(frame.lazy())


def _collected(frame: LazyFrame) -> pl.DataFrame:
    collected: pl.DataFrame = frame.to_native().collect(engine="streaming")
    return collected


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame if frame[ROW].is_sorted() else frame.sort(ROW)


# --- Undecided households, one by one ----------------------------------------------------------------------------


def _explain_open_rows(  # noqa: PLR0913, PLR0917  # the two frames, their verdicts, and how they were made
    policy: Policy, key: str, on: date | None, households: pl.DataFrame, members: pl.DataFrame, verdicts: pl.DataFrame
) -> pl.DataFrame:
    """The verdicts, with those of undecided households replaced by what `assess` gives; rows in their order."""
    decided = [column for column in verdicts.columns if column in _decision_columns(policy)]
    if not decided:
        return verdicts
    is_open = verdicts["problem"].is_null() & verdicts.select(pl.any_horizontal(pl.col(decided).is_null())).to_series()
    open_rows = is_open.arg_true()
    if not len(open_rows):
        return verdicts
    household_rows = _as_facts(households[open_rows], key).to_dicts()
    keys = households[open_rows].get_column(key).unique()
    open_members = members.filter(pl.col(key).is_in(keys.implode()))
    member_rows = _as_facts(open_members, key).partition_by(key, as_dict=True)
    rows = []
    for facts in household_rows:
        key_value = facts.pop(key)
        member_facts = [_without(member, key) for member in member_rows[key_value,].to_dicts()]
        rows.append(_assessed_row(policy, {**facts, "members": member_facts}, on))
    answers = pl.DataFrame(rows, schema={name: verdicts.schema[name] for name in rows[0] if name in verdicts.columns})
    replaced = verdicts.filter(is_open).with_columns(answers.get_columns())
    figures = [name for name in verdicts.columns[1:] if name not in (key, *answers.columns, *_CONSTANT_COLUMNS)]
    sound = pl.col("problem").is_null()
    replaced = replaced.with_columns(pl.when(sound).then(pl.col(name)).alias(name) for name in figures)
    return pl.concat([verdicts.filter(~is_open), replaced]).sort(verdicts.columns[0])


def _as_facts(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Rows as `assess` takes them: datetimes as dates, without the columns that hosts keep beside the facts."""
    aside = [name for name in rows.columns if name in ASIDE and name != key]
    return rows.drop(aside).with_columns((cs.datetime() - cs.by_name(key)).dt.date())


def _without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}


def _decision_columns(policy: Policy) -> set[str]:
    """The columns that are null for an undecided household."""
    names = set()
    for name, decision in policy.decisions.items():
        names |= {f"{name}_{outcome.id}" for outcome in decision.outcomes} if decision.every else {name}
    return names


def _assessed_row(policy: Policy, household: dict[str, Any], on: date | None) -> dict[str, Any]:
    """The columns of a household's decisions, by `assess`."""
    try:
        assessment = assess(policy, household, on)
    except FactError as error:
        category = policy.category.name
        nulls = dict.fromkeys([*_decision_columns(policy), f"{category}_clauses", f"{category}_possible"])
        return {**nulls, "problem": _problem_text(error.problems[0])}
    return _decision_values(policy, assessment) | {"problem": None}


def _problem_text(problem: Problem) -> str:
    return f"{problem.code} {problem.at[-1]}" if problem.at else problem.code


def _decision_values(policy: Policy, assessment: Assessment) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, decided in assessment.decisions.items():
        if decided.decision.every:
            holding, possible = (
                {outcome.id for outcome in outcomes} for outcomes in (decided.holding, decided.possible)
            )
            for outcome in decided.decision.outcomes:
                is_open = outcome.id in possible - holding
                values[f"{name}_{outcome.id}"] = None if is_open else outcome.id in holding
        else:
            values[name] = None if decided.outcome is None else decided.outcome.id
            if decided.decision is policy.category:
                values[f"{name}_possible"] = ";".join(outcome.id for outcome in decided.possible)
                by_clauses = decided.outcome is not None and decided.outcome.when is not None  # not by `otherwise`
                values[f"{name}_clauses"] = ";".join(decided.decided_by) if by_clauses else None
    return values
