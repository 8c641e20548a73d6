"""The text of a file as nodes: YAML or JSON, each scalar with its text and its location."""

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

from hardship_rules.core.problem import MOST_PROBLEMS, KeyPath, Location, Problem, first_problems, reason_of

LARGEST = 1_000_000  # bytes of a file
DEEPEST = 64  # nested mappings and lists
_LONG = 100_000  # characters from which a text is read without garbage collection
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters that a record or a resolved policy must not contain."""
_ESCAPED_CONTROL = re.compile(r"\\[ubf]")  # the escapes by which a JSON text may hold such characters
Json = str | bool | None | list["Json"] | dict[str, "Json"]
"""A JSON value, with numbers as their text."""

# YAML
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_MOST_FORBIDDEN = 20  # such lines that are reported: a file of another format may have thousands
_NODES = frozenset({yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent})
_ENDS = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})
_COMMENT = re.compile(r"#.*")
_COLON_NEXT = re.compile(r"\s*:")
_BLOCK_COMMENT = re.compile(r"[|>][-+0-9]*(?=#)")
_TAG = re.compile(r"!\S*")

# Typos
_ODD_SPACES = re.compile("[\xa0\u1680\u2000-\u200f\u202a-\u202f\u205f-\u2064\u3000]")
_FULL_WIDTH = {"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "【": "[", "】": "]"}
_FULL_WIDTH |= {chr(code + 0xFEE0): chr(code) for code in range(ord("!"), ord("~") + 1)}
_MISPLACED = re.compile(f"{_ODD_SPACES.pattern}|[{''.join(_FULL_WIDTH)}]")
# In these patterns the text before the mark can match in one way only; otherwise the time would grow with its square.
_FULL_WIDTH_SYNTAX = re.compile(
    r"^[^:：{\[]*(：)"  # for the colon of a key, at the start of a line
    r"|[{,][^:：,{}]*(：)"  # or in braces
    r"|(?:^|[-:,\[{])\s*([“‘｛［【])"  # where a value begins
    r"|([｝］】])\s*$|\s(＃)"
)
_KEY_IN_BRACES = re.compile(r"[^:：,{}]*(?:(: )|[:：,{}]|$)")
_YAML_ERRORS = (  # messages of the two loaders, and their codes
    (r"maximum nesting", "too_deep"),  # libyaml from 0.2.6 on, which reads ahead for 1,000 levels
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

# --- Nodes ---
# They are not frozen: a text may have hundreds of thousands, and a frozen one takes three times as long to create.


@define(unsafe_hash=True)
class Scalar:
    """A value or key as written; `plain` if it is not in quotes."""

    text: str
    at: Location = field(eq=False)
    plain: bool = True
    inset: int = field(default=0, eq=False)  # columns from `at` to the first character of the text; -1 if it is folded

    @property
    def is_null(self) -> bool:
        """Whether nothing is written, or a word for null."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")

    def place(self, offset: int) -> Location:
        """The location of a character of the text, by its index; of the whole scalar if the text is folded."""
        return self.at if self.inset < 0 else self.at.right(self.inset + offset)


@define(unsafe_hash=True)
class Sequence:
    """A list of nodes."""

    items: "tuple[Node, ...]"
    at: Location = field(eq=False)


@define(unsafe_hash=True)
class Mapping:
    """Keys and their nodes in the order written."""

    entries: "tuple[tuple[Scalar, Node], ...]"
    at: Location = field(eq=False)

    def get(self, key: str) -> "Node | None":
        """The node of a key."""
        return next((node for name, node in self.entries if name.text == key), None)


Node = Scalar | Sequence | Mapping

# --- Files and texts ---


def read_bytes(path: Path, name: str) -> bytes | Problem:
    """The content of a file, or the problem; a file that is too large is not read to its end."""
    try:
        if path.is_dir():
            return Problem("file_is_folder", location=Location(name, 1, 1), given=name)
        with path.open("rb") as stream:
            return read_stream(stream, name)
    except FileNotFoundError:
        return Problem("file_missing", location=Location(name, 1, 1), given=name)
    except (OSError, ValueError) as error:
        return unreadable(name, error)


def read_stream(stream: BinaryIO, name: str) -> bytes | Problem:
    """The content of a stream, at most `LARGEST` bytes."""
    content = stream.read(LARGEST + 1)
    return _too_large(name) if len(content) > LARGEST else content


def unreadable(name: str, error: OSError | ValueError) -> Problem:
    """The problem of a file that exists and cannot be read."""
    return Problem("file_unreadable", location=Location(name, 1, 1), given=name, values={"reason": reason_of(error)})


def _too_large(name: str) -> Problem:
    return Problem("file_too_large", location=Location(name, 1, 1), values={"most": str(LARGEST)})


