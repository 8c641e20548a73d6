"""The JSON Schema of policy files: the committed file is up to date, and finds the mistakes that an editor can see."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from places import ROOT

from hardship_rules.core.problem import Problem
from hardship_rules.language import source
from hardship_rules.language.keys import OVERLAY, POLICY, SHAPES, Entries, Word
from hardship_rules.language.schema import COMMAND, policy_schema, schema_text
from hardship_rules.language.shape import conform
from hardship_rules.testing.strategies import policies

FOLDER = ROOT / "policies"
BUNDLED = sorted(FOLDER.glob("*.yaml"))
BAD = sorted((ROOT / "tests" / "bad").rglob("*.yaml"))
HINT = "# yaml-language-server: $schema=./policy.schema.json"
SCHEMA = policy_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
SEEN = {
    *("unknown_key", "missing_key", "none_of_keys", "several_of_keys", "blank", "unknown_basis", "unit", "name"),
    *("mapping_expected", "list_expected", "text_expected", "number", "comma_in_number", "whole", "only_word"),
    *("language", "language_newer", "policy_name", "reserved_name", "truth"),
}
"""The codes of shape, which the schema can find too, except for invalid dates, marks and spaces."""

YEAR = """
language: 1
policy: 2023_weihai
series: weihai
title: 威海市2023年困难职工家庭认定
extends: shandong_2020_58
effective: {from: 2023-01-01, to: 2023-12-31}
sources: {weihai_2023: {title: 本年通知}}
parameters:
  dibao:
    values: {urban: 1001, rural: not published}
    from: 500
    to: 2000
    source: weihai_2023
    cite: 第二条
    basis: notice
readings:
  equal_to_standard: {chosen: granted, why: 答复, source: weihai_2023, cite: 第1条, basis: notice}
"""
MEASURE = """
language: 1
policy: measure
units: {yuan: 元}
household:
  wage: {title: 工资, unit: yuan, to: 1000}
  own: {title: 有房, yes or no: true}
parameters:
  line: {title: 标准, unit: yuan, value: 80 %, basis: assumption}
terms:
  poor:
    title: 困难
    basis: assumption
    when: {all: {low: {that: wage < line}, not_own: {not: {that: own}}}}
decisions:
  category:
    title: 类别
    first:
      - {outcome: deep, title: 深度, basis: assumption, when: poor}
    otherwise: {outcome: none, title: 无}
notes:
  reply within: {days: 15, basis: assumption}
  other: {text: 甲}
"""


def as_an_editor(node: source.Node | None) -> object:
    """A text as an editor reads it: YAML 1.2, where `yes` and `2021-01-01` are texts and `787` is a number."""
    match node:
        case source.Mapping(entries):
            return {key.text: as_an_editor(inner) for key, inner in entries}
        case source.Sequence(items):
            return [as_an_editor(item) for item in items]
        case source.Scalar(text, plain=True):
            if node.is_null:
                return None
            if re.fullmatch("true|True|TRUE|false|False|FALSE", text):
                return text.lower() == "true"
            if re.fullmatch("[-+]?[0-9]+", text):
                return int(text)
            if re.fullmatch(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", text):
                return float(text)
            return text
        case source.Scalar(text):
            return text
    return None


def wrong(text: str) -> list[str]:
    """The paths of the schema's errors in a text."""
    node, problems = source.parse(text, "f.yaml")
    assert problems == []
    return sorted({error.json_path for error in VALIDATOR.iter_errors(as_an_editor(node))})


def refused(text: str) -> list[Problem] | None:
    """The loader's problems with the shape of a text; None if it is unreadable."""
    node, problems = source.parse(text, "f.yaml")
    if problems or not isinstance(node, source.Mapping):
        return None
    return conform(node, POLICY if node.get("extends") is None else OVERLAY)


class TestFile:
    """The file beside the policies."""

    def test_is_the_generated_one(self) -> None:
        """The committed file equals the output of the command that it names."""
        committed = (FOLDER / "policy.schema.json").read_text(encoding="utf-8")
        assert committed == schema_text(SCHEMA), COMMAND
        assert COMMAND in json.loads(committed)["$comment"]

    def test_is_a_schema(self) -> None:
        """The file is valid under the draft that it names, and has no external references."""
        Draft202012Validator.check_schema(SCHEMA)
        assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert set(re.findall(r'"\$ref": "([^#"]*)#', schema_text(SCHEMA))) == {""}

    @pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
    def test_every_policy_hints_at_it(self, path: Path) -> None:
        """The first line of each bundled policy refers to the schema beside it, without a network."""
        assert path.read_text(encoding="utf-8").splitlines()[0] == HINT

    def test_says_in_chinese_what_each_key_is_for(self) -> None:
        """Every key has the description of its definition, wherever it is allowed."""
        definitions = SCHEMA["$defs"]
        assert isinstance(definitions, dict)
        for name, record in (("measure", POLICY), ("overlay", OVERLAY)):
            described = {key: each["description"] for key, each in definitions[name]["properties"].items()}
            assert described == {key: each.about for key, each in record.keys.items()}
        facts = definitions["measure"]["properties"]["household"]["additionalProperties"]
        assert facts["properties"]["evidence"]["description"] == "证明材料"
        assert {"condition", "clause", "negated", "body", "case"} == SHAPES.keys() <= definitions.keys()


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_bundled_policies_are_sound(path: Path) -> None:
    """Bundled policies are valid under the schema."""
    assert wrong(path.read_text(encoding="utf-8")) == []


