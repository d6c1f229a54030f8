"""What the decisions mean for one dataset: the framework-neutral half of every adapter."""

from __future__ import annotations

import json
import logging
import os
import uuid
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Dict, FrozenSet, List, Mapping, Optional, Sequence, Set, Tuple

from cdas_lens import __version__
from cdas_lens.decisions import SamplerConfig, SamplerFile
from cdas_lens.delivery import Delivery
from cdas_lens.matching import DatasetIndex, Match
from cdas_lens.ranks import rank
from cdas_lens.receipts import LISTED_IDS, SCHEMA, receipt_time

# What a person chose of a strategy is far below this.
_SAMPLER_CHARS = 4096
# What receipts call the decisions.
_COUNTS = (("excluded", "exclude"), ("pinned", "pin"), ("relabelled", "relabel"))

_log = logging.getLogger(__name__)


Describe = Callable[[], Mapping[str, Any]]


def launch_id() -> str:
    """Names this training job. Its workers inherit the name, so that a digest gets one receipt among them."""
    return os.environ.setdefault("CDAS_LENS_LAUNCH", uuid.uuid4().hex)


@dataclass(frozen=True)
class Plan:
    """One sampler config applied to one dataset, in row numbers.

    `allowed` are the rows that may stand in for excluded ones; it is never empty unless the dataset is.
    """

    generation: int = 0
    digest: Optional[str] = None
    excluded: FrozenSet[int] = frozenset()
    pinned: Tuple[int, ...] = ()
    allowed: Tuple[int, ...] = ()
    relabels: Mapping[int, Any] = field(default_factory=dict)
    counts: Mapping[str, Any] = field(default_factory=dict)


def make_plan(config: SamplerConfig, index: DatasetIndex) -> Plan:
    """Matches every decision to the dataset; excludes no more than leaves at least one row."""
    found = {problem_id: index.find(problem_id, decided) for problem_id, decided in config.problems.items()}
    excluded: Set[int] = set()
    pinned: List[int] = []
    relabels: Dict[int, Any] = {}
    ignored: List[str] = []
    tally: Counter = Counter()
    for problem_id, decided in config.problems.items():
        rows = found[problem_id].rows
        if not rows:
            continue
        if decided.relabelled:
            tally["relabel"] += 1
            relabels.update(dict.fromkeys(rows, decided.ground_truth))
        if decided.membership == "exclude" and not _may_leave(rows, excluded, len(index)):
            ignored.append(problem_id)
            continue
        tally[decided.membership] += 1
        if decided.membership == "exclude":
            excluded.update(rows)
        elif decided.membership == "pin":
            pinned.append(rows[0])
    if ignored:
        _log.error("the exclusions of generation %d would leave no problem to train on: %d of them are ignored, the first is %r",
                   config.generation, len(ignored), ignored[0])
    return Plan(
        generation=config.generation,
        digest=config.digest,
        excluded=frozenset(excluded),
        pinned=tuple(dict.fromkeys(row for row in pinned if row not in excluded)),
        allowed=tuple(row for row in range(len(index)) if row not in excluded),
        relabels=relabels,
        counts={
            **{count: tally[decided] for count, decided in _COUNTS},
            **_match_counts(config, index, found),
            **({"ignored": ignored[:LISTED_IDS]} if ignored else {}),
        },
    )


def _may_leave(rows: Sequence[int], excluded: Set[int], total: int) -> bool:
    return len(excluded) + sum(1 for row in rows if row not in excluded) < total


def _match_counts(config: SamplerConfig, index: DatasetIndex, found: Mapping[str, Match]) -> Dict[str, Any]:
    """How much of the config the dataset knows: ids with difficulty count, only decided ones are listed."""
    lost = [problem_id for problem_id, match in found.items() if not match.rows]
    ambiguous = [problem_id for problem_id in lost if found[problem_id].ambiguous]
    if lost:
        _log.warning("generation %d: %d of %d decided problems are missing from this dataset or ambiguous in it, "
                     "the first is %r", config.generation, len(lost), len(found), lost[0])
    return {
        "matched": len(found) - len(lost) + _known(config, index),
        "unmatched": lost[:LISTED_IDS],
        **({"unmatchedTotal": len(lost)} if len(lost) > LISTED_IDS else {}),
        **({"ambiguous": ambiguous[:LISTED_IDS]} if ambiguous else {}),
    }


