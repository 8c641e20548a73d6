"""A policy applied to data frames: a row for each household, a row for each member, an outcome for each household."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any, Literal, cast

import narwhals as nw
from attrs import frozen

from hardship_rules import column_values as values
from hardship_rules.column_values import Bound, Choices, Numbers, Truths
from hardship_rules.frame_explained import explained
from hardship_rules.frame_facts import FactColumn, Seen, fact_column, null_of
from hardship_rules.frame_policy import (
    DERIVED_OUTSIDE,
    ROUNDED,
    FramePolicy,
    day_inside,
    prepared_policy,
    refuse_undecidable,
)
from hardship_rules.frame_work import FAULT, MEMBERS, Side, Work
from hardship_rules.household import scope_of_facts
from hardship_rules.model import Fact, Policy
from hardship_rules.problems import FactError, Problem, nearest

Lazy = nw.LazyFrame[Any]
_ROW = "_row"
_JOINT = ";"  # between several ids in one text
_ASIDE = frozenset({"reference", "label"})  # columns that hosts may keep beside the facts


def assess_frame(  # noqa: PLR0913, PLR0917  # two frames, how they hang together, and what is wanted
    policy: Policy,
    households: Any,
    members: Any,
    key: str = "household",
    on: date | str | None = None,
    undecided: Literal["leave", "explain"] = "leave",
    columns: Sequence[str] | None = None,
) -> Any:
    """Apply a policy to a frame of households and one of their members, on a day; a frame of the same kind comes back.

    Both have a column `key`; the others are named as the policy's facts. `columns` are those wanted beside `key` and
    `problem`: all, where it is left out; what no wanted column needs is not worked out. Raises `FactError` with every
    column that cannot be read, and `PolicyError` for a policy that cannot decide or whose numbers could leave 64 bits.
    """
    refuse_undecidable(policy)
    job = _Job(policy, key, day_inside(policy, on), None if columns is None else (*columns, "problem"))
    of_households, of_members = nw.from_native(households), nw.from_native(members)
    if isinstance(of_households, nw.LazyFrame) and isinstance(of_members, nw.LazyFrame):
        if undecided == "explain":
            raise FactError([Problem("explain_lazy", given=type(households).__name__)])
        return job.assessed(of_households, of_members, _nothing_seen).to_native()
    if isinstance(of_households, nw.LazyFrame) or isinstance(of_members, nw.LazyFrame):
        raise FactError(
            [Problem("frames_differ", given=type(households).__name__, values={"other": type(members).__name__})]
        )
    own = _typed(of_households.to_polars(), policy.facts)
    theirs = _typed(of_members.to_polars(), policy.members.facts)
    numbered = nw.from_native(own.with_row_index(_ROW).lazy())
    assessed = job.assessed(numbered, nw.from_native(theirs.lazy()), _looked_at).to_native().collect().sort(_ROW)
    if undecided == "explain":
        assessed = explained(policy, key, job.on, own, theirs, assessed)
    return _as_given(of_households, assessed.drop(_ROW))


def _typed(frame: Any, facts: Mapping[str, Fact]) -> Any:
    """A frame in memory whose columns of nothing but nulls, which have no type with some hosts, have their fact's."""
    spelled = {fact.title: fact for fact in facts.values()} | dict(facts)
    empty = [name for name, nulls in frame.null_count().to_dicts()[0].items() if nulls and nulls == frame.height]
    nothing = {name: null_of(spelled[name]) for name in empty if name in spelled}
    return nw.from_native(frame).with_columns(**nothing).to_native() if nothing else frame


def _as_given(given: "nw.DataFrame[Any]", assessed: Any) -> Any:
    """The outcomes as the kind of frame that was given."""
    if given.implementation.is_pandas():
        found = assessed.to_pandas(use_pyarrow_extension_array=True)  # a null would make numpy's numbers floats
        return found.set_index(given.to_native().index)
    return assessed.to_arrow() if given.implementation.is_pyarrow() else assessed


def _looked_at(frame: Lazy, facts: Mapping[str, FactColumn]) -> dict[str, Seen]:
    """What one look at a frame in memory tells of its columns: what no row has need not be reckoned with."""
    looks = {f"{name} {what}": rows for name, fact in facts.items() for what, rows in fact.looks().items()}
    if not looks:
        return {}
    row = frame.select(*(rows.alias(name) for name, rows in looks.items())).collect().rows(named=True)[0]
    return {name: fact.seen({what: row[f"{name} {what}"] for what in fact.looks()}) for name, fact in facts.items()}


