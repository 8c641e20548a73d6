"""Nodes become a policy: clause ids, provenance, `not`, and the fingerprint."""

import re
from typing import cast

import pytest

from hardship_rules import Policy, PolicyError, Provenance, read_policy
from hardship_rules.core.expr import AllOf, AnyOf, Clause, Compare, Not, walk
from hardship_rules.core.policy import Term

HEAD = """
language: 1
policy: p
units: {yuan: 元, person: 人}
sources: {notice: {title: 通知}, law: {title: 法律}}
household:
  income: {title: 收入, unit: yuan, to: 100}
  poor: {title: 困难, yes or no: true}
  ill: {title: 患病, yes or no: true}
"""
TEXT = (
    HEAD
    + """
parameters:
  line: {title: 标准, unit: yuan, value: 50, source: notice, cite: 一, basis: notice}
terms:
  low:
    title: 低收入
    basis: assumption
    when: income < line
decisions:
  category:
    title: 类别
    source: notice
    cite: 总
    basis: notice
    first:
      - outcome: deep
        title: 深度
        when:
          any:
            below: {that: income < line, title: 低于标准, if not: 不低于标准}
            both:
              source: law
              cite: 第三条
              basis: rule
              all:
                poor_one: poor
                ill_one: {that: ill, basis: assumption}
      - {outcome: relative, title: 相对, basis: definition, when: not ill}
    otherwise: {outcome: none, title: 否}
"""
)


def clauses(policy: Policy) -> dict[str, Clause]:
    """Every clause of a policy's decisions by its id."""
    outcomes = [outcome for decision in policy.decisions.values() for outcome in decision.outcomes]
    parts = [part for outcome in outcomes for part in walk(cast(Clause, outcome.when))]
    return {part.id: part for part in parts if isinstance(part, Clause)}


def when(condition: str) -> Clause:
    """The clause of a term that is a condition, given under `when`."""
    text = HEAD + f"terms:\n  t:\n    title: 条件\n    basis: definition\n    when: {condition}\n"
    return cast(Clause, read_policy(text).terms["t"].expr)


def test_a_clauses_id_is_its_path() -> None:
    """A clause's id is decision, outcome, then each key on the path; a single line has its outcome's id."""
    ids = ["deep", "deep.below", "deep.both", "deep.both.poor_one", "deep.both.ill_one", "relative"]
    assert list(clauses(read_policy(TEXT))) == [f"category.{name}" for name in ids]


def test_a_clause_without_provenance_has_that_of_what_encloses_it() -> None:
    """A clause with `basis` has its own whole provenance; any other inherits the nearest enclosing one."""
    notice, law = Provenance("notice", "notice", "总"), Provenance("rule", "law", "第三条")
    found = {name.removeprefix("category."): clause.provenance for name, clause in clauses(read_policy(TEXT)).items()}
    assert found == {
        "deep": notice,
        "deep.below": notice,
        "deep.both": law,
        "deep.both.poor_one": law,
        "deep.both.ill_one": Provenance("assumption"),
        "relative": Provenance("definition"),
    }
    otherwise = read_policy(TEXT).category.otherwise
    assert otherwise is not None
    assert otherwise.provenance == notice


def test_a_clause_keeps_its_words_and_its_line() -> None:
    """A clause keeps its title, its words for failure, and its line; an outcome's condition has the outcome's title."""
    found = clauses(read_policy(TEXT))
    below = found["category.deep.below"]
    assert (below.title, below.if_not, below.line) == ("低于标准", "不低于标准", "income < line")
    assert (found["category.deep"].title, found["category.relative"].line) == ("深度", "not ill")


@pytest.mark.parametrize(
    ("sign", "opposite"), [("<", ">="), ("<=", ">"), ("==", "!="), ("!=", "=="), (">", "<="), (">=", "<")]
)
def test_not_of_a_comparison_is_the_opposite_comparison(sign: str, opposite: str) -> None:
    """`not` of a comparison is the opposite comparison, so that it is printed truly: `not` of 收入 < 5 is 收入 >= 5."""
    clause = when(f'{{not: "income {sign} 5"}}')
    assert isinstance(clause.when, Compare)
    assert clause.when.sign == opposite
    assert clause.line == f"not (income {sign} 5)"


def test_not_of_anything_else_stays() -> None:
    """`not` of a name or of `all` stays; `not` of a negated comparison is the comparison."""
    assert isinstance(when("{not: poor}").when, Not)
    assert isinstance(cast(Not, when("{not: {all: {a: poor, b: ill}}}").when).part, AllOf)
    assert isinstance(cast(Not, when("{not: {any: {a: poor, b: ill}}}").when).part, AnyOf)
    assert cast(Compare, when('{not: {not: "income < 5"}}').when).sign == "<"


def fingerprint(text: str) -> str:
    """The fingerprint of a policy's text."""
    return read_policy(text).fingerprint


@pytest.mark.parametrize(
    "same",
    [
        "# 注释\n" + TEXT.replace("poor_one: poor", "poor_one: poor   # 注释"),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("income < line", "income  <   line"),
        TEXT.replace("income < line", '"income < line"'),
        TEXT.replace("{yuan: 元, person: 人}", "{person: 人, yuan: 元}"),
        TEXT.replace(
            "    basis: assumption\n    when: income < line", "    when: income < line\n    basis: assumption"
        ),
        TEXT.replace("    title: 低收入", "    title:\n      低收入"),
    ],
    ids=["comments", "line ends", "white space", "quotes", "order of keys in braces", "order of keys", "folding"],
)
def test_how_a_policy_is_written_does_not_matter(same: str) -> None:
    """Comments, line ends, white space, quotes and the order of keys do not change the fingerprint."""
    assert same != TEXT
    assert fingerprint(same) == fingerprint(TEXT)


