"""What a change of policy does to a register: how many households move from which category to which."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from attrs import evolve, field, frozen

from hardship_rules.core.expr import VERIFIED, Clause, Expr, names_in, walk
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy, exprs_of, refuse_no_policy
from hardship_rules.core.problem import FactError, PolicyError, Problem
from hardship_rules.documents.document import Banner, Block, Document, Flow, Flows, Paragraph, Section, Table, numeral
from hardship_rules.engine.tables import ROUNDED, day_inside, frame_policy
from hardship_rules.explanation.json import policy_json
from hardship_rules.explanation.reasons import SENTENCES
from hardship_rules.frames.columns import days_in, spellings
from hardship_rules.frames.given import as_given, column_names, frame_of, in_polars
from hardship_rules.frames.libraries import nw
from hardship_rules.frames.run import assess_frame

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


FORMAT = "hardship-rules/impact/1"
WORDS = FrozenMapping(
    {
        "title": "政策变化对登记簿的影响",
        "about": "比较的政策",
        "heads": "项目|旧政策|新政策",
        "names": "政策|适用日期|指纹|状态",
        "from_to": "{start} 至 {end}",
        "draft": "草案，尚未批准",
        "approved": "已批准",
        "not_said": "未写",
        "taken_on": "两份政策都按认定日期 {on} 判定；旧政策已过适用日期的，假定它当日也适用。",
        "small": "{title} · 认定日期 {on}",
        "moved": "{moved:,} 户类别改变",
        "unmoved": "没有家庭的类别改变",
        "whole": "共 {households:,} 户，其中 {moved:,} 户类别改变，{faulty:,} 户数据有误未判。",
        "left_out": "登记簿另有 {number:,} 户的数据有问题，没有列入。",
        "moves": "类别的变化",
        "flows": "各类别的户数，左为旧政策，右为新政策；类别不变的为灰色，改变的为棕色。下表所列相同。",
        "old_side": "旧政策",
        "new_side": "新政策",
        "matrix": "各行为旧政策下的类别，各列为新政策下的类别，户数",
        "row": "旧 ＼ 新",
        "total": "合计",
        "undecided": "待定",
        "causes": "由哪一条改变",
        "cause_heads": "类别变化|旧政策下起决定作用的|新政策下起决定作用的|户数",
        "changed": "{before} → {now}",
        "otherwise": "各类别的条件都不符合",
        "not_settled": "尚待补充事实",
        "no_move": "没有家庭的类别改变。",
        "no_change": "没有变化。",
        "other": "{title}的变化",
        "other_moves": "{title}有变化的户数",
        "other_heads": "旧政策|新政策|户数",
        "all_open": "登记簿缺少判定“{title}”所需的事实，全部待定，不作比较。",
        "nearest": "离界线最近的家庭",
        "nearest_about": "新政策下，家庭的数额与最近一条界线的距离最小的家庭；复核时先看这些家庭的材料。",
        "nearest_heads": "家庭|旧政策下的类别|新政策下的类别|距离",
        "faulty": "数据有误、未作判定的家庭",
        "members_missing": "没有成员",
        "members_too_many": "成员过多",
        "key_twice": "家庭编号重复",
        "date": "“{title}”不是1800年至2200年之间的日期",
        "date_with_time": "“{title}”是一个时刻，不是日期",
        "fact_outside": "“{title}”超出范围",
        "fact_decimals": "“{title}”小数位过多",
        "unknown_fact_option": "“{title}”不是可选项",
        "must_broken": "不符合家庭的基本事实：{title}",
        "faulty_heads": "问题|户数",
        "unverified": "以下结果的依据未经原文或通知核实：{outcomes}。",
        "disclaimer": "辅助审核意见，不替代工会认定决定。家庭编号是登记簿自己的编号；本报告含家庭情况，按档案保管。",
    }
)


def impact_json(impact: Impact, left_out: int = 0, doubt: str | None = None, remarks: Sequence[str] = ()) -> str:
    """The same for programs, in the form that README documents."""
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
    """The report: how many move, by which clause, what becomes of files, who is nearest to a line, what is faulty.

    `left_out` are households of the register that were not judged, since something is wrong with their rows; `doubt` is
    what is to be said of all that were; `remarks` are the rows of no household, and those hidden.
    """
    sections = [
        Section(f"{numeral(number)}、{title}", blocks)
        for number, (title, blocks) in enumerate(_Report(impact).sections(), 1)
    ]
    left = [Paragraph(WORDS["left_out"].format(number=left_out))] if left_out else []
    left += [] if doubt is None else [Paragraph(doubt)]
    left += [Paragraph(f"{remark}。") for remark in remarks]
    end = (*_unverified(impact), Paragraph(WORDS["disclaimer"], aside=True))
    blocks = (*_Report(impact).head(), *left, *sections, *end)
    return Document(WORDS["title"], blocks, landscape=True)


class _Report:
    def __init__(self, impact: Impact) -> None:
        self.impact = impact
        self.category = impact.new.category
        self.clauses = {**titles_of_clauses(impact.old), **titles_of_clauses(impact.new)}

    def head(self) -> Iterator[Block]:
        """The whole in a sentence, and the day."""
        impact = self.impact
        small = WORDS["title"] if impact.on is None else WORDS["small"].format(title=WORDS["title"], on=impact.on)
        verdict = WORDS["moved" if impact.moved else "unmoved"].format(moved=impact.moved)
        faulty = sum(impact.faulty.values())
        whole = WORDS["whole"].format(households=impact.households, moved=impact.moved, faulty=faulty)
        yield Banner("plain", small, verdict, whole)
        if impact.on is not None:
            yield Paragraph(WORDS["taken_on"].format(on=impact.on))

    def sections(self) -> Iterator[tuple[str, tuple[Block, ...]]]:
        """The parts, each under its title."""
        moves = self.impact.decisions[self.category.name]
        yield WORDS["moves"], (self.flows(moves), self.matrix(moves))
        yield WORDS["causes"], (self.causes(moves),)
        for name, others in self.impact.decisions.items():
            if name != self.category.name:
                yield WORDS["other"].format(title=self.impact.new.decisions[name].title), (self.other(name, others),)
        if self.impact.nearest:
            rows = tuple(
                (str(near.key), self.title(near.before), self.title(near.now), f"{near.margin:,.2f}")
                for near in self.impact.nearest
            )
            heads = tuple(WORDS["nearest_heads"].split("|"))
            yield WORDS["nearest"], (Paragraph(WORDS["nearest_about"]), Table(WORDS["nearest"], heads, rows))
        if self.impact.faulty:
            faults = tuple((self.fault(name), f"{number:,}") for name, number in self.impact.faulty.items())
            yield WORDS["faulty"], (Table(WORDS["faulty"], tuple(WORDS["faulty_heads"].split("|")), faults),)
        yield WORDS["about"], (self.policies(),)

    def policies(self) -> Table:
        """The policies compared."""
        impact = self.impact
        old, new = (
            [policy.title, _window(policy), policy.fingerprint, _status(policy)] for policy in (impact.old, impact.new)
        )
        rows = tuple(zip(WORDS["names"].split("|"), old, new, strict=True))
        return Table(WORDS["about"], tuple(WORDS["heads"].split("|")), rows, shares=(1, 3, 3))

    def title(self, outcome: str | None, decision: str | None = None) -> str:
        """What an outcome is called, in either policy."""
        if outcome is None:
            return WORDS["undecided"]
        name = decision or self.category.name
        options = {**self.impact.old.decisions[name].options, **self.impact.new.decisions[name].options}
        return options[outcome]

    def flows(self, moves: tuple[Move, ...]) -> Flows:
        """The drawing of how the category moves."""
        flows = tuple(Flow(self.title(move.before), self.title(move.now), move.households) for move in moves)
        before, now = (self.present({getattr(flow, side) for flow in flows}) for side in ("before", "now"))
        return Flows(WORDS["moves"], (WORDS["old_side"], WORDS["new_side"]), before, now, flows, WORDS["flows"])

    def present(self, titles: set[str]) -> tuple[str, ...]:
        """The titles of outcomes that there are, in the decision's order, those of the old policy alone after them."""
        known = dict.fromkeys((*self.category.options.values(), *self.impact.old.category.options.values()))
        return tuple(title for title in (*known, WORDS["undecided"]) if title in titles)

    def matrix(self, moves: tuple[Move, ...]) -> Table:
        """How many households go from which category to which."""
        flows = self.flows(moves)
        number = {(flow.before, flow.now): flow.number for flow in flows.flows}
        rows = [
            (before, *(_count(number.get((before, now), 0)) for now in flows.now), _count(_sum(number, before=before)))
            for before in flows.before
        ]
        totals = (_count(_sum(number, now=now)) for now in flows.now)
        rows.append((WORDS["total"], *totals, _count(sum(number.values()))))
        heads = (WORDS["row"], *flows.now, WORDS["total"])
        return Table(WORDS["matrix"], heads, tuple(rows), shares=(3, *(2 for _ in heads[1:])))

    def causes(self, moves: tuple[Move, ...]) -> Block:
        """Which clauses decided before and decide now, of households whose category is another."""
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
        return Table(WORDS["causes"], tuple(WORDS["cause_heads"].split("|")), tuple(rows), shares=(3, 4, 4, 1))

    def deciding(self, outcome: str | None, clauses: tuple[str, ...]) -> str:
        """The titles of the clauses that decided."""
        if outcome is None:
            return WORDS["not_settled"]
        return "；".join(self.clauses.get(clause, clause) for clause in clauses) or WORDS["otherwise"]

    def fault(self, problem: str) -> str:
        """What a frame's column of problems says, in words."""
        code, _, name = problem.partition(" ")
        definition = self.impact.new.names.get(name) or self.impact.old.names.get(name)
        title = definition.title if definition is not None else self.clauses.get(name, name)
        return WORDS[code].format(title=title) if code in WORDS else problem

    def other(self, name: str, moves: tuple[Move, ...]) -> Block:
        """What another decision, such as what becomes of the file, comes to now where it is not what it was."""
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
        return Table(WORDS["other_moves"].format(title=title), tuple(WORDS["other_heads"].split("|")), rows)