def _nothing_seen(_: Lazy, facts: Mapping[str, FactColumn]) -> dict[str, Seen]:
    return dict.fromkeys(facts, Seen())


@frozen
class _Job:
    policy: Policy
    key: str
    on: date | None
    wanted: tuple[str, ...] | None

    def assessed(self, households: Lazy, members: Lazy, look: Any) -> Lazy:
        """The outcomes of lazy frames, as a lazy frame."""
        households, own = self.facts(households, self.policy.facts)
        members, theirs = self.facts(members, self.policy.members.facts)
        prepared = prepared_policy(self.policy, frozenset((*own, *theirs)))
        seen, seen_of_members = look(households, own), look(members, theirs)
        faults = list(_faults(own, seen))
        of_members = list(_faults(theirs, seen_of_members))
        if of_members:
            members = members.with_columns(_first(of_members).alias(FAULT))
        numbers = count()
        sides = Side(households, numbers), Side(members, numbers)
        work = Work(prepared.made.policy, self.key, *sides, self.policy.switches, bool(of_members))
        work.households.take(own, seen)
        work.members.take(theirs, seen_of_members)
        day = scope_of_facts(self.policy, self.on, {}, []).values["on"]
        work.households.values["on"] = values.constant(cast(Any, day))
        sources = _sources(self.policy, prepared)
        wanted = tuple(sources) if self.wanted is None else self.wanted
        if unknown := [name for name in wanted if name not in sources]:
            raise FactError([Problem("output_column", given=name, values=nearest(name, sources)) for name in unknown])
        work.work_out({sources[column]: None for column in wanted if sources[column]})
        frame = work.households.frame.with_columns(self.problem(work, faults, of_members).alias("problem"))
        kept = [_ROW] if _ROW in frame.collect_schema().names() else []
        shown = self.columns(work, prepared)
        columns = (shown[name].alias(name) for name in sources if name in wanted)
        return frame.select(*kept, self.key, *columns)

    def facts(self, frame: Lazy, facts: Mapping[str, Fact]) -> tuple[Lazy, dict[str, FactColumn]]:
        """A frame whose columns are named as the facts, and the facts that it has a column of."""
        titles = {fact.title: name for name, fact in facts.items()}
        schema = dict(frame.collect_schema())
        problems = [] if self.key in schema else [Problem("column_missing", (self.key,), given=self.key)]
        renamed = {name: titles[name] for name in schema if name in titles and name not in facts and name != self.key}
        frame = frame.rename(renamed) if renamed else frame
        found: dict[str, FactColumn] = {}
        for spelled, dtype in schema.items():
            name = renamed.get(spelled, spelled)
            if name in (self.key, _ROW) or name in _ASIDE:
                continue
            if name not in facts:
                problems.append(Problem("unknown_column", (name,), given=name, values=nearest(name, [*facts, *titles])))
                continue
            column = fact_column(facts[name], dtype)
            if isinstance(column, Problem):
                problems.append(column)
            else:
                found[name] = column
        if problems:
            raise FactError(problems)
        return frame.select(*[each for each in (_ROW,) if each in schema], self.key, *found), found

    def problem(self, work: Work, faults: list[tuple[str, nw.Expr]], of_members: list[tuple[str, nw.Expr]]) -> nw.Expr:
        """The first thing for which a household cannot be decided."""
        found: list[tuple[str, Bound]] = [("members_missing", nw.col(MEMBERS).is_null())]
        found.append(("members_too_many", nw.col(MEMBERS) > self.policy.members.at_most))
        found += faults
        found += [(text, nw.col(FAULT) == number) for number, (text, _) in enumerate(of_members)]
        for clause in work.policy.must:
            holds = cast(Truths, work.value(clause, work.households))
            derived = clause.id.startswith(DERIVED_OUTSIDE)
            found.append((clause.id if derived else f"must_broken {clause.id}", values.opposite(holds.high)))
        text = nw.lit(None, dtype=nw.String())
        for name, rows in reversed(found):
            if rows is not False:
                text = nw.when(values.literal(rows)).then(nw.lit(name)).otherwise(text)
        return text

    def columns(self, work: Work, prepared: FramePolicy) -> dict[str, nw.Expr]:
        """The columns of all that was worked out."""
        sound = nw.col("problem").is_null()
        found: dict[str, nw.Expr] = {}
        for name, decision in self.policy.decisions.items():
            if name not in work.households.values:
                continue
            if decision.every:
                for outcome in decision.outcomes:
                    truth = cast(Truths, work.households.values[f"{name} {outcome.id}"])
                    found[f"{name}_{outcome.id}"] = _truth(truth, sound)
            else:
                choices = cast(Choices, work.households.values[name])
                found[name] = _decided(choices, sound)
                if decision is self.policy.category:
                    found[f"{name}_possible"] = (
                        found[name] if choices.known else nw.when(sound).then(_listed(choices.can))
                    )
                    found[f"{name}_clauses"] = _reasons(work, choices, sound)
        for column, name in prepared.figures.items():
            if name not in work.households.values:
                continue
            number = cast(Numbers, work.named(name, work.households))
            found[column] = _number(number, sound, hundredths=column.endswith(ROUNDED))
        said = _JOINT.join(prepared.stand_ins)
        found["stand_ins"] = nw.lit(said)
        found["problem"] = nw.col("problem")
        found["policy"] = nw.lit(self.policy.name)
        found["fingerprint"] = nw.lit(self.policy.fingerprint)
        found["on"] = nw.lit(self.on, dtype=nw.Date())
        return found


