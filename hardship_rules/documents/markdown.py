"""A document as GitHub's Markdown: headings, nested lists and pipe tables, with all markup in its texts escaped."""

import re
from collections.abc import Iterable, Iterator
from typing import assert_never

from hardship_rules.documents.document import (
    Banner,
    Block,
    Document,
    Flows,
    Fold,
    Item,
    Listing,
    Pairs,
    Paragraph,
    Scale,
    Section,
    Table,
    mark,
    scale_items,
)


def as_markdown(document: Document) -> str:
    """A document as GitHub's Markdown."""
    head = [] if document.banner else [f"# {_escaped(document.title)}", ""]
    colon = "：" if document.lang.startswith("zh") else ": "
    lines = [*head, *_blocks(document.blocks, 2, colon)]
    return "\n".join(lines).rstrip() + "\n"


def _blocks(blocks: Iterable[Block], level: int, colon: str) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph(text):
                yield from (_escaped(text), "")
            case Listing(items):
                yield from (*_items(items, 0), "")
            case Table():
                yield from (*_table(block), "")
            case Scale():
                yield from (_escaped(block.about), "", *_items(scale_items(block), 0), "")
            case Flows(about=about):
                yield from (_escaped(about), "")
            case Banner():
                yield from (f"{'#' * (level - 1)} {_escaped(block.verdict)}", "", _escaped(block.small), "")
                yield from (_escaped(block.sentence), "") if block.sentence else ()
            case Pairs(rows):
                for pair in rows:
                    yield f"- **{_escaped(pair.name)}**{colon}{_escaped(pair.value)}"
                    yield from (f"  - {_escaped(pair.below)}",) if pair.below else ()
                yield ""
            case Section(title, inner) | Fold(title, inner):
                yield from (f"{'#' * min(level, 6)} {_escaped(title)}", "")
                yield from _blocks(inner, level + 1, colon)
            case _:
                assert_never(block)


def _items(items: Iterable[Item], depth: int) -> Iterator[str]:
    """Bullets with marks of their own, since Markdown numbers every level 1., 2., 3."""
    for number, item in enumerate(items, 1):
        lead = f"**{_escaped(item.lead)}**" if item.lead else ""
        words = "：".join(part for part in (lead, _escaped(item.text)) if part)
        aside = f" {_escaped(item.aside)}" if item.aside else ""
        yield f"{'  ' * depth}- {_escaped(item.mark or mark(depth, number))} {words}{aside}"
        yield from _items(item.parts, depth + 1)


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield from (f"**{_escaped(table.caption)}**", "")
    yield _row(table.heads)
    yield "|" + " --- |" * len(table.heads)
    yield from map(_row, table.rows)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(_escaped(cell).replace("\n", "<br>") for cell in cells) + " |"


def _escaped(text: str) -> str:
    """A text with its Markdown escaped."""
    text = re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", text.replace("&", "&amp;"))
    text = re.sub(r"^(\s*)([-+=])", r"\1\\\2", text, flags=re.MULTILINE)
    return re.sub(r"^(\s*[0-9]+)([.)])", r"\1\\\2", text, flags=re.MULTILINE)
