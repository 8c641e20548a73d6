"""A policy as a checklist: its statements row by row, with room to compare each with the regulation's text."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from hardship_rules.authoring._statements import Statement, grade, headed, statements
from hardship_rules.core.policy import Policy
from hardship_rules.documents.document import Block, Document, Item, Listing, Paragraph, Section, Table, numeral
from hardship_rules.locale import sentences

WORDS = sentences("checklist")

_SHARES = (5, 42, 9, 12, 14, 18)


def checklist(policy: Policy) -> Document:
    """The checklist of a policy: all its statements by section, in numbered rows."""
    rows = _Rows(policy)
    title = headed(policy, WORDS["title"].format(title=policy.title))
    return Document(title, (*rows.introduction(), *rows.sections()), landscape=True)


class _Rows:
    """The numbered statements of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.statements = statements(policy)
        self.row = {statement.id: number for number, statement in enumerate(self.statements, 1)}
        self.to_do = self.tasks()
        self.place = self.place_head()

    def tasks(self) -> dict[str, str]:
        """The task of each row: to compare, or a reference to an equal row or a reading, or nothing for arithmetic."""
        first: dict[object, str] = {}
        contents: dict[str, object] = {}
        tasks = {}
        for statement in reversed(self.statements):  # parts come after the statement that combines them
            parts = tuple(contents[part] for part in statement.parts)
            contents[statement.id] = (statement.title, statement.words, statement.provenance, parts)
        for statement in self.statements:
            before = first.setdefault(contents[statement.id], statement.id)
            if statement.provenance is not None and statement.provenance.basis == "definition":
                tasks[statement.id] = WORDS["nothing"]
            elif statement.reading is not None:
                tasks[statement.id] = WORDS["see"].format(row=self.row[statement.reading])
            elif before != statement.id:
                tasks[statement.id] = WORDS["same"].format(row=self.row[before])
            else:
                tasks[statement.id] = WORDS["boxes"]
        return tasks

    # The head

    def introduction(self) -> Iterator[Block]:
        policy = self.policy
        unheld = [source.title for source in policy.sources.values() if source.held is False]
        yield Paragraph(WORDS["policy"].format(name=policy.name, fingerprint=policy.fingerprint))
        yield Paragraph(WORDS["text"].format(titles=WORDS["join"].join(unheld)) if unheld else WORDS["any_text"])
        yield Paragraph(WORDS["who"])
        open_ = [statement for statement in self.statements if self.to_do[statement.id] == WORDS["boxes"]]
        counts = Counter(_known(statement) for statement in open_)
        grades = (WORDS["grade"].format(basis=known, count=count) for known, count in counts.most_common())
        counted = {"count": len(self.statements), "open": len(open_), "grades": WORDS["join"].join(grades)}
        rest = WORDS["rest"] if len(open_) < len(self.statements) else ""
        yield Paragraph(WORDS["count"].format(**counted) + rest)
        steps = (WORDS[f"step_{number}"].format(place=self.place) for number in range(1, 6))
        yield Listing(tuple(Item(step) for step in steps))

    def place_head(self) -> str:
        """The head of the column for the article, with the number of the document where exactly one is not held.

        A Chinese official document is cited by agency, year and number: 某发〔2020〕58号《…》 is 58号.
        """
        titles = [source.title for source in self.policy.sources.values() if source.held is False]
        numbers = {title.partition("《")[0].rpartition("〕")[2].strip() for title in titles}
        called = numbers.pop() if len(numbers) == 1 else ""
        return WORDS["place"].format(called=called if called.endswith("号") else WORDS["the_text"])

    # The tables

    def sections(self) -> Iterator[Section]:
        heads = (WORDS["number"], WORDS["statement"], WORDS["known"], self.place, WORDS["agrees"], WORDS["remark"])
        by_section = groupby(self.statements, key=lambda statement: statement.section)
        for number, (title, in_section) in enumerate(by_section, 1):
            inside = tuple(in_section)
            first, last = self.row[inside[0].id], self.row[inside[-1].id]
            caption = WORDS["caption" if first < last else "caption_1"].format(first=first, last=last)
            table = Table(caption, heads, tuple(map(self.cells, inside)), _SHARES, named_by=1)
            yield Section(WORDS["section"].format(number=numeral(number), title=title), (table,))

    def cells(self, statement: Statement) -> tuple[str, ...]:
        words = f"{self.words(statement)}\n{statement.id}"
        return (str(self.row[statement.id]), words, _known(statement), "", self.to_do[statement.id], "")

    def words(self, statement: Statement) -> str:
        words = statement.words
        if statement.parts:
            rows = WORDS["join"].join(str(self.row[part]) for part in statement.parts)
            words = WORDS["rows"].format(words=words, rows=rows)
        if not statement.title or not words or words.startswith("＝"):
            return statement.title + words
        return WORDS["titled"].format(title=statement.title, words=words)


def _known(statement: Statement) -> str:
    return grade(statement.provenance) or WORDS["no_grade"]
