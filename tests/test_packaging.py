"""Installation: the bundled policies load by name from a wheel and from an editable install."""

import subprocess
import sys
import zipfile
from pathlib import Path

import hatchling.build
import pytest
from places import ROOT

FOLDER = ROOT / "policies"
POLICIES = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
LOAD = """
import sys, site
site.addsitedir(sys.argv[1])
sys.path = [sys.argv[1], *[path for path in sys.path if path]]
import hardship_rules
from pathlib import Path
policy = hardship_rules.load_policy("2021_weihai")
print(Path(hardship_rules.__file__).resolve().parent, policy.fingerprint, sep="\\n")
"""


def installed(wheel: Path, folder: Path) -> Path:
    """The unpacked files of a wheel, as after an installation."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def policies_in(wheel: zipfile.ZipFile) -> set[str]:
    """The policy files in a wheel, with the files beside them."""
    inside = "hardship_rules/policies/"
    return {name.removeprefix(inside) for name in wheel.namelist() if name.startswith(inside)}


def load_from(site: Path, cwd: Path) -> list[str]:
    """The library's location and the policy's fingerprint, from a process with only that folder."""
    dependencies = Path(pytest.__file__).parent.parent
    code = f"import sys; sys.path.append({str(dependencies)!r})\n{LOAD}"
    done = subprocess.run(  # noqa: S603  # this program
        [sys.executable, "-S", "-c", code, str(site)], cwd=cwd, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().splitlines()


@pytest.fixture(scope="module")
def here() -> list[str]:
    """The fingerprint of the policies beside the tests."""
    from hardship_rules import load_policy  # noqa: PLC0415  # next to the processes that load it elsewhere

    return [load_policy(str(ROOT / "policies" / "2021_weihai.yaml")).fingerprint]


def test_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: list[str]) -> None:
    """A wheel has the policies with their schema and the type marker, and no tests."""
    monkeypatch.chdir(ROOT)
    wheel = tmp_path / hatchling.build.build_wheel(str(tmp_path))
    site = installed(wheel, tmp_path / "site")
    where, fingerprint = load_from(site, tmp_path)
    assert (Path(where), [fingerprint]) == ((site / "hardship_rules").resolve(), here)
    assert (site / "hardship_rules" / "py.typed").is_file()
    with zipfile.ZipFile(wheel) as archive:
        assert policies_in(archive) == POLICIES
    assert {path.name for path in site.iterdir()} == {"hardship_rules", "hardship_rules-0.2.0.dist-info"}


IN_A_ZIP = """
import sys
sys.path.insert(0, sys.argv[1])
import hardship_rules
from hardship_rules import PolicyError, assess, load_policy, record, replay
from hardship_rules.authoring import lint_file
policy = load_policy("2021_weihai")
assert policy.at.file.startswith(sys.argv[1]), policy.at
assert load_policy(policy.at.file) == policy
assert load_policy("weihai", on="2024-05-01").name == "2024_weihai"
try:
    load_policy("nowhere")
except PolicyError as error:
    assert [problem.code for problem in error.problems] == ["policy_missing"], error
    assert "2021_weihai" in error.report()
assert not any(problem.severity == "error" for problem in lint_file("2021_weihai"))
assert replay(record(assess(policy, {"on": "2021-05-01", "members": [{}]}))).same
print(policy.fingerprint)
"""
EMPTY = """
import sys
sys.path.insert(0, sys.argv[1])
from hardship_rules import PolicyError, load_policy
try:
    load_policy("2021_weihai")
except PolicyError as error:
    print(*[problem.code for problem in error.problems])
"""


def run(code: str, wheel: Path, cwd: Path) -> str:
    """The output of a program that imports the library from inside a wheel."""
    done = subprocess.run(  # noqa: S603  # this program
        [sys.executable, "-c", code, str(wheel)], cwd=cwd, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def test_imported_from_a_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: list[str]) -> None:
    """A wheel imported as a zip has its policies; one without them reports that."""
    monkeypatch.chdir(ROOT)
    wheel = tmp_path / hatchling.build.build_wheel(str(tmp_path))
    assert run(IN_A_ZIP, wheel, tmp_path) == here[0]
    bare = tmp_path / "bare.whl"
    with zipfile.ZipFile(wheel) as whole, zipfile.ZipFile(bare, "w") as archive:
        for name in whole.namelist():
            if not name.startswith("hardship_rules/policies/"):
                archive.writestr(name, whole.read(name))
    assert run(EMPTY, bare, tmp_path) == "policy_missing bundled_missing"


def test_editable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: list[str]) -> None:
    """An editable install loads the policies at the top of the repository."""
    monkeypatch.chdir(ROOT)
    wheel = tmp_path / hatchling.build.build_editable(str(tmp_path))
    site = installed(wheel, tmp_path / "site")
    where, fingerprint = load_from(site, tmp_path)
    assert (Path(where), [fingerprint]) == ((ROOT / "hardship_rules").resolve(), here)


def test_wheel_from_source_distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The source distribution has everything that its wheel needs."""
    monkeypatch.chdir(ROOT)
    archive = tmp_path / hatchling.build.build_sdist(str(tmp_path))
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(tmp_path)], check=True)  # noqa: S603, S607  # the archive just built
    monkeypatch.chdir(tmp_path / "hardship_rules-0.2.0")
    with zipfile.ZipFile(tmp_path / hatchling.build.build_wheel(str(tmp_path))) as wheel:
        assert policies_in(wheel) == POLICIES
