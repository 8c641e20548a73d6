"""The verdicts of a register, and the table of them that is written: a row for each household."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any

from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.assessment.outcomes import Decided
from hardship_rules.core.expr import Name
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import Unit, unit_text
from hardship_rules.core.policy import Decision, Policy
from hardship_rules.core.problem import FactError, Problem
from hardship_rules.core.units import unit_of
from hardship_rules.engine.defaults import with_left_out
from hardship_rules.engine.tables import margin_unit
from hardship_rules.explanation.explanation import Ground, ruling_of
from hardship_rules.explanation.reasons import MARKS, SENTENCES, Describer
from hardship_rules.frames.bounds import quotient
from hardship_rules.frames.libraries import pl
from hardship_rules.frames.run import assess_frame
from hardship_rules.locale import sentences
from hardship_rules.registers._impact import titles_of_clauses
from hardship_rules.registers._mapped import KEY
from hardship_rules.registers._table import Cell
from hardship_rules.registers.register import FactTable, Register

Progress = Callable[[int, int], None]

WORDS = sentences("register_verdicts")
_REPORT_EVERY = 1000  # households between two reports of progress
_MOST_MISSING = 8  # facts that a cell lists
_FIGURE = re.compile(r"(.+?)(_x(?P<scale>\d+)|_rounded)?")
_JOIN, _PARTS = WORDS["join"], WORDS["parts"]


@frozen(eq=False)
class Verdicts:
    """The verdicts on the sound households of a register.

    `frame` is the result of `assess_frame` in the order of the register, with the row of each household as `row`.
    `assessments` are those of the households that were assessed one by one, by row, `refused` the problems of those
    that could not be, and `members` the rows of the members of both.
    """

    register: Register
    frame: pl.DataFrame = field(repr=False)
    assessments: FrozenMapping[int, Assessment] = field(repr=False)
    refused: FrozenMapping[int, tuple[Problem, ...]] = field(repr=False)
    members: FrozenMapping[int, tuple[int, ...]] = field(repr=False)

    def place(self, row: int, path: Sequence[str | int]) -> Cell | None:
        """The cell of a fact, by its path in a household that was assessed singly; None without a column."""
        table, number, name = self.register.households, row, path[-1]
        if path[0] == "members" and len(path) == 3:
            table, number = self.register.members, self.members[row][int(path[1])]
        if name not in table.headers.columns:
            return None
        return table.place(number, str(name))


@frozen(eq=False)
class Rows:
    """The table of verdicts, and for each decision the number of households by outcome."""

    frame: pl.DataFrame
    counted: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]


def verdicts(register: Register, on: date | str | None, *, every: bool = False, progress: Progress) -> Verdicts:
    """Assess the sound households of a register on a day.

    Undecided households are assessed one by one too, for the facts that are missing; all of them with `every`, for
    their reasons. `progress` is called with the number done and their total. Raises what `assess_frame` raises.
    """
    policy, households = register.policy, register.households
    rows = register.sound(households).arg_true()
    policy_of_frames = with_left_out(policy, register.partly_blank)
    frame = assess_frame(policy_of_frames, register.frame(households), register.frame(register.members), KEY, on)
    frame = frame.with_columns(rows.cast(pl.Int64).alias("row"))
    wanted = frame[policy.category.name].is_null() | frame["problem"].is_not_null()
    if every:
        wanted = pl.repeat(value=True, n=frame.height, eager=True)
    assessments: dict[int, Assessment] = {}
    refused: dict[int, tuple[Problem, ...]] = {}
    member_rows: dict[int, tuple[int, ...]] = {}
    total = int(wanted.sum())
    for number, (row, household, members) in enumerate(_households(register, frame.filter(wanted)["row"].to_list())):
        if number % _REPORT_EVERY == 0 and total > _REPORT_EVERY:
            progress(number, total)
        member_rows[row] = members
        try:
            assessments[row] = assess(policy, household, on)
        except FactError as error:
            refused[row] = tuple(_at_cells(register, row, members, error))
    return Verdicts(register, frame, FrozenMapping(assessments), FrozenMapping(refused), FrozenMapping(member_rows))


def _households(register: Register, rows: list[int]) -> Iterator[tuple[int, dict[str, Any], tuple[int, ...]]]:
    """Households for `assess`, each with its row and those of its members."""
    households, members = register.households, register.members
    keys = households.frame[KEY][rows]
    numbered = members.frame.select(KEY).with_row_index("number").filter(pl.col(KEY).is_in(keys.implode()))
    grouped = dict(numbered.group_by(KEY, maintain_order=True).agg("number").iter_rows())
    member_rows = [tuple(grouped.get(key, ())) for key in keys]
    member_facts = _facts(register, members, list(chain.from_iterable(member_rows)))
    for row, facts, of_household in zip(rows, _facts(register, households, rows), member_rows, strict=True):
        yield row, {**facts, "members": list(islice(member_facts, len(of_household)))}, of_household


def _facts(register: Register, table: FactTable, rows: list[int]) -> Iterator[dict[str, Any]]:
    """The facts of some rows; blank ones are omitted, unknown ones are None."""
    omitted = (
        {name: series[rows].to_list() for name, series in table.blank.items()}
        if register.mapping.blank == "left out"
        else {}
    )
    for number, facts in enumerate(table.frame[rows].drop(KEY).iter_rows(named=True)):
        yield {name: value for name, value in facts.items() if not (name in omitted and omitted[name][number])}


def _at_cells(register: Register, row: int, members: tuple[int, ...], error: FactError) -> Iterator[Problem]:
    """The problems of one household at their cells."""
    key = register.households.frame[KEY][row]
    for problem in error.problems:
        path = problem.at
        if path[:1] == ("members",) and len(path) > 1:
            place = register.members.place(members[int(path[1])], str(path[-1]) if len(path) > 2 else None)
        else:
            place = register.households.place(row, str(path[-1]) if path else None)
        yield evolve(problem, location=place, at=(KEY, str(key)))


def rows_of(verdicts: Verdicts, *, reasons: bool = False) -> Rows:
    """The table of a register: every household in its order, those with a problem without a verdict."""
    register, policy = verdicts.register, verdicts.register.policy
    clauses = titles_of_clauses(policy)
    columns = _frame_columns(policy, verdicts.frame, clauses)
    undecided = verdicts.frame.filter(pl.col(policy.category.name).is_null())["row"]
    assessed = [_assessment_columns(verdicts, row, clauses) for row in undecided if row in verdicts.assessments]
    if assessed:
        columns = columns.update(
            pl.DataFrame(assessed, schema_overrides=dict(columns.schema), infer_schema_length=None),
            on="row",
            include_nulls=True,
        )
    table = register.households.frame.select(KEY).with_row_index("row").cast({"row": pl.Int64})
    parts = [columns, _defaults(register)]
    if reasons:
        texts = {row: _reasons(assessment) for row, assessment in verdicts.assessments.items()}
        parts.append(_column(WORDS["reasons"], texts))
    for part in parts:
        table = table.join(part, on="row", how="left", maintain_order="left")
    problems = dict(_problems(verdicts))
    refused = pl.col("row").is_in(list(problems))
    emptied = [name for name in table.columns if name not in ("row", KEY)]
    table = table.with_columns(pl.when(~refused).then(pl.col(name)).alias(name) for name in emptied)
    category = _heading(policy, policy.category)
    table = table.with_columns(pl.when(refused).then(pl.lit(WORDS["refused"])).otherwise(category).alias(category))
    table = table.join(_column(WORDS["problem"], problems), on="row", how="left", maintain_order="left")
    table = table.with_columns(pl.coalesce(WORDS["problem"], pl.lit(register.doubt, pl.String)))
    counted = tuple(
        (decision.title, tuple(_counted(table[_heading(policy, decision)], decision)))
        for decision in policy.decisions.values()
    )
    return Rows(table.rename({KEY: WORDS["key"]}).drop("row"), counted)


def _frame_columns(policy: Policy, frame: pl.DataFrame, clauses: Mapping[str, str]) -> pl.DataFrame:
    """The columns that come from `assess_frame`; missing facts are null here, since only `assess` lists them."""
    category = policy.category
    is_open = pl.col(category.name).is_null()
    deciding = _with_titles(frame[f"{category.name}_clauses"], clauses, _PARTS)
    possible = _with_titles(frame[f"{category.name}_possible"], category.options, _JOIN)
    margin = f"{category.name}_margin_rounded"
    columns = [
        pl.col("row"),
        _outcome(policy, category),
        pl.when(is_open).then(possible).alias(WORDS["possible"]),
        pl.when(~is_open).then(pl.coalesce(deciding, pl.lit(WORDS["otherwise"]))).alias(WORDS["clauses"]),
        pl.col(margin).alias(_with_unit(WORDS["margin"], policy, margin_unit(policy)))
        if margin in frame.columns
        else None,
        pl.lit(None, dtype=pl.String).alias(WORDS["missing"]),
        *(_outcome(policy, decision) for decision in policy.decisions.values() if decision is not category),
        *_figures(policy, frame.columns),
    ]
    return frame.select(column for column in columns if column is not None)


def _with_titles(ids: pl.Series, titles: Mapping[str, str], sign: str) -> pl.Expr:
    """A column of ids separated by semicolons, as their titles."""
    texts = {
        text: sign.join(dict.fromkeys(titles.get(name, name) for name in text.split(";")))
        for text in ids.unique()
        if text
    }
    return pl.col(ids.name).replace_strict(texts, default=None, return_dtype=pl.String)


def _heading(policy: Policy, decision: Decision) -> str:
    """The heading of a decision: its title, with its name if another column has that title."""
    titles = [*WORDS.values(), *(other.title for other in policy.decisions.values() if other is not decision)]
    return _with_name(decision.title, decision.name) if decision.title in titles else decision.title


def _with_name(title: str, name: str) -> str:
    return WORDS["bracketed"].format(title=title, more=name)


def _with_unit(title: str, policy: Policy, unit: Unit | None) -> str:
    words = unit_text(unit, policy.units) if unit else ""
    return WORDS["bracketed"].format(title=title, more=words) if words else title


def _outcome(policy: Policy, decision: Decision) -> pl.Expr:
    """The outcome of a decision; of one with several, all that hold, and those that are open."""
    heading = _heading(policy, decision)
    if not decision.every:
        titles = dict(decision.options)
        return pl.col(decision.name).replace_strict(titles, default=WORDS["undecided"]).alias(heading)
    columns = [(pl.col(f"{decision.name}_{outcome.id}"), pl.lit(outcome.title)) for outcome in decision.outcomes]
    holding = pl.concat_str(
        [pl.when(column).then(title) for column, title in columns], separator=_JOIN, ignore_nulls=True
    )
    possible = pl.concat_str(
        [pl.when(column.is_null()).then(title) for column, title in columns], separator=_JOIN, ignore_nulls=True
    )
    is_open = pl.when(possible != "").then(pl.concat_str([pl.lit(WORDS["open"].format(titles="")), possible]))
    both = [pl.when(holding != "").then(holding), is_open]
    return pl.concat_str(both, separator=_PARTS, ignore_nulls=True).alias(heading)


def _figures(policy: Policy, columns: list[str]) -> Iterator[pl.Expr]:
    """The figures that the policy shows, in their own units."""
    taken = {*WORDS.values(), *(_heading(policy, decision) for decision in policy.decisions.values())}
    for column in columns:
        match = _FIGURE.fullmatch(column)
        name = match[1] if match else column
        if match is None or name not in policy.show or name in policy.decisions:
            continue
        scale = int(match["scale"] or 1)
        heading = _with_unit(policy.names[name].title, policy, unit_of(Name(name, policy.at), policy))
        heading = _with_name(heading, name) if heading in taken else heading
        yield (quotient(pl.col(column), scale) if scale > 1 else pl.col(column)).alias(heading)


def _assessment_columns(verdicts: Verdicts, row: int, clauses: Mapping[str, str]) -> dict[str, Any]:
    """The columns from a household's assessment, which replace those from the frame."""
    policy, assessment = verdicts.register.policy, verdicts.assessments[row]
    decided = assessment.decided
    columns: dict[str, Any] = {"row": row, **dict.fromkeys((WORDS["possible"], WORDS["clauses"], WORDS["missing"]))}
    if decided.outcome is None:
        columns[_heading(policy, policy.category)] = WORDS["undecided"]
        columns[WORDS["possible"]] = _JOIN.join(outcome.title for outcome in decided.possible)
        columns[WORDS["missing"]] = _missing(verdicts, row, assessment)
    else:
        columns[_heading(policy, policy.category)] = decided.outcome.title
        titles = _PARTS.join(clauses.get(clause, clause) for clause in decided.decided_by)
        columns[WORDS["clauses"]] = titles or WORDS["otherwise"]
    for other in assessment.decisions.values():
        if other.decision is not policy.category:
            columns[_heading(policy, other.decision)] = _outcome_text(other)
    return columns


