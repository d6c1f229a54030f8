"""Writes the logs of one small run below a folder, once with texts and once as groups: `write_logs.py FOLDER`."""

from __future__ import annotations

import os
import sys

from harness import verl_rows

from cdas_lens.batches import CuratedBatches

STEPS, BATCH, GROUP, ROWS = 12, 4, 4, 16


def write(folder: str, log: str) -> None:
    """A run in which rows are the harder the later they come."""
    batches = CuratedBatches(verl_rows(ROWS), os.path.join(folder, ".cdas"), BATCH, rollouts=os.path.join(folder, log), log=log)
    for _ in range(STEPS):
        rollouts = []
        for item in next(batches):
            for number in range(GROUP):
                rollouts.append((item, number < GROUP * (1 - item.row / ROWS), "x" * (10 + item.row + number)))
        batches.observe((item, correct) for item, correct, _ in rollouts)
        batches.log((item, {"reward": float(correct), "correct": correct, "response": response,
                            "prompt": item.data["prompt"][0]["content"]}) for item, correct, response in rollouts)


if __name__ == "__main__":
    for kind in ("rollouts", "groups"):
        write(sys.argv[1], kind)
