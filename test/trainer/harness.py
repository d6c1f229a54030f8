"""What the trainer tests share: paths, small datasets, sampler configs, a curation directory of their own."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List

PROJECT = Path(__file__).resolve().parents[2]
IDENTITY_VECTORS = PROJECT / "test/fixtures/identity/cdas-text-1.json"
CDAS_VECTORS = PROJECT / "test/fixtures/vectors/cdas.json"
STRATEGY_VECTORS = PROJECT / "test/fixtures/vectors/strategies.json"
SAMPLER_FILES = PROJECT / "test/fixtures/vectors/sampler"

EXCLUDE = {"membership": "exclude"}
PIN = {"membership": "pin"}

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
    return json_lines(os.path.join(directory, "receipts.jsonl"))


def json_lines(path: str) -> List[Dict[str, Any]]:
    """The rows of a file that is strict ASCII JSON, a row a line; none where it is not there."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii") as stream:
        return [json.loads(line, parse_constant=refuse) for line in stream]


def log_rows(folder: str) -> List[Dict[str, Any]]:
    """The rows of every log in a folder, in order of their files' names."""
    names = sorted(name for name in os.listdir(folder) if name.endswith(".jsonl"))
    return [row for name in names for row in json_lines(os.path.join(folder, name))]


class CurationCase(unittest.TestCase):
    """A test with a folder of its own and a curation directory in it."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.directory = self.path("curation")
        os.mkdir(self.directory)

    def path(self, name: str) -> str:
        """A path in the test's folder."""
        return os.path.join(self.folder, name)

    def decide(self, problems: Dict[str, Any], generation: int = 1, **more: Any) -> None:
        """Compiles decisions as the extension does."""
        write_config(self.directory, sampler_config(problems, generation, **more))

    def receipts(self) -> List[Dict[str, Any]]:
        """What the adapter answered."""
        return receipts(self.directory)
