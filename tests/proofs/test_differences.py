"""Changes between two policies: defaults, refusals, partial households, renamed and removed facts, and limits."""

from typing import Any

import pytest

from hardship_rules import FactError, Policy, assess, read_policy
from hardship_rules.proofs import Claim, Proof, Shown, changes, proofs_json, proofs_text, verify
from hardship_rules.proofs.solver import Solver
from hardship_rules.proofs.terms import z3

BASE = """
language: 1
policy: base
effective: {from: 2021-01-01, to: 2021-12-31}
units: {yuan: 元, person: 人}
household:
  loss: {title: 损失, one of: {none: 无, fire: 火灾, flood: 水灾}, if absent: none}
  owed: {title: 欠款, unit: yuan, to: 1000, decimals: 2}
  half: {title: 半数, unit: yuan, to: 1000, decimals: 2, if absent: owed / 2}
  lone: {title: 独居, yes or no: true}
members: {at most: 3, facts: {kind: {title: 关系, one of: {self: 本人, other: 他人}}}}
must:
  one: {that: count(kind == self) == 1}
decisions:
  category:
    title: 类别
    first:
      - {outcome: hit, title: 受灾, basis: assumption, when: {that: loss != none}}
      - {outcome: poor, title: 困难, basis: assumption, when: {that: half > 100}}
    otherwise: {outcome: none, title: 不符合}
  papers:
    title: 材料
    every:
      - {outcome: form, title: 表格, basis: assumption, when: {that: lone}}
"""
OLD = read_policy(BASE)
Kind = tuple[str, str, str]


def of(old: str, new: str) -> tuple[Policy, dict[Kind, Claim]]:
    """The policy with an edit, and the claims on its changes by kind."""
    assert BASE.count(old) == 1
    edited = read_policy(BASE.replace(old, new))
    claims = changes(OLD, edited, members=3)
    return edited, {(claim.decision, claim.was, claim.becomes): claim for claim in claims}


def shown(claims: dict[Kind, Claim]) -> dict[Kind, Any]:
    """The households as written for the new policy, by kind of change."""
    return {kind: claim.answer.facts for kind, claim in claims.items() if isinstance(claim.answer, Shown)}


def category(policy: Policy, household: Any) -> str:
    """The category of a household, `open`, or `refused`."""
    try:
        found = assess(policy, household).category
    except FactError:
        return "refused"
    return "open" if found is None else found.id


def test_a_changed_default_changes_households_that_leave_the_fact_out() -> None:
    """With fire as the default, a household that does not state its loss is hit; one that states it never changes."""
    new, claims = of("if absent: none", "if absent: fire")
    found = shown(claims)
    assert found.keys() == {
        ("category", "poor", "hit"),
        ("category", "none", "hit"),
        ("category", "open", "decided"),  # owed is not known: before poor or none
    }
    for kind, household in found.items():
        assert "loss" not in household
        assert category(OLD, household) == {"open": "open"}.get(kind[1], kind[1])
        assert category(new, household) == "hit"
        assert claims[kind].left_out == (("loss",),)
        assert category(new, {**household, "loss": "none"}) == category(OLD, household)


def test_a_default_that_goes_leaves_open_what_was_decided() -> None:
    """Without a default, a household that does not state its loss is open."""
    new, claims = of(", if absent: none", "")
    assert shown(claims).keys() == {("category", "decided", "open")}
    household = shown(claims)["category", "decided", "open"]
    assert "loss" not in household
    assert category(OLD, household) in ("poor", "none")
    assert category(new, household) == "open"


def test_a_computed_default_is_followed() -> None:
    """A third instead of a half: 200.01 to 300 owed, and nothing stated, is no longer poor; what is stated stays."""
    new, claims = of("owed / 2", "owed / 3")
    found = shown(claims)
    assert found.keys() == {("category", "poor", "none")}
    assert claims["category", "decided", "open"].verdict == "unchanged_partly"
    household = found["category", "poor", "none"]
    assert "half" not in household
    assert 200 < household["owed"] <= 300
    assert (category(OLD, household), category(new, household)) == ("poor", "none")


