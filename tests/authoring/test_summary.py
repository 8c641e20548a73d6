"""The summary of a policy file, with parameters and readings beside those of its base."""

from pathlib import Path
from string import Formatter

import pytest
from places import ROOT

from hardship_rules import load_policy, read_policy
from hardship_rules.authoring._summary import summary, summary_data
from hardship_rules.language.policies import load_base
from hardship_rules.locale import sentences

BUNDLED = (ROOT / "policies").glob("*.yaml")
YEARS = sorted(path for path in BUNDLED if load_base(path) is not None)

BASE = """
language: 1
policy: base
title: 办法
units: {yuan: 元, person: 人, month: 月}
household: {place: {title: 居住地, one of: {town: 城市, village: 农村}}}
members: {facts: {well: {title: 健康, yes or no: true}}}
parameters:
  standard: {title: 标准, unit: yuan/month, by: [place, size], basis: assumption}
  share: {title: 比例, unit: 1, value: 80 %, basis: assumption}
  factor: {title: 倍数, unit: 1, value: 1.5, basis: assumption}
  limit: {title: 限额, unit: yuan, value: 12.50, basis: definition}
readings:
  equal: {title: 恰好相等, question: 算不算？, one of: {no: 不算, yes: 算}, chosen: no, why: 从严, basis: assumption}
  rounded:
    title: 取整
    question: 取不取？
    one of: {no: 不取, yes: 取}
    chosen: no
    why: 从简
    source: s
    cite: 一
    basis: summary
terms:
  size: {title: 人口, unit: person, basis: assumption, value: "max(1, count(well))"}
sources: {s: {title: 来信}}
"""
YEAR = """
language: 1
policy: year
title: 本年
series: city
extends: base
effective: {from: 2024-01-01, to: 2024-12-31}
parameters:
  standard:
    values: {town: {1: 900, 2 and more: 1600.5}, village: {1: 700, 2 and more: not published}}
    from: 100
    to: 2000
    basis: notice
    source: s
    cite: 二
  share: {value: 85 %, basis: assumption}
  factor: {value: 1.5, basis: notice, source: s, cite: 三}
readings:
  rounded: {chosen: yes, why: 来信要求, source: s, cite: 四, basis: notice}
"""


@pytest.fixture
def year(tmp_path: Path) -> Path:
    """The summary of a year's file, compared with the measure that it extends."""
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    path = tmp_path / "year.yaml"
    path.write_text(YEAR, encoding="utf-8")
    return path


def test_a_year_beside_its_measure(year: Path) -> None:
    """Changed parameters come first, beside the measure's values; only changed readings are listed, with the reason."""
    policy = load_policy(year)
    assert summary("year.yaml", policy, load_base(year)).splitlines() == [
        "year.yaml: 没有问题：本年",
        "  适用：2024-01-01 至 2024-12-31（系列 city）",
        "  依据：base 办法",
        "  参数：本文件改动 3 项，其余 1 项照办法",
        "    标准（城市，1 人）：900 元/月（办法：未定）〔通知〕",
        "    标准（城市，2 人及以上）：1600.5 元/月（办法：未定）〔通知〕",
        "    标准（农村，1 人）：700 元/月（办法：未定）〔通知〕",
        "    标准（农村，2 人及以上）：尚未公布，100 至 2000 元/月之间（办法：未定）〔通知〕",
        "    比例：85 %（办法：80 %）〔假定〕",
        "    倍数：1.5（与办法相同，出处改写）〔通知〕",
        "    限额：12.5 元〔定义〕",
        "  解读：本文件改动 1 项，其余 1 项照办法",
        "    取整：取（办法：不取）〔通知〕，理由：来信要求",
        "  尚未公布：标准（农村，2 人及以上）；用到它的家庭，结论为“待定”",
        f"  指纹：{policy.fingerprint}",
    ]


def test_a_measure_by_itself(year: Path) -> None:
    """A measure that extends nothing lists every reading, and the parameters that are still open."""
    path = year.parent / "base.yaml"
    policy = load_policy(path)
    assert load_base(path) is None
    assert summary("base", policy, None).splitlines() == [
        "base: 没有问题：办法",
        "  适用：没有写起止日期",
        "  参数 4 项",
        "    标准：未定〔假定〕",
        "    比例：80 %〔假定〕",
        "    倍数：1.5〔假定〕",
        "    限额：12.5 元〔定义〕",
        "  解读 2 项",
        "    恰好相等：不算〔假定〕",
        "    取整：不取〔归纳〕",
        "  尚无数值的参数：`standard` 标准；写上数值以前，本文件只能供年度文件引用，不能用来审核",
        f"  指纹：{policy.fingerprint}",
    ]


