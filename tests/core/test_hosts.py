"""Values of hosts' libraries are read by their meaning, or are a problem at their location."""

import json
import random
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from itertools import product
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from hardship_rules import (
    FactError,
    assess,
    compare,
    explain,
    load_policy,
    next_question,
    notice,
    record,
    what_would_change,
)
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import Household
from hardship_rules.comparison.policies import Given
from hardship_rules.core.hosts import UNREADABLE, plain_value
from hardship_rules.engine.tables import day_in_window
from hardship_rules.sql.view import register

WEIHAI = load_policy("2021_weihai")
OTHER = load_policy("2023_weihai")
ON = date(2021, 3, 31)
SHANGHAI = timezone(timedelta(hours=8))
OWN: dict[str, Any] = {"on": ON, "residence": "urban", "unit_has_union": True, "homes": 1}
WORKER: dict[str, Any] = {"relation": "self", "wage": 36000, "dependent": False, "birth_date": "1980-04-01"}
HALF = "\ud800"


def read(household: Any, on: Any = None) -> Household:
    """The typed facts of a household."""
    return read_facts(WEIHAI, household, on)


def value(fact: str, given: object) -> object:
    """The value that a member's fact is read as; `unknown` if it is explicitly unknown."""
    household = read({"on": ON, "members": [{fact: given}]})
    return "unknown" if ("members", 0, fact) in household.unknown else household.members[0].values[fact]  # noqa: PD011  # no pandas


def codes(household: Any, on: Any = None) -> list[tuple[str, str]]:
    """The location and code of every problem, after printing each in every way."""
    with pytest.raises(FactError) as caught:
        assess(WEIHAI, household, on)
    for lang in ("zh", "en"):
        caught.value.report(lang).encode()
    f"{caught.value}{caught.value!r}{caught.value.problems!r}".encode()
    return [(problem.place, problem.code) for problem in caught.value.problems]


def member(fact: str, given: object) -> dict[str, Any]:
    """A household of one member with one fact given."""
    return {"on": ON, "members": [{fact: given}]}


def kind(given: object) -> str:
    """A short name for a parameter."""
    return f"{type(given).__module__}.{type(given).__name__}"


def day(number: int, month: int, of: int) -> int:
    """A day as the library numbers it."""
    return 372 * number + 31 * (month - 1) + of - 1


class Loud(float):
    """A float with its own repr, like NumPy's."""

    def __repr__(self) -> str:
        return f"Loud({float.__repr__(self)})"

    __str__ = __repr__


class Amount(Decimal):
    """A host's subclass of Decimal with its own texts."""

    def __str__(self) -> str:
        return "some money"

    def as_integer_ratio(self) -> tuple[int, int]:
        """Return a different number."""
        return 1, 3


class Whole(int):
    """An integer with its own repr that equals nothing."""

    def __repr__(self) -> str:
        return "Whole"

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 7


class Word(str):
    """A text with its own repr that equals nothing."""

    __slots__ = ()

    def __str__(self) -> str:
        return "word"

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 7

    def strip(self, chars: str | None = None) -> str:  # noqa: ARG002  # the signature of `str`
        """Return a different text."""
        return "other"


