"""Random decision tables: the report agrees with an oracle that tries every household, in plain Python."""

from collections.abc import Callable, Iterator
from itertools import combinations, product
from typing import Any

import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sampling import count, examples
from tables import decision, policy, term

from hardship_rules import read_policy
from hardship_rules.proofs.claims import Claim, Gap, Reason
from hardship_rules.proofs.report import verify

Household = dict[str, Any]
HOUSEHOLDS: list[Household] = [
    {"a": a, "b": b, "n": n, "place": place}
    for a, b, n, place in product((False, True), (False, True), range(21), ("town", "village", "island"))
]


@frozen
class Cell:
    """A condition on one column, as a line of a policy and as a test in Python."""

    text: str
    holds: Callable[[Household], bool]


def _below(limit: int) -> Cell:
    return Cell(f"n < {limit}", lambda household: household["n"] < limit)


def _from(limit: int) -> Cell:
    return Cell(f"n >= {limit}", lambda household: household["n"] >= limit)


def _is(fact: str, *, wanted: bool) -> Cell:
    return Cell(fact if wanted else f"not {fact}", lambda household: household[fact] is wanted)


def _in(place: str) -> Cell:
    return Cell(f"place == {place}", lambda household: household["place"] == place)


CELLS = (
    *(_is(fact, wanted=wanted) for fact in "ab" for wanted in (True, False)),
    *(_below(limit) for limit in (4, 8, 30)),
    *(_from(limit) for limit in (4, 8)),
    *(_in(place) for place in ("town", "village")),
    Cell("place != town", lambda household: household["place"] != "town"),
)
Row = tuple[Cell, ...]
Outcome = tuple[Row, ...]
"""An outcome holds where one of its rows does, and a row where all of its cells do."""
CELL = st.sampled_from(CELLS)
ROW = st.lists(CELL, min_size=1, max_size=3).map(tuple)
OUTCOME = st.lists(ROW, min_size=1, max_size=2).map(tuple)


@frozen
class Table:
    """A table with the outcomes p0, p1 and so on, beside constraints and bands that the last outcome uses."""

    outcomes: tuple[Outcome, ...]
    disjoint: bool
    must: Row
    bands: tuple[Cell, Cell]
    tells: tuple[str, ...]  # the bands in which the last outcome holds

    @property
    def text(self) -> str:
        """The table as a policy."""
        outcomes = {f"p{number}": _any(rows) for number, rows in enumerate(self.outcomes)}
        bands = decision("band", {"k0": self.bands[0].text, "k1": self.bands[1].text})
        last = {f"p{len(outcomes)}": "in_band"}
        return policy(
            {**outcomes, **last},
            "complete",
            *(["disjoint"] if self.disjoint else []),
            must=[cell.text for cell in self.must],
            terms=term("in_band", f'{{that: "band in ({", ".join(self.tells)})"}}'),
            more=bands,
        )

    @property
    def households(self) -> list[Household]:
        """The households that meet the constraints."""
        return [household for household in HOUSEHOLDS if all(cell.holds(household) for cell in self.must)]

    def band(self, household: Household, *, merged: bool = False) -> str:
        """The band of a household; `merged` has the first in place of the second."""
        first, second = (cell.holds(household) for cell in self.bands)
        return "k0" if first or (second and merged) else "k1" if second else "rest"

    def met(self, household: Household, without: frozenset[str] = frozenset(), *, merged: bool = False) -> list[str]:
        """The outcomes whose condition a household meets, without some clauses."""
        found = [
            f"p{number}" for number, rows in enumerate(self.outcomes) if self._meets(number, rows, household, without)
        ]
        return [*found, f"p{len(self.outcomes)}"] if self.band(household, merged=merged) in self.tells else found

    @staticmethod
    def _meets(number: int, rows: Outcome, household: Household, without: frozenset[str]) -> bool:
        ways = []
        for place, row in enumerate(rows):
            ids = {f"p{number}.r{place}.c{which}": cell for which, cell in enumerate(row, 1)}
            left = [cell for id_, cell in ids.items() if id_ not in without]
            if left and f"p{number}.r{place}" not in without:
                ways.append(all(cell.holds(household) for cell in left))
        return any(ways)

    def decided(self, household: Household, without: frozenset[str] = frozenset(), *, merged: bool = False) -> object:
        """What is decided: the first outcome, or where they are to be disjoint, all that are met."""
        met = self.met(household, without, merged=merged)
        return tuple(met) if self.disjoint else met[0] if met else "rest"

    def matters(self, *clauses: str) -> bool:
        """Whether leaving out clauses changes what is decided for a household."""
        without = frozenset(clauses)
        return any(self.decided(household) != self.decided(household, without) for household in self.households)

    def holds(self, clause: str, household: Household) -> bool:
        """Whether an outcome, a row or a cell of the category holds."""
        outcome, *places = clause.removeprefix("category.").split(".")
        if not places:
            return outcome in self.met(household)
        place, *which = (int(part[1:]) for part in places)
        row = self.outcomes[int(outcome[1:])][place]
        return row[which[0] - 1].holds(household) if which else all(cell.holds(household) for cell in row)

    def clauses(self) -> Iterator[str]:
        """The rows and cells that can be left out; of a single one, what encloses it."""
        for number, rows in enumerate(self.outcomes):
            for place, row in enumerate(rows):
                if len(rows) > 1:
                    yield f"p{number}.r{place}"
                if len(row) > 1:
                    yield from (f"p{number}.r{place}.c{which}" for which in range(1, len(row) + 1))


