"""The review of a policy as a sheet to print, read and sign."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from hardship_rules.authoring._counterexample import change_tables, property_tables
from hardship_rules.authoring._reading_copy import about
from hardship_rules.authoring._review import READINGS, CaseResult, CaseResults, Review
from hardship_rules.authoring._statements import headed, statements
from hardship_rules.core.policy import Policy
from hardship_rules.core.version import __version__
from hardship_rules.documents.document import Block, Document, Item, Listing, Paragraph, Section, Table, numeral
from hardship_rules.explanation.wording import one_line
from hardship_rules.locale import sentences
from hardship_rules.proofs.claims import Claim
from hardship_rules.proofs.text import changes_asked, is_partly_proved
from hardship_rules.testing.cases import UNDECIDED, Case, Mismatch

WORDS = sentences("review")
_STATUS = sentences("reading_copy")["status"]
PROOFS = sentences("proofs")
_MARKS = {"kept": "√", "broken": "×", "open": "○"}


def review_document(review: Review) -> Document:
    """The sheet: both policies, differences, warnings, changes of category, cases, properties, and lines to sign."""
    title = headed(review.new, WORDS["title"].format(title=review.new.title))
    sheet = _Sheet(review)
    sections = [
        ("policies", sheet.policies()),
        ("differences", sheet.differences()),
        ("warnings", sheet.warnings()),
        ("changes", sheet.changes()),
        ("cases", case_blocks(review)),
        ("properties", sheet.properties()),
        ("approval", sheet.approval()),
    ]
    blocks = (
        Section(WORDS["section"].format(number=numeral(number), title=WORDS[name]), tuple(inside))
        for number, (name, inside) in enumerate(sections, 1)
    )
    return Document(title, tuple(blocks))


class _Sheet:
    """The sections of one sheet."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.old, self.new = review.old, review.new

    # The two policies, and the summary

    def policies(self) -> Iterator[Block]:
        old_words, new_words = about(self.old), about(self.new)
        for items in (old_words, new_words):
            items[_STATUS] = items[_STATUS] or WORDS["not_said"]
        bases = (
            "" if base is None else WORDS["base_words"].format(title=base.title, name=base.name)
            for base in self.review.bases
        )
        rows = [(WORDS["name"], self.old.title, self.new.title), (WORDS["base"], *bases)]
        rows += [(item, old_words[item], new_words[item]) for item in new_words]
        filled = tuple(
            (item, was or WORDS["nothing"], now or WORDS["nothing"]) for item, was, now in rows if was or now
        )
        yield Table(WORDS["both"], (WORDS["item"], WORDS["old"], WORDS["new"]), filled, (16, 42, 42))
        summary = (
            (WORDS["differences"], self.counted_differences()),
            (WORDS["warnings"], self.counted_warnings()),
            (WORDS["changes"], self.counted_changes()),
            (WORDS["cases"], self.counted_cases()),
            (WORDS["properties"], self.counted_properties()),
        )
        yield Table(WORDS["in_short"], (WORDS["item"], WORDS["result"]), summary, (26, 74))

    def counted_differences(self) -> str:
        sections = Counter(difference.section for difference in self.review.differences)
        counts = (WORDS["count"].format(title=title, count=count) for title, count in sections.items())
        words = WORDS["counts"].format(count=sections.total(), sections=WORDS["join"].join(counts))
        return words if sections else WORDS["none"]

    def counted_warnings(self) -> str:
        count = len(self.review.warnings)
        return WORDS["warnings_count"].format(count=count) if count else WORDS["none"]

    def counted_changes(self) -> str:
        if self.review.changes is None:
            return WORDS["not_compared"]
        verdicts = Counter(claim.verdict for claim in self.review.changes)
        open_ = verdicts.total() - verdicts["changed"] - verdicts["unchanged"]
        counts = {"changed": verdicts["changed"], "proved": verdicts["unchanged"], "open": open_}
        none = "changes_not_found" if counts["open"] else "changes_none"
        return WORDS["changes_count" if counts["changed"] else none].format(**counts)

    def counted_cases(self) -> str:
        cases = self.review.cases
        if cases is None or not (cases.results or cases.own):
            return WORDS["not_asked"]
        words = []
        if cases.results:
            of_category = sum(result.changes_category for result in cases.changed)
            counts = {"of_old": len(cases.results), "changed": len(cases.changed), "of_category": of_category}
            words.append(WORDS["cases_count"].format(**counts))
        if cases.own:
            failed = sum(1 for _, mismatches in cases.own if mismatches)
            words.append(WORDS["own_count"].format(own=len(cases.own), failed=failed))
        return WORDS["steps"].join(words)

    def counted_properties(self) -> str:
        counts = Counter(map(_verdict, self.review.properties))
        verdicts = (WORDS["verdict_count"].format(verdict=WORDS[verdict], count=counts[verdict]) for verdict in _MARKS)
        words = WORDS["properties_count"].format(count=counts.total(), verdicts=WORDS["join"].join(verdicts))
        return words if counts else WORDS["none"]

    # Differences

    def differences(self) -> Iterator[Block]:
        differences = self.review.differences
        if not differences:
            yield Paragraph(WORDS["same" if self.old.fingerprint == self.new.fingerprint else "same_rules"])
            return
        yield Paragraph(WORDS["in_effect"])
        needed = [warning.values["title"] for warning in self.review.warnings if warning.code == "fact_needed"]
        if needed:
            yield Paragraph(WORDS["must_send"].format(titles=WORDS["join"].join(needed)))
        heads = (WORDS["particular"], WORDS["old"], WORDS["new_about"])
        for title, inside in groupby(differences, key=lambda difference: difference.section):
            rows = (
                (
                    f"{difference.title}\n{difference.id}",
                    difference.was or WORDS["nothing"],
                    "\n".join(filter(None, (difference.now or WORDS["gone"], difference.about))),
                )
                for difference in inside
            )
            yield Table(title, heads, tuple(rows), (26, 30, 44))

    # Warnings

    def warnings(self) -> Iterator[Block]:
        if not self.review.warnings:
            yield Paragraph(WORDS["no_warnings"])
            return
        yield Paragraph(WORDS["warnings_mean"])
        items = []
        for warning in self.review.warnings:
            at = warning.location
            place = "" if at is None else WORDS["place"].format(file=Path(at.file).name, line=at.line)
            words = WORDS["steps"].join(filter(None, (warning.message(), warning.help())))
            items.append(Item(words, aside=place, parts=(Item(WORDS["confirmed"], mark="□"),)))
        yield Listing(tuple(items))

    # Changes of decisions

    def changes(self) -> Iterator[Block]:
        claims, report = self.review.changes, self.review.report
        if claims is None:
            yield Paragraph(WORDS["no_categories"])
            return
        yield Paragraph(changes_asked(report, PROOFS))
        yield Paragraph(WORDS["changes_scope"])
        yield from self.unpublished()
        if all(claim.verdict == "unchanged" for claim in claims):
            yield Paragraph(WORDS["unchanged"])
            return
        rows = tuple(self.decision(title, list(inside)) for title, inside in self.by_decision(claims))
        is_open = any(claim.verdict not in ("changed", "unchanged") for claim in claims)
        columns = 4 if is_open else 3
        heads = (WORDS["decision"], WORDS["changed"], WORDS["never"], WORDS["unsettled"])
        widths = (22, 44, 34, 34)
        yield Table(WORDS["changes_table"], heads[:columns], tuple(row[:columns] for row in rows), widths[:columns])
        if any(claim.verdict == "not_settled" for claim in claims):
            yield Paragraph(WORDS["not_settled"].format(seconds=f"{report.limit:g}"))
        changed = [claim for claim in claims if claim.verdict == "changed"]
        by_example = {id(claim.answer): [each for each in changed if each.answer is claim.answer] for claim in changed}
        for number, shown in enumerate(by_example.values(), 1):
            titles = WORDS["join"].join(self.change(claim) for claim in shown)
            yield Section(
                WORDS["change"].format(number=number, title=titles), tuple(change_tables(shown, self.old, self.new))
            )

    def by_decision(self, claims: Iterable[Claim]) -> Iterator[tuple[str, Iterable[Claim]]]:
        """The claims of each decision under its title."""
        for name, inside in groupby(claims, key=lambda claim: claim.decision):
            yield self.new.decisions[name].title if name else PROOFS["refusal"], inside

    def decision(self, title: str, claims: list[Claim]) -> tuple[str, ...]:
        """The row of a decision: the changes that some household shows, the number proved, and the unsettled ones."""
        proved = [claim for claim in claims if claim.verdict == "unchanged"]
        changed = "\n".join(claim.title for claim in claims if claim.verdict == "changed")
        partly = sum(map(is_partly_proved, claims))
        lines = [
            PROOFS["change"].format(title=claim.title, change=PROOFS[claim.verdict])
            for claim in claims
            if claim.verdict not in ("changed", "unchanged") and not is_partly_proved(claim)
        ]
        unsettled = "\n".join([*lines, *([PROOFS["partly_count"].format(count=partly)] if partly else [])])
        words = WORDS["all" if len(proved) == len(claims) else "kinds"].format(count=len(proved))
        return title, changed or WORDS["nothing"], words, unsettled or WORDS["nothing"]

    def change(self, claim: Claim) -> str:
        """A kind of change with the title of its decision."""
        decision = self.new.decisions[claim.decision].title if claim.decision else PROOFS["refusal"]
        return PROOFS["change"].format(title=decision, change=claim.title)

    def unpublished(self) -> Iterator[Block]:
        """The parameters that are not published, and those that are one number in both policies."""
        unpublished = dict.fromkeys(
            parameter.title
            for policy in (self.old, self.new)
            for parameter in policy.parameters.values()
            if None in parameter.values.values()
        )
        if unpublished:
            equal = [
                parameter.title
                for name, parameter in self.new.parameters.items()
                if None in parameter.values.values() and self.old.parameters.get(name) == parameter
            ]
            one_number = WORDS["one_number"].format(titles=WORDS["join"].join(equal)) if equal else ""
            yield Paragraph(WORDS["unpublished"].format(titles=WORDS["join"].join(unpublished)) + one_number)

    # Properties

    def properties(self) -> Iterator[Block]:
        claims = self.review.properties
        if not claims:
            yield Paragraph(WORDS["no_properties"])
            return
        yield Paragraph(WORDS["properties_how"].format(members=self.review.report.members))
        yield Listing(tuple(map(_property, claims)))
        for claim in claims:
            if claim.verdict == "broken":
                tables = property_tables(claim, self.new.properties[claim.id])
                yield Section(WORDS["counterexample"].format(title=claim.title), tuple(tables))

    # Signatures

    def approval(self) -> Iterator[Block]:
        yield Paragraph(WORDS["approves"])
        yield Paragraph(WORDS["fingerprint"].format(fingerprint=self.new.fingerprint))
        if self.new.status == "approved":
            yield Paragraph(WORDS["already"].format(status=about(self.new)[_STATUS]))
        heads = tuple(WORDS[head] for head in ("step", "person", "signature", "date"))
        rows = tuple((WORDS[step], "", "", "") for step in ("draft", "check", "approve"))
        yield Table(WORDS["signatures"], heads, rows, (16, 26, 32, 26), by_hand=True)
        if self.new.status != "approved":
            file = Path(self.new.at.file).name
            yield Paragraph(WORDS["then"].format(file=file, fingerprint=self.new.fingerprint), aside=True)
        yield Paragraph(WORDS["made_by"].format(version=__version__), aside=True)