class Broken:
    """An object that raises on any use."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)

    def _raise(self, *_: object) -> Any:
        raise RuntimeError

    __str__ = __repr__ = __len__ = __iter__ = __bool__ = __getitem__ = __int__ = __float__ = __ne__ = _raise
    __eq__ = _raise
    __hash__ = None  # type: ignore[assignment]  # it cannot be a key either


class TestNumbers:
    """A number is exact in the types of every library."""

    @pytest.mark.parametrize(
        ("given", "exact"),
        [
            (np.float64(786.99), Fraction(78699, 100)),
            (np.float32(0.1), Fraction(1, 10)),
            (np.float32(786.99), Fraction(78699, 100)),
            (np.float16(0.25), Fraction(1, 4)),
            (np.longdouble("0.1"), Fraction(1, 10)),
            (np.array(786.99, dtype="f4"), Fraction(78699, 100)),
            (np.array(5), 5),
            (np.array(5, dtype=object), 5),
            (np.int64(36000), 36000),
            (np.uint8(255), 255),
            (Loud(786.99), Fraction(78699, 100)),
            (Amount("786.99"), Fraction(78699, 100)),
            (Whole(5), 5),
            (pa.scalar(5), 5),
            (pa.scalar(786.99), Fraction(78699, 100)),
            (pa.scalar(786.99, pa.float32()), Fraction(78699, 100)),
            (pa.scalar(Decimal("786.90")), Fraction(7869, 10)),
            (np.str_("786.99"), Fraction(78699, 100)),
            (pa.scalar("786.99"), Fraction(78699, 100)),
            (Word("786.99"), Fraction(78699, 100)),
        ],
        ids=kind,
    )
    def test_taken(self, given: object, exact: Fraction) -> None:
        """A number of a library is read as that number, a float as the shortest decimal of its own precision."""
        assert value("wage", given) == exact

    def test_every_amount_of_fen(self) -> None:
        """An amount of fen stays exact in 64 bits, and in 32 bits if they distinguish it from its neighbours."""
        seed = random.randrange(2**32)  # noqa: S311  # not for security
        draw = random.Random(seed)  # noqa: S311  # not for security
        for _ in range(100):
            fen = draw.randrange(10_000_000)
            text = f"{fen // 100}.{fen % 100:02}"
            assert value("wage", np.float64(text)) == Fraction(fen, 100), (seed, text)
            if Decimal(np.format_float_positional(np.float32(text), unique=True)) == Decimal(text):
                assert value("wage", np.float32(text)) == Fraction(fen, 100), (seed, text)

    def test_shortest_of_32_bits(self) -> None:
        """A 32-bit float is the decimal that NumPy writes for it."""
        seed = random.randrange(2**32)  # noqa: S311  # not for security
        draw = random.Random(seed)  # noqa: S311  # not for security
        for _ in range(300):
            number = np.float32(draw.uniform(0, 10 ** draw.randrange(9)))
            assert Decimal(str(plain_value(number))) == Decimal(np.format_float_scientific(number)), (seed, number)

    @pytest.mark.parametrize(
        "given",
        [
            np.bool_(True),  # noqa: FBT003  # a value
            np.float64("nan"),
            np.float32("inf"),
            np.longdouble("nan"),
            np.complex64(1),
            np.bytes_(b"5"),
            np.timedelta64(5, "D"),
            np.datetime64("2003", "Y"),
            np.array([5], dtype="timedelta64[D]")[0],
            pa.scalar(float("nan")),
            pa.scalar(True),  # noqa: FBT003  # a value
            pa.scalar(b"5"),
            pd.Timestamp("2003-04-01"),
            Decimal("sNaN"),
            Amount("NaN"),
            Decimal("1e999999"),
            UNREADABLE,
        ],
        ids=kind,
    )
    def test_refused(self, given: object) -> None:
        """A value that is not a number is a problem: a boolean, NaN, a duration, an object that raises."""
        assert codes(member("wage", given)) == [("members[1].wage", "fact_number")]

    @pytest.mark.parametrize("given", [10**5000, np.uint64(2**64 - 1), Fraction(10**5000), np.float32(3e38)], ids=kind)
    def test_far_too_large(self, given: object) -> None:
        """A number too long to write is a problem like any other."""
        assert codes(member("wage", given))[0][1] in {"fact_outside", "fact_number"}

    def test_denominator_too_long_to_write(self) -> None:
        """A fraction whose denominator is too long to write is a problem."""
        assert codes(member("wage", Fraction(1, 10**5000))) == [("members[1].wage", "fact_decimals")]

    @pytest.mark.parametrize("given", [np.array([5]), np.array([[5]]), pd.Series([5]), pl.Series([5]), {5}, {"a": 5}])
    def test_several(self, given: object) -> None:
        """An array, even of one number, is not a single value."""
        assert codes(member("wage", given)) == [("members[1].wage", "fact_not_one_value")]

    @pytest.mark.parametrize("given", [pa.scalar([5]), pa.scalar({"a": 5})])
    def test_several_of_arrow(self, given: object) -> None:
        """A list or structure of PyArrow is not a single value."""
        assert codes(member("wage", given)) == [("members[1].wage", "fact_not_one_value")]


class TestOtherKinds:
    """Options, booleans, days, and missing values."""

    @pytest.mark.parametrize("given", [np.bool_(True), pa.scalar(True), np.array(True), np.str_("yes")])  # noqa: FBT003
    def test_yes(self, given: object) -> None:
        """A boolean of a library is read as that boolean."""
        assert value("dependent", given) is True

    @pytest.mark.parametrize("given", [np.int64(1), np.int64(0), np.float64(1), pa.scalar(1)])
    def test_no_boolean(self, given: object) -> None:
        """A number is not a boolean."""
        assert codes(member("dependent", given)) == [("members[1].dependent", "fact_yes_no")]

    @pytest.mark.parametrize("given", [np.str_("self"), pa.scalar("本人"), Word("self"), np.array("self")])
    def test_option(self, given: object) -> None:
        """A text of a library is read as that text."""
        found = value("relation", given)
        assert found == "self"
        assert type(found) is str

    @pytest.mark.parametrize("given", [np.int64(1), np.bytes_(b"self"), pd.Period("2003-04-01", "D")])
    def test_no_option(self, given: object) -> None:
        """Anything else is not an option."""
        assert codes(member("relation", given)) == [("members[1].relation", "unknown_fact_option")]

    @pytest.mark.parametrize(
        "given",
        [
            datetime(2003, 4, 1),  # noqa: DTZ001  # as most hosts store it
            datetime(2003, 4, 1, tzinfo=SHANGHAI),
            np.datetime64("2003-04-01"),
            np.datetime64("2003-04-01T00:00:00", "ns"),
            np.datetime64("2003-04-01T00", "h"),
            np.array("2003-04-01", dtype="datetime64[D]"),
            pd.Timestamp("2003-04-01"),
            pd.Timestamp("2003-04-01", tz="Asia/Shanghai"),
            pa.scalar(date(2003, 4, 1)),
            pa.scalar(date(2003, 4, 1), pa.date64()),
            pa.scalar(datetime(2003, 4, 1), pa.timestamp("ms")),  # noqa: DTZ001  # as most hosts store it
            pa.scalar(datetime(2003, 4, 1, tzinfo=SHANGHAI), pa.timestamp("us", "Asia/Shanghai")),
            np.str_("2003-04-01"),
        ],
        ids=repr,
    )
    def test_day(self, given: object) -> None:
        """A day of a library, and midnight in its own zone, is that day, as a fact and as the day of the verdict."""
        assert value("birth_date", given) == day(2003, 4, 1)
        assert codes({**OWN, "on": given, "members": [{}]}) == [("on", "on_outside")]
        assert codes({"members": [{}]}, given) == [("on", "on_outside")]

    @pytest.mark.parametrize(
        "given",
        [
            datetime(2003, 3, 31, 16),  # noqa: DTZ001  # as most hosts store it
            datetime(2003, 3, 31, 16, tzinfo=timezone.utc),  # noqa: UP017  # the older spelling
            datetime(2003, 3, 31, 0, 0, 0, 1),  # noqa: DTZ001  # as most hosts store it
            np.datetime64("2003-03-31T16:00"),
            np.datetime64("2003-03-31T00:00:00.000000001"),
            pd.Timestamp("2003-03-31 16:00"),
            pd.Timestamp("2003-03-31 00:00:00.000000001"),
            pd.Timestamp("2003-04-01", tz="Asia/Shanghai").tz_convert("UTC"),
            pa.scalar(1, pa.timestamp("ns")),
            pa.scalar(datetime(2003, 3, 31, 16), pa.timestamp("s")),  # noqa: DTZ001  # as most hosts store it
            pa.scalar(1049126400000, pa.int64()).cast(pa.date64()),  # 16 hours after a midnight
            "2003-03-31 16:00",
            "2003-03-31T16:00:00+08:00",
            "2003-03-31T00:00:00Z",
        ],
        ids=repr,
    )
    def test_time_of_day(self, given: object) -> None:
        """Another time of day is always a problem: it may be the next day where the household lives."""
        assert codes(member("birth_date", given)) == [("members[1].birth_date", "date_with_time")]
        assert codes({"on": given, "members": [{}]}) == [("on", "date_with_time")]
        assert codes({"members": [{}]}, given) == [("on", "date_with_time")]
        takers: list[Callable[[], object]] = [
            lambda: compare(WEIHAI, OTHER, {"members": [{}]}, on=given),  # type: ignore[arg-type]  # not a day
            lambda: compare(WEIHAI, OTHER, {"members": [{}]}, ON, given),  # type: ignore[arg-type]  # not a day
            lambda: next_question(WEIHAI, {"members": [{}]}, given),  # type: ignore[arg-type]  # not a day
            lambda: what_would_change(WEIHAI, {"members": [{}]}, given),  # type: ignore[arg-type]  # not a day
            lambda: register(WEIHAI, given),  # type: ignore[arg-type]  # not a day
            lambda: day_in_window(WEIHAI, given),  # type: ignore[arg-type]  # not a day; `assess_frame` and `impact` call it
        ]
        for taker in takers:
            with pytest.raises(FactError) as caught:
                taker()
            assert {problem.code for problem in caught.value.problems} == {"date_with_time"}

    @pytest.mark.parametrize(
        "given",
        [
            np.datetime64("2003-04", "M"),
            np.datetime64("2003-04-01", "W"),
            pd.Period("2003-04-01", "D"),
            20030401,
            np.int64(20030401),
            pd.Timedelta(1, "D"),
            np.datetime64("20000-01-01"),
            "2003-04-01 5",
        ],
        ids=kind,
    )
    def test_no_day(self, given: object) -> None:
        """A month, a week or a number is not a day."""
        assert codes(member("birth_date", given)) == [("members[1].birth_date", "date")]
        assert codes({"on": given, "members": [{}]}) == [("on", "date")]

    @pytest.mark.parametrize("fact", ["wage", "relation", "dependent", "birth_date", "label"])
    @pytest.mark.parametrize(
        "given",
        [pd.NA, pd.NaT, np.datetime64("NaT"), np.ma.masked, pa.scalar(None), pa.scalar(None, pa.int64())],
        ids=repr,
    )
    def test_missing(self, fact: str, given: object) -> None:
        """A library's missing value is unknown, like None."""
        if fact == "label":
            assert read({"on": given, "reference": given, "members": [{"label": given}]}, ON).members[0].label is None
        else:
            assert value(fact, given) == "unknown"

    @pytest.mark.parametrize("given", ["2021-03-31", np.datetime64("2021-03-31"), datetime(2021, 3, 31)])  # noqa: DTZ001
    def test_days_of_frames_and_databases(self, given: Any) -> None:
        """Frames and databases accept the same days."""
        assert day_in_window(WEIHAI, given) == ON
        assert register(WEIHAI, given).on == ON

    def test_one_name(self) -> None:
        """A single text given as names of facts is one name, not a list of letters."""
        made = register(WEIHAI, ON, without="wage", known="homes")
        assert (made.without, made.known) == (frozenset({"wage"}), frozenset({"homes"}))


