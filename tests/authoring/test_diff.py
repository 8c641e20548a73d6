"""The differences between two policies in words; every change of a file is reported."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from documents import SMALL
from trial import TRIAL
from years import MEASURE, THIS, files_in

from hardship_rules import Policy, PolicyError, load_policy, read_policy
from hardship_rules.authoring._diff import Attribute, Difference, by_how_much, diff
from hardship_rules.core.policy import canonical
from hardship_rules.language.check import check
from hardship_rules.language.load import load
from hardship_rules.language.resolve import resolved_node

UNIT = (("person", -1), ("yuan", 1))


def told(old: str, new: str) -> list[tuple[str, ...]]:
    """The differences of two texts: section, title, old and new wording."""
    found = diff(read_policy(old), read_policy(new))
    return [(each.section, each.title, each.was, each.now) for each in found]


def test_a_year_beside_the_one_before() -> None:
    """2023 beside 2021 by hand: 1001 - 787 = 214, 214 / 787 = 27.19 %; 800 - 588 = 212, 212 / 588 = 36.05 %."""
    found = diff(load_policy("2021_weihai"), load_policy("2023_weihai"))
    source = "〔通知〕威民发〔2024〕8号，regulation.md 第2节"
    assert [(each.section, each.id) for each in found] == [
        ("依据的文件", "weiminfa_2024_8"),
        ("参数", "dibao"),
        ("参数", "dibao"),
        ("解读", "standard_for_rural"),
        ("解读", "new_form_covered"),
        ("附注", "deadlines"),
    ]
    title = "低保标准（城市）"
    assert found[1] == Difference(
        "参数", "dibao", title, "787 元/月/人", "1,001 元/月/人", f"增加 214 元（约 27.2%）；{source}"
    )
    assert found[2].about == f"增加 212 元（约 36.1%）；{source}"
    assert (found[3].was, found[3].now) == ("农村标准", "城市标准")
    assert found[3].about.startswith("理由：2023年通知只列城市低保标准，")
    assert found[3].about.endswith("；〔假定〕威海市总工会2023年的通知，regulation.md 第2节")
    assert (found[5].was, found[5].now) == ("2021年申报截止日期：乳山市4月14日，市直单位4月20日。", "")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("ill: {title: 患病,", "ill: {title: 患重病,", [("家庭的事实", "患重病：名称", "患病", "患重病")]),
        (", if absent: false}", "}", [("家庭的事实", "患病：未填写时", "按否", "未知")]),
        (
            "town: 城市, village: 农村",
            "town: 城市, village: 农村, coast: 海岛",
            [("家庭的事实", "居住地", "城市、农村", "城市、农村、海岛")],
        ),
        (
            "age: {title: 年龄",
            "sick: {title: 生病, yes or no: true, evidence: 诊断书}, age: {title: 年龄",
            [("每名家庭成员的事实", "生病", "", "是、否；未填写时：未知；证明材料：诊断书")],
        ),
        ("to: 20000}}", "to: 30000}}", [("家庭的事实", "月收入：通常范围", "100 至 20,000", "100 至 30,000")]),
        ("value: 2,", "value: 3,", [("参数", "倍数", "2", "3")]),
        ("cite: 二, basis", "cite: 五, basis", [("参数", "倍数：出处", "〔通知〕来信，二", "〔通知〕来信，五")]),
        (
            "one of: {no: 不算",
            "one of: {maybe: 看情况, no: 不算",
            [("解读", "恰等：选项", "不算、算", "看情况、不算、算")],
        ),
        ("why: 从严", "why: 从宽", [("解读", "恰等：理由", "从严", "从宽")]),
        (
            "{that: income < standard}",
            "{that: income <= standard}",
            [("类别", "深度", "月收入低于标准", "月收入不高于标准")],
        ),
        (
            "ill: {that: ill}",
            "sick: {that: ill, title: 生病, if not: 没病}",
            [("类别", "生病", "", "“患病”为是；不成立时：没病"), ("类别", "深度", "“患病”为是", "")],
        ),
        ("otherwise: {outcome: none, title: 不符合}", "otherwise: {outcome: none, title: 不合}", None),
        ("letter: {title: 来信}", "letter: {title: 来函}", [("依据的文件", "来函", "来信", "来函")]),
        (
            "\ndecisions:",
            "\nnotes: {reply within: {days: 15, basis: assumption}}\ndecisions:",
            [("附注", "附注", "", "请申请人自收到通知之日起15日内提交")],
        ),
        ("yuan: 元", "yuan: 圆", [("其他", "单位的写法", "元", "圆")]),
    ],
)
def test_each_kind_of_change(old: str, new: str, expected: list[tuple[str, ...]] | None) -> None:
    """One edit of a small measure gives the old and new wording, under the new title."""
    assert old in MEASURE
    found = told(MEASURE, MEASURE.replace(old, new))
    if expected is None:
        assert ("类别", "不合", "不符合", "不合") in found
    elif old == "yuan: 元":  # the unit's word is in every amount too
        assert expected[0] in found
    else:
        assert found == expected


def test_an_order_is_told() -> None:
    """The order of outcomes has a meaning and is reported; other orders are not."""
    lines = MEASURE.splitlines()
    deep = next(number for number, line in enumerate(lines) if "outcome: deep" in line)
    lines[deep], lines[deep + 1] = lines[deep + 1], lines[deep]
    ((section, title, was, now),) = told(MEASURE, "\n".join(lines))
    assert (section, title) == ("类别", "类别")
    assert was == "依次判断，取第一个成立的：深度、相对、不符合"
    assert now == "依次判断，取第一个成立的：相对、深度、不符合"


def test_what_moved_is_not_new() -> None:
    """A renamed fact, and a renamed clause with its parts, are shown with their former names."""
    renamed = MEASURE.replace("place: {title", "home: {formerly: place, title").replace("by: place", "by: home")
    found = told(MEASURE, renamed)
    assert ("家庭的事实", "居住地：标识", "place", "home") in found
    assert not any(title == "居住地" for _, title, _, _ in found)
    moved = MEASURE.replace("below: {that: income < standard}", "under: {formerly: below, that: income < standard}")
    assert ("类别", "深度：标识", "category.deep.below", "category.deep.under") in told(MEASURE, moved)


def test_a_base_that_is_another(tmp_path: Path) -> None:
    """A changed common base is reported with both fingerprints, beside the differences that it causes."""
    files_in(tmp_path)
    changed = tmp_path / "changed"
    changed.mkdir()
    files_in(changed, measure=MEASURE.replace("value: 2,", "value: 3,"))
    bases = (load_policy("measure", folders=[tmp_path]), load_policy("measure", folders=[changed]))
    old, new = (load_policy(folder / "2025_city.yaml") for folder in (tmp_path, changed))
    base, factor = diff(old, new, (bases[0], bases[1]))
    assert base.was == f"办法（measure），指纹 {bases[0].fingerprint}"
    assert base.now == f"办法（measure），指纹 {bases[1].fingerprint}"
    assert (factor.title, factor.was, factor.now) == ("倍数", "2", "3")


def test_an_open_value_gets_its_numbers(tmp_path: Path) -> None:
    """Compared with an open measure, each value is new, and the openness is not reported as removed."""
    opened = MEASURE.replace(
        "by: place, usual: {from: 200, to: 3000}, source: letter, cite: 一, basis: notice}", "by: place}"
    )
    (tmp_path / "measure.yaml").write_text(opened, encoding="utf-8")
    (tmp_path / "2025_city.yaml").write_text(THIS, encoding="utf-8")
    measure, year = (load_policy(tmp_path / f"{name}.yaml") for name in ("measure", "2025_city"))
    found = [(each.title, each.was, each.now) for each in diff(measure, year) if each.section == "参数"]
    assert found == [("标准（城市）", "", "1,100 元/月"), ("标准（农村）", "", "900 元/月")]


@pytest.mark.parametrize(
    ("was", "now", "unit", "words"),
    [
        (100, 150, UNIT, "增加 50 元（50%）"),
        (787, 588, UNIT, "减少 199 元（约 25.3%）"),  # 199 / 787 = 25.286 %
        (100000, 100001, UNIT, "增加 1 元（0.001%）"),
        (3000000, 3000001, UNIT, "增加 1 元（约 0.00003%）"),  # never shown as 0.0 %
        (-100, -50, UNIT, "增加 50 元（50%）"),
        (0, 5, UNIT, "增加 5 元"),
        (2, 3, (), "增加 1（50%）"),
        (None, 5, UNIT, ""),
    ],
)
def test_by_how_much(was: int | None, now: int, unit: Any, words: str) -> None:
    """A change is shown in its unit and in per cent, with enough decimals not to be shown as zero."""
    policy = read_policy(TRIAL)
    before, after = (Attribute(str(number), number, number=number, unit=unit) for number in (was, now))
    assert by_how_much(policy, before, after) == words


def test_shares_differ_by_points() -> None:
    """From 80 % to 90 % is a change of ten points."""
    policy = SMALL.replace(
        "parameters:", "parameters:\n  share: {title: 比例, unit: 1, value: 80 %, basis: assumption}"
    )
    found = diff(read_policy(policy), read_policy(policy.replace("80 %", "90 %")))
    assert [(each.was, each.now, each.about) for each in found] == [("80%", "90%", "增加 10 个百分点；〔假定〕")]


@pytest.mark.parametrize("text", [SMALL, TRIAL, MEASURE])
def test_nothing_differs_from_itself(text: str) -> None:
    """Two policies with one fingerprint have no differences, even if their comments differ."""
    assert told(text, f"# Another comment.\n{text}") == []


# --- Completeness ----------------------------------------------------------------------------------------------------


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all texts in a tree."""
    if isinstance(node, str):
        yield path
    for key, part in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from leaves(part, (*path, key))


