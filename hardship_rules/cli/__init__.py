"""The command line `hardship-rules`: one module a command; extra `cli`."""

import click

from hardship_rules.cli import (
    approve,
    assess,
    changes,
    check,
    compare,
    new,
    register,
    replay,
    review,
    show,
    template,
    test,
    verify,
)
from hardship_rules.core.version import __version__

__all__ = ["commands"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hardship-rules")
def commands() -> None:
    """困难职工家庭认定：审核家庭，比较政策，生成、检查、审批政策文件，证明政策没有漏洞，复核审核记录，生成空白家庭文件，运行算例。

    退出码：0 已作答（包括待定）；1 发现问题或算例未通过；2 用法不对。
    """


for _command in (
    approve.approve,
    assess.assess,
    changes.changes,
    check.check,
    compare.compare,
    new.new,
    register.register,
    replay.replay,
    review.review,
    show.show,
    template.template,
    test.test,
    verify.verify,
):
    commands.add_command(_command)
