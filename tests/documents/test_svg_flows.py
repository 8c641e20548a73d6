"""The drawing of flows: bars and bands as broad as many go, in the order given, told in words, everything escaped."""

import re
from itertools import pairwise

from html_page import Page

from hardship_rules.documents._svg_flows import flows_as_svg
from hardship_rules.documents.document import Document, Flow, Flows
from hardship_rules.documents.html import as_html

GOING = (Flow("甲", "甲", 30), Flow("甲", "丙", 10), Flow("乙", "乙", 60))
FLOWS = Flows("题", ("旧", "新"), ("甲", "乙"), ("甲", "乙", "丙"), GOING, "总")


def bars(drawing: str) -> list[tuple[float, float, float]]:
    """Where each bar stands, where it begins, and how long it is."""
    found = re.findall(r'<rect class="side" x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', drawing)
    return [(float(x), float(y), float(long)) for x, y, long in found]


def test_as_broad_as_many_go() -> None:
    """Of a hundred households a bar of forty is 0.4 of 260 long: 104; the other side's are 78, 156 and 26."""
    lengths = [(x < 170, long) for x, _, long in bars(flows_as_svg(FLOWS, "d1"))]
    assert lengths == [(True, 104.0), (True, 156.0), (False, 78.0), (False, 156.0), (False, 26.0)]


def test_bars_do_not_touch() -> None:
    """Each begins below the end of the one before it on its side."""
    for left in (True, False):
        side = [(y, y + long) for x, y, long in bars(flows_as_svg(FLOWS, "d1")) if (x < 170) is left]
        assert all(end < start for (_, end), (start, _) in pairwise(side))


def test_bands_begin_and_end_on_their_bars() -> None:
    """The bands that leave a bar lie on it one below the other, and so do those that come."""
    drawing = flows_as_svg(FLOWS, "d1")
    path = re.compile(r'd="M[\d.]+ ([\d.]+)C[\d.]+ [\d.]+ [\d.]+ ([\d.]+) ')
    bands = [(float(start), float(end)) for start, end in path.findall(drawing)]
    drawn = (GOING[0], GOING[2], GOING[1])  # what moves is drawn over what stays
    at = dict(zip(drawn, bands, strict=True))
    one, two, *others = (y for _, y, _ in bars(drawing))
    assert [at[flow][0] for flow in GOING] == [one, one + 78.0, two]
    assert [at[flow][1] for flow in GOING] == [others[0], others[2], others[1]]


def test_told_and_escaped() -> None:
    """The drawing has a title and a description; nothing leaves its text; the numbers stand beside the bars."""
    hostile = "</desc><script>\"'&"
    flows = Flows(hostile, (hostile, hostile), (hostile,), (hostile,), (Flow(hostile, hostile, 1234),), hostile)
    page = Page(flows_as_svg(flows, "d1"))
    assert page.open == []
    assert page.named("script") == []
    assert "1,234" in page.text


def test_nothing_at_all() -> None:
    """A register without households is drawn as nothing, without a fault."""
    page = Page(as_html(Document("题", (Flows("题", ("旧", "新"), (), (), (), "没有家庭"),))))
    assert len(page.named("svg")) == 1
