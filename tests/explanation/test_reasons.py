"""The parts of an assessment in words, and the shown figure on a scale with its limits."""

import re
from string import Formatter

import pytest
from titled import CASES, people, titled

from hardship_rules import assess, compare, explain, load_household, load_policy, what_would_change
from hardship_rules.core.expr import BASES
from hardship_rules.core.problem import Language
from hardship_rules.documents.document import Extent, Scale
from hardship_rules.explanation.reasons import SENTENCES, Describer, scale_of

ZH, EN = SENTENCES["zh"], SENTENCES["en"]

HAN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
PLAIN = titled(str)


def places(sentence: str) -> set[str]:
    """The placeholders of a sentence."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_both_languages_say_the_same() -> None:
    """Both languages have the same keys, and each sentence the same placeholders."""
    assert list(ZH) == list(EN)
    for key, sentence in ZH.items():
        assert places(sentence) == places(EN[key]), key


def test_every_grade_has_its_word() -> None:
    """Every basis has a word in both languages, the Chinese one from `BASES`."""
    assert {key: ZH[key] for key in BASES} == BASES
    assert {key: EN[key] for key in BASES} == {key: key for key in BASES}


def test_no_chinese_in_english_sentences() -> None:
    """An English sentence has no Chinese character and no Chinese punctuation."""
    assert [sentence for sentence in EN.values() if HAN.search(sentence)] == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("detail", ["short", "full"])
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_what_is_not_the_policys_is_english(case: str, detail: str, form: str) -> None:
    """The English explanation of a policy in Latin letters has no Chinese in any format."""
    text = explain(assess(PLAIN, CASES[case]), format=form, lang="en", detail=detail)
    shown = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    assert HAN.findall(shown) == []


def test_titles_stay_the_policys() -> None:
    """In English, titles and words of the policy are not translated."""
    text = explain(
        assess(load_policy("2021_weihai"), load_household("examples/household.yaml")), lang="en", detail="full"
    )
    # 787.00 - 655.56 = 131.44
    assert "√ 人均月纯收入低于低保标准    655.56 < 787.00, lower by 131.44 元    [summary]" in text.splitlines()
    assert text.startswith("深度困难职工家庭        威海市2021年困难职工家庭认定 (on 2021-03-31)\n")
    assert text.endswith("\nThis supports a decision; it does not make one\n")


def test_members_in_english() -> None:
    """A number that distinguishes members is in the language of the sentence."""
    twins = {"place": "town", "members": [{"relation": "self"}, {"relation": "child"}, {"relation": "child"}]}
    assert Describer(assess(PLAIN, twins), SENTENCES["en"]).names == ("self", "child (person 2)", "child (person 3)")
    assert Describer(assess(PLAIN, twins), SENTENCES["zh"]).names == ("self", "child（第2人）", "child（第3人）")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whoever_tells_of_an_assessment_has_every_sentence(lang: Language) -> None:
    """Changes and comparisons have sentences for members, options and ranges in both languages."""
    child = {"relation": "child", "income": 0}
    for income, place in ((50, "town"), (None, None)):
        facts = {"place": place, "members": [{"relation": "self", "income": income}, child, child]}
        changes = what_would_change(PLAIN, facts).explain(lang=lang, detail="full")
        assert SENTENCES[lang]["disclaimer"] in changes
        told = compare(PLAIN, PLAIN.with_readings({"equal": "yes"}), facts).explain(lang=lang)
        assert told.endswith(SENTENCES[lang]["disclaimer"] + "\n")
        assert lang == "zh" or HAN.findall(told) == []


def scale(household: dict[str, object], lang: str = "zh") -> Scale:
    """The scale of a household under the small policy."""
    found = scale_of(Describer(assess(PLAIN, household), SENTENCES[lang]))
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
    """A household on the line is shown as equal to it."""
    assert scale(people(100)).sentences[0] == "below：界线 100 yuan，本户恰好相等"


def test_unknown_number_and_limit() -> None:
    """An unknown number has its bounds, and its side of a limit if that is certain."""
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
        # 9,444.00 / 12 = 787; one fen a year more is 787.000833…, which needs at least three decimals
        ("9444", "本户 787.00", "人均月纯收入低于低保标准：界线 787.00 元，本户恰好相等"),
        ("9444.01", "本户 787.001", "人均月纯收入低于低保标准：界线 787.000 元，本户高 0.001 元"),
        ("9443.99", "本户 786.999", "人均月纯收入低于低保标准：界线 787.000 元，本户低 0.001 元"),
    ],
)
def test_a_fen_from_the_line(wage: str, number: str, sentence: str) -> None:
    """An amount one fen from the standard is printed on the right side of it."""
    nothing = dict.fromkeys(("business_income", "property_income", "transfer_income", "other_income"), 0)
    worker = {"relation": "self", "wage": wage, **nothing, "medical_self_paid": 0, "education": "none"}
    facts = {"residence": "urban", "unit_has_union": True, "employment": "in_service", "controls_company": False}
    facts |= {"homes": 1, "motor_vehicle": False, "refuses_verification": False, "members": [worker]}
    found = scale_of(Describer(assess(load_policy("2021_weihai"), facts), SENTENCES["zh"]))
    assert found is not None
    assert (found.number.text, found.sentences[0]) == (number, sentence)


def test_nothing_compared() -> None:
    """Without a comparison of a shown figure there is no scale."""
    out = assess(load_policy("2021_weihai"), {"unit_has_union": False, "members": [{"relation": "self"}]})
    assert scale_of(Describer(out, SENTENCES["zh"])) is None
