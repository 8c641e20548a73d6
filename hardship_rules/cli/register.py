"""`hardship-rules register`: assess a register, make its empty workbook, or suggest a mapping of its columns."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import frozen

from hardship_rules.cli._output import (
    FOLDERS,
    LANG,
    Target,
    not_written,
    over_what_is_read,
    problems_json,
    there,
    was_written,
    written,
)
from hardship_rules.core.files import write_whole
from hardship_rules.core.kinds import parse_date
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Language, Location, PolicyError, Problem
from hardship_rules.language.mapping import load_mapping, mapping_for
from hardship_rules.language.policies import load_policy
from hardship_rules.locale import sentences

if TYPE_CHECKING:
    from hardship_rules.registers import Register

_NEEDED = {"polars", "narwhals", "openpyxl"}
_SAMPLE = 10_000  # rows of each table from which a mapping is suggested


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
    job = Job(policy_name, on, lang, form, folders, force=force)
    try:
        if template is not None:
            done = job.make_template(Path(template))
        elif suggest_mapping:
            done = job.suggest(files, None if output is None else Path(output))
        else:
            done = job.assess(
                files, mapping, Path(output or ""), explain=explain, keep_going=keep_going, show_values=show_values
            )
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        click.echo(f"判定登记簿需要 {error.name}：pip install 'hardship-rules[register]'", err=True)
        sys.exit(1)
    sys.exit(0 if done else 1)


@frozen
class Job:
    """What to do with a register: the policy, the day, and how to report. Each action returns whether all went well."""

    policy_name: str | None
    on: str | None
    lang: Language
    form: str
    folders: tuple[str, ...]
    force: bool

    def assess(
        self,
        files: Sequence[str],
        mapping_file: str | None,
        output: Path,
        *,
        explain: bool,
        keep_going: bool,
        show_values: bool,
    ) -> bool:
        """Assess a register and write its verdicts."""
        from hardship_rules.registers import read_register, rows_of, save, tables_of, totals_of, verdicts
        from hardship_rules.registers.output import SUFFIXES
        from hardship_rules.registers.register import every_problem

        try:
            self._check_output(output, SUFFIXES, (*files, mapping_file))
            text = None if mapping_file is None else load_mapping(mapping_file)
            mapping = mapping_for(self._policy(None if text is None else text.policy), text)
            tables = tables_of(files, mapping)
            for file, encoding in tables.encodings:
                self._say("encoding", file=file, encoding=encoding)
            register = read_register(mapping, tables, show_values=show_values)
            self._say_what_was_read(register)
            assessed = verdicts(register, self.on, every=explain, progress=self._progress)
        except (FactError, PolicyError) as error:
            self._report(error.problems, show_values=show_values)
            return False
        problems = [
            *every_problem(register),
            *(problem for refused in assessed.refused.values() for problem in refused),
        ]
        listed = [*problems, *register.warnings]
        is_json = self.form == "json"
        if not is_json or (problems and not keep_going):
            self._report(listed, show_values=show_values)
        if problems and not keep_going:
            self._say("nothing", count=len(problems))
            return False
        rows = rows_of(assessed, reasons=explain)
        totals = totals_of(register, rows, self.on)
        self._say("saving", file=str(output))
        if failure := not_written(output, lambda: save(output, rows, totals)):
            self._report([*listed, failure] if is_json else [failure], show_values=show_values)
            return False
        if is_json:  # standard output is one JSON object
            beside = {"output": str(output), **totals.data()}
            click.echo(problems_json(listed, self.lang, beside, show_values=show_values), nl=False)
        else:
            click.echo(totals.text(), nl=False)
        if problems:
            self._say("left", count=len(problems))
        return not problems

    def make_template(self, path: Path) -> bool:
        """Write the workbook of an empty register."""
        from hardship_rules.registers import register_template

        try:
            self._check_output(path, (".xlsx",))
            policy = self._policy()
        except (FactError, PolicyError) as error:
            self._report(error.problems)
            return False

        def write() -> None:
            write_whole(path, lambda stream: stream.write(register_template(policy, path.name)))

        return was_written(path, write, self.lang)

    def suggest(self, files: Sequence[str], path: Path | None) -> bool:
        """Write or print a mapping of a register's columns."""
        from hardship_rules.frames.given import all_as_text
        from hardship_rules.registers import suggest_mapping, tables_of
        from hardship_rules.registers.suggest import table_sample

        try:
            if path is not None:
                self._check_output(path, (".yaml", ".yml"))
            policy = self._policy()
            tables = tables_of(files, mapping_for(policy), guess=True)
        except (FactError, PolicyError) as error:
            self._report(error.problems)
            return False
        households, members = (
            table_sample(all_as_text(raw.frame.head(_SAMPLE)).to_dict(as_series=False), raw.sheet or None)
            for raw in (tables.households, tables.members)
        )
        text = suggest_mapping(policy, households, members)
        if path is not None:
            return written(path, text, self.lang, [*files, policy])
        click.echo(text, nl=False)
        return True

    def _policy(self, of_mapping: str | None = None) -> Policy:
        """The policy that was named, or else the one that the mapping is for."""
        name = self.policy_name or of_mapping
        if name is None:
            raise PolicyError([Problem("policy_of_register", ("policy",))])
        day = None if self.on is None else parse_date(self.on)
        if self.on is not None and day is None:
            raise FactError([Problem("date", ("on",), given=self.on)])
        return load_policy(name, day, self.folders)

    def _check_output(self, path: Path, suffixes: Sequence[str], read: Sequence[str | None] = ()) -> None:
        """Refuse to write over a file, unless forced, or over one that is read, or with an unknown suffix."""
        at = Location(str(path), 1, 1)
        if problem := over_what_is_read(path, read):
            raise FactError([problem])
        if path.suffix.lower() not in suffixes:
            values = {"known": "、".join(suffixes)}
            raise FactError([Problem("output_suffix", location=at, given=path.suffix, values=values)])
        if not self.force and there(path):
            raise FactError([Problem("file_exists", location=at, given=str(path))])

    def _say_what_was_read(self, register: "Register") -> None:
        """The unused columns, and the number of households and members."""
        for table in (register.households, register.members):
            if unread := table.headers.unread:
                place = f"{table.raw.file} {table.raw.sheet}".strip()
                self._say("unused", file=place, columns="、".join(unread))
        self._say("read", households=register.households.frame.height, members=register.members.frame.height)

    def _progress(self, done: int, total: int) -> None:
        self._say("one_by_one", done=done, total=total)

    def _say(self, key: str, **values: object) -> None:
        """Print a sentence on standard error."""
        click.echo(sentences("cli_register", self.lang)[key].format(**values), err=True)

    def _report(self, problems: Iterable[Problem], *, show_values: bool = False) -> None:
        """Print problems: as JSON on standard output, as text on standard error."""
        from hardship_rules.registers.output import report

        listed = list(problems)
        if listed and self.form == "json":
            click.echo(problems_json(listed, self.lang, show_values=show_values), nl=False)
        elif listed:
            click.echo(report(listed, self.lang, show_values=show_values), err=True)
