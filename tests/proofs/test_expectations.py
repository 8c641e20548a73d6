"""What a change is meant to do: reading the file, and the verdicts with what shows them."""

from functools import cache
from typing import cast

import pytest
from small_change import LINE

from hardship_rules import Policy, PolicyError, assess, read_policy
from hardship_rules.proofs import Report, Shown, changes, kept_and_changed
from hardship_rules.proofs.claims import Change
from hardship_rules.proofs.expectations import (
    Judged,
    NobodyLoses,
    Only,
    Rises,
    judge,
    read_expectations,
)
from hardship_rules.proofs.expectations_text import expectations_data, expectations_text

OLD = read_policy(LINE)
CATEGORY = """[{from: relative, to: deep}, {from: 不符合条件, to: 相对困难},
      {from: open, to: decided}, {from: decided, to: open}]"""
HIGHER = read_policy(LINE.replace("town: 300", "town: 310"))
LOWER = read_policy(LINE.replace("town: 300", "town: 290"))


@cache
def report_on(new: Policy) -> Report:
    """The report on the change to a policy."""
    return kept_and_changed(new, OLD, members=1)


def judged(text: str, new: Policy) -> tuple[Judged, ...]:
    """The verdicts on the expectations of a text, each line after `expect:`."""
    expectations = read_expectations(f"expect:\n{text}\n", "expect.yaml", OLD, new)
    return judge(expectations, report_on(new).claims, OLD, new)


def section(text: str, new: Policy) -> str:
    """The printed section on the expectations of a text."""
    return expectations_text(judged(text, new), report_on(new), "期望.yaml")


def verdicts(text: str, new: Policy) -> list[str]:
    """The verdicts in the order of the file."""
    return [each.verdict for each in judged(text, new)]


# --- Verdicts --------------------------------------------------------------------------------------------------------


def test_a_higher_standard_loses_no_household() -> None:
    """From 300 to 310 in town, 600 to 620: none to relative, relative to deep, no other change of the category."""
    text = f"""
  - nobody loses
  - nobody loses: [deep, 相对困难]
  - only: {CATEGORY}
  - rises: dibao
  - rises: 低保标准
"""
    assert verdicts(text, HIGHER) == ["proved"] * 5


def test_a_move_within_the_list_is_no_loss() -> None:
    """A relative household of 305 becomes deep: it loses `relative` alone, but not one of both."""
    assert verdicts("  - nobody loses: relative\n  - nobody loses: [relative, deep]", HIGHER) == ["broken", "proved"]


def test_a_lower_standard_is_shown_with_a_household() -> None:
    """From 300 to 290, a household of 580 to 599.99 loses: the one shown does, by both policies."""
    (lost,) = judged("  - nobody loses", LOWER)
    assert lost.verdict == "broken"
    (claim,) = lost.claims
    assert claim.change == Change("category", "relative", "none")
    facts = cast(Shown, claim.answer).facts
    assert 580 <= facts["money"] < 600
    found = [assess(policy, facts).category for policy in (OLD, LOWER)]
    assert [None if outcome is None else outcome.id for outcome in found] == ["relative", "none"]


def test_everything_else_breaks_only() -> None:
    """With `relative → deep` alone allowed, `none → relative` breaks it; an allowed change need not happen."""
    (broken,) = judged("  - only: {from: relative, to: deep}", HIGHER)
    assert broken.verdict == "broken"
    assert broken.claims[0].change == Change("category", "none", "relative")
    assert verdicts("  - only: {from: none, to: deep}", OLD) == ["proved"]


def test_no_change_at_all_can_be_expected() -> None:
    """An empty list of `only` holds if the category does not change."""
    assert verdicts("  - only: []", OLD) == ["proved"]
    assert verdicts("  - only: []", HIGHER) == ["broken"]


LOSES = NobodyLoses("category", ("deep", "relative"))
OPENED_NO_MORE = Change("category", "open", "decided", is_partial=True)
NONE_TO_DEEP = Only((Change("category", "none", "deep"), OPENED_NO_MORE), ("category",))
BREAKS = [  # a change, and whether it breaks each of the two
    (Change("category", "deep", "none"), True, True),
    (Change("category", "deep", "relative"), False, True),
    (Change("category", "none", "deep"), False, False),
    (Change("category", "none", "relative"), False, True),
    (Change("category", "decided", "open", is_partial=True), False, True),
    (Change("category", "open", "decided", is_partial=True), False, False),
    (Change("", "judged", "refused"), True, True),
    (Change("", "refused", "judged"), False, True),
    (Change("papers", "form", ""), False, False),
    (Change("papers", "deep", "none"), False, False),
    (Change("papers", "decided", "open", is_partial=True), False, False),
]


