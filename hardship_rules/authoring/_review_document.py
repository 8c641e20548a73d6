"""A policy's review as the sheet that is printed, read and signed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from hardship_rules.authoring._proof_tables import change_tables, property_tables
from hardship_rules.authoring._recast_words import case_sections, counted
from hardship_rules.authoring._review import Review
from hardship_rules.authoring._statements import headed
from hardship_rules.authoring.reading_copy import about
from hardship_rules.core.version import __version__
from hardship_rules.documents.document import Block, Document, Item, Listing, Paragraph, Section, Table, numeral
from hardship_rules.locale import sentences
from hardship_rules.proofs.questions import Claim

WORDS = sentences("review")

PROOFREAD = sentences("reading_copy")

_VERDICTS = {"kept": "√", "broken": "×", "open": "○"}


def review_document(review: Review) -> Document:
    """The sheet: the two policies, what is changed, whose category changes, what is proved, and lines to sign."""
    title = headed(review.new, WORDS["title"].format(title=review.new.title))
    sheet = _Sheet(review)
    sections = [
        ("policies", sheet.policies()),
        ("differences", sheet.differences()),
        ("warnings", sheet.warnings()),
        ("changes", sheet.changes()),
        ("cases", case_sections(review)),
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

    # The two policies, and all in short

    def policies(self) -> Iterator[Block]:
        olds, news = about(self.old), about(self.new)
        for each in (olds, news):
            each[PROOFREAD["status"]] = each[PROOFREAD["status"]] or WORDS["not_said"]
        bases = (
            "" if each is None else WORDS["base_words"].format(title=each.title, name=each.name)
            for each in self.review.bases
        )
        rows = [(WORDS["name"], self.old.title, self.new.title), (WORDS["base"], *bases)]
        rows += [(item, olds[item], news[item]) for item in news]
        told = tuple((item, was or WORDS["nothing"], now or WORDS["nothing"]) for item, was, now in rows if was or now)
        yield Table(WORDS["both"], (WORDS["item"], WORDS["old"], WORDS["new"]), told, (16, 42, 42))
        short = (
            (WORDS["differences"], self.counted_differences()),
            (WORDS["warnings"], self.counted(len(self.review.warnings))),
            (WORDS["changes"], self.counted_changes()),
            (WORDS["cases"], counted(self.review)),
            (WORDS["properties"], self.counted_properties()),
        )
        yield Table(WORDS["in_short"], (WORDS["item"], WORDS["result"]), short, (26, 74))

    def counted(self, count: int) -> str:
        return WORDS["warnings_count"].format(count=count) if count else WORDS["none"]

    def counted_differences(self) -> str:
        sections = Counter(each.section for each in self.review.differences)
        told = (WORDS["count"].format(title=title, count=count) for title, count in sections.items())
        words = WORDS["counts"].format(count=sections.total(), sections=WORDS["join"].join(told))
        return words if sections else WORDS["none"]

    def counted_changes(self) -> str:
        if self.review.changes is None:
            return WORDS["not_compared"]
        found = Counter(claim.verdict for claim in self.review.changes)
        counts = {"changed": found["changed"], "proved": found["unchanged"], "open": found["not_settled"]}
        none = "changes_not_found" if counts["open"] else "changes_none"
        return WORDS["changes_count" if counts["changed"] else none].format(**counts)

    def counted_properties(self) -> str:
        found = Counter(map(_verdict, self.review.properties))
        verdicts = (WORDS["verdict_count"].format(verdict=WORDS[each], count=found[each]) for each in _VERDICTS)
        words = WORDS["properties_count"].format(count=found.total(), verdicts=WORDS["join"].join(verdicts))
        return words if found else WORDS["none"]

    # What is changed

    def differences(self) -> Iterator[Block]:
        found = self.review.differences
        if not found:
            yield Paragraph(WORDS["same" if self.old.fingerprint == self.new.fingerprint else "same_rules"])
            return
        yield Paragraph(WORDS["in_effect"])
        needed = [each.values["title"] for each in self.review.warnings if each.code == "fact_needed"]
        if needed:
            yield Paragraph(WORDS["must_send"].format(titles=WORDS["join"].join(needed)))
        heads = (WORDS["particular"], WORDS["old"], WORDS["new_about"])
        for title, inside in groupby(found, key=lambda each: each.section):
            rows = (
                (
                    f"{each.title}\n{each.id}",
                    each.was or WORDS["nothing"],
                    "\n".join(filter(None, (each.now or WORDS["gone"], each.about))),
                )
                for each in inside
            )
            yield Table(title, heads, tuple(rows), (26, 30, 44))

    # What is doubtful

    def warnings(self) -> Iterator[Block]:
        if not self.review.warnings:
            yield Paragraph(WORDS["no_warnings"])
            return
        yield Paragraph(WORDS["warnings_mean"])
        items = []
        for each in self.review.warnings:
            at = each.location
            place = "" if at is None else WORDS["place"].format(file=Path(at.file).name, line=at.line)
            words = WORDS["steps"].join(filter(None, (each.message(), each.help())))
            items.append(Item(words, aside=place, parts=(Item(WORDS["confirmed"], mark="□"),)))
        yield Listing(tuple(items))

    # Whose category changes

    def changes(self) -> Iterator[Block]:
        claims, report = self.review.changes, self.review.report
        if claims is None:
            yield Paragraph(WORDS["no_categories"])
            return
        category = self.new.category.title
        yield Paragraph(WORDS["changes_scope"].format(members=report.members, category=category))
        open_ = dict.fromkeys(
            each.title
            for policy in (self.old, self.new)
            for each in policy.parameters.values()
            if None in each.values.values()
        )
        if open_:
            alike = [
                each.title
                for name, each in self.new.parameters.items()
                if None in each.values.values() and self.old.parameters.get(name) == each
            ]
            told = WORDS["one_number"].format(titles=WORDS["join"].join(alike)) if alike else ""
            yield Paragraph(WORDS["unpublished"].format(titles=WORDS["join"].join(open_)) + told)
        changed = [claim for claim in claims if claim.verdict == "changed"]
        if all(claim.verdict == "unchanged" for claim in claims):
            yield Paragraph(WORDS["unchanged"])
            return
        is_open = any(claim.verdict == "not_settled" for claim in claims)
        columns = 4 if is_open else 3
        heads = (WORDS["was"], WORDS["becomes"], WORDS["never"], WORDS["unsettled"])
        rows = (row[:columns] for row in self.moves(claims))
        yield Table(WORDS["changes_table"], heads[:columns], tuple(rows), (28, 36, 36, 28)[:columns])
        if is_open:
            yield Paragraph(WORDS["not_settled"].format(seconds=f"{report.limit:g}"))
        for number, claim in enumerate(changed, 1):
            title = WORDS["change"].format(number=number, title=claim.title)
            yield Section(title, tuple(change_tables(claim, self.old, self.new)))

    def moves(self, claims: Iterable[Claim]) -> Iterator[tuple[str, ...]]:
        """Of each category of the old policy to which others its households come, to which none, and what is open."""
        pairs = {tuple(claim.id.split("→")): claim.verdict for claim in claims}
        titles = self.new.category.options
        for was, title in self.old.category.options.items():
            to = {becomes: verdict for (before, becomes), verdict in pairs.items() if before == was}
            cells = []
            for verdict in ("changed", "unchanged", "not_settled"):
                named = [titles[each] for each, found in to.items() if found == verdict]
                if verdict == "unchanged" and len(named) > 1 and "not_settled" not in to.values():
                    named = [WORDS["all_others" if len(named) == len(to) else "the_rest"]]
                cells.append(WORDS["join"].join(named))
            yield (title, *(cell or WORDS["nothing"] for cell in cells))

    # What is proved

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

    # To be signed

    def approval(self) -> Iterator[Block]:
        yield Paragraph(WORDS["approves"])
        yield Paragraph(WORDS["fingerprint"].format(fingerprint=self.new.fingerprint))
        if self.new.status == "approved":
            yield Paragraph(WORDS["already"].format(status=about(self.new)[PROOFREAD["status"]]))
        heads = tuple(WORDS[head] for head in ("step", "person", "signature", "date"))
        rows = tuple((WORDS[step], "", "", "") for step in ("draft", "check", "approve"))
        yield Table(WORDS["signatures"], heads, rows, (16, 26, 32, 26), by_hand=True)
        if self.new.status != "approved":
            file = Path(self.new.at.file).name
            yield Paragraph(WORDS["then"].format(file=file, fingerprint=self.new.fingerprint), aside=True)
        yield Paragraph(WORDS["made_by"].format(version=__version__), aside=True)


def _verdict(claim: Claim) -> str:
    return claim.verdict if claim.verdict in ("kept", "broken") else "open"


def _property(claim: Claim) -> Item:
    verdict = _verdict(claim)
    words = WORDS["tried"].format(count=claim.tried) if claim.verdict == "tried" else WORDS[verdict]
    return Item(claim.title, aside=words, mark=_VERDICTS[verdict], means=WORDS[verdict])
