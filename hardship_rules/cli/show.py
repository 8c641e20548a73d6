"""`hardship-rules show`: a policy as a document to proof-read, a checklist, a ruleset, a SQL view, or resolved text."""

import json
import sys
from pathlib import Path

import click

from hardship_rules.authoring import checklist as checklist_of
from hardship_rules.authoring import reading_copy
from hardship_rules.cli._output import FOLDERS, LANG, RENDERERS, Target, write_text
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Language, PolicyError
from hardship_rules.durable import ruleset
from hardship_rules.engine import lower, program_json
from hardship_rules.language.mapping import load_mapping, mapping_for
from hardship_rules.language.policies import load_policy
from hardship_rules.sql.dialects import DIALECTS

_DURABLE, _PROGRAM, _RESOLVED, _SQL = "durable", "program", "resolved", "sql"


@click.command()
@click.argument("policy_name", metavar="POLICY")
@click.option(
    "--format",
    "form",
    type=click.Choice([*RENDERERS, _DURABLE, _PROGRAM, _RESOLVED, _SQL]),
    default="text",
    show_default=True,
    help="text 文本，markdown，html 网页（可打印），durable 为 durable-rules 的规则集（JSON），"
    "program 为政策的程序（JSON，供其他语言的引擎运行），"
    "resolved 为与审核记录一同留存的政策文本（JSON，由它得出指纹），sql 为数据库中的视图（配合 --dialect）。",
)
@click.option("--checklist", is_flag=True, help="对照表：逐条列出，留出填写条号、一致与否和备注的空栏。")
@click.option("-o", "--output", metavar="FILE", type=Target(dir_okay=False), help="写入文件（UTF-8），不在屏幕显示。")
@click.option("--dialect", type=click.Choice(list(DIALECTS)), help="sql：哪种数据库。")
@click.option("--on", metavar="DATE", help="sql：认定日期；不给出的，按适用日期内的任何一天。")
@click.option("--on-column", metavar="COLUMN", help="sql：认定日期在家庭表的哪一列。")
@click.option("--without", metavar="COLUMN", multiple=True, help="sql：表中没有的列，由政策的规定代替；可多次给出。")
@click.option(
    "--known", metavar="COLUMN", multiple=True, help="sql：没有空值的列，视图随之变短；all 为全部的列；可多次给出。"
)
@click.option(
    "--mapping",
    "mapping_file",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="sql：登记表的映射文件：表中的列、代码和单位各是什么。",
)
@click.option("--view", metavar="NAME", help="sql：视图的名称，默认为 hardship_ 加政策标识。")
@click.option("--tables", is_flag=True, help="sql：写出两张空表的建表语句，不写视图。")
@LANG
@FOLDERS
def show(
    policy_name: str,
    form: str,
    output: str | None,
    dialect: str | None,
    on: str | None,
    on_column: str | None,
    without: tuple[str, ...],
    known: tuple[str, ...],
    mapping_file: str | None,
    view: str | None,
    lang: Language,
    folders: tuple[str, ...],
    *,
    checklist: bool,
    tables: bool,
) -> None:
    """把政策写成中文文件，供对照规定原文核对；或写成程序和数据库所用的形式。POLICY 是标识或路径。"""
    if form == _SQL and dialect is None and not tables:
        raise click.UsageError(f"--format sql 要用 --dialect 说明哪种数据库：{'、'.join(DIALECTS)}。")
    if form != _SQL and any((dialect, on, on_column, without, known, mapping_file, view, tables)):
        raise click.UsageError(
            "--dialect、--on、--on-column、--without、--known、--mapping、--view、--tables 只与 --format sql 同用。"
        )
    if mapping_file is not None and (without or tables):
        raise click.UsageError("--mapping 说明已有的表：不与 --without、--tables 同用。")
    if on is not None and on_column is not None:
        raise click.UsageError("--on 和 --on-column 只能给出一个。")
    if checklist and form in (_DURABLE, _PROGRAM, _RESOLVED, _SQL):
        raise click.UsageError(f"--checklist 不能与 --format {form} 同用。")
    try:
        policy = load_policy(policy_name, folders=folders)
        if form == _DURABLE:
            text = json.dumps(json.loads(ruleset(policy).definitions), indent=1) + "\n"
        elif form == _PROGRAM:
            text = program_json(lower(policy))
        elif form == _RESOLVED:
            text = policy.resolved + "\n"
        elif form == _SQL:
            from hardship_rules.sql import register, view_in_sql

            mapping = None if mapping_file is None else mapping_for(policy, load_mapping(mapping_file))
            view_tables = register(policy, on, on_column, without, _known(policy, known, without), mapping)
            text = view_tables.tables() if tables else view_in_sql(view_tables, str(dialect), view)
        else:
            text = RENDERERS[form](checklist_of(policy) if checklist else reading_copy(policy))
    except (FactError, PolicyError) as error:
        click.echo(error.report(lang), err=True)
        sys.exit(1)
    except ModuleNotFoundError as error:
        raise click.ClickException(str(error)) from None
    if output is None:
        click.echo(text, nl=False)
    elif not write_text(Path(output), text, lang, [policy, mapping_file]):
        sys.exit(1)


def _known(policy: Policy, known: tuple[str, ...], without: tuple[str, ...]) -> list[str]:
    """The columns without nulls; `all` means all that the tables have."""
    if known != ("all",):
        return list(known)
    return [name for name in (*policy.facts, *policy.members.facts) if name not in without]
