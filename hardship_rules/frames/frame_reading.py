"""The columns of a frame are held against a policy's facts: each is one, by its name, its title or an earlier word."""

from collections.abc import Collection, Mapping
from typing import Any

import narwhals as nw
from attrs import frozen

from hardship_rules.core.model import Fact, Policy
from hardship_rules.core.problems import Path, Problem, nearest
from hardship_rules.core.values import DateKind
from hardship_rules.frames.frame_facts import FactColumn, fact_column

Lazy = nw.LazyFrame[Any]
ROW = "_row"
"""The column that numbers the households of a frame in memory."""
ASIDE = frozenset({"reference", "label"})
"""Columns that hosts may keep beside the facts."""


@frozen
class Read:
    """A frame whose columns are named as the facts, and the facts that it has a column of."""

    frame: Lazy
    facts: dict[str, FactColumn]
    numbered: tuple[str, ...] = ()  # the column that numbers its rows, where there is one


def spellings(policy: Policy, of: Path, facts: Mapping[str, Fact]) -> dict[str, str]:
    """What columns may be called, with the fact that each is: earlier words, titles, names."""
    earlier = {word: former.new for word, former in policy.formerly.get(of, {}).items()}
    return earlier | {fact.title: name for name, fact in facts.items()} | {name: name for name in facts}


def days_in(policy: Policy, of: Path) -> set[str]:
    """What the columns of days may be called."""
    facts = policy.facts if of == ("household",) else policy.members.facts
    words = spellings(policy, of, facts).items()
    return {word for word, name in words if isinstance(facts[name].kind, DateKind)}


def read(  # noqa: PLR0913, PLR0917  # a frame, and by what it is read
    policy: Policy, of: Path, facts: Mapping[str, Fact], frame: Lazy, key: str, known: Collection[str]
) -> Read | list[Problem]:
    """A frame as facts, or every column that cannot be read; `known` are the facts of which no row is to be null."""
    spelled = spellings(policy, of, facts)
    problems: list[Problem] = []
    schema = dict(frame.collect_schema())
    if key not in schema:
        problems.append(Problem("column_missing", (key,), given=key))
    found: dict[str, FactColumn] = {}
    called: dict[str, str] = {}
    for column, dtype in schema.items():
        if column in (key, ROW) or column in ASIDE:
            continue
        name = spelled.get(column)
        if name is None:
            problems.append(Problem("unknown_column", (column,), given=column, values=nearest(column, spelled)))
        elif name in called:
            problems.append(Problem("fact_twice", (name,), given=column, values={"other": called[name]}))
        else:
            called[name] = column
            earlier: dict[str, list[str]] = {}
            for word, former in policy.formerly.get((name, "one of"), {}).items():
                earlier.setdefault(former.new, []).append(word)
            made = fact_column(facts[name], dtype, earlier, known=name in known)
            if isinstance(made, Problem):
                problems.append(made)
            else:
                found[name] = made
    if problems:
        return problems
    renamed = {column: name for name, column in called.items() if column != name}
    frame = frame.rename(renamed) if renamed else frame
    numbered = (ROW,) if ROW in schema else ()
    return Read(frame.select(*numbered, key, *found), found, numbered)
