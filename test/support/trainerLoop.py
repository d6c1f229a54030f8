"""A training loop without a model, for tests: so many steps with `CuratedBatches`, then what it would take next.

Arguments: a JSON object with `dataset`, `directory`, `rollouts`, `state`, `size`, `steps`, and `ahead`: whether each
batch is chosen before the rewards of the one before are seen, as a dataloader that fetches ahead does. Prints {"trained": [[problem
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
    trained, fetched = [], []
    for _ in range(wanted["steps"]):
        batch = fetched.pop() if fetched else next(batches)
        step = batches.step
        if wanted["ahead"]:
            fetched.append(next(batches))
        trained.append([item.problem_id for item in batch])
        results = [(item, correct) for item in batch for correct in rolls(item.row, step)]
        batches.observe(results)
        batches.log((item, {"step": step, "reward": float(correct), "correct": correct}) for item, correct in results)
    with open(wanted["state"], "w", encoding="utf-8") as stream:
        json.dump(batches.state_dict(), stream)
    following = fetched.pop() if fetched else next(batches)
    print(json.dumps({"trained": trained, "next": [item.problem_id for item in following]}))


main()
