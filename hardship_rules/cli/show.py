"""`hardship-rules show`: a policy in another form."""

import json
import sys

import click

from hardship_rules.api import load_policy
from hardship_rules.cli.output import FOLDERS, LANG
from hardship_rules.problems import Language, PolicyError
from hardship_rules.ruleset import ruleset


@click.command()
@click.argument("policy_name", metavar="POLICY")
@click.option(
    "--format", "form", type=click.Choice(["durable"]), required=True, help="durable：durable-rules 的规则集（JSON）。"
)
@LANG
@FOLDERS
def show(policy_name: str, form: str, lang: Language, folders: tuple[str, ...]) -> None:  # noqa: ARG001  # one form so far
    """显示政策的另一种写法。POLICY 是标识或路径。"""
    try:
        rules = ruleset(load_policy(policy_name, folders=folders))
    except PolicyError as error:
        click.echo(error.report(lang), err=True)
        sys.exit(1)
    click.echo(json.dumps(json.loads(rules.definitions), indent=1))
