"""The standard streams and signals around a command: what cannot be written or is interrupted is one line, not lost."""

import codecs
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import BufferedWriter, RawIOBase, TextIOWrapper
from types import FrameType
from typing import BinaryIO, NoReturn, cast

import click

from hardship_rules.core.problem import Language, Problem, reason_of

_NAMES = ("stdin", "stdout", "stderr")
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is of Unix: the terminal is gone


class _Interrupted(BaseException):
    """A signal asks the program to end; unfinished files are removed on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _Unwritten(Exception):
    """Standard output does not take what is written to it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Results(TextIOWrapper):
    """Standard output, its errors kept apart from those of files; click would hide that a reader has gone."""

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise _Unwritten(reason_of(error)) from None

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise _Unwritten(reason_of(error)) from None


class _Reports(TextIOWrapper):
    """Standard error: where it cannot be written the work goes on, and the exit status says that reports were lost."""

    lost = False

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError:
            self._lose()
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError:
            self._lose()

    def _lose(self) -> None:
        self.lost = True
        _drop(2)
        with suppress(OSError):
            super().flush()


def run(command: click.Command, words: Sequence[str]) -> NoReturn:
    """Run a command and exit: with its own status, with 1 where a stream failed, with 128 and the signal's number."""
    _prepare()
    for number in _signals():
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):  # it may be meant to be ignored
            signal.signal(number, _interrupt)
    try:
        status = _status(command)
        if sys.stdout is not None:
            sys.stdout.flush()
    except _Interrupted as interrupted:
        for number in _signals():  # the rest is short, and a second signal changes nothing
            signal.signal(number, signal.SIG_IGN)
        status = 128 + interrupted.number
        _fail(Problem("interrupted", ("signal",)), words)
    except _Unwritten as error:
        status = 1
        _fail(Problem("stdout_not_written", ("stdout",), values={"reason": error.reason}), words)
    reports = sys.stderr
    sys.exit(1 if status == 0 and isinstance(reports, _Reports) and reports.lost else status)


def _status(command: click.Command) -> int:
    """The exit status of a command that is run."""
    try:
        status = command.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SystemExit as done:
        if done.code is None or isinstance(done.code, int):
            return done.code or 0
        click.echo(done.code, err=True)
        return 1
    return status if isinstance(status, int) else 0


def _fail(problem: Problem, words: Sequence[str]) -> None:
    _drop(1)  # Python would try once more at its end, and complain in its own way
    click.echo(problem.line(_language(words)), err=True)


def _signals() -> list[signal.Signals]:
    return [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001  # as Python calls it
    raise _Interrupted(number)


def _prepare() -> None:
    """Let no file that is opened get the number of a stream that is closed, and every character be printed somehow.

    What takes a closed stream's place refuses what is asked of it, as a closed stream does.
    """
    for number, name in enumerate(_NAMES):
        try:
            os.fstat(number)
        except OSError:
            refusing = os.open(os.devnull, os.O_RDONLY if number else os.O_WRONLY)
            if refusing != number:
                os.dup2(refusing, number)
                os.close(refusing)
            if number and getattr(sys, name) is None:
                setattr(sys, name, TextIOWrapper(open(number, "wb", closefd=False), "utf-8"))  # noqa: SIM115  # it stays
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout = _again(sys.stdout, _Results)
    if isinstance(sys.stderr, TextIOWrapper):
        sys.stderr = _again(sys.stderr, _Reports)


def _again(stream: TextIOWrapper, kind: type[TextIOWrapper]) -> TextIOWrapper:
    """A stream with its own answer to a failed write; a character that it cannot encode is printed as its code."""
    encoding, lines = stream.encoding, stream.line_buffering
    if codecs.lookup(encoding).name == "ascii":  # click takes that for a mistake, and would write around the stream
        encoding = "utf-8"
    buffer = cast("BinaryIO | RawIOBase", stream.detach())
    if isinstance(buffer, RawIOBase):  # unbuffered, it would lose what does not fit at once
        buffer = BufferedWriter(buffer)
    return kind(buffer, encoding, "backslashreplace", line_buffering=lines)


def _drop(number: int) -> None:
    """Let what is held back for a stream that refused it go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def _language(words: Sequence[str]) -> Language:
    """The language that is asked for, also where the words were never understood."""
    pairs = zip(words, [*words[1:], ""], strict=True)
    return "en" if "--lang=en" in words or ("--lang", "en") in pairs else "zh"
