"""The sentences on comparisons and replayed records are the same in Chinese and English."""

from string import Formatter

import pytest

from hardship_rules.locale import sentences


def placeholders(sentence: str) -> list[str]:
    """The placeholders of a sentence."""
    return sorted({name for _, name, _, _ in Formatter().parse(sentence) if name})


@pytest.mark.parametrize("topic", ["comparison", "history", "nearest", "replay"])
def test_languages(topic: str) -> None:
    """Both languages have the same sentences with the same placeholders."""
    zh, en = (
        {key: placeholders(sentence) for key, sentence in sentences(topic, lang).items()} for lang in ("zh", "en")
    )
    assert zh == en
