"""The benchmark of one household runs, and its engines decide the same categories; no test of time limits."""

import gc

import one_household
import pytest
from one_household import Row, main, shown
from peer_measure import HOUSEHOLDS, by_hand


def test_one_turn(capsys: pytest.CaptureFixture[str]) -> None:
    """One turn measures every task, prints a line for each, and turns garbage collection on again."""
    rows = main(1)
    printed = capsys.readouterr().out
    assert "turns: 1, seed: " in printed
    assert {row.aim for row in rows} >= {2, 4, 15, 80, 6, 1, 3, 5}
    for row in rows:
        assert len(row.results) == 1
        assert row.results[0] > 0
        assert row.what in printed
    assert gc.isenabled()
    assert not gc.get_freeze_count()


def test_by_hand() -> None:
    """The measure by hand gives the categories of the households, which were computed by hand."""
    assert [by_hand(household) for _, household in HOUSEHOLDS] == [category for category, _ in HOUSEHOLDS]


def test_another_category(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that decides another category ends the run, with the number of the household."""
    monkeypatch.setattr(one_household, "by_hand", lambda _: "none")
    with pytest.raises(SystemExit, match="hand decides household 1 as none, expected deep"):
        main(1)


def test_a_row() -> None:
    """The median of 30, 1 and 2,000 is 30; they lie from 1 to 2,000."""
    row = Row("a task", "ms", 15, [30, 1, 2000])
    assert shown(row) == ("a task", "15 ms", "30 ms", "1 to 2,000")
