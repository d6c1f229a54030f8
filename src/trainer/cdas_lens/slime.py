"""CDAS and curation for slime, by its documented hooks:

    --data-source-path cdas_lens.slime.CuratedDataSource
    --rollout-all-samples-process-path cdas_lens.slime.observe
    --custom-rollout-log-function-path cdas_lens.slime.log_rollout_data

slime is imported when CuratedDataSource is asked for. Written by slime's protocol, tried with stand-ins, not run in slime.
"""

from __future__ import annotations

import copy
import json
import logging
import os
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence

from cdas_lens.canonical_json import canonical_json
from cdas_lens.checkpoints import write_state
from cdas_lens.chooser import BatchChooser, Scored
from cdas_lens.curation import Curation
from cdas_lens.matching import DatasetIndex
from cdas_lens.relabels import in_kind
from cdas_lens.rollouts import finite_number, step_writer
from cdas_lens.settings import environment
from cdas_lens.strategy_settings import own_strategy
from cdas_lens.templates import user_text

_ROW, _AGAINST, _PROBLEM = "cdas_row", "cdas_scored_against", "problem_id"

_log = logging.getLogger(__name__)


class _Session:
    """What one job holds: slime builds one data source, in the process that also calls the two functions."""

    def __init__(self, args: Any, samples: Sequence[Any]):
        self.args = args
        self.samples = samples
        self.settings = environment(args)
        index = DatasetIndex.of_rows(_row(sample) for sample in samples)
        self.curation = Curation(self.settings.directory, index, "slime", self.settings.run)
        seed = int(getattr(args, "rollout_seed", 1) or 1)
        own = own_strategy(self.settings.strategy, seed=self.settings.seed)
        self.chooser = BatchChooser(self.curation, int(args.rollout_batch_size), seed, own)
        self.next_rollout = int(getattr(args, "start_rollout_id", 0) or 0)
        self.generated: List[Any] = []
        target = self.settings.rollouts or (os.path.join(args.save, "cdas_rollouts") if args.save else None)
        self._writer = step_writer(target, self.settings.log) if target else None

    def curate(self, groups: List[List[Any]]) -> List[List[Any]]:
        """`groups` with the rows that are to be trained: those from slime's buffer stay unless they were excluded."""
        self.curation.refresh(lambda: self.next_rollout, force=True)
        kept = [self._row_of(group) for group in groups]
        fresh = [at for at, row in enumerate(kept) if row is None or row in self.curation.plan.excluded]
        if not fresh:
            return groups
        rows = self.chooser.next_batch(lambda: self.next_rollout, len(fresh))
        changed = list(groups)
        for at, row in zip(fresh, rows):
            changed[at] = [self._sample(row, old) for old in groups[at]]
        return changed

    @staticmethod
    def _row_of(group: Sequence[Any]) -> Optional[int]:
        return (group[0].metadata or {}).get(_ROW) if group else None

    def _sample(self, row: int, old: Any) -> Any:
        sample = copy.deepcopy(self.samples[row])
        sample.group_index, sample.index = old.group_index, old.index
        relabels = self.curation.plan.relabels
        against = None
        if row in relabels:
            against = canonical_json(relabels[row])
            sample.label = in_kind(relabels[row], sample.label)
        sample.metadata = {**(sample.metadata or {}), _ROW: row, _AGAINST: against,
                           _PROBLEM: self.curation.index.problem_of_row[row]}
        return sample

    def rollout_ended(self, rollout_id: int, samples: Iterable[Any]) -> None:
        """Takes in the rollouts of a step, all that were generated where `observe` saw them, and logs them."""
        generated, self.generated = self.generated or list(samples), []
        rows = [row for row in (self._rollout(rollout_id, sample) for sample in generated) if row is not None]
        self.chooser.observe(Scored(row["problem_id"], row["correct"], row.pop(_AGAINST)) for row in rows)
        if self._writer is not None:
            self._writer.write_step(rows)
        self.next_rollout = max(self.next_rollout, rollout_id + 1)

    def _rollout(self, rollout_id: int, sample: Any) -> Optional[Dict[str, Any]]:
        metadata = sample.metadata or {}
        if _ROW not in metadata:
            return None
        status = getattr(sample.status, "value", sample.status)
        reward = None if status in ("aborted", "failed") else _reward(sample.reward, getattr(self.args, "reward_key", None))
        return {
            "step": rollout_id,
            "problem_id": metadata[_PROBLEM],
            "reward": reward,
            "reward_components": sample.reward if isinstance(sample.reward, Mapping) else None,
            "correct": None if reward is None else reward >= self.settings.correct_threshold,
            "prompt": sample.prompt,
            "response": sample.response,
            "ground_truth": sample.label,
            "response_tokens": sample.response_length,
            "finish_reason": {"completed": "stop", "truncated": "length"}.get(status),
            _AGAINST: metadata.get(_AGAINST),
        }

    def path(self, directory: str, rollout_id: Any) -> str:
        """Where the state of a checkpoint lies, beside slime's own."""
        return os.path.join(directory, f"rollout/cdas_lens_{rollout_id}.json")


