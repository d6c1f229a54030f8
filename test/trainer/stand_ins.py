"""Stand-ins for torch and verl with the documented interfaces only: the tests run without them."""

from __future__ import annotations

import importlib
import sys
import types
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional

from harness import CurationCase


class FakeConfig(dict):
    """As much of an OmegaConf node as the adapters use: `get` on nested mappings, and a parent."""

    root: Optional["FakeConfig"] = None

    def _get_root(self) -> "FakeConfig":
        return self if self.root is None else self.root


def training_config(directory: str, batch_size: int = 4, **trainer: Any) -> FakeConfig:
    """`config.data` of a verl job whose curation directory is `directory`."""
    data = FakeConfig(
        train_files=["train.parquet"],
        val_files=["test.parquet"],
        train_batch_size=batch_size,
        seed=7,
        cdas=FakeConfig(dir=directory),
    )
    data.root = FakeConfig(data=data, trainer=FakeConfig({"experiment_name": "demo", "resume_mode": "disable", **trainer}))
    return data


class FakeRlhfDataset:
    """verl's RLHFDataset as its interface says: built from files, rows by position, state without the data."""

    rows: List[Dict[str, Any]] = []

    def __init__(self, data_files: Any, tokenizer: Any = None, config: Any = None, processor: Any = None, max_samples: int = -1):
        self.data_files = data_files
        self.config = config
        self.prompt_key = "prompt"
        self.dataframe = [dict(row) for row in self.rows]

    def __len__(self) -> int:
        return len(self.dataframe)

    def __getitem__(self, item: int) -> Dict[str, Any]:
        row = dict(self.dataframe[item])
        row["index"] = row["extra_info"]["index"]
        return row


class FakeCurriculumSampler:
    """verl's AbstractCurriculumSampler: nothing but the interface."""


class FakeScores:
    """A two-dimensional tensor, as far as the sampler sums it."""

    def __init__(self, rows: List[List[float]]):
        self._rows = rows

    def sum(self, dim: int) -> "FakeScores":
        """The sums over the last dimension."""
        assert dim == -1
        return FakeScores([sum(row) for row in self._rows])

    def tolist(self) -> List[Any]:
        """Plain values."""
        return self._rows


@contextmanager
def fake_verl() -> Iterator[Any]:
    """verl's modules as stand-ins, and `cdas_lens.verl` freshly imported against them."""
    modules = {
        "verl": {},
        "verl.utils": {},
        "verl.utils.dataset": {},
        "verl.utils.dataset.rl_dataset": {"RLHFDataset": FakeRlhfDataset},
        "verl.utils.reward_score": {"default_compute_score": lambda source, solution, truth, extra=None: float(solution == truth)},
        "verl.experimental": {},
        "verl.experimental.dataset": {},
        "verl.experimental.dataset.sampler": {"AbstractCurriculumSampler": FakeCurriculumSampler},
    }
    saved = {name: sys.modules.get(name) for name in [*modules, "cdas_lens.verl"]}
    for name, members in modules.items():
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(members)
    sys.modules.pop("cdas_lens.verl", None)
    try:
        yield importlib.import_module("cdas_lens.verl")
    finally:
        for name, module in saved.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


class VerlCase(CurationCase):
    """A test that sees the stand-in instead of verl; `verl` is the adapter's module."""

    def setUp(self) -> None:
        super().setUp()
        modules = fake_verl()
        self.verl = modules.__enter__()
        self.addCleanup(modules.__exit__, None, None, None)
