"""`hardship-rules test`: worked cases are run, and what failed is told with what was expected and why."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from hardship_rules.cases import Case, read_cases
from hardship_rules.cli.output import FOLDERS, LANG
from hardship_rules.problems import Language, PolicyError

_COUNTS = {"zh": "通过 {passed} 例，未通过 {failed} 例", "en": "{passed} passed, {failed} failed"}
_FAILED = {"zh": "{at}: 未通过：{title}", "en": "{at}: failed: {title}"}
_GOT = {"zh": "    {what}：应为 {expected}，得到 {got}", "en": "    {what}: expected {expected}, got {got}"}
_BECAUSE = {"zh": "    依据：{because}", "en": "    because: {because}"}


@click.command()
@click.argument("paths", metavar="CASES...", nargs=-1, required=True, type=click.Path(exists=True))
@LANG
@FOLDERS
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
            for line in (*lines, *(warning.line(lang) for warning in case.warnings())):
                click.echo(line)
    click.echo(_COUNTS[lang].format(passed=passed, failed=failed))
    sys.exit(1 if failed or not passed else 0)


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
