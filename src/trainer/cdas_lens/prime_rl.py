"""Curation for prime-rl: a `verifiers` taskset that goes on for ever and obeys the decisions.

A module of your own, with `env.train.taskset.id` pointing at it:

    from my_environment import MyTaskset
    from cdas_lens.prime_rl import curated
    CuratedTaskset = curated(MyTaskset)
    __all__ = ["CuratedTaskset"]

Run with the taskset classes of verifiers 0.4.0; prime-rl itself was not run.
"""

from __future__ import annotations

import copy
import logging
from typing import Any, Dict, Iterator, List, Mapping, Optional

from cdas_lens.chooser import BatchChooser
from cdas_lens.curation import Curation
from cdas_lens.matching import DatasetIndex
from cdas_lens.relabels import changed_fields
from cdas_lens.settings import environment
from cdas_lens.strategy_settings import own_strategy
from cdas_lens.substitution import substitute

_DEFAULT_BATCH = 64

_log = logging.getLogger(__name__)


class _Tasks:
    """The tasks of one taskset and which of them comes next."""

    def __init__(self, tasks: List[Any], options: Mapping[str, Any]):
        settings = environment()
        self.tasks = tasks
        rows = [_row(task.data) for task in tasks]
        curation = Curation(options.get("directory") or settings.directory, DatasetIndex.of_rows(rows), "prime-rl",
                            options.get("run") or settings.run)
        batch = options.get("batch") or settings.batch or _DEFAULT_BATCH
        own = own_strategy(options.get("strategy") or settings.strategy, seed=settings.seed)
        self.chooser = BatchChooser(curation, batch, own=own, learns=False)
        self._start_step, self._yielded = settings.start_step, 0

    def endless(self, kind: Any) -> Iterator[Any]:
        """Task after task, each looked at once more against the decisions just before it goes out."""
        while self.tasks:
            for row in self.chooser.next_batch(self._next_step):
                self.chooser.curation.refresh(self._next_step)
                plan = self.chooser.plan
                yield self._task(substitute(row, plan, 1, self._yielded), kind)
                self._yielded += 1

    def _next_step(self) -> int:
        # A resumed job first reads on to where it was. A step of which tasks went out already obeys only in part.
        return max(self._start_step, -(-self._yielded // self.chooser.size)) + 1

    def _task(self, row: int, kind: Any) -> Any:
        data, plan = self.tasks[row].data, self.chooser.plan
        update: Dict[str, Any] = {"id": self.chooser.curation.index.problem_of_row[row]}
        if row in plan.relabels:
            update.update(changed_fields(data.model_dump(), plan.relabels[row]))
        task = copy.copy(self.tasks[row].with_data(**update))
        task.__class__ = kind
        return task


def _row(data: Any) -> Dict[str, Any]:
    """A task's data as a dataset row; its number is only where it stood and names nothing."""
    return {name: value for name, value in data.model_dump(mode="json").items() if name != "idx"}


def _task_class(base: type) -> type:
    class CuratedTask(base):
        """A task that is known by its problem wherever it stands in the stream."""

        @property
        def key(self) -> str:
            """The problem's id."""
            return self.data.id or super().key

    CuratedTask.__name__ = CuratedTask.__qualname__ = f"Curated{base.__name__}"
    return CuratedTask


def curated(
    base: type,
    directory: Optional[str] = None,
    run: Optional[str] = None,
    batch: Optional[int] = None,
    strategy: Optional[str] = None,
) -> type:
    """A taskset class that yields the tasks of `base` for ever: excluded ones never, pinned ones in every `batch`.

    `batch` is the number of prompts of a step. The strategy is that of sampler.json unless one is given; CDAS goes by
    the difficulties that the lens writes there. A task's `key` is its problem's id, however often it comes.
    """
    options = {"directory": directory, "run": run, "batch": batch, "strategy": strategy}
    curated_task = _task_class(base.task_type())

    class CuratedTaskset(base):
        """The tasks of the base, for ever, as decided."""

        INFINITE = True

        @classmethod
        def task_type(cls) -> type:
            """The class of the tasks that are yielded."""
            return curated_task

        def load(self) -> Iterator[Any]:
            """Task after task."""
            tasks = list(super().load())
            try:
                curating = _Tasks(tasks, options)
            except Exception:
                _log.exception("this taskset cannot be curated; it is repeated as it is")
                while tasks:
                    yield from tasks
                return
            yield from curating.endless(curated_task)

    CuratedTaskset.__name__ = CuratedTaskset.__qualname__ = f"Curated{base.__name__}"
    return CuratedTaskset
