"""An invented register of any size with some unknown facts, and the year's measure written by hand over its columns."""

from collections.abc import Sequence

import numpy as np
import polars as pl

ON = "2021-03-31"
FIGURES = ("category", "income_x100", "rigid_x100", "people", "net_income_per_person_rounded")


def register(households: int, incomplete: float = 0.0, seed: int = 1) -> tuple[pl.DataFrame, pl.DataFrame]:
    """That many households with three members each; the given share of them has one null among its facts."""
    draw = np.random.default_rng(seed)

    def options(names: Sequence[str], odds: Sequence[float], size: int) -> pl.Series:
        codes = pl.Series(draw.choice(len(names), size, p=odds), dtype=pl.UInt32)
        return codes.replace_strict(list(range(len(names))), list(names), return_dtype=pl.String)

    def yes(odds: float, size: int) -> np.ndarray:
        return draw.random(size) < odds

    n, m = households, 3 * households
    own = pl.DataFrame(
        {
            "household": np.arange(n),
            "unit_has_union": yes(0.97, n),
            "employment": options(["in_service", "migrant", "laid_off"], [0.85, 0.13, 0.02], n),
            "lives_in_city": yes(0.9, n),
            "labour_relation_months": draw.integers(0, 120, n),
            "residence": options(["urban", "rural"], [0.7, 0.3], n),
            "controls_company": yes(0.01, n),
            "homes": draw.integers(0, 3, n),
            "floor_area_above_local_average": yes(0.1, n),
            "motor_vehicle": yes(0.05, n),
            "vehicle_is_mobility_aid": yes(0.3, n),
            "refuses_verification": yes(0.01, n),
            "event_casualty": options(["none", "disabled"], [0.99, 0.01], n),
            "sudden_cause": options(["none", "illness"], [0.95, 0.05], n),
            "sudden_loss": draw.integers(0, 60_000, n),
            "sudden_compensation": draw.integers(0, 20_000, n),
        }
    )
    place = np.tile([0, 1, 2], n)
    second, third = np.where(yes(0.8, m), 1, 2), np.where(yes(0.7, m), 2, 3)
    kin = pl.Series(np.where(place == 0, 0, np.where(place == 1, second, third)), dtype=pl.UInt32)
    members = pl.DataFrame(
        {
            "household": np.repeat(np.arange(n), 3),
            "relation": kin.replace_strict([0, 1, 2, 3], ["self", "spouse", "child", "parent"], return_dtype=pl.String),
            "age": np.where(kin.to_numpy() == 2, draw.integers(0, 30, m), draw.integers(20, 60, m)),
            "lives_together_months": draw.integers(0, 60, m),
            "legal_support_duty": yes(0.9, m),
            "dependent": yes(0.05, m),
            "education": options(["none", "compulsory", "high_school", "bachelor"], [0.6, 0.2, 0.1, 0.1], m),
            "full_time": yes(0.3, m),
            "away": options(["none", "prison"], [0.99, 0.01], m),
            "wage": draw.integers(0, 40_000, m),
            "business_income": draw.integers(-1_000, 2_000, m),
            "property_income": draw.integers(0, 1_000, m),
            "transfer_income": draw.integers(0, 1_000, m),
            "other_income": draw.integers(0, 500, m),
            "exempt_income": draw.integers(0, 500, m),
            "medical_self_paid": draw.integers(0, 5_000, m),
            "tuition": draw.integers(0, 3_000, m),
            "disability_cost": draw.integers(0, 300, m),
            "private_school_fee": draw.integers(0, 100, m),
            "public_school_fee": draw.integers(50, 1_000, m),
            "self_paid_study_abroad": yes(0.002, m),
        }
    )
    return _with_nulls(own, n, incomplete / 4, draw), _with_nulls(members, n, incomplete * 3 / 4, draw)


