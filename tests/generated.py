"""A hypothesis strategy of small sound policies, on which every way of running a policy is held to the others."""

from hypothesis import strategies as st

MONEY = ("wage", "rent")
NUMBERS = st.sampled_from(["0", "1", "2", "3", "0.5", "12", "100", "7.25"])


@st.composite
def member_lines(draw: st.DrawFn, depth: int = 2) -> str:
    """A number of a member, in yuan: its facts, and sums, differences, caps and roundings of them."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from([*MONEY, f"{draw(NUMBERS)} * wage", "0 * wage"]))
    left, right = draw(member_lines(depth - 1)), draw(member_lines(depth - 1))
    form = draw(
        st.sampled_from(["({0} + {1})", "({0} - {1})", "min({0}, {1})", "max({0}, {1}, 5)", "round_half_up({0}, 0.5)"])
    )
    return form.format(left, right)


@st.composite
def member_conditions(draw: st.DrawFn) -> str:
    """A condition on a member."""
    sign = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
    return draw(
        st.sampled_from(
            [
                f"{draw(member_lines(1))} {sign} {draw(NUMBERS)}",
                "kind == self",
                "kind != other",
                "kind in (child, other)",
                "well",
                "not well",
                f"full_years(born, on) {sign} 18",
                f"full_months(born, on) {sign} 216",
                "counts",
            ]
        )
    )


@st.composite
def lines(draw: st.DrawFn, names: tuple[str, ...], depth: int = 2) -> str:
    """A number of the household, in yuan."""
    if depth == 0 or draw(st.booleans()):
        leaves = [*names, f"{draw(NUMBERS)} * loan", f"sum({draw(member_lines(1))} where {draw(member_conditions())})"]
        return draw(st.sampled_from(leaves))
    left, right = draw(lines(names, depth - 1)), draw(lines(names, depth - 1))
    forms = [
        "({0} + {1})",
        "({0} - {1})",
        "min({0}, {1})",
        "max({0}, {1})",
        "({0} / 3)",
        "({0} * rate / people * 1)",
        "round_down({0}, 0.01)",
        "round_half_up({0}, 1)",
        "round_up({0}, 2.5)",
        "-{0}",
    ]
    return draw(st.sampled_from(forms)).format(left, right)


@st.composite
def conditions(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    """A condition on the household, as YAML."""
    sign = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
    leaf = draw(
        st.sampled_from(
            [
                f"{draw(lines(names))} {sign} {draw(lines(names))}",
                f"{draw(lines(names))} {sign} standard",
                f"{draw(lines(names))} {sign} {draw(NUMBERS)}",
                f"count({draw(member_conditions())}) {sign} 2",
                f"some({draw(member_conditions())})",
                f"each({draw(member_conditions())})",
                "place == town",
                "place != village",
                "own",
                "not own",
                "strict == yes",
            ]
        )
    )
    quoted = f'{{that: "{leaf}"}}'
    kind = draw(st.sampled_from(["leaf", "leaf", "all", "any", "not"]))
    if kind == "leaf":
        return quoted
    if kind == "not":
        return f"{{not: {quoted}}}"
    other = draw(conditions(names)) if draw(st.booleans()) else quoted
    return f"{{{kind}: {{a: {quoted}, b: {other}}}}}"


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
