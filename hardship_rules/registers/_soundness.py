"""Integrity of a register: persons in two files or twice in one, files without a worker, members without a file."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from attrs import field, frozen

from hardship_rules.core.kinds import ChoiceKind
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Problem
from hardship_rules.frames.columns import spellings
from hardship_rules.frames.given import checked_frame, column_names, to_polars
from hardship_rules.frames.libraries import nw, pl
from hardship_rules.language.mapping import UNKNOWN_WORDS
from hardship_rules.registers._cells import normalized_numbers

WORKER, SPOUSE = "self", "spouse"
FEW = 5
"""The most places that a sentence lists."""

_NO_PERSON = rf"^([^\p{{L}}\p{{N}}]*|无|不详|{'|'.join(UNKNOWN_WORDS).upper()})$"
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
    """A row of the households, or of the members, counted from 0."""

    of_members: bool
    row: int


@frozen
class Finding:
    """A lack of integrity, with all rows involved; no identifier of a person is in it."""

    code: Code
    places: tuple[Place, ...]
    keys: tuple[object, ...] = field(repr=False)  # of the households

    def problem(self, names: Mapping[Place, str]) -> Problem:
        """The finding as a problem; `names` are the names of its places, such as 成员!A5."""
        shown = [names[place] for place in self.places[:FEW]]
        return Problem(self.code, values={"places": "; ".join(shown), "count": str(len(self.places))})


def soundness(
    policy: Policy, households: Any, members: Any, key: str = "household", identifier: str | None = None
) -> tuple[Finding, ...]:
    """The findings on a register, given as frames for `assess_frame`, in the order of its rows.

    `identifier` is the members' column that identifies a person, such as an identity number. It is compared in
    half-width digits and capitals, without spaces, quotes and invisible characters, and is not part of any finding;
    未知, 无 or a dash is no identifier. The worker and the spouse are known by the options `self` and `spouse`
    of the first fact by which the policy calls members. Lazy frames are collected, with these columns only.

    Raises `FactError` if a column is missing or of a type that cannot be compared.
    """
    fact = next((policy.members.facts[name] for name in policy.members.called_by), None)
    spelled = spellings(policy, ("members", "facts"), policy.members.facts)
    options = dict(fact.kind.options) if fact is not None and isinstance(fact.kind, ChoiceKind) else {}
    listed = _read(households, {"key": (key,)})
    names = tuple(word for word, name in reversed(spelled.items()) if fact is not None and name == fact.name)
    people = _read(members, {"key": (key,), "who": names, "person": (identifier,)})
    key_type, type_of_members = listed["key"].dtype, people["key"].dtype
    both_whole = key_type.is_integer() and type_of_members.is_integer()
    if key_type != type_of_members and not both_whole and listed.height and people.height:
        values = {"own": str(key_type), "theirs": str(type_of_members)}
        raise FactError([Problem("key_kinds", (key,), given=key, values=values)])
    names_of = {title: name for name, title in options.items()} | {name: name for name in options}
    people = people.with_columns(
        who=pl.col("who").cast(pl.String).replace_strict(names_of, default=None, return_dtype=pl.String),
        person=normalized_numbers(pl.col("person").cast(pl.String)),
    ).with_columns(person=pl.when(~pl.col("person").str.contains(_NO_PERSON)).then("person"))
    findings = [*_of_files(listed, people, has_worker=WORKER in options)]
    if identifier is not None:
        findings += _of_persons(people)
    return tuple(sorted(findings, key=lambda finding: (finding.places[0], finding.code)))


def _read(frame: Any, wanted: Mapping[str, tuple[str | None, ...]]) -> pl.DataFrame:
    """The wanted columns, each known by one of several names, with the row numbers as `row`; the key is required."""
    given = checked_frame(frame)
    present = column_names(given)
    named = {column: [name for name in names if name in present] for column, names in wanted.items()}
    problems = [Problem("column_missing", (str(key),), given=str(key)) for key in wanted["key"] if not named["key"]]
    for column, names in named.items():
        if names[1:]:
            problems.append(Problem("fact_twice", (column,), given=names[1], values={"other": names[0]}))
    if problems:
        raise FactError(problems)
    only = list(dict.fromkeys(names[0] for names in named.values() if names))
    table = to_polars(given.select(only).collect() if isinstance(given, nw.LazyFrame) else given.select(only))
    empty = pl.Series([None] * table.height, dtype=pl.String)
    series = {column: table[names[0]] if names else empty for column, names in named.items()}
    for column, column_values in series.items():
        dtype = column_values.dtype
        if not _can_be_read(dtype, of_key=column == "key"):
            name = named[column][0]
            values = {"title": name, "wanted": "String, Int64"}
            problems.append(Problem("column_kind", (name,), given=str(dtype), values=values))
    if problems:
        raise FactError(problems)
    return pl.DataFrame([column_values.alias(column) for column, column_values in series.items()]).with_row_index("row")


def _can_be_read(dtype: pl.DataType, *, of_key: bool) -> bool:
    """Whether a column can be compared as a key, or read as text."""
    if of_key:
        return not dtype.is_nested() and dtype != pl.Object
    return dtype.is_numeric() or dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null)


def _finding(code: Code, rows: pl.DataFrame, *, of_members: bool) -> Iterator[Finding]:
    if not rows.is_empty():
        places = tuple(Place(of_members, row) for row in rows["row"])
        yield Finding(code, places, tuple(dict.fromkeys(rows["key"])))


def _of_files(listed: pl.DataFrame, people: pl.DataFrame, *, has_worker: bool) -> Iterator[Finding]:
    """Keys that are listed twice, members whose key is not listed, files with no worker or with several."""
    for _, rows in listed.filter(pl.col("key").is_duplicated()).group_by("key", maintain_order=True):
        yield from _finding("household_twice", rows, of_members=False)
    nowhere = people.filter(pl.col("key").is_null() | ~pl.col("key").is_in(listed["key"].implode()))
    yield from _finding("member_of_no_household", nowhere, of_members=True)
    if has_worker:
        workers = (pl.col("who") == WORKER).sum().alias("workers")
        files = people.group_by("key").agg(workers, pl.col("who").is_null().any().alias("incomplete"))
        without = files.filter(~pl.col("incomplete") & (pl.col("workers") == 0))["key"]
        yield from _finding(
            "household_without_worker", listed.filter(pl.col("key").is_in(without.implode())), of_members=False
        )
        worker = people.filter(pl.col("who") == WORKER)
        several = worker.filter(pl.col("key").is_duplicated())
        for _, rows in several.group_by("key", maintain_order=True):
            yield from _finding("household_of_workers", rows, of_members=True)


def _of_persons(people: pl.DataFrame) -> Iterator[Finding]:
    """Persons who are in the register more than once, and rows without an identifier."""
    yield from _finding("person_not_told", people.filter(pl.col("person").is_null()), of_members=True)
    repeated = people.filter(pl.col("person").is_not_null() & pl.col("person").is_duplicated())
    couples = _couples(repeated)
    for rows in couples.values():
        yield from _finding("spouses_with_two_files", rows, of_members=True)
    for _, rows in repeated.group_by("person", maintain_order=True):
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


def _couples(repeated: pl.DataFrame) -> dict[frozenset[object], pl.DataFrame]:
    """Pairs of files where the worker of each is the spouse in the other, with the rows of both."""
    workers, spouses = (repeated.filter(pl.col("who") == who) for who in (WORKER, SPOUSE))
    both = workers.join(spouses, on="person", suffix="_other").filter(pl.col("key") != pl.col("key_other"))
    rows = {(row["key"], row["key_other"]): (row["row"], row["row_other"]) for row in both.iter_rows(named=True)}
    return {
        frozenset((key, other)): repeated.filter(pl.col("row").is_in([*places, *rows[other, key]]))
        for (key, other), places in rows.items()
        if (other, key) in rows
    }
