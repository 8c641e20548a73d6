"""Mappings of registers: which column has each fact, in which unit and codes."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Literal, cast

from attrs import evolve, field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import PURE, BooleanKind, ChoiceKind, DateKind, NumberKind, Unit, decimal_text, unit_text
from hardship_rules.core.policy import Fact, Parameter, Policy, require_policy
from hardship_rules.core.problem import MOST_PROBLEMS, Location, PolicyError, Problem, nearest
from hardship_rules.core.units import times
from hardship_rules.language import source
from hardship_rules.language.find import read_file
from hardship_rules.language.keys import TEXT, Either, Entries, Fields, Word, described
from hardship_rules.language.shape import BOOLEANS, conform, number_of

CellValue = str | bool | Exact | None
"""The value of a text in a cell: an option, a boolean, a number, or None for unknown."""

IDENTITY_NUMBER = "identity number"
UNKNOWN_WORDS = ("unknown", "未知")
"""Words for a fact that is known to be unknown, as the meaning of a code or as a cell."""
KEYS = ("household", "户号", "编号")
"""The possible names of the column with the key of a household, if no mapping names it."""
IDENTIFIER = "身份证号"
"""The name of the column that identifies a person, if no mapping names it."""

_MULTIPLES = FrozenMapping(
    {"十": 10, "百": 100, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
)
_PERCENT = Fraction(1, 100)

_COLUMN = Fields(
    {
        "column": described("column", TEXT, required=True),
        "codes": described("column_codes", Entries(Word("line"), "text")),
        "unit": described("column_unit", TEXT),
        "read": described("column_read", Word("line")),
    }
)
_TABLE = {
    "from": described("table_from", TEXT),
    "key": described("table_key", TEXT, required=True),
    "facts": described("table_facts", Entries(Either(TEXT, None, _COLUMN), "text")),
}
_MAPPING = Fields(
    {
        "mapping": described("mapping", TEXT, required=True),
        "policy": described("mapping_policy", Word("policy")),
        "blank": described("mapping_blank", TEXT),
        "households": described("mapping_households", Fields(_TABLE), required=True),
        "members": described(
            "mapping_members", Fields({**_TABLE, "identifier": described("table_identifier", TEXT)}), required=True
        ),
    }
)


@frozen
class Column:
    """The column of a fact in a register.

    `words` are the texts with a meaning: names and titles of options, words for booleans and unknown, and the codes of
    the mapping. A number in the column times `factor` is the fact's. `identity_number` reads a date of birth from it.
    """

    fact: Fact
    name: str
    words: FrozenMapping[str, CellValue]
    factor: Exact = 1
    identity_number: bool = False
    at: Location | None = field(default=None, eq=False, repr=False)


@frozen
class Table:
    """One of a register's two tables, of households or of members."""

    of_members: bool
    source: str | None  # the sheet or database table
    keys: tuple[str, ...]  # possible names of the key column; the first that is there counts
    identifier: str | None  # the column that identifies a person; without a mapping it may be missing
    columns: FrozenMapping[str, Column]  # by the names of facts
    spelled: FrozenMapping[str, Column]  # the columns of all facts, by the names and titles of the facts
    closed: bool  # whether an unknown column is a mistake
    at: Location | None = field(default=None, eq=False, repr=False)


@frozen
class RegisterMapping:
    """How to read a register under a policy; `blank` is the meaning of an empty cell."""

    policy: Policy = field(repr=False)
    blank: Literal["left out", "unknown"]
    households: Table
    members: Table


@frozen
class MappingText:
    """The text of a mapping with the right shape, before it is applied to a policy."""

    name: str
    node: source.Mapping = field(repr=False)

    @property
    def policy(self) -> str | None:
        """The name of the policy that the mapping is for, if it states one."""
        return _word(self.node, "policy")


def load_mapping(path: str | Path) -> MappingText:
    """The mapping of a file; raises `PolicyError` with every problem of its shape."""
    if problem := source.no_path(path):
        raise PolicyError([problem])
    return read_mapping(read_file(Path(path)).text, str(path))


def read_mapping(text: str, name: str = "mapping.yaml") -> MappingText:
    """The mapping of a text; raises `PolicyError` with every problem of its shape."""
    node, problems = source.parse(text, name)
    if not isinstance(node, source.Mapping):
        at = Location(name, 1, 1)
        raise PolicyError(problems or [Problem("file_empty" if node is None else "not_a_mapping", location=at)])
    problems = problems or conform(node, _MAPPING)
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
    """A mapping under a policy, with facts and options by name or title.

    Without a text, each fact has the column of its own name or title. Raises `PolicyError` with every column that does
    not fit its fact.
    """
    require_policy(policy)
    if text is None:
        tables = (_default_table(policy, of_members=False), _default_table(policy, of_members=True))
        return RegisterMapping(policy, "left out", *tables)
    reader = _Reader(policy)
    tables = (reader.table(text.node, "households"), reader.table(text.node, "members"))
    if reader.problems:
        raise PolicyError(reader.problems)
    blank = cast(Literal["left out", "unknown"], _word(text.node, "blank") or "left out")
    return RegisterMapping(policy, blank, *tables)


