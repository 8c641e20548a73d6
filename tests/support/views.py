"""A view in a database and its rows."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from framing import Facts, framed

from hardship_rules import Policy


def plain(row: Mapping[str, Any]) -> Facts:
    """A row whose figures are only compared as floats."""
    return {name: float(given) if isinstance(given, Decimal) else given for name, given in row.items()}


def rows(policy: Policy, some: Sequence[Facts], left_out: Collection[str] = ()) -> tuple[list[Facts], list[Facts]]:
    """Households and members as rows of tables, with the key as text."""
    own, theirs = (frame.to_dicts() for frame in framed(policy, some, left_out))
    return [{**row, "household": str(row["household"])} for row in own], [
        {**row, "household": str(row["household"])} for row in theirs
    ]
