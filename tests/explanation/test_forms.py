"""The form of a household: the allowed values of a fact, the template and the JSON Schema."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from places import ROOT

from hardship_rules import FactError, Policy, PolicyError, assess, load_policy, read_household, read_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.core.expr import names_in
from hardship_rules.documents.text import width
from hardship_rules.explanation.forms import (
    allowed_values,
    default_note,
    facts_schema,
    short_number,
    template,
    yaml_scalar,
)
from hardship_rules.explanation.wording import one_line
from hardship_rules.language import source
from hardship_rules.testing.strategies import households, partial_households, policies

POLICY = read_policy("""
language: 1
policy: words
units: {yuan: 元, person: 人, year: 年, month: 月}
household:
  place: {title: 居住地, one of: {town: 城市, village: 农村}}
  own: {title: 有房, yes or no: true}
  started: {title: 入职日期, date: true}
  loan: {title: 借款, unit: yuan, from: -10000000, to: 200000000, decimals: 2}
  homes: {title: 套数, unit: 1, to: 99}
  rate: {title: 比例, unit: 1, from: 0.125, to: 0.5, decimals: 3}
  aid: {title: 帮扶金, unit: yuan/year, to: 15000, if absent: 0}
  why: {title: 原因, one of: {none: 无, illness: 重病}, if absent: none}
  served: {title: 工龄, unit: year, counted in: 周年, to: 60, if absent: "full_years(started, on)"}
  rent: {title: 房租, unit: yuan, to: 100, if absent: {choose: [{when: own, value: 0}], otherwise: 50}}
  lift: {title: 有电梯, yes or no: true, if absent: {choose: [{when: not own, value: false}]}}
  costs:
    title: 费用
    unit: yuan
    to: 100
    if absent:
      choose:
        - when: {all: {a: why == illness, b: {not: {that: place != town}}}}
          value: 2 * rent
        - when: {any: {a: {that: homes >= 2}, b: own}}
          value: 1
