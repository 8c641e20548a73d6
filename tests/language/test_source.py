"""Text becomes nodes: refusals with both of PyYAML's readers, and no input that causes a traceback."""

import codecs
from collections.abc import Iterator
from collections.abc import Sequence as Sequence_
from pathlib import Path
from typing import cast

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hardship_rules import FactError, PolicyError, read_household, read_policy
from hardship_rules.core.problem import Location, Problem, in_file_order
from hardship_rules.language import source
from hardship_rules.language.find import BUNDLED, read_file
from hardship_rules.language.source import Mapping, Node, Scalar, Sequence, decode, parse, read_bytes

LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])]
WEIHAI = (BUNDLED / "2021_weihai.yaml").read_text("utf-8")
SHANDONG = (BUNDLED / "shandong_2020_58.yaml").read_text("utf-8")


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def _reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run with each of PyYAML's two readers."""
    monkeypatch.setattr(source, "_LOADER", request.param)


each_reader = pytest.mark.usefixtures("_reader")


def codes(text: str, name: str = "a.yaml") -> list[str]:
    """`line:column code` of each problem of a text."""
    found = in_file_order(parse(text, name)[1])
    return [f"{at.line}:{at.column} {problem.code}" for problem in found if (at := problem.location)]


def plain(node: Node | None) -> object:
    """A node as texts, lists and dictionaries."""
    if isinstance(node, Mapping):
        return {key.text: plain(inner) for key, inner in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return None if node is None else node.text


def whole(node: Node | None) -> object:
    """A node with all of its attributes."""
    if isinstance(node, Mapping):
        return str(node.at), [(whole(key), whole(inner)) for key, inner in node.entries]
    if isinstance(node, Sequence):
        return str(node.at), [whole(item) for item in node.items]
    return None if node is None else (str(node.at), node.text, node.plain, node.inset)


# Bytes


def test_an_encoding_is_read_by_its_mark_or_as_utf8() -> None:
    """UTF-8 with and without a byte order mark and UTF-16 with one hold the same text."""
    text = "title: 困难职工\n"
    for content in (text.encode(), text.encode("utf-8-sig"), text.encode("utf-16")):
        assert decode(content, "a") == text
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        assert decode(mark + text.encode(encoding), "a") == text


@pytest.mark.parametrize(
    ("content", "code", "line", "column"),
    [
        ("a: 1\ntitle: 困难职工".encode("gb18030"), "encoding_gbk", 2, 8),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "encoding_unknown", 1, 1),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xff\xfe", "encoding_unknown", 1, 11),
        (b"a: 1\nb: \xff\n", "encoding_unknown", 2, 4),
        (codecs.BOM_UTF16_LE + b"a", "encoding_unknown", 1, 3),
    ],
)
def test_what_is_not_text_is_named_for_what_it_is(content: bytes, code: str, line: int, column: int) -> None:
    """GBK is reported as GBK; other bytes are not text, reported at the first invalid one."""
    problem = decode(content, "a")
    assert problem == Problem(code, location=Location("a", line, column))


def test_a_file_of_fifty_megabytes_is_refused_unread(tmp_path: Path) -> None:
    """At most one byte more than the limit is read of a file."""
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(50_000_000)
    problem = read_bytes(path, "large.yaml")
    assert isinstance(problem, Problem)
    assert problem.code == "file_too_large"


def test_a_file_may_have_a_million_bytes(tmp_path: Path) -> None:
    """A file of exactly 1,000,000 bytes is accepted, one more byte is refused."""
    path = tmp_path / "bound.yaml"
    path.write_bytes(b"#" * 1_000_000)
    assert len(cast(bytes, read_bytes(path, "a"))) == 1_000_000
    path.write_bytes(b"#" * 1_000_001)
    assert cast(Problem, read_bytes(path, "a")).code == "file_too_large"
    assert codes("#" * 1_000_000) == []
    assert codes("#" * 1_000_001) == ["1:1 file_too_large"]


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    """A missing file, a folder and an impossible path are different problems."""
    assert cast(Problem, read_bytes(tmp_path / "none.yaml", "a")).code == "file_missing"
    assert cast(Problem, read_bytes(tmp_path, "a")).code == "file_is_folder"
    assert cast(Problem, read_bytes(tmp_path / "a\0b", "a")).code in {"file_unreadable", "file_missing"}
    assert cast(Problem, read_bytes(tmp_path / ("x" * 5000), "a")).code == "file_unreadable"


