"""Pages as a browser shows them: what is drawn, that it fits a telephone and A4 paper, and that axe finds no fault.

Needs Chromium; where there is none these tests are skipped, but not where `CI` is set.
"""

import os
import re
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from framing import drawn as drawn_households
from framing import framed
from playwright.sync_api import Browser, Page, sync_playwright
from reviews import few
from titled import HOSTILE, people, titled

from hardship_rules import assess, explain, load_household, load_policy, notice
from hardship_rules.api import load_base
from hardship_rules.as_html import as_html
from hardship_rules.cases import read_cases
from hardship_rules.checklist import checklist
from hardship_rules.document import Document, Paragraph
from hardship_rules.impact import impact
from hardship_rules.impact_report import impact_report
from hardship_rules.proofread import proofread
from hardship_rules.review import review
from hardship_rules.review_document import review_document
from hardship_rules.strategies import households

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PIXELS_A_MM = 96 / 25.4
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "best-practice"]}}
POLICY = load_policy("2021_weihai")
EXAMPLES = Path(__file__).parent.parent / "examples"
DECIDED = assess(POLICY, load_household(EXAMPLES / "household.yaml"))
UNDECIDED = assess(POLICY, load_household(EXAMPLES / "partial.yaml"))
LONG = assess(titled(lambda word: word + HOSTILE + "长" * 80 + "w" * 400), people(150, label="m" * 400))
YEARS = [(load_policy(name), load_base(name)) for name in ("2023_weihai", "2024_weihai")]
CASES = read_cases(Path(__file__).parent / "cases" / "years.yaml")
REGISTER = framed(POLICY, drawn_households(households(POLICY), 60), [fact.name for fact in POLICY.stand_ins])
IMPACT = impact(POLICY, load_policy("2023_weihai"), *REGISTER, on="2023-03-31")
PAGES = {
    "impact": as_html(impact_report(IMPACT)),
    "proofread": as_html(proofread(POLICY)),
    "checklist": as_html(checklist(POLICY)),
    "review": as_html(review_document(review(YEARS[0], YEARS[1], CASES, few))),
    "decided": explain(DECIDED, format="html"),
    "decided in English": explain(DECIDED, format="html", lang="en"),
    "undecided": explain(UNDECIDED, format="html"),
    "undecided in English": explain(UNDECIDED, format="html", lang="en"),
    "long words": explain(LONG, format="html"),
    "notice": notice(UNDECIDED, format="html"),
    "notice to a recognised one": notice(DECIDED, format="html"),
    "notice of long words": notice(LONG, format="html"),
}

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="Chromium is not installed: apt-get install chromium"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; each start has a folder of its own."""
    assert CHROMIUM is not None, "Chromium is not installed: apt-get install chromium fonts-noto-cjk"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def opened(browser: Browser, path: Path, text: str, width: int, height: int = 900) -> Page:
    """A page opened from a file, in a window of some width, offline."""
    path.write_text(text, encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    return page


def rows(png: bytes) -> list[bytes]:
    """The rows of pixels of a screenshot: a PNG of 8 bits a channel, its filters taken back."""
    width = int.from_bytes(png[16:20])
    step = {2: 3, 6: 4}[png[25]]
    packed, at = b"", 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + size]
        at += size + 12
    raw, length = zlib.decompress(packed), width * step
    found, above = [], bytes(length)
    for start in range(0, len(raw), length + 1):
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + length])
        for number in range(length):
            left = row[number - step] if number >= step else 0
            corner = above[number - step] if number >= step else 0
            row[number] = (row[number] + _filter(kind, left, above[number], corner)) % 256
        above = bytes(row)
        found.append(above)
    return found


def _filter(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:  # Paeth: whichever of the three is nearest to left + up - corner
        return min((left, up, corner), key=lambda each: abs(left + up - corner - each))
    return (0, left, up, (left + up) // 2)[kind]


def drawn(browser: Browser, path: Path, text: str) -> frozenset[bytes]:
    """The different rows of pixels of a short text on a page."""
    page = opened(browser, path, as_html(Document("题", (Paragraph(text),))), 360, 200)
    png = page.locator("main").screenshot()
    page.context.close()
    return frozenset(rows(png))


@pytest.mark.parametrize("name", PAGES)
def test_something_is_drawn(browser: Browser, tmp_path: Path, name: str) -> None:
    """The first screen is not blank: most of it is paper, and a part of it is ink."""
    page = opened(browser, tmp_path / "page.html", PAGES[name], 800, 400)
    pixels = b"".join(rows(page.screenshot()))
    page.context.close()
    dark = sum(1 for value in pixels if value < 100) / len(pixels)
    assert 0.005 < dark < 0.3


def test_chinese_is_drawn(browser: Browser, tmp_path: Path) -> None:
    """Different characters look different: they are drawn, not each replaced by the same empty box."""
    low, standard, none = (
        drawn(browser, tmp_path / f"{number}.html", text) for number, text in enumerate(("低", "标", "\ufffe"))
    )
    assert len(low) > 5
    assert len({low, standard, none}) == 3


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_sticks_out(browser: Browser, tmp_path: Path, name: str, width: int) -> None:
    """At the width of a telephone, a tablet and a desk the page is as wide as the window; wide tables scroll inside."""
    page = opened(browser, tmp_path / "page.html", PAGES[name], width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    wide = page.evaluate("[...document.querySelectorAll('main > *, p, li')].filter(e => e.scrollWidth > innerWidth)")
    page.context.close()
    assert wide == []


@pytest.mark.parametrize(
    ("name", "paper_mm", "at_least"),
    [
        ("proofread", 210, 6),
        ("checklist", 297, 6),
        ("review", 210, 4),
        ("decided", 210, 2),
        ("undecided in English", 210, 2),
    ],
)
def test_it_fits_on_paper(browser: Browser, tmp_path: Path, name: str, paper_mm: int, at_least: int) -> None:
    """Between the margins of its paper nothing is cut off, no table either, and heads come again on every sheet."""
    width = int((paper_mm - 28) * PIXELS_A_MM)
    page = opened(browser, tmp_path / "page.html", PAGES[name], width)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    boxes = "[...document.querySelectorAll('table')].map(e => Math.ceil(e.getBoundingClientRect().right))"
    assert max(page.evaluate(boxes)) <= width
    assert set(page.evaluate("[...document.querySelectorAll('thead')].map(e => getComputedStyle(e).display)")) == {
        "table-header-group"
    }
    pdf = page.pdf(prefer_css_page_size=True)
    page.context.close()
    sheets = [float(width) for width in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ", pdf)]  # in points, 72 an inch
    assert at_least <= len(sheets) < 60
    assert all(abs(sheet - paper_mm / 25.4 * 72) < 1 for sheet in sheets)


def test_a_letter_on_paper(browser: Browser, tmp_path: Path) -> None:
    """On A4 it has an official letter's margins, sizes and lines, and at its end, in one piece, a box for the seal."""
    width = int((210 - 26 - 28) * PIXELS_A_MM)
    page = opened(browser, tmp_path / "page.html", PAGES["notice to a recognised one"], width)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    style = "([at, name, before]) => getComputedStyle(document.querySelector(at), before)[name]"

    def styled(at: str, name: str, before: str | None = None) -> str:
        return str(page.evaluate(style, [at, name, before]))

    points = {at: round(float(styled(at, "fontSize")[:-2]) * 0.75, 2) for at in ("h1", "main p", "li p", "h2")}
    assert points == {"h1": 22, "main p": 16, "li p": 16, "h2": 16}
    lines = {round(float(styled(at, "lineHeight")[:-2]) * 0.75, 2) for at in ("main p", "li p", "h2")}
    assert lines == {28}
    assert (styled("h1", "textAlign"), styled(".signed", "textAlign")) == ("center", "right")
    assert float(styled("main > p:not([class])", "textIndent")[:-2]) == pytest.approx(2 * 16 / 0.75, abs=0.1)
    assert styled(".flush", "textIndent") == "0px"
    seal = [float(styled(".signed + .signed", side, "::before")[:-2]) for side in ("width", "height")]
    assert min(seal) >= 40 * PIXELS_A_MM - 0.1
    assert styled(".signed + .signed", "breakBefore") == "avoid"
    pdf = page.pdf(prefer_css_page_size=True)
    page.context.close()
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)", pdf)
    assert 1 <= len(sheets) <= 2
    assert {(round(float(wide) / 72 * 25.4), round(float(high) / 72 * 25.4)) for wide, high in sheets} == {(210, 297)}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_fault(browser: Browser, tmp_path: Path, name: str, width: int) -> None:
    """No violation of WCAG 2 A and AA, nor of what axe-core takes for best practice."""
    page = opened(browser, tmp_path / "page.html", PAGES[name], width)
    found = Axe().run(page, options=RULES).response
    page.context.close()
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
    assert len(found["passes"]) > 15


def test_axe_would_find_one(browser: Browser, tmp_path: Path) -> None:
    """A page without its language and with a head that heads nothing is faulted: axe does look."""
    spoilt = PAGES["proofread"].replace(' lang="zh-CN"', "", 1).replace("<h2>", "<h5>", 1).replace("</h2>", "</h5>", 1)
    page = opened(browser, tmp_path / "page.html", spoilt, 1280)
    found = {each["id"] for each in Axe().run(page, options=RULES).response["violations"]}
    page.context.close()
    assert {"html-has-lang", "heading-order"} <= found
