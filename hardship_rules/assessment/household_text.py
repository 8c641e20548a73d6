"""A household is read from its file or text."""

from pathlib import Path

from hardship_rules.assessment.household import HouseholdText
from hardship_rules.core.problems import FactError, Location, Problem
from hardship_rules.language import source


def load_household(path: str | Path) -> HouseholdText:
    """A household's file, YAML or JSON, every value as it is written. Raises `FactError`."""
    if problem := source.no_path(path):
        raise FactError([problem])
    content = source.read_bytes(Path(path), str(path))
    text = content if isinstance(content, Problem) else source.decode(content, str(path))
    if isinstance(text, Problem):
        raise FactError([text])
    return read_household(text, str(path))


def read_household(text: str, name: str = "household.yaml") -> HouseholdText:
    """A household's text, YAML or JSON, every value as it is written. Raises `FactError`."""
    node, problems = source.parse(text, name)
    if isinstance(node, source.Mapping) and not problems:
        return HouseholdText(name, node)
    if not problems:
        empty = node is None or (isinstance(node, source.Scalar) and node.is_null)
        marks = source.misplaced(node.text, node.place) if isinstance(node, source.Scalar) and node.plain else None
        problems = [marks or Problem("file_empty" if empty else "not_a_household", location=Location(name, 1, 1))]
    raise FactError(problems)
