"""The files of Weihai's years: their allowed content, and how well it is verified."""

from datetime import date
from pathlib import Path

import pytest

from hardship_rules import Policy, load_policy
from hardship_rules.core.policy import Note, Parameter, Reading
from hardship_rules.language.find import BUNDLED

YEARS = {number: load_policy(f"{number}_weihai") for number in (2021, 2023, 2024, 2025)}
MEASURE = load_policy("shandong_2020_58")


def grade(policy: Policy, reading: str) -> tuple[str, str | None, str]:
    """The option, source and grade of a reading."""
    found = policy.readings[reading]
    assert found.provenance is not None
    return found.chosen, found.provenance.source, found.provenance.basis


def test_every_year_is_tried() -> None:
    """Every bundled year's file is tested here."""
    assert {path.stem for path in BUNDLED.glob("*_weihai.yaml")} == {f"{number}_weihai" for number in YEARS}


@pytest.mark.parametrize("number", YEARS)
class TestEachYear:
    """The properties of each file."""

    def test_short(self, number: int) -> None:
        """A year's file is short."""
        assert len((BUNDLED / f"{number}_weihai.yaml").read_text("utf-8").splitlines()) < 35

    def test_the_calendar_year(self, number: int) -> None:
        """The file covers the calendar year, and belongs to the series."""
        policy = YEARS[number]
        assert (policy.start, policy.end) == (date(number, 1, 1), date(number, 12, 31))
        assert (policy.series, policy.title) == ("weihai", f"威海市{number}年困难职工家庭认定")

    def test_the_rules_are_the_measures(self, number: int) -> None:
        """Facts, terms and decisions are those of the measure, and the policy can assess."""
        policy = YEARS[number]
        for section in ("facts", "members", "must", "terms", "decisions"):
            assert getattr(policy, section) == getattr(MEASURE, section)
        assert not policy.is_open

    def test_not_one_source_too_many(self, number: int) -> None:
        """Every source that the year's file adds is used."""
        policy = YEARS[number]
        parts: list[Parameter | Reading | Note] = [
            *policy.parameters.values(),
            *policy.readings.values(),
            *policy.notes.values(),
        ]
        used = {part.provenance.source for part in parts if part.provenance is not None}
        assert set(policy.sources) - set(MEASURE.sources) <= used


@pytest.mark.parametrize(
    ("number", "urban", "rural", "source"),
    [
        (2021, 787, 588, "notice_2021"),
        (2023, 1001, 800, "weiminfa_2024_8"),
        (2024, 1062, 865, "weiminfa_2024_8"),
        (2025, 1062, None, "rushan_2025"),
    ],
)
def test_the_standards(number: int, urban: int, rural: int | None, source: str) -> None:
    """The two standards equal those in regulation.md, section 2; the rural one of 2025 is unknown."""
    dibao = YEARS[number].parameters["dibao"]
    assert dict(dibao.values) == {("urban",): urban, ("rural",): rural}
    assert dibao.provenance is not None
    assert (dibao.provenance.source, dibao.provenance.basis) == (source, "notice")


def test_the_rural_standard() -> None:
    """From 2023 the notices name the urban standard only; its use for rural households is not verified."""
    assert grade(YEARS[2021], "standard_for_rural") == ("own", None, "assumption")
    for number, source in ((2023, "notice_2023"), (2024, "notice_2024"), (2025, "rushan_2025")):
        assert grade(YEARS[number], "standard_for_rural") == ("urban", source, "assumption")


def test_new_form_workers() -> None:
    """Workers in new forms of employment are covered from 2023, by the notices' own words."""
    assert grade(YEARS[2021], "new_form_covered") == ("no", None, "assumption")
    for number, source in ((2023, "notice_2023"), (2024, "notice_2023"), (2025, "rushan_2025")):
        assert grade(YEARS[number], "new_form_covered") == ("yes", source, "notice")


def test_village_migrants() -> None:
    """Village migrants are covered in 2025, by Rushan's notice; before that they are not, by Qingdao's summary."""
    for number in (2021, 2023, 2024):
        assert grade(YEARS[number], "village_migrant_covered") == ("no", "qingdao", "summary")
    assert grade(YEARS[2025], "village_migrant_covered") == ("yes", "rushan_2025", "notice")


def test_the_days_of_2025_are_assumed() -> None:
    """The notice of April 2025 states no days: a note says that the whole year is an assumption."""
    note = YEARS[2025].notes["window"]
    assert note.provenance is not None
    assert (note.provenance.source, note.provenance.basis) == (None, "assumption")


def test_sources_are_named_in_what_is_known() -> None:
    """Each document's title has only what regulation.md states: its name or number, and its year and month."""
    known = (Path(BUNDLED) / "regulation.md").read_text("utf-8")
    for words in ("威民发〔2024〕8号", "2024-10 notice", "乳山市总工会 2025-04-21 notice", "威海市总工会 2023 notice"):
        assert words in known
    assert YEARS[2024].sources["weiminfa_2024_8"].title == "威民发〔2024〕8号"
    assert YEARS[2024].sources["notice_2024"].title == "威海2024年10月的通知"
