"""Policies are found by path, by name, and by series and day; days with two files or none are problems."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from years import THIS, files_in

from hardship_rules import PolicyError, Problem, assess, load_policy, read_policy, record, replay
from hardship_rules.language.find import all_series, find, overlaps, predecessor, years
from hardship_rules.testing.cases import read_cases


def write(folder: Path, name: str, text: str) -> Path:
    """A policy's file in a folder."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(text, "utf-8")
    return path


def policy(name: str, **head: str) -> str:
    """A policy with only a head."""
    return "\n".join(["language: 1", f"policy: {name}", *(f"{key}: {value}" for key, value in head.items())])


def year(folder: Path, name: str, days: str) -> Path:
    """A file of the series `w` for the given days."""
    return write(folder, name, policy(name, series="w", effective=days))


def problems(name: str, on: date | None = None, folders: tuple[Path, ...] = ()) -> tuple[Problem, ...]:
    """The problems of finding a policy."""
    with pytest.raises(PolicyError) as caught:
        load_policy(name, on, folders)
    assert caught.value.report("zh")
    assert caught.value.report("en")
    return caught.value.problems


def refused(name: str, on: date | None = None, folders: tuple[Path, ...] = ()) -> str:
    """The code of the only problem of finding a policy."""
    (problem,) = problems(name, on, folders)
    return problem.code


def test_a_policy_is_found_by_path_or_by_name(tmp_path: Path) -> None:
    """A path is opened directly; a name is searched in the caller's folders, then among the bundled policies."""
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


def test_a_series_has_each_file_from_the_first_folder(tmp_path: Path) -> None:
    """A file of the same name in a later folder is no overlap: the first folder wins, as for names."""
    for folder in ("a", "b"):
        write(tmp_path / folder, "w2021", policy("w2021", series="w", title=folder))
    folders = [tmp_path / "a", tmp_path / "b"]
    assert load_policy("w", date(2021, 1, 1), folders).title == "a"
    assert load_policy("w", date(2021, 1, 1), folders[::-1]).title == "b"


def test_what_is_not_there_is_told_with_the_nearest_name() -> None:
    """A misspelt name gets the nearest known one; a name cannot lead out of the folders."""
    with pytest.raises(PolicyError) as caught:
        load_policy("2021_weihia")
    assert caught.value.problems[0].values["nearest"] == "2021_weihai"
    assert refused("..") == "policy_missing"
    assert refused("nowhere/none.yaml") == "file_missing"


def test_a_misspelt_series_is_told_the_known_one() -> None:
    """Names of series are suggested like names of files."""
    (problem,) = problems("weihia", date(2023, 6, 1))
    assert (problem.code, problem.values["nearest"]) == ("policy_missing", "weihai")


