"""Which row of a dataset to read instead of which, where its length and order have to stay as they are."""

from __future__ import annotations

import mmap
import os
import struct
import sys
from dataclasses import replace
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from cdas_lens.curation import Curation, Plan
from cdas_lens.matching import DatasetIndex
from cdas_lens.ranks import rank
from cdas_lens.substitution import PinTurns, curated_batch, substitute

_SLOTS = 256


def worker_info() -> Any:
    """torch's description of the dataloader worker this is; None in the training process or without torch."""
    data = sys.modules.get("torch.utils.data")
    return data.get_worker_info() if data is not None else None


def writes_receipts() -> bool:
    """Whether this process writes the receipts: the first training process, or its first dataloader worker."""
    info = worker_info()
    return rank() == 0 and (info is None or info.id == 0)


class FetchMeter:
    """Counts the rows that were fetched, over all forked workers of a job, each in its own slot.

    A worker that was spawned instead of forked gets a copy and counts alone.
    """

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 8 * _SLOTS)

    def add(self, count: int) -> None:
        """Counts rows fetched by this process."""
        info = worker_info()
        at = 8 * (0 if info is None else 1 + info.id % (_SLOTS - 1))
        struct.pack_into("<q", self._shared, at, struct.unpack_from("<q", self._shared, at)[0] + count)

    def total(self) -> int:
        """The rows fetched by all processes."""
        return sum(struct.unpack(f"<{_SLOTS}q", self._shared[: 8 * _SLOTS]))

    def __getstate__(self) -> Dict[str, bytes]:
        return {"counts": self._shared[: 8 * _SLOTS]}

    def __setstate__(self, state: Dict[str, bytes]) -> None:
        self._shared = mmap.mmap(-1, 8 * _SLOTS)
        self._shared[: 8 * _SLOTS] = state["counts"]


class RowSettings(NamedTuple):
    """`batch_size` is what the dataloader fetches at once and `prompts_per_step` what a training step takes at least;
    `start_step` is the last step of the checkpoint that the job resumes from, 0 for a fresh one.
    """

    directory: str
    run: Optional[str]
    seed: int
    batch_size: int
    prompts_per_step: int
    start_step: int


class RowCurator:
    """Says for one training set which row to read instead of which.

    `settings` are a `RowSettings`, or hold its fields. `share` says which of how many processes this is that fetch rows
    of their own for the same step: the pinned rows are dealt out among them.
    """

    def __init__(self, index: DatasetIndex, settings: Any, adapter: str, share: Tuple[int, int] = (0, 1)):
        number, count = share
        if not 0 <= number < count:
            raise ValueError(f"process is {number}, but with {count} processes it must be from 0 to {max(0, count - 1)}")
        self._share = share
        self._shared: Tuple[Optional[Plan], Plan] = (None, Plan())
        self.settings = settings
        self.index = index
        # A dataloader worker that was spawned, not forked, does not know the rank of its process.
        self._of_first_rank = rank() == 0
        self.curation = Curation(settings.directory, index, adapter, settings.run, self._writes_receipts)
        self.meter = FetchMeter()
        self.turns = PinTurns()
        self.pins_by_sampler = False
        self._trained_steps = 0
        self._last_step = 0
        self._worker_epoch: Dict[int, int] = {}

    def _writes_receipts(self) -> bool:
        return self._of_first_rank and writes_receipts()

    def one(self, row: int) -> int:
        """The row to read for `row`, when rows are asked for one by one."""
        self.curation.refresh(self.next_step)
        source = substitute(row, self.curation.plan, self.settings.seed, self._epoch())
        self.meter.add(1)
        return source

    def batch(self, rows: Sequence[int]) -> List[int]:
        """The rows to read for a batch."""
        self.curation.refresh(self.next_step, force=True)
        plan = self._plan_of_share()
        pins = [] if self.pins_by_sampler else self.turns.take(plan.pinned, len(rows))
        sources = curated_batch(rows, plan, pins, self.settings.seed, self._epoch())
        self.meter.add(len(rows))
        return sources

    def _plan_of_share(self) -> Plan:
        """The decisions as they are for this process: the others' pinned rows are left to the others."""
        plan, (number, count) = self.curation.plan, self._share
        if count == 1:
            return plan
        if self._shared[0] is not plan:
            own = plan.pinned[number::count]
            others = frozenset(plan.pinned).difference(own)
            allowed = tuple(row for row in plan.allowed if row not in others)
            self._shared = plan, replace(plan, pinned=own, excluded=plan.excluded | others, allowed=allowed or plan.allowed)
        return self._shared[1]

    def next_step(self) -> int:
        """The first step that all rows from now on are for: exact while the training process fetches, else by rows fetched.

        Never less than what it said before: a receipt for an earlier step would void the later ones.
        """
        begun = -(-self.meter.total() // self.settings.prompts_per_step)
        if self._trained_steps and worker_info() is None:
            begun = self._trained_steps
        self._last_step = max(self._last_step, self.settings.start_step + begun + 1)
        return self._last_step

    def step_trained(self) -> None:
        """Notes that the trainer finished a step."""
        self._trained_steps += 1

    def _epoch(self) -> int:
        size = self.settings.batch_size
        rows_per_epoch = max(1, len(self.index) // size * size)
        fetched_before = self.settings.start_step * self.settings.prompts_per_step
        now = (fetched_before + self.meter.total()) // rows_per_epoch
        # A worker lives for one epoch; the others' rows must not move it into the next one.
        return now if worker_info() is None else self._worker_epoch.setdefault(os.getpid(), now)
