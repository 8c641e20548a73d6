"""A file is written whole or not at all, and what a run that was killed left beside it is removed by the next."""

import errno
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

_SWEPT = 16  # names of one target that are looked at for what a killed run left: one for each run at a time
_CLOSE_FIRST = sys.platform == "win32"  # where an open file can be neither moved nor removed: there that is the lock


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let a file be written beside its place, and move it there once all of it is on the disk.

    A link leads to the file that is meant; a pipe or a device takes what is written to it. Raises `OSError`, and the
    file is as it was.
    """
    before = _status(path)
    if before is not None and stat.S_ISDIR(before.st_mode):
        raise _error(errno.EISDIR, path)
    if before is not None and not stat.S_ISREG(before.st_mode):
        with path.open("wb") as stream:
            write(stream)
        return
    target = Path(os.path.realpath(path))
    if before is not None and not os.access(target, os.W_OK):  # somebody protected it
        raise _error(errno.EACCES, path)
    with _part(target, 0o666 if before is None else 0o600) as (part, stream):
        write(stream)
        stream.flush()
        if before is not None:  # whoever might read and write it still may
            _hand_over(stream, before)
            shutil.copymode(target, part)
        os.fsync(stream.fileno())  # a full disk may be noticed only here
        if _CLOSE_FIRST:
            stream.close()
        part.replace(target)


@contextmanager
def scratch(path: Path) -> Iterator[Path]:
    """A file among the system's temporary ones, for as long as what is to stand in the path is being put together."""
    with _part(Path(tempfile.gettempdir(), path.name), 0o600) as (part, stream):
        if _CLOSE_FIRST:
            stream.close()
        yield part


@contextmanager
def _part(target: Path, mode: int) -> Iterator[tuple[Path, BinaryIO]]:
    """A new hidden file beside the target, locked while this run has it, and removed unless it was moved away."""
    part, stream = _new(target, mode)
    try:
        for number in range(_SWEPT):
            _remove_if_left(_name(target, number))
        yield part, stream
    finally:
        # The lock goes with the stream: a file of that name might be another run's by then.
        if _CLOSE_FIRST:
            with suppress(OSError):
                stream.close()
        with suppress(OSError):
            if _CLOSE_FIRST or _is_at(stream.fileno(), part):
                part.unlink()
        with suppress(OSError):  # what it could not write was reported
            stream.close()


def _name(target: Path, number: int) -> Path:
    """The hidden names of a target: as long for a long name as for a short one, and the same in every run."""
    digest = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]
    return target.parent / f".hardship-rules-{digest}-{number}.part"


def _new(target: Path, mode: int) -> tuple[Path, BinaryIO]:
    """The first hidden file of the target that no run has, made and locked."""
    for number in count():
        part = _name(target, number)
        _remove_if_left(part)
        try:
            descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        except FileExistsError:  # of a run that goes on, or of someone else
            continue
        except OSError as error:  # it is the target that whoever asked for it knows
            raise _error(error.errno or errno.EIO, target) from None
        stream = os.fdopen(descriptor, "wb")
        if _lock(descriptor) is not False and _is_at(descriptor, part):
            return part, stream
        stream.close()  # another run took it for one that was left, before it was locked
    raise AssertionError


def _remove_if_left(part: Path) -> None:
    """Remove a hidden file that no run holds locked."""
    with suppress(OSError):
        if _CLOSE_FIRST:
            part.unlink()  # refused while a run has it open
            return
        descriptor = os.open(part, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if stat.S_ISREG(os.fstat(descriptor).st_mode) and _lock(descriptor) and _is_at(descriptor, part):
                part.unlink()
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> bool | None:
    """Whether the lock was free; None where the file system has none."""
    if sys.platform == "win32":
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    """The open file is the one of that name."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _hand_over(stream: BinaryIO, before: os.stat_result) -> None:
    """Give a file to the owner of the one it replaces, as far as this user may."""
    if sys.platform != "win32":
        with suppress(OSError):
            os.fchown(stream.fileno(), before.st_uid, before.st_gid)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        return None  # links that lead nowhere are replaced like a file


def _error(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))
