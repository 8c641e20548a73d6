"""What in a sound policy may be a slip or a surprise, beside the one before it: warnings, which refuse nothing."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import cast

from hardship_rules.assessment.facts import ends
from hardship_rules.assessment.outcomes import decimal
from hardship_rules.core.expr import Elapsed, Name, names_in
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ChoiceKind
from hardship_rules.core.policy import Fact, Parameter, Policy, Reading
from hardship_rules.core.problem import Location, PolicyError, Problem
from hardship_rules.core.problem import Path as Keys
from hardship_rules.core.units import kind_of_name
from hardship_rules.engine.signs import roundings_below_zero
from hardship_rules.explanation.wording import exact_text
from hardship_rules.language.check import IDS, current_id, ids
from hardship_rules.language.policies import load_base, load_policy
from hardship_rules.language.resolve import Folders, before, find

JUMP = Fraction(1, 5)
SLIPS = (10, 100)  # what a nought too many, or a wrong unit, multiplies by

Old = tuple[Policy, Policy | None]
"""An older policy, and what it extends."""


def guarded(name: str | Path, folders: Folders = (), against: str | Path | None = None) -> tuple[Problem, ...]:
    """The warnings about a sound policy of that name or path, beside the one named, else the one of its series before.

    Raises `PolicyError` where the one named has problems; one of the series that has some is passed over.
    """
    policy, base = load_policy(name, folders=folders), load_base(name, folders)
    if against is not None:
        return guard(policy, base, (load_policy(against, folders=folders), load_base(against, folders)))
    text = before(find(name, None, folders), folders)
    try:
        old = None if text is None else (load_policy(Path(text.name), folders=folders), load_base(text.name, folders))
    except PolicyError:
        old = None
    return guard(policy, base, old)


def guard(policy: Policy, base: Policy | None, old: Old | None) -> tuple[Problem, ...]:
    """The warnings about a policy by itself and beside an older one, in file order; `base` is what it extends."""
    found = [*_approval(policy, base), *_unusual(policy), *_uncited(policy), *_below_zero(policy)]
    if old is not None:
        last, last_base = old
        found += [*_base(policy, base, last, last_base), *_needed(policy, last)]
        found += [*_gone_facts(policy, last), *_gone_ids(policy, last)]
        if last.name != policy.name:  # a corrected version of one file stays as it was, mostly
            found += [*_values(policy, last), *_window(policy, last)]
    return tuple(sorted(found, key=lambda problem: problem.location or policy.at))


def _warning(code: str, at: Location, path: Keys, given: str, **values: str) -> Problem:
    return Problem(code, path, given, values, "warning", at)


# --- By itself ---------------------------------------------------------------------------------------------------


def _approval(policy: Policy, base: Policy | None) -> Iterator[Problem]:
    """What was approved is not what it now says."""
    approval = policy.approval
    if approval is None or approval.fingerprint == policy.fingerprint:
        return
    yield _warning("approval_other", approval.at, ("approved",), policy.name, by=approval.by, day=str(approval.day))
    if base is not None and approval.base not in (None, base.fingerprint):
        yield _warning("base_changed", approval.at, ("approved", "base"), base.name)


def _unusual(policy: Policy) -> Iterator[Problem]:
    for name, parameter in policy.parameters.items():
        for key, number in parameter.values.items():
            if number is not None and parameter.usual is not None and not parameter.usual.holds(number):
                values = {"title": _row(policy, parameter, key), **ends(policy, parameter.usual, parameter.kind)}
                yield _warning("value_unusual", parameter.places[key], _path(name, key), exact_text(number), **values)


def _uncited(policy: Policy) -> Iterator[Problem]:
    """A source without the place in it."""
    sections: tuple[tuple[str, Mapping[str, Parameter | Reading]], ...]
    sections = (("parameters", policy.parameters), ("readings", policy.readings))
    for section, definitions in sections:
        for name, each in definitions.items():
            if each.provenance is not None and each.provenance.source and not each.provenance.cite:
                yield _warning("cite_missing", each.at, (section, name), name, source=each.provenance.source)


def _below_zero(policy: Policy) -> Iterator[Problem]:
    """A rounding, or the years or months between two days, that can go below zero: it meant something else once."""
    for rounding in roundings_below_zero(policy):
        expr = rounding.expr
        if isinstance(expr, Elapsed):
            start, end = (cast(Name, day).name for day in (expr.start, expr.end))
            line = f"{start} <= {end}"
            values = {"start": start, "end": end, "must": f"each({line})" if {start, end} & policy.of_members else line}
            yield _warning("elapsed_below_zero", expr.at, rounding.path, f"full_{expr.unit}s", **values)
        else:
            way = expr.direction
            code = "half_up_below_zero" if way == "half_up" else "down_below_zero" if way == "down" else "up_below_zero"
            yield _warning(code, expr.at, rounding.path, f"round_{way}")


# --- Beside the one before ---------------------------------------------------------------------------------------


def _values(policy: Policy, old: Policy) -> Iterator[Problem]:
    """A value of this file that is the same as before, or far from it."""
    for name, parameter in policy.parameters.items():
        last = old.parameters.get(name)
        if last is None or parameter.places[()].file != policy.at.file:
            continue
        for key, number in parameter.values.items():
            was = last.values.get(key)
            if number is None or was is None:
                continue
            at, path = parameter.places[key], _path(name, key)
            values = {"title": _row(policy, parameter, key), "was": exact_text(was), "old": old.name}
            if number == was:
                yield _warning("value_as_before", at, path, exact_text(number), **values)
            elif slip := _slip(number, was):
                yield _warning("value_slip", at, path, exact_text(number), factor=slip, **values)
            elif was and abs(Fraction(number) / was - 1) > JUMP:
                change = abs(Fraction(number) / was - 1) * 100
                sign = "+" if number > was else "-"
                yield _warning(
                    "value_jump", at, path, exact_text(number), change=f"{sign}{decimal(change, 1)}", **values
                )


def _slip(number: Exact, was: Exact) -> str:
    """About ten or a hundred times what it was, or a tenth or a hundredth of that."""
    if number and was:
        for factor in SLIPS:
            for times, said in ((Fraction(factor), str(factor)), (Fraction(1, factor), f"1/{factor}")):
                if abs(Fraction(number) / was / times - 1) <= JUMP:
                    return said
    return ""


def _window(policy: Policy, old: Policy) -> Iterator[Problem]:
    """Days between the two for which there is no file, or that both are for."""
    if old.series != policy.series or policy.start is None or old.end is None:
        return
    values = {"old": old.name, "end": str(old.end)}
    if old.end + timedelta(days=1) < policy.start:
        yield _warning("window_hole", policy.at, ("effective",), str(policy.start), **values)
    elif policy.start <= old.end and (policy.end is None or old.start is None or old.start <= policy.end):
        yield _warning("window_overlap", policy.at, ("effective",), str(policy.start), **values)


def _base(policy: Policy, base: Policy | None, old: Policy, old_base: Policy | None) -> Iterator[Problem]:
    """The policy that both extend is no longer what the older one was made, or approved, with."""
    if base is None or old_base is None or base.name != old_base.name:
        return
    approved = None if old.approval is None else old.approval.base
    if base.fingerprint != (approved or old_base.fingerprint):
        yield _warning("base_differs", policy.at, ("extends",), base.name, old=old.name)


def _needed(policy: Policy, old: Policy) -> Iterator[Problem]:
    """Facts that whoever wrote households for the older policy does not give, and that the category needs."""
    used = {name for each in policy.category_order for name in policy.uses[each]} if policy.decisions else set()
    sections: tuple[tuple[Keys, Mapping[str, Fact], Mapping[str, Fact]], ...] = (
        (("household",), policy.facts, old.facts),
        (("members", "facts"), policy.members.facts, old.members.facts),
    )
    for of, facts, earlier in sections:
        renamed = {former.new for word, former in policy.formerly.get(of, {}).items() if word in earlier}
        for name, fact in facts.items():
            was = earlier.get(name)
            needed_before = name in renamed or (was is not None and _is_needed(was))
            if name in used and _is_needed(fact) and not needed_before:
                yield _warning("fact_needed", fact.at, (*of, name), name, title=fact.title, old=old.name)


def _is_needed(fact: Fact) -> bool:
    """Left out, it is or may be unknown."""
    return fact.if_absent is None or fact.name in names_in(fact.if_absent)


def _gone_facts(policy: Policy, old: Policy) -> Iterator[Problem]:
    """Facts, and options of facts, that households for the older policy may be written with."""
    sections: tuple[tuple[Keys, Mapping[str, Fact], Mapping[str, Fact]], ...] = (
        (("household",), policy.facts, old.facts),
        (("members", "facts"), policy.members.facts, old.members.facts),
    )
    for of, facts, earlier in sections:
        formerly = policy.formerly.get(of, {})
        for name, was in earlier.items():
            now = facts.get(formerly[name].new if name in formerly else name)
            if now is None:
                yield _warning("fact_gone", policy.at, of, name, title=was.title, old=old.name)
            elif isinstance(was.kind, ChoiceKind):
                options = now.kind.options if isinstance(now.kind, ChoiceKind) else {}
                for option in was.kind.options.keys() - options - policy.formerly.get((now.name, "one of"), {}).keys():
                    values = {"title": now.title, "old": old.name, "option": was.kind.options[option]}
                    yield _warning("option_gone", now.at, (*of, now.name), option, **values)


def _gone_ids(policy: Policy, old: Policy) -> Iterator[Problem]:
    """Outcomes and clauses whose ids records, cases and programs may hold; of what is gone as a whole, the whole."""
    now = ids(policy)
    outcomes = {f"{decision.name}.{name}" for decision in old.decisions.values() for name in decision.by_id}
    gone: list[str] = []
    for word in sorted(ids(old)):
        if word.startswith("must."):  # what every household meets is in no verdict, record or case
            continue
        if current_id(policy, word) in now or any(word.startswith(f"{each}.") for each in gone):
            continue
        gone.append(word)
        code = "outcome_gone" if word in outcomes else "clause_gone"
        yield _warning(code, policy.at, IDS, word, old=old.name)


# --- Words -------------------------------------------------------------------------------------------------------


def _path(name: str, key: tuple[str | int, ...]) -> Keys:
    return ("parameters", name, *map(str, key))


def _row(policy: Policy, parameter: Parameter, key: tuple[str | int, ...]) -> str:
    """A value by its title, and by the options that it is for."""
    words = []
    for by, step in zip(parameter.by, key, strict=True):
        kind = kind_of_name(policy, by)
        words.append(kind.options[str(step)] if isinstance(kind, ChoiceKind) else str(step))
    return parameter.title + (f"（{'，'.join(words)}）" if words else "")
