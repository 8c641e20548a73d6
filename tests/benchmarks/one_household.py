"""The cost of one household: its category beside two peers, and every question about it, measured in one run.

    python tests/benchmarks/one_household.py 15
    PYTHONPATH=<another checkout> python tests/benchmarks/one_household.py 15

It uses the public interface only, so it also measures an older or newer checkout. Times are processor time. In each
turn the tasks run in random order, each on households drawn for it, so that no cache of households helps. A first turn
is not counted: it fills the library's caches of a policy.
"""

import argparse
import gc
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random, SystemRandom
from statistics import median
from typing import Any, NamedTuple

from peer_measure import HOUSEHOLDS, JDM, MEMBER, ON, PUPIL, TRACE, Facts, by_hand, decided_by_zen, family

import hardship_rules
from hardship_rules import Assessment, assess, explain, load_policy, next_question, what_would_change
from hardship_rules.assessment import turns_on
from hardship_rules.records import record, replay

Engine = Callable[[Facts], str | None]  # the category of a household

WEIHAI = load_policy("2021_weihai")
BLOCKS = 6  # of each engine in a turn, among the other tasks: a disturbance of the machine meets one of them
COPIES = 5  # of each household of HOUSEHOLDS in a block
REPEATS = 3  # of most other tasks in a turn, each on another household
SPREAD = 300  # yuan by which an amount varies; no household comes over a line of the measure by that
VARIED = ("wage", "medical_self_paid")
WAGE = ("members", 0, "wage")


class Row(NamedTuple):
    """One measure: the result of each turn, in `unit`, and what it should not exceed."""

    what: str
    unit: str
    aim: float | None
    results: Sequence[float]


class Task(NamedTuple):
    """A question about a household. `prepare` is not timed; `work` is, and returns something true."""

    what: str
    aim: float | None  # ms
    household: Facts
    prepare: Callable[[Facts], Any]
    work: Callable[[Any], object]
    repeats: int = REPEATS


# --- Households ---

FOUR: Facts = {**family(20000, PUPIL), "file": "none"}
PARENT = FOUR["members"][0]
ELDER: Facts = {**MEMBER, "relation": "parent", "age": 70, "transfer_income": 12000, "medical_self_paid": 900.5}
SIXTEEN: Facts = {
    **FOUR,
    "members": [
        {**PARENT, "wage": 60000},
        {**PARENT, "relation": "spouse", "wage": 60000},
        *({**MEMBER, "relation": "child", **PUPIL, "age": 6 + number} for number in range(8)),
        *({**ELDER, "age": 66 + number} for number in range(6)),
    ],
}


def little_known(household: Facts) -> Facts:
    """The household with its residence, each member's relation and the worker's amounts only."""
    members = [{"relation": member["relation"]} for member in household["members"]]
    members[0] |= {name: household["members"][0][name] for name in VARIED}
    return {"residence": household["residence"], "members": members}


def varied(household: Facts, chance: Random) -> Facts:
    """The household with every wage and medical cost above 0 changed at random; its category is the same."""

    def changed(member: Facts) -> Facts:
        amounts = {name: member[name] for name in VARIED if member.get(name)}
        return {**member, **{name: amount + chance.randint(-SPREAD, SPREAD) for name, amount in amounts.items()}}

    return {**household, "members": [changed(member) for member in household["members"]]}


# --- The category, by several engines ---


def category(household: Facts) -> str | None:
    """The library's category."""
    outcome = assess(WEIHAI, household, ON).category
    return None if outcome is None else outcome.id


def category_with_reasons(household: Facts) -> str | None:
    """The library's category with its reasons."""
    assessment = assess(WEIHAI, household, ON)
    if assessment.category is None or not assessment.decided.reasons:
        return None
    return assessment.category.id


