"""A strategy for small sound policies, for tests of what holds for every policy."""

from hypothesis import strategies as st

_MONEY = ("wage", "rent")
_NUMBERS = st.sampled_from(["0", "1", "2", "3", "0.5", "12", "100", "7.25"])
_FACTORS = st.sampled_from(["1", "2", "0.35", "-1", "-3", "0.8", "-0.5", "7.25"])
_SIGNS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
_AMOUNTS = {  # their names are long, so that printed sums take several lines
    "medical_expenses_self_paid": "to: 1000, decimals: 2",
    "tuition_fees_of_children": "to: 500",
    "balance_of_the_family_farm": "from: -500, to: 500, decimals: 1",
    "rehabilitation_and_nursing": "to: 1000, decimals: 2",
}
_SHARES = {
    "share_of_the_year_at_home": "to: 1, decimals: 2",
    "change_against_last_year": "from: -2, to: 2, decimals: 1",
}
_AMOUNTS_OF_MEMBERS = {
    "wages_after_tax_and_dues": "to: 1000, decimals: 2",
    "losses_and_gains_of_a_trade": "from: -100, to: 100, decimals: 1",
}
_MOST = 450  # characters of an expression: a comparison of two must fit the limit of a line


@st.composite
def _long_sums(draw: st.DrawFn, names: tuple[str, ...], shares: tuple[str, ...] = ()) -> str:
    """Sums and differences of four to eight amounts, some times a share or a number."""
    parts = st.sampled_from(names)
    lines = [parts, parts, st.builds("{} * {}".format, _FACTORS, parts)]
    lines += [st.builds("{} * {}".format, parts, st.sampled_from(shares))] if shares else []
    first, *rest = draw(st.lists(st.one_of(lines), min_size=4, max_size=8))
    signs = st.sampled_from(["+", "+", "-"])
    return " ".join([first, *(f"{draw(signs)} {part}" for part in rest)])


def _fitting(form: str, *parts: str) -> str:
    """A form with its parts, or the first part alone if the whole is too long."""
    text = form.format(*parts)
    return text if len(text) <= _MOST else parts[0]


@st.composite
def _member_lines(draw: st.DrawFn, depth: int = 2) -> str:
    """Amounts of a member, in yuan: its facts, and sums, differences, caps and roundings of them."""
    if depth == 0 or not draw(st.booleans()):
        some = [*_MONEY, "0 * wage", "2 * wage", "7.25 * wage", *_AMOUNTS_OF_MEMBERS, "-0.35 * rent"]
        return draw(st.sampled_from(some))
    forms = [
        "({0} + {1})",
        "({0} - {1})",
        "min({0}, {1})",
        "max({0}, {1}, 5)",
        "round_half_up({0} + {1}, 0.5)",
        "({0} - ({1} - {0}))",
        "({0} - ({long}))",
    ]
    form = draw(st.sampled_from(forms))
    if "{long}" in form:
        return form.format(draw(_member_lines(0)), long=draw(_long_sums((*_AMOUNTS_OF_MEMBERS, *_MONEY))))
    return form.format(draw(_member_lines(depth - 1)), draw(_member_lines(depth - 1)))


@st.composite
def _member_conditions(draw: st.DrawFn) -> str:
    """Conditions on a member."""
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
    """Amounts of the household, in yuan."""
    if depth == 0 or not draw(st.booleans()):
        form = draw(st.sampled_from([*names, "{number} * loan", "sum", "sum", "{factor} * {amount}", "{amount}"]))
        if form == "sum":
            return f"sum({draw(_member_lines(1))} where {draw(_member_conditions())})"
        return form.format(
            number=draw(_NUMBERS) if "{number}" in form else "",
            factor=draw(_FACTORS) if "{factor}" in form else "",
            amount=draw(st.sampled_from(list(_AMOUNTS))) if "{amount}" in form else "",
        )
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
        "({0} - ({2}))",
        "({0} - ({1} - ({2})))",
        "(-0.5 * ({2}) - {0})",
        "(({0} - ({2})) * {share})",
        "({share} * round_down({0} - {1}, 5))",
        "max({0}, {1}, -({2}))",
    ]
    form = draw(st.sampled_from(forms))
    if "{share}" in form:
        form = form.replace("{share}", draw(st.sampled_from(list(_SHARES))))
    inner = 0 if "*" in form else depth - 1  # products inside products grow fast where their ranges are computed
    parts = [draw(_lines(names, inner)) if f"{{{number}}}" in form else "" for number in range(2)]
    added = draw(_long_sums((*_AMOUNTS, *names), tuple(_SHARES))) if "{2}" in form else ""
    return _fitting(form, *parts, added)


@st.composite
def _conditions(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    """Conditions on the household, as YAML."""
    forms = [
        "own",
        "not own",
        "{0} {sign} {1}",
        "{0} {sign} standard",
        "{0} {sign} {number}",
        "{0} {sign} -{number}",
        "{amount} - ({long}) {sign} {0}",
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
        amount=draw(st.sampled_from(list(_AMOUNTS))) if "{amount}" in form else "",
        long=draw(_long_sums(tuple(_AMOUNTS))) if "{long}" in form else "",
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
    """Texts of sound policies with members, terms, a parameter by place, a reading, and three outcomes.

    `policies().map(read_policy)` draws the policies, and `.flatmap(households)` their households. Facts and numbers
    are few and small; expressions are not: nested sums of up to eight parts, products of two facts, long names. Only
    facts that are used are declared. It shrinks to one term, and outcomes of one short condition each.
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
    used = "".join((*terms, outcomes))

    def declared(facts: dict[str, str], unit: str, indent: int = 2) -> str:
        lines = [f"{name}: {{title: {name}, unit: {unit}, {ends}}}\n" for name, ends in facts.items() if name in used]
        return "".join(" " * indent + line for line in lines)

    return f"""
language: 1
policy: generated
effective: {{from: 2021-01-01, to: 2030-12-31}}
units: {{yuan: 元, person: 人, year: 年, month: 月}}
household:
  place: {{title: place, one of: {{town: town, village: village}}}}
  own: {{title: own, yes or no: true}}
  loan: {{title: loan, unit: yuan, from: -1000, to: 1000, decimals: 2}}
{declared(_AMOUNTS, "yuan")}{declared(_SHARES, "1")}members:
  at most: 4
  facts:
    kind: {{title: kind, one of: {{self: self, child: child, other: other}}}}
    born: {{title: born, date: true}}
    well: {{title: well, yes or no: true}}
    wage: {{title: wage, unit: yuan, to: 1000, decimals: 2}}
    rent: {{title: rent, unit: yuan, from: -50, to: 50, decimals: 1}}
{declared(_AMOUNTS_OF_MEMBERS, "yuan", 4)}must:
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
