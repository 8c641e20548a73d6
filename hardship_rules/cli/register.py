"""`hardship-rules register`: a whole register is assessed, its workbook made, or a mapping of its columns proposed."""

import sys
from pathlib import Path

import click

from hardship_rules.cli.output import FOLDERS, LANG, Target
from hardship_rules.core.problems import Language

_NEEDED = {"polars", "narwhals", "openpyxl"}


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1)
@click.option(
    "-p",
    "--policy",
    "policy_name",
    metavar="POLICY",
    help="政策的标识、路径，或系列标识（配合日期）；默认按对应文件中的 policy。",
)
@click.option("--on", metavar="DATE", help="认定日期，如 2021-03-31。")
@click.option(
    "--mapping", metavar="FILE", help="对应文件：各列是哪一项事实，代码和单位各是什么；默认列名就是事实的名称。"
)
@click.option("-o", "--output", metavar="FILE", type=Target(dir_okay=False), help="写入 .xlsx、.csv 或 .parquet 文件。")
@click.option("--explain", is_flag=True, help="每户写明理由；逐户另判一遍，户数多时较慢。")
@click.option("--keep-going", is_flag=True, help="有问题的家庭列出问题、不作判定，其余照常判定；默认有问题就不写结果。")
@click.option("--show-values", is_flag=True, help="列出问题时显示格中所填的内容；默认只说位置。")
@click.option(
    "--template", metavar="FILE", type=Target(dir_okay=False), help="不判定，生成供填写的空白登记簿（.xlsx）。"
)
@click.option(
    "--suggest-mapping", is_flag=True, help="不判定，按表头和内容拟一份对应文件；拿不准的写成注释，由人决定。"
)
@click.option("--force", is_flag=True, help="文件已经存在时覆盖它。")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="问题的形式。"
)
@LANG
@FOLDERS
def register(
    files: tuple[str, ...],
    policy_name: str | None,
    on: str | None,
    mapping: str | None,
    output: str | None,
    explain: bool,  # noqa: FBT001  # click gives them so
    keep_going: bool,  # noqa: FBT001  # click's flag
    show_values: bool,  # noqa: FBT001  # click's flag
    template: str | None,
    suggest_mapping: bool,  # noqa: FBT001  # click's flag
    force: bool,  # noqa: FBT001  # click's flag
    form: str,
    lang: Language,
    folders: tuple[str, ...],
) -> None:
    """判定整本登记簿：每户的类别、依据、差距、尚缺的事实、建档处理和应交材料，另有合计。

    FILE 是一个 Excel 工作簿（.xlsx，家庭、成员各一个工作表），或家庭、成员两个文件（.csv 或 .parquet，家庭在前）。

    空格是没有填写：政策写明不填时取什么值的，按政策取值；没有写明的是未知，不当成零。已知是未知的填“未知”。
    """
    if template is not None and (files or output or mapping or suggest_mapping):
        raise click.UsageError("--template 只与 -p、--on、--force 同用。")
    if template is None and not files:
        raise click.UsageError("缺少 FILE。")
    if suggest_mapping and (mapping or explain or keep_going):
        raise click.UsageError("--suggest-mapping 只与 -p、--on、-o、--force 同用。")
    if template is None and not suggest_mapping and output is None:
        raise click.UsageError("缺少 -o：结果写入哪个文件。")
    try:  # what it needs may not be installed
        from hardship_rules.cli.registering import Job  # noqa: PLC0415  # it may not be installed
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        click.echo(f"判定登记簿需要 {error.name}：pip install 'hardship-rules[register]'", err=True)
        sys.exit(1)
    job = Job(policy_name, on, lang, form, folders, force=force)
    if template is not None:
        done = job.make_template(Path(template))
    elif suggest_mapping:
        done = job.suggest(files, None if output is None else Path(output))
    else:
        done = job.assess(
            files, mapping, Path(output or ""), explain=explain, keep_going=keep_going, show_values=show_values
        )
    sys.exit(0 if done else 1)
