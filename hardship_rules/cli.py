"""The command line: assess households, check policies, run worked cases."""

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from hardship_rules import __version__, source
from hardship_rules.api import assess as assess_household
from hardship_rules.api import load_household, load_policy, read_household
from hardship_rules.cases import Case, read_cases
from hardship_rules.conform import date_of
from hardship_rules.durable import assess as assess_by_both
from hardship_rules.durable_worker import DurableError
from hardship_rules.explain import explain
from hardship_rules.household import HouseholdText
from hardship_rules.model import Policy
from hardship_rules.problems import FactError, Language, Location, PolicyError, Problem, path_text
from hardship_rules.ruleset import ruleset

PROBLEMS = "hardship-rules/problems/1"

_LANG = click.option(
    "--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="问题所用的语言。"
)
_FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="输出的形式。"
)
_FOLDERS = click.option(
    "--policies",
    "folders",
    metavar="FOLDER",
    multiple=True,
    type=click.Path(exists=True, file_okay=False),
    help="查找政策文件的文件夹，可多次给出。",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hardship-rules")
def commands() -> None:
    """困难职工家庭认定：审核家庭，检查政策文件，运行算例。

    退出码：0 已作答（包括待定）；1 发现问题或算例未通过；2 用法不对。
    """


@commands.command()
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
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False), help="写入文件（UTF-8），不在屏幕显示。"
)
@_FORMAT
@_LANG
@_FOLDERS
def assess(
    files: tuple[str, ...],
    policy_name: str | None,
    on: str | None,
    engine: str,
    output: str | None,
    form: str,
    lang: Language,
    folders: tuple[str, ...],
) -> None:
    """审核家庭，说明类别和理由。FILE 是 YAML 或 JSON 文件，- 为标准输入。"""
    answers, failed = [], False
    for file in files:
        try:
            household = _household(file)
            policy = _policy_for(household, policy_name, on, folders)
            if engine == "evaluator":
                answer = explain(assess_household(policy, household, on), format=form)
            else:
                answer = assess_by_both(policy, household, on).explain(format=form)
        except DurableError as error:
            failed = True
            click.echo(f"{file}: {error}", err=True)
        except (FactError, PolicyError) as error:
            failed = True
            if form == "json":
                answers.append(_problems_json(error.problems, lang))
            else:
                click.echo(error.report(lang), err=True)
        else:
            answers.append(f"{file}\n\n{answer}" if form == "text" and len(files) > 1 else answer)
    text = ("\n" if form == "text" else "").join(answers)
    if output is None:
        click.echo(text, nl=False)
    elif not failed:
        failed = not _written(Path(output), text, lang)
    sys.exit(1 if failed else 0)


@commands.command()
@click.argument("policies", metavar="POLICY...", nargs=-1, required=True)
@_FORMAT
@_LANG
@_FOLDERS
def check(policies: tuple[str, ...], form: str, lang: Language, folders: tuple[str, ...]) -> None:
    """检查政策文件：逐处指出问题和改法。POLICY 是标识或路径。"""
    failed = False
    for name in policies:
        try:
            policy = load_policy(name, folders=folders)
        except PolicyError as error:
            failed = True
            click.echo(
                _problems_json(error.problems, lang) if form == "json" else error.report(lang), nl=form == "text"
            )
        else:
            click.echo(_problems_json((), lang) if form == "json" else _sound(name, policy, lang), nl=form == "text")
    sys.exit(1 if failed else 0)


@commands.command()
@click.argument("policy_name", metavar="POLICY")
@click.option(
    "--format", "form", type=click.Choice(["durable"]), required=True, help="durable：durable-rules 的规则集（JSON）。"
)
@_LANG
@_FOLDERS
def show(policy_name: str, form: str, lang: Language, folders: tuple[str, ...]) -> None:  # noqa: ARG001  # one form so far
    """显示政策的另一种写法。POLICY 是标识或路径。"""
    try:
        rules = ruleset(load_policy(policy_name, folders=folders))
    except PolicyError as error:
        click.echo(error.report(lang), err=True)
        sys.exit(1)
    click.echo(json.dumps(json.loads(rules.definitions), indent=1))


