"""The structure of the library: packages and their imports, faces, complete matches over nodes, immutability."""

import ast
import copy
import pickle
import subprocess
import sys
from collections.abc import Container, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path
from runpy import run_path
from typing import Any, get_args

import attrs
import pytest
from places import ROOT

import hardship_rules
from hardship_rules import Assessment, Policy, Trace, assess, load_policy
from hardship_rules.core.expr import Expr
from hardship_rules.core.frozen import FrozenMapping

FOLDER = ROOT / "hardship_rules"
DRAWING = run_path(str(ROOT / "docs" / "architecture" / "draw.py"))
MAY_IMPORT: dict[str, frozenset[str]] = DRAWING["imports"]()
PACKAGES = list(MAY_IMPORT)
MODULES = sorted(FOLDER.rglob("*.py"))
LARGEST_FACE = 20  # names
WEIHAI = load_policy("2021_weihai")
HOUSEHOLD = {
    "on": date(2021, 3, 31),
    "unit_has_union": True,
    "employment": "in_service",
    "members": [{"relation": "self", "wage": 20000}, {"relation": "spouse"}, {"relation": "child", "age": 9}],
}


def dotted(path: Path) -> str:
    """The import name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {dotted(path): path for path in MODULES}
MODULE_NAMES = NAMES.keys() - {"hardship_rules"}


def package(name: str) -> str:
    """The package of a module; empty for modules at the top."""
    names = name.split(".")
    return names[1] if len(names) > 1 and names[1] in MAY_IMPORT else ""


def imported(path: Path, *, always: bool = False) -> Iterator[str]:
    """The library modules that a module imports, by statement or by string; optionally only those always loaded."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.Lambda)
        or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if always and id(node) in late:
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "hardship_rules":
            module = str(node.module)
            names = [f"{module}.{alias.name}" for alias in node.names]
            yield from (name if name in NAMES else module for name in names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in NAMES)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in MODULE_NAMES:
            yield node.value
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno} imports relatively"


def test_the_table_has_every_package() -> None:
    """The table of imports has exactly the existing packages, each after those that it may import."""
    assert {path.parent.name for path in FOLDER.glob("*/__init__.py")} == set(PACKAGES)
    for number, name in enumerate(PACKAGES):
        assert MAY_IMPORT[name] <= set(PACKAGES[:number]), name


def test_the_table_names_no_import_too_many() -> None:
    """Each import in the table is used; except for `locale` and `cli`, the table allows no more than the code needs."""
    made: dict[str, set[str]] = {name: set() for name in PACKAGES}
    for name, path in NAMES.items():
        if package(name):
            made[package(name)] |= {package(other) for other in imported(path)} - {package(name), ""}
    assert {name: MAY_IMPORT[name] - made[name] for name in PACKAGES if MAY_IMPORT[name] - made[name]} == {}


@pytest.mark.parametrize("name", [name for name in NAMES if package(name)])
def test_a_package_imports_what_its_row_allows(name: str) -> None:
    """A module imports its own package, and from packages in its row the face and modules without an underscore."""
    for other in imported(NAMES[name]):
        if package(other) == package(name):
            continue
        assert package(other) in MAY_IMPORT[package(name)], f"{name} imports {other}"
        assert not any(part.startswith("_") for part in other.split(".")), f"{name} imports {other}"


def test_no_module_imports_itself_by_others() -> None:
    """No module imports itself through other modules."""
    graph = {name: {other for other in imported(path, always=True) if other != name} for name, path in NAMES.items()}
    TopologicalSorter(graph).prepare()


def test_the_picture_is_drawn_from_the_table() -> None:
    """The picture in the documentation is up to date with its script: python docs/architecture/draw.py."""
    assert (ROOT / "docs" / "architecture" / "packages.svg").read_text(encoding="utf-8") == DRAWING["svg"]()


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_module_begins_with_what_it_is_for(path: Path) -> None:
    """A module begins with a docstring whose first line is one sentence."""
    text = path.read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring is not None
    assert text.startswith('"""')
    first = docstring.splitlines()[0]
    assert first.endswith(".")
    assert not any(end in first[:-1] for end in (". ", "! ", "? "))


@pytest.mark.parametrize("name", PACKAGES)
def test_the_face_of_a_package(name: str) -> None:
    """A package's docstring has at most five lines, and its face at most twenty names, which all exist."""
    face = import_module(f"hardship_rules.{name}")
    assert len(str(face.__doc__).strip().splitlines()) <= 5
    names = face.__all__
    assert names == sorted(names)
    assert 0 < len(names) <= LARGEST_FACE
    modules = {path.stem for path in (FOLDER / name).iterdir()}
    assert set(names) & modules == set(), "a module of that name would take the place of the function"
    for each in names:
        assert getattr(face, each) is not None
    tree = ast.parse((FOLDER / name / "__init__.py").read_text(encoding="utf-8"))
    typed = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        for inner in ast.walk(node)
        if isinstance(inner, ast.ImportFrom)
        for alias in inner.names
    }
    assert not typed or typed == set(names)
    assert set(dir(face)) >= set(names)