def decode(content: bytes, name: str) -> str | Problem:
    """The text of UTF-8 with or without a byte order mark, or of UTF-16 with one."""
    if len(content) > LARGEST:
        return _too_large(name)
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
    """The problem of a host's arguments `text` and `name` where one of them is not a string; None if both are."""
    for value, at in ((text, ()), (name, ("name",))):
        if not isinstance(value, str):
            return Problem("content_expected", at, type(value).__name__)
    return None


def no_path(path: object) -> Problem | None:
    """The problem of a host's argument `path` where it is not a path of text; None if it is one."""
    if isinstance(path, str | os.PathLike) and isinstance(os.fspath(path), str):
        return None
    return Problem("path_expected", (), type(path).__name__)


@contextmanager
def uncollected(text: str) -> Iterator[None]:
    """Reading a long text without garbage collection, which would visit all nodes again and again."""
    if len(text) < _LONG or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


# --- YAML ---


def parse(text: str, name: str) -> tuple[Node | None, list[Problem]]:
    """The single document of a YAML text as nodes, with the problems; no nodes if YAML itself cannot be read."""
    if problem := no_text(text, name):
        return None, [problem]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LARGEST:
        return None, [_too_large(name)]
    problems = _forbidden(text, name) or _directive(text, name)
    if problems:
        return None, problems
    text += "\n"  # without a final line end the two loaders place the end of the text differently
    if name.endswith(".json"):
        text = text.replace("\t", " ")  # JSON allows tabs between tokens; the two loaders of YAML differ over them
    elif "\t" in text:
        tabs = (
            Problem("tab", location=Location(name, number, line.index("\t") + 1))
            for number, line in enumerate(text.split("\n"), 1)
            if "\t" in line
        )
        return None, first_problems(tabs)
    composer = _Composer(text, name)
    try:
        with uncollected(text):
            node = composer.compose(yaml.parse(text, Loader=_LOADER))
    except _TooManyProblems:
        return None, first_problems(composer.problems)
    except yaml.MarkedYAMLError as error:
        return None, [*composer.problems, _yaml_problem(text, name, error)]
    except yaml.YAMLError:
        return None, [*composer.problems, Problem("yaml", location=Location(name, 1, 1), values={"reason": ""})]
    return node, composer.problems


def _forbidden(text: str, name: str) -> list[Problem]:
    problems = (
        Problem("character", location=Location(name, number, match.start() + 1), given=f"U+{ord(match[0]):04X}")
        for number, line in enumerate(text.split("\n"), 1)
        if (match := _FORBIDDEN.search(line))
    )
    return list(islice(problems, _MOST_FORBIDDEN))


