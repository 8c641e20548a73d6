"""A soak test of the durable-rules worker: many assessments in one process, with its memory over time.

    python tests/benchmarks/soak_durable.py 100000

It takes some minutes, so it is not in the default run. It fails if a verdict is wrong or the memory of either process
keeps growing.
"""

import resource
import sys
import time
from pathlib import Path

from hardship_rules import load_policy
from hardship_rules.durable.run import assess
from hardship_rules.durable.worker import Worker

GROWTH = 1.10  # allowed growth of the worker's memory, from a tenth of the run to its end


def memory(pid: int) -> int:
    """The resident memory of a process, in kilobytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0])


def main(times: int) -> None:
    """Assess a worker who lives alone, at wages around the line of 787 yuan a month."""
    policy = load_policy("2021_weihai")
    nothing = dict.fromkeys(("business_income", "property_income", "transfer_income", "other_income"), 0)
    facts = {
        "residence": "urban",
        "unit_has_union": True,
        "employment": "in_service",
        "lives_in_city": True,
        "labour_relation_months": 24,
        "controls_company": False,
        "homes": 1,
        "floor_area_above_local_average": False,
        "motor_vehicle": False,
        "refuses_verification": False,
    }
    early = 0
    start = time.perf_counter()
    with Worker() as worker:
        for number in range(times):
            wage = 9444 + number % 3 - 1  # 12 x 787 = 9,444: below the line, on it, above it
            person = {"relation": "self", "wage": wage, **nothing, "medical_self_paid": 0, "education": "none"}
            household = {**facts, "members": [person]}
            category = assess(policy, household, worker=worker, decisions="category").assessment.category
            assert category is not None
            assert category.id == ("deep" if wage < 9444 else "relative")
            if number % max(times // 10, 1) == 0:
                worker_now = memory(worker._process.pid)  # type: ignore[union-attr]  # noqa: SLF001  # the process is running
                early = worker_now if number == times // 10 else early
                host = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                told = f"worker {worker_now:>8} kB  host {host:>8} kB  {time.perf_counter() - start:6.0f} s"
                print(f"{number:>8}  {told}", flush=True)
        last = memory(worker._process.pid)  # type: ignore[union-attr]  # noqa: SLF001  # the process is running
    print(f"{times:>8}  worker {last:>8} kB  {time.perf_counter() - start:6.0f} s")
    assert last <= early * GROWTH, (early, last)


if __name__ == "__main__":
    main(int(sys.argv[1]))