def engines() -> dict[str, Engine]:
    """The engines by name; ZEN where it is installed, with a decision that is created once."""
    by_name: dict[str, Engine] = {"hand": by_hand, "category": category, "reasons": category_with_reasons}
    if find_spec("zen") is not None:
        decision = import_module("zen").ZenEngine().create_decision(JDM)
        by_name["zen"] = lambda household: decided_by_zen(decision.evaluate(household, TRACE))
    return by_name


def require_equal(engines: Mapping[str, Engine]) -> None:
    """Raise `SystemExit` where an engine decides another category than was computed by hand."""
    for name, engine in engines.items():
        for number, (expected, household) in enumerate(HOUSEHOLDS, start=1):
            decided = engine(household)
            if decided != expected:
                raise SystemExit(f"{name} decides household {number} as {decided}, expected {expected}")


# --- Questions about one household ---


def assessed(household: Facts) -> Assessment:
    """The assessment that a task begins with."""
    return assess(WEIHAI, household, ON)


def recorded(household: Facts) -> str:
    """The record that is replayed."""
    return record(assessed(household))


def unchanged(household: Facts) -> Facts:
    """Nothing to prepare."""
    return household


def changes(household: Facts) -> object:
    """The nearest changes to another category."""
    return what_would_change(WEIHAI, household, ON).changes


def question(household: Facts) -> object:
    """The fact to ask next."""
    return next_question(WEIHAI, household, ON)


def page(assessment: Assessment) -> str:
    """The explanation as HTML."""
    return explain(assessment, format="html")


def for_programs(assessment: Assessment) -> str:
    """The explanation as JSON: with reasons, without sensitivity."""
    return explain(assessment, format="json")


def tasks() -> Iterator[Task]:
    """Every question about one household, with its aim in ms."""
    yield Task("`what_would_change`, four members", 15, FOUR, unchanged, changes)
    yield Task("`what_would_change`, sixteen members", 80, SIXTEEN, unchanged, changes, repeats=1)
    yield Task("`turns_on`", 2, FOUR, assessed, turns_on)
    yield Task("`break_points` of a wage", None, FOUR, assessed, lambda given: given.break_points(WAGE))
    yield Task("`explain`, short text", 4, FOUR, assessed, explain)
    yield Task("`explain`, HTML", 6, FOUR, assessed, page)
    yield Task("`explain`, JSON", 2, FOUR, assessed, for_programs)
    yield Task("`assess` and `explain`, short text", None, FOUR, unchanged, lambda facts: explain(assessed(facts)))
    yield Task("`assess` and `explain`, HTML", None, FOUR, unchanged, lambda facts: page(assessed(facts)))
    yield Task("`assess` and `explain`, JSON", None, FOUR, unchanged, lambda facts: for_programs(assessed(facts)))
    yield Task("`next_question`, four members", 1, little_known(FOUR), unchanged, question)
    yield Task("`next_question`, sixteen members", 3, little_known(SIXTEEN), unchanged, question)
    yield Task("`replay`, the policy replayed before", 5, FOUR, recorded, lambda text: replay(text).same)


# --- Measuring ---


