"""A register's own soundness: nobody in two files or twice in one, no file without its worker, no member of no file."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from attrs import field, frozen

from hardship_rules.core.kinds import ChoiceKind
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Problem
from hardship_rules.frames.columns import spellings
from hardship_rules.frames.given import column_names, frame_of, in_polars
from hardship_rules.frames.libraries import nw, pl
from hardship_rules.language.mapping import UNKNOWN_WORDS
from hardship_rules.registers._cells import compared_numbers

WORKER, SPOUSE = "self", "spouse"
FEW = 5  # places that a sentence names, where there are many
_NOBODY = rf"^([^\p{{L}}\p{{N}}]*|无|不详|{'|'.join(UNKNOWN_WORDS).upper()})$"
Code = Literal[
    "household_twice",
    "member_of_no_household",
    "household_without_worker",
    "household_of_workers",
    "person_twice_in_one",
    "person_worker_of_two",
    "spouses_with_two_files",
    "worker_elsewhere",
    "person_in_two",
    "person_not_told",
]


@frozen(order=True)
class Place:
    """A row of the register's households, or of its members, counted from 0."""

    of_members: bool
    row: int


@frozen
class Finding:
    """Something that is not sound, with every row that has part in it. Nothing that a person is known by is in it."""

    code: Code
    places: tuple[Place, ...]
    keys: tuple[object, ...] = field(repr=False)  # of the households

    def problem(self, said: Mapping[Place, str]) -> Problem:
        """The finding as a problem, with its places in the words of whoever knows where the rows stand."""
        shown = [said[place] for place in self.places[:FEW]]
        return Problem(self.code, values={"places": "; ".join(shown), "count": str(len(self.places))})


def soundness(
    policy: Policy, households: Any, members: Any, key: str = "household", identifier: str | None = None
) -> tuple[Finding, ...]:
    """What is not sound in a register, by frames as `assess_frame` takes them, in the order of its rows.

    `identifier` is the members' column that says who a person is, such as a number; it is compared in plain digits,
    without spaces, quotes and signs that do not show and without regard to case, and never told; 未知, 无 or a dash
    says nobody. Who is the worker of a file and who the spouse says the first fact by which the policy calls members,
    where it has the options `self` and `spouse`. Lazy frames are collected, of these columns only.
    """
    fact = next((policy.members.facts[name] for name in policy.members.called_by), None)
    spelled = spellings(policy, ("members", "facts"), policy.members.facts)
    options = dict(fact.kind.options) if fact is not None and isinstance(fact.kind, ChoiceKind) else {}
    listed = _read(households, {"key": (key,)})
    names = tuple(word for word, name in reversed(spelled.items()) if fact is not None and name == fact.name)
    people = _read(members, {"key": (key,), "who": names, "told": (identifier,)})
    own, theirs = listed["key"].dtype, people["key"].dtype
    if own != theirs and not (own.is_integer() and theirs.is_integer()) and listed.height and people.height:
        values = {"own": str(own), "theirs": str(theirs)}
        raise FactError([Problem("key_kinds", (key,), given=key, values=values)])
    names_of = {title: name for name, title in options.items()} | {name: name for name in options}
    people = people.with_columns(
        who=pl.col("who").cast(pl.String).replace_strict(names_of, default=None, return_dtype=pl.String),
        told=compared_numbers(pl.col("told").cast(pl.String)),
    ).with_columns(told=pl.when(~pl.col("told").str.contains(_NOBODY)).then("told"))
    found = [*_of_files(listed, people, has_worker=WORKER in options)]
    if identifier is not None:
        found += _of_persons(people)
    return tuple(sorted(found, key=lambda each: (each.places[0], each.code)))