@commands.command()
@click.argument("paths", metavar="CASES...", nargs=-1, required=True, type=click.Path(exists=True))
@_LANG
@_FOLDERS
def test(paths: tuple[str, ...], lang: Language, folders: tuple[str, ...]) -> None:
    """运行算例（文件或文件夹）：哪些未通过，应为什么、得到什么、依据是什么。"""
    passed = failed = 0
    for path in _case_files(paths):
        try:
            cases = read_cases(path, folders)
        except PolicyError as error:
            failed += 1
            click.echo(error.report(lang))
            continue
        for case in cases:
            lines = list(_run(case, lang))
            failed, passed = failed + bool(lines), passed + (not lines)
            for line in lines:
                click.echo(line)
    click.echo(_COUNTS[lang].format(passed=passed, failed=failed))
    sys.exit(1 if failed or not passed else 0)


_COUNTS = {"zh": "通过 {passed} 例，未通过 {failed} 例", "en": "{passed} passed, {failed} failed"}
_FAILED = {"zh": "{at}: 未通过：{title}", "en": "{at}: failed: {title}"}
_GOT = {"zh": "    {what}：应为 {expected}，得到 {got}", "en": "    {what}: expected {expected}, got {got}"}
_BECAUSE = {"zh": "    依据：{because}", "en": "    because: {because}"}
_SOUND = {"zh": "{name}: 没有问题：{title}，{fingerprint}", "en": "{name}: no problems: {title}, {fingerprint}"}
_OPEN = {
    "zh": "    尚无数值的参数：{names}；本文件可供年度文件引用，不能单独用来审核",
    "en": "    parameters still without a value: {names}; other files can extend this one, it cannot assess by itself",
}


def _household(file: str) -> HouseholdText:
    if file != "-":
        return load_household(file)
    name = "标准输入"
    content = source.read_stream(sys.stdin.buffer, name)
    text = content if isinstance(content, Problem) else source.decode(content, name)
    if isinstance(text, Problem):
        raise FactError([text])
    return read_household(text, name)


def _policy_for(household: HouseholdText, name: str | None, on: str | None, folders: Iterable[str]) -> Policy:
    name = name or household.policy
    if name is None:
        raise FactError([Problem("policy_not_named", ("policy",), location=Location(household.name, 1, 1))])
    day = on or household.on
    return load_policy(name, None if day is None else date_of(day), tuple(folders))


def _sound(name: str, policy: Policy, lang: Language) -> str:
    text = _SOUND[lang].format(name=name, title=policy.title, fingerprint=policy.fingerprint)
    names = ", ".join(name for name, parameter in policy.parameters.items() if not parameter.values)
    return text + (f"\n{_OPEN[lang].format(names=names)}" if names else "")


def _run(case: Case, lang: Language) -> Iterator[str]:
    mismatches = case.run()
    if mismatches:
        yield _FAILED[lang].format(at=case.at, title=case.title)
    for mismatch in mismatches:
        yield _GOT[lang].format(what=mismatch.what, expected=mismatch.expected, got=mismatch.got)
    if mismatches:
        yield _BECAUSE[lang].format(because=case.because)


def _case_files(paths: Iterable[str]) -> Iterator[Path]:
    for path in map(Path, paths):
        yield from sorted(path.rglob("*.yaml")) if path.is_dir() else [path]


def _problems_json(problems: Iterable[Problem], lang: Language) -> str:
    """The problems as a program reads them: code, place, path, sentence and mend."""
    listed = [
        {
            "code": problem.code,
            "severity": problem.severity,
            "path": path_text(problem.at) or None,
            "file": None if problem.location is None else problem.location.file,
            "line": None if problem.location is None else problem.location.line,
            "column": None if problem.location is None else problem.location.column,
            "message": problem.message(lang),
            "help": problem.help(lang) or None,
        }
        for problem in problems
    ]
    return json.dumps({"format": PROBLEMS, "problems": listed}, ensure_ascii=False) + "\n"


def _written(path: Path, text: str, lang: Language) -> bool:
    """Write a file whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        Path(name).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError, UnboundLocalError):
            Path(name).unlink()
        problem = Problem(
            "file_not_written", location=Location(str(path), 1, 1), values={"reason": error.strerror or "?"}
        )
        click.echo(problem.line(lang), err=True)
        return False
    return True
