"""The entries of a policy with their attributes."""

import pytest
from documents import SMALL
from tables import policy

from hardship_rules import load_policy, read_policy
from hardship_rules.authoring._diff import entries
from hardship_rules.language.check import ids


def test_what_a_small_policy_says() -> None:
    """The entries of a small policy in its order, with their attributes."""
    found = entries(read_policy(SMALL))
    assert [key for key in found if key[0] in ("parameters", "readings", "terms")] == [
        ("parameters", "line"),
        ("parameters", "aid"),
        ("readings", "equal"),
        ("terms", "size"),
        ("terms", "low"),
        ("terms", "low.below"),
        ("terms", "low.level"),
        ("terms", "low.level.granted"),
        ("terms", "low.level.exact"),
    ]
    line = found["parameters", "line"]
    assert {name: attribute.words for name, attribute in line.attributes.items() if attribute.words} == {
        "（城市）": "12 元/年",
        "（农村）": "尚未公布（在 0 至 100 元/年 之间）",
        "title": "标准",
        "unit": "元/年",
        "by": "居住地",
        "provenance": "〔通知〕通知，二",
    }
    assert [attribute.number for name, attribute in line.attributes.items() if name.startswith("（")] == [12, None]
    equal = found["readings", "equal"].attributes
    assert (equal[""].words, equal["question"].words, equal["why"].words) == ("不认定", "恰等时认定？", "无人说明")
    assert found["terms", "low.below"].attributes["provenance"].words.startswith("〔原文〕")
    assert found["decisions", "category"].attributes[""].words == "依次判断，取第一个成立的：深度、无"
    assert found["notes", "dates"].attributes[""].words == "四月底截止。"


def test_a_decision_says_that_it_is_complete_only_where_it_is() -> None:
    """The attribute is there only if the policy states it, so that other policies are shown as before."""
    outcomes = {"p": "n < 5", "q": "n >= 5"}
    plain, stated = (
        entries(read_policy(policy(outcomes, *states)))["decisions", "category"] for states in ((), ("complete",))
    )
    assert "complete" not in plain.attributes
    assert stated.attributes["complete"].words == "是"


@pytest.mark.parametrize("name", ["2021_weihai", "example_huzhou"])
def test_nothing_of_a_real_policy_is_left_out(name: str) -> None:
    """Each clause, outcome and definition of a bundled policy is an entry with a value."""
    loaded = load_policy(name)
    found = entries(loaded)
    named = {id_ for _, id_ in found}
    assert {*ids(loaded), *loaded.names, *loaded.notes, *loaded.properties, *loaded.sources} <= named
    assert all(each.title and each.attributes[""].words for each in found.values() if "" in each.attributes)
