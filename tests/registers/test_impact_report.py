"""The report on the impact of a change: tables that add up, clauses by title, and faults in words."""

from datetime import date

import polars as pl
from framing import drawn, filled, framed

from hardship_rules import load_policy
from hardship_rules.documents.document import Document, Flows, Section, Table
from hardship_rules.documents.text import as_text
from hardship_rules.registers._impact import impact, impact_report
from hardship_rules.testing.strategies import households

OLD, NEW = load_policy("2021_weihai"), load_policy("2023_weihai")
ON = date(2023, 3, 31)
OWN, THEIRS = framed(NEW, [filled(NEW, household, ON) for household in drawn(households(NEW), 200)])
WRONG = OWN.with_columns(homes=pl.when(pl.col("household") == 3).then(-1).otherwise("homes"))
IMPACT = impact(OLD, NEW, WRONG, THEIRS, on=ON)
REPORT = impact_report(IMPACT)


def sections(document: Document) -> dict[str, Section]:
    """The sections by their titles, without numbers."""
    return {block.title.split("、", 1)[1]: block for block in document.blocks if isinstance(block, Section)}


def table(title: str) -> Table:
    """The table of a section."""
    return next(block for block in sections(REPORT)[title].blocks if isinstance(block, Table))


def number(cell: str) -> int:
    """The number in a cell; a dash is None."""
    return 0 if cell == "—" else int(cell.replace(",", ""))


def test_sections() -> None:
    """The report has moves, clauses, files, nearest households, and faulty rows, without empty sections."""
    assert list(sections(REPORT)) == [
        "类别的变化",
        "由哪一条改变",
        "建档处理的变化",
        "离界线最近的家庭",
        "数据有误、未作判定的家庭",
        "比较的政策",
    ]
    sound = IMPACT.frame.filter(pl.col("problem_new").is_null())["household"].implode()
    own, theirs = (frame.filter(pl.col("household").is_in(sound)) for frame in (OWN, THEIRS))
    same = sections(impact_report(impact(NEW, NEW, own, theirs, on=ON)))
    assert "数据有误、未作判定的家庭" not in same
    assert "没有家庭的类别改变。" in as_text(Document("题", (same["由哪一条改变"],)))


def test_the_matrix_adds_up() -> None:
    """Rows and columns add up to their totals, and all of them to the assessed households."""
    *rows, totals = ([number(cell) for cell in row[1:]] for row in table("类别的变化").rows)
    assert all(sum(row[:-1]) == row[-1] for row in rows)
    assert [sum(column) for column in zip(*rows, strict=True)] == totals
    assert totals[-1] == IMPACT.households - sum(IMPACT.faulty.values())


def test_the_drawing_has_the_same() -> None:
    """The drawing has each move of the category, by title."""
    flows = next(block for block in sections(REPORT)["类别的变化"].blocks if isinstance(block, Flows))
    found = {(flow.before, flow.now): flow.number for flow in flows.flows}
    titles: dict[str | None, str] = {None: "待定"}
    titles.update(NEW.category.options)
    assert found == {(titles[move.before], titles[move.now]): move.households for move in IMPACT.decisions["category"]}
    assert set(flows.now) == {now for _, now in found}


def test_clauses_by_title() -> None:
    """Clauses are shown by title, never by id."""
    cells = [cell for row in table("由哪一条改变").rows for cell in row]
    assert any("人均月纯收入低于低保标准" in cell for cell in cells)
    assert not any("category." in cell for cell in cells)


def test_faults_in_words() -> None:
    """A problem of a row is reported with the fact's title."""
    assert ("“自有住房套数”超出范围", "1") in table("数据有误、未作判定的家庭").rows


def test_what_the_register_lacks() -> None:
    """If no file could be assessed, the report says so instead of showing an empty table."""
    own = OWN.drop("file", "file_category", "file_age_months").with_columns(fraud_found=pl.lit(value=False))
    no_file = impact(OLD, NEW, own, THEIRS, on=ON)
    text = as_text(impact_report(no_file))
    assert "登记簿缺少判定“建档处理”所需的事实" in text


def test_what_is_not_verified() -> None:
    """The end lists the outcomes that no rule or notice states, by the policy's grades."""
    (told,) = [line for line in as_text(REPORT).replace("\n", "").split("。") if "以下结果的依据" in line]
    assert "深度困难职工家庭〔归纳〕" in told
    assert "脱困〔假定〕" in told
    assert "调整类别" not in told  # this one is in the notice