def _directive(text: str, name: str) -> list[Problem]:
    """A first line that begins with `%`; the two loaders differ over unknown directives."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            return [Problem("directive", location=Location(name, number, 1))] if line.startswith("%") else []
    return []


class _TooManyProblems(Exception):  # no error: it ends the reading
    """There are more problems than are reported."""


class _OpenNode:
    """A list or mapping whose end has not been reached."""

    __slots__ = ("at", "braces", "entries", "is_mapping", "key", "nodes")

    def __init__(self, at: Location, is_mapping: bool = False, braces: bool = False) -> None:  # noqa: FBT001, FBT002  # fast: one for each node
        self.at = at
        self.is_mapping = is_mapping
        self.braces = braces
        self.nodes: list[Node] = []
        self.key: Node | None = None  # a key whose value comes next
        self.entries: dict[str, tuple[Scalar, Node]] = {}

    def close(self) -> Mapping | Sequence:
        """The complete node."""
        if self.is_mapping:
            return Mapping(tuple(self.entries.values()), self.at)
        return Sequence(tuple(self.nodes), self.at)


class _Composer:
    """Composes nodes from events with a stack, since a deep text would exhaust recursion; collects problems."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.problems: list[Problem] = []
        self.has_odd_spaces = _ODD_SPACES.search(text) is not None

    def problem(self, code: str, at: Location, given: str = "", **values: str) -> None:
        self.add(Problem(code, location=at, given=given, values=values))

    def add(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) > MOST_PROBLEMS:
            raise _TooManyProblems

    @cached_property
    def starts(self) -> list[int]:
        """The index of the first character of each line."""
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def compose(self, events: Iterator[Any]) -> Node | None:
        """The node of the single document. A long text has a million events, so this loop is written for speed."""
        text, has_question_marks = self.text, "?" in self.text
        at = Location(self.name, 1, 1)
        line, column = 0, 0  # of `at`, counted from 0
        inside = _OpenNode(at)  # what contains the event, at first the document
        stack: list[_OpenNode] = []  # what encloses `inside`
        documents, end = 0, 0
        for event in events:
            kind, begins = type(event), event.start_mark
            if kind in _ENDS:
                node: Node = inside.close()
                inside = stack.pop()
                self._put(inside, node)
            elif kind in _NODES:
                if begins.line != line or begins.column != column:  # a mapping often begins where its key does
                    line, column = begins.line, begins.column
                    at = Location(self.name, line + 1, column + 1)
                if event.anchor is not None or event.tag is not None:
                    self._anchor_or_tag(event, begins.index, at)
                if (
                    has_question_marks
                    and inside.is_mapping
                    and inside.key is None
                    and text.find("?", end, begins.index) >= 0
                ):
                    self._before_key(text[end : begins.index], at)
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
                    inside = _OpenNode(at, kind is yaml.MappingStartEvent, bool(event.flow_style))
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

    def _put(self, inside: _OpenNode, node: Node) -> None:
        """Add a node to what contains it, and check the entry that it completes."""
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
                    self._key_without_value(key, node)
                inside.entries[key.text] = (key, node)

    def _anchor_or_tag(self, event: yaml.NodeEvent, begins: int, at: Location) -> None:
        if event.anchor is not None:
            self.problem("anchor", at, given=f"&{event.anchor}")
        tag = getattr(event, "tag", None)
        if tag is not None:
            written = _TAG.search(self.text, begins)
            self.problem("tag", at, given=written[0] if written else tag)

    def _before_key(self, before: str, at: Location) -> None:
        """Refuse a question mark that announces a key of several lines; in a comment it has no meaning."""
        if _COMMENT.sub("", before).rstrip().endswith("?"):
            self.problem("question_mark", at)

    def _scalar(self, event: Any, at: Location, braces: bool) -> Scalar:  # noqa: FBT001  # fast: one for each scalar
        text, style, begins, ends = event.value, event.style, event.start_mark, event.end_mark
        on_one_line = begins.line == ends.line
        if style:
            if match := _BLOCK_COMMENT.match(self.text, begins.index):
                self.problem("space_before_comment", at.right(match.end() - begins.index))
            written = self.text[begins.index : ends.index].rstrip()
            return Scalar(text, at, False, 1 if on_one_line and written[1:-1] == text else -1)  # noqa: FBT003  # as above
        if braces:
            if not text:
                at = self._after_colon(begins.index)
            if "?" in text:  # one of the two loaders ends the text there
                self.problem("question_mark", at.right(text.index("?") if on_one_line else 0))
        if self.has_odd_spaces and (match := _ODD_SPACES.search(text)):
            self.problem("odd_space", at.right(match.start()) if on_one_line else at, given=f"U+{ord(match[0]):04X}")
        is_as_written = on_one_line and self.text[begins.index : ends.index].rstrip() == text
        return Scalar(text, at, True, 0 if is_as_written else -1)  # noqa: FBT003  # as above

    def _after_colon(self, index: int) -> Location:
        """The location of an empty value in braces: after the colon for both loaders, which place it differently."""
        while index and self.text[index - 1] in " \n":
            index -= 1
        line = bisect_right(self.starts, index)
        return Location(self.name, line, index - self.starts[line - 1] + 1)

    def _key_without_value(self, key: Scalar, node: Scalar) -> None:
        """A name without a colon in braces is a key without a value, mostly because a comma cut a line in two."""
        if node.at.line != key.at.line:
            return
        after = self.starts[key.at.line - 1] + key.at.column - 1 + len(key.text) + (0 if key.plain else 2)
        if key.inset >= 0 and _COLON_NEXT.match(self.text, after):
            return
        if (problem := misplaced(key.text, key.place)) and problem.given in "：，":
            self.add(problem)
        elif ":" in key.text:
            self.problem("space_after_colon", key.place(key.text.index(":")), given=key.text)
        else:
            self.problem("comma_in_braces", key.at, given=key.text)


# --- Typos in text that YAML cannot read ---


def misplaced(text: str, place: Callable[[int], Location], at: KeyPath = ()) -> Problem | None:
    """The problem of the first full-width mark or unusual space in a text, as Chinese keyboards produce them.

    `place` gives the location of a character by its index.
    """
    match = _MISPLACED.search(text)
    if match is None:
        return None
    if meant := _FULL_WIDTH.get(match[0]):
        return Problem("full_width", at, match[0], {"meant": meant}, location=place(match.start()))
    return Problem("odd_space", at, f"U+{ord(match[0]):04X}", location=place(match.start()))


