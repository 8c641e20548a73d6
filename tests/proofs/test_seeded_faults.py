"""Faults of decision tables, seeded in small policies: each is found, with the reason that it has."""

import pytest
from attrs import frozen
from tables import all_of, any_of, decision, line, policy, term

from hardship_rules import read_policy
from hardship_rules.proofs.claims import Gap, Reason
from hardship_rules.proofs.report import verify


@frozen
class Fault:
    """A policy, the claim about its fault (section/id/verdict), and the reason: its kind and the ids that it names.

    An id after `!` fails. A gap has its regions instead, each a set of such ids.
    """

    name: str
    text: str
    claim: str
    kind: str
    by: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    regions: frozenset[frozenset[str]] = frozenset()


def gap(name: str, text: str, *regions: set[str]) -> Fault:
    """A gap of the category, with its regions."""
    return Fault(name, text, "outcomes/category.rest/gap", "gap", regions=frozenset(map(frozenset, regions)))


def unreached(name: str, text: str, outcome: str, kind: str, *by: str, must: tuple[str, ...] = ()) -> Fault:
    """An outcome of the category that no household reaches; the reason names outcomes or clauses of the category."""
    full = tuple(f"category.{id_}" for id_ in by)
    return Fault(name, text, f"outcomes/category.{outcome}/unreached", kind, full, must)


def idle(name: str, text: str, clause: str, kind: str, *by: str, must: tuple[str, ...] = ()) -> Fault:
    """A clause that never matters."""
    return Fault(name, text, f"clauses/{clause}/never_matters", kind, by, must)


def overlap(name: str, text: str, pair: str, kind: str, *by: str) -> Fault:
    """Two outcomes of a disjoint category that overlap."""
    return Fault(name, text, f"overlaps/category.{pair}/overlap_forbidden", kind, by)


YOUNG = term("young", all_of("age < 18", "age < 20"), of="member")
BANDS = {"few": "n < 5", "more": "n < 9"}
BY_BAND = term("is_small", line("band in (few, more)"))
BY_FEW = term("is_small", line("band == few"))