def words_of(policy: Policy, fact: Fact) -> FrozenMapping[str, CellValue]:
    """The texts with a meaning for a fact without a mapping: options by name and title, booleans, and unknown."""
    words: dict[str, CellValue] = dict.fromkeys(UNKNOWN_WORDS)
    match fact.kind:
        case ChoiceKind(options):
            formers = policy.formerly.get((fact.name, "one of"), {})
            words |= {old: former.new for old, former in formers.items()}
            words |= {title: name for name, title in options.items()} | {name: name for name in options}
        case BooleanKind():
            words |= {
                spelling: truth
                for word, truth in BOOLEANS.items()
                for spelling in (word, word.capitalize(), word.upper())  # as programs write it: true, True, TRUE
            }
        case _:
            pass
    return FrozenMapping(words)


def _default_table(policy: Policy, *, of_members: bool) -> Table:
    facts = policy.members.facts if of_members else policy.facts
    spelled = _spelled(policy, facts, of_members=of_members)
    return Table(of_members, None, KEYS, IDENTIFIER if of_members else None, FrozenMapping(), spelled, closed=True)


def _spelled(policy: Policy, facts: Mapping[str, Fact], *, of_members: bool) -> FrozenMapping[str, Column]:
    """The columns of facts by their earlier names, their titles and their names."""
    formers = policy.formerly.get(("members", "facts") if of_members else ("household",), {})
    named = {old: facts[former.new] for old, former in formers.items()}
    named |= {fact.title: fact for fact in facts.values()} | dict(facts)
    return FrozenMapping((name, Column(fact, name, words_of(policy, fact))) for name, fact in named.items())


class _Reader:
    """Reads the two tables of a mapping under a policy; collects problems."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.problems: list[Problem] = []

    def problem(self, code: str, at: source.Scalar, given: str = "", **values: str) -> None:
        self.problems.append(Problem(code, (), given or at.text, values, location=at.at))
        if len(self.problems) > MOST_PROBLEMS:
            raise PolicyError(self.problems)

    def table(self, node: source.Mapping, name: str) -> Table:
        table = cast(source.Mapping, node.get(name))
        of_members = name == "members"
        facts = self.policy.members.facts if of_members else self.policy.facts
        columns = dict[str, Column]()
        spelled = _spelled(self.policy, facts, of_members=of_members)
        for key, inner in _entries(table.get("facts")):
            if (known := spelled.get(key.text)) is None:
                self.unknown_fact(key, spelled, of_members=of_members)
            elif known.fact.name in columns:
                self.problem("fact_twice", key, other=known.fact.title)
            else:
                columns[known.fact.name] = self.column(evolve(known, at=key.at), inner)
        return Table(
            of_members,
            _word(table, "from"),
            (cast(str, _word(table, "key")),),
            _word(table, "identifier"),
            FrozenMapping(columns),
            spelled,
            closed=False,
            at=table.at,
        )

    def unknown_fact(self, key: source.Scalar, spelled: Mapping[str, Column], *, of_members: bool) -> None:
        others = self.policy.facts if of_members else self.policy.members.facts
        if key.text in others or key.text in {fact.title for fact in others.values()}:
            self.problem("fact_of_other_table", key, table="households" if of_members else "members")
        else:
            self.problem("unknown_fact", key, **nearest(key.text, spelled))

    def column(self, column: Column, node: source.Node) -> Column:
        """The column of a fact, as its entry describes it."""
        if isinstance(node, source.Scalar):
            return evolve(column, name=node.text)
        entry, fact = cast(source.Mapping, node), column.fact
        factor: Exact = 1
        if (unit := _scalar(entry, "unit")) is not None:
            unit_factor = factor_of(self.policy, fact, unit.text) if isinstance(fact.kind, NumberKind) else None
            if unit_factor is None:
                wanted = units_of(self.policy, fact) if isinstance(fact.kind, NumberKind) else "-"
                self.problem("unit_of_column", unit, title=fact.title, wanted=wanted or "1")
            factor = 1 if unit_factor is None else unit_factor
        words = dict(column.words)
        for code, meaning in _entries(entry.get("codes")):
            words[code.text] = self.meaning(fact, cast(source.Scalar, meaning), factor)
        if (read := _scalar(entry, "read")) is not None and (
            read.text != IDENTITY_NUMBER or not isinstance(fact.kind, DateKind)
        ):
            self.problem("read_as", read, expected=IDENTITY_NUMBER)
        name = cast(str, _word(entry, "column"))
        return evolve(column, name=name, words=FrozenMapping(words), factor=factor, identity_number=read is not None)

    def meaning(self, fact: Fact, word: source.Scalar, factor: Exact) -> CellValue:
        """The meaning of a code, by the word for it in the mapping."""
        known = words_of(self.policy, fact)
        if word.text in known:
            return known[word.text]
        match fact.kind:
            case ChoiceKind(options):
                values = {"title": fact.title, "known": ", ".join(options.values()), **nearest(word.text, known)}
                self.problem("unknown_fact_option", word, **values)
            case BooleanKind():
                self.problem("truth", word)
            case NumberKind(low=low, high=high, decimals=decimals):
                if (number := number_of(word.text)) is None:
                    self.problem("number", word)
                elif not cast(Exact, low) <= number * factor <= cast(Exact, high):
                    ends = {"least": decimal_text(cast(Exact, low)), "most": decimal_text(cast(Exact, high))}
                    self.problem("fact_outside", word, title=fact.title, **ends)
                elif (Fraction(number) * factor * 10**decimals).denominator > 1:
                    self.problem("fact_decimals", word, title=fact.title, decimals=str(decimals))
                return number
            case DateKind():
                self.problem("code_of_date", word, title=fact.title)
        return None


def _entries(node: source.Node | None) -> Iterator[tuple[source.Scalar, source.Node]]:
    yield from node.entries if isinstance(node, source.Mapping) else ()


def _scalar(node: source.Mapping, key: str) -> source.Scalar | None:
    return cast(source.Scalar | None, node.get(key))


def _word(node: source.Mapping, key: str) -> str | None:
    scalar = _scalar(node, key)
    return None if scalar is None else scalar.text


# --- Units of columns ---


def factor_of(policy: Policy, fact: Fact, text: str) -> Exact | None:
    """The factor from a unit as registers write it to the unit of a fact; None if the units do not fit.

    A unit without `/` counts only: 万元 for a fact in 元/年 is 10,000 元/年. Time is converted by the policy's own
    definitions, such as twelve months a year.
    """
    wanted = cast(NumberKind, fact.kind).unit or PURE
    text = text.strip()
    if text == "%":
        return _PERCENT if wanted == PURE else None
    words = {word: name for name, word in policy.units.items()} | {name: name for name in policy.units}
    over = tuple((base, power) for base, power in wanted if power > 0)
    counted, *per = map(str.strip, text.split("/"))
    multiple, own = _product(counted, words)
    if own is None and fact.counted_in:
        multiple, own = _multiple(counted, fact.counted_in), over
    if own is None or not multiple:
        return None
    for part in per:
        below, under = _product(part, words)
        if under is None or below != 1:
            return None
        own = times(own, under, -1)
    if own == wanted or (not per and own == over):
        return multiple
    conversion = _conversion(policy, times(wanted, own, -1))
    return None if conversion is None else _simplified(multiple * conversion)


def units_of(policy: Policy, fact: Fact) -> str:
    """The unit of a fact's numbers in words."""
    return fact.counted_in or unit_text(cast(NumberKind, fact.kind).unit or PURE, policy.units)


