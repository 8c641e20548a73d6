"""The judged expectations of a change as text, and as data for programs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import assert_never, cast

from attrs import frozen

from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Language
from hardship_rules.explanation.wording import exact_text
from hardship_rules.locale import sentences
from hardship_rules.proofs.claims import Change, Claim
from hardship_rules.proofs.differences import change_title
from hardship_rules.proofs.expectations import (
    NOBODY_LOSES,
    ONLY,
    RISES,
    Expectation,
    Judged,
    NobodyLoses,
    Only,
    Rises,
    Row,
)
from hardship_rules.proofs.prover import Shown
from hardship_rules.proofs.report import Report
from hardship_rules.proofs.text import change_household, option_title, result_of

_MARKS = {"proved": "√", "broken": "×", "not_settled": "○"}


def expectations_text(judged: Iterable[Judged], report: Report, file: str, lang: Language = "zh") -> str:
    """The section on expectations: each with its meaning and verdict, and what breaks it; `file` has stated them."""
    return "\n".join(_Section(report, sentences("expectations", lang), lang).lines(tuple(judged), file)) + "\n"


def expectations_data(judged: Iterable[Judged]) -> list[dict[str, object]]:
    """The judged expectations as JSON has them; `claims` are ids of the report's claims that show the verdict."""
    return [
        {
            **_stated(each.expectation),
            "verdict": each.verdict,
            "claims": [claim.id for claim in each.claims],
            "rows": [
                {
                    "row": list(row.key),
                    "old": None if row.old is None else exact_text(row.old),
                    "new": None if row.new is None else exact_text(row.new),
                }
                for row in each.rows
            ],
        }
        for each in judged
    ]


def _stated(expectation: Expectation) -> dict[str, object]:
    match expectation:
        case NobodyLoses(_, outcomes):
            return {"expectation": NOBODY_LOSES, "outcomes": list(outcomes)}
        case Only(changes, decisions):
            listed = [{"decision": each.decision, "from": each.was, "to": each.becomes} for each in changes]
            return {"expectation": ONLY, "decisions": list(decisions), "changes": listed}
        case Rises(parameter):
            return {"expectation": RISES, "parameter": parameter}
        case _:
            assert_never(expectation)


@frozen
class _Section:
    """The lines of the section, in the words of one language."""

    report: Report
    say: Mapping[str, str]
    lang: Language

    @property
    def new(self) -> Policy:
        """The policy that the report is about."""
        return self.report.policy

    @property
    def old(self) -> Policy:
        """The older policy that it is compared with."""
        return cast(Policy, self.report.against)

    def lines(self, judged: tuple[Judged, ...], file: str) -> Iterator[str]:
        yield self.say["expectations"].format(file=file)
        for each in judged:
            title, meaning = self.stated(each.expectation)
            yield f"  {_MARKS[each.verdict]} {title}    {self.say[each.verdict]}"
            yield f"      {meaning}"
            yield from self.shown(each)
        failed = sum(each.verdict != "proved" for each in judged)
        yield ""
        yield self.say["some_not" if failed else "all_proved"].format(count=len(judged), failed=failed)

    def stated(self, expectation: Expectation) -> tuple[str, str]:
        """The title of an expectation, and the sentence that says exactly what it means."""
        match expectation:
            case NobodyLoses(decision, outcomes):
                known = {**self.old.decisions[decision].options, **self.new.decisions[decision].options}
                titles = self.joined(known[outcome] for outcome in outcomes)
                return self.say["nobody_loses"], self.say["nobody_loses_means"].format(outcomes=titles)
            case Only(changes, decisions):
                titles = self.joined(self.new.decisions[decision].title for decision in decisions)
                listed = self.joined(map(self.change, changes))
                title = self.say["only" if changes else "only_nothing"].format(decisions=titles, changes=listed)
                return title, self.say["only_means"]
            case Rises(parameter):
                title = self.new.parameters[parameter].title
                return self.say["rises"].format(parameter=title), self.say["rises_means"]
            case _:
                assert_never(expectation)

    def shown(self, judged: Judged) -> Iterator[str]:
        """What breaks an expectation, with a household, or what is not settled."""
        for row in judged.rows:
            yield f"      {self.row(cast(Rises, judged.expectation), row)}"
        if not judged.claims:
            return
        if judged.verdict == "not_settled":
            yield f"      {self.say['unsettled'].format(changes=self.changes(judged.claims))}"
            return
        first, *others = judged.claims
        yield f"      {self.say['by'].format(change=self.changes([first]))}"
        words = sentences("proofs", self.lang)
        yield f"      {words['household']}"
        yield from change_household(first, self.report, words)
        yield f"      {result_of(first, cast(Shown, first.answer), self.report, words)}"
        if others:
            yield f"      {self.say['others'].format(count=len(others), changes=self.changes(others))}"

    def changes(self, claims: Iterable[Claim]) -> str:
        return self.joined(self.change(cast(Change, claim.change)) for claim in claims)

    def change(self, change: Change) -> str:
        """A kind of change in words, with its decision."""
        words = sentences("proofs", self.lang)
        title = self.new.decisions[change.decision].title if change.decision else words["refusal"]
        return words["change"].format(title=title, change=change_title(change, self.old, self.new, words))

    def row(self, expectation: Rises, row: Row) -> str:
        """A number in both policies, with the options of its row."""
        parameter = self.new.parameters[expectation.parameter]
        options = self.joined(option_title(self.new, by, step) for by, step in zip(parameter.by, row.key, strict=True))
        numbers = [self.say["no_number"] if number is None else exact_text(number) for number in (row.old, row.new)]
        title = parameter.title
        if options:
            title = self.say["row_title"].format(parameter=title, options=options)
        return self.say["row"].format(title=title, old=numbers[0], new=numbers[1])

    def joined(self, texts: Iterable[str]) -> str:
        return self.say["join"].join(texts)
