"""The impact of a new policy on a register: how many households move between categories, and the report on it."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from attrs import evolve, field, frozen

from hardship_rules.core.expr import VERIFIED, Clause, Expr, names_in, walk
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy, exprs_of, names_behind, require_policy
from hardship_rules.core.problem import FactError, PolicyError, Problem
from hardship_rules.documents.document import Banner, Block, Document, Flow, Flows, Paragraph, Section, Table, numeral
from hardship_rules.engine.tables import ROUNDED, day_in_window, table_policy
from hardship_rules.explanation.json import policy_json
from hardship_rules.explanation.reasons import SENTENCES
from hardship_rules.frames.columns import date_columns, spellings
from hardship_rules.frames.given import as_host_frame, checked_frame, column_names, to_polars
from hardship_rules.frames.libraries import nw
from hardship_rules.frames.run import assess_frame
from hardship_rules.locale import sentences

FORMAT = "hardship-rules/impact/1"
NEAREST = 20  # households nearest to a threshold that are listed
OLD, NEW = "_old", "_new"
WORDS = sentences("impact")
_ROWS = "_rows"
Lazy = nw.LazyFrame[Any]
Group = tuple[Mapping[str, Any], int]  # values under both policies, and the number of rows with them
Clauses = tuple[tuple[str, ...], tuple[str, ...]]  # that decided, under the old policy and under the new


@frozen
class Move:
    """The number of households with the outcome `before` of a decision under the old policy, and `now` under the new.

    None is undecided. For the category, `clauses` counts them by the clauses that decided before and now.
    """

    before: str | None
    now: str | None
    households: int
    clauses: FrozenMapping[Clauses, int] = field(default=FrozenMapping(), hash=False)

    @property
    def moved(self) -> bool:
        """Whether the outcome changes."""
        return self.before != self.now


@frozen
class Near:
    """A household near a threshold of the new policy; `margin` is in the threshold's unit, rounded to hundredths."""

    key: object = field(repr=False)
    before: str | None
    now: str | None
    margin: float = field(repr=False)


