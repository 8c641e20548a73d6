"""The reading copy: every clause with its basis, in the policy's order."""

from collections import Counter

import pytest
from documents import SMALL
from hypothesis import given, settings

from hardship_rules import Policy, load_policy, read_policy
from hardship_rules.authoring._checklist import checklist
from hardship_rules.authoring._reading_copy import reading_copy
from hardship_rules.authoring._statements import statements
from hardship_rules.core.expr import BASES, AllOf, AnyOf, Clause, Not, walk
from hardship_rules.documents.document import Block, Document, Item, Listing, Paragraph, Section, Table
from hardship_rules.documents.html import as_html
from hardship_rules.documents.markdown import as_markdown
from hardship_rules.documents.text import as_text
from hardship_rules.testing.strategies import policies

POLICY = load_policy("2021_weihai")
DOCUMENT = reading_copy(POLICY)


def section(document: Document | Section, word: str) -> Section:
    """The first section, at any depth, with this word in its title."""
    open_: list[Block] = list(document.blocks)
    while open_:
        block = open_.pop(0)
        if isinstance(block, Section):
            if word in block.title:
                return block
            open_ = [*block.blocks, *open_]
    raise LookupError(word)


def rows(document: Document, title: str) -> list[tuple[str, ...]]:
    """The rows of the tables of a section."""
    return [row for block in section(document, title).blocks if isinstance(block, Table) for row in block.rows]


def items(block: Block | Item) -> list[Item]:
    """Every entry in a part, however deep."""
    match block:
        case Item(parts=parts):
            return [block, *(inner for part in parts for inner in items(part))]
        case Listing(entries):
            return [inner for item in entries for inner in items(item)]
        case Section(blocks=blocks):
            return [inner for each in blocks for inner in items(each)]
        case _:
            return []


def test_sections_in_order() -> None:
    """The policy's sections in the order of a policy file, each decision a section of its own."""
    titles = [block.title for block in DOCUMENT.blocks if isinstance(block, Section)]
    assert titles[:7] == [
        "一、依据的文件",
        "二、家庭的事实",
        "三、每名家庭成员的事实",
        "四、每个家庭都须满足",
        "五、参数",
        "六、解读：现有材料没有说清的问题",
        "七、定义",
    ]
    decided = [title.partition("、")[2] for title in titles[7:-2]]
    assert decided == [decision.title for decision in POLICY.decisions.values()]
    assert [title.partition("、")[2] for title in titles[-2:]] == ["附注", "尚未核实的内容"]


def test_title_window_and_fingerprint() -> None:
    """The copy begins with the policy's title, name, window and fingerprint."""
    assert DOCUMENT.title == "威海市2021年困难职工家庭认定"
    about = DOCUMENT.blocks[0]
    assert isinstance(about, Table)
    assert about.rows == (
        ("标识", "2021_weihai"),
        ("系列", "weihai"),
        ("适用日期", "2021-01-01 至 2021-12-31"),
        ("指纹", POLICY.fingerprint),
    )


def test_sources_say_whether_they_are_held() -> None:
    """Each document says whether its text is held, or that this is not stated."""
    held = {row[1]: row[2] for row in rows(DOCUMENT, "依据的文件")}
    assert held["measure_58"] == "未取得"
    assert held["notice_2021"] == "已取得"
    assert held["xingtai"] == "未注明"


def test_facts_by_group() -> None:
    """Facts are listed by group with their allowed values, default and evidence."""
    told = {row[0]: row[1:] for row in rows(DOCUMENT, "家庭的事实")}
    assert told["家庭居住地"] == ("城市、农村", "未知", "户口簿")
    assert told["自有住房套数"] == ("0 至 99", "未知", "")
    money = "元/年，0 至 100,000,000，2 位小数"
    assert told["突发支出或损失"] == (money, "“突发困难原因”是“无”的，取 0 元；其他情形，未知", "")
    members = {row[0]: row[1:] for row in rows(DOCUMENT, "每名家庭成员的事实")}
    assert members["年龄"] == ("岁，0 至 130", "按从出生日期到认定日期的整年数", "身份证")
    assert members["工会帮扶金"][1] == "按 0 元"
    assert members["出生日期"][0] == "日期"
    assert members["全日制在读"][0] == "是、否"
    groups = [block.caption for block in section(DOCUMENT, "三、").blocks if isinstance(block, Table)]
    assert groups == list(dict.fromkeys(fact.group for fact in POLICY.members.facts.values()))
    assert len(told) + len(members) == len(POLICY.facts) + len(POLICY.members.facts)


