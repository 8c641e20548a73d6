"""What came of a record that was assessed again, in words for people and as JSON for programs."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import assert_never

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Range
from hardship_rules.core.problem import Language, path_text
from hardship_rules.engine.signs import Rounding
from hardship_rules.explanation.wording import SIGNS, fraction_text
from hardship_rules.records._diff import Held, Said, Sameness
from hardship_rules.records._recorded import Answer, Record, RecordedReason, StandIn, Verdict

FORMAT = "hardship-rules/replay/1"

SENTENCES: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping(
    {
        "zh": FrozenMapping(
            {
                "same": "{name}: 一致：{verdict}（{policy}，{on}）",
                "narrower": "{name}: 一致，比记录更确定：{verdict}（{policy}，{on}）",
                "different": "{name}: 不一致（{policy}，{on}）",
                "counts": "  {decisions} 项决定、{clauses} 条条款、{facts} 项按规则取的值与记录相同",
                "library": "  记录由 hardship-rules {library} 写成",
                "below_zero": "  该版本对低于零的数取整不同（整年数、整月数也是）；本政策中可能低于零的：{titles}",
                "on": "认定日期 {on}",
                "no_date": "未写认定日期",
                "allowed": "  以下各项记录时未定，现在更确定；新版本可以这样，已定的结论不会变",
                "changed": "  以下各项与记录不同",
                "verdict": "    {title}：记录为{recorded}，现为{found}",
                "clause": "    条款 {clause}（{title}）：记录为{recorded}，现为{found}",
                "stand_in": "    {path}（{title}）按规则取的值：记录为 {recorded}，现为 {found}",
                "undecided": "待定，可能为{titles}",
                "nothing": "无",
                "absent": "没有这一条理由",
                "join": "、",
                "holds": "成立",
                "fails": "不成立",
                "open": "未定",
                "compared": "{truth}（{left} {sign} {right}）",
                "between": "{low} 至 {high}",
                "yes": "是",
                "no": "否",
                "unknown": "未知",
            }
        ),
        "en": FrozenMapping(
            {
                "same": "{name}: the same: {verdict} ({policy}, {on})",
                "narrower": "{name}: the same, and less open than recorded: {verdict} ({policy}, {on})",
                "different": "{name}: not the same ({policy}, {on})",
                "counts": "  {decisions} decisions, {clauses} clauses and {facts} stand-ins are as recorded",
                "library": "  recorded by hardship-rules {library}",
                "below_zero": "  that release rounded differently below zero (full years and months too);"
                " in this policy these can be below zero: {titles}",
                "on": "on {on}",
                "no_date": "no date",
                "allowed": "  open in the record and less so now; a later release may do so, what was decided stays",
                "changed": "  not as recorded",
                "verdict": "    {title}: recorded {recorded}, now {found}",
                "clause": "    clause {clause} ({title}): recorded {recorded}, now {found}",
                "stand_in": "    stand-in for {path} ({title}): recorded {recorded}, now {found}",
                "undecided": "undecided: {titles}",
                "nothing": "nothing",
                "absent": "no such reason",
                "join": ", ",
                "holds": "holds",
                "fails": "does not hold",
                "open": "open",
                "compared": "{truth} ({left} {sign} {right})",
                "between": "{low} to {high}",
                "yes": "yes",
                "no": "no",
                "unknown": "unknown",
            }
        ),
    }
)


def replay_text(
    record: Record, now: Record, found: Sequence[Held], lang: Language, below_zero: Sequence[Rounding] = ()
) -> str:
    """One line on the whole, the numbers of what is the same, then each thing that is not with both sides.

    `below_zero` are the roundings to which the record's release gave another meaning.
    """
    return "\n".join(_Text(SENTENCES[lang]).lines(record, now, found, below_zero)) + "\n"


def overall(found: Sequence[Held]) -> Sameness:
    """How far a record is the same: as far as its least same part."""
    standings = {each.sameness for each in found}
    return "different" if "different" in standings else "narrower" if "narrower" in standings else "same"


def replay_json(
    record: Record, found: Sequence[Held], below_zero: Sequence[Rounding] = (), *, same: bool, comparison: object
) -> str:
    """The form that README documents."""
    changed = [{"path": path_text(each.path), "title": each.title} for each in below_zero]
    document = {
        "format": FORMAT,
        "record": record.name,
        "reference": record.reference,
        "library": record.library,
        "policy": {"id": record.policy, "title": record.policy_title, "fingerprint": record.fingerprint},
        "on": record.on,
        "same": same,
        "sameness": overall(found),
        **({"below_zero": changed} if changed else {}),
        "parts": [_part(each) for each in found],
        "comparison": comparison,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def _part(part: Held) -> dict[str, object]:
    either = part.found if part.recorded is None else part.recorded
    return {
        **({} if either is None else _named(either)),
        "sameness": part.sameness,
        "recorded": None if part.recorded is None else _said(part.recorded),
        "found": None if part.found is None else _said(part.found),
    }


def _named(said: Said) -> dict[str, object]:
    """What of a record it is, and its name."""
    match said:
        case Verdict(decision=decision, title=title):
            return {"is": "decision", "id": decision, "outcome": None, "title": title}
        case RecordedReason(outcome=outcome, clause=clause, title=title):
            return {"is": "clause", "id": clause, "outcome": outcome, "title": title}
        case StandIn(path, title):
            return {"is": "fact", "id": path, "outcome": None, "title": title}
        case _:
            assert_never(said)


def _said(said: Said) -> object:
    match said:
        case Verdict():
            return {"possible": list(said.possible), "holding": sorted(said.holding)}
        case RecordedReason():
            return {
                "role": said.role,
                "holds": said.holds,
                "left": _answer(said.left),
                "sign": said.sign or None,
                "right": _answer(said.right),
            }
        case StandIn(value=value):
            return value
        case _:
            assert_never(said)


def _answer(answer: Answer) -> object:
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
    def __init__(self, say: Mapping[str, str]) -> None:
        self.say = say

    def lines(
        self, record: Record, now: Record, found: Sequence[Held], below_zero: Sequence[Rounding]
    ) -> Iterator[str]:
        on = self.say["no_date"] if record.on is None else self.say["on"].format(on=record.on)
        category = now.verdicts[0]
        yield self.say[overall(found)].format(
            name=record.name, verdict=self.verdict(category), policy=now.policy_title, on=on
        )
        same = [each.recorded for each in found if each.sameness == "same"]
        kinds = {
            kind: sum(isinstance(each, of) for each in same)
            for kind, of in (("decisions", Verdict), ("clauses", RecordedReason), ("facts", StandIn))
        }
        yield self.say["counts"].format(**kinds)
        if record.library != now.library:
            yield self.say["library"].format(library=record.library)
        if below_zero:
            titles = self.titles(dict.fromkeys(rounding.title for rounding in below_zero))
            yield self.say["below_zero"].format(titles=titles)
        for sameness, heading in (("different", "changed"), ("narrower", "allowed")):
            rows = [self.row(each) for each in found if each.sameness == sameness]
            if rows:
                yield from (self.say[heading], *rows)

    def row(self, held: Held) -> str:
        recorded, found = (self.side(each) for each in (held.recorded, held.found))
        either = held.found if held.recorded is None else held.recorded
        match either:
            case Verdict(title=title):
                return self.say["verdict"].format(title=title, recorded=recorded, found=found)
            case RecordedReason(clause=clause, title=title):
                return self.say["clause"].format(clause=clause, title=title, recorded=recorded, found=found)
            case StandIn(path, title):
                return self.say["stand_in"].format(path=path, title=title, recorded=recorded, found=found)
            case None:
                return ""

    def side(self, said: Said | None) -> str:
        match said:
            case None:
                return self.say["absent"]
            case Verdict():
                return self.verdict(said)
            case RecordedReason():
                return self.given(said)
            case StandIn(value=value):
                return value
            case _:
                assert_never(said)

    def verdict(self, verdict: Verdict) -> str:
        if verdict.is_settled:
            return self.titles(verdict.possible.values()) or self.say["nothing"]
        return self.say["undecided"].format(titles=self.titles(verdict.possible.values()))

    def titles(self, titles: Iterable[str]) -> str:
        return self.say["join"].join(titles)

    def given(self, given: RecordedReason) -> str:
        truth = self.say["open" if given.holds is None else "holds" if given.holds else "fails"]
        if not given.sign:
            return truth
        left, right = (self.value(each) for each in (given.left, given.right))
        return self.say["compared"].format(truth=truth, left=left, sign=SIGNS[given.sign], right=right)

    def value(self, side: Answer) -> str:
        match side:
            case Fraction():
                return fraction_text(side)
            case Range(low, high):
                return self.say["between"].format(low=fraction_text(low), high=fraction_text(high))
            case frozenset():
                return self.titles(sorted(side))
            case None:
                return self.say["unknown"]
            case _:
                return self.say["yes" if side else "no"]
