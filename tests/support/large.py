"""Policies of many outcomes over many facts, drawn by a seed."""

from random import Random

_OPTIONS = ("o1", "o2", "o3", "o4")


def large_policy(outcomes: int, facts: int, seed: int) -> str:
    """A decision of conjunctions of three to five clauses on booleans, choices and amounts, two fifths of members."""
    rng = Random(seed)  # noqa: S311  # no secret
    own = [f"f{number}" for number in range(facts - facts * 2 // 5)]
    of_members = [f"m{number}" for number in range(facts * 2 // 5)]

    def defined(name: str, number: int) -> str:
        options = ", ".join(f"{option}: {option}" for option in _OPTIONS)
        kind = ("yes or no: true", f"one of: {{{options}}}", "unit: yuan, to: 100000, decimals: 2")[number % 3]
        return f"{name}: {{title: {name}, {kind}}}"

    def condition(name: str) -> str:
        kind = int(name[1:]) % 3
        if kind == 0:
            own_line, of_members_line = rng.choice((name, f"not {name}")), f"some({name})"
        elif kind == 1:
            option, least = rng.choice(_OPTIONS), rng.randint(1, 2)
            own_line = f"{name} {rng.choice(('==', '!='))} {option}"
            of_members_line = f"count({name} == {option}) {rng.choice(('<', '>='))} {least}"
        else:
            line = f"{rng.choice(('<', '>='))} {rng.randrange(1, 90) * 1000}"
            own_line, of_members_line = f"{name} {line}", f"sum({name}) {line}"
        return own_line if name in own else of_members_line

    def outcome(number: int) -> str:
        names = rng.sample([*own, *of_members], rng.randint(3, 5))
        clauses = ", ".join(f"c{place}: {{that: {condition(name)}}}" for place, name in enumerate(names))
        return f"- {{outcome: r{number}, title: r{number}, basis: assumption, when: {{all: {{{clauses}}}}}}}"

    return "\n".join(
        (
            "language: 1",
            "policy: large",
            "units: {yuan: 元, person: 人}",
            "household:",
            *(f"  {defined(name, number)}" for number, name in enumerate(own)),
            "members:",
            "  facts:",
            *(f"    {defined(name, number)}" for number, name in enumerate(of_members)),
            "decisions:",
            "  category:",
            "    title: category",
            "    first:",
            *(f"      {outcome(number)}" for number in range(outcomes)),
            "    otherwise: {outcome: none, title: none}",
        )
    )


def same_rules(rules: int, columns: int) -> str:
    """A decision of equal conjunctions, one clause a column."""
    clauses = ", ".join(f"c{number}: {{that: f{number} < 1000}}" for number in range(columns))
    return "\n".join(
        (
            "language: 1",
            "policy: same",
            "units: {yuan: 元}",
            "household:",
            *(f"  f{number}: {{title: f{number}, unit: yuan, to: 100000}}" for number in range(columns)),
            "members: {facts: {kind: {title: kind, one of: {self: self, other: other}}}}",
            "decisions:",
            "  category:",
            "    title: category",
            "    first:",
            *(
                f"      - {{outcome: r{number}, title: r{number}, basis: assumption, when: {{all: {{{clauses}}}}}}}"
                for number in range(rules)
            ),
            "    otherwise: {outcome: none, title: none}",
        )
    )