class TestDays:
    """The file of a series that is in force on a day."""

    def test_the_one_that_holds_the_day(self, tmp_path: Path) -> None:
        """The first and last day are included; a missing end is open."""
        year(tmp_path, "w2021", "{from: 2021-01-01, to: 2021-12-31}")
        year(tmp_path, "w2022", "{from: 2022-01-01}")
        for day, name in (
            ("2021-01-01", "w2021"),
            ("2021-12-31", "w2021"),
            ("2022-01-01", "w2022"),
            ("2199-01-01", "w2022"),
        ):
            assert load_policy("w", date.fromisoformat(day), [tmp_path]).name == name
        assert refused("w", date(2020, 12, 31), (tmp_path,)) == "no_policy_on_date"
        assert refused("w", None, (tmp_path,)) == "series_needs_date"

    @pytest.mark.parametrize(
        ("day", "nearest"),
        [
            ("2020-06-01", "w2021（2021-01-01 – 2021-12-31）"),
            ("2022-01-01", "w2021（2021-01-01 – 2021-12-31）, w2023（2023-01-01 – 2023-06-30）"),
            ("2022-12-31", "w2021（2021-01-01 – 2021-12-31）, w2023（2023-01-01 – 2023-06-30）"),
            ("2023-07-01", "w2023（2023-01-01 – 2023-06-30）, w2024（2024-01-01 – 2024-12-31）"),
            ("2026-01-01", "w2024（2024-01-01 – 2024-12-31）"),
        ],
    )
    def test_a_day_without_one(self, tmp_path: Path, day: str, nearest: str) -> None:
        """The problem names only the nearest files before and after, with their days."""
        for name, days in (
            ("w2024", "{from: 2024-01-01, to: 2024-12-31}"),
            ("w2021", "{from: 2021-01-01, to: 2021-12-31}"),
            ("w2023", "{from: 2023-01-01, to: 2023-06-30}"),
        ):
            year(tmp_path, name, days)
        (problem,) = problems("w", date.fromisoformat(day), (tmp_path,))
        assert problem.code == "no_policy_on_date"
        assert problem.values["known"] == nearest
        assert day in problem.message()
        assert nearest in problem.help()

    def test_a_day_with_two(self, tmp_path: Path) -> None:
        """The series is refused on that day only, at the days of the later file."""
        year(tmp_path, "w2022", "{from: 2022-01-01, to: 2023-03-31}")
        later = year(tmp_path, "w2023", "{from: 2023-01-01}")
        (problem,) = problems("w", date(2023, 3, 31), (tmp_path,))
        assert (problem.code, problem.place) == ("policies_overlap", f"{later}:4:12")
        assert "2023-01-01 – …" in problem.message()
        assert "w2022（2022-01-01 – 2023-03-31）" in problem.message()
        assert load_policy("w", date(2023, 4, 1), [tmp_path]).name == "w2023"
        assert load_policy("w", date(2022, 12, 31), [tmp_path]).name == "w2022"

    @pytest.mark.parametrize(
        ("days", "code"),
        [
            ("{from: 2022-01-01, to: 2022-12-32}", "date"),
            ("{from: 2022-12-31, to: 2022-01-01}", "dates_turned"),
            ("{from: [], to: 2022-12-31}", "text_expected"),
            ("2022", "mapping_expected"),
        ],
    )
    def test_days_that_cannot_be_read(self, tmp_path: Path, days: str, code: str) -> None:
        """A file with invalid days is reported only if no other file is in force."""
        year(tmp_path, "w2021", "{from: 2021-01-01, to: 2021-12-31}")
        path = year(tmp_path, "w2022", days)
        (problem,) = problems("w", date(2022, 5, 1), (tmp_path,))
        assert problem.code == code
        assert problem.place.startswith(f"{path}:4:")
        assert load_policy("w", date(2021, 5, 1), [tmp_path]).name == "w2021"

    def test_a_file_with_a_mistake_in_its_text(self, tmp_path: Path) -> None:
        """A file with another mistake may have other days than it says: it is reported only if none is in force."""
        for days in ("from: 2021-01-01, to: 2021-12-31", "from: 2022-01-01, to: 2022-12-31"):
            path = year(tmp_path, "copied", f"{{{days}}}\neffective: {{from: 2023-01-01}}")
            year(tmp_path, "w2021", "{from: 2021-01-01, to: 2021-12-31}")
            assert load_policy("w", date(2021, 5, 1), [tmp_path]).name == "w2021"
            (problem,) = problems("w", date(2022, 5, 1), (tmp_path,))
            assert (problem.code, problem.place) == ("duplicate_key", f"{path}:5:1")

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        """An unreadable file may be the missing one: it is reported only if no other file is in force."""
        year(tmp_path, "w2021", "{from: 2021-01-01, to: 2021-12-31}")
        path = write(tmp_path, "w2022", "language: 1\npolicy：w2022\nseries: w\n")
        first, second = problems("w", date(2022, 5, 1), (tmp_path,))
        assert (first.code, second.code) == ("full_width", "no_policy_on_date")
        assert first.place == f"{path}:2:7"
        assert load_policy("w", date(2021, 5, 1), [tmp_path]).name == "w2021"


