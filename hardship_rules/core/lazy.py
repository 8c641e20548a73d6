"""Lazy names of a package: a module is imported when one of its names is first used (PEP 562)."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy(package: str, modules: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of a package.

    `modules` has the module of each name, relative to the package or by its full path.

    Importing the package loads none of the modules, so a library of an extra is needed only where it is used.
    """

    def attribute(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = modules[name]
        path = module if module.startswith("hardship_rules.") else f"{package}.{module}"
        value = getattr(import_module(path), name)
        setattr(sys.modules[package], name, value)
        return value

    return attribute, lambda: sorted(modules)
