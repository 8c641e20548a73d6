"""A small policy with two decisions and a table, and a household of it to judge by hand."""

LINE = """
language: 1
policy: line
title: 标准
effective: {from: 2021-01-01, to: 2021-12-31}
units: {yuan: 元, person: 人}
household:
  place: {title: 居住地, one of: {town: 城市, village: 农村}}
  money: {title: 收入, unit: yuan, to: 1000}
parameters:
  dibao: {title: 低保标准, unit: yuan, by: place, values: {town: 300, village: 200}, basis: assumption}
  multiple: {title: 倍数, unit: 1, value: 2, basis: assumption}
terms:
  in_hardship: {title: 困难, when: {that: "category in (deep, relative)"}, basis: assumption}
decisions:
  category:
    title: 类别
    basis: assumption
    first:
      - {outcome: deep, title: 深度困难, when: {that: money < dibao}}
      - {outcome: relative, title: 相对困难, when: {that: money < multiple * dibao}}
    otherwise: {outcome: none, title: 不符合条件}
  papers:
    title: 材料
    basis: assumption
    every:
      - {outcome: form, title: 申请表, when: in_hardship}
      - {outcome: proof, title: 收入证明, when: {that: money > 0}}
"""
