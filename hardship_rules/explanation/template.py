"""A policy's household still to be filled in: every fact by its title, in its groups, with what may stand there."""

from collections.abc import Iterable, Iterator, Mapping

import yaml
from attrs import frozen

from hardship_rules.assessment.facts import read_facts
from hardship_rules.core.model import Fact, Policy
from hardship_rules.core.problems import FactError, Location
from hardship_rules.core.values import ChoiceKind
from hardship_rules.documents.columns import pad, width
from hardship_rules.explanation.filling import absent, allowed, window
from hardship_rules.explanation.wording import one_line
from hardship_rules.language import source
from hardship_rules.language.keys import RESERVED_TITLES

_LONGEST_KEY = 1000  # of 1,024 that YAML takes
_HOW = (
    "在冒号后空一格填写；不知道的留空，留空不等于零。# 后面是说明，不影响结果。",
    "行首有 # 的项，不填时按该行说明取值，说明不适用的仍是未知；要填就去掉行首的 #。",
)
_MORE = "每多一名成员，去掉以下各行行首的 #，或者把上面从“- 称呼”起的一段复制到文件末尾。"


@frozen
class _Row:
    """A line to be filled in, and the comment beside it."""

    line: str
    comment: str = ""


def template(policy: Policy) -> str:
    """A household of which nothing is known, as a text that `read_household` takes and `assess` leaves undecided."""
    return "\n".join(_lines(policy)) + "\n"


def written(text: str) -> str:
    """A text as a key or value of YAML: bare where it stays itself, else in quotes."""
    bare = yaml.safe_dump(text, allow_unicode=True, width=10**6).removesuffix("\n...\n")
    if bare == text:
        node, problems = source.parse(f"{text}: {text}", "")
        scalar = source.Scalar(text, Location("", 1, 1))
        if not problems and isinstance(node, source.Mapping) and node.entries == ((scalar, scalar),):
            return bare
    return yaml.safe_dump(text, allow_unicode=True, width=10**6, default_style='"').rstrip("\n")


def _lines(policy: Policy) -> Iterator[str]:
    yield f"# {one_line(policy.title)}：家庭材料"
    yield from (f"# {sentence}" for sentence in _HOW)
    yield from _aligned(
        [
            _Row(f"{RESERVED_TITLES['policy']}: {written(policy.name)}"),
            _Row(f"{RESERVED_TITLES['on']}:", window(policy)),
            _Row(f"#{RESERVED_TITLES['reference']}:", "本单位自己的编号"),
        ]
    )
    for heading, facts in _groups(policy.facts.values()):
        yield ""
        yield from heading
        yield from _aligned([_row(policy, fact, "") for fact in facts])
    yield ""
    yield f"{RESERVED_TITLES['members']}:"
    members = _least(policy)
    for number, given in enumerate(members):
        yield from _member(policy, given, described=number == 0)
    if len(members) < policy.members.at_most:
        yield ""
        yield f"  # {_MORE}"
        yield from (f"#{line}" for line in _member(policy, {}, described=False))


def _groups(facts: Iterable[Fact]) -> Iterator[tuple[list[str], list[Fact]]]:
    """The facts of each group under its heading, groups in the order in which they are first met."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(fact.group, []).append(fact)
    for group, inside in groups.items():
        yield ([f"# ── {one_line(group)} ──"] if group else ["# ── 其他 ──"] if len(groups) > 1 else []), inside


def _member(policy: Policy, given: Mapping[str, str], *, described: bool) -> Iterator[str]:
    """One member, each line with its comment, or all without."""
    yield from _aligned(
        [_Row(f"  - {RESERVED_TITLES['label']}:", "结果中怎样称呼这名成员，如“长女”；可不填" if described else "")]
    )
    for heading, facts in _groups(policy.members.facts.values()):
        rows = [_row(policy, fact, "    ", given.get(fact.name)) for fact in facts]
        if described:
            yield from (f"    {line}" for line in heading)
        yield from _aligned(rows) if described else (row.line for row in rows)


def _row(policy: Policy, fact: Fact, indent: str, given: str | None = None) -> _Row:
    """A fact that may be left out begins with `#`: an empty value would say that it is not known."""
    left_out = absent(policy, fact)
    proof = f"凭{one_line(fact.evidence)}" if fact.evidence else ""
    line = f"{indent}{'#' if left_out and given is None else ''}{_key(fact)}:"
    may = allowed(policy, fact)
    if isinstance(fact.kind, ChoiceKind):
        options = {name: _option(name, title) for name, title in fact.kind.options.items()}
        may = " / ".join(options.values())
        line += "" if given is None else f" {options[given]}"
    return _Row(line, "；".join(filter(None, (may, proof, left_out))))


def _option(name: str, title: str) -> str:
    """Its title; its name where the title would not be read back, since spaces around it are cut off."""
    return written(title if title == title.strip() else name)


def _key(fact: Fact) -> str:
    """Its title; its name where YAML would not take so long a key."""
    key = written(fact.title)
    return key if len(key) <= _LONGEST_KEY else fact.name


def _aligned(rows: list[_Row]) -> Iterator[str]:
    column = max(width(row.line) for row in rows) + 3
    for row in rows:
        yield f"{pad(row.line, column)}# {row.comment}" if row.comment else row.line


def _least(policy: Policy) -> list[dict[str, str]]:
    """The fewest members that a real household may have, with what a sole member cannot but be.

    What `must` says decides it: where exactly one 本人 is asked for, the sole member is that one.
    """
    size = next(count for count in range(1, policy.members.at_most + 1) if _is_real(policy, [{}] * count))
    members: list[dict[str, str]] = [{} for _ in range(size)]
    for fact in policy.members.facts.values():
        if size == 1 and isinstance(fact.kind, ChoiceKind) and len(fact.kind.options) > 1:
            left = [option for option in fact.kind.options if _is_real(policy, [{fact.name: option}])]
            if len(left) == 1:
                members[0][fact.name] = left[0]
    return members


def _is_real(policy: Policy, members: list[dict[str, str]]) -> bool:
    try:
        read_facts(policy, {"members": members})
    except FactError:
        return False
    return True
