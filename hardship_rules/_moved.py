"""Modules that have moved into packages: their old paths work until version 0.4, and warn where they are imported."""

import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import MappingProxyType, ModuleType

MOVED: Mapping[str, tuple[tuple[str, ...], str]] = MappingProxyType(
    {
        "answers": (("proofs.prover",), "proofs"),
        "as_html": (("documents.html",), "documents"),
        "cases": (("testing.cases",), "testing"),
        "coverage": (("testing._coverage",), "testing"),
        "impact": (("registers._impact",), "registers"),
        "impact_report": (("registers._impact",), "registers"),
        "mapped": (("registers._mapped",), "registers"),
        "mapping": (("language.mapping",), "registers"),
        "missing_cases": (("testing.missing",), "testing"),
        "soundness": (("registers._soundness",), "registers"),
        "strategies": (("testing.strategies",), "testing"),
        "verify": (("proofs.prover", "proofs.partial"), "proofs"),
    }
)
"""Old modules below `hardship_rules`: the modules that have their names now, and the package to import them from."""


class _Names(Loader):
    """Fills an old module with the names of those that took its place."""

    def __init__(self, homes: Sequence[str]) -> None:
        self.homes = homes

    def exec_module(self, module: ModuleType) -> None:
        """Copy the names."""
        for home in self.homes:
            names = vars(import_module(f"hardship_rules.{home}")).items()
            vars(module).update({name: value for name, value in names if not name.startswith("__")})


class Finder:
    """Finds the old modules; the last that Python asks, so that it hides none."""

    @staticmethod
    def find_spec(
        name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module of an old path, with a warning that names the new one."""
        parent, _, last = name.rpartition(".")
        if parent != "hardship_rules" or last not in MOVED:
            return None
        homes, package = MOVED[last]
        warnings.warn(
            f"{name} has moved: import its names from hardship_rules.{package}", DeprecationWarning, stacklevel=2
        )
        return ModuleSpec(name, _Names(homes))
