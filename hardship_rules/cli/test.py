"""`hardship-rules test`: run worked cases, report failures with their reasons, and measure coverage."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from hardship_rules.cli._input import cases_of
from hardship_rules.cli._output import FOLDERS, FORMAT, LANG, problems_json, there, written
from hardship_rules.core.problem import Language, Location, PolicyError, Problem
from hardship_rules.locale import sentences
from hardship_rules.testing import Coverage, coverage, coverage_data, coverage_text
from hardship_rules.testing.cases import Case, Mismatch

_EACH = 25  # searches between two reports of progress


@click.command()
@click.argument("paths", metavar="CASES...", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--coverage", "covers", is_flag=True, help="各政策还有哪些结果、条款、选项、界线没有算例检验。")
@click.option(
    "--write-missing",
    "missing",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="为没有检验的各处搜索家庭，写成未核对的算例；不能达到的予以证明。不覆盖已有文件。",
)
@click.option("-p", "--policy", "policy_name", metavar="POLICY", help="只看这一政策的覆盖情况（标识）。")
@FORMAT
@LANG
@FOLDERS
def test(
    paths: tuple[str, ...],
    covers: bool,  # noqa: FBT001  # a flag
    missing: str | None,
    policy_name: str | None,
    form: str,
    lang: Language,
    folders: tuple[str, ...],
) -> None:
    """运行算例（文件或文件夹）：哪些未通过，应为什么、得到什么、依据是什么。

    写着 confirmed: false 的算例尚未人工核对，单独计数，不算通过。
    """
    covers = covers or missing is not None
    if policy_name is not None and not covers:
        raise click.UsageError("-p 要和 --coverage 或 --write-missing 一起用")
    if missing is not None and there(Path(missing)):
        problem = _file_exists(missing)
        if form == "json":
            click.echo(problems_json([problem], lang), nl=False)
        else:
            click.echo(problem.line(lang), err=True)
        sys.exit(1)
    cases, problems = cases_of(paths, folders)
    if form == "text" and problems:
        click.echo(PolicyError(problems).report(lang))
    results = [(case, case.run()) for case in cases]
    confirmed = [mismatches for case, mismatches in results if case.confirmed]
    failed = sum(map(bool, confirmed)) + _files_refused(problems)
    counts = {
        "passed": len(confirmed) - sum(map(bool, confirmed)),
        "failed": failed,
        "unconfirmed": len(results) - len(confirmed),
    }
    coverages = _coverages(cases, policy_name, missing, lang) if covers else []
    reports: list[str] = []
    if missing is not None and coverages:
        coverages, reports, was_written = _write_missing(coverages[0], Path(missing), lang)
        failed += not was_written
    if form == "json":
        problems += [warning for case in cases for warning in case.warnings()]
        data: dict[str, Any] = {**counts, "cases": [_data(case, mismatches) for case, mismatches in results]}
        if covers:
            data["coverage"] = [coverage_data(one) for one in coverages]
        click.echo(problems_json(problems, lang, data), nl=False)
    else:
        for case, mismatches in results:
            for line in (*_lines(case, mismatches, lang), *(warning.line(lang) for warning in case.warnings())):
                click.echo(line)
        say = sentences("cli_test", lang)
        click.echo(
            say["counts"].format(**counts) + (say["unconfirmed"].format(**counts) if counts["unconfirmed"] else "")
        )
        for one in coverages:
            click.echo("\n" + coverage_text(one, lang), nl=False)
    for line in reports:
        click.echo(line, err=True)
    sys.exit(1 if failed or not counts["passed"] else 0)


def _files_refused(problems: Iterable[Problem]) -> int:
    """The number of files that could not be read; each counts as a failed case."""
    return len({"" if problem.location is None else problem.location.file for problem in problems})


def _file_exists(file: str) -> Problem:
    """Cases are never written over a file: cases in it may have been confirmed."""
    return Problem("cases_file_exists", given=file, location=Location(file, 1, 1))


def _coverages(cases: list[Case], policy_name: str | None, missing: str | None, lang: Language) -> list[Coverage]:
    """The coverage of each policy, or of the one named; to write missing cases there must be one."""
    names = list(dict.fromkeys(case.base.name for case in cases))
    if policy_name is not None and policy_name not in names and cases:
        raise click.UsageError(sentences("cli_test", lang)["none"].format(policy=policy_name))
    wanted = [case for case in cases if policy_name in (None, case.base.name)]
    coverages = list(coverage(wanted))
    if missing is not None and len(coverages) > 1:
        raise click.UsageError(
            sentences("cli_test", lang)["several"].format(policies="、".join(one.policy.name for one in coverages))
        )
    return coverages


def _write_missing(measured: Coverage, path: Path, lang: Language) -> tuple[list[Coverage], list[str], bool]:
    """Search for missing cases and write them.

    The coverage with what was proved impossible, the lines to report, and whether nothing failed.
    """
    try:
        from hardship_rules.proofs import terms as symbolic  # noqa: F401  # its error names the extra
        from hardship_rules.testing.missing import cases_text, search
    except ModuleNotFoundError as error:
        if error.name != "z3":
            raise
        sys.exit(str(error))
    say = sentences("cli_test", lang)

    def progress(done: int, of: int) -> None:
        if done and done % _EACH == 0:
            click.echo(say["progress"].format(done=done, of=of), err=True)

    searched = search(measured, progress=progress)
    reports = [say["not_settled"].format(count=len(searched.not_settled))] if searched.not_settled else []
    if not searched.found:
        return [searched.coverage], [*reports, say["nothing"].format(file=path)], True
    if there(path):  # since the search began
        return [searched.coverage], [*reports, _file_exists(str(path)).line(lang)], False
    if not written(path, cases_text(measured.policy, searched.found), lang, read=()):
        return [searched.coverage], reports, False
    return [searched.coverage], [*reports, say["written"].format(file=path, count=len(searched.found))], True


def _lines(case: Case, mismatches: tuple[Mismatch, ...], lang: Language) -> Iterator[str]:
    say = sentences("cli_test", lang)
    if mismatches:
        yield say["failed" if case.confirmed else "changed"].format(at=case.at, title=case.title)
    for mismatch in mismatches:
        yield say["got"].format(what=mismatch.what, expected=mismatch.expected, got=mismatch.got)
    if mismatches and case.confirmed:
        yield say["because"].format(because=case.because)


def _data(case: Case, mismatches: tuple[Mismatch, ...]) -> dict[str, object]:
    return {
        "title": case.title,
        "file": case.at.file,
        "line": case.at.line,
        "policy": case.base.name,
        "confirmed": case.confirmed,
        "holds": not mismatches,
        "mismatches": [
            {"what": mismatch.what, "expected": mismatch.expected, "got": mismatch.got} for mismatch in mismatches
        ],
        "because": case.because,
    }
