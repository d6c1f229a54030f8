"""Other ways than CDAS to choose a batch, for comparison: the same rules as the extension's, draw for draw.

Every strategy is a function of what was observed, the seed and the number of the draw; nothing here holds a random
state. One file of vectors is checked by both languages.
"""

from __future__ import annotations

import heapq
import logging
import math
from array import array
from typing import Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from cdas_lens.streams import MASK, Stream, seeded_hash, uniform

_log = logging.getLogger(__name__)


class Parameter(NamedTuple):
    """A number that a strategy takes, from 0 to `greatest`."""

    default: float
    greatest: float = 1.0


# No two strategies have a parameter of the same name.
PARAMETERS: Mapping[str, Mapping[str, Parameter]] = {
    "balanced-filter": {"low": Parameter(0.2), "high": Parameter(0.8)},
    "mopps": {"target": Parameter(0.5), "decay": Parameter(0.5), "candidates": Parameter(1.0)},
    "difficulty-pools": {"easyFrom": Parameter(0.75), "hardTo": Parameter(0.25), "easy": Parameter(0.1),
                         "normal": Parameter(0.8), "hard": Parameter(0.1)},
    "drop-solved": {"solved": Parameter(0.9)},
    "adarft": {"desired": Parameter(0.5), "sensitivity": Parameter(2.0, 100.0), "rate": Parameter(0.5)},
}
_BY_NAME = {name: each for known in PARAMETERS.values() for name, each in known.items()}
# By these every step is weighed as it is observed.
_WEIGHING = ("decay", "desired", "sensitivity", "rate")


def is_usable(value: Any, parameter: Parameter) -> bool:
    """Whether a value can be followed; one beyond the range may make a draw never end."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= parameter.greatest


class Observations:
    """What the strategies know of every problem, by position: rollouts, pass rates, draws and given difficulties."""

    def __init__(self, count: int, labels: Optional[Sequence[Optional[float]]] = None, parameters: Optional[Mapping[str, Any]] = None):
        self.count = count
        self.parameters = dict(parameters or {})
        self.correct = array("d", bytes(8 * count))
        self.scored = array("d", bytes(8 * count))
        self.last = array("d", [math.nan]) * count
        self.alpha = array("d", [1.0]) * count
        self.beta = array("d", [1.0]) * count
        self.drawn = array("l", [0]) * count
        self.labels = _scaled(labels, count)
        self.target = 0.0

    def parameter(self, name: str) -> float:
        """A number among the strategy's parameters; its default where it is missing or cannot be followed."""
        value, known = self.parameters.get(name), _BY_NAME[name]
        return float(value) if is_usable(value, known) else known.default

    def follow(self, parameters: Mapping[str, Any]) -> None:
        """Weighs the steps from now on by other parameters; what was observed stays as it was weighed then."""
        before = self._weights()
        self.parameters = dict(parameters)
        after = self._weights()
        if before != after and any(self.scored):
            changes = ", ".join(f"{name} {before[name]:g} to {after[name]:g}" for name in after if before[name] != after[name])
            _log.warning("the strategy's parameters changed from %s: earlier observations keep the weights of the old "
                         "ones", changes)

    def _weights(self) -> Dict[str, float]:
        return {name: self.parameter(name) for name in _WEIGHING}

    def observe(self, groups: Iterable[Tuple[int, int, int]]) -> None:
        """Takes in one step: (position, correct rollouts, scored rollouts) of every problem in it."""
        decay = self.parameter("decay")
        rates: List[float] = []
        for at, correct, scored in groups:
            if scored <= 0:
                continue
            rates.append(correct / scored)
            self.correct[at] += correct
            self.scored[at] += scored
            self.last[at] = correct / scored
            self.alpha[at] = decay * self.alpha[at] + (1 - decay) + correct
            self.beta[at] = decay * self.beta[at] + (1 - decay) + (scored - correct)
        if rates:
            self._move_target(sum(rates) / len(rates))

    def _move_target(self, mean: float) -> None:
        """AdaRFT: towards harder problems while the mean reward is above the desired one, else towards easier ones."""
        pull = math.tanh(self.parameter("sensitivity") * (mean - self.parameter("desired")))
        self.target = min(1.0, max(0.0, self.target + self.parameter("rate") * pull))

    def note_drawn(self, positions: Iterable[int]) -> None:
        """Notes a batch that is going to be trained."""
        for at in positions:
            self.drawn[at] += 1

    def pass_rate(self, at: int) -> Optional[float]:
        """The share of correct rollouts; None while there are none."""
        return self.correct[at] / self.scored[at] if self.scored[at] else None

    def difficulty(self, at: int) -> float:
        """From 0 (easy) to 1: as given with the dataset, else what the rollouts say, else the middle."""
        label = self.labels[at]
        if not math.isnan(label):
            return label
        rate = self.pass_rate(at)
        return 0.5 if rate is None else 1 - rate

    def forget(self, positions: Iterable[int]) -> None:
        """Forgets the rollouts of problems whose ground truth changed."""
        for at in positions:
            self.correct[at] = self.scored[at] = 0.0
            self.last[at], self.alpha[at], self.beta[at] = math.nan, 1.0, 1.0

    def state_dict(self, ids: Sequence[str]) -> Dict[str, Any]:
        """Everything that was observed and by which parameters, as plain values; `ids` name the problems by position."""
        seen = [at for at in range(self.count) if self.scored[at] or self.drawn[at]]
        return {"target": self.target, "parameters": self._weights(), "seen": [
            [ids[at], self.correct[at], self.scored[at], None if math.isnan(self.last[at]) else self.last[at],
             self.alpha[at], self.beta[at], self.drawn[at]] for at in seen
        ]}

    def load_state_dict(self, state: Mapping[str, Any], position: Callable[[str], Optional[int]]) -> None:
        """Takes back what `state_dict` gave; problems without a position are dropped."""
        self.target = state["target"]
        self.parameters = dict(state["parameters"])
        for problem_id, correct, scored, last, alpha, beta, drawn in state["seen"]:
            at = position(problem_id)
            if at is None:
                continue
            self.correct[at], self.scored[at] = correct, scored
            self.last[at] = math.nan if last is None else last
            self.alpha[at], self.beta[at], self.drawn[at] = alpha, beta, drawn