def _sources(policy: Policy, prepared: FramePolicy) -> dict[str, str]:
    """The columns that there are, in their order, each with the decision, term or parameter that it tells of."""
    found: dict[str, str] = {}
    for name, decision in policy.decisions.items():
        found |= {f"{name}_{outcome.id}": name for outcome in decision.outcomes} if decision.every else {name: name}
        if decision is policy.category and not decision.every:
            found |= {f"{name}_possible": name, f"{name}_clauses": name}
    return {**found, **prepared.figures, **dict.fromkeys(("stand_ins", "problem", "policy", "fingerprint", "on"), "")}


def _faults(facts: Mapping[str, FactColumn], seen: Mapping[str, Seen]) -> Iterator[tuple[str, nw.Expr]]:
    for name, fact in facts.items():
        known = seen[name].faults
        for code, rows in fact.faults.items():
            if known is None or code in known:
                yield f"{code} {name}", rows


def _first(faults: list[tuple[str, nw.Expr]]) -> nw.Expr:
    """The number of the first fault of each row."""
    number = nw.lit(None, dtype=nw.Int64())
    for place, (_, rows) in reversed(list(enumerate(faults))):
        number = nw.when(rows).then(nw.lit(place, dtype=nw.Int64())).otherwise(number)
    return number


def _truth(truth: Truths, sound: nw.Expr) -> nw.Expr:
    low = values.literal(truth.low)
    settled = (
        sound
        if values.is_known(truth)
        else sound & values.literal(values.either(truth.low, values.opposite(truth.high)))
    )
    return nw.when(settled).then(low)


def _reasons(work: Work, choices: Choices, sound: nw.Expr) -> nw.Expr:
    """The clauses that decided the category, in one text."""
    text = nw.lit(None, dtype=nw.String())
    for name, clauses in work.reasons.items():
        settled = values.literal(values.one_of(choices, [name]).low)
        text = nw.when(settled).then(_listed(clauses)).otherwise(text)
    return nw.when(sound).then(text)


def _decided(choices: Choices, sound: nw.Expr) -> nw.Expr:
    text = nw.lit(None, dtype=nw.String())
    for name in reversed(tuple(choices.can)):
        rows = values.one_of(choices, [name]).low
        if rows is not False:
            text = nw.when(values.literal(rows)).then(nw.lit(name)).otherwise(text)
    return nw.when(sound).then(text)


def _listed(rows: Mapping[str, Bound]) -> nw.Expr:
    """The names that hold in a row, in one text."""
    parts = [nw.when(values.literal(each)).then(nw.lit(name)) for name, each in rows.items() if each is not False]
    return nw.concat_str(*parts, separator=_JOINT, ignore_nulls=True) if parts else nw.lit("")


def _number(number: Numbers, sound: nw.Expr, *, hundredths: bool) -> nw.Expr:
    low = values.literal(number.low).cast(nw.Int64())
    shown = values.quotient(low, 100) if hundredths else low
    settled = sound if values.is_known(number) else sound & (low == values.literal(number.high))
    return nw.when(settled).then(shown)