class Person(NamedTuple):
    """A member as an object of a host's query."""

    relation: str
    wage: int
    dependent: bool
    birth_date: str


class Row(NamedTuple):
    """A household as an object of a host's query."""

    on: date
    residence: str
    unit_has_union: bool
    homes: int
    members: list[dict[str, object]]


class Keyed:
    """A row with keys that is not a mapping."""

    def __init__(self, entries: Mapping[str, object]) -> None:
        self._entries = entries

    def keys(self) -> Iterator[str]:
        """The names of the columns."""
        return iter(self._entries)

    def __getitem__(self, key: str) -> object:
        return self._entries[key]

    def __iter__(self) -> Iterator[object]:
        return iter(self._entries.values())


def sqlite(entries: Mapping[str, object]) -> sqlite3.Row:
    """A row of sqlite3."""
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    names = ", ".join(f'? AS "{name}"' for name in entries)
    values = [("yes" if given else "no") if isinstance(given, bool) else given for given in entries.values()]
    row: sqlite3.Row = connection.execute(f"SELECT {names}", values).fetchone()
    connection.close()
    return row


ROWS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "pandas": lambda entries: pd.Series(dict(entries)),
    "pandas records": lambda entries: pd.DataFrame([dict(entries)]).to_dict("records")[0],
    "pandas tuple": lambda entries: next(pd.DataFrame([dict(entries)]).itertuples(index=False)),
    "polars": lambda entries: pl.DataFrame([dict(entries)]).row(0, named=True),
    "pyarrow": lambda entries: pa.scalar(dict(entries)),
    "named tuple": lambda entries: Person(**entries),
    "sqlite3": sqlite,
    "keys": Keyed,
}