def _yaml_problem(text: str, name: str, error: yaml.MarkedYAMLError) -> Problem:
    """The likely typo near the place of an error, else the error of YAML by its code."""
    lines = [*text.split("\n"), ""]
    mark = cast(yaml.Mark, error.problem_mark)  # where the error is reported
    for number in (mark.line, mark.line - 1):
        line = _outside_quotes(lines[number]) if number >= 0 else ""
        if problem := _typo(line, Location(name, number + 1, 1)):
            return problem
    message = f"{error.context or ''} {error.problem or ''}"
    code = next((code for pattern, code in _YAML_ERRORS if re.search(pattern, message)), "yaml")
    context = error.context_mark
    if code in ("yaml_quote", "yaml_colon_missing", "yaml_start", "tag") and context:
        mark = context
    if code == "yaml_bracket" and context and context.line < mark.line:
        mark = context
    line = lines[mark.line]
    if code == "yaml_bracket" and line.startswith("?", mark.column):
        code = "question_mark"
    if code == "yaml_indent" and line[: mark.column].strip(" -"):
        code = "yaml_bracket" if line.startswith(("}", "]"), mark.column) else "yaml_goes_on"
    word = re.match(r"\S+" if code == "tag" else r"\S?", line[mark.column :])
    return Problem(
        code,
        given=word[0] if word else "",
        values={"reason": message.strip()} if code == "yaml" else {"most": str(DEEPEST)} if code == "too_deep" else {},
        location=Location(name, mark.line + 1, mark.column + 1),
    )


def _outside_quotes(line: str) -> str:
    """A line without its comment, and with blanks for the text in straight quotes: only its punctuation matters."""
    line = re.sub(r"(^|\s)#.*", "", line)
    return re.sub(r"\"[^\"]*\"|'[^']*'", lambda match: " " * len(match[0]), line)


def _typo(line: str, start: Location) -> Problem | None:
    """The problem of a full-width mark, or a missing space, that makes a line unreadable to YAML."""
    if match := _ODD_SPACES.search(line):
        return misplaced(match[0], start.right(match.start()).right)
    match, comma = _FULL_WIDTH_SYNTAX.search(line), _comma_before_key(line)
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
    """The index of a full-width comma before another key in braces."""
    for part in _KEY_IN_BRACES.finditer(line):
        comma = line.find("，", part.start(), part.start(1) - 1) if part[1] else -1
        if comma >= 0:
            return comma
    return None


# --- JSON ---


class _Refused(ValueError):
    """Valid JSON that is ambiguous or too deep."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def parse_json(text: str, name: str) -> Node | Problem:
    """The nodes of a JSON text, or its first problem; strings count as quoted, and all locations are the start."""
    start = Location(name, 1, 1)
    try:
        value = json.loads(
            text.removeprefix("\ufeff"),
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique_entries,
        )
        may_have_control = CONTROL.search(text) or _ESCAPED_CONTROL.search(text)
        return _json_node(value, start, 0, _json_text if may_have_control else _text_without_control)
    except json.JSONDecodeError as error:
        if not text.strip():
            return Problem("file_empty", location=start)
        content = text.rstrip()
        open_text = error.msg.startswith("Unterminated string")
        is_cut = open_text or error.pos >= len(content) or not content.endswith(("}", "]"))
        return Problem("json_cut" if is_cut else "json_broken", location=Location(name, error.lineno, error.colno))
    except RecursionError:
        return Problem("too_deep", values={"most": str(DEEPEST)}, location=start)
    except _Refused as refused:
        return evolve(refused.problem, location=start)


def _refuse_constant(word: str) -> Json:
    """Refuse NaN and Infinity, which Python reads and JSON does not allow."""
    raise _Refused(Problem("json_broken", given=word))


def _unique_entries(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """The entries of an object, refused if a key is repeated."""
    entries: dict[str, Json] = {}
    for key, value in pairs:
        if key in entries:
            raise _Refused(Problem("json_key_twice", given=key))
        entries[key] = value
    return entries


def _json_node(value: Json, at: Location, depth: int, scalar: Callable[[str, Location], Scalar]) -> Node:
    if depth > DEEPEST:
        raise _Refused(Problem("too_deep", values={"most": str(DEEPEST)}))
    if isinstance(value, str):  # first, as most values are texts
        return scalar(value, at)
    if isinstance(value, dict):
        entries = [(scalar(key, at), _json_node(inner, at, depth + 1, scalar)) for key, inner in value.items()]
        return Mapping(tuple(entries), at)
    if isinstance(value, list):
        return Sequence(tuple([_json_node(item, at, depth + 1, scalar) for item in value]), at)
    if value is None:
        return Scalar("null", at)
    return Scalar("true" if value else "false", at)


def _text_without_control(text: str, at: Location) -> Scalar:
    return Scalar(text, at, plain=False)


def _json_text(text: str, at: Location) -> Scalar:
    if match := CONTROL.search(text):
        raise _Refused(Problem("character", given=f"U+{ord(match[0]):04X}"))
    return Scalar(text, at, plain=False)
