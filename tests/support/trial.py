"""A small sound policy with its properties, and planted faults, each given by the words that it changes."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

from attrs import frozen

TRIAL = """
language: 1
policy: trial
effective: {from: 2021-01-01, to: 2021-12-31}
units: {yuan: 元, person: 人, year: 年}
household:
  place: {title: place, one of: {town: town, village: village}}
  union: {title: union, yes or no: true}
  fraud: {title: fraud, yes or no: true}
members:
  called by: [kind]
  at most: 4
  facts:
    kind: {title: kind, one of: {self: self, child: child, other: other}}
    age: {title: age, unit: year, to: 120}
    abroad: {title: abroad, yes or no: true}
    wage: {title: wage, unit: yuan, to: 100000, decimals: 2}
    cost: {title: cost, unit: yuan, to: 100000, decimals: 2}
must:
  one: {that: count(kind == self) == 1}
parameters:
  line: {title: line, unit: yuan/person, by: place, values: {town: 787, village: 588}, basis: assumption}
  multiple: {title: multiple, unit: 1, value: 2, basis: assumption}
readings:
  equal: {title: equal, question: q, one of: {refused: no, granted: yes}, chosen: refused, why: w, basis: assumption}
terms:
  counts:
    title: counts
    of: member
    basis: assumption
    when:
      any:
        worker: {that: kind == self}
        minor: {all: {child: {that: kind == child}, young: {that: age < 18}}}
  people: {title: people, unit: person, basis: assumption, value: "max(1, count(counts))"}
  earned: {title: earned, of: member, unit: yuan, basis: assumption, value: wage}
  paid: {title: paid, of: member, unit: yuan, basis: assumption, value: cost}
  income: {title: income, unit: yuan, basis: assumption, value: sum(earned where counts)}
  spent: {title: spent, unit: yuan, basis: assumption, value: sum(paid where counts)}
  net: {title: net, unit: yuan/person, basis: assumption, value: "(income - spent) / people"}
  child_abroad:
    title: child_abroad
    of: member
    basis: assumption
    when: {all: {child: {that: kind == child}, abroad: {that: abroad}}}
decisions:
  category:
    title: category
    first:
      - {outcome: out, title: out, basis: assumption, when: {that: not union}}
      - outcome: barred
        title: barred
        basis: assumption
        when: {any: {abroad: {that: some(child_abroad)}, fraud: {that: fraud}}}
      - outcome: deep
        title: deep
        basis: assumption
        when:
          any:
            below: {that: net < line}
            equal: {all: {granted: {that: equal == granted}, at: {that: net == line}}}
      - {outcome: relative, title: relative, basis: assumption, when: {all: {below: {that: net < multiple * line}}}}
    otherwise: {outcome: none, title: none}
properties:
  income: {title: income, raising: {facts: wage, never moves: category, to: earlier}}
  cost: {title: cost, raising: {facts: [cost], never moves: category, to: later}}
  union: {title: union, never: {gets: [deep, relative], when: {that: not union}}}
  fraud: {title: fraud, never: {gets: [deep, relative], when: {that: fraud}}}
  abroad: {title: abroad, never: {gets: [deep, relative], when: {that: some(child_abroad)}}}
  at_line: {title: at_line, never: {gets: deep, when: {that: income - spent == line * people}}}
  at_double: {title: at_double, never: {gets: relative, when: {that: income - spent == 2 * line * people}}}
  poor: {title: poor, only: {gets: deep, when: {that: "income - spent <= line * max(1, count(counts))"}}}
  less: {title: less, only: {gets: relative, when: {that: "income - spent <= 2 * line * max(1, count(counts))"}}}
  village: {title: village, only: {gets: deep, when: {any: {t: {that: place == town}, v: {that: net <= 588}}}}}
  never_none:
    title: never_none
    never:
      gets: none
      when: {all: {union: {that: union}, poor: {that: "income - spent < line * max(1, count(counts))"}}}
