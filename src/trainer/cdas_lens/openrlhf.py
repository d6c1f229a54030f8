"""Rollout logs and relabels for OpenRLHF, whose only hook per rollout is the reward function.

The file that `--reward.remote_url` names:

    from cdas_lens.openrlhf import logged
    from my_rewards import score                     # reward_func(queries, prompts, labels)
    reward_func = logged(score, rollouts="/path/to/run/rollouts", rollouts_per_step=1024, directory="/path/to/.cdas")

Relabels are obeyed; OpenRLHF has no hook by which pins, exclusions and a strategy could be. Run in the rollout executor
of OpenRLHF 0.11.2; whole jobs were not run.
"""

from __future__ import annotations

import functools
import json
import logging
import os
import threading
from typing import Any, Callable, Dict, List, Mapping, Optional

from cdas_lens import __version__
from cdas_lens.complaints import Complaints
from cdas_lens.curation import launch_id
from cdas_lens.decisions import SamplerConfig, SamplerFile
from cdas_lens.delivery import Delivery
from cdas_lens.identity import text_hash
from cdas_lens.matching import taken_apart
from cdas_lens.receipts import LISTED_IDS, SCHEMA, receipt_time
from cdas_lens.relabels import in_kind
from cdas_lens.rollouts import RolloutWriter, finite_number
from cdas_lens.templates import user_text

COUNT_FILE = "rollouts.count"

_log = logging.getLogger(__name__)


class _Tickets:
    """Numbers the rollouts of a run over all its processes: each appends one byte and sees where it fell."""

    def __init__(self, directory: str):
        self._path = os.path.join(directory, COUNT_FILE)
        self._descriptor: Optional[int] = None
        self._lock = threading.Lock()

    def next(self) -> int:
        """The number of the next rollout, from 0."""
        with self._lock:
            if self._descriptor is None:
                os.makedirs(os.path.dirname(self._path), exist_ok=True)
                self._descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
            os.write(self._descriptor, b".")
            return os.lseek(self._descriptor, 0, os.SEEK_CUR) - 1


class RewardLog:
    """Notes what a reward function scored, and hands it relabelled answers."""

    def __init__(self, rollouts: str, rollouts_per_step: int, directory: Optional[str], correct_threshold: float):
        self._writer = RolloutWriter(rollouts, part=str(os.getpid()))
        self._tickets = _Tickets(rollouts)
        self._per_step = max(1, rollouts_per_step)
        self._threshold = correct_threshold
        self._file = SamplerFile(directory) if directory else None
        self._delivery = Delivery(directory) if directory else None
        self._relabels: Dict[str, Any] = {}
        self._step = 1
        self._complaints = Complaints(_log)

    def relabelled(self, prompts: List[str], labels: List[Any]) -> List[Any]:
        """`labels` with the answers that people decided on."""
        try:
            self._refresh()
            hashes = [text_hash(user_text(prompt)) for prompt in prompts]
            return [in_kind(self._relabels[each], label) if each in self._relabels else label
                    for each, label in zip(hashes, labels)]
        except Exception:
            self._complaints.say("relabels could not be applied; labels are passed on unchanged")
            return labels

    def _refresh(self) -> None:
        if self._file is None or self._delivery is None:
            return
        config = self._file.poll()
        if config is not None:
            self._relabels = {each.text_hash: each.ground_truth for problem, each in config.problems.items()
                              if each.relabelled and each.text_hash is not None and not _shares_text(problem)}
            self._delivery.owe(self._receipt(config))
        self._delivery.deliver()

    def _receipt(self, config: SamplerConfig) -> Dict[str, Any]:
        """Receipts name as unmatched what this hook cannot obey, and as unsupported where that is only a membership."""
        relabelled = [problem for problem, each in config.problems.items() if each.relabelled]
        ambiguous = [problem for problem in relabelled if _shares_text(problem)]
        lost = {*ambiguous, *(problem for problem in relabelled if config.problems[problem].text_hash is None)}
        beyond = [problem for problem, each in config.problems.items() if each.membership != "normal" or problem in lost]
        unsupported = [problem for problem in beyond if problem not in lost]
        return {
            "schema": SCHEMA, "at": receipt_time(config.written_at), "generation": config.generation, "digest": config.digest,
            "appliedAtStep": self._step, "excluded": 0, "pinned": 0, "relabelled": len(self._relabels),
            "matched": len(config.problems) - len(beyond), "unmatched": beyond[:LISTED_IDS],
            **({"unmatchedTotal": len(beyond)} if len(beyond) > LISTED_IDS else {}),
            **({"ambiguous": ambiguous[:LISTED_IDS]} if ambiguous else {}),
            **({"unsupported": unsupported[:LISTED_IDS]} if unsupported else {}),
            "adapter": f"openrlhf {__version__}", "run": config.run or "", "launch": launch_id(),
        }

    def note(self, queries: List[str], prompts: List[str], labels: List[Any], result: Any) -> None:
        """Logs what the function returned for these rollouts."""
        try:
            rewards = _list(result.get("rewards") if isinstance(result, Mapping) else result)
            for at, prompt in enumerate(prompts):
                number = self._tickets.next()
                self._step = number // self._per_step + 1
                reward = finite_number(rewards[at]) if at < len(rewards) else None
                query = queries[at]
                self._writer.write(
                    self._step, f"h:{text_hash(user_text(prompt))}", reward,
                    correct=None if reward is None else reward >= self._threshold, prompt=prompt,
                    response=query[len(prompt) :] if query.startswith(prompt) else query, ground_truth=_plain(labels[at]),
                )
        except Exception:
            self._complaints.say("rollouts could not be logged")


def _shares_text(problem: str) -> bool:
    """Whether an id is that of one of several problems with one text, which a prompt alone cannot tell apart."""
    return taken_apart(problem)[1] is not None


def _list(rewards: Any) -> List[Any]:
    listed = rewards.tolist() if hasattr(rewards, "tolist") else rewards
    return list(listed) if isinstance(listed, (list, tuple)) else [listed]


def _plain(label: Any) -> Any:
    try:
        json.dumps(label)
        return label
    except (TypeError, ValueError):
        return str(label)


def logged(
    score: Callable[..., Any],
    rollouts: str,
    rollouts_per_step: int,
    directory: Optional[str] = None,
    correct_threshold: float = 1.0,
) -> Callable[..., Any]:
    """`score`, an OpenRLHF reward function, with every rollout in the neutral log below `rollouts`.

    OpenRLHF does not say which step it is: `rollouts_per_step` (rollout batch size × samples per prompt) tells.
    `directory` is the curation directory, if relabels are to be obeyed.
    """
    log = RewardLog(rollouts, rollouts_per_step, directory or os.environ.get("CDAS_LENS_DIR"), correct_threshold)

    @functools.wraps(score)
    def reward_func(queries: List[str], prompts: List[str], labels: List[Any], **more: Any) -> Any:
        handed = log.relabelled(prompts, labels)
        result = score(queries, prompts, handed, **more)
        log.note(queries, prompts, handed, result)
        return result

    return reward_func