def _outcome_text(decided: Decided) -> str:
    """The outcome of a decision as `_outcome` writes it."""
    if not decided.decision.every:
        return WORDS["undecided"] if decided.outcome is None else decided.outcome.title
    holding = _JOIN.join(outcome.title for outcome in decided.holding)
    possible = _JOIN.join(outcome.title for outcome in decided.possible if outcome not in decided.holding)
    return _PARTS.join(filter(None, (holding, WORDS["open"].format(titles=possible) if possible else "")))


def _missing(verdicts: Verdicts, row: int, assessment: Assessment) -> str:
    """The facts that would settle the category, most useful first, each with its cell."""
    texts = []
    for fact in assessment.missing[:_MOST_MISSING]:
        place = verdicts.place(row, fact.path)
        texts.append(fact.title if place is None else WORDS["bracketed"].format(title=fact.title, more=place.short))
    count = len(assessment.missing)
    return _JOIN.join(texts) + (WORDS["and_more"].format(count=count) if count > _MOST_MISSING else "")


def _reasons(assessment: Assessment) -> str:
    """The clauses of the category with both sides: those that decided or are open, then those against others."""
    reasons = ruling_of(Describer(assessment, SENTENCES["zh"]), assessment.decided)

    def line(ground: Ground) -> str:
        return " ".join(filter(None, (MARKS[ground.holds], ground.words, ground.compared, ground.basis)))

    lines = [*map(line, reasons.grounds), *map(line, reasons.against), *filter(None, (reasons.not_reached,))]
    return "\n".join(lines)