def _unverified(impact: Impact) -> Iterator[Paragraph]:
    """The outcomes told of that neither rule nor notice says, with how well each is known."""
    say = SENTENCES["zh"]
    told = [
        outcome.title + say["basis"].format(basis=say[outcome.provenance.basis])
        for name in impact.decisions
        for outcome in impact.new.decisions[name].by_id.values()
        if outcome.provenance is not None and outcome.provenance.basis not in VERIFIED
    ]
    if told:
        yield Paragraph(WORDS["unverified"].format(outcomes="、".join(told)), aside=True)


def titles_of_clauses(policy: Policy) -> Mapping[str, str]:
    """The title of every clause by its id."""
    return {
        part.id: part.title or part.line or part.id
        for expr in (*policy.must, *(expr for each in policy.names.values() for expr in exprs_of(each)))
        for part in walk(expr)
        if isinstance(part, Clause)
    }


def _window(policy: Policy) -> str:
    return WORDS["from_to"].format(start=policy.start or "…", end=policy.end or "…")


def _status(policy: Policy) -> str:
    return WORDS[policy.status or "not_said"]


def _sum(number: Mapping[tuple[str, str], int], before: str | None = None, now: str | None = None) -> int:
    return sum(each for pair, each in number.items() if before in (None, pair[0]) and now in (None, pair[1]))


def _count(number: int) -> str:
    return f"{number:,}" if number else "—"
