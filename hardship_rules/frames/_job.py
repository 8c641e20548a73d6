"""A policy asked of two lazy frames, on a day: the plan that works out the columns that are wanted of it."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from itertools import count
from typing import Any, Literal, cast

import narwhals as nw
from attrs import frozen

from hardship_rules.assessment.household import scope_of_facts
from hardship_rules.core.interval import Number
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Problem, nearest
from hardship_rules.engine.row_causes import any_of, opposite
from hardship_rules.engine.tables import DERIVED_OUTSIDE, prepared_policy
from hardship_rules.frames import _numbers as numbers
from hardship_rules.frames._outcomes import outcomes, reasons_of, sources
from hardship_rules.frames._plan import FAULT, MEMBERS, ByKey, Side, Summed, Together, Work
from hardship_rules.frames._values import Truths
from hardship_rules.frames.bounds import Bound, first_of, literal
from hardship_rules.frames.columns import ROW, Read, Seen, read, spellings

Lazy = nw.LazyFrame[Any]
Seens = Mapping[str, Seen]  # of each column
Look = Callable[[Read], Seens]
OWN_FAULT = "_own_fault"
"""The column of the first fault of a household's own row."""
APART = "_apart"
"""The column of households that are to be worked out apart."""
_WITHIN = frozenset({APART, FAULT, MEMBERS, OWN_FAULT, ROW})


@frozen
class Job:
    """What is asked: a policy, the column of the household, the day, the columns wanted, and those without a null."""

    policy: Policy
    key: str
    on: date | None
    wanted: tuple[str, ...] | None
    known: Collection[str] | Literal["all"]

    def read(self, households: Lazy, members: Lazy) -> tuple[Read, Read]:
        """Both frames as facts; raises `FactError` with every column that cannot be read."""
        parts = ((("household",), self.policy.facts), (("members", "facts"), self.policy.members.facts))
        problems: list[Problem] = []
        known = {name for of, facts in parts for name in facts} if self.known == "all" else set[str]()
        if self.known != "all":
            spelled = [spellings(self.policy, of, facts) for of, facts in parts]
            for word in self.known:
                known |= {each[word] for each in spelled if word in each}
                if not any(word in each for each in spelled):
                    names = [name for each in spelled for name in each]
                    problems.append(Problem("unknown_column", (word,), given=word, values=nearest(word, names)))
        problems += _key_problems(self.key, households, members)
        found = []
        for (of, facts), frame in zip(parts, (households, members), strict=True):
            one = read(self.policy, of, facts, frame, self.key, known)
            if isinstance(one, Read):
                found.append(one)
            else:
                problems += one
        if problems:
            raise FactError(problems)
        return found[0], found[1]

    def careful(self, households: Read, members: Read, look: Look, together: Together) -> Lazy:
        """The outcomes of every household as far as they are known, or what is wrong with it."""
        own, theirs = (households, look(households)), (members, look(members))
        work = self.taken(own, theirs, together)
        work.households.put_fault(OWN_FAULT, households.facts, own[1], numbered=False)
        if faults := work.members.put_fault(FAULT, members.facts, theirs[1], numbered=True):
            work.together = ByKey(self.key, faults)
        columns = self.worked_out(work)
        nothing = nw.lit(None, dtype=nw.String())
        first = first_of([(nw.lit("members_missing"), nw.col(MEMBERS).is_null()), self.too_many], nothing)
        found = [first, nw.col(OWN_FAULT), *([nw.col(FAULT)] if faults else []), first_of(self.broken(work), nothing)]
        frame = work.households.frame.with_columns(nw.coalesce(*found).alias("problem"))
        return self.selected(frame, work, columns, nw.col("problem").is_null(), *households.numbered)

    def plain(self, households: tuple[Read, Seens], members: tuple[Read, Seens], together: Together) -> Lazy:
        """The outcomes where nothing is wrong and no null is to be reckoned with; elsewhere only that it is `APART`."""
        work = self.taken(households, members, together)
        of_members = work.members.odd(members[0].facts, members[1])
        if of_members is not False:
            work.counts[FAULT] = Summed(work.members.name_of(literal(of_members), 1))
        columns = self.worked_out(work)
        apart = [
            nw.col(MEMBERS).is_null(),
            self.too_many[1],
            work.households.odd(households[0].facts, households[1]),
            False if of_members is False else nw.col(FAULT) > 0,
            *(rows for _, rows in self.broken(work)),
        ]
        problem = nw.lit(None, dtype=nw.String()).alias("problem")
        marked = literal(any_of(apart)).fill_null(value=True).alias(APART)
        frame = work.households.frame.with_columns(marked, problem)
        return self.selected(frame, work, columns, True, APART, *households[0].numbered)  # noqa: FBT003  # a bound

    def taken(self, households: tuple[Read, Seens], members: tuple[Read, Seens], together: Together) -> Work:
        """The work on two frames, with the facts that they have."""
        numbered = count()
        sides = Side(households[0].frame, numbered), Side(members[0].frame, numbered)
        prepared = prepared_policy(self.policy, frozenset((*households[0].facts, *members[0].facts)))
        reasons = self.wanted is None or reasons_of(self.policy) in self.wanted
        work = Work(prepared, together, *sides, self.policy.switches, reasons)
        for side, (part, seen) in zip(sides, (households, members), strict=True):
            side.take(part.facts, seen)
        day = scope_of_facts(self.policy, self.on, {}, []).values["on"]
        work.households.values["on"] = numbers.constant(cast(Number, day))
        return work

    def worked_out(self, work: Work) -> list[str]:
        """The columns that are wanted, in their order, once what they need is worked out."""
        there = sources(self.policy, work.prepared)
        if self.key in there:
            raise FactError([Problem("key_taken", (self.key,), given=self.key)])
        wanted = tuple(there) if self.wanted is None else (*self.wanted, "problem")
        if unknown := [name for name in wanted if name not in there]:
            raise FactError([Problem("output_column", given=name, values=nearest(name, there)) for name in unknown])
        work.work_out({there[column]: None for column in wanted if there[column]})
        return [column for column in there if column in wanted]

    def selected(self, frame: Lazy, work: Work, columns: list[str], sound: Bound, *beside: str) -> Lazy:
        """The columns that are wanted, beside the household's and others."""
        shown = outcomes(self.policy, work, sound, self.on, columns)
        return frame.select(*beside, self.key, *(column.alias(name) for name, column in shown.items()))

    @property
    def too_many(self) -> tuple[nw.Expr, nw.Expr]:
        """The problem of more members than the policy takes, with its rows."""
        return nw.lit("members_too_many"), nw.col(MEMBERS) > self.policy.members.at_most

    def broken(self, work: Work) -> Iterator[tuple[nw.Expr, Bound]]:
        """The conditions that every real household meets, with the rows in which one is certainly broken."""
        for clause in work.policy.must:
            holds = cast(Truths, work.value(clause, work.households))
            derived = clause.id.startswith(DERIVED_OUTSIDE)
            yield nw.lit(clause.id if derived else f"must_broken {clause.id}"), opposite(holds.high)


