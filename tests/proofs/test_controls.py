"""Edits of the bundled measure that change nothing: it is proved that no household is decided otherwise."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from edits import block, exchanged, load_edited, write_edited
from sampling import LONG

from hardship_rules import load_policy
from hardship_rules.cli import commands
from hardship_rules.proofs import changes

Pairs = list[tuple[str, str]]
OUT = block("            not_in_service: {")
EITHER = '"employment in (laid_off, retired)"'
SECOND = OUT.replace(EITHER, "employment == retired").replace("not_in", "retired_from")
FILE_AGE = block("  file_age_months:")
DISJOINT = exchanged("disjoint", "filing", "withdrawn", "out_of_hardship")

CONTROLS: dict[str, Pairs] = {
    "a comment": [("policy: shandong_2020_58\n", "policy: shandong_2020_58  # 一句注释\n")],
    "a title": [("title: 家庭年可支配收入", "title: 全家一年的可支配收入")],
    "a source": [("value: 80 %, source: qingdao", "value: 80 %, source: zoucheng")],
    "a comparison the other way": [("net_income_per_person < dibao", "dibao > net_income_per_person")],
    "disjoint outcomes exchanged": [(DISJOINT.before, DISJOINT.after)],
    "a term renamed": [
        ("\n  necessary_employment:\n", "\n  cost_of_work:\n"),
        ("disability + necessary_employment", "disability + cost_of_work"),
    ],
    "an equal default": [(FILE_AGE, FILE_AGE.replace("file == none", "file != open"))],
    "a clause split in two": [(OUT, OUT.replace(EITHER, "employment == laid_off") + SECOND)],
    "a number written otherwise": [("value: 80 %", "value: 0.80")],
    "rows of a table exchanged": [("{urban: 787, rural: 588}", "{rural: 588, urban: 787}")],
    "why a reading is chosen": [("why: 青岛写“低于”；安庆、邢台", "why: 从青岛；安庆、邢台")],
    "an unused fact": [("\n  homes: {title: ", "\n  pets: {title: 宠物, unit: 1, to: 99}\n  homes: {title: ")],
}


AT_ONCE = [pair for name, pairs in CONTROLS.items() if name != "a source" for pair in pairs]  # of a number written anew


@pytest.mark.parametrize("pairs", CONTROLS.values(), ids=CONTROLS)
def test_nothing_changes(pairs: Pairs, tmp_path: Path) -> None:
    """For each kind of change it is proved that no household of up to two members changes so."""
    claims = changes(load_policy("2021_weihai"), load_edited(tmp_path, pairs), members=2, seconds=300)
    assert {claim.verdict for claim in claims} == {"unchanged"}
    assert not [claim for claim in claims if claim.finding]


@pytest.mark.agreement
@pytest.mark.parametrize("pairs", CONTROLS.values() if LONG else [AT_ONCE], ids=CONTROLS if LONG else ["at once"])
def test_the_command_ends_well(pairs: Pairs, tmp_path: Path) -> None:
    """The command says so, and exits with 0; in a short run for all of these edits at once."""
    write_edited(tmp_path, pairs)
    new = str(tmp_path / "2021_weihai.yaml")
    arguments = ["verify", new, "--against", "2021_weihai", "--policies", str(tmp_path), "--members", "2"]
    done = CliRunner().invoke(commands, arguments)
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith("没有发现问题。\n")


def test_a_control_can_fail(tmp_path: Path) -> None:
    """The same comparison with its sign changed is found, so the controls are not proved for want of looking."""
    edited = load_edited(tmp_path, [("net_income_per_person < dibao", "dibao >= net_income_per_person")])
    claims = changes(load_policy("2021_weihai"), edited, members=2, seconds=300)
    assert "changed" in {claim.verdict for claim in claims}
