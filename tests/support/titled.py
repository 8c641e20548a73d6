"""A small policy in which a test sets every human-written word, and households for it."""

import json
from collections.abc import Callable

from hardship_rules import Policy, read_policy

HOSTILE = "</title><script>alert('1')</script>\"&lt;|`a`*b*_c_[d](e)~~#<!--\\"
"""Texts that would be markup in HTML, in attributes, or in Markdown."""


def titled(make: Callable[[str], str]) -> Policy:
    """The policy, with each title, word and note made from a plain Latin one."""

    def word(text: str) -> str:
        return json.dumps(make(text), ensure_ascii=True)

    return read_policy(
        f"""
language: 1
policy: titled
title: {word("Titled")}
units: {{yuan: {word("yuan")}, person: {word("persons")}}}
sources: {{text: {{title: {word("Text")}}}}}
household:
  place:
    {{title: {word("place")}, one of: {{town: {word("town")}, village: {word("village")}}}, evidence: {word("deed")}}}
  poor: {{title: {word("poor")}, yes or no: true, if absent: false}}
members:
  called by: [relation]
  at most: 3
  facts:
    relation: {{title: {word("relation")}, one of: {{self: {word("self")}, child: {word("child")}}}}}
    income: {{title: {word("income")}, unit: yuan, to: 1000, evidence: {word("slip")}}}
    away: {{title: {word("away")}, yes or no: true, if absent: false}}
parameters:
  line: {{title: {word("line")}, unit: yuan, by: place, values: {{town: 100, village: 80}},
    source: text, cite: {word("two")}, basis: analogue}}
readings:
  period: {{title: {word("period")}, question: {word("which?")},
    one of: {{year: {word("year")}, month: {word("month")}}}, chosen: year,
    why: {word("nobody says")}, affects: [income], basis: assumption}}
  equal: {{title: {word("equal")}, question: {word("level?")},
    one of: {{no: {word("refused")}, yes: {word("granted")}}}, chosen: no,
    why: {word("nobody says")}, basis: assumption}}
terms:
  people: {{title: {word("people")}, unit: person, value: count(not away), basis: assumption}}
  total: {{title: {word("total")}, unit: yuan, value: sum(income where not away), basis: assumption}}
show: [total, people, line]
decisions:
  category:
    title: {word("category")}
    source: text
    cite: {word("one")}
    basis: summary
    first:
      - {{outcome: deep, title: {word("deep")}, when: {{any: {{
          below: {{that: total < line, title: {word("below")}, if not: {word("not below")}}},
          level: {{all: {{
            granted: {{that: equal == yes, title: {word("level counts")}, if not: {word("level does not count")}}},
            level: {{that: total == line, title: {word("level with it")}, if not: {word("not level")}}}}}}}}}}}}}
      - {{outcome: near, title: {word("nearly")}, when: {{all: {{
          below: {{that: total < 2 * line, title: {word("below twice")}, if not: {word("not below twice")}}},
          near: {{that: some(relation == child), title: {word("child")}, if not: {word("no child")}}}}}}}}}
    otherwise: {{outcome: none, title: {word("none")}}}
  materials:
    title: {word("papers")}
    basis: assumption
    every:
      - {{outcome: form, title: {word("form")}, when: {{that: "category in (deep, near)", title: {word("counts")}}}}}
      - {{outcome: proof, title: {word("proof")}, when: {{that: poor, title: {word("is poor")}}}}}
notes:
  objection: {{text: {word("object there")}, basis: assumption}}
""",
        "titled.yaml",
    )


def people(income: object = 50, place: object = "town", label: str | None = None) -> dict[str, object]:
    """An invented worker with a child, both with the given label; None means unknown."""
    members = [{"relation": "self", "income": income}, {"relation": "child", "income": 0}]
    labels = [{} if label is None else {"label": f"{label}{number}"} for number in range(2)]
    return {"place": place, "members": [each | own for each, own in zip(members, labels, strict=True)]}


GIVEN: dict[str, tuple[object, object]] = {
    "deep": (50, "town"),
    "near": (150, "town"),
    "none": (300, "town"),
    "undecided": (None, "town"),
    "nothing known": (None, None),
}
CASES = {name: people(*given) for name, given in GIVEN.items()}
"""Households by result: 50 is below the line of 100, 150 below its double, 300 is not."""
