"""Running durable-rules in a separate process, where it can crash, hang or leak threads without harm to the host."""

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Collection, Sequence
from contextlib import suppress
from importlib.util import find_spec
from threading import Lock, Timer
from types import TracebackType
from typing import Self, cast

from hardship_rules.core.policy import Policy
from hardship_rules.durable._ruleset import Ruleset, decisions_asked, ruleset

SECONDS = 20
"""A worker that does not answer within so many seconds is stopped."""
RULESETS = 64
"""A process that holds so many rulesets is replaced, since rulesets cannot be removed."""


class DurableError(RuntimeError):
    """durable-rules is not installed, failed, or did not answer."""


class Worker:
    """A process that runs durable-rules: started on first use, restarted when it dies, guarded by a lock.

    It ends with `close`, with the `with` block, or with the program. A forked process starts its own.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._owner = os.getpid()
        self._process: subprocess.Popen[bytes] | None = None
        self._defined: set[str] = set()
        self._rulesets: dict[tuple[str, ...], Ruleset] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def ruleset_of(self, policy: Policy, decisions: str | Collection[str] | None = None) -> Ruleset:
        """The ruleset that decides some decisions of a policy, or all of them; made once."""
        asked = decisions_asked(policy, decisions)
        key = (policy.fingerprint, *asked)
        if key not in self._rulesets:
            self._rulesets[key] = ruleset(policy, asked)
        return self._rulesets[key]

    def run(self, rules: Ruleset, facts: Sequence[dict[str, object]]) -> tuple[str, ...]:
        """Assert facts under a ruleset and return the rules that fired, in order. Raises `DurableError`."""
        if self._owner != os.getpid():
            self._leave_to_parent()
        with self._lock:
            for is_last_attempt in (False, True):
                try:
                    return self._run_once(rules, facts)
                except (OSError, ValueError) as error:  # the process died or did not answer: try again with a new one
                    self._stop()
                    if is_last_attempt:
                        raise DurableError("the durable-rules process died twice over one household") from error
        raise AssertionError

    def close(self) -> None:
        """Stop the process, if there is one."""
        if self._owner == os.getpid():
            with self._lock:
                self._stop()

    def _run_once(self, rules: Ruleset, facts: Sequence[dict[str, object]]) -> tuple[str, ...]:
        """The rules that fired, in a process that is started and given the ruleset if needed."""
        name = rules.name
        if len(self._defined) >= RULESETS and name not in self._defined:
            self._stop()
        if self._process is None or self._process.poll() is not None:
            self._start()
        if name not in self._defined:
            self._request({"define": rules.definitions})
            self._defined.add(name)
        return tuple(cast(list[str], self._request({"run": name, "facts": list(facts)})))

    def _request(self, request: dict[str, object]) -> object:
        """Send a request and read its answer."""
        process = cast("subprocess.Popen[bytes]", self._process)
        assert process.stdin is not None  # noqa: S101  # it was started with pipes
        assert process.stdout is not None  # noqa: S101  # as above
        timer = Timer(self._seconds, process.kill)
        timer.daemon = True
        timer.start()
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline() or b"!")
        finally:
            timer.cancel()
        if "error" in answer:
            self._stop()
            raise DurableError(answer["error"])
        return answer["done"]

    def _start(self) -> None:
        if find_spec("durable") is None:
            raise DurableError(
                "durable-rules is not installed: pip install 'hardship-rules[durable]' "
                "(it needs Python 3.11 or 3.12 and a C compiler)"
            )
        self._stop()
        self._process = subprocess.Popen(  # this library, in a Python of its own
            [sys.executable, "-m", "hardship_rules.durable.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what it logs may hold facts
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        atexit.register(self.close)

    def _stop(self) -> None:
        process, self._process = self._process, None
        self._defined.clear()
        if process is not None:
            process.kill()
            process.wait()
            _close_pipes(process)
            atexit.unregister(self.close)

    def _leave_to_parent(self) -> None:
        """After a fork: leave the process to the parent, close the copies of its pipes, and make a new lock."""
        process, self._process = self._process, None
        self._lock = Lock()
        self._owner = os.getpid()
        self._defined.clear()
        if process is not None:
            process.returncode = 0  # only the parent can wait for it
            _close_pipes(process)


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def _serve() -> None:
    """Answer requests on standard input, one a line, until it ends."""
    from durable import engine  # noqa: PLC0415  # only this process needs it

    fired: list[str] = []

    class Host(engine.Host):  # type: ignore[misc]  # durable-rules has no types
        """A host with actions named `rule|property|value`: record the rule, and assert the property if there is one."""

        def get_action(self, action_name: str) -> object:
            rule, fact, given = action_name.split("|")

            def act(closure: object) -> None:
                fired.append(rule)
                if fact:
                    closure.assert_fact({fact: json.loads(given)})  # type: ignore[attr-defined]  # no types either

            return act

    host = Host()
    sids = 0
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            failed = None
            if "define" in request:
                host.register_rulesets(json.loads(request["define"]))
                done: object = True
            else:
                sids += 1
                sid = f"s{sids}"
                fired.clear()
                try:
                    for fact in request["facts"]:
                        host.assert_fact(request["run"], {"sid": sid, **fact})
                    failed = host.get_state(request["run"], sid).get("exception")
                finally:
                    host.delete_state(request["run"], sid)
                done = fired
            answer = {"error": "durable-rules: an action failed"} if failed else {"done": done}
        except Exception as error:  # noqa: BLE001  # the host gets the type of any error; its text may hold facts
            answer = {"error": f"durable-rules refused: {type(error).__name__}"}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
