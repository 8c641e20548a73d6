"""The full explanation: verdict, comparisons, missing facts, decisions and JSON, with only true comparisons."""

import json
import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardship_rules import Assessment, assess, explain, load_policy
from hardship_rules.assessment.outcomes import Figure
from hardship_rules.explanation.wording import SIGNS, comparison, number_text
from hardship_rules.testing.strategies import households, partial_households

POLICY = load_policy("2021_weihai")
HOLDS = {
    "<": lambda a, b: a < b,
    "≤": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
    "≠": lambda a, b: a != b,
    "≥": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}
COMPARED = re.compile(
    r"(?<![\d.,至 ])\s*(-?[\d,]+(?:\.\d+)?) ([<≤=≠≥>]) (-?[\d,]+(?:\.\d+)?)(，[低高相][^ ]*)?(?: ([\d.,]+))?"
)


def worker(**facts: object) -> dict[str, object]:
    """An invented worker who lives alone, without other income or cost."""
    nothing = dict.fromkeys(("business_income", "property_income", "transfer_income", "other_income"), 0)
    return {"relation": "self", "wage": 0, **nothing, "medical_self_paid": 0, "education": "none", **facts}


def household(*members: dict[str, object], **facts: object) -> dict[str, object]:
    """An invented household in scope and without exclusions."""
    plain = {
        "residence": "urban",
        "unit_has_union": True,
        "employment": "in_service",
        "controls_company": False,
        "homes": 1,
        "motor_vehicle": False,
        "refuses_verification": False,
    }
    return {**plain, **facts, "members": list(members)}


def read_back(line: str) -> list[tuple[bool, str]]:
    """Whether each comparison printed on a line is true as numbers, and its text."""
    return [
        (HOLDS[sign](Fraction(left.replace(",", "")), Fraction(right.replace(",", ""))), f"{left} {sign} {right}")
        for left, sign, right, *_ in COMPARED.findall(line)
    ]


def check_lines(assessment: Assessment) -> int:
    """Check every printed comparison against its mark; return the number of comparisons."""
    found = 0
    for line in explain(assessment, detail="full").splitlines():
        mark = line.strip()[:1]
        if mark in "√×" and "至" not in line:
            for truth, text in read_back(line):
                found += 1
                assert truth is (mark == "√"), (line, text)
    return found


def test_verdict_figures_and_reasons() -> None:
    """The text of three people below the line has the verdict, then figures, then the clause with its distance."""
    child = {"relation": "child", "age": 24, "dependent": False, "education": "none"}
    spouse = worker(relation="spouse", wage=6000, medical_self_paid=9400)
    schoolchild = worker(relation="child", age=15, education="high_school", tuition=3000, private_school_fee=0)
    schoolchild |= {"self_paid_study_abroad": False}
    text = explain(
        assess(POLICY, household(worker(wage=30000), spouse, schoolchild, child), on="2021-03-31"), detail="full"
    )
    lines = text.splitlines()
    assert lines[0].startswith("深度困难职工家庭 ")
    assert "威海市2021年困难职工家庭认定（认定日期 2021-03-31）" in lines[0]
    # (30,000 + 6,000 - 9,400 - 3,000) / 12 / 3 = 655.555…; 787 - 655.56 = 131.44
    assert "√ 人均月纯收入低于低保标准    655.56 < 787.00，低 131.44 元    〔归纳〕" in lines
    assert re.search(r"家庭年可支配收入 +36,000\.00 元 +本人 30,000\.00，配偶 6,000\.00", text)
    assert re.search(r"刚性支出 +12,400\.00 元 +医疗自负 9,400\.00，子女学费 3,000\.00", text)
    assert re.search(r"家庭共同生活人口 +3 人 +未计入 1 人：子女，24 岁", text)
    assert "× 不属于认定范围：" in text
    assert "未再判断：相对困难职工家庭、意外致困职工家庭" in text
    assert lines[-2].startswith("以下 ")
    assert lines[-1] == "辅助审核意见，不替代工会认定决定"


