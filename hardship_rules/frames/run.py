"""A policy applied to data frames: one row for each household, one for each member, one verdict for each household."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, cast

from attrs import frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.assessment.household import day_value
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Number, high, low
from hardship_rules.core.memo import Memo
from hardship_rules.core.policy import Policy, per_policy, require_decidable
from hardship_rules.core.problem import FactError, KeyPath, Problem, nearest
from hardship_rules.engine.defaults import DERIVED_OUTSIDE
from hardship_rules.engine.row_causes import any_of, opposite
from hardship_rules.engine.tables import day_in_window, prepared_table_policy
from hardship_rules.frames._joins import FAULT, MEMBERS, JoinByKey, MemberSum, PackedJoinByKey, join_by_position
from hardship_rules.frames._outcomes import Outcomes, output_columns, roots_of
from hardship_rules.frames._plan import Columns, Plan, PlanMaker
from hardship_rules.frames._values import Numbers, Truths
from hardship_rules.frames.bounds import Column, Expr, Rows, first_of, literal
from hardship_rules.frames.columns import (
    ASIDE,
    KNOWN_NULL,
    ROW,
    ColumnProfile,
    Reading,
    date_columns,
    facts_of,
    null_column,
    read_schema,
    spellings,
)
from hardship_rules.frames.given import LazyFrame, all_null, as_host_frame, checked_frame, to_polars, untyped_columns
from hardship_rules.frames.libraries import cs, nw, pl

Profiles = FrozenMapping[str, ColumnProfile]
"""The profiles of a frame's columns, by fact."""

OWN_FAULT = "_own_fault"
"""The column of the first fault in a household's own row."""
APART = "_apart"
"""The column that marks households to be computed apart."""
_WORKING_COLUMNS = frozenset({APART, FAULT, MEMBERS, OWN_FAULT, ROW})
_CONSTANT_COLUMNS = ("stand_ins", "policy", "fingerprint", "on")
_PARTS: tuple[KeyPath, KeyPath] = (("household",), ("members", "facts"))
"""The paths of the facts of the two frames."""
_SELDOM = 8
"""Where fewer than one in so many rows of a column is null, those rows are computed apart."""
_MANY_APART = 0.3
"""Where more households than that have to be computed apart, all are."""
_SAMPLE = 100
"""The rows that show whether options are written by other words than their names."""
_LAST = 1 << 30
"""The depth of a column that is added after all others."""
_MOST_PLANS = 64
"""The most plans of a policy that are kept: each for frames with the same columns, types and profiles."""


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
    job = _Job(
        policy,
        key,
        day_in_window(policy, on),
        None if columns is None else tuple(columns),
        known if known == "all" else tuple(dict.fromkeys(known)),
    )
    of_households, of_members = checked_frame(households), checked_frame(members)
    if isinstance(of_households, nw.LazyFrame) and isinstance(of_members, nw.LazyFrame):
        if undecided == "explain":
            raise FactError([Problem("explain_lazy", given=type(households).__name__)])
        return _assess_lazily(job, of_households, of_members)
    if isinstance(of_households, nw.LazyFrame) or isinstance(of_members, nw.LazyFrame):
        raise FactError(
            [Problem("frames_differ", given=type(households).__name__, values={"other": type(members).__name__})]
        )
    own, theirs = (
        _typed(frame, policy, of, key) for frame, of in zip((of_households, of_members), _PARTS, strict=True)
    )
    if key in own.columns and key in theirs.columns:  # a frame without rows may have no types
        own = own if own.height else own.with_columns(theirs[key].clear())
        theirs = theirs if theirs.height else theirs.with_columns(own[key].clear())
    verdicts = _assess_in_memory(job, own, theirs)
    if undecided == "explain":
        verdicts = _explain_open_rows(policy, key, job.on, own, theirs, verdicts)
    result = as_host_frame(of_households, verdicts.drop(ROW))
    return result.set_index(households.index) if of_households.implementation.is_pandas() else result


def _typed(given: nw.DataFrame[Any], policy: Policy, of: KeyPath, key: str) -> pl.DataFrame:
    """A frame in Polars; columns that are all null get the type of their fact, since hosts may give them none."""
    facts = facts_of(policy, of)
    names = spellings(policy, of, facts)
    frame = to_polars(given, date_columns(policy, of), ASIDE - {key})
    nulls = {name: null_column(facts[names[name]]) for name in all_null(frame) if name in names and name != key}
    return nw.from_native(frame).with_columns(**nulls).to_native() if nulls else frame


def _typed_lazily(frame: LazyFrame, policy: Policy, of: KeyPath, key: str) -> LazyFrame:
    """A lazy frame whose columns without a type have that of their fact."""
    facts = facts_of(policy, of)
    names = spellings(policy, of, facts)
    nulls = {name: null_column(facts[names[name]]) for name in untyped_columns(frame) if name in names and name != key}
    return frame.with_columns(**nulls) if nulls else frame