def _read(frame: Any, wanted: Mapping[str, tuple[str | None, ...]]) -> pl.DataFrame:
    """Some columns, each by one of its names, with the numbers of the rows; that of the key has to be there."""
    read = frame_of(frame)
    there = column_names(read)
    named = {own: [name for name in names if name in there] for own, names in wanted.items()}
    problems = [Problem("column_missing", (str(key),), given=str(key)) for key in wanted["key"] if not named["key"]]
    for own, several in named.items():
        if several[1:]:
            problems.append(Problem("fact_twice", (own,), given=several[1], values={"other": several[0]}))
    if problems:
        raise FactError(problems)
    only = list(dict.fromkeys(some[0] for some in named.values() if some))
    table = in_polars(read.select(only).collect() if isinstance(read, nw.LazyFrame) else read.select(only))
    nothing = pl.Series([None] * table.height, dtype=pl.String)
    columns = {own: table[some[0]] if some else nothing for own, some in named.items()}
    for own, column in columns.items():
        if not _can_be_read(column.dtype, of_key=own == "key"):
            name = named[own][0]
            values = {"title": name, "wanted": "String, Int64"}
            problems.append(Problem("column_kind", (name,), given=str(column.dtype), values=values))
    if problems:
        raise FactError(problems)
    return pl.DataFrame([column.alias(own) for own, column in columns.items()]).with_row_index("row")


def _can_be_read(dtype: pl.DataType, *, of_key: bool) -> bool:
    """Keys are compared, everything else is read as text."""
    if of_key:
        return not dtype.is_nested() and dtype != pl.Object
    return dtype.is_numeric() or dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null)


def _finding(code: Code, rows: pl.DataFrame, *, of_members: bool) -> Iterator[Finding]:
    if not rows.is_empty():
        places = tuple(Place(of_members, row) for row in rows["row"])
        yield Finding(code, places, tuple(dict.fromkeys(rows["key"])))


def _of_files(listed: pl.DataFrame, people: pl.DataFrame, *, has_worker: bool) -> Iterator[Finding]:
    """Keys that are listed twice, members whose key is not listed, files without a worker or with several."""
    for _, rows in listed.filter(pl.col("key").is_duplicated()).group_by("key", maintain_order=True):
        yield from _finding("household_twice", rows, of_members=False)
    nowhere = people.filter(pl.col("key").is_null() | ~pl.col("key").is_in(listed["key"].implode()))
    yield from _finding("member_of_no_household", nowhere, of_members=True)
    if has_worker:
        workers = (pl.col("who") == WORKER).sum().alias("workers")
        counted = people.group_by("key").agg(workers, pl.col("who").is_null().any().alias("open"))
        without = counted.filter(~pl.col("open") & (pl.col("workers") == 0))["key"]
        yield from _finding(
            "household_without_worker", listed.filter(pl.col("key").is_in(without.implode())), of_members=False
        )
        worker = people.filter(pl.col("who") == WORKER)
        several = worker.filter(pl.col("key").is_duplicated())
        for _, rows in several.group_by("key", maintain_order=True):
            yield from _finding("household_of_workers", rows, of_members=True)


def _of_persons(people: pl.DataFrame) -> Iterator[Finding]:
    """Persons who are in the register more than once, and rows that do not say who it is."""
    yield from _finding("person_not_told", people.filter(pl.col("told").is_null()), of_members=True)
    often = people.filter(pl.col("told").is_not_null() & pl.col("told").is_duplicated())
    couples = _couples(often)
    for rows in couples.values():
        yield from _finding("spouses_with_two_files", rows, of_members=True)
    for _, rows in often.group_by("told", maintain_order=True):
        for _, twice in rows.filter(pl.col("key").is_duplicated()).group_by("key", maintain_order=True):
            yield from _finding("person_twice_in_one", twice, of_members=True)
        files = rows.unique("key", keep="first", maintain_order=True)
        if len(files) > 1 and frozenset(files["key"]) not in couples:
            workers = (files["who"] == WORKER).sum()
            yield from _finding(
                "person_worker_of_two" if workers > 1 else "worker_elsewhere" if workers else "person_in_two",
                files,
                of_members=True,
            )


def _couples(often: pl.DataFrame) -> dict[frozenset[object], pl.DataFrame]:
    """Two files each of whose workers is the spouse in the other, with the rows of both."""
    workers, spouses = (often.filter(pl.col("who") == who) for who in (WORKER, SPOUSE))
    both = workers.join(spouses, on="told", suffix="_other").filter(pl.col("key") != pl.col("key_other"))
    rows = {(row["key"], row["key_other"]): (row["row"], row["row_other"]) for row in both.iter_rows(named=True)}
    return {
        frozenset((key, other)): often.filter(pl.col("row").is_in([*places, *rows[other, key]]))
        for (key, other), places in rows.items()
        if (other, key) in rows
    }
