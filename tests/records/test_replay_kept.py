"""Policies that are kept from one replay to the next, and read again where their files change."""

import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier
from time import process_time, time_ns
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import ROOT
from recordings import HOUSEHOLD, OPEN_RECORD, SETTLED, SETTLED_RECORD, SMALL, WEIHAI, own_text
from sealed import sealed

from hardship_rules import Policy, PolicyError, assess, load_policy, read_policy, record, replay
from hardship_rules.records import _policies, _replay
from hardship_rules.records._policies import _Kept
from hardship_rules.records._writer import is_recorded
from hardship_rules.testing.strategies import partial_households, policies
from hardship_rules.testing.strategies._paths import Facts

few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ADULT: Facts = {"age": 40}


def small(line: int) -> Policy:
    """A small policy with its own fingerprint."""
    return read_policy(SMALL.replace("value: 12", f"value: {line}"))


def small_record(line: int = 12) -> str:
    """A record that embeds such a policy."""
    return record(assess(small(line), {"income": 5, "members": [ADULT]}), embed=True)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test starts without kept policies."""
    monkeypatch.setattr(_policies, "_POLICIES", _Kept(64))
    monkeypatch.setattr(_policies, "_FILES", _Kept(10_000))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds have passed since any file was written."""
    monkeypatch.setattr(_policies, "time_ns", lambda: time_ns() + 10**10)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files of the policies that are loaded, one entry each time."""
    files: list[str] = []

    def counted(name: str, folders: tuple[Path, ...]) -> Policy:
        files.append(Path(name).name)
        return load_policy(name, folders=folders)

    monkeypatch.setattr(_policies, "load_policy", counted)
    return files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a policy and what it extends."""
    shutil.copy(ROOT / "policies" / "shandong_2020_58.yaml", tmp_path)
    (tmp_path / "own.yaml").write_text(own_text(), encoding="utf-8")
    return tmp_path


def own_record(folder: Path) -> str:
    """A record under the policy of the folder as it is now."""
    policy = read_policy((folder / "own.yaml").read_text("utf-8"), folders=folder)
    return record(assess(policy, HOUSEHOLD))


def code(text: str, *folders: Path) -> str:
    """The code of the one problem of a replay."""
    with pytest.raises(PolicyError) as caught:
        replay(text, folders=folders)
    (problem,) = caught.value.problems
    return problem.code


def in_place(path: Path, old: str, new: str) -> None:
    """Change the text of a file, with all its times but that of the last change of status as they were."""
    before, text = path.stat(), path.read_text("utf-8")
    assert old in text
    with path.open("r+", encoding="utf-8") as stream:
        stream.write(text.replace(old, new, 1))
        stream.truncate()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def longer(path: Path) -> None:
    """Change a value, so that the file is longer."""
    in_place(path, "700", "700.5")


def alike(path: Path) -> None:
    """Change a value, with the file's length and time of modification as they were."""
    in_place(path, "700", "701")


def replaced(path: Path) -> None:
    """Put another file in its place, as editors do."""
    other = path.with_name("own.new")
    other.write_text(path.read_text("utf-8").replace("700", "702"), encoding="utf-8")
    other.replace(path)


