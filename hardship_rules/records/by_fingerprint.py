"""The policy that a record was made by is found by its fingerprint, or it is said which policy is not it."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from hardship_rules.core.model import Policy
from hardship_rules.core.problems import Location, PolicyError, Problem
from hardship_rules.language.check import check
from hardship_rules.language.extend import unfolded
from hardship_rules.language.find import BUNDLED, RESOLVED, Folders, listed, read_file, searched
from hardship_rules.language.load import load
from hardship_rules.language.policies import load_policy
from hardship_rules.language.source import Mapping, Scalar, parse
from hardship_rules.records.recorded import Record


def policy_of(record: Record, at_hand: Iterable[Policy] = (), folders: Folders = ()) -> Policy:
    """The policy of the record's fingerprint: the embedded one, one at hand, one in the folders, or a bundled one.

    A policy's own file is tried as it stands, then with the readings that the record names. Raises `PolicyError`.
    """
    places = searched(folders)
    for policy in at_hand:
        if policy.fingerprint == record.fingerprint:
            return policy
    if record.resolved is not None:
        policy = check(load(unfolded(record.resolved)))
        if policy.fingerprint != record.fingerprint:
            raise PolicyError([Problem("record_edited", ("resolved",), location=Location(record.name, 1, 1))])
        return policy
    others: list[str] = []
    for folder in (*places, BUNDLED):
        for policy, path in _kept(folder, record, places):
            found = _with_its_readings(policy, record)
            if found is not None:
                return found
            others.append(f"{path}（{policy.fingerprint[:11]}…）")
    code = "record_policy_changed" if others else "record_policy_missing"
    values = {"fingerprint": record.fingerprint, "known": "、".join(dict.fromkeys(others))}
    location = Location(record.name, 1, 1)
    raise PolicyError([Problem(code, ("policy",), given=record.policy, values=values, location=location)])


def _kept(folder: Path, record: Record, folders: Folders) -> Iterator[tuple[Policy, Path]]:
    """The policies of a folder that may be the record's: a resolved text of its sum, then the files of its name."""
    for path in listed(folder, RESOLVED):
        try:
            text = read_file(path).text.strip()
            if "v1:" + hashlib.sha256(text.encode()).hexdigest() == record.fingerprint:
                yield load_policy(str(path)), path
        except PolicyError:
            continue  # it is something else, or cannot be read: the record's policy may still be in another file
    for path in listed(folder, ".yaml"):
        try:
            if _names(path) == record.policy:
                yield load_policy(str(path), folders=folders), path
        except PolicyError:
            continue


def _with_its_readings(policy: Policy, record: Record) -> Policy | None:
    """The policy as it stands, or with the readings that the record names, if that is the record's."""
    if policy.fingerprint == record.fingerprint:
        return policy
    try:
        variant = policy.with_readings(record.readings)
    except PolicyError:
        return None
    return variant if variant.fingerprint == record.fingerprint else None


def _names(path: Path) -> str | None:
    """The name that a policy's file says it is of."""
    node, _ = parse(read_file(path).text, str(path))
    name = node.get("policy") if isinstance(node, Mapping) else None
    return name.text if isinstance(name, Scalar) else None