def _known(config: SamplerConfig, index: DatasetIndex) -> int:
    """How many undecided problems that the config gives a difficulty for are in the dataset."""
    return sum(1 for each in config.raw_difficulty if each not in config.problems and index.holds(each))


def follow_up(plan: Plan, before: SamplerConfig, config: SamplerConfig, index: DatasetIndex) -> Plan:
    """The plan for a config with the same decisions as the one before: a run's difficulty moves at every step."""
    counts = dict(plan.counts)
    if before.raw_difficulty.keys() != config.raw_difficulty.keys():
        counts["matched"] += _known(config, index) - _known(before, index)
    return replace(plan, generation=config.generation, digest=config.digest, counts=counts)


def _said_of(sampler: Optional[Describe]) -> Dict[str, Any]:
    """What a receipt says of how batches are chosen: nothing where a strange strategy would spoil its line."""
    if sampler is None:
        return {}
    described = sampler()
    try:
        fits = len(json.dumps(described, allow_nan=False)) <= _SAMPLER_CHARS
    except (TypeError, ValueError):
        fits = False
    return {"sampler": described} if fits else {}


class Curation:
    """Keeps the plan for a dataset up to date and writes the receipts.

    `writes_receipts` is asked each time, as only one process of a job should say yes where the framework can tell.
    """

    def __init__(
        self,
        directory: str,
        index: DatasetIndex,
        adapter: str,
        run: Optional[str] = None,
        writes_receipts: Callable[[], bool] = lambda: True,
    ):
        self.directory = directory
        self.index = index
        self.adapter = f"{adapter} {__version__}"
        self.run = run
        self.launch = launch_id()
        self.writes_receipts = writes_receipts
        self.file = SamplerFile(directory)
        self.plan = Plan(allowed=tuple(range(len(index))))
        self._planned: Optional[SamplerConfig] = None
        self._failed = False
        self._delivery = Delivery(directory)
        self._say_what_is_missing()

    def _say_what_is_missing(self) -> None:
        """A directory that was misspelt looks like one in which nothing was decided yet."""
        if rank() != 0 or os.path.exists(self.file.path):
            return
        if os.path.isdir(self.directory):
            _log.info("%s does not exist yet: nothing is curated until the first decision", self.file.path)
        else:
            _log.warning("there is no directory %s: nothing is curated until CDAS Lens creates it, with the first decision; "
                         "check the path if there are decisions already", self.directory)

    @property
    def config(self) -> Optional[SamplerConfig]:
        """The sampler config in force."""
        return self.file.config

    def refresh(self, next_step: Callable[[], int], force: bool = False, sampler: Optional[Describe] = None) -> bool:
        """Looks at sampler.json and takes over a changed one. Returns whether the plan changed; never raises.

        `next_step` tells the training step for which the next rows are; it is asked only for a receipt, as is
        `sampler`: how batches are chosen, where they are chosen here.
        """
        try:
            config = self.file.poll(force)
            if config is None:
                self._delivery.deliver()
                return False
            before = self._planned
            if before is not None and before.problems == config.problems:
                self.plan = follow_up(self.plan, before, config, self.index)
            else:
                self.plan = make_plan(config, self.index)
            self._planned, self._failed = config, False
        except Exception:
            # Whatever is wrong with a curation file, training goes on with the last plan.
            if not self._failed:
                _log.exception("%s cannot be applied; the last good decisions stay in force", self.file.path)
            self._failed = True
            return False
        _log.info("generation %d is in force: %s", self.plan.generation, self.plan.counts)
        try:
            self._confirm(config, next_step, sampler)
        except Exception:
            _log.exception("could not write the receipt of generation %d; its decisions are in force all the same", config.generation)
        return True

    def _confirm(self, config: SamplerConfig, next_step: Callable[[], int], sampler: Optional[Describe]) -> None:
        # A receipt that did not get through before says less than this one.
        self._delivery.owe(None)
        if not self.writes_receipts():
            return
        self._delivery.owe({
            "schema": SCHEMA,
            "at": receipt_time(config.written_at),
            "generation": config.generation,
            "digest": config.digest,
            "appliedAtStep": next_step(),
            **self.plan.counts,
            "adapter": self.adapter,
            "run": self.run or config.run or "",
            "launch": self.launch,
            **_said_of(sampler),
        })
        self._delivery.deliver()
