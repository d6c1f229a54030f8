"""What CDAS Lens reads: what its command line prints, and the texts that it shows."""

from __future__ import annotations

import json
import subprocess
from typing import Any, Dict, List

from harness import PROJECT


def lens(*arguments: str) -> Any:
    """What `cdas-lens … --json` prints."""
    command = ["node", str(PROJECT / "dist/cli.js"), *arguments, "--json"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout)


def texts(folder: str) -> List[Dict[str, Any]]:
    """Every rollout of a log with its text, as CDAS Lens shows it."""
    command = ["node", "--import", "./test/support/scanKernel.mjs", "--import", "tsx", "test/support/printRollouts.ts", folder]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]
