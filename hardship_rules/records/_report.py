"""The report on a replayed record, as text for people and as JSON for programs."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import assert_never

from hardship_rules.core.interval import Range
from hardship_rules.core.problem import Language, path_text
from hardship_rules.engine.signs import Rounding
from hardship_rules.explanation.wording import SIGNS, fraction_text
from hardship_rules.locale import sentences
from hardship_rules.records._diff import PartDiff, RecordedPart, overall
from hardship_rules.records._reader import Answer, Record, RecordedDefault, RecordedReason, Verdict

FORMAT = "hardship-rules/replay/1"


def replay_text(
    record: Record, now: Record, parts: Sequence[PartDiff], lang: Language, below_zero: Sequence[Rounding] = ()
) -> str:
    """One line on the whole, the number of parts as recorded, then each other part with both sides.

    `below_zero` are the roundings whose meaning has changed since the record's release.
    """
    return "\n".join(_Text(sentences("replay", lang)).lines(record, now, parts, below_zero)) + "\n"


def replay_json(
    record: Record, parts: Sequence[PartDiff], below_zero: Sequence[Rounding] = (), *, same: bool, comparison: object
) -> str:
    """The documented JSON form."""
    roundings = [{"path": path_text(rounding.path), "title": rounding.title} for rounding in below_zero]
    document = {
        "format": FORMAT,
        "record": record.name,
        "reference": record.reference,
        "library": record.library,
        "policy": {"id": record.policy, "title": record.policy_title, "fingerprint": record.fingerprint},
        "on": record.on,
        "same": same,
        "sameness": overall(parts),
        **({"below_zero": roundings} if roundings else {}),
        "parts": [_diff_json(part) for part in parts],
        "comparison": comparison,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def _diff_json(diff: PartDiff) -> dict[str, object]:
    part = diff.found if diff.recorded is None else diff.recorded
    return {
        **({} if part is None else _name_json(part)),
        "sameness": diff.sameness,
        "recorded": None if diff.recorded is None else _part_json(diff.recorded),
        "found": None if diff.found is None else _part_json(diff.found),
    }


def _name_json(part: RecordedPart) -> dict[str, object]:
    match part:
        case Verdict(decision=decision, title=title):
            return {"is": "decision", "id": decision, "outcome": None, "title": title}
        case RecordedReason(outcome=outcome, clause=clause, title=title):
            return {"is": "clause", "id": clause, "outcome": outcome, "title": title}
        case RecordedDefault(path, title):
            return {"is": "fact", "id": path, "outcome": None, "title": title}
        case _:
            assert_never(part)


def _part_json(part: RecordedPart) -> object:
    match part:
        case Verdict():
            return {"possible": list(part.possible), "holding": sorted(part.holding)}
        case RecordedReason():
            return {
                "role": part.role,
                "holds": part.holds,
                "left": _answer_json(part.left),
                "sign": part.sign or None,
                "right": _answer_json(part.right),
            }
        case RecordedDefault(value=value):
            return value
        case _:
            assert_never(part)


def _answer_json(answer: Answer) -> object:
    match answer:
        case Fraction():
            return {"exact": str(answer)}
        case Range(low, high):
            return {"from": str(low), "to": str(high)}
        case frozenset():
            return {"options": sorted(answer)}
        case _:
            return answer


class _Text:
    """The lines of one report."""

    def __init__(self, say: Mapping[str, str]) -> None:
        self.say = say

    def lines(
        self, record: Record, now: Record, parts: Sequence[PartDiff], below_zero: Sequence[Rounding]
    ) -> Iterator[str]:
        on = self.say["no_date"] if record.on is None else self.say["on"].format(on=record.on)
        category = now.verdicts[0]
        yield self.say[overall(parts)].format(
            name=record.name, verdict=self.verdict(category), policy=now.policy_title, on=on
        )
        same = [diff.recorded for diff in parts if diff.sameness == "same"]
        kinds = (("decisions", Verdict), ("clauses", RecordedReason), ("facts", RecordedDefault))
        yield self.say["counts"].format(**{key: sum(isinstance(part, kind) for part in same) for key, kind in kinds})
        if record.library != now.library:
            yield self.say["library"].format(library=record.library)
        if below_zero:
            titles = self.listed(dict.fromkeys(rounding.title for rounding in below_zero))
            yield self.say["below_zero"].format(titles=titles)
        for sameness, heading in (("different", "changed"), ("narrower", "allowed")):
            rows = [self.row(diff) for diff in parts if diff.sameness == sameness]
            if rows:
                yield from (self.say[heading], *rows)

    def row(self, diff: PartDiff) -> str:
        sides = {"recorded": self.part(diff.recorded), "found": self.part(diff.found)}
        match diff.found if diff.recorded is None else diff.recorded:
            case Verdict(title=title):
                return self.say["verdict"].format(title=title, **sides)
            case RecordedReason(clause=clause, title=title):
                return self.say["clause"].format(clause=clause, title=title, **sides)
            case RecordedDefault(path, title):
                return self.say["default"].format(path=path, title=title, **sides)
            case None:
                return ""

    def part(self, part: RecordedPart | None) -> str:
        match part:
            case None:
                return self.say["absent"]
            case Verdict():
                return self.verdict(part)
            case RecordedReason():
                return self.reason(part)
            case RecordedDefault(value=value):
                return value
            case _:
                assert_never(part)

    def verdict(self, verdict: Verdict) -> str:
        titles = self.listed(verdict.possible.values())
        if verdict.is_settled:
            return titles or self.say["nothing"]
        return self.say["undecided"].format(titles=titles)

    def reason(self, reason: RecordedReason) -> str:
        truth = self.say["open" if reason.holds is None else "holds" if reason.holds else "fails"]
        if not reason.sign:
            return truth
        left, right = self.answer(reason.left), self.answer(reason.right)
        return self.say["compared"].format(truth=truth, left=left, sign=SIGNS[reason.sign], right=right)

    def answer(self, answer: Answer) -> str:
        match answer:
            case Fraction():
                return fraction_text(answer)
            case Range(low, high):
                return self.say["between"].format(low=fraction_text(low), high=fraction_text(high))
            case frozenset():
                return self.listed(sorted(answer))
            case None:
                return self.say["unknown"]
            case _:
                return self.say["yes" if answer else "no"]

    def listed(self, words: Iterable[str]) -> str:
        return self.say["join"].join(words)
