"""Warnings about the rules of a policy: what they say is true of every household, and sound policies have none."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from completing import any_value, chance, completed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from independent import Opinion
from rich import rich_policies
from sampling import count, examples

from hardship_rules import Policy, Problem, load_policy, read_policy
from hardship_rules.authoring import lint, lint_file
from hardship_rules.core.expr import Clause, Compare, Expr, OneOf, names_in, walk
from hardship_rules.core.policy import exprs_of
from hardship_rules.language.find import BUNDLED
from hardship_rules.language.policies import load_base
from hardship_rules.testing import policies

SOUND = """
language: 1
policy: sound
title: 小例
units: {yuan: 元, person: 人}
household:
  place: {title: 住地, one of: {town: 城, village: 村}}
  money: {title: 存款, unit: yuan, to: 1000}
  wage: {title: 工资, unit: yuan, to: 1000, if absent: 2 * pension}
  pension: {title: 养老金, unit: yuan, to: 1000}
members:
  called by: [role]
  facts:
    role: {title: 身份, one of: {self: 本人, child: 子女}}
    age: {title: 年龄, unit: 1, to: 130}
    cost: {title: 支出, unit: yuan, to: 1000}
    ill: {title: 患病, yes or no: true}
must: {adult: {that: some(age >= 18), title: 有成年人}}
parameters:
  limit: {title: 限额, unit: yuan, by: place, values: {town: 10, village: 8}, basis: assumption}
  share: {title: 支出的比例, unit: 1, value: 80 %, basis: assumption}
  times: {title: 倍数, unit: 1, value: 2, basis: assumption}
readings:
  equal: {title: 恰等, question: 算不算, one of: {no: 不算, yes: 算}, chosen: no, why: 没有说, basis: assumption}
  year: {title: 年度, question: 哪, one of: {a: 去年, b: 今年}, chosen: a, why: 无, affects: [wage], basis: assumption}
terms:
  costs: {title: 支出合计, unit: yuan, value: sum(cost), basis: assumption}
  income: {title: 收入, unit: yuan, value: wage + pension, basis: assumption}
  shown: {title: 半数, unit: yuan, value: income / 2, basis: assumption}
show: [shown]
decisions:
  category:
    title: 类别
    first:
      - outcome: poor
        title: 困难
        basis: assumption
        when:
          any:
            below: {that: money < limit, title: 低于限额}
            equal: {all: {granted: {that: equal == yes, title: 算}, same: {that: money == limit, title: 恰等}}}
      - {outcome: costly, title: 支出大, basis: assumption, when: {that: costs > share * income, title: 超过80%}}
      - {outcome: double, title: 两倍, basis: assumption, when: {that: money < times * limit, title: 低于2倍}}
    otherwise: {outcome: none, title: 不符合}
properties:
  ill_fits: {title: 患病的, only: {gets: poor, when: {that: some(ill)}}}