def _any(rows: Outcome) -> str:
    ways = []
    for number, row in enumerate(rows):
        cells = ", ".join(f'c{which}: {{that: "{cell.text}"}}' for which, cell in enumerate(row, 1))
        ways.append(f"r{number}: {{all: {{{cells}}}}}")
    return f"{{any: {{{', '.join(ways)}}}}}"


TABLES = st.builds(
    Table,
    st.lists(OUTCOME, min_size=1, max_size=3).map(tuple),
    st.booleans(),
    st.lists(CELL, max_size=1).map(tuple),
    st.tuples(CELL, CELL),
    st.sampled_from((("k0",), ("k0", "k1"), ("k1", "rest"))),
)


@pytest.mark.agreement
@settings(max_examples=examples(20, 200), deadline=None, suppress_health_check=list(HealthCheck))
@given(TABLES)
def test_a_report_is_what_trying_every_household_gives(table: Table) -> None:
    """Unreached outcomes, overlaps, the gap, dead and equal clauses and like outcomes are those of the oracle."""
    households = table.households
    report = verify(read_policy(table.text), members=1, seconds=120)
    claims = {claim.id: claim for claim in report.claims}
    assert "not_settled" not in {claim.verdict for claim in report.claims}
    count(random_tables=1)
    names = [f"p{number}" for number in range(len(table.outcomes) + 1)]
    for place, name in enumerate(names):
        _check_outcome(table, claims[f"category.{name}"], names[:place])
    _check_gap(table, claims["category.rest"])
    for first, second in combinations(names, 2):
        overlap = any({first, second} <= set(table.met(household)) for household in households)
        verdict = ("overlap_forbidden" if table.disjoint else "overlap") if overlap else "apart"
        assert claims[f"category.{first}+{second}"].verdict == verdict
    for clause in table.clauses():
        _check_clause(table, claims, clause)
    _check_bands(table, claims)


