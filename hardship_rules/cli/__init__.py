"""The command line `hardship-rules`: one module a command; extra `cli`."""

import click

from hardship_rules.cli.approve import approve
from hardship_rules.cli.assess import assess
from hardship_rules.cli.changes import changes
from hardship_rules.cli.check import check
from hardship_rules.cli.compare import compare
from hardship_rules.cli.new import new
from hardship_rules.cli.register import register
from hardship_rules.cli.replay import replay
from hardship_rules.cli.review import review
from hardship_rules.cli.show import show
from hardship_rules.cli.template import template
from hardship_rules.cli.test import test
from hardship_rules.cli.verify import verify
from hardship_rules.core.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hardship-rules")
def commands() -> None:
    """困难职工家庭认定：审核家庭，比较政策，生成、检查、审批政策文件，证明政策没有漏洞，复核审核记录，生成空白家庭文件，运行算例。

    退出码：0 已作答（包括待定）；1 发现问题或算例未通过；2 用法不对。
    """


for _command in (approve, assess, changes, check, compare, new, register, replay, review, show, template, test, verify):
    commands.add_command(_command)
