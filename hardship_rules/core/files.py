"""Atomic writing of files, with removal of the temporary files of killed processes."""

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

_CLEANED_UP = 16  # names of temporary files that are checked: one for each process writing the target at a time
_CLOSE_FIRST = sys.platform == "win32"  # an open file can be neither moved nor removed there; that serves as the lock


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file completely or not at all: to a temporary file beside it, which then replaces it.

    A symbolic link is followed; a pipe or a device is written directly. Raises `OSError` and leaves the file as it was.
    """
    before = _status(path)
    if before is not None and stat.S_ISDIR(before.st_mode):
        raise _error(errno.EISDIR, path)
    if before is not None and not stat.S_ISREG(before.st_mode):
        with path.open("wb") as stream:
            write(stream)
        return
    target = Path(os.path.realpath(path))
    if before is not None and not os.access(target, os.W_OK):  # it is write-protected
        raise _error(errno.EACCES, path)
    with _temporary_file(target, 0o666 if before is None else 0o600) as (part, stream):
        write(stream)
        stream.flush()
        if before is not None:  # keep owner and permissions
            _keep_owner(stream, before)
            shutil.copymode(target, part)
        os.fsync(stream.fileno())  # a full disk may be reported only here
        if _CLOSE_FIRST:
            stream.close()
        part.replace(target)


@contextmanager
def scratch(path: Path) -> Iterator[Path]:
    """A temporary file of the system, removed at the end, in which to prepare the content of a path."""
    with _temporary_file(Path(tempfile.gettempdir(), path.name), 0o600) as (part, stream):
        if _CLOSE_FIRST:
            stream.close()
        yield part


@contextmanager
def _temporary_file(target: Path, mode: int) -> Iterator[tuple[Path, BinaryIO]]:
    """A new hidden file beside the target: locked while it is used, and removed at the end unless it was moved."""
    part, stream = _create(target, mode)
    try:
        for number in range(_CLEANED_UP):
            _remove_if_abandoned(_name(target, number))
        yield part, stream
    finally:
        # Closing the stream releases the lock, and then the file of that name may belong to another process.
        if _CLOSE_FIRST:
            with suppress(OSError):
                stream.close()
        with suppress(OSError):
            if _CLOSE_FIRST or _is_at(stream.fileno(), part):
                part.unlink()
        with suppress(OSError):  # a failure to write was reported before
            stream.close()


def _name(target: Path, number: int) -> Path:
    """A hidden name for a target: short for any target, and the same in every process."""
    digest = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]
    return target.parent / f".hardship-rules-{digest}-{number}.part"


def _create(target: Path, mode: int) -> tuple[Path, BinaryIO]:
    """The first free hidden file of the target, created and locked."""
    for number in count():
        part = _name(target, number)
        _remove_if_abandoned(part)
        try:
            descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        except FileExistsError:  # a running process or another user has it
            continue
        except OSError as error:  # the caller knows the target only
            raise _error(error.errno or errno.EIO, target) from None
        stream = os.fdopen(descriptor, "wb")
        if _lock(descriptor) is not False and _is_at(descriptor, part):
            return part, stream
        stream.close()  # another process removed it as abandoned before it was locked
    raise AssertionError  # `count` has no end


def _remove_if_abandoned(part: Path) -> None:
    """Remove a temporary file that no process has locked: the process that created it was killed."""
    with suppress(OSError):
        if _CLOSE_FIRST:
            part.unlink()  # refused while a process has it open
            return
        descriptor = os.open(part, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if stat.S_ISREG(os.fstat(descriptor).st_mode) and _lock(descriptor) and _is_at(descriptor, part):
                part.unlink()
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> bool | None:
    """Whether the lock was acquired; None if the file system has no locks."""
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
    """Whether an open file is still the one at a path."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _keep_owner(stream: BinaryIO, before: os.stat_result) -> None:
    """Give a file to the owner of the file that it replaces, if this user may."""
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
        return None  # a loop of links is replaced like a file


def _error(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))
