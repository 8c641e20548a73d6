"""The changes between two policies that sampling finds are in the report, for sixty edits of the bundled measure."""

from collections import Counter
from pathlib import Path

import pytest
from aimed import Found, Kind, missed, sampled, state, unconfirmed
from completing import chance
from edits import EDITS, load_edited
from sampling import LONG, count, examples
from small_change import LINE

from hardship_rules import load_policy, read_policy
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.proofs import Claim, Proof, Shown, changes
from hardship_rules.proofs.claims import Change

OLD = load_policy("2021_weihai")
PARTS = 60 if LONG else 1
"""An edit is drawn from each of so many parts of the edits."""


def test_there_are_six_edits_of_each_of_ten_kinds() -> None:
    """There are sixty edits, six of each kind, all with different names."""
    assert list(Counter(edit.kind for edit in EDITS).values()) == [6] * 10
    assert len({(edit.kind, edit.name) for edit in EDITS}) == 60


def test_words_that_are_not_there_once_are_refused(tmp_path: Path) -> None:
    """An edit fails where its words are missing, or where they occur twice."""
    for words in ("no such words", "employment == migrant"):
        with pytest.raises(ValueError, match=words):
            load_edited(tmp_path, [(words, "")])


@pytest.mark.agreement
@pytest.mark.parametrize("part", range(PARTS))
def test_an_edit(part: int, tmp_path: Path) -> None:
    """No kind of change that sampling finds is missing in the report, and its households show what they are given for.

    Half of the households are complete, half of them partial: 300 of each, in a long run 2,400.
    """
    edit = chance(f"edit {part}").choice(EDITS[part::PARTS])
    new = edit.policy(tmp_path)
    number = examples(300, 2_400)
    found = sampled(OLD, new, number, chance(f"{edit.kind} {edit.name}"))
    count(households_of_edits=2 * number, kinds_of_change=len(found.counts))
    members = examples(2, 5)
    claims = changes(OLD, new, members, seconds=examples(20, 60))
    assert missed(found, claims, OLD, new, members) == {}, edit
    assert unconfirmed(claims, OLD, new) == {}, edit


# --- The comparison itself, with a report made by hand ---------------------------------------------------------------


def claim(kind: Kind, facts: dict[str, object] | None) -> Claim:
    """A claim of a report, with a household or with a proof."""
    answer = Proof(1) if facts is None else Shown(SMALL, facts, FrozenMapping())
    return Claim("changes", "", "", "unchanged" if facts is None else "changed", answer, change=Change(*kind))


SMALL = read_policy(LINE)
HIGHER = read_policy(LINE.replace("town: 300", "town: 310"))
TOWN = {"on": "2021-05-01", "place": "town", "members": [{}]}
POORER = ("category", "relative", "deep")
"""In town, 300 to 309.99 is relative by the old standard and deep by the new."""


def test_sampling_finds_a_small_change() -> None:
    """A standard of 310 instead of 300 moves households of 300 to 309.99, and of 600 to 619.99, and nothing else."""
    found = sampled(SMALL, HIGHER, 600, chance("small"))
    assert {POORER, ("category", "none", "relative"), ("papers", "", "form")} <= found.counts.keys()
    assert {decision for decision, _, _ in found.counts} == {"category", "papers"}
    for household in found.households[POORER]:
        assert 300 <= household["money"] < 310
        assert household["place"] == "town"


def test_a_kind_that_the_report_lacks_is_missed() -> None:
    """Of two kinds found, the one that is proved not to occur in a report is missed, with its household."""
    poor, rich = {**TOWN, "money": 305}, {**TOWN, "money": 610}
    found = Found(households={POORER: [poor], ("category", "none", "relative"): [rich]})
    claims = [claim(POORER, None), claim(("category", "none", "relative"), rich)]
    assert missed(found, claims, SMALL, HIGHER, 1) == {POORER: poor}
    assert missed(found, [claim(POORER, poor), claims[1]], SMALL, HIGHER, 1) == {}


def test_a_household_that_shows_nothing_is_unconfirmed() -> None:
    """A household of 299 is deep by both standards, so it does not show the change that a report gives it for."""
    poor = {**TOWN, "money": 299}
    assert unconfirmed([claim(POORER, poor)], SMALL, HIGHER) == {POORER: poor}
    assert unconfirmed([claim(POORER, {**TOWN, "money": 300})], SMALL, HIGHER) == {}


def test_states_by_hand() -> None:
    """An amount that is not known leaves the category and the papers open; one outside its range is refused."""
    assert state(SMALL, {**TOWN, "money": None}) == {"category": "open", "papers": {"form": None, "proof": None}}
    assert state(SMALL, {**TOWN, "money": 0}) == {"category": "deep", "papers": {"form": True, "proof": False}}
    assert state(SMALL, {**TOWN, "money": 1001}) is None
