"""Every sentence that a person reads, as data: one TOML file a topic in the folder of its language.

A topic has the same keys in each language, and each sentence the same placeholders. A policy's own words (titles,
explanations) are in the policy, not here.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

__all__ = ["problem_sentences", "sentences"]

LANGUAGES = ("zh", "en")
_FOLDER = Path(__file__).parent


@cache
def sentences(topic: str, lang: str = "zh") -> Mapping[str, str]:
    """The sentences of one topic by key, such as `sentences("explain", "en")["unknown"]`.

    Raises `ValueError` for a language that there is not.
    """
    return MappingProxyType(_read(topic, lang))


@cache
def problem_sentences(lang: str) -> Mapping[str, tuple[str, str]]:
    """The sentences of problems by code: what is wrong, and the hint; either may be empty."""
    return MappingProxyType(
        {code: (words.get("message", ""), words.get("help", "")) for code, words in _read("problems", lang).items()}
    )


def _read(topic: str, lang: str) -> dict[str, Any]:
    if lang not in LANGUAGES:
        raise ValueError(f"lang is one of {', '.join(LANGUAGES)}, not {lang!r}")
    name = f"{topic}.toml"
    try:
        content = (_FOLDER / lang / name).read_bytes()
    except OSError:  # the library is imported from inside a zip
        from importlib.resources import files  # noqa: PLC0415  # its import takes longer than all files of sentences

        content = files(__name__).joinpath(lang, name).read_bytes()
    return tomllib.loads(content.decode())
