"""Curates a verl dataset inside `__getitem__`: its length and order stay as they are, its rows obey the decisions."""

from __future__ import annotations

import logging
from typing import Any, Dict, List, Mapping, Sequence

from cdas_lens.curation import launch_id
from cdas_lens.matching import DatasetIndex
from cdas_lens.relabels import in_kind
from cdas_lens.row_curator import RowCurator
from cdas_lens.verl_settings import is_training_split, is_validation_split, read_settings

_IDENTITY_COLUMNS = (
    "prompt", "question", "problem", "reward_model", "answer", "solution", "ground_truth", "id", "problem_id",
    "extra_info", "difficulty",
)

_log = logging.getLogger(__name__)

# Jobs that validate on their training files: the set that verl builds first is the one to train on.
_trained_on: set = set()


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
                settings = read_settings(self.config)
                self.curator = RowCurator(dataset_index(self), settings, "verl-dataset")
                _log.info("curating %d rows by %s", len(self), settings.directory)
        except Exception:
            _log.exception("this dataset cannot be curated; training continues on all of it")

    def _is_for_training(self, data_files: Any) -> bool:
        if not is_training_split(data_files, self.config):
            return False
        if not is_validation_split(data_files, self.config):
            return True
        key = (launch_id(), str(data_files))
        first = key not in _trained_on
        _trained_on.add(key)
        _log.warning("training and validation use the same files: %s", "this set is curated" if first else "this set is left as it is")
        return first

    def __getitem__(self, item: int) -> Any:
        if self.curator is None:
            return super().__getitem__(item)
        source = self.curator.one(range(len(self))[item])
        return _finished(self.curator, super().__getitem__(source), source)

    def __getitems__(self, items: Sequence[int]) -> List[Any]:
        """The rows of one batch."""
        read = super().__getitem__
        if self.curator is None:
            return [read(item) for item in items]
        sources = self.curator.batch([range(len(self))[item] for item in items])
        return [_finished(self.curator, read(source), source) for source in sources]

    def on_batch_end(self, batch: Any = None) -> None:
        """Called by verl's trainer (not by V1) after each step."""
        base = getattr(super(), "on_batch_end", None)
        if base is not None:
            base(batch=batch)
        if self.curator is not None:
            self.curator.step_trained()


def _finished(curator: RowCurator, row: Dict[str, Any], source: int) -> Dict[str, Any]:
    """`row` with its relabelled ground truth, and stamped with what it is and which decisions it obeys."""
    plan = curator.curation.plan
    changed = dict(row)
    if source in plan.relabels:
        reward_model = row.get("reward_model")
        kept = dict(reward_model) if isinstance(reward_model, Mapping) else {}
        kept["ground_truth"] = in_kind(plan.relabels[source], kept.get("ground_truth"))
        changed["reward_model"] = kept
    extra_info = row.get("extra_info")
    changed["extra_info"] = {
        **(extra_info if isinstance(extra_info, Mapping) else {}),
        "curation_problem_id": curator.index.problem_of_row[source],
        "curation_generation": plan.generation,
        "curation_row": source,
    }
    return changed


def dataset_index(dataset: Any) -> DatasetIndex:
    """The index of a verl dataset, read without the columns that say nothing about identity (images to decode)."""
    rows, prompt_key = dataset.dataframe, getattr(dataset, "prompt_key", None)
    names = getattr(rows, "column_names", None)
    if names is not None and hasattr(rows, "remove_columns"):
        rows = rows.remove_columns([name for name in names if name not in (*_IDENTITY_COLUMNS, prompt_key)])
    return DatasetIndex.of_rows(rows, prompt_key)
