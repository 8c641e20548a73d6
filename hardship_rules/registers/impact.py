"""What a change of policy does to a register: each household under both, and how many move from what to what."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, cast

from attrs import evolve, field, frozen

from hardship_rules.core.arrays import nw
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Policy, refuse_no_policy
from hardship_rules.core.problems import FactError, PolicyError, Problem
from hardship_rules.core.syntax import Expr, names_in
from hardship_rules.engine.frame_policy import ROUNDED, day_inside, frame_policy
from hardship_rules.frames.frame_given import column_names, frame_of, in_polars
from hardship_rules.frames.frame_memory import as_given
from hardship_rules.frames.frame_reading import days_in, spellings
from hardship_rules.frames.frames import assess_frame

NEAREST = 20  # households that are told of as those nearest to a line
OLD, NEW = "_old", "_new"
_ROWS = "_rows"
Lazy = nw.LazyFrame[Any]
Kind = tuple[Mapping[str, Any], int]  # a row under both policies, and how many are like it
Clauses = tuple[tuple[str, ...], tuple[str, ...]]  # that decided, under the old policy and under the new


@frozen
class Move:
    """So many households that a decision comes to `before` for under the old policy and `now` under the new one.

    None is undecided. Where it is the category, `clauses` has how many of them which clauses decided, before and now.
    """

    before: str | None
    now: str | None
    households: int
    clauses: FrozenMapping[Clauses, int] = field(default=FrozenMapping(), hash=False)

    @property
    def moved(self) -> bool:
        """It is not the same under both."""
        return self.before != self.now


@frozen
class Near:
    """A household near a line of the new policy: how far, in the unit of what is compared, rounded to hundredths."""

    key: object = field(repr=False)
    before: str | None
    now: str | None
    margin: float = field(repr=False)


@frozen
class Impact:
    """A register under two policies.

    `frame` has a row for each household, of the kind that was given, with the columns of `assess_frame` under both
    policies, ending in `_old` and `_new`. `faulty` are the problems of rows without a verdict, each with its number;
    these are in no move. `decisions` has the moves of the category and of every other decision with one outcome that
    both policies have.
    """

    old: Policy
    new: Policy
    on: date | None
    frame: Any = field(repr=False, hash=False)
    households: int
    faulty: FrozenMapping[str, int]
    decisions: FrozenMapping[str, tuple[Move, ...]]
    nearest: tuple[Near, ...] = field(repr=False)

    @property
    def moved(self) -> int:
        """How many households have another category, undecided ones among them."""
        return sum(move.households for move in self.decisions[self.new.category.name] if move.moved)


def impact(  # noqa: PLR0913, PLR0917  # two policies, two frames, and how they hang together
    old: Policy,
    new: Policy,
    households: Any,
    members: Any,
    key: str = "household",
    on: date | str | None = None,
    nearest: int = NEAREST,
) -> Impact:
    """A register under an old and a new policy, by frames as `assess_frame` takes them.

    Where the day lies outside the old policy's own days it is applied as if it held then too. A column that only one of
    the policies knows is left out under the other; one that they call by different words is taken under both. A key
    with several rows is a problem and in no move. Raises what `assess_frame` raises, and `PolicyError` where the
    category is not called the same in both.
    """
    for policy in (old, new):
        refuse_no_policy(policy)
    if old.category.name != new.category.name:
        values = {"other": old.category.name, "policy": old.name}
        raise PolicyError([Problem("categories_differ", given=new.category.name, values=values)])
    day = day_inside(evolve(new, start=None, end=None), on)
    decisions = [name for name, each in new.decisions.items() if not each.every and not _every(old, name)]
    given = frame_of(households), frame_of(members)
    own, theirs = _alike(old, new, given)
    register = _Register(own, theirs, key, day, tuple(decisions))
    sides = register.under(evolve(old, start=None, end=None), new, OLD), register.under(new, old, NEW)
    frame = sides[0].join(sides[1], on=key, how="left")
    table = frame if isinstance(frame, nw.LazyFrame) else frame.lazy()
    category = new.category.name
    kinds = _kinds(table, [*decisions, f"{category}_clauses"])
    sound = table.filter(nw.col("problem_old").is_null() & nw.col("problem_new").is_null())
    return Impact(
        old,
        new,
        day,
        as_given(given[0], frame.to_native()) if isinstance(given[0], nw.DataFrame) else frame.to_native(),
        sum(number for _, number in kinds),
        _faults(kinds),
        FrozenMapping((name, _moves(kinds, name, with_clauses=name == category)) for name in decisions),
        _nearest(sound, key, new, nearest) if _has_margin(new) else (),
    )


def _every(policy: Policy, name: str) -> bool:
    """A decision has several outcomes, or is not there."""
    return name not in policy.decisions or policy.decisions[name].every


def _alike(old: Policy, new: Policy, given: Sequence[nw.DataFrame[Any] | Lazy]) -> tuple[Any, ...]:
    """Frames as both policies are to take them, those in memory as ones of Polars."""
    return tuple(
        in_polars(frame, {*days_in(old, of), *days_in(new, of)})
        if isinstance(frame, nw.DataFrame)
        else frame.to_native()
        for frame, of in zip(given, (("household",), ("members", "facts")), strict=True)
    )


@frozen
class _Register:
    households: Any
    members: Any
    key: str
    on: date | None
    decisions: tuple[str, ...]

    def under(self, policy: Policy, other: Policy, end: str) -> Any:
        """Every household under a policy, each key once, the columns ending so."""
        category, key = policy.category.name, self.key
        columns = [*self.decisions, f"{category}_clauses", *([_margin(policy)] if _has_margin(policy) else [])]
        words, others = _words(policy), _words(other)
        own = _known(self.households, words[0], others[0], key)
        theirs = _known(self.members, words[1], others[1], key)
        found = nw.from_native(assess_frame(policy, own, theirs, key, self.on, columns=columns))
        found = found.with_columns(nw.len().over(key).alias(_ROWS))
        problem = nw.when(nw.col(_ROWS) > 1).then(nw.lit("key_twice")).otherwise(nw.col("problem"))
        told = found.with_columns(problem.alias("problem")).drop(_ROWS)
        in_memory = {"maintain_order": True} if isinstance(told, nw.DataFrame) else {}
        once = told.unique(subset=[key], keep="any", **in_memory)
        return once.rename({name: name + end for name in once.collect_schema().names() if name != key})


def _words(policy: Policy) -> tuple[dict[str, str], dict[str, str]]:
    """What the columns of households and those of members may be called, with the fact that each is."""
    members = spellings(policy, ("members", "facts"), policy.members.facts)
    return spellings(policy, ("household",), policy.facts), members


def _known(frame: Any, words: Mapping[str, str], others: Mapping[str, str], key: str) -> Any:
    """A frame without the columns that only the other policy knows, those of one fact called as this policy calls it.

    `words` are what columns may be called, with the fact that each is, `others` those of the other policy.
    """
    columns = nw.from_native(frame)
    names = column_names(columns)
    there = {words[name] for name in names if name in words}
    kept: dict[str, str] = {}
    for name in names:
        alike = [words[word] for word, fact in others.items() if word in words and fact == others.get(name)]
        if name == key or name in words or name not in others:
            kept[name] = name
        elif alike and alike[0] not in there:
            kept[name] = alike[0]
            there.add(alike[0])
        elif alike:  # each policy would go by a column of its own
            other = next(word for word in names if alike[0] in (words.get(word), kept.get(word)))
            raise FactError([Problem("fact_twice", (alike[0],), given=name, values={"other": other})])
    return columns.select(nw.col(name).alias(own) for name, own in kept.items()).to_native()


def _margin(policy: Policy) -> str:
    return f"{policy.category.name}_margin{ROUNDED}"


def _has_margin(policy: Policy) -> bool:
    return _margin(policy) in _figures(policy)


def _figures(policy: Policy) -> Collection[str]:
    """The columns of figures that the policy shows."""
    return frame_policy(policy, (*policy.facts, *policy.members.facts)).figures


def _kinds(table: Lazy, columns: list[str]) -> list[Kind]:
    """How many rows are alike in their problems and in some columns, under both policies: all at once, in one pass."""
    both = [name + end for name in ("problem", *columns) for end in (OLD, NEW)]
    counted = table.group_by(*both).agg(nw.len().alias(_ROWS)).collect().rows(named=True)
    return [(row, int(row[_ROWS])) for row in counted]


def _faults(kinds: list[Kind]) -> FrozenMapping[str, int]:
    """Each problem of rows with how many have it, under the old policy or else the new one."""
    found: dict[str, int] = {}
    for row, number in kinds:
        problem = row["problem_old"] or row["problem_new"]
        if problem is not None:
            found[problem] = found.get(problem, 0) + number
    return FrozenMapping(sorted(found.items()))


def _moves(kinds: list[Kind], name: str, *, with_clauses: bool) -> tuple[Move, ...]:
    """From what to what a decision moves, the most households first."""
    together: dict[tuple[Any, Any], dict[Clauses, int]] = {}
    for row, number in kinds:
        if row["problem_old"] or row["problem_new"]:
            continue
        clauses = (row[f"{name}_clauses{end}"] if with_clauses else None for end in (OLD, NEW))
        old, new = (tuple(each.split(";")) if each else () for each in clauses)
        by = together.setdefault((row[name + OLD], row[name + NEW]), {})
        by[old, new] = by.get((old, new), 0) + number
    moves = (
        Move(before, now, sum(by.values()), FrozenMapping(sorted(by.items(), key=_most) if with_clauses else ()))
        for (before, now), by in together.items()
    )
    return tuple(sorted(moves, key=lambda move: (-move.households, str(move.before), str(move.now))))


def _most(entry: tuple[object, int]) -> tuple[int, str]:
    return -entry[1], str(entry[0])


def _nearest(sound: Lazy, key: str, new: Policy, number: int) -> tuple[Near, ...]:
    """The decided households nearest to a line of the new policy; of those equally near, in the order of their keys."""
    category, margin = new.category.name, _margin(new) + NEW
    settled = ~nw.col(margin).is_null() & nw.col(category + NEW).is_in(_by_figures(new))
    rows = (
        sound.filter(settled)
        .select(key, category + OLD, category + NEW, margin)
        .sort(margin, key)
        .head(number)
        .collect()
        .rows(named=True)
    )
    return tuple(Near(row[key], row[category + OLD], row[category + NEW], float(row[margin])) for row in rows)


def _by_figures(policy: Policy) -> list[str]:
    """The categories that come of a figure that is compared: from the first whose condition looks at one on."""
    figures = {column.removesuffix(ROUNDED) for column in _figures(policy) if column.endswith(ROUNDED)}
    for number, outcome in enumerate(policy.category.outcomes):
        found, left = set[str](), list(names_in(cast(Expr, outcome.when)))
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += policy.uses.get(name, ())
        if found & figures:
            return list(policy.category.options)[number:]
    return []