def _with_nulls(frame: pl.DataFrame, households: int, share: float, draw: np.random.Generator) -> pl.DataFrame:
    """The frame with one null in a row of the given share of households, spread evenly over the columns."""
    if not share:
        return frame
    rows = frame.height // households
    chosen = draw.random(households) < share
    at = np.flatnonzero(chosen) * rows + draw.integers(0, rows, chosen.sum())
    columns = frame.columns[1:]
    which = np.full(frame.height, -1)
    which[at] = draw.integers(0, len(columns), len(at))
    place = pl.Series(which)
    return frame.with_columns(
        pl.when(place != number).then(pl.col(name)).alias(name) for number, name in enumerate(columns)
    )


def by_hand(households: pl.LazyFrame, members: pl.LazyFrame) -> pl.LazyFrame:
    """The measure for complete rows, written by hand for exactly these columns, in whole numbers."""
    c = pl.col
    level = c("education").is_in(["preschool", "compulsory", "high_school", "bachelor"])
    minor_or_studying = (c("age") < 18) | c("dependent") | (c("full_time") & level)
    counted = (c("relation") == "self") | (
        ~c("away").is_in(["religious_3_years", "prison", "rehabilitation", "missing"])
        & (
            (c("relation") == "spouse")
            | ((c("relation") == "child") & minor_or_studying)
            | (c("relation").is_in(["parent", "other"]) & c("legal_support_duty") & (c("lives_together_months") >= 12))
        )
    )
    income = c("wage") + c("business_income") + c("property_income") + c("transfer_income") + c("other_income")
    tuition = pl.when(c("education") == "compulsory").then(0).otherwise(c("tuition"))
    rigid = c("medical_self_paid") + tuition + c("disability_cost")
    child = c("relation") == "child"
    barred = child & ((c("private_school_fee") > 2 * c("public_school_fee")) | c("self_paid_study_abroad"))
    summed = (
        members.with_columns(counted=counted)
        .select(
            "household",
            "counted",
            income=pl.when("counted").then(income).otherwise(0),
            rigid=pl.when("counted").then(rigid).otherwise(0),
            barred=barred,
        )
        .group_by("household")
        .agg(c("income").sum(), c("rigid").sum(), people=c("counted").sum().cast(pl.Int64), barred=c("barred").any())
    )
    migrant = c("employment") == "migrant"
    short = c("labour_relation_months") < 12
    outside = ~c("unit_has_union") | c("employment").is_in(["laid_off", "retired", "new_form"])
    outside = outside | (migrant & (~c("lives_in_city") | short))
    excluded = c("barred") | c("controls_company") | c("refuses_verification")
    excluded = excluded | ((c("homes") >= 2) & c("floor_area_above_local_average"))
    excluded = excluded | (c("motor_vehicle") & ~c("vehicle_is_mobility_aid"))
    loss = pl.max_horizontal(0, c("sudden_loss") - c("sudden_compensation"))
    sudden = (c("sudden_cause") != "none") & (loss > 0) & (5 * loss > 4 * c("income"))
    standard = pl.when(c("residence") == "urban").then(787).otherwise(588)
    net = c("income") - c("rigid")
    line = 12 * c("people") * standard
    per_person = (2 * 100 * net.abs() + 12 * c("people")) // (2 * 12 * c("people")) * net.sign()
    return (
        households.join(summed, on="household", how="left")
        .with_columns(people=pl.max_horizontal(1, "people"))
        .select(
            "household",
            category=pl.when(outside)
            .then(pl.lit("out_of_scope"))
            .when(excluded)
            .then(pl.lit("excluded"))
            .when(net < line)
            .then(pl.lit("deep"))
            .when(net < 2 * line)
            .then(pl.lit("relative"))
            .when((c("event_casualty") != "none") | sudden)
            .then(pl.lit("accidental"))
            .otherwise(pl.lit("none")),
            income_x100=c("income") * 100,
            rigid_x100=c("rigid") * 100,
            people="people",
            net_income_per_person_rounded=per_person / 100,
        )
    )