# Characters


@each_reader
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_ends_give_the_same_nodes(end: str) -> None:
    """Line ends of Windows, Unix and old Macs give the same nodes and locations."""
    text = "a: 1\nb:\n  - x\n  - {c: d}\n"
    assert whole(parse(text.replace("\n", end), "a")[0]) == whole(parse(text, "a")[0])
    assert plain(parse(text.replace("\n", end), "a")[0]) == {"a": "1", "b": ["x", {"c": "d"}]}


@each_reader
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\nb: \x00", ["2:4 character"]),
        ("a: \x1b[1m", ["1:4 character"]),
        ("a: '\ud800'", ["1:5 character"]),
        ("a: 1\n\ufeffb: 2", ["2:1 character"]),
        ("a: 一\u2028二", ["1:5 character"]),
        ("a: 一\x85二", ["1:5 character"]),
        ("a: 1\n\tb: 2\nc:\t3", ["2:1 tab", "3:3 tab"]),
        ("a：1\nb: 2", ["1:2 full_width"]),
        ("a: {b：1}", ["1:6 full_width"]),
        ("a: {b: 1，c: 2}", ["1:9 full_width"]),
        ("a: “x: y”", ["1:4 full_width"]),
        ("a: ｛b: 1｝", ["1:4 full_width"]),
        ("a:\n\u3000\u3000b: 1\nc: d: e", ["2:1 odd_space"]),
        ("a: b\u3000c", ["1:5 odd_space"]),
        ("a: b\xa0c", ["1:5 odd_space"]),
        ("a: b\u200bc", ["1:5 odd_space"]),
        ("a:1\nb: 2", ["1:2 space_after_colon"]),
        ("a: {b:1}", ["1:6 space_after_colon"]),
        ("a: |#x\n  b", ["1:5 space_before_comment"]),
    ],
)
def test_what_a_keyboard_leaves_is_told_where_it_stands(text: str, found: list[str]) -> None:
    """Invisible characters, tabs, full-width marks, odd and missing spaces have their own codes and locations."""
    assert codes(text) == found


@each_reader
def test_full_width_marks_may_stand_in_texts() -> None:
    """Chinese punctuation inside a title is allowed, and is not blamed for another mistake."""
    text = "title: 说明（甲），乙：丙“丁”\n"
    assert codes(text) == []
    assert codes(text + "b: c: d\n") == ["2:5 yaml_colon"]


@each_reader
def test_odd_spaces_may_stand_in_quotes() -> None:
    """Any kind of space is allowed between quotes."""
    assert plain(parse("a: '一\u3000二'", "a")[0]) == {"a": "一\u3000二"}


def test_a_tab_is_white_space_in_json() -> None:
    """A JSON file may be indented with tabs; a YAML file may not."""
    assert plain(parse('{\n\t"a":\t"1"\n}', "a.json")[0]) == {"a": "1"}
    assert codes('{\n\t"a":\t"1"\n}') == ["2:1 tab"]


# Values are the written text


@each_reader
def test_every_value_is_the_text_that_was_written() -> None:
    """No value becomes a boolean, a number in base 60, an octal, a date or a merge."""
    text = "a: no\nb: 012\nc: 60:30\nd: 1_000\ne: 0.10\nf: 2021-03-31\non: ~\n<<: x\n=: y\n"
    expected = {"a": "no", "b": "012", "c": "60:30", "d": "1_000", "e": "0.10", "f": "2021-03-31", "on": "~"}
    assert plain(parse(text, "a")[0]) == {**expected, "<<": "x", "=": "y"}


@each_reader
def test_a_place_in_a_text_is_its_place_in_the_file() -> None:
    """A column inside a value counts quotes; in a folded text the location is that of the value."""
    node = cast(Mapping, parse("a: income\nb: 'income'\nc: \"in\\x63ome\"\n", "f")[0])
    places = [str(cast(Scalar, node.get(key)).place(2)) for key in "abc"]
    assert places == ["f:1:6", "f:2:7", "f:3:4"]


