"""What the commands read: a household from a file or from standard input, a policy beside its series, worked cases."""

import sys
from collections.abc import Iterable
from pathlib import Path

from hardship_rules import source
from hardship_rules.api import Folders, load_household, load_policy, read_household
from hardship_rules.cases import Case, read_cases
from hardship_rules.find import overlaps
from hardship_rules.household import HouseholdText
from hardship_rules.model import Policy
from hardship_rules.problems import FactError, PolicyError, Problem


def household_of(file: str) -> HouseholdText:
    """The household of a file; `-` is standard input. Raises `FactError`."""
    if file != "-":
        return load_household(file)
    name = "标准输入"
    content = source.read_stream(sys.stdin.buffer, name)
    text = content if isinstance(content, Problem) else source.decode(content, name)
    if isinstance(text, Problem):
        raise FactError([text])
    return read_household(text, name)


def sound_policy(name: str, folders: Folders) -> Policy:
    """The policy, sound by itself and for days that no other of its series is for; raises `PolicyError`."""
    others = overlaps(name, folders)
    try:
        policy = load_policy(name, folders=folders)
    except PolicyError as error:
        raise PolicyError([*error.problems, *others]) from None
    if others:
        raise PolicyError(others)
    return policy


def cases_of(paths: Iterable[str], folders: Folders) -> tuple[list[Case], list[Problem]]:
    """The worked cases of files and folders, and the problems of the files that could not be read."""
    cases: list[Case] = []
    problems: list[Problem] = []
    for path in map(Path, paths):
        for file in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
            try:
                cases += read_cases(file, folders)
            except PolicyError as error:
                problems += error.problems
    return cases, problems