def test_undecided_names_what_to_ask() -> None:
    """An undecided household lists the possible outcomes and the missing facts with their documents."""
    text = explain(assess(POLICY, household(worker(wage=12000, medical_self_paid=None))), detail="full")
    # 12,000 / 12 = 1,000 is below 1,574 for any cost, and below 787 from a cost of 2,556.01 on
    assert text.startswith("待定：可能为深度困难职工家庭、相对困难职工家庭 ")
    assert "还需补充以下事实才能认定\n  本人的医疗自负费用（医疗自负费用票据）" in text
    assert "未填认定日期" in text


def test_what_stood_in_is_listed() -> None:
    """Derived facts and constant defaults are listed separately."""
    person = worker(monthly_wage=2000)
    del person["wage"]
    text = explain(assess(POLICY, household(person)), detail="full")
    derived, assumed = text.split("未填写，按规则取值")
    assert "年工资性收入：24,000.00 元（本人）" in derived.split("由已填事实推算")[1]
    line = next(line for line in assumed.splitlines() if "必要就业成本" in line)
    assert line.endswith("：0.00 元（本人）")


def test_unverified_grounds_of_none() -> None:
    """A household in no category lists the clauses that ruled out each, with their basis."""
    text = explain(assess(POLICY, household(worker(wage=60000))), detail="full")
    assert text.startswith("不符合困难职工家庭条件 ")
    assert "自有住房不足两套" in text
    assert "〔参照〕" in text.splitlines()[-2]


@pytest.mark.parametrize("residence", ["urban", "rural"])
@pytest.mark.parametrize("multiple", [1, 2])
@pytest.mark.parametrize("fen", [-1, 0, 1])
def test_a_fen_either_side(residence: str, multiple: int, fen: int) -> None:
    """At a threshold and one fen a year beside it the printed comparison stays true."""
    standard = {"urban": 787, "rural": 588}[residence] * multiple
    wage = Fraction(standard * 12) + Fraction(fen, 100)
    assessment = assess(POLICY, household(worker(wage=wage), residence=residence))
    assert check_lines(assessment) >= 1
    text = explain(assessment, detail="full")
    if fen == 0:
        assert f"{standard:,}.00 < {standard:,}.00，相等" in text
    else:
        # a fen a year is 0.000833… a month: at least three decimals are needed to differ from the line
        shown = {-1: Fraction(standard) - Fraction(1, 1000), 1: Fraction(standard) + Fraction(1, 1000)}[fen]
        assert f"{float(shown):,.3f} < {standard:,}.000" in text


@pytest.mark.parametrize("fen", [-1, 0, 1])
def test_a_fen_beside_80_percent(fen: int) -> None:
    """A loss of 80 % of the year's income, and one fen beside it, is compared correctly."""
    wage = 100_000
    loss = Fraction(80_000) + Fraction(fen, 100)
    facts = {"sudden_cause": "illness", "sudden_loss": loss, "sudden_compensation": 0}
    assessment = assess(POLICY, household(worker(wage=wage), **facts))
    assert check_lines(assessment) >= 2
    assert assessment.category is not None
    assert assessment.category.id == ("accidental" if fen > 0 else "none")


@settings(max_examples=60, deadline=None)
@given(households(POLICY))
def test_printed_comparisons_are_true(facts: dict[str, object]) -> None:
    """For any household, each printed comparison agrees with its mark."""
    check_lines(assess(POLICY, facts))


@settings(max_examples=40, deadline=None)
@given(partial_households(POLICY))
def test_partial_households_can_be_explained(facts: dict[str, object]) -> None:
    """A household with missing facts gets a text and a document, never an error."""
    assessment = assess(POLICY, facts)
    check_lines(assessment)
    assert json.loads(explain(assessment, format="json"))["category"] == (
        None if assessment.category is None else {"id": assessment.category.id, "title": assessment.category.title}
    )


