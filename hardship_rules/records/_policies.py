"""The policies of records, found by fingerprint and kept while their files do not change."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path
from threading import Lock
from time import time_ns
from typing import Generic, TypeVar, cast

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Location, PolicyError, Problem
from hardship_rules.language.check import check
from hardship_rules.language.find import BUNDLED, RESOLVED, Folders, folder_paths, list_files, read_file
from hardship_rules.language.load import load
from hardship_rules.language.policies import load_policy
from hardship_rules.language.resolve import unfolded
from hardship_rules.language.source import Mapping, Node, Scalar, Sequence, parse
from hardship_rules.records._reader import Record

_MOST_POLICIES = 64
_MOST_FILES = 10_000
_SETTLED = 3_000_000_000  # nanoseconds; a file may change again within one tick of its clock, at most 2 s long

Result = TypeVar("Result")
_Stamp = tuple[int, ...] | None
"""A file's device, number, size and times; empty for a missing one, None inside a zip, where no file changes."""


class _Kept(Generic[Result]):
    """The results used last, by key, up to a number of them. Threads share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._results: OrderedDict[Hashable, Result] = OrderedDict()

    def __len__(self) -> int:
        return len(self._results)

    def result(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """The result of a key, computed if it is not kept; where `compute` raises, nothing is kept."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        result = compute()  # threads may compute a result at the same time; all get the one that is stored first
        with self._lock:
            result = self._results.setdefault(key, result)
            self._results.move_to_end(key)
            while len(self._results) > self._most:
                self._results.popitem(last=False)
            return result


_POLICIES: _Kept[Policy | None] = _Kept(_MOST_POLICIES)
_FILES: _Kept[str | None] = _Kept(_MOST_FILES)


def policy_of(record: Record, at_hand: Iterable[Policy] = (), folders: Folders = ()) -> Policy:
    """The policy of the record's fingerprint: embedded, at hand, in the folders, or bundled.

    A policy file is tried unchanged, then with the record's readings. Policies are kept, so that further records find
    the same object; a file that has changed is read again. Raises `PolicyError` where none is found.
    """
    searched = folder_paths(folders)
    for policy in at_hand:
        if policy.fingerprint == record.fingerprint:
            return policy
    if record.resolved is not None:
        return _embedded(record, record.resolved)
    rejected: list[str] = []
    known: dict[Path, _Folder] = {}
    for folder in (*searched, BUNDLED):
        for candidate in _candidates(folder, record, searched, known):
            variant = candidate.with_readings(record)
            if variant is not None and variant.fingerprint == record.fingerprint:
                return variant
            rejected.append(f"{candidate.path}（{candidate.policy.fingerprint[:11]}…）")
    code = "record_policy_changed" if rejected else "record_policy_missing"
    values = {"fingerprint": record.fingerprint, "known": "、".join(dict.fromkeys(rejected))}
    location = Location(record.name, 1, 1)
    raise PolicyError([Problem(code, ("policy",), given=record.policy, values=values, location=location)])


# --- Embedded in the record ---


def _embedded(record: Record, resolved: Node) -> Policy:
    """The policy of a record's own text, kept by the hash of that text. Raises `PolicyError`."""
    text = hashlib.sha256(repr(_exact(resolved)).encode("utf-8", "surrogatepass")).digest()
    policy = _POLICIES.result(("embedded", text), lambda: check(load(unfolded(resolved))))
    if policy is None or policy.fingerprint != record.fingerprint:
        raise PolicyError([Problem("record_edited", ("resolved",), location=Location(record.name, 1, 1))])
    return policy


def _exact(node: Node) -> object:
    """A node as lists, pairs and strings; differs for any two nodes that differ, except in their places."""
    match node:
        case Scalar(text):
            return (text,) if node.plain else text
        case Sequence(items):
            return [_exact(item) for item in items]
        case Mapping(entries):
            return {key.text: _exact(inner) for key, inner in entries}


# --- In folders ---


@frozen
class _Folder:
    """The policy files and resolved texts of a folder, each with its stamp."""

    yaml: tuple[tuple[Path, _Stamp], ...]
    resolved: tuple[tuple[Path, _Stamp], ...]

    @property
    def stamps(self) -> tuple[tuple[str, _Stamp], ...]:
        """What a policy of the folder depends on: every file that it may extend."""
        return tuple((str(path), stamp) for path, stamp in self.yaml)


