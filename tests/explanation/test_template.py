"""The household to be filled in: it reads back as one of which nothing is known, and is a pleasure to fill in."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import ROOT

from hardship_rules import Policy, PolicyError, assess, load_policy, read_household, read_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.core.expr import names_in
from hardship_rules.documents.text import width
from hardship_rules.explanation.forms import template, written
from hardship_rules.language import source
from hardship_rules.testing.strategies import policies

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
    """The text of a policy whose facts and options have such titles, in JSON where YAML would need quotes."""
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
    """The text after an officer took the `#` off every line that has one before a key, of the second member too."""
    blocks = re.sub(r"^#( {2,})", r"\1", text, flags=re.MULTILINE)
    return re.sub(r"^( *)#(?! )", r"\1", blocks, flags=re.MULTILINE)


def keys_of(node: source.Node | None) -> list[str]:
    """The keys of a mapping."""
    assert isinstance(node, source.Mapping)
    return [key.text for key, _ in node.entries]


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
class TestBundled:
    """What is written for every policy that comes with the library."""

    def test_nothing_is_known(self, path: Path) -> None:
        """Read back as it is, no fact is given but what a sole member cannot but be, and the verdict is open."""
        policy = load_policy(path)
        household = read_household(template(policy))
        typed = read_facts(policy, household)
        assert len(typed.members) == 1
        assert {path[-1] for path in typed.given} <= {name for clause in policy.must for name in names_in(clause)}
        assert (typed.on, typed.reference, household.policy) == (None, None, policy.name)
        if not policy.is_open:
            assert assess(policy, household).category is None

    def test_every_fact_has_a_line(self, path: Path) -> None:
        """Every fact stands there once by its title, of the household and of each of two members."""
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

    def test_what_stands_in_is_not_kept_out(self, path: Path) -> None:
        """Left as it is, the text assumes and derives just what a household without any of its lines would."""
        policy = load_policy(path)
        typed = read_facts(policy, read_household(template(policy)))
        sole = {name: typed.members[0].values[name] for name in map(str, (path[-1] for path in typed.given))}
        bare = read_facts(policy, {"members": [sole]})
        assert (typed.assumed, typed.derived) == (bare.assumed, bare.derived)

    def test_comments_stand_below_one_another(self, path: Path) -> None:
        """Within a group every comment begins in one column, three after the longest key."""
        text = template(load_policy(path))
        for group in re.split(r"^ *# ──.*$|^$", text, flags=re.MULTILINE):
            rows = re.findall(r"^( *#?[^\s#].*?)( +)# ", group, flags=re.MULTILINE)
            assert len({width(line) + len(gap) for line, gap in rows if "称呼" not in line}) <= 1

    def test_each_line_says_what_may_be_written(self, path: Path) -> None:
        """Options, proof and unit stand beside each fact of the household and of the first member."""
        policy = load_policy(path)
        lines = template(policy).splitlines()
        for fact in (*policy.facts.values(), *policy.members.facts.values()):
            line = next(line for line in lines if re.match(rf" *#?{re.escape(fact.title)}:", line))
            assert fact.evidence in line
            assert all(title in line for title in getattr(fact.kind, "options", {}).values())
            assert ("不填时" in line) is (fact.if_absent is not None)


def test_filled_in() -> None:
    """Filled in as an officer would, it is decided: 12,000 / 12 = 1,000, not below 787 and below 1,574."""
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
    """Beside the day stands when the policy is in force, as far as it says so."""
    for effective, words in (
        ("{from: 2021-01-01, to: 2021-12-31}", "2021-01-01 至 2021-12-31 之间的一天"),
        ("{from: 2021-01-01}", "2021-01-01 起"),
        ("{to: 2021-12-31}", "到 2021-12-31 为止"),
        ("{}", "日期，如 2021-03-31"),
    ):
        text = template(read_policy(f"language: 1\npolicy: p\neffective: {effective}\n"))
        assert re.search(rf"^认定日期: +# {words}$", text, flags=re.MULTILINE)


class TestSmallest:
    """How many members are written, and what is said of them."""

    def test_a_sole_member_is_what_must_says(self) -> None:
        """Where exactly one member is of an option, a sole member has it; where nothing is said, nothing is written."""
        said = template(read_policy(small(["关系"], ["本人", "配偶"], "count(mf0 == o0) == 1")))
        assert "    关系: 本人   # 本人 / 配偶\n" in said
        assert "    关系:   # 本人 / 配偶\n" in template(read_policy(small(["关系"], ["本人", "配偶"])))

    def test_as_many_as_must_asks_for(self) -> None:
        """Where a household has at least two members, two are written, and both may be anything."""
        policy = read_policy(small(["关系"], ["本人", "配偶"], "count(mf0 == o0) >= 2"))
        typed = read_facts(policy, read_household(template(policy)))
        assert (len(typed.members), typed.given) == (2, ())

    def test_no_second_where_there_is_none(self) -> None:
        """Of a policy for one person only, no second block is shown."""
        policy = read_policy("language: 1\npolicy: p\nmembers: {at most: 1, facts: {a: {title: 甲, yes or no: true}}}")
        assert template(policy).count("称呼:") == 1


@given(
    st.lists(TITLES, min_size=1, max_size=3, unique_by=lambda title: tuple(title.split())),
    st.lists(TITLES, min_size=2, max_size=3),
)
def test_titles_that_need_quotes(titles: list[str], options: list[str]) -> None:
    """Whatever titles and options a policy has, what is written is read back, with each key and option meant."""
    try:
        policy = read_policy(small(titles, options, "count(mf0 == o0) == 1"))
    except PolicyError:  # a title that is taken
        return
    text = template(policy)
    typed = read_facts(policy, read_household(text))
    assert set(typed.given) <= {("members", 0, "mf0")}
    assert typed.members[0].values["mf0"] == "o0"
    assert assess(policy, read_household(text)).category is None


@given(TITLES | st.text(max_size=40))
def test_written_is_read_back(text: str) -> None:
    """A text that a file may hold is read back the same as a key and as a value."""
    node, problems = source.parse(f"{written(text)}: {written(text)}\n", "f")
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
    """Chinese titles stand bare; what YAML would take for something else stands in quotes."""
    assert written(text) == as_written


def test_options_as_they_are_to_be_written() -> None:
    """An option stands as it would be read back: in quotes, or by its name where spaces surround it."""
    text = template(read_policy(small(["关系"], [" 本人", "甲: 乙", "配偶"], "count(mf0 == o0) == 1")))
    assert '    关系: o0   # o0 / "甲: 乙" / 配偶\n' in text


def test_a_key_too_long_for_yaml() -> None:
    """A title that YAML would not take as a key gives way to the fact's name."""
    policy = read_policy(small(["长" * 1100], ["甲", "乙"]))
    assert "\nf0: " in template(policy)
    assert read_facts(policy, read_household(template(policy))).given == ()


@given(policies())
@settings(max_examples=20, deadline=None)
def test_generated_policies(text: str) -> None:
    """For generated policies too: valid, nothing given but who the sole member is, as open as an empty household."""
    policy: Policy = read_policy(text)
    assessment = assess(policy, read_household(template(policy)))
    assert assessment.household.given == (("members", 0, "kind"),)
    assert assessment.possible == assess(policy, {"members": [{"kind": "self"}]}).possible
