"""The first sentence of a brief: the reason of the verdict, or the first fact to ask for."""

from fractions import Fraction
from functools import cached_property
from typing import cast

from attrs import evolve

from hardship_rules.assessment.outcomes import Figure, Reason
from hardship_rules.core.expr import Compare, Expr, Multiply, Name, walk
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.policy import Parameter
from hardship_rules.explanation._brief_figures import BriefFigures
from hardship_rules.explanation._brief_words import BriefPart, BriefWords, difference_of, multiple_text
from hardship_rules.explanation.wording import comparison

_OPPOSITE = FrozenMapping({"<": ">=", "<=": ">", "==": "!=", "!=": "==", ">=": "<", ">": "<="})
_MOST_REASONS = 3


class FirstSentence(BriefPart):
    """The sentence below the verdict, for one assessment."""

    def __init__(self, words: BriefWords, figures: BriefFigures) -> None:
        super().__init__(words)
        self.figures = figures

    # The reason of a verdict

    def why(self) -> str:
        """The comparison that decided the category, or the clauses that did."""
        if self.deciding is not None:
            return self.compared(self.deciding)
        reasons = self.deciding_reasons[:_MOST_REASONS]
        if not reasons:
            return ""
        words = self.say["sentences"].join(dict.fromkeys(map(self.reason, reasons)))
        return self.because(words, reasons[0])

    @cached_property
    def deciding_reasons(self) -> tuple[Reason, ...]:
        """The reasons that decided the category; for `otherwise`, those that ruled out the other outcomes."""
        reasons = self.assessment.decided.reasons
        return tuple(reason for reason in reasons if reason.role == "decided") or reasons

    @cached_property
    def deciding(self) -> Reason | None:
        """The deciding reason that compares a shown figure; of several, the one with the smallest difference."""
        compared = [reason for reason in self.deciding_reasons if self.words.compares_shown_figure(reason)]
        return min(compared, key=lambda reason: abs(cast(Fraction, difference_of(reason))), default=None)

    @cached_property
    def named_limits(self) -> frozenset[str]:
        """The parameters that the sentence names, so that the figures need not list them."""
        if self.assessment.category is None or not self.deciding:
            return frozenset()
        line = cast(Compare, self.deciding.clause.when)
        names = {part.name for part in walk(line.right) if isinstance(part, Name)}
        return frozenset(name for name in names if isinstance(self.policy.names[name], Parameter))

    def because(self, words: str, reason: Reason) -> str:
        return self.say["because"].format(words=words, basis=self.words.grade(reason.clause)).rstrip()

    def compared(self, reason: Reason) -> str:
        """Both sides of a comparison and their difference in one sentence."""
        line = cast(Compare, reason.clause.when)
        left, right = cast(Figure, reason.left), cast(Figure, reason.right)
        titles = [self.side(side) for side in (line.left, line.right)]
        if None in titles:
            return self.because(self.reason(reason), reason)
        amount, limit, difference = (
            self.describe.with_unit(text, left.unit) for text in comparison(self.policy, left, right)
        )
        signed = cast(Fraction, difference_of(reason))
        sentence = self.say["lower" if signed < 0 else "higher" if signed > 0 else "level"].format(
            left=titles[0],
            amount=amount,
            right=titles[1],
            limit=limit,
            difference=difference,
            basis=self.words.grade(reason.clause),
        )
        return sentence.rstrip().replace("） ", "）")

    def side(self, expr: Expr) -> str | None:
        """The title of a side of a comparison, with its factor; None for any other expression."""
        if isinstance(expr, Name):
            return self.describe.figure_title(expr.name)
        if isinstance(expr, Multiply):
            names = [part for part in expr.parts if isinstance(part, Name) and self.words.unit(part.name) != "1"]
            factors = [self.words.number(part) for part in expr.parts if part not in names]
            if len(names) == 1 and None not in factors:
                product = Fraction(1)
                for factor in factors:
                    product *= cast(Exact, factor)
                title = self.describe.figure_title(names[0].name)
                return self.say["times"].format(title=title, times=multiple_text(product))
        return None

    def reason(self, reason: Reason) -> str:
        """A clause in words, with its comparison as the words have it."""
        words = self.describe.words(reason)
        if isinstance(reason.left, Figure) and isinstance(reason.right, Figure) and difference_of(reason) is None:
            return self.bounded(words, reason)
        fails = reason.holds is False and bool(reason.sign)  # the words then say the opposite of the clause
        compared = self.describe.compared(evolve(reason, sign=_OPPOSITE[reason.sign]) if fails else reason)
        return self.say["colon"].format(title=words, text=compared) if compared else words

    def bounded(self, words: str, reason: Reason) -> str:
        """A clause with the bounds of both sides of its comparison; without them where one is open."""
        line = reason.clause.when
        if not isinstance(line, Compare) or not isinstance(line.left, Name) or not isinstance(line.right, Name):
            return words
        names, figures = (line.left.name, line.right.name), (reason.left, reason.right)
        titles = [self.describe.figure_title(name) for name in names]
        amounts = [self.figures.amount(name, cast(Figure, figure)) for name, figure in zip(names, figures, strict=True)]
        if self.say["pending"] in amounts:
            return words
        return self.say["bounded"].format(
            words=words,
            left=titles[0],
            amount=self.spaced(amounts[0]),
            right=titles[1],
            limit=self.spaced(amounts[1]),
        )

    def spaced(self, text: str) -> str:
        """A text that in Chinese is set off by a space where it begins with a number."""
        return f" {text}" if self.words.lang == "zh" and (text[0].isdecimal() or text[0] == "-") else text

    # The first fact to ask for

    def missing(self) -> str:
        """The first missing fact with its document, and how many there are."""
        return self.first_missing("missing_one", "missing_several")

    def asked_first(self) -> str:
        """The first missing fact with its document, where the verdict above has their number."""
        return self.first_missing("ask_one", "ask_several")

    def counted_open(self) -> str:
        """The open verdict with the number of missing facts."""
        count = len(self.assessment.missing)
        return self.say["open_counted"].format(count=count) if count else self.say["open"]

    def first_missing(self, one: str, several: str) -> str:
        missing = self.assessment.missing
        if not missing:
            return ""
        first = missing[0]
        if first.path[0] == "parameters":
            return self.say["missing_parameter"].format(title=first.title)
        what = self.say["missing_day"] if first.path == ("on",) else self.words.fact(first.path, first.title)
        if first.evidence:
            what = self.say["proved_by"].format(what=what, evidence=first.evidence)
        return self.say[one if len(missing) == 1 else several].format(what=what, count=len(missing))