def test_parameters() -> None:
    """Each parameter with its name, its number for each option, and its provenance."""
    told = {row[0]: row[1:] for row in rows(DOCUMENT, "五、参数")}
    value, known = told["低保标准（dibao）"]
    assert value == "城市 787 元/月/人\n农村 588 元/月/人"
    assert known.startswith("〔通知〕威海市总工会《关于做好2021年困难职工调查摸底及申报工作的通知》，")
    assert told["一年的月数（months_per_year）"] == ("12 月/年", "〔定义〕")


def test_readings() -> None:
    """Each reading has its question, its reason, its options by name, and the current choice."""
    variant = reading_copy(POLICY.with_readings({"equal_to_standard": "granted"}))
    for document, chosen in ((DOCUMENT, 0), (variant, 1)):
        reading = next(item for item in items(section(document, "六、解读")) if "equal_to_standard" in item.lead)
        assert "是否认定为深度困难？" in reading.text
        assert "理由：青岛写“低于”；安庆、邢台、湖州写“不高于”。" in reading.text
        options = [part.text for part in reading.parts]
        assert options[chosen] == ["不认定（refused），现选", "认定（granted），现选"][chosen]
        assert "现选" not in options[1 - chosen]
    period = next(item for item in items(section(DOCUMENT, "六、解读")) if "income_period" in item.lead)
    assert "关系到下列事实的口径：年工资性收入、年经营净收入" in period.text


def test_calculations_and_choices() -> None:
    """A number is shown as an equation with its source, a choice case by case."""
    net = section(DOCUMENT, "家庭人均月纯收入（取整前）").blocks
    words = "家庭人均月纯收入（取整前）＝（家庭年可支配收入－刚性支出）÷一年的月数（12 月）÷家庭共同生活人口。"
    assert net[1] == Paragraph(words)
    assert isinstance(net[0], Paragraph)
    assert net[0].aside
    assert net[0].text == (
        "依据：〔归纳〕青岛市总工会“困难职工自测小程序”页面，认定标准；单位：元/月/人；"
        "标识 unrounded_net_income_per_person"
    )
    rounding = section(DOCUMENT, "十五）家庭人均月纯收入")
    assert [item.text for item in items(rounding)][-1] == "其他情形，取家庭人均月纯收入（取整前）"


def test_nested_conditions() -> None:
    """`all` and `any` come before the clauses that they combine, with the grade of each at its end."""
    deep = section(DOCUMENT, "深度困难职工家庭")
    assert Paragraph("以下各条都成立的，为“深度困难职工家庭”：") in deep.blocks
    listing = next(block for block in deep.blocks if isinstance(block, Listing))
    assert [(item.text, item.aside) for item in listing.items] == [
        ("以下各条不同时成立：", "〔假定〕"),
        ("以下各条不同时成立：", "〔假定〕"),
        ("以下有一条成立：", "〔归纳〕"),
    ]
    below = listing.items[2].parts[0]
    assert (below.lead, below.text) == ("人均月纯收入低于低保标准", "家庭人均月纯收入低于低保标准")
    assert below.aside == "〔归纳〕"


def test_where_a_clause_comes_from_when_that_changes() -> None:
    """A clause from another document than its enclosing clause names that document."""
    scope = section(section(DOCUMENT, "困难职工家庭类别"), "不属于认定范围")
    asides = [item.aside for item in items(scope) if item.parts]
    assert asides[0] == "〔假定〕"
    assert asides[1] == "〔归纳〕青岛市总工会“困难职工自测小程序”页面，regulation.md 第1节"


def clauses(policy: Policy) -> list[Clause]:
    """The clauses of terms and decisions that are list entries, except the outermost ones and those in cases."""
    outermost = [term.expr for term in policy.terms.values() if isinstance(term.expr, Clause)]
    outermost += [each.when for decision in policy.decisions.values() for each in decision.outcomes if each.when]
    return [inner for outer in outermost for inner in walk(outer) if isinstance(inner, Clause) and inner is not outer]


