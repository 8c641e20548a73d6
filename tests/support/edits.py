"""Sixty edits of the bundled measure and its file of 2021, six of each of ten kinds, by the words that they change."""

from pathlib import Path

from attrs import frozen

from hardship_rules import Policy, load_policy
from hardship_rules.language.find import BUNDLED

FILES = ("shandong_2020_58", "2021_weihai")
TEXTS = {name: (BUNDLED / f"{name}.yaml").read_text(encoding="utf-8") for name in FILES}


@frozen
class Edit:
    """An edit of the texts of both files: `before` occurs exactly once in one of them, and becomes `after`."""

    kind: str
    name: str
    before: str
    after: str

    def policy(self, folder: Path) -> Policy:
        """The policy of 2021 with the edit, from files written to a folder."""
        return load_edited(folder, [(self.before, self.after)])


def load_edited(folder: Path, pairs: list[tuple[str, str]]) -> Policy:
    """The policy of 2021 with some words replaced, from files written to a folder."""
    write_edited(folder, pairs)
    return load_policy(str(folder / "2021_weihai.yaml"), folders=[str(folder)])


def write_edited(folder: Path, pairs: list[tuple[str, str]]) -> None:
    """Write both files with some words replaced. Each must occur exactly once, in one of the files."""
    texts = dict(TEXTS)
    for before, after in pairs:
        counts = {name: text.count(before) for name, text in texts.items()}
        if sum(counts.values()) != 1:
            raise ValueError(f"occurs {counts}: {before!r}")
        name = next(name for name, count in counts.items() if count)
        texts[name] = texts[name].replace(before, after)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def block(first: str, after: str = "") -> str:
    """The lines of the measure from the first line that begins with `first`, after some words, with all lines below it.

    A line belongs to the block while it is indented further than the first.
    """
    text = TEXTS["shandong_2020_58"]
    lines = text[text.index(after) :].splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.startswith(first))
    inside = len(first) - len(first.lstrip())
    end = start + 1
    while end < len(lines) and len(lines[end]) - len(lines[end].lstrip()) > inside:
        end += 1
    return "".join(lines[start:end])


def removed(kind: str, name: str, first: str, after: str = "") -> Edit:
    """An edit that removes a block."""
    return Edit(kind, name, block(first, after), "")


def exchanged(name: str, decision: str, first: str, second: str) -> Edit:
    """An edit that exchanges two neighbouring outcomes of a decision."""
    one, other = (block(f"      - outcome: {outcome}\n", f"\n  {decision}:\n") for outcome in (first, second))
    return Edit("order", name, one + other, other + one)


def inside(kind: str, name: str, words: str, before: str, after: str) -> Edit:
    """An edit that changes only a part of the words that it is found by."""
    if words.count(before) != 1:
        raise ValueError(f"{before!r} is not once in {words!r}")
    return Edit(kind, name, words, words.replace(before, after))


def _reading(name: str, chosen: str, why: str, option: str) -> Edit:
    return Edit("reading", name, f"    chosen: {chosen}\n    why: {why}", f"    chosen: {option}\n    why: {why}")


HOMES = "自有住房套数, unit: 1, to: 99"
DISABILITY = "残疾康复和护理支出, unit: yuan/year, to: 100000000, decimals: 2, if absent: 0"
MEDICAL = "医疗自负费用, unit: yuan/year, to: 100000000, decimals: 2"
EPIDEMIC = "因疫情致困, if not: 不是因疫情致困}\n            hardship: in_hardship\n"
CITY = "{all: {hardship: in_hardship, city: {that: residence == urban, title: 城市, if not: 农村}}}"
STAYS = '"left_service in (retired, died)"'