@given(
    st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6),
    st.fractions(min_value=-1, max_value=1, max_denominator=10**12),
)
def test_as_many_decimals_as_it_takes(left: Fraction, apart: Fraction) -> None:
    """Two numbers are printed in their true order with their true difference, however close they are."""
    right = left + apart
    unit = "yuan/month/person"
    a, b, difference = comparison(POLICY, Figure(left, left, unit), Figure(right, right, unit))
    shown = Fraction(a.replace(",", "")), Fraction(b.replace(",", ""))
    assert (shown[0] < shown[1], shown[0] > shown[1]) == (left < right, left > right)
    assert Fraction(difference.replace(",", "")) == abs(shown[0] - shown[1])


def test_numbers_are_rounded_half_up() -> None:
    """Halves are rounded away from zero, thousands are separated, whole pure numbers have no decimals."""
    assert number_text(Fraction(1, 200), 2) == "0.01"
    assert number_text(Fraction(-1, 200), 2) == "-0.01"
    assert number_text(1234567, 2) == "1,234,567.00"
    assert number_text(3, 0) == "3"
    assert number_text(Fraction(4, 5), 0) == "0.80"
    assert SIGNS["!="] == "≠"


def test_members_are_told_apart() -> None:
    """A member is named by label, by the shortest distinguishing name, or by number."""
    children = [worker(relation="child", age=age, education="preschool", tuition=1000) for age in (3, 5, 5)]
    labelled = worker(relation="child", age=6, education="preschool", tuition=1000, label="小女儿")
    people = [{**each, "private_school_fee": 0, "self_paid_study_abroad": False} for each in (*children, labelled)]
    for each in people:
        each["property_income"] = 10
    text = explain(assess(POLICY, household(worker(), *people)), detail="full")
    line = next(line for line in text.splitlines() if "家庭年可支配收入" in line)
    assert line.endswith("子女（3 岁） 10.00，子女（5 岁，第3人） 10.00，子女（5 岁，第4人） 10.00，小女儿 10.00")


class TestLaterDecisions:
    """The decisions after the category, as an officer reads them."""

    def part(self, title: str, *members: dict[str, object], **facts: object) -> list[str]:
        """The lines of one decision."""
        text = explain(assess(POLICY, household(*members, **facts), on="2021-03-31"), detail="full")
        return next(part for part in text.split("\n\n") if part.startswith(f"{title}：")).splitlines()

    def test_decided(self) -> None:
        """The outcome has its deciding clauses; outcomes ruled out by the same words share a line."""
        assert self.part("建档处理", worker(), file="none") == [
            "建档处理：新建档",
            "√ 属于困难职工家庭        〔归纳〕",
            "  × 取消建档资格：未查实提供虚假材料",
            "  × 注销：无档案；职工未离开单位",
            "  × 退档：无档案；属于认定范围且没有排除性情形",
            "  × 脱困：无档案；类别不是“不符合困难职工家庭条件”",
            "  × 调整类别、继续留档：无档案",
        ]

    def test_nothing_known_of_the_file(self) -> None:
        """The outcomes still possible are listed, and each open clause once."""
        first, *rest = self.part("建档处理", worker())
        assert first == "建档处理：待定，可能为调整类别、继续留档、新建档"
        assert [line.split("    ")[0] for line in rest if line[0] in "○√"] == [
            "○ 在档",
            "○ 类别与档案所记不同",
            "√ 属于困难职工家庭",
        ]

    def test_every_that_holds(self) -> None:
        """All outcomes that hold are listed with their clauses and both sides; shared clauses occur once."""
        file = {"file": "open", "file_category": "deep", "file_age_months": 14, "divorced": False}
        assert self.part("应交材料", worker(medical_self_paid=300), **file) == [
            "应交材料：申请表格、本年收入证明、本年医疗自负费用票据",
            "√ 在档且仍属困难职工家庭                                   〔通知〕",
            "√ 建档超过十二个月          14 > 12，高 2 月               〔通知〕",
            "√ 有医疗自负费用            300.00 > 0.00，高 300.00 元    〔通知〕",
            "  × 本年学费票据：没有计入刚性支出的学费    0.00 > 0.00，相等    〔通知〕",
            "  × 身份证、户口簿：不是新建档",
            "  × 离婚证：不是新建档；职工本人不是离异",
            "  × 残疾证：不是新建档；没有成员持有残疾证",
        ]

    def test_every_with_more_to_come(self) -> None:
        """Outcomes that certainly hold and those that may hold are listed separately."""
        first, *_ = self.part("应交材料", worker(), file="none")
        assert first == "应交材料：申请表格、本年收入证明、身份证、户口簿；待定，可能还有离婚证"
        first, *_ = self.part("应交材料", worker())
        assert first == "应交材料：待定，可能有申请表格、本年收入证明、身份证、户口簿、离婚证"

    def test_every_with_nothing(self) -> None:
        """If no outcome holds, the text says so."""
        assert self.part("档案记载", worker(), file="none") == [
            "档案记载：无",
            "  × 因疫情致困：不是因疫情致困",
            "  × 建档一年以上，应当复核：建档未超过十二个月    0 > 12，低 12 月    〔通知〕",
        ]


