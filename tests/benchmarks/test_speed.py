"""The time of everyday steps; no test of time limits."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hardship_rules import assess, explain, load_policy

WEIHAI = load_policy("2021_weihai")
ADULT = {
    "education": "none",
    "birth_date": "1980-05-06",
    "wage": 20000,
    "business_income": 0,
    "property_income": 0,
    "transfer_income": 0,
    "other_income": 0,
    "medical_self_paid": 4700,
}
CHILD = {
    "relation": "child",
    "age": 9,
    "education": "compulsory",
    "private_school_fee": 0,
    "public_school_fee": 0,
    "self_paid_study_abroad": False,
    "property_income": 0,
    "transfer_income": 0,
    "other_income": 0,
    "medical_self_paid": 0,
}
HOUSEHOLD = {
    "on": date(2021, 3, 31),
    "unit_has_union": True,
    "employment": "in_service",
    "residence": "urban",
    "controls_company": False,
    "homes": 1,
    "motor_vehicle": False,
    "refuses_verification": False,
    "members": [{"relation": "self", **ADULT}, {"relation": "spouse", **ADULT}, CHILD, CHILD],
}
Benchmark = Callable[..., Any]


def test_assess(benchmark: Benchmark) -> None:
    """Assess a complete household of four, category included: (40,000 - 9,400) / 12 / 4 is 637.50, so deep."""
    outcome = benchmark(lambda: assess(WEIHAI, HOUSEHOLD).category)
    assert outcome.id == "deep"


def test_assess_and_explain(benchmark: Benchmark) -> None:
    """Assess the same household and explain it in words."""
    text = benchmark(lambda: explain(assess(WEIHAI, HOUSEHOLD)))
    assert "637.5" in text


def test_load_policy(benchmark: Benchmark) -> None:
    """Load the year's policy and the measure that it extends."""
    assert benchmark(lambda: load_policy("2021_weihai")) == WEIHAI


@pytest.mark.parametrize(
    "modules", ["attrs, yaml", "attrs, yaml, hardship_rules"], ids=["attrs_yaml", "hardship_rules"]
)
def test_import(benchmark: Benchmark, modules: str, tmp_path: Path) -> None:
    """Start an interpreter that imports the required libraries, and one that also imports the package."""
    command = [sys.executable, "-c", f"import {modules}"]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "PYTHONPYCACHEPREFIX": str(tmp_path)}  # compiled at the first run, as after an installation

    def start() -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, check=True, capture_output=True, env=environment)  # noqa: S603  # this interpreter

    start()
    done = benchmark(start)
    assert done.returncode == 0