"""
COSTLY = "that: costs > share * income, title: 超过80%"
BELOW = "that: money < limit, title: 低于限额"
DOUBLE = "that: money < times * limit, title: 低于2倍"
SHARE = "title: 支出的比例, unit: 1, value: 80 %"
AGE = "that: some(age >= 18), title: 有成年人"


def changed(*pairs: tuple[str, str]) -> str:
    """The sound policy with passages replaced, each of which occurs exactly once."""
    text = SOUND
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def warned(*pairs: tuple[str, str]) -> tuple[Problem, ...]:
    """The warnings about the sound policy with passages replaced."""
    found = lint(read_policy(changed(*pairs)), None, None)
    assert all(problem.severity == "warning" and problem.location is not None for problem in found)
    return found


def codes(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    """The code and the given words of each warning."""
    return [(problem.code, problem.given) for problem in warned(*pairs)]


def place(text: str, passage: str) -> tuple[int, int]:
    """The line and column where a passage begins."""
    before, _ = text.split(passage)
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_a_sound_policy_has_no_warning() -> None:
    """Facts, terms and readings may be used by a default, a `must`, a property, `show`, `called by` and `affects`."""
    assert codes() == []


@pytest.mark.parametrize("name", sorted(path.stem for path in BUNDLED.glob("*.yaml")))
def test_no_bundled_policy_has_one(name: str) -> None:
    """No bundled policy has a warning about its rules, also not the measure without the standards of a year."""
    assert lint(load_policy(name), load_base(name), None) == ()


# --- Names that nothing uses ---


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("  money: {", "  spare: {title: 其他, unit: yuan, to: 9, evidence: 存折}\n  money: {", ["spare"]),
        ("    age: {", "    spare: {title: 其他, unit: yuan, to: 9}\n    age: {", ["spare"]),
        ("  times: {", "  spare: {title: 其他, unit: 1, value: 1, basis: assumption}\n  times: {", ["spare"]),
        ("affects: [wage], ", "", ["year"]),
        ("called by: [role]\n  ", "", ["role"]),
        ("show: [shown]\n", "", ["shown"]),
        ("if absent: 2 * pension", "if absent: 0", []),  # the income still uses it
        ("value: wage + pension", "value: wage", []),  # the default of the wage still uses it
        ("times * limit", "2 * limit", ["times"]),
        (f"must: {{adult: {{{AGE}}}}}\n", "", ["age"]),
        ("equal == yes", "true", ["equal"]),
        ("some(ill)", "some(age < 18)", ["ill"]),
        ("costs > share", "money > share", ["cost", "costs"]),  # the fact of a term that nothing uses
    ],
)
def test_names_without_effect(old: str, new: str, names: list[str]) -> None:
    """A fact, parameter, reading or term is reported where nothing that is decided or shown depends on it."""
    assert codes((old, new)) == [("name_unused", name) for name in names]


def test_a_fact_that_only_a_property_raises() -> None:
    """A property that says that a fact changes nothing uses it."""
    spare = ("  money: {", "  spare: {title: 其他, unit: yuan, to: 9}\n  money: {")
    raising = "raising: {facts: spare, never moves: category, to: another}"
    assert codes(spare, ("properties:\n", f"properties:\n  no_effect: {{title: 不影响, {raising}}}\n")) == []


def test_the_sentence_about_a_name() -> None:
    """It has the title and the name, and is at the definition."""
    (problem,) = warned(("times * limit", "2 * limit"))
    assert problem.message() == "“倍数”（`times`）没有用处：决定、显示的数、`must` 和性质都用不到它"
    assert problem.message("en").startswith("倍数 (`times`) has no effect: no decision, shown figure, `must`")
    assert problem.location is not None
    assert (problem.location.line, problem.location.column) == place(SOUND, "times: {")
    assert problem.at == ("parameters", "times")


def test_a_policy_without_decisions() -> None:
    """Where nothing is decided yet, no name is reported."""
    text, _ = SOUND.split("decisions:")
    assert lint(read_policy(text), None, None) == ()


# --- Shares ---

TABLE = "title: 支出的比例, unit: 1, by: place, values: {town: TOWN, village: VILLAGE}"
KEPT = "that: costs > (1 - share) * income, title: 超过比例"


@pytest.mark.parametrize(
    ("share", "costly", "found"),
    [
        ("title: 支出的比例, unit: 1, value: 80 %", COSTLY, []),
        ("title: 支出的比例, unit: 1, value: 0.8", COSTLY, []),
        ("title: 支出的比例, unit: 1, value: 80", COSTLY, ["percent_missing 80"]),  # 80 % in the title of the line
        ("title: 支出的比例, unit: 1, value: 80", COSTLY.replace("80%", "比例"), []),  # 80 times is possible
        ("title: 支出的比例, unit: 1, value: 80", COSTLY.replace("80%", "百分之80"), ["percent_missing 80"]),
        ("title: 支出的80%, unit: 1, value: 80", COSTLY.replace("80%", "比例"), ["percent_missing 80"]),
        ("title: 支出的比例, unit: 1, value: 150 %", COSTLY.replace("80%", "150%"), []),
        ("title: 支出的比例, unit: 1, value: 150", COSTLY.replace("80%", "150%"), ["percent_missing 150"]),
        ("title: 支出的比例, unit: 1, usual: {to: 1}, value: 80 %", COSTLY, []),
        ("title: 比例, unit: 1, usual: {to: 1}, value: 70", COSTLY, ["percent_missing 70"]),
        ("title: 比例, unit: 1, usual: {to: 100 %}, value: 170 %", COSTLY, ["share_above_one 170 %"]),
        ("title: 比例, unit: 1, usual: {to: 1}, value: 170", COSTLY, ["share_above_one 170"]),
        ("title: 比例, unit: 1, usual: {to: 3}, value: 4", COSTLY, ["value_unusual 4"]),
        ("title: 比例, unit: 1, value: 70 %", KEPT, []),
        ("title: 比例, unit: 1, value: 70", KEPT, ["percent_missing 70"]),
        ("title: 比例, unit: 1, value: 170 %", KEPT, ["share_above_one 170 %"]),
        (TABLE.replace("TOWN", "80 %").replace("VILLAGE", "0.7"), COSTLY, []),
        (TABLE.replace("TOWN", "80 %").replace("VILLAGE", "70"), COSTLY, ["percent_missing 70"]),
        (TABLE.replace("TOWN", "150 %").replace("VILLAGE", "2"), COSTLY, []),  # both are multiples
        (TABLE.replace("TOWN", "1 %").replace("VILLAGE", "0.2"), COSTLY, []),
        (TABLE.replace("TOWN", "80").replace("VILLAGE", "70"), COSTLY.replace("80%", "比例"), []),
        ("title: 支出的1%, unit: 1, value: 1", COSTLY.replace("80%", "比例"), ["percent_missing 1"]),
        ("title: 支出的1%, unit: 1, value: 1 %", COSTLY.replace("80%", "比例"), []),
        ("title: 支出的比例, unit: yuan, value: 80", "that: costs > share, title: 超过80%", []),
    ],
)
def test_shares(share: str, costly: str, found: list[str]) -> None:
    """A share above 1, and 80 for 80 %: where the words say so, or what is usual, or a line subtracts it from 1."""
    assert [" ".join(pair) for pair in codes((SHARE, share), (COSTLY, costly))] == found


@pytest.mark.parametrize(
    ("line", "title", "found"),
    [
        ("costs > 80 * income", "超过收入的80%", ["80"]),
        ("costs > 80 % * income", "超过收入的80%", []),
        ("costs > 0.8 * income", "超过收入的80 %", []),
        ("costs > 2.5 * income", "超过收入的2.5％", ["2.5"]),
        ("costs > 80 * income", "超过收入的80倍", []),
        ("80 * income < costs", "超过收入的 80 %", ["80"]),
        ("costs / income_or_one > 80", "超过收入的80%", []),  # what is compared may be in percent
        ("100 * costs / income_or_one > 100", "超过收入的100%", []),  # this turns a share into a percentage
        ("costs > 80", "达到限额的80%", []),  # an amount
        ("some(80 * age > 400)", "达到80%", []),  # a pure number
        ("costs > 2 * income * 2 %", "超过两份收入的2%", []),
    ],
)
def test_factors(line: str, title: str, found: list[str]) -> None:
    """In a line that multiplies an amount, the number of a percentage in the title is missing its sign."""
    one = 'terms:\n  income_or_one: {title: 不为零的收入, unit: yuan, value: "max(1, income)", basis: assumption}\n'
    pairs = [("terms:\n", one)] if "one" in line else []
    uses = (COSTLY, f'that: "{line}", title: {title}')
    problems = [each for each in warned(*pairs, uses) if each.code != "name_unused"]
    assert [(each.code, each.given) for each in problems] == [("percent_missing", number) for number in found]
    for problem in problems:
        text = changed(*pairs, uses)
        at = place(text, line)
        assert problem.location is not None
        assert (problem.location.line, problem.location.column) == (at[0], at[1] + line.index(found[0]))
        assert problem.message() == f"“{title}”中的 {found[0]} 像是百分数，没有写百分号：现在的意思是 {found[0]} 倍"
        assert problem.help("en").startswith(f"Write `{found[0]} %` for {found[0]} percent")


def test_words_of_what_does_not_hold() -> None:
    """The words of `if not` count as well."""
    unused = ("name_unused", "share")
    assert codes((COSTLY, "that: costs > 80 * income, if not: 未超过80%")) == [unused, ("percent_missing", "80")]
    assert codes((COSTLY, "that: costs > 90 * income, if not: 未超过80%")) == [unused]


def test_a_term_of_a_percentage() -> None:
    """The title of a term counts as well."""
    half = "title: 半数, unit: yuan, value: income / 2"
    assert codes((half, "title: 五成（50%）, unit: yuan, value: 50 * income")) == [("percent_missing", "50")]
    assert codes((half, "title: 五成（50%）, unit: yuan, value: 50 % * income")) == []


@pytest.mark.parametrize(
    ("share", "found"),
    [("75 %", []), ("0.75", []), ("75", ["percent_missing"]), ("1.2", [])],
)
def test_a_year_that_leaves_out_the_sign(tmp_path: Path, share: str, found: list[str]) -> None:
    """A year's value without the sign of the measure's is reported once, whatever the year before had."""
    measure = changed(("policy: sound", "policy: measure"), (COSTLY, COSTLY.replace("80%", "比例")))
    (tmp_path / "measure.yaml").write_text(measure, "utf-8")
    for year, value in ((2024, "85 %"), (2025, share)):
        text = f"language: 1\npolicy: {year}_city\nseries: city\ntitle: 某市\nextends: measure\n"
        text += f"effective: {{from: {year}-01-01, to: {year}-12-31}}\n"
        text += f"parameters: {{share: {{value: {value}, basis: assumption}}}}\n"
        (tmp_path / f"{year}_city.yaml").write_text(text, "utf-8")
    warnings = lint_file(tmp_path / "2025_city.yaml")
    assert [each.code for each in warnings if each.code != "value_jump"] == found
    assert not found or len(warnings) == 1


def test_shares_by_number() -> None:
    """A table by numbers is read as others are, however its numbers are written."""
    homes = ("  money: {", "  homes: {title: 房, unit: 1, from: 1, to: 9}\n  money: {")
    share = "title: 比例, unit: 1, by: homes, values: {01: 80 %, 2: 70, 3 and more: LAST}"
    assert codes(homes, (SHARE, share.replace("LAST", "60 %"))) == [("percent_missing", "70")]
    (_, problem) = warned(homes, (SHARE, share.replace("LAST", "60")))
    assert (problem.given, problem.at) == ("60", ("parameters", "share", "3"))


# --- Repeated conditions ---

GRANTED = "granted: {that: equal == yes, title: 算}, same: {that: money == limit, title: 恰等}"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            f"below: {{{BELOW}}}",
            f"below: {{{BELOW}}}\n            less: {{that: limit > money}}",
            "limit > money below",
        ),
        (f"below: {{{BELOW}}}", f"below: {{{BELOW}}}\n            less: {{that: limit >= money}}", ""),
        (f"below: {{{BELOW}}}", f"below: {{{BELOW}}}\n            less: {{that: wage < limit}}", ""),
        (
            f"below: {{{BELOW}}}",
            f"below: {{{BELOW}}}\n            less: {{not: {{that: money >= limit}}}}",
            "not (money >= limit) below",
        ),
        (GRANTED, f"{GRANTED}, again: {{that: limit == money}}", "limit == money equal.same"),
        (GRANTED, f"{GRANTED}, again: {{that: money == times * limit}}", ""),
        (GRANTED, f"{GRANTED}, again: {{that: equal != no}}", ""),  # another condition, which only has the same value
        (GRANTED, f"a: {{all: {{{GRANTED}}}}}, b: {{all: {{{GRANTED}}}}}", "category.poor.equal.b equal.a"),
        (
            GRANTED,
            f"a: {{not: {{all: {{{GRANTED}}}}}}}, b: {{not: {{all: {{{GRANTED}}}}}}}",
            "category.poor.equal.b equal.a",
        ),
        (GRANTED, f"{GRANTED}, a: {{that: true}}, b: {{that: true}}", ""),
        (f"must: {{adult: {{{AGE}}}}}", f"must: {{adult: {{{AGE}}}, too: {{{AGE}}}}}", "some(age >= 18) must.adult"),
        (f"when: {{{DOUBLE}}}", f"when: {{{BELOW}}}", ""),  # the first outcome is wider
    ],
)
def test_clauses_side_by_side(old: str, new: str, found: str) -> None:
    """The later of two equal conditions in one `all` or `any`, or in `must`, is reported, however it is written."""
    problems = [each for each in warned((old, new)) if each.code != "name_unused"]
    expected = []
    if found:
        given, _, other = found.rpartition(" ")
        other = other if other.startswith("must") else f"category.poor.{other}"
        expected = [("clause_repeated", given, other)]
    assert [(each.code, each.given, each.values["other"]) for each in problems] == expected


def test_the_sentence_about_a_repeated_clause() -> None:
    """It names the first clause and its line, at the place of the second."""
    pair = (GRANTED, f"{GRANTED}, again: {{that: limit == money}}")
    (problem,) = warned(pair)
    line, _ = place(changed(pair), "granted:")
    assert problem.message() == f"`limit == money` 与第 {line} 行的 `category.poor.equal.same` 是同一个条件"
    assert problem.message("en").endswith(f"is the same condition as `category.poor.equal.same` in line {line}")
    assert problem.at == ("category", "poor", "equal", "again")
    assert problem.location is not None
    assert (problem.location.line, problem.location.column) == place(changed(pair), "{that: limit == money}")


CASES = """
  fee:
    title: 补助
    unit: yuan
    basis: assumption
    choose: [{when: money < limit, value: 5}, {when: LINE, value: 3}]
    otherwise: 0
