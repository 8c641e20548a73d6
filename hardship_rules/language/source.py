"""The text of a file as nodes: YAML or JSON, every scalar with its text and its place."""

import codecs
import gc
import json
import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import yaml
from attrs import define, evolve, field

from hardship_rules.core.problem import MOST, Location, Problem, first_of, reason_of
from hardship_rules.core.problem import Path as Keys

LARGEST = 1_000_000  # bytes of a file
_LONG = 100_000  # characters of a text; hardly a policy or household has as many
DEEPEST = 64  # mappings and lists inside one another

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_ODD_SPACES = re.compile("[\xa0\u1680\u2000-\u200f\u202a-\u202f\u205f-\u2064\u3000]")
_FULL_WIDTH = {"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "【": "[", "】": "]"}
_FULL_WIDTH |= {chr(code + 0xFEE0): chr(code) for code in range(ord("!"), ord("~") + 1)}
_MISPLACED = re.compile(f"{_ODD_SPACES.pattern}|[{''.join(_FULL_WIDTH)}]")
# No part of these patterns can match in two ways what stands before the mark: the time would grow with the square.
_IN_THE_WAY = re.compile(
    r"^[^:：{\[]*(：)"  # where a key's colon belongs, on its line
    r"|[{,][^:：,{}]*(：)"  # or in braces
    r"|(?:^|[-:,\[{])\s*([“‘｛［【])"  # where a value begins
    r"|([｝］】])\s*$|\s(＃)"
)
_KEY_IN_BRACES = re.compile(r"[^:：,{}]*(?:(: )|[:：,{}]|$)")
_NODES = frozenset({yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent})
_ENDS = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})
_COMMENT = re.compile(r"#.*")
_COLON_NEXT = re.compile(r"\s*:")
_BLOCK_COMMENT = re.compile(r"[|>][-+0-9]*(?=#)")
_TAG = re.compile(r"!\S*")
_YAML_ERRORS = (  # messages of PyYAML's two loaders, and the code of each
    (r"maximum nesting", "too_deep"),  # of libyaml from 0.2.6 on, which reads ahead for 1,000 levels
    (r"quoted scalar found unexpected", "yaml_quote"),
    (r"escape|hexdecimal", "yaml_escape"),
    (r"mapping values", "yaml_colon"),
    (r"could not find expected ':'", "yaml_colon_missing"),
    (r"any token|an alias|an anchor|a block scalar", "yaml_start"),
    (r"\btag\b", "tag"),
    (r"flow (mapping|sequence)|node content", "yaml_bracket"),
    (r"mapping keys", "question_mark"),
    (r"document start", "second_document"),
    (r"a block (mapping|collection)|entries are not", "yaml_indent"),
)


# Nothing changes a node. They are not frozen since a text may have hundreds of thousands, and a frozen one takes three
# times as long to make.


@define(unsafe_hash=True)
class Scalar:
    """One value or key as it was written; `plain` where no quotes stood around it."""

    text: str
    at: Location = field(eq=False)
    plain: bool = True
    inset: int = field(
        default=0, eq=False
    )  # columns from `at` to the text's first character, -1 if they do not run along

    @property
    def is_null(self) -> bool:
        """Nothing was written, or YAML's words for it."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")

    def place(self, offset: int) -> Location:
        """The place of the text's character of that number, where the text runs along the line as it is."""
        return self.at if self.inset < 0 else self.at.right(self.inset + offset)


@define(unsafe_hash=True)
class Sequence:
    """A list of nodes."""

    items: "tuple[Node, ...]"
    at: Location = field(eq=False)


@define(unsafe_hash=True)
class Mapping:
    """Keys and their nodes, in the order written."""

    entries: "tuple[tuple[Scalar, Node], ...]"
    at: Location = field(eq=False)

    def get(self, key: str) -> "Node | None":
        """The node under a key."""
        return next((node for name, node in self.entries if name.text == key), None)


Node = Scalar | Sequence | Mapping


def read_bytes(path: Path, name: str) -> bytes | Problem:
    """A file's bytes, or why there are none; a file that is too large is not read."""
    try:
        if path.is_dir():
            return Problem("file_is_folder", location=Location(name, 1, 1), given=name)
        with path.open("rb") as stream:
            return read_stream(stream, name)
    except FileNotFoundError:
        return Problem("file_missing", location=Location(name, 1, 1), given=name)
    except (OSError, ValueError) as error:
        return unreadable(name, error)


