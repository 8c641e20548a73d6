"""Everything that a policy says, one particular after the other: in words, and what makes each another than it was."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from hardship_rules.authoring._statements import (
    Statement,
    note_words,
    outcomes_of,
    provenance_words,
    statements,
    statements_of,
    values_by_option,
)
from hardship_rules.authoring.reading_copy import asked
from hardship_rules.core.expr import Clause, Provenance
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import Unit, unit_text
from hardship_rules.core.policy import Decision, Fact, Parameter, Policy, Property, Reading, Usual, canonical
from hardship_rules.explanation.phrase import amount, gathered
from hardship_rules.locale import sentences

PROOFREAD = sentences("reading_copy")

WORDS: FrozenMapping[str, str] = FrozenMapping(
    {
        "readings": "解读",
        "rest": "其他",
        "title": "：名称",
        "options_of": "（{options}）",
        "held": "：文本",
        "absent": "：未填写时",
        "evidence": "：证明材料",
        "group": "：分组",
        "usual": "：通常范围",
        "unit": "：单位",
        "by": "：按什么区分",
        "range": "：范围",
        "question": "：问题",
        "options": "：选项",
        "why": "：理由",
        "affects": "：关系到的事实",
        "whose": "：对象",
        "if_not": "：不成立时",
        "provenance": "：出处",
        "disjoint": "：互不重叠",
        "called_by": "称呼成员所用的事实",
        "at_most": "家庭成员最多人数",
        "unit_of": "单位的写法",
        "show": "审核说明开头列出的各项",
        "formerly": "以前的写法",
        "property": "应有的性质",
        "yes": "是",
        "no": "否",
        "join": "、",
        "from_to": "{low} 至 {high}",
        "sequence": "{words}：{titles}",
        "open": "未定",
    }
)


@frozen
class Saying:
    """One thing that is said of a particular, in words; `key` is what it is, and `raw` how the file says it.

    `beside` where it only says why or whence, and is told together with what it is said of.
    """

    words: str
    key: object
    raw: str = ""
    beside: bool = False
    number: Exact | None = None
    unit: Unit = ()


@frozen
class Particular:
    """A fact, parameter, reading, clause … with what is said of it, by what that is called.

    Called nothing is what it says itself, called （城市） its value for that option.
    """

    section: str
    id: str
    title: str
    sayings: FrozenMapping[str, Saying]


Particulars = dict[tuple[str, str], Particular]
"""By what they are, as the policy's own key has it, and by id."""


def particulars(policy: Policy) -> Particulars:
    """All of them in the order of a policy's file; its name, title, series and days are not among them."""
    return {(kind, each.id): each for kind, each in _Policy(policy).all()}