def test_which_changes_break_an_expectation() -> None:
    """Each kind of change breaks an expectation, or does not, as the guide says."""
    for change, is_loss, is_other in BREAKS:
        assert (LOSES.is_broken_by(change), NONE_TO_DEEP.is_broken_by(change)) == (is_loss, is_other), change


RISES = [  # the values of the new table; the old one is town 300, village 200
    ("town: 301, village: 200", "proved", []),
    ("town: 301, village: 201", "proved", []),
    ("town: 300, village: 200", "broken", ["town", "village"]),  # none rises
    ("town: 400, village: 199.99", "broken", ["village"]),
    ("town: 299, village: 200", "broken", ["town"]),
    ("town: 301, village: not published", "not_settled", ["village"]),
    ("town: 299, village: not published", "broken", ["town"]),
]


@pytest.mark.parametrize(("values", "verdict", "wrong"), RISES, ids=[values for values, _, _ in RISES])
def test_each_row_of_a_table_is_compared(values: str, verdict: str, wrong: list[str]) -> None:
    """A table rises if no row is lower and one is higher; else the rows that are not as expected are named."""
    new = read_policy(LINE.replace("town: 300, village: 200}", values + "}, from: 0, to: 1000"))
    (found,) = judge((Rises("dibao"),), (), OLD, new)
    assert found.verdict == verdict
    assert [row.key for row in found.rows] == [(option,) for option in wrong]


def test_a_table_with_a_further_row_is_compared_by_household() -> None:
    """Where 3 means three and more, a fourth row of the new table is compared with the third of the old."""
    old = _by_size("{1: 10, 2: 20, 3 and more: 30}")
    for values, verdict in (
        ("{1: 10, 2: 20, 3: 30, 4 and more: 31}", "proved"),
        ("{1: 10, 2: 20, 3: 31, 4 and more: 29}", "broken"),
        ("{1: 11, 2 and more: 25}", "broken"),  # 25 is lower than 30
        ("{1: 11, 2 and more: 30}", "proved"),
    ):
        (found,) = judge((Rises("dibao"),), (), old, _by_size(values))
        assert found.verdict == verdict, values


def _by_size(values: str) -> Policy:
    """The small policy with a table by the number of people."""
    size = "  size: {title: 人数, unit: person, from: 1, to: 9}\n"
    text = LINE.replace("parameters:\n", size + "parameters:\n").replace("by: place", "by: size")
    return read_policy(text.replace("{town: 300, village: 200}", values))


def test_what_is_not_settled_is_not_proved() -> None:
    """Without time the answers are open, and so are the expectations."""
    expectations = (NobodyLoses("category", ("deep",)), Only((), ("category",)))
    found = judge(expectations, changes(OLD, HIGHER, members=1, seconds=0.0), OLD, HIGHER)
    assert {each.verdict for each in found} == {"not_settled"}


# --- Text and data ---------------------------------------------------------------------------------------------------


def test_the_section_has_meaning_verdict_and_household() -> None:
    """Each expectation is printed with its exact meaning; a broken one with the change and a household to paste."""
    text = section("  - nobody loses\n  - rises: dibao", LOWER)
    assert text.startswith("期望：改动是否只做到了想做的（期望.yaml）\n  × 没有家庭失去认定    不成立\n")
    assert "原属深度困难、相对困难的，都不会变为其他类别，原来能判的材料不会被退回" in text
    assert "有家庭这样改变：类别：相对困难 → 不符合条件" in text
    assert "旧政策：相对困难；新政策：不符合条件" in text
    assert "        居住地: 城市\n        收入: 5" in text
    assert "低保标准（城市）：旧 300，新 290" in text
    assert text.endswith("\n2 项期望中，2 项没有证明。\n")


def test_a_proved_section_ends_well() -> None:
    """The proved expectations are marked so, and counted."""
    text = section(f"  - only: {CATEGORY}", HIGHER)
    assert "√ 类别只有这些变化：类别：相对困难 → 深度困难、类别：不符合条件 → 相对困难、" in text
    assert text.endswith("\n1 项期望都已证明。\n")


