"""Curation for NeMo-RL, by its custom dataloader:

    data.use_multiple_dataloader=true  data.custom_dataloader=cdas_lens.nemo_rl.curated_dataloader

or around a function of your own: `my_dataloader = curating(my_own_dataloader)`. The settings are in the environment:
CDAS_LENS_DIR, CDAS_LENS_RUN, CDAS_LENS_START_STEP. Written by NeMo-RL's protocol, tried with stand-ins, not run in it.
"""

from __future__ import annotations

import functools
import logging
import sys
from typing import Any, Callable, Dict, List, Mapping, Tuple

from cdas_lens.chooser import BatchChooser
from cdas_lens.curation import Curation
from cdas_lens.matching import DatasetIndex
from cdas_lens.relabels import in_kind
from cdas_lens.settings import environment
from cdas_lens.strategy_settings import own_strategy

_log = logging.getLogger(__name__)


class _Task:
    """The training set of one dataloader."""

    def __init__(self, name: str, dataloader: Any):
        settings = environment()
        self.dataset, self.collate = dataloader.dataset, dataloader.collate_fn
        entries = getattr(self.dataset, "dataset", self.dataset)
        index = DatasetIndex.of_rows(_row(entries[row]) for row in range(len(self.dataset)))
        curation = Curation(settings.directory, index, f"nemo-rl {name}", settings.run)
        own = own_strategy(settings.strategy, seed=settings.seed)
        self.chooser = BatchChooser(curation, 1, own=own, learns=False)
        self.step = settings.start_step

    def curated(self, batch: Any) -> Any:
        """The batch with allowed rows in the places of excluded ones, pinned ones in, relabelled answers over the old.

        Where CDAS can go by difficulties of the lens, the other rows are its choice, else the dataloader's.
        """
        old = [int(row) for row in batch["idx"]]
        rows = self.chooser.next_batch(lambda: self.step + 1, len(old), old)
        if rows != old:
            batch = self.collate([self.dataset[row] for row in rows])
        relabels, infos = self.chooser.plan.relabels, batch["extra_env_info"]
        for at, row in enumerate(rows):
            if row in relabels:
                info = dict(infos[at] or {})
                infos[at] = {**info, "ground_truth": in_kind(relabels[row], info.get("ground_truth"))}
        self.step += 1
        return batch


_tasks: Dict[str, _Task] = {}


def _row(entry: Any) -> Dict[str, Any]:
    """An entry of NeMo-RL's dataset as a row: the expected answer is a field or the last message."""
    row = dict(entry) if isinstance(entry, Mapping) else {"prompt": entry}
    messages = row.get("messages")
    answer = row.get("expected_answer")
    if answer is None and isinstance(messages, list) and messages and messages[-1].get("role") == "assistant":
        answer = messages[-1].get("content")
    return row if answer is None else {**row, "answer": answer}


def _curated(name: str, batch: Any, dataloader: Any) -> Any:
    try:
        if name not in _tasks or _tasks[name].dataset is not dataloader.dataset:
            _tasks[name] = _Task(name, dataloader)
        return _tasks[name].curated(batch)
    except Exception:
        _log.exception("a batch of %s could not be curated", name)
        return batch


def curated_dataloader(
    data_iterators: Dict[str, Any], dataloaders: Dict[str, Any], **records: Any
) -> Tuple[Any, Dict[str, Any]]:
    """One batch from every dataloader, as the decisions want it; NeMo-RL's documented signature."""
    batches = []
    for name in data_iterators:
        batch = next(data_iterators[name], None)
        if batch is None:
            data_iterators[name] = iter(dataloaders[name])
            batch = next(data_iterators[name])
        batches.append(_curated(name, batch, dataloaders[name]))
    return _merged(batches), data_iterators


def _merged(batches: List[Any]) -> Any:
    if len(batches) == 1:
        return batches[0]
    kind = sys.modules["nemo_rl.distributed.batched_data_dict"].BatchedDataDict
    return kind.from_batches(batches)


def curating(own: Callable[..., Tuple[Any, Dict[str, Any]]]) -> Callable[..., Tuple[Any, Dict[str, Any]]]:
    """A custom dataloader function that draws by `own` and then applies the decisions.

    Batches of several dataloaders are left alone, as their rows do not say which one they are of.
    """

    @functools.wraps(own)
    def curated(data_iterators: Dict[str, Any], dataloaders: Dict[str, Any], **records: Any) -> Tuple[Any, Dict[str, Any]]:
        batch, data_iterators = own(data_iterators, dataloaders, **records)
        if len(dataloaders) == 1:
            name, dataloader = next(iter(dataloaders.items()))
            batch = _curated(name, batch, dataloader)
        else:
            _log.error("a function with several dataloaders cannot be curated: use curated_dataloader")
        return batch, data_iterators

    return curated
