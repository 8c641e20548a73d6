"""`hardship-rules replay`: assess records again, and report the differences."""

import sys

import click

from hardship_rules.cli._input import STDIN, text_of
from hardship_rules.cli._output import FOLDERS, FORMAT, LANG, Answers, Target
from hardship_rules.core.kinds import parse_date
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Language
from hardship_rules.language.policies import load_policy
from hardship_rules.language.schema import schema_text
from hardship_rules.records import read_record, record_schema
from hardship_rules.records import replay as replay_record


@click.command()
@click.argument("records", metavar="RECORD...", nargs=-1)
@click.option(
    "-p",
    "--policy",
    "policy_name",
    metavar="POLICY",
    help="另按这份政策判一次，说明从哪一条开始不同：标识、路径，或系列标识（按记录的认定日期）。",
)
@click.option("--schema", is_flag=True, help="输出审核记录的 JSON Schema，不写 RECORD。")
@click.option("-o", "--output", metavar="FILE", type=Target(dir_okay=False), help="写入文件（UTF-8），不在屏幕显示。")
@FORMAT
@LANG
@FOLDERS
def replay(
    records: tuple[str, ...],
    policy_name: str | None,
    schema: bool,  # noqa: FBT001  # click's flag
    output: str | None,
    form: str,
    lang: Language,
    folders: tuple[str, ...],
) -> None:
    """复核审核记录：重新审核，说明结论和每一条是否仍与记录相同。RECORD 是记录文件，- 为标准输入。

    记录所用的政策按指纹查找：记录所附的、--policies 文件夹中的、随程序提供的。全部相同的，退出码为 0；
    有不同或有问题的，为 1。
    """
    if schema is bool(records):
        raise click.UsageError("--schema 不写 RECORD" if schema else "缺少 RECORD")
    answers, same, read = Answers(form, lang), True, list[str | Policy | None](records)
    loaded: dict[str, Policy] = {}
    for file in records:
        with answers.reporting():
            name = STDIN if file == "-" else file
            text = text_of(file, name)
            other = None if policy_name is None else _policy_to_compare(policy_name, text, name, folders)
            replayed = replay_record(text, other, name=name, policies=loaded.values(), folders=folders)
            read += [replayed.policy, other]
            loaded[replayed.policy.fingerprint] = replayed.policy
            same = same and replayed.same
            answers.texts.append(replayed.explain(format=form, lang=lang))
    whole = schema_text(record_schema()) if schema else "".join(answers.texts)
    sys.exit(0 if answers.output_text(whole, output, read) and same else 1)


def _policy_to_compare(policy_name: str, text: str, name: str, folders: tuple[str, ...]) -> Policy:
    """The policy to compare with; of a series, the one in force on the record's day."""
    on = read_record(text, name).on
    return load_policy(policy_name, None if on is None else parse_date(on), folders)
