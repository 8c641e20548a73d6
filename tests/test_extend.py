"""Policies are found by path, by name, and by series and date, and completed by what they extend."""

from datetime import date
from pathlib import Path

import pytest

from hardship_rules import Policy, PolicyError, load_policy

BASES = Path(__file__).parent / "bad" / "bases"
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
    """A policy with nothing but a head."""
    return "\n".join(["language: 1", f"policy: {name}", *(f"{key}: {value}" for key, value in head.items())])


def refused(name: str, on: date | None = None, folders: tuple[Path, ...] = ()) -> str:
    """The code of the one problem that finding a policy meets."""
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


def test_a_policy_is_found_by_path_or_by_name(tmp_path: Path) -> None:
    """A path is a path; a name is looked for in the caller's folders, then among the bundled."""
    path = write(tmp_path, "mine", policy("mine"))
    assert load_policy(path).name == load_policy(str(path)).name == load_policy("mine", folders=[tmp_path]).name
    assert load_policy("2021_weihai", folders=[tmp_path]).title == "威海市2021年困难职工家庭认定"


def test_the_first_folder_that_has_it_is_taken(tmp_path: Path) -> None:
    """Folders are searched in the order given, and before the bundled policies."""
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        write(folder, "2021_weihai", policy("2021_weihai", title=folder.name))
    assert load_policy("2021_weihai", folders=[first, second]).title == "a"
    assert load_policy("2021_weihai", folders=[second, first]).title == "b"


def test_a_base_is_looked_for_beside_the_file_first(tmp_path: Path) -> None:
    """Beside the file that extends it, then in the caller's folders, then among the bundled."""
    beside, other = tmp_path / "a", tmp_path / "b"
    for folder in (beside, other):
        write(folder, "shandong_2020_58", policy("shandong_2020_58", title=folder.name))
    path = write(beside, "mine", policy("mine", extends="shandong_2020_58"))
    assert load_policy(path, folders=[other]).title == "a"
    (beside / "shandong_2020_58.yaml").unlink()
    assert load_policy(path, folders=[other]).title == "b"
    assert load_policy(path).title.startswith("山东省工会")


def test_a_series_is_settled_by_the_day(tmp_path: Path) -> None:
    """The one policy of the series whose window holds the day, its first and last day included."""
    write(tmp_path, "w2021", policy("w2021", series="w", effective="{from: 2021-01-01, to: 2021-12-31}"))
    write(tmp_path, "w2022", policy("w2022", series="w", effective="{from: 2022-01-01}"))
    write(tmp_path, "broken", "a: b: c")
    for day, name in (
        ("2021-01-01", "w2021"),
        ("2021-12-31", "w2021"),
        ("2022-01-01", "w2022"),
        ("2199-01-01", "w2022"),
    ):
        assert load_policy("w", date.fromisoformat(day), [tmp_path]).name == name
    assert refused("w", date(2020, 12, 31), (tmp_path,)) == "no_policy_on_date"
    assert refused("w", None, (tmp_path,)) == "series_needs_date"
    write(tmp_path, "w2023", policy("w2023", series="w", effective="{from: 2023-01-01}"))
    assert refused("w", date(2023, 1, 1), (tmp_path,)) == "policies_overlap"
    assert load_policy("weihai", date(2021, 6, 1)).name == "2021_weihai"


def test_a_series_has_each_file_from_the_first_folder(tmp_path: Path) -> None:
    """A file of the same name in a later folder does not overlap with it, as by name."""
    for folder in ("a", "b"):
        write(tmp_path / folder, "w2021", policy("w2021", series="w", title=folder))
    folders = [tmp_path / "a", tmp_path / "b"]
    assert load_policy("w", date(2021, 1, 1), folders).title == "a"
    assert load_policy("w", date(2021, 1, 1), folders[::-1]).title == "b"


def test_what_is_not_there_is_told_with_the_nearest_name() -> None:
    """A misspelt name gets the known one; a name never leaves the folders."""
    with pytest.raises(PolicyError) as caught:
        load_policy("2021_weihia")
    assert caught.value.problems[0].values["nearest"] == "2021_weihai"
    assert refused("..") == "policy_missing"
    assert refused("nowhere/none.yaml") == "file_missing"


def test_three_files_may_extend_one_another() -> None:
    """A chain of three is completed, a fourth is refused."""
    assert load_policy("chain_2", folders=[BASES]).name == "chain_2"
    assert refused("chain_1", folders=(BASES,)) == "extends_chain"


def test_an_overlay_brings_its_values_with_all_their_provenance(year: Policy) -> None:
    """A new value or choice replaces value, source, place and basis together; what is not named stays."""
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
    """Name and window are the overlay's; the base's series and window do not pass to it; sources and notes add up."""
    assert (year.name, year.title, year.series) == ("year", "底本", None)
    assert (year.start, year.end) == (date(2021, 1, 1), date(2021, 12, 31))
    assert list(year.sources) == ["notice", "later"]
    assert list(year.notes) == ["first", "second"]


def test_problems_of_a_base_are_told_in_its_own_file(tmp_path: Path) -> None:
    """A mistake in the base has the base's file name, one in the overlay the overlay's; both are told at once."""
    base = write(tmp_path, "base", BASE.replace("title: 倍数", "titel: 倍数"))
    path = write(tmp_path, "year", YEAR.replace("chosen: granted, ", ""))
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    places = {(problem.location.file, problem.code) for problem in caught.value.problems if problem.location}
    assert places == {(str(path), "missing_key"), (str(base), "unknown_key"), (str(base), "missing_key")}
