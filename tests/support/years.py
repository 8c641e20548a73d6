"""A small measure and two years of its city, for tests to change."""

from pathlib import Path

MEASURE = """
language: 1
policy: measure
title: 办法
units: {yuan: 元, month: 月, year: 年}
sources: {letter: {title: 来信}}
household:
  place: {title: 居住地, one of: {town: 城市, village: 农村}}
  income: {title: 月收入, unit: yuan/month, to: 100000, decimals: 2, usual: {from: 100, to: 20000}}
  ill: {title: 患病, yes or no: true, if absent: false}
members: {called by: [age], facts: {age: {title: 年龄, unit: year, to: 130}}}
parameters:
  standard:
    {title: 标准, unit: yuan/month, by: place, usual: {from: 200, to: 3000}, source: letter, cite: 一, basis: notice}
  factor: {title: 倍数, unit: 1, value: 2, source: letter, cite: 二, basis: notice}
readings:
  equal: {title: 恰等, question: 恰等时？, one of: {no: 不算, yes: 算}, chosen: no, why: 从严,
    affects: [income], basis: assumption}
decisions:
  category:
    title: 类别
    source: letter
    cite: 三
    basis: notice
    first:
      - {outcome: deep, title: 深度, when: {any: {below: {that: income < standard}, ill: {that: ill}}}}
      - {outcome: relative, title: 相对, when: {all: {below: {that: income < factor * standard}}}}
    otherwise: {outcome: none, title: 不符合}
"""
LAST = """
language: 1
policy: 2024_city
series: city
title: 某市2024年认定
extends: measure
effective: {from: 2024-01-01, to: 2024-12-31}
sources: {paper: {title: 2024年通知}, unused: {title: 旧通知}}
parameters:
  standard:
    values: {town: 1000, village: not published}
    from: 0
    to: 100000
    source: paper
    cite: 第一条
    basis: notice
readings:
  equal: {chosen: yes, why: 2024年通知写明, source: paper, cite: 第二条, basis: notice}
notes:
  days: {text: 四月底截止。, source: paper, cite: 第三条, basis: notice}
"""
THIS = """
language: 1
policy: 2025_city
series: city
title: 某市2025年认定
extends: measure
effective: {from: 2025-01-01, to: 2025-12-31}
sources: {sheet: {title: 2025年通知}}
parameters:
  standard: {values: {town: 1100, village: 900}, source: sheet, cite: 第一条, basis: notice}
readings:
  equal: {chosen: yes, why: 通知写明, source: sheet, cite: 第二条, basis: notice}
"""


def files_in(path: Path, *, measure: str = MEASURE, last: str = LAST, this: str = THIS) -> Path:
    """The three files in a folder."""
    for name, text in (("measure", measure), ("2024_city", last), ("2025_city", this)):
        (path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return path