@pytest.mark.usefixtures("later")
class TestFiles:
    """Policies from files."""

    def test_one_load_for_many_records(self, folder: Path, loaded: list[str]) -> None:
        """The second record of a policy finds the same object, and loads nothing."""
        text = own_record(folder)
        first, second = (replay(text, folders=folder) for _ in range(2))
        assert (first.policy is second.policy, loaded) == (True, ["own.yaml"])
        assert first.explain() == second.explain()

    def test_variants_are_kept(self, loaded: list[str]) -> None:
        """A policy in the readings of a record is found again as well."""
        text = record(assess(WEIHAI.with_readings({"equal_to_standard": "granted"}), HOUSEHOLD))
        first, second, plain = replay(text), replay(text), replay(SETTLED_RECORD)
        assert first.policy is second.policy
        assert plain.policy is not first.policy
        assert plain.policy == WEIHAI
        assert loaded == ["2021_weihai.yaml"]

    @pytest.mark.parametrize("edit", [longer, alike, replaced])
    def test_an_edited_file_is_read_again(self, folder: Path, edit: Callable[[Path], None]) -> None:
        """After an edit the record's policy is not found; it is again once the old text is back."""
        text, path = own_record(folder), folder / "own.yaml"
        before = path.read_text("utf-8")
        assert replay(text, folders=folder).same
        edit(path)
        assert code(text, folder) == "record_policy_changed"
        path.write_text(before, encoding="utf-8")
        assert replay(text, folders=folder).same

    def test_an_edited_base_is_read_again(self, folder: Path) -> None:
        """What a policy extends counts as well, and so does a base that comes to stand beside it."""
        text, base = own_record(folder), folder / "shandong_2020_58.yaml"
        assert replay(text, folders=folder).same
        content = base.read_text("utf-8")
        base.write_text(content.replace("title: 家庭人均月纯收入", "title: 人均月纯收入"), encoding="utf-8")
        assert code(text, folder) == "record_policy_changed"
        base.unlink()
        assert replay(text, folders=folder).same  # extends the bundled one
        base.write_text("language: 1\n", encoding="utf-8")
        assert code(text, folder) == "record_policy_changed"  # the bundled 2021_weihai is another
        base.write_text(content, encoding="utf-8")
        assert replay(text, folders=folder).same

    def test_a_resolved_text_is_read_again(self, tmp_path: Path) -> None:
        """A kept resolved text that is edited is not the record's any more, and is when it is back."""
        policy, path = small(12), tmp_path / "kept.json"
        text = record(assess(policy, {"income": 5, "members": [ADULT]}))
        for content, is_found in ((policy.resolved, True), (small(130).resolved, False), (policy.resolved, True)):
            path.write_text(content, encoding="utf-8")
            if is_found:
                assert replay(text, folders=tmp_path).same
            else:
                assert code(text, tmp_path) == "record_policy_missing"

    def test_a_file_that_is_none(self, folder: Path, loaded: list[str]) -> None:
        """A policy that cannot be loaded is tried once, until it is mended."""
        text, path = own_record(folder), folder / "own.yaml"
        content = path.read_text("utf-8")
        path.write_text(content.replace("language: 1", "language: 7"), encoding="utf-8")
        assert [code(text, folder), code(text, folder)] == ["record_policy_changed"] * 2
        assert loaded.count("own.yaml") == 1
        path.write_text(content, encoding="utf-8")
        assert replay(text, folders=folder).same

    def test_a_link_that_leads_nowhere(self, folder: Path) -> None:
        """A dangling link is skipped, and read once its target is there."""
        text, target = own_record(folder), folder / "target"
        (folder / "own.yaml").rename(target)
        (folder / "own.yaml").symlink_to(target)
        assert replay(text, folders=folder).same
        moved = target.rename(folder / "elsewhere")
        assert code(text, folder) == "record_policy_changed"
        moved.rename(target)
        assert replay(text, folders=folder).same


def test_a_file_that_may_still_change(folder: Path, loaded: list[str]) -> None:
    """A file written just now is not kept: another edit within its clock's tick would not show."""
    text = own_record(folder)
    first, second = (replay(text, folders=folder) for _ in range(2))
    assert first.policy is not second.policy
    assert loaded == ["own.yaml", "own.yaml"]


class TestEmbedded:
    """Policies inside records."""

    def test_one_load_for_many_records(self) -> None:
        """Two records with one text have one policy, and each its own verdict."""
        policy = small(12)
        poor, rich = (record(assess(policy, {"income": income, "members": [ADULT]}), embed=True) for income in (5, 500))
        first, second = replay(poor), replay(rich)
        assert first.policy is second.policy
        categories = [replayed.assessment.category for replayed in (first, second)]
        assert [category and category.id for category in categories] == ["low", "none"]

    def test_an_edited_one_is_refused(self) -> None:
        """A text that is not that of the fingerprint is refused, whether or not the right one is kept."""
        document = json.loads(small_record())
        assert replay(small_record()).same
        document["resolved"]["parameters"]["line"]["value"] = "13"
        assert [code(sealed(document)), code(sealed(document))] == ["record_edited"] * 2
        assert replay(small_record()).same
        assert replay(small_record(13)).same
        assert code(sealed(document)) == "record_edited"

    def test_white_space_is_not_lost(self) -> None:
        """Texts of one fingerprint that differ in white space are two: a title is shown as it is written."""
        document = json.loads(small_record())
        document["resolved"]["title"] = "小  政策"
        document["policy"]["fingerprint"] = small_with_title("小 政策").fingerprint
        spaced = sealed(document)
        document["resolved"]["title"] = "小 政策"
        assert [replay(text).policy.title for text in (spaced, sealed(document), spaced)] == [
            read_policy(SMALL.replace("小政策", title)).title for title in ("小  政策", "小 政策", "小  政策")
        ]

    def test_bounded(self) -> None:
        """At most 64 policies are kept, those used last."""
        texts = [small_record(line) for line in range(1, 67)]
        first = [replay(text).policy for text in texts]
        assert len(_policies._POLICIES) == 64  # noqa: SLF001  # what is kept
        assert replay(texts[-1]).policy is first[-1]
        assert replay(texts[2]).policy is first[2]
        assert replay(texts[0]).policy is not first[0]


