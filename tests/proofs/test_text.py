"""A report of proofs in words, in Chinese and in English."""

import re

import pytest
from trial import FAULTS, HARD, TRIAL, with_edits

from hardship_rules import assess, load_policy, read_household, read_policy
from hardship_rules.locale import sentences
from hardship_rules.proofs.prover import Prover, Shown
from hardship_rules.proofs.report import verify
from hardship_rules.proofs.text import household_text, proofs_text
from hardship_rules.testing.trial import try_property

ZH, EN = sentences("proofs", "zh"), sentences("proofs", "en")

CLEAN = verify(read_policy(TRIAL), members=2, seconds=60)


def of_fault(name: str) -> str:
    """The report on the policy with a planted fault."""
    fault = next(fault for fault in FAULTS if fault.name == name)
    return proofs_text(verify(read_policy(with_edits(fault.edits)), members=2, seconds=60))


def test_both_catalogues_say_the_same_things() -> None:
    """Each sentence exists in both languages, with the same placeholders."""
    assert set(ZH) == set(EN)
    for key, sentence in ZH.items():
        assert set(re.findall(r"{(\w+)", sentence)) == set(re.findall(r"{(\w+)", EN[key])), key


def test_a_clean_report_says_for_whom_it_holds() -> None:
    """A clean report has the number of members, the time, each property by title, and no finding."""
    text = proofs_text(CLEAN)
    assert "不超过 2 名成员" in text
    assert "每一节限时 60 秒" in text
    assert re.search(r"√ income +已证明", text)
    assert text.endswith("没有发现问题。\n")
    assert "×" not in text


def test_the_report_in_english_has_no_chinese_of_its_own() -> None:
    """Except for the policy's own words, the English report has no Chinese."""
    assert not re.search("[\u4e00-\u9fff]", proofs_text(CLEAN, "en").replace("√", ""))


def test_a_finding_shows_a_household_to_paste() -> None:
    """The household under a finding can be read back, and has the reported outcome."""
    text = of_fault("missing exclusion: fraud")
    assert re.search("× fraud +不成立", text)
    block = text.split("不影响结果）：\n")[1]
    lines = [line.removeprefix("        ") for line in block.splitlines() if line.startswith("        ")]
    fault = next(fault for fault in FAULTS if fault.name == "missing exclusion: fraud")
    category = assess(read_policy(with_edits(fault.edits)), read_household("\n".join(lines))).category
    assert category is not None
    assert f"结果：{category.title}" in block
    assert "发现 1 处问题。" in text


def test_two_households_stand_side_by_side() -> None:
    """A property of two households shows the first, with the second's different values beside it."""
    text = of_fault("non-monotone: a step down")
    assert "两个家庭只差注释所示的一处或几处：" in text
    beside = re.search(r"wage: ([0-9.]+) +# 另一家庭：([0-9.]+)", text)
    assert beside is not None
    assert float(beside[1]) < float(beside[2])
    assert float(beside[2]) > 500  # the location of the step down
    assert re.search("结果：.+；另一家庭：.+", text)


def test_a_number_not_published_is_told_where_it_decides() -> None:
    """The number assumed for the village is shown for a household there, not for one in town."""
    fault = next(fault for fault in FAULTS if fault.name == "<= for < at the line")
    for place in ("village", "town"):
        at_line = "at_line: {title: at_line, never: {gets: deep, when: {that: income - spent == line * people}}}"
        at_place = f"all: {{p: {{that: place == {place}}}, l: {{that: income - spent == line * people}}}}"
        edits = (
            *fault.edits,
            ("village: 588}", "village: not published}, from: 500, to: 800"),
            (at_line, f"at_line: {{title: at_line, never: {{gets: deep, when: {{{at_place}}}}}}}"),
        )
        text = proofs_text(verify(read_policy(with_edits(edits)), members=1, seconds=60))
        told = re.search(r"× at_line(?:(?!\n  [√×]).|\n(?!  [√×]))*取为：line（village） [0-9]+", text)
        assert (told is not None) is (place == "village"), text


@pytest.mark.parametrize("verdict", ["在限时内没有结论"])
def test_what_is_not_settled_is_said(verdict: str) -> None:
    """An unsettled claim is marked ○ and counted at the end, with a hint to the option for more time."""
    text = proofs_text(verify(read_policy(HARD), members=1, seconds=0.4, trial=try_property))
    assert verdict in text
    assert "○" in text
    assert "--seconds" in text


def test_a_household_is_read_back_as_it_was_written() -> None:
    """The printed text of a household has the same facts and category when it is read back."""
    policy = load_policy("2021_weihai")
    prover = Prover(policy, 3)
    for outcome in policy.category.by_id:
        answer = prover.find([prover.outcome("category", outcome)], 20)
        assert isinstance(answer, Shown)
        household = read_household(household_text(policy, answer.facts))
        again = assess(policy, household)
        assert again.category is not None
        assert again.category.id == outcome
        assert again.household.values == answer.assessment.household.values
