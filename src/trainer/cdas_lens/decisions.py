"""Reads `.cdas/sampler.json`: what people decided, compiled for the trainer.

Nothing here raises into training: a file that cannot be used is logged and the last good one stays in force.
"""

from __future__ import annotations

import json
import logging
import math
import os
import re
import stat
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Mapping, Optional, Tuple

SCHEMA = "cdas-sampler/1"
FILE_NAME = "sampler.json"
MAX_BYTES = 64 * 1024 * 1024

_MAX_VISITS = 2**31 - 1
# The lens reads no greater whole number exactly, and no receipt with one.
_MAX_GENERATION = 2**53 - 1

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

# A file this young may change again without a new time stamp, so it is read once more at the next look.
_SETTLED_SECONDS = 2.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Decided:
    """What was decided about one problem. `relabelled` says whether `ground_truth` (any JSON) counts."""

    membership: str = "normal"
    relabelled: bool = False
    ground_truth: Any = None
    text_hash: Optional[str] = None
    index: Optional[str] = None


@dataclass(frozen=True)
class SamplerConfig:
    """One sampler.json. Problems are in the order of the file.

    `raw_difficulty` is as the file has it, since most trainers hold their own: `difficulties` reads it. `written_at` is
    ISO-8601 in UTC with milliseconds by the clock of who wrote the file, "" where the file does not say.
    """

    generation: int
    digest: str
    run: Optional[str] = None
    problems: Mapping[str, Decided] = field(default_factory=dict)
    raw_difficulty: Mapping[str, Any] = field(default_factory=dict)
    strategy: Mapping[str, Any] = field(default_factory=dict)
    written_at: str = ""

    def difficulties(self) -> Dict[str, Tuple[float, int]]:
        """Difficulty and visits by problem, as the lens had them when the file was compiled."""
        return _readable(self.raw_difficulty, _difficulty, "difficulty")


class UnusableConfig(ValueError):
    """The file is there but is not a sampler config that this version can obey."""