members: {facts: {age: {title: 年龄, unit: year, to: 130, if absent: 30}}}
""")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("place", "城市 / 农村"),
        ("own", "是 / 否"),
        ("started", "日期，如 1990-05-01"),
        ("loan", "-1000万 至 2亿 元，至多 2 位小数"),
        ("homes", "0 至 99"),
        ("rate", "0.125 至 0.5，至多 3 位小数"),
        ("aid", "0 至 15000 元/年"),
        ("served", "0 至 60 周年"),
        ("age", "0 至 130 年"),
    ],
)
def test_what_may_be_written(name: str, words: str) -> None:
    """A number is described by range, unit and decimals, a choice by its options."""
    fact = POLICY.facts.get(name) or POLICY.members.facts[name]
    assert allowed_values(POLICY, fact) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("place", ""),
        ("aid", "不填时按 0 元"),
        ("age", "不填时按 30 年"),
        ("why", "不填时按“无”"),
        ("served", "不填时按从入职日期到认定日期的整年数"),
        ("rent", "不填时，“有房”为是的，取 0 元；其他情形，取 50 元"),
        ("lift", "不填时，“有房”为否的，取否；其他情形，未知"),
        (
            "costs",
            (
                "不填时，“原因”是“重病”，并且“居住地”是“城市”的，取2×房租；"
                "套数不低于 2，或者“有房”为是的，取 1 元；其他情形，未知"
            ),
        ),
    ],
)
def test_default(name: str, words: str) -> None:
    """The default of a fact is described by titles; without a default there is no text."""
    fact = POLICY.facts.get(name) or POLICY.members.facts[name]
    assert default_note(POLICY, fact) == words


def test_round_numbers_are_short() -> None:
    """Round numbers are written in 万 and 亿."""
    assert [short_number(number) for number in (0, 720, 10_000, 15_000, 10**7, -(10**8))] == [
        *("0", "720", "1万", "15000", "1000万", "-1亿")
    ]


def test_a_comment_stays_on_its_line() -> None:
    """No text of a policy can end a comment or make the file unreadable."""
    assert one_line("一\n二\u2028 \x01三\ufeff") == "一 二 三"


BUNDLED = sorted((ROOT / "policies").glob("*.yaml"))
WEIHAI = load_policy("2021_weihai")
TITLES = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=12) | st.sampled_from(
    [
        "是",
        "null",
        "~",
        "yes",
        "- a",
        "a: b",
        "a #b",
        "#",
        "?",
        "1.5",
        "2021-01-01",
        "{a",
        '"',
        "'",
        "甲：乙",
        "a\u3000b",
        "!x",
        "&",
        "%",
        "\x01",
    ]
)


def small(titles: list[str], options: list[str], must: str = "") -> str:
    """The text of a policy with such titles of facts and options, in JSON where YAML would need quotes."""
    names = [f"f{number}" for number in range(len(titles))]
    kind = {"one of": {f"o{number}": title for number, title in enumerate(options)}}
    document = {
        "language": 1,
        "policy": "small",
        "units": {"person": "人"},
        "household": {name: {"title": title, **kind} for name, title in zip(names, titles, strict=True)},
        "members": {"facts": {f"m{name}": {"title": title, **kind} for name, title in zip(names, titles, strict=True)}},
        "must": {"m": {"that": must}} if must else {},
        "decisions": {
            "category": {
                "title": "类别",
                "first": [{"outcome": "a", "title": "甲", "basis": "assumption", "when": {"that": "f0 == o0"}}],
                "otherwise": {"outcome": "b", "title": "乙"},
            }
        },
    }
    return json.dumps(document, ensure_ascii=False)


def with_all_lines(text: str) -> str:
    """The text after an officer removed the `#` before every key, also of the second member."""
    blocks = re.sub(r"^#( {2,})", r"\1", text, flags=re.MULTILINE)
    return re.sub(r"^( *)#(?! )", r"\1", blocks, flags=re.MULTILINE)


def keys_of(node: source.Node | None) -> list[str]:
    """The keys of a mapping."""
    assert isinstance(node, source.Mapping)
    return [key.text for key, _ in node.entries]


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
class TestBundled:
    """The template of every bundled policy."""

    def test_nothing_is_known(self, path: Path) -> None:
        """The template itself gives no fact but the forced choices of a sole member, and the verdict is open."""
        policy = load_policy(path)
        household = read_household(template(policy))
        typed = read_facts(policy, household)
        assert len(typed.members) == 1
        assert {path[-1] for path in typed.given} <= {name for clause in policy.must for name in names_in(clause)}
        assert (typed.on, typed.reference, household.policy) == (None, None, policy.name)
        if not policy.is_open:
            assert assess(policy, household).category is None

    def test_every_fact_has_a_line(self, path: Path) -> None:
        """Every fact occurs once by its title, for the household and for each of two members."""
        policy = load_policy(path)
        whole = read_household(with_all_lines(template(policy))).node
        facts = sorted(fact.title for fact in policy.facts.values())
        assert sorted(keys_of(whole)) == sorted([*facts, "政策", "认定日期", "编号", "家庭成员"])
        members = whole.get("家庭成员")
        assert isinstance(members, source.Sequence)
        assert len(members.items) == min(2, policy.members.at_most)
        for member in members.items:
            own = sorted(fact.title for fact in policy.members.facts.values())
            assert sorted(keys_of(member)) == sorted([*own, "称呼"])

    def test_defaults_are_kept(self, path: Path) -> None:
        """The template has the same defaults as a household without facts."""
        policy = load_policy(path)
        typed = read_facts(policy, read_household(template(policy)))
        sole = {name: typed.members[0].values[name] for name in map(str, (path[-1] for path in typed.given))}
        bare = read_facts(policy, {"members": [sole]})
        assert (typed.assumed, typed.derived) == (bare.assumed, bare.derived)

    def test_comments_stand_below_one_another(self, path: Path) -> None:
        """The comments of a group are aligned, three columns after the longest key."""
        text = template(load_policy(path))
        for group in re.split(r"^ *# ──.*$|^$", text, flags=re.MULTILINE):
            rows = re.findall(r"^( *#?[^\s#].*?)( +)# ", group, flags=re.MULTILINE)
            assert len({width(line) + len(gap) for line, gap in rows if "称呼" not in line}) <= 1

    def test_each_line_says_what_may_be_written(self, path: Path) -> None:
        """Options, document and unit are beside each fact of the household and of the first member."""
        policy = load_policy(path)
        lines = template(policy).splitlines()
        for fact in (*policy.facts.values(), *policy.members.facts.values()):
            line = next(line for line in lines if re.match(rf" *#?{re.escape(fact.title)}:", line))
            assert fact.evidence in line
            assert all(title in line for title in getattr(fact.kind, "options", {}).values())
            assert ("不填时" in line) is (fact.if_absent is not None)


def test_filled_in() -> None:
    """A template filled in by an officer is decided: 12,000 / 12 = 1,000, not below 787 and below 1,574."""
    text = template(WEIHAI)
    for title, value in {
        "认定日期": "2021-03-31",
        "所在单位已建立工会组织": "是",
        "就业状况": "在职职工（不含农民工）",
        "家庭居住地": "城市",
        "家庭成员为企业控股股东或实际控制人": "否",
        "自有住房套数": "1",
        "人均住房面积超过当地平均": "否",
        "拥有或经常使用机动车辆": "否",
        "拒绝配合核查致收入无法核实": "否",
        "#年工资性收入": "12000",
        "#年经营净收入": "0",
        "年财产净收入": "0",
        "年转移净收入": "0",
        "年其他收入": "0",
        "医疗自负费用": "0",
        "在读阶段": "不在读",
    }.items():
        text, count = re.subn(
            rf"^( *){title}:", rf"\g<1>{title.removeprefix('#')}: {value}", text, count=1, flags=re.MULTILINE
        )
        assert count == 1, title
    category = assess(WEIHAI, read_household(text)).category
    assert category is not None
    assert category.id == "relative"


def test_the_window() -> None:
    """The day of the verdict has the policy's window beside it."""
    for effective, words in (
        ("{from: 2021-01-01, to: 2021-12-31}", "2021-01-01 至 2021-12-31 之间的一天"),
        ("{from: 2021-01-01}", "2021-01-01 起"),
        ("{to: 2021-12-31}", "到 2021-12-31 为止"),
        ("{}", "日期，如 2021-03-31"),
    ):
        text = template(read_policy(f"language: 1\npolicy: p\neffective: {effective}\n"))
        assert re.search(rf"^认定日期: +# {words}$", text, flags=re.MULTILINE)


