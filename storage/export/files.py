"""Files that have their names only when they are whole."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, BinaryIO, TextIO, cast

from storage.errors import FailureError


@contextmanager
def replacing(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """Yield a file that takes the place of `path` at the end, and leaves nothing behind when that is not reached.

    A durable one is on the disk before it has its name. What is no ordinary file (a pipe, a terminal) is written to.
    Raises FailureError when it cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as out:
                yield out
            return
        with _beside(path.resolve()) as out:
            yield cast(BinaryIO, out)
            out.flush()
            if durable:
                os.fsync(out.fileno())
            Path(out.name).chmod(_mode(path))
            Path(out.name).replace(path.resolve())
        if durable:
            sync_directory(path.resolve().parent)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(path, error) from None


@contextmanager
def _beside(path: Path) -> Iterator[IO[bytes]]:
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:80]}.", suffix=".part", delete=False) as out:
        try:
            yield out
        except BaseException:
            with suppress(OSError):
                Path(out.name).unlink()
            raise


def _mode(path: Path) -> int:
    """Return the mode of the file that is replaced, else that of any new file."""
    with suppress(OSError):
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def sync_directory(path: Path) -> None:
    """Let the names in a directory be on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def replacing_text(path: Path, *, durable: bool = True) -> Iterator[TextIO]:
    """Yield a text file as `replacing` does, in UTF-8, its line ends as they are; packed when its name ends in .gz."""
    with replacing(path, durable=durable) as raw:
        if path.suffix != ".gz":
            text = io.TextIOWrapper(raw, "utf-8", newline="")
            try:
                yield text
                text.flush()
            finally:
                with suppress(OSError):
                    text.detach()
            return
        with (
            gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
            io.TextIOWrapper(packed, "utf-8", newline="") as packed_text,
        ):
            yield packed_text


def unwritable(path: Path, error: OSError) -> FailureError:
    """Return the line that says why a file cannot be written."""
    return FailureError(f"{path}: cannot be written: {error.strerror or error}")
