"""What the parts of a brief share: the entry of a section, and the facts and names of one assessment in words."""

from fractions import Fraction
from functools import cached_property
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.outcomes import Figure, Reason
from hardship_rules.core.expr import Clause, Compare, Constant, Expr, Name
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import NumberKind, Value
from hardship_rules.core.policy import Fact
from hardship_rules.core.problem import KeyPath, Language
from hardship_rules.explanation.reasons import SENTENCES as REASON_SENTENCES
from hardship_rules.explanation.reasons import Describer
from hardship_rules.explanation.wording import fact_of, fact_value, number_text, one_line, one_line_each, value_text
from hardship_rules.locale import sentences

SENTENCES: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping(
    {lang: FrozenMapping(sentences("brief", lang)) for lang in ("zh", "en")}
)
"""The sentences of a brief by language and key."""


@frozen
class Entry:
    """A label with its items, joined by `join` and followed by `end`.

    `shorter` are the same items in fewer and fewer words, for a terminal with little room.
    """

    label: str = field(converter=one_line)
    items: tuple[str, ...] = field(converter=one_line_each)
    join: str = ""
    end: str = ""
    shorter: tuple[tuple[str, ...], ...] = ()


class BriefWords:
    """The facts and names of one assessment in the words of a brief."""

    def __init__(self, assessment: Assessment, lang: Language) -> None:
        self.assessment = assessment
        self.policy = assessment.policy
        self.lang = lang
        self.say = SENTENCES[lang]
        self.describe = Describer(assessment, REASON_SENTENCES[lang])

    def fact(self, path: KeyPath, title: str) -> str:
        """The title of a fact with the name of its member."""
        return self.describe.of_member(cast(int, path[1]) if path[0] == "members" else None, title)

    def value(self, fact: Fact, value: Value) -> str:
        """A value of a fact in words."""
        return value_text(self.policy, fact.kind, value, self.say, fact.counted_in)

    def grade(self, clause: Clause) -> str:
        """The basis of a clause in brackets; empty where it is the rule itself or a notice."""
        provenance = clause.provenance
        return "" if provenance is None or provenance.basis in ("rule", "notice") else self.describe.grade(provenance)

    def unit(self, name: str) -> str:
        """The unit of a figure; empty for another name."""
        figure = self.assessment.figure(name)
        return figure.unit if isinstance(figure, Figure) else ""

    def number(self, expr: Expr) -> Exact | None:
        """The number of a constant, or of a name whose figure is known; else None."""
        if isinstance(expr, Constant) and not isinstance(expr.value, bool):
            return expr.value
        figure = self.assessment.figure(expr.name) if isinstance(expr, Name) else None
        return figure.exact if isinstance(figure, Figure) else None

    def compares_shown_figure(self, reason: Reason) -> bool:
        """Whether a reason compares a figure of the policy's `show` with a known number."""
        line = reason.clause.when
        return (
            isinstance(line, Compare)
            and isinstance(line.left, Name)
            and line.left.name in self.policy.show
            and difference_of(reason) is not None
        )

    @cached_property
    def given_numbers(self) -> tuple[KeyPath, ...]:
        """The paths of the numbers that were given."""
        paths = self.assessment.household.given
        return tuple(path for path in paths if isinstance(fact_of(self.policy, path).kind, NumberKind))

    def fact_value(self, path: KeyPath) -> Value:
        """The value of the fact at a path."""
        return fact_value(self.assessment, path)


class BriefPart:
    """A part of a brief, with the assessment and the words that it is made from."""

    def __init__(self, words: BriefWords) -> None:
        self.words = words
        self.assessment = words.assessment
        self.policy = words.policy
        self.say = words.say
        self.describe = words.describe


def difference_of(reason: Reason) -> Fraction | None:
    """The left side of a reason minus the right; None where it is unknown."""
    return None if reason.difference is None else reason.difference.exact


def multiple_text(number: Fraction) -> str:
    """A factor such as 2 or 1.5."""
    return number_text(number, 0)
