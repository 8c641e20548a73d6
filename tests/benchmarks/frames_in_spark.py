"""Measure frames in Spark, parquet to parquet, against the same job written by hand in Spark SQL."""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from pyspark.sql import SparkSession
from registers import FIGURES, ON, register

from hardship_rules import load_policy
from hardship_rules.frames.run import assess_frame

SQL = """
with m as (
  select *, relation = 'self' or (
    away not in ('religious_3_years', 'prison', 'rehabilitation', 'missing') and (
      relation = 'spouse'
      or (relation = 'child' and (age < 18 or dependent or (full_time and education in
          ('preschool', 'compulsory', 'high_school', 'bachelor'))))
      or (relation in ('parent', 'other') and legal_support_duty and lives_together_months >= 12)
    )) as counted
  from members
), s as (
  select household,
    sum(if(counted, wage + business_income + property_income + transfer_income + other_income, 0)) as income,
    sum(if(counted, medical_self_paid + if(education = 'compulsory', 0, tuition) + disability_cost, 0)) as rigid,
    greatest(1, count_if(counted)) as people,
    bool_or(relation = 'child' and (private_school_fee > 2 * public_school_fee or self_paid_study_abroad)) as barred
  from m group by household
), t as (
  select h.*, s.income, s.rigid, s.people, s.barred, income - rigid as net,
    12 * people * if(residence = 'urban', 787, 588) as line, greatest(0, sudden_loss - sudden_compensation) as loss
  from households h left join s on h.household = s.household
)
select household,
  case
    when not unit_has_union or employment in ('laid_off', 'retired', 'new_form')
      or (employment = 'migrant' and (not lives_in_city or labour_relation_months < 12)) then 'out_of_scope'
    when barred or controls_company or refuses_verification or (homes >= 2 and floor_area_above_local_average)
      or (motor_vehicle and not vehicle_is_mobility_aid) then 'excluded'
    when net < line then 'deep'
    when net < 2 * line then 'relative'
    when event_casualty <> 'none' or (sudden_cause <> 'none' and loss > 0 and 5 * loss > 4 * income) then 'accidental'
    else 'none'
  end as category,
  income * 100 as income_x100, rigid * 100 as rigid_x100, people,
  round(net / 12 / people, 2) as net_income_per_person_rounded
from t
"""


def main(number: int = 1_000_000, asked: str = "", limit: int = 8_000, debugging: str = "true") -> None:
    """Print the medians of three alternating runs of the given ways, separated by commas; by default of all.

    `limit` is the size in bytes above which Spark splits a method; `debugging` is whether Spark keeps the Python call
    site of each column.
    """
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", "4g")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.codegen.hugeMethodLimit", str(limit))
        .config("spark.python.sql.dataFrameDebugging.enabled", debugging)
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    policy = load_policy("2021_weihai")
    with tempfile.TemporaryDirectory() as folder:
        for name, frame in zip(("households", "members"), register(number), strict=True):
            frame.write_parquet(Path(folder, f"{name}.parquet"))

        def read(name: str) -> Any:
            return session.read.parquet(str(Path(folder, f"{name}.parquet")))

        def by_hand() -> Any:
            for name in ("households", "members"):
                read(name).createOrReplaceTempView(name)
            return session.sql(SQL)

        def figures_only() -> Any:
            return assess_frame(policy, read("households"), read("members"), on=ON, columns=FIGURES)

        def figures_known() -> Any:
            frames = read("households"), read("members")
            return assess_frame(policy, *frames, on=ON, columns=FIGURES, known="all")

        def known() -> Any:
            return assess_frame(policy, read("households"), read("members"), on=ON, known="all")

        def ours() -> Any:
            return assess_frame(policy, read("households"), read("members"), on=ON)

        others = {way.__name__: way for way in (figures_known, known, figures_only, ours)}
        ways = (by_hand, *(others[name] for name in (asked.split(",") if asked else others)))
        times: dict[str, list[float]] = {way.__name__: [] for way in ways}
        for _ in range(3):
            for way in ways:
                start = time.perf_counter()
                way().write.mode("overwrite").parquet(str(Path(folder, way.__name__)))
                times[way.__name__].append(time.perf_counter() - start)
        base = median(times["by_hand"])
        for name, seconds in times.items():
            print(f"{name:13} {median(seconds):6.2f} s  {median(seconds) / base:5.2f}", flush=True)
        columns = ["household", "category", "people"]
        one, *found = (session.read.parquet(str(Path(folder, name))).select(columns) for name in times)
        assert all(one.exceptAll(other).count() == 0 for other in found)
    session.stop()


if __name__ == "__main__":
    main(*(int(word) if word.isdecimal() else word for word in sys.argv[1:]))  # type: ignore[arg-type]  # in the order of the parameters
