"""A household under two policies, in words: both verdicts side by side, where they part, what one does not know."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from hardship_rules.assessment.outcomes import Reason
from hardship_rules.comparison.parting import Parting, Side, are_same
from hardship_rules.core.expr import Clause
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy, Reading
from hardship_rules.core.problem import Language
from hardship_rules.documents.document import Banner, Block, Document, Item, Listing, Paragraph, Section, Table
from hardship_rules.documents.text import pad, width
from hardship_rules.explanation.reasons import MARKS, SENTENCES, Telling
from hardship_rules.explanation.wording import one_line

_NOT_THERE = "—"  # a figure that one of the two policies does not show

FRAMES: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping(
    {
        "zh": FrozenMapping(
            {
                **SENTENCES["zh"],
                "names": "甲乙",
                "policy": "{name}：{title}（{id}），认定日期 {on}",
                "policy_no_day": "{name}：{title}（{id}），未填认定日期",
                "policy_outside": "{name}：{title}（{id}），适用于 {start} 至 {end}；这里假定它在 {on} 也适用",
                "page": "两份政策并列",
                "page_at": "分歧始于：{title}",
                "page_policy": "{name}：{title}，认定日期 {on}",
                "page_policy_no_day": "{name}：{title}，未填认定日期",
                "page_policy_outside": "{name}：{title}，适用于 {start} 至 {end}；这里假定它在 {on} 也适用",
                "beside": "并列的结论和数额",
                "item": "项目",
                "where": "依据",
                "not_used": "未采用和未填的事实",
                "clause_of": "{name}：{words}",
                "reading": "解读：{title}",
                "same": "结论相同",
                "differ": "结论不同",
                "differ_at": "结论不同，分歧始于：{title}（{id}）",
                "differ_by_order": "结论不同：各条是否成立没有分歧，先后顺序不同",
                "standing": "  {name} {mark} {words}",
                "no_clause": "  {name} 没有这一条",
                "not_known": "{name}没有下列事实，未予采用：{facts}",
                "not_known_option": "{title}“{option}”",
                "still_missing": "{name}待定，还需补充：{facts}",
            }
        ),
        "en": FrozenMapping(
            {
                **SENTENCES["en"],
                "names": "AB",
                "draft": "[Draft] {verdict}",
                "policy": "{name}: {title} ({id}), on {on}",
                "policy_no_day": "{name}: {title} ({id}), no day given",
                "policy_outside": "{name}: {title} ({id}), for {start} to {end}; taken here as if it held on {on} too",
                "page": "Two policies side by side",
                "page_at": "From this clause on: {title}",
                "page_policy": "{name}: {title}, on {on}",
                "page_policy_no_day": "{name}: {title}, no day given",
                "page_policy_outside": "{name}: {title}, for {start} to {end}; taken here as if it held on {on} too",
                "beside": "Verdicts and figures side by side",
                "item": "Item",
                "where": "Grounds",
                "not_used": "Facts that were left out or are missing",
                "clause_of": "{name}: {words}",
                "reading": "reading: {title}",
                "same": "The verdicts are the same",
                "differ": "The verdicts differ",
                "differ_at": "The verdicts differ, from this clause on: {title} ({id})",
                "differ_by_order": "The verdicts differ: all clauses hold alike, but their order is another",
                "standing": "  {name} {mark} {words}",
                "no_clause": "  {name} has no such clause",
                "not_known": "{name} has no such facts, which were left out: {facts}",
                "not_known_option": "{title} “{option}”",
                "still_missing": "{name} is undecided; it also needs: {facts}",
            }
        ),
    }
)


def side_by_side(sides: tuple[Side, Side], parting: Parting | None, lang: Language) -> str:
    """The lines of one comparison; raises `ValueError` for a language that there is not."""
    if lang not in FRAMES:
        raise ValueError(f"lang is one of {', '.join(FRAMES)}")
    return "\n".join(_SideBySide(sides, parting, FRAMES[lang]).lines()) + "\n"


def side_by_side_document(sides: tuple[Side, Side], parting: Parting | None, lang: Language) -> Document:
    """The same as a document, without the ids of policies and clauses; raises `ValueError` for another language."""
    if lang not in FRAMES:
        raise ValueError(f"lang is one of {', '.join(FRAMES)}")
    blocks = tuple(_SideBySide(sides, parting, FRAMES[lang]).blocks())
    classes = {title: None for side in sides for title in side.policy.category.options.values()}
    title = FRAMES[lang]["page"]
    return Document(title, blocks, "zh-CN" if lang == "zh" else lang, whole=tuple(map(one_line, classes)))


def readings_apart(first: Policy, second: Policy) -> list[tuple[Reading, Reading]]:
    """The readings that both policies have and answer otherwise."""
    both = ((reading, second.readings[name]) for name, reading in first.readings.items() if name in second.readings)
    return [pair for pair in both if pair[0].chosen != pair[1].chosen]


def figure_rows(texts: Sequence[Telling]) -> list[list[str]]:
    """The figures that either of two policies shows: what each is called, and how much it is under both."""
    return [_figure_row(texts, name) for name in dict.fromkeys(name for text in texts for name in text.policy.show)]


def _figure_row(texts: Sequence[Telling], name: str) -> list[str]:
    """A figure under both policies, with what it goes by where that is not the same."""
    there = [text if name in text.policy.show else None for text in texts]
    titles = [text.figure_title(name) for text in there if text is not None]
    cells = [_NOT_THERE if text is None else text.figure(name)[0] for text in there]
    if len(set(titles)) == 1:
        return [titles[0], *cells]
    plain = [text.policy.names[name].title for text in there if text is not None]
    by = [title.removeprefix(each) for title, each in zip(titles, plain, strict=True)]
    return [plain[0], *(cell + each for cell, each in zip(cells, by, strict=True))]


def reason_words(text: Telling, reason: Reason) -> list[str]:
    """A clause as it came out, both sides of what it compares, and its grade."""
    return [part for part in (text.words(reason), text.compared(reason), text.basis(reason)) if part]


class _SideBySide:
    """The lines of one comparison."""

    def __init__(self, sides: tuple[Side, Side], parting: Parting | None, say: Mapping[str, str]) -> None:
        self.say = say
        self.parting = parting
        self.sides = [(say["names"][number], side) for number, side in enumerate(sides)]
        self.texts = [Telling(side.assessment, say) for side in sides]

    def lines(self) -> Iterator[str]:
        for name, side in self.sides:
            yield self.policy(name, side)
        yield ""
        yield from self.table()
        yield ""
        yield from self.where()
        for name, side in self.sides:
            yield from self.left_out(name, side)
        yield from self.all_missing()
        yield self.say["disclaimer"]

    def blocks(self) -> Iterator[Block]:
        """The same as blocks of a document: whether the verdicts differ, from where on, both of them, the grounds."""
        same = are_same(*(side.assessment for _, side in self.sides))
        clause = None if self.parting is None else self.parting_clause(self.parting)
        sentence = ""
        if self.parting is not None and clause is not None:
            by_order = self.parting.by_order
            title = clause.title or clause.line or clause.id
            sentence = self.say["differ_by_order"] if by_order else self.say["page_at"].format(title=title)
        verdict = self.say["same" if same else "differ"]
        yield Banner("plain", self.say["page"], verdict, one_line(sentence))
        yield from (Paragraph(one_line(self.policy(name, side, "page_"))) for name, side in self.sides)
        heads, *rows = self.rows()
        heads[0] = self.say["item"]
        shown = tuple(tuple(map(one_line, row)) for row in rows)
        yield Table(self.say["beside"], tuple(heads), shown)
        items = (
            Item(one_line(words), mark=mark, means=self.say[f"mark_{holds}"] if holds != "" else "")
            for words, mark, holds in self.grounds()
        )
        yield Section(self.say["where"], (Listing(tuple(items)),))
        left = [*(line for name, side in self.sides for line in self.left_out(name, side)), *self.all_missing()]
        if left:
            yield Section(self.say["not_used"], tuple(Paragraph(one_line(line)) for line in left))
        yield Paragraph(self.say["disclaimer"], aside=True)

    def grounds(self) -> Iterator[tuple[str, str, object]]:
        """The clauses on both sides: words with the side's name, the mark, and how it came out."""
        for (name, _), text, reasons in zip(self.sides, self.texts, self.standings(), strict=True):
            if reasons is None:
                yield self.say["no_clause"].format(name=name).strip(), "—", ""
            for reason in reasons or ():
                words = self.say["clause_of"].format(name=name, words=self.say["list"].join(reason_words(text, reason)))
                yield words, MARKS[reason.holds], reason.holds

    def parting_clause(self, parting: Parting) -> Clause:
        return next(each.clause for each in (parting.first, parting.second) if each is not None)

    def standings(self) -> list[tuple[Reason, ...] | None]:
        """The reasons of both sides: at the clause where they part, else of what decided."""
        if self.parting is None:
            return [
                tuple(reason for reason in side.assessment.decided.reasons if reason.role != "stopped")
                for _, side in self.sides
            ]
        return [None if each is None else each.reasons for each in (self.parting.first, self.parting.second)]

    def all_missing(self) -> Iterator[str]:
        for number, (name, side) in enumerate(self.sides):
            if side.assessment.missing:
                facts = self.say["join"].join(self.missing(number))
                yield self.say["still_missing"].format(name=name, facts=facts)

    def policy(self, name: str, side: Side, form: str = "") -> str:
        policy, on = side.policy, side.assessment.household.on
        sentence = "policy_no_day" if on is None else "policy" if side.in_force else "policy_outside"
        start, end = policy.start or "…", policy.end or "…"
        title = self.say["draft"].format(verdict=policy.title) if policy.status == "draft" else policy.title
        return self.say[form + sentence].format(name=name, title=title, id=policy.name, on=on, start=start, end=end)

    def rows(self) -> list[list[str]]:
        """The category, the figures that either policy shows, and the readings that they answer otherwise."""
        (_, first), (_, second) = self.sides
        verdicts = [text.verdict(text.assessment.decided) for text in self.texts]
        rows = [["", *(name for name, _ in self.sides)], [first.policy.category.title, *verdicts]]
        rows += figure_rows(self.texts)
        for pair in readings_apart(first.policy, second.policy):
            title = self.say["reading"].format(title=pair[0].title)
            rows.append([title, *(each.kind.options[each.chosen] for each in pair)])
        return rows

    def table(self) -> Iterator[str]:
        rows = self.rows()
        wide = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (pad(cell, columns) for cell, columns in zip(row, wide, strict=True))
            yield ("  " + "    ".join(cells)).rstrip()

    def where(self) -> Iterator[str]:
        parting = self.parting
        if parting is None:
            yield self.say["same" if are_same(*(side.assessment for _, side in self.sides)) else "differ"]
        else:
            clause = self.parting_clause(parting)
            sentence = "differ_by_order" if parting.by_order else "differ_at"
            yield self.say[sentence].format(title=clause.title or clause.line or clause.id, id=clause.id)
        for (name, _), text, reasons in zip(self.sides, self.texts, self.standings(), strict=True):
            if reasons is None:
                yield self.say["no_clause"].format(name=name)
            for reason in reasons or ():
                words = "    ".join(reason_words(text, reason))
                yield self.say["standing"].format(name=name, mark=MARKS[reason.holds], words=words)

    def missing(self, number: int) -> Iterator[str]:
        """What one side still needs, each fact once with the members whose it is."""
        names = self.texts[number].names
        whose: dict[str, list[str]] = {}
        for each in self.sides[number][1].assessment.missing:
            who = [names[cast(int, each.path[1])]] if each.path[0] == "members" else []
            whose.setdefault(each.title, []).extend(who)
        for title, members in whose.items():
            everybody = len(members) == len(names) > 1
            who_text = self.say["everybody"] if everybody else self.say["join"].join(members)
            yield self.say["of_member"].format(who=who_text, title=title) if members else title

    def left_out(self, name: str, side: Side) -> Iterator[str]:
        """What a policy does not know, each once."""
        facts = dict.fromkeys(
            each.title
            if each.option is None
            else self.say["not_known_option"].format(title=each.title, option=each.option)
            for each in side.not_known
        )
        if facts:
            yield self.say["not_known"].format(name=name, facts=self.say["join"].join(facts))
