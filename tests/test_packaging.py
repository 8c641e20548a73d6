"""What is installed: the bundled policies load by name from a wheel and from an editable install."""

import subprocess
import sys
import zipfile
from pathlib import Path

import hatchling.build
import pytest

ROOT = Path(__file__).parent.parent
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
    """The files of a wheel, laid out as an installation would."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def policies_in(wheel: zipfile.ZipFile) -> set[str]:
    """The policy files in a wheel, with what stands beside them."""
    inside = "hardship_rules/policies/"
    return {name.removeprefix(inside) for name in wheel.namelist() if name.startswith(inside)}


def load_from(site: Path, cwd: Path) -> list[str]:
    """Where the library was found and the policy's fingerprint, in a process that has nothing but that folder."""
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
    from hardship_rules import load_policy  # noqa: PLC0415  # beside the processes that load it elsewhere

    return [load_policy(str(ROOT / "policies" / "2021_weihai.yaml")).fingerprint]


def test_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: list[str]) -> None:
    """A wheel carries the policies with their schema, the types' mark, and nothing of the tests."""
    monkeypatch.chdir(ROOT)
    wheel = tmp_path / hatchling.build.build_wheel(str(tmp_path))
    site = installed(wheel, tmp_path / "site")
    where, fingerprint = load_from(site, tmp_path)
    assert (Path(where), [fingerprint]) == ((site / "hardship_rules").resolve(), here)
    assert (site / "hardship_rules" / "py.typed").is_file()
    with zipfile.ZipFile(wheel) as archive:
        assert policies_in(archive) == POLICIES
    assert {path.name for path in site.iterdir()} == {"hardship_rules", "hardship_rules-0.2.0.dist-info"}


def test_editable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: list[str]) -> None:
    """An editable install loads the policies that stand at the top of the repository."""
    monkeypatch.chdir(ROOT)
    wheel = tmp_path / hatchling.build.build_editable(str(tmp_path))
    site = installed(wheel, tmp_path / "site")
    where, fingerprint = load_from(site, tmp_path)
    assert (Path(where), [fingerprint]) == ((ROOT / "hardship_rules").resolve(), here)


def test_wheel_from_source_distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The source distribution holds what its wheel needs."""
    monkeypatch.chdir(ROOT)
    archive = tmp_path / hatchling.build.build_sdist(str(tmp_path))
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(tmp_path)], check=True)  # noqa: S603, S607  # what was just built
    monkeypatch.chdir(tmp_path / "hardship_rules-0.2.0")
    with zipfile.ZipFile(tmp_path / hatchling.build.build_wheel(str(tmp_path))) as wheel:
        assert policies_in(wheel) == POLICIES