def _defaults(register: Register) -> pl.DataFrame:
    """The facts that are blank for each household or one of its members, and have a default."""
    households, members = register.households, register.members
    keys = households.frame.select(KEY)
    marks = []
    for name in register.partly_blank:
        title = pl.lit(register.policy.names[name].title)
        if name in households.blank:
            marks.append(pl.select(pl.when(households.blank[name]).then(title)).to_series().alias(name))
        else:
            blank = members.frame[KEY].filter(members.blank[name]).unique()
            marks.append(keys.select(pl.when(pl.col(KEY).is_in(blank.implode())).then(title).alias(name)).to_series())
    table = pl.DataFrame({"row": range(keys.height)}, schema={"row": pl.Int64}).with_columns(marks)
    titles = pl.lit(None, dtype=pl.String)
    if marks:
        titles = pl.concat_str(register.partly_blank, separator=_JOIN, ignore_nulls=True)
    return table.select("row", titles.alias(WORDS["left_out"]))


def _problems(verdicts: Verdicts) -> Iterator[tuple[int, str]]:
    """The problems of each household without a verdict, by row."""
    register, households = verdicts.register, verdicts.register.households
    keys = households.frame[KEY]
    for row in (~register.sound(households)).arg_true():
        yield row, _listed(households.problems.get(row, ()) if keys[row] is None else register.problems[keys[row]])
    for row, problems in verdicts.refused.items():
        yield row, _listed(problems)