class TestSmallest:
    """The members in a template."""

    def test_a_sole_member_is_what_must_says(self) -> None:
        """A sole member has the option that exactly one member must have, if the policy has such a condition."""
        said = template(read_policy(small(["关系"], ["本人", "配偶"], "count(mf0 == o0) == 1")))
        assert "    关系: 本人   # 本人 / 配偶\n" in said
        assert "    关系:   # 本人 / 配偶\n" in template(read_policy(small(["关系"], ["本人", "配偶"])))

    def test_as_many_as_must_asks_for(self) -> None:
        """If a household needs at least two members, the template has two, without facts."""
        policy = read_policy(small(["关系"], ["本人", "配偶"], "count(mf0 == o0) >= 2"))
        typed = read_facts(policy, read_household(template(policy)))
        assert (len(typed.members), typed.given) == (2, ())

    def test_no_second_where_there_is_none(self) -> None:
        """The template of a policy for one person has no second member."""
        policy = read_policy("language: 1\npolicy: p\nmembers: {at most: 1, facts: {a: {title: 甲, yes or no: true}}}")
        assert template(policy).count("称呼:") == 1


@given(
    st.lists(TITLES, min_size=1, max_size=3, unique_by=lambda title: tuple(title.split())),
    st.lists(TITLES, min_size=2, max_size=3),
)
def test_titles_that_need_quotes(titles: list[str], options: list[str]) -> None:
    """With any titles and options, each key and option is read back as meant."""
    try:
        policy = read_policy(small(titles, options, "count(mf0 == o0) == 1"))
    except PolicyError:  # a repeated title
        return
    text = template(policy)
    typed = read_facts(policy, read_household(text))
    assert set(typed.given) <= {("members", 0, "mf0")}
    assert typed.members[0].values["mf0"] == "o0"
    assert assess(policy, read_household(text)).category is None


@given(TITLES | st.text(max_size=40))
def test_written_is_read_back(text: str) -> None:
    """Any text is read back unchanged, as a key and as a value."""
    node, problems = source.parse(f"{yaml_scalar(text)}: {yaml_scalar(text)}\n", "f")
    assert problems == []
    assert isinstance(node, source.Mapping)
    ((key, value),) = node.entries
    assert isinstance(value, source.Scalar)
    assert (key.text, value.text, value.is_null) == (text, text, False)


@pytest.mark.parametrize(
    ("text", "as_written"),
    [
        ("在职职工（不含农民工）", "在职职工（不含农民工）"),
        ("是", "是"),
        ("甲: 乙", '"甲: 乙"'),
        ("null", '"null"'),
        ("2021", '"2021"'),
        ("", '""'),
    ],
)
def test_quotes_only_where_needed(text: str, as_written: str) -> None:
    """Chinese titles are unquoted; a text that YAML would misread is quoted."""
    assert yaml_scalar(text) == as_written


def test_options_as_they_are_to_be_written() -> None:
    """An option is quoted if needed, or given by its name if spaces surround its title."""
    text = template(read_policy(small(["关系"], [" 本人", "甲: 乙", "配偶"], "count(mf0 == o0) == 1")))
    assert '    关系: o0   # o0 / "甲: 乙" / 配偶\n' in text


