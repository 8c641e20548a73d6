"""Policies drawn with what the library's own strategy leaves out: defaults, a number by numbers, further decisions."""

import random
from typing import Any

from completing import EARLY, any_value
from framing import given_as
from hypothesis import strategies as st

from hardship_rules import Policy
from hardship_rules.core.policy import Fact
from hardship_rules.testing import policies

_OWN = {
    "place": "title: place, one of: {town: town, village: village}",
    "own": "title: own, yes or no: true",
    "loan": "title: loan, unit: yuan, from: -1000, to: 1000, decimals: 2",
    "aid": "title: aid, unit: yuan, to: 500, decimals: 1",
    "size": "title: size, unit: 1, from: 1, to: 6",
    "state": "title: state, one of: {good: good, fair: fair, poor: poor}",
    "since": "title: since, date: true",
}
_THEIRS = {
    "kind": "title: kind, one of: {self: self, child: child, other: other}",
    "born": "title: born, date: true",
    "well": "title: well, yes or no: true",
    "wage": "title: wage, unit: yuan, to: 1000, decimals: 2",
    "rent": "title: rent, unit: yuan, from: -50, to: 50, decimals: 1",
    "fee": "title: fee, unit: yuan, from: -20, to: 200, decimals: 2",
    "months": "title: months, unit: month, to: 1600",
    "level": "title: level, one of: {low: low, middle: middle, top: top}",
}
_KINDS = {"yuan": "loan aid wage rent fee", "boolean": "own well", "date": "since born"}


@st.composite
def _numbers(draw: st.DrawFn, own: list[str], theirs: list[str], *, of_member: bool, depth: int = 2) -> str:
    """A number of yuan over the facts that have a value already."""
    yuan = [name for name in (*own, *(theirs if of_member else ())) if name in _KINDS["yuan"].split()]
    leaves = ["flat", "-2 * flat", *yuan, *yuan, *yuan]
    amounts = [name for name in theirs if name in _KINDS["yuan"].split()]
    if amounts and not of_member:
        where = draw(_conditions([], theirs, of_member=True, depth=0))
        leaves += [f"sum({draw(st.sampled_from(amounts))} where {where})", f"sum({draw(st.sampled_from(amounts))})"]
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        leaf: str = draw(st.sampled_from(leaves))
        return leaf
    forms = [
        "({0} + {1})",
        "({0} - {1})",
        "({0} + 5)",
        "max(0, {0})",
        "{0} * 12",
        "({0} / 3)",
        "min({0}, {1})",
        "max({0}, {1})",
        "round_half_up({0}, 0.5)",
        "round_up({0} / 7, 2.5)",
        "round_down({0}, 10)",
        "({0} * 35 %)",
    ]
    forms += (
        [
            "({0} / size)",
            "({0} / size + {1})",
            "({0} / (size + 1) / size)",
            "({0} / size / size - {1})",
            "({0} / size * (3 / size))",
        ]
        if "size" in own
        else []
    )
    form = draw(st.sampled_from(forms))
    parts = [draw(_numbers(own, theirs, of_member=of_member, depth=depth - 1)) for _ in range(2)]
    line: str = form.format(*parts)
    return line


@st.composite
def _conditions(draw: st.DrawFn, own: list[str], theirs: list[str], *, of_member: bool, depth: int = 1) -> str:
    """A condition over the facts that have a value already."""
    names = [*own, *(theirs if of_member else ())]
    forms = [name for name in names if name in _KINDS["boolean"].split()]
    forms += [f"not {name}" for name in forms]
    forms += [
        line
        for name, line in (
            ("place", "place == town"),
            ("state", "state in (good, poor)"),
            ("state", "state != fair"),
            ("level", "level in (low, top)"),
            ("kind", "kind == child"),
            ("size", "size > 2"),
            ("size", "size == 3"),
            ("since", "full_years(since, on) >= 2"),
            ("born", "full_years(born, on) < 18"),
            ("months", "months >= 216"),
        )
        if name in names
    ]
    forms += ["strict == yes", "true"]
    if not of_member and theirs and depth:
        where = draw(_conditions([], theirs, of_member=True, depth=0))
        forms += [f"some({where})", f"each({where})", f"count({where}) > 1"]
    if depth:
        sides = [draw(_numbers(own, theirs, of_member=of_member, depth=depth - 1)) for _ in range(2)]
        sides.append(draw(st.sampled_from(["0", "5", "100"])))
        forms += [f"{sides[0]} {sign} {draw(st.sampled_from(sides[1:]))}" for sign in ("<", "<=", "==", "!=")]
    line: str = draw(st.sampled_from(forms))
    return line


@st.composite
def _results(draw: st.DrawFn, name: str, own: list[str], theirs: list[str], *, of_member: bool) -> str:
    """What can replace a fact that is left out, as a line."""
    if name in ("place", "state", "kind", "level"):
        options = {"place": "town village", "state": "good fair poor", "kind": "self child other"}
        return draw(st.sampled_from(options.get(name, "low middle top").split()))
    if name in _KINDS["boolean"].split():
        return draw(st.one_of(st.sampled_from(["true", "false"]), _conditions(own, theirs, of_member=of_member)))
    if name in _KINDS["date"].split():
        return draw(st.sampled_from(["on", *(["since"] if "since" in own and of_member else [])]))
    if name == "size":
        return draw(st.sampled_from(["1", "3", *(["size"] if "size" in own else [])]))
    if name == "months":
        return draw(st.sampled_from(["0", "18", *(["full_months(born, on)"] if "born" in theirs else [])]))
    if draw(st.booleans()):
        return draw(st.sampled_from(["0", "0", "5", "7.25", "-1"]))
    return draw(_numbers(own, theirs, of_member=of_member))


