"""Steps of a query: each computes a few columns of a row from the columns of earlier steps."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from attrs import Factory, define

from hardship_rules.sql import trees
from hardship_rules.sql.labels import Label, both_titles
from hardship_rules.sql.trees import Item, Tree
from hardship_rules.sql.values import Value, replaced, trees_of

_LONGEST = 63  # bytes: PostgreSQL cuts longer names off


class Names:
    """Distinct identifiers: one that is taken gets a number."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)

    def new(self, wanted: str) -> str:
        """An identifier as close as possible to the one wanted."""
        plain = wanted.replace(" ", "_")
        number, name = 1, _cut(plain, "")
        while name.lower() in self.taken:
            number += 1
            name = _cut(plain, f"_{number}")
        self.taken.add(name.lower())  # DuckDB ignores case, even in quotes
        return name

    def of_end(self, wanted: str, end: str) -> str:
        """An identifier for one tree of a value, such as `income_low`; a single tree has the name wanted."""
        return self.new(end if not wanted else wanted if end in ("number", "holds", "option") else f"{wanted} {end}")


def _cut(text: str, end: str) -> str:
    return text.encode()[: _LONGEST - len(end.encode())].decode(errors="ignore") + end


@define(eq=False)
class Columns:
    """Columns that are computed together, in a step or a query of that name."""

    table: str
    names: Names = Factory(Names)
    items: list[Item] = Factory(list)

    @property
    def uses(self) -> set[str]:
        """The tables and steps whose columns it uses."""
        return {table for item in self.items for table in trees.tables_in(item.value)}

    def has(self, value: Value, remark: str) -> bool:
        """Whether a value is in these columns already; then they get one more comment."""
        columns = [trees.column(self.table, item.name) for item in self.items]
        used = list(trees_of(value))
        if not used or any(tree not in columns for tree in used):
            return False
        place = columns.index(used[0])
        item = self.items[place]
        self.items[place] = Item(item.name, item.value, both_titles(item.remark, remark))
        return True

    def put(self, wanted: str, value: Value, remark: str) -> Value:
        """A value in new columns, as the others read it; the first column has the comment."""
        first = len(self.items)

        def column(end: str, tree: Tree) -> Tree:
            name = self.names.of_end(wanted, end)
            self.items.append(Item(name, tree, remark if len(self.items) == first else ""))
            return trees.column(self.table, name)

        return replaced(value, column)


@define(eq=False)
class TableSteps:
    """The steps over the rows of one table, in order; `names` are distinct in the whole view."""

    names: Names
    steps: list[Columns] = Factory(list)
    _places: dict[str, list[int]] = Factory(lambda: defaultdict(list))  # by alias
    _of_definitions: dict[str, list[int]] = Factory(lambda: defaultdict(list))
    _shown: set[str] = Factory(set)

    def put(self, label: Label, wanted: str, value: Value, remark: str) -> Value:
        """A value in columns of the first step of its alias that comes after all that the value uses.

        What is in columns of its definition already only gets another comment there.
        """
        own = self._of_definitions[label.definition]
        if any(self.steps[place].has(value, remark) for place in own):
            return value
        used = {table for tree in trees_of(value) for table in trees.tables_in(tree)}
        last = max((place for place, step in enumerate(self.steps) if step.table in used), default=-1)
        place = next((place for place in self._places[label.alias] if place > last), len(self.steps))
        if place == len(self.steps):
            self._places[label.alias].append(place)
            own.append(place)
            self.steps.append(Columns(self.names.new(label.alias)))
        return self.steps[place].put(wanted, value, remark)

    def needed(self, of: Iterable[Tree], *, every: bool) -> tuple[list[Columns], Collection[str]]:
        """The steps that some trees need, in order, and the tables and steps that these and the trees use.

        With `every`, also the steps that no such query had before, so that the view has a column for each clause.
        """
        used = {table for tree in of for table in trees.tables_in(tree)}
        wanted = []
        for step in reversed(self.steps):
            if step.table in used or (every and step.table not in self._shown):
                used |= step.uses
                wanted.append(step)
        self._shown |= {step.table for step in wanted if every}
        return wanted[::-1], used
