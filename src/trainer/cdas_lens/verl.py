"""The names that a verl config points at.

verl >= 0.8, and any version for relabels and exclusions:
    data.custom_cls.path=pkg://cdas_lens.verl  data.custom_cls.name=CuratedDataset
verl <= 0.7, in addition, for CDAS sampling:
    data.sampler.class_path=pkg://cdas_lens.verl  data.sampler.class_name=CdasCurriculumSampler
    data.dataloader_num_workers=0
verl <= 0.8, to log problem ids:
    custom_reward_function.path=pkg://cdas_lens.verl  custom_reward_function.name=compute_score

verl and torch are imported when one of the classes is asked for, not before.

What was run: verl's own training loop of 0.7.1 and 0.9.1 (the trainer that it calls legacy) with all three, from the
dataset factory over the reward manager to checkpoints and rollout dumps, with a table in the model's place; the dataset
class in 0.8.0 and with dataloader workers. What was not run: Ray workers with a model, and verl before 0.7.
"""

from __future__ import annotations

import functools
import importlib.util
import inspect
from typing import Any, Callable, Dict, Mapping, Optional

from cdas_lens.verl_dataset import CuratedDatasetMixin
from cdas_lens.verl_sampler import CdasSamplerMixin


def curated(base: type) -> type:
    """A dataset class that behaves as `base`, a subclass of verl's RLHFDataset, and obeys the decisions."""
    return type(f"Curated{base.__name__}", (CuratedDatasetMixin, base), {"__module__": base.__module__})


def _curated_dataset() -> type:
    from verl.utils.dataset.rl_dataset import RLHFDataset

    return type("CuratedDataset", (CuratedDatasetMixin, RLHFDataset), {"__module__": __name__})


def _curriculum_sampler() -> type:
    from verl.experimental.dataset.sampler import AbstractCurriculumSampler

    return type("CdasCurriculumSampler", (CdasSamplerMixin, AbstractCurriculumSampler), {"__module__": __name__})


_BUILDERS = {"CuratedDataset": _curated_dataset, "CdasCurriculumSampler": _curriculum_sampler}


def __getattr__(name: str) -> Any:
    if name not in _BUILDERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    built = globals()[name] = _BUILDERS[name]()
    return built


def with_problem_id(score: Callable[..., Any]) -> Callable[..., Any]:
    """A reward function that also returns `problem_id`, which verl up to 0.8 writes into its rollout dumps.

    The id is text, as everything else would break the dumps of verl 0.7 and earlier. Works on plain and on async
    functions of verl's signature (data_source, solution_str, ground_truth, extra_info, ...).
    """
    if inspect.iscoroutinefunction(score):

        @functools.wraps(score)
        async def scored_later(*args: Any, **kwargs: Any) -> Dict[str, Any]:
            return _named(await score(*args, **kwargs), _extra_info(args, kwargs))

        return scored_later

    @functools.wraps(score)
    def scored(*args: Any, **kwargs: Any) -> Dict[str, Any]:
        return _named(score(*args, **kwargs), _extra_info(args, kwargs))

    return scored


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: Any,
    extra_info: Optional[Mapping[str, Any]] = None,
    **options: Any,
) -> Dict[str, Any]:
    """verl's own reward for `data_source`, with the problem's id beside it."""
    from verl.utils.reward_score import default_compute_score

    return _named(default_compute_score(data_source, solution_str, ground_truth, extra_info, **options), extra_info)


def _extra_info(args: Any, kwargs: Mapping[str, Any]) -> Any:
    return kwargs["extra_info"] if "extra_info" in kwargs else args[3] if len(args) > 3 else None


@functools.lru_cache(maxsize=None)
def _calls_a_plain_score_accuracy() -> bool:
    """Since 0.7, verl notes a reward that is only a number as `acc` too, after which it names its validation metrics."""
    try:
        return importlib.util.find_spec("verl.experimental.reward_loop") is not None
    except (ImportError, ValueError):
        return False


def _named(result: Any, extra_info: Any) -> Dict[str, Any]:
    if isinstance(result, Mapping):
        named = dict(result)
    else:
        named = {"score": result, "acc": result} if _calls_a_plain_score_accuracy() else {"score": result}
    info = extra_info if isinstance(extra_info, Mapping) else {}
    problem_id = info.get("curation_problem_id", info.get("index"))
    named["problem_id"] = "" if problem_id is None else str(problem_id)
    return named
