"""Spaces, invisible characters, quotes and full-width forms in the cells of registers, by code point."""

from collections.abc import Callable

Ranges = tuple[tuple[int, int], ...]


def _single(*characters: int) -> Ranges:
    return tuple((character, character) for character in characters)


SPACES: Ranges = (
    *_single(0xB, 0x85, 0xA0, 0x1680, 0x202F, 0x205F, 0x3000),
    *((0x1C, 0x1F), (0x2000, 0x200A), (0x2028, 0x2029)),
)
"""White space, in addition to what the `\\s` of each dialect of patterns matches."""
UNSEEN: Ranges = (
    *_single(0xAD, 0x34F, 0x61C, 0x3164, 0xFEFF, 0xFFA0),
    *((0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xE0000, 0xE0FFF)),
)
"""Invisible characters: soft hyphens, zero-width characters, marks of direction, and variation selectors."""
QUOTES: Ranges = _single(*map(ord, "\"“”″＂'‘’′＇`´｀"))
"""Quotes that people and spreadsheets put around a number so that it stays a text, as in ="1101…" or '1101…."""
WIDE = {chr(0xFF10 + digit): str(digit) for digit in range(10)}
WIDE |= {"．": ".", "，": ",", "－": "-", "−": "-", "＋": "+", "／": "/", "％": "%", "Ｘ": "X", "ｘ": "x"}
"""The full-width digits and signs of a Chinese keyboard with their plain counterparts."""


def character_class(ranges: Ranges, written: Callable[[int], str] = chr) -> str:
    """Ranges as the inside of a character class of a pattern; `written` writes a character in a dialect of patterns."""
    return "".join(written(a) if a == b else f"{written(a)}-{written(b)}" for a, b in ranges)