def unreadable(name: str, error: OSError | ValueError) -> Problem:
    """That a file is there and the system does not let it be read."""
    return Problem("file_unreadable", location=Location(name, 1, 1), given=name, values={"reason": reason_of(error)})


def read_stream(stream: BinaryIO, name: str) -> bytes | Problem:
    """At most `LARGEST` bytes of a stream."""
    content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        return Problem("file_too_large", location=Location(name, 1, 1), values={"most": str(LARGEST)})
    return content


def decode(content: bytes, name: str) -> str | Problem:
    """The text of UTF-8 with or without a byte order mark, or of UTF-16 with one."""
    if len(content) > LARGEST:
        return Problem("file_too_large", location=Location(name, 1, 1), values={"most": str(LARGEST)})
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        start = error.start
    line = content.count(b"\n", 0, start) + 1
    column = start - content.rfind(b"\n", 0, start)
    code = "encoding_unknown"
    if b"\x00" not in content:
        try:
            content.decode("gb18030")
            code = "encoding_gbk"
        except UnicodeDecodeError:
            pass
    return Problem(code, location=Location(name, line, column))


def no_text(text: object, name: object) -> Problem | None:
    """What is wrong where a host hands in no text, or a name of it that is none."""
    for part, at in ((text, ()), (name, ("name",))):
        if not isinstance(part, str):
            return Problem("content_expected", at, type(part).__name__)
    return None


def no_path(path: object) -> Problem | None:
    """What is wrong where a host hands in neither a file's name nor its path."""
    if isinstance(path, str | os.PathLike) and isinstance(os.fspath(path), str):
        return None
    return Problem("path_expected", (), type(path).__name__)


def parse(text: str, name: str) -> tuple[Node | None, list[Problem]]:
    """The one document of a text as nodes, and every problem that can be found before or beside YAML's own."""
    if problem := no_text(text, name):
        return None, [problem]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LARGEST:
        return None, [Problem("file_too_large", location=Location(name, 1, 1), values={"most": str(LARGEST)})]
    problems = _characters(text, name) or _directive(text, name)
    if problems:
        return None, problems
    text += "\n"  # without a last line end the two readers place the end of the text differently
    if name.endswith(".json"):
        text = text.replace("\t", " ")  # in JSON a bare tab is white space; YAML's readers differ over it
    elif "\t" in text:
        tabs = (
            Problem("tab", location=Location(name, number, line.index("\t") + 1))
            for number, line in enumerate(text.split("\n"), 1)
            if "\t" in line
        )
        return None, first_of(tabs)
    composer = _Composer(text, name)
    try:
        with uncollected(text):
            node = composer.compose(yaml.parse(text, Loader=_LOADER))
    except _Enough:
        return None, first_of(composer.problems)
    except yaml.MarkedYAMLError as error:
        return None, [*composer.problems, _yaml_problem(text, name, error)]
    except yaml.YAMLError:
        return None, [*composer.problems, Problem("yaml", location=Location(name, 1, 1), values={"reason": ""})]
    return node, composer.problems


@contextmanager
def uncollected(text: str) -> Iterator[None]:
    """Reading a long text without Python's search for garbage, which would go through all nodes again and again."""
    if len(text) < _LONG or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _characters(text: str, name: str) -> list[Problem]:
    found = (
        Problem("character", location=Location(name, number, match.start() + 1), given=f"U+{ord(match[0]):04X}")
        for number, line in enumerate(text.split("\n"), 1)
        if (match := _FORBIDDEN.search(line))
    )
    return list(islice(found, 20))


