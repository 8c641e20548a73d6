"""The worked cases of a review in words: which come out otherwise, and in what."""

from collections.abc import Iterable, Iterator

from hardship_rules.authoring._review import READINGS, Cases, Recast, Review
from hardship_rules.authoring._statements import statements
from hardship_rules.core.policy import Policy
from hardship_rules.documents.document import Block, Item, Listing, Paragraph, Section
from hardship_rules.explanation.wording import one_line
from hardship_rules.locale import sentences
from hardship_rules.testing.cases import UNDECIDED, Case, Mismatch

WORDS = sentences("review")


def counted(review: Review) -> str:
    """How many come out otherwise, on one line."""
    cases = review.cases
    if cases is None or not (cases.recast or cases.own):
        return WORDS["not_asked"]
    told = []
    if cases.recast:
        of_category = sum(each.of_category for each in cases.changed)
        counts = {"of_old": len(cases.recast), "changed": len(cases.changed), "of_category": of_category}
        told.append(WORDS["cases_count"].format(**counts))
    if cases.own:
        failed = sum(1 for _, mismatches in cases.own if mismatches)
        told.append(WORDS["own_count"].format(own=len(cases.own), failed=failed))
    return WORDS["steps"].join(told)


def case_sections(review: Review) -> Iterator[Block]:
    """What came of the cases, those that come out otherwise one by one; or that nothing was asked."""
    if review.cases is None:
        yield Paragraph(WORDS["no_cases"])
    elif not (review.cases.recast or review.cases.own):
        yield Paragraph(WORDS["cases_of_none"])
    else:
        yield from _Cases(review.old, review.new, review.cases).blocks()


class _Cases:
    """The cases of one review."""

    def __init__(self, old: Policy, new: Policy, cases: Cases) -> None:
        self.cases = cases
        self.new = new
        self.titles = {each.id: each.title or each.words for policy in (old, new) for each in statements(policy)}
        self.outcomes = {
            f"{decision.name}.{name}": title
            for policy in (old, new)
            for decision in policy.decisions.values()
            for name, title in decision.options.items()
        }

    def blocks(self) -> Iterator[Block]:
        cases = self.cases
        if cases.recast:
            yield Paragraph(self.how())
        yield from self.listed("cases_category", self.by_category(each for each in cases.changed if each.of_category))
        rest = (each for each in cases.changed if not each.of_category)
        yield from self.listed("cases_rest", (self.item(each.case, each.after) for each in rest))
        failed = (self.item(each.case, each.before) for each in cases.failed_before)
        yield from self.listed("cases_failed", failed)
        if cases.own:
            own = [self.item(case, mismatches) for case, mismatches in cases.own if mismatches]
            counts = {"count": len(cases.own), "passed": len(cases.own) - len(own), "failed": len(own)}
            yield Paragraph(WORDS["cases_own"].format(**counts))
            yield from self.listed("cases_own_failed", own)

    def how(self) -> str:
        cases = self.cases
        same = sum(1 for each in cases.recast if not each.after and not each.before)
        counts = {"count": len(cases.recast), "same": same, "changed": len(cases.changed)}
        unconfirmed = sum(1 for each in cases.recast if not each.case.confirmed)
        beside = {"failed_before": len(cases.failed_before), "unconfirmed": unconfirmed, "about_days": cases.about_days}
        told = (WORDS[sentence].format(count=count) for sentence, count in beside.items() if count)
        return WORDS["cases_how"].format(**counts) + "".join(told)

    def listed(self, title: str, items: Iterable[Item]) -> Iterator[Block]:
        inside = tuple(items)
        if inside:
            yield Section(WORDS[title], (Listing(inside),))

    def by_category(self, changed: Iterable[Recast]) -> Iterator[Item]:
        """The cases of one change of category together."""
        groups: dict[str, list[Item]] = {}
        for each in changed:
            found = {mismatch.what: mismatch for mismatch in each.after}
            mismatch = found.get("category")
            if mismatch is not None:
                words = {"was": self.said(mismatch, mismatch.expected), "becomes": self.said(mismatch, mismatch.got)}
                title, item = WORDS["from_to"].format(**words), self.item(each.case, ())
            else:
                title = next(WORDS[what] for what in ("refused", READINGS, "possible") if what in found)
                item = self.item(each.case, each.after)
            groups.setdefault(title, []).append(item)
        for title, items in groups.items():
            yield Item(WORDS["group"].format(title=title, count=len(items)), parts=tuple(items))

    def item(self, case: Case, mismatches: Iterable[Mismatch]) -> Item:
        """A case, with what came out otherwise."""
        words = WORDS["steps"].join(map(self.mismatch, mismatches))
        title = one_line(case.title)
        place = WORDS["place"].format(file=case.at.file.replace("\\", "/").rpartition("/")[2], line=case.at.line)
        return Item(WORDS["case"].format(title=title, words=words) if words else title, aside=place)

    def mismatch(self, mismatch: Mismatch) -> str:
        """What came out otherwise; of several things those that are no more, or are now too."""
        what = self.what(mismatch)
        expected, got = mismatch.expected.split(", "), mismatch.got.split(", ")
        if mismatch.what in ("decided_by", "missing") and "-" not in (*expected, *got):
            told = []
            for sentence, one, other in (("no_more", expected, got), ("now_too", got, expected)):
                if items := [self.word(mismatch, each) for each in one if each not in other]:
                    told.append(WORDS[sentence].format(what=what, items=WORDS["join"].join(items)))
            return WORDS["list"].join(told)
        words = {"expected": self.said(mismatch, mismatch.expected), "got": self.said(mismatch, mismatch.got)}
        return WORDS["was_now"].format(what=what, **words)

    def what(self, mismatch: Mismatch) -> str:
        kind, _, name = mismatch.what.partition(".")
        if kind == "category":
            return self.new.category.title
        if kind in ("terms", "decisions"):
            definition = self.new.names.get(name)
            return name if definition is None else definition.title
        return WORDS[kind]

    def said(self, mismatch: Mismatch, words: str) -> str:
        """What was expected, or came: by its title, where it has one."""
        if mismatch.what in ("refused", READINGS):
            return one_line(words)
        return WORDS["join"].join(self.word(mismatch, each) for each in words.split(", "))

    def word(self, mismatch: Mismatch, word: str) -> str:
        if word == UNDECIDED:
            return WORDS["undecided"]
        kind, _, name = mismatch.what.partition(".")
        if kind == "decided_by":
            return self.titles.get(word, word)
        decision = self.new.category.name if kind in ("category", "possible") else name
        return self.outcomes.get(f"{decision}.{word}", word)
