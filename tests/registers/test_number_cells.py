"""Numbers in a register's own unit are exact or refused, compared with fractions."""

import random
from decimal import Decimal
from fractions import Fraction

import narwhals as nw
import polars as pl
import pytest

from hardship_rules import load_policy
from hardship_rules.language.mapping import mapping_for, read_mapping
from hardship_rules.registers._cells import Cells, cells_of
from hardship_rules.registers._mapped import with_steps

WEIHAI = load_policy("2021_weihai")
MEMBERS = "mapping: 1\nhouseholds: {key: k}\nmembers: {key: k, facts: {%s: {column: c, unit: %s}}}\n"


def worked(fact: str, unit: str, column: pl.Series) -> pl.DataFrame:
    """The values and faults of a column for a member's fact."""
    found = mapping_for(WEIHAI, read_mapping(MEMBERS % (fact, unit))).members.columns[fact]
    table = nw.from_native(column.alias("c").to_frame().lazy())
    cells = cells_of(found, table.collect_schema()["c"])
    assert isinstance(cells, Cells)
    faults = (rows.alias(code) for code, rows in cells.faults.items())
    made = with_steps(table, [cells]).select(cells.value.alias("value"), *faults).collect().to_native()
    assert isinstance(made, pl.DataFrame)
    return made


@pytest.mark.parametrize(
    ("fact", "unit", "factor"),
    [
        ("monthly_wage", "元/月", Fraction(1)),
        ("monthly_wage", "元/年", Fraction(1, 12)),
        ("monthly_wage", "万元/年", Fraction(10_000, 12)),
        ("wage", "元/月", Fraction(12)),
        ("wage", "亿元", Fraction(10**8)),
        ("business_income", "千元/月", Fraction(12_000)),
        ("age", "月", Fraction(1, 12)),
    ],
)
@pytest.mark.parametrize("typed", [False, True])
def test_exact_or_refused(fact: str, unit: str, factor: Fraction, typed: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Of 2,000 numbers with each factor, exactly those within range and decimals are read, as the exact fraction."""
    draw = random.Random(5)  # noqa: S311  # the same in every run
    kind = WEIHAI.members.facts[fact].kind
    texts = []
    for _ in range(2000):
        size, places = draw.randrange(1, 10), draw.choice([0, 0, 1, 2, 2, 3, 6])
        sign = draw.choice(["", "", "-"])
        drawn = Decimal(draw.randrange(10**size) * draw.choice([1, 12, 60])).scaleb(-places)
        texts.append(f"{sign}{drawn:f}")
    column = pl.Series([float(text) for text in texts]) if typed else pl.Series(texts)
    sound = 0
    for text, row in zip(texts, worked(fact, unit, column).to_dicts(), strict=True):
        number = Fraction(text) * factor
        outside = not kind.low <= number <= kind.high  # type: ignore[union-attr,operator]  # the kind is a number
        more = (number * 10**kind.decimals).denominator > 1  # type: ignore[union-attr]  # the kind is a number
        if outside or more:
            assert row["value"] is None, text
            assert row["cell_outside"] or row["cell_decimals"], text
        else:
            assert row["value"] == float(number), text
            assert not row["cell_outside"], text
            assert not row["cell_decimals"], text
            sound += 1
    assert sound > 20


def test_percent() -> None:
    """80 % is 0.8, which a pure number without decimals cannot be; 300 % is 3."""
    text = "mapping: 1\nhouseholds: {key: k, facts: {homes: c}}\nmembers: {key: k}\n"
    column = mapping_for(WEIHAI, read_mapping(text)).households.columns["homes"]
    table = nw.from_native(pl.DataFrame({"c": ["300 %", "80%", "2", "％"]}).lazy())
    cells = cells_of(column, nw.String())
    assert isinstance(cells, Cells)
    made = with_steps(table, [cells]).select(
        v=cells.value, d=cells.faults["cell_decimals"], n=cells.faults["cell_number"]
    )
    assert made.collect().to_native().rows() == [
        (3, False, False),
        (None, True, False),
        (2, False, False),
        (None, False, True),
    ]
