"""`hardship-rules test`: worked cases are run, what failed is told with why, and what no case exercises."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from hardship_rules.cli._input import cases_of
from hardship_rules.cli._output import FOLDERS, FORMAT, LANG, problems_json, there, written
from hardship_rules.core.problem import Language, Location, PolicyError, Problem
from hardship_rules.testing import Coverage, coverage, coverage_data, coverage_text
from hardship_rules.testing.cases import Case, Mismatch

_WORDS = {
    "zh": {
        "counts": "通过 {passed} 例，未通过 {failed} 例",
        "unconfirmed": "，未核对 {unconfirmed} 例",
        "failed": "{at}: 未通过：{title}",
        "changed": "{at}: 未核对，结果已与写入时不同：{title}",
        "got": "    {what}：应为 {expected}，得到 {got}",
        "because": "    依据：{because}",
        "written": "{file}：写入 {count} 例，都未核对",
        "nothing": "没有可写的算例，{file} 没有写入",
        "not_settled": "{count} 处没有找到能写成算例的家庭，也没有证明不能达到",
        "progress": "正在搜索：{done} / {of}",
        "several": "算例涉及几个政策（{policies}）：用 -p 写明为哪一个政策写入",
        "none": "没有为政策 {policy} 写的算例",
    },
    "en": {
        "counts": "{passed} passed, {failed} failed",
        "unconfirmed": ", {unconfirmed} not confirmed",
        "failed": "{at}: failed: {title}",
        "changed": "{at}: not confirmed, and comes out otherwise than when it was written: {title}",
        "got": "    {what}: expected {expected}, got {got}",
        "because": "    because: {because}",
        "written": "{file}: {count} cases written, none of them confirmed",
        "nothing": "there is no case to write; {file} was not written",
        "not_settled": "{count} not settled: no household to be written as a case, and no proof that there is none",
        "progress": "searching: {done} / {of}",
        "several": "the cases are for several policies ({policies}): name with -p the one to write for",
        "none": "no case is for the policy {policy}",
    },
}
_EACH = 25  # things searched after which progress is told


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
        problem = _is_there(missing)
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
    found = _coverages(cases, policy_name, missing, lang) if covers else []
    told: list[str] = []
    if missing is not None and found:
        found, told, was_written = _write_missing(found[0], Path(missing), lang)
        failed += not was_written
    if form == "json":
        problems += [warning for case in cases for warning in case.warnings()]
        data: dict[str, Any] = {**counts, "cases": [_data(case, mismatches) for case, mismatches in results]}
        if covers:
            data["coverage"] = [coverage_data(each) for each in found]
        click.echo(problems_json(problems, lang, data), nl=False)
    else:
        for case, mismatches in results:
            for line in (*_lines(case, mismatches, lang), *(warning.line(lang) for warning in case.warnings())):
                click.echo(line)
        say = _WORDS[lang]
        click.echo(
            say["counts"].format(**counts) + (say["unconfirmed"].format(**counts) if counts["unconfirmed"] else "")
        )
        for each in found:
            click.echo("\n" + coverage_text(each, lang), nl=False)
    for line in told:
        click.echo(line, err=True)
    sys.exit(1 if failed or not counts["passed"] else 0)


def _files_refused(problems: Iterable[Problem]) -> int:
    """How many files could not be read: each counts as one that failed."""
    return len({"" if problem.location is None else problem.location.file for problem in problems})


def _is_there(file: str) -> Problem:
    """Cases are never written over a file: somebody may have confirmed what is in it."""
    return Problem("cases_file_exists", given=file, location=Location(file, 1, 1))


def _coverages(cases: list[Case], policy_name: str | None, missing: str | None, lang: Language) -> list[Coverage]:
    """The coverage of each policy, or of the one named; more than one where one is to be written is wrong use."""
    names = list(dict.fromkeys(case.base.name for case in cases))
    if policy_name is not None and policy_name not in names and cases:
        raise click.UsageError(_WORDS[lang]["none"].format(policy=policy_name))
    wanted = [case for case in cases if policy_name in (None, case.base.name)]
    found = list(coverage(wanted))
    if missing is not None and len(found) > 1:
        raise click.UsageError(_WORDS[lang]["several"].format(policies="、".join(each.policy.name for each in found)))
    return found


def _write_missing(found: Coverage, path: Path, lang: Language) -> tuple[list[Coverage], list[str], bool]:
    """Search for what is missing and write it; the coverage with what was proved, what to tell, whether all is well."""
    try:  # what it needs may not be installed
        from hardship_rules.proofs import terms as symbolic  # noqa: F401  # it says what to install
        from hardship_rules.testing.missing import cases_text, search  # it may not be installed
    except ModuleNotFoundError as error:
        if error.name != "z3":
            raise
        sys.exit(str(error))
    say = _WORDS[lang]

    def progress(done: int, of: int) -> None:
        if done and done % _EACH == 0:
            click.echo(say["progress"].format(done=done, of=of), err=True)

    searched = search(found, progress=progress)
    told = [say["not_settled"].format(count=len(searched.not_settled))] if searched.not_settled else []
    if not searched.found:
        return [searched.coverage], [*told, say["nothing"].format(file=path)], True
    if there(path):  # since the search began
        return [searched.coverage], [*told, _is_there(str(path)).line(lang)], False
    if not written(path, cases_text(found.policy, searched.found), lang, read=()):
        return [searched.coverage], told, False
    return [searched.coverage], [*told, say["written"].format(file=path, count=len(searched.found))], True


def _lines(case: Case, mismatches: tuple[Mismatch, ...], lang: Language) -> Iterator[str]:
    say = _WORDS[lang]
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
        "mismatches": [{"what": each.what, "expected": each.expected, "got": each.got} for each in mismatches],
        "because": case.because,
    }
