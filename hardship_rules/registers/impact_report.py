"""What a change of policy does to a register, as a document in Chinese for those who decide on it."""

import json
from collections.abc import Iterator, Mapping, Sequence

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Policy, exprs_of
from hardship_rules.core.syntax import VERIFIED, Clause, walk
from hardship_rules.documents.document import Banner, Block, Document, Flow, Flows, Paragraph, Section, Table, numeral
from hardship_rules.explanation.as_json import policy_json
from hardship_rules.explanation.telling import SENTENCES
from hardship_rules.registers.impact import Impact, Move

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
