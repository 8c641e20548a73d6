"""The reasons of findings as an officer reads them, and as programs do."""

import json
import re

import pytest
from tables import all_of, policy

from hardship_rules import read_policy
from hardship_rules.proofs.report import Report, proofs_json, verify
from hardship_rules.proofs.text import proofs_text

MASKED = policy({"p": "n < 5", "q": "n < 3"})
CONTRADICTION = policy({"p": all_of("n < 5", "n > 7")})
FORBIDDEN = policy({"p": "n < 5"}, must=["n > 6"])
TWICE = policy({"p": all_of("n < 5", "5 > n", "a")})
GAP = policy({"p": all_of("n < 5", "a")}, "complete")


def report(text: str) -> Report:
    """The report on a policy."""
    return verify(read_policy(text), members=1, seconds=60)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (MASKED, "凡符合它的家庭，都已被前面的“p”取走", "“p” comes first and takes every household that meets it"),
        (
            CONTRADICTION,
            "它的两条互相矛盾：“n < 5”与“n > 7”",
            "two of its clauses contradict each other: “n < 5” and “n > 7”",
        ),
        (FORBIDDEN, "只因约束“n > 6”不允许", "only the constraint “n > 6” forbids it"),
        (TWICE, "“n < 5”与“5 > n”说的是同一件事：去掉任何一条都不改变，但只能去一条", "either can go, not both"),
    ],
)
def test_a_finding_says_its_reason(text: str, zh: str, en: str) -> None:
    """The reason is printed once below the finding, in Chinese and in English."""
    found = report(text)
    assert proofs_text(found).count(zh) == 1
    assert proofs_text(found, "en").count(en) == 1


def test_equal_clauses_are_reported_together() -> None:
    """Both clauses are listed one after the other, followed by the one reason."""
    lines = proofs_text(report(TWICE)).splitlines()
    first = next(number for number, line in enumerate(lines) if "× category：n < 5" in line)
    assert "× category：5 > n" in lines[first + 1]
    assert "说的是同一件事" in lines[first + 2]


def test_every_region_of_a_gap_has_a_line() -> None:
    """A gap lists its regions in the policy's words, before an example."""
    text = proofs_text(report(GAP))
    assert set(re.findall("· (.+)", text)) == {"不符合“n < 5”", "不符合“a”"}
    assert "结果：rest" in text


def test_a_gap_of_many_regions_says_that_there_are_more() -> None:
    """At most 32 regions are listed, and then it is said that there are more."""
    clauses = [f"n != {number}" for number in range(20)]
    clauses += [f"m != {number}" for number in range(20)]
    text = proofs_text(report(policy({"p": all_of(*clauses)}, "complete")))
    assert text.count("·") == 32 + 1
    assert "· 情形太多，没有列完" in text


def test_programs_get_reasons_and_regions() -> None:
    """A claim has a `reason` or a `gap` only where there is one."""
    claims = {claim["id"]: claim for claim in json.loads(proofs_json(report(MASKED)))["claims"]}
    by = [{"id": "category.p", "holds": True}]
    assert claims["category.q"]["reason"] == {"kind": "taken_narrower", "by": by, "must": []}
    assert [id_ for id_, claim in claims.items() if "reason" in claim] == ["category.q"]
    (gap,) = [claim["gap"] for claim in json.loads(proofs_json(report(GAP)))["claims"] if "gap" in claim]
    assert gap["more"] is False
    assert sorted(region[0]["id"] for region in gap["regions"]) == ["category.p.c1", "category.p.c2"]


def test_a_policy_that_is_complete_has_no_gap() -> None:
    """If the outcomes cover every household, nothing is found."""
    found = report(policy({"p": "n < 5", "q": "n >= 5"}, "complete"))
    assert found.findings == ()


def test_a_policy_without_the_key_keeps_its_fingerprint() -> None:
    """`complete: true` is part of the fingerprint; a policy without it has no such key in its resolved form."""
    own, stated = (read_policy(policy({"p": "n < 5"}, *states)) for states in ((), ("complete",)))
    assert own.fingerprint != stated.fingerprint
    assert "complete" not in own.resolved