@st.composite
def _defaults(draw: st.DrawFn) -> dict[str, str]:
    """The `if absent` of some facts; each uses facts before it in a drawn order."""
    own: list[str] = []
    theirs: list[str] = []
    found: dict[str, str] = {}
    for name in draw(st.permutations([*_OWN, *_THEIRS])):
        of_member = name in _THEIRS
        if name != "kind" and draw(st.integers(0, 4)):
            result = draw(_results(name, own, theirs, of_member=of_member))
            if draw(st.booleans()):
                found[name] = f'"{result}"'
            else:
                cases = [
                    f'{{when: {{that: "{draw(_conditions(own, theirs, of_member=of_member))}"}}, '
                    f'value: "{draw(_results(name, own, theirs, of_member=of_member))}"}}'
                    for _ in range(draw(st.integers(1, 2)))
                ]
                otherwise = f', otherwise: "{result}"' if draw(st.booleans()) else ""
                found[name] = f"{{choose: [{', '.join(cases)}]{otherwise}}}"
        (theirs if of_member else own).append(name)
    return found


_FLAT = "  flat: {title: flat, unit: yuan, value: 12.5, basis: assumption}\n"
_DECISIONS = """
  aids:
    title: aids
    every:
      - {outcome: first_aid, title: first aid, basis: assumption, when: {that: category == a}}
      - {outcome: second_aid, title: second aid, basis: assumption, when: {that: "category in (a, b)"}}
      - outcome: third_aid
        title: third aid
        basis: assumption
        when: {any: {x: {that: state == fair}, y: {that: LINE}}}
  next:
    title: next
    first:
      - {outcome: ask, title: ask, basis: assumption, when: {all: {x: {that: category != none}, y: {that: size > 2}}}}
      - {outcome: pay, title: pay, basis: assumption, when: {that: category == b}}
    otherwise: {outcome: end, title: end}
"""


@st.composite
def rich_policies(draw: st.DrawFn) -> str:
    """Texts of sound policies whose facts have defaults of all kinds."""
    text = draw(policies())
    defaults = draw(_defaults())
    before, after = text.split("household:\n", 1)
    own, after = after.split("members:\n", 1)
    theirs, after = after.split("must:\n", 1)

    def declared(facts: dict[str, str], rest: str, indent: str) -> str:
        lines = [f"{indent}{name}: {{{kind}{default(name)}}}\n" for name, kind in facts.items()]
        kept = [line for line in rest.splitlines(keepends=True) if line.strip().split(":")[0] not in facts]
        return "".join([*kept, *lines])

    def default(name: str) -> str:
        return f", if absent: {defaults[name]}" if name in defaults else ""

    unpublished = draw(st.integers(0, 3)) == 0
    by_size = (
        "  by_size: {title: by size, unit: yuan, by: size, values: {1: 5, 2: 7.5, 3: NUMBER, 4 and more: 40}, "
        "from: 0, to: 90, basis: assumption}\n"
    ).replace("NUMBER", "not published" if unpublished else "12")
    after = after.replace("parameters:\n", f"parameters:\n{by_size}{_FLAT}", 1)
    if draw(st.booleans()):
        line = draw(st.sampled_from(["loan > by_size", "aid == by_size", "size > 3", "sum(fee) > loan"]))
        after = after.rstrip("\n") + _DECISIONS.replace("LINE", line)
    heads = f"{before}household:\n{declared(_OWN, own, '  ')}members:\n"
    return f"{heads}{declared(_THEIRS, theirs, '    ')}must:\n{after}"


def rich_household(policy: Policy, source: random.Random, *, known: bool) -> dict[str, Any]:
    """A household as a host gives it: facts that are given, left out, and, unless all are `known`, unknown."""

    def part(facts: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        shares = (0.5, 0.1) if known else (0.4, 0.2)
        for name, fact in facts.items():
            assert isinstance(fact, Fact)
            if name == "kind":
                continue
            draw = source.random()
            if fact.if_absent is not None and draw < shares[0]:
                continue
            if not known and draw > 1 - shares[1]:
                if draw > 1 - shares[1] / 2:
                    found[name] = None
                continue
            found[name] = given_as(fact, any_value(fact.kind, source))
        return found

    members = [part(policy.members.facts) for _ in range(source.choice((1, 1, 2, 3, 4)))]
    for number, member in enumerate(members):
        member["kind"] = source.choice(("child", "other")) if number else "self"
    start, end = policy.start or EARLY, policy.end
    day = start.replace(year=start.year + source.randint(0, 5)) if end is not None else start
    own = part(policy.facts)
    return {**own, "members": members} | ({"on": day} if known or source.random() < 0.8 else {})
