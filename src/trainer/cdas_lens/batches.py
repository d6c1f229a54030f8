"""Batches of dataset rows for a trainer of your own: iterate, train, tell what was correct.

    batches = CuratedBatches(rows, "/path/to/.cdas", batch_size=64, run="my-run", rollouts="/path/to/run/rollouts")
    for batch in batches:
        for item in batch:            # item.data is the row, relabelled where that was decided
            …
        batches.observe((item, correct) for …)
        checkpoint["batches"] = batches.state_dict()
"""

from __future__ import annotations

import logging
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from cdas_lens.canonical_json import canonical_json
from cdas_lens.chooser import BatchChooser, Scored
from cdas_lens.curation import Curation
from cdas_lens.matching import DatasetIndex
from cdas_lens.relabels import relabelled_row
from cdas_lens.rollouts import step_writer
from cdas_lens.strategy_settings import own_strategy


_log = logging.getLogger(__name__)


class Item(NamedTuple):
    """A row of a batch. `scored_against` is the relabelled answer in canonical JSON, None where there is none."""

    row: int
    problem_id: str
    data: Mapping[str, Any]
    scored_against: Optional[str]


class CuratedBatches:
    """An endless iterator of batches. Strategy and seed are what sampler.json says, unless they are given.

    `rollouts` is the directory for the log, `log` its kind: "rollouts", or "groups" for one without texts.
    """

    def __init__(
        self,
        rows: Sequence[Mapping[str, Any]],
        directory: str,
        batch_size: int,
        run: Optional[str] = None,
        seed: Optional[int] = None,
        strategy: Optional[str] = None,
        rollouts: Optional[str] = None,
        log: Optional[str] = None,
    ):
        if len(rows) == 0:
            raise ValueError("there are no rows to draw batches from: check the dataset that you pass")
        if batch_size < 1:
            raise ValueError(f"batch_size is {batch_size}: it must be at least 1")
        self._rows = rows
        self._index = DatasetIndex.of_rows(rows)
        curation = Curation(directory, self._index, "generic", run)
        self._chooser = BatchChooser(curation, batch_size, own=own_strategy(strategy, seed=seed))
        self._writer = step_writer(rollouts, log) if rollouts else None
        self.step = 0
        self._complained = False

    def __iter__(self) -> Iterator[List[Item]]:
        return self

    def __next__(self) -> List[Item]:
        rows = self._chooser.next_batch(lambda: self.step + 1)
        self.step += 1
        return [self._item(row) for row in rows]

    def _item(self, row: int) -> Item:
        data, relabels = self._rows[row], self._chooser.plan.relabels
        if row not in relabels:
            return Item(row, self._index.problem_of_row[row], data, None)
        changed = relabelled_row(data, relabels[row])
        return Item(row, self._index.problem_of_row[row], changed, canonical_json(relabels[row]))

    def observe(self, rollouts: Iterable[Tuple[Item, Optional[bool]]]) -> None:
        """Takes in the rollouts of a step: the item, and whether it was correct (None: not scored)."""
        self._chooser.observe(Scored(item.problem_id, self._verdict(correct), item.scored_against)
                              for item, correct in rollouts)

    def _verdict(self, correct: Any) -> Optional[bool]:
        """Whether it was correct; a score that is no verdict does not count, since -1 would be as true as 1."""
        if correct is None:
            return None
        if correct in (0, 1):
            return bool(correct)
        if not self._complained:
            _log.warning("CDAS: a rollout's correctness is %r: pass True or False, or None if it was not "
                         "scored; such rollouts do not count", correct)
        self._complained = True
        return None

    def log(self, rollouts: Iterable[Tuple[Item, Mapping[str, Any]]]) -> None:
        """Writes rollouts of the current step as the lens reads them: the item, and `reward`, `correct`, `response` …"""
        if self._writer is not None:
            self._writer.write_step({"step": self.step, "problem_id": item.problem_id, "reward": None, **fields}
                                    for item, fields in rollouts)

    def state_dict(self) -> Dict[str, Any]:
        """What a resumed run needs, as plain JSON values."""
        return {"step": self.step, "chooser": self._chooser.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes back what `state_dict` gave."""
        self.step = state["step"]
        self._chooser.load_state_dict(state["chooser"])
