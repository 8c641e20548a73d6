"""How facts are filled in, in words: held against a small policy with every form that a fact can have."""

import pytest

from hardship_rules import read_policy
from hardship_rules.explanation.forms import absent, allowed, short
from hardship_rules.explanation.wording import one_line

POLICY = read_policy("""
language: 1
policy: words
units: {yuan: 元, person: 人, year: 年, month: 月}
household:
  place: {title: 居住地, one of: {town: 城市, village: 农村}}
  own: {title: 有房, yes or no: true}
  started: {title: 入职日期, date: true}
  loan: {title: 借款, unit: yuan, from: -10000000, to: 200000000, decimals: 2}
  homes: {title: 套数, unit: 1, to: 99}
  rate: {title: 比例, unit: 1, from: 0.125, to: 0.5, decimals: 3}
  aid: {title: 帮扶金, unit: yuan/year, to: 15000, if absent: 0}
  why: {title: 原因, one of: {none: 无, illness: 重病}, if absent: none}
  served: {title: 工龄, unit: year, counted in: 周年, to: 60, if absent: "full_years(started, on)"}
  rent: {title: 房租, unit: yuan, to: 100, if absent: {choose: [{when: own, value: 0}], otherwise: 50}}
  lift: {title: 有电梯, yes or no: true, if absent: {choose: [{when: not own, value: false}]}}
  costs:
    title: 费用
    unit: yuan
    to: 100
    if absent:
      choose:
        - when: {all: {a: why == illness, b: {not: {that: place != town}}}}
          value: 2 * rent
        - when: {any: {a: {that: homes >= 2}, b: own}}
          value: 1
members: {facts: {age: {title: 年龄, unit: year, to: 130, if absent: 30}}}
""")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("place", "城市 / 农村"),
        ("own", "是 / 否"),
        ("started", "日期，如 1990-05-01"),
        ("loan", "-1000万 至 2亿 元，至多 2 位小数"),
        ("homes", "0 至 99"),
        ("rate", "0.125 至 0.5，至多 3 位小数"),
        ("aid", "0 至 15000 元/年"),
        ("served", "0 至 60 周年"),
        ("age", "0 至 130 年"),
    ],
)
def test_what_may_be_written(name: str, words: str) -> None:
    """A number has its range, unit and decimals, a choice its options."""
    fact = POLICY.facts.get(name) or POLICY.members.facts[name]
    assert allowed(POLICY, fact) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("place", ""),
        ("aid", "不填时按 0 元"),
        ("age", "不填时按 30 年"),
        ("why", "不填时按“无”"),
        ("served", "不填时按从入职日期到认定日期的整年数"),
        ("rent", "不填时，“有房”为是的，取 0 元；其他情形，取 50 元"),
        ("lift", "不填时，“有房”为否的，取否；其他情形，未知"),
        (
            "costs",
            (
                "不填时，“原因”是“重病”，并且“居住地”是“城市”的，取2×房租；"
                "套数不低于 2，或者“有房”为是的，取 1 元；其他情形，未知"
            ),
        ),
    ],
)
def test_what_stands_in(name: str, words: str) -> None:
    """What is taken for a fact left out is told by titles, nothing where it stays unknown."""
    fact = POLICY.facts.get(name) or POLICY.members.facts[name]
    assert absent(POLICY, fact) == words


def test_round_numbers_are_short() -> None:
    """Ten thousands and hundred millions are written as such, where nothing is lost by it."""
    assert [short(number) for number in (0, 720, 10_000, 15_000, 10**7, -(10**8))] == [
        *("0", "720", "1万", "15000", "1000万", "-1亿")
    ]


def test_a_comment_stays_on_its_line() -> None:
    """Nothing that a policy's text holds can end a comment or make a file unreadable."""
    assert one_line("一\n二\u2028 \x01三\ufeff") == "一 二 三"