def _scaled(labels: Optional[Sequence[Optional[float]]], count: int) -> array:
    """Given difficulties from 0 to 1, not-a-number where none is given."""
    known = [each for each in labels or () if each is not None and math.isfinite(each)]
    scaled = array("d", [math.nan]) * count
    if not known:
        return scaled
    low, span = min(known), (max(known) - min(known)) or 1.0
    for at, label in enumerate(labels[:count]):
        if label is not None and math.isfinite(label):
            scaled[at] = (label - low) / span
    return scaled


class Request(NamedTuple):
    """A draw: how many, which draw of which seed, what goes in first, and what never does."""

    size: int
    seed: int
    draw: int
    pinned: Sequence[int] = ()
    is_excluded: Callable[[int], bool] = lambda at: False


Rank = Callable[[int], float]


def _weighted(weight: Rank, stream: int) -> Rank:
    """Drawing without replacement by weight (Efraimidis and Spirakis 2006): the least of -ln(u)/w come first."""

    def rank(at: int) -> float:
        mass = weight(at)
        return -math.log(uniform(stream, at)) / mass if mass > 0 else math.inf

    return rank


def _random(seen: Observations, stream: int) -> Rank:
    return lambda at: 0.0


def _static(seen: Observations, stream: int) -> Rank:
    return seen.difficulty


def _prioritized(seen: Observations, stream: int) -> Rank:
    return _weighted(lambda at: 1 - (seen.pass_rate(at) or 0.0), stream)


def _learnability(seen: Observations, stream: int) -> Rank:
    def weight(at: int) -> float:
        rate = seen.pass_rate(at)
        return 0.25 if rate is None else rate * (1 - rate)

    return _weighted(weight, stream)


def _dynamic(seen: Observations, stream: int) -> Rank:
    return _weighted(lambda at: float(math.isnan(seen.last[at]) or 0 < seen.last[at] < 1), stream)


def _balanced(seen: Observations, stream: int) -> Rank:
    low, high = seen.parameter("low"), seen.parameter("high")

    def weight(at: int) -> float:
        rate = seen.pass_rate(at)
        return float(rate is None or low <= rate <= high)

    return _weighted(weight, stream)


def _mopps(seen: Observations, stream: int) -> Rank:
    wanted, share = seen.parameter("target"), seen.parameter("candidates")

    def rank(at: int) -> float:
        own = Stream(seeded_hash(stream, at))
        # The candidates that are drawn for at all: a share of the problems, as the posterior of each costs time.
        if own.uniform() >= share:
            return math.inf
        return abs(own.beta(seen.alpha[at], seen.beta[at]) - wanted)

    return rank


def _pools(seen: Observations, stream: int) -> Rank:
    easy_from, hard_to = seen.parameter("easyFrom"), seen.parameter("hardTo")
    shares = (seen.parameter("easy"), seen.parameter("normal"), seen.parameter("hard"))

    def pool(at: int) -> int:
        last = seen.last[at]
        return 1 if math.isnan(last) else 0 if last >= easy_from else 2 if last <= hard_to else 1

    sizes = [0, 0, 0]
    for at in range(seen.count):
        sizes[pool(at)] += 1
    return _weighted(lambda at: shares[pool(at)] / sizes[pool(at)], stream)


def _drop(seen: Observations, stream: int) -> Rank:
    solved = seen.parameter("solved")

    def weight(at: int) -> float:
        rate = seen.pass_rate(at)
        return float(rate is None or rate < solved)

    return _weighted(weight, stream)


def _adaptive(seen: Observations, stream: int) -> Rank:
    return lambda at: abs(seen.difficulty(at) - seen.target)


_RANKS: Dict[str, Callable[[Observations, int], Rank]] = {
    "random": _random, "static-curriculum": _static, "prioritized": _prioritized, "learnability": _learnability,
    "dynamic-sampling": _dynamic, "balanced-filter": _balanced, "mopps": _mopps, "difficulty-pools": _pools,
    "drop-solved": _drop, "adarft": _adaptive,
}
# These go through all problems before one comes again.
_EACH_ONCE = ("random", "static-curriculum")

NAMES = tuple(_RANKS)


def choose(name: str, seen: Observations, request: Request) -> List[int]:
    """The positions of the next batch: pinned ones first, then the least ranks; equal ones in seeded order. O(N)."""
    stream = seeded_hash(request.seed, request.draw)
    rank = _RANKS[name](seen, stream)
    pinned = [at for at in dict.fromkeys(request.pinned) if not request.is_excluded(at)][: request.size]
    taken = set(pinned)
    each_once = name in _EACH_ONCE
    ties = seeded_hash(stream, MASK)
    ordered = ((seen.drawn[at] if each_once else 0, rank(at), seeded_hash(ties, at), at)
               for at in range(seen.count) if at not in taken and not request.is_excluded(at))
    return pinned + [key[3] for key in heapq.nsmallest(request.size - len(pinned), ordered)]