# --- The columns that are computed -------------------------------------------------------------------------------


Schema = FrozenMapping[str, nw.dtypes.DType]


@frozen
class _Job:
    """The arguments of one call: a policy, the key, the day, the columns wanted, and those declared to have no null."""

    policy: Policy
    key: str
    on: date | None
    wanted: tuple[str, ...] | None
    known: tuple[str, ...] | Literal["all"]

    def read(self, households: Schema, members: Schema, lib: Any) -> tuple[Reading, Reading]:
        """How both frames are read; raises `FactError` with every column that cannot be read."""
        asked = ("read", self.key, self.known, households, members, lib.__name__)
        return _plans(self.policy).result(asked, lambda: self._read(households, members, lib))

    def _read(self, households: Schema, members: Schema, lib: Any) -> tuple[Reading, Reading]:
        known, problems = self._known_facts()
        problems += _key_problems(self.key, households, members)
        readings = []
        for of, schema in zip(_PARTS, (households, members), strict=True):
            reading = read_schema(self.policy, of, schema, self.key, known, lib)
            if isinstance(reading, Reading):
                readings.append(reading)
            else:
                problems += reading
        if problems:
            raise FactError(problems)
        return readings[0], readings[1]

    def _known_facts(self) -> tuple[set[str], list[Problem]]:
        """The facts declared to have no null, and the problems of names that are no columns."""
        if self.known == "all":
            return {name for of in _PARTS for name in facts_of(self.policy, of)}, []
        known, problems = set[str](), list[Problem]()
        spelled = [spellings(self.policy, of, facts_of(self.policy, of)) for of in _PARTS]
        for word in self.known:
            known |= {names[word] for names in spelled if word in names}
            if not any(word in names for names in spelled):
                candidates = [name for names in spelled for name in names]
                problems.append(Problem("unknown_column", (word,), given=word, values=nearest(word, candidates)))
        return known, problems

    def plan(
        self, readings: tuple[Reading, Reading], profiles: tuple[Profiles, Profiles], lib: Any, *, simple: bool
    ) -> Plan:
        """The plan for frames that are read alike and have the same profiles.

        It gives the verdicts of all households, with unknown facts as far as they decide, and with problems. A `simple`
        one gives those of households without faults and seldom nulls; the others are only marked in `APART`.
        """
        asked = ("plan", self.key, self.on, self.wanted, readings, profiles, lib.__name__, simple)
        return _plans(self.policy).result(asked, lambda: _Planning(self, readings, profiles, lib).plan(simple=simple))


@per_policy
def _plans(policy: Policy) -> Memo:  # noqa: ARG001  # whose memo holds it
    """What is kept of earlier calls: readings and plans."""
    return Memo(_MOST_PLANS)