def test_the_data_of_the_section() -> None:
    """The data have the expectation as it was read, the verdict, and the ids of the claims or the rows."""
    first, second = expectations_data(judged("  - nobody loses\n  - rises: dibao", LOWER))
    assert (first["expectation"], first["outcomes"], first["verdict"]) == (
        "nobody loses",
        ["deep", "relative"],
        "broken",
    )
    assert len(cast(list[str], first["claims"])) == 1
    assert second["rows"] == [{"row": ["town"], "old": "300", "new": "290"}]


# --- Reading ---------------------------------------------------------------------------------------------------------


def problems(text: str) -> list[tuple[str, str]]:
    """The places and codes of the problems of a text."""
    with pytest.raises(PolicyError) as caught:
        read_expectations(text, "expect.yaml", OLD, HIGHER)
    for problem in caught.value.problems:
        assert all(problem.message(lang) for lang in ("zh", "en"))
    return [(problem.place.removeprefix("expect.yaml:"), problem.code) for problem in caught.value.problems]


MISTAKES = """\
expect:
  - nobody looses
  - only: {from: nnone, to: relative}
  - only: {from: none}
  - rises: dibo
  - nobody loses: [deep, 相对困]
  - only: {decision: filing, from: none, to: deep}
  - only: {from: deep, to: deep}
  - only: {decision: 材料, from: form, to: proof}
  - falls: dibao
  - {rises: dibao, nobody loses: [deep]}
  - only: {form: none, to: deep}
"""


def test_all_mistakes_at_once() -> None:
    """Each mistake of a file is reported at its place, all of them at once."""
    assert problems(MISTAKES) == [
        ("2:5", "expectation_unknown"),
        ("3:18", "expectation_outcome"),
        ("4:11", "missing_key"),
        ("5:12", "expectation_parameter"),
        ("6:26", "expectation_outcome"),
        ("7:22", "unknown_decision"),
        ("8:28", "expectation_same"),
        ("9:11", "expectation_every"),
        ("10:5", "unknown_key"),
        ("10:5", "none_of_keys"),
        ("11:5", "several_of_keys"),
        ("12:12", "unknown_key"),
    ]


def test_the_nearest_name_is_suggested() -> None:
    """A name that is nearly right is suggested, in the person's own words."""
    with pytest.raises(PolicyError) as caught:
        read_expectations(MISTAKES, "expect.yaml", OLD, HIGHER)
    lines = [problem.line() for problem in caught.value.problems]
    assert lines[0].endswith("没有这样的期望 `nobody looses`\n    是否指 `nobody loses`？")
    assert lines[1].endswith("类别没有结果 `nnone`\n    是否指 `none`？")
    assert lines[3].endswith("新旧政策没有都有的参数 `dibo`\n    是否指 `dibao`？")
    assert lines[4].endswith("类别没有结果 `相对困`\n    是否指 `相对困难`？")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("1:1", "file_empty")]),
        ("- nobody loses\n", [("1:1", "not_a_mapping")]),
        ("expected: []\n", [("1:1", "unknown_key"), ("1:1", "missing_key")]),
        ("expect: []\n", [("1:9", "expectation_none")]),
        ("expect:\n  - nobody loses: []\n", [("2:19", "expectation_none")]),
        ("expect: nobody loses\n", [("1:9", "list_expected")]),
    ],
)
def test_a_file_of_another_shape(text: str, found: list[tuple[str, str]]) -> None:
    """A file that states no expectation is refused, and never proved."""
    assert problems(text) == found


def test_tables_that_cannot_be_compared() -> None:
    """A parameter with another unit is refused."""
    other = read_policy(
        LINE.replace("unit: yuan, by: place", "unit: yuan/person, by: place").replace(
            "unit: yuan, to", "unit: yuan/person, to"
        )
    )
    with pytest.raises(PolicyError) as caught:
        read_expectations("expect:\n  - rises: dibao\n", "e.yaml", OLD, other)
    assert [problem.code for problem in caught.value.problems] == ["expectation_table"]


def test_outcomes_and_decisions_by_title() -> None:
    """Names and titles mean the same, and the words for an open decision or a refused household are understood."""
    text = """
expect:
  - only: {decision: 材料, to: 申请表}
  - only: {decision: papers, from: form}
  - only: [{from: open, to: decided}, {from: judged, to: refused}]
"""
    new, gone, words = read_expectations(text, "e.yaml", OLD, HIGHER)
    assert new == Only((Change("papers", "", "form"),), ("papers",))
    assert gone == Only((Change("papers", "form", ""),), ("papers",))
    settled = Change("category", "open", "decided", is_partial=True)
    assert words == Only((settled, Change("", "judged", "refused")), ("category",))
