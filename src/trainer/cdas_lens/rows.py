"""A dataset that obeys decisions, for a trainer that is handed one in Python: its length and its order stay.

    train_dataset = CuratedRows(rows, "/path/to/.cdas", rows_per_step=64, run="my-run")
"""

from __future__ import annotations

import os
from typing import Any, List, Mapping, Optional, Sequence

from cdas_lens.matching import DatasetIndex
from cdas_lens.relabels import relabelled_row
from cdas_lens.row_curator import RowCurator, RowSettings


class CuratedRows:
    """`rows` with allowed ones in the places of excluded ones, and relabelled answers over the old.

    Pinned rows are in every batch where the dataloader asks for whole batches, as torch's does (`__getitems__`); else
    they stand in for excluded ones first. `rows_per_step` is how many rows this process fetches for a training step, and
    `start_step` the step that a resumed job begins after: receipts go by them. `answer` names the field that a relabel
    overwrites, if it is not found. In a job of which several processes each fetch rows of their own, `processes` is how
    many these are and `process` which of them this is, from 0: the pinned rows are dealt out among them.
    """

    def __init__(
        self,
        rows: Sequence[Mapping[str, Any]],
        directory: str,
        rows_per_step: int,
        run: Optional[str] = None,
        seed: int = 1,
        start_step: int = 0,
        answer: Optional[str] = None,
        process: int = 0,
        processes: int = 1,
    ):
        self._rows = rows
        self._answer = answer
        place = os.path.abspath(os.path.expanduser(directory))
        per_step = max(1, int(rows_per_step))
        settings = RowSettings(place, run, seed, per_step, per_step, start_step)
        index = DatasetIndex.of_rows(rows[at] for at in range(len(rows)))
        self._curator = RowCurator(index, settings, "rows", (int(process), int(processes)))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, item: int) -> Mapping[str, Any]:
        return self._row(self._curator.one(range(len(self))[item]))

    def __getitems__(self, items: Sequence[int]) -> List[Mapping[str, Any]]:
        """The rows of one batch."""
        return [self._row(row) for row in self._curator.batch([range(len(self))[item] for item in items])]

    def _row(self, source: int) -> Mapping[str, Any]:
        row, relabels = self._rows[source], self._curator.curation.plan.relabels
        return relabelled_row(row, relabels[source], self._answer) if source in relabels else row
