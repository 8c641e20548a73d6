"""Measure frames in memory against OpenFisca over arrays of int64: the same register, the same five figures."""

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import polars as pl
from frames_in_memory import figures_only, hand
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import config
from peer_measure import DIBAO, HOUSEHOLD, MEMBER
from registers import register

config.VALUE_TYPES[int]["dtype"] = np.int64  # int32 is too small for a household's hundredths

import test_peers as peers  # noqa: E402  # its variables use the type set above

YEAR = "2021"


def of_rigid(household: Any, period: object, _: object) -> Any:
    """The household's rigid expenditure."""
    return household.sum(household.members("member_rigid", period))


def of_people(household: Any, period: object, _: object) -> Any:
    """The number of counted members."""
    return np.maximum(1, household.sum(household.members("counted", period)).astype(np.int64))


def of_accidental(household: Any, period: object, _: object) -> Any:
    """Whether the household is in hardship by accident, in whole numbers."""
    left = household("sudden_loss", period) - household("sudden_compensation", period)
    sudden = ~peers.is_any(household, period, "sudden_cause", "none") & (left > 0)
    much = 5 * left > 4 * household("income", period)
    return ~peers.is_any(household, period, "event_casualty", "none") | (sudden & much)


def of_category(household: Any, period: object, _: object) -> Any:
    """The household's category, in whole numbers."""
    urban = peers.is_any(household, period, "residence", "urban")
    line = 12 * household("people", period) * np.where(urban, DIBAO["urban"], DIBAO["rural"])
    net = household("income", period) - household("rigid", period)
    category = peers.OPTIONS["category"]
    conditions = [
        household("out_of_scope", period),
        household("excluded", period),
        net < line,
        net < 2 * line,
        household("accidental", period),
    ]
    names = ("out_of_scope", "excluded", "deep", "relative", "accidental")
    return np.select(conditions, [category[name] for name in names], category["none"])


def of_per_person(household: Any, period: object, _: object) -> Any:
    """The net income per person and month in hundredths, half away from zero."""
    net, people = household("income", period) - household("rigid", period), 12 * household("people", period)
    return np.sign(net) * ((200 * np.abs(net) + people) // (2 * people))


def variables() -> Iterator[Any]:
    """The variables: the facts, and the values computed from them."""
    for entity, facts in ((peers.PERSON, {"relation": "self", **MEMBER}), (peers.HOME, HOUSEHOLD)):
        for name, given in facts.items():
            yield peers.variable(name, entity, bool if isinstance(given, bool) else int)
    yield peers.variable("counted", peers.PERSON, bool, peers.of_counted)
    yield peers.variable("member_income", peers.PERSON, int, peers.of_member_income)
    yield peers.variable("member_rigid", peers.PERSON, int, peers.of_member_rigid)
    yield peers.variable("barred", peers.PERSON, bool, peers.of_barred)
    yield peers.variable("income", peers.HOME, int, peers.of_income)
    yield peers.variable("rigid", peers.HOME, int, of_rigid)
    yield peers.variable("people", peers.HOME, int, of_people)
    yield peers.variable("per_person", peers.HOME, int, of_per_person)
    yield peers.variable("out_of_scope", peers.HOME, bool, peers.of_scope)
    yield peers.variable("excluded", peers.HOME, bool, peers.of_excluded)
    yield peers.variable("accidental", peers.HOME, bool, of_accidental)
    yield peers.variable("category", peers.HOME, str, of_category)


SYSTEM = TaxBenefitSystem([peers.PERSON, peers.HOME])
SYSTEM.add_variables(*variables())


def arrays(frame: pl.DataFrame) -> dict[str, Any]:
    """The columns of a frame in OpenFisca's form, options as codes; columns without a variable are left out."""
    found = {}
    for column in frame.drop("household").iter_columns():
        name = column.name
        if name in peers.OPTIONS:
            options = [option.name for option in peers.OPTIONS[name]]
            codes = column.replace_strict(options, range(len(options)), return_dtype=pl.UInt8)
            found[name] = peers.enums.EnumArray(codes.to_numpy(), peers.OPTIONS[name])
        elif name in SYSTEM.variables:
            found[name] = column.to_numpy()
    return found


def made(own: dict[str, Any], theirs: dict[str, Any], households: Any, roles: list[str]) -> Any:
    """A simulation with the facts of every household."""
    builder = SimulationBuilder()
    builder.create_entities(SYSTEM)
    builder.declare_person_entity("person", range(len(households)))
    homes = builder.declare_entity("household", np.unique(households))
    builder.join_with_persons(homes, households, roles)
    simulation = builder.build(SYSTEM)
    for given in (own, theirs):
        for name, values in given.items():
            simulation.set_input(name, YEAR, values)
    return simulation


def calculated(simulation: Any) -> dict[str, Any]:
    """The five figures of every household."""
    return {name: simulation.calculate(name, YEAR) for name in ("category", "income", "rigid", "people", "per_person")}


def main(number: int) -> None:
    """Print the medians of seven alternating runs, and of their ratios."""
    own, theirs = register(number)
    given = arrays(own), arrays(theirs), theirs["household"].to_numpy(), ["member"] * len(theirs)
    expected, found = hand(own, theirs).sort("household"), calculated(made(*given))
    assert expected["category"].to_list() == [str(each) for each in found["category"].decode_to_str()]
    assert expected["income_x100"].to_list() == (100 * found["income"]).tolist()
    times: dict[str, list[float]] = {}
    for _ in range(7):
        simulation = made(*given)  # a simulation caches its results, so each is for one run
        ways: dict[str, Callable[[], object]] = {
            "hand": lambda: hand(own, theirs),
            "figures_only": lambda: figures_only(own, theirs),
            "openfisca": lambda: calculated(made(arrays(own), arrays(theirs), *given[2:])),
            "from arrays": lambda: calculated(made(*given)),
            "only calculated": partial(calculated, simulation),
        }
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            times.setdefault(name, []).append(time.perf_counter() - start)
    for name, seconds in times.items():
        ratios = sorted(each / base for each, base in zip(seconds, times["figures_only"], strict=True))
        spread = f"{median(ratios):5.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        print(f"{name:15} {median(seconds):6.2f} s  over ours {spread}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
