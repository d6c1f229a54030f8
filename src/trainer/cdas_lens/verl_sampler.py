"""The curriculum sampler for verl up to 0.7: each batch is chosen just before it is trained on."""

from __future__ import annotations

import logging
import math
from typing import Any, Dict, Iterator, List, Mapping, Optional

from cdas_lens.chooser import BatchChooser, Scored
from cdas_lens.complaints import Complaints
from cdas_lens.curation import Curation
from cdas_lens.sampler import CdasState
from cdas_lens.strategy_settings import own_strategy
from cdas_lens.verl_dataset import dataset_index
from cdas_lens.verl_settings import read_settings

STATE_SCHEMA = "cdas-sampler-state/1"

_log = logging.getLogger(__name__)


class CdasSamplerMixin:
    """Goes before verl's AbstractCurriculumSampler among the bases of a sampler class.

    Follows the strategy of sampler.json: for CDAS, the first epoch is uniform and sets the difficulties, as the
    paper's warm-up does, and from then on every batch is the symmetric selection around competence. The length is
    always that of the dataset.

    verl saves the dataloader before it calls `update`, so a resumed run lacks the observations of the very step it
    was saved at.
    """

    def __init__(self, data_source: Any, data_config: Any):
        settings = self._settings = read_settings(data_config)
        self._source_size = len(data_source)
        curator = getattr(data_source, "curator", None)
        if curator is not None:
            curator.pins_by_sampler = True
            curation = curator.curation
        else:
            curation = Curation(settings.directory, dataset_index(data_source), "verl-sampler", settings.run)
        self._index = curation.index
        own = own_strategy(settings.strategy, settings.mode, settings.own_seed)
        self._chooser = BatchChooser(curation, settings.batch_size, settings.seed, own)
        self._batch: List[int] = []
        self._cursor, self._trained_steps = 0, 0
        self._resumed = False
        self._complaints = Complaints(_log)

    @property
    def state(self) -> CdasState:
        """Difficulty, visits and competence."""
        return self._chooser.cdas

    def __len__(self) -> int:
        return self._source_size

    def __iter__(self) -> Iterator[int]:
        size = self._settings.batch_size
        whole = self._source_size // size * size
        if not (self._resumed and self._cursor < whole):
            self._cursor = 0
        self._resumed = False
        while self._cursor < whole:
            at = self._cursor % size
            if at == 0:
                self._batch = self._chooser.next_batch(self._next_step)
            self._cursor += 1
            yield self._batch[at]
        # The dataloader drops what is no whole batch, but counts on its being there.
        yield from range(whole, self._source_size)

    def _next_step(self) -> int:
        return self._settings.start_step + self._trained_steps + 1

    def update(self, batch: Any) -> None:
        """Takes in a trained batch (verl's DataProto): which rollouts of which problems were correct."""
        self._trained_steps += 1
        try:
            rated = self._chooser.observe(
                Scored(problem, correct, self._chooser.scored_against(problem))
                for problem, correct in zip(self._problems(batch), self._correct(batch))
            )
            if rated == 0:
                self._complaints.say("no rollout of a batch could be matched to a problem: give the rows a "
                               "unique extra_info.index, or use CuratedDataset")
        except Exception:
            self._complaints.say("the difficulties could not be updated from a batch")

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
        # Verdicts only: verl calls a plain score `acc` too, which may be a share.
        if stated is not None and all(each in (None, 0, 1) for each in stated):
            return [None if each is None else bool(each) for each in stated]
        rewards = batch.batch["token_level_scores"].sum(-1).tolist()
        if self.state.mode == "official-compat":
            return [_scored(each, each == 1) for each in rewards]
        return [_scored(each, each >= self._settings.correct_threshold) for each in rewards]

    def state_dict(self) -> Dict[str, Any]:
        """The place in the epoch, the batch that is being read and the chooser's state; no copy of the decisions."""
        return {"schema": STATE_SCHEMA, "cursor": self._cursor, "batch": list(self._batch),
                "chooser": self._chooser.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes back what `state_dict` gave; iteration goes on where it was."""
        try:
            self._chooser.load_state_dict(state["chooser"])
            self._cursor, self._batch = state["cursor"], list(state["batch"])
        except Exception:
            _log.exception("the sampler's state in the checkpoint cannot be used; difficulties start from scratch")
        self._resumed = True


def _scored(reward: float, correct: bool) -> Optional[bool]:
    return correct if math.isfinite(reward) else None