def _verdict(claim: Claim) -> str:
    """Whether a property is kept or broken; open if that was not proved."""
    return claim.verdict if claim.verdict in ("kept", "broken") else "open"


def _property(claim: Claim) -> Item:
    verdict = _verdict(claim)
    words = WORDS["tried"].format(count=claim.tried) if claim.verdict == "tried" else WORDS[verdict]
    return Item(claim.title, aside=words, mark=_MARKS[verdict], means=WORDS[verdict])


def case_blocks(review: Review) -> Iterator[Block]:
    """The results of the worked cases, with each case that changed or failed."""
    if review.cases is None:
        yield Paragraph(WORDS["no_cases"])
    elif not (review.cases.results or review.cases.own):
        yield Paragraph(WORDS["cases_of_none"])
    else:
        yield from _Cases(review.old, review.new, review.cases).blocks()


class _Cases:
    """The cases of one review in words."""

    def __init__(self, old: Policy, new: Policy, cases: CaseResults) -> None:
        self.cases = cases
        self.new = new
        self.titles = {
            statement.id: statement.title or statement.words
            for policy in (old, new)
            for statement in statements(policy)
        }
        self.outcomes = {
            f"{decision.name}.{name}": title
            for policy in (old, new)
            for decision in policy.decisions.values()
            for name, title in decision.options.items()
        }

    def blocks(self) -> Iterator[Block]:
        cases = self.cases
        if cases.results:
            yield Paragraph(self.counts())
        changed = (result for result in cases.changed if result.changes_category)
        yield from self.listed("cases_category", self.by_category(changed))
        rest = (result for result in cases.changed if not result.changes_category)
        yield from self.listed("cases_rest", (self.item(result.case, result.after) for result in rest))
        failed = (self.item(result.case, result.before) for result in cases.failed_before)
        yield from self.listed("cases_failed", failed)
        if cases.own:
            own = [self.item(case, mismatches) for case, mismatches in cases.own if mismatches]
            counts = {"count": len(cases.own), "passed": len(cases.own) - len(own), "failed": len(own)}
            yield Paragraph(WORDS["cases_own"].format(**counts))
            yield from self.listed("cases_own_failed", own)

    def counts(self) -> str:
        cases = self.cases
        same = sum(1 for result in cases.results if not result.after and not result.before)
        counts = {"count": len(cases.results), "same": same, "changed": len(cases.changed)}
        unconfirmed = sum(1 for result in cases.results if not result.case.confirmed)
        others = {"failed_before": len(cases.failed_before), "unconfirmed": unconfirmed, "about_days": cases.about_days}
        words = (WORDS[sentence].format(count=count) for sentence, count in others.items() if count)
        return WORDS["cases_how"].format(**counts) + "".join(words)

    def listed(self, title: str, items: Iterable[Item]) -> Iterator[Block]:
        inside = tuple(items)
        if inside:
            yield Section(WORDS[title], (Listing(inside),))

    def by_category(self, changed: Iterable[CaseResult]) -> Iterator[Item]:
        """The cases grouped by their change of category."""
        groups: dict[str, list[Item]] = {}
        for result in changed:
            mismatches = {mismatch.what: mismatch for mismatch in result.after}
            mismatch = mismatches.get("category")
            if mismatch is not None:
                words = {"was": self.value(mismatch, mismatch.expected), "becomes": self.value(mismatch, mismatch.got)}
                title, item = WORDS["from_to"].format(**words), self.item(result.case, ())
            else:
                title = next(WORDS[what] for what in ("refused", READINGS, "possible") if what in mismatches)
                item = self.item(result.case, result.after)
            groups.setdefault(title, []).append(item)
        for title, items in groups.items():
            yield Item(WORDS["group"].format(title=title, count=len(items)), parts=tuple(items))

    def item(self, case: Case, mismatches: Iterable[Mismatch]) -> Item:
        """A case with its mismatches."""
        words = WORDS["steps"].join(map(self.mismatch, mismatches))
        title = one_line(case.title)
        place = WORDS["place"].format(file=case.at.file.replace("\\", "/").rpartition("/")[2], line=case.at.line)
        return Item(WORDS["case"].format(title=title, words=words) if words else title, aside=place)

    def mismatch(self, mismatch: Mismatch) -> str:
        """A mismatch in words; of lists only the missing and the additional items."""
        what = self.what(mismatch)
        expected, got = mismatch.expected.split(", "), mismatch.got.split(", ")
        if mismatch.what in ("decided_by", "missing") and "-" not in (*expected, *got):
            changes = []
            for sentence, these, those in (("no_more", expected, got), ("now_too", got, expected)):
                if items := [self.item_title(mismatch, item) for item in these if item not in those]:
                    changes.append(WORDS[sentence].format(what=what, items=WORDS["join"].join(items)))
            return WORDS["list"].join(changes)
        values = {"expected": self.value(mismatch, mismatch.expected), "got": self.value(mismatch, mismatch.got)}
        return WORDS["was_now"].format(what=what, **values)

    def what(self, mismatch: Mismatch) -> str:
        """The title of the expectation that a mismatch is about."""
        kind, _, name = mismatch.what.partition(".")
        if kind == "category":
            return self.new.category.title
        if kind in ("terms", "decisions"):
            definition = self.new.names.get(name)
            return name if definition is None else definition.title
        return WORDS[kind]

    def value(self, mismatch: Mismatch, text: str) -> str:
        """An expected or actual value, by its titles where it has any."""
        if mismatch.what in ("refused", READINGS):
            return one_line(text)
        return WORDS["join"].join(self.item_title(mismatch, item) for item in text.split(", "))

    def item_title(self, mismatch: Mismatch, item: str) -> str:
        """The title of an outcome or clause that a mismatch names; of anything else, its text."""
        if item == UNDECIDED:
            return WORDS["undecided"]
        kind, _, name = mismatch.what.partition(".")
        if kind == "decided_by":
            return self.titles.get(item, item)
        decision = self.new.category.name if kind in ("category", "possible") else name
        return self.outcomes.get(f"{decision}.{item}", item)
