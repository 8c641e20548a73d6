"""The reasons of findings as lines of the report in the terminal."""

from collections.abc import Collection, Iterator, Mapping

from hardship_rules.core.contexts import Signed, listed_clauses
from hardship_rules.core.expr import Clause, walk
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy, exprs_of, per_policy
from hardship_rules.proofs.claims import Gap, Reason

Say = Mapping[str, str]
MANY = 3
"""Sentences have a form for one, for two, and for so many clauses or more, where these differ."""


def reason_lines(reason: Reason | Gap | None, policy: Policy, say: Say) -> Iterator[str]:
    """A reason in one sentence, or a gap with a line for each region."""
    if isinstance(reason, Gap):
        yield say["regions"]
        for region in reason.regions:
            yield f"  · {say['join'].join(_condition(policy, signed, say) for signed in region)}"
        if reason.more is not False:
            yield f"  · {say['regions_more' if reason.more else 'regions_unknown']}"
    elif reason is not None:
        yield _sentence(reason, policy, say)


def _sentence(reason: Reason, policy: Policy, say: Say) -> str:
    names = _quoted(policy, [id_ for id_, _ in reason.by], say)
    must = say["join"].join(_quoted(policy, reason.must, say))
    form = f"{reason.kind}_{min(len(names), MANY)}"
    sentence = say[form if form in say else reason.kind].format(
        by=say["join"].join(names),
        first=names[0] if names else "",
        last=names[-1] if names else "",
        conditions=_conditions(reason, names, say),
        must=must,
    )
    named = reason.kind == "forbidden"  # the sentence has the constraints itself
    return sentence if named or not must else say["under_must"].format(reason=sentence, must=must)


def _conditions(reason: Reason, names: list[str], say: Say) -> str:
    """The clauses that hold and those that fail, in one phrase."""
    met, unmet = (
        say["join"].join(name for name, (_, holds) in zip(names, reason.by, strict=True) if holds is wanted)
        for wanted in (True, False)
    )
    return say["meets_but_not" if met and unmet else "meets" if met else "meets_not"].format(met=met, unmet=unmet)


def _condition(policy: Policy, signed: Signed, say: Say) -> str:
    """A clause of a region; one that fails in the policy's own words for that, where it has some."""
    id_, holds = signed
    clause = _clauses(policy)[id_]
    if not holds and clause.if_not:
        return say["name"].format(name=clause.if_not)
    (name,) = _quoted(policy, [id_], say)
    return name if holds else say["fails"].format(name=name)


def _quoted(policy: Policy, ids: Collection[str], say: Say) -> list[str]:
    """Clauses, outcomes and definitions in the policy's words, with their ids where these words are the same."""
    words = [_words(policy, id_, say) for id_ in ids]
    return [
        say["name_with_id" if words.count(name) > 1 else "name"].format(name=name, id=id_)
        for id_, name in zip(ids, words, strict=True)
    ]


@per_policy
def _clauses(policy: Policy) -> FrozenMapping[str, Clause]:
    """Every clause of a policy by id."""
    exprs = [*policy.must, *(expr for definition in policy.names.values() for expr in exprs_of(definition))]
    parts = (part for expr in exprs for part in walk(expr))
    return FrozenMapping((part.id, part) for part in parts if isinstance(part, Clause))


def _words(policy: Policy, id_: str, say: Say) -> str:
    """The words for a clause, outcome or definition; for a clause without any, those of its parts, or else its id."""
    if id_ in policy.names:
        return policy.names[id_].title
    name, _, rest = id_.partition(".")
    if name in policy.decisions and rest in policy.decisions[name].by_id:
        return policy.decisions[name].by_id[rest].title
    clause = _clauses(policy)[id_]
    joined, parts = listed_clauses(clause)
    words = [part.title or part.line for part in parts]
    return clause.title or clause.line or (say[joined].join(words) if words and all(words) else id_)
