"""Which rows a batch really takes: pinned ones in, excluded ones out, as many as before."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from cdas_lens.curation import Plan

_PROBES = 64
_MASK = (1 << 64) - 1


def mixed(*numbers: int) -> int:
    """A number that looks random and is the same in every process for the same `numbers` (splitmix64 steps)."""
    state = 0
    for number in numbers:
        state = (state ^ (number & _MASK)) + 0x9E3779B97F4A7C15 & _MASK
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB & _MASK
        state ^= state >> 31
    return state


class PinTurns:
    """Lets pinned rows take turns when a batch cannot hold them all: least recently sampled first."""

    def __init__(self) -> None:
        self._served: Dict[int, int] = {}
        self._count = 0

    def take(self, pinned: Sequence[int], size: int) -> List[int]:
        """The pinned rows for the next batch."""
        chosen = sorted(pinned, key=lambda row: self._served.get(row, 0))[:size]
        for row in chosen:
            self._count += 1
            self._served[row] = self._count
        return chosen

    def state_dict(self) -> Dict[str, Any]:
        """What a resumed run needs to go on with the turns."""
        return {"count": self._count, "served": dict(self._served)}

    def load_state_dict(self, state: Dict[str, Any]) -> None:
        """Takes back what `state_dict` gave, also after a way through JSON."""
        self._count = state["count"]
        self._served = {int(row): count for row, count in state["served"].items()}


def substitute(row: int, plan: Plan, seed: int, epoch: int) -> int:
    """The row that stands in for `row`: itself, or for an excluded one a pinned row, else an allowed one."""
    if row not in plan.excluded:
        return row
    pool = plan.pinned or plan.allowed
    return pool[mixed(seed, epoch, row) % len(pool)]


def curated_batch(rows: Sequence[int], plan: Plan, pins: Sequence[int], seed: int, epoch: int) -> List[int]:
    """`rows` with all of `pins` among them and no excluded one, each other row in its old place.

    Pins take the places of excluded rows, then of ordinary ones. What is still excluded is replaced by allowed rows
    that are not in the batch, as long as there are any.
    """
    batch = list(rows)
    wanted = set(pins)
    present = set(batch)
    order = sorted(range(len(batch)), key=lambda at: (batch[at] not in plan.excluded, mixed(seed, epoch, batch[at])))
    places = iter([at for at in order if batch[at] not in wanted])
    for pin in pins:
        at = None if pin in present else next(places, None)
        if at is not None:
            batch[at] = pin
    held = set(batch)
    for at, row in enumerate(batch):
        if row in plan.excluded:
            batch[at] = _stand_in(plan, held, mixed(seed, epoch, row))
            held.add(batch[at])
    return batch


def _stand_in(plan: Plan, held: set, start: int) -> int:
    pool = plan.allowed
    for probe in range(min(_PROBES, len(pool))):
        row = pool[(start + probe) % len(pool)]
        if row not in held:
            return row
    return pool[start % len(pool)]
