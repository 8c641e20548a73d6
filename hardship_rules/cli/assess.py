"""`hardship-rules assess`: the verdicts on households, with their reasons."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.assessment import assess as assess_household
from hardship_rules.assessment.household import HouseholdText
from hardship_rules.cli._input import household_of, policy_for
from hardship_rules.cli._output import (
    FOLDERS,
    RECORD,
    Answers,
    Target,
    check_output,
    write_records,
)
from hardship_rules.comparison.nearest import what_would_change as changes_of
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Language
from hardship_rules.durable.run import assess as assess_with_durable
from hardship_rules.durable.worker import DurableError
from hardship_rules.explanation import notice as notice_of
from hardship_rules.explanation.brief import brief_of
from hardship_rules.explanation.brief_text import brief_text
from hardship_rules.explanation.explanation import explanation_of
from hardship_rules.explanation.formats import DETAILS, FORMATS, FORMER_JSON, explain
from hardship_rules.explanation.layout import Paint, explanation_text, unpainted
from hardship_rules.records import record

_BEFORE_SENDING = "通知由程序拟写，不替代工会认定决定：请核对，填好空白处，盖章后再发出。"
_COLOURS = {
    "√": "green",
    "×": "red",
    "○": "yellow",
    "urgent": "red",
    "elevated": "yellow",
    "special": "magenta",
    "open": "blue",
}
_MARKS = ("√", "×", "○")
_DETAILS = tuple(dict.fromkeys(detail for details in DETAILS.values() for detail in details))
_FORMER_JSON_ENDS = "--format json/1 用到 0.4 版为止：改用 --format json --detail trace。"


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "-p",
    "--policy",
    "policy_name",
    metavar="POLICY",
    help="政策的标识、路径，或系列标识（配合日期）；默认按文件中的“政策”。",
)
@click.option("--on", metavar="DATE", help="认定日期，如 2021-03-31；默认按文件中的“认定日期”。")
@click.option(
    "--engine",
    type=click.Choice(["evaluator", "durable-rules"]),
    default="evaluator",
    show_default=True,
    help="durable-rules：由第二个引擎再判一遍，两者须一致。",
)
@click.option("--turns-on", "turns", is_flag=True, help="JSON 中也写结论取决于哪些解读和条款；文字说明总是写。")
@click.option("--what-would-change", is_flag=True, help="另列出哪一项事实单独改变即会改变类别。")
@click.option(
    "--fact",
    "facts",
    metavar="FACT",
    multiple=True,
    help="--what-would-change 只查这项事实：标识、名称，或 members[1].标识；可多次给出。",
)
@click.option("--until", metavar="SECONDS", type=float, help="--what-would-change 至多查这么多秒，并说明未查完的事实。")
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS, RECORD, FORMER_JSON]),
    default="text",
    show_default=True,
    help="text 文本，markdown，html 网页（可打印），json 供程序使用，record 可供日后复核的审核记录（JSON）；"
    "json/1 是旧的 JSON，用到 0.4 版为止。",
)
@click.option("--embed", is_flag=True, help="记录中附上政策全文；不附的，另用 show --format resolved 留存。")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=Target(),
    help="写入文件（UTF-8），不在屏幕显示；写记录时可以是文件夹，每户一个文件。",
)
@click.option("--full", is_flag=True, help="写出全部理由、取值和依据；不加时只写一屏。JSON 中即 --detail trace。")
@click.option(
    "--detail",
    type=click.Choice(_DETAILS),
    help="JSON 的详略：verdict 结论，reasons 另有理由（默认），trace 另有全部算式；其他形式为 short 或 full。",
)
@click.option("--notice", is_flag=True, help="写成答复申请的通知：缺什么材料、退回的理由或应交的材料，不含个人信息。")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="说明和问题所用的语言。")
@FOLDERS
def assess(
    files: tuple[str, ...],
    policy_name: str | None,
    on: str | None,
    engine: str,
    turns: bool,  # noqa: FBT001  # click's flag
    what_would_change: bool,  # noqa: FBT001  # click's flag
    embed: bool,  # noqa: FBT001  # click's flag
    output: str | None,
    form: str,
    lang: Language,
    folders: tuple[str, ...],
    *,
    notice: bool,
    full: bool,
    detail: str | None,
    facts: tuple[str, ...],
    until: float | None,
) -> None:
    """审核家庭，说明类别和理由。FILE 是 YAML 或 JSON 文件，- 为标准输入。"""
    _check(files, form, lang, engine, what_would_change=what_would_change, notice=notice, turns=turns)
    _check_search(facts, until, what_would_change=what_would_change)
    detail = _detail(form, detail, full=full, notice=notice)
    if form == FORMER_JSON:
        click.echo(_FORMER_JSON_ENDS, err=True)
    paint: Paint = _paint if output is None and _has_colour() else unpainted
    check_output(files, form, output, embed=embed)
    answers, read = Answers("json" if form == FORMER_JSON else form, lang), list[str | Policy](files)
    records: dict[str, str] = {}
    for file in files:
        with answers.reporting(), _reported_once(form):
            household = household_of(file)
            read.append(policy := policy_for(household, policy_name, on, folders))
            try:
                if form == RECORD:
                    judge = assess_household if engine == "evaluator" else _with_durable
                    answer = records[file] = record(judge(policy, household, on), embed=embed)
                elif what_would_change:
                    changes = changes_of(policy, household, on, facts=facts or None, until=until)
                    answer = changes.explain(format=form, lang=lang, detail=detail, turns=turns)
                elif engine != "evaluator":
                    confirmed = assess_with_durable(policy, household, on, undecided="leave")
                    answer = confirmed.explain(format=form, lang=lang, detail=detail)
                else:
                    assessment = assess_household(policy, household, on)
                    if notice:
                        answer = notice_of(assessment, format=form)
                    elif form == "text":
                        answer = _text(assessment, lang, paint, full=detail == "full", hint=output is None)
                    else:
                        answer = explain(assessment, format=form, lang=lang, detail=detail, turns=turns)
            except DurableError as error:
                answers.failed = True
                click.echo(f"{file}: {error}", err=True)
                continue
            answers.add(file, answer, files)
    if form == RECORD and output is not None:
        sys.exit(0 if write_records(records, Path(output), lang) and not answers.failed else 1)
    if notice and answers.texts:
        click.echo(_BEFORE_SENDING, err=True)
    sys.exit(0 if answers.output(output, read) else 1)


def _check(
    files: tuple[str, ...],
    form: str,
    lang: Language,
    engine: str,
    *,
    what_would_change: bool,
    notice: bool,
    turns: bool,
) -> None:
    """Refuse options that cannot be combined."""
    if what_would_change and (engine != "evaluator" or notice or form == RECORD):
        raise click.UsageError("--what-would-change 不能与 --format record、--notice、--engine 同用。")
    if notice and (form in ("json", FORMER_JSON, RECORD) or lang != "zh" or turns or engine != "evaluator"):
        raise click.UsageError(
            "--notice 是中文通知，不能与 --format json 或 record、--lang en、--turns-on、--engine 同用。"
        )
    if engine != "evaluator" and form not in ("text", "json", FORMER_JSON, RECORD):
        raise click.UsageError("--engine durable-rules 只能与 --format text、json 或 record 同用。")
    if form == "html" and len(files) > 1:
        raise click.UsageError("--format html 一次写一个家庭。")


def _check_search(facts: tuple[str, ...], until: float | None, *, what_would_change: bool) -> None:
    """Refuse limits of a search that is not made, and a time limit that is none."""
    if not what_would_change and (facts or until is not None):
        raise click.UsageError("--fact 和 --until 要和 --what-would-change 一起用。")
    if until is not None and not until > 0:
        raise click.UsageError("--until 应是大于 0 的秒数。")


def _detail(form: str, detail: str | None, *, full: bool, notice: bool) -> str | None:
    """The detail of the format; `--full` is the most of it. Refuses details that the format does not have."""
    if notice or form == RECORD:
        if detail is not None:
            raise click.UsageError("--detail 不能与 --format record、--notice 同用。")
        return None
    most = DETAILS[form][-1]
    if detail is not None and detail not in DETAILS[form]:
        raise click.UsageError(f"--format {form} 的 --detail 是 {'、'.join(DETAILS[form])} 之一。")
    if full and detail not in (None, most):
        raise click.UsageError(f"--full 即 --detail {most}，不能与 --detail {detail} 同用。")
    return most if full else detail


@contextmanager
def _reported_once(form: str) -> Iterator[None]:
    """Hide the warning of a former format, which the command reports in its own words."""
    with warnings.catch_warnings():
        if form == FORMER_JSON:
            warnings.filterwarnings("ignore", category=DeprecationWarning, message="format=")
        yield


def _with_durable(policy: Policy, household: HouseholdText, on: str | None) -> Assessment:
    """The assessment, which durable-rules confirms."""
    return assess_with_durable(policy, household, on, undecided="leave").assessment


def _text(assessment: Assessment, lang: Language, paint: Paint, *, full: bool, hint: bool) -> str:
    """The explanation as text; with `hint`, the short one mentions the option for the full one."""
    if full:
        return explanation_text(explanation_of(assessment, lang), paint)
    return brief_text(brief_of(assessment, lang), paint, hint=hint)


def _has_colour() -> bool:
    """Whether standard output is a terminal with colours, and NO_COLOR is not set (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _paint(role: str, text: str) -> str:
    """A text in colour: marks by their meaning, the verdict by its tone and in bold, headings in bold."""
    return click.style(text, fg=_COLOURS.get(role), bold=None if role in _MARKS else True)
