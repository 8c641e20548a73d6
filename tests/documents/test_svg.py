"""Drawings: positions in true order, bands in proportion, labels inside, and every text escaped."""

import re
from fractions import Fraction
from itertools import pairwise

import pytest
from html_page import Page
from hypothesis import given
from hypothesis import strategies as st

from hardship_rules.core.interval import Exact
from hardship_rules.documents._svg import flows_svg, positions, scale_svg
from hardship_rules.documents.document import Document, Extent, Flow, Flows, Scale
from hardship_rules.documents.html import as_html

NUMBERS = st.one_of(
    st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6),
    st.fractions(min_value=786, max_value=788, max_denominator=10**12),
    st.sampled_from([0, 787, 1574]),
)
EXTENTS = st.tuples(NUMBERS, NUMBERS).map(lambda ends: Extent(min(ends), max(ends), f"{float(min(ends)):,.2f}"))
POINTS = NUMBERS.map(lambda number: Extent(number, number, f"{float(number):,.2f}"))


def scale(number: Extent, *limits: Extent) -> Scale:
    """A scale with a sentence for each limit."""
    return Scale("题", number, limits, "数", tuple(f"句{n}" for n, _ in enumerate(limits)))


def point(number: Exact) -> Extent:
    """A known number."""
    return Extent(number, number, str(number))


@given(st.one_of(EXTENTS, POINTS), st.lists(st.one_of(EXTENTS, POINTS), min_size=1, max_size=6))
def test_order_is_true(number: Extent, limits: list[Extent]) -> None:
    """A greater number is visibly further right; equal numbers have the same position."""
    at = positions(scale(number, *limits))
    ends = {end for each in (number, *limits) for end in (each.low, each.high)}
    assert at.keys() == ends
    outside = {16.0, 304.0}
    for low, high in pairwise(sorted(ends)):
        beyond = at[low] == at[high] and at[low] in outside  # both bounds of the household lie beyond all limits
        assert at[high] - at[low] >= 2 or beyond
        if beyond:
            assert {low, high} == {number.low, number.high}
    assert all(16 <= place <= 304 for place in at.values())


def test_linear_between_the_limits() -> None:
    """Limits of 100 and 200: the axis goes to 250, and 50 is halfway to 100."""
    at = positions(scale(point(50), point(100), point(200)))
    # from 28 to 292 are 264: 0 would be at 28, 50 at a fifth of the way
    assert [round(at[number], 1) for number in (50, 100, 200)] == [28 + 52.8, 28 + 105.6, 28 + 211.2]


@pytest.mark.parametrize(("number", "arrows"), [(50, 0), (5000, 1), (-5000, 1)])
def test_beyond_the_axis(number: int, arrows: int) -> None:
    """A number beyond the axis has an arrow at that end."""
    drawing = scale_svg(scale(point(number), point(100), point(200)), "d1")
    found = re.findall(r'd="M(\d+) [^"]*Z"', drawing)
    assert len(found) == arrows
    assert all((int(start) > 160) is (number > 0) for start in found)


def test_range_has_both_ends() -> None:
    """A range beyond both ends of the axis has an arrow at each, and a dashed frame."""
    drawing = scale_svg(scale(Extent(-5000, 5000, "-5000 至 5000"), point(100)), "d1")
    assert len(re.findall(r'd="M\d+ [^"]*Z"', drawing)) == 2
    assert 'class="number ranging"' in drawing
    assert "ranging" not in scale_svg(scale(point(50), point(100)), "d1")


def test_title_and_description() -> None:
    """The drawing is one image with a title and a description of all sentences, escaped."""
    hostile = "</desc><script>\"'&"
    drawing = scale_svg(Scale(hostile, Extent(1, 1, hostile), (Extent(2, 2, hostile),), hostile, (hostile,)), "d1")
    page = Page(drawing)
    assert page.open == []
    assert page.named("script") == []
    svg = page.named("svg")[0]
    assert (svg["role"], svg["aria-labelledby"], svg["aria-describedby"]) == ("img", "d1t", "d1d")
    assert page.text == hostile + f"{hostile} {hostile}" + hostile + f"① {hostile}"


@pytest.mark.parametrize("place", [0, 99, 100, 101, 200, 249, 5000])
@pytest.mark.parametrize("text", ["1", "本户 787.00", "household 0.00 to 8,333,333.33", "9" * 60])
def test_texts_stay_inside(place: int, text: str) -> None:
    """A label is moved inwards to fit, and left out if it is wider than the drawing."""
    drawing = scale_svg(scale(Extent(place, place, text), Extent(Fraction(100), Fraction(100), text)), "d1")
    found = re.findall(r'<text x="([\d.]+)"', drawing)
    assert len(found) == (0 if len(text) == 60 else 2)
    half = sum(14 if character > "\u2e80" else 7.6 for character in text) / 2
    assert all(half <= float(x) <= 320 - half for x in found)


GOING = (Flow("甲", "甲", 30), Flow("甲", "丙", 10), Flow("乙", "乙", 60))
FLOWS = Flows("题", ("旧", "新"), ("甲", "乙"), ("甲", "乙", "丙"), GOING, "总")


def bars(drawing: str) -> list[tuple[float, float, float]]:
    """The x, start and length of each bar."""
    found = re.findall(r'<rect class="side" x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', drawing)
    return [(float(x), float(y), float(long)) for x, y, long in found]


def test_bars_are_as_long_as_their_numbers() -> None:
    """By hand: of a hundred households forty are 0.4 of 260 or 104; on the other side 78, 156 and 26."""
    lengths = [(x < 170, long) for x, _, long in bars(flows_svg(FLOWS, "d1"))]
    assert lengths == [(True, 104.0), (True, 156.0), (False, 78.0), (False, 156.0), (False, 26.0)]


def test_bars_do_not_touch() -> None:
    """Each bar begins below the end of the previous one on its side."""
    for left in (True, False):
        side = [(y, y + long) for x, y, long in bars(flows_svg(FLOWS, "d1")) if (x < 170) is left]
        assert all(end < start for (_, end), (start, _) in pairwise(side))


def test_bands_begin_and_end_on_their_bars() -> None:
    """Bands begin and end on their bars, one below another."""
    drawing = flows_svg(FLOWS, "d1")
    path = re.compile(r'd="M[\d.]+ ([\d.]+)C[\d.]+ [\d.]+ [\d.]+ ([\d.]+) ')
    bands = [(float(start), float(end)) for start, end in path.findall(drawing)]
    drawn = (GOING[0], GOING[2], GOING[1])  # moves are drawn over what stays
    at = dict(zip(drawn, bands, strict=True))
    one, two, *others = (y for _, y, _ in bars(drawing))
    assert [at[flow][0] for flow in GOING] == [one, one + 78.0, two]
    assert [at[flow][1] for flow in GOING] == [others[0], others[2], others[1]]


def test_described_and_escaped() -> None:
    """The drawing has a title and a description; texts are escaped; numbers are beside the bars."""
    hostile = "</desc><script>\"'&"
    flows = Flows(hostile, (hostile, hostile), (hostile,), (hostile,), (Flow(hostile, hostile, 1234),), hostile)
    page = Page(flows_svg(flows, "d1"))
    assert page.open == []
    assert page.named("script") == []
    assert "1,234" in page.text


def test_nothing_at_all() -> None:
    """A register without households gives an empty drawing."""
    page = Page(as_html(Document("题", (Flows("题", ("旧", "新"), (), (), (), "没有家庭"),))))
    assert len(page.named("svg")) == 1