def test_a_key_too_long_for_yaml() -> None:
    """A title too long for a YAML key is replaced by the fact's name."""
    policy = read_policy(small(["长" * 1100], ["甲", "乙"]))
    assert "\nf0: " in template(policy)
    assert read_facts(policy, read_household(template(policy))).given == ()


@given(policies())
@settings(max_examples=20, deadline=None)
def test_generated_policies(text: str) -> None:
    """A generated template is valid, gives only forced choices, and leaves as much open as an empty household."""
    policy: Policy = read_policy(text)
    assessment = assess(policy, read_household(template(policy)))
    assert assessment.household.given == (("members", 0, "kind"),)
    assert assessment.possible == assess(policy, {"members": [{"kind": "self"}]}).possible


SCHEMA: dict[str, Any] = facts_schema(WEIHAI)
VALIDATOR = Draft202012Validator(SCHEMA)
FACTS = SCHEMA["properties"]
OF_MEMBER = FACTS["members"]["items"]["properties"]


def as_json(household: object, number: type[str] | type[float]) -> Any:
    """A household as a host sends it: days as text, amounts as text or as JSON numbers."""

    def plain(value: object) -> object:
        return value.isoformat() if isinstance(value, date) else number(value)  # type: ignore[arg-type]  # a Decimal

    return json.loads(json.dumps(household, default=plain))


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_of_every_policy(path: Path) -> None:
    """The schema of every bundled policy is valid, and has each fact once by name, with its title and group."""
    policy = load_policy(path)
    schema: dict[str, Any] = facts_schema(policy)
    Draft202012Validator.check_schema(schema)
    own, of_member = schema["properties"], schema["properties"]["members"]["items"]["properties"]
    assert set(own) == {*policy.facts, "policy", "on", "reference", "members"}
    assert set(of_member) == {*policy.members.facts, "label"}
    for properties, facts in ((own, policy.facts), (of_member, policy.members.facts)):
        for name, fact in facts.items():
            assert properties[name]["title"] == fact.title
            assert properties[name].get("x-group", "") == fact.group
            assert properties[name].get("x-evidence", "") == fact.evidence
            assert ("x-if-absent" in properties[name]) is (fact.if_absent is not None)


class TestWhatAFormNeeds:
    """The schema has what a form needs for each kind of fact."""

    def test_a_choice(self) -> None:
        """A choice has the titles of its options, and unknown among them."""
        assert FACTS["residence"] == {
            "title": "家庭居住地",
            "description": "凭户口簿",
            "oneOf": [
                {"const": "urban", "title": "城市"},
                {"const": "rural", "title": "农村"},
                {"const": None, "title": "未知"},
            ],
            "x-group": "家庭情况",
            "x-evidence": "户口簿",
        }

    def test_an_amount(self) -> None:
        """A number has its unit, bounds, decimals and default, and may be a JSON number or text."""
        assert OF_MEMBER["wage"] == {
            "title": "年工资性收入",
            "description": "0 至 1亿 元/年，至多 2 位小数；凭收入证明；不填时按月工资×一年的月数（12 月）",
            "type": ["number", "string", "null"],
            "minimum": 0,
            "maximum": 100000000,
            "pattern": r"^[0-9]+(?:\.[0-9]{1,2}0*)?$",
            "x-unit": "元/年",
            "x-decimals": 2,
            "x-group": "收入",
            "x-evidence": "收入证明",
            "x-if-absent": "不填时按月工资×一年的月数（12 月）",
        }

    def test_a_whole_number(self) -> None:
        """A number without decimals is an integer; a pure number has no unit."""
        homes = FACTS["homes"]
        assert (homes["type"], homes["maximum"], homes["x-decimals"]) == (["integer", "string", "null"], 99, 0)
        assert "x-unit" not in homes
        assert OF_MEMBER["age"]["x-unit"] == "岁"

    def test_yes_or_no_and_a_day(self) -> None:
        """A boolean is yes, no or unknown; a day is text."""
        assert [each["const"] for each in FACTS["unit_has_union"]["oneOf"]] == [True, False, None]
        assert (OF_MEMBER["birth_date"]["type"], OF_MEMBER["birth_date"]["format"]) == (["string", "null"], "date")

    def test_only_the_members_are_required(self) -> None:
        """Facts are optional; members are required, up to the policy's maximum."""
        assert SCHEMA["required"] == ["members"]
        assert (FACTS["members"]["minItems"], FACTS["members"]["maxItems"]) == (1, 20)
        assert "required" not in FACTS["members"]["items"]

    def test_which_policy_it_is_of(self) -> None:
        """The schema has the policy's fingerprint, and its window at the day."""
        assert WEIHAI.fingerprint in SCHEMA["$comment"]
        assert FACTS["on"]["description"] == "2021-01-01 至 2021-12-31 之间的一天"