def test_whatever_a_policy_says_is_in_its_fingerprint() -> None:
    """Any changed value, the order of outcomes, and a removed section change the fingerprint."""
    seen = {fingerprint(TEXT)}
    changes = [
        TEXT.replace("value: 50", "value: 51"),
        TEXT.replace("title: 低于标准", "title: 低于线"),
        TEXT.replace("if not: 不低于标准", "if not: 不低于线"),
        TEXT.replace("cite: 第三条", "cite: 第四条"),
        TEXT.replace("basis: rule", "basis: notice"),
        TEXT.replace("poor_one: poor", "poor_two: poor"),
        TEXT.replace("poor_one: poor", "poor_one: ill"),
        TEXT.replace("{title: 法律}", "{title: 法律, held: true}"),
        TEXT.replace("to: 100}", "to: 101}"),
        TEXT.replace("policy: p", "policy: q"),
        TEXT.replace("when: not ill", "when: ill"),
        TEXT + "notes: {n: {text: 甲}}\n",
        TEXT + "notes: {reply within: {days: 15, basis: assumption}}\n",
        TEXT + "notes: {reply within: {days: 16, basis: assumption}}\n",
    ]
    for text in changes:
        assert text != TEXT
        seen.add(fingerprint(text))
    assert len(seen) == 1 + len(changes)


@pytest.mark.parametrize("days", [1, 15, 366])
def test_days_to_reply_within(days: int) -> None:
    """The days to reply within are a whole number with provenance, beside notes that have a text."""
    own = f"notes: {{reply within: {{days: {days}, source: law, cite: 第九条, basis: rule}}, n: {{text: 甲}}}}\n"
    notes = read_policy(TEXT + own).notes
    assert (notes["reply within"].days, notes["n"].days) == (days, None)
    assert notes["reply within"].provenance == Provenance("rule", "law", "第九条")


def test_the_order_of_decisions_and_outcomes_counts() -> None:
    """The order of decisions and outcomes matters: the first decision is the category, the first outcome wins."""
    second = "  other: {title: 其他, first: [], otherwise: {outcome: no, title: 否, basis: definition}}\n"
    first, _, rest = TEXT.partition("decisions:\n")
    assert fingerprint(TEXT + second) != fingerprint(first + "decisions:\n" + second + rest)
    outcome = re.search(r"      - \{outcome: relative.*\n", TEXT)
    assert outcome is not None
    moved = TEXT.replace(outcome[0], "").replace("    first:\n", "    first:\n" + outcome[0])
    assert fingerprint(moved) != fingerprint(TEXT)


def test_a_reading_chosen_otherwise_is_another_policy() -> None:
    """A variant has the fingerprint of the text with that choice."""
    reading = "readings: {r: {title: 解读, question: 问, one of: {a: 甲, b: 乙}, chosen: a, why: 因}}\n"
    variant = read_policy(TEXT + reading).with_readings({"r": "b"})
    assert variant.fingerprint == fingerprint(TEXT + reading.replace("chosen: a", "chosen: b"))


def refused(text: str) -> set[str]:
    """The codes of a text's problems."""
    with pytest.raises(PolicyError) as caught:
        read_policy(text)
    return {problem.code for problem in caught.value.problems}


def terms(count: int) -> str:
    """That many terms, none using another."""
    lines = (f"  t{n}: {{title: 第{n}, unit: yuan, basis: definition, value: income}}" for n in range(count))
    return HEAD + "terms:\n" + "\n".join(lines)


def test_there_may_be_five_hundred_terms() -> None:
    """500 terms are accepted, 501 are refused."""
    assert len(read_policy(terms(500)).terms) == 500
    assert refused(terms(501)) == {"too_many_terms"}


def test_there_may_be_sixty_four_members() -> None:
    """`at most: 64` is accepted, 65 is refused; the default is 64."""
    members = "members: {at most: 64, facts: {age: {title: 年龄, unit: 1, to: 9}}}\n"
    assert read_policy(HEAD + members).members.at_most == 64
    assert read_policy(HEAD + members.replace("at most: 64, ", "")).members.at_most == 64
    assert refused(HEAD + members.replace("64", "65")) == {"whole_too_large"}


def test_a_parameter_may_be_open_or_not_published() -> None:
    """A parameter without a value leaves a policy open; `not published` is an unknown within a range, and not open."""
    open_ = "parameters: {line: {title: 标准, unit: yuan}}\n"
    assert read_policy(HEAD + open_).is_open
    unpublished = read_policy(HEAD + open_.replace("yuan}", "yuan, value: not published, from: 0, to: 9}"))
    assert not unpublished.is_open
    assert dict(unpublished.parameters["line"].values) == {(): None}


def test_a_term_is_a_number_a_condition_or_a_choice() -> None:
    """A term's kind follows from its body: a number, a condition or a choice."""
    term = read_policy(TEXT).terms["low"]
    assert isinstance(term, Term)
    assert isinstance(term.expr, Clause)
    assert term.expr.title == "低收入"