@given(policies())
@settings(max_examples=20, deadline=None)
def test_generated_policies_are_sound(text: str) -> None:
    """Generated policies are valid under the schema."""
    assert wrong(text) == []


class TestMistakes:
    """Typical mistakes are found at their location."""

    @pytest.mark.parametrize(
        ("right", "mistaken", "at"),
        [
            ("title: 威海市", "titel: 威海市", "$"),
            ("policy: 2023_weihai\n", "", "$"),
            ("policy: 2023_weihai", "policy: 2023 威海", "$.policy"),
            ("language: 1", "language: 2", "$.language"),
            ("from: 2023-01-01", "from: 2023-1-1", "$.effective.from"),
            ("from: 2023-01-01", "from: 2023年", "$.effective.from"),
            ("basis: notice\n", "basis: 通知\n", "$.parameters.dibao.basis"),
            ("urban: 1001", "urban: '1,001'", "$.parameters.dibao.values.urban"),
            ("urban: 1001", "urban: 1001元", "$.parameters.dibao.values.urban"),
            ("urban: 1001", "urban: ~", "$.parameters.dibao.values.urban"),
            ("not published", "not publishd", "$.parameters.dibao.values.rural"),
            ("    values:", "    unit: yuan\n    values:", "$.parameters.dibao"),
            ("chosen: granted, ", "", "$.readings.equal_to_standard"),
            ("chosen: granted", "chosen: 认定！", "$.readings.equal_to_standard.chosen"),
            ("readings:", "terms: {}\nreadings:", "$"),
            ("sources: {weihai_2023: {title: 本年通知}}", "sources: [本年通知]", "$.sources"),
            ("{title: 本年通知}", "{titel: 本年通知}", "$.sources.weihai_2023"),
            ("extends: shandong_2020_58\n", "", "$.parameters.dibao"),
        ],
    )
    def test_in_a_year(self, right: str, mistaken: str, at: str) -> None:
        """In a year's file wrong and missing keys, days, amounts and grades are found; the loader refuses them too."""
        assert wrong(YEAR) == []
        assert YEAR.count(right) == 1
        text = YEAR.replace(right, mistaken)
        assert at in wrong(text)
        assert refused(text)

    @pytest.mark.parametrize(
        ("right", "mistaken", "at"),
        [
            ("title: 工资, ", "", "$.household.wage"),
            ("to: 1000", "most: 1000", "$.household.wage"),
            ("unit: yuan, to: 1000", "to: 1000", "$.household.wage"),
            ("title: 有房", "title: 有房, date: true", "$.household.own"),
            ("yes or no: true", "yes or no: maybe", "$.household.own['yes or no']"),
            ("  own:", "  sum:", "$.household"),
            ("unit: yuan, value", "unit: yuan^2, value", "$.parameters.line.unit"),
            ("80 %", "80 ％", "$.parameters.line.value"),
            ("that: wage < line", "tat: wage < line", "$.terms.poor.when.all.low"),
            ("that: wage < line", "that: wage < line, all: {}", "$.terms.poor.when.all.low"),
            ("that: own", "that: own, title: 有", "$.terms.poor.when.all.not_own.not"),
            ("outcome: deep, ", "", "$.decisions.category.first[0]"),
            ("    first:\n", "    first:\n      - deep\n", "$.decisions.category.first[0]"),
            ("    title: 困难\n", "    title: 困难\n    unit: yuan\n", "$.terms.poor"),
            ("days: 15", "days: 十五", "$.notes['reply within'].days"),
            ("days: 15, ", "", "$.notes['reply within']"),
            ("reply within", "reply_within", "$.notes.reply_within"),
            ("reply within", "reply by", "$.notes"),
        ],
    )
    def test_in_a_measure(self, right: str, mistaken: str, at: str) -> None:
        """In a measure facts without a kind or with two, conditions with two bodies, and unnamed outcomes are found."""
        assert wrong(MEASURE) == []
        assert MEASURE.count(right) == 1
        text = MEASURE.replace(right, mistaken)
        assert at in wrong(text)
        assert refused(text)

    def test_what_editors_and_the_library_both_take(self) -> None:
        """Titles of digits, quoted numbers and booleans, percentages, and numeric choices give no false alarm."""
        for right, also in (
            ("title: 困难", "title: 2021"),
            ("value: 80 %", "value: '0.8'"),
            ("yes or no: true", "yes or no: 是"),
            ("language: 1", "language: '1'"),
            ("policy: measure", "policy: 2023"),
            ("unit: yuan, value", "unit: 1, value"),
            ("when: poor", "when: true"),
        ):
            text = MEASURE.replace(right, also)
            assert text != MEASURE
            assert (wrong(text), refused(text)) == ([], [])

    @pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
    def test_as_the_loader_does(self, path: Path) -> None:
        """For refused files the schema has no false alarm, and finds every mistake of shape that an editor can see."""
        text = path.read_bytes().decode("utf-8", errors="replace")
        problems = refused(text)
        if problems is None:
            return
        found = bool(wrong(text))
        assert found <= bool(problems)
        assert found >= any(problem.code in SEEN for problem in problems)


def test_every_kind_of_word_has_its_schema() -> None:
    """Every reference of the schema is defined."""
    text = schema_text(SCHEMA)
    definitions = SCHEMA["$defs"]
    assert isinstance(definitions, dict)
    assert set(re.findall(r"#/\$defs/(\w+)", text)) <= definitions.keys()
    assert Entries(Word()).key in definitions