def definitions_of(policy: Policy) -> frozenset[Fraction]:
    """The factors between units by the policy's definitions, in both directions."""
    numbers = [
        Fraction(cast(Exact, parameter.values[()]))
        for parameter in policy.parameters.values()
        if parameter.values.get(()) and _is_definition(parameter)
    ]
    return frozenset([*numbers, *(1 / number for number in numbers)])


def _is_definition(parameter: Parameter) -> bool:
    return parameter.provenance is not None and parameter.provenance.basis == "definition"


def _product(text: str, words: Mapping[str, str]) -> tuple[int, Unit | None]:
    """The multiple and unit of one side of a `/`; the unit is None if a word is unknown."""
    multiple, unit = 1, PURE
    for word in map(str.strip, re.split("[·*]", text)):
        known = next((name for name in sorted(words, key=len, reverse=True) if _multiple(word, name)), None)
        if known is None:
            return 0, None
        multiple *= _multiple(word, known)
        unit = times(unit, ((words[known], 1),))
    return multiple, unit


def _multiple(text: str, word: str) -> int:
    """The multiple of a word in a text: 10,000 for 万元 and 元; 0 if the text is something else."""
    before = text.removesuffix(word).rstrip() if text.endswith(word) else None
    return 0 if before is None else 1 if not before else _MULTIPLES.get(before, 0)


def _conversion(policy: Policy, unit: Unit) -> Exact | None:
    """The number of a unit by the policy's definitions: 12 for month/year; None if there is none."""
    for parameter in policy.parameters.values():
        number: Exact | None = parameter.values.get(())
        if number and _is_definition(parameter):
            if parameter.kind.unit == unit:
                return number
            if parameter.kind.unit == times(PURE, unit, -1):
                return Fraction(1) / number
    return None


def _simplified(number: Exact) -> Exact:
    fraction = Fraction(number)
    return fraction.numerator if fraction.denominator == 1 else fraction
