"""The order in which TRL's GRPOTrainer gets its rows: as its RepeatSampler, but each batch chosen when it is fetched."""

from __future__ import annotations

import logging
from collections import deque
from typing import Any, Deque, Dict, Iterator, List, Mapping, NamedTuple, Optional

from cdas_lens.chooser import BatchChooser
from cdas_lens.ranks import rank, shared

STATE_SCHEMA = "cdas-trl-state/1"

_log = logging.getLogger(__name__)


class Shape(NamedTuple):
    """How TRL goes through a dataset of `rows`.

    A generation batch holds `prompts` rows, each `generations` times in a row, and is yielded `repeats` times
    (`num_iterations * steps_per_generation`); an optimizer step takes `accumulation` of these.
    """

    rows: int
    prompts: int
    generations: int
    repeats: int
    accumulation: int

    @property
    def batches(self) -> int:
        """Generation batches in an epoch."""
        return self.rows // self.prompts

    @property
    def steps(self) -> int:
        """Optimizer steps in an epoch, as transformers counts them."""
        return max(1, -(-self.batches * self.repeats // self.accumulation))


class Chosen(NamedTuple):
    """A generation batch: its rows, the steps it is trained in, and the decisions it obeys."""

    rows: List[int]
    first_step: int
    last_step: int
    generation: int
    digest: Optional[str]
    relabels: Mapping[int, Any]


class BatchQueue:
    """Chooses the generation batches and remembers those that the dataloader has fetched but no step has trained.

    In a distributed job only the first process reads decisions; the others are told the rows.
    """

    def __init__(self, chooser: BatchChooser, shape: Shape):
        self.chooser = chooser
        self.shape = shape
        self.trained_step = 0
        self._start_step, self._skips = 0, True
        self._ahead: Deque[Chosen] = deque()
        self._replay: Deque[Dict[str, Any]] = deque()
        self._latest: Optional[Chosen] = None

    def epochs(self) -> "RepeatedBatches":
        """The sampler: an iterable that starts the next epoch each time it is iterated."""
        return RepeatedBatches(self)

    def batch(self, first_step: int, last_step: int) -> List[int]:
        """The rows of the generation batch that is trained from `first_step` to `last_step`."""
        first_step = max(first_step, self.trained_step + 1)
        told = self._choose(first_step) if rank() == 0 else None
        rows, generation, digest, relabels = shared(told)
        self._latest = Chosen(rows, first_step, last_step, generation, digest, relabels)
        while self._ahead and self._ahead[0].last_step <= self.trained_step:
            self._ahead.popleft()
        self._ahead.append(self._latest)
        return rows

    def _choose(self, first_step: int) -> Any:
        chooser, size = self.chooser, self.shape.prompts
        rows: List[int] = []
        if self._replay:
            saved = self._replay.popleft()
            if len(saved["rows"]) == size and max(saved["rows"]) < self.shape.rows:
                rows = chooser.recheck(saved["rows"], saved["digest"], lambda: first_step)
        rows = rows or chooser.next_batch(lambda: first_step)
        plan = chooser.plan
        return rows, plan.generation, plan.digest, plan.relabels

    def scored_under(self, step: int) -> Optional[Chosen]:
        """The batch whose rollouts are scored in `step`: its relabels count, not those of one fetched ahead."""
        at_step = [each for each in self._ahead if each.first_step <= step]
        return at_step[-1] if at_step else self._latest

    def start(self, step: int, state: Optional[Mapping[str, Any]] = None, skips: bool = True) -> None:
        """Begins a training run at a checkpoint of `step` (0: from scratch) with what `state_dict` gave there.

        `skips` says whether the dataloader is going to be read past the batches that were trained.
        """
        self.trained_step = self._start_step = step
        self._skips = skips
        self._ahead.clear()
        self._replay.clear()
        self._latest = None
        if state is None:
            return
        try:
            if state.get("schema") != STATE_SCHEMA:
                raise ValueError(f"its schema is {state.get('schema')!r}, not {STATE_SCHEMA!r}")
            self.chooser.load_state_dict(state["chooser"])
            self._replay.extend(state["ahead"])
        except Exception:
            _log.exception("the sampler's state in the checkpoint cannot be used; difficulties start from scratch")

    def first_of_epoch(self) -> "Start":
        """Where the next epoch begins, and how many of its batches the dataloader only skips."""
        step = self._start_step
        done = step % self.shape.steps if self._skips else 0
        start = Start(step - done, done * self.shape.accumulation // self.shape.repeats)
        self._start_step, self._skips = start.step + self.shape.steps, True
        return start

    def state_dict(self) -> Dict[str, Any]:
        """The chooser's state and the batches that it chose but that were not trained to the end."""
        ahead = [each for each in self._ahead if each.last_step > self.trained_step]
        return {
            "schema": STATE_SCHEMA,
            "step": self.trained_step,
            "ahead": [{"rows": each.rows, "digest": each.digest} for each in ahead],
            "chooser": self.chooser.state_dict(),
        }


class Start(NamedTuple):
    """The last step before an epoch, and the number of its generation batches that were trained before a restart."""

    step: int
    skipped: int


class RepeatedBatches:
    """Yields row numbers in the order that TRL's RepeatSampler defines, as many of them."""

    def __init__(self, queue: BatchQueue):
        self._queue = queue

    def __len__(self) -> int:
        shape = self._queue.shape
        return shape.batches * shape.prompts * shape.generations * shape.repeats

    def __iter__(self) -> Iterator[int]:
        shape, start = self._queue.shape, self._queue.first_of_epoch()
        for number in range(shape.batches):
            if number < start.skipped:
                # What the dataloader skips is never looked at.
                rows = [0] * shape.prompts
            else:
                first = number * shape.repeats // shape.accumulation
                last = ((number + 1) * shape.repeats - 1) // shape.accumulation
                rows = self._queue.batch(start.step + first + 1, start.step + last + 1)
            for _ in range(shape.repeats):
                for row in rows:
                    for _ in range(shape.generations):
                        yield row
