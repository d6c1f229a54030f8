"""CDAS: competence, difficulty and symmetric sampling.

Kong et al., "Rethinking the Sampling Criteria in Reinforcement Learning for LLM Reasoning: A Competence-Difficulty
Alignment Perspective" (arXiv 2505.17652 v3), equations 5-10 and Algorithm 1. Two modes: `paper`, and
`official-compat`, which follows the authors' published code where that differs.
"""

from __future__ import annotations

import heapq
import math
from array import array
from typing import Any, Callable, Collection, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from cdas_lens.streams import seeded_hash

MODES = ("paper", "official-compat")

_BUCKETS = 4096


def expected_pass_rate(competence: float, difficulty: float) -> float:
    """The logistic function of competence minus difficulty (eq. 5), stable at both ends."""
    gap = competence - difficulty
    if gap >= 0:
        return 1.0 / (1.0 + math.exp(-gap))
    grown = math.exp(gap)
    return grown / (1.0 + grown)


class CdasState:
    """Difficulty and visits of every problem, and the competence they imply.

    Problems are named by id and held by position in the order given. A step costs what it visited, not the size of
    the dataset.
    """

    def __init__(self, problem_ids: Iterable[str], mode: str = "paper"):
        if mode not in MODES:
            raise ValueError(f"unknown CDAS mode {mode!r}: use one of {', '.join(MODES)}")
        self.mode = mode
        self.ids: List[str] = list(dict.fromkeys(problem_ids))
        self._position = {problem_id: at for at, problem_id in enumerate(self.ids)}
        self.difficulty = array("d", bytes(8 * len(self.ids)))
        self.visits = array("l", [0]) * len(self.ids)
        self.excluded = bytearray(len(self.ids))
        self.competence = 0.0
        self.counted = len(self.ids)
        self._sum = 0.0

    def __len__(self) -> int:
        return len(self.ids)

    def position(self, problem_id: str) -> Optional[int]:
        """Where a problem is held, or None when the state does not know it."""
        return self._position.get(problem_id)

    def observe(self, rollouts: Iterable[Tuple[str, Optional[bool]]]) -> int:
        """Takes in one step: (problem id, whether this rollout was correct, None when unscored) for each rollout.

        Unscored rollouts and unknown problems are left out. Returns how many problems were updated.
        """
        scored: Dict[int, List[int]] = {}
        for problem_id, correct in rollouts:
            at = self._position.get(problem_id)
            if at is None or correct is None:
                continue
            tally = scored.setdefault(at, [0, 0])
            tally[0] += 1 if correct else 0
            tally[1] += 1
        before, self_sum = self.competence, self._sum
        for at, (correct_count, count) in scored.items():
            self._visit(at, correct_count / count, before)
        self._follow(self._sum - self_sum)
        return len(scored)

    def _visit(self, at: int, pass_rate: float, competence: float) -> None:
        old = self.difficulty[at]
        surprise = expected_pass_rate(competence, old) - pass_rate
        self.visits[at] += 1
        weight = self.visits[at] + (1 if self.mode == "official-compat" else 0)
        new = (weight - 1) / weight * old + surprise / weight
        self.difficulty[at] = new
        if not self.excluded[at]:
            self._sum += new - old

    def _follow(self, change: float) -> None:
        if self.counted == 0:
            return
        if self.mode == "official-compat":
            self.competence -= change / self.counted
        else:
            self.competence = -self._sum / self.counted

    def set_excluded(self, problem_ids: Iterable[str]) -> None:
        """Says which problems are excluded now, all at once: they leave the mean behind competence."""
        wanted = {self._position[each] for each in problem_ids if each in self._position}
        if len(wanted) == sum(self.excluded) and all(self.excluded[at] for at in wanted):
            return
        self.excluded = bytearray(len(self.ids))
        for at in wanted:
            self.excluded[at] = 1
        self._recount()

    def reset(self, problem_ids: Iterable[str]) -> None:
        """Forgets what was seen of problems whose ground truth changed: difficulty and visits start afresh."""
        for problem_id in problem_ids:
            at = self._position.get(problem_id)
            if at is not None:
                self.difficulty[at] = 0.0
                self.visits[at] = 0
        self._recount()

    def warm_start(self, difficulty: Dict[str, Tuple[float, int]]) -> None:
        """Takes difficulty and visits from elsewhere for problems that were not visited here yet."""
        for problem_id, (value, visits) in difficulty.items():
            at = self._position.get(problem_id)
            if at is not None and self.visits[at] == 0:
                self.difficulty[at] = value
                self.visits[at] = visits
        self._recount()

    def _recount(self) -> None:
        counted = [value for at, value in enumerate(self.difficulty) if not self.excluded[at]]
        self.counted = len(counted)
        self._sum = math.fsum(counted)
        if counted:
            self.competence = -self._sum / self.counted + 0.0

    def state_dict(self) -> Dict[str, Any]:
        """Everything a resumed run needs, as plain values; problems that were never visited are left out."""
        visited = [at for at, visits in enumerate(self.visits) if visits]
        return {
            "mode": self.mode,
            "competence": self.competence,
            "problems": {self.ids[at]: [self.difficulty[at], self.visits[at]] for at in visited},
        }

    def load_state_dict(self, state: Dict[str, Any]) -> None:
        """Takes back what `state_dict` gave; problems the dataset no longer holds are dropped."""
        self.difficulty = array("d", bytes(8 * len(self.ids)))
        self.visits = array("l", [0]) * len(self.ids)
        self.mode = state["mode"] if state.get("mode") in MODES else self.mode
        missing = 0
        for problem_id, (value, visits) in state["problems"].items():
            at = self._position.get(problem_id)
            if at is None:
                missing += 1
                continue
            self.difficulty[at], self.visits[at] = value, visits
        self._recount()
        if not missing and not any(self.excluded):
            self.competence = state["competence"]


