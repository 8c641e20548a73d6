"""A policy small enough to list by hand everything that a case can exercise."""

from pathlib import Path

POLICY = """
language: 1
policy: small
title: 小例
units: {yuan: 元, person: 人}
household:
  place: {title: 住地, one of: {town: 城, village: 村}}
  owner: {title: 有房, yes or no: true}
  money: {title: 存款, unit: yuan, to: 100}
members:
  at most: 3
  facts:
    role: {title: 身份, one of: {self: 本人, child: 子女}}
    age: {title: 年龄, unit: 1, to: 130}
parameters:
  limit: {title: 限额, unit: yuan, value: 10, basis: assumption}
readings:
  equal: {title: 恰为限额, question: 算不算, one of: {no: 不算, yes: 算}, chosen: no, why: 没有说, basis: assumption}
terms:
  minor: {title: 未成年, of: member, when: {that: age < 18}, basis: assumption}
decisions:
  category:
    title: 类别
    first:
      - outcome: poor
        title: 困难
        basis: assumption
        when:
          any:
            below: {that: money < limit, title: 低于限额}
            equal:
              title: 恰为限额而算
              all:
                granted: {that: equal == yes, title: 恰为限额的算}
                same: {that: money == limit, title: 恰为限额}
      - {outcome: family, title: 有未成年人, basis: assumption, when: {that: some(minor)}}
      - outcome: never
        title: 得不到
        basis: assumption
        when: {all: {a: {that: money < limit, title: 还是低于}, b: {that: money >= 0, title: 不欠}}}
    otherwise: {outcome: none, title: 不符合}
"""

CASES = """
policy: small
cases:
  - title: 恰为限额的成年人
    household: {place: town, owner: no, money: 10, members: [{role: self, age: 18}]}
    expect: {category: none}
    because: 10不小于10，18不小于18
"""

NEGATIVE = {("clause", "category.never.b", "no"), ("threshold", "category.never.b", "below")}
"""The items that are unreachable by the range of the facts: there is no negative money."""

NEVER = NEGATIVE | {
    ("outcome", "category.never", "yes"),
    ("clause", "category.never", "yes"),
    ("clause", "category.never.a", "yes"),
    ("threshold", "category.never.a", "below"),
    ("threshold", "category.never.b", "at"),
}
"""The items that are unreachable since a household below the limit, or without money, is already poor."""


def files(folder: Path, cases: str = CASES) -> Path:
    """The policy and a file of cases for it, in one folder; the path of the cases."""
    (folder / "small.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "cases").mkdir(exist_ok=True)
    path = folder / "cases" / "one.yaml"
    path.write_text(cases, encoding="utf-8")
    return path
