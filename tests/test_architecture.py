"""How the library is put together: one order of modules, few imports, matches that forget nothing, values for good."""

import ast
import copy
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, get_args

import attrs
import pytest

import hardship_rules
from hardship_rules import Assessment, Policy, Trace, assess, load_policy
from hardship_rules.core.expr import Expr
from hardship_rules.core.frozen import FrozenMapping

FOLDER = Path(hardship_rules.__file__).parent
PACKAGES = (
    "core",
    "locale",
    "engine",
    "language",
    "assessment",
    "documents",
    "explanation",
    "comparison",
    "records",
    "frames",
    "sql",
    "durable",
    "proofs",
    "registers",
    "testing",
    "authoring",
    "cli",
)
"""Every package, each after those that it may import."""

MODULES = sorted(FOLDER.rglob("*.py"))
WEIHAI = load_policy("2021_weihai")
HOUSEHOLD = {
    "on": date(2021, 3, 31),
    "unit_has_union": True,
    "employment": "in_service",
    "members": [{"relation": "self", "wage": 20000}, {"relation": "spouse"}, {"relation": "child", "age": 9}],
}


def module(path: Path) -> str:
    """The name of a module's file as the order has it."""
    parts = path.relative_to(FOLDER).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """The modules of the library that one imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] == "hardship_rules"):
            inner = (node.module or "").removeprefix("hardship_rules").lstrip(".")
            if inner:
                yield inner
            else:
                yield from (each.name if (FOLDER / f"{each.name}.py").exists() else "__init__" for each in node.names)
        elif isinstance(node, ast.Import):
            for each in node.names:
                if each.name.split(".")[0] == "hardship_rules":
                    yield each.name.removeprefix("hardship_rules").lstrip(".") or "__init__"


def test_every_package_has_its_place() -> None:
    """The order names exactly the packages that there are."""
    assert {each.name for each in FOLDER.iterdir() if (each / "__init__.py").exists()} == set(PACKAGES)


@pytest.mark.parametrize("path", [path for path in MODULES if path.parent != FOLDER], ids=module)
def test_imports_go_down_one_list(path: Path) -> None:
    """A module imports only those of its own package and of packages that stand before it."""
    here = path.relative_to(FOLDER).parts[0]
    before = PACKAGES[: PACKAGES.index(here) + 1]
    assert {name.split(".")[0] for name in imported(path)} <= set(before)


@pytest.mark.parametrize("path", MODULES, ids=module)
def test_first_line_says_what_it_defines(path: Path) -> None:
    """A module begins with a docstring of one sentence on one line."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring is not None
    assert first.startswith('"""')
    assert docstring.splitlines()[0].endswith(".")
    assert not any(end in docstring.splitlines()[0][:-1] for end in (". ", "! ", "? "))


def test_import_needs_attrs_and_yaml_only() -> None:
    """Importing the library loads nothing but itself, attrs, PyYAML and the standard library."""
    command = (
        "import sys; before = set(sys.modules); import hardship_rules; "
        "print(*{each.split('.')[0] for each in set(sys.modules) - before})"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)  # noqa: S603  # this program
    found = done.stdout.split()
    assert {"hardship_rules", "attr", "yaml"} <= set(found)
    of_yaml = {each for each in found if "cython" in each}  # what its C loader is built with
    outside = {each for each in found if each not in sys.stdlib_module_names and not each.startswith("__")} - of_yaml
    assert outside <= {"hardship_rules", "attr", "attrs", "yaml", "_yaml"}


NODES = {node.__name__ for node in get_args(Expr)}


def matches_over_nodes(path: Path) -> Iterator[ast.Match]:
    """The matches of a module that tell apart two thirds of the kinds of expression."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Match):
            patterns = (inner for case in node.cases for inner in ast.walk(case.pattern))
            named = {
                each.cls.id for each in patterns if isinstance(each, ast.MatchClass) and isinstance(each.cls, ast.Name)
            }
            if len(named & NODES) >= len(NODES) * 2 / 3:
                yield node


def function(path: Path, name: str) -> ast.AST:
    """A function of a module, or of a class in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name)


def test_meanings_forget_no_node() -> None:
    """Each meaning is one match over all kinds of expression that ends in `assert_never`, or returns from all cases.

    mypy then names every meaning that a new kind of expression would slip through.
    """
    found = {(path.stem, node.lineno): node for path in MODULES for node in matches_over_nodes(path)}
    assert {"meaning", "kinds"} <= {module for module, _ in found}
    for (module, line), match in found.items():
        last = match.cases[-1]
        named = {
            each.cls.id
            for case in match.cases
            for each in ast.walk(case.pattern)
            if isinstance(each, ast.MatchClass) and isinstance(each.cls, ast.Name)
        }
        open_ended = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        if open_ended:
            assert "assert_never" in ast.unparse(last), f"{module}:{line}"
        assert named >= NODES, f"{module}:{line}"


@pytest.mark.parametrize(
    ("module", "name"), [("engine/meaning", "_meaning"), ("language/kinds", "resolve"), ("explanation/phrase", "words")]
)
def test_meanings_end_in_assert_never(module: str, name: str) -> None:
    """The value, the kind and the words of an expression are told in one match that ends in `assert_never`."""
    matches = [node for node in ast.walk(function(FOLDER / f"{module}.py", name)) if isinstance(node, ast.Match)]
    assert any("assert_never(" in ast.unparse(match.cases[-1]) for match in matches)


