"""Standard streams and signals around a command: failed writes and interruptions are reported in one line."""

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
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # SIGHUP, of Unix only: the terminal was closed


class _Interrupted(BaseException):
    """A signal asks the program to end; as an exception, so that unfinished files are removed."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _OutputError(Exception):
    """Standard output cannot be written."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Stdout(TextIOWrapper):
    """Standard output, with its own error, apart from those of files: click would hide a closed pipe."""

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise _OutputError(reason_of(error)) from None

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise _OutputError(reason_of(error)) from None


class _Stderr(TextIOWrapper):
    """Standard error: if it cannot be written the command continues, and exits with 1 since reports were lost."""

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
        _discard(2)
        with suppress(OSError):
            super().flush()


def run(command: click.Command, words: Sequence[str]) -> NoReturn:
    """Run a command and exit: with its status, with 1 if a stream failed, or with 128 plus the signal's number."""
    _prepare()
    for number in _signals():
        if signal.getsignal(number) in (
            signal.SIG_DFL,
            signal.default_int_handler,
        ):  # else a parent process chose to ignore it
            signal.signal(number, _interrupt)
    try:
        status = _status(command)
        if sys.stdout is not None:
            sys.stdout.flush()
    except _Interrupted as interrupted:
        for number in _signals():  # little is left to do
            signal.signal(number, signal.SIG_IGN)
        status = 128 + interrupted.number
        _fail(Problem("interrupted", ("signal",)), words)
    except _OutputError as error:
        status = 1
        _fail(Problem("stdout_not_written", ("stdout",), values={"reason": error.reason}), words)
    lost = isinstance(sys.stderr, _Stderr) and sys.stderr.lost
    sys.exit(1 if status == 0 and lost else status)


def _status(command: click.Command) -> int:
    """Run a command; its exit status."""
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
    _discard(1)  # Python would write again at exit, and report the error in its own way
    click.echo(problem.line(_language(words)), err=True)


def _signals() -> list[signal.Signals]:
    return [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001  # as Python calls it
    raise _Interrupted(number)


def _prepare() -> None:
    """Replace closed streams, so that no file gets their number, and make every character printable.

    The replacement of a closed stream fails like it when it is read or written.
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
                setattr(sys, name, TextIOWrapper(open(number, "wb", closefd=False), "utf-8"))  # noqa: SIM115  # open until exit
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout = _rewrapped(sys.stdout, _Stdout)
    if isinstance(sys.stderr, TextIOWrapper):
        sys.stderr = _rewrapped(sys.stderr, _Stderr)


def _rewrapped(stream: TextIOWrapper, kind: type[TextIOWrapper]) -> TextIOWrapper:
    """A stream as another kind; a character that it cannot encode is printed as its code."""
    encoding, lines = stream.encoding, stream.line_buffering
    if codecs.lookup(encoding).name == "ascii":  # click would take that for a mistake, and bypass the stream
        encoding = "utf-8"
    buffer = cast("BinaryIO | RawIOBase", stream.detach())
    if isinstance(buffer, RawIOBase):  # an unbuffered stream loses the rest of a partial write
        buffer = BufferedWriter(buffer)
    return kind(buffer, encoding, "backslashreplace", line_buffering=lines)


def _discard(number: int) -> None:
    """Discard what is buffered for a stream that cannot be written, by its file descriptor."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def _language(words: Sequence[str]) -> Language:
    """The language of `--lang`, even if the command line was not understood."""
    pairs = zip(words, [*words[1:], ""], strict=True)
    return "en" if "--lang=en" in words or ("--lang", "en") in pairs else "zh"
