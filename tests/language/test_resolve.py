"""A policy is completed from the policies that it extends."""

from datetime import date
from pathlib import Path

import pytest
from places import TESTS

from hardship_rules import Policy, PolicyError, load_policy

BASES = TESTS / "bad" / "bases"
BASE = """
language: 1
policy: base
series: old
effective: {from: 2000-01-01}
title: 底本
units: {yuan: 元}
sources: {notice: {title: 通知}}
household:
  residence: {title: 居住地, one of: {urban: 城市, rural: 农村}}
parameters:
  dibao: {title: 低保标准, unit: yuan, by: residence, source: notice, cite: 一, basis: notice}
  multiple: {title: 倍数, unit: 1, value: 2, basis: assumption}
readings:
  equal:
    title: 等于
    question: 等于时怎么办？
    one of: {refused: 否, granted: 是}
    chosen: refused
    why: 从严
    source: notice
    cite: 三
    basis: notice
notes: {first: {text: 甲}}
"""
YEAR = """
language: 1
policy: year
extends: base
effective: {from: 2021-01-01, to: 2021-12-31}
sources: {later: {title: 新通知}}
parameters:
  dibao: {values: {urban: 787, rural: 588}, source: later, cite: 二, basis: rule}
readings:
  equal: {chosen: granted, why: 从宽, basis: assumption}
notes: {second: {text: 乙}}
"""


def write(folder: Path, name: str, text: str) -> Path:
    """A policy's file in a folder."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(text, "utf-8")
    return path


def policy(name: str, **head: str) -> str:
    """A policy with only a head."""
    return "\n".join(["language: 1", f"policy: {name}", *(f"{key}: {value}" for key, value in head.items())])


def refused(name: str, on: date | None = None, folders: tuple[Path, ...] = ()) -> str:
    """The code of the only problem of finding a policy."""
    with pytest.raises(PolicyError) as caught:
        load_policy(name, on, folders)
    (problem,) = caught.value.problems
    assert problem.line("zh")
    return problem.code


@pytest.fixture
def year(tmp_path: Path) -> Policy:
    """The year's policy over its base."""
    write(tmp_path, "base", BASE)
    return load_policy(write(tmp_path, "year", YEAR))


def test_a_base_is_looked_for_beside_the_file_first(tmp_path: Path) -> None:
    """A base is searched beside the file that extends it, then in the caller's folders, then among the bundled."""
    beside, other = tmp_path / "a", tmp_path / "b"
    for folder in (beside, other):
        write(folder, "shandong_2020_58", policy("shandong_2020_58", title=folder.name))
    path = write(beside, "mine", policy("mine", extends="shandong_2020_58"))
    assert load_policy(path, folders=[other]).title == "a"
    (beside / "shandong_2020_58.yaml").unlink()
    assert load_policy(path, folders=[other]).title == "b"
    assert load_policy(path).title.startswith("山东省工会")


def test_three_files_may_extend_one_another() -> None:
    """A chain of three files is completed, a fourth is refused."""
    assert load_policy("chain_2", folders=[BASES]).name == "chain_2"
    assert refused("chain_1", folders=(BASES,)) == "extends_chain"


def test_an_overlay_brings_its_values_with_all_their_provenance(year: Policy) -> None:
    """A new value or choice replaces value, source, place and basis together; other values stay."""
    dibao = year.parameters["dibao"]
    assert dict(dibao.values) == {("urban",): 787, ("rural",): 588}
    assert dibao.title == "低保标准"
    assert dibao.provenance is not None
    assert (dibao.provenance.source, dibao.provenance.cite, dibao.provenance.basis) == ("later", "二", "rule")
    equal = year.readings["equal"]
    assert (equal.chosen, equal.why, equal.question) == ("granted", "从宽", "等于时怎么办？")
    assert equal.provenance is not None
    assert (equal.provenance.source, equal.provenance.cite, equal.provenance.basis) == (None, None, "assumption")
    assert year.parameters["multiple"].values[()] == 2


def test_an_overlay_has_its_own_head_and_adds_sources_and_notes(year: Policy) -> None:
    """The overlay has its own name and window, the base's series and window are dropped; sources and notes add up."""
    assert (year.name, year.title, year.series) == ("year", "底本", None)
    assert (year.start, year.end) == (date(2021, 1, 1), date(2021, 12, 31))
    assert list(year.sources) == ["notice", "later"]
    assert list(year.notes) == ["first", "second"]


REPLY = "notes: {second: {text: 乙}, reply within: {days: 30, source: later, cite: 五, basis: notice}}\n"


def test_an_overlay_restates_the_days_to_reply_within(tmp_path: Path) -> None:
    """The overlay's days and provenance replace the base's; restated days without provenance are refused."""
    days = "notes: {first: {text: 甲}, reply within: {days: 15, source: notice, cite: 四, basis: rule}}"
    write(tmp_path, "base", BASE.replace("notes: {first: {text: 甲}}", days))
    kept = load_policy(write(tmp_path, "year", YEAR)).notes["reply within"]
    assert (kept.days, kept.provenance and kept.provenance.source) == (15, "notice")
    restated = YEAR.replace("notes: {second: {text: 乙}}\n", REPLY)
    year = load_policy(write(tmp_path, "year", restated))
    assert list(year.notes) == ["first", "reply within", "second"]
    new = year.notes["reply within"]
    assert (new.days, new.provenance and new.provenance.source) == (30, "later")
    with pytest.raises(PolicyError) as caught:
        load_policy(write(tmp_path, "year", restated.replace(", source: later, cite: 五, basis: notice", "")))
    assert [(each.code, each.at) for each in caught.value.problems] == [("provenance_again", ("notes", "reply within"))]


def test_an_overlay_adds_the_days_to_reply_within(tmp_path: Path) -> None:
    """An overlay may add the days to reply within."""
    write(tmp_path, "base", BASE)
    year = load_policy(write(tmp_path, "year", YEAR.replace("notes: {second: {text: 乙}}\n", REPLY)))
    assert year.notes["reply within"].days == 30


def test_problems_of_a_base_are_told_in_its_own_file(tmp_path: Path) -> None:
    """A problem names its own file, base or overlay; both are reported at once."""
    base = write(tmp_path, "base", BASE.replace("title: 倍数", "titel: 倍数"))
    path = write(tmp_path, "year", YEAR.replace("chosen: granted, ", ""))
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    places = {(problem.location.file, problem.code) for problem in caught.value.problems if problem.location}
    assert places == {(str(path), "missing_key"), (str(base), "unknown_key"), (str(base), "missing_key")}
