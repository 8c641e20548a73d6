"""Lint: warnings about probable mistakes in a valid policy, alone and compared with an older one."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import cast

from hardship_rules.assessment.outcomes import decimal
from hardship_rules.assessment.unusual import usual_range
from hardship_rules.authoring._lint_rules import SHARES, rule_warnings, warning
from hardship_rules.core.expr import Elapsed, Name, names_in
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ChoiceKind
from hardship_rules.core.policy import Fact, Parameter, Policy, Reading
from hardship_rules.core.problem import KeyPath, PolicyError, Problem
from hardship_rules.core.units import kind_of_name
from hardship_rules.engine.signs import roundings_below_zero
from hardship_rules.explanation.wording import exact_text
from hardship_rules.language.check import IDS, current_id, ids
from hardship_rules.language.find import Folders, find, predecessor
from hardship_rules.language.policies import load_base, load_policy

JUMP = Fraction(1, 5)  # a larger change is a warning
TYPO_FACTORS = (10, 100)  # of a zero too many, or of a wrong unit
_OF_VALUES = ("value_unusual", "value_slip", "value_jump")  # left out where a share is wrong, which says more

PolicyWithBase = tuple[Policy, Policy | None]
"""A policy and the policy that it extends."""


def lint_file(name: str | Path, folders: Folders = (), against: str | Path | None = None) -> tuple[Problem, ...]:
    """The warnings about the policy of a name or path, compared with `against`, or with the one before in its series.

    Raises `PolicyError` where it or `against` has problems; an earlier policy of the series with problems is skipped.
    """
    policy, base = load_policy(name, folders=folders), load_base(name, folders)
    if against is not None:
        return lint(policy, base, (load_policy(against, folders=folders), load_base(against, folders)))
    text = predecessor(find(name, None, folders), folders)
    try:
        old = None if text is None else (load_policy(Path(text.name), folders=folders), load_base(text.name, folders))
    except PolicyError:
        old = None
    return lint(policy, base, old)


def lint(policy: Policy, base: Policy | None, old: PolicyWithBase | None) -> tuple[Problem, ...]:
    """The warnings about a policy, alone and compared with an older one, in file order; `base` is what it extends."""
    warnings = [*_approval(policy, base), *_unusual(policy), *_uncited(policy), *_below_zero(policy)]
    warnings += rule_warnings(policy, base)
    if old is not None:
        old_policy, old_base = old
        warnings += [*_base(policy, base, old_policy, old_base), *_needed(policy, old_policy)]
        warnings += [*_gone_facts(policy, old_policy), *_gone_ids(policy, old_policy)]
        if old_policy.name != policy.name:  # in a corrected version of one file most values stay
            warnings += [*_values(policy, old_policy), *_window(policy, old_policy)]
    shares = {problem.location for problem in warnings if problem.code in SHARES}
    warnings = [problem for problem in warnings if problem.code not in _OF_VALUES or problem.location not in shares]
    return tuple(sorted(warnings, key=lambda problem: problem.location or policy.at))


# --- One policy --------------------------------------------------------------------------------------------------


def _approval(policy: Policy, base: Policy | None) -> Iterator[Problem]:
    """The content, or the base, changed after the approval."""
    approval = policy.approval
    if approval is None or approval.fingerprint == policy.fingerprint:
        return
    yield warning("approval_other", approval.at, ("approved",), policy.name, by=approval.by, day=str(approval.day))
    if base is not None and approval.base not in (None, base.fingerprint):
        yield warning("base_changed", approval.at, ("approved", "base"), base.name)


def _unusual(policy: Policy) -> Iterator[Problem]:
    """Values outside the usual range of their parameter."""
    for name, parameter in policy.parameters.items():
        for key, number in parameter.values.items():
            if number is not None and parameter.usual is not None and not parameter.usual.holds(number):
                values = {
                    "title": _row_title(policy, parameter, key),
                    **usual_range(policy, parameter.usual, parameter.kind),
                }
                yield warning("value_unusual", parameter.places[key], _path(name, key), exact_text(number), **values)


def _uncited(policy: Policy) -> Iterator[Problem]:
    """Sources cited without a place in them."""
    sections: tuple[tuple[str, Mapping[str, Parameter | Reading]], ...]
    sections = (("parameters", policy.parameters), ("readings", policy.readings))
    for section, definitions in sections:
        for name, definition in definitions.items():
            provenance = definition.provenance
            if provenance is not None and provenance.source and not provenance.cite:
                yield warning("cite_missing", definition.at, (section, name), name, source=provenance.source)


def _below_zero(policy: Policy) -> Iterator[Problem]:
    """Roundings, and years or months between days, that can go below zero, where their meaning has changed."""
    for rounding in roundings_below_zero(policy):
        expr = rounding.expr
        if isinstance(expr, Elapsed):
            start, end = (cast(Name, day).name for day in (expr.start, expr.end))
            line = f"{start} <= {end}"
            values = {"start": start, "end": end, "must": f"each({line})" if {start, end} & policy.of_members else line}
            yield warning("elapsed_below_zero", expr.at, rounding.path, f"full_{expr.unit}s", **values)
        else:
            way = expr.direction
            code = "half_up_below_zero" if way == "half_up" else "down_below_zero" if way == "down" else "up_below_zero"
            yield warning(code, expr.at, rounding.path, f"round_{way}")


# --- Compared with an older policy -------------------------------------------------------------------------------


def _values(policy: Policy, old: Policy) -> Iterator[Problem]:
    """Values of this file that equal the older ones, or differ much from them."""
    for name, parameter in policy.parameters.items():
        earlier = old.parameters.get(name)
        if earlier is None or parameter.places[()].file != policy.at.file:
            continue
        for key, number in parameter.values.items():
            was = earlier.values.get(key)
            if number is None or was is None:
                continue
            at, path = parameter.places[key], _path(name, key)
            values = {"title": _row_title(policy, parameter, key), "was": exact_text(was), "old": old.name}
            if number == was:
                yield warning("value_as_before", at, path, exact_text(number), **values)
            elif factor := _typo_factor(number, was):
                yield warning("value_slip", at, path, exact_text(number), factor=factor, **values)
            elif was and abs(Fraction(number) / was - 1) > JUMP:
                change = abs(Fraction(number) / was - 1) * 100
                sign = "+" if number > was else "-"
                yield warning(
                    "value_jump", at, path, exact_text(number), change=f"{sign}{decimal(change, 1)}", **values
                )


def _typo_factor(number: Exact, was: Exact) -> str:
    """The factor 10, 100, 1/10 or 1/100 that is about the ratio of two values; empty where none is."""
    if number and was:
        for factor in TYPO_FACTORS:
            for times, text in ((Fraction(factor), str(factor)), (Fraction(1, factor), f"1/{factor}")):
                if abs(Fraction(number) / was / times - 1) <= JUMP:
                    return text
    return ""


def _window(policy: Policy, old: Policy) -> Iterator[Problem]:
    """Days between two files of a series that neither covers, or that both cover."""
    if old.series != policy.series or policy.start is None or old.end is None:
        return
    values = {"old": old.name, "end": str(old.end)}
    if old.end + timedelta(days=1) < policy.start:
        yield warning("window_hole", policy.at, ("effective",), str(policy.start), **values)
    elif policy.start <= old.end and (policy.end is None or old.start is None or old.start <= policy.end):
        yield warning("window_overlap", policy.at, ("effective",), str(policy.start), **values)


def _base(policy: Policy, base: Policy | None, old: Policy, old_base: Policy | None) -> Iterator[Problem]:
    """The common base is not the one that the older policy extends, or was approved with."""
    if base is None or old_base is None or base.name != old_base.name:
        return
    approved = None if old.approval is None else old.approval.base
    if base.fingerprint != (approved or old_base.fingerprint):
        yield warning("base_differs", policy.at, ("extends",), base.name, old=old.name)


def _needed(policy: Policy, old: Policy) -> Iterator[Problem]:
    """Facts that the category needs and that households written for the older policy do not have."""
    order = policy.category_order if policy.decisions else ()
    used = {name for step in order for name in policy.uses[step]}
    for of, facts, earlier in _fact_sections(policy, old):
        renamed = {former.new for old_name, former in policy.formerly.get(of, {}).items() if old_name in earlier}
        for name, fact in facts.items():
            was = earlier.get(name)
            needed_before = name in renamed or (was is not None and _is_needed(was))
            if name in used and _is_needed(fact) and not needed_before:
                yield warning("fact_needed", fact.at, (*of, name), name, title=fact.title, old=old.name)


def _fact_sections(policy: Policy, old: Policy) -> Iterator[tuple[KeyPath, Mapping[str, Fact], Mapping[str, Fact]]]:
    """The facts of households and those of members: their path in the policy, and the facts of both policies."""
    yield ("household",), policy.facts, old.facts
    yield ("members", "facts"), policy.members.facts, old.members.facts


def _is_needed(fact: Fact) -> bool:
    """Whether a fact may be unknown where it is left out."""
    return fact.if_absent is None or fact.name in names_in(fact.if_absent)


def _gone_facts(policy: Policy, old: Policy) -> Iterator[Problem]:
    """Facts and options that households written for the older policy may have, and that are gone."""
    for of, facts, earlier in _fact_sections(policy, old):
        formerly = policy.formerly.get(of, {})
        for name, was in earlier.items():
            now = facts.get(formerly[name].new if name in formerly else name)
            if now is None:
                yield warning("fact_gone", policy.at, of, name, title=was.title, old=old.name)
            elif isinstance(was.kind, ChoiceKind):
                options = now.kind.options if isinstance(now.kind, ChoiceKind) else {}
                for option in was.kind.options.keys() - options - policy.formerly.get((now.name, "one of"), {}).keys():
                    values = {"title": now.title, "old": old.name, "option": was.kind.options[option]}
                    yield warning("option_gone", now.at, (*of, now.name), option, **values)


def _gone_ids(policy: Policy, old: Policy) -> Iterator[Problem]:
    """Removed outcomes and clauses, whose ids records and programs may have; not the parts of a removed clause."""
    now = ids(policy)
    outcomes = {f"{decision.name}.{name}" for decision in old.decisions.values() for name in decision.by_id}
    gone: list[str] = []
    for id_ in sorted(ids(old)):
        if id_.startswith("must."):  # in no verdict, record or case
            continue
        if current_id(policy, id_) in now or any(id_.startswith(f"{whole}.") for whole in gone):
            continue
        gone.append(id_)
        code = "outcome_gone" if id_ in outcomes else "clause_gone"
        yield warning(code, policy.at, IDS, id_, old=old.name)


# --- Words -------------------------------------------------------------------------------------------------------


def _path(name: str, key: tuple[str | int, ...]) -> KeyPath:
    return ("parameters", name, *map(str, key))


def _row_title(policy: Policy, parameter: Parameter, key: tuple[str | int, ...]) -> str:
    """The title of one value of a parameter: that of the parameter, with its options."""
    words = []
    for by, step in zip(parameter.by, key, strict=True):
        kind = kind_of_name(policy, by)
        words.append(kind.options[str(step)] if isinstance(kind, ChoiceKind) else str(step))
    return parameter.title + (f"（{'，'.join(words)}）" if words else "")