@pytest.mark.parametrize(
    ("edit", "lost", "won"),
    [
        (("== 1}", "<= 1}"), False, True),
        (("== 1}", "== 2}"), True, True),
        (
            (
                "owed: {title: 欠款, unit: yuan, to: 1000, decimals: 2}",
                "owed: {title: 欠款, unit: yuan, to: 900, decimals: 2}",
            ),
            True,
            False,
        ),
        (
            ("owed: {title: 欠款, unit: yuan, to: 1000, decimals: 2}", "owed: {title: 欠款, unit: yuan, to: 1000}"),
            True,
            False,
        ),
        (("flood: 水灾", "wind: 风灾"), True, True),
        (("at most: 3", "at most: 2"), True, False),
        (("owed / 2", "owed * 2"), True, False),  # twice 600 is above the range of the fact
        (("title: 独居", "title: 单身"), False, False),
    ],
)
def test_who_is_refused(edit: tuple[str, str], lost: bool, won: bool) -> None:  # noqa: FBT001  # columns of the table
    """Households that only one of the policies refuses are shown, and confirmed by `assess`."""
    new, claims = of(*edit)
    for kind, expected, old_refuses in (
        (("", "judged", "refused"), lost, False),
        (("", "refused", "judged"), won, True),
    ):
        answer = claims[kind].answer
        assert isinstance(answer, Shown if expected else Proof)
        if isinstance(answer, Shown):
            assert (category(OLD, answer.other) == "refused") is old_refuses
            assert (category(new, answer.facts) == "refused") is not old_refuses


def test_every_outcome_that_holds_beside_others_is_asked() -> None:
    """Papers are asked of those who do not live alone: some households no longer need the form, others now do."""
    _, claims = of("when: {that: lone}", "when: {that: not lone}")
    found = shown(claims)
    assert found.keys() == {("papers", "form", ""), ("papers", "", "form")}
    assert found["papers", "form", ""]["lone"] is True
    assert found["papers", "", "form"]["lone"] is False
    assert {claim.verdict for kind, claim in claims.items() if kind[0] == "category"} == {"unchanged"}


def test_a_renamed_fact_and_option_are_the_same() -> None:
    """What is only called otherwise changes nothing."""
    renamed = BASE.replace("owed: {", "debt: {formerly: owed, ").replace("owed / 2", "debt / 2")
    renamed = renamed.replace("flood: 水灾", "water: {title: 水灾, formerly: flood}")
    claims = changes(OLD, read_policy(renamed))
    assert {claim.verdict for claim in claims} == {"unchanged"}


def test_a_removed_fact_is_said() -> None:
    """The fact that only the old policy has is given to it alone, is shown, and is named as not asked."""
    new = read_policy(
        BASE.replace("  lone: {title: 独居, yes or no: true}\n", "").replace("{that: lone}", "{that: owed > 5}")
    )
    report = verify(new, OLD)
    text = proofs_text(report)
    assert "填了另一份政策没有的事实（独居）而被退回的材料" in text
    assert "只填给旧政策：独居：是" in text
    (claim,) = [claim for claim in report.claims if claim.id == "papers.form→"]
    assert isinstance(claim.answer, Shown)
    assert claim.answer.other is not None
    assert claim.answer.other["lone"] is True
    assert "lone" not in claim.answer.facts


def test_an_unknown_fact_whose_values_a_must_restricts() -> None:
    """Of two members one is `self`; before exactly one was, so the other's relation was known to count for nothing."""
    text = BASE.replace("when: {that: half > 100}", "when: {that: count(kind == self) > 1}")
    old, new = read_policy(text), read_policy(text.replace("== 1}", ">= 1}"))
    claims = {(claim.decision, claim.was, claim.becomes): claim for claim in changes(old, new, members=2)}
    answer = claims["category", "decided", "open"].answer
    assert isinstance(answer, Shown)
    assert category(old, answer.facts) != "open"
    assert category(new, answer.facts) == "open"
    assert any(member.get("kind") is None for member in answer.facts["members"])
    two = {**answer.facts, "members": [{"kind": "self"}, {"kind": "self"}]}
    assert (category(old, two), category(new, two)) == ("refused", "poor")
    assert claims["category", "open", "decided"].verdict == "unchanged_partly"


