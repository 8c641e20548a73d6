"""Problems with a policy or a household, their places, and the two errors that carry them."""

import errno
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Literal, Self

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.locale import problem_sentences

Language = Literal["zh", "en"]
KeyPath = tuple[str | int, ...]
"""The keys and positions that lead to a part of a policy or household, positions counted from 0."""
MOST_PROBLEMS = 200
"""The most problems of one text that are reported."""

_LONGEST_NAME = 100  # characters; a longer word is not compared with the known names
_MOST_NAMES = 1000  # known names that a word is compared with
_CLOSE = 0.6  # least similarity of two close words, as `difflib` measures it
_LONGEST_QUOTATION = 4000  # characters of a text quoted in a problem

_TRANSLATED = {
    (key, kind) for key in ("own", "wanted") for kind in ("kind_number", "kind_choice", "kind_yes_no", "kind_date")
}  # values that are codes themselves: each language has a word for them
_REASON = "reason_"  # prefix of the codes that say why the system refuses a file or a stream
_REASONS = {
    errno.EACCES: "reason_no_rights",
    errno.EPERM: "reason_no_rights",
    errno.EBADF: "reason_closed",
    errno.EPIPE: "reason_reader_gone",
    errno.EBUSY: "reason_in_use",
    errno.ETXTBSY: "reason_in_use",
    errno.EDQUOT: "reason_no_space",
    errno.ENOSPC: "reason_no_space",
    errno.EFBIG: "reason_too_large",
    errno.EIO: "reason_device",
    errno.EISDIR: "reason_is_folder",
    errno.ELOOP: "reason_links",
    errno.ENAMETOOLONG: "reason_name_too_long",
    errno.ENODEV: "reason_device",
    errno.ENXIO: "reason_device",
    errno.ENOENT: "reason_no_folder",
    errno.ENOTDIR: "reason_no_folder",
    errno.EROFS: "reason_read_only",
    errno.ESPIPE: "reason_no_file",
}
SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character: a Python string can hold it, a file or a screen cannot."""


@frozen(order=True)
class Location:
    """A place in a text: the name of its file, and line and column counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return _printable(f"{self.file}:{self.line}:{self.column}")

    def right(self, columns: int) -> Self:
        """The place so many columns to the right."""
        return type(self)(self.file, self.line, self.column + columns) if columns else self


def _printable(text: str) -> str:
    """A text with each lone surrogate escaped; the name of a file or a value of a host may contain one."""
    return text.encode("utf-8", "backslashreplace").decode() if SURROGATE.search(text) else text


def _printable_texts(texts: Mapping[str, str]) -> FrozenMapping[str, str]:
    return FrozenMapping((name, _printable(_cut(text))) for name, text in texts.items())


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTATION else text[:_LONGEST_QUOTATION] + "…"


@frozen
class Problem:
    """One problem: a stable code, its place, and what was written there.

    `at` is the path in the policy or household, counting members from 0; `location` is the place in the text, if
    there is a text. `given` and `values` may be facts of a household, so `str` and `repr` leave them out. Only
    `message`, `help` and `line` show them.
    """

    code: str
    at: KeyPath = ()
    given: str = field(default="", converter=_printable, repr=False)
    values: FrozenMapping[str, str] = field(default=FrozenMapping(), converter=_printable_texts, repr=False)
    severity: Literal["error", "warning"] = "error"
    location: Location | None = None

    @property
    def place(self) -> str:
        """Its place as text: `file:line:column`, or the path of the fact, counting members from 1."""
        if self.location is not None:
            return str(self.location)
        return path_text(self.at) or "-"

    def message(self, language: Language = "zh") -> str:
        """What is wrong, as a sentence for the person who wrote it."""
        return self._sentence(language, self.code, 0)

    def help(self, language: Language = "zh") -> str:
        """How to fix it: the nearest name, the missing factor, the remedy of a known reason, or a general hint."""
        sentences = problem_sentences(language)
        code = next((key for key in ("nearest", "nearest_factor") if key in self.values), self.code)
        reason = self.values.get("reason", "")
        is_fixed_by_reason = reason.startswith(_REASON) and reason in sentences
        return self._sentence(language, reason if is_fixed_by_reason and sentences[code][1] else code, 1)

    def _sentence(self, language: Language, code: str, part: int) -> str:
        sentences = problem_sentences(language)
        translated = {
            key: sentences[word][0]
            for key, word in self.values.items()
            if (key, word) in _TRANSLATED or (key == "reason" and word.startswith(_REASON) and word in sentences)
        }
        values = {**self.values, **translated}
        return sentences[code][part].format(given=_cut(self.given), **values)

    def line(self, language: Language = "zh") -> str:
        """The problem as it is printed, its hint on a second line."""
        label, hint = problem_sentences(language)[self.severity][0], self.help(language)
        first = f"{self.place}: {label}[{self.code}]: {self.message(language)}"
        return f"{first}\n    {hint}" if hint else first

    def __str__(self) -> str:
        return f"{self.place}: {self.code}"