def changed(tree: Any, path: tuple[Any, ...], make: Callable[[str], str]) -> Any:
    """The tree with a different text at a path."""
    if not path:
        return make(tree)
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[path[0]] = changed(tree[path[0]], path[1:], make)
    return copy


OTHERS: tuple[Callable[[str], str], ...] = (
    lambda text: f"{text}0",
    lambda text: f"{text}乙",
    lambda text: {"true": "false", "false": "true", "rule": "notice"}.get(text, "rule"),
    lambda text: text.replace("<", "<=") if "<" in text else text.replace("==", "!="),
)


def sound(tree: Any) -> Policy | None:
    """The policy of a resolved tree, or None if it has problems."""
    try:
        return check(load(resolved_node(canonical(tree), "changed.json")))
    except PolicyError:
        return None


@pytest.mark.parametrize("text", [SMALL, TRIAL, MEASURE])
def test_every_change_of_a_file_is_told(text: str) -> None:
    """If any single text of a policy changes, the difference names the definition that holds it."""
    policy = read_policy(text)
    tree = json.loads(policy.resolved)
    tried = 0
    for path in leaves(tree):
        if path[0] in ("language", "policy", "title", "series", "effective"):
            continue
        for make in OTHERS:
            other = sound(changed(tree, path, make))
            if other is None or other.fingerprint == policy.fingerprint:
                continue
            tried += 1
            found = diff(policy, other)
            name = (
                tree["decisions"][path[1]][0] if path[0] == "decisions" else path[-1] if path[0] == "show" else path[1]
            )
            named = {step for each in found for step in each.id.replace("<", ".").split(".")}
            assert found, path
            assert {str(name), str(path[0]), str(path[2]) if len(path) > 2 else ""} & named, (path, found)
            assert all(each.was != each.now for each in found), path
    assert tried > 40


def test_what_reads_alike_is_shown_as_the_files_have_it() -> None:
    """Two sources with one title read alike, so both sides also show the names that the files write."""
    two = MEASURE.replace("letter: {title: 来信}", "letter: {title: 来信}, second: {title: 来信}")
    ((_, title, was, now),) = told(two, two.replace("letter, cite: 二", "second, cite: 二"))
    assert title == "倍数：出处"
    assert (was, now) == ("〔通知〕来信，二（文件中写作 letter）", "〔通知〕来信，二（文件中写作 second）")