class TestOverlaps:
    """Files of a series that share days are reported."""

    def test_beside_it(self, tmp_path: Path) -> None:
        """Each overlapping file is reported, at the days of the checked file."""
        year(tmp_path, "w2021", "{from: 2021-01-01, to: 2021-12-31}")
        year(tmp_path, "w2022", "{from: 2022-01-01, to: 2022-12-31}")
        path = year(tmp_path, "both", "{from: 2021-12-31, to: 2022-01-01}")
        found = overlaps(path)
        assert [problem.values["known"][:5] for problem in found] == ["w2021", "w2022"]
        assert {problem.place for problem in found} == {f"{path}:4:12"}
        assert [problem.values["known"][:4] for problem in overlaps("w2021", [tmp_path])] == ["both"]

    def test_days_that_only_meet(self, tmp_path: Path) -> None:
        """The last day of one file and the first of another, a day later, do not overlap."""
        year(tmp_path, "w2021", "{from: 2021-01-01, to: 2021-12-31}")
        assert overlaps(year(tmp_path, "w2022", "{from: 2022-01-01}")) == ()
        assert overlaps(year(tmp_path, "w2022", "{from: 2021-12-31}")) != ()

    def test_without_days(self, tmp_path: Path) -> None:
        """A file without days is in force on all days."""
        year(tmp_path, "w2021", "{from: 2021-01-01, to: 2021-12-31}")
        path = write(tmp_path, "always", policy("always", series="w"))
        (problem,) = overlaps(path)
        assert problem.given == "… – …"

    def test_of_another_series_or_none(self, tmp_path: Path) -> None:
        """Only files of one series overlap; a base is in no series."""
        year(tmp_path, "w2021", "{from: 2021-01-01, to: 2021-12-31}")
        assert overlaps(write(tmp_path, "v", policy("v", series="v"))) == ()
        assert overlaps(write(tmp_path, "base", policy("base"))) == ()

    def test_the_same_file_name(self, tmp_path: Path) -> None:
        """A file that replaces one of the same name in a later folder, or a bundled one, does not overlap with it."""
        path = write(tmp_path, "2024_weihai", policy("2024_weihai", series="weihai", effective="{from: 2024-01-01}"))
        (problem,) = overlaps(path)
        assert problem.values["known"] == "2025_weihai（2025-01-01 – 2025-12-31）"

    def test_what_cannot_be_read(self, tmp_path: Path) -> None:
        """Files with invalid days, missing files and other files overlap with nothing."""
        year(tmp_path, "w2021", "{from: 2021-01-01, to: 2021-12-31}")
        year(tmp_path, "turned", "{from: 2021-12-31, to: 2021-01-01}")
        write(tmp_path, "broken", "a: b: c")
        write(tmp_path, "list", "- 1")
        assert overlaps("w2021", [tmp_path]) == ()
        assert overlaps("turned", [tmp_path]) == ()
        assert overlaps(tmp_path / "broken.yaml") == overlaps(tmp_path / "none.yaml") == ()


class TestBundled:
    """The bundled years of Weihai."""

    def test_every_day(self) -> None:
        """Each day from 2020 to 2026 has the file of its year, or none: 2020, 2022 and 2026 are unknown."""
        for number in range(2020, 2027):
            for day in (date(number, 1, 1), date(number, 7, 1), date(number + 1, 1, 1) - timedelta(days=1)):
                if number in (2020, 2022, 2026):
                    assert refused("weihai", day) == "no_policy_on_date"
                else:
                    assert load_policy("weihai", day).name == f"{number}_weihai"

    @pytest.mark.parametrize("number", [2021, 2023, 2024, 2025])
    def test_none_overlaps(self, number: int) -> None:
        """No day has two files."""
        assert overlaps(f"{number}_weihai") == ()


class TestSeries:
    """The files of a series, by their days."""

    def test_years(self, tmp_path: Path) -> None:
        """Files with valid days are in the order of their days; others are left out."""
        files_in(tmp_path)
        (tmp_path / "2026_city.yaml").write_text("series: city\neffective: {from: 明年}\n", encoding="utf-8")
        assert [Path(each.text.name).name for each in years("city", (tmp_path,))] == [
            "2024_city.yaml",
            "2025_city.yaml",
        ]
        assert years("nowhere", (tmp_path,)) == ()
        assert set(all_series((tmp_path,))) == {"city", "weihai"}

    def test_the_one_before(self, tmp_path: Path) -> None:
        """The previous file is the last one that ends before the year; the first one, or one in no series, has none."""
        files_in(tmp_path)
        later = THIS.replace("2025", "2027")
        (tmp_path / "2027_city.yaml").write_text(later, encoding="utf-8")

        def name(file: str) -> str | None:
            found = predecessor(find(tmp_path / file, None, ()))
            return None if found is None else Path(found.name).name

        assert name("2027_city.yaml") == "2025_city.yaml"
        assert name("2025_city.yaml") == "2024_city.yaml"
        assert name("2024_city.yaml") is None
        (tmp_path / "2024b_city.yaml").write_text(THIS.replace("2025-01-01", "2024-12-31"), encoding="utf-8")
        assert name("2025_city.yaml") == "2024_city.yaml"  # a file with a common day is not before it
        assert name("measure.yaml") is None


