"""Small invented policies, built from short lists of outcomes, for questions about the faults of decision tables."""

from collections.abc import Mapping, Sequence
from textwrap import indent

HEAD = """
language: 1
policy: table
units: {person: person}
effective: {from: 2021-01-01, to: 2021-12-31}
household:
  n: {title: n, unit: 1, to: 20}
  m: {title: m, unit: 1, to: 20}
  a: {title: a, yes or no: true}
  b: {title: b, yes or no: true}
  place: {title: place, one of: {town: town, village: village, island: island}}
  since: {title: since, date: true}
members:
  at most: 2
  facts:
    own: {title: own, yes or no: true}
    age: {title: age, unit: 1, to: 120}
parameters:
  low: {title: low, unit: 1, value: 5, basis: assumption}
  high: {title: high, unit: 1, by: place, values: {town: 9, village: 8, island: 7}, basis: assumption}
"""


def line(text: str) -> str:
    """A clause of one line."""
    return f'{{that: "{text}"}}'


def part(word: str, *clauses: str, **named: str) -> str:
    """A clause of several: lines get the ids c1, c2 and so on, named ones are clauses already."""
    entries = [f"c{number}: {line(text)}" for number, text in enumerate(clauses, 1)]
    entries += [f"{name}: {clause}" for name, clause in named.items()]
    return f"{{{word}: {{{', '.join(entries)}}}}}"


def all_of(*clauses: str, **named: str) -> str:
    """A clause that holds where each of some clauses holds."""
    return part("all", *clauses, **named)


def any_of(*clauses: str, **named: str) -> str:
    """A clause that holds where one of some clauses holds."""
    return part("any", *clauses, **named)


def decision(name: str, outcomes: Mapping[str, str], *states: str, every: bool = False) -> str:
    """A decision; the condition of an outcome is one line or a clause. `states` may be `disjoint` and `complete`."""
    listed = [
        f"      - {{outcome: {outcome}, title: {outcome}, when: {when if when.startswith('{') else line(when)}}}\n"
        for outcome, when in outcomes.items()
    ]
    return "".join(
        [
            f"  {name}:\n    title: {name}\n    basis: assumption\n",
            *(f"    {state}: true\n" for state in states),
            f"    {'every' if every else 'first'}:\n",
            *listed,
            "" if every else "    otherwise: {outcome: rest, title: rest}\n",
        ]
    )


def policy(
    outcomes: Mapping[str, str],
    *states: str,
    must: Sequence[str] = (),
    terms: str = "",
    more: str = "",
) -> str:
    """A policy whose category has some outcomes; `must` are lines, `terms` and further decisions are text."""
    lines = [f"  c{number}: {line(text)}\n" for number, text in enumerate(must, 1)]
    return "".join(
        [
            HEAD,
            "must:\n" if lines else "",
            *lines,
            "terms:\n" + indent(terms, "  ") if terms else "",
            "decisions:\n",
            decision("category", outcomes, *states),
            more,
        ]
    )


def term(name: str, when: str, *, of: str = "") -> str:
    """A condition of the household, or with `of` of each member."""
    return f"{name}: {{title: {name}, {f'of: {of}, ' if of else ''}basis: assumption, when: {when}}}\n"
