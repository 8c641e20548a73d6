"""A hypothesis strategy of small sound policies, on which every way of running a policy is held to the others."""

from decimal import Decimal

from hypothesis import strategies as st

MONEY = ("wage", "rent")
NUMBERS = st.sampled_from(["0", "1", "2", "3", "0.5", "12", "100", "7.25"])


SIGNS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


@st.composite
def member_lines(draw: st.DrawFn, depth: int = 2) -> str:
    """A number of a member, in yuan: its facts, and sums, differences, caps and roundings of them."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from([*MONEY, "0 * wage", "2 * wage", "7.25 * wage"]))
    forms = ["({0} + {1})", "({0} - {1})", "min({0}, {1})", "max({0}, {1}, 5)", "round_half_up({0} + {1}, 0.5)"]
    return draw(st.sampled_from(forms)).format(draw(member_lines(depth - 1)), draw(member_lines(depth - 1)))


@st.composite
def member_conditions(draw: st.DrawFn) -> str:
    """A condition on a member."""
    forms = [
        "{line} {sign} {number}",
        "kind == self",
        "kind != other",
        "kind in (child, other)",
        "well",
        "not well",
        "full_years(born, on) {sign} 18",
        "full_months(born, on) {sign} 216",
        "counts",
    ]
    form = draw(st.sampled_from(forms))
    line = draw(member_lines(1)) if "{line}" in form else ""
    return form.format(line=line, sign=draw(SIGNS), number=draw(NUMBERS))


@st.composite
def lines(draw: st.DrawFn, names: tuple[str, ...], depth: int = 2) -> str:
    """A number of the household, in yuan."""
    if depth == 0 or draw(st.booleans()):
        form = draw(st.sampled_from([*names, "{number} * loan", "sum", "sum"]))
        if form == "sum":
            return f"sum({draw(member_lines(1))} where {draw(member_conditions())})"
        return form.format(number=draw(NUMBERS))
    forms = [
        "({0} + {1})",
        "({0} - {1})",
        "min({0}, {1})",
        "max({0}, {1})",
        "(({0} + {1}) / 3)",
        "(({0} - {1}) * rate / people)",
        "round_down({0} + {1}, 0.01)",
        "round_half_up({0} - {1}, 1)",
        "round_up({0} + {1}, 2.5)",
        "-({0} + {1})",
    ]
    return draw(st.sampled_from(forms)).format(draw(lines(names, depth - 1)), draw(lines(names, depth - 1)))


@st.composite
def conditions(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    """A condition on the household, as YAML."""
    forms = [
        "{0} {sign} {1}",
        "{0} {sign} standard",
        "{0} {sign} {number}",
        "count({member}) {sign} 2",
        "some({member})",
        "each({member})",
        "place == town",
        "place != village",
        "own",
        "not own",
        "strict == yes",
    ]
    form = draw(st.sampled_from(forms))
    leaf = form.format(
        draw(lines(names)) if "{0}" in form else "",
        draw(lines(names)) if "{1}" in form else "",
        sign=draw(SIGNS),
        number=draw(NUMBERS),
        member=draw(member_conditions()) if "{member}" in form else "",
    )
    quoted = f'{{that: "{leaf}"}}'
    kind = draw(st.sampled_from(["leaf", "leaf", "all", "any", "not"]))
    if kind == "leaf":
        return quoted
    if kind == "not":
        return f"{{not: {quoted}}}"
    return f"{{{kind}: {{a: {quoted}, b: {draw(conditions(names))}}}}}"


@st.composite
def policies(draw: st.DrawFn) -> str:
    """The text of a sound policy with members, terms, a parameter by place, a reading, and three outcomes."""
    names: tuple[str, ...] = ("loan",)
    terms = []
    for number in range(draw(st.integers(1, 3))):
        name = f"t{number}"
        if draw(st.booleans()):
            body = f'value: "{draw(lines(names))}"'
        else:
            body = (
                f'choose: [{{when: {draw(conditions(names))}, value: "{draw(lines(names))}"}}]\n'
                f'    otherwise: "{draw(lines(names))}"'
            )
        terms.append(f"  {name}:\n    title: {name}\n    unit: yuan\n    basis: assumption\n    {body}\n")
        names += (name,)
    outcomes = "".join(
        f"      - {{outcome: {name}, title: {name}, basis: assumption, when: {draw(conditions(names))}}}\n"
        for name in "abc"
    )
    return f"""
language: 1
policy: generated
effective: {{from: 2021-01-01, to: 2030-12-31}}
units: {{yuan: 元, person: 人, year: 年, month: 月}}
household:
  place: {{title: place, one of: {{town: town, village: village}}}}
  own: {{title: own, yes or no: true}}
  loan: {{title: loan, unit: yuan, from: -1000, to: 1000, decimals: 2}}
members:
  at most: 4
  facts:
    kind: {{title: kind, one of: {{self: self, child: child, other: other}}}}
    born: {{title: born, date: true}}
    well: {{title: well, yes or no: true}}
    wage: {{title: wage, unit: yuan, to: 1000, decimals: 2}}
    rent: {{title: rent, unit: yuan, from: -50, to: 50, decimals: 1}}
must:
  one: {{that: count(kind == self) == 1}}
parameters:
  standard:
    {{title: standard, unit: yuan, by: place, values: {{town: 7.5, village: {draw(NUMBERS)}}}, basis: assumption}}
  rate: {{title: rate, unit: person, value: {draw(st.sampled_from(["80 %", "2", "0.125"]))}, basis: assumption}}
readings:
  strict: {{title: strict, question: q, one of: {{no: n, yes: y}}, chosen: no, why: w, basis: assumption}}
terms:
  counts:
    {{title: counts, of: member, basis: assumption, when: {{any: {{a: {{that: kind == self}}, b: {{that: well}}}}}}}}
  people: {{title: people, unit: person, basis: assumption, value: "max(1, count(counts))"}}
{"".join(terms)}
decisions:
  category:
    title: category
    first:
{outcomes}    otherwise: {{outcome: none, title: none}}
"""


@st.composite
def generated_households(draw: st.DrawFn) -> dict[str, object]:
    """A household with every fact of such a policy, its amounts on small round numbers and a hundredth beside them."""

    def amount(least: int, most: int) -> Decimal:
        near = draw(st.sampled_from([0, 1, 2, 3, 5, 7, 12, 36, 100]) | st.integers(least, most))
        return min(max(near + draw(st.sampled_from([0, 0, -1, 1])) * Decimal("0.01"), Decimal(least)), Decimal(most))

    def member(kind: str) -> dict[str, object]:
        beside = draw(st.sampled_from(["2012-05-31", "2012-06-01", "2012-06-02", "2004-02-29", "1980-01-01"]))
        rent = draw(st.integers(-500, 500)) / Decimal(10)
        return {"kind": kind, "born": beside, "well": draw(st.booleans()), "wage": amount(0, 1000), "rent": rent}

    others = draw(st.lists(st.sampled_from(["child", "other"]), max_size=3))
    return {
        "on": "2030-06-01",
        "place": draw(st.sampled_from(["town", "village"])),
        "own": draw(st.booleans()),
        "loan": amount(-1000, 1000),
        "members": [member(kind) for kind in ("self", *others)],
    }
