"""`hardship-rules register` as staff run it: results, refusals, and no loss of data."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from click.testing import CliRunner, Result
from registering import OWN, WORKER, register

from hardship_rules import load_policy
from hardship_rules.cli import commands
from hardship_rules.language.mapping import mapping_for, read_mapping
from hardship_rules.registers.template import HEADER_ROW

WEIHAI = load_policy("2021_weihai")


def run(*words: str) -> Result:
    """Run the command with the policy and the day."""
    return CliRunner().invoke(commands, ["register", *words, "-p", "2021_weihai", "--on", "2021-03-31"])


@pytest.fixture
def good(tmp_path: Path) -> str:
    """A register of two households: one with 900 yuan a month, and one with an unknown wage."""
    own = [OWN, {**OWN, "户号": "=cmd|x"}]
    theirs = [WORKER, {**WORKER, "户号": "=cmd|x", "月工资": "未知"}]
    return register(tmp_path / "登记簿.xlsx", own, theirs)


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "parquet"])
def test_results_are_written(tmp_path: Path, good: str, suffix: str) -> None:
    """900 a month is above 787 by 113 and below its double; missing facts are named; no cell is a formula."""
    out = tmp_path / f"结果.{suffix}"
    done = run(good, "-o", str(out), "--explain")
    assert done.exit_code == 0, done.output
    assert "相对困难职工家庭 1，待定 1" in done.stdout
    if suffix == "xlsx":
        book: Any = openpyxl.load_workbook(out)
        cells = [list(row) for row in book["结果"].iter_rows()]
        assert "f" not in {cell.data_type for row in cells for cell in row}
        rows = [[cell.value for cell in row] for row in cells]
        assert ("相对困难职工家庭", 1) in list(book["合计"].iter_rows(max_col=2, values_only=True))
        key = "=cmd|x"
    elif suffix == "csv":
        assert out.read_bytes().startswith(b"\xef\xbb\xbf")
        frame = pl.read_csv(out, infer_schema=False)
        rows, key = [frame.columns, *map(list, frame.rows())], "'=cmd|x"
    else:
        frame = pl.read_parquet(out)
        rows, key = [frame.columns, *map(list, frame.rows())], "=cmd|x"
    first, second = (dict(zip(rows[0], row, strict=True)) for row in rows[1:])
    assert (first["困难职工家庭类别"], first["依据的条款"]) == ("相对困难职工家庭", "人均月纯收入低于低保标准2倍")
    assert float(first["与最近标准的差距（元/月/人）"]) == 113
    assert float(first["家庭人均月纯收入（元/月/人）"]) == 900
    assert (first["建档处理"], first["问题"]) == ("新建档", None)
    assert "900.00 < 1,574.00" in first["理由"]
    assert (second["户号"], second["困难职工家庭类别"]) == (key, "待定")
    assert second["尚缺的事实"].startswith("年工资性收入")


def test_figures_are_told_as_they_are(tmp_path: Path) -> None:
    """A yearly income of 0.35, 0.41, 0.57 or 0.69 yuan is shown as given, not with sixteen decimals."""
    sums = ["0.35", "0.41", "0.57", "0.69"]
    names = [f"A{number}" for number in range(len(sums))]
    members = [
        {**WORKER, "户号": name, "年其他收入": sum_, "月工资": 0} for name, sum_ in zip(names, sums, strict=True)
    ]
    file = register(tmp_path / "a.xlsx", [{**OWN, "户号": name} for name in names], members)
    assert run(file, "-o", str(tmp_path / "out.csv")).exit_code == 0
    for line, sum_ in zip((tmp_path / "out.csv").read_text("utf-8-sig").splitlines()[1:], sums, strict=True):
        assert sum_ in line.split(",")


def test_nothing_is_overwritten(tmp_path: Path, good: str) -> None:
    """An existing file is kept unless `--force` is given; a name without a known ending is refused."""
    out = tmp_path / "a.csv"
    out.write_text("mine")
    done = run(good, "-o", str(out))
    assert (done.exit_code, out.read_text()) == (1, "mine")
    assert "--force" in done.stderr
    assert run(good, "-o", str(out), "--force").exit_code == 0
    assert out.read_text("utf-8-sig").startswith("户号")
    assert "output_suffix" in run(good, "-o", str(tmp_path / "a.pdf")).stderr


def test_problems_and_nothing_written(tmp_path: Path) -> None:
    """With a problem nothing is written; with `--keep-going` the others are assessed, and its row has the problem."""
    members = [{**WORKER, "月工资": "保密"}, {**WORKER, "户号": "A2", "月工资": "很少"}, {**WORKER, "户号": "A3"}]
    file = register(tmp_path / "a.xlsx", [OWN, {**OWN, "户号": "A2"}, {**OWN, "户号": "A3"}], members)
    out = tmp_path / "out.parquet"
    done = run(file, "-o", str(out))
    assert (done.exit_code, out.exists(), list(tmp_path.iterdir())) == (1, False, [Path(file)])
    assert "成员!E2: 错误[cell_number]" in done.stderr
    assert "共 2 处：E2:E3" in done.stderr
    assert "保密" not in done.output
    assert "E2 填的是 `保密`" in run(file, "-o", str(out), "--show-values").stderr
    found = json.loads(run(file, "-o", str(out), "--format", "json").stdout)
    assert [(each["code"], each["sheet"], each["line"], each["column"]) for each in found["problems"]] == [
        ("cell_number", "成员", 2, 5),
        ("cell_number", "成员", 3, 5),
    ]
    assert not any("given" in each for each in found["problems"])
    shown = json.loads(run(file, "-o", str(out), "--format", "json", "--show-values").stdout)
    assert [each["given"] for each in shown["problems"]] == ["保密", "很少"]
    assert run(file, "-o", str(out), "--keep-going").exit_code == 1
    frame = pl.read_parquet(out)
    assert frame["困难职工家庭类别"].to_list() == ["未判定", "未判定", "相对困难职工家庭"]
    assert frame["问题"].to_list() == ["成员!E2 “月工资”应填数", "成员!E3 “月工资”应填数", None]


def test_no_household_is_sound(tmp_path: Path) -> None:
    """If every household of a register has a problem, all are listed and none is assessed."""
    file = register(tmp_path / "a.xlsx", [{**OWN, "自有住房套数": -1}], [WORKER])
    assert run(file, "-o", str(tmp_path / "a.csv"), "--keep-going", "--explain").exit_code == 1
    assert pl.read_csv(tmp_path / "a.csv")["困难职工家庭类别"].to_list() == ["未判定"]


def test_a_broken_must_is_a_problem_of_its_household(tmp_path: Path) -> None:
    """A problem of a household as a whole is reported at its row."""
    members = [WORKER, {**WORKER, "与申请人关系": "配偶"}, {**WORKER, "与申请人关系": "配偶"}]
    done = run(register(tmp_path / "a.xlsx", [OWN], members), "-o", str(tmp_path / "a.csv"))
    assert done.exit_code == 1
    assert "家庭!A2: 错误[must_broken]" in done.stderr
    assert "配偶不超过一名" in done.stderr


def test_each_broken_must_is_named_at_its_own_household(tmp_path: Path) -> None:
    """Two households that violate two conditions are reported under their own conditions."""
    spouse = {**WORKER, "与申请人关系": "配偶"}
    own = [
        {**OWN, "户号": key, "职工本人离异": divorced} for key, divorced in (("A1", "否"), ("A2", "是"), ("A3", "否"))
    ]
    members = [{**each, "户号": key} for key in ("A1", "A2", "A3") for each in (WORKER, spouse)]
    members += [{**spouse, "户号": key} for key in ("A1", "A3")]
    done = run(register(tmp_path / "a.xlsx", own, members), "-o", str(tmp_path / "a.csv"))
    lines = done.stderr.splitlines()
    assert [line.partition("a.xlsx ")[2] for line in lines if "must_broken" in line] == [
        "家庭!A2: 错误[must_broken]: 不符合家庭的基本事实：配偶不超过一名",
        "家庭!A3: 错误[must_broken]: 不符合家庭的基本事实：有配偶的职工不是离异",
    ]
    assert "    共 2 处：A2、A4" in lines


def test_totals_and_hidden_rows_are_reported(tmp_path: Path) -> None:
    """Totals and signatures cause no caveat; they and hidden rows are listed by number in every output."""
    nothing = dict.fromkeys(WORKER)
    spouse = {**WORKER, "与申请人关系": "配偶", "月工资": 9000}
    members = [
        WORKER,
        spouse,
        {**nothing, "月工资": 10000, "与申请人关系": "合 计"},
        {**nothing, "户号": "填表人：张三"},
    ]
    own = [OWN, {**OWN, "户号": "合计1"}, {**dict.fromkeys(OWN), "户号": "合计："}]
    file = register(tmp_path / "a.xlsx", own, [*members, {**WORKER, "户号": "合计1"}])
    book: Any = openpyxl.load_workbook(file)
    book["成员"].row_dimensions[3].hidden = True
    book.save(file)
    for ending in ("xlsx", "csv", "parquet"):
        out = tmp_path / f"out.{ending}"
        done = run(file, "-o", str(out), "--keep-going")
        assert done.exit_code == 0, done.output
        told = [
            "家庭：合计行，没有计入，共 1 行：第 4 行",
            "成员：合计行，没有计入，共 1 行：第 4 行",
            "成员：说明或签名（填表人），没有计入，共 1 行：第 5 行",
            "成员：隐藏的行（也可能是筛选或折叠的），照常计入，共 1 行：第 3 行",
        ]
        assert set(told) <= set(done.stdout.splitlines())
        assert "张三" not in done.output
        assert "提示[row_hidden]" in done.stderr
        assert "家庭（户）：2" in done.stdout
    assert set(told) <= {cell.value for cell in openpyxl.load_workbook(tmp_path / "out.xlsx")["合计"]["A"]}
    frame = pl.read_parquet(tmp_path / "out.parquet")
    assert frame.select("户号", "困难职工家庭类别", "问题").rows() == [
        ("A1", "不符合困难职工家庭条件", None),  # 10,000 a month for two: the hidden spouse counts
        ("合计1", "相对困难职工家庭", None),
    ]
    done = run(file, "-o", str(tmp_path / "b.csv"), "--format", "json")
    found = json.loads(done.stdout)["problems"]
    assert [(each["code"], each["sheet"], each["line"], each["severity"]) for each in found] == [
        ("row_total", "家庭", 4, "warning"),
        ("row_total", "成员", 4, "warning"),
        ("row_note", "成员", 5, "warning"),
        ("row_hidden", "成员", 3, "warning"),
    ]
    done = CliRunner().invoke(
        commands,
        ["register", file, "-p", "2021_weihai", "--on", "2021-03-31", "-o", str(out), "--force", "--lang", "en"],
    )
    assert "warning[row_total]: a row of totals, which is not counted" in done.stderr


def test_totals_do_not_mislead_a_proposed_mapping(tmp_path: Path) -> None:
    """The proposed mapping is the same with and without totals and signatures below both tables."""
    own: list[list[Any]] = [["D1", "城市"], ["D2", "农村"], ["D3", "城市"]]
    theirs: list[list[Any]] = [["D1", "本人"], ["D2", "本人"], ["D3", "本人"]]
    below: list[list[Any]] = [["合计", "小计"], [None, "合计"], ["填表人：张三", None]]
    texts = []
    for more in (list[list[Any]](), below):
        tables = [
            [{"档案编号": row[0], header: row[1]} for row in [*rows, *more]]
            for header, rows in (("居住地", own), ("与申请人关系", theirs))
        ]
        file = register(tmp_path / "a.xlsx", *tables)
        texts.append(CliRunner().invoke(commands, ["register", "--suggest-mapping", file, "-p", "2021_weihai"]).stdout)
    assert "key: 档案编号" in texts[0]
    assert texts[0] == texts[1]


def test_the_template_is_filled_in_and_assessed(tmp_path: Path) -> None:
    """The empty workbook has no household; filled in it is a register; it never overwrites another file."""
    path = tmp_path / "空白.xlsx"
    assert CliRunner().invoke(commands, ["register", "--template", str(path), "-p", "2021_weihai"]).exit_code == 0
    assert CliRunner().invoke(commands, ["register", "--template", str(path), "-p", "2021_weihai"]).exit_code == 1
    assert "sheet_without_rows" in run(str(path), "-o", str(tmp_path / "a.csv")).stderr
    book: Any = openpyxl.load_workbook(path)
    for name, given in (("家庭", OWN), ("成员", WORKER)):
        sheet = book[name]
        for cell in sheet[HEADER_ROW]:
            sheet.cell(HEADER_ROW + 1, cell.column, given.get(cell.value))
    book.save(path)
    done = run(str(path), "-o", str(tmp_path / "a.csv"))
    assert done.exit_code == 0, done.output
    assert "相对困难职工家庭 1\n" in done.stdout
    assert pl.read_csv(tmp_path / "a.csv")["空着、按规则处理的事实"][0] is None  # blank in all rows: only in the totals


def test_a_proposed_mapping_can_be_used(tmp_path: Path) -> None:
    """Certain matches are filled in and usable; doubtful ones are comments with their reasons."""
    member = {**WORKER, "证件": "11010519491231002X"}
    member["医疗自负费用（万元）"] = member.pop("医疗自负费用")
    file = register(tmp_path / "a.xlsx", [{**OWN, "家庭居住地": "城里"}], [member])
    out = tmp_path / "m.yaml"
    done = CliRunner().invoke(commands, ["register", "--suggest-mapping", file, "-p", "2021_weihai", "-o", str(out)])
    assert done.exit_code == 0, done.output
    text = out.read_text("utf-8")
    mapping = mapping_for(WEIHAI, read_mapping(text))
    assert (mapping.households.keys, mapping.members.identifier) == (("户号",), "证件")
    assert mapping.members.columns["medical_self_paid"].factor == 10_000
    assert mapping.members.columns["birth_date"].identity_number
    assert "# 这一列另有 1 种不是城市、农村的内容" in text
    assert "110105" not in text
    found = run(file, "--mapping", str(out), "-o", str(tmp_path / "b.csv"))
    assert found.exit_code == 1
    assert "家庭!D2: 错误[cell_option]" in found.stderr


def test_the_register_is_never_written_over(tmp_path: Path) -> None:
    """The register is never overwritten, not even with `--force`."""
    file = register(tmp_path / "a.xlsx", [OWN], [WORKER])
    before = Path(file).read_bytes()
    done = run(file, "-o", file, "--force")
    assert done.exit_code == 1
    assert "output_is_read" in done.stderr
    assert Path(file).read_bytes() == before


def test_names_that_lead_nowhere(tmp_path: Path, good: str) -> None:
    """A name that is too long, and a loop of links, are reported for input and output."""
    loop, long = tmp_path / "loop.csv", tmp_path / ("a" * 300 + ".csv")
    loop.symlink_to(loop)
    for path in map(str, (loop, long)):
        assert "错误[file_unreadable]" in run(path, path, "-o", str(tmp_path / "b.csv")).stderr
        assert "错误[file_unreadable]" in run(path, str(loop), "-o", str(tmp_path / "b.csv")).stderr
    done = run(good, "-o", str(long))
    assert (done.exit_code, "错误[file_not_written]" in done.stderr) == (1, True)
    assert run(good, "-o", str(loop)).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["loop.csv", Path(good).name]


def test_csv_with_a_title(tmp_path: Path) -> None:
    """A title, a blank line and `sep=,` may be above the headers, and a problem has its real row."""
    for name, row, above in (("a.csv", OWN, "登记簿\n\n"), ("b.csv", {**WORKER, "月工资": "很少"}, "sep=,\n")):
        rows = [",".join(row), ",".join(map(str, row.values()))]
        (tmp_path / name).write_text(above + "\n".join(rows), "utf-8")
    done = run(str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "-o", str(tmp_path / "c.csv"))
    assert f"{tmp_path / 'b.csv'} E3: 错误[cell_number]" in done.stderr
    assert "有 1 处问题" in done.stderr


def test_wrong_use() -> None:
    """Options that do not go together, and no file, are wrong use."""
    for words in (
        ["-o", "a.csv"],
        ["a.xlsx"],
        ["a.xlsx", "--template", "b.xlsx"],
        ["a.xlsx", "--suggest-mapping", "--explain"],
    ):
        assert CliRunner().invoke(commands, ["register", *words, "-p", "2021_weihai"]).exit_code == 2


def test_members_without_a_household(tmp_path: Path) -> None:
    """A row without a key leaves the household above it without a verdict; elsewhere it is a caveat on each one."""
    spouse = {**WORKER, "与申请人关系": "配偶", "月工资": 9000}
    members = [WORKER, {**spouse, "户号": None}, {**WORKER, "户号": "A2"}]
    own, out = [OWN, {**OWN, "户号": "A2"}], tmp_path / "out.xlsx"
    done = run(register(tmp_path / "a.xlsx", own, members), "-o", str(out), "--keep-going")
    frame = pl.read_excel(out, sheet_name="结果", engine="openpyxl")
    assert (done.exit_code, frame["困难职工家庭类别"].to_list()) == (1, ["未判定", "相对困难职工家庭"])
    assert frame["问题"].to_list() == ["成员!A3 没有户号", None]
    for nobodys in ([{**spouse, "户号": None}, *members[::2]], [*members[::2], {**spouse, "户号": "A11"}]):
        file = register(tmp_path / "b.xlsx", own, nobodys)
        place = "成员!A2" if nobodys[0]["户号"] is None else "成员!A4"
        doubt = f"有 1 名成员没有户号，或户号不在家庭表中，没有算入任何一户，所判的户可能缺人：{place}"
        assert doubt in run(file, "-o", str(out), "--keep-going", "--force").stdout
        frame = pl.read_excel(out, sheet_name="结果", engine="openpyxl")
        assert frame.select("困难职工家庭类别", "问题").rows() == [("相对困难职工家庭", doubt)] * 2
        book: Any = openpyxl.load_workbook(out)
        assert doubt in [cell.value for cell in book["合计"]["A"]]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_json_is_one_object_on_standard_output(tmp_path: Path, good: str, lang: str) -> None:
    """The JSON is one object on standard output: with problems, warnings, and a failed write of the results."""
    out = tmp_path / "out.csv"
    words = ("--format", "json", "--lang", lang, "--force", "-o")
    found = json.loads(run(good, *words, str(out)).stdout)
    assert (found["problems"], found["output"]) == ([], str(out))
    counts = {each["title"]: each["outcomes"] for each in found["totals"]}["困难职工家庭类别"]
    assert {"title": "相对困难职工家庭", "households": 1} in counts
    assert {"title": "待定", "households": 1} in counts
    book: Any = openpyxl.load_workbook(good)
    book["成员"].row_dimensions[3].hidden = True
    book["成员"]["E2"] = "很少"
    book.save(good)
    done = run(good, *words, str(out), "--keep-going")
    found = json.loads(done.stdout)
    assert [each["code"] for each in found["problems"]] == ["cell_number", "row_hidden"]
    assert (done.exit_code, len(found["remarks"])) == (1, 1)
    done = run(good, *words, str(tmp_path / "none" / "out.csv"), "--keep-going")
    codes = [each["code"] for each in json.loads(done.stdout)["problems"]]
    assert (done.exit_code, codes) == (1, ["cell_number", "row_hidden", "file_not_written"])