def parse_config(text: str) -> SamplerConfig:
    """The sampler config in `text`; raises UnusableConfig with what to do about it."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnusableConfig(f"is not complete JSON ({error}); recompile it in CDAS Lens") from error
    if not isinstance(raw, dict):
        raise UnusableConfig("does not hold a JSON object; recompile it in CDAS Lens")
    if raw.get("schema") != SCHEMA:
        raise UnusableConfig(
            f"has the schema {raw.get('schema')!r} but this adapter knows {SCHEMA!r}; install a matching cdas-lens"
        )
    if not isinstance(raw.get("digest"), str) or not raw["digest"]:
        raise UnusableConfig("has no digest; recompile it in CDAS Lens")
    problems, difficulty = raw.get("problems", {}), raw.get("difficulty", {})
    if not isinstance(problems, dict) or not isinstance(difficulty, dict):
        raise UnusableConfig("holds problems or difficulty that is not an object; recompile it in CDAS Lens")
    run = raw.get("run")
    strategy = raw.get("strategy")
    return SamplerConfig(
        generation=raw["generation"] if _is_count(raw.get("generation")) and raw["generation"] <= _MAX_GENERATION else 0,
        digest=raw["digest"],
        run=run.get("name") if isinstance(run, dict) and isinstance(run.get("name"), str) else None,
        problems=_readable(problems, _decided, "problems"),
        raw_difficulty=difficulty,
        strategy=strategy if isinstance(strategy, dict) else {},
        written_at=raw["writtenAt"] if _TIME.fullmatch(str(raw.get("writtenAt"))) else "",
    )


def _readable(entries: Mapping[str, Any], read: Callable[[Any], Any], part: str) -> Dict[str, Any]:
    found = {problem_id: read(entry) for problem_id, entry in entries.items()}
    strange = [problem_id for problem_id, value in found.items() if value is None]
    if strange:
        _log.warning("sampler.json: ignored %d entries of %s that are not understood, the first is %r",
                     len(strange), part, strange[0])
    return {problem_id: value for problem_id, value in found.items() if value is not None}


def _decided(entry: Any) -> Optional[Decided]:
    if not isinstance(entry, dict):
        return None
    membership = entry.get("membership", "normal")
    if membership not in ("normal", "pin", "exclude"):
        return None
    return Decided(
        membership=membership,
        relabelled="groundTruth" in entry,
        ground_truth=entry.get("groundTruth"),
        text_hash=_text(entry.get("textHash")),
        index=_text(entry.get("index")),
    )


def _difficulty(entry: Any) -> Optional[Tuple[float, int]]:
    if not isinstance(entry, list) or len(entry) != 2:
        return None
    value, visits = entry
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= sys.float_info.max:
        return None
    return (float(value), visits) if _is_count(visits) and visits <= _MAX_VISITS else None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _text(value: Any) -> Optional[str]:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


class SamplerFile:
    """Looks at one sampler.json and keeps the last good config.

    `poll` costs one `stat` and at most one of those in `interval_seconds`; the file is read only when its size,
    time stamp or inode moved, or when it was so young at the last look that they may not show a change.
    """

    def __init__(self, directory: str, interval_seconds: float = 1.0, max_bytes: int = MAX_BYTES):
        self.path = os.path.join(directory, FILE_NAME)
        self.interval_seconds = interval_seconds
        self.max_bytes = max_bytes
        self.config: Optional[SamplerConfig] = None
        self._looked_at = -math.inf
        self._seen: Optional[Tuple[int, int, int]] = None
        self._settled = False
        self._complaint: Optional[str] = None

    def poll(self, force: bool = False) -> Optional[SamplerConfig]:
        """The config to take over now: a valid one whose digest differs from the last; None when nothing changed.

        `force` looks even if the last look was a moment ago.
        """
        now = time.monotonic()
        if not force and now - self._looked_at < self.interval_seconds:
            return None
        self._looked_at = now
        try:
            return self._look()
        except FileNotFoundError:
            self._seen = None
            if self.config is not None:
                self._complain("is gone")
        except UnusableConfig as error:
            self._complain(str(error))
        except (OSError, UnicodeDecodeError) as error:
            self._seen = None
            self._complain(f"cannot be read ({error}); check the path and its permissions")
        except MemoryError:
            self._complain("does not fit in memory; remove it or recompile it in CDAS Lens")
        return None

    def _look(self) -> Optional[SamplerConfig]:
        found = os.stat(self.path)
        seen = (found.st_mtime_ns, found.st_size, found.st_ino)
        if seen == self._seen and self._settled:
            return None
        text = self._read(found)
        self._seen = seen
        # Another host's clock may be ahead.
        self._settled = abs(time.time() - found.st_mtime) >= _SETTLED_SECONDS
        config = parse_config(text)
        self._complaint = None
        if self.config is not None and config.digest == self.config.digest:
            return None
        self.config = config
        return config

    def _read(self, found: os.stat_result) -> str:
        if not stat.S_ISREG(found.st_mode):
            raise UnusableConfig("is not a regular file; move it away")
        raw = b""
        if found.st_size <= self.max_bytes:
            with open(self.path, "rb") as stream:
                raw = stream.read(self.max_bytes + 1)
        if found.st_size > self.max_bytes or len(raw) > self.max_bytes:
            self._seen, self._settled = (found.st_mtime_ns, found.st_size, found.st_ino), True
            raise UnusableConfig(
                f"has {max(found.st_size, len(raw)):,} bytes, and the limit is {self.max_bytes:,}; "
                "remove it or recompile it in CDAS Lens"
            )
        return raw.decode("utf-8-sig")

    def _complain(self, what: str) -> None:
        """Logs one line, but not the same one again and again."""
        if what == self._complaint:
            return
        self._complaint = what
        kept = "nothing is curated" if self.config is None else f"generation {self.config.generation} stays in force"
        _log.warning("%s %s; %s", self.path, what, kept)
