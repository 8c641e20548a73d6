"""The columns of a policy's view: what was decided and why, what is possible, and the sums behind it."""

from collections.abc import Iterator, Mapping
from typing import cast

from attrs import frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Policy
from hardship_rules.core.problems import Location
from hardship_rules.core.syntax import Constant
from hardship_rules.engine.frame_policy import ROUNDED, FramePolicy
from hardship_rules.engine.row_truths import Rows
from hardship_rules.engine.whole import Denominator
from hardship_rules.sql import sql_numbers, sql_text, sql_values
from hardship_rules.sql.sql_steps import Column
from hardship_rules.sql.sql_text import COMPARE, MULTIPLY, WHOLE, Sql, case, quoted
from hardship_rules.sql.sql_values import Choice, Numbers, Truth
from hardship_rules.sql.sql_work import Work

_SOUND = Sql("problem.found IS NULL", COMPARE)
_ONE = Constant(1, Location("", 1, 1))


@frozen
class Outcomes:
    """A policy, as it was prepared and worked out: nothing is said of a household that has a problem."""

    policy: Policy
    prepared: FramePolicy
    work: Work

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names whose values are shown."""
        return (*self.policy.decisions, *self.figures.values())

    @property
    def figures(self) -> FrozenMapping[str, str]:
        """The columns of figures with the names of what they hold; of rounded ones, of what they are rounded from.

        The distance to the nearest line is left to frames: in SQL it would be longer than all the rest.
        """
        found = {
            shown: shown.removesuffix(ROUNDED) if shown.endswith(ROUNDED) else called
            for shown, called in self.prepared.figures.items()
        }
        return FrozenMapping((shown, called) for shown, called in found.items() if called in self.work.policy.names)

    def columns(self) -> Iterator[Column]:
        """The columns of decisions and figures."""
        values = self.work.households.values
        for called, decision in self.policy.decisions.items():
            if decision.every:
                for outcome in decision.outcomes:
                    truth = cast(Truth, values[f"{called} {outcome.id}"])
                    yield Column(f"{called}_{outcome.id}", _sound(sql_values.sql(truth)), outcome.title)
                continue
            choice = cast(Choice, values[called])
            yield Column(called, _told(choice, {each: Sql(quoted(each)) for each in choice.can}), decision.title)
            if decision is self.policy.category:
                yield Column(f"{called}_possible", _sound(_listed({each: t.high for each, t in choice.can.items()})))
                clauses = {each: _listed(where) for each, where in self.work.reasons.items()}
                yield Column(f"{called}_clauses", _told(choice, clauses))
        for shown, called in self.figures.items():
            term = self.policy.names.get(called.removesuffix(" shown"))
            title = "" if term is None else term.title
            yield Column(shown, self.rounded(called) if shown.endswith(ROUNDED) else self.figure(called), title)

    def figure(self, called: str) -> Sql:
        """A whole number where it is known."""
        number = cast(Numbers, self.work.named(called, self.work.households))
        return _sound(sql_numbers.number_sql(number.low), *_settled(number))

    def rounded(self, called: str) -> Sql:
        """What is divided, where it is known: rounded half away from zero to hundredths, over whole numbers."""
        over = self.prepared.made.denominators[called]
        number = cast(Numbers, self.work.named(called, self.work.households))
        by = cast(Numbers, self.work.value(over.raise_(_ONE, Denominator()), self.work.households))
        top, bottom = sql_numbers.number_sql(number.low), sql_numbers.number_sql(by.low)

        def hundredths(above_zero: Sql) -> Sql:
            doubled = sql_text.reckoned("+", [sql_text.reckoned("*", [Sql("200"), above_zero]), bottom])
            twice = sql_text.reckoned("*", [Sql("2"), bottom])
            return Sql(f"{doubled.inside(WHOLE)} {self.work.dialect.divide} {twice.inside(WHOLE)}", MULTIPLY)

        below = Sql(f"-{hundredths(Sql(f'-{top.inside(WHOLE)}', WHOLE)).inside(WHOLE)}", MULTIPLY)
        found = case([(sql_text.compared(top, "<", Sql("0")), below)], hundredths(top))
        return _sound(
            sql_text.called("ROUND", [Sql(f"{found} / 100.0", MULTIPLY), Sql("2")]), *_settled(number), *_settled(by)
        )


def _settled(number: Numbers) -> tuple[Sql, ...]:
    """Where a number is known, unless that is in every row."""
    if number.low is number.high:
        return ()
    return (sql_text.compared(sql_numbers.number_sql(number.low), "=", sql_numbers.number_sql(number.high)),)


def _sound(piece: Sql, *also: Sql) -> Sql:
    """A piece where there is no problem and something more holds."""
    return case([(sql_text.joined("AND", [_SOUND, *also]), piece)], None)


def _told(choice: Choice, texts: Mapping[str, Sql]) -> Sql:
    """A text for the option that a choice certainly is."""
    whens: list[tuple[Sql, Sql]] = [(~sql_text.is_(Sql("problem.found"), "NULL"), Sql("NULL"))]
    for each, text in texts.items():
        holds = sql_values.one_of(choice, [each]).holds
        if holds is True:
            return _sound(text)
        if isinstance(holds, Sql):
            whens.append((holds, text))
    return case(whens, None)


def _listed(rows: Mapping[str, Rows]) -> Sql:
    """The names that hold in a row, in one text."""
    parts = []
    for each, where in rows.items():
        if where is not False:
            parts.append(Sql(quoted(each)) if where is True else case([(where, Sql(quoted(each)))], None))
    return sql_text.called("concat_ws", [Sql("';'"), *parts])
