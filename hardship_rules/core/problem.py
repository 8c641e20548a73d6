"""What can be wrong with a policy or a household: where, what, and the two errors a caller may catch."""

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
Path = tuple[str | int, ...]
MOST = 200
"""The problems of one text that are reported at most."""

_LONGEST_NAME = 100  # characters of a word that may be a typo of a known name
_MOST_NAMES = 1000  # known names that it is compared with
_CLOSE = 0.6  # of the characters of two words are the same
_LONGEST = 4000  # characters of what a problem quotes

_KINDS = {
    (key, kind) for key in ("own", "wanted") for kind in ("kind_number", "kind_choice", "kind_yes_no", "kind_date")
}  # values that each language has its own word for
_REASON = "reason_"  # begins the codes of why the system refuses a file or a stream
_LABELS = {("zh", "error"): "错误", ("zh", "warning"): "提示", ("en", "error"): "error", ("en", "warning"): "warning"}


def catalogue(language: str) -> Mapping[str, tuple[str, str]]:
    """The sentences of one language by code: what is wrong, and the mend. Read only when somebody reads a problem."""
    return problem_sentences(language)


def nearest(word: str, known: Iterable[str]) -> dict[str, str]:
    """`{"nearest": name}` where one of the known names is close to what was written, else nothing."""
    names = (
        [] if len(word) > _LONGEST_NAME else list(islice((name for name in known if _may_be(name, word)), _MOST_NAMES))
    )
    close = get_close_matches(word, names, n=1, cutoff=_CLOSE)
    return {"nearest": close[0]} if close else {}


def _may_be(name: str, word: str) -> bool:
    """Their lengths allow that they are close, and to compare them."""
    return len(word) <= _LONGEST_NAME and 2 * min(len(name), len(word)) >= _CLOSE * (len(name) + len(word))


def options_known(word: str, options: Mapping[str, str]) -> dict[str, str]:
    """What a problem with an option tells: those there are, each with its title, and the one that was meant."""
    meant = (
        {"nearest": next(option for option in options if options[option] == word)} if word in options.values() else {}
    )
    known = ", ".join(f"{option} {title}" for option, title in options.items())
    return {"known": known, **(meant or nearest(word, options))}


SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character: Python's texts can hold it, no file and no screen can."""


def reason_of(error: OSError | ValueError) -> str:
    """Why the system refuses a file or a stream: the code of a sentence, or its own words where none is known."""
    code = {
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
    }.get(getattr(error, "errno", None) or 0)
    return code or getattr(error, "strerror", None) or "?"


def printable(text: str) -> str:
    """A text with each lone surrogate as an escape: a file's name or a host's value may hold one."""
    return text.encode("utf-8", "backslashreplace").decode() if SURROGATE.search(text) else text


def _printable_texts(texts: Mapping[str, str]) -> FrozenMapping[str, str]:
    return FrozenMapping((name, printable(_cut(text))) for name, text in texts.items())


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


@frozen(order=True)
class Location:
    """A place in a text: its file's name, and line and column counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return printable(f"{self.file}:{self.line}:{self.column}")

    def right(self, columns: int) -> Self:
        """The place that many columns further on in the line."""
        return type(self)(self.file, self.line, self.column + columns) if columns else self


@frozen
class Problem:
    """One thing that is wrong: a stable code, where it is, and what was written there.

    `at` is the path of keys in the policy or household, counting members from 0; `location` is the place in the
    text, where there is a text. What was written may be a household's fact, so it is in no `str` or `repr`: only
    `message`, `help` and `line` tell it.
    """

    code: str
    at: Path = ()
    given: str = field(default="", converter=printable, repr=False)
    values: FrozenMapping[str, str] = field(default=FrozenMapping(), converter=_printable_texts, repr=False)
    severity: Literal["error", "warning"] = "error"
    location: Location | None = None

    @property
    def place(self) -> str:
        """Where it is: `file:line:column`, or the path of the fact, counting members from 1 as people do."""
        if self.location is not None:
            return str(self.location)
        return path_text(self.at) or "-"

    def message(self, language: Language = "zh") -> str:
        """What is wrong, in the words of the person who wrote it."""
        return self._sentence(language, self.code, 0)

    def help(self, language: Language = "zh") -> str:
        """How to fix it: by the nearest known name, the missing factor, or what helps against the reason, if known."""
        code = next((key for key in ("nearest", "nearest_factor") if key in self.values), self.code)
        reason = self.values.get("reason", "")
        is_fixed_by_reason = reason.startswith(_REASON) and reason in catalogue(language)
        return self._sentence(language, reason if is_fixed_by_reason and catalogue(language)[code][1] else code, 1)

    def _sentence(self, language: Language, code: str, part: int) -> str:
        sentences = catalogue(language)
        told = {
            key: sentences[word][0]
            for key, word in self.values.items()
            if (key, word) in _KINDS or (key == "reason" and word.startswith(_REASON) and word in sentences)
        }
        values = {**self.values, **told}
        return sentences[code][part].format(given=_cut(self.given), **values)

    def line(self, language: Language = "zh") -> str:
        """The problem as it is printed, with its mend on a line of its own."""
        first = f"{self.place}: {_LABELS[language, self.severity]}[{self.code}]: {self.message(language)}"
        mend = self.help(language)
        return f"{first}\n    {mend}" if mend else first

    def __str__(self) -> str:
        return f"{self.place}: {self.code}"


def path_text(path: Path) -> str:
    """A path as people write it, counting members from 1: `members[2].wage`."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return printable(text)


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by place: files as first met, then line and column; what has no place last, by path."""
    unique = dict.fromkeys(problems)
    files: dict[str, int] = {}
    for problem in unique:
        if problem.location is not None:
            files.setdefault(problem.location.file, len(files))

    def place(problem: Problem) -> tuple[int, int, int]:
        at = problem.location
        return (len(files), 0, 0) if at is None else (files[at.file], at.line, at.column)

    return tuple(sorted(unique, key=place))


def first_of(problems: Iterable[Problem]) -> list[Problem]:
    """As many problems as a reader can use; where there are more, the one after them says so in its place."""
    shown = list(islice(problems, MOST + 1))
    if len(shown) > MOST:
        last = shown[MOST]
        shown[MOST] = Problem("more_problems", last.at, values={"most": str(MOST)}, location=last.location)
    return shown


class _Refused(ValueError):
    """Every problem at once, in file order, as far as a reader can use them."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(first_of(in_file_order(problems)))
        super().__init__(self.problems)

    def report(self, language: Language = "zh") -> str:
        """All problems as they are printed, one below the other."""
        return "\n".join(problem.line(language) for problem in self.problems)


class PolicyError(_Refused):
    """A policy, or a file of worked cases, that cannot be used; `problems` says all that is wrong with it."""

    def __str__(self) -> str:
        return "\n" + self.report("en")


class FactError(_Refused):
    """A household that cannot be assessed. Its text names codes and paths only: the facts are private."""

    def __str__(self) -> str:
        return "; ".join(str(problem) for problem in self.problems)