class TestJson:
    """The versioned JSON for programs."""

    def document(self, **facts: object) -> dict[str, object]:
        """The parsed JSON of a decided household."""
        spouse = worker(relation="spouse", wage=6000, medical_self_paid=9400, label="某某")
        assessment = assess(POLICY, household(worker(wage=29000), spouse, reference="A-1", **facts), on="2021-03-31")
        document: dict[str, object] = json.loads(explain(assessment, format="json", detail="trace"))
        return document

    def test_figures_are_exact(self) -> None:
        """A figure is a fraction, a rounded text, and a unit; a reason has both sides and left less right."""
        document = self.document()
        # (29,000 + 6,000 - 9,400) / 12 / 2 = 25,600 / 24 = 3,200 / 3
        net = document["terms"]["net_income_per_person"]  # type: ignore[index]  # parsed JSON
        assert net["value"] == {"exact": "3200/3", "text": "1066.67", "unit": "yuan/month/person"}
        reason = next(each for each in document["reasons"] if each["role"] == "decided")  # type: ignore[attr-defined]  # parsed JSON
        assert reason["clause"] == "category.relative.income.below_double"
        assert reason["left"]["exact"] == "3200/3"
        assert reason["right"]["exact"] == "1574"
        assert reason["difference"]["exact"] == "-1522/3"  # 3200/3 - 4722/3
        assert (reason["basis"], reason["source"], reason["cite"]) == ("summary", "qingdao", "认定标准")

    def test_labels_are_left_out(self) -> None:
        """The JSON has no label of a member; it has the host's reference."""
        document = self.document()
        assert "某某" not in json.dumps(document, ensure_ascii=False)
        assert document["reference"] == "A-1"

    def test_members_count_from_one(self) -> None:
        """Paths, the trace and the reasons count members from 1."""
        document = self.document()
        assert "members[1].away" in [each["path"] for each in document["assumed"]]  # type: ignore[attr-defined]  # parsed JSON
        assert len(document["trace"]["members"]) == 2  # type: ignore[index]  # parsed JSON

    def test_same_bytes(self) -> None:
        """Two assessments of the same household give the same bytes, in another order of keys too."""
        facts = household(worker(wage=29000))
        turned = dict(reversed(facts.items()))
        assert explain(assess(POLICY, facts), format="json") == explain(assess(POLICY, turned), format="json")

    def test_trace_answers_every_part(self) -> None:
        """The trace of an outcome has the value of each clause and of both sides of a comparison."""
        trace = self.document()["trace"]["outcomes"]["category.deep"]  # type: ignore[index]  # parsed JSON
        assert trace["value"] is False
        income = next(part for part in trace["parts"][0]["parts"] if part.get("clause") == "category.deep.income")
        below = income["parts"][0]["parts"][0]
        assert below["clause"] == "category.deep.income.below_standard"
        assert [part["value"] for part in below["parts"][0]["parts"]] == ["3200/3", "787"]


def test_unknown_form_or_language() -> None:
    """An unknown format or language is refused, and named."""
    assessment = assess(POLICY, household(worker()))
    with pytest.raises(ValueError, match="text, markdown, html, json"):
        explain(assessment, format="pdf")
    for form in ("text", "html", "json"):
        with pytest.raises(ValueError, match="lang"):
            explain(assessment, format=form, lang="fr")  # type: ignore[arg-type]  # an unknown format
