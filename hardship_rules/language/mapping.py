"""The mapping of a register: which column holds which fact, in which unit and with which codes."""

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Literal, cast

from attrs import evolve, field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import PURE, ChoiceKind, DateKind, NumberKind, Unit, YesNoKind, plain, unit_text
from hardship_rules.core.policy import Fact, Parameter, Policy, refuse_no_policy
from hardship_rules.core.problem import MOST, Location, PolicyError, Problem, nearest
from hardship_rules.core.units import times
from hardship_rules.language import source
from hardship_rules.language.find import read_file
from hardship_rules.language.keys import Either, Entries, Key, Record, Word
from hardship_rules.language.shape import TRUTHS, conform, number_of

_MULTIPLES = FrozenMapping(
    {"十": 10, "百": 100, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
)
_PERCENT = Fraction(1, 100)


def factor_of(policy: Policy, fact: Fact, text: str) -> Exact | None:
    """What a number in the unit of the text is to be multiplied by; None where the unit does not fit the fact.

    A unit without `/` says only what is counted: 万元 for a fact in 元/年 is 10,000 元/年. Time is converted by the
    policy's own definitions, such as twelve months a year.
    """
    wanted = cast(NumberKind, fact.kind).unit or PURE
    text = text.strip()
    if text == "%":
        return _PERCENT if wanted == PURE else None
    words = {word: name for name, word in policy.units.items()} | {name: name for name in policy.units}
    over = tuple((base, power) for base, power in wanted if power > 0)
    counted, *per = map(str.strip, text.split("/"))
    multiple, own = _part(counted, words)
    if own is None and fact.counted_in:
        multiple, own = _counted(counted, fact.counted_in), over
    if own is None or not multiple:
        return None
    for each in per:
        below, under = _part(each, words)
        if under is None or below != 1:
            return None
        own = times(own, under, -1)
    if own == wanted or (not per and own == over):
        return multiple
    by = _definition(policy, times(wanted, own, -1))
    return None if by is None else _plain(multiple * by)


def units_of(policy: Policy, fact: Fact) -> str:
    """The unit that a fact's numbers are in, in words."""
    return fact.counted_in or unit_text(cast(NumberKind, fact.kind).unit or PURE, policy.units)


def definitions_of(policy: Policy) -> frozenset[Fraction]:
    """The numbers by which units are turned into others by the policy's definitions, and those by which back."""
    numbers = [
        Fraction(cast(Exact, parameter.values[()]))
        for parameter in policy.parameters.values()
        if parameter.values.get(()) and _is_definition(parameter)
    ]
    return frozenset([*numbers, *(1 / number for number in numbers)])


def _is_definition(parameter: Parameter) -> bool:
    return parameter.provenance is not None and parameter.provenance.basis == "definition"


def _part(text: str, words: Mapping[str, str]) -> tuple[int, Unit | None]:
    """What stands on one side of a `/`: how many of what; None where a word is not known."""
    multiple, unit = 1, PURE
    for word in map(str.strip, re.split("[·*]", text)):
        known = next((each for each in sorted(words, key=len, reverse=True) if _counted(word, each)), None)
        if known is None:
            return 0, None
        multiple *= _counted(word, known)
        unit = times(unit, ((words[known], 1),))
    return multiple, unit


def _counted(text: str, word: str) -> int:
    """How many of a word a text says: 万元 is 10,000 of 元; 0 where it says something else."""
    before = text.removesuffix(word).rstrip() if text.endswith(word) else None
    return 0 if before is None else 1 if not before else _MULTIPLES.get(before, 0)


def _definition(policy: Policy, unit: Unit) -> Exact | None:
    """How many of a unit there are by the policy's definitions, such as 12 month/year."""
    for parameter in policy.parameters.values():
        number: Exact | None = parameter.values.get(())
        if number and _is_definition(parameter):
            if parameter.kind.unit == unit:
                return number
            if parameter.kind.unit == times(PURE, unit, -1):
                return Fraction(1) / number
    return None


def _plain(number: Exact) -> Exact:
    fraction = Fraction(number)
    return fraction.numerator if fraction.denominator == 1 else fraction


IDENTITY_NUMBER = "identity number"
UNKNOWN_WORDS = ("unknown", "未知")
"""What a code stands for, and what a cell may hold, where a fact is known to be unknown."""
KEYS = ("household", "户号", "编号")
IDENTIFIER = "身份证号"
"""The columns of the households' key, and of who a person is, where no mapping names them."""
SPACES = tuple((sign, sign) for sign in (0xB, 0x85, 0xA0, 0x1680, 0x202F, 0x205F, 0x3000))
SPACES = (*SPACES, (0x1C, 0x1F), (0x2000, 0x200A), (0x2028, 0x2029))
"""Spaces, from the first to the last of a row of signs; beside those that each kind of pattern calls `\\s`."""
UNSEEN = tuple((sign, sign) for sign in (0xAD, 0x34F, 0x61C, 0x3164, 0xFEFF, 0xFFA0))
UNSEEN = (*UNSEEN, (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F))
UNSEEN = (*UNSEEN, (0xE0000, 0xE0FFF))
"""Signs that do not show: soft hyphens, those of no width or of direction, and those that choose a sign's form."""
QUOTES = tuple((ord(sign), ord(sign)) for sign in "\"“”″＂'‘’′＇`´｀")
"""What people and spreadsheets put around a number, or before it, so that it stays a text: ="1101…", '1101…."""
WIDE = {chr(0xFF10 + digit): str(digit) for digit in range(10)}
WIDE |= {"．": ".", "，": ",", "－": "-", "−": "-", "＋": "+", "／": "/", "％": "%", "Ｘ": "X", "ｘ": "x"}
"""The full-width digits and signs of a Chinese keyboard, and the plain ones."""

_TEXT = Word()
_COLUMN = Record(
    {
        "column": Key("哪一列", _TEXT, required=True),
        "codes": Key("表中的代码各是什么：选项、是或否、数，不清楚的写 unknown", Entries(Word("line"), "text")),
        "unit": Key("表中的单位，如 万元、元/月；默认与政策相同", _TEXT),
        "read": Key("identity number：从身份证号中读出生日期，号码不保留", Word("line")),
    }
)
_TABLE = {
    "from": Key("工作表或数据表的名称", _TEXT),
    "key": Key("户号所在的列", _TEXT, required=True),
    "facts": Key("各项事实在哪一列", Entries(Either(_TEXT, None, _COLUMN), "text")),
}
MAPPING = Record(
    {
        "mapping": Key("格式版本，写 1", _TEXT, required=True),
        "policy": Key("适用的政策", Word("policy")),
        "blank": Key("空格的含义：left out 没有填写（默认），unknown 已知是未知", _TEXT),
        "households": Key("每户一行的表", Record(_TABLE), required=True),
        "members": Key(
            "每名成员一行的表",
            Record({**_TABLE, "identifier": Key("识别个人的列，只用于查重，不写出", _TEXT)}),
            required=True,
        ),
    }
)


def signs(rows: tuple[tuple[int, int], ...], written: Callable[[int], str] = chr) -> str:
    """Rows of signs as patterns have them in square brackets."""
    return "".join(written(a) if a == b else f"{written(a)}-{written(b)}" for a, b in rows)


@frozen
class Column:
    """Where a fact stands in a register, and how it is to be read.

    `words` are the texts that may stand there with what each means: an option's name, yes or no, a number in the
    column's own unit, or None for unknown; every title and name of an option is among them. A number there times
    `factor` is the fact's. From an `identity_number` the day of birth is read.
    """

    fact: Fact
    name: str
    words: FrozenMapping[str, "str | bool | Exact | None"]
    factor: Exact = 1
    identity_number: bool = False
    at: Location | None = field(default=None, eq=False, repr=False)


@frozen
class Table:
    """One of a register's two tables: its name there, the columns of its key and of who a person is, and its facts."""

    of_members: bool
    source: str | None
    keys: tuple[str, ...]  # the first of them that is there
    identifier: str | None  # without a mapping, where there is such a column
    columns: FrozenMapping[str, Column]  # by the names of facts
    spelled: FrozenMapping[str, Column]  # the columns of all facts by their own names and titles
    closed: bool  # a column that nothing names is a mistake
    at: Location | None = field(default=None, eq=False, repr=False)


@frozen
class RegisterMapping:
    """How a register is to be read under a policy. `blank` says what an empty cell means."""

    policy: Policy = field(repr=False)
    blank: Literal["left out", "unknown"]
    households: Table
    members: Table


@frozen
class MappingText:
    """A mapping's text, read strictly, before it is held against a policy."""

    name: str
    node: source.Mapping = field(repr=False)

    @property
    def policy(self) -> str | None:
        """The policy that it says it is for."""
        return _word(self.node, "policy")


def load_mapping(path: str | Path) -> MappingText:
    """The mapping of a file; raises `PolicyError` with everything that is not of its shape."""
    if problem := source.no_path(path):
        raise PolicyError([problem])
    return read_mapping(read_file(Path(path)).text, str(path))


def read_mapping(text: str, name: str = "mapping.yaml") -> MappingText:
    """The mapping of a text; raises `PolicyError` with everything that is not of its shape."""
    node, problems = source.parse(text, name)
    if not isinstance(node, source.Mapping):
        at = Location(name, 1, 1)
        raise PolicyError(problems or [Problem("file_empty" if node is None else "not_a_mapping", location=at)])
    problems = problems or conform(node, MAPPING)
    if not problems:
        version, blank = _scalar(node, "mapping"), _scalar(node, "blank")
        if version is not None and version.text != "1":
            problems.append(Problem("mapping_version", ("mapping",), version.text, location=version.at))
        if blank is not None and blank.text not in ("left out", "unknown"):
            problems.append(Problem("mapping_blank", ("blank",), blank.text, location=blank.at))
    if problems:
        raise PolicyError(problems)
    return MappingText(name, node)


def mapping_for(policy: Policy, text: MappingText | None = None) -> RegisterMapping:
    """A mapping under a policy: facts and options by name or title; without a text every fact by its own name or title.

    Raises `PolicyError` with every column whose fact, codes or unit do not fit.
    """
    refuse_no_policy(policy)
    if text is None:
        plain = (_plain_table(policy, of_members=False), _plain_table(policy, of_members=True))
        return RegisterMapping(policy, "left out", *plain)
    reader = _Reader(policy)
    tables = (reader.table(text.node, "households"), reader.table(text.node, "members"))
    if reader.problems:
        raise PolicyError(reader.problems)
    blank = cast(Literal["left out", "unknown"], _word(text.node, "blank") or "left out")
    return RegisterMapping(policy, blank, *tables)


def words_of(policy: Policy, fact: Fact) -> FrozenMapping[str, str | bool | Exact | None]:
    """What may stand for a fact by itself: the names and titles of its options, yes and no, and that it is unknown."""
    words: dict[str, str | bool | Exact | None] = dict.fromkeys(UNKNOWN_WORDS)
    match fact.kind:
        case ChoiceKind(options):
            former = policy.formerly.get((fact.name, "one of"), {})
            words |= {old: each.new for old, each in former.items()}
            words |= {title: name for name, title in options.items()} | {name: name for name in options}
        case YesNoKind():
            words |= {spelled: truth for word, truth in TRUTHS.items() for spelled in _spellings(word)}
        case _:
            pass
    return FrozenMapping(words)


def _spellings(word: str) -> tuple[str, ...]:
    """A word as programs write it: true, True, TRUE."""
    return (word, word.capitalize(), word.upper())


def _plain_table(policy: Policy, *, of_members: bool) -> Table:
    facts = policy.members.facts if of_members else policy.facts
    spelled = _spelled(policy, facts, of_members)
    return Table(of_members, None, KEYS, IDENTIFIER if of_members else None, FrozenMapping(), spelled, closed=True)


def _spelled(policy: Policy, facts: Mapping[str, Fact], of_members: bool) -> FrozenMapping[str, Column]:  # noqa: FBT001  # which table
    """The columns that facts have by their earlier names, their titles and their names."""
    former = policy.formerly.get(("members", "facts") if of_members else ("household",), {})
    named = {old: facts[each.new] for old, each in former.items()}
    named |= {fact.title: fact for fact in facts.values()} | dict(facts)
    return FrozenMapping((name, Column(fact, name, words_of(policy, fact))) for name, fact in named.items())


class _Reader:
    """A mapping's two tables, held against a policy; problems are gathered."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.problems: list[Problem] = []

    def problem(self, code: str, at: source.Scalar, given: str = "", **values: str) -> None:
        self.problems.append(Problem(code, (), given or at.text, values, location=at.at))
        if len(self.problems) > MOST:
            raise PolicyError(self.problems)

    def table(self, node: source.Mapping, name: str) -> Table:
        own = cast(source.Mapping, node.get(name))
        of_members = name == "members"
        facts = self.policy.members.facts if of_members else self.policy.facts
        columns = dict[str, Column]()
        spelled = _spelled(self.policy, facts, of_members)
        for key, inner in _entries(own.get("facts")):
            if (known := spelled.get(key.text)) is None:
                self.unknown(key, spelled, of_members=of_members)
            elif known.fact.name in columns:
                self.problem("fact_twice", key, other=known.fact.title)
            else:
                columns[known.fact.name] = self.column(evolve(known, at=key.at), inner)
        return Table(
            of_members,
            _word(own, "from"),
            (cast(str, _word(own, "key")),),
            _word(own, "identifier"),
            FrozenMapping(columns),
            spelled,
            closed=False,
            at=own.at,
        )

    def unknown(self, key: source.Scalar, spelled: Mapping[str, Column], *, of_members: bool) -> None:
        others = self.policy.facts if of_members else self.policy.members.facts
        if key.text in others or key.text in {fact.title for fact in others.values()}:
            self.problem("fact_of_other_table", key, table="households" if of_members else "members")
        else:
            self.problem("unknown_fact", key, **nearest(key.text, spelled))

    def column(self, column: Column, node: source.Node) -> Column:
        """How a fact is read, as its entry says."""
        if isinstance(node, source.Scalar):
            return evolve(column, name=node.text)
        entry, fact = cast(source.Mapping, node), column.fact
        factor: Exact = 1
        if (unit := _scalar(entry, "unit")) is not None:
            found = factor_of(self.policy, fact, unit.text) if isinstance(fact.kind, NumberKind) else None
            if found is None:
                wanted = units_of(self.policy, fact) if isinstance(fact.kind, NumberKind) else "-"
                self.problem("unit_of_column", unit, title=fact.title, wanted=wanted or "1")
            factor = 1 if found is None else found
        words = dict(column.words)
        for code, meaning in _entries(entry.get("codes")):
            words[code.text] = self.meaning(fact, cast(source.Scalar, meaning), factor)
        if (read := _scalar(entry, "read")) is not None and (
            read.text != IDENTITY_NUMBER or not isinstance(fact.kind, DateKind)
        ):
            self.problem("read_as", read, expected=IDENTITY_NUMBER)
        name = cast(str, _word(entry, "column"))
        return evolve(column, name=name, words=FrozenMapping(words), factor=factor, identity_number=read is not None)

    def meaning(self, fact: Fact, said: source.Scalar, factor: Exact) -> str | bool | Exact | None:
        """What a code stands for."""
        known = words_of(self.policy, fact)
        if said.text in known:
            return known[said.text]
        match fact.kind:
            case ChoiceKind(options):
                values = {"title": fact.title, "known": ", ".join(options.values()), **nearest(said.text, known)}
                self.problem("unknown_fact_option", said, **values)
            case YesNoKind():
                self.problem("truth", said)
            case NumberKind(low=low, high=high, decimals=decimals):
                if (number := number_of(said.text)) is None:
                    self.problem("number", said)
                elif not cast(Exact, low) <= number * factor <= cast(Exact, high):
                    ends = {"least": plain(cast(Exact, low)), "most": plain(cast(Exact, high))}
                    self.problem("fact_outside", said, title=fact.title, **ends)
                elif (Fraction(number) * factor * 10**decimals).denominator > 1:
                    self.problem("fact_decimals", said, title=fact.title, decimals=str(decimals))
                return number
            case DateKind():
                self.problem("code_of_date", said, title=fact.title)
        return None


def _entries(node: source.Node | None) -> Iterator[tuple[source.Scalar, source.Node]]:
    yield from node.entries if isinstance(node, source.Mapping) else ()


def _scalar(node: source.Mapping, key: str) -> source.Scalar | None:
    return cast(source.Scalar | None, node.get(key))


def _word(node: source.Mapping, key: str) -> str | None:
    found = _scalar(node, key)
    return None if found is None else found.text
