"""Everything that a policy says, one particular after the other."""

import pytest
from documents import SMALL

from hardship_rules import load_policy, read_policy
from hardship_rules.authoring._particulars import particulars
from hardship_rules.language.check import ids


def test_what_a_small_policy_says() -> None:
    """Each definition of a small policy by hand, in its order: what it is, its id, its title and what is said of it."""
    found = particulars(read_policy(SMALL))
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
    assert {called: saying.words for called, saying in line.sayings.items() if saying.words} == {
        "（城市）": "12 元/年",
        "（农村）": "尚未公布（在 0 至 100 元/年 之间）",
        "：名称": "标准",
        "：单位": "元/年",
        "：按什么区分": "居住地",
        "：出处": "〔通知〕通知，二",
    }
    assert [saying.number for called, saying in line.sayings.items() if called.startswith("（")] == [12, None]
    equal = found["readings", "equal"].sayings
    assert (equal[""].words, equal["：问题"].words, equal["：理由"].words) == ("不认定", "恰等时认定？", "无人说明")
    assert found["terms", "low.below"].sayings["：出处"].words.startswith("〔原文〕")
    assert found["decisions", "category"].sayings[""].words == "依次判断，取第一个成立的：深度、无"
    assert found["notes", "dates"].sayings[""].words == "四月底截止。"


@pytest.mark.parametrize("name", ["2021_weihai", "example_huzhou"])
def test_nothing_of_a_real_policy_is_left_out(name: str) -> None:
    """Each clause, outcome and definition of a bundled policy is a particular, and each says something."""
    policy = load_policy(name)
    found = particulars(policy)
    named = {id_ for _, id_ in found}
    assert {*ids(policy), *policy.names, *policy.notes, *policy.properties, *policy.sources} <= named
    assert all(each.title and each.sayings[""].words for each in found.values() if "" in each.sayings)