class TestRows:
    """A row of a table is accepted as a household or a member."""

    @pytest.mark.parametrize("row", ROWS)
    def test_member(self, row: str) -> None:
        """A member may be a row, with the same verdict as the same facts in a dict."""
        expected = read({**OWN, "members": [WORKER]})
        assert read({**OWN, "members": [ROWS[row](WORKER)]}) == expected
        assert compare(WEIHAI, OTHER, {**OWN, "members": [ROWS[row](WORKER)]}).explain() == (
            compare(WEIHAI, OTHER, {**OWN, "members": [WORKER]}).explain()
        )

    @pytest.mark.parametrize("of", ["pandas", "keys", "named tuple"])
    def test_household(self, of: str) -> None:
        """A household may be a row too."""
        whole = {**OWN, "members": [WORKER]}
        row: Any = Row(**whole) if of == "named tuple" else ROWS[of](whole)
        assert read(row) == read(whole)
        assert compare(WEIHAI, OTHER, row).explain() == compare(WEIHAI, OTHER, whole).explain()

    def test_nan_in_a_row_of_pandas(self) -> None:
        """In a pandas row NaN is a missing value, for texts and booleans too, as in a pandas frame."""
        frame = pd.DataFrame([WORKER, {"relation": "child"}])
        amounts = pd.Series({"wage": 0.1, "medical_self_paid": float("nan")}, dtype="float32")
        household = read({**OWN, "members": [*(row for _, row in frame.iterrows()), amounts]})
        of_child = [("members", 1, name) for name in ("wage", "dependent", "birth_date")]
        assert set(of_child) <= set(household.unknown)
        assert ("members", 2, "medical_self_paid") in household.unknown
        assert household.members[2].values["wage"] == Fraction(1, 10)  # noqa: PD011  # no pandas

    def test_nan_elsewhere(self) -> None:
        """Elsewhere NaN may come from a failed calculation: it is a problem."""
        assert codes(member("wage", float("nan"))) == [("members[1].wage", "fact_number")]
        assert codes(member("relation", float("nan"))) == [("members[1].relation", "unknown_fact_option")]

    def test_a_column_twice(self) -> None:
        """A row with the same column twice is a problem; neither value is taken."""
        twice = pd.Series([1, 2], index=["wage", "wage"])
        assert codes({"on": ON, "members": [twice]}) == [("members[1].wage", "fact_twice")]
        with pytest.raises(FactError) as caught:
            compare(WEIHAI, OTHER, {"on": ON, "members": [twice]})
        assert {problem.code for problem in caught.value.problems} == {"fact_twice"}

    @pytest.mark.parametrize(
        "whole",
        [
            pd.DataFrame([WORKER]),
            pl.DataFrame([WORKER]),
            np.array([1]),
            dict,
            SimpleNamespace(),
            "x",
            5,
            pd.NA,
            SimpleNamespace(keys=lambda: 5),
        ],
        ids=kind,
    )
    def test_no_row(self, whole: object) -> None:
        """A table, or an object that raises, is neither a household nor a member."""
        assert codes(whole) == [("-", "household_not_mapping")] or isinstance(whole, pd.DataFrame)
        assert codes({"on": ON, "members": [whole]}) == [("members[1]", "member_not_mapping")]

    @pytest.mark.parametrize(
        "members",
        [(WORKER,), deque([WORKER]), np.array([WORKER], dtype=object), pd.Series([WORKER]), pa.scalar([WORKER])],
    )
    def test_members(self, members: object) -> None:
        """Members are accepted as a list, a tuple or an array."""
        assert read({**OWN, "members": members}) == read({**OWN, "members": [WORKER]})

    @pytest.mark.parametrize(
        "members",
        [
            pd.DataFrame([WORKER]),
            pl.DataFrame([WORKER]),
            (each for each in [WORKER]),
            {1: WORKER}.values(),
            {1, 2},
            Person(**WORKER),
            np.array([[WORKER]]),
            5,
            float("nan"),
        ],
        ids=kind,
    )
    def test_no_list(self, members: object) -> None:
        """A table or a one-time iterator is refused as the list of members."""
        assert codes({"on": ON, "members": members}) == [("members", "members_not_list")]

    def test_far_too_many(self) -> None:
        """The length of a list that is far too long is checked before its members are read."""
        assert codes({"on": ON, "members": range(10**12)}) == [("members", "members_too_many")]
        assert codes({"on": ON, "members": pd.NA}) == [("members", "members_missing")]

    def test_sqlalchemy(self) -> None:
        """SQLAlchemy's rows and their mappings are accepted as rows."""
        sqlalchemy = pytest.importorskip("sqlalchemy")
        columns = [sqlalchemy.literal(given).label(name) for name, given in WORKER.items()]
        with sqlalchemy.create_engine("sqlite://").connect() as connection:
            row = connection.execute(sqlalchemy.select(*columns)).one()
            twice = connection.execute(sqlalchemy.text("SELECT 1 AS wage, 2 AS wage")).one()
        for members in ([row], [row._mapping]):  # noqa: SLF001  # public in SQLAlchemy
            assert read({**OWN, "members": members}) == read({**OWN, "members": [WORKER]})
        for members in ([twice], [twice._mapping]):  # noqa: SLF001  # public in SQLAlchemy
            assert codes({"on": ON, "members": members}) == [("members[1].wage", "fact_twice")]


