"""Validation of nodes against the shapes of `keys`."""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import assert_never

from hardship_rules.core.expr import BASES, MOVES, TONES
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import parse_date
from hardship_rules.core.problem import KeyPath, Problem, first_problems, nearest, path_text
from hardship_rules.language.grammar import DIGITS, NAME, RESERVED, exact_number, has_too_many_digits
from hardship_rules.language.keys import SHAPES, Anything, Either, Entries, Fields, Items, Ref, Shape, Word
from hardship_rules.language.source import Mapping, Node, Scalar, Sequence, misplaced

BOOLEANS = FrozenMapping({"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False})
"""The words for booleans."""
NOT_PUBLISHED = "not published"
POLICY_NAME = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff]+(?:-[A-Za-z0-9_\u4e00-\u9fff]+)*")
OPTION = re.compile(rf"{NAME.pattern}|[0-9]+(?: and more)?")
FINGERPRINT = re.compile("v1:[0-9a-f]{64}")
UNIT = re.compile(rf"1|{NAME.pattern}(?:\s*[*/]\s*{NAME.pattern})*")


def conform(node: Node, shape: Shape, path: KeyPath = ()) -> list[Problem]:
    """The problems of a node that does not conform to a shape, up to the most that are reported."""
    return first_problems(_conform(node, shape, path))


def _conform(node: Node, shape: Shape, path: KeyPath) -> Iterator[Problem]:
    match shape:
        case Anything():
            pass
        case Ref(name):
            yield from _conform(node, SHAPES[name], path)
        case Either(word, items, mapping):
            alternative = {Scalar: word, Sequence: items, Mapping: mapping}[type(node)]
            if alternative is not None:
                yield from _conform(node, alternative, path)
            else:
                yield _wrong_type(node, path, next(part for part in (mapping, items, word) if part is not None))
        case Word() if isinstance(node, Scalar):
            yield from conform_word(node, shape, path)
        case Items(of) if isinstance(node, Sequence):
            for number, item in enumerate(node.items):
                yield from _conform(item, of, (*path, number))
        case Entries() if isinstance(node, Mapping):
            yield from _conform_entries(node, shape, path)
        case Fields() if isinstance(node, Mapping):
            yield from _conform_fields(node, shape, path)
        case Word() | Items() | Entries() | Fields():
            yield _wrong_type(node, path, shape)
        case _:
            assert_never(shape)


def _conform_entries(node: Mapping, shape: Entries, path: KeyPath) -> Iterator[Problem]:
    for key, value in node.entries:
        at = (*path, key.text)
        if key.text in shape.own:
            yield from _conform(value, shape.own[key.text].shape, at)
            continue
        problems = [*conform_word(key, Word(shape.key), path), *_conform(value, shape.of, at)]
        if (
            problems
            and all(problem.code != "full_width" for problem in problems)
            and (meant := nearest(" ".join(re.split(r"[\s_-]+", key.text.strip())).lower(), shape.own))
        ):
            values = {"known": ", ".join(shape.own), **meant}
            yield Problem("unknown_key", at, given=key.text, values=values, location=key.at)
        else:
            yield from problems


def _conform_fields(node: Mapping, shape: Fields, path: KeyPath) -> Iterator[Problem]:
    for key, value in node.entries:
        known = shape.keys.get(key.text)
        if known is not None:
            yield from _conform(value, known.shape, (*path, key.text))
        elif problem := misplaced(key.text, key.place, path):
            yield problem
        else:
            values = {"known": ", ".join(shape.keys), **nearest(key.text, shape.keys)}
            yield Problem("unknown_key", (*path, key.text), given=key.text, values=values, location=key.at)
    present = {key.text for key, _ in node.entries}
    for name, known in shape.keys.items():
        if known.required and name not in present:
            yield Problem("missing_key", path, location=node.at, given=name, values={"about": known.about})
    for group in shape.one_of:
        if len(present & set(group)) != 1:
            code = "none_of_keys" if not present & set(group) else "several_of_keys"
            written = ", ".join(name for name in group if name in present)
            yield Problem(code, path, location=node.at, given=written, values={"known": ", ".join(group)})


def _wrong_type(node: Node, path: KeyPath, shape: Shape) -> Problem:
    """The problem of a value of the wrong type, often caused by a full-width colon or a missing space."""
    if isinstance(node, Scalar) and not isinstance(shape, Word):
        if node.is_null:
            return _blank_problem(node, path)
        if node.plain and (problem := misplaced(node.text, node.place, path)) and problem.given in "：｛［":
            return problem
        if node.plain and (match := re.search(r":(?=\S)", node.text)):
            return Problem("space_after_colon", path, location=node.place(match.start()), given=node.text)
    code = (
        "list_expected"
        if isinstance(shape, Items)
        else "text_expected"
        if isinstance(shape, Word)
        else "mapping_expected"
    )
    return Problem(code, path, location=node.at, given=node.text if isinstance(node, Scalar) else "")


def _blank_problem(scalar: Scalar, path: KeyPath) -> Problem:
    return Problem("blank", path, location=scalar.at, given=path_text(path))


def conform_word(scalar: Scalar, shape: Word, path: KeyPath) -> list[Problem]:
    """The problems of a scalar that must be of some kind: at most one."""
    text, kind = scalar.text, shape.kind

    def wrong(code: str, offset: int = 0, given: str = text, **values: str) -> list[Problem]:
        return [Problem(code, path, location=scalar.place(offset), given=given, values=values)]

    if scalar.is_null and kind != "option":
        return [_blank_problem(scalar, path)]
    if kind in ("text", "line"):
        return []
    if kind != "basis" and scalar.plain and (problem := misplaced(text, scalar.place, path)):
        return [problem]
    if " #" not in text and "#" in text:
        return wrong("space_before_comment", text.index("#"))
    if kind == "value" and text == NOT_PUBLISHED:
        return []
    if kind in ("number", "value"):
        return [] if number_of(text) is not None else wrong(number_problem(text), most=str(DIGITS))
    if kind == "name" and text in RESERVED:
        return wrong("reserved_name")
    if kind in ("true", "member", "draft") and text != kind and not (kind == "true" and BOOLEANS.get(text)):
        return wrong("only_word", expected=kind)
    if kind == "language" and text != "1":
        return wrong("language_newer" if re.fullmatch("[0-9]+", text) and int(text[:9]) > 1 else "language")
    if kind == "date":
        return [] if parse_date(text) is not None else wrong("date")
    if kind == "moves" and text not in MOVES:
        return wrong("unknown_move", 0, text, known=", ".join(MOVES), **nearest(text, MOVES))
    if kind == "tone" and text not in TONES:
        return wrong("unknown_tone", 0, text, known=", ".join(TONES), **nearest(text, TONES))
    if kind == "basis" and text not in BASES:
        return wrong("unknown_basis", 0, text, known=", ".join(BASES), **nearest(text, BASES))
    if kind == "truth" and text not in BOOLEANS:
        return wrong("truth")
    if kind == "whole" and not re.fullmatch("[0-9]{1,4}", text):
        return wrong("whole")
    pattern = {"name": NAME, "policy": POLICY_NAME, "option": OPTION, "unit": UNIT, "fingerprint": FINGERPRINT}.get(
        kind
    )
    if pattern is not None and not pattern.fullmatch(text):
        return wrong({"unit": "unit", "policy": "policy_name", "fingerprint": "fingerprint"}.get(kind, "name"))
    return []


def number_of(text: str) -> Exact | None:
    """The number of a text such as `787`, `0.8` or `80 %`; None if it is no number."""
    if text.endswith("%"):
        value = exact_number(text[:-1].rstrip())
        return None if value is None else Fraction(value, 100)
    return exact_number(text)


def number_problem(text: str) -> str:
    """The code of the likely mistake in a text that is no number."""
    if "," in text or "，" in text:
        return "comma_in_number"
    return "number_too_long" if has_too_many_digits(text) else "number"