def _listed(problems: tuple[Problem, ...]) -> str:
    texts = []
    for problem in dict.fromkeys(problems):
        place = f"{problem.location.short} " if isinstance(problem.location, Cell) else ""
        texts.append(place + problem.message("zh"))
    return _PARTS.join(texts)


def _column(title: str, texts: Mapping[int, str]) -> pl.DataFrame:
    return pl.DataFrame({"row": list(texts), title: list(texts.values())}, schema={"row": pl.Int64, title: pl.String})


def _counted(column: pl.Series, decision: Decision) -> Iterator[tuple[str, int]]:
    """The number of households for each outcome, in its order; one with several outcomes counts for each."""
    if decision.every:
        open_ = WORDS["open"].format(titles="")
        holding = _JOIN + column.str.replace(f"(^|{_PARTS}){open_}.*$", "") + _JOIN
        for outcome in decision.outcomes:
            rows = holding.str.contains(f"{_JOIN}{outcome.title}{_JOIN}", literal=True)
            yield outcome.title, int(rows.sum() or 0)
        return
    for title in decision.options.values():
        yield title, int((column == title).sum() or 0)
    undecided = WORDS["undecided"]
    yield undecided, int((column == undecided).sum())
    yield WORDS["refused"], len(column) - int(column.is_in([*decision.options.values(), undecided]).sum())
