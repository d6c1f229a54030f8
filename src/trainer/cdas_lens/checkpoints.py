"""Puts an adapter's state beside a framework's checkpoint."""

from __future__ import annotations

import json
import os
from typing import Any, Mapping


def write_state(path: str, state: Mapping[str, Any]) -> None:
    """Writes a state as JSON so that a reader sees the old one or the new, never a part, also after a crash."""
    temporary = f"{path}.tmp"
    with open(temporary, "w", encoding="ascii") as stream:
        json.dump(state, stream)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)
