"""S3: bodies reach the disk before the answer, and notifications their queue with the same commit."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

from ministack.services import s3

from infra.local.cloud.commit import stop_at_once

_numbers = itertools.count(1)


def install() -> None:
    """Replace the emulator's way to write files and to send notifications."""
    s3._atomic_write = write_file  # noqa: SLF001 - the seam of the pinned version
    s3._fire_s3_event_async = notify  # noqa: SLF001 - as above


def write_file(path: str, content: bytes | str, *, text: bool = False) -> None:
    """Write a file so that after a crash or power cut it has the old or the new content.

    The emulator logs a failure to write and answers 200; here the process ends instead.
    """
    data = content.encode() if isinstance(content, str) else content
    temporary = f"{path}.{os.getpid()}-{next(_numbers)}.part"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
        _sync_folder(Path(path).parent)
    except OSError as failure:
        stop_at_once(f"{failure.strerror} ({'text' if text else 'body'} of an object)")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def notify(bucket: str, key: str, event: str, *details: Any, **more: Any) -> None:
    """Deliver a notification before the answer, not on a thread after it: none is lost."""
    if bucket in s3._bucket_notifications:  # noqa: SLF001 - the seam of the pinned version
        more["sequencer"] = s3._next_event_sequencer(event)  # noqa: SLF001 - as above
        s3._fire_s3_event(bucket, key, event, *details, **more)  # noqa: SLF001 - as above


def remove_partial_files(folder: Path) -> None:
    """Delete what a killed process left half written; nobody was told that it is stored."""
    for path in folder.rglob("*.part"):
        path.unlink()
