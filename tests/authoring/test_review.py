"""The review of a new policy beside an older one."""

from pathlib import Path

import pytest
from reviews import PROPERTIES, VILLAGE, YEAR_CASES, few, reviewed
from years import MEASURE, THIS, files_in

from hardship_rules import Policy, assess, load_policy
from hardship_rules.authoring._review import review
from hardship_rules.language.policies import load_base
from hardship_rules.proofs.prover import Proof, Shown


def category(policy: Policy, income: object) -> str:
    """The policy's category for a household in town with that income."""
    found = assess(policy, {"place": "town", "income": income, "members": [{}]}).category
    assert found is not None
    return found.id


def test_a_year_beside_the_one_before(tmp_path: Path) -> None:
    """Differences, warnings, changes, properties and cases of the small city equal those of their own modules."""
    last = MEASURE + PROPERTIES
    found = reviewed(tmp_path, measure=last, this=THIS.replace("town: 1100", "town: 1000"), cases=YEAR_CASES)
    assert [each.title for each in found.differences if each.section == "参数"] == ["标准（农村）"]
    assert [each.code for each in found.warnings] == ["value_as_before"]
    assert [claim.verdict for claim in found.properties] == ["kept", "kept"]
    assert found.changes is not None
    assert len(found.changes) == 10  # each of three categories to each other one, open and decided, refused and judged
    assert found.cases is not None
    assert found.cases.changed == ()  # all cases are of a household in town


def test_a_change_and_the_proof_of_none(tmp_path: Path) -> None:
    """With 1000, then 1100 in town: 1000 to 1100 becomes deep, 2000 to 2200 relative; nothing else changes.

    At 1,050 it is open whether a household is deep, before where it may be ill, and now where it may be in the village.
    """
    found = reviewed(tmp_path, last=VILLAGE)
    assert found.changes is not None
    by_id = {claim.id.removeprefix("category."): claim.answer for claim in found.changes}
    shown = {id_: answer for id_, answer in by_id.items() if isinstance(answer, Shown)}
    assert set(shown) == {"relative→deep", "none→relative", "decided→open", "open→decided"}
    assert 1000 <= shown["relative→deep"].facts["income"] < 1100
    assert 2000 <= shown["none→relative"].facts["income"] < 2200
    assert all(isinstance(answer, Proof) for id_, answer in by_id.items() if id_ not in shown)
    for income in (0, 999, 1000, 1099, 1100, 1999, 2000, 2199, 2200):  # checked by `assess` besides the proof
        was, becomes = category(found.old, income), category(found.new, income)
        assert was == becomes or f"{was}→{becomes}" in shown


def test_the_measure_stands_for_a_year_before_the_first(tmp_path: Path) -> None:
    """Against the open base all values are new, the base itself is no difference, and no households are compared."""
    opened = MEASURE.replace(", source: letter, cite: 一, basis: notice}", "}")
    files_in(tmp_path, measure=opened)
    measure, year = (load_policy(tmp_path / f"{name}.yaml") for name in ("measure", "2025_city"))
    found = review((measure, None), (year, load_base(tmp_path / "2025_city.yaml")), prove=few)
    assert found.changes is None
    assert [each.section for each in found.differences] == ["依据的文件", "参数", "参数", "解读"]
    assert found.cases is None


@pytest.mark.parametrize("name", ["2024_city", "2025_city"])
def test_beside_itself_nothing_is_otherwise(tmp_path: Path, name: str) -> None:
    """A policy reviewed against itself has no difference, and a proof that no category changes."""
    files_in(tmp_path)
    each = (load_policy(tmp_path / f"{name}.yaml"), load_base(tmp_path / f"{name}.yaml"))
    found = review(each, each, prove=few)
    assert found.differences == ()
    assert found.changes is not None
    assert {claim.verdict for claim in found.changes} == {"unchanged"}