_session: Optional[_Session] = None


def _reward(value: Any, key: Optional[str]) -> Optional[float]:
    if isinstance(value, Mapping):
        value = value.get(key) if key else next(iter(value.values()), None)
    return finite_number(value)


def _row(sample: Any) -> Dict[str, Any]:
    """A sample as a dataset row: its metadata may carry an id."""
    metadata = sample.metadata if isinstance(sample.metadata, Mapping) else {}
    prompt = user_text(sample.prompt) if isinstance(sample.prompt, str) else sample.prompt
    return {"prompt": prompt, "answer": sample.label, "id": metadata.get("id"), "problem_id": metadata.get("problem_id"),
            "extra_info": {"index": metadata.get("index")}}


class DataSourceMixin:
    """Goes before slime's RolloutDataSourceWithBuffer among the bases of a data source class."""

    def __init__(self, args: Any):
        global _session
        super().__init__(args)
        self._cdas: Optional[_Session] = None
        try:
            if self.dataset is not None:
                self._cdas = _session = _Session(args, getattr(self.dataset, "origin_samples", self.dataset.samples))
        except Exception:
            _log.exception("this data source cannot be curated; training continues on all of it")

    def get_samples(self, num_samples: int) -> List[List[Any]]:
        """As the base class, with the rows that are to be trained."""
        groups = super().get_samples(num_samples)
        try:
            return groups if self._cdas is None else self._cdas.curate(groups)
        except Exception:
            _log.exception("these samples could not be curated; they are used as they are")
            return groups

    def save(self, rollout_id: Any) -> None:
        """Saves our state beside slime's own."""
        super().save(rollout_id)
        if self._cdas is None or not self.args.save:
            return
        path = self._cdas.path(self.args.save, rollout_id)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write_state(path, {"next": self._cdas.next_rollout, "chooser": self._cdas.chooser.state_dict()})
        except Exception:
            _log.exception("%s could not be written", path)

    def load(self, rollout_id: Any = None) -> None:
        """Takes our state back with slime's own."""
        super().load(rollout_id)
        if self._cdas is None or not getattr(self.args, "load", None):
            return
        if isinstance(rollout_id, int):
            self._cdas.next_rollout = rollout_id + 1
        try:
            with open(self._cdas.path(self.args.load, rollout_id), encoding="ascii") as stream:
                self._cdas.chooser.load_state_dict(json.load(stream)["chooser"])
        except FileNotFoundError:
            _log.info("no CDAS state for rollout %s: difficulties start from scratch", rollout_id)
        except Exception:
            _log.exception("the CDAS state of rollout %s cannot be used; difficulties start from scratch", rollout_id)


def observe(args: Any, all_samples: Iterable[Any], data_source: Any) -> None:
    """slime's `--rollout-all-samples-process-path`: all that was generated, also what a filter drops from training."""
    if _session is not None:
        _session.generated = list(_flat(all_samples))


def log_rollout_data(rollout_id: int, args: Any, samples: Any, rollout_extra_metrics: Any, rollout_time: Any) -> bool:
    """slime's `--custom-rollout-log-function-path`. False: slime logs its own metrics all the same."""
    try:
        if _session is not None:
            _session.rollout_ended(rollout_id, _flat(samples))
    except Exception:
        _log.exception("rollout %s could not be logged", rollout_id)
    return False


def _flat(samples: Iterable[Any]) -> Iterable[Any]:
    for each in samples:
        if isinstance(each, (list, tuple)):
            yield from _flat(each)
        else:
            yield each


def __getattr__(name: str) -> Any:
    if name != "CuratedDataSource":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from slime.rollout.data_source import RolloutDataSourceWithBuffer

    built = globals()[name] = type(name, (DataSourceMixin, RolloutDataSourceWithBuffer), {"__module__": __name__})
    return built