class Selection(NamedTuple):
    """A batch, as positions in the state: what was pinned, and what each side of competence gave."""

    pinned: List[int]
    harder: List[int]
    easier: List[int]

    def positions(self) -> List[int]:
        """The whole batch."""
        return self.pinned + self.easier + self.harder


class Wanted(NamedTuple):
    """A batch to select: how many, whose number breaks ties, what goes in first, and what stays out this time."""

    size: int
    ties: int = 0
    pinned: Sequence[int] = ()
    left_out: Collection[int] = ()
    symmetric: bool = True


def select_batch(state: CdasState, wanted: Wanted) -> Selection:
    """The problems nearest to competence, half of them harder and half easier (Algorithm 1), in O(N).

    Pinned problems go in first and count against their own side; excluded ones never go in. A short side is filled
    from the other; without `symmetric` both sides are one. In `paper` mode ties are broken by `ties`, as the extension
    does, and the odd place of an odd batch goes to the nearer side; `official-compat` keeps dataset order and leaves
    that place out. Fewer than `size` problems come back only when there are no more. Nearest ones come first.
    """
    compat = state.mode == "official-compat"
    total = wanted.size - wanted.size % 2 if compat else wanted.size
    difficulty, competence, excluded = state.difficulty, state.competence, state.excluded
    chosen = [at for at in dict.fromkeys(wanted.pinned) if not excluded[at]][:total]
    out = {*chosen, *wanted.left_out}
    sides: Tuple[List[int], List[int]] = ([], [])
    for at, value in enumerate(difficulty):
        if not excluded[at] and at not in out:
            sides[value > competence].append(at)
    half, room = total // 2 if wanted.symmetric else 0, total - len(chosen)
    pins_harder = sum(1 for at in chosen if difficulty[at] > competence)
    easier_quota = min(max(0, half - (len(chosen) - pins_harder)), room)
    harder_quota = min(max(0, half - pins_harder), room - easier_quota)
    order = _Order(state, None if compat else wanted.ties)
    picked = nearest(order, sides[0], easier_quota) + nearest(order, sides[1], harder_quota)
    if len(picked) < room:
        used = set(picked)
        left = [at for side in sides for at in side if at not in used]
        picked += nearest(order, left, room - len(picked))
    picked.sort(key=order.key)
    harder = [at for at in picked if difficulty[at] > competence]
    return Selection(chosen, harder, [at for at in picked if difficulty[at] <= competence])


class _Order:
    """By distance from competence; equal distances by a hash under `ties`, or by position without one."""

    def __init__(self, state: CdasState, ties: Optional[int]):
        difficulty, competence = state.difficulty, state.competence
        self.distance: Callable[[int], float] = lambda at: abs(competence - difficulty[at])
        self.tie: Callable[[int], Tuple[int, int]] = lambda at: (0 if ties is None else seeded_hash(ties, at), at)

    def key(self, at: int) -> Tuple[float, Tuple[int, int]]:
        return self.distance(at), self.tie(at)


def nearest(order: _Order, candidates: List[int], count: int) -> List[int]:
    """The first `count` candidates in an order, without sorting them all.

    Counts distances into buckets, takes the buckets that fit whole and looks again at the one that does not.
    """
    picked: List[int] = []
    while len(candidates) > count - len(picked):
        need = count - len(picked)
        if need == 0:
            return picked
        distances = list(map(order.distance, candidates))
        low, high = min(distances), max(distances)
        if high == low:
            return picked + heapq.nsmallest(need, candidates, key=order.tie)
        scale = (_BUCKETS - 1) / (high - low)
        if not math.isfinite(scale):
            scale = 0.0
        bucket_of = [int((each - low) * scale) if each < high else _BUCKETS - 1 for each in distances]
        border = _border(bucket_of, need)
        picked += [at for at, bucket in zip(candidates, bucket_of) if bucket < border]
        candidates = [at for at, bucket in zip(candidates, bucket_of) if bucket == border]
    return picked + candidates


def _border(bucket_of: List[int], need: int) -> int:
    """The bucket in which the `need`-th smallest lies."""
    sizes = [0] * _BUCKETS
    for bucket in bucket_of:
        sizes[bucket] += 1
    below = 0
    for bucket, held in enumerate(sizes):
        if below + held >= need:
            return bucket
        below += held
    return _BUCKETS - 1