@pytest.mark.parametrize("name", ["2021_weihai", "shandong_2020_58"])
def test_every_clause_with_its_grade(name: str) -> None:
    """Every clause of every term and decision is an entry that ends with its grade, and structures contain clauses."""
    policy = load_policy(name)
    document = reading_copy(policy)
    titles = [f"、{title}" for title in ("定义", *(decision.title for decision in policy.decisions.values()))]
    found = [
        item
        for block in document.blocks
        if isinstance(block, Section) and block.title.endswith(tuple(titles))
        for item in items(block)
    ]
    told = [item for item in found if item.aside]
    wanted = clauses(policy)
    assert len(wanted) > 60
    assert [item.lead for item in told] == [clause.title for clause in wanted]
    for item, clause in zip(told, wanted, strict=True):
        assert clause.provenance is not None
        assert item.aside.startswith(f"〔{BASES[clause.provenance.basis]}〕")
        inner = clause.when
        while isinstance(inner, Not):
            inner = inner.part
        assert len(item.parts) == (len(inner.clauses) if isinstance(inner, AllOf | AnyOf) else 0)


def test_what_is_not_verified() -> None:
    """The counts by grade equal those of the statements, and those below the line are listed."""
    last = section(DOCUMENT, "尚未核实的内容")
    counts = {row[0]: int(row[2]) for row in rows(DOCUMENT, "尚未核实的内容")}
    bases = Counter[str](each.provenance.basis for each in statements(POLICY) if each.provenance is not None)
    assert counts == {f"〔{word}〕": bases[basis] for basis, word in BASES.items()}
    assert counts["〔原文〕"] == 0  # the text is not held, so nothing can be quoted from it
    below = sum(counts[f"〔{word}〕"] for word in ("归纳", "参照", "假定"))
    assert any(isinstance(block, Paragraph) and f"共 {below} 条" in block.text for block in last.blocks)
    told = " ".join(f"{item.lead}{item.text}" for item in items(last))
    for title in ("成年年龄", "必要就业成本是否计入刚性支出", "人均月纯收入低于低保标准2倍", "家庭共同生活人口"):
        assert title in told


def test_a_policy_that_is_verified_throughout() -> None:
    """If everything is from the text, the copy says so and lists nothing."""
    policy = read_policy(
        "language: 1\npolicy: p\nsources: {t: {title: 办法, held: true}}\n"
        "household: {a: {title: 甲, yes or no: true}}\n"
        "decisions: {d: {title: 类别, first: [{outcome: x, title: 是, when: a, source: t, cite: 一, basis: rule}], "
        "otherwise: {outcome: y, title: 否}}}\n"
    )
    last = section(reading_copy(policy), "尚未核实")
    assert last.blocks[-1] == Paragraph("各条都有原文、通知或算术定义为据。")
    assert Paragraph("“甲”为是的，为“是”。") in section(reading_copy(policy), "（一）是").blocks


def test_a_decision_of_every_outcome() -> None:
    """A decision that reports every outcome that holds is described as such."""
    document = reading_copy(read_policy(SMALL))
    assert section(document, "、材料").blocks[0] == Paragraph("逐项判断，成立的结果都列出。")
    assert Paragraph("“困难”为是的，列出“证明”。") in section(document, "证明").blocks


@settings(max_examples=30, deadline=None)
@given(policies())
def test_any_sound_policy(text: str) -> None:
    """Every sound policy has a reading copy."""
    assert as_text(reading_copy(read_policy(text)))


def standing(status: str) -> Policy:
    """The small policy with its status lines."""
    return read_policy(f"{SMALL}{status}")


APPROVAL = "approved: {{by: 某市总工会, date: 2025-01-15, fingerprint: {fingerprint}}}\n"
APPROVED = standing(APPROVAL.format(fingerprint=read_policy(SMALL).fingerprint))
CHANGED = standing(APPROVAL.format(fingerprint="v1:" + "0" * 64))


@pytest.mark.parametrize(
    ("policy", "first", "status"),
    [
        (standing(""), "", None),
        (standing("status: draft\n"), "【草案】", "草案，尚未批准"),
        (APPROVED, "", "某市总工会 2025-01-15 批准"),
        (CHANGED, "【草案】", "草案：某市总工会于 2025-01-15 批准之后内容有改动，须重新批准"),
    ],
)
def test_a_draft_says_so_first(policy: Policy, first: str, status: str | None) -> None:
    """A draft, and a policy changed since its approval, begin with 草案 in each form; the table names the approver."""
    document = reading_copy(policy)
    for text in (as_text(document), as_markdown(document).removeprefix("# ")):
        assert text.splitlines()[0] == first + policy.title
    assert f"<h1>{first}{policy.title}</h1>" in as_html(document)
    about = document.blocks[0]
    assert isinstance(about, Table)
    assert [row[1] for row in about.rows if row[0] == "状态"] == ([] if status is None else [status])
    assert as_text(checklist(policy)).startswith(f"{first}对照表：{policy.title}\n")
