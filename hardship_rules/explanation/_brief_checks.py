"""The checks of a brief: warnings, defaults, unverified grounds, and the sensitivity of the verdict to them."""

from collections.abc import Iterator
from typing import cast

from hardship_rules.assessment.sensitivity import Turn, turns_on
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Reading
from hardship_rules.explanation._brief_distances import Distances
from hardship_rules.explanation._brief_words import BriefPart, BriefWords, Entry
from hardship_rules.explanation.explanation import unverified


class Checks(BriefPart):
    """What an officer has to check in one assessment."""

    def __init__(self, words: BriefWords, distances: Distances) -> None:
        super().__init__(words)
        self.distances = distances

    def entries(self) -> Iterator[Entry]:
        """The warnings, the defaults, and last the grounds."""
        warnings = tuple(self.describe.warnings(self.words.lang))
        if warnings:
            yield Entry("", warnings, self.say["sentences"])
        if self.assessment.household.assumed:
            yield Entry("", (self.defaults(),))
        yield Entry("", (self.say["then"].join(self.grounds()),))

    def defaults(self) -> str:
        """The number of defaults, and the one that is nearest to changing the category."""
        count, nearest = len(self.assessment.household.assumed), self.distances.nearest_default
        if nearest is None:
            return self.say["nearest_cut" if self.distances.search.is_cut else "assumed"].format(count=count)
        new = self.words.value(nearest.fact, nearest.new)
        if isinstance(nearest.fact.kind, NumberKind):
            rises = cast(Exact, nearest.new) > cast(Exact, nearest.assumed)
            words = self.spaced(self.say["reaching" if rises else "falling_to"].format(value=new))
        else:
            words = self.say["being"].format(value=new)
        what, category = self.words.fact(nearest.path, nearest.fact.title), nearest.category
        sentence = "nearest_open" if category is None else "nearest"
        return self.say[sentence].format(count=count, what=what, value=words, category=category and category.title)

    def spaced(self, text: str) -> str:
        """A text that in Chinese is followed by a space where it ends in a number."""
        return f"{text} " if self.words.lang == "zh" and text[-1:].isdecimal() else text

    def grounds(self) -> Iterator[str]:
        """The number of unverified grounds, then the readings and provisions that would change the category."""
        count = len(unverified(self.describe))
        yield self.say["unverified"].format(count=count) if count else self.say["all_verified"]
        turns = turns_on(self.assessment)
        parts = [
            *self.readings([turn for turn in turns if isinstance(turn.what, Reading)]),
            *self.provisions([turn for turn in turns if not isinstance(turn.what, Reading)]),
        ]
        if parts:
            yield self.say["sentences"].join(parts)

    def readings(self, turns: list[Turn]) -> Iterator[str]:
        """How many readings would change the category in another option, with one of them."""
        readings = self.policy.readings.values()
        count = len([reading for reading in readings if not reading.affects and len(reading.kind.options) > 1])
        if turns:
            first = turns[0]
            option = cast(Reading, first.what).kind.options[cast(str, first.option)]
            result = (
                self.say["comes_to_open"].format(possible=self.describe.titles(first.possible))
                if first.category is None
                else self.say["comes_to"].format(category=first.category.title)
            )
            what = self.say["reading"].format(title=first.title, option=option, comes_to=result)
            sentence = self.say["one_reading" if len(turns) == 1 else "other_readings"]
            yield sentence.format(count=count, changing=len({turn.id for turn in turns}), what=what)
        elif count:
            yield self.say["same_readings"].format(count=count)

    def provisions(self, turns: list[Turn]) -> Iterator[str]:
        """The terms and outcomes with a clause without which the category would change."""
        if turns:
            titles = dict.fromkeys(self.describe.holder(turn.id) for turn in turns)
            quoted = (f"“{title}”" for title in titles)
            yield self.say["provisions"].format(titles=self.say["join"].join(quoted))
