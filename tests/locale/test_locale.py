"""The files of sentences: complete, consistent in both languages, and without Chinese in English."""

import re
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import hardship_rules.locale
from hardship_rules.locale import problem_sentences, sentences

FOLDER = Path(hardship_rules.locale.__file__).parent
FILES = sorted(FOLDER.rglob("*.toml"))
IN_BOTH = sorted({path.stem for path in (FOLDER / "zh").iterdir()} & {path.stem for path in (FOLDER / "en").iterdir()})
HAN = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")


def read(path: Path) -> dict[str, str]:
    """The sentences of a file, those of a table under their key path."""

    def flat(table: dict[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
        for key, value in table.items():
            if isinstance(value, dict):
                yield from flat(value, (*before, key))
            else:
                assert isinstance(value, str), key
                yield ".".join((*before, key)), value

    return dict(flat(tomllib.loads(path.read_text("utf-8"))))


def placeholders(sentence: str) -> set[str]:
    """The placeholders of a sentence."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def name(path: Path) -> str:
    """The name of a file in test output."""
    return path.relative_to(FOLDER).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_every_file_can_be_read(path: Path) -> None:
    """A file of sentences is TOML, has at least one sentence, and nothing else."""
    assert read(path)


@pytest.mark.parametrize("topic", IN_BOTH)
def test_both_languages_have_the_same_sentences(topic: str) -> None:
    """A topic has the same keys in both languages, in the same order."""
    assert list(read(FOLDER / "zh" / f"{topic}.toml")) == list(read(FOLDER / "en" / f"{topic}.toml"))


@pytest.mark.parametrize("topic", IN_BOTH)
def test_both_languages_have_the_same_placeholders(topic: str) -> None:
    """A sentence has the same placeholders in both languages, in any order."""
    english = read(FOLDER / "en" / f"{topic}.toml")
    for key, sentence in read(FOLDER / "zh" / f"{topic}.toml").items():
        assert placeholders(sentence) == placeholders(english[key]), key


@pytest.mark.parametrize("path", sorted((FOLDER / "en").iterdir()), ids=name)
def test_english_sentences_have_no_chinese(path: Path) -> None:
    """No English sentence has a Chinese character or a full-width mark."""
    assert {key: sentence for key, sentence in read(path).items() if HAN.search(sentence)} == {}


def test_every_english_topic_is_a_chinese_one() -> None:
    """Chinese is the default: every English topic has a Chinese one."""
    assert sorted(path.stem for path in (FOLDER / "en").iterdir()) == IN_BOTH


def test_sentences_cannot_be_changed() -> None:
    """All callers share one mapping of a topic, which cannot be changed."""
    assert sentences("explain", "en") is sentences("explain", "en")
    for shared in (sentences("explain"), problem_sentences("zh")):
        with pytest.raises(TypeError):
            shared["unknown"] = ""  # type: ignore[index]  # the attempt is the test


def test_an_unknown_topic_or_language_is_refused() -> None:
    """A topic without a file raises `FileNotFoundError`, an unknown language `ValueError`."""
    with pytest.raises(FileNotFoundError):
        sentences("nothing")
    with pytest.raises(ValueError, match="lang is one of zh, en, not 'fr'"):
        sentences("explain", "fr")


def test_sentences_are_read_from_a_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the library is inside a zip, its sentences are the same."""
    archive = tmp_path / "library.zip"
    with zipfile.ZipFile(archive, "w") as library:
        for path in (*FOLDER.rglob("*.toml"), FOLDER / "__init__.py"):
            library.write(path, f"zipped_locale/{name(path)}")
    monkeypatch.syspath_prepend(archive)
    from importlib import import_module  # noqa: PLC0415  # next to its only use

    zipped = import_module("zipped_locale")
    assert zipped.sentences("explain", "en") == sentences("explain", "en")
    assert zipped.problem_sentences("zh") == problem_sentences("zh")
