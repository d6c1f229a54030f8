"""What sampler.json and a trainer's own settings say of the strategy, and what of it cannot be followed."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

from cdas_lens.sampler import MODES
from cdas_lens.strategies import NAMES, PARAMETERS, is_usable

WARMUPS = ("first-epoch", "none")

_BOUNDS = (("low", "high"), ("hardTo", "easyFrom"))
_MAX_SEED = 2**53 - 1
_SHOWN_CHARS = 60
_TOLD = 10


class Strategy(NamedTuple):
    """The strategy as it is followed, and for each field that is not followed one clause that says why."""

    fields: Mapping[str, Any]
    ignored: Tuple[str, ...]


def own_strategy(name: Optional[str] = None, mode: Optional[str] = None, seed: Optional[int] = None) -> Dict[str, Any]:
    """What a trainer's own settings say in place of sampler.json; raises ValueError for a mode that is none."""
    if mode not in (None, *MODES):
        raise ValueError(f"unknown CDAS mode {mode!r}: use one of {', '.join(MODES)}")
    return {key: value for key, value in (("name", name), ("mode", mode), ("seed", seed)) if value is not None}


def read_strategy(stated: Mapping[str, Any]) -> Strategy:
    """What can be followed of a strategy as somebody wrote it; for the rest its defaults hold. Never raises."""
    name = stated.get("name")
    fields: Dict[str, Any] = {}
    ignored: List[str] = []
    for field, value in stated.items():
        wanted = _wanted(name, field, value)
        if wanted is None:
            fields[field] = int(value) if field == "seed" else value
        else:
            ignored.append(f"{field[:_SHOWN_CHARS]} is {_shown(value)}: {wanted}")
    ignored += _crossed(fields)
    if len(ignored) > _TOLD:
        ignored[_TOLD:] = [f"{len(ignored) - _TOLD} more"]
    return Strategy(fields, tuple(ignored))


def _crossed(fields: Dict[str, Any]) -> List[str]:
    """Takes out bounds in the wrong order, between which there is nothing to choose from, and says so."""
    said: List[str] = []
    known = PARAMETERS.get(fields.get("name", ""), {})
    for least, greatest in _BOUNDS:
        if least not in known:
            continue
        low, high = (fields.get(each, known[each].default) for each in (least, greatest))
        if low > high:
            said.append(f"{least} is {low:g}: it must be at most {greatest}, which is {high:g}")
            for each in (least, greatest):
                fields.pop(each, None)
    return said


def _wanted(name: Any, field: str, value: Any) -> Optional[str]:
    """What should stand in a field; None where what stands there can be followed."""
    if field == "name":
        # The chooser makes random batches of a name that it does not know.
        return None if value in ("cdas", *NAMES) else f"it must be one of cdas, {', '.join(NAMES)}; batches are random"
    if field in ("mode", "warmup"):
        words = MODES if field == "mode" else WARMUPS
        return None if value in words else f"it must be {' or '.join(words)}"
    if field == "symmetric":
        return None if isinstance(value, bool) else "it must be true or false"
    if field == "seed":
        return None if _is_whole(value) else "it must be a whole number"
    return _wanted_parameter(name, field, value)


def _wanted_parameter(name: Any, field: str, value: Any) -> Optional[str]:
    known = PARAMETERS.get(name, {}) if isinstance(name, str) else {}
    if field not in known:
        return f"the strategy has {'no parameters' if not known else 'only ' + ', '.join(known)}"
    return None if is_usable(value, known[field]) else f"it must be a number from 0 to {known[field].greatest:g}"


def _is_whole(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return -_MAX_SEED <= value <= _MAX_SEED and value == int(value)


def _shown(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"