def test_no_package_has_the_name_of_a_function() -> None:
    """No package has the name of a top-level function, which it would shadow."""
    assert set(PACKAGES) & set(hardship_rules.__all__) == set()


EXTRAS = {
    "click": ("cli",),
    "durable": ("durable",),
    "hypothesis": ("testing",),
    "narwhals": ("frames", "registers"),
    "openpyxl": ("registers",),
    "polars": ("frames", "registers"),
    "sqlglot": ("sql",),
    "z3": ("proofs", "testing", "authoring"),
}


@pytest.mark.parametrize("missing", EXTRAS)
def test_a_face_needs_no_extra(missing: str) -> None:
    """Every face can be imported without an extra; only the names that need it raise an error."""
    command = f"""
import sys
sys.modules[{missing!r}] = None
from importlib import import_module
for package in {[name for name in PACKAGES if name != "cli"]!r}:
    face = import_module(f"hardship_rules.{{package}}")
    for name in face.__all__:
        try:
            getattr(face, name)
        except ModuleNotFoundError as error:
            assert error.name == {missing!r}, (package, name, error.name)
            assert package in {EXTRAS[missing]!r}, (package, name)
            assert "hardship-rules[" in str(error), (package, name, str(error))
"""
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=False)  # noqa: S603  # this program
    assert done.stderr == ""


def test_import_needs_attrs_and_yaml_only() -> None:
    """Importing the core loads only the library, attrs, PyYAML and the standard library."""
    command = (
        "import sys; before = set(sys.modules); import hardship_rules; "
        "[getattr(hardship_rules, name) for name in hardship_rules.__all__]; "
        "print(*{name.split('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)  # noqa: S603  # this program
    found = done.stdout.split()
    assert {"hardship_rules", "attr", "yaml"} <= set(found)
    of_yaml = {name for name in found if "cython" in name}  # a build dependency of its C loader
    outside = {name for name in found if name not in sys.stdlib_module_names and not name.startswith("__")} - of_yaml
    assert outside <= {"hardship_rules", "attr", "attrs", "yaml", "_yaml"}


NODES = {node.__name__ for node in get_args(Expr)}


def matches_over_nodes(path: Path) -> Iterator[ast.Match]:
    """The matches of a module that distinguish at least two thirds of the kinds of expression."""
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
    """Each match over kinds of expression names all of them; one with a default case ends in `assert_never`.

    mypy then reports every match that a new kind of expression would miss.
    """
    found = {(path.stem, node.lineno): node for path in MODULES for node in matches_over_nodes(path)}
    assert {"_lower", "_typecheck"} <= {module for module, _ in found}
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
    ("module", "name"),
    [("engine/_lower", "number"), ("language/_typecheck", "resolve"), ("explanation/phrase", "words")],
)
def test_meanings_end_in_assert_never(module: str, name: str) -> None:
    """The value, the kind and the words of an expression come from one match that ends in `assert_never`."""
    matches = [node for node in ast.walk(function(FOLDER / f"{module}.py", name)) if isinstance(node, ast.Match)]
    assert any("assert_never(" in ast.unparse(match.cases[-1]) for match in matches)


# --- Immutable values ---------------------------------------------------------------------------------------------


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
    """An assessment with all of its lazily computed values."""
    found = parts(assessment, {})
    derived = (assessment.decisions, assessment.terms, assessment.members, assessment.reasons, assessment.missing)
    for each in (
        *derived,
        assessment.household,
        assessment.trace("category.deep"),
        *assessment.trace("category.deep").parts,
    ):
        parts(each, found)
    return list(found.values())


def kinds_of(values: list[Any]) -> dict[str, Any]:
    """One value of each class."""
    return {type(value).__name__: value for value in values}


ASSESSED = assess(WEIHAI, HOUSEHOLD)
EVERY_KIND = kinds_of(looked_at(ASSESSED))


def test_every_kind_is_looked_at() -> None:
    """The checks below include policy, assessment, household and all of their parts."""
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
    """A policy and an assessment hold no list, set or dict anywhere."""
    mutable = (list, dict, set, bytearray)
    for value in looked_at(ASSESSED):
        if attrs.has(type(value)):
            for attribute in attrs.fields(type(value)):
                held = getattr(value, attribute.name)
                assert not isinstance(held, mutable), f"{type(value).__name__}.{attribute.name}"