def lined(document: dict[str, Any]) -> str:
    """A sealed record with one key a line, as records are written."""
    parts = json.loads(sealed(document)).items()
    lines = [f"{json.dumps(key)}: {json.dumps(part, ensure_ascii=False)}" for key, part in parts]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def small_with_title(title: str) -> Policy:
    """The small policy with another title."""
    return read_policy(SMALL.replace("小政策", title))


def test_kept_results() -> None:
    """The result used longest ago goes first, and an error is not kept."""
    kept: _Kept[int] = _Kept(2)
    for key in (1, 2, 1, 3):  # 2 goes when 3 comes
        kept.result(key, partial(int, key))
    assert kept.result(1, lambda: 9) == 1
    assert kept.result(2, lambda: 9) == 9
    with pytest.raises(ZeroDivisionError):
        kept.result(4, lambda: 1 // 0)
    assert kept.result(4, lambda: 4) == 4
    assert len(kept) == 2


@pytest.mark.parametrize("text", [SETTLED_RECORD, small_record()], ids=["file", "embedded"])
def test_threads_get_the_same(text: str) -> None:
    """Threads that replay at once get one policy, and each the same result."""
    count = 6
    barrier = Barrier(count)

    def work(_: int) -> tuple[Policy, str]:
        barrier.wait()
        replayed = replay(text)
        return replayed.policy, replayed.explain()

    with ThreadPoolExecutor(count) as pool:
        results = list(pool.map(work, range(count)))
    assert len({id(policy) for policy, _ in results}) == 1
    assert {explained for _, explained in results} == {replay(text).explain()}


def test_roundings_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the records of an older release the roundings of one policy are looked for once."""
    document = {**json.loads(small_record()), "library": "0.1.0"}
    calls: list[str] = []

    def none(policy: Policy) -> tuple[()]:
        calls.append(policy.name)
        return ()

    monkeypatch.setattr(_replay, "roundings_below_zero", none)
    assert [replay(sealed(document)).below_zero for _ in range(3)] == [()] * 3
    assert calls == ["small"]


def test_further_records_are_faster() -> None:
    """The second record of a policy takes less than half the processor time of the first; measured: a seventh."""
    times = []
    for _ in range(4):
        begun = process_time()
        replay(SETTLED_RECORD)
        times.append(process_time() - begun)
    assert min(times[1:]) < times[0] / 2


class TestAsRecorded:
    """A record that is as it would be written now is not read a second time."""

    def check(self, text: str) -> None:
        """The result is that of reading a second record."""
        quick = replay(text)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_replay, "is_recorded", lambda *_: False)
            slow = replay(text)
        assert quick.parts == slow.parts
        assert (quick.sameness, quick.explain(), quick.explain(format="json")) == (
            *(slow.sameness, slow.explain()),
            slow.explain(format="json"),
        )

    @few
    @given(partial_households(WEIHAI), st.booleans())
    def test_households(self, household: Facts, embed: bool) -> None:  # noqa: FBT001  # drawn
        """For any household, with and without the policy inside."""
        text = record(assess(WEIHAI, household), embed=embed)
        assert is_recorded(text, replay(text).assessment)
        self.check(text)

    @few
    @given(policies(), st.data())
    def test_policies(self, text: str, data: st.DataObject) -> None:
        """For any policy."""
        policy = read_policy(text)
        self.check(record(assess(policy, data.draw(partial_households(policy))), embed=True))

    @pytest.mark.parametrize("text", [SETTLED_RECORD, OPEN_RECORD])
    def test_every_change_shows(self, text: str) -> None:
        """A record with any other verdict, reason or default is not as written now; host and library may differ."""
        document = json.loads(text)
        assessment = replay(text).assessment
        assert is_recorded(text, assessment)
        assert is_recorded(lined({**document, "library": "0.1.0", "host": {"officer": "7"}}), assessment)
        for key in ("reasons", "decisions", "parameters", "readings", "sources"):
            assert not is_recorded(lined({**document, key: type(document[key])()}), assessment)
        for key in ("derived", "assumed", "stated"):
            facts = {**document["facts"], key: type(document["facts"][key])()}
            assert facts == document["facts"] or not is_recorded(lined({**document, "facts": facts}), assessment)
        document["reasons"][3]["holds"] = document["reasons"][3]["holds"] is not True
        assert not is_recorded(lined(document), assessment)

    @pytest.mark.parametrize(
        "text", ["", "{", "{\n}\n", SETTLED_RECORD.replace("\n", "\r\n"), "\ufeff" + SETTLED_RECORD]
    )
    def test_other_lines(self, text: str) -> None:
        """A text of other lines is not known to be the same, and is compared part by part."""
        assert not is_recorded(text, SETTLED)

    def test_an_indented_record(self) -> None:
        """A record that a host has indented replays the same."""
        text = json.dumps(json.loads(SETTLED_RECORD), ensure_ascii=False, indent=2)
        assert replay(text).sameness == "same"
        self.check(text)
