"""Approving a policy: who, when and the fingerprint are written into its file; nothing else in it changes."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from hardship_rules.core.hosts import read_day, shown
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Location, PolicyError, Problem
from hardship_rules.explanation.forms import yaml_scalar
from hardship_rules.language.check import check
from hardship_rules.language.find import PolicyText, overlaps, read_file
from hardship_rules.language.load import load
from hardship_rules.language.policies import load_base
from hardship_rules.language.resolve import resolve
from hardship_rules.language.source import Mapping, parse

_HEAD = ("language", "policy", "series", "title", "status", "extends", "effective")
_COMMENT = "# 由 hardship-rules approve 写入，不要手写；内容改动后须重新批准"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BLANK = re.compile(r"\s*(?:#.*)?")


def approve(
    path: Path, by: str, day: date, folders: Sequence[str | Path] = (), fingerprint: str | None = None
) -> tuple[str, Policy]:
    """The text of a policy file with its approval, and the approved policy.

    With `fingerprint`, only that content is approved. Raises `PolicyError` for a file with problems, with open
    parameters, already approved, or with a layout that an approval cannot be written into.
    """
    date_of_approval = read_day(day)
    if isinstance(date_of_approval, str):
        raise PolicyError([Problem(date_of_approval, ("approved", "date"), shown(day))])
    file = read_file(path)
    others = overlaps(path, folders)
    try:
        policy = _policy(file, folders)
    except PolicyError as error:
        raise PolicyError([*error.problems, *others]) from None
    problems = [*others, *_refusals(policy, fingerprint)]
    if problems:
        raise PolicyError(problems)
    base = load_base(path, folders)
    entry = [
        f"approved:   {_COMMENT}",
        f"  by: {yaml_scalar(by)}",
        f"  date: {date_of_approval}",
        f"  fingerprint: {policy.fingerprint}",
        *([] if base is None else [f"  base: {base.fingerprint}"]),
    ]
    text = _with_approval(file, entry)
    approved = None if text is None else _policy_or_none(PolicyText(text, file.name, file.folder), folders)
    if text is None or approved is None or approved.status != "approved" or approved.fingerprint != policy.fingerprint:
        raise PolicyError([Problem("approval_layout", given=file.name, location=Location(file.name, 1, 1))])
    return text, approved


def _refusals(policy: Policy, fingerprint: str | None) -> list[Problem]:
    """The reasons why a policy without problems cannot be approved."""
    approval = policy.approval
    if policy.is_open:
        parameters = policy.parameters.items()
        open_ = ", ".join(f"`{name}` {parameter.title}" for name, parameter in parameters if not parameter.values)
        return [Problem("policy_open", given=policy.name, values={"parameters": open_}, location=policy.at)]
    if approval is not None and policy.status == "approved":
        values = {"by": approval.by, "day": str(approval.day)}
        return [Problem("approved_already", ("approved",), policy.name, values, location=approval.at)]
    if fingerprint is not None and fingerprint != policy.fingerprint:
        values = {"now": policy.fingerprint}
        return [Problem("fingerprint_differs", (), fingerprint, values, location=policy.at)]
    return []


def _policy(text: PolicyText, folders: Sequence[str | Path]) -> Policy:
    return check(load(resolve(text, folders)))


def _policy_or_none(text: PolicyText, folders: Sequence[str | Path]) -> Policy | None:
    try:
        return _policy(text, folders)
    except PolicyError:
        return None


def _with_approval(file: PolicyText, entry: list[str]) -> str | None:
    """The text with the approval in place of its status and approval, or below its head; other lines are unchanged.

    None where some top-level key does not begin a line of its own.
    """
    node, _ = parse(file.text, file.name)
    lines = _LINE.findall(file.text)
    if not isinstance(node, Mapping) or any(key.at.column != 1 for key, _ in node.entries):
        return None
    starts = [key.at.line - 1 for key, _ in node.entries]
    if len(set(starts)) < len(starts):
        return None
    ends = [_end(lines, start, stop) for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True)]
    blocks = {key.text: (start, end) for (key, _), start, end in zip(node.entries, starts, ends, strict=True)}
    replaced = [blocks[key] for key in ("approved", "status") if key in blocks]
    at = replaced[0][0] if replaced else max(blocks[key][1] for key in _HEAD if key in blocks)
    line_end = next((match[0] for line in lines if (match := re.search(r"[\r\n]+$", line))), "\n")
    gone = {number for start, end in replaced for number in range(start, end)}
    if at and not re.search(r"[\r\n]$", lines[at - 1]):
        lines[at - 1] += line_end
    kept = [("" if number in gone else line) for number, line in enumerate(lines)]
    return "".join([*kept[:at], *(line + line_end for line in entry), *kept[at:]])


def _end(lines: list[str], start: int, stop: int) -> int:
    """The end of a block; blank lines and comments in the first column belong to the next block."""
    while stop > start + 1 and _BLANK.fullmatch(lines[stop - 1].rstrip("\r\n")) and not lines[stop - 1].startswith(" "):
        stop -= 1
    return stop