@pytest.mark.parametrize("value", [WEIHAI, ASSESSED], ids=["policy", "assessment"])
def test_pickle_and_copy_are_equal(value: Policy | Assessment) -> None:
    """A pickled or deeply copied policy or assessment is equal to the original, with the same hash and repr."""
    for other in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)):  # noqa: S301  # pickled by this test
        assert other == value
        assert hash(other) == hash(value)
        assert repr(other) == repr(value)


def test_what_was_pickled_still_works() -> None:
    """A pickled policy assesses alike, and a pickled assessment computes its remaining values."""
    policy = pickle.loads(pickle.dumps(WEIHAI))  # noqa: S301  # pickled by this test
    assert policy.fingerprint == WEIHAI.fingerprint
    assert answers(assess(policy, HOUSEHOLD)) == answers(ASSESSED)
    fresh = pickle.loads(pickle.dumps(assess(WEIHAI, HOUSEHOLD)))  # noqa: S301  # pickled by this test
    assert answers(fresh) == answers(ASSESSED)


def answers(assessment: Assessment) -> tuple[Any, ...]:
    """All values computed from an assessment."""
    trace: Trace = assessment.trace("category.deep")
    return (assessment.decisions, assessment.terms, assessment.members, assessment.missing, trace.value)


def test_one_policy_in_eight_threads() -> None:
    """Eight threads that share one policy and one assessment all get the same results."""
    policy = load_policy("2021_weihai")  # fresh, so that nothing is computed yet
    shared = assess(policy, HOUSEHOLD)

    def work(wage: int) -> tuple[Any, ...]:
        members = [{"relation": "self", "wage": wage}, *HOUSEHOLD["members"][1:]]  # type: ignore[index]  # the household has members
        return (*answers(assess(policy, {**HOUSEHOLD, "members": members})), *answers(shared))

    wages = [wage for wage in (0, 20000, 40000) for _ in range(16)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(work, wages))
    assert found == [work(wage) for wage in wages]
    assert len({each[1] for each in found}) == 3


def test_variants_leave_the_policy_as_it_is() -> None:
    """`with_readings` returns another policy with another fingerprint, and leaves this one unchanged."""
    before = (WEIHAI.fingerprint, hash(WEIHAI))
    variant = WEIHAI.with_readings({"rounding": "yuan"})
    assert variant != WEIHAI
    assert variant.fingerprint != WEIHAI.fingerprint
    assert variant.with_readings({"rounding": "none"}) == WEIHAI
    assert variant.with_readings({"rounding": "none"}).fingerprint == WEIHAI.fingerprint
    assert (WEIHAI.fingerprint, hash(WEIHAI)) == before


READERS_OF_EXPRESSIONS = {
    "core": "the nodes themselves, their units, the place of a clause, and a policy without one clause",
    "language": "a text becomes checked expressions",
    "engine._lower": "the one meaning of an expression: its steps",
    "explanation": "the words of an expression",
    "authoring": "a policy read as a document",
    "records": "a record shows the two sides of a comparison",
    "assessment.trace": "the trace shows an expression part by part",
    "proofs.prover": "a household below, at or above the threshold of a comparison that is given as an expression",
    "testing": "the items and thresholds that cases should exercise are listed from the text of a policy",
    "engine.defaults": "defaults become terms before a policy is lowered",
    "engine.tables": "the distance from a threshold becomes a term before a policy is lowered",
    "engine.signs": "the roundings in the text of a policy that can go below zero",
}
"""The packages and modules that may ask which kind of expression a node is, with the reason."""


def asked_for(tree: ast.AST, nodes: Container[str]) -> Iterator[str]:
    """The classes of expressions that a module matches or compares the type of a node with."""
    imported = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "hardship_rules.core.expr"
        for name in node.names
        if name.name in nodes
    }
    for node in ast.walk(tree):
        asked: list[ast.AST] = []
        if isinstance(node, ast.MatchClass):
            asked = [node.cls]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "type"):
            asked = list(node.args[1:])
        elif isinstance(node, ast.Compare):
            asked = list(node.comparators)
        yield from (
            name.id for part in asked for name in ast.walk(part) if isinstance(name, ast.Name) and name.id in imported
        )


def test_only_the_lowering_gives_expressions_a_meaning() -> None:
    """No module asks which node an expression is but those that read policies as documents, and the old backends.

    A clause is no such node: it is the named provision that everything refers to.
    """
    nodes = {node.__name__ for node in get_args(Expr)} - {"Clause"}
    readers = set()
    for path in MODULES:
        module = ".".join(path.relative_to(FOLDER).with_suffix("").parts)
        if any(asked_for(ast.parse(path.read_text("utf-8")), nodes)):
            reader = next((name for name in (module, module.split(".")[0]) if name in READERS_OF_EXPRESSIONS), module)
            readers.add(reader)
    assert readers == set(READERS_OF_EXPRESSIONS)
