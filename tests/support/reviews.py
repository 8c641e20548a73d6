"""Reviews of a small city's year against the previous one."""

from pathlib import Path

from years import LAST, MEASURE, THIS, files_in

from hardship_rules import load_policy
from hardship_rules.authoring._review import Review, review
from hardship_rules.core.policy import Policy
from hardship_rules.language.policies import load_base
from hardship_rules.proofs.report import Report, kept_and_changed
from hardship_rules.testing.cases import read_cases

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
"""The previous year with a number for the village, the same as this year's."""


def few(policy: Policy, against: Policy | None) -> Report:
    """The proofs for households of up to two members."""
    return kept_and_changed(policy, against, members=2, seconds=60)


def reviewed(
    folder: Path, *, measure: str = MEASURE, last: str = LAST, this: str = THIS, cases: str | None = None
) -> Review:
    """The review of 2025 against 2024, from the three given files."""
    files_in(folder, measure=measure, last=last, this=this)
    names = [folder / f"{year}_city.yaml" for year in (2024, 2025)]
    old, new = ((load_policy(name), load_base(name)) for name in names)
    if cases is None:
        return review(old, new, prove=few)
    (folder / "cases.yaml").write_text(cases, encoding="utf-8")
    return review(old, new, read_cases(folder / "cases.yaml"), few)


CASES = """
policy: {policy}
on: {on}
household: {{place: town, income: 1050, members: [{{}}]}}
cases:
  - {{title: 恰在两年之间, expect: {{category: relative}}, because: 1000 <= 1050 < 1100}}
  - {{title: 高于两年, but: {{income: 2500}}, expect: {{category: none}}, because: 2500 >= 2200}}
  - {{title: 倍数之间, but: {{income: 2100}}, expect: {{category: none}}, because: 2000 <= 2100 < 2200}}
  - {{title: 写错的算例, but: {{income: 2500}}, expect: {{category: deep}}, because: 算错了}}
  - {{title: 不填收入, without: [income], expect: {{category: undecided, missing: [income]}}, because: 未知}}
  - {{title: 改选解读, readings: {{equal: no}}, expect: {{category: relative}}, because: 同上}}
  - {{title: 不在当年, on: 2023-05-05, expect: {{refused: [on_outside]}}, because: 不适用}}
  - {{title: 写错的事实, but: {{income: 多}}, expect: {{refused: [fact_number]}}, because: 不是数}}
  - {{title: 没有核对过, confirmed: false, expect: {{category: relative}}, because: 程序算出}}
"""

YEAR_CASES = CASES.format(policy="2024_city", on="2024-05-05")
