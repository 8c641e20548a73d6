"""What `compare --register` writes: a register's files under two policies, as a report."""

import click
from attrs import frozen

from hardship_rules.cli.output import RENDERERS, problems_json
from hardship_rules.core.model import Policy
from hardship_rules.core.problems import Language
from hardship_rules.engine.left_out import with_left_out
from hardship_rules.language.mapping import load_mapping, mapping_for


@frozen
class Asked:
    """Which register, how it is to be read, and for which day."""

    files: tuple[str, ...]
    mapping: str | None
    on: str
    keep_going: bool
    show_values: bool


def impact_text(old: Policy, new: Policy, asked: Asked, form: str, lang: Language) -> tuple[str | None, bool]:
    """The report on a register in a form, and whether nothing is wrong with any household; the problems are told here.

    There is no report where something is wrong, unless it is to keep going. Raises `FactError` where no register can be
    read.
    """
    try:
        from hardship_rules.registers.impact import impact  # noqa: PLC0415  # what it needs may not be installed
        from hardship_rules.registers.impact_report import impact_json, impact_report  # noqa: PLC0415  # it may not be installed
        from hardship_rules.registers.register import every_problem, read_register  # noqa: PLC0415  # it may not be installed
        from hardship_rules.registers.register_files import tables_of  # noqa: PLC0415  # it may not be installed
        from hardship_rules.registers.register_part import KEY  # noqa: PLC0415  # it may not be installed
        from hardship_rules.registers.register_report import report, rows_told  # noqa: PLC0415  # it may not be installed
        from hardship_rules.registers.register_rows import doubt_of  # noqa: PLC0415  # it may not be installed
    except ModuleNotFoundError as error:
        raise click.ClickException(f"缺少 {error.name}：pip install 'hardship-rules[register]'") from None
    mapping = mapping_for(new, None if asked.mapping is None else load_mapping(asked.mapping))
    register = read_register(mapping, tables_of(asked.files, mapping), show_values=asked.show_values)
    problems = every_problem(register)
    if told := (*problems, *register.warnings):
        json = form == "json" and bool(problems) and not asked.keep_going  # else the report itself is the one JSON
        show = asked.show_values
        text = problems_json(told, lang, show_values=show) if json else report(told, lang, show_values=show) + "\n"
        click.echo(text, nl=False, err=not json)
    if problems and not asked.keep_going:
        return None, False
    own, theirs = register.frame(register.households), register.frame(register.members)
    before, now = (with_left_out(policy, register.blanks) for policy in (old, new))
    found = impact(before, now, own, theirs, KEY, asked.on)
    beside = (len(register.problems), doubt_of(register), rows_told(register.warnings))
    text = impact_json(found, *beside) if form == "json" else RENDERERS[form](impact_report(found, *beside))
    return text, not problems
