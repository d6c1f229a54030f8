"""A training loop without a model, for tests: so many steps with `CuratedBatches`, then what it would take next.

Arguments: a JSON object with `dataset`, `directory`, `rollouts`, `state`, `size`, `steps`. Prints {"trained": [[problem
ids] of each step], "next": [problem ids of the batch that comes next]}.
"""

import hashlib
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "trainer"))

from cdas_lens.batches import CuratedBatches  # noqa: E402

ROLLOUTS = 4


def rolls(row, step):
    """Which rollouts of a row are correct in a step: rows differ in how often."""
    digest = hashlib.sha256(f"{row}/{step}".encode()).digest()
    solves = hashlib.sha256(f"{row}".encode()).digest()[0]
    return [digest[at] < solves for at in range(ROLLOUTS)]


def main():
    wanted = json.loads(sys.argv[1])
    with open(wanted["dataset"], encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    batches = CuratedBatches(rows, wanted["directory"], wanted["size"], run="loop", rollouts=wanted["rollouts"], log="groups")
    if os.path.exists(wanted["state"]):
        with open(wanted["state"], encoding="utf-8") as stream:
            batches.load_state_dict(json.load(stream))
    trained = []
    for _ in range(wanted["steps"]):
        batch = next(batches)
        trained.append([item.problem_id for item in batch])
        results = [(item, correct) for item in batch for correct in rolls(item.row, batches.step)]
        batches.observe(results)
        batches.log((item, {"reward": float(correct), "correct": correct}) for item, correct in results)
    with open(wanted["state"], "w", encoding="utf-8") as stream:
        json.dump(batches.state_dict(), stream)
    print(json.dumps({"trained": trained, "next": [item.problem_id for item in next(batches)]}))


main()
