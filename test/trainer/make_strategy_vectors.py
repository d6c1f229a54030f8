"""Writes test/fixtures/vectors/strategies.json, which both languages are checked against.

    python3 test/trainer/make_strategy_vectors.py
"""

import json
import random

import harness
from harness import PROJECT

from cdas_lens.strategies import NAMES, Observations, Request, choose

TARGET = PROJECT / "test/fixtures/vectors/strategies.json"
PARAMETERS = {
    "balanced-filter": {"low": 0.3, "high": 0.6}, "mopps": {"decay": 0.8, "target": 0.4, "candidates": 0.7},
    "difficulty-pools": {"easy": 0.0, "hard": 0.3, "hardTo": 0.4}, "drop-solved": {"solved": 0.7},
    "adarft": {"rate": 0.3, "sensitivity": 1.5, "desired": 0.4},
}
GROUP = 8


def case(name, number, count, batch, steps, **more):
    """A run: batches and what was observed of them, problems of all abilities among them."""
    rng = random.Random(f"{name}/{number}")
    labels = more.get("labels", [])
    parameters = more.get("parameters", {})
    seen = Observations(count, labels, parameters)
    seed, pinned, excluded = rng.randrange(-5, 2**31), more.get("pinned", []), more.get("excluded", [])
    ability = [rng.random() for _ in range(count)]
    drawn = []
    for draw in range(steps):
        batch_now = choose(name, seen, Request(batch, seed, draw, pinned, set(excluded).__contains__))
        observed = [[at, sum(rng.random() < ability[at] for _ in range(GROUP)), GROUP] for at in batch_now]
        if draw % 4 == 3:
            observed[0][1:] = [0, 0]
        seen.note_drawn(batch_now)
        seen.observe(observed)
        drawn.append({"batch": batch_now, "observed": observed})
    state = {"target": seen.target, "alpha": list(seen.alpha), "beta": list(seen.beta),
             "passRate": [seen.pass_rate(at) for at in range(count)]}
    return {"strategy": name, "count": count, "size": batch, "seed": seed, "labels": labels, "parameters": parameters,
            "pinned": pinned, "excluded": excluded, "steps": drawn, "state": state}


def main():
    cases = []
    for name in NAMES:
        cases.append(case(name, 1, 40, 6, 12))
        cases.append(case(name, 2, 25, 5, 12, parameters=PARAMETERS.get(name, {}), pinned=[3, 7], excluded=[0, 7, 11],
                          labels=[None if at % 5 == 0 else (at * 7) % 10 for at in range(25)]))
        cases.append(case(name, 3, 7, 12, 4, excluded=[1]))
    TARGET.write_text(json.dumps({"schema": "cdas-strategy-vectors/1", "cases": cases}, separators=(",", ":")) + "\n", encoding="ascii")
    print(f"{len(cases)} cases in {TARGET.relative_to(harness.PROJECT)}")


if __name__ == "__main__":
    main()
