"""What the trainer tests share: paths, small datasets, sampler configs, and stand-ins for torch and verl.

The stand-ins have the documented interfaces only: the tests run without torch and verl.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import sys
import types
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

PROJECT = Path(__file__).resolve().parents[2]
IDENTITY_VECTORS = PROJECT / "test/fixtures/identity/cdas-text-1.json"
CDAS_VECTORS = PROJECT / "test/fixtures/vectors/cdas.json"

sys.path.insert(0, str(PROJECT / "src/trainer"))

from cdas_lens.canonical_json import canonical_json  # noqa: E402
from cdas_lens.identity import text_hash  # noqa: E402


def has_lone_surrogate(value: Any) -> bool:
    """Whether a JSON value can only be written with escapes."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
        return False
    except UnicodeEncodeError:
        return True


def verl_rows(count: int) -> List[Dict[str, Any]]:
    """Rows as verl's preprocessing scripts write them."""
    return [
        {
            "data_source": "openai/gsm8k",
            "prompt": [{"role": "user", "content": f"What is {number} + {number}?"}],
            "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": str(2 * number)},
            "extra_info": {"split": "train", "index": number},
        }
        for number in range(count)
    ]


def problem_id(number: int) -> str:
    """The id of a row of `verl_rows`, made from its text."""
    return f"h:{text_hash(f'What is {number} + {number}?')}"


def sampler_config(problems: Dict[str, Any], generation: int = 1, **more: Any) -> Dict[str, Any]:
    """A sampler.json as the extension compiles it."""
    body = {
        "schema": "cdas-sampler/1",
        "generation": generation,
        "writer": "cdas-lens 0.1.0",
        "run": {"name": "demo", "step": 3},
        "identity": {"normalisation": "cdas-text/1"},
        "strategy": {"name": "cdas", "mode": "paper", "warmup": "first-epoch", "symmetric": True, "seed": 1},
        "competence": 0.1,
        "targetPassRate": 0.4,
        "problems": problems,
        **more,
    }
    digest = "sha256:" + hashlib.sha256(canonical_json(body).encode("utf-8")).hexdigest()
    return {**body, "digest": digest, "writtenAt": "2026-01-01T00:00:00.000Z"}


def write_config(directory: str, config: Any) -> None:
    """Puts sampler.json in place as the extension does: written beside it, then renamed."""
    temporary = os.path.join(directory, "sampler.json.tmp")
    with open(temporary, "w", encoding="utf-8") as stream:
        stream.write(config if isinstance(config, str) else json.dumps(config))
    os.replace(temporary, os.path.join(directory, "sampler.json"))


def receipts(directory: str) -> List[Dict[str, Any]]:
    """The lines of receipts.jsonl."""
    path = os.path.join(directory, "receipts.jsonl")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


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
