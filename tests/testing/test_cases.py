"""The worked cases pass, and a failing case is reported."""

from pathlib import Path

import pytest
from places import TESTS

from hardship_rules import FactError, Policy, PolicyError, assess, load_policy
from hardship_rules.language.source import Scalar
from hardship_rules.testing.cases import Case, read_cases

FOLDER = TESTS / "cases"
POLICY = load_policy("2021_weihai")
CASES = [case for path in sorted(FOLDER.glob("*.yaml")) for case in read_cases(path)]
OF_WEIHAI = [case for case in CASES if case.policy.name == POLICY.name]

SMALL = """
policy: 2021_weihai
on: 2021-03-31
household:
  unit_has_union: no
  members:
    - {relation: self, wage: 1200}
cases:
  - title: 单位没有工会
    expect: {category: CATEGORY}
    because: 所在单位未建立工会组织
"""


@pytest.mark.parametrize("case", CASES, ids=[f"{Path(case.at.file).stem}: {case.title}" for case in CASES])
def test_case(case: Case) -> None:
    """The case passes."""
    assert [f"{each.what}: {each.expected} / {each.got}" for each in case.run()] == []


def test_enough_cases() -> None:
    """There are at least a hundred cases, with unique titles, each with its calculation."""
    assert len(CASES) >= 100
    assert len({case.title for case in CASES}) == len(CASES)
    assert all(case.because.strip() for case in CASES)


class TestReach:
    """The cases of the measure exercise all of it; test_coverage.py has more."""

    def test_some_stay_undecided(self) -> None:
        """Some case has an undecided category."""
        assert any(_word(case, "category") == "undecided" for case in OF_WEIHAI)

    def test_every_reading(self) -> None:
        """Every reading that changes a rule is changed in some case."""
        of_measure = [case.policy for case in OF_WEIHAI]
        flipped = {
            name for each in of_measure for name in each.readings if _chosen(each, name) != _chosen(POLICY, name)
        }
        assert flipped >= {name for name, reading in POLICY.readings.items() if not reading.affects}

    def test_every_must(self) -> None:
        """Every `must` of a household is violated in some case, which is refused."""
        broken: set[str] = set()
        for case in OF_WEIHAI:
            try:
                assess(case.policy, case.household, case.on)
            except FactError as error:
                broken |= {problem.given for problem in error.problems if problem.code == "must_broken"}
        assert {clause.title for clause in POLICY.must} - broken == set()


def _word(case: Case, key: str) -> str:
    node = case.expect.get(key)
    return node.text if isinstance(node, Scalar) else ""


def _chosen(policy: Policy, reading: str) -> str:
    return policy.readings[reading].chosen


def written(folder: Path, text: str) -> Path:
    """A file of cases."""
    path = folder / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_case_that_holds(tmp_path: Path) -> None:
    """A case with the expected result has no mismatch."""
    (case,) = read_cases(written(tmp_path, SMALL.replace("CATEGORY", "out_of_scope")))
    assert case.run() == ()


def test_a_case_that_fails(tmp_path: Path) -> None:
    """A failing case reports the expected and the actual value."""
    (case,) = read_cases(written(tmp_path, SMALL.replace("CATEGORY", "deep")))
    (mismatch,) = case.run()
    assert (mismatch.what, mismatch.expected, mismatch.got) == ("category", "deep", "out_of_scope")


def test_confirmed_unless_it_says_otherwise(tmp_path: Path) -> None:
    """A case is confirmed unless it says `confirmed: no`; such a case is still run."""
    text = SMALL.replace("CATEGORY", "deep")
    other = "  - {title: 未核对, confirmed: no, expect: {category: deep}, because: 搜索得出}\n"
    one, two = read_cases(written(tmp_path, text + other))
    assert (one.confirmed, two.confirmed) == (True, False)
    assert [mismatch.got for mismatch in two.run()] == ["out_of_scope"]


def test_the_policy_before_its_readings(tmp_path: Path) -> None:
    """`base` is the policy of the file, `policy` the same under the readings of the case."""
    readings = "    readings: {rounding: yuan}\n    expect:"
    (case,) = read_cases(written(tmp_path, SMALL.replace("CATEGORY", "deep").replace("    expect:", readings)))
    assert (_chosen(case.base, "rounding"), _chosen(case.policy, "rounding")) == ("none", "yuan")


