"""Input of the commands: households and their policies, policies of a series, worked cases."""

import errno
import sys
from collections.abc import Iterable
from pathlib import Path

from attrs import evolve

from hardship_rules.assessment.household import HouseholdText, load_household, read_household
from hardship_rules.core.kinds import parse_date
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Location, PolicyError, Problem, reason_of
from hardship_rules.language import source
from hardship_rules.language.find import Folders, overlaps
from hardship_rules.language.policies import load_policy
from hardship_rules.testing.cases import Case, read_cases

STDIN = "标准输入"


def household_of(file: str) -> HouseholdText:
    """The household of a file; `-` is standard input. Raises `FactError`."""
    if file != "-":
        return load_household(file)
    return read_household(text_of(file, STDIN), STDIN)


def text_of(file: str, name: str) -> str:
    """The text of a file; `-` is standard input. Raises `FactError`."""
    content = _stdin(name) if file == "-" else source.read_bytes(Path(file), name)
    text = content if isinstance(content, Problem) else source.decode(content, name)
    if isinstance(text, Problem):
        raise FactError([text])
    return text


def _stdin(name: str) -> bytes | Problem:
    error: OSError | ValueError = OSError(errno.EBADF, "")
    try:
        if sys.stdin is not None:  # None if Python was started without it
            return source.read_stream(sys.stdin.buffer, name)
    except (OSError, ValueError) as unreadable:  # ValueError: an embedding program closed it
        error = unreadable
    return Problem("stdin_unreadable", location=Location(name, 1, 1), values={"reason": reason_of(error)})


def policy_for(household: HouseholdText, name: str | None, on: str | None, folders: Iterable[str]) -> Policy:
    """The policy `name`, or else the one that the household's file names, for the given day or the file's own."""
    name = name or household.policy
    if name is None:
        raise FactError([Problem("policy_not_named", ("policy",), location=Location(household.name, 1, 1))])
    day = on or household.on
    try:
        return load_policy(name, None if day is None else parse_date(day), tuple(folders))
    except PolicyError as error:  # a missing policy is reported at the household
        at = Location(household.name, 1, 1)
        raise PolicyError(evolve(problem, location=problem.location or at) for problem in error.problems) from None


def sound_policy(name: str, folders: Folders) -> Policy:
    """The policy, if it is valid and no other of its series covers its days; raises `PolicyError`."""
    overlapping = overlaps(name, folders)
    try:
        policy = load_policy(name, folders=folders)
    except PolicyError as error:
        raise PolicyError([*error.problems, *overlapping]) from None
    if overlapping:
        raise PolicyError(overlapping)
    return policy


def cases_of(paths: Iterable[str], folders: Folders) -> tuple[list[Case], list[Problem]]:
    """The worked cases in files and folders, and the problems of files that could not be read."""
    cases: list[Case] = []
    problems: list[Problem] = []
    for path in map(Path, paths):
        for file in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
            try:
                cases += read_cases(file, folders)
            except PolicyError as error:
                problems += error.problems
    return cases, problems