class _Policy:
    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.tree = json.loads(policy.resolved)

    def all(self) -> Iterator[tuple[str, Particular]]:
        policy, say = self.policy, PROOFREAD
        for name, source in policy.sources.items():
            held = Saying(say[f"held_{source.held}"], source.held)
            yield "sources", _particular(say["sources"], name, source.title, {"": _plain(source.title), "held": held})
        for kind, facts in (("household", policy.facts), ("members", policy.members.facts)):
            for fact in facts.values():
                yield kind, _particular(say[kind], fact.name, fact.title, self.fact(kind, fact))
        for clause in policy.must:
            for said in statements_of(policy, say["must"], "", clause):
                yield "must", self.statement(said, clause)
        for parameter in policy.parameters.values():
            sayings = self.parameter(parameter)
            yield "parameters", _particular(say["parameters"], parameter.name, parameter.title, sayings)
        for reading in policy.readings.values():
            yield "readings", _particular(WORDS["readings"], reading.name, reading.title, self.reading(reading))
        definitions = {each.id: each for each in statements(policy)}
        for term in policy.terms.values():
            if isinstance(term.expr, Clause):
                whose = PROOFREAD["of_member"] if term.of_member else ""
                for said in statements_of(policy, say["terms"], term.title, term.expr):
                    yield "terms", self.statement(said, term.expr, whose=whose if said.id == term.name else "")
            else:
                key, raw = (term.kind, term.of_member, term.expr), canonical(self.tree["terms"][term.name])
                yield "terms", self.statement(definitions[term.name], None, key=key, raw=raw)
        for decision in policy.decisions.values():
            yield from self.decision(decision)
        for name, note in policy.notes.items():
            sayings = {"": _plain(note_words(note)), "provenance": self.provenance(note)}
            yield "notes", _particular(say["notes"], name, say["notes"], sayings)
        for name, each in policy.properties.items():
            yield "properties", _particular(WORDS["property"], name, each.title, self.property(each))
        for name, title, words in self.rest():
            yield "rest", _particular(WORDS["rest"], name, title, {"": _plain(words)})

    def fact(self, kind: str, fact: Fact) -> dict[str, Saying]:
        node = self.tree["household"] if kind == "household" else self.tree["members"]["facts"]
        answer, absent, evidence = asked(self.policy, fact)
        raw = canonical(node[fact.name])
        return {
            "": Saying(answer, (fact.kind, fact.counted_in), raw),
            "title": _plain(fact.title),
            "absent": Saying(absent, fact.if_absent, raw),
            "evidence": _plain(evidence),
            "group": _plain(fact.group),
            "usual": self.usual(fact.usual),
        }

    def parameter(self, parameter: Parameter) -> dict[str, Saying]:
        unit = parameter.kind.unit or ()
        sayings = {
            WORDS["options_of"].format(options=options) if options else "": Saying(
                words, (parameter.values[key], words), number=parameter.values[key], unit=unit
            )
            for key, (options, words) in values_by_option(self.policy, parameter).items()
        }
        is_told = None in parameter.values.values()  # where a value is not published its range is told with it
        node = {} if is_told else self.tree["parameters"][parameter.name]
        ends = {"low": node.get("from", ""), "high": node.get("to", "")}
        return {
            **(sayings or {"": Saying(WORDS["open"], None)}),
            "title": _plain(parameter.title),
            "unit": Saying(unit_text(unit, self.policy.units), unit, unit_text(unit, {})),
            "by": _plain(WORDS["join"].join(self.policy.names[name].title for name in parameter.by)),
            "range": _plain(WORDS["from_to"].format(**ends).strip() if any(ends.values()) else ""),
            "usual": self.usual(parameter.usual),
            "provenance": self.provenance(parameter),
        }

    def usual(self, usual: Usual | None) -> Saying:
        if usual is None:
            return Saying("", None)
        low, high = ("" if end is None else amount(self.policy, end, ()) for end in (usual.low, usual.high))
        return Saying(WORDS["from_to"].format(low=low, high=high), usual)

    def reading(self, reading: Reading) -> dict[str, Saying]:
        options = reading.kind.options
        return {
            "": Saying(options[reading.chosen], reading.chosen, reading.chosen),
            "title": _plain(reading.title),
            "question": _plain(reading.question),
            "options": Saying(WORDS["join"].join(options.values()), options, canonical(dict(options))),
            "affects": _plain(WORDS["join"].join(self.policy.names[name].title for name in reading.affects)),
            "why": Saying(reading.why, reading.why, beside=True),
            "provenance": self.provenance(reading),
        }

    def statement(
        self, said: Statement, top: Clause | None, *, whose: str = "", key: object = None, raw: str = ""
    ) -> Particular:
        """What a statement says; `top` is the clause that it is, or is inside."""
        clause = None if top is None else _inside(top, said.id)
        if_not = ""
        if clause is not None:
            together = gathered(clause.when)
            key, raw = (clause.when, clause.line) if together is None else (together[0], "")
            if_not = clause.if_not
        words = said.words or said.title
        provenance = self.provenance(said)
        sayings = {"": Saying(words, key, raw), "title": _plain(said.title), "whose": _plain(whose)}
        sayings |= {"if_not": _plain(if_not), "provenance": provenance}
        return _particular(said.section, said.id, said.title or said.of or said.id, sayings)

    def decision(self, decision: Decision) -> Iterator[tuple[str, Particular]]:
        outcomes = outcomes_of(decision)
        titles = WORDS["join"].join(outcome.title for outcome in outcomes)
        first, *_ = (said for said in statements(self.policy) if said.id == decision.name)
        disjoint = WORDS["yes" if decision.disjoint else "no"]
        sayings = {
            "": Saying(
                WORDS["sequence"].format(words=first.words, titles=titles),
                (decision.every, tuple(decision.by_id)),
                WORDS["join"].join(decision.by_id),
            ),
            "title": _plain(decision.title),
            "disjoint": _plain(disjoint),
        }
        yield "decisions", _particular(decision.title, decision.name, decision.title, sayings)
        for outcome in outcomes:
            if outcome.when is not None:
                for said in statements_of(self.policy, decision.title, outcome.title, outcome.when):
                    yield "decisions", self.statement(said, outcome.when)
            else:
                id_, words = f"{decision.name}.{outcome.id}", outcome.title
                provenance = {"provenance": self.provenance(outcome)}
                yield "decisions", _particular(decision.title, id_, words, {"": _plain(words), **provenance})

    def property(self, each: Property) -> dict[str, Saying]:
        node = {name: part for name, part in self.tree["properties"][each.name].items() if name not in _TOLD}
        raw = canonical(node)
        return {"": Saying(each.title, raw, raw), "title": _plain(each.title), "provenance": self.provenance(each)}

    def provenance(self, of: Any) -> Saying:
        provenance: Provenance | None = of.provenance
        raw = "" if provenance is None else provenance.source or ""
        return Saying(provenance_words(self.policy, provenance), provenance, raw, beside=True)

    def rest(self) -> Iterator[tuple[str, str, str]]:
        """What is said beside all that: id, title and words."""
        policy = self.policy
        titles = {name: definition.title for name, definition in policy.names.items()}
        for unit, word in policy.units.items():
            yield f"units.{unit}", WORDS["unit_of"], word
        yield "members.called by", WORDS["called_by"], _titles(titles, policy.members.called_by)
        yield "members.at most", WORDS["at_most"], str(policy.members.at_most)
        yield "show", WORDS["show"], _titles(titles, policy.show)
        for former in policy.formers:
            of = ".".join(map(str, former.of))
            yield f"{of}.{former.new}<{former.old}", WORDS["formerly"], f"{former.old} → {former.new}"


_TOLD = ("title", "source", "cite", "basis")


def _titles(titles: Mapping[str, str], names: tuple[str, ...]) -> str:
    return WORDS["join"].join(titles[name] for name in names)


def _plain(words: str) -> Saying:
    return Saying(words, words)


def _particular(section: str, id_: str, title: str, sayings: Mapping[str, Saying]) -> Particular:
    called = {WORDS.get(name, name) if name else "": saying for name, saying in sayings.items()}
    return Particular(section, id_, title, FrozenMapping(called))


def _inside(clause: Clause, id_: str) -> Clause | None:
    """The clause of that id: a clause itself, or one that it takes together with others."""
    if clause.id == id_:
        return clause
    together = gathered(clause.when)
    parts = () if together is None else together[1]
    return next(filter(None, (_inside(part, id_) for part in parts)), None)