class _Planning:
    """Makes the plan of a call."""

    def __init__(
        self, job: _Job, readings: tuple[Reading, Reading], profiles: tuple[Profiles, Profiles], lib: Any
    ) -> None:
        self.job = job
        self.lib = lib
        self.readings = readings
        self.profiles = profiles
        self.prepared = prepared_table_policy(job.policy, frozenset((*readings[0].facts, *readings[1].facts)))
        self.maker = PlanMaker(self.prepared.program, lib)
        for frame, reading, profile in zip(self.frames, readings, profiles, strict=True):
            frame.put_facts(reading.facts, profile)
        day = cast(Number, day_value(job.policy, job.on))
        self.maker.households.inputs["on"] = Numbers(int(low(day)), int(high(day)))

    @property
    def frames(self) -> tuple[Columns, Columns]:
        return self.maker.households, self.maker.members

    def plan(self, *, simple: bool) -> Plan:
        """The plan: of all households, or of simple ones."""
        columns = self._wanted()
        problem, sound, beside = self._simple(columns) if simple else self._full(columns)
        self.maker.households.add("problem", problem, _LAST)
        outcomes = Outcomes(self.job.policy, self.prepared, self.maker.values, sound, self.lib)
        shown = outcomes.columns(self.job.on, columns)
        key = self.job.key
        named = {name: self.lib.col(name) for name in self.readings[0].beside if name != key}
        return self.maker.plan({**beside, **named, key: self.lib.col(key), **shown})

    def _wanted(self) -> list[str]:
        """The names of the wanted columns, in order."""
        job = self.job
        available = output_columns(job.policy, self.prepared)
        if job.key in available:
            raise FactError([Problem("key_taken", (job.key,), given=job.key)])
        wanted = tuple(available) if job.wanted is None else (*job.wanted, "problem")
        if unknown := [name for name in wanted if name not in available]:
            problems = [Problem("output_column", given=name, values=nearest(name, available)) for name in unknown]
            raise FactError(problems)
        return [column for column in available if column in wanted]

    def _compute(self, columns: Collection[str]) -> None:
        """Compute what the wanted columns and the policy's `must` need."""
        shown = roots_of(self.job.policy, self.prepared, columns)
        self.maker.compute((*shown, *self.prepared.program.must.values()), often=shown)

    def _full(self, columns: Collection[str]) -> tuple[Expr, Rows, dict[str, Expr]]:
        """The problem of each household, where it has none, and no further columns."""
        lib, null = self.lib, self.lib.lit(None, dtype=self.lib.String())
        own, theirs = self.frames
        own.put_fault(OWN_FAULT, self.readings[0].facts, self.profiles[0], numbered=False)
        faults = theirs.put_fault(FAULT, self.readings[1].facts, self.profiles[1], numbered=True)
        self.maker.faults = faults
        self._compute(columns)
        first = first_of(
            [(lib.lit("members_missing"), Column(lib.col(MEMBERS).is_null())), self._too_many_members], null
        )
        problems = [
            first,
            lib.col(OWN_FAULT),
            *([lib.col(FAULT)] if faults else []),
            first_of(self._broken(), null),
        ]
        return lib.coalesce(*problems), Column(lib.col("problem").is_null()), {}

    def _simple(self, columns: Collection[str]) -> tuple[Expr, Rows, dict[str, Expr]]:
        """No problem, everywhere; and the households that have to be computed apart."""
        lib = self.lib
        own, theirs = (
            frame.rows_apart(reading.facts, profile)
            for frame, reading, profile in zip(self.frames, self.readings, self.profiles, strict=True)
        )
        if theirs is not False:
            self.maker.counts[FAULT] = MemberSum(cast(str, self.maker.members.kept(theirs).name))
        self._compute(columns)
        apart = [
            Column(lib.col(MEMBERS).is_null()),
            self._too_many_members[1],
            own,
            False if theirs is False else Column(lib.col(FAULT) > 0),
            *(rows for _, rows in self._broken()),
        ]
        marked = literal(any_of(apart), lib).fill_null(True)  # noqa: FBT003  # Polars has no keyword
        return lib.lit(None, dtype=lib.String()), True, {APART: marked}

    @property
    def _too_many_members(self) -> tuple[Expr, Rows]:
        """The problem of a household with more members than the policy allows, with its rows."""
        at_most = self.job.policy.members.at_most
        return self.lib.lit("members_too_many"), Column(self.lib.col(MEMBERS) > at_most)

    def _broken(self) -> Iterator[tuple[Expr, Rows]]:
        """The problem of each `must`, with the rows in which it is certainly broken."""
        for clause, step in self.prepared.program.must.items():
            holds = cast(Truths, self.maker.values[step])
            code = clause if clause.startswith(DERIVED_OUTSIDE) else f"must_broken {clause}"
            yield self.lib.lit(code), opposite(holds.high)


def _key_problems(key: str, *schemas: Schema) -> Iterator[Problem]:
    """The problems of a key that has the name of a working column, or whose types engines cannot compare alike."""
    if key in _WORKING_COLUMNS or re.fullmatch("_[0-9]+", key):
        yield Problem("key_taken", (key,), given=key)
    dtypes = [schema[key] for schema in schemas if key in schema]
    if wrong := [dtype for dtype in dtypes if dtype.is_nested() or dtype == nw.Object]:
        yield Problem("column_kind", (key,), str(wrong[0]), {"title": key, "wanted": "String, Int64"})
    elif len({"integer" if dtype.is_integer() else str(dtype) for dtype in dtypes}) > 1:
        yield Problem("key_kinds", (key,), given=key, values={"own": str(dtypes[0]), "theirs": str(dtypes[1])})


def _assess_lazily(job: _Job, households: LazyFrame, members: LazyFrame) -> Any:
    """The verdicts of lazy frames, in a lazy frame of their kind; they are not scanned."""
    own, theirs = (
        _typed_lazily(frame, job.policy, of, job.key) for frame, of in zip((households, members), _PARTS, strict=True)
    )
    readings = job.read(_schema(own), _schema(theirs), nw)
    profiles = tuple(
        FrozenMapping((name, fact.default_profile) for name, fact in reading.facts.items()) for reading in readings
    )
    plan = job.plan(readings, (profiles[0], profiles[1]), nw, simple=False)
    return plan.of(readings[0].of(own), readings[1].of(theirs), JoinByKey(job.key, nw)).to_native()


