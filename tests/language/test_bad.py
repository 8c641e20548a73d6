"""Policies that are refused: each file in `bad` states the expected problems in its comments.

`# code: sentence` is on the line of the problem. If a comment there would change the test, it is on a line below it,
after a `^`. `@3` refers to line 3, and `bases/name.yaml:3` to line 3 of that file.
"""

import re
from pathlib import Path

import pytest
from places import TESTS

from hardship_rules import PolicyError, load_policy
from hardship_rules.locale import problem_sentences

SENTENCES = problem_sentences("zh")

BAD = TESTS / "bad"
COMMENT = re.compile(
    r"# (?:(?P<above>\^ )|@(?P<line>\d+) |(?P<file>\S+):(?P<there>\d+) )?(?P<code>[a-z_]+): (?P<says>.+)"
)


def expected(path: Path) -> list[tuple[str, int, str, str]]:
    """File, line, code and sentence of every problem expected by the comments of a file."""
    found = []
    last = 0
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        match = COMMENT.search(line)
        if match is None or not match["above"]:
            last = number
        if match is not None and match["code"] in SENTENCES:
            place = int(match["line"] or match["there"] or last)
            found.append((match["file"] or path.name, place, match["code"], match["says"]))
    return sorted(found)


@pytest.mark.parametrize("path", sorted(BAD.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_is_wrong_is_told_all_at_once_where_it_is(path: Path) -> None:
    """Exactly the expected problems are reported, at their lines, in their words, in file order."""
    with pytest.raises(PolicyError) as caught:
        load_policy(path, folders=[BAD / "bases", BAD])
    found = [
        (Path(place.file).relative_to(BAD).as_posix(), place.line, problem.code, problem.message())
        for problem in caught.value.problems
        if (place := problem.location) is not None
    ]
    assert len(found) == len(caught.value.problems)
    assert sorted(found) == expected(path)
    assert [place[:2] for place in found] == sorted(place[:2] for place in found)


def test_most_of_what_can_be_wrong_with_a_policy_is_tried() -> None:
    """At least 100 codes are expected, so that a file without its comments is noticed."""
    codes = {code for path in BAD.glob("*.yaml") for _, _, code, _ in expected(path)}
    assert len(codes) >= 100


def test_the_bases_are_no_policies_of_their_own_to_refuse() -> None:
    """A base at the end of its chain is sound: the problem is in the files that extend it."""
    assert load_policy(BAD / "bases" / "chain_4.yaml").name == "chain_4"
