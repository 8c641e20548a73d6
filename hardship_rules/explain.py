"""An assessment in words for the officer who reads it, or as JSON for the program that keeps it."""

from collections.abc import Iterator, Mapping
from typing import cast

from hardship_rules.as_json import as_json, turns_json
from hardship_rules.assessment import Assessment, Decided, Figure, Reason
from hardship_rules.columns import pad, width
from hardship_rules.frozen import FrozenMapping
from hardship_rules.model import Decision, Outcome, Parameter, Reading, Term
from hardship_rules.problems import Language, Path
from hardship_rules.syntax import BASES, VERIFIED, Add, Expr, Name, OverMembers, walk
from hardship_rules.turning import Turn, turns_on
from hardship_rules.units import kind_of_name
from hardship_rules.values import Kind
from hardship_rules.why import rests_on
from hardship_rules.wording import (
    comparison,
    fact_of,
    fact_value,
    figure_text,
    full_name,
    member_names,
    sides,
    unit_word,
    value_text,
)

SENTENCES: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping(
    {
        "zh": FrozenMapping(
            {
                "unknown": "未知",
                "yes": "是",
                "no": "否",
                "on": "认定日期 {on}",
                "no_date": "未填认定日期",
                "draft": "【草案】",
                "warnings": "请核对",
                "undecided": "待定：可能为{possible}",
                "nothing": "无",
                "pending_outcome": "待定，可能为{possible}",
                "perhaps": "{holding}；待定，可能还有{possible}",
                "only_perhaps": "待定，可能有{possible}",
                "join": "、",
                "list": "，",
                "sentences": "；",
                "pending": "待定，{range}",
                "amount": "{who} {amount}",
                "not_counted": "未计入 {count} 人：{who}",
                "perhaps_counted": "是否计入待定 {count} 人：{who}",
                "lower": "{sides}，低 {difference} {unit}",
                "higher": "{sides}，高 {difference} {unit}",
                "level": "{sides}，相等",
                "members": "（{who}）",
                "basis": "〔{basis}〕",
                "fails": "不符合：{title}",
                "others": "未认定为其他类别的原因",
                "stopped": "{title}：{why}",
                "not_reached": "未再判断：{titles}",
                "either_way": "{title}（尚不确定）",
                "ruled_out": "{facts}未填明，逐一试过各种可能，都不会认定为：{titles}",
                "missing": "还需补充以下事实才能认定",
                "evidence": "{title}（{evidence}）",
                "of_member": "{who}的{title}",
                "derived": "由已填事实推算",
                "assumed": "未填写，按规则取值",
                "fact": "{title}：{value}",
                "fact_of": "{title}：{value}（{who}）",
                "everybody": "全体成员",
                "nth": "第{number}人",
                "unverified": "以下 {count} 项依据未经原文或通知核实：{items}",
                "verified": "结论所依据的各项均有原文或通知为据",
                "turns": "结论取决于以下各项，每次只变动其中一项",
                "turns_on_nothing": "逐项试过：结论不取决于任何未经核实的解读或条款",
                "turn_option": "未经核实的解读“{title}”{basis}：若选“{option}”，则{verdict}",
                "turn_verified_option": "解读“{title}”{basis}：若选“{option}”，则{verdict}",
                "turn_without": "“{of}”中未经核实的“{title}”{basis}：若无此条，则{verdict}",
                "would_be": "为{title}",
                "would_be_open": "待定，可能为{possible}",
                "item": "{title}〔{basis}〕",
                "fired": "durable-rules 依次触发",
                "fired_clause": "  {mark} {clause}",
                "fired_outcome": "  → {decision} = {outcome}",
                "disclaimer": "辅助审核意见，不替代工会认定决定",
            }
        )
    }
)
MARKS = {True: "√", False: "×", None: "○"}


def explain(
    assessment: Assessment,
    *,
    format: str = "text",  # noqa: A002  # the public face's word
    lang: Language = "zh",
    turns: bool = False,
) -> str:
    """The assessment in words (`text`) or as a versioned document for programs (`json`), in Chinese.

    The words say what the verdict turns on; the document does where `turns` asks for it, since finding out takes
    longer than the rest. Raises `ValueError` for a format or language that there is not.
    """
    if lang not in SENTENCES:
        raise ValueError(f"lang is one of {', '.join(SENTENCES)}")
    if format == "text":
        return "\n".join(_Text(assessment, SENTENCES[lang], lang).lines()) + "\n"
    if format == "json":
        return as_json(assessment, {"turns_on": turns_json(assessment)} if turns else {})
    raise ValueError("format is one of text, json")


def parts(assessment: Assessment, sentences: Mapping[str, str]) -> "_Text":
    """The parts of an explanation one by one, in sentences of the caller's own."""
    return _Text(assessment, sentences)


