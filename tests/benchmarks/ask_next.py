"""The share of facts needed to decide a household: by `next_question`, compared with the order of the policy's file.

    python tests/benchmarks/ask_next.py 1000

It also reports how often combinations of unknown choices narrow the outcomes that ranges leave possible.
"""

import random
import sys
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))

from interview import by_rank, in_file_order, interview, sample

from hardship_rules import Assessment, Policy, assess, load_policy
from hardship_rules.core.kinds import BooleanKind, ChoiceKind
from hardship_rules.testing.strategies._paths import Facts


def questions(policy: Policy, households: list[Facts]) -> None:
    """Print the mean share of facts asked, from nothing known and from known relations."""
    for known in ((), ("relation",)):
        for ask in (in_file_order, by_rank):
            shares, asked, given = [], 0, 0
            for household in households:
                done = interview(policy, household, ask, *known)
                if done.assessment.category != assess(policy, household).category:
                    raise SystemExit(f"{ask.__name__} comes to another category")
                shares.append(done.share)
                asked += len(done.asked)
                given += done.given
            begin = "relations known" if known else "nothing known"
            print(f"{begin}, {ask.__name__}: mean share {mean(shares):.3f}, {asked} of {given} facts", flush=True)


def narrowing(policy: Policy, households: list[Facts]) -> None:
    """Print how often combinations rule out outcomes, with some facts unknown, and with only choices unknown."""
    chance = random.Random(58)  # noqa: S311  # a measurement
    for kinds, most in ((object, 12), (ChoiceKind | BooleanKind, 6)):
        assessments = [_with_unknown(chance, policy, each, kinds, most) for each in households]
        undecided = [each for each in assessments if each.tried or each.category is None]
        narrower = [each for each in undecided if each.ruled_out]
        decided = [each for each in narrower if each.category is not None]
        what = "choices" if most == 6 else "facts"
        print(
            f"1 to {most} {what} unknown: {len(undecided)} of {len(assessments)} undecided by ranges, "
            f"{len(narrower)} narrower, {len(decided)} of them decided"
        )


def _with_unknown(chance: random.Random, policy: Policy, household: Facts, kinds: object, most: int) -> Assessment:
    facts: Facts = {**household, "members": [dict(member) for member in household["members"]]}
    defined = {**policy.facts, **policy.members.facts}
    slots = [
        (holder, name)
        for holder in (facts, *facts["members"])
        for name in holder
        if name in defined and isinstance(defined[name].kind, kinds)  # type: ignore[arg-type]  # a class or a union
    ]
    for holder, name in chance.sample(slots, min(chance.randint(1, most), len(slots))):
        holder[name] = None
    return assess(policy, facts)


if __name__ == "__main__":
    weihai = load_policy("2021_weihai")
    complete = sample(weihai, int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
    narrowing(weihai, complete)
    questions(weihai, complete)
