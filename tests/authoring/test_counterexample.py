"""The counterexample of a proof as tables."""

from pathlib import Path

import pytest
from reviews import BROKEN, VILLAGE, reviewed
from years import MEASURE, THIS

from hardship_rules.authoring._counterexample import change_tables, property_tables
from hardship_rules.authoring._review import Review
from hardship_rules.documents.document import Block, Paragraph, Table


def changed(review: Review, id_: str) -> list[Block]:
    """The tables of one kind of change."""
    (claim,) = [claim for claim in review.changes or () if claim.id == f"category.{id_}"]
    return list(change_tables([claim], review.old, review.new))


def rows(block: Block) -> dict[str, tuple[str, ...]]:
    """The rows of a table by their first cell."""
    assert isinstance(block, Table)
    return {row[0]: row[1:] for row in block.rows}


def test_a_change_is_shown_with_figure_and_limit(tmp_path: Path) -> None:
    """The table has the facts, both categories, and the first different clause: the income against 1,000 and 1,100."""
    facts, verdicts = changed(reviewed(tmp_path, last=VILLAGE), "relative→deep")
    income = rows(facts)["月收入"][0].removesuffix(" 元")
    assert rows(facts)["居住地"] == ("城市",)
    assert rows(verdicts)["类别"] == ("相对", "深度")
    old, new = rows(verdicts)["分歧始于\nincome < standard"]
    assert old.startswith("× ")
    assert new.startswith("√ ")
    assert f"{income} < 1,000.00" in old
    assert f"{income} < 1,100.00" in new
    assert 1000 <= float(income.replace(",", "")) < 1100


def test_a_number_put_in_is_told(tmp_path: Path) -> None:
    """If the old standard is not published, the number assumed for it is shown, marked as the old policy's."""
    *_, told = changed(reviewed(tmp_path), "deep→relative")  # in town no number is assumed: 1,000 was lower
    assert isinstance(told, Paragraph)
    assert told.text.startswith("旧政策尚未公布的数，这里取为：标准（农村） ")


def test_what_the_old_policy_does_not_know(tmp_path: Path) -> None:
    """A fact that only the new policy has is left out under the old one, with a note."""
    new = THIS.replace("extends: measure", "extends: wider")
    wider = MEASURE.replace("policy: measure", "policy: wider").replace(
        "  ill: {title: 患病,", "  alone: {title: 独居, yes or no: true}\n  ill: {title: 患病,"
    )
    wider = wider.replace("ill: {that: ill}", "ill: {that: ill}, alone: {that: alone}")
    (tmp_path / "wider.yaml").write_text(wider, encoding="utf-8")
    review = reviewed(tmp_path, last=VILLAGE, this=new)
    facts, verdicts, told = changed(review, "none→deep")
    assert rows(facts)["独居"] == ("是",)
    assert rows(verdicts)["分歧始于\nalone"][0] == "没有这一条"
    assert told == Paragraph("旧政策没有下列事实，未予采用：独居。", aside=True)
    assert "fact_needed" in [each.code for each in review.warnings]


def test_a_fact_of_another_kind(tmp_path: Path) -> None:
    """If a fact has another kind in each policy, each is given its own, and both are shown."""
    new = THIS.replace("extends: measure", "extends: other")
    other = MEASURE.replace("policy: measure", "policy: other").replace(
        "ill: {title: 患病, yes or no: true, if absent: false}", "ill: {title: 患病, one of: {minor: 轻, major: 重}}"
    )
    (tmp_path / "other.yaml").write_text(other.replace("{that: ill}", "{that: ill == major}"), encoding="utf-8")
    review = reviewed(tmp_path, last=VILLAGE, this=new)
    facts, removed, verdicts = changed(review, "none→deep")
    assert rows(facts)["患病"] == ("重",)
    assert removed == Paragraph("只填给旧政策：患病：否", aside=True)
    assert rows(verdicts) == {"类别": ("不符合", "深度")}


@pytest.mark.parametrize("two", [True, False])
def test_a_property_that_is_not_kept(tmp_path: Path, two: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Two households are shown side by side, the different facts first; a single one is shown with its results."""
    review = reviewed(tmp_path, measure=MEASURE + BROKEN)
    claim = review.properties[0 if two else 1]
    (table,) = property_tables(claim, review.new.properties[claim.id])
    assert isinstance(table, Table)
    last = table.rows[-1]
    if two:
        assert table.rows[0][0] == "月收入"
        assert table.rows[0][1] != table.rows[0][2]
        assert all(row[1] == row[2] for row in table.rows[1:-1])
        assert last[1] != last[2]
    else:
        assert table.rows[-2:] == (("倍数", "2"), ("类别", "深度"))  # what the condition uses, and the result


def test_nothing_where_nothing_was_found(tmp_path: Path) -> None:
    """A proof has no household."""
    review = reviewed(tmp_path, last=VILLAGE)
    assert changed(review, "deep→none") == []
