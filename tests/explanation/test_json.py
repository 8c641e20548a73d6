"""The JSON of an assessment in three details, and the form before them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from places import ROOT
from recordings import SETTLED, SMALL

from hardship_rules import Assessment, assess, explain, load_household, load_policy, read_policy, what_would_change
from hardship_rules.core.policy import Policy
from hardship_rules.explanation import json as written

README = (ROOT / "README.md").read_text(encoding="utf-8")
WEIHAI = load_policy("2021_weihai")
EXAMPLE = assess(WEIHAI, load_household(ROOT / "examples" / "household.yaml"))  # a household of four
PARTIAL = assess(WEIHAI, load_household(ROOT / "examples" / "partial.yaml"))
DETAILS = ("verdict", "reasons", "trace")
FORMER = """{
"format": "hardship-rules/assessment/1",
"policy": {"id":"small","title":"小政策","from":null,"to":null,"fingerprint":"FINGERPRINT","status":null},
"on": null,
"reference": null,
"category": {"id":"low","title":"低"},
"possible": [{"id":"low","title":"低"}],
"missing": [],
"assumed": [],
"derived": [],
"warnings": [],
"terms": {"line":{"title":"标准","value":{"exact":"12","text":"12","unit":"yuan"}},"spare":{"title":"不用的",\
"value":{"exact":"1","text":"1","unit":"yuan"}},"heads":{"title":"人数","value":{"from":"3","to":"4",\
"unit":"1"}}},
"decisions": {"category":{"title":"类别","outcome":{"id":"low","title":"低"},"possible":[{"id":"low",\
"title":"低"}],"holding":[{"id":"low","title":"低"}],"decided_by":["category.low"]}},
"reasons": [{"decision":"category","outcome":"low","clause":"category.low","title":"低","role":"decided",\
"holds":true,"line":"income < line * heads","sign":"<","left":{"exact":"5","text":"5","unit":"yuan"},\
"right":{"from":"36","to":"48","unit":"yuan"},"difference":{"from":"-43","to":"-31","unit":"yuan"},\
"members":[],"basis":"assumption","source":null,"cite":null}],
"trace": {"outcomes":{"category.low":{"is":"clause","clause":"category.low","title":"低",\
"line":"income < line * heads","value":true,"parts":[{"is":"compare","sign":"<","value":true,\
"parts":[{"is":"name","name":"income","value":"5"},{"is":"multiply","value":{"from":"36","to":"48"},\
"parts":[{"is":"name","name":"line","value":"12"},{"is":"name","name":"heads","value":{"from":"3",\
"to":"4"}}]}]}]}},"terms":{"heads":{"is":"overmembers","value":{"from":"3","to":"4"},"parts":[{"is":"name",\
"name":"weight","member":1,"value":"2"},{"is":"name","name":"weight","member":2,"value":{"from":"1",\
"to":"2"}}]}},"members":[{"old":{"is":"choose","member":1,"value":"aged","parts":[{"is":"clause",\
"clause":"old.1","title":null,"line":"age < 60","member":1,"value":false,"parts":[{"is":"compare",\
"sign":"<","member":1,"value":false,"parts":[{"is":"name","name":"age","member":1,"value":"70"},\
{"is":"constant","member":1,"value":"60"}]}]},{"is":"option","member":1,"value":"young"},{"is":"option",\
"member":1,"value":"aged"}]}},{"old":{"is":"choose","member":2,"value":{"options":["aged","young"]},\
"parts":[{"is":"clause","clause":"old.1","title":null,"line":"age < 60","member":2,"value":null,\
"parts":[{"is":"compare","sign":"<","member":2,"value":null,"parts":[{"is":"name","name":"age","member":2,\
"value":{"from":"0","to":"120"}},{"is":"constant","member":2,"value":"60"}]}]},{"is":"option","member":2,\
"value":"young"},{"is":"option","member":2,"value":"aged"}]}}]}
}
"""
"""What was written before details for two members under `SMALL`, one of unknown age."""


def document(assessment: Assessment, detail: str, **options: Any) -> dict[str, Any]:
    """The parsed JSON of an assessment."""
    parsed: dict[str, Any] = json.loads(explain(assessment, format="json", detail=detail, **options))
    return parsed


def former(assessment: Assessment, **options: Any) -> str:
    """The form before details."""
    with pytest.warns(DeprecationWarning, match=r'format="json/1" works until version 0\.4: use format="json"'):
        return explain(assessment, format="json/1", **options)


def documented(*details: str) -> list[str]:
    """The keys that README's table has for some details, in its order."""
    section = README.split("## The JSON form")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]*`) \| `?(\w+)`? \|", section, re.MULTILINE)
    return [key for keys, detail in rows if detail in details for key in re.findall("`([a-z_]+)`", keys)]


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("assessment", [EXAMPLE, PARTIAL, SETTLED])
def test_keys_are_the_documented_ones(assessment: Assessment, detail: str) -> None:
    """A document has the keys that README lists for its detail, in that order, and says which detail it is."""
    keys = documented(*DETAILS[: DETAILS.index(detail) + 1])
    found = document(assessment, detail)
    assert list(found) == ["format", "detail", *keys]
    assert (found["format"], found["detail"]) == ("hardship-rules/assessment/2", detail)


def test_keys_of_the_former_form() -> None:
    """The form before has every documented key but `detail` and `figures`."""
    keys = set(documented(*DETAILS)) - {"figures"}
    assert set(json.loads(former(EXAMPLE))) == {"format", *keys}


def test_sizes() -> None:
    """Of a household of four the verdict is below 3 kB, the reasons below 24 kB, the trace about 100 kB."""
    verdict, reasons, trace = (len(explain(EXAMPLE, format="json", detail=each).encode()) for each in DETAILS)
    assert len(EXAMPLE.household.members) == 4
    assert verdict < 3_000
    assert reasons < 24_000
    assert 80_000 < trace < 120_000


def test_reasons_are_the_default() -> None:
    """Without a detail the document has the reasons and no trace."""
    assert explain(EXAMPLE, format="json") == explain(EXAMPLE, format="json", detail="reasons")
    assert written.as_json(EXAMPLE) == explain(EXAMPLE, format="json")


@pytest.mark.parametrize("assessment", [EXAMPLE, PARTIAL, SETTLED])
def test_details_agree(assessment: Assessment) -> None:
    """What two details have in common is equal in both, and what the policy shows is equal among all terms."""
    verdict, reasons, trace = (document(assessment, each) for each in DETAILS)
    assert {**trace, **reasons, "detail": "trace"} == trace
    assert {**reasons, **verdict, "detail": "reasons"} == reasons
    assert list(verdict["figures"]) == list(WEIHAI.show)
    assert {**reasons["terms"], **verdict["figures"]} == reasons["terms"]


def refused(*_: object, **__: object) -> None:
    """A computation that must not happen."""
    raise AssertionError


def test_a_detail_computes_no_more_than_it_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict evaluates neither traces nor all terms, and the reasons no trace."""
    monkeypatch.setattr(Assessment, "trace", refused)
    assert document(EXAMPLE, "reasons")["terms"]
    monkeypatch.setattr(Assessment, "terms", property(refused))
    monkeypatch.setattr(Assessment, "reasons", property(refused))
    assert document(EXAMPLE, "verdict")["category"]["id"] == "deep"
    for detail in ("reasons", "trace"):
        with pytest.raises(AssertionError):
            explain(EXAMPLE, format="json", detail=detail)


@pytest.mark.parametrize("detail", DETAILS)
def test_what_is_asked_for_is_in_every_detail(detail: str) -> None:
    """`turns_on` and `would_change` come last at any detail, the same in each."""
    plain, turned = document(EXAMPLE, detail), document(EXAMPLE, detail, turns=True)
    assert list(turned) == [*plain, "turns_on"]
    assert turned["turns_on"] == document(EXAMPLE, "trace", turns=True)["turns_on"] != []
    changes = what_would_change(WEIHAI, load_household(ROOT / "examples" / "household.yaml"), facts=["residence"])
    changed = json.loads(changes.explain(format="json", detail=detail, turns=True))
    assert list(changed) == [*plain, "turns_on", "would_change"]
    assert [change["path"] for change in changed["would_change"]["changes"]] == ["residence"]


@pytest.mark.parametrize(
    ("form", "detail", "known"),
    [
        ("json", "full", "verdict, reasons, trace"),
        ("json", "short", "verdict, reasons, trace"),
        ("text", "verdict", "short, full"),
        ("html", "trace", "short, full"),
        ("json/1", "trace", "short, full"),
    ],
)
def test_a_detail_of_another_format(form: str, detail: str, known: str) -> None:
    """A detail that a format does not have is refused with those that it has."""
    changes = what_would_change(WEIHAI, load_household(ROOT / "examples" / "partial.yaml"))
    explanations: list[Callable[..., str]] = [lambda **words: explain(EXAMPLE, **words), changes.explain]
    for explanation in explanations:
        with pytest.raises(ValueError, match=f"^detail is one of {known} where format is {form}$"):
            explanation(format=form, detail=detail)


class TestFormer:
    """`format="json/1"`, the form before details."""

    def test_bytes(self) -> None:
        """It is what was written before details."""
        small: Policy = read_policy(SMALL)
        assessment = assess(small, {"income": 5, "members": [{"age": 70}, {"age": None}]})
        assert former(assessment) == FORMER.replace("FINGERPRINT", small.fingerprint)

    @pytest.mark.parametrize("assessment", [EXAMPLE, PARTIAL, SETTLED])
    def test_has_the_trace(self, assessment: Assessment) -> None:
        """It has the values of the new form with the trace, in its own order of keys."""
        text = former(assessment, turns=True)
        new = document(assessment, "trace", turns=True)
        found = json.loads(text)
        keys = "format policy on reference category possible missing assumed derived warnings terms "
        keys += "decisions reasons trace"
        assert list(found) == [*keys.split(), "turns_on"]
        assert found == {key: new[key] for key in found} | {"format": "hardship-rules/assessment/1"}
        lines = [
            f"{json.dumps(key)}: {json.dumps(part, ensure_ascii=False, separators=(',', ':'))}"
            for key, part in found.items()
        ]
        assert text == "{\n" + ",\n".join(lines) + "\n}\n"

    def test_warns_at_the_caller(self) -> None:
        """The warning points at the line that asks for the form, of `explain` and of what has changes."""
        changes = what_would_change(WEIHAI, load_household(ROOT / "examples" / "household.yaml"), facts=["residence"])
        explanations: list[Callable[..., str]] = [explain, type(changes).explain]
        for explanation, given in zip(explanations, (EXAMPLE, changes), strict=True):
            with pytest.warns(DeprecationWarning, match="json/1") as caught:
                explanation(given, format="json/1")
            (warning,) = caught
            asking = Path(warning.filename).read_text("utf-8").splitlines()[warning.lineno - 1]
            assert (warning.filename, asking.strip()) == (__file__, 'explanation(given, format="json/1")')

    def test_changes_as_before(self) -> None:
        """`would_change` has no `unsettled`, unless a time limit left something out."""
        changes = what_would_change(WEIHAI, load_household(ROOT / "examples" / "household.yaml"), facts=["residence"])
        with pytest.warns(DeprecationWarning, match="json/1"):
            found = json.loads(changes.explain(format="json/1"))
        assert list(found["would_change"]) == ["totals", "changes"]