"""

OUTCOMES = ("out", "barred", "deep", "relative", "none")


@frozen
class Figures:
    """The values of a household, computed independently of the library in a few plain lines."""

    facts: dict[str, Any]

    @property
    def counted(self) -> list[dict[str, Any]]:
        """The worker and the children under 18."""
        filled = [{"age": 40, "wage": 0, "cost": 0, "abroad": False, **member} for member in self.facts["members"]]
        return [m for m in filled if m["kind"] == "self" or (m["kind"] == "child" and m["age"] < 18)]

    @property
    def net(self) -> Fraction:
        """The remaining amount for each of them."""
        rest = sum((Fraction(m["wage"]) - Fraction(m["cost"]) for m in self.counted), Fraction(0))
        return rest / max(1, len(self.counted))

    @property
    def line(self) -> int:
        """The correct standard of the place."""
        return {"town": 787, "village": 588}[self.facts.get("place", "town")]


Right = Callable[[Figures], bool]


@frozen
class Fault:
    """The replaced words of the sound policy, the expected finding, and a condition on the shown household."""

    name: str
    edits: tuple[tuple[str, str], ...]
    found: str  # section/id/verdict
    right: Right = lambda _: True


_RELATIVE = "when: {all: {below: {that: net < multiple * line}}}}"
_BELOW = "below: {that: net < line}"
_NET = "(income - spent) / people"
_DISJOINT = ("    title: category\n", "    title: category\n    disjoint: true\n")


def _relative(*lines: str) -> tuple[str, str]:
    clauses = ", ".join(f"c{number}: {{that: {line}}}" for number, line in enumerate(lines))
    return _RELATIVE, f"when: {{all: {{{clauses}}}}}}}"


def _outcome(line: str) -> tuple[str, str]:
    """One more outcome before `relative`."""
    before = "      - {outcome: relative,"
    more = f'      - {{outcome: more, title: more, basis: assumption, when: {{that: "{line}"}}}}'
    return before, f"{more}\n{before}"


def _choose(term: str, when: str, value: str, otherwise: str) -> str:
    return (
        f"{{title: {term}, of: member, unit: yuan, basis: assumption, "
        f'choose: [{{when: {{that: "{when}"}}, value: "{value}"}}], otherwise: "{otherwise}"}}'
    )


_EARNED = "{title: earned, of: member, unit: yuan, basis: assumption, value: wage}"
_PAID = "{title: paid, of: member, unit: yuan, basis: assumption, value: cost}"

FAULTS = (
    Fault(
        "gap below the line",
        ((_BELOW, "below: {that: net < line - 100}"), _relative("net >= line", "net < multiple * line")),
        "properties/income/broken",
        lambda it: it.line - 100 <= it.net < it.line,
    ),
    Fault(
        "gap at the line",
        (_relative("net > line", "net < multiple * line"),),
        "properties/income/broken",
        lambda it: it.net == it.line,
    ),
    Fault(
        "gap that leaves the poor with nothing",
        (
            (_BELOW, "below: {all: {a: {that: net < line}, b: {that: net != 500}}}"),
            _relative("net >= line", "net < multiple * line"),
        ),
        "properties/never_none/broken",
        lambda it: it.net == 500 < it.line,
    ),
    Fault(
        "overlap of nested classes",
        (_DISJOINT,),
        "overlaps/category.deep+relative/overlap_forbidden",
        lambda it: it.net < it.line,
    ),
    Fault(
        "overlap at the line",
        (_DISJOINT, (_BELOW, "below: {that: net <= line}"), _relative("net >= line", "net < multiple * line")),
        "overlaps/category.deep+relative/overlap_forbidden",
        lambda it: it.net == it.line,
    ),
    Fault(
        "overlap of exclusion and class",
        (_DISJOINT, _relative("net >= line", "net < multiple * line")),
        "overlaps/category.barred+deep/overlap_forbidden",
        lambda it: it.net < it.line,
    ),
    Fault(
        "dead: a wider outcome stands before",
        (_outcome("net < multiple * line"),),
        "outcomes/category.relative/unreached",
    ),
    Fault(
        "dead: both below and above",
        (
            _outcome("net < line - 588"),
            ('{that: "net < line - 588"}', "{all: {a: {that: net < line}, b: {that: net > multiple * line}}}"),
        ),
        "outcomes/category.more/unreached",
    ),
    Fault("dead: two workers", (_outcome("count(kind == self) > 1"),), "outcomes/category.more/unreached"),
    Fault("dead: nobody is so old", (_outcome("some(age > 120)"),), "outcomes/category.more/unreached"),
    Fault("dead: nobody earns so much", (_outcome("some(wage > 100000)"),), "outcomes/category.more/unreached"),
    Fault(
        "dead clause: a weaker one beside a stronger",
        ((_BELOW, "below: {all: {a: {that: net < line}, b: {that: net < multiple * line}}}"),),
        "clauses/category.deep.below.b/never_matters",
    ),
    Fault(
        "dead clause: part of another",
        (
            (
                "        minor: {all",
                "        baby: {all: {child: {that: kind == child}, ten: {that: age < 10}}}\n        minor: {all",
            ),
        ),
        "clauses/counts.baby/never_matters",
    ),
    Fault(
        "dead clause: what must be so",
        ((_BELOW, "below: {all: {a: {that: net < line}, b: {that: some(kind == self)}}}"),),
        "clauses/category.deep.below.b/never_matters",
    ),
    Fault(
        "dead clause: always so",
        ((_BELOW, "below: {all: {a: {that: net < line}, b: {that: people >= 1}}}"),),
        "clauses/category.deep.below.b/never_matters",
    ),
    Fault(
        "dead clause: decided before",
        ((_BELOW, "below: {all: {a: {that: net < line}, b: {that: union}}}"),),
        "clauses/category.deep.below.b/never_matters",
    ),
    Fault("wrong sign: cost is added", ((_NET, "(income + spent) / people"),), "properties/cost/broken"),
    Fault("wrong sign: turned round", ((_NET, "(spent - income) / people"),), "properties/income/broken"),
    Fault(
        "wrong sign: above for below",
        ((_BELOW, "below: {that: net > line}"),),
        "properties/poor/broken",
        lambda it: it.net > it.line,
    ),
    Fault(
        "<= for < at the line",
        ((_BELOW, "below: {that: net <= line}"),),
        "properties/at_line/broken",
        lambda it: it.net == it.line,
    ),
    Fault(
        "<= for < at the double",
        (_relative("net <= multiple * line"),),
        "properties/at_double/broken",
        lambda it: it.net == 2 * it.line,
    ),
    Fault(
        "the other option of a reading",
        (("equal == granted", "equal != granted"),),
        "properties/at_line/broken",
        lambda it: it.net == it.line,
    ),
    Fault(
        "missing exclusion: union",
        (("when: {that: not union}}", "when: {that: net > 90000}}"),),
        "properties/union/broken",
        lambda it: it.facts["union"] is False,
    ),
    Fault(
        "missing exclusion: fraud",
        ((", fraud: {that: fraud}}}", "}}"),),
        "properties/fraud/broken",
        lambda it: it.facts["fraud"] is True,
    ),
    Fault(
        "missing exclusion: abroad",
        (("{abroad: {that: some(child_abroad)}, ", "{"),),
        "properties/abroad/broken",
        lambda it: any(m["kind"] == "child" and m["abroad"] for m in it.facts["members"]),
    ),
    Fault(
        "each for some",
        (("when: {any: {abroad: {that: some(child_abroad)}", "when: {any: {abroad: {that: each(child_abroad)}"),),
        "properties/abroad/broken",
        lambda it: any(m["kind"] == "child" and m["abroad"] for m in it.facts["members"]),
    ),
    Fault(
        "non-monotone: a step down",
        ((_EARNED, _choose("earned", "wage > 500", "wage - 400", "wage")),),
        "properties/income/broken",
    ),
    Fault(
        "non-monotone: who earns is left out",
        (("young: {that: age < 18}", "young: {that: wage < 1000}"),),
        "properties/income/broken",
    ),
    Fault(
        "non-monotone: great costs do not count",
        ((_PAID, _choose("paid", "cost > 5000", "0", "cost")),),
        "properties/cost/broken",
    ),
    Fault(
        "a table the wrong way round",
        (("{town: 787, village: 588}", "{town: 588, village: 787}"),),
        "properties/village/broken",
        lambda it: it.facts["place"] == "village" and it.net > 588,
    ),
    Fault(
        "a wrong multiple",
        (("value: 2, basis", "value: 3, basis"),),
        "properties/less/broken",
        lambda it: it.net > 2 * it.line,
    ),
    Fault(
        "not by heads",
        (
            (_NET, "(income - spent) / one"),
            ("  multiple:", "  one: {title: one, unit: person, value: 1, basis: assumption}\n  multiple:"),
        ),
        "properties/never_none/broken",
        lambda it: it.net < it.line,
    ),
    Fault(
        "one head too many",
        (('"max(1, count(counts))"}', '"1 + count(counts)"}'),),
        "properties/poor/broken",
        lambda it: it.net > it.line,
    ),
)


def with_edits(edits: tuple[tuple[str, str], ...]) -> str:
    """The sound policy with words replaced; each of these words must occur in it."""
    text = TRIAL
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


# Variants as sound as the policy: other standards, other spellings, and classes that do not overlap

_SAME_NET = (
    _NET,
    "(0 - spent + income) / people",
    "income / people - spent / people",
    "(2 * income - 2 * spent) / (2 * people)",
    "round_down((income - spent) / people, 0.0001)",
    "min((income - spent) / people, 1000000)",
)
_SAME_BELOW = (_BELOW, "below: {not: {that: net >= line}}")
_SAME_EARNED = (
    _EARNED,
    _EARNED.replace("value: wage", "value: wage + 0 * cost"),
    _EARNED.replace("value: wage", 'value: "max(0, wage)"'),
)

SOUND = tuple(
    ((_NET, net), (_BELOW, below), (_EARNED, earned))
    for net, below, earned in product(_SAME_NET, _SAME_BELOW, _SAME_EARNED)
)


HARD = """
language: 1
policy: hard
household:
  a: {title: a, unit: 1, to: 100000000}
  b: {title: b, unit: 1, to: 100000000}
  c: {title: c, unit: 1, to: 100000000}
members: {facts: {kind: {title: kind, one of: {self: self, other: other}}}}
decisions:
  category:
    title: category
    first:
      - outcome: cube
        title: cube
        basis: assumption
        when:
          all:
            positive: {that: a > 0}
            also: {that: b > 0}
            cubes: {that: a * a * a + b * b * b == c * c * c}
      - {outcome: large, title: large, basis: assumption, when: {that: a > 5}}
    otherwise: {outcome: none, title: none}
properties:
  few: {title: few, only: {gets: large, when: {that: a > 4}}}
"""
