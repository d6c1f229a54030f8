"""CDAS as a curriculum sampler for verl up to 0.7: each batch is chosen just before it is trained on."""

from __future__ import annotations

import logging
import math
import random
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from cdas_lens.canonical_json import canonical_json
from cdas_lens.curation import Curation, Plan
from cdas_lens.sampler import MODES, CdasState, select_batch
from cdas_lens.substitution import PinTurns, curated_batch
from cdas_lens.verl_dataset import dataset_index
from cdas_lens.verl_settings import read_settings

_log = logging.getLogger(__name__)


class CdasSamplerMixin:
    """Goes before verl's AbstractCurriculumSampler among the bases of a sampler class.

    The first epoch is uniform and sets the difficulties, as the paper's warm-up does; from then on every batch is
    the symmetric selection around competence. The length is always that of the dataset.

    verl saves the dataloader before it calls `update`, so a resumed run lacks the observations of the very step it
    was saved at.
    """

    def __init__(self, data_source: Any, data_config: Any):
        self._settings = read_settings(data_config)
        self._source_size = len(data_source)
        curator = getattr(data_source, "curator", None)
        if curator is not None:
            curator.pins_by_sampler = True
            self._curation = curator.curation
        else:
            index = dataset_index(data_source)
            self._curation = Curation(self._settings.directory, index, "verl-sampler", self._settings.run)
        self._index = self._curation.index
        self._cdas = CdasState(self._index.problem_of_row, self._settings.mode or "paper")
        self._rows_by_problem = self._index.rows_by_problem()
        self._turns = PinTurns()
        self._rng = random.Random(self._settings.seed)
        self._relabels: Dict[str, str] = {}
        self._plan: Optional[Plan] = None
        self._epoch, self._cursor, self._trained_steps = 0, 0, 0
        self._begun = self._resumed = self._complained = False

    @property
    def state(self) -> CdasState:
        """Difficulty, visits and competence."""
        return self._cdas

    def __len__(self) -> int:
        return self._source_size

    def __iter__(self) -> Iterator[int]:
        size = self._settings.batch_size
        whole = self._source_size // size * size
        self._start_epoch(whole)
        while self._cursor < whole:
            rows = self._batch(size)
            for row in rows:
                self._cursor += 1
                yield row
        yield from self._permutation()[whole:]

    def _start_epoch(self, whole: int) -> None:
        if self._begun and not (self._resumed and self._cursor < whole):
            self._epoch, self._cursor = self._epoch + 1, 0
        # A state saved inside a batch starts that batch again: verl draws and saves whole ones.
        self._cursor -= self._cursor % self._settings.batch_size
        self._begun, self._resumed = True, False

    def _batch(self, size: int) -> List[int]:
        try:
            self._curation.refresh(self._next_step, force=True)
            self._follow_plan()
            rows = self._warm_up(size) if self._is_uniform() else self._select(size)
        except Exception:
            self._complain("a batch could not be chosen; this one is uniform")
            rows = self._permutation()[self._cursor : self._cursor + size]
        return rows

    def _is_uniform(self) -> bool:
        strategy = self._strategy()
        return strategy.get("name", "cdas") != "cdas" or (
            self._epoch == 0 and strategy.get("warmup", "first-epoch") == "first-epoch"
        )

    def _strategy(self) -> Mapping[str, Any]:
        config = self._curation.config
        return config.strategy if config is not None else {}

    def _warm_up(self, size: int) -> List[int]:
        rows = self._permutation()[self._cursor : self._cursor + size]
        plan = self._curation.plan
        return curated_batch(rows, plan, self._turns.take(plan.pinned, size), self._settings.seed, self._epoch)

    def _permutation(self) -> List[int]:
        rows = list(range(self._source_size))
        random.Random(f"{self._settings.seed}/{self._epoch}").shuffle(rows)
        return rows

    def _select(self, size: int) -> List[int]:
        pins = self._turns.take(self._curation.plan.pinned, size)
        row_of = {self._cdas.position(self._index.problem_of_row[row]): row for row in pins}
        chosen = select_batch(self._cdas, size, list(row_of), self._rng).positions()
        rows = [row_of[at] if at in row_of else self._row_of(at) for at in chosen]
        allowed = self._curation.plan.allowed
        while len(rows) < size:
            rows.append(allowed[self._rng.randrange(len(allowed))])
        return rows

    def _row_of(self, at: int) -> int:
        """One row of a problem; rows that hold the same problem take turns."""
        rows = self._rows_by_problem[self._cdas.ids[at]]
        return rows[self._cdas.visits[at] % len(rows)]

    def _follow_plan(self) -> None:
        """Takes over into the state what the decisions changed since the last batch."""
        plan = self._curation.plan
        if plan is self._plan:
            return
        self._plan = plan
        problems = self._index.problem_of_row
        mode = self._strategy().get("mode")
        if self._settings.mode is None and mode in MODES:
            self._cdas.mode = mode
        self._cdas.set_excluded(problems[row] for row in plan.excluded)
        relabels = {problems[row]: canonical_json(value) for row, value in plan.relabels.items()}
        changed = [each for each in {**self._relabels, **relabels} if self._relabels.get(each) != relabels.get(each)]
        self._cdas.reset(changed)
        self._relabels = relabels

    def _next_step(self) -> int:
        return self._settings.start_step + self._trained_steps + 1

    def update(self, batch: Any) -> None:
        """Takes in a trained batch (verl's DataProto): which rollouts of which problems were correct."""
        self._trained_steps += 1
        try:
            problems = self._problems(batch)
            if self._cdas.observe(zip(problems, self._correct(batch))) == 0:
                self._complain("no rollout of a batch could be told to belong to a problem: give the rows an "
                               "extra_info.index that is unique, or use CuratedDataset")
        except Exception:
            self._complain("a batch could not be taken into the difficulties")

    def _problems(self, batch: Any) -> List[str]:
        found = []
        for extra_info in batch.non_tensor_batch["extra_info"]:
            info = extra_info if isinstance(extra_info, Mapping) else {}
            row, index = info.get("curation_row"), info.get("index")
            if row is not None:
                found.append(self._index.problem_of_row[row])
            else:
                found.append((self._index.problem_at_index(str(index)) if index is not None else None) or "")
        return found

    def _correct(self, batch: Any) -> List[Optional[bool]]:
        stated = batch.non_tensor_batch.get("acc")
        if stated is not None:
            return [None if each is None else float(each) >= 0.5 for each in stated]
        rewards = batch.batch["token_level_scores"].sum(-1).tolist()
        if self._cdas.mode == "official-compat":
            return [_scored(each, each == 1) for each in rewards]
        return [_scored(each, each >= self._settings.correct_threshold) for each in rewards]

    def _complain(self, what: str) -> None:
        if not self._complained:
            _log.warning("CDAS: %s", what, exc_info=True)
        self._complained = True

    def state_dict(self) -> Dict[str, Any]:
        """Cursor, difficulties, random state and the relabels they were scored under; no copy of the decisions."""
        return {
            "schema": "cdas-sampler-state/1",
            "epoch": self._epoch,
            "cursor": self._cursor,
            "cdas": self._cdas.state_dict(),
            "turns": self._turns.state_dict(),
            "rng": self._rng.getstate(),
            "relabels": dict(self._relabels),
            "generation": self._curation.plan.generation,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes back what `state_dict` gave; iteration goes on where it was."""
        self._epoch, self._cursor = state["epoch"], state["cursor"]
        self._cdas.load_state_dict(state["cdas"])
        self._turns.load_state_dict(state["turns"])
        self._rng.setstate(_as_random_state(state["rng"]))
        self._relabels = dict(state["relabels"])
        self._plan = None
        self._begun = self._resumed = True


def _scored(reward: float, correct: bool) -> Optional[bool]:
    return correct if math.isfinite(reward) else None


def _as_random_state(saved: Any) -> Tuple[int, Tuple[int, ...], Optional[float]]:
    version, numbers, gauss = saved
    return version, tuple(numbers), gauss
