"""Integrity of a register: each kind of finding once, with all of its rows and without identifiers."""

from typing import Any

import polars as pl
import pytest
from identity_numbers import FORMS, GOOD, OTHERS

from hardship_rules import load_policy
from hardship_rules.registers._soundness import Finding, Place, soundness

WEIHAI, HUZHOU = load_policy("2021_weihai"), load_policy("example_huzhou")


def found(households: str, members: str, **asked: Any) -> list[tuple[str, list[int]]]:
    """The findings of a register, with their rows: households by letter, members as `household relation person`."""
    people = [each.split() for each in members.split(",")]
    frame = pl.DataFrame(
        {
            "household": [key for key, _, _ in people],
            "relation": [who for _, who, _ in people],
            "number": [None if told == "?" else told for _, _, told in people],
        }
    )
    listed = pl.DataFrame({"household": list(households)})
    asked = {"identifier": "number", **asked}
    return [(each.code, [place.row for place in each.places]) for each in soundness(WEIHAI, listed, frame, **asked)]


def test_sound() -> None:
    """Different people in different files are no finding."""
    assert found("ab", "a self 1,a spouse 2,b self 3,b child 4") == []


@pytest.mark.parametrize(
    ("households", "members", "expected"),
    [
        ("aab", "a self 1,b self 2", [("household_twice", [0, 1])]),
        ("a", "a self 1,c child 2", [("member_of_no_household", [1])]),
        ("ab", "a self 1,b child 2", [("household_without_worker", [1])]),
        ("a", "a self 1,a self 2", [("household_of_workers", [0, 1])]),
        ("a", "a self 1,a child 2,a child 2", [("person_twice_in_one", [1, 2])]),
        ("ab", "a self 1,b self 1", [("person_worker_of_two", [0, 1])]),
        ("ab", "a self 1,a spouse 2,b self 2,b spouse 1", [("spouses_with_two_files", [0, 1, 2, 3])]),
        ("ab", "a self 1,b self 2,b parent 1", [("worker_elsewhere", [0, 2])]),
        ("ab", "a self 1,a child 3,b self 2,b child 3", [("person_in_two", [1, 3])]),
        ("a", "a self 1,a child ?,a child ?", [("person_not_told", [1, 2])]),
    ],
)
def test_each_way(households: str, members: str, expected: list[tuple[str, list[int]]]) -> None:
    """Each defect is found once, with the rows that it involves, and nothing else."""
    assert found(households, members) == expected


def test_a_third_file_beside_two_spouses() -> None:
    """If one of two spouses with separate files is in a third file, that is reported too."""
    codes = found("abc", "a self 1,a spouse 2,b self 2,b spouse 1,c self 3,c parent 1")
    assert codes == [("spouses_with_two_files", [0, 1, 2, 3]), ("worker_elsewhere", [0, 3, 5])]


def test_a_spouse_whose_own_file_does_not_say_so() -> None:
    """A worker who is a spouse in another file, but without that worker as spouse, is a member elsewhere."""
    assert found("ab", "a self 1,b self 2,b spouse 1") == [("worker_elsewhere", [0, 2])]


def test_numbers_are_compared_as_people_write_them() -> None:
    """Spaces and case are ignored in identifiers; a typed number is compared as its text."""
    register = pl.DataFrame({"household": ["a", "b"], "relation": ["self", "self"], "number": ["11 x", "11X "]})
    listed = pl.DataFrame({"household": ["a", "b"]})
    assert [each.code for each in soundness(WEIHAI, listed, register, identifier="number")] == ["person_worker_of_two"]
    whole = register.with_columns(number=pl.lit(7))
    assert [each.code for each in soundness(WEIHAI, listed, whole, identifier="number")] == ["person_worker_of_two"]


