"""Lets the processes of a distributed job take the same decision: torch.distributed where it runs, else nothing."""

from __future__ import annotations

import sys
from typing import Any, List


def _distributed() -> Any:
    module = sys.modules.get("torch.distributed")
    return module if module is not None and module.is_available() and module.is_initialized() else None


def rank() -> int:
    """This process's number; 0 when it is alone."""
    module = _distributed()
    return 0 if module is None else module.get_rank()


def shared(value: Any) -> Any:
    """The first process's `value`, in every process; all of them must call this at the same point."""
    module = _distributed()
    if module is None or module.get_world_size() == 1:
        return value
    held = [value]
    module.broadcast_object_list(held, src=0)
    return held[0]


def gathered(values: List[Any]) -> List[Any]:
    """Everyone's `values` one after the other, in every process; all of them must call this at the same point."""
    module = _distributed()
    if module is None or module.get_world_size() == 1:
        return values
    parts: List[Any] = [None] * module.get_world_size()
    module.all_gather_object(parts, values)
    return [value for part in parts for value in part]
