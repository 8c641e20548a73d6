"""A policy applied to data frames: a row for each household, a row for each member, an outcome for each household."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Literal

from hardship_rules.core.policy import Policy, refuse_undecidable
from hardship_rules.core.problem import FactError, Problem
from hardship_rules.engine.tables import day_inside
from hardship_rules.frames._explained import explained
from hardship_rules.frames._job import Job, nothing_seen
from hardship_rules.frames._plan import ByKey
from hardship_rules.frames.columns import ROW
from hardship_rules.frames.given import frame_of
from hardship_rules.frames.libraries import nw
from hardship_rules.frames.memory import as_given, assessed_in_memory, typed, typed_lazily


def assess_frame(  # noqa: PLR0913, PLR0917  # two frames, how they hang together, and what is wanted
    policy: Policy,
    households: Any,
    members: Any,
    key: str = "household",
    on: date | str | None = None,
    undecided: Literal["leave", "explain"] = "leave",
    columns: Sequence[str] | None = None,
    known: Collection[str] | Literal["all"] = (),
) -> Any:
    """Apply a policy to a frame of households and one of their members, on a day; a frame of the same kind comes back.

    Both have a column `key`; the others are named as the policy's facts. `columns` are those wanted beside `key` and
    `problem`: all, where it is left out; what no wanted column needs is not worked out. `known` are the columns said to
    hold no null, so that less is to be worked out: a row with one is a problem. Raises `FactError` with every column
    that cannot be read, and `PolicyError` for a policy that cannot decide or whose numbers could leave 64 bits.
    """
    refuse_undecidable(policy)
    if undecided not in ("leave", "explain"):
        raise ValueError(f'undecided is "leave" or "explain", not {undecided!r}')
    columns = [columns] if isinstance(columns, str) else columns
    known = [known] if isinstance(known, str) and known != "all" else known
    job = Job(policy, key, day_inside(policy, on), None if columns is None else tuple(columns), known)
    of_households, of_members = frame_of(households), frame_of(members)
    parts = ((("household",), policy.facts), (("members", "facts"), policy.members.facts))
    if isinstance(of_households, nw.LazyFrame) and isinstance(of_members, nw.LazyFrame):
        if undecided == "explain":
            raise FactError([Problem("explain_lazy", given=type(households).__name__)])
        lazy = [
            typed_lazily(each, policy, *part, key)
            for each, part in zip((of_households, of_members), parts, strict=True)
        ]
        return job.careful(*job.read(lazy[0], lazy[1]), nothing_seen, ByKey(key)).to_native()
    if isinstance(of_households, nw.LazyFrame) or isinstance(of_members, nw.LazyFrame):
        raise FactError(
            [Problem("frames_differ", given=type(households).__name__, values={"other": type(members).__name__})]
        )
    own = typed(of_households, policy, *parts[0], key)
    theirs = typed(of_members, policy, *parts[1], key)
    if key in own.columns and key in theirs.columns:  # no rows have no type
        own = own if own.height else own.with_columns(theirs[key].clear())
        theirs = theirs if theirs.height else theirs.with_columns(own[key].clear())
    assessed = assessed_in_memory(job, own, theirs)
    if undecided == "explain":
        assessed = explained(policy, key, job.on, own, theirs, assessed)
    found = as_given(of_households, assessed.drop(ROW))
    return found.set_index(households.index) if of_households.implementation.is_pandas() else found
