"""The generated file of the next year: blank where values change, and valid once it is filled in."""

import re
from datetime import date
from pathlib import Path

import pytest
from places import ROOT
from years import LAST, files_in

from hardship_rules import PolicyError, load_policy, read_policy
from hardship_rules.authoring._new_year import new_year, window
from hardship_rules.language.source import Mapping, parse


def made(path: Path, year: int = 2025, name: str = "") -> str:
    """The file of a year made from that of 2024 in a folder."""
    last = path / "2024_city.yaml"
    node, _ = parse(last.read_text(encoding="utf-8"), str(last))
    assert isinstance(node, Mapping)
    return new_year(load_policy(last), node, year, name)


def blanks(text: str, path: Path) -> list[str]:
    """The blanks that are reported for a text, in file order, and no other problem."""
    with pytest.raises(PolicyError) as refused:
        read_policy(text, "new.yaml", (path,))
    assert {problem.code for problem in refused.value.problems} == {"blank"}
    return [problem.given for problem in refused.value.problems]


def filled(text: str, **words: str) -> str:
    """The text with every blank of those keys filled in."""
    for key, word in words.items():
        text, count = re.subn(rf"^( *{key}:)(?= *(?:#|$))", rf"\1 {word}", text, flags=re.MULTILINE)
        assert count, key
    return text


def test_the_whole_file(tmp_path: Path) -> None:
    """Values, places and grades are blank, readings are kept, notes become comments, unused sources are dropped."""
    text = re.sub(r" +(?=#)", " ", made(files_in(tmp_path)))
    assert (
        text
        == """# yaml-language-server: $schema=./policy.schema.json
# 某市2025年认定：按 2024_city 生成的草案。
# 空着的各处都要填；# 后面是上一份（2024_city）的内容，只供对照。填好以后运行 hardship-rules check。
language: 1
policy: 2025_city # 与文件名相同
series: city
title: 某市2025年认定
status: draft # 草案；批准时由 hardship-rules approve 去掉
extends: measure
effective: {from: 2025-01-01, to: 2025-12-31} # 适用的第一天和最后一天
sources:
  paper: {title: 2024年通知}
  notice_2025:
    title: # 本年所依据的通知的名称和文号
parameters:
  standard: # 标准（元/月）
    values:
      town: # 城市；上一份：1000
      village: # 农村；上一份：not published
 # from: 0 # 尚未公布的，数值写 not published，并去掉以下行首的 #，写明可能的范围
 # to: 100000
    source: notice_2025
    cite: # 在通知中的位置，例如 第二条
    basis: # 上一份：notice 通知
readings:
  equal: # 恰等
    chosen: yes # 可选：no 不算，yes 算
    why: 2024年通知写明
    source: paper
    cite: 第二条
    basis: # 核对本年通知是否仍是这样，再填。上一份：notice 通知
# 上一份的附注。本年仍然适用的，去掉各行行首的 #，并核对出处：
# notes:
#   days:
#     text: 四月底截止。
#     source: paper
#     cite: 第三条
#     basis: notice
"""
    )


def test_the_days_to_reply_within_are_kept_as_a_comment(tmp_path: Path) -> None:
    """Last year's days to reply are kept as comments with the other notes, and are valid once uncommented."""
    path = files_in(tmp_path)
    last = path / "2024_city.yaml"
    days = "notes:\n  reply within: {days: 15, source: paper, cite: 第三条, basis: notice}\n"
    last.write_text(last.read_text("utf-8").replace("notes:\n", days), "utf-8")
    text = filled(made(path), title="2025年通知", town="1100", village="900", cite="第一条", basis="notice")
    assert "#   reply within:\n#     days: 15\n" in text
    kept = re.sub("^# (?=notes:|  )", "", text, flags=re.MULTILINE)
    assert read_policy(kept, "new.yaml", (path,)).notes["reply within"].days == 15


def test_one_sentence_for_each_blank(tmp_path: Path) -> None:
    """In an unfilled file each blank is reported; in a half-filled one the remaining blanks are."""
    path = files_in(tmp_path)
    text = made(path)
    assert blanks(text, path) == [
        "sources.notice_2025.title",
        "parameters.standard.values.town",
        "parameters.standard.values.village",
        "parameters.standard.cite",
        "parameters.standard.basis",
        "readings.equal.basis",
    ]
    half = filled(text, title="2025年通知", town="1100", basis="notice")
    assert blanks(half, path) == ["parameters.standard.values.village", "parameters.standard.cite"]


def test_once_filled_in_it_is_a_draft(tmp_path: Path) -> None:
    """The filled-in file is a sound draft for the days of its year, with last year's choices."""
    path = files_in(tmp_path)
    text = filled(made(path), title="2025年通知", town="1100", village="900", cite="第一条", basis="notice")
    policy = read_policy(text, "new.yaml", (path,))
    assert policy.status == "draft"
    assert (policy.start, policy.end) == (date(2025, 1, 1), date(2025, 12, 31))
    assert dict(policy.parameters["standard"].values) == {("town",): 1100, ("village",): 900}
    assert policy.readings["equal"].chosen == "yes"
    assert policy.sources["notice_2025"].title == "2025年通知"


def test_still_not_published(tmp_path: Path) -> None:
    """The range of a value that is still unpublished is a comment, valid in its place once uncommented."""
    path = files_in(tmp_path)
    text = filled(made(path), title="通知", town="1100", village="not published", cite="一", basis="notice")
    policy = read_policy(re.sub(r"^    # (from|to): ", r"    \1: ", text, flags=re.MULTILINE), "new.yaml", (path,))
    assert policy.parameters["standard"].values["village",] is None


def test_names(tmp_path: Path) -> None:
    """The name comes from the output file, else from last year's name with the new year; invalid names are not used."""
    path = files_in(tmp_path)
    assert "policy: 2025_new " in made(path, name="2025_new")
    assert "policy: 2027_city " in made(path, 2027)
    assert "policy: 2025_city " in made(path, name="新 文件")
    nameless = files_in(tmp_path, last=LAST.replace("某市2024年认定", "本年认定").replace("2024_city", "city_file"))
    text = made(nameless)
    assert "policy: 2025_city " in text
    assert blanks(text, path)[0] == "title"


def test_days_move_by_years(tmp_path: Path) -> None:
    """The days are last year's, moved by a year; 29 February becomes the 28th; without days it is the calendar year."""
    path = files_in(tmp_path, last=LAST.replace("from: 2024-01-01, to: 2024-12-31", "from: 2023-03-01, to: 2024-02-29"))
    policy = load_policy(path / "2024_city.yaml")
    assert window(policy, 2025) == (date(2025, 3, 1), date(2026, 2, 28))
    path = files_in(tmp_path, last=LAST.replace("{from: 2024-01-01, to: 2024-12-31}", "{from: 2024-01-01}"))
    assert window(load_policy(path / "2024_city.yaml"), 2025) == (date(2025, 1, 1), date(2025, 12, 31))


def test_every_bundled_year_makes_the_next() -> None:
    """From each bundled year a file is generated whose only problems are its blanks."""
    bundled = ROOT / "policies"
    years = sorted(bundled.glob("20*_weihai.yaml"))
    assert len(years) >= 4
    for path in years:
        node, _ = parse(path.read_text(encoding="utf-8"), str(path))
        assert isinstance(node, Mapping)
        text = new_year(load_policy(path), node, 2030)
        assert "parameters.dibao.values.urban" in blanks(text, bundled)
