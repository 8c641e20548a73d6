"""A frozen mapping cannot be changed, and can be hashed, compared, pickled and copied."""

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardship_rules.core.frozen import FrozenMapping

entries = st.dictionaries(st.text(max_size=3), st.integers(), max_size=5)


@given(entries)
def test_is_the_mapping_it_was_made_from(given_: dict[str, int]) -> None:
    """It has the entries of its source in the same order, a mapping or pairs, and equals both."""
    frozen = FrozenMapping(given_)
    assert list(frozen.items()) == list(given_.items())
    assert frozen == given_ == FrozenMapping(given_.items())
    assert len(frozen) == len(given_)
    assert all(key in frozen and frozen[key] == value for key, value in given_.items())
    assert None not in frozen


@given(entries)
def test_pickle_and_copies_are_equal(given_: dict[str, int]) -> None:
    """A pickled, copied or deeply copied one is equal, hashes equal, and is in the same order."""
    frozen = FrozenMapping(given_)
    for other in (pickle.loads(pickle.dumps(frozen)), copy.copy(frozen), copy.deepcopy(frozen)):  # noqa: S301  # pickled by this test
        assert other == frozen
        assert hash(other) == hash(frozen)
        assert list(other) == list(frozen)


@given(entries, st.randoms(use_true_random=False))
def test_order_does_not_count_for_equality(given_: dict[str, int], random: Any) -> None:
    """The same entries in another order are equal and hash equal."""
    items = list(given_.items())
    random.shuffle(items)
    assert FrozenMapping(items) == FrozenMapping(given_)
    assert hash(FrozenMapping(items)) == hash(FrozenMapping(given_))


def test_is_cut_off_from_what_it_was_made_from() -> None:
    """A later change of the source does not change it."""
    source = {"a": 1}
    frozen = FrozenMapping(source)
    source["a"] = 2
    assert frozen["a"] == 1


def test_cannot_be_changed() -> None:
    """No entry can be set or deleted, nor any attribute, new or its own."""
    frozen: Any = FrozenMapping({"a": 1})
    with pytest.raises(TypeError):
        frozen["a"] = 2
    with pytest.raises(TypeError):
        del frozen["a"]
    with pytest.raises(AttributeError):
        frozen.other = 1
    with pytest.raises(AttributeError):
        frozen._entries = {}  # noqa: SLF001  # even the private attribute
    with pytest.raises(AttributeError):
        del frozen._entries  # noqa: SLF001  # the attempt is refused
    assert frozen == {"a": 1}
