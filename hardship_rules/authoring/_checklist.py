"""A policy as a list to be held against the regulation's text, row by row, with room for what is found."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from hardship_rules.authoring._statements import Statement, grade, headed, statements
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy
from hardship_rules.documents.document import Block, Document, Item, Listing, Paragraph, Section, Table, numeral

WORDS: FrozenMapping[str, str] = FrozenMapping(
    {
        "title": "对照表：{title}",
        "policy": "政策 {name}，指纹 {fingerprint}。",
        "text": "对照的文本：{titles}。",
        "any_text": "对照的文本：____________________。",
        "who": "对照人：____________　　日期：____________",
        "count": "共 {count} 行，其中 {open} 行需要对照：{grades}。",
        "rest": "其余各行写着“同第几行”“见第几行”或“不需对照”。",
        "grade": "{basis} {count} 行",
        "join": "、",
        "step_1": "逐行与文本对照，在“{place}”栏填写条号。",
        "step_2": "说法相符的勾“一致”；不相符的勾“不一致”，在备注栏写明文本的说法；文本没有提到的，在备注栏写“无”。",
        "step_3": "写着“以下各条”“以下有一条”的行，对照的是所列各行之间的关系：都要成立，还是有一条即可。",
        "step_4": "“解读”是现有材料没有说清的问题：文本有答案的，在备注栏写明应选哪一项。",
        "step_5": "先对照〔假定〕和〔参照〕的行，这些最可能与文本不同。填好后交维护人员，逐行修改政策文件。",
        "section": "{number}、{title}",
        "caption": "第 {first} 至 {last} 行",
        "caption_1": "第 {first} 行",
        "number": "行",
        "statement": "内容和标识",
        "known": "把握",
        "no_grade": "未标",
        "place": "{called}第__条",
        "the_text": "原文",
        "agrees": "一致 / 不一致",
        "remark": "备注",
        "boxes": "□一致\n□不一致",
        "same": "同第 {row} 行",
        "see": "见第 {row} 行",
        "nothing": "不需对照",
        "said": "{title}：{words}",
        "rows": "{words}（第 {rows} 行）",
    }
)
_SHARES = (5, 42, 9, 12, 14, 18)


def checklist(policy: Policy) -> Document:
    """The list of every statement of a policy, by section, its rows numbered."""
    rows = _Rows(policy)
    title = headed(policy, WORDS["title"].format(title=policy.title))
    return Document(title, (*rows.introduction(), *rows.sections()), landscape=True)


class _Rows:
    """The numbered statements of a policy, and what each leaves to be found out."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.statements = statements(policy)
        self.row = {statement.id: number for number, statement in enumerate(self.statements, 1)}
        self.to_do = self.left()
        self.place = self.article()

    def left(self) -> dict[str, str]:
        """What is to be done in each row: nothing where it was said before, is only a reading's, or is arithmetic."""
        first: dict[object, str] = {}
        said: dict[str, object] = {}
        found = {}
        for statement in reversed(self.statements):  # parts stand after what takes them together
            parts = tuple(said[part] for part in statement.parts)
            said[statement.id] = (statement.title, statement.words, statement.provenance, parts)
        for statement in self.statements:
            before = first.setdefault(said[statement.id], statement.id)
            if statement.provenance is not None and statement.provenance.basis == "definition":
                found[statement.id] = WORDS["nothing"]
            elif statement.reading is not None:
                found[statement.id] = WORDS["see"].format(row=self.row[statement.reading])
            elif before != statement.id:
                found[statement.id] = WORDS["same"].format(row=self.row[before])
            else:
                found[statement.id] = WORDS["boxes"]
        return found

    # What stands before the tables

    def introduction(self) -> Iterator[Block]:
        policy = self.policy
        unheld = [source.title for source in policy.sources.values() if source.held is False]
        yield Paragraph(WORDS["policy"].format(name=policy.name, fingerprint=policy.fingerprint))
        yield Paragraph(WORDS["text"].format(titles=WORDS["join"].join(unheld)) if unheld else WORDS["any_text"])
        yield Paragraph(WORDS["who"])
        left = [statement for statement in self.statements if self.to_do[statement.id] == WORDS["boxes"]]
        counts = Counter(_known(statement) for statement in left)
        grades = (WORDS["grade"].format(basis=known, count=count) for known, count in counts.most_common())
        counted = {"count": len(self.statements), "open": len(left), "grades": WORDS["join"].join(grades)}
        rest = WORDS["rest"] if len(left) < len(self.statements) else ""
        yield Paragraph(WORDS["count"].format(**counted) + rest)
        steps = (WORDS[f"step_{number}"].format(place=self.place) for number in range(1, 6))
        yield Listing(tuple(Item(step) for step in steps))

    def article(self) -> str:
        """The head of the column for the article: the one number of the documents that are not held, if there is one.

        A Chinese official document is called by an agency, a year and a number: 某发〔2020〕58号《…》 is 58号.
        """
        titles = [source.title for source in self.policy.sources.values() if source.held is False]
        numbers = {title.partition("《")[0].rpartition("〕")[2].strip() for title in titles}
        called = numbers.pop() if len(numbers) == 1 else ""
        return WORDS["place"].format(called=called if called.endswith("号") else WORDS["the_text"])

    # The tables

    def sections(self) -> Iterator[Section]:
        heads = (WORDS["number"], WORDS["statement"], WORDS["known"], self.place, WORDS["agrees"], WORDS["remark"])
        by_section = groupby(self.statements, key=lambda statement: statement.section)
        for number, (title, grouped) in enumerate(by_section, 1):
            inside = tuple(grouped)
            first, last = self.row[inside[0].id], self.row[inside[-1].id]
            caption = WORDS["caption" if first < last else "caption_1"].format(first=first, last=last)
            table = Table(caption, heads, tuple(map(self.cells, inside)), _SHARES, named_by=1)
            yield Section(WORDS["section"].format(number=numeral(number), title=title), (table,))

    def cells(self, statement: Statement) -> tuple[str, ...]:
        said = f"{self.said(statement)}\n{statement.id}"
        return (str(self.row[statement.id]), said, _known(statement), "", self.to_do[statement.id], "")

    def said(self, statement: Statement) -> str:
        words = statement.words
        if statement.parts:
            rows = WORDS["join"].join(str(self.row[part]) for part in statement.parts)
            words = WORDS["rows"].format(words=words, rows=rows)
        if not statement.title or not words or words.startswith("＝"):
            return statement.title + words
        return WORDS["said"].format(title=statement.title, words=words)


def _known(statement: Statement) -> str:
    return grade(statement.provenance) or WORDS["no_grade"]