@pytest.mark.parametrize("written", ["１１Ｘ", "１１ｘ", "1\u200b1X", "\ufeff11X", "'11X", "11X’", "1\u3000 1x"])
def test_signs_and_widths_make_no_other_person(written: str) -> None:
    """Full-width digits, invisible characters and apostrophes are ignored in identifiers."""
    members = {"household": ["a", "b"], "relation": ["self", "self"], "number": ["11X", written]}
    listed = pl.DataFrame({"household": ["a", "b"]})
    (finding,) = soundness(WEIHAI, listed, pl.DataFrame(members), identifier="number")
    assert finding.code == "person_worker_of_two"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_number_is_one_person(form: str) -> None:
    """A person in two files is found in any notation of the number; similar numbers are other persons."""
    members = {"household": ["a", "b"], "relation": ["self", "self"], "number": [GOOD, FORMS[form]]}
    listed = pl.DataFrame({"household": ["a", "b"]})
    (finding,) = soundness(WEIHAI, listed, pl.DataFrame(members), identifier="number")
    assert finding.code == "person_worker_of_two"
    for other in OTHERS.values():
        assert soundness(WEIHAI, listed, pl.DataFrame({**members, "number": [GOOD, other]}), identifier="number") == ()


@pytest.mark.parametrize("passport", ["Ｇ１２３ａ", "g123A", "'G123a", '="g１２３Ａ"'])
def test_other_papers_are_compared_alike(passport: str) -> None:
    """Full-width letters equal their ASCII forms."""
    members = {"household": ["a", "b"], "relation": ["self", "self"], "number": ["G123A", passport]}
    listed = pl.DataFrame({"household": ["a", "b"]})
    (finding,) = soundness(WEIHAI, listed, pl.DataFrame(members), identifier="number")
    assert finding.code == "person_worker_of_two"


@pytest.mark.parametrize("word", ["未知", "unknown", "Unknown", "-", "－", "——", "/", "无", "不详", "'"])
def test_words_that_tell_nobody(word: str) -> None:
    """Two people with an unknown identifier are not the same person."""
    assert found("ab", f"a self {word},b self 2,b child {word}") == [("person_not_told", [0, 2])]


def test_without_an_identifier() -> None:
    """Without an identifier column only files are checked."""
    assert found("ab", "a self 1,b child 1", identifier=None) == [("household_without_worker", [1])]


def test_titles_and_what_is_not_known() -> None:
    """Relations may be titles; if one is unknown or invalid, the file is not reported as lacking its worker."""
    assert found("ab", "a 本人 1,b 配偶 2") == [("household_without_worker", [1])]
    assert found("ab", "a self 1,b 不详 2") == []


def test_a_policy_that_knows_no_worker() -> None:
    """If members have no relation, files without a worker are not searched."""
    members = pl.DataFrame({"household": ["a"], "name": ["x"]})
    assert [each.code for each in soundness(HUZHOU, pl.DataFrame({"household": ["b"]}), members)] == [
        "member_of_no_household"
    ]


@pytest.mark.parametrize("kind", ["lazy", "to_pandas", "to_arrow"])
def test_every_kind_of_frame(kind: str) -> None:
    """Frames of any library are checked alike."""
    register = pl.DataFrame({"household": ["a", "b"], "relation": ["self", "self"], "number": ["1", "1"]})
    listed = pl.DataFrame({"household": ["a", "b"]})
    own, theirs = (getattr(frame, kind)() for frame in (listed, register))
    assert soundness(WEIHAI, own, theirs, identifier="number") == (
        Finding("person_worker_of_two", (Place(of_members=True, row=0), Place(of_members=True, row=1)), ("a", "b")),
    )


def test_told_by_place_and_never_by_number() -> None:
    """A finding as a problem has the locations and no number; of many locations it lists the first, and their count."""
    register = pl.DataFrame(
        {"household": [str(number) for number in range(9)], "relation": ["self"] * 9, "number": ["9918"] * 9}
    )
    (finding,) = soundness(WEIHAI, register.select("household"), register, identifier="number")
    problem = finding.problem({place: f"成员 第{place.row + 2}行" for place in finding.places})
    assert "9918" not in repr(finding) + problem.message() + repr(problem)
    assert problem.message() == ("同一职工建了 9 份档案：成员 第2行; 成员 第3行; 成员 第4行; 成员 第5行; 成员 第6行")