@pytest.mark.parametrize(
    ("expect", "what"),
    [
        ("{category: out_of_scope, terms: {income: 1201}}", "terms.income"),
        ("{category: out_of_scope, terms: {incom: 1200}}", "terms.incom"),
        ("{category: out_of_scope, terms: {people: 0_1}}", "terms.people"),
        ("{category: out_of_scope, terms: {people: １}}", "terms.people"),
        ("{category: out_of_scope, decided_by: [category.deep.income]}", "decided_by"),
        ("{possible: [deep]}", "possible"),
        ("{missing: ['members[1].wage']}", "missing"),
        ("{refused: [must_broken]}", "refused"),
        ("{decisions: {category: none}}", "decisions.category"),
    ],
)
def test_every_kind_of_expectation_can_fail(tmp_path: Path, expect: str, what: str) -> None:
    """Each kind of expectation is really compared."""
    (case,) = read_cases(written(tmp_path, SMALL.replace("{category: CATEGORY}", expect)))
    assert what in [mismatch.what for mismatch in case.run()]


def test_but_and_without(tmp_path: Path) -> None:
    """A case changes its base: facts are set or removed, members added or removed."""
    text = SMALL.replace(
        "    expect: {category: CATEGORY}",
        '    but: {unit_has_union: yes, "members[1].wage": 2400, "members[2]": {relation: child, age: 3}, '
        '"members[3]": {relation: spouse}}\n    without: ["members[2]", unit_has_union]\n'
        "    expect: {terms: {people: 2}}",
    )
    (case,) = read_cases(written(tmp_path, text))
    assert case.run() == ()
    assert [key.text for key, _ in case.household.node.entries] == ["members"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("title: 单位没有工会", "titel: 单位没有工会"), "unknown_key"),
        (("because: 所在单位未建立工会组织", "expect: {}"), "duplicate_key"),
        (("    because: 所在单位未建立工会组织\n", ""), "missing_key"),
        (("policy: 2021_weihai", "policy: 2021_weiha"), "policy_missing"),
        (("    expect:", "    readings: {rounding: jiao}\n    expect:"), "unknown_option"),
        (("    expect:", "    readings: {round: fen}\n    expect:"), "unknown_reading"),
        (("    expect:", "    but: {'members[3].wage': 1}\n    expect:"), "case_path"),
        (("    expect:", "    without: [homes]\n    expect:"), "case_path"),
        (("    expect:", "    confirmed: maybe\n    expect:"), "truth"),
    ],
)
def test_bad_files(tmp_path: Path, change: tuple[str, str], code: str) -> None:
    """A malformed file of cases is reported with location and reason."""
    with pytest.raises(PolicyError) as refused:
        read_cases(written(tmp_path, SMALL.replace("CATEGORY", "deep").replace(*change)))
    assert code in [problem.code for problem in refused.value.problems]


def test_a_series_is_settled_by_the_day_of_each_case(tmp_path: Path) -> None:
    """Under a series each case has the policy in force on its day, or else on the file's day."""
    text = SMALL.replace("CATEGORY", "out_of_scope").replace("policy: 2021_weihai", "policy: weihai")
    later = "  - {title: 后来, on: 2024-05-01, expect: {category: out_of_scope}, because: 同上}\n"
    cases = read_cases(written(tmp_path, text + later))
    assert [case.policy.name for case in cases] == ["2021_weihai", "2024_weihai"]
    assert [case.run() for case in cases] == [(), ()]


def test_a_day_that_no_policy_is_for(tmp_path: Path) -> None:
    """A day without a policy is reported at the day in the case."""
    text = SMALL.replace("CATEGORY", "deep").replace("policy: 2021_weihai", "policy: weihai")
    path = written(tmp_path, text.replace("on: 2021-03-31", "on: 2022-03-31"))
    with pytest.raises(PolicyError) as refused:
        read_cases(path)
    assert [(problem.code, problem.place) for problem in refused.value.problems] == [
        ("no_policy_on_date", f"{path}:3:5")
    ]


@pytest.mark.parametrize("content", [b"", b"- 1", b"\xff\xfe\x00", b"x: [", "标题：错".encode("gbk")])
def test_files_that_are_no_cases(tmp_path: Path, content: bytes) -> None:
    """Another kind of file is refused as cases."""
    path = tmp_path / "cases.yaml"
    path.write_bytes(content)
    with pytest.raises(PolicyError):
        read_cases(path)