class TestHalves:
    """A lone surrogate, possible in JSON but not in a file, is a problem with a location."""

    @pytest.mark.parametrize("key", ["reference", "policy", "residence", "on", "unit_has_union"])
    def test_of_the_household(self, key: str) -> None:
        """It is a problem in every value of the household."""
        for half in (HALF, "甲\udfff", "\ude00\ud83d"):
            assert [place for place, _ in codes({**OWN, "members": [{}], key: half})] == [key]

    @pytest.mark.parametrize("key", ["label", "wage", "relation", "dependent", "birth_date"])
    def test_of_a_member(self, key: str) -> None:
        """It is a problem in every value of a member, for every text type."""
        for half in (HALF, np.str_(HALF), Word(HALF)):
            assert [place for place, _ in codes(member(key, half))] == [
                "members[1].label" if key == "label" else f"members[1].{key}"
            ]

    def test_of_keys(self) -> None:
        """It is a problem in every key, and shown as an escape."""
        with pytest.raises(FactError) as caught:
            assess(WEIHAI, {"on": ON, f"wage{HALF}": 1, "members": [{HALF: 1}]})
        assert [problem.code for problem in caught.value.problems] == ["unknown_fact", "unknown_fact"]
        assert "`wage\\ud800`" in caught.value.report("en")
        assert "ud800" not in str(caught.value)

    def test_is_named(self) -> None:
        """The problem explains it, and other problems are reported with it."""
        assert codes({"on": ON, "members": [{"label": HALF, "wage": -1}]}) == [
            ("members[1].wage", "fact_outside"),
            ("members[1].label", "lone_surrogate"),
        ]
        assert codes({"on": ON, "reference": HALF, "members": [{}]}) == [("reference", "lone_surrogate")]

    def test_of_readings(self) -> None:
        """It is a problem in names of readings and options too."""
        with pytest.raises(ValueError, match="ud800") as caught:
            WEIHAI.with_readings({HALF: "a", "equal_to_standard": HALF})
        str(caught.value).encode()

    @pytest.mark.parametrize("control", ["\x00", "\x1b[31m", "\u2028", "\ufeff", "\ufffe"])
    def test_control_characters(self, control: str) -> None:
        """Other unprintable characters break no output."""
        household: Given = {**OWN, "reference": f"a{control}", "members": [{**WORKER, "label": control}]}
        assessment = assess(WEIHAI, household)
        for form, lang in product(("text", "markdown", "html", "json"), ("zh", "en")):
            explain(assessment, format=form, lang=lang).encode()  # type: ignore[arg-type]  # a known language
        notice(assessment).encode()
        try:
            record(assessment).encode()
        except FactError as error:
            error.report().encode()

    def test_whole_characters(self) -> None:
        """A surrogate pair that JSON joins is an ordinary character."""
        household = {**OWN, "reference": json.loads('"\\ud83d\\ude00"'), "members": [WORKER]}
        assert read(household).reference == "😀"