class _Text:
    """The lines of one explanation."""

    def __init__(self, assessment: Assessment, sentences: Mapping[str, str], lang: Language = "zh") -> None:
        self.assessment = assessment
        self.lang = lang
        self.policy = assessment.policy
        self.say = sentences
        self.names = member_names(assessment, sentences)

    def lines(self) -> Iterator[str]:
        for decided in self.assessment.decisions.values():
            if decided.decision is not self.policy.category:
                yield from ("", self.later(decided), *self.clauses(decided), *self.stopped(decided))
                continue
            day = self.assessment.household.on
            on = self.say["no_date"] if day is None else self.say["on"].format(on=day)
            draft = self.say["draft"] if self.policy.status == "draft" else ""
            yield f"{draft}{self.verdict(decided)}        {self.policy.title}（{on}）"
            yield ""
            yield from self.figures()
            yield from self.meanings()
            yield ""
            yield from self.warnings()
            yield from self.reasons(decided)
        yield ""
        yield from self.ruled_out()
        yield from self.missing()
        yield from self.stand_ins()
        yield from self.turns()
        yield self.unverified()
        yield self.say["disclaimer"]

    def verdict(self, decided: Decided) -> str:
        if decided.outcome is not None:
            return decided.outcome.title
        return self.say["undecided"].format(possible=self.titles(decided.possible))

    def later(self, decided: Decided) -> str:
        """What a decision after the category came to; of an `every` what holds, and what still may."""
        holding = self.titles(decided.holding)
        perhaps = self.titles(tuple(outcome for outcome in decided.possible if outcome not in decided.holding))
        if not perhaps:
            value = holding or self.say["nothing"]
        elif decided.decision.every:
            value = self.say["perhaps" if holding else "only_perhaps"].format(holding=holding, possible=perhaps)
        else:
            value = self.say["pending_outcome"].format(possible=self.titles(decided.possible))
        return self.say["fact"].format(title=decided.decision.title, value=value)

    def titles(self, outcomes: tuple[Outcome, ...]) -> str:
        return self.say["join"].join(outcome.title for outcome in outcomes)

    # Figures

    def figures(self) -> Iterator[str]:
        rows = [(title, *self.figure(name)) for name in self.policy.show for title in [self.figure_title(name)]]
        wide = max((width(title) for title, _, _ in rows), default=0)
        digits = max((width(amount) for _, amount, _ in rows if len(amount) < 30), default=0)
        for title, amount, made_of in rows:
            yield f"  {pad(title, wide)}  {' ' * (digits - width(amount))}{amount}    {made_of}".rstrip()

    def meanings(self) -> Iterator[str]:
        """The readings that say what the facts themselves mean."""
        for reading in self.policy.readings.values():
            if reading.affects:
                meaning = self.say["fact"].format(title=reading.title, value=reading.kind.options[reading.chosen])
                basis = (
                    ""
                    if reading.provenance is None
                    else self.say["basis"].format(basis=BASES[reading.provenance.basis])
                )
                yield f"  {meaning}{basis}"

    def figure_title(self, name: str) -> str:
        definition = self.policy.names[name]
        words = [
            value_text(self.policy, cast(Kind, kind_of_name(self.policy, by)), answer, self.say)
            for by in (definition.by if isinstance(definition, Parameter) else ())
            if not isinstance(answer := self.assessment.figure(by), Figure)
        ]
        return definition.title + (self.say["members"].format(who=self.say["join"].join(words)) if words else "")

    def figure(self, name: str) -> tuple[str, str]:
        answer = self.assessment.figure(name)
        definition = self.policy.names[name]
        if not isinstance(answer, Figure):
            kind = cast(Kind, kind_of_name(self.policy, name))
            return value_text(self.policy, kind, answer, self.say), ""
        text = f"{figure_text(self.policy, answer)} {unit_word(self.policy, answer.unit)}".rstrip()
        if answer.exact is None:
            text = self.say["pending"].format(range=text)
        made_of = list(self.made_of(definition.expr)) if isinstance(definition, Term) else []
        return text, self.say["list"].join(made_of)

    def made_of(self, expr: Expr) -> Iterator[str]:
        """The heads of a sum, or what each member brings, and who is not counted."""
        if isinstance(expr, Add):
            for part in expr.parts:
                if isinstance(part, Name):
                    yield from self.amount(self.policy.names[part.name].title, self.assessment.figure(part.name))
        elif isinstance(expr, OverMembers) and expr.what == "sum":
            for who, (counts, brings) in zip(self.names, self.assessment.per_member(expr), strict=True):
                if counts is not False:
                    yield from self.amount(who, brings)
        for part in walk(expr):
            if isinstance(part, OverMembers) and part.what == "count":
                yield from self.left_out(part)

    def amount(self, who: str, brings: object) -> Iterator[str]:
        if isinstance(brings, Figure) and (brings.low, brings.high) != (0, 0):
            yield self.say["amount"].format(who=who, amount=figure_text(self.policy, brings))

    def left_out(self, count: OverMembers) -> Iterator[str]:
        truths = [counts for counts, _ in self.assessment.per_member(count)]
        for truth, sentence in ((False, "not_counted"), (None, "perhaps_counted")):
            who = [full_name(self.assessment, number, self.say) for number, each in enumerate(truths) if each is truth]
            if who:
                yield self.say[sentence].format(count=len(who), who=self.say["sentences"].join(who))

    # Reasons

    def reasons(self, decided: Decided) -> Iterator[str]:
        """What decided or is still open, with both sides; what stopped each other outcome; what was not reached."""
        first, lines = list(self.clauses(decided)), list(self.stopped(decided))
        yield from first
        if first and lines:
            yield ""
        if lines:
            yield from (self.say["others"], *lines)
        reached = {reason.outcome for reason in decided.reasons}
        stopped = (outcome for outcome in decided.decision.outcomes if outcome not in decided.possible)
        later = tuple(outcome for outcome in stopped if outcome.id not in reached)
        if later:
            yield "  " + self.say["not_reached"].format(titles=self.titles(later))

    def clauses(self, decided: Decided) -> Iterator[str]:
        """One line a clause that decided an outcome or still leaves it open."""
        first = [reason for reason in decided.reasons if reason.role != "stopped"]
        rows = [(MARKS[each.holds], self.words(each), self.compared(each), self.basis(each)) for each in first]
        wide = max((width(words) for _, words, _, _ in rows), default=0)
        far = max((width(compared) for _, _, compared, _ in rows), default=0)
        for mark, words, compared, basis in dict.fromkeys(rows):
            yield f"{mark} {pad(words, wide)}    {pad(compared, far)}    {basis}".rstrip()

    def stopped(self, decided: Decided) -> Iterator[str]:
        """One line for outcomes stopped by the same, and one line a clause where numbers were compared."""
        why: dict[str, tuple[Reason, ...]] = {}
        for reason in decided.reasons:
            if reason.role == "stopped":
                why[reason.outcome] = (*why.get(reason.outcome, ()), reason)
        together: dict[tuple[str, ...], list[Outcome]] = {}
        for outcome in decided.decision.outcomes:
            if outcome.id in why:
                same = tuple(reason.clause.line + self.words(reason) for reason in why[outcome.id])
                together.setdefault(same, []).append(outcome)
        for outcomes in together.values():
            titles, reasons = self.titles(tuple(outcomes)), why[outcomes[0].id]
            plain = [self.words(reason) for reason in reasons if not sides(self.policy, reason)]
            if plain:
                words = self.say["sentences"].join(dict.fromkeys(plain))
                yield f"  {MARKS[False]} {self.say['stopped'].format(title=titles, why=words)}"
            for reason in reasons:
                if compared := self.compared(reason):
                    line = self.say["stopped"].format(title=titles, why=self.words(reason))
                    yield f"  {MARKS[reason.holds]} {line}    {compared}    {self.basis(reason)}".rstrip()

    def words(self, reason: Reason) -> str:
        """The clause in the words for what it came to, with the members concerned."""
        clause = reason.clause
        title = clause.title or clause.line
        words = title if reason.holds is not False else clause.if_not or self.say["fails"].format(title=title)
        if reason.holds is None and reason.role != "open":
            words = self.say["either_way"].format(title=words)
        who = self.say["sentences"].join(self.names[number] for number in reason.members)
        return words + (self.say["members"].format(who=who) if who else "")

    def compared(self, reason: Reason) -> str:
        text = sides(self.policy, reason)
        if not text or not isinstance(reason.left, Figure) or not isinstance(reason.right, Figure):
            return ""
        if reason.left.exact is None or reason.right.exact is None:
            return text
        left, right = reason.left.exact, reason.right.exact
        sentence = "lower" if left < right else "higher" if left > right else "level"
        _, _, difference = comparison(self.policy, reason.left, reason.right)
        unit = unit_word(self.policy, reason.left.unit)
        return self.say[sentence].format(sides=text, difference=difference, unit=unit).rstrip()

    def basis(self, reason: Reason) -> str:
        provenance = reason.clause.provenance
        return "" if provenance is None else self.say["basis"].format(basis=BASES[provenance.basis])

    def warnings(self) -> Iterator[str]:
        """What its writer may want to look at again."""
        if self.assessment.warnings:
            yield self.say["warnings"]
        for warning in self.assessment.warnings:
            text = warning.message(self.lang)
            of_member = len(warning.at) > 1
            who = self.names[cast(int, warning.at[1])] if of_member else ""
            yield "  " + (self.say["fact"].format(title=who, value=text) if of_member else text)
        if self.assessment.warnings:
            yield ""

    # What is missing, what stood in for it, what is not verified

    def missing(self) -> Iterator[str]:
        """What to ask for, in that order: what one document of one member proves on one line."""
        lines: dict[tuple[int | None, str], list[str]] = {}
        for missing in self.assessment.missing:
            lines.setdefault((missing.member, missing.evidence), []).append(missing.title)
        if lines:
            yield self.say["missing"]
        for (member, evidence), titles in lines.items():
            title = self.say["join"].join(titles)
            if member is not None:
                title = self.say["of_member"].format(who=self.names[member], title=title)
            yield "  " + (self.say["evidence"].format(title=title, evidence=evidence) if evidence else title)
        if lines:
            yield ""

    def ruled_out(self) -> Iterator[str]:
        """What was ruled out by trying everything that unknown facts can be, and which facts those are."""
        if self.assessment.ruled_out:
            facts = self.say["join"].join(
                missing.title
                if missing.member is None
                else self.say["of_member"].format(who=self.names[missing.member], title=missing.title)
                for missing in self.assessment.tried
            )
            yield self.say["ruled_out"].format(facts=facts, titles=self.titles(self.assessment.ruled_out))
            yield ""

    def stand_ins(self) -> Iterator[str]:
        household = self.assessment.household
        for sentence, paths in (("derived", household.derived), ("assumed", household.assumed)):
            if paths:
                yield from (self.say[sentence], *("  " + line for line in self.facts(paths)), "")

    def facts(self, paths: tuple[Path, ...]) -> Iterator[str]:
        """The facts that have one value for the same members on one line."""
        members: dict[tuple[str, str], list[int]] = {}
        for path in paths:
            fact = fact_of(self.policy, path)
            answer = value_text(self.policy, fact.kind, fact_value(self.assessment, path), self.say, fact.counted_in)
            members.setdefault((fact.title, answer), []).extend([cast(int, path[1])] if len(path) > 1 else [])
        titles: dict[tuple[str, tuple[int, ...]], list[str]] = {}
        for (title, answer), numbers in members.items():
            titles.setdefault((answer, tuple(numbers)), []).append(title)
        for (answer, whose), together in titles.items():
            names = self.say["join"].join(self.names[number] for number in whose)
            who = self.say["everybody"] if len(whose) == len(self.names) > 1 else names
            sentence = self.say["fact_of"] if whose else self.say["fact"]
            yield sentence.format(title=self.say["join"].join(together), value=answer, who=who)

    def turns(self) -> Iterator[str]:
        """What the category turns on, each by itself; or that it turns on nothing that is not verified."""
        turns = turns_on(self.assessment)
        if turns:
            yield from (self.say["turns"], *("  " + self.turn(turn) for turn in turns), "")
        if all(turn.is_verified for turn in turns):
            yield self.say["turns_on_nothing"]

    def turn(self, turn: Turn) -> str:
        verdict = self.say["would_be_open"].format(possible=self.titles(turn.possible))
        if turn.category is not None:
            verdict = self.say["would_be"].format(title=turn.category.title)
        basis = "" if turn.provenance is None else self.say["basis"].format(basis=BASES[turn.provenance.basis])
        if isinstance(turn.what, Reading):
            sentence = self.say["turn_verified_option" if turn.is_verified else "turn_option"]
            option = turn.what.kind.options[cast(str, turn.option)]
            return sentence.format(title=turn.title, basis=basis, option=option, verdict=verdict)
        return self.say["turn_without"].format(of=self.holder(turn.id), title=turn.title, basis=basis, verdict=verdict)

    def holder(self, clause: str) -> str:
        """The title of the term or outcome that a clause stands in; of an outcome's own clause, of the decision."""
        name, *inside = clause.split(".")
        definition = self.policy.names[name]
        return (
            definition.by_id[inside[0]].title if isinstance(definition, Decision) and inside[1:] else definition.title
        )

    def unverified(self) -> str:
        """Everything that the category rests on and that is neither the rule itself nor a notice."""
        found: dict[str, str] = {}
        decided = self.assessment.decided
        otherwise = decided.outcome is not None and decided.outcome.when is None
        for reason in decided.reasons:
            if (reason.role == "stopped") is not otherwise:
                continue
            for title, provenance in rests_on(self.policy, reason.clause):
                if provenance.basis not in VERIFIED:
                    found[title] = self.say["item"].format(title=title, basis=BASES[provenance.basis])
        if not found:
            return self.say["verified"]
        return self.say["unverified"].format(count=len(found), items=self.say["join"].join(found.values()))
