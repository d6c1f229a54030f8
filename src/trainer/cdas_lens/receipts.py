"""Appends to `.cdas/receipts.jsonl`: the trainer's proof that a decision arrived."""

from __future__ import annotations

import errno
import json
import logging
import os
import time
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Mapping, Optional, Set

try:
    import fcntl
except ImportError:  # Windows: appends are still single writes, only the check for a twin is not exclusive.
    fcntl = None

SCHEMA = "cdas-receipt/1"
FILE_NAME = "receipts.jsonl"
# The most ids that a list in a receipt has.
LISTED_IDS = 1000

_TAIL_BYTES = 1024 * 1024
_LOCK_TRIES = 20
_LOCK_PAUSE_SECONDS = 0.02

_log = logging.getLogger(__name__)
_complained_of: Set[str] = set()


def receipt_time(written_at: str) -> str:
    """The time as receipts carry it: ISO-8601, UTC, milliseconds; never before the config was written that it is for.

    By a clock that is behind that of the lens, decisions would seem to be younger than the receipt that confirms them.
    """
    return max(written_at, datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"))


def append_receipt(directory: str, receipt: Mapping[str, Any], still_in_force: Callable[[], bool]) -> Optional[bool]:
    """Appends one line in a single write, on disk when this returns, unless another process of the launch wrote it.

    A launch's processes (dataloader workers, ranks) all meet the same digest: the first one writes. A digest that
    comes back after another one is written again, but only by a process that finds it `still_in_force`, so that a
    slow one does not report the past. Returns whether a line was written, None where the file could not be; never
    raises.
    """
    try:
        return _append(os.path.join(directory, FILE_NAME), receipt, still_in_force)
    except (OSError, ValueError) as error:
        # A config may change at every step: one line is enough to say that receipts do not get through.
        level = logging.DEBUG if directory in _complained_of else logging.WARNING
        _complained_of.add(directory)
        _log.log(level, "could not write the receipt of generation %s: %s; its decisions are in force all the same",
                 receipt.get("generation"), error)
        return None if isinstance(error, OSError) else False


def _append(path: str, receipt: Mapping[str, Any], still_in_force: Callable[[], bool]) -> bool:
    line = json.dumps(receipt, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o666)
    try:
        _lock(descriptor)
        tail = _tail(descriptor)
        digests = _digests_of_launch(tail, receipt.get("launch"))
        if digests and digests[-1] == receipt["digest"]:
            return False
        if receipt["digest"] in digests and not still_in_force():
            return False
        torn = tail != b"" and not tail.endswith(b"\n")
        whole = b"\n" + line if torn else line
        if os.write(descriptor, whole) < len(whole):
            raise OSError(errno.ENOSPC, "the disk is full", path)
        os.fsync(descriptor)
        return True
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Takes the file for this process; gives up after a moment, as a twin line is better than a stopped trainer."""
    if fcntl is None:
        return
    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(_LOCK_PAUSE_SECONDS)
        except OSError:
            return


def _tail(descriptor: int) -> bytes:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    os.lseek(descriptor, max(0, size - _TAIL_BYTES), os.SEEK_SET)
    parts: List[bytes] = []
    left = min(size, _TAIL_BYTES)
    while left > 0:
        part = os.read(descriptor, left)
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _digests_of_launch(tail: bytes, launch: Any) -> List[str]:
    """The digests that this launch wrote receipts for, oldest first, as far as the end of the file tells."""
    found: List[str] = []
    for line in tail.split(b"\n"):
        try:
            row: Dict[str, Any] = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict) and row.get("launch") == launch and isinstance(row.get("digest"), str):
            found.append(row["digest"])
    return found
