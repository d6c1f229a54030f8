"""Curates a verl dataset inside `__getitem__`: its length and order stay as they are, its rows obey the decisions."""

from __future__ import annotations

import logging
import mmap
import os
import struct
import sys
from typing import Any, Dict, List, Mapping, Sequence

from cdas_lens.curation import Curation, launch_id
from cdas_lens.matching import DatasetIndex
from cdas_lens.relabels import in_kind
from cdas_lens.substitution import PinTurns, curated_batch, substitute
from cdas_lens.verl_settings import Settings, is_training_split, is_validation_split, read_settings

_IDENTITY_COLUMNS = (
    "prompt", "question", "problem", "reward_model", "answer", "solution", "ground_truth", "id", "problem_id",
    "extra_info", "difficulty",
)
_SLOTS = 256

_log = logging.getLogger(__name__)

# Jobs that validate on their training files: the set that verl builds first is the one to train on.
_trained_on: set = set()


def worker_info() -> Any:
    """torch's description of the dataloader worker this is; None in the training process or without torch."""
    data = sys.modules.get("torch.utils.data")
    return data.get_worker_info() if data is not None else None


def writes_receipts() -> bool:
    """Whether this process writes the receipts: the training process, or its first dataloader worker."""
    info = worker_info()
    return info is None or info.id == 0


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


class RowCurator:
    """Says for one training set which row to read instead of which, and what to change in it."""

    def __init__(self, index: DatasetIndex, settings: Settings):
        self.settings = settings
        self.index = index
        self.curation = Curation(settings.directory, index, "verl-dataset", settings.run, writes_receipts)
        self.meter = FetchMeter()
        self.turns = PinTurns()
        self.pins_by_sampler = False
        self._trained_steps = 0
        self._last_step = 0
        self._worker_epoch: Dict[int, int] = {}

    def one(self, row: int) -> int:
        """The row to read for `row`, when rows are asked for one by one."""
        self.curation.refresh(self.next_step)
        source = substitute(row, self.curation.plan, self.settings.seed, self._epoch())
        self.meter.add(1)
        return source

    def batch(self, rows: Sequence[int]) -> List[int]:
        """The rows to read for a batch."""
        self.curation.refresh(self.next_step, force=True)
        plan = self.curation.plan
        pins = [] if self.pins_by_sampler else self.turns.take(plan.pinned, len(rows))
        sources = curated_batch(rows, plan, pins, self.settings.seed, self._epoch())
        self.meter.add(len(rows))
        return sources

    def finished(self, row: Dict[str, Any], source: int) -> Dict[str, Any]:
        """`row` with its relabelled ground truth, and stamped with what it is and which decisions it obeys."""
        plan = self.curation.plan
        changed = dict(row)
        if source in plan.relabels:
            reward_model = row.get("reward_model")
            kept = dict(reward_model) if isinstance(reward_model, Mapping) else {}
            kept["ground_truth"] = in_kind(plan.relabels[source], kept.get("ground_truth"))
            changed["reward_model"] = kept
        extra_info = row.get("extra_info")
        changed["extra_info"] = {
            **(extra_info if isinstance(extra_info, Mapping) else {}),
            "curation_problem_id": self.index.problem_of_row[source],
            "curation_generation": plan.generation,
            "curation_row": source,
        }
        return changed

    def next_step(self) -> int:
        """The step that the next batch is for: exact while the training process fetches, else by rows fetched.

        Never less than what it said before: a receipt for an earlier step would void the later ones.
        """
        done = self.meter.total() // self.settings.prompts_per_step
        if self._trained_steps and worker_info() is None:
            done = self._trained_steps
        self._last_step = max(self._last_step, self.settings.start_step + done + 1)
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


class CuratedDatasetMixin:
    """Goes before verl's RLHFDataset (or a class of its kind) among the bases of a dataset class.

    Only the training split is curated. `__getitems__` is what torch calls with a whole batch: there pinned rows get
    into every batch; `__getitem__` alone lets them stand in for excluded rows.
    """

    curator: Any = None

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        data_files = kwargs.get("data_files", args[0] if args else None)
        try:
            if self._is_for_training(data_files):
                self.curator = RowCurator(dataset_index(self), read_settings(self.config))
                _log.info("curating %d rows by %s", len(self), self.curator.settings.directory)
        except Exception:
            _log.exception("this dataset cannot be curated; training goes on with all of it")

    def _is_for_training(self, data_files: Any) -> bool:
        if not is_training_split(data_files, self.config):
            return False
        if not is_validation_split(data_files, self.config):
            return True
        key = (launch_id(), str(data_files))
        first = key not in _trained_on
        _trained_on.add(key)
        _log.warning("training and validation files are the same: %s", "curating this set" if first else "left alone")
        return first

    def __getitem__(self, item: int) -> Any:
        if self.curator is None:
            return super().__getitem__(item)
        source = self.curator.one(range(len(self))[item])
        return self.curator.finished(super().__getitem__(source), source)

    def __getitems__(self, items: Sequence[int]) -> List[Any]:
        """The rows of one batch."""
        read = super().__getitem__
        if self.curator is None:
            return [read(item) for item in items]
        sources = self.curator.batch([range(len(self))[item] for item in items])
        return [self.curator.finished(read(source), source) for source in sources]

    def on_batch_end(self, batch: Any = None) -> None:
        """Called by verl's trainer (not by V1) after each step."""
        base = getattr(super(), "on_batch_end", None)
        if base is not None:
            base(batch=batch)
        if self.curator is not None:
            self.curator.step_trained()


def dataset_index(dataset: Any) -> DatasetIndex:
    """The index of a verl dataset, read without the columns that say nothing about identity (images to decode)."""
    rows, prompt_key = dataset.dataframe, getattr(dataset, "prompt_key", None)
    names = getattr(rows, "column_names", None)
    if names is not None and hasattr(rows, "remove_columns"):
        rows = rows.remove_columns([name for name in names if name not in (*_IDENTITY_COLUMNS, prompt_key)])
    return DatasetIndex.of_rows(rows, prompt_key)
