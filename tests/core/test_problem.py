"""Problems: their codes and sentences in both languages, their order, and their privacy."""

import ast
import re
from pathlib import Path

import pytest

import hardship_rules
from hardship_rules.core.problem import FactError, Location, PolicyError, Problem, in_file_order, nearest, path_text
from hardship_rules.locale import problem_sentences

ZH, EN = problem_sentences("zh"), problem_sentences("en")

PACKAGE = Path(hardship_rules.__file__).parent
MAKERS = {"problem_of", "Problem", "_finding", "warning", "problem", "refuse", "wrong"}
OF_REGISTERS = re.compile("cell_[a-z_]+|row_(total|note|hidden|grouped|struck)|column_hidden")
WORDS = {"nearest", "nearest_factor", "kind_number", "kind_choice", "kind_yes_no", "kind_date", "error", "warning"}
ONE_LINE = {"stdin_unreadable", "stdout_not_written", "interrupted"}  # of streams: their sentence includes the fix


def strings(node: ast.AST) -> set[str]:
    """Every text that a piece of source may evaluate to: its literals, except those only compared or looked up."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    if isinstance(node, ast.IfExp):
        return strings(node.body) | strings(node.orelse)
    if isinstance(node, ast.Dict):
        return set().union(*map(strings, node.values))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        return strings(node.func.value).union(*map(strings, node.args[1:]))
    return set()


def codes_of(source: str) -> set[str]:
    """The codes in a module: arguments of problems, values of `code`, results of `*_problem`, and entries of tables."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in MAKERS:
                found |= strings(node.args[0])
        elif isinstance(node, ast.Assign):
            targets = {target.id for target in node.targets if isinstance(target, ast.Name)}
            if targets & {"code", "_REASONS"}:
                found |= strings(node.value)
            if "_YAML_ERRORS" in targets and isinstance(node.value, ast.Tuple):
                pairs = [pair for pair in node.value.elts if isinstance(pair, ast.Tuple)]
                found |= set().union(*(strings(pair.elts[1]) for pair in pairs))
        elif isinstance(node, ast.Constant) and re.fullmatch(
            "cell_[a-z_]+|date_with_time|row_(total|note|hidden|grouped|struck)|column_hidden", str(node.value)
        ):  # a register's
            found.add(str(node.value))
        elif isinstance(node, ast.FunctionDef) and node.name.endswith("_problem"):
            returned = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return) and inner.value]
            found |= set().union(*map(strings, returned))
    return found


@pytest.fixture(scope="module")
def codes() -> set[str]:
    """Every code in the library's source."""
    return set().union(*(codes_of(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")))


def test_every_code_of_the_source_has_its_sentences(codes: set[str]) -> None:
    """Every problem that the library reports has a message."""
    assert codes - ZH.keys() == set()


def test_every_sentence_has_its_code_in_the_source(codes: set[str]) -> None:
    """Every message belongs to a problem that the library reports."""
    assert ZH.keys() - codes == WORDS


def test_a_code_is_found_wherever_it_is_written() -> None:
    """The search for codes recognises each form in which the source writes them."""
    source = """
self.problem("a", x); Problem("b" if x else "c"); wrong({"unit": "d"}.get(kind, "e")); refuse("f", 0)
code = {"name": "g"}.get(expected)
def number_problem(text):
    return "h"
_YAML_ERRORS = (("pattern", "i"),)
_REASONS = {1: "j"}
other("z")
"""
    assert codes_of(source) == set("abcdefghij")


@pytest.mark.parametrize("code", sorted(ZH.keys() - WORDS))
def test_every_problem_has_a_message_and_a_hint(code: str) -> None:
    """Each sentence is in its own language, and there is a hint unless the message is one line by design."""
    assert re.search("[\u4e00-\u9fff]", ZH[code][0])
    assert not re.search("[\u4e00-\u9fff]", EN[code][0])
    assert (bool(ZH[code][1]), bool(EN[code][1])) == (code not in ONE_LINE,) * 2


def problem(code: str = "unknown_name", line: int = 1, column: int = 1, file: str = "a.yaml") -> Problem:
    """A problem at a location."""
    return Problem(code, ("terms", "net"), given="SECRET", location=Location(file, line, column))


def test_values_are_private() -> None:
    """`str` and `repr` of problems and of a `FactError` show a code and a location, never a value."""
    found = Problem("fact_outside", ("members", 1, "wage"), "31415", {"title": "工资", "least": "0", "most": "2718"})
    error = FactError([found])
    for text in (str(found), repr(found), str(error), repr(error)):
        assert "31415" not in text
        assert "2718" not in text
    assert str(error) == "members[2].wage: fact_outside"
    assert "31415" in error.report()


def test_problems_are_in_file_order_once() -> None:
    """Problems are in the order of files, then line and column; those without a location are last; none repeats."""
    nowhere = Problem("members_missing", ("members",), "0", {"most": "20"})
    found = [
        nowhere,
        problem(line=10, column=2),
        problem(line=9, column=3),
        problem(line=9, column=2),
        problem(file="0.yaml"),
        problem(line=9, column=2),
    ]
    ordered = in_file_order(found)
    assert [each.place for each in ordered] == ["a.yaml:9:2", "a.yaml:9:3", "a.yaml:10:2", "0.yaml:1:1", "members"]


def test_a_problem_is_printed_with_its_place_code_message_and_hint() -> None:
    """The first line has the location and the problem, the second the hint."""
    found = Problem(
        "unknown_name", given="incom", values=nearest("incom", ["income"]), location=Location("p.yaml", 3, 7)
    )
    assert found.line() == "p.yaml:3:7: 错误[unknown_name]: 未知的名称 `incom`\n    是否指 `income`？"
    assert found.line("en") == "p.yaml:3:7: error[unknown_name]: unknown name `incom`\n    Did you mean `income`?"


def test_a_policy_error_prints_all_its_problems() -> None:
    """The traceback of a `PolicyError` shows every problem, as text for programmers."""
    error = PolicyError([problem(line=2), problem(line=1)])
    first, second = (f"a.yaml:{line}:1: error[unknown_name]: unknown name `SECRET`" for line in (1, 2))
    assert [line for line in str(error).split("\n") if line.startswith("a.yaml")] == [first, second]


def test_braces_in_a_quotation_are_no_placeholders() -> None:
    """Braces in a user's text are printed unchanged."""
    assert Problem("unknown_key", given="{x}", values={"known": "{y} {0}"}).message() == "未知的键 `{x}`"


def test_a_name_like_a_kind_is_printed_as_it_is() -> None:
    """A user's name that begins like the code of a kind is not translated."""
    found = Problem("unknown_name", given="kind_of_hom", values=nearest("kind_of_hom", ["kind_of_home"]))
    assert found.help() == "是否指 `kind_of_home`？"


def test_a_path_counts_members_from_one() -> None:
    """Messages count members from 1."""
    assert path_text(("members", 0, "wage")) == "members[1].wage"
    assert path_text(()) == ""


def test_the_nearest_name_is_offered_only_if_it_is_near() -> None:
    """A word that resembles no known name gets no suggestion."""
    assert nearest("zzz", ["income", "people"]) == {}
    assert nearest("pepole", ["income", "people"]) == {"nearest": "people"}