@contextmanager
def without_collection() -> Iterator[None]:
    """Disable garbage collection, and leave the objects that exist now out of collections between the tasks."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def timed(work: Callable[[Any], object], arguments: Sequence[Any]) -> tuple[float, list[object]]:
    """The processor time of a function for all the arguments, in ms, and its results."""
    begun = time.process_time()
    results = [work(argument) for argument in arguments]
    return (time.process_time() - begun) * 1000, results


def is_true(work: Callable[[Any], object]) -> Callable[[Any], bool]:
    """The function with its result released within the timing: only whether it is true is kept."""
    return lambda argument: bool(work(argument))


def one_turn(chance: Random, engines: Mapping[str, Engine], blocks: int, most: int) -> dict[str, float]:
    """The time of each task for one household, in ms; of each engine for all households and for the first.

    `most` limits how often a task or a block is repeated. Raises `SystemExit` where an engine decides another
    category.
    """
    names_and_tasks: list[str | Task] = [*list(engines) * blocks, *tasks()]
    chance.shuffle(names_and_tasks)
    expected = [name for name, _ in HOUSEHOLDS for _ in range(most)]
    taken: dict[str, float] = {}
    for_first: dict[str, float] = {}
    with without_collection():
        for task in names_and_tasks:
            gc.collect()
            if isinstance(task, Task):
                repeats = min(task.repeats, most)
                arguments = [task.prepare(varied(task.household, chance)) for _ in range(repeats)]
                milliseconds, results = timed(is_true(task.work), arguments)
                if not all(results):
                    raise SystemExit(f"{task.what} has no result")
                taken[task.what] = milliseconds / repeats
            else:
                households = [varied(household, chance) for _, household in HOUSEHOLDS for _ in range(most)]
                first, first_results = timed(engines[task], households[:most])
                others, results = timed(engines[task], households[most:])
                if first_results + results != expected:
                    raise SystemExit(f"{task} decides another category")
                for_first[task] = for_first.get(task, 0) + first / most / blocks
                taken[task] = taken.get(task, 0) + (first + others) / len(households) / blocks
    return taken | {f"{name}, first": milliseconds for name, milliseconds in for_first.items()}


def rows(turns: Sequence[dict[str, float]]) -> Iterator[Row]:
    """The measures of all turns, the engines' as ratios within one turn."""

    def ratio(what: str, aim: float, over: str, under: str) -> Iterator[Row]:
        for which, end in (("eleven households", ""), ("the first of them", ", first")):
            quotients = [turn[over + end] / turn[under + end] for turn in turns]
            yield Row(f"{what}, {which}", "times", aim, quotients)

    yield from ratio("category over Python by hand", 2, "category", "hand")
    yield from ratio("category with reasons over Python by hand", 4, "reasons", "hand")
    if "zen" in turns[0]:
        yield from ratio("category over ZEN's `create_decision` with trace", 0.35, "category", "zen")
    for name, what in (("hand", "Python by hand"), ("category", "category"), ("reasons", "category with reasons")):
        yield Row(f"{what}, a mean of eleven households", "ms", None, [turn[name] for turn in turns])
    for task in tasks():
        yield Row(task.what, "ms", task.aim, [turn[task.what] for turn in turns])


def digits(number: float) -> str:
    """A number with three significant digits, whole from 1,000."""
    return f"{number:.3g}" if number < 1000 else f"{number:,.0f}"


def shown(row: Row) -> tuple[str, str, str, str]:
    """A row of the table as text."""
    least, middle, greatest = map(digits, (min(row.results), median(row.results), max(row.results)))
    unit = " ms" if row.unit == "ms" else ""
    aim = "-" if row.aim is None else f"{row.aim:g}{unit}"
    return row.what, aim, f"{middle}{unit}", f"{least} to {greatest}"


def main(turns: int, seed: int | None = None) -> list[Row]:
    """Measure so many turns, print the table, and return its rows."""
    seed = SystemRandom().randrange(2**32) if seed is None else seed
    chance = Random(seed)  # noqa: S311  # a measurement
    print(f"{Path(hardship_rules.__file__).parent}, Python {platform.python_version()}, turns: {turns}, seed: {seed}")
    by_name = engines()
    require_equal(by_name)
    one_turn(chance, by_name, 1, 1)
    measured = list(rows([one_turn(chance, by_name, BLOCKS, COPIES) for _ in range(turns)]))
    table = [("what", "aim", "seen (median)", "least to greatest"), *map(shown, measured)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        print(" | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
    if find_spec("zen") is None:
        print("ZEN is not installed (pip install -e '.[benchmark]'): the category is not compared with it.")
    return measured


def number_of_turns(text: str) -> int:
    """A whole number from 1."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 is expected, not {text!r}")
    return number


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("turns", nargs="?", default=15, type=number_of_turns, help="how often each task is timed")
    parser.add_argument("--seed", type=int, help="the seed of an earlier run, for the same households and order")
    chosen = parser.parse_args()
    main(chosen.turns, chosen.seed)
