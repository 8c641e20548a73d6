"""Every sentence that a person reads, as data: one TOML file a topic in the folder of its language.

`sentences` reads one file, once. A key is the same in each language, and so are the placeholders of its sentence; the
tests compare them. Texts of a policy itself (titles, explanations) are in the policy, not here.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

__all__ = ["problem_sentences", "sentences"]


@cache
def _read(topic: str, lang: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(lang, f"{topic}.toml").read_text(encoding="utf-8"))


@cache
def sentences(topic: str, lang: str = "zh") -> Mapping[str, str]:
    """The sentences of one topic by key, such as `sentences("explain", "en")["unknown"]`."""
    return MappingProxyType(_read(topic, lang))


@cache
def problem_sentences(lang: str) -> Mapping[str, tuple[str, str]]:
    """The sentences of problems by code: what is wrong, and the hint; either may be empty."""
    return MappingProxyType(
        {code: (words.get("message", ""), words.get("help", "")) for code, words in _read("problems", lang).items()}
    )
