"""Blank cells of a register are omitted facts: frames give the verdicts of `assess` without these facts."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest
from framing import answer, drawn
from registering import tables

from hardship_rules import FactError, load_policy
from hardship_rules.engine.tables import with_left_out
from hardship_rules.frames.run import assess_frame
from hardship_rules.language.mapping import mapping_for
from hardship_rules.registers._headers import headers_of
from hardship_rules.registers._mapped import Mapped, mapped
from hardship_rules.testing.strategies import households, partial_households

WEIHAI = load_policy("2021_weihai")
ON = "2021-03-31"


@cache
def sample() -> tuple[dict[str, Any], ...]:
    """Households with omitted facts and with explicitly unknown facts."""
    drawn_ones = [*drawn(households(WEIHAI), 30), *drawn(partial_households(WEIHAI), 60)]
    return tuple({**each, "on": None} for each in drawn_ones if each.get("members"))


def read(table: nw.LazyFrame[Any], *, of_members: bool) -> Mapped:
    """A table of the register, by the facts' titles."""
    mapping = mapping_for(WEIHAI)
    part = mapping.members if of_members else mapping.households
    headers = headers_of(WEIHAI, part, table.collect_schema().names())
    assert headers.problems == ()
    return mapped(table, headers)


def assessed(lazies: Iterator[Any]) -> pl.DataFrame:
    """The outcomes of two tables, with blank cells as omitted facts."""
    left_out = [fact.name for fact in WEIHAI.stand_ins]
    frames = []
    for number, lazy in enumerate(lazies):
        table = nw.from_native(lazy)
        frames.append(read(table, of_members=bool(number)).frame(table, "household", left_out).to_native())
    found = assess_frame(with_left_out(WEIHAI, left_out), frames[0], frames[1], on=ON)
    return pl.DataFrame(nw.from_native(found).lazy().collect().to_arrow())


@pytest.mark.parametrize("kind", ["polars", "duckdb"])
def test_blank_is_left_out(kind: str) -> None:
    """Every household has the verdict of `assess` if ranges alone decide it, and never a different one."""
    own, theirs = tables(WEIHAI, sample())
    if kind == "polars":
        found = assessed(iter([own.lazy(), theirs.lazy()]))
    else:
        with duckdb.connect() as connection:
            found = assessed(connection.from_arrow(each.to_arrow()) for each in (own, theirs))
    rows = {row["household"]: row for row in found.to_dicts()}
    decided = 0
    for number, household in enumerate(sample()):
        said, row = answer(WEIHAI, {**household, "on": ON}, None), rows[f"H{number}"]
        if isinstance(said, FactError):
            assert row["problem"].split(" ")[0] in {problem.code for problem in said.problems}, number
            continue
        assert row["problem"] is None, (number, row["problem"])
        for name, each in said.decisions.items():
            if not each.decision.every:
                settled = None if each.outcome is None else each.outcome.id
                assert row[name] in (settled, None), (number, name)
                decided += row[name] is not None
    assert decided > 100
