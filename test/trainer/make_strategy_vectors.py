"""Writes test/fixtures/vectors/strategies.json and sampler/*.json there, which both languages are checked against.

    python3 test/trainer/make_strategy_vectors.py
"""

import json
import random
import tempfile

import harness
from harness import SAMPLER_FILES, STRATEGY_VECTORS, problem_id, sampler_config, verl_rows

from cdas_lens.batches import CuratedBatches
from cdas_lens.sampler import CdasState, Wanted, select_batch
from cdas_lens.strategies import NAMES, Observations, Request, choose
from cdas_lens.streams import seeded_hash

PARAMETERS = {
    "balanced-filter": {"low": 0.3, "high": 0.6}, "mopps": {"decay": 0.8, "target": 0.4, "candidates": 0.7},
    "difficulty-pools": {"easy": 0.0, "hard": 0.3, "hardTo": 0.4}, "drop-solved": {"solved": 0.7},
    "adarft": {"rate": 0.3, "sensitivity": 1.5, "desired": 0.4},
}
# What no strategy can follow: its defaults hold.
UNUSABLE = {
    "balanced-filter": {"low": -0.1, "high": 1.01}, "mopps": {"decay": 1.5, "target": "0.4", "candidates": True},
    "difficulty-pools": {"easy": 2, "hard": None, "hardTo": [0.4]}, "drop-solved": {"solved": -1},
    "adarft": {"rate": 1e9, "sensitivity": 100.5, "desired": {}},
}
GROUP = 8
ROWS, BATCH, DRAWS = 24, 6, 8


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
    return {"strategy": name, "number": number, "count": count, "size": batch, "seed": seed, "labels": labels, "parameters": parameters,
            "pinned": pinned, "excluded": excluded, "steps": drawn, "state": state}


def selection_state(case):
    """The state that CDAS selects from in a case."""
    state = CdasState([str(at) for at in range(len(case["difficulty"]))], case["mode"])
    state.warm_start({str(at): (value, 1) for at, value in enumerate(case["difficulty"])})
    state.set_excluded(map(str, case["excluded"]))
    state.competence = case["competence"]
    return state


def selection_wanted(case):
    """The batch that is asked of CDAS in a case."""
    ties = seeded_hash(case["seed"], case["draw"])
    return Wanted(case["size"], ties, case["pinned"], symmetric=case["symmetric"])


def selection(number):
    """A batch of CDAS among difficulties of which many are equal."""
    rng = random.Random(f"cdas/{number}")
    count = rng.randint(6, 40)
    some = [rng.randrange(count) for _ in range(rng.randint(0, 5))]
    made = {
        "difficulty": [round(rng.gauss(0, 0.25), rng.choice([1, 2, 15])) for _ in range(count)],
        "competence": round(rng.gauss(0, 0.1), 2), "mode": "paper" if number % 3 else "official-compat",
        "symmetric": number % 5 > 0,
        "size": rng.randint(1, 12), "seed": rng.randrange(-5, 2**31), "draw": rng.randrange(1000),
        "pinned": list(dict.fromkeys(some[::2])), "excluded": sorted(set(some[1::2])),
    }
    return {**made, "batch": select_batch(selection_state(made), selection_wanted(made)).positions()}


def sampler_file(name):
    """A sampler.json of a strategy, as the extension compiles it, for the rows of `verl_rows(ROWS)`."""
    strategy = {"name": name, "mode": "paper", "warmup": "none", "symmetric": True, "seed": 41, **PARAMETERS.get(name, {})}
    decided = {problem_id(0): {"membership": "exclude"}, problem_id(1): {"membership": "pin"}, problem_id(2): {"groundTruth": "5"}}
    problems = {each: {**what, "textHash": each[2:]} for each, what in decided.items()}
    return sampler_config(problems, 3, strategy=strategy)


def is_correct(row, number):
    """Whether a rollout of a row is correct in the runs of the vectors."""
    return number < row % (GROUP + 1)


def adapter_batches(name):
    """The batches that an adapter draws by a sampler.json when every problem is as hard as its row says."""
    with tempfile.TemporaryDirectory() as folder:
        harness.write_config(folder, sampler_file(name))
        batches = CuratedBatches(verl_rows(ROWS), folder, BATCH)
        drawn = []
        for _ in range(DRAWS):
            items = next(batches)
            drawn.append([item.row for item in items])
            batches.observe((item, is_correct(item.row, number)) for item in items for number in range(GROUP))
    return drawn


def vectors():
    """The text of strategies.json."""
    cases = []
    for name in NAMES:
        cases.append(case(name, 1, 40, 6, 12))
        cases.append(case(name, 2, 25, 5, 12, parameters=PARAMETERS.get(name, {}), pinned=[3, 7], excluded=[0, 7, 11],
                          labels=[None if at % 5 == 0 else (at * 7) % 10 for at in range(25)]))
        cases.append(case(name, 3, 7, 12, 4, excluded=[1]))
        if name in UNUSABLE:
            cases.append(case(name, 4, 20, 4, 8, parameters=UNUSABLE[name]))
    drawn = {name: adapter_batches(name) for name in ("cdas", *NAMES)}
    document = {
        "schema": "cdas-strategy-vectors/1", "cases": cases, "selections": [selection(number) for number in range(60)],
        "adapters": {"rows": ROWS, "batch": BATCH, "group": GROUP, "drawn": drawn},
    }
    return json.dumps(document, separators=(",", ":")) + "\n"


def sampler_text(name):
    """The text of the sampler.json of a strategy."""
    return json.dumps(sampler_file(name), indent=2) + "\n"


if __name__ == "__main__":
    SAMPLER_FILES.mkdir(exist_ok=True)
    for each in ("cdas", *NAMES):
        (SAMPLER_FILES / f"{each}.json").write_text(sampler_text(each), encoding="ascii")
    STRATEGY_VECTORS.write_text(vectors(), encoding="ascii")
