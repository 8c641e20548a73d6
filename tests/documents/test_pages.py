"""Pages in a browser: visible content, fit on a telephone and on A4 paper, and no fault by axe.

The tests need Chromium. Without it they are skipped, except if `CI` is set.
"""

import json
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
from places import ROOT, TESTS
from playwright.sync_api import Browser, Page, sync_playwright
from reviews import few
from titled import HOSTILE, people, titled

from hardship_rules import (
    assess,
    changes,
    compare,
    explain,
    load_household,
    load_policy,
    notice,
    read_policy,
    what_would_change,
)
from hardship_rules.authoring._checklist import checklist
from hardship_rules.authoring._reading_copy import reading_copy
from hardship_rules.authoring._review import review
from hardship_rules.authoring._review_document import review_document
from hardship_rules.core.policy import Policy
from hardship_rules.documents.document import Document, Paragraph
from hardship_rules.documents.html import as_html
from hardship_rules.language.policies import load_base
from hardship_rules.registers._impact import impact, impact_report
from hardship_rules.testing.cases import read_cases
from hardship_rules.testing.strategies import households

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
EXAMPLES = ROOT / "examples"
EXAMPLE = load_household(EXAMPLES / "household.yaml")
DECIDED = assess(POLICY, EXAMPLE)
UNDECIDED = assess(POLICY, load_household(EXAMPLES / "partial.yaml"))
LONG = assess(titled(lambda word: word + HOSTILE + "长" * 80 + "w" * 400), people(150, label="m" * 400))
HOUSEHOLDS = TESTS / "golden" / "households"
SEVERAL_MISSING = {
    "on": "2021-03-31",
    "unit_has_union": True,
    "employment": "in_service",
    "controls_company": False,
    "homes": 1,
    "motor_vehicle": False,
    "refuses_verification": False,
    "file": "none",
    "divorced": True,
    "lives_in_city": True,
    "members": [
        {"relation": "self", "wage": 30000, "education": "none", "medical_self_paid": 9000}
        | dict.fromkeys(("property_income", "transfer_income", "other_income"), 0),
        {"relation": "child", "age": 15, "education": "compulsory", "self_paid_study_abroad": False}
        | dict.fromkeys(("private_school_fee", "property_income"), 0),
    ],
}
TWENTY = {
    **SEVERAL_MISSING,
    "residence": "urban",
    "members": [
        {"relation": "self", "wage": 30000, "medical_self_paid": 9000},
        *({"relation": "child", "age": 3 + number, "label": f"孩子{number}"} for number in range(19)),
    ],
}
YEARS = [(load_policy(name), load_base(name)) for name in ("2023_weihai", "2024_weihai")]
CASES = read_cases(TESTS / "cases" / "years.yaml")
REGISTER = framed(POLICY, drawn_households(households(POLICY), 60), [fact.name for fact in POLICY.stand_ins])
IMPACT = impact(POLICY, load_policy("2023_weihai"), *REGISTER, on="2023-03-31")
PAGES = {
    "impact": as_html(impact_report(IMPACT)),
    "proofread": as_html(reading_copy(POLICY)),
    "checklist": as_html(checklist(POLICY)),
    "review": as_html(review_document(review(YEARS[0], YEARS[1], CASES, few))),
    "decided": explain(DECIDED, format="html"),
    "decided in English": explain(DECIDED, format="html", lang="en"),
    "undecided": explain(UNDECIDED, format="html"),
    "undecided in English": explain(UNDECIDED, format="html", lang="en"),
    "long words": explain(LONG, format="html"),
    "everything open": explain(DECIDED, format="html", detail="full"),
    "what would change": what_would_change(POLICY, EXAMPLE).explain(format="html"),
    "several missing": explain(assess(POLICY, SEVERAL_MISSING), format="html"),
    "comparison": compare(POLICY, load_policy("example_huzhou"), EXAMPLE).explain(format="html"),
    "changes": changes(POLICY, EXAMPLE, UNDECIDED).explain(format="html"),
    "notice": notice(UNDECIDED, format="html"),
    "notice to a recognised one": notice(DECIDED, format="html"),
    "notice of long words": notice(LONG, format="html"),
}

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="Chromium is not installed: apt-get install chromium"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; each start has its own profile folder."""
    assert CHROMIUM is not None, "Chromium is not installed: apt-get install chromium fonts-noto-cjk"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def opened(browser: Browser, path: Path, text: str, width: int, height: int = 900) -> Page:
    """A page opened from a file, offline, in a window of a given width."""
    path.write_text(text, encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    return page


def rows(png: bytes) -> list[bytes]:
    """The pixel rows of a screenshot: a PNG of 8 bits a channel, unfiltered."""
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
    if kind == 4:  # Paeth: the one of the three that is nearest to left + up - corner
        return min((left, up, corner), key=lambda each: abs(left + up - corner - each))
    return (0, left, up, (left + up) // 2)[kind]


def drawn(browser: Browser, path: Path, text: str) -> frozenset[bytes]:
    """The distinct pixel rows of a short text on a page."""
    page = opened(browser, path, as_html(Document("题", (Paragraph(text),))), 360, 200)
    png = page.locator("main").screenshot()
    page.context.close()
    return frozenset(rows(png))


@pytest.mark.parametrize("name", PAGES)
def test_something_is_drawn(browser: Browser, tmp_path: Path, name: str) -> None:
    """The first screen is not blank: it is mostly paper, with some ink."""
    page = opened(browser, tmp_path / "page.html", PAGES[name], 500, 300)
    pixels = b"".join(rows(page.screenshot()))
    page.context.close()
    dark = sum(1 for value in pixels if value < 100) / len(pixels)
    assert 0.005 < dark < 0.3


def test_chinese_is_drawn(browser: Browser, tmp_path: Path) -> None:
    """Different characters look different, so they are not replaced by the same empty box."""
    low, standard, none = (
        drawn(browser, tmp_path / f"{number}.html", text) for number, text in enumerate(("低", "标", "\ufffe"))
    )
    assert len(low) > 5
    assert len({low, standard, none}) == 3


@pytest.mark.parametrize("name", PAGES)
def test_nothing_sticks_out(browser: Browser, tmp_path: Path, name: str) -> None:
    """At the widths of telephone, tablet and desk the page fits the window; wide tables scroll inside."""
    page = opened(browser, tmp_path / "page.html", PAGES[name], 360)
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(TOO_WIDE) == []
    page.context.close()


# The look of a page is checked by its structure: positions of blocks, line breaks, and sizes too small or too wide.

TOO_WIDE = """[...document.querySelectorAll('body *')].filter(e => !e.closest('.table, svg, summary') &&
    (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display != 'inline'
    || e.getBoundingClientRect().right > innerWidth + 1)).map(e => e.outerHTML.slice(0, 80))"""
BROKEN = """[...document.querySelectorAll('.n')].filter(e => new Set([...e.getClientRects()].map(r => r.top)).size > 1)
    .map(e => e.textContent)"""
SMALL = """[...document.querySelectorAll('body *')].filter(e => [...e.childNodes].some(n => n.nodeType == 3
    && n.data.trim())).filter(e => { const svg = e.closest('svg'); if (/^(title|desc)$/.test(e.tagName)) return false;
    const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    return parseFloat(getComputedStyle(e).fontSize) * scale < 14; }).map(e => e.outerHTML.slice(0, 80))"""
BLOCKS = """[...document.querySelectorAll('.banner, main > div.table, main > dl, main > section, main > p, main > nav,'
    + 'main > details')].map(e => [e.className.split(' ')[0] || e.tagName, e.getBoundingClientRect().top])"""
TONES = {
    "2021_deep": ("urgent", "●", "深度困难职工家庭"),
    "2021_relative_continued": ("elevated", "◐", "相对困难职工家庭"),
    "2021_accidental_changed": ("special", "▲", "意外致困职工家庭"),
    "2021_none_out_of_hardship": ("plain", "○", "不符合困难职工家庭条件"),
    "2021_out_of_scope": ("plain", "○", "不属于认定范围"),
    "2021_excluded_withdrawn": ("plain", "○", "有排除性情形，不予认定"),
}
LOOKED_AT = {
    **{name: (assess(POLICY, load_household(HOUSEHOLDS / f"{name}.yaml")), *tone) for name, tone in TONES.items()},
    "one missing": (UNDECIDED, "open", "…", "待定：还缺 1 项"),
    "several missing": (assess(POLICY, SEVERAL_MISSING), "open", "…", "待定：还缺 5 项"),
    "twenty members": (assess(POLICY, TWENTY), "open", "…", "待定：还缺"),
}


@pytest.mark.parametrize("name", LOOKED_AT)
def test_first_screen(browser: Browser, tmp_path: Path, name: str) -> None:
    """The verdict is first, details are folded at the end; no amount breaks, and nothing is cut or too small."""
    assessment, tone, mark, verdict = LOOKED_AT[name]
    page = opened(browser, tmp_path / "page.html", explain(assessment, format="html"), 390)
    banner = page.locator("header > .banner")
    assert (banner.get_attribute("class"), banner.locator("h1 .mark").inner_text()) == (f"banner {tone}", mark)
    assert banner.locator("h1").inner_text().removeprefix(mark).strip().startswith(verdict)
    assert len(banner.locator("p").all()) == 2
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        blocks = [(kind, top) for kind, top in page.evaluate(BLOCKS)]
        assert [top for _, top in blocks] == sorted(top for _, top in blocks)
        kinds = list(dict.fromkeys(kind for kind, _ in blocks))
        asked = ["SECTION", "pairs"] if tone == "open" and name != "one missing" else ["table", "pairs", "SECTION"]
        order = ["banner", *asked, "P", "hint", "fold"]  # missing facts come before the figures
        assert kinds == [kind for kind in order if kind in kinds]
        assert {"banner", "pairs", "fold"} <= {*kinds}
        assert page.evaluate("[...document.querySelectorAll('details')].some(e => e.open)") is False
        assert page.evaluate(TOO_WIDE) == []
        assert page.evaluate(BROKEN) == []
    page.set_viewport_size({"width": 390, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(BROKEN) == []
    assert page.evaluate(SMALL) == []
    page.context.close()


def test_drawings_are_readable_on_a_telephone(browser: Browser, tmp_path: Path) -> None:
    """Text in the drawing of moves is at least as large as small text, and no two texts overlap."""
    page = opened(browser, tmp_path / "page.html", PAGES["impact"], 390)
    assert page.evaluate(SMALL) == []
    boxes = page.evaluate(
        "[...document.querySelectorAll('svg text')].map(e => e.getBoundingClientRect()).map("
        "r => [r.left, r.top + 3, r.right, r.bottom - 3])"
    )
    page.context.close()
    assert len(boxes) > 6
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert left >= 0
        assert right <= 390
        for other in boxes[:number]:
            assert left >= other[2] or right <= other[0] or top >= other[3] or bottom <= other[1]


def test_what_is_printed(browser: Browser, tmp_path: Path) -> None:
    """Folded parts print only where they are open: the short page prints its first screen, the full one everything."""
    for name, count in (("decided", 0), ("everything open", 7)):
        page = opened(browser, tmp_path / "page.html", PAGES[name], 700)
        page.emulate_media(media="print")
        assert sum(each.is_visible() for each in page.locator("details").all()) == count
        assert not page.locator("nav").is_visible() if count else page.locator("nav").count() == 0
        assert page.locator(".hint").count() == (0 if count else 1)
        page.context.close()


ODD = """
language: 1
policy: odd
title: {title}
units: {{yuan: 元}}
household:
  poor: {{title: {poor}, yes or no: true}}
  income: {{title: {title}, unit: yuan, to: 10000000000000}}
