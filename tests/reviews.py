"""Reviews of a small city's year beside the one before, for the tests of what is made of them."""

from pathlib import Path

from test_recast import CASES
from years import LAST, MEASURE, THIS, files_in

from hardship_rules import load_policy
from hardship_rules.cases import read_cases
from hardship_rules.model import Policy
from hardship_rules.policies import load_base
from hardship_rules.proofs import Report, kept_and_changed
from hardship_rules.review import Review, review

PROPERTIES = """
properties:
  income_never_harder: {title: 收入增加不会更困难, raising: {facts: income, never moves: category, to: earlier}}
  ill_is_deep: {title: 患病的不会是相对, never: {gets: relative, when: {that: ill}}}
"""
BROKEN = """
properties:
  ill_never_matters: {title: 收入增加不改变类别, raising: {facts: income, never moves: category, to: another}}
  never_deep: {title: 没有深度, never: {gets: deep, when: {that: income * factor >= 0}}}
"""
VILLAGE = LAST.replace("village: not published", "village: 900").replace("    from: 0\n    to: 100000\n", "")
"""The year before with a number for the village, the same as this year's."""


def few(policy: Policy, against: Policy | None) -> Report:
    """The proofs for households of up to two members."""
    return kept_and_changed(policy, against, members=2, seconds=60)


def reviewed(
    folder: Path, *, measure: str = MEASURE, last: str = LAST, this: str = THIS, cases: str | None = None
) -> Review:
    """The review of 2025 beside 2024, of the three files as they are given."""
    files_in(folder, measure=measure, last=last, this=this)
    names = [folder / f"{year}_city.yaml" for year in (2024, 2025)]
    old, new = ((load_policy(name), load_base(name)) for name in names)
    if cases is None:
        return review(old, new, prove=few)
    (folder / "cases.yaml").write_text(cases, encoding="utf-8")
    return review(old, new, read_cases(folder / "cases.yaml"), few)


YEAR_CASES = CASES.format(policy="2024_city", on="2024-05-05")