def _directive(text: str, name: str) -> list[Problem]:
    """A first line that begins with `%`; the two readers differ over those that they do not know."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            return [Problem("directive", location=Location(name, number, 1))] if line.startswith("%") else []
    return []


def misplaced(text: str, place: Callable[[int], Location], at: Keys = ()) -> Problem | None:
    """The first mark that a Chinese keyboard left in a text, with the one that is meant."""
    match = _MISPLACED.search(text)
    if match is None:
        return None
    if meant := _FULL_WIDTH.get(match[0]):
        return Problem("full_width", at, match[0], {"meant": meant}, location=place(match.start()))
    return Problem("odd_space", at, f"U+{ord(match[0]):04X}", location=place(match.start()))


def _outside_quotes(line: str) -> str:
    """A line with its comment cut off and what stands between straight quotes blanked, for a look at punctuation."""
    line = re.sub(r"(^|\s)#.*", "", line)
    return re.sub(r"\"[^\"]*\"|'[^']*'", lambda match: " " * len(match[0]), line)


def _yaml_problem(text: str, name: str, error: yaml.MarkedYAMLError) -> Problem:
    """What a Chinese keyboard or a missing space left near the place, else what YAML says, in our words."""
    lines = [*text.split("\n"), ""]
    mark = cast(yaml.Mark, error.problem_mark)
    for number in (mark.line, mark.line - 1):
        line = _outside_quotes(lines[number]) if number >= 0 else ""
        if problem := _left_in(line, Location(name, number + 1, 1)):
            return problem
    said = f"{error.context or ''} {error.problem or ''}"
    code = next((code for pattern, code in _YAML_ERRORS if re.search(pattern, said)), "yaml")
    begun = error.context_mark
    if code in ("yaml_quote", "yaml_colon_missing", "yaml_start", "tag") and begun:
        mark = begun
    if code == "yaml_bracket" and begun and begun.line < mark.line:
        mark = begun
    line = lines[mark.line]
    if code == "yaml_bracket" and line.startswith("?", mark.column):
        code = "question_mark"
    if code == "yaml_indent" and line[: mark.column].strip(" -"):
        code = "yaml_bracket" if line.startswith(("}", "]"), mark.column) else "yaml_goes_on"
    word = re.match(r"\S+" if code == "tag" else r"\S?", line[mark.column :])
    return Problem(
        code,
        given=word[0] if word else "",
        values={"reason": said.strip()} if code == "yaml" else {"most": str(DEEPEST)} if code == "too_deep" else {},
        location=Location(name, mark.line + 1, mark.column + 1),
    )


def _left_in(line: str, start: Location) -> Problem | None:
    """What a Chinese keyboard or a missing space left in a line that YAML cannot read."""
    if match := _ODD_SPACES.search(line):
        return misplaced(match[0], start.right(match.start()).right)
    match, comma = _IN_THE_WAY.search(line), _comma_before_key(line)
    if match and (comma is None or match.start() <= comma):
        group = match.lastindex or 0
        return misplaced(match[group], start.right(match.start(group)).right)
    if comma is not None:
        return misplaced(line[comma], start.right(comma).right)
    if match := re.search(r"(?:^|[:-])\s*[|>][-+0-9]*(#)", line):
        return Problem("space_before_comment", location=start.right(match.start(1)))
    if match := re.match(r"\s*(?:- )?([^\s:#'\"{\[]+)(:)\S", line):
        return Problem("space_after_colon", given=line.strip(), location=start.right(match.start(2)))
    return None


def _comma_before_key(line: str) -> int | None:
    """Where a full-width comma stands before another key in braces."""
    for part in _KEY_IN_BRACES.finditer(line):
        comma = line.find("，", part.start(), part.start(1) - 1) if part[1] else -1
        if comma >= 0:
            return comma
    return None


class _Enough(Exception):  # no error: what stops a search
    """More problems than a reader can use have been found."""


class _Open:
    """A list or mapping whose end has not been reached."""

    __slots__ = ("at", "braces", "entries", "is_mapping", "key", "nodes")

    def __init__(self, at: Location, is_mapping: bool = False, braces: bool = False) -> None:  # noqa: FBT001, FBT002  # of each node
        self.at = at
        self.is_mapping = is_mapping
        self.braces = braces
        self.nodes: list[Node] = []
        self.key: Node | None = None  # whose node has not been reached
        self.entries: dict[str, tuple[Scalar, Node]] = {}

    def node(self) -> Mapping | Sequence:
        """What it is, at its end."""
        return (
            Mapping(tuple(self.entries.values()), self.at) if self.is_mapping else Sequence(tuple(self.nodes), self.at)
        )


class _Composer:
    """Events become nodes, on a list of its own instead of Python's stack; problems are gathered."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.problems: list[Problem] = []
        self.has_odd_spaces = _ODD_SPACES.search(text) is not None

    def problem(self, code: str, at: Location, given: str = "", **values: str) -> None:
        self.add(Problem(code, location=at, given=given, values=values))

    def add(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) > MOST:
            raise _Enough

    @cached_property
    def starts(self) -> list[int]:
        """Where the lines begin."""
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def compose(self, events: Iterator[Any]) -> Node | None:
        """The node of the one document. A long text has a million events: little is done, and called, for each."""
        text, has_question_marks = self.text, "?" in self.text
        at = Location(self.name, 1, 1)
        line, column = 0, 0  # of `at`, counted from 0
        inside = _Open(at)  # what the event is in, at first the document
        stack: list[_Open] = []  # what encloses that
        documents, end = 0, 0
        for event in events:
            kind, begins = type(event), event.start_mark
            if kind in _ENDS:
                node: Node = inside.node()
                inside = stack.pop()
                self._put(inside, node)
            elif kind in _NODES:
                if begins.line != line or begins.column != column:  # a mapping often begins where its key does
                    line, column = begins.line, begins.column
                    at = Location(self.name, line + 1, column + 1)
                if event.anchor is not None or event.tag is not None:
                    self._marks(event, begins.index, at)
                if (
                    has_question_marks
                    and inside.is_mapping
                    and inside.key is None
                    and text.find("?", end, begins.index) >= 0
                ):
                    self._key(text[end : begins.index], at)
                if kind is yaml.ScalarEvent:
                    node = self._scalar(event, at, inside.braces)
                    if inside.is_mapping:
                        self._put(inside, node)
                    else:
                        inside.nodes.append(node)
                elif len(stack) == DEEPEST:
                    self.problem("too_deep", at, most=str(DEEPEST))
                    return None
                else:
                    stack.append(inside)
                    inside = _Open(at, kind is yaml.MappingStartEvent, bool(event.flow_style))
            elif kind is yaml.AliasEvent:
                line, column = begins.line, begins.column
                at = Location(self.name, line + 1, column + 1)
                self.problem("alias", at, given=f"*{event.anchor}")
                self._put(inside, Scalar("", at))
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self.problem("second_document", Location(self.name, begins.line + 1, begins.column + 1))
                    break
            end = (begins if kind is yaml.MappingStartEvent else event.end_mark).index
        return inside.nodes[0] if inside.nodes else None

    def _put(self, inside: "_Open", node: Node) -> None:
        """A node joins what it is in. What is wrong with an entry is found at once: there may be very many."""
        if not inside.is_mapping:
            inside.nodes.append(node)
        elif inside.key is None:
            inside.key = node
        else:
            key, inside.key = inside.key, None
            if not isinstance(key, Scalar):
                self.problem("key_not_text", key.at)
            elif key.text in inside.entries:
                first = inside.entries[key.text][0].at
                self.problem("duplicate_key", key.at, given=key.text, line=str(first.line))
            else:
                if inside.braces and isinstance(node, Scalar) and node.plain and not node.text:
                    self._nothing_after(key, node)
                inside.entries[key.text] = (key, node)

    def _marks(self, event: yaml.NodeEvent, begins: int, at: Location) -> None:
        if event.anchor is not None:
            self.problem("anchor", at, given=f"&{event.anchor}")
        tag = getattr(event, "tag", None)
        if tag is not None:
            written = _TAG.search(self.text, begins)
            self.problem("tag", at, given=written[0] if written else tag)

    def _after_colon(self, index: int) -> Location:
        """The place of a blank in braces; one reader puts it behind the colon, the other before what follows."""
        while index and self.text[index - 1] in " \n":
            index -= 1
        line = bisect_right(self.starts, index)
        return Location(self.name, line, index - self.starts[line - 1] + 1)

    def _key(self, before: str, at: Location) -> None:
        """A question mark before a key announces one of several lines; in a comment it announces nothing."""
        if _COMMENT.sub("", before).rstrip().endswith("?"):
            self.problem("question_mark", at)

    def _scalar(self, event: Any, at: Location, braces: bool) -> Scalar:  # noqa: FBT001  # of each scalar
        text, style, begins, ends = event.value, event.style, event.start_mark, event.end_mark
        on_one_line = begins.line == ends.line
        if style:
            if match := _BLOCK_COMMENT.match(self.text, begins.index):
                self.problem("space_before_comment", at.right(match.end() - begins.index))
            written = self.text[begins.index : ends.index].rstrip()
            return Scalar(text, at, False, 1 if on_one_line and written[1:-1] == text else -1)  # noqa: FBT003  # of each scalar
        if braces:
            if not text:
                at = self._after_colon(begins.index)
            if "?" in text:  # one of the two readers ends the text there
                self.problem("question_mark", at.right(text.index("?") if on_one_line else 0))
        if self.has_odd_spaces and (match := _ODD_SPACES.search(text)):
            self.problem("odd_space", at.right(match.start()) if on_one_line else at, given=f"U+{ord(match[0]):04X}")
        along = on_one_line and self.text[begins.index : ends.index].rstrip() == text
        return Scalar(text, at, True, 0 if along else -1)  # noqa: FBT003  # of each scalar

    def _nothing_after(self, key: Scalar, node: Scalar) -> None:
        """In braces a name without a colon is a key without a value: a comma that cut a line in two, mostly."""
        if node.at.line != key.at.line:
            return
        after = self.starts[key.at.line - 1] + key.at.column - 1 + len(key.text) + (0 if key.plain else 2)
        if key.inset >= 0 and _COLON_NEXT.match(self.text, after):
            return
        if (found := misplaced(key.text, key.place)) and found.given in "：，":
            self.add(found)
        elif ":" in key.text:
            self.problem("space_after_colon", key.place(key.text.index(":")), given=key.text)
        else:
            self.problem("comma_in_braces", key.at, given=key.text)


CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no text of a record or a resolved policy may hold."""

Json = str | bool | None | list["Json"] | dict[str, "Json"]
"""What stands in JSON, numbers by their text."""


class _Refused(ValueError):
    """Valid JSON that could be read two ways, or that goes too deep."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def parse_json(text: str, name: str) -> Node | Problem:
    """The nodes of a JSON text; texts count as quoted, and every node is placed where the text begins."""
    start = Location(name, 1, 1)
    try:
        found = json.loads(
            text.removeprefix("\ufeff"),
            parse_int=str,
            parse_float=str,
            parse_constant=_constant,
            object_pairs_hook=_once,
        )
        return _node(found, start, 0)
    except json.JSONDecodeError as error:
        if not text.strip():
            return Problem("file_empty", location=start)
        whole = text.rstrip()
        open_text = error.msg.startswith("Unterminated string")
        is_cut = open_text or error.pos >= len(whole) or not whole.endswith(("}", "]"))
        return Problem("json_cut" if is_cut else "json_broken", location=Location(name, error.lineno, error.colno))
    except RecursionError:
        return Problem("too_deep", values={"most": str(DEEPEST)}, location=start)
    except _Refused as refused:
        return evolve(refused.problem, location=start)


def _constant(word: str) -> Json:
    """NaN and Infinity, which Python would read and JSON does not have."""
    raise _Refused(Problem("json_broken", given=word))


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """The entries of an object, none of them written twice."""
    found: dict[str, Json] = {}
    for key, each in pairs:
        if key in found:
            raise _Refused(Problem("json_key_twice", given=key))
        found[key] = each
    return found


def _node(found: Json, at: Location, depth: int) -> Node:
    if depth > DEEPEST:
        raise _Refused(Problem("too_deep", values={"most": str(DEEPEST)}))
    match found:
        case dict():
            return Mapping(tuple((_text(key, at), _node(each, at, depth + 1)) for key, each in found.items()), at)
        case list():
            return Sequence(tuple(_node(each, at, depth + 1) for each in found), at)
        case str():
            return _text(found, at)
        case None:
            return Scalar("null", at)
        case _:
            return Scalar("true" if found else "false", at)


def _text(text: str, at: Location) -> Scalar:
    if match := CONTROL.search(text):
        raise _Refused(Problem("character", given=f"U+{ord(match[0]):04X}"))
    return Scalar(text, at, plain=False)