def test_for_programs(year: Path) -> None:
    """The data have exact values with the base's, unpublished ones in the language's words, and open ones as null."""
    data = summary_data(load_policy(year), load_base(year))
    assert {key: data[key] for key in ("id", "series", "extends", "from", "to", "open")} == {
        "id": "year",
        "series": "city",
        "extends": "base",
        "from": "2024-01-01",
        "to": "2024-12-31",
        "open": [],
    }
    assert data["parameters"]["standard"] == {  # type: ignore[index]  # the value is a mapping
        "title": "标准",
        "unit": "yuan/month",
        "by": ["place", "size"],
        "values": [
            {"for": ["town", "1"], "value": "900", "base": None},
            {"for": ["town", "2 and more"], "value": "3201/2", "base": None},
            {"for": ["village", "1"], "value": "700", "base": None},
            {"for": ["village", "2 and more"], "value": "not published", "base": None},
        ],
        "changed": True,
        "basis": "notice",
        "source": "s",
        "cite": "二",
    }
    assert data["readings"]["rounded"] == {  # type: ignore[index]  # the value is a mapping
        "title": "取整",
        "chosen": "yes",
        "base": "no",
        "options": {"no": "不取", "yes": "取"},
        "why": "来信要求",
        "changed": True,
        "basis": "notice",
        "source": "s",
        "cite": "四",
    }
    assert [name for name, each in data["parameters"].items() if each["changed"]] == ["standard", "share", "factor"]  # type: ignore[attr-defined]  # the value is a mapping


def test_a_measure_as_data(year: Path) -> None:
    """A policy without a base has no base values in the data; an open value is null."""
    data = summary_data(load_policy(year.parent / "base.yaml"), None)
    assert (data["extends"], data["open"]) == (None, ["standard"])
    assert data["parameters"]["standard"]["values"] == [{"for": [], "value": None}]  # type: ignore[index]  # the value is a mapping
    assert data["readings"]["equal"]["chosen"] == "no"  # type: ignore[index]  # the value is a mapping
    assert "base" not in data["readings"]["equal"]  # type: ignore[index]  # the value is a mapping


@pytest.mark.parametrize(
    ("effective", "words"),
    [("{from: 2024-02-29}", "适用：2024-02-29 起"), ("{to: 2024-02-29}", "适用：到 2024-02-29 为止")],
)
def test_an_open_window(effective: str, words: str) -> None:
    """A window that is open at one end is described as open."""
    policy = read_policy(f"language: 1\npolicy: p\neffective: {effective}\n")
    assert summary("p", policy, None).splitlines()[1] == f"  {words}"


def test_a_base_that_cannot_stand_alone(year: Path) -> None:
    """If the base is sound only together with the year, the summary leaves the base out."""
    path = year.parent / "base.yaml"
    path.write_text(BASE.replace("chosen: no\n", "chosen: perhaps\n"), encoding="utf-8")
    assert load_policy(year).readings["rounded"].chosen == "yes"
    assert load_base(year) is None


@pytest.mark.parametrize("path", YEARS, ids=lambda path: path.stem)
def test_at_a_glance(path: Path) -> None:
    """The summary of a bundled year's file fits on one screen of 24 lines."""
    assert len(summary(path.name, load_policy(path), load_base(path)).splitlines()) <= 24


def test_both_languages_say_the_same() -> None:
    """Both catalogues have the same sentences with the same placeholders, and English sentences are English."""
    zh, en = (
        {
            key: sorted({name for _, name, _, _ in Formatter().parse(sentence) if name})
            for key, sentence in sentences("summary", lang).items()
        }
        for lang in ("zh", "en")
    )
    assert zh == en
    lines = summary("2021_weihai", load_policy("2021_weihai"), load_base("2021_weihai"), "en").splitlines()
    assert lines[0].startswith("2021_weihai: no problems: ")
    assert lines[4] == "    低保标准 (城市): 787 元/月/人 (base: open) [notice]"