show: [shown, fee]
"""


def test_cases_that_are_never_reached() -> None:
    """A later case or outcome of `first` with the condition of an earlier one is reported; in `every` both may hold."""
    outcome = (DOUBLE, COSTLY)
    assert codes(outcome) == [("name_unused", "times"), ("case_repeated", "category.double")]
    case = ("\nshow: [shown]\n", CASES.replace("LINE", "limit > money"))
    assert codes(case) == [("case_repeated", "fee.2")]
    assert codes(("\nshow: [shown]\n", CASES.replace("LINE", "limit > wage"))) == []
    every = "  papers: {title: 材料, every: [{outcome: a, title: 甲, basis: assumption, when: {that: money > 9}}, "
    every += "{outcome: b, title: 乙, basis: assumption, when: {that: money > 9}}]}\nproperties:"
    assert codes(("properties:", every)) == []


# --- Comparisons that are the same for every household ---


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("money > 999", ""),
        ("money > 1000", "comparison_false"),
        ("money <= 1000", "comparison_true"),
        ("money >= 0", "comparison_true"),
        ("money >= 0.01", ""),
        ("money == 1001", "comparison_false"),
        ("money != 1001", "comparison_true"),
        ("money < 200 * times * limit - 2600", ""),  # below 1400 or 600
        ("money < 200 * times * limit - 2190", "comparison_true"),  # below 1810 or 1010
        ("money == 0.5 + 1000", "comparison_false"),
        ("place in (town, village)", "comparison_true"),
        ("place in (town)", ""),
        ("count(age < 131) > 0", "comparison_true"),  # the comparison inside
        ("count(age < 130) >= 0", "comparison_true"),
        ("count(age < 18) >= 1", ""),
        ("some(age > 130)", "comparison_false"),
        ("each(age >= 1)", ""),
        ("sum(cost) >= 0", "comparison_true"),
        ("wage > income", "comparison_false"),  # a part of it
        ("wage > 120 % * income", "comparison_false"),
        ("wage >= income", ""),
        ("wage < income + 1", "comparison_true"),
        ("wage >= income + 1", "comparison_false"),
        ("wage > 99 % * income", ""),
        ("income - wage <= pension", "comparison_true"),
        ("wage - pension == wage + pension + 1", "comparison_false"),
        ("wage + pension == wage - pension - 1", "comparison_false"),
        ("wage - pension == wage + pension - 1", ""),
        ("equal == yes", ""),  # a switch
        ("times > 1", ""),  # a switch
        ("true", ""),
        ("category == poor", ""),
        ("category in (poor, costly, double, none)", "comparison_true"),
    ],
)
def test_comparisons(line: str, found: str) -> None:
    """A comparison that is true, or false, for all facts within their ranges is reported, under any readings."""
    text = '  - {outcome: it, title: 它, basis: assumption, when: {that: "LINE", title: 事}}'
    further = f"  further:\n    title: 其他\n    every:\n    {text}\nproperties:".replace("LINE", line)
    problems = warned(("properties:", further))
    assert [(each.code, each.given) for each in problems] == ([(found, line)] if found else [])


def test_the_sentence_about_a_comparison() -> None:
    """It has the line as its author wrote it, at the sign that compares."""
    pair = (BELOW, "that: money >= 0, title: 有存款")
    found = {problem.code: problem for problem in warned(pair)}
    problem = found["comparison_true"]
    assert problem.message() == "`money >= 0` 中的比较对所有家庭都成立：事实取允许的任何值都一样"
    assert "false for every household" in warned((BELOW, "that: money < 0"))[0].message("en")
    assert problem.location is not None
    assert (problem.location.line, problem.location.column) == place(changed(pair), ">= 0")


def test_only_the_cause_is_reported() -> None:
    """What a constant condition makes constant is not reported: the clauses around it, and what uses its term."""
    parts = "much: {that: money > 1000}, old: {that: some(age > 60)}"
    rich = f"  rich: {{title: 富, basis: assumption, when: {{all: {{{parts}}}}}}}\n"
    bonus = "  bonus: {title: 加, unit: yuan, basis: assumption, choose: [{when: rich, value: 5}], otherwise: 0}\n"
    show = ("show: [shown]\n", f"{rich}{bonus}show: [shown, bonus]\n")
    assert codes(show) == [("comparison_false", "money > 1000")]
    assert codes(show, (DOUBLE, "that: bonus > 0")) == [
        ("name_unused", "times"),
        ("comparison_false", "money > 1000"),
    ]


def test_a_parameter_of_zero_is_a_switch() -> None:
    """A year may turn a rule off by the number 0, as `factor * income > costs` with the factor 0."""
    line = (COSTLY, "that: share * income > costs, title: 超过比例")
    assert codes(line, (SHARE, SHARE.replace("80 %", "0"))) == []
    assert codes((COSTLY, "that: 0 * income > costs, title: 超过比例"))[1:] == [
        ("comparison_false", "0 * income > costs")
    ]


def test_a_reading_is_a_switch() -> None:
    """What only the chosen option of a reading makes constant is not reported."""
    counted = "choose: [{when: equal == yes, value: income}], otherwise: 0"
    half = ("unit: yuan, value: income / 2", f"unit: yuan, {counted}")
    assert codes(half, (DOUBLE, "that: shown > times * limit")) == []


def test_an_open_number_is_not_known(tmp_path: Path) -> None:
    """A standard that no year has set, or that is not published, leaves a comparison open."""
    text = changed(("by: place, values: {town: 10, village: 8}", "by: place"))
    path = tmp_path / "sound.yaml"
    path.write_text(text, "utf-8")
    assert lint_file(path) == ()
    both = "by: place, values: {town: not published, village: not published}, from: LEAST, to: 3000"
    open_ = ("by: place, values: {town: 10, village: 8}", both.replace("LEAST", "10"))
    assert codes(open_) == []
    above = ("by: place, values: {town: 10, village: 8}", both.replace("LEAST", "1001"))  # above all savings
    assert {code for code, _ in codes(above)} == {"comparison_true", "comparison_false"}


# --- What the warnings say, on drawn policies ---


def exprs(policy: Policy) -> Iterator[Expr]:
    """Every condition and value of a policy."""
    stated = (each.when for each in policy.properties.values() if each.when is not None)
    definitions = (expr for definition in policy.names.values() for expr in exprs_of(definition))
    for expr in (*policy.must, *definitions, *stated):
        yield from walk(expr)


def truths(opinion: Opinion, expr: Expr) -> list[Any]:
    """Whether a condition holds, for each member where it is a member's."""
    if opinion.policy.of_members & set(names_in(expr)):
        return [opinion.value(expr, member) for member in opinion.members]
    return [opinion.value(expr)]