def _schema(frame: LazyFrame | pl.DataFrame) -> Schema:
    """The types of a frame's columns."""
    narwhals = nw.from_native(frame) if isinstance(frame, pl.DataFrame) else frame
    return FrozenMapping(narwhals.collect_schema())


# --- Profiles of columns -----------------------------------------------------------------------------------------


def _full_profiles(reading: Reading, frame: pl.DataFrame) -> Profiles:
    """The profiles of a frame in memory from one scan: faults that no row has need not be computed."""
    scans = {f"{name} {what}": rows for name, fact in reading.facts.items() for what, rows in fact.scans().items()}
    if not scans:
        return FrozenMapping()
    row = _collected(reading.of(frame.lazy()).select(**scans)).row(0, named=True)
    return FrozenMapping(
        (name, fact.profile({what: row[f"{name} {what}"] for what in fact.scans()}))
        for name, fact in reading.facts.items()
    )


def _quick_profiles(reading: Reading, frame: pl.DataFrame) -> Profiles:
    """The profiles of a frame in memory from its null counts, the ends of numbers, and a sample of its texts."""
    read: pl.DataFrame = reading.of(frame)
    nulls = read.null_count().row(0, named=True)
    in_range = _aggregated(read, {name: fact.in_range for name, fact in reading.facts.items()})
    other_words = {name: fact.has_other_word.any() for name, fact in reading.facts.items() if fact.words}
    words = _aggregated(read.head(_SAMPLE), other_words)
    return FrozenMapping(
        (
            name,
            ColumnProfile(
                nulls=nulls[name] > 0,
                apart=KNOWN_NULL in fact.faults or nulls[name] * _SELDOM < frame.height,
                words=words.get(name, False),
                faults=frozenset() if in_range.get(name) else None,
            ),
        )
        for name, fact in reading.facts.items()
    )


def _aggregated(frame: pl.DataFrame, aggregates: Mapping[str, Expr | None]) -> dict[str, bool]:
    """Boolean aggregates of a frame."""
    wanted = {name: aggregate for name, aggregate in aggregates.items() if aggregate is not None}
    if not wanted:
        return {}
    row = _collected(frame.lazy().select(**wanted)).row(0, named=True)
    return {name: bool(value) for name, value in row.items()}


# --- Frames in memory --------------------------------------------------------------------------------------------


def _assess_in_memory(job: _Job, households: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The verdicts of frames in memory, with the numbers of the households' rows, in their order.

    Most households are computed in a simple way, without nulls and faults; the others are computed apart. Where those
    are many, all are computed in one go.
    """
    numbered = households.with_row_index(ROW)
    readings = job.read(_schema(numbered), _schema(members), pl)
    if _share_apart(readings, numbered, members) > _MANY_APART:
        return _in_order(_computed(job, readings, _full_profiles, numbered, members, simple=False))
    verdicts = _computed(job, readings, _quick_profiles, numbered, members, simple=True)
    is_apart = verdicts[APART]
    if not is_apart.any():
        return _in_order(verdicts.drop(APART))
    apart = numbered[verdicts.filter(is_apart)[ROW].sort()]
    members_apart = members.filter(pl.col(job.key).is_in(apart[job.key].unique().implode()))
    verdicts_apart = _computed(job, readings, _full_profiles, apart, members_apart, simple=False)
    return _in_order(pl.concat([verdicts.filter(~is_apart).drop(APART), verdicts_apart]))


def _share_apart(readings: tuple[Reading, Reading], households: pl.DataFrame, members: pl.DataFrame) -> float:
    """The share of households with a seldom null, as far as null counts tell."""
    apart = 0
    for reading, frame in zip(readings, (households, members), strict=True):
        nulls = reading.of(frame).select(*reading.facts).null_count()
        apart += sum(count for (count,) in nulls.iter_columns() if count * _SELDOM < frame.height)
    return apart / max(households.height, 1)


def _computed(  # noqa: PLR0913  # two frames, and how they are read and computed
    job: _Job,
    readings: tuple[Reading, Reading],
    profiles: Callable[[Reading, pl.DataFrame], Profiles],
    households: pl.DataFrame,
    members: pl.DataFrame,
    *,
    simple: bool,
) -> pl.DataFrame:
    """The verdicts of two frames."""
    own, theirs = readings
    plan = job.plan(readings, (profiles(own, households), profiles(theirs, members)), pl, simple=simple)
    at_most = job.policy.members.at_most
    by_key = PackedJoinByKey(job.key, pl, households[job.key], at_most)
    join = by_key if plan.by_key else join_by_position(job.key, households, members, at_most) or by_key
    return _collected(plan.of(own.of(households.lazy()), theirs.of(members.lazy()), join))


def _collected(frame: pl.LazyFrame) -> pl.DataFrame:
    return frame.collect(engine="streaming")


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