@each_reader
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: &x 1\nb: *x\n", ["1:4 anchor", "2:4 alias"]),
        ("a: !!python/object:os.system x", ["1:4 tag"]),
        ("a: !x {b: 1}", ["1:4 tag"]),
        ("a: 1\n---\nb: 2\n", ["2:1 second_document"]),
        ("a: 1\n...\nb: 2\n", ["3:1 second_document"]),
        ("%YAML 1.1\n---\na: 1\n", ["1:1 directive"]),
        ("# c\n\n%FOO\n---\na: 1\n", ["3:1 directive"]),
        ("? a\n: 1\n", ["1:3 question_mark"]),
        ("a: 1\n? b\n: 2\n", ["2:3 question_mark"]),
        ("{? a: 1}", ["1:4 question_mark"]),
        ("[? a: 1]", ["1:4 question_mark"]),
        ("a: {b: c?d}", ["1:9 question_mark"]),
        ("{[a]: 1}", ["1:2 key_not_text"]),
        ("a: 1\nb: 2\na: 3\n", ["3:1 duplicate_key"]),
        ("a: {b: 1, b: 2}", ["1:11 duplicate_key"]),
        ("a: {b: min(1, 2)}", ["1:15 comma_in_braces"]),
        ("a: {b: 1,500}", ["1:10 comma_in_braces"]),
    ],
)
def test_what_can_be_read_two_ways_is_refused(text: str, found: list[str]) -> None:
    """Anchors, aliases, tags, directives, second documents, `?`, repeated or non-text keys, cut lines are refused."""
    assert codes(text) == found


@each_reader
def test_an_alias_bomb_is_refused_without_growing() -> None:
    """Nine levels of ten aliases give ninety problems, not a thousand million values."""
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))
    found = [problem.code for problem in parse(bomb, "a")[1]]
    assert found.count("alias") == 90
    assert found.count("anchor") == 10


@each_reader
@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_a_hundred_thousand_levels_are_refused(opening: str) -> None:
    """Depth is counted without recursion: the 65th level is refused, wherever it ends."""
    assert codes("a: " * (opening != "- ") + opening * 100_000)[-1].endswith("too_deep")


@each_reader
def test_sixty_four_levels_are_read() -> None:
    """64 levels are accepted."""
    assert codes("[" * 64 + "]" * 64) == []
    assert codes("[" * 65 + "]" * 65) == ["1:65 too_deep"]


@each_reader
@pytest.mark.parametrize("text", ["", "\n", "# c\n", "---\n", "   \n\n"])
def test_an_empty_text_says_so(text: str) -> None:
    """A file without content is reported as empty, as a policy and as a household."""
    with pytest.raises(PolicyError) as policy:
        read_policy(text)
    with pytest.raises(FactError) as household:
        read_household(text)
    assert [problem.code for problem in (*policy.value.problems, *household.value.problems)] == ["file_empty"] * 2


@each_reader
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: b: c", "yaml_colon"),
        ("a: 1\nbc\nd: 2", "yaml_colon_missing"),
        ('a: "b\nc: 1', "yaml_quote"),
        ('a: "\\d"', "yaml_escape"),
        ("a: {b: 1\nc: 2", "yaml_bracket"),
        ("a: 1}", None),
        ("a: {b: 1}}", "yaml_bracket"),
        ("a:\n    b: 1\n  c: 2", "yaml_indent"),
        ('a: "b" c', "yaml_goes_on"),
        ("a: @b", "yaml_start"),
        ("a: * b", "yaml_start"),
    ],
)
def test_what_yaml_cannot_read_is_told_in_plain_words(text: str, code: str | None) -> None:
    """Common mistakes have their own sentence, in a household as in a policy."""
    assert [problem.code for problem in parse(text, "a")[1]] == ([] if code is None else [code])
    if code is not None:
        with pytest.raises(FactError) as caught:
            read_household(text)
        assert caught.value.problems[0].code == code


# Both readers agree, and nothing is a traceback

PIECES = st.sampled_from(
    [
        *"ab1中𠀀.~=<",
        " ",
        "  ",
        "\n",
        "\n  ",
        "\n    ",
        ": ",
        ":",
        ", ",
        *"{}[],",
        "- ",
        "-",
        "? ",
        "?",
        "'",
        '"',
        "#",
        " #",
        "|",
        ">\n",
        "|-",
        "|2",
        "&",
        "*",
        "!",
        "%",
        "@",
        "`",
        "\\",
        "---\n",
        "--- ",
        "...\n",
        "：",
        "，",
        "“",
        "\u3000",
        "\xa0",
        "\t",
        "\x85",
        "\u2028",
        "\ufeff",
        "\x00",
        "�",
        "\r",
        "%YAML 1.1\n",
        "%X\n",
        "!!x",
        "'b'",
    ]
)
YAMLISH = st.lists(PIECES, max_size=16).map("".join)


