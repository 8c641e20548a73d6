"""The sentences of a report of proofs, in English; the policy's own titles and words stay as the policy has them."""

from hardship_rules.core.frozen import FrozenMapping

SENTENCES: FrozenMapping[str, str] = FrozenMapping(
    {
        "headline": "{policy}: proofs about all households",
        "against": "Beside “{old}”: the old policy is asked on the days of the new one, each household under both",
        "scope": "Every household of up to {members} members of which all facts are given; larger ones are not proved.",
        "limit": "{seconds} seconds for each section; every household shown was assessed anew and came out the same.",
        "unpublished": "Numbers not published may be any in their range (with the decimals of the others): {names}.",
        # Sections
        "outcomes": "Outcomes: does a household come to it",
        "overlaps": "Overlaps: does a household meet two outcomes at once",
        "clauses": "Clauses: without it, would a decision be otherwise for some household",
        "properties": "Properties: does every household keep to it",
        "readings": "Readings: read otherwise, would a decision be otherwise for some household",
        "changes": "Changes: how categories would move",
        "none": "nothing to ask",
        # Answers: how many, and for which
        "reached": "reached by some household",
        "reached_as_read": "reached by none as the readings are chosen, but under others",
        "unreached": "reached by no household, under any readings",
        "covered": "no household gets this far: the outcomes before it take all",
        "overlap": "met at once by some household; the first in the list decides",
        "overlap_forbidden": "declared disjoint, yet met at once by some household",
        "apart": "never met at once",
        "matters": "matter",
        "matters_as_read": "matter only under other readings than those chosen",
        "says_reading": "change no decision and only say which reading is chosen",
        "never_matters": "without it no household's decisions would be otherwise, under any readings",
        "kept": "proved",
        "broken": "does not hold",
        "tried": "not proved; {count} households were tried and all keep to it",
        "reading_never_matters": "changes no decision of any household",
        "of_facts": "changes only what facts mean, and is not tried",
        "changed": "some household changes so",
        "unchanged": "no household changes so",
        "not_settled": "not settled in time",
        "counted": "{count}: {verdict}",
        "with": "with {others}",
        # A household
        "household": "For example (to be pasted as a household or a case; facts left out make no difference):",
        "result": "outcome: {result}",
        "two": "Two households that differ only where a comment says so:",
        "second": "the other: {value}",
        "from_to": "outcome: {first}; the other household: {second}",
        "old_new": "old policy: {first}; new policy: {second}",
        "as_read": "read otherwise: {readings}",
        "put_in": "put in for what is not published: {values}",
        "join": ", ",
        # The end
        "clean": "Nothing was found.",
        "found": "{count} findings.",
        "found_changes": "{count} findings, {changes} of them kinds of change of category.",
        "open": "{count} more were not settled in time; --seconds gives them longer.",
        "progress": "{section} …",
        "progress_count": "{section} … {count} answered",
    }
)