def path_text(path: KeyPath) -> str:
    """A path as people write it, counting members from 1: `members[2].wage`."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return _printable(text)


def nearest(word: str, known: Iterable[str]) -> dict[str, str]:
    """`{"nearest": name}` for the known name that is closest to a word, or nothing if none is close."""
    if len(word) > _LONGEST_NAME:
        return {}
    names = islice((name for name in known if _may_be_close(name, word)), _MOST_NAMES)
    close = get_close_matches(word, list(names), n=1, cutoff=_CLOSE)
    return {"nearest": close[0]} if close else {}


def _may_be_close(name: str, word: str) -> bool:
    """Whether two words can be close, by their lengths alone, since comparing long words is slow."""
    return 2 * min(len(name), len(word)) >= _CLOSE * (len(name) + len(word))


def options_known(word: str, options: Mapping[str, str]) -> dict[str, str]:
    """The values of a problem with an unknown option: the known options with titles, and the nearest one."""
    titled = next((option for option, title in options.items() if title == word), None)
    known = ", ".join(f"{option} {title}" for option, title in options.items())
    return {"known": known, **(nearest(word, options) if titled is None else {"nearest": titled})}


def reason_of(error: OSError | ValueError) -> str:
    """Why the system refuses a file or a stream: the code of a sentence, or the system's own words."""
    code = _REASONS.get(getattr(error, "errno", None) or 0)
    return code or getattr(error, "strerror", None) or "?"


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by place: files as first met, then line and column; those without a place last."""
    unique = dict.fromkeys(problems)
    files: dict[str, int] = {}
    for problem in unique:
        if problem.location is not None:
            files.setdefault(problem.location.file, len(files))

    def place(problem: Problem) -> tuple[int, int, int]:
        at = problem.location
        return (len(files), 0, 0) if at is None else (files[at.file], at.line, at.column)

    return tuple(sorted(unique, key=place))


def first_problems(problems: Iterable[Problem]) -> list[Problem]:
    """The first `MOST_PROBLEMS` problems; if there are more, one that says so follows."""
    shown = list(islice(problems, MOST_PROBLEMS + 1))
    if len(shown) > MOST_PROBLEMS:
        last = shown[MOST_PROBLEMS]
        shown[MOST_PROBLEMS] = Problem(
            "more_problems", last.at, values={"most": str(MOST_PROBLEMS)}, location=last.location
        )
    return shown


class _ProblemsError(ValueError):
    """All problems at once in file order, up to the most that are reported."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(first_problems(in_file_order(problems)))
        super().__init__(self.problems)

    def report(self, language: Language = "zh") -> str:
        """All problems as they are printed, one below the other."""
        return "\n".join(problem.line(language) for problem in self.problems)


class PolicyError(_ProblemsError):
    """A policy, or a file of worked cases, that cannot be used; `problems` lists everything that is wrong."""

    def __str__(self) -> str:
        return "\n" + self.report("en")


class FactError(_ProblemsError):
    """A household that cannot be assessed. Its text has codes and paths only, since facts are private."""

    def __str__(self) -> str:
        return "; ".join(str(problem) for problem in self.problems)
