"""`hardship-rules review`: the sheet to read and sign when a policy is approved."""

import sys
from functools import partial
from pathlib import Path

import click

from hardship_rules.authoring import PolicyWithBase
from hardship_rules.cli._input import cases_of, sound_policy
from hardship_rules.cli._output import FOLDERS, LANG, RENDERERS, Target, form_by_ending, write_text
from hardship_rules.cli._proving import MEMBERS, SECONDS, open_problems, progress, prover_required
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Language, PolicyError
from hardship_rules.language.policies import load_base, load_policy
from hardship_rules.testing.cases import Case


@click.command()
@click.argument("old_name", metavar="OLD")
@click.argument("new_name", metavar="NEW")
@click.option(
    "--cases",
    "paths",
    metavar="CASES",
    multiple=True,
    type=click.Path(exists=True),
    help="算例的文件或文件夹，可多次给出：旧政策的算例按新政策再判一次。",
)
@click.option("-o", "--output", metavar="FILE", type=Target(dir_okay=False), help="写入文件（UTF-8），不在屏幕显示。")
@click.option(
    "--format",
    "form",
    type=click.Choice([*RENDERERS]),
    help="text 文本，markdown，html 网页（可打印）；不写的，按 FILE 的扩展名，没有 FILE 的为 text。",
)
@MEMBERS
@SECONDS
@LANG
@FOLDERS
def review(
    old_name: str,
    new_name: str,
    paths: tuple[str, ...],
    output: str | None,
    form: str | None,
    members: int,
    seconds: float,
    lang: Language,
    folders: tuple[str, ...],
) -> None:
    """写成审批表：新政策与旧政策相比改了什么，哪些家庭的结果改变，性质是否已证明，供审核、批准的人签字。

    OLD、NEW 是标识或路径。第一份年度文件没有上一份，OLD 写它所依据的办法。
    """
    try:
        old, new, cases = _read(old_name, new_name, paths, folders)
    except PolicyError as error:
        click.echo(error.report(lang), err=True)
        sys.exit(1)
    with prover_required():
        from hardship_rules.authoring import review as review_of
        from hardship_rules.authoring import review_document
        from hardship_rules.proofs.report import kept_and_changed
        from hardship_rules.testing.trial import try_property
    prove = partial(kept_and_changed, members=members, seconds=seconds, progress=progress(lang), trial=try_property)
    document = review_document(review_of(old, new, cases if paths else None, prove))
    text = RENDERERS[form_by_ending(form, output)](document)
    if output is None:
        click.echo(text, nl=False)
    elif not write_text(Path(output), text, lang, [old[0], new[0], *(case.at.file for case in cases)]):
        sys.exit(1)


def _read(
    old_name: str, new_name: str, paths: tuple[str, ...], folders: tuple[str, ...]
) -> tuple[PolicyWithBase, PolicyWithBase, list[Case]]:
    """Both policies with their bases, and the cases; the new policy must pass `check`.

    Raises `PolicyError` with the problems of all of them.
    """
    cases, problems = cases_of(paths, folders)
    policies: list[Policy] = []
    for name, load in ((old_name, load_policy), (new_name, sound_policy)):
        try:
            policies.append(load(name, folders=folders))
        except PolicyError as error:
            problems += error.problems
    if problems := problems or open_problems(policies[1:]):
        raise PolicyError(problems)
    old, new = policies
    return (old, load_base(old_name, folders)), (new, load_base(new_name, folders)), cases
