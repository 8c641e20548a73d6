"""`hardship-rules show`: a policy as a document to proof-read, as a checklist, as a ruleset, or as the text to keep."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from hardship_rules.api import load_policy
from hardship_rules.as_html import as_html
from hardship_rules.as_markdown import as_markdown
from hardship_rules.as_text import as_text
from hardship_rules.checklist import checklist as checklist_of
from hardship_rules.cli.output import FOLDERS, LANG, written
from hardship_rules.document import Document
from hardship_rules.frozen import FrozenMapping
from hardship_rules.problems import Language, PolicyError
from hardship_rules.proofread import proofread
from hardship_rules.ruleset import ruleset

_RENDERERS: Mapping[str, Callable[[Document], str]] = FrozenMapping(
    {"text": as_text, "markdown": as_markdown, "html": as_html}
)
_DURABLE, _RESOLVED = "durable", "resolved"


@click.command()
@click.argument("policy_name", metavar="POLICY")
@click.option(
    "--format",
    "form",
    type=click.Choice([*_RENDERERS, _DURABLE, _RESOLVED]),
    default="text",
    show_default=True,
    help="text 文本，markdown，html 网页（可打印），durable 为 durable-rules 的规则集（JSON），"
    "resolved 为与审核记录一同留存的政策文本（JSON，由它得出指纹）。",
)
@click.option("--checklist", is_flag=True, help="对照表：逐条列出，留出填写条号、一致与否和备注的空栏。")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False), help="写入文件（UTF-8），不在屏幕显示。"
)
@LANG
@FOLDERS
def show(
    policy_name: str, form: str, output: str | None, lang: Language, folders: tuple[str, ...], *, checklist: bool
) -> None:
    """把政策写成中文文件，供对照规定原文核对。POLICY 是标识或路径。"""
    if checklist and form in (_DURABLE, _RESOLVED):
        raise click.UsageError(f"--checklist 不能与 --format {form} 同用。")
    try:
        policy = load_policy(policy_name, folders=folders)
        if form == _DURABLE:
            text = json.dumps(json.loads(ruleset(policy).definitions), indent=1) + "\n"
        elif form == _RESOLVED:
            text = policy.resolved + "\n"
        else:
            text = _RENDERERS[form](checklist_of(policy) if checklist else proofread(policy))
    except PolicyError as error:
        click.echo(error.report(lang), err=True)
        sys.exit(1)
    if output is None:
        click.echo(text, nl=False)
    elif not written(Path(output), text, lang):
        sys.exit(1)
