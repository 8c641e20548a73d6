"""Where the household stands: the figure that most comparisons are about, each limit once, sentences that are true."""

import pytest
from titled import CASES, people, titled

from hardship_rules import assess, load_policy
from hardship_rules.documents.document import Extent, Scale
from hardship_rules.explanation.reasons import SENTENCES, Telling, scale_of

PLAIN = titled(str)


def scale(household: dict[str, object], lang: str = "zh") -> Scale:
    """The scale of a household under the small policy."""
    found = scale_of(Telling(assess(PLAIN, household), SENTENCES[lang]))
    assert found is not None
    return found


def test_known_number() -> None:
    """The total of 150 between the line of 100 and its double, each limit once, with the distances."""
    assert scale(CASES["near"]) == Scale(
        "total与界线",
        Extent(150, 150, "本户 150"),
        (Extent(100, 100, "100"), Extent(200, 200, "200")),
        "total：150 yuan",
        ("below：界线 100 yuan，本户高 50 yuan", "below twice：界线 200 yuan，本户低 50 yuan"),
    )


def test_level_with_a_limit() -> None:
    """A household on the line is level with it."""
    assert scale(people(100)).sentences[0] == "below：界线 100 yuan，本户恰好相等"


def test_unknown_number_and_limit() -> None:
    """What is not known is what it lies between; the side is told where it is certain, else that it is open."""
    found = scale(CASES["nothing known"], "en")
    assert (found.number.low, found.number.high, found.number.text) == (0, 1000, "household 0 to 1,000")
    assert [(each.low, each.high, each.text) for each in found.limits] == [
        (80, 100, "80 to 100"),
        (160, 200, "160 to 200"),
    ]
    assert found.about == "total: undecided, 0 to 1,000 yuan"
    assert found.sentences[0] == "below: the limit is 80 to 100 yuan, it is open on which side the household is"
    below = scale(people(40, None), "en")
    assert below.sentences == ("below: the limit is 80 to 100 yuan, the household is below it",)
    above = scale(people(150, None), "en")
    assert above.sentences[0] == "below: the limit is 80 to 100 yuan, the household is above it"


@pytest.mark.parametrize(
    ("wage", "number", "sentence"),
    [
        # 9,444.00 / 12 = 787; one fen a year more is 787.000833…, for which three decimals are the fewest
        ("9444", "本户 787.00", "人均月纯收入低于低保标准：界线 787.00 元，本户恰好相等"),
        ("9444.01", "本户 787.001", "人均月纯收入低于低保标准：界线 787.000 元，本户高 0.001 元"),
        ("9443.99", "本户 786.999", "人均月纯收入低于低保标准：界线 787.000 元，本户低 0.001 元"),
    ],
)
def test_a_fen_from_the_line(wage: str, number: str, sentence: str) -> None:
    """A fen beside the standard is written so that it stands on its side of it."""
    nothing = dict.fromkeys(("business_income", "property_income", "transfer_income", "other_income"), 0)
    worker = {"relation": "self", "wage": wage, **nothing, "medical_self_paid": 0, "education": "none"}
    facts = {"residence": "urban", "unit_has_union": True, "employment": "in_service", "controls_company": False}
    facts |= {"homes": 1, "motor_vehicle": False, "refuses_verification": False, "members": [worker]}
    found = scale_of(Telling(assess(load_policy("2021_weihai"), facts), SENTENCES["zh"]))
    assert found is not None
    assert (found.number.text, found.sentences[0]) == (number, sentence)


def test_nothing_compared() -> None:
    """Where no shown figure was compared there is nothing to draw."""
    out = assess(load_policy("2021_weihai"), {"unit_has_union": False, "members": [{"relation": "self"}]})
    assert scale_of(Telling(out, SENTENCES["zh"])) is None