def results(opinion: Opinion) -> list[Any]:
    """The outcomes of every decision, the figures shown, and which conditions of `must` are met."""
    outcomes = [opinion.value(outcome.when) for each in opinion.policy.decisions.values() for outcome in each.outcomes]
    shown = [opinion.name(name) for name in opinion.policy.show]
    return [*outcomes, *shown, *(opinion.value(clause) for clause in opinion.policy.must)]


def check_claims(policy: Policy, opinion: Opinion, source: random.Random) -> None:
    """Compare every warning about a policy's rules with one household."""
    changes: set[str] = set()
    for problem in lint(policy, None, None):
        if problem.code in ("comparison_true", "comparison_false"):
            (line,) = (
                each for each in exprs(policy) if isinstance(each, Compare | OneOf) and each.at == problem.location
            )
            assert set(truths(opinion, line)) == {problem.code == "comparison_true"}
            count(constant_comparisons=1)
        elif problem.code in ("clause_repeated", "case_repeated"):
            ids = (problem.values["other"], ".".join(map(str, problem.at)))
            clauses = {each.id: each for each in exprs(policy) if isinstance(each, Clause)}
            first, later = (truths(opinion, clauses[id_]) for id_ in ids)
            assert first == later
            count(repeated_conditions=1)
        elif problem.code == "name_unused":
            changes.add(problem.given)
    rows = [
        {
            name: any_value(policy.names[name].kind, source) if name in changes else value  # type: ignore[union-attr]
            for name, value in row.items()
        }
        for row in (opinion.own, *opinion.members)
    ]
    assert results(Opinion(opinion.policy, rows[0], rows[1:])) == results(opinion)


@pytest.mark.agreement
@settings(max_examples=examples(40, 800), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(policies(), rich_policies()))
def test_drawn_policies(text: str) -> None:
    """What a warning says holds for drawn households, by a second opinion that knows no ranges and no steps."""
    source = chance("lint")
    policy = read_policy(text)
    options = {name: source.choice(list(reading.kind.options)) for name, reading in policy.readings.items()}
    variant = policy.with_readings(options)
    for members in (1, 1, 2, 4):
        if (found := completed(variant, None, {}, members, source)) is not None:
            check_claims(policy, found.opinion, source)