@frozen
class _Candidate:
    """A policy that may be the record's; `key` is what it was read from, None where that may still change."""

    path: Path
    policy: Policy
    key: Hashable = field(repr=False)

    def with_readings(self, record: Record) -> Policy | None:
        """The policy unchanged, or else with the record's readings; None where it does not have them."""
        if self.policy.fingerprint == record.fingerprint:
            return self.policy
        return _kept(
            _POLICIES,
            None if self.key is None else (self.key, record.readings),
            lambda: _with_readings(self.policy, record.readings),
        )


def _candidates(
    folder: Path, record: Record, folders: tuple[Path, ...], known: dict[Path, _Folder]
) -> Iterator[_Candidate]:
    """The policies to try in a folder: resolved texts with the record's fingerprint, then files of its policy."""
    for place in (folder, *folders, BUNDLED):
        if place not in known:
            known[place] = _folder(place)
    for path, stamp in known[folder].resolved:
        if _of_file("fingerprint", path, stamp, _fingerprint) == record.fingerprint:
            yield from _loaded(path, (), _key(path, [(str(path), stamp)]))
    named = [path for path, stamp in known[folder].yaml if _of_file("name", path, stamp, _policy_name) == record.policy]
    if named:
        stamps = [stamp for place in (folder, *folders, BUNDLED) for stamp in known[place].stamps]
        for path in named:
            yield from _loaded(path, folders, _key(path, stamps))


def _folder(folder: Path) -> _Folder:
    yaml, resolved = (
        tuple((path, _stamp(path)) for path in list_files(folder, ending)) for ending in (".yaml", RESOLVED)
    )
    return _Folder(yaml, resolved)


def _stamp(path: Path) -> _Stamp:
    """What changes when a file is written; taken before the file is read."""
    if not isinstance(cast(object, path), Path):
        return None
    try:
        status = path.stat()
    except (OSError, ValueError):
        return ()
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _key(path: Path, stamps: Iterable[tuple[str, _Stamp]]) -> Hashable:
    """What a policy's file and all that it may extend are kept by; None where one of them was written just now."""
    found = tuple(stamps)
    return (str(path), found) if all(_is_settled(stamp) for _, stamp in found) else None


def _is_settled(stamp: _Stamp) -> bool:
    """Whether any later change of a file would change its stamp."""
    return not stamp or max(stamp[-2:]) < time_ns() - _SETTLED


def _kept(kept: _Kept[Result], key: Hashable, compute: Callable[[], Result]) -> Result:
    """A result by its key, computed again where there is no key."""
    return compute() if key is None else kept.result(key, compute)


def _of_file(what: str, path: Path, stamp: _Stamp, read: Callable[[Path], str | None]) -> str | None:
    """What is read from a file, kept by its stamp."""
    return _kept(_FILES, (what, str(path), stamp) if _is_settled(stamp) else None, lambda: read(path))


def _loaded(path: Path, folders: tuple[Path, ...], key: Hashable) -> Iterator[_Candidate]:
    """The policy of a file; none where it is no policy: the record's may still be in another file."""
    policy = _kept(_POLICIES, key, lambda: _load(path, folders))
    if policy is not None:
        yield _Candidate(path, policy, key)


def _load(path: Path, folders: tuple[Path, ...]) -> Policy | None:
    try:
        return load_policy(str(path), folders=folders)
    except PolicyError:
        return None


def _with_readings(policy: Policy, readings: FrozenMapping[str, str]) -> Policy | None:
    try:
        return policy.with_readings(readings)
    except PolicyError:
        return None


def _fingerprint(path: Path) -> str | None:
    """The fingerprint of a file that is a resolved text; of another file it is that of no policy."""
    try:
        return "v1:" + hashlib.sha256(read_file(path).text.strip().encode()).hexdigest()
    except PolicyError:
        return None


def _policy_name(path: Path) -> str | None:
    """The name that a policy file states."""
    try:
        node, _ = parse(read_file(path).text, str(path))
    except PolicyError:
        return None
    name = node.get("policy") if isinstance(node, Mapping) else None
    return name.text if isinstance(name, Scalar) else None
