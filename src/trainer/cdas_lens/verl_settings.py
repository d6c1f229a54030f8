"""What the adapters read out of a verl config: where the curation directory is, and where the run stands."""

from __future__ import annotations

import logging
import os
import re
from typing import Any, List, NamedTuple, Optional

_CHECKPOINT_STEP = re.compile(r"global_step_(\d+)")

_log = logging.getLogger(__name__)


class Settings(NamedTuple):
    """The settings of one training job, from `data.cdas.*`, the rest of the config and the environment.

    `batch_size` is what the dataloader fetches at once and `prompts_per_step` what a training step takes at least;
    they differ where `gen_batch_size` is set. `start_step` is the last step of the checkpoint that the job resumes
    from, 0 for a fresh one. `strategy`, `mode` and `own_seed` count before sampler.json, `seed` after it.
    """

    directory: str
    run: Optional[str]
    strategy: Optional[str]
    mode: Optional[str]
    own_seed: Optional[int]
    correct_threshold: float
    seed: int
    batch_size: int
    prompts_per_step: int
    start_step: int


def read_settings(data_config: Any) -> Settings:
    """The settings in verl's `config.data` and, where it is part of a whole config, around it."""
    root = _root(data_config)
    directory = select(data_config, "cdas.dir") or os.environ.get("CDAS_LENS_DIR") or ".cdas"
    train_batch_size = int(select(data_config, "train_batch_size") or 1)
    batch_size = int(select(data_config, "gen_batch_size") or train_batch_size)
    name = select(data_config, "cdas.run") or select(root, "trainer.experiment_name")
    threshold = select(data_config, "cdas.correct_threshold")
    own_seed, seed = select(data_config, "cdas.seed"), select(data_config, "seed")
    return Settings(
        directory=os.path.abspath(os.path.expanduser(str(directory))),
        run=None if name is None else str(name),
        strategy=select(data_config, "cdas.strategy"),
        mode=select(data_config, "cdas.mode"),
        own_seed=own_seed if isinstance(own_seed, int) else None,
        correct_threshold=1.0 if threshold is None else float(threshold),
        seed=int(seed) if isinstance(seed, int) else 1,
        batch_size=batch_size,
        prompts_per_step=max(batch_size, train_batch_size),
        start_step=_start_step(root),
    )


def is_training_split(data_files: Any, data_config: Any) -> bool:
    """Whether `data_files` are the training files: verl builds the validation set with the same class."""
    files = file_list(data_files)
    return bool(files) and files == file_list(select(data_config, "train_files"))


def is_validation_split(data_files: Any, data_config: Any) -> bool:
    """Whether `data_files` are the validation files."""
    return file_list(data_files) == file_list(select(data_config, "val_files"))


def file_list(files: Any) -> List[str]:
    """One path or a list of them, as a list of text."""
    if files is None:
        return []
    if isinstance(files, (str, os.PathLike)):
        return [str(files)]
    return [str(each) for each in files]


def select(config: Any, path: str) -> Any:
    """The value at a dotted path of a config, or None; interpolations that do not resolve count as absent."""
    node = config
    for key in path.split("."):
        try:
            node = node.get(key)
        except Exception:
            # OmegaConf has a family of errors here; a setting that cannot be read is a setting that is not there.
            return None
    return node


def _root(data_config: Any) -> Any:
    try:
        return data_config._get_root()
    except AttributeError:
        return data_config


def _start_step(root: Any) -> int:
    mode = select(root, "trainer.resume_mode")
    if mode == "disable":
        return 0
    if mode == "resume_path":
        found = _CHECKPOINT_STEP.findall(str(select(root, "trainer.resume_from_path")))
        return int(found[-1]) if found else 0
    directory = select(root, "trainer.default_local_dir")
    if not isinstance(directory, str):
        return 0
    try:
        with open(os.path.join(directory, "latest_checkpointed_iteration.txt"), encoding="ascii") as stream:
            return int(stream.read(32).strip())
    except (OSError, ValueError):
        return 0