def read_by(loader: type, text: str, name: str) -> object:
    """The result of one reader for a text: nodes with their locations, or a refusal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "_LOADER", loader)
        node, problems = parse(text, name)
    return "refused" if problems else whole(node)


@pytest.mark.skipif(len(LOADERS) < 2, reason="PyYAML was built without its C reader")
@settings(max_examples=3000, deadline=None)
@given(YAMLISH, st.sampled_from(["a.yaml", "a.json"]))
def test_both_readers_take_the_same_texts(text: str, name: str) -> None:
    """Both of PyYAML's readers give the same nodes and locations, or refuse the text."""
    first, second = (read_by(loader, text, name) for loader in LOADERS)
    assert first == second


@pytest.mark.skipif(len(LOADERS) < 2, reason="PyYAML was built without its C reader")
@pytest.mark.parametrize("text", ["{a: }", "{a: , b: 1}", "{a:   , b: }", "- {a:\n  }", "{a: {b: }}"])
def test_blanks_in_braces_have_one_place(text: str) -> None:
    """An empty value in braces is located after its colon with either reader."""
    first, second = (read_by(loader, text, "a.yaml") for loader in LOADERS)
    assert first == second != "refused"


def refused_or_read(text: str, folders: Sequence_[Path] = ()) -> None:
    """Check that a text is read as a policy and as a household, or refused with a location and a message."""
    problems: list[Problem] = []
    try:
        read_policy(text, folders=folders)
    except PolicyError as caught:
        problems += caught.problems
    try:
        read_household(text)
    except FactError as caught:
        problems += caught.problems
    for problem in problems:
        assert problem.location is not None
        assert problem.line("zh")
        assert problem.line("en")


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=60) | YAMLISH.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Any bytes are read as a policy or household, or give problems; there is no other error."""
    text = decode(content, "a")
    if not isinstance(text, Problem):
        refused_or_read(text)


@settings(max_examples=500, deadline=None)
@given(YAMLISH)
def test_any_text_after_a_head_is_read_or_refused(text: str) -> None:
    """With a valid head, the rest of a text reaches the later checks."""
    refused_or_read(f"language: 1\npolicy: p\n{text}")


SLIPS = "：:{}[],#\n \t'\"-&*!?0x中"


def mutations(text: str, step: int) -> Iterator[str]:
    """Prefixes of a text, and the text with a character removed, doubled or replaced."""
    for place in range(0, len(text), step):
        before, after = text[:place], text[place + 1 :]
        yield before
        yield before + after
        yield before + text[place] * 2 + after
        yield before + SLIPS[place % len(SLIPS)] + after


SMALL = """
language: 1
policy: shandong_2020_58
units: {yuan: 元}
sources: {notice_2021: {title: 通知}}
household: {residence: {title: 居住地, one of: {urban: 城市, rural: 农村}}}
parameters: {dibao: {title: 低保标准, unit: yuan, by: residence}}
"""


def test_every_slip_in_the_citys_policy_is_read_or_refused(tmp_path: Path) -> None:
    """Every prefix of 2021_weihai, and every one-character typo in it, is read or refused with a location.

    The base is a small measure here, for speed.
    """
    (tmp_path / "shandong_2020_58.yaml").write_text(SMALL, "utf-8")
    assert read_policy(WEIHAI, folders=[tmp_path]).parameters["dibao"].values["urban",] == 787
    for text in mutations(WEIHAI, 1):
        refused_or_read(text, [tmp_path])


def test_slips_in_the_citys_policy_are_read_or_refused() -> None:
    """A sample of the same typos with the whole measure as base is read or refused."""
    for text in mutations(WEIHAI, 41):
        refused_or_read(text)


def test_slips_in_the_measure_are_read_or_refused() -> None:
    """A sample of typos in shandong_2020_58 is read or refused."""
    for text in mutations(SHANDONG, 991):
        refused_or_read(text)


def test_a_bundled_file_is_read_by_its_path() -> None:
    """The bundled files have no problems."""
    assert parse(read_file(BUNDLED / "2021_weihai.yaml").text, "a")[1] == []