EDITS: tuple[Edit, ...] = (
    Edit("threshold", "urban standard higher", "urban: 787", "urban: 827"),
    Edit("threshold", "rural standard lower", "rural: 588", "rural: 560"),
    inside("threshold", "one and a half standards", "低保倍数, unit: 1, value: 2", "value: 2", "value: 1.5"),
    Edit("threshold", "loss of 60 percent", "value: 80 %", "value: 60 %"),
    inside("threshold", "adult at 16", "成年年龄, unit: year, value: 18", "18", "16"),
    inside("threshold", "recheck after 24 months", "建档月数, unit: month, value: 12", "12", "24"),
    Edit("strictness", "standard", "net_income_per_person < dibao", "net_income_per_person <= dibao"),
    Edit("strictness", "double standard", "income_per_person < relative_m", "income_per_person <= relative_m"),
    Edit("strictness", "80 percent", "counted > sudden_share * income", "counted >= sudden_share * income"),
    Edit("strictness", "months together", "lives_together_months >= months", "lives_together_months > months"),
    Edit("strictness", "homes", "homes >= homes_limit", "homes > homes_limit"),
    Edit("strictness", "age of the file", "file_age_months > recheck", "file_age_months >= recheck"),
    _reading("equal to the standard", "refused", "青岛写“低于”；安庆、邢台", "granted"),
    _reading("urban standard for all", "own", "2021年通知同时列出", "urban"),
    _reading("new forms of work", "no", "2023年起的通知才写明", "yes"),
    _reading("exclusions bar deep only", "every", "山东清单第1项之后", "deep"),
    _reading("accidental first", "no", "无人说明同时符合时", "yes"),
    _reading("file of an outsider", "withdrawn", "脱困、注销、退档三个词的标准没有取得；", "cancelled"),
    removed("clause", "together for a year", "                    together: {"),
    removed("clause", "casualty", "        casualty: {"),
    removed("clause", "refusal of verification", "        refusal: {"),
    removed("clause", "not in service", "            not_in_service: {"),
    removed("clause", "private school", "            private_school: {"),
    removed("clause", "migrant of less than a year", "            migrant_short_labour:"),
    inside("member", "postgraduates", "compulsory, high_school, bachelor)", "bachelor", "bachelor, postgraduate"),
    Edit("member", "parents only", "relation in (parent, other)", "relation == parent"),
    Edit("member", "missing members", "prison, rehabilitation, missing)", "prison, rehabilitation)"),
    Edit("member", "income of all", "sum(member_income where counted)", "sum(member_income)"),
    inside("member", "no transfers", "property_income + transfer_income + other_income +", "transfer_income + ", ""),
    inside(
        "member",
        "tuition of children",
        "sum(tuition_counted where counted)",
        "where counted",
        "where relation == child",
    ),
    inside("default", "fraud", "虚假材料, yes or no: true, if absent: false", ", if absent: false", ""),
    inside("default", "casualty", "因公牺牲}\n    if absent: none\n", "    if absent: none\n", ""),
    inside("default", "disability cost", DISABILITY, ", if absent: 0", ""),
    inside("default", "epidemic", "因疫情致困, yes or no: true, if absent: false", "false", "true"),
    inside("default", "homes", HOMES, "to: 99", "to: 99, if absent: 1"),
    inside("default", "away", "服义务兵役\n      if absent: none\n", "      if absent: none\n", ""),
    removed("must", "one spouse", "  at_most_one_spouse: {"),
    inside("must", "several workers", "count(relation == self) == 1", "== 1", ">= 1"),
    removed("must", "married or divorced", "  married_or_divorced:"),
    inside("must", "wage as monthly", "each(wage - monthly_wage * months_per_year <= 12)", "<= 12", "<= 0"),
    inside("must", "at most six homes", "\nmust:\n", "must:\n", "must:\n  homes: {that: homes <= 6}\n"),
    removed("must", "age of no file", "  file_age_agrees:"),
    inside("range", "homes to 9", HOMES, "99", "9"),
    inside("range", "labour to 600 months", "关系月数, unit: month, to: 720", "720", "600"),
    inside("range", "age to 100", "counted in: 岁, to: 130", "130", "100"),
    inside("range", "no losses", "      from: -10000000\n", "-10000000", "0"),
    inside("range", "monthly wage to 20,000", "unit: yuan/month\n      to: 100000000\n", "100000000", "20000"),
    inside("range", "medical cost in yuan", MEDICAL, "decimals: 2", "decimals: 0"),
    exchanged("excluded before out of scope", "category", "out_of_scope", "excluded"),
    exchanged("deep before excluded", "category", "excluded", "deep"),
    exchanged("relative before deep", "category", "deep", "relative"),
    exchanged("accidental before relative", "category", "relative", "accidental"),
    exchanged("cancelled before disqualified", "filing", "disqualified", "cancelled"),
    exchanged("continued before changed", "filing", "category_changed", "continued"),
    inside("decision", "receipts above 1,000", "{that: children_tuition > 0,", "> 0", "> 1000"),
    inside("decision", "identity card again", block("      - outcome: id_card"), "new_applicant", "hands_in"),
    inside("decision", "epidemic in any case", EPIDEMIC, "            hardship: in_hardship\n", ""),
    inside("decision", "new files of the city", "        when: in_hardship\n", "in_hardship", CITY),
    inside("decision", "the transferred stay", "{that: left_service != no,", "left_service != no", STAYS),
    removed("decision", "no disability certificate", "      - outcome: disability_certificate"),
)
