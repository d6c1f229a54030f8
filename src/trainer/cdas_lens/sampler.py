"""CDAS: competence, difficulty and symmetric sampling.

Kong et al., "Rethinking the Sampling Criteria in Reinforcement Learning for LLM Reasoning: A Competence-Difficulty
Alignment Perspective" (arXiv 2505.17652 v3), equations 5-10 and Algorithm 1. Two modes: `paper`, and
`official-compat`, which follows the authors' published code where that differs.
"""

from __future__ import annotations

import math
import random
from array import array
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

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
        self._counted = len(self.ids)
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
        if self._counted == 0:
            return
        if self.mode == "official-compat":
            self.competence -= change / self._counted
        else:
            self.competence = -self._sum / self._counted

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
        self._counted = len(counted)
        self._sum = math.fsum(counted)
        if counted:
            self.competence = -self._sum / self._counted + 0.0

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


def select_batch(
    state: CdasState, size: int, pinned: Sequence[int] = (), rng: Optional[random.Random] = None
) -> Selection:
    """The problems nearest to competence, half of them harder and half easier (Algorithm 1), in O(N).

    Pinned problems go in first and count against their own side; excluded ones never go in. A short side is filled
    from the other. In `paper` mode ties are broken by `rng` and the odd place of an odd batch goes to the nearer
    side; `official-compat` keeps dataset order and leaves that place out. Fewer than `size` problems come back only
    when there are no more.
    """
    compat = state.mode == "official-compat"
    chosen = [at for at in dict.fromkeys(pinned) if not state.excluded[at]][:size]
    total = size - size % 2 if compat and not chosen else size
    taken = set(chosen)
    sides: Tuple[List[int], List[int]] = ([], [])
    difficulty, competence, excluded = state.difficulty, state.competence, state.excluded
    for at, value in enumerate(difficulty):
        if not excluded[at] and at not in taken:
            sides[value > competence].append(at)
    half, room = total // 2, total - len(chosen)
    pins_harder = sum(1 for at in chosen if difficulty[at] > competence)
    quotas = [max(0, half - (len(chosen) - pins_harder)), max(0, half - pins_harder)]
    ties = None if compat else (rng or random.Random(0))
    easier, harder = _both_sides(state, sides, (quotas, room), ties)
    return Selection(chosen, harder, easier)


def _both_sides(
    state: CdasState,
    sides: Tuple[List[int], List[int]],
    wanted: Tuple[List[int], int],
    ties: Optional[random.Random],
) -> Tuple[List[int], List[int]]:
    quotas, room = wanted
    easier_quota = min(quotas[0], room)
    harder_quota = min(quotas[1], room - easier_quota)
    easier = nearest(state, sides[0], easier_quota, ties)
    harder = nearest(state, sides[1], harder_quota, ties)
    rest = room - len(easier) - len(harder)
    if rest > 0:
        used = set(easier) | set(harder)
        left = [at for side in sides for at in side if at not in used]
        for at in nearest(state, left, rest, ties):
            (harder if state.difficulty[at] > state.competence else easier).append(at)
    return easier, harder


def nearest(state: CdasState, candidates: List[int], count: int, ties: Optional[random.Random]) -> List[int]:
    """The `count` candidates nearest to competence, without sorting them all.

    Counts distances into buckets, takes the buckets that fit whole and looks again at the one that does not.
    Candidates at one distance are taken in their order, or at random if `ties` is given.
    """
    if count <= 0:
        return []
    picked: List[int] = []
    while len(candidates) > count - len(picked):
        distances = [abs(state.competence - state.difficulty[at]) for at in candidates]
        low, high = min(distances), max(distances)
        need = count - len(picked)
        if high == low:
            chosen = candidates[:need] if ties is None else ties.sample(candidates, need)
            return picked + chosen
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
