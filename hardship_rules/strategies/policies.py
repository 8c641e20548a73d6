"""Small sound policies to draw, for what must hold of every policy: tools for policies, other ways of running one."""

from hypothesis import strategies as st

_MONEY = ("wage", "rent")
_NUMBERS = st.sampled_from(["0", "1", "2", "3", "0.5", "12", "100", "7.25"])
_SIGNS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


@st.composite
def _member_lines(draw: st.DrawFn, depth: int = 2) -> str:
    """A number of a member, in yuan: its facts, and sums, differences, caps and roundings of them."""
    if depth == 0 or not draw(st.booleans()):
        return draw(st.sampled_from([*_MONEY, "0 * wage", "2 * wage", "7.25 * wage"]))
    forms = ["({0} + {1})", "({0} - {1})", "min({0}, {1})", "max({0}, {1}, 5)", "round_half_up({0} + {1}, 0.5)"]
    return draw(st.sampled_from(forms)).format(draw(_member_lines(depth - 1)), draw(_member_lines(depth - 1)))


@st.composite
def _member_conditions(draw: st.DrawFn) -> str:
    """A condition on a member."""
    forms = [
        "kind == self",
        "{line} {sign} {number}",
        "kind != other",
        "kind in (child, other)",
        "well",
        "not well",
        "full_years(born, on) {sign} 18",
        "full_months(born, on) {sign} 216",
        "counts",
    ]
    form = draw(st.sampled_from(forms))
    line = draw(_member_lines(1)) if "{line}" in form else ""
    return form.format(line=line, sign=draw(_SIGNS), number=draw(_NUMBERS))


@st.composite
def _lines(draw: st.DrawFn, names: tuple[str, ...], depth: int = 2) -> str:
    """A number of the household, in yuan."""
    if depth == 0 or not draw(st.booleans()):
        form = draw(st.sampled_from([*names, "{number} * loan", "sum", "sum"]))
        if form == "sum":
            return f"sum({draw(_member_lines(1))} where {draw(_member_conditions())})"
        return form.format(number=draw(_NUMBERS))
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
    return draw(st.sampled_from(forms)).format(draw(_lines(names, depth - 1)), draw(_lines(names, depth - 1)))


@st.composite
def _conditions(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    """A condition on the household, as YAML."""
    forms = [
        "own",
        "not own",
        "{0} {sign} {1}",
        "{0} {sign} standard",
        "{0} {sign} {number}",
        "count({member}) {sign} 2",
        "some({member})",
        "each({member})",
        "place == town",
        "place != village",
        "strict == yes",
    ]
    form = draw(st.sampled_from(forms))
    leaf = form.format(
        draw(_lines(names)) if "{0}" in form else "",
        draw(_lines(names)) if "{1}" in form else "",
        sign=draw(_SIGNS),
        number=draw(_NUMBERS),
        member=draw(_member_conditions()) if "{member}" in form else "",
    )
    quoted = f'{{that: "{leaf}"}}'
    kind = draw(st.sampled_from(["leaf", "leaf", "all", "any", "not"]))
    if kind == "leaf":
        return quoted
    if kind == "not":
        return f"{{not: {quoted}}}"
    return f"{{{kind}: {{a: {quoted}, b: {draw(_conditions(names))}}}}}"


@st.composite
def policies(draw: st.DrawFn) -> str:
    """The text of a sound policy with members, terms, a parameter by place, a reading, and three outcomes.

    It is a text, so that what fails can be read; `policies().map(read_policy)` gives the policies themselves, and
    `.flatmap(households)` their households. Its facts, names and numbers are small and always of the same few; what is
    worked out from them is not. It shrinks to one term and outcomes of one short condition each.
    """
    names: tuple[str, ...] = ("loan",)
    terms = []
    for number in range(draw(st.integers(1, 3))):
        name = f"t{number}"
        if not draw(st.booleans()):
            body = f'value: "{draw(_lines(names))}"'
        else:
            body = (
                f'choose: [{{when: {draw(_conditions(names))}, value: "{draw(_lines(names))}"}}]\n'
                f'    otherwise: "{draw(_lines(names))}"'
            )
        terms.append(f"  {name}:\n    title: {name}\n    unit: yuan\n    basis: assumption\n    {body}\n")
        names += (name,)
    outcomes = "".join(
        f"      - {{outcome: {name}, title: {name}, basis: assumption, when: {draw(_conditions(names))}}}\n"
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
    {{title: standard, unit: yuan, by: place, values: {{town: 7.5, village: {draw(_NUMBERS)}}}, basis: assumption}}
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