@frozen
class Impact:
    """A register under two policies.

    `frame` has a row for each household, in a frame of the kind given, with the columns of `assess_frame` under both
    policies, with the suffixes `_old` and `_new`. `faulty` counts the rows without a verdict by problem; these are in
    no move. `decisions` has the moves of the category, and of every other decision with one outcome in both policies.
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
        """The number of households whose category changes, from or to undecided included."""
        return sum(move.households for move in self.decisions[self.new.category.name] if move.moved)


def impact(  # noqa: PLR0913, PLR0917  # two policies, two frames, and what joins them
    old: Policy,
    new: Policy,
    households: Any,
    members: Any,
    key: str = "household",
    on: date | str | None = None,
    nearest: int = NEAREST,
) -> Impact:
    """A register under an old and a new policy, given as frames for `assess_frame`.

    The old policy applies on `on` even outside its own period. A column that only one policy knows is left out under
    the other; one with different names in the policies counts under both. A key with several rows is a problem and in
    no move. `nearest` is the most households to list near a threshold. Raises what `assess_frame` raises, and
    `PolicyError` if the category has another name in the other policy.
    """
    for policy in (old, new):
        require_policy(policy)
    if old.category.name != new.category.name:
        values = {"other": old.category.name, "policy": old.name}
        raise PolicyError([Problem("categories_differ", given=new.category.name, values=values)])
    day = day_in_window(evolve(new, start=None, end=None), on)
    decisions = [name for name in new.decisions if _has_one_outcome(new, name) and _has_one_outcome(old, name)]
    given = checked_frame(households), checked_frame(members)
    frames = _Frames(_for_both(old, new, given), key, day, tuple(decisions))
    before, now = frames.under(evolve(old, start=None, end=None), new, OLD), frames.under(new, old, NEW)
    frame = before.join(now, on=key, how="left")
    table = frame if isinstance(frame, nw.LazyFrame) else frame.lazy()
    category = new.category.name
    groups = _groups(table, [*decisions, f"{category}_clauses"])
    sound = table.filter(nw.col("problem_old").is_null() & nw.col("problem_new").is_null())
    return Impact(
        old,
        new,
        day,
        as_host_frame(given[0], frame.to_native()) if isinstance(given[0], nw.DataFrame) else frame.to_native(),
        sum(number for _, number in groups),
        _faults(groups),
        FrozenMapping((name, _moves(groups, name, with_clauses=name == category)) for name in decisions),
        _nearest(sound, key, new, nearest) if _has_margin(new) else (),
    )


def _has_one_outcome(policy: Policy, name: str) -> bool:
    """Whether the policy has the decision, with one outcome for a household."""
    return name in policy.decisions and not policy.decisions[name].every


def _for_both(old: Policy, new: Policy, given: Sequence[nw.DataFrame[Any] | Lazy]) -> tuple[Any, ...]:
    """The frames for both policies; those in memory as Polars frames."""
    return tuple(
        to_polars(frame, {*date_columns(old, of), *date_columns(new, of)})
        if isinstance(frame, nw.DataFrame)
        else frame.to_native()
        for frame, of in zip(given, (("household",), ("members", "facts")), strict=True)
    )


@frozen
class _Frames:
    """The frames of a register, and how to assess them."""

    given: tuple[Any, ...]  # households, members
    key: str
    on: date | None
    decisions: tuple[str, ...]

    def under(self, policy: Policy, other: Policy, suffix: str) -> Any:
        """Every household under a policy, each key once, the columns with the suffix `end`."""
        category, key = policy.category.name, self.key
        columns = [*self.decisions, f"{category}_clauses", *([_margin(policy)] if _has_margin(policy) else [])]
        words, others = _words(policy), _words(other)
        households, members = (
            _frame_for(frame, own, theirs, key) for frame, own, theirs in zip(self.given, words, others, strict=True)
        )
        assessed = nw.from_native(assess_frame(policy, households, members, key, self.on, columns=columns))
        assessed = assessed.with_columns(nw.len().over(key).alias(_ROWS))
        problem = nw.when(nw.col(_ROWS) > 1).then(nw.lit("key_twice")).otherwise(nw.col("problem"))
        assessed = assessed.with_columns(problem.alias("problem")).drop(_ROWS)
        in_memory = {"maintain_order": True} if isinstance(assessed, nw.DataFrame) else {}
        once = assessed.unique(subset=[key], keep="any", **in_memory)
        return once.rename({name: name + suffix for name in once.collect_schema().names() if name != key})


def _words(policy: Policy) -> tuple[dict[str, str], dict[str, str]]:
    """The names that the columns of households, and those of members, may have, with the fact of each."""
    members = spellings(policy, ("members", "facts"), policy.members.facts)
    return spellings(policy, ("household",), policy.facts), members


def _frame_for(frame: Any, words: Mapping[str, str], others: Mapping[str, str], key: str) -> Any:
    """The frame for one policy: without the columns that only the other policy knows.

    A column that this policy knows by another name is renamed. `words` are the names that columns may have under this
    policy, with the fact of each; `others` are those under the other policy.
    """
    columns = nw.from_native(frame)
    names = column_names(columns)
    present = {words[name] for name in names if name in words}
    kept: dict[str, str] = {}
    for name in names:
        same_fact = [words[word] for word, fact in others.items() if word in words and fact == others.get(name)]
        if name == key or name in words or name not in others:  # `assess_frame` reports an unknown column
            kept[name] = name
        elif same_fact and same_fact[0] not in present:
            kept[name] = same_fact[0]
            present.add(same_fact[0])
        elif same_fact:  # each policy would read a column of its own
            other = next(word for word in names if same_fact[0] in (words.get(word), kept.get(word)))
            raise FactError([Problem("fact_twice", (same_fact[0],), given=name, values={"other": other})])
    return columns.select(nw.col(name).alias(fact) for name, fact in kept.items()).to_native()


def _margin(policy: Policy) -> str:
    return f"{policy.category.name}_margin{ROUNDED}"


def _has_margin(policy: Policy) -> bool:
    return _margin(policy) in _figures(policy)


def _figures(policy: Policy) -> Collection[str]:
    """The columns of figures that the policy shows."""
    return table_policy(policy, (*policy.facts, *policy.members.facts)).figures


def _groups(table: Lazy, columns: list[str]) -> list[Group]:
    """The rows grouped by their problems and some columns under both policies, in one pass, with their numbers."""
    both = [name + end for name in ("problem", *columns) for end in (OLD, NEW)]
    counted = table.group_by(*both).agg(nw.len().alias(_ROWS)).collect().rows(named=True)
    return [(row, int(row[_ROWS])) for row in counted]


def _faults(groups: list[Group]) -> FrozenMapping[str, int]:
    """The number of rows by problem, under the old policy or else under the new one."""
    counts: dict[str, int] = {}
    for row, number in groups:
        problem = row["problem_old"] or row["problem_new"]
        if problem is not None:
            counts[problem] = counts.get(problem, 0) + number
    return FrozenMapping(sorted(counts.items()))


def _moves(groups: list[Group], name: str, *, with_clauses: bool) -> tuple[Move, ...]:
    """The moves of a decision, those of most households first."""
    by_outcomes: dict[tuple[Any, Any], dict[Clauses, int]] = {}
    for row, number in groups:
        if row["problem_old"] or row["problem_new"]:
            continue
        clauses = (row[f"{name}_clauses{end}"] if with_clauses else None for end in (OLD, NEW))
        old, new = (tuple(ids.split(";")) if ids else () for ids in clauses)
        by_clauses = by_outcomes.setdefault((row[name + OLD], row[name + NEW]), {})
        by_clauses[old, new] = by_clauses.get((old, new), 0) + number
    moves = (
        Move(
            before,
            now,
            sum(by_clauses.values()),
            FrozenMapping(sorted(by_clauses.items(), key=_largest_first) if with_clauses else ()),
        )
        for (before, now), by_clauses in by_outcomes.items()
    )
    return tuple(sorted(moves, key=lambda move: (-move.households, str(move.before), str(move.now))))


def _largest_first(entry: tuple[object, int]) -> tuple[int, str]:
    return -entry[1], str(entry[0])


def _nearest(sound: Lazy, key: str, new: Policy, number: int) -> tuple[Near, ...]:
    """The decided households nearest to a threshold of the new policy, by margin, then by key."""
    category, margin = new.category.name, _margin(new) + NEW
    has_margin = ~nw.col(margin).is_null() & nw.col(category + NEW).is_in(_by_figures(new))
    rows = (
        sound.filter(has_margin)
        .select(key, category + OLD, category + NEW, margin)
        .sort(margin, key)
        .head(number)
        .collect()
        .rows(named=True)
    )
    return tuple(Near(row[key], row[category + OLD], row[category + NEW], float(row[margin])) for row in rows)


def _by_figures(policy: Policy) -> list[str]:
    """The categories that depend on a figure: all from the first whose condition uses one."""
    figures = {column.removesuffix(ROUNDED) for column in _figures(policy) if column.endswith(ROUNDED)}
    for number, outcome in enumerate(policy.category.outcomes):
        if names_behind(policy, *names_in(cast(Expr, outcome.when))) & figures:
            return list(policy.category.options)[number:]
    return []


def impact_json(impact: Impact, left_out: int = 0, doubt: str | None = None, remarks: Sequence[str] = ()) -> str:
    """The impact as JSON, for programs; the other arguments are those of `impact_report`."""
    document = {
        "format": FORMAT,
        "policies": [policy_json(policy) for policy in (impact.old, impact.new)],
        "on": None if impact.on is None else str(impact.on),
        "households": impact.households,
        "left_out": left_out,
        "doubt": doubt,
        "remarks": list(remarks),
        "faulty": dict(impact.faulty),
        "decisions": {
            name: [
                {
                    "before": move.before,
                    "now": move.now,
                    "households": move.households,
                    "clauses": [
                        {"before": list(old), "now": list(new), "households": number}
                        for (old, new), number in move.clauses.items()
                    ],
                }
                for move in moves
            ]
            for name, moves in impact.decisions.items()
        },
        "nearest": [
            {"key": near.key, "before": near.before, "now": near.now, "margin": f"{near.margin:.2f}"}
            for near in impact.nearest
        ],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str) + "\n"


def impact_report(impact: Impact, left_out: int = 0, doubt: str | None = None, remarks: Sequence[str] = ()) -> Document:
    """The report: who moves, by which clauses, other decisions, households near a threshold, faulty ones.

    `left_out` is the number of households of the register that were not assessed because of their problems, `doubt` a
    caveat on all others; `remarks` are sentences on rows of no household, and on hidden ones.
    """
    report = _Report(impact)
    caveats = [Paragraph(WORDS["left_out"].format(number=left_out))] if left_out else []
    caveats += [] if doubt is None else [Paragraph(doubt)]
    caveats += [Paragraph(WORDS["sentence"].format(text=remark)) for remark in remarks]
    sections = [
        Section(WORDS["section"].format(number=numeral(number), title=title), blocks)
        for number, (title, blocks) in enumerate(report.sections(), 1)
    ]
    end = (*_unverified(impact), Paragraph(WORDS["disclaimer"], aside=True))
    return Document(WORDS["title"], (*report.head(), *caveats, *sections, *end), landscape=True)


class _Report:
    """The blocks of the report."""

    def __init__(self, impact: Impact) -> None:
        self.impact = impact
        self.category = impact.new.category
        self.clauses = {**titles_of_clauses(impact.old), **titles_of_clauses(impact.new)}

    def head(self) -> Iterator[Block]:
        """The summary, and the day."""
        impact = self.impact
        small = WORDS["title"] if impact.on is None else WORDS["small"].format(title=WORDS["title"], on=impact.on)
        verdict = WORDS["moved" if impact.moved else "unmoved"].format(moved=impact.moved)
        faulty = sum(impact.faulty.values())
        whole = WORDS["whole"].format(households=impact.households, moved=impact.moved, faulty=faulty)
        yield Banner("plain", small, verdict, whole)
        if impact.on is not None:
            yield Paragraph(WORDS["taken_on"].format(on=impact.on))

    def sections(self) -> Iterator[tuple[str, tuple[Block, ...]]]:
        """The sections: titles and blocks."""
        moves = self.impact.decisions[self.category.name]
        yield WORDS["moves"], (self.flows(moves), self.matrix(moves))
        yield WORDS["causes"], (self.causes(moves),)
        for name, others in self.impact.decisions.items():
            if name != self.category.name:
                yield (
                    WORDS["other"].format(title=self.impact.new.decisions[name].title),
                    (self.of_other_decision(name, others),),
                )
        if self.impact.nearest:
            rows = tuple(
                (str(near.key), self.title(near.before), self.title(near.now), f"{near.margin:,.2f}")
                for near in self.impact.nearest
            )
            heads = _heads("nearest_heads")
            yield WORDS["nearest"], (Paragraph(WORDS["nearest_about"]), Table(WORDS["nearest"], heads, rows))
        if self.impact.faulty:
            faults = tuple((self.fault(name), f"{number:,}") for name, number in self.impact.faulty.items())
            yield WORDS["faulty"], (Table(WORDS["faulty"], _heads("faulty_heads"), faults),)
        yield WORDS["about"], (self.policies(),)

    def policies(self) -> Table:
        """The policies compared."""
        impact = self.impact
        old, new = (
            [policy.title, _window(policy), policy.fingerprint, _status(policy)] for policy in (impact.old, impact.new)
        )
        rows = tuple(zip(_heads("names"), old, new, strict=True))
        return Table(WORDS["about"], _heads("heads"), rows, shares=(1, 3, 3))

    def title(self, outcome: str | None, decision: str | None = None) -> str:
        """The title of an outcome, in either policy."""
        if outcome is None:
            return WORDS["undecided"]
        name = decision or self.category.name
        options = {**self.impact.old.decisions[name].options, **self.impact.new.decisions[name].options}
        return options[outcome]

    def flows(self, moves: tuple[Move, ...]) -> Flows:
        """The drawing of the moves between categories."""
        flows = tuple(Flow(self.title(move.before), self.title(move.now), move.households) for move in moves)
        before, now = (self.present({getattr(flow, side) for flow in flows}) for side in ("before", "now"))
        return Flows(WORDS["moves"], (WORDS["old_side"], WORDS["new_side"]), before, now, flows, WORDS["flows"])

    def present(self, titles: set[str]) -> tuple[str, ...]:
        """The titles that occur, in the order of the new policy, then those of the old policy alone."""
        known = dict.fromkeys((*self.category.options.values(), *self.impact.old.category.options.values()))
        return tuple(title for title in (*known, WORDS["undecided"]) if title in titles)

    def matrix(self, moves: tuple[Move, ...]) -> Table:
        """The number of households for each pair of categories."""
        flows = self.flows(moves)
        counts = {(flow.before, flow.now): flow.number for flow in flows.flows}
        rows = [
            (before, *(_count(counts.get((before, now), 0)) for now in flows.now), _count(_sum(counts, before=before)))
            for before in flows.before
        ]
        totals = (_count(_sum(counts, now=now)) for now in flows.now)
        rows.append((WORDS["total"], *totals, _count(sum(counts.values()))))
        heads = (WORDS["row"], *flows.now, WORDS["total"])
        return Table(WORDS["matrix"], heads, tuple(rows), shares=(3, *(2 for _ in heads[1:])))

    def causes(self, moves: tuple[Move, ...]) -> Block:
        """The clauses that decided before and now, for households whose category changes."""
        rows = [
            (
                WORDS["changed"].format(before=self.title(move.before), now=self.title(move.now)),
                self.deciding(move.before, old),
                self.deciding(move.now, new),
                _count(number),
            )
            for move in moves
            if move.moved
            for (old, new), number in move.clauses.items()
        ]
        if not rows:
            return Paragraph(WORDS["no_move"])
        return Table(WORDS["causes"], _heads("cause_heads"), tuple(rows), shares=(3, 4, 4, 1))

    def deciding(self, outcome: str | None, clauses: tuple[str, ...]) -> str:
        """The titles of the clauses that decided."""
        if outcome is None:
            return WORDS["not_settled"]
        return WORDS["parts"].join(self.clauses.get(clause, clause) for clause in clauses) or WORDS["otherwise"]

    def fault(self, problem: str) -> str:
        """A problem of the result of `assess_frame`, in words."""
        code, _, name = problem.partition(" ")
        definition = self.impact.new.names.get(name) or self.impact.old.names.get(name)
        title = definition.title if definition is not None else self.clauses.get(name, name)
        return WORDS[code].format(title=title) if code in WORDS else problem

    def of_other_decision(self, name: str, moves: tuple[Move, ...]) -> Block:
        """The moves of another decision, such as the one on the file."""
        title = self.impact.new.decisions[name].title
        if all(move.before is None and move.now is None for move in moves):
            return Paragraph(WORDS["all_open"].format(title=title))
        rows = tuple(
            (self.title(move.before, name), self.title(move.now, name), _count(move.households))
            for move in moves
            if move.moved
        )
        if not rows:
            return Paragraph(WORDS["no_change"])
        return Table(WORDS["other_moves"].format(title=title), _heads("other_heads"), rows)


def _unverified(impact: Impact) -> Iterator[Paragraph]:
    """The outcomes that rest on neither rule nor notice, with their basis."""
    say = SENTENCES["zh"]
    outcomes = [
        outcome.title + say["basis"].format(basis=say[outcome.provenance.basis])
        for name in impact.decisions
        for outcome in impact.new.decisions[name].by_id.values()
        if outcome.provenance is not None and outcome.provenance.basis not in VERIFIED
    ]
    if outcomes:
        yield Paragraph(WORDS["unverified"].format(outcomes=WORDS["join"].join(outcomes)), aside=True)


def _heads(key: str) -> tuple[str, ...]:
    return tuple(WORDS[key].split("|"))


def titles_of_clauses(policy: Policy) -> Mapping[str, str]:
    """The title of every clause by its id."""
    return {
        part.id: part.title or part.line or part.id
        for expr in (*policy.must, *(expr for definition in policy.names.values() for expr in exprs_of(definition)))
        for part in walk(expr)
        if isinstance(part, Clause)
    }


def _window(policy: Policy) -> str:
    return WORDS["from_to"].format(start=policy.start or "…", end=policy.end or "…")


def _status(policy: Policy) -> str:
    return WORDS[policy.status or "not_said"]


def _sum(counts: Mapping[tuple[str, str], int], before: str | None = None, now: str | None = None) -> int:
    return sum(count for pair, count in counts.items() if before in (None, pair[0]) and now in (None, pair[1]))


def _count(number: int) -> str:
    return f"{number:,}" if number else WORDS["none"]