@given(households(WEIHAI) | partial_households(WEIHAI), st.sampled_from([str, float]))
@settings(max_examples=60, deadline=None)
def test_what_assess_takes(household: dict[str, object], number: type[str] | type[float]) -> None:
    """A household that `assess` accepts is valid, with amounts as text or as JSON numbers."""
    given = as_json(household, number)
    read_facts(WEIHAI, given)
    assert list(VALIDATOR.iter_errors(given)) == []


@given(policies(), st.data())
@settings(max_examples=20, deadline=None)
def test_what_assess_takes_of_generated_policies(text: str, data: st.DataObject) -> None:
    """The same holds for generated policies, with negative amounts."""
    policy = read_policy(text)
    household = data.draw(households(policy))
    schema = facts_schema(policy)
    Draft202012Validator.check_schema(schema)
    for number in (str, float):
        given = as_json(household, number)
        read_facts(policy, given)
        assert list(Draft202012Validator(schema).iter_errors(given)) == []


WORKER = {"relation": "self", "wage": "30000.50", "age": 40}


@pytest.mark.parametrize(
    "household",
    [
        {},
        {"members": []},
        {"members": None},
        {"members": {"relation": "self"}},
        {"members": [WORKER] + [{"relation": "child"}] * 20},
        {"members": ["self"]},
        {"members": [WORKER], "label": "甲"},
        {"members": [WORKER], "homse": 1},
        {"members": [WORKER], "residence": "city"},
        {"members": [WORKER], "residence": ["urban"]},
        {"members": [WORKER], "unit_has_union": 1},
        {"members": [WORKER], "unit_has_union": "maybe"},
        {"members": [WORKER], "homes": -1},
        {"members": [WORKER], "homes": "-1"},
        {"members": [WORKER], "homes": 100},
        {"members": [WORKER], "homes": 1.5},
        {"members": [WORKER], "homes": "1.5"},
        {"members": [WORKER], "homes": "1套"},
        {"members": [WORKER], "on": "2021-3-31"},
        {"members": [WORKER], "on": "2021-13-01"},
        {"members": [WORKER], "on": 20210331},
        {"members": [WORKER], "policy": "2020_weihai"},
        {"members": [WORKER], "reference": True},
        {"members": [{**WORKER, "wage": "30,000"}]},
        {"members": [{**WORKER, "wage": "1.005"}]},
        {"members": [{**WORKER, "wage": 100000000.01}]},
        {"members": [{**WORKER, "wage": True}]},
        {"members": [{**WORKER, "salary": 1}]},
        {"members": [{**WORKER, "birth_date": "1981年1月1日"}]},
        {"members": [{**WORKER, "reference": "7"}]},
    ],
)
def test_typical_mistakes(household: dict[str, object]) -> None:
    """Typical mistakes are invalid in the schema, as for `assess`."""
    assert list(VALIDATOR.iter_errors({"members": [WORKER]})) == []
    assert list(VALIDATOR.iter_errors(household)) != []
    with pytest.raises(FactError):
        read_facts(WEIHAI, household)


def test_ends_with_decimals() -> None:
    """A bound with decimals is written as in the policy."""
    policy = read_policy(
        "language: 1\npolicy: p\nhousehold: {r: {title: 率, unit: 1, from: 0.1, to: 99.95, decimals: 2}}\n"
    )
    rate = facts_schema(policy)["properties"]["r"]  # type: ignore[index]  # the value is a mapping
    assert json.dumps([rate["minimum"], rate["maximum"]]) == "[0.1, 99.95]"
    validator = Draft202012Validator(facts_schema(policy))
    for number, sound in ((0.1, True), ("0.1", True), (0.09, False), (99.95, True), (99.96, False)):
        assert validator.is_valid({"members": [{}], "r": number}) is sound


def test_amounts_keep_their_decimals() -> None:
    """An amount as text reaches the verdict unchanged, without a float."""
    typed = read_facts(WEIHAI, {"members": [{"relation": "self", "wage": "30000.10"}]})
    assert typed.members[0].values["wage"] * 10 == 300001  # type: ignore[operator]  # the value is a number
    assert as_json({"wage": Decimal("30000.10")}, str) == {"wage": "30000.10"}
