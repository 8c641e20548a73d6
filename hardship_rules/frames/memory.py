"""Frames in memory: most households are worked out plainly, those with something unknown or wrong by themselves."""

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import Path
from hardship_rules.frames._job import APART, Job, Seens, looked_at
from hardship_rules.frames._plan import together
from hardship_rules.frames.columns import ASIDE, KNOWN_NULL, ROW, Read, Seen, days_in, null_of, spellings
from hardship_rules.frames.given import all_null, in_polars, nothing_in

Lazy = nw.LazyFrame[Any]
_SELDOM = 8
"""Where fewer than one in so many rows of a column is null, those rows are worked out by themselves."""
_GLANCE = 100
"""So many rows tell whether options go by their titles."""


def assessed_in_memory(job: Job, households: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The outcomes of frames in memory, with the households' rows, in their order."""
    numbered = households.with_row_index(ROW)
    own, theirs = job.read(_lazy(numbered), _lazy(members))
    at_most = job.policy.members.at_most
    stand = together(job.key, numbered, members, at_most)
    plain = job.plain((own, _glanced_at(own)), (theirs, _glanced_at(theirs)), stand)
    found = _collected(plain)
    apart = found[APART]
    if not apart.any():
        return _in_order(found.drop(APART))
    rows = found.filter(apart)[ROW].sort()
    odd = numbered[rows]
    of_odd = members.filter(pl.col(job.key).is_in(odd[job.key].unique().implode()))
    by = together(job.key, odd, of_odd, at_most)
    careful = _collected(job.careful(*job.read(_lazy(odd), _lazy(of_odd)), looked_at, by))
    return _in_order(pl.concat([found.filter(~apart).drop(APART), careful]))


def _lazy(frame: pl.DataFrame) -> Lazy:
    return nw.from_native(frame.lazy())


def _collected(frame: Lazy) -> pl.DataFrame:
    found: pl.DataFrame = frame.to_native().collect(engine="streaming")
    return found


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame if frame[ROW].is_sorted() else frame.sort(ROW)


def _glanced_at(part: Read) -> Seens:
    """What little is looked at in whole columns before the plain rows are worked out."""
    frame: pl.DataFrame = part.frame.to_native().collect()
    nulls = frame.null_count().row(0, named=True)
    ends = _told(frame, {name: fact.ends for name, fact in part.facts.items() if fact.ends is not None})
    first = frame.head(_GLANCE)
    words = _told(first, {name: fact.others.any() for name, fact in part.facts.items() if fact.words})
    return {
        name: Seen(
            nulls=nulls[name] > 0,
            apart=KNOWN_NULL in fact.faults or nulls[name] * _SELDOM < frame.height,
            words=words.get(name, False),
            faults=frozenset() if ends.get(name) else None,
        )
        for name, fact in part.facts.items()
    }


def _told(frame: pl.DataFrame, looks: Mapping[str, nw.Expr]) -> dict[str, bool]:
    """What each look tells of the whole of a frame."""
    if not looks:
        return {}
    told = _collected(_lazy(frame).select(*(look.alias(name) for name, look in looks.items())))
    return {name: bool(found) for name, found in told.row(0, named=True).items()}


def typed(given: nw.DataFrame[Any], policy: Policy, of: Path, facts: Mapping[str, Fact], key: str) -> pl.DataFrame:
    """A frame as Polars has it; columns of nothing but nulls, which have no type with some hosts, have their fact's."""
    spelled = spellings(policy, of, facts)
    frame = in_polars(given, days_in(policy, of), ASIDE - {key})
    nothing = {name: null_of(facts[spelled[name]]) for name in all_null(frame) if name in spelled and name != key}
    return nw.from_native(frame).with_columns(**nothing).to_native() if nothing else frame


def typed_lazily(frame: Lazy, policy: Policy, of: Path, facts: Mapping[str, Fact], key: str) -> Lazy:
    """A lazy frame whose columns without a type have their fact's."""
    spelled = spellings(policy, of, facts)
    nothing = {name: null_of(facts[spelled[name]]) for name in nothing_in(frame) if name in spelled and name != key}
    return frame.with_columns(**nothing) if nothing else frame


def as_given(given: nw.DataFrame[Any], frame: pl.DataFrame) -> Any:
    """A frame as the kind that another in memory is of."""
    if given.implementation.is_pandas():
        return frame.to_pandas(use_pyarrow_extension_array=True)  # a null would make numpy's numbers floats
    return frame.to_arrow() if given.implementation.is_pyarrow() else frame
