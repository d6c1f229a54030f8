"""Where an adapter that a framework configures by import path alone finds its settings: the environment."""

from __future__ import annotations

import logging
import math
import os
from typing import Any, NamedTuple, Optional

_log = logging.getLogger(__name__)


class Environment(NamedTuple):
    """CDAS_LENS_DIR, _RUN, _STRATEGY, _SEED, _ROLLOUTS, _LOG, _CORRECT_THRESHOLD, _BATCH and _START_STEP."""

    directory: str
    run: Optional[str]
    strategy: Optional[str]
    seed: Optional[int]
    rollouts: Optional[str]
    log: Optional[str]
    correct_threshold: float
    batch: Optional[int]
    start_step: int


def environment(given: Any = None) -> Environment:
    """The settings: attributes `cdas_…` of `given` (a framework's arguments) where it has them, else the environment."""

    def read(name: str) -> Optional[str]:
        stated = getattr(given, f"cdas_{name}", None)
        found = os.environ.get(f"CDAS_LENS_{name.upper()}") if stated is None else str(stated)
        return found or None

    batch, seed = (_number(read(name), f"CDAS_LENS_{name.upper()}", None) for name in ("batch", "seed"))
    return Environment(
        directory=os.path.abspath(os.path.expanduser(read("dir") or ".cdas")),
        run=read("run"),
        strategy=read("strategy"),
        seed=None if seed is None else int(seed),
        rollouts=read("rollouts"),
        log=read("log"),
        correct_threshold=_number(read("correct_threshold"), "CDAS_LENS_CORRECT_THRESHOLD", 1.0),
        batch=None if batch is None else max(1, int(batch)),
        start_step=int(_number(read("start_step"), "CDAS_LENS_START_STEP", 0)),
    )


def _number(text: Optional[str], name: str, default: Any) -> Any:
    if text is None:
        return default
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        return number
    _log.warning("%s is %r, which is not a number; using %r", name, text, default)
    return default