def _check_outcome(table: Table, claim: Claim, earlier: list[str]) -> None:
    """An unreached outcome has a reason that is true, and as small as its kind allows."""
    name = claim.id.partition(".")[2]
    met = [table.met(household) for household in table.households]
    assert (claim.verdict == "unreached") is not any(found[0] == name for found in met if found)
    if claim.verdict != "unreached":
        return
    reason = claim.reason
    assert isinstance(reason, Reason)
    free = [table.met(household) for household in HOUSEHOLDS if name in table.met(household)]
    if not free:
        assert reason.kind in ("contradiction", "no_branch")
    elif not all(found[0] != name for found in free) and not any(name in found for found in met):
        assert (reason.kind, reason.must) == ("forbidden", ("must.c1",))
    else:
        by = {id_.partition(".")[2] for id_, _ in reason.by}
        among = met if reason.must else free
        assert by <= set(earlier)
        assert all(by & set(found) for found in among if name in found)
        takers = [set(found) for found in among if name in found]
        sizes = range(1, len(earlier) + 1)
        groups = ((size, set(group)) for size in sizes for group in combinations(earlier, size))
        assert len(by) == next(size for size, group in groups if all(group & found for found in takers))
        if reason.kind == "taken_same":
            assert all((name in found) is bool(by & set(found)) for found in among)


def _check_gap(table: Table, claim: Claim) -> None:
    """The regions of the gap together are exactly the households left for `otherwise`."""
    left = [household for household in table.households if not table.met(household)]
    assert claim.verdict == ("gap" if left else "covered")
    if not left:
        assert claim.reason is None
        return
    assert isinstance(claim.reason, Gap)
    assert claim.reason.more is False

    for household in table.households:
        inside = any(
            all(table.holds(id_, household) is sign for id_, sign in region) for region in claim.reason.regions
        )
        assert inside is not bool(table.met(household))


def _check_clause(table: Table, claims: dict[str, Claim], clause: str) -> None:
    """A clause never matters if dropping it changes nothing; clauses that say the same are named together."""
    claim = claims[f"category.{clause}"]
    assert (claim.verdict == "never_matters") is not table.matters(clause)
    if claim.verdict != "never_matters":
        return
    reason = claim.reason
    assert isinstance(reason, Reason)
    dead = [other for other in table.clauses() if claims[f"category.{other}"].verdict == "never_matters"]
    same = [
        other
        for other in dead
        if not other.startswith(f"{clause}.") and not clause.startswith(f"{other}.")
        if all(table.holds(clause, household) is table.holds(other, household) for household in table.households)
    ]
    together = set(same) if len(same) > 1 and table.matters(*same) else set()
    named = {id_.removeprefix("category.") for id_, _ in reason.by}
    assert (reason.kind == "same") is bool(together)
    if together:
        assert named == together
    if reason.kind == "either":
        assert table.matters(*named)
        assert named <= set(dead)
    _check_why(table, clause, reason)


def _check_why(table: Table, clause: str, reason: Reason) -> None:
    """What the reason of a clause that never matters says is true of all households, or of those it is limited to."""
    for household in table.households if reason.must else HOUSEHOLDS:
        holds = table.holds(clause, household)
        all_meet = all(table.holds(id_, household) is sign for id_, sign in reason.by)
        match reason.kind:
            case "implied":
                assert holds or not all_meet
            case "excluded":
                assert not (holds and all_meet)
            case "covered":
                assert not holds or any(table.holds(id_, household) for id_, _ in reason.by)
            case "idle" | "contradiction":
                assert not all_meet
            case "always" | "never":
                assert holds is (reason.kind == "always")
            case "merge":
                (whole, _), (inside, _) = reason.by
                assert clause.startswith(f"{whole.removeprefix('category.')}.")
                number, place, which = (int(part[1:]) for part in clause.split("."))
                left = [cell for other, cell in enumerate(table.outcomes[number][place], 1) if other != which]
                meets = all(cell.holds(household) for cell in left)
                assert meets or household not in table.households or not table.holds(inside, household)
            case kind:
                assert kind in ("same", "either")


def _check_bands(table: Table, claims: dict[str, Claim]) -> None:
    """The second band could be the first where that changes no category, and one condition is that of both."""
    if claims["band.k1"].verdict != "reached":
        return
    first, second = table.bands
    is_inside = all(second.holds(household) for household in table.households if first.holds(household))
    are_all = all(first.holds(household) or second.holds(household) for household in table.households)
    changes = any(table.decided(household) != table.decided(household, merged=True) for household in table.households)
    alike = Reason("alike", (("band.k0", True),))
    assert claims["band.k1"].reason == (alike if (is_inside or are_all) and not changes else None)
