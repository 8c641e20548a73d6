"""The style sheet: colours and sizes are only in `:root`, and the contrasts are as stated."""

import re
from itertools import product

import pytest
from places import ROOT

from hardship_rules.core.expr import TONES
from hardship_rules.documents.document import TONE_MARKS, Document, Paragraph
from hardship_rules.documents.html import as_html, style

FOLDER = ROOT / "hardship_rules"
SHEET = re.sub(r"/\*.*?\*/", "", (FOLDER / "documents" / "style.css").read_text(encoding="utf-8"), flags=re.DOTALL)
ROOTS = re.compile(r"(?::root|\.letter)\{(?:[^{}\"]|\"[^\"]*\")*\}")
LITERAL = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|hwb|lab|lch|oklab|oklch|color|color-mix)\("
    r"|(?<![\w-])[0-9]*\.?[0-9]+(?:px|pt|pc|mm|cm|in|q|rem|em|ex|ch|vw|vh|vmin|vmax|%)(?![\w-])"
    r"|(?<![\w-])(?:black|white|red|green|blue|yellow|gray|grey|silver|maroon|navy|orange|purple|brown|transparent"
    r"|currentcolor|canvas|canvastext)(?![\w-])",
    re.IGNORECASE,
)
TELEPHONE = "(max-width:480px)"  # a condition, which cannot use custom properties


def outside_root(sheet: str) -> str:
    """The sheet without the rules that only set custom properties, and without the one width condition."""
    return ROOTS.sub(lambda rule: "" if only_properties(rule[0]) else rule[0], sheet).replace(TELEPHONE, "")


def only_properties(rule: str) -> bool:
    """Every declaration of a rule sets a custom property."""
    body = re.sub(r"\"[^\"]*\"", "", rule[rule.index("{") + 1 : -1])
    return all(each.strip().startswith("--") for each in body.split(";") if each.strip())


def properties() -> dict[str, str]:
    """The custom properties of the first `:root`, for a desktop screen."""
    root = SHEET[SHEET.index(":root{") + 6 :]
    return dict(re.findall(r"(--[\w-]+):([^;}]*)", root[: root.index("\n}")]))


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_no_literal_outside_root() -> None:
    """No rule other than `:root` has a literal colour or size."""
    assert LITERAL.findall(outside_root(SHEET)) == []


@pytest.mark.parametrize(
    "rule",
    ["a{color:#fff}", "a{margin:3px}", "a{color:red}", "a{width:50%}", ":root{color:#000000}", "a{color:rgb(0,0,0)}"],
)
def test_a_literal_would_be_found(rule: str) -> None:
    """The check finds a literal colour or size."""
    assert LITERAL.findall(outside_root(SHEET + rule))


def test_no_literal_in_what_writes_pages() -> None:
    """The modules that write pages and drawings set no colour or type size, and no style but widths."""
    for name in ("html.py", "_svg.py"):
        source = (FOLDER / "documents" / name).read_text(encoding="utf-8")
        assert not re.findall(
            r"#[0-9a-fA-F]{3,8}\b|font-size|(?<!-)\bfill=|stroke=|stroke-width|[0-9](?:px|pt|mm|em)\b", source
        )
        assert {*re.findall(r'style="([\w-]+)', source)} <= {"--columns", "width"}


def test_every_property_is_there_and_used() -> None:
    """Every used property is defined, and every defined one is used, except a few for interviews and workbooks."""
    given = {*re.findall(r"(--[\w-]+):", SHEET), "--columns"}
    used = {*re.findall(r"var\((--[\w-]+)\)", SHEET), "--m-form", "--m-letter", "--t-foot"}
    assert used - given == set()
    assert given - used <= {"--columns", "--wrong", "--good", "--marked", "--title"}


@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("--ink", "--page", 16.4),
        ("--ink", "--ground", 15.0),
        ("--muted", "--page", 6.7),
        ("--muted", "--ground", 6.1),
        ("--link", "--page", 8.0),
        ("--focus", "--page", 8.0),
        ("--edge", "--page", 3.2),
        ("--wrong", "--page", 8.0),
        ("--warn", "--page", 8.0),
        ("--good", "--page", 6.5),
        ("--ink", "--marked", 14.5),
        ("--urgent", "--urgent-tint", 8.4),
        ("--elevated", "--elevated-tint", 7.3),
        ("--special", "--special-tint", 8.9),
        ("--plain", "--plain-tint", 10.2),
        ("--open", "--open-tint", 7.2),
        *product([f"--{tone}" for tone in (*TONES, "open")], ["--page"], [7.9]),
        *product(["--ink"], [f"--{tone}-tint" for tone in (*TONES, "open")], [6.0]),
    ],
)
def test_contrast(front: str, back: str, least: float) -> None:
    """Each pair of colours has the stated contrast; text has at least 6, edges 3."""
    colours = properties()
    found = contrast(colours[front], colours[back])
    assert round(found, 1) >= least
    assert found >= (3 if front == "--edge" else 6)


def test_contrast_is_computed_rightly() -> None:
    """Black on white is 21; the grey #767676 is known as the first with 4.54 on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def test_nothing_is_smaller_than_14() -> None:
    """No text is smaller than 14 px on a screen, or 16 px for body text on a telephone."""
    screen = SHEET[: SHEET.index("@media print")]
    sizes = re.findall(r"--t-(\w+):\d+ ([\d.]+)px", screen)
    assert len(sizes) >= 10
    assert min(float(size) for _, size in sizes) == 14
    assert {size for name, size in sizes if name == "body"} == {"16", "17"}


def test_every_tone_has_a_mark_and_a_rule() -> None:
    """Each tone has colours and a mark, so that colour is never the only sign."""
    assert TONE_MARKS.keys() == {*TONES, "open"}
    assert len({*TONE_MARKS.values()}) == len(TONE_MARKS)
    for tone in (*TONES, "open"):
        assert f"--{tone}" in properties()
        assert tone == "plain" or f".{tone}{{" in SHEET


def test_every_page_has_it() -> None:
    """Each page has the sheet without comments, and the margins that the sheet defines."""
    page = as_html(Document("题", ()))
    assert style() in page
    assert "/*" not in page
    assert "@page{size:A4;margin:18mm;" in page
    letter = as_html(Document("题", (Paragraph("章", signed=True),), kind="letter"))
    assert "@page{size:A4;margin:37mm 26mm 35mm 28mm;" in letter
    assert '<body class="letter">' in letter