def _key_problems(key: str, *frames: Lazy) -> Iterator[Problem]:
    """Keys of two kinds, which engines would make alike in their own ways, and a key called as a column of the work.

    Keys of several values, or of what no engine compares, are of no kind.
    """
    if key in _WITHIN or re.fullmatch("_[0-9]+", key):
        yield Problem("key_taken", (key,), given=key)
    dtypes = [schema[key] for frame in frames if key in (schema := frame.collect_schema())]
    if wrong := [dtype for dtype in dtypes if dtype.is_nested() or dtype == nw.Object]:
        yield Problem("column_kind", (key,), str(wrong[0]), {"title": key, "wanted": "String, Int64"})
    elif len({"integer" if dtype.is_integer() else str(dtype) for dtype in dtypes}) > 1:
        yield Problem("key_kinds", (key,), given=key, values={"own": str(dtypes[0]), "theirs": str(dtypes[1])})


def nothing_seen(part: Read) -> Seens:
    """What is known of the columns of a frame that is not looked at."""
    return {name: fact.unseen for name, fact in part.facts.items()}


def looked_at(part: Read) -> Seens:
    """What one look at a frame in memory tells of its columns: what no row has need not be reckoned with."""
    looks = {f"{name} {what}": rows for name, fact in part.facts.items() for what, rows in fact.looks().items()}
    if not looks:
        return {}
    row = part.frame.select(*(rows.alias(name) for name, rows in looks.items())).collect().rows(named=True)[0]
    return {
        name: fact.seen({what: row[f"{name} {what}"] for what in fact.looks()}) for name, fact in part.facts.items()
    }
