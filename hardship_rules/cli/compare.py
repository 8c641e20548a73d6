"""`hardship-rules compare`: the verdicts of two policies side by side, for households or for a register."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click
from attrs import frozen

from hardship_rules.cli._input import household_of
from hardship_rules.cli._output import (
    FOLDERS,
    LANG,
    RENDERERS,
    Answers,
    Target,
    form_by_ending,
    problems_json,
    write_text,
)
from hardship_rules.comparison import compare as compare_household
from hardship_rules.core.kinds import parse_date
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Language, PolicyError
from hardship_rules.engine.defaults import with_left_out
from hardship_rules.language.mapping import load_mapping, mapping_for
from hardship_rules.language.policies import load_policy


@frozen
class RegisterRequest:
    """The files of a register, how to read them, and the day of its verdicts."""

    files: tuple[str, ...]
    mapping: str | None
    on: str
    keep_going: bool
    show_values: bool


@click.command()
@click.argument("policy", metavar="POLICY")
@click.argument("other", metavar="POLICY")
@click.argument("files", metavar="HOUSEHOLD...", nargs=-1)
@click.option(
    "--on",
    "days",
    metavar="DATE",
    multiple=True,
    help="认定日期，代替家庭文件中的“认定日期”；给出两次时，依次用于两份政策。",
)
@click.option(
    "--reading",
    "readings",
    metavar="READING=OPTION",
    multiple=True,
    help="第二份政策改选的解读，如 equal_to_standard=granted；可多次给出。",
)
@click.option("-o", "--output", metavar="FILE", type=Target(dir_okay=False), help="写入文件（UTF-8），不在屏幕显示。")
@click.option(
    "--register",
    "registers",
    metavar="FILE",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="登记簿：一个 xlsx，或先后给出家庭和成员两个 csv 或 parquet；不给 HOUSEHOLD，写出全部家庭受到的影响。",
)
@click.option("--mapping", metavar="FILE", help="登记簿的映射文件。")
@click.option("--keep-going", is_flag=True, help="登记簿有问题的家庭不列入，其余照算。")
@click.option("--show-values", is_flag=True, help="登记簿的问题中写出所填的内容。")
@click.option(
    "--format",
    "form",
    type=click.Choice([*RENDERERS, "json"]),
    help="text 文本，markdown，html 网页（可打印），json 供程序使用；不写的为 text，登记簿按 FILE 的扩展名。",
)
@LANG
@FOLDERS
def compare(
    policy: str,
    other: str,
    files: tuple[str, ...],
    days: tuple[str, ...],
    readings: tuple[str, ...],
    registers: tuple[str, ...],
    mapping: str | None,
    output: str | None,
    form: str | None,
    lang: Language,
    folders: tuple[str, ...],
    *,
    keep_going: bool,
    show_values: bool,
) -> None:
    """同一家庭按两份政策各判一次，并列结论，指出从哪一条开始不同；或整个登记簿按两份政策各判一次，写出影响。

    POLICY 是政策的标识、路径，或系列标识（配合日期）；HOUSEHOLD 是 YAML 或 JSON 文件，- 为标准输入。
    日期不在某份政策的适用日期之内时，按假定它当日也适用来判，并予注明。
    """
    if len(days) > 2:
        raise click.UsageError("--on 至多给出两次。")
    chosen = _chosen(readings)
    if bool(files) is bool(registers):
        raise click.UsageError("给出 HOUSEHOLD，或用 --register 给出登记簿。")
    if registers:
        if len(days) != 1:
            raise click.UsageError("登记簿用 --on 给出一个认定日期。")
        request = RegisterRequest(registers, mapping, days[0], keep_going, show_values)
        _compare_register(policy, other, chosen, request, output, form_by_ending(form, output), lang, folders)
        return
    if mapping is not None or keep_going or show_values:
        raise click.UsageError("--mapping、--keep-going、--show-values 只用于 --register。")
    form = form or "text"
    if form == "html" and len(files) > 1:
        raise click.UsageError("--format html 一次写一个家庭。")
    answers, read = Answers(form, lang), list[str | Policy](files)
    for file in files:
        with answers.reporting():
            household = household_of(file)
            on, other_on = (days[0] if days else None), (days[-1] if days else None)
            first = _policy(policy, on or household.on, folders)
            second = _policy(other, other_on or household.on, folders).with_readings(chosen)
            read += [first, second]
            answer = compare_household(first, second, household, on, other_on).explain(format=form, lang=lang)
            answers.add(file, answer, files)
    sys.exit(0 if answers.output(output, read) else 1)


def _compare_register(
    policy: str,
    other: str,
    chosen: dict[str, str],
    request: RegisterRequest,
    output: str | None,
    form: str,
    lang: Language,
    folders: tuple[str, ...],
) -> None:
    """Write the impact of the second policy on a register, and exit."""
    try:
        old, new = _policy(policy, request.on, folders), _policy(other, request.on, folders).with_readings(chosen)
        text, sound = _impact_text(old, new, request, form, lang)
    except (FactError, PolicyError) as error:
        if form == "json":
            click.echo(problems_json(error.problems, lang), nl=False)
        else:
            click.echo(error.report(lang), err=True)
        sys.exit(1)
    if text is not None and output is None:
        click.echo(text, nl=False)
    elif text is not None and output is not None:
        sound = write_text(Path(output), text, lang, [*request.files, request.mapping, old, new]) and sound
    sys.exit(0 if sound else 1)


def _impact_text(
    old: Policy, new: Policy, request: RegisterRequest, form: str, lang: Language
) -> tuple[str | None, bool]:
    """The report of the impact in a form, and whether the register has no problems; these are printed here.

    There is no report of a register with problems, unless it is to keep going. Raises `FactError` if the register
    cannot be read.
    """
    try:
        from hardship_rules.registers import impact, impact_json, impact_report, read_register, tables_of
        from hardship_rules.registers.output import remarks_of, report
        from hardship_rules.registers.register import every_problem
    except ModuleNotFoundError as error:
        raise click.ClickException(f"缺少 {error.name}：pip install 'hardship-rules[register]'") from None
    mapping = mapping_for(new, None if request.mapping is None else load_mapping(request.mapping))
    register = read_register(mapping, tables_of(request.files, mapping), show_values=request.show_values)
    problems = every_problem(register)
    if listed := (*problems, *register.warnings):
        is_json = form == "json" and bool(problems) and not request.keep_going  # else the one JSON is the report
        show = request.show_values
        text = (
            problems_json(listed, lang, show_values=show) if is_json else report(listed, lang, show_values=show) + "\n"
        )
        click.echo(text, nl=False, err=not is_json)
    if problems and not request.keep_going:
        return None, False
    before, now = (with_left_out(policy, register.partly_blank) for policy in (old, new))
    households, members = register.frame(register.households), register.frame(register.members)
    result = impact(before, now, households, members, on=request.on)
    about = (len(register.problems), register.doubt, remarks_of(register.warnings))
    text = impact_json(result, *about) if form == "json" else RENDERERS[form](impact_report(result, *about))
    return text, not problems


def _chosen(readings: Iterable[str]) -> dict[str, str]:
    """The options of `--reading` by their readings."""
    pairs = [reading.partition("=") for reading in readings]
    if any(not sign for _, sign, _ in pairs):
        raise click.UsageError("--reading 写成 解读=选项，如 equal_to_standard=granted。")
    return {name: option for name, _, option in pairs}


def _policy(name: str, on: str | None, folders: tuple[str, ...]) -> Policy:
    return load_policy(name, None if on is None else parse_date(on), folders)
