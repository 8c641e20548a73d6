"""`hardship-rules register`: the verdicts of a register."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

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
from hardship_rules.core.kinds import date_of
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Language, Location, PolicyError, Problem
from hardship_rules.frames.given import texts_of
from hardship_rules.language.mapping import load_mapping, mapping_for
from hardship_rules.language.policies import load_policy
from hardship_rules.registers.headers import ASIDE
from hardship_rules.registers.output import SUFFIXES, report, save, totals_of
from hardship_rules.registers.register import Register, every_problem, read_register, tables_of
from hardship_rules.registers.suggest import suggest_mapping, table_seen
from hardship_rules.registers.template import register_template
from hardship_rules.registers.verdicts import rows_of, verdicts

_SEEN = 10_000  # rows of each table that are looked at for a mapping
_SAY = {
    "zh": {
        "encoding": "{file}：按 {encoding} 读取",
        "unused": "{file}：没有用到的列：{columns}",
        "read": "已读入 {households:,} 户、{members:,} 人",
        "one_by_one": "逐户判定：{done:,} / {total:,}",
        "saving": "正在写入 {file}",
        "nothing": "有 {count:,} 处问题，没有写结果；只判定没有问题的家庭，加上 --keep-going",
        "left": "有 {count:,} 处问题；有问题的家庭没有判定，问题列在结果中",
    },
    "en": {
        "encoding": "{file}: read as {encoding}",
        "unused": "{file}: columns that were not used: {columns}",
        "read": "{households:,} households with {members:,} members were read",
        "one_by_one": "assessed one by one: {done:,} of {total:,}",
        "saving": "writing {file}",
        "nothing": "{count:,} problems, nothing was written; add --keep-going to assess the households without one",
        "left": "{count:,} problems; households with one were not assessed, and are listed with it",
    },
}


@frozen
class Job:
    """By which policy, for which day, and how problems are told."""

    policy_name: str | None
    on: str | None
    lang: Language
    form: str
    folders: tuple[str, ...]
    force: bool

    def assess(
        self,
        files: Sequence[str],
        mapping: str | None,
        output: Path,
        *,
        explain: bool,
        keep_going: bool,
        show_values: bool,
    ) -> bool:
        """Assess a register and write what comes of it; whether all went well."""
        try:
            self.check_output(output, SUFFIXES, (*files, mapping))
            text = None if mapping is None else load_mapping(mapping)
            policy = self.policy(None if text is None else text.policy)
            mapped = mapping_for(policy, text)
            tables = tables_of(files, mapped)
            for file, encoding in tables.encodings:
                self.say("encoding", file=file, encoding=encoding)
            register = read_register(mapped, tables, show_values=show_values)
            self.about(register)
            found = verdicts(register, self.on, every=explain, progress=self.progress)
        except (FactError, PolicyError) as error:
            self.tell(error.problems, show_values=show_values)
            return False
        problems = [*every_problem(register), *(each for some in found.refused.values() for each in some)]
        listed = [*problems, *register.warnings]
        is_json = self.form == "json"
        if not is_json or (problems and not keep_going):
            self.tell(listed, show_values=show_values)
        if problems and not keep_going:
            self.say("nothing", count=len(problems))
            return False
        rows = rows_of(found, reasons=explain)
        totals = totals_of(register, rows, self.on)
        self.say("saving", file=str(output))
        if failure := not_written(output, lambda: save(output, rows, totals)):
            self.tell([*listed, failure] if is_json else [failure], show_values=show_values)
            return False
        if is_json:  # one object, whatever there is to say
            beside = {"output": str(output), **totals.data()}
            click.echo(problems_json(listed, self.lang, beside, show_values=show_values), nl=False)
        else:
            click.echo(totals.text(), nl=False)
        if problems:
            self.say("left", count=len(problems))
        return not problems

    def policy(self, of_mapping: str | None = None) -> Policy:
        """The policy that is named, or that the mapping is for."""
        name = self.policy_name or of_mapping
        if name is None:
            raise PolicyError([Problem("policy_of_register", ("policy",))])
        day = None if self.on is None else date_of(self.on)
        if self.on is not None and day is None:
            raise FactError([Problem("date", ("on",), given=self.on)])
        return load_policy(name, day, self.folders)

    def check_output(self, path: Path, suffixes: Sequence[str], read: Sequence[str | None] = ()) -> None:
        """A file is never written over another, over what is read not at all, nor in a form its name does not say."""
        at = Location(str(path), 1, 1)
        if problem := over_what_is_read(path, read):
            raise FactError([problem])
        if path.suffix.lower() not in suffixes:
            raise FactError(
                [Problem("output_suffix", location=at, given=path.suffix, values={"known": "、".join(suffixes)})]
            )
        if not self.force and there(path):
            raise FactError([Problem("file_exists", location=at, given=str(path))])

    def about(self, register: Register) -> None:
        """Say how much was read, and what of it was not used."""
        for part in (register.households, register.members):
            unused = [header for header in part.headers.unused if header not in ASIDE]
            if unused:
                place = f"{part.raw.file} {part.raw.sheet}".strip()
                self.say("unused", file=place, columns="、".join(unused))
        self.say("read", households=register.households.frame.height, members=register.members.frame.height)

    def progress(self, done: int, total: int) -> None:
        """Say how far the work has come."""
        self.say("one_by_one", done=done, total=total)

    def say(self, word: str, **values: object) -> None:
        """Say something beside the results."""
        click.echo(_SAY[self.lang][word].format(**values), err=True)

    def tell(self, problems: Iterable[Problem], *, show_values: bool = False) -> None:
        """Tell problems as they are asked for."""
        listed = list(problems)
        if listed and self.form == "json":
            click.echo(problems_json(listed, self.lang, show_values=show_values), nl=False)
        elif listed:
            click.echo(report(listed, self.lang, show_values=show_values), err=True)

    def make_template(self, path: Path) -> bool:
        """Write the workbook that is still to be filled in; whether that went well."""
        try:
            self.check_output(path, (".xlsx",))
            policy = self.policy()
        except (FactError, PolicyError) as error:
            self.tell(error.problems)
            return False

        def write(stream: BinaryIO) -> None:
            stream.write(register_template(policy, path.name))

        return was_written(path, lambda: write_whole(path, write), self.lang)

    def suggest(self, files: Sequence[str], path: Path | None) -> bool:
        """Propose a mapping for a register's columns; whether that went well."""
        try:
            if path is not None:
                self.check_output(path, (".yaml", ".yml"))
            policy = self.policy()
            tables = tables_of(files, mapping_for(policy), guess=True)
        except (FactError, PolicyError) as error:
            self.tell(error.problems)
            return False
        seen = [
            table_seen(texts_of(raw.frame.head(_SEEN)).to_dict(as_series=False), raw.sheet or None)
            for raw in (tables.households, tables.members)
        ]
        text = suggest_mapping(policy, *seen)
        if path is not None:
            return written(path, text, self.lang, [*files, policy])
        click.echo(text, nl=False)
        return True


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
        from hardship_rules.cli.register import Job  # it may not be installed
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
