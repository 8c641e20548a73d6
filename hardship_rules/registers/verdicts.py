"""The verdicts of a register, row by row."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any

import polars as pl
from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.assessment.outcomes import Decided
from hardship_rules.core.expr import Name
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import Unit, unit_text
from hardship_rules.core.policy import Decision, Policy
from hardship_rules.core.problem import FactError, Problem
from hardship_rules.core.units import unit_of
from hardship_rules.engine.tables import margin_unit, with_left_out
from hardship_rules.explanation.explanation import Ground, ruling
from hardship_rules.explanation.reasons import MARKS, SENTENCES, Telling
from hardship_rules.frames.bounds import quotient
from hardship_rules.frames.run import assess_frame
from hardship_rules.registers._impact import titles_of_clauses
from hardship_rules.registers._soundness import FEW
from hardship_rules.registers._table import Cell
from hardship_rules.registers.register import KEY, Part, Register

Progress = Callable[[int, int], None]
_EACH = 1000  # households after which progress is told


@frozen(eq=False)
class Verdicts:
    """What the sound households of a register come to.

    `frame` is what `assess_frame` gives, in the order of the register, with the rows of households in `row`; `single`
    are the assessments of those that were assessed one by one, by these rows, and `refused` what is wrong with others.
    """

    register: Register
    frame: pl.DataFrame = field(repr=False)
    single: FrozenMapping[int, Assessment] = field(repr=False)
    refused: FrozenMapping[int, tuple[Problem, ...]] = field(repr=False)
    members: FrozenMapping[int, tuple[int, ...]] = field(repr=False)  # the members' rows of these

    def place(self, row: int, path: Sequence[str | int]) -> Cell | None:
        """The cell of what stands at a path of a household assessed one by one; None where it has no column."""
        part, number, name = self.register.households, row, path[-1]
        if path[0] == "members" and len(path) == 3:
            part, number = self.register.members, self.members[row][int(path[1])]
        if name not in part.headers.columns:
            return None
        return part.place(number, str(name))


def verdicts(register: Register, on: date | str | None, *, every: bool = False, progress: Progress) -> Verdicts:
    """Assess the sound households of a register on a day; `every` one by one too, so that its reasons can be told.

    Raises what `assess_frame` raises.
    """
    policy, own = register.policy, register.households
    rows = register.sound(own).arg_true()
    households, members = register.frame(own), register.frame(register.members)
    found = assess_frame(with_left_out(policy, register.blanks), households, members, KEY, on)
    found = found.with_columns(rows.cast(pl.Int64).alias("row"))
    faulty = found["problem"].is_not_null()
    wanted = (
        pl.repeat(value=True, n=found.height, eager=True) if every else found[policy.category.name].is_null() | faulty
    )
    single: dict[int, Assessment] = {}
    refused: dict[int, tuple[Problem, ...]] = {}
    of_members: dict[int, tuple[int, ...]] = {}
    total = int(wanted.sum())
    for number, (row, given, places) in enumerate(_given(register, found.filter(wanted)["row"].to_list())):
        if number % _EACH == 0 and total > _EACH:
            progress(number, total)
        of_members[row] = places
        try:
            single[row] = assess(policy, given, on)
        except FactError as error:
            refused[row] = tuple(_placed(register, row, places, error))
    return Verdicts(register, found, FrozenMapping(single), FrozenMapping(refused), FrozenMapping(of_members))


def _given(register: Register, rows: list[int]) -> Iterator[tuple[int, dict[str, Any], tuple[int, ...]]]:
    """Households as `assess` takes them, each with its row and those of its members."""
    own, theirs = register.households, register.members
    keys = own.frame[KEY][rows]
    numbered = theirs.frame.select(KEY).with_row_index("number").filter(pl.col(KEY).is_in(keys.implode()))
    grouped = dict(numbered.group_by(KEY, maintain_order=True).agg("number").iter_rows())
    places = [tuple(grouped.get(key, ())) for key in keys]
    members = _facts(register, theirs, list(chain.from_iterable(places)))
    for row, given, where in zip(rows, _facts(register, own, rows), places, strict=True):
        yield row, {**given, "members": list(islice(members, len(where)))}, where


def _facts(register: Register, part: Part, rows: list[int]) -> Iterator[dict[str, Any]]:
    """The facts of some rows: those left out are not there, those that are known to be unknown are None."""
    omitted = (
        {name: series[rows].to_list() for name, series in part.blank.items()}
        if register.mapping.blank == "left out"
        else {}
    )
    for number, facts in enumerate(part.frame[rows].drop(KEY).iter_rows(named=True)):
        yield {name: value for name, value in facts.items() if not (name in omitted and omitted[name][number])}


def _placed(register: Register, row: int, members: tuple[int, ...], error: FactError) -> Iterator[Problem]:
    """The problems of one household at their cells."""
    for problem in error.problems:
        path = problem.at
        if path[:1] == ("members",) and len(path) > 1:
            place = register.members.place(members[int(path[1])], str(path[-1]) if len(path) > 2 else None)
        else:
            place = register.households.place(row, str(path[-1]) if path else None)
        key = register.households.frame[KEY][row]
        yield evolve(problem, location=place, at=(KEY, str(key)))


WORDS = FrozenMapping(
    {
        "key": "户号",
        "undecided": "待定",
        "refused": "未判定",
        "possible": "可能的类别",
        "clauses": "依据的条款",
        "otherwise": "各类别的条件都不符合",
        "margin": "与最近标准的差距",
        "missing": "尚缺的事实",
        "and_more": "等 {count} 项",
        "open": "待定：{titles}",
        "left_out": "空着、按规则处理的事实",
        "reasons": "理由",
        "problem": "问题",
        "nobodys": "有 {count} 名成员没有户号，或户号不在家庭表中，没有算入任何一户，所判的户可能缺人：{places}",
    }
)
_MOST = 8  # missing facts that a cell lists
_FIGURE = re.compile(r"(.+?)(_x(?P<scale>\d+)|_rounded)?")
_JOIN = "、"


@frozen(eq=False)
class Rows:
    """The table, its columns by their titles, and of each decision how many households come to what."""

    frame: pl.DataFrame
    counted: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]


def rows_of(verdicts: Verdicts, *, reasons: bool = False) -> Rows:
    """The table of a register: every household in its order, those with a problem without a verdict."""
    register, policy = verdicts.register, verdicts.register.policy
    clauses = titles_of_clauses(policy)
    found = _by_frames(policy, verdicts.frame, clauses)
    open_ = verdicts.frame.filter(pl.col(policy.category.name).is_null())["row"]
    single = [_by_itself(verdicts, row, clauses) for row in open_ if row in verdicts.single]
    if single:
        found = found.update(
            pl.DataFrame(single, schema_overrides=dict(found.schema), infer_schema_length=None),
            on="row",
            include_nulls=True,
        )
    table = register.households.frame.select(KEY).with_row_index("row").cast({"row": pl.Int64})
    beside = [found, _blanks(register)]
    if reasons:
        beside.append(_texts(WORDS["reasons"], {row: _reasons(each) for row, each in verdicts.single.items()}))
    for each in beside:
        table = table.join(each, on="row", how="left", maintain_order="left")
    wrong = dict(_wrong(verdicts))
    refused = pl.col("row").is_in(list(wrong))
    wiped = [name for name in table.columns if name not in ("row", KEY)]
    table = table.with_columns(pl.when(~refused).then(pl.col(name)).alias(name) for name in wiped)
    category = _heading(policy, policy.category)
    table = table.with_columns(pl.when(refused).then(pl.lit(WORDS["refused"])).otherwise(category).alias(category))
    table = table.join(_texts(WORDS["problem"], wrong), on="row", how="left", maintain_order="left")
    table = table.with_columns(pl.coalesce(WORDS["problem"], pl.lit(doubt_of(register), pl.String)))
    counted = tuple(
        (each.title, tuple(_counted(table[_heading(policy, each)], each))) for each in policy.decisions.values()
    )
    return Rows(table.rename({KEY: WORDS["key"]}).drop("row"), counted)


def _by_frames(policy: Policy, frame: pl.DataFrame, clauses: Mapping[str, str]) -> pl.DataFrame:
    """The columns of what frames have found; what is still to be told is there and empty."""
    category = policy.category
    is_open = pl.col(category.name).is_null()
    otherwise = pl.lit(WORDS["otherwise"])
    deciding = _joined(frame[f"{category.name}_clauses"], clauses, "；")
    columns = [
        pl.col("row"),
        _decision(policy, category),
        pl.when(is_open)
        .then(_joined(frame[f"{category.name}_possible"], category.options, _JOIN))
        .alias(WORDS["possible"]),
        pl.when(~is_open).then(pl.coalesce(deciding, otherwise)).alias(WORDS["clauses"]),
        pl.col(f"{category.name}_margin_rounded").alias(_headed(WORDS["margin"], policy, margin_unit(policy)))
        if f"{category.name}_margin_rounded" in frame.columns
        else None,
        pl.lit(None, dtype=pl.String).alias(WORDS["missing"]),
        *(_decision(policy, each) for each in policy.decisions.values() if each is not category),
        *_figures(policy, frame.columns),
    ]
    return frame.select(column for column in columns if column is not None)


def _joined(ids: pl.Series, titles: Mapping[str, str], sign: str) -> pl.Expr:
    """Ids that stand in one text, as their titles."""
    texts = {
        text: sign.join(dict.fromkeys(titles.get(each, each) for each in text.split(";")))
        for text in ids.unique()
        if text
    }
    return pl.col(ids.name).replace_strict(texts, default=None, return_dtype=pl.String)


def _heading(policy: Policy, decision: Decision) -> str:
    """The column of a decision: its title, and its name where another column is called so."""
    titles = [*WORDS.values(), *(each.title for each in policy.decisions.values() if each is not decision)]
    return f"{decision.title}（{decision.name}）" if decision.title in titles else decision.title


def _decision(policy: Policy, decision: Decision) -> pl.Expr:
    """What another decision came to: its outcome, or every one that holds, and those that are open."""
    if not decision.every:
        titles = dict(decision.options)
        return (
            pl.col(decision.name).replace_strict(titles, default=WORDS["undecided"]).alias(_heading(policy, decision))
        )
    names = [(f"{decision.name}_{each.id}", each.title) for each in decision.outcomes]
    holding = pl.concat_str(
        [pl.when(pl.col(name)).then(pl.lit(title)) for name, title in names], separator=_JOIN, ignore_nulls=True
    )
    perhaps = pl.concat_str(
        [pl.when(pl.col(name).is_null()).then(pl.lit(title)) for name, title in names],
        separator=_JOIN,
        ignore_nulls=True,
    )
    return _held_and_open(holding, perhaps).alias(_heading(policy, decision))


def _held_and_open(holding: pl.Expr, perhaps: pl.Expr) -> pl.Expr:
    told = pl.when(perhaps != "").then(pl.concat_str([pl.lit(WORDS["open"].format(titles="")), perhaps]))
    return pl.concat_str([pl.when(holding != "").then(holding), told], separator="；", ignore_nulls=True)


def _headed(title: str, policy: Policy, unit: Unit | None) -> str:
    words = unit_text(unit, policy.units) if unit else ""
    return f"{title}（{words}）" if words else title


def _figures(policy: Policy, columns: list[str]) -> Iterator[pl.Expr]:
    """The figures that the policy shows, in their own units."""
    for column in columns:
        match = _FIGURE.fullmatch(column)
        name = match[1] if match else column
        if match is None or name not in policy.show or name in policy.decisions:
            continue
        scale = int(match["scale"] or 1)
        taken = {*WORDS.values(), *(_heading(policy, each) for each in policy.decisions.values())}
        heading = _headed(policy.names[name].title, policy, unit_of(Name(name, policy.at), policy))
        heading = f"{heading}（{name}）" if heading in taken else heading
        yield (quotient(pl.col(column), scale) if scale > 1 else pl.col(column)).alias(heading)


def _by_itself(verdicts: Verdicts, row: int, clauses: Mapping[str, str]) -> dict[str, Any]:
    """What the assessment of a household by itself says where frames leave its category open."""
    policy, assessment = verdicts.register.policy, verdicts.single[row]
    decided = assessment.decided
    found: dict[str, Any] = {"row": row, **dict.fromkeys((WORDS["possible"], WORDS["clauses"], WORDS["missing"]))}
    found[_heading(policy, policy.category)] = WORDS["undecided"] if decided.outcome is None else decided.outcome.title
    if decided.outcome is None:
        found[WORDS["possible"]] = _JOIN.join(outcome.title for outcome in decided.possible)
        found[WORDS["missing"]] = _missing(verdicts, row, assessment)
    else:
        found[WORDS["clauses"]] = (
            "；".join(clauses.get(each, each) for each in decided.decided_by) or WORDS["otherwise"]
        )
    for each in assessment.decisions.values():
        if each.decision is not policy.category:
            found[_heading(policy, each.decision)] = _told(each)
    return found


def _told(decided: Decided) -> str:
    if not decided.decision.every:
        return WORDS["undecided"] if decided.outcome is None else decided.outcome.title
    holding = _JOIN.join(outcome.title for outcome in decided.holding)
    perhaps = _JOIN.join(outcome.title for outcome in decided.possible if outcome not in decided.holding)
    return "；".join(filter(None, (holding, WORDS["open"].format(titles=perhaps) if perhaps else "")))


def _missing(verdicts: Verdicts, row: int, assessment: Assessment) -> str:
    """What would settle it, most useful first, each with the cell in which it belongs."""
    told = []
    for each in assessment.missing[:_MOST]:
        place = verdicts.place(row, each.path)
        told.append(each.title if place is None else f"{each.title}（{place.short}）")
    more = len(assessment.missing)
    return _JOIN.join(told) + (WORDS["and_more"].format(count=more) if more > _MOST else "")


def _reasons(assessment: Assessment) -> str:
    """The clauses of the category with both sides, those that decided or are open before those that stopped others."""
    told = ruling(Telling(assessment, SENTENCES["zh"]), assessment.decided)

    def line(ground: Ground) -> str:
        return " ".join(filter(None, (MARKS[ground.holds], ground.words, ground.compared, ground.basis)))

    return "\n".join([*map(line, told.grounds), *map(line, told.against), *filter(None, (told.not_reached,))])


def _blanks(register: Register) -> pl.DataFrame:
    """Of each household the facts that are blank, for it or a member, and in whose place something may stand."""
    own, theirs = register.households, register.members
    key = own.frame.select(KEY)
    marks = []
    for name in register.blanks:
        title = register.policy.names[name].title
        if name in own.blank:
            marks.append(pl.select(pl.when(own.blank[name]).then(pl.lit(title))).to_series().alias(name))
        else:
            keys = theirs.frame[KEY].filter(theirs.blank[name]).unique()
            marks.append(
                key.select(pl.when(pl.col(KEY).is_in(keys.implode())).then(pl.lit(title)).alias(name)).to_series()
            )
    table = pl.DataFrame({"row": range(key.height)}, schema={"row": pl.Int64}).with_columns(marks)
    told = (
        pl.concat_str(register.blanks, separator=_JOIN, ignore_nulls=True) if marks else pl.lit(None, dtype=pl.String)
    )
    return table.select("row", told.alias(WORDS["left_out"]))


def _wrong(verdicts: Verdicts) -> Iterator[tuple[int, str]]:
    """What is wrong with each household that has no verdict."""
    register, own = verdicts.register, verdicts.register.households
    keys = own.frame[KEY]
    for row in (~register.sound(own)).arg_true():
        yield row, _listed(own.problems.get(row, ()) if keys[row] is None else register.problems[keys[row]])
    for row, problems in verdicts.refused.items():
        yield row, _listed(problems)


def _listed(problems: tuple[Problem, ...]) -> str:
    told = []
    for problem in dict.fromkeys(problems):
        place = f"{problem.location.short} " if isinstance(problem.location, Cell) else ""
        told.append(place + problem.message("zh"))
    return "；".join(told)


def doubt_of(register: Register) -> str | None:
    """What is to be said of every verdict where members are of no household, and so perhaps of one that was judged."""
    places = register.nobodys
    if not places:
        return None
    return WORDS["nobodys"].format(count=len(places), places="; ".join(place.short for place in places[:FEW]))


def _texts(title: str, texts: Mapping[int, str]) -> pl.DataFrame:
    return pl.DataFrame({"row": list(texts), title: list(texts.values())}, schema={"row": pl.Int64, title: pl.String})


def _counted(column: pl.Series, decision: Decision) -> Iterator[tuple[str, int]]:
    """How many households come to each outcome, in its order; what holds beside others counts for each."""
    for title in decision.options.values() if not decision.every else [outcome.title for outcome in decision.outcomes]:
        rows = column == title
        if decision.every:
            held = _JOIN + column.str.replace(f"(^|；){WORDS['open'][:3]}.*$", "") + _JOIN
            rows = held.str.contains(f"{_JOIN}{title}{_JOIN}", literal=True)
        yield title, int(rows.sum() or 0)
    if not decision.every:
        yield WORDS["undecided"], int((column == WORDS["undecided"]).sum())
        yield WORDS["refused"], len(column) - int(column.is_in([*decision.options.values(), WORDS["undecided"]]).sum())