def test_the_sentence_says_what_was_proved_and_what_was_not_asked() -> None:
    """What changed, what is proved, the number of members, the days, and what was not asked are in one sentence."""
    new, _ = of("title: 独居", "title: 单身")
    same = "对每户至多 2 人、各项事实已知、未知或未填的家庭：材料能否受理、类别、材料均不变〔已证明〕。"
    rest = "未查：超过 2 人的家庭、2021-01-01 至 2021-12-31 以外的认定日期、各项数额、理由和提示的文字。"
    assert same + rest in proofs_text(verify(new, OLD, members=2))
    changed, _ = of("when: {that: lone}", "when: {that: not lone}")
    text = proofs_text(verify(changed, OLD, members=3))
    assert "：材料能否受理、类别均不变〔已证明〕；材料有改变。未查：2021" in text
    assert "For every household of up to 3 people" in proofs_text(verify(changed, OLD, members=3), "en")


def test_the_json_has_the_change_and_what_is_left_out() -> None:
    """A change has its decision and both outcomes, and the facts that must be left out."""
    new, _ = of("if absent: none", "if absent: fire")
    text = proofs_json(verify(new, OLD))
    assert '"decision": "category",\n   "was": "none",\n   "becomes": "hit"' in text
    assert '"left_out": [\n    "loss"\n   ]' in text


def test_without_work_nothing_is_claimed() -> None:
    """With no work allowed, every kind of change is not settled."""
    new, _ = of("owed / 2", "owed / 3")
    assert {claim.verdict for claim in changes(OLD, new, seconds=0.0)} == {"not_settled"}


@pytest.mark.parametrize("error", [MemoryError(), z3.Z3Exception("out of memory")])
def test_a_failure_ends_the_comparison_and_not_the_report(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """After a failure the rest of the section is not settled; what was found before stays, and so do other sections."""
    new, whole = of("owed / 2", "owed / 3")
    section, left, check = "", 6, Solver.check

    def failing(solver: Solver, *arguments: Any) -> Any:
        nonlocal left
        left -= section == "changes"
        if left < 0:
            raise error
        return check(solver, *arguments)

    def progress(name: str, _: int) -> None:
        nonlocal section
        section = name

    monkeypatch.setattr(Solver, "check", failing)
    report = verify(new, OLD, progress=progress)
    verdicts = {claim.verdict for claim in report.claims if claim.section == "changes"}
    assert "not_settled" in verdicts
    assert len([claim for claim in report.claims if claim.section == "changes"]) == len(whole)
    assert "not_settled" not in {claim.verdict for claim in report.claims if claim.section != "changes"}


def test_a_default_over_members_is_followed() -> None:
    """A default that adds up what members have: with another default of theirs, a household is poor that was not."""
    text = BASE.replace(
        "one of: {self: 本人, other: 他人}}",
        "one of: {self: 本人, other: 他人}}, own: {title: 钱, unit: yuan, to: 99, if absent: 40}",
    )
    text = text.replace("if absent: owed / 2", "if absent: sum(own)").replace(
        "== 1}", "== 1, title: 本人}\n  few: {that: half < 900}"
    )
    old, new = read_policy(text), read_policy(text.replace("if absent: 40", "if absent: 60"))
    found = {(claim.was, claim.becomes): claim for claim in changes(old, new, members=2) if claim.verdict == "changed"}
    answer = found["none", "poor"].answer
    assert isinstance(answer, Shown)
    assert len(answer.facts["members"]) == 2
    assert "half" not in answer.facts
    assert (category(old, answer.facts), category(new, answer.facts)) == ("none", "poor")
