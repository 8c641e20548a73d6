"""The entries of a policy with their attributes."""

import pytest
from documents import SMALL

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


@pytest.mark.parametrize("name", ["2021_weihai", "example_huzhou"])
def test_nothing_of_a_real_policy_is_left_out(name: str) -> None:
    """Each clause, outcome and definition of a bundled policy is an entry with a value."""
    policy = load_policy(name)
    found = entries(policy)
    named = {id_ for _, id_ in found}
    assert {*ids(policy), *policy.names, *policy.notes, *policy.properties, *policy.sources} <= named
    assert all(each.title and each.attributes[""].words for each in found.values() if "" in each.attributes)