class TestDayAsHostsGiveIt:
    """The day at which a host asks for a policy."""

    @pytest.mark.parametrize("day", ["2021-05-01", date(2021, 5, 1), datetime(2021, 5, 1)])  # noqa: DTZ001  # as hosts have it
    def test_taken(self, day: Any) -> None:
        """A date, its text, or a datetime at midnight is accepted."""
        assert load_policy("weihai", on=day).name == "2021_weihai"

    @pytest.mark.parametrize(
        ("day", "code"),
        [
            (datetime(2021, 5, 1, 16), "date_with_time"),  # noqa: DTZ001  # as hosts have it
            ("2021-05-01 16:00", "date_with_time"),
            ("1.5.2021", "date"),
            ("", "date"),
            (20210501, "date"),
            ("2021-05-01\ud800", "date"),
        ],
    )
    def test_refused(self, day: Any, code: str) -> None:
        """Anything else is a problem of the day, even if the policy does not depend on it."""
        for name in ("weihai", "2021_weihai"):
            assert [(problem.place, problem.code) for problem in problems(name, day)] == [("on", code)]


class TestFolders:
    """The folders that a host passes for the search."""

    TEXT = "language: 1\npolicy: own\nextends: 2021_weihai\n"

    def test_one_alone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A single folder may be given without a list, as a text, a path, or a path-like object."""
        write(tmp_path / "pol", "own", self.TEXT)
        write(tmp_path / "pol", "base", "language: 1\npolicy: base\nextends: shandong_2020_58\n")
        monkeypatch.chdir(tmp_path)
        (entry,) = os.scandir(tmp_path)
        one: Any
        for one in ("pol", Path("pol"), entry, ["pol"], ("pol", Path("pol")), (each for each in ["pol"])):
            assert load_policy("own", folders=one).name == "own"
        for one in ("pol", Path("pol")):
            assert read_policy("language: 1\npolicy: over\nextends: base\n", folders=one).name == "over"
            text = record(assess(load_policy("own", folders=one), {"on": "2021-05-01", "members": [{}]}))
            assert replay(text, folders=one).same

    @pytest.mark.parametrize(
        ("folders", "expected"),
        [
            ("nowhere", [("folder_missing", "nowhere")]),
            (["nowhere", "a file"], [("folder_missing", "nowhere"), ("folder_is_file", "a file")]),
            ([Path("a file") / "in it"], [("folder_is_file", "a file/in it")]),
            (["no\x00where"], [("folder_unreadable", "no\x00where")]),
            (["no\ud800where"], [("folder_unreadable", "no\\ud800where")]),
            (7, [("folder_expected", "int")]),
            ([7], [("folder_expected", "int")]),
            (b"pol", [("folder_expected", "bytes")]),
            (None, [("folder_expected", "NoneType")]),
        ],
        ids=repr,
    )
    def test_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folders: Any, expected: list[tuple[str, str]]
    ) -> None:
        """A missing folder, or a file in its place, is a named problem in every function that takes folders."""
        monkeypatch.chdir(tmp_path)
        Path("a file").touch()
        cases = write(tmp_path, "cases", "policy: 2021_weihai\ncases: []\n")
        text = record(assess(load_policy("2021_weihai"), {"on": "2021-05-01", "members": [{}]}))
        for taker in (
            lambda: load_policy("2021_weihai", folders=folders),
            lambda: read_policy(self.TEXT, folders=folders),
            lambda: replay(text, folders=folders),
            lambda: read_cases(cases, folders),
            lambda: years("weihai", folders),
        ):
            with pytest.raises(PolicyError) as caught:
                taker()
            assert [(problem.code, problem.given) for problem in caught.value.problems] == expected
            str(caught.value).encode()

    def test_no_permission(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """An unreadable folder is a problem, and does not count as empty."""

        def denied(path: object) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(os, "scandir", denied)  # the user who runs the tests may be root
        assert [problem.code for problem in problems("2021_weihai", folders=(tmp_path,))] == ["folder_unreadable"]


@pytest.mark.parametrize("name", [None, 3, b"2021_weihai", ["2021_weihai"], date(2021, 1, 1)])
def test_what_is_no_name_is_refused(name: Any) -> None:
    """A policy is given by name or path; anything else is a problem that shows the given value."""
    (problem,) = problems(name)
    assert (problem.code, problem.given) == ("policy_expected", type(name).__name__)


@pytest.mark.parametrize("name", ["", " ", "x" * 5000, "x" * 300 + ".yaml", "x/" * 3000 + "x"])
def test_names_that_no_file_can_have(name: str) -> None:
    """An empty name is no series, and a name too long for the system is no policy."""
    (problem,) = problems(name)
    assert problem.code in {"policy_missing", "file_unreadable", "file_missing"}