# --- Values for good ----------------------------------------------------------------------------------------------


def parts(value: Any, seen: dict[int, Any]) -> dict[int, Any]:
    """A value and every attrs object inside it, by identity."""
    if id(value) in seen or isinstance(value, str | int | bytes) or type(value).__name__ == "Scope":
        return seen
    if attrs.has(type(value)):
        seen[id(value)] = value
        for attribute in attrs.fields(type(value)):
            parts(getattr(value, attribute.name), seen)
    elif isinstance(value, FrozenMapping):
        seen[id(value)] = value
        for inner in value.values():
            parts(inner, seen)
    elif isinstance(value, tuple):
        for inner in value:
            parts(inner, seen)
    return seen


def looked_at(assessment: Assessment) -> list[Any]:
    """An assessment with everything that is worked out when it is looked at."""
    found = parts(assessment, {})
    derived = (assessment.decisions, assessment.terms, assessment.members, assessment.reasons, assessment.missing)
    for each in (*derived, assessment.trace("category.deep"), *assessment.trace("category.deep").parts):
        parts(each, found)
    return list(found.values())


def kinds_of(values: list[Any]) -> dict[str, Any]:
    """One value of each class."""
    return {type(value).__name__: value for value in values}


ASSESSED = assess(WEIHAI, HOUSEHOLD)
EVERY_KIND = kinds_of(looked_at(ASSESSED))


def test_every_kind_is_looked_at() -> None:
    """The checks below see policy, assessment, household and all of their parts."""
    wanted = {
        "Policy",
        "Assessment",
        "Household",
        "Member",
        "Decided",
        "Reason",
        "Figure",
        "Missing",
        "Trace",
        "Clause",
    }
    assert wanted <= set(EVERY_KIND)


@pytest.mark.parametrize("kind", sorted(EVERY_KIND))
def test_nothing_can_be_assigned(kind: str) -> None:
    """No attribute of any part can be set or deleted, and none can be added."""
    value = EVERY_KIND[kind]
    names = [each.name for each in attrs.fields(type(value))] if attrs.has(type(value)) else ["_entries"]
    for name in (*names, "something_new"):
        with pytest.raises(AttributeError):
            setattr(value, name, None)
        with pytest.raises(AttributeError):
            delattr(value, name)


def test_nothing_inside_can_be_changed() -> None:
    """All that a policy and an assessment hold is immutable: no list, set or dict anywhere in them."""
    mutable = (list, dict, set, bytearray)
    for value in looked_at(ASSESSED):
        if attrs.has(type(value)):
            for attribute in attrs.fields(type(value)):
                held = getattr(value, attribute.name)
                assert not isinstance(held, mutable), f"{type(value).__name__}.{attribute.name}"


@pytest.mark.parametrize("value", [WEIHAI, ASSESSED], ids=["policy", "assessment"])
def test_pickle_and_copy_are_equal(value: Policy | Assessment) -> None:
    """A pickled or deeply copied policy or assessment is equal to it, hashes equal, and prints the same."""
    for other in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)):  # noqa: S301  # its own
        assert other == value
        assert hash(other) == hash(value)
        assert repr(other) == repr(value)


def test_what_was_pickled_still_works() -> None:
    """A pickled policy assesses alike, and a pickled assessment still answers what it was not asked before."""
    policy = pickle.loads(pickle.dumps(WEIHAI))  # noqa: S301  # its own
    assert policy.fingerprint == WEIHAI.fingerprint
    assert answers(assess(policy, HOUSEHOLD)) == answers(ASSESSED)
    fresh = pickle.loads(pickle.dumps(assess(WEIHAI, HOUSEHOLD)))  # noqa: S301  # its own
    assert answers(fresh) == answers(ASSESSED)


def answers(assessment: Assessment) -> tuple[Any, ...]:
    """All that is worked out of an assessment."""
    trace: Trace = assessment.trace("category.deep")
    return (assessment.decisions, assessment.terms, assessment.members, assessment.missing, trace.value)


def test_one_policy_in_eight_threads() -> None:
    """Eight threads that assess by one policy, and look at one assessment, all come to the same."""
    policy = load_policy("2021_weihai")  # fresh: nothing of it has been worked out yet
    shared = assess(policy, HOUSEHOLD)

    def work(wage: int) -> tuple[Any, ...]:
        members = [{"relation": "self", "wage": wage}, *HOUSEHOLD["members"][1:]]  # type: ignore[index]  # the household has them
        return (*answers(assess(policy, {**HOUSEHOLD, "members": members})), *answers(shared))

    wages = [wage for wage in (0, 20000, 40000) for _ in range(16)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(work, wages))
    assert found == [work(wage) for wage in wages]
    assert len({each[1] for each in found}) == 3


def test_variants_leave_the_policy_as_it_is() -> None:
    """`with_readings` gives another policy, with another fingerprint, and changes nothing of this one."""
    before = (WEIHAI.fingerprint, hash(WEIHAI))
    variant = WEIHAI.with_readings({"rounding": "yuan"})
    assert variant != WEIHAI
    assert variant.fingerprint != WEIHAI.fingerprint
    assert variant.with_readings({"rounding": "none"}) == WEIHAI
    assert variant.with_readings({"rounding": "none"}).fingerprint == WEIHAI.fingerprint
    assert (WEIHAI.fingerprint, hash(WEIHAI)) == before
