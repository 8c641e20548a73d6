"""What the commands read: a household from a file, or from standard input."""

import sys

from hardship_rules import source
from hardship_rules.api import load_household, read_household
from hardship_rules.household import HouseholdText
from hardship_rules.problems import FactError, Problem


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
