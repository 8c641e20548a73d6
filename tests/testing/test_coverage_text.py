"""Coverage in words and as data."""

import re
from pathlib import Path

from small_policy import POLICY, files

from hardship_rules.testing._coverage import Coverage, coverage, coverage_data, coverage_text
from hardship_rules.testing.cases import read_cases


def small(folder: Path) -> Coverage:
    """The coverage of the small policy by its one case."""
    (found,) = coverage(read_cases(files(folder), [folder]))
    return found


def lines(folder: Path, text: str) -> list[str]:
    """The lines of a report, without the places."""
    place = rf"^ +({re.escape(str(folder))}/small.yaml:[0-9]+:[0-9]+: )?"
    return [re.sub(place, "", line) for line in text.splitlines()]


def place(line: str, mark: str) -> tuple[int, int]:
    """Where a mark stands in the line of the policy that has it, as an editor counts."""
    number, text = next((number, text) for number, text in enumerate(POLICY.splitlines(), 1) if line in text)
    return number, text.index(line) + line.index(mark) + 1


def test_in_chinese(tmp_path: Path) -> None:
    """How much is exercised, and each thing that is not, in the titles and words of the policy."""
    text = coverage_text(small(tmp_path))
    found = lines(tmp_path, text)
    assert found[0] == "小例（small）：43 处，算例检验了 16 处"
    assert "已证明没有家庭能达到，不算缺：2 处" in found
    assert "没有算例检验：25 处" in found
    assert "结果“困难”" in found
    assert "“住地”为村" in found
    assert "“有房”为是" in found
    assert "条款“未成年”成立" in found
    assert "条款“恰为限额”成立、不成立" in found
    assert "“未成年”的界线：年龄低于 18、年龄高于 18" in found
    assert "“低于限额”的界线：存款低于限额（10 元）、存款高于限额（10 元）" in found


def test_the_place(tmp_path: Path) -> None:
    """Each line begins with where the thing is defined, so that an editor goes there."""
    line, column = place("age < 18", "<")
    assert f"{tmp_path}/small.yaml:{line}:{column}: “未成年”的界线" in coverage_text(small(tmp_path))


def test_in_english(tmp_path: Path) -> None:
    """The same in English, titles as the policy has them."""
    found = lines(tmp_path, coverage_text(small(tmp_path), "en"))
    assert found[0] == "小例 (small): 43 things to exercise, 16 of them by cases"
    assert "clause “恰为限额”: true, false" in found
    assert "threshold “未成年”: below in `age < 18`, above in `age < 18`" in found


def test_data(tmp_path: Path) -> None:
    """A program reads counts, and of each item what, id, side, title and place."""
    data = coverage_data(small(tmp_path))
    assert (data["policy"], data["all"], data["confirmed"]) == ("small", 43, 16)
    line, column = place("money >= 0", ">")
    assert data["unreachable"][-1] == {  # type: ignore[index]  # it is a list
        "what": "threshold",
        "id": "category.never.b",
        "side": "below",
        "title": "不欠",
        "line": "money >= 0",
        "at": {"file": f"{tmp_path}/small.yaml", "line": line, "column": column},
    }