members: {{at most: 64, facts: {{age: {{title: 年龄, unit: yuan, to: 150, if absent: 0}}}}}}
{show}
decisions:
  category:
    title: 类别
    first:
{outcomes}
    otherwise: {{outcome: none, title: {title}, basis: assumption}}
"""


def odd(title: str, outcomes: int, *, figures: bool, amounts: bool) -> Policy:
    """A policy with that many outcomes, all of the same title, with or without amounts."""
    lines = [
        f"      - {{outcome: o{number}, title: {json.dumps(f'{title}{number}')}, basis: assumption, tone: special, "
        f"when: {'income < ' + str(1000 * (number + 1)) if amounts else 'poor'}}}"
        for number in range(outcomes)
    ]
    shown = "terms: {total: {title: 合计, unit: yuan, value: income, basis: assumption}}\nshow: [total]"
    return read_policy(
        ODD.format(
            title=json.dumps(title),
            poor=json.dumps(f"{title}贫"),
            show=shown if figures else "",
            outcomes="\n".join(lines),
        ),
        "odd.yaml",
    )


LONG_TITLE = "困难职工家庭认定" * 25
ODD_PAGES: dict[str, tuple[Policy, dict[str, object]]] = {
    "titles of 200 characters": (odd(LONG_TITLE, 2, figures=True, amounts=True), {"income": 1500}),
    "terminal codes": (odd("\x1b[31m红\x1b]0;x\x07<b>&\u202e", 2, figures=True, amounts=True), {"income": None}),
    "no amounts": (odd("无数额", 1, figures=False, amounts=False), {"poor": True}),
    "no figures": (odd("无数额", 2, figures=False, amounts=True), {"income": 1}),
    "thirty outcomes": (odd("第", 30, figures=True, amounts=True), {"income": None}),
    "the largest amount": (odd("最大", 2, figures=True, amounts=True), {"income": 10**13, "poor": None}),
    "64 members": (odd("人多", 2, figures=True, amounts=True), {"income": 5, "members": [{"label": "王" * 40}] * 64}),
}


@pytest.mark.parametrize("name", ODD_PAGES)
def test_odd_input(browser: Browser, tmp_path: Path, name: str) -> None:
    """For any titles and any number of outcomes and members, nothing is cut at 390 px, and nothing becomes markup."""
    policy, facts = ODD_PAGES[name]
    text = explain(assess(policy, {"members": [{}], **facts}), format="html", detail="full")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    page = opened(browser, tmp_path / "page.html", text, 390)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(TOO_WIDE) == []
    assert page.locator("b, script").count() == 0
    assert page.locator("header > .banner h1").count() == 1
    page.context.close()


@pytest.mark.parametrize(
    ("name", "paper_mm", "at_least"),
    [
        ("proofread", 210, 6),
        ("checklist", 297, 6),
        ("review", 210, 4),
        ("decided", 210, 1),
        ("everything open", 210, 3),
        ("undecided in English", 210, 2),
    ],
)
def test_it_fits_on_paper(browser: Browser, tmp_path: Path, name: str, paper_mm: int, at_least: int) -> None:
    """Nothing is cut at the paper's margins, not even tables, and table headers repeat on every sheet."""
    width = int((paper_mm - 28) * PIXELS_A_MM)
    page = opened(browser, tmp_path / "page.html", PAGES[name], width)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    boxes = "[...document.querySelectorAll('table')].map(e => Math.ceil(e.getBoundingClientRect().right))"
    assert max(page.evaluate(boxes), default=0) <= width
    heads = page.evaluate("[...document.querySelectorAll('thead')].map(e => getComputedStyle(e).display)")
    assert {*heads} <= {"table-header-group"}
    pdf = page.pdf(prefer_css_page_size=True)
    page.context.close()
    sheets = [float(width) for width in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ", pdf)]  # in points, 72 per inch
    assert at_least <= len(sheets) < 60
    assert all(abs(sheet - paper_mm / 25.4 * 72) < 1 for sheet in sheets)


def test_a_letter_on_paper(browser: Browser, tmp_path: Path) -> None:
    """On A4 the letter has official margins, sizes and lines, and an unbroken box for the seal at its end."""
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
def test_axe_finds_no_fault(browser: Browser, tmp_path: Path, name: str) -> None:
    """axe-core finds no violation of WCAG 2 A and AA, nor of its best practices."""
    page = opened(browser, tmp_path / "page.html", PAGES[name], 360)
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, options=RULES).response
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
        assert len(found["passes"]) > 15
    page.context.close()


def test_axe_would_find_one(browser: Browser, tmp_path: Path) -> None:
    """Axe reports a page without a language and with an empty header, so the check is effective."""
    spoilt = PAGES["proofread"].replace(' lang="zh-CN"', "", 1).replace("<h2>", "<h5>", 1).replace("</h2>", "</h5>", 1)
    page = opened(browser, tmp_path / "page.html", spoilt, 1280)
    found = {each["id"] for each in Axe().run(page, options=RULES).response["violations"]}
    page.context.close()
    assert {"html-has-lang", "heading-order"} <= found
