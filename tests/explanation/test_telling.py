"""The sentences of explanations: whole in each language, with the same keys and the same places to fill."""

import re
from string import Formatter

import pytest
from titled import CASES, titled

from hardship_rules import assess, compare, explain, load_household, load_policy, what_would_change
from hardship_rules.core.expr import BASES
from hardship_rules.core.problem import Language
from hardship_rules.explanation.reasons import SENTENCES, Telling

ZH, EN = SENTENCES["zh"], SENTENCES["en"]

HAN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
PLAIN = titled(str)


def places(sentence: str) -> set[str]:
    """What a sentence leaves to be filled in."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_both_languages_say_the_same() -> None:
    """Both catalogues have the same keys, and each sentence the same places, in whatever order."""
    assert list(ZH) == list(EN)
    for key, sentence in ZH.items():
        assert places(sentence) == places(EN[key]), key


def test_every_grade_has_its_word() -> None:
    """How well a thing is known is said in both languages; in Chinese in the words used everywhere."""
    assert {key: ZH[key] for key in BASES} == BASES
    assert {key: EN[key] for key in BASES} == {key: key for key in BASES}


def test_no_chinese_in_english_sentences() -> None:
    """An English sentence has no Chinese character and no Chinese punctuation."""
    assert [sentence for sentence in EN.values() if HAN.search(sentence)] == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("detail", ["short", "full"])
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_what_is_not_the_policys_is_english(case: str, detail: str, form: str) -> None:
    """Of a policy whose own words are Latin an English explanation has nothing Chinese in it, in any form."""
    text = explain(assess(PLAIN, CASES[case]), format=form, lang="en", detail=detail)
    shown = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    assert HAN.findall(shown) == []


def test_titles_stay_the_policys() -> None:
    """In English too a policy's titles and words are its own."""
    text = explain(
        assess(load_policy("2021_weihai"), load_household("examples/household.yaml")), lang="en", detail="full"
    )
    # 787.00 - 655.56 = 131.44
    assert "√ 人均月纯收入低于低保标准    655.56 < 787.00, lower by 131.44 元    [summary]" in text.splitlines()
    assert text.startswith("深度困难职工家庭        威海市2021年困难职工家庭认定 (on 2021-03-31)\n")
    assert text.endswith("\nThis supports a decision; it does not make one\n")


def test_members_in_english() -> None:
    """Members told apart by number are so in the sentence's language."""
    twins = {"place": "town", "members": [{"relation": "self"}, {"relation": "child"}, {"relation": "child"}]}
    assert Telling(assess(PLAIN, twins), SENTENCES["en"]).names == ("self", "child (person 2)", "child (person 3)")
    assert Telling(assess(PLAIN, twins), SENTENCES["zh"]).names == ("self", "child（第2人）", "child（第3人）")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whoever_tells_of_an_assessment_has_every_sentence(lang: Language) -> None:
    """Changes and comparisons tell of members, options and ranges that are not known in both languages."""
    child = {"relation": "child", "income": 0}
    for income, place in ((50, "town"), (None, None)):
        facts = {"place": place, "members": [{"relation": "self", "income": income}, child, child]}
        changes = what_would_change(PLAIN, facts).explain(lang=lang, detail="full")
        assert SENTENCES[lang]["disclaimer"] in changes
        told = compare(PLAIN, PLAIN.with_readings({"equal": "yes"}), facts).explain(lang=lang)
        assert told.endswith(SENTENCES[lang]["disclaimer"] + "\n")
        assert lang == "zh" or HAN.findall(told) == []