FAULTS = (
    # Gaps: households that no row of a complete table covers
    gap("gap between numbers", policy({"p": "n < 5", "q": "n > 5"}, "complete"), {"!category.p", "!category.q"}),
    gap(
        "gap of an option",
        policy({"p": "place == town", "q": "place == island"}, "complete"),
        {"!category.p", "!category.q"},
    ),
    gap(
        "gap of a boolean",
        policy({"p": all_of("a", "b"), "q": line("not a")}, "complete"),
        {"!category.p.c2", "!category.q"},
    ),
    gap("two regions", policy({"p": all_of("n < 5", "a")}, "complete"), {"!category.p.c1"}, {"!category.p.c2"}),
    gap("gap by a parameter", policy({"p": "n < low", "q": "n > low"}, "complete"), {"!category.p", "!category.q"}),
    gap("gap of dates", policy({"p": "since < on", "q": "since > on"}, "complete"), {"!category.p", "!category.q"}),
    gap("gap of members", policy({"p": "some(own)"}, "complete"), {"!category.p"}),
    gap(
        "gap beside a constraint",
        policy({"p": "n < 5", "q": "n > 6"}, "complete", must=["n != 5"]),
        {"!category.p", "!category.q"},
    ),
    # Overlaps: households that two rows of a disjoint table cover
    overlap("overlap at the line", policy({"p": "n <= 5", "q": "n >= 5"}, "disjoint"), "p+q", ""),
    overlap(
        "overlap of options", policy({"p": "place in (town, island)", "q": "place != town"}, "disjoint"), "p+q", ""
    ),
    overlap(
        "overlap of members",
        policy({"p": "some(own)", "q": "count(own) > 1"}, "disjoint"),
        "p+q",
        "within",
        "category.q",
        "category.p",
    ),
    Fault(
        "overlap in an every",
        policy({"z": "a"}, more=decision("papers", {"p": "n < 5", "q": "n < 3"}, "disjoint", every=True)),
        "overlaps/papers.p+q/overlap_forbidden",
        "within",
        ("papers.q", "papers.p"),
    ),
    overlap("the same twice", policy({"p": "n < 5", "q": "5 > n"}, "disjoint"), "p+q", "same_condition"),
    overlap(
        "overlap of parameters",
        policy({"p": "n < low", "q": "n < high"}, "disjoint"),
        "p+q",
        "within",
        "category.p",
        "category.q",
    ),
    # Masked rows: earlier ones take all of their households
    unreached("masked by one", policy({"p": "n < 5", "q": all_of("n < 3", "a")}), "q", "taken_narrower", "p"),
    unreached("masked by two", policy({"p": "n < 9", "q": "n > 7", "r": "a"}), "r", "taken", "p", "q"),
    unreached(
        "masked by options", policy({"p": "place == town", "q": "place != town", "r": "n < 3"}), "r", "taken", "p", "q"
    ),
    unreached("masked by a parameter", policy({"p": "n < high", "q": "n < low"}), "q", "taken_narrower", "p"),
    unreached("masked by members", policy({"p": "some(own)", "q": "count(own) == 2"}), "q", "taken_narrower", "p"),
    unreached("masked by the same", policy({"p": "n < 5", "q": "5 > n"}), "q", "taken_same", "p"),
    unreached("the second of three", policy({"o": "b", "p": "n < 5", "q": "n < 4"}), "q", "taken_narrower", "p"),
    unreached(
        "masked under a constraint",
        policy({"p": "n < 5", "q": "n < 6"}, must=["n != 5"]),
        "q",
        "taken_same",
        "p",
        must=("must.c1",),
    ),
    # Misleading order: the special row after the general one
    unreached(
        "misleading order",
        policy({"general": "a", "special": all_of("a", "b")}),
        "special",
        "taken_narrower",
        "general",
    ),
    unreached(
        "misleading dates", policy({"p": "since < on", "q": all_of("since < on", "a")}), "q", "taken_narrower", "p"
    ),
    # Rows that no household meets
    unreached("contradiction", policy({"p": all_of("n < 5", "a", "n > 7")}), "p", "contradiction", "p.c1", "p.c3"),
    unreached(
        "contradiction of options",
        policy({"p": all_of("place == town", "place == island")}),
        "p",
        "contradiction",
        "p.c1",
        "p.c2",
    ),
    unreached(
        "contradiction of three",
        policy({"p": all_of("n > m", "m > 9", "n < 10", "a")}),
        "p",
        "contradiction",
        "p.c1",
        "p.c2",
        "p.c3",
    ),
    unreached(
        "two contradict, and three others",
        policy({"p": all_of("n < 10", "n > m", "m > 9", "n > 12")}),
        "p",
        "contradiction",
        "p.c1",
        "p.c4",
    ),
    unreached("out of range", policy({"p": all_of("a", "n > 30")}), "p", "contradiction", "p.c2"),
    unreached(
        "forbidden", policy({"p": all_of("n < 5", "a")}, must=["b", "n > 6"]), "p", "forbidden", must=("must.c2",)
    ),
    # Subsumed clauses: others say more
    idle(
        "subsumed in an all", policy({"p": all_of("n < 5", "n < 8", "a")}), "category.p.c2", "implied", "category.p.c1"
    ),
    idle("subsumed in an any", policy({"p": any_of("n < 5", "n < 8")}), "category.p.c1", "covered", "category.p.c2"),
    idle("subsumed of a member", policy({"p": "some(young)"}, terms=YOUNG), "young.c2", "implied", "young.c1"),
    idle(
        "said by the order",
        policy({"p": "n < 5", "q": all_of("n >= 5", "a")}),
        "category.q.c1",
        "implied",
        "!category.p",
    ),
    idle(
        "said by a constraint",
        policy({"p": all_of("n < 5", "a")}, must=["a"]),
        "category.p.c2",
        "always",
        must=("must.c1",),
    ),
    # Equal clauses
    idle(
        "equal clauses",
        policy({"p": all_of("n < 5", "5 > n", "a")}),
        "category.p.c1",
        "same",
        "category.p.c1",
        "category.p.c2",
    ),
    idle(
        "equal clauses of an any",
        policy({"p": any_of("a", "n < 3", "3 > n")}),
        "category.p.c2",
        "same",
        "category.p.c2",
        "category.p.c3",
    ),
    # Contraction: two rows that could be one
    idle(
        "contraction",
        policy({"p": any_of(r=all_of("n < 5", "a"), s=all_of("n < 5", "not a"))}),
        "category.p.r.c2",
        "merge",
        "category.p.r",
        "category.p.s",
    ),
    idle(
        "contraction of numbers",
        policy({"p": any_of(r=all_of("a", "n < 5"), s=all_of("a", "n >= 5", "n < 9"))}),
        "category.p.s.c2",
        "merge",
        "category.p.s",
        "category.p.r",
    ),
    Fault(
        "contraction of outcomes",
        policy({"p": "is_small"}, terms=BY_BAND, more=decision("band", BANDS)),
        "outcomes/band.more/reached",
        "alike",
        ("band.few",),
    ),
    # Second normal form: a column on which nothing depends
    idle("an irrelevant column", policy({"p": all_of("n < 5", d=any_of("a", "not a"))}), "category.p.d", "always"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_seeded_fault_is_found_with_its_reason(fault: Fault) -> None:
    """The claim about the fault has the expected verdict and reason; all but suggestions are findings."""
    claims = {
        f"{claim.section}/{claim.id}/{claim.verdict}": claim
        for claim in verify(read_policy(fault.text), members=2, seconds=60).claims
    }
    claim = claims[fault.claim]
    assert claim.finding is (fault.kind != "alike")
    if isinstance(claim.reason, Gap):
        named = {frozenset(id_ if holds else f"!{id_}" for id_, holds in region) for region in claim.reason.regions}
        assert named == fault.regions
        assert claim.reason.more is False
        return
    reason = claim.reason or Reason("")
    by = tuple(id_ if holds else f"!{id_}" for id_, holds in reason.by)
    assert (reason.kind, by, reason.must) == (fault.kind, fault.by, fault.must)


def test_there_are_forty() -> None:
    """There are at least 40 seeded faults, all different."""
    assert len({fault.text for fault in FAULTS}) == len({fault.name for fault in FAULTS}) >= 40


def test_outcomes_told_apart_are_not_suggested_as_one() -> None:
    """If a term uses one of two outcomes only, nothing suggests that they could be one."""
    text = policy({"p": "is_small"}, terms=BY_FEW, more=decision("band", BANDS))
    assert [claim.reason for claim in verify(read_policy(text), members=1, seconds=60).claims if claim.reason] == []