class TestObjectsThatRaise:
    """An object that raises on any use is a problem at its location."""

    @pytest.mark.parametrize(
        ("fact", "code"),
        [
            ("wage", "fact_number"),
            ("relation", "unknown_fact_option"),
            ("dependent", "fact_yes_no"),
            ("birth_date", "date"),
            ("label", "text_only"),
        ],
    )
    def test_value(self, fact: str, code: str) -> None:
        """It is a problem as any value, as a day, and as a reference."""
        assert codes(member(fact, Broken())) == [(f"members[1].{fact}", code)]
        assert codes({"on": Broken(), "members": [{}]}) == [("on", "date")]
        assert codes({"on": ON, "reference": Broken(), "members": [{}]}) == [("reference", "text_only")]
        assert codes({"members": [{}]}, Broken()) == [("on", "date")]

    def test_mapping(self) -> None:
        """It is a problem as a household, as its members, as one member, and as the keys of a row."""
        assert codes(Broken()) == [("-", "household_not_mapping")]
        assert codes(SimpleNamespace(keys=Broken)) == [("-", "household_not_mapping")]
        assert codes({"on": ON, "members": Broken()}) == [("members", "members_not_list")]
        assert codes({"on": ON, "members": [Broken()]}) == [("members[1]", "member_not_mapping")]

    def test_key(self) -> None:
        """It is a problem as a key."""
        key = type("Key", (), {"__repr__": Broken._raise, "__ne__": Broken._raise, "__hash__": object.__hash__})()  # noqa: SLF001  # defined in this module
        assert codes({"on": ON, "members": [{key: 1}]}) == [("members[1]", "fact_key")]


class TestTexts:
    """References, labels and names from the host."""

    @pytest.mark.parametrize("given", [np.str_("7"), 7, np.int64(7), Whole(7), Word("7"), pa.scalar(7), pa.scalar("7")])
    def test_reference(self, given: object) -> None:
        """A reference or label may be a text or an integer of any library."""
        household = read({"on": ON, "reference": given, "members": [{"label": given}]})
        assert (household.reference, household.members[0].label) == ("7", "7")

    @pytest.mark.parametrize("given", [10**5000, 7.0, True, np.bool_(True), ON, ["7"]], ids=kind)  # noqa: FBT003
    def test_no_reference(self, given: object) -> None:
        """Anything else is a problem, also a number too long to write."""
        assert codes({"on": ON, "reference": given, "members": [{}]}) == [("reference", "text_only")]

    def test_keys(self) -> None:
        """The name of a fact may be of any text type."""
        household = read({Word("on"): ON, np.str_("members"): [{Word("wage"): 5}]})
        assert household.given == (("members", 0, "wage"),)

    @pytest.mark.parametrize("key", [10**5000, pd.NA, np.int64(1), (1,), 1.5], ids=kind)
    def test_no_keys(self, key: object) -> None:
        """A value that is not a text is not a name of a fact."""
        assert codes({"on": ON, "members": [{key: 1}]}) == [("members[1]", "fact_key")]
