"""Chooses batch after batch of dataset rows: what every adapter that owns its sampling is built on."""

from __future__ import annotations

import logging
import random
from typing import Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from cdas_lens.canonical_json import canonical_json
from cdas_lens.complaints import Complaints
from cdas_lens.curation import Curation, Plan
from cdas_lens.sampler import MODES, CdasState, Wanted, select_batch
from cdas_lens.strategies import Observations, Request, choose
from cdas_lens.strategy_settings import Strategy, read_strategy
from cdas_lens.streams import seeded_hash
from cdas_lens.substitution import PinTurns, curated_batch, mixed

STATE_SCHEMA = "cdas-chooser-state/1"

_NEED_NO_REWARDS = ("random", "static-curriculum")

_log = logging.getLogger(__name__)


class Scored(NamedTuple):
    """One rollout of a step: its problem, whether it was correct (None: not scored), and the relabelled answer that
    it was scored against (canonical JSON; None: the dataset's own)."""

    problem_id: str
    correct: Optional[bool]
    scored_against: Optional[str] = None


class BatchChooser:
    """Which rows the next batch takes: pinned ones in, excluded ones out, the rest by the strategy.

    The strategy, its seed and its parameters are as `own` says, else sampler.json, else CDAS under `seed`. While CDAS
    warms up (the first pass over the dataset) and for the strategy `random`, rows come from a permutation per pass.
    Every strategy is told every step, so that one can follow another.

    A chooser that is told no rewards (`learns=False`) takes the difficulties that the lens puts into sampler.json
    instead, and draws no problem a second time before they change. Strategies that need rewards are random there.
    """

    def __init__(
        self,
        curation: Curation,
        size: int,
        seed: int = 1,
        own: Optional[Mapping[str, Any]] = None,
        learns: bool = True,
    ):
        self.curation = curation
        self.learns = learns
        self.size = size
        self.cdas = CdasState(curation.index.problem_of_row)
        self.seen = Observations(len(self.cdas), _labels(curation))
        self._default_seed, self._own = seed, dict(own or {})
        self._rows_by_problem = curation.index.rows_by_problem()
        self._turns = PinTurns()
        self._epoch, self._offset, self._draws, self._observed = 0, 0, 0, 0
        self._given_window = False
        self._relabels: Dict[str, str] = {}
        self._strategy: Optional[Strategy] = None
        self._strategy_of: Any = None
        self._plan: Optional[Plan] = None
        self._told: Mapping[str, Any] = {}
        self._drawn_as_told: Set[int] = set()
        self._permuted: Tuple[Any, List[int]] = (None, [])
        self._complaints = Complaints(_log)

    @property
    def plan(self) -> Plan:
        """The decisions in force, in row numbers."""
        return self.curation.plan

    def next_batch(
        self, next_step: Callable[[], int], size: Optional[int] = None, window: Optional[Sequence[int]] = None
    ) -> List[int]:
        """The rows of the next batch; never raises. `next_step` says for which training step it is.

        `size` is what it takes now and from now on, if not what it took before. `window` are the rows to begin with
        where the batch is uniform, if they do not come from our own permutation.
        """
        self.size, self._given_window = size or self.size, window is not None
        self.curation.refresh(next_step, force=True, sampler=self._described)
        if self._offset and self._offset + self.size > len(self.curation.index):
            self._epoch, self._offset = self._epoch + 1, 0
        try:
            self._follow_plan()
            rows = self._uniform(window) if self._is_uniform() else self._select()
        except Exception:
            self._complaints.say("a batch could not be chosen; this one is uniform")
            rows = self._window(window)
        self._offset += self.size
        self._draws += 1
        self.seen.note_drawn(at for at in map(self.position, rows) if at is not None)
        return rows

    def position(self, row: int) -> Optional[int]:
        """Where the state holds the problem of a row."""
        return self.cdas.position(self.curation.index.problem_of_row[row])

    def recheck(self, rows: Sequence[int], chosen_under: Optional[str], next_step: Callable[[], int]) -> List[int]:
        """Rows that were chosen before a restart under the digest `chosen_under`, as the decisions now allow."""
        self.curation.refresh(next_step, force=True, sampler=self._described)
        try:
            self._follow_plan()
        except Exception:
            self._complaints.say("the decisions could not be applied to the difficulties")
        if chosen_under == self.plan.digest:
            return list(rows)
        return curated_batch(rows, self.plan, self._turns.take(self.plan.pinned, len(rows)), self._seed(), self._epoch)

    def scored_against(self, problem_id: str) -> Optional[str]:
        """The relabelled answer that is in force for a problem, in canonical JSON; None for the dataset's own."""
        return self._relabels.get(problem_id)

    def observe(self, rollouts: Iterable[Scored]) -> int:
        """Takes in one step; returns how many problems it told something about.

        Rollouts that were scored against another answer than the one in force are left out: a relabel starts afresh.
        """
        current = [(each.problem_id, each.correct) for each in rollouts
                   if self._relabels.get(each.problem_id) == each.scored_against]
        self._observed += 1
        try:
            self.seen.observe(self._tallies(current))
            return self.cdas.observe(current)
        except Exception:
            self._complaints.say("the difficulties could not be updated from a step")
            return 0

    def _tallies(self, rollouts: Iterable[Tuple[str, Optional[bool]]]) -> List[Tuple[int, int, int]]:
        tallies: Dict[int, List[int]] = {}
        for problem_id, correct in rollouts:
            at = self.cdas.position(problem_id)
            if at is not None and correct is not None:
                tally = tallies.setdefault(at, [0, 0])
                tally[0] += bool(correct)
                tally[1] += 1
        return [(at, correct, scored) for at, (correct, scored) in tallies.items()]

    def strategy(self) -> Mapping[str, Any]:
        """The strategy in force, with what can be followed of the fields that sampler.json has."""
        config = self.curation.config
        if self._strategy is None or config is not self._strategy_of:
            stated = config.strategy if config is not None else {}
            self._strategy, self._strategy_of = read_strategy({"name": "cdas", **stated, **self._own}), config
            for each in self._strategy.ignored:
                self._complaints.say(f"part of the strategy is ignored: {each}")
        return self._strategy.fields

    def _described(self) -> Dict[str, Any]:
        """What a receipt says of how batches are chosen: enough to choose the next one elsewhere, with the log."""
        fields = {"name": "random", "mode": self.cdas.mode, **self.strategy(), "seed": self._seed()}
        ignored = self._strategy.ignored if self._strategy is not None else ()
        return {
            "strategy": fields,
            **({"ignored": list(ignored)} if ignored else {}),
            "own": dict(self._own),
            "size": self.size,
            "draws": self._draws,
            "observed": self._observed,
            "epoch": self._epoch,
            "offset": self._offset,
            "learns": self.learns,
            "givenOrder": self._given_window,
        }

    def _seed(self) -> int:
        return self.strategy().get("seed", self._default_seed)

    def _is_uniform(self) -> bool:
        strategy = self.strategy()
        # A name that is not known was left out.
        name = strategy.get("name", "random")
        if name == "cdas":
            if not self.learns:
                return not any(self.cdas.visits)
            return self._epoch == 0 and strategy.get("warmup", "first-epoch") == "first-epoch"
        if not self.learns and name not in _NEED_NO_REWARDS:
            self._complaints.say(f"the strategy {name!r} needs rewards, which are not available here; batches are random")
            return True
        return name == "random"

    def _uniform(self, window: Optional[Sequence[int]]) -> List[int]:
        pins = self._turns.take(self.plan.pinned, self.size)
        return curated_batch(self._window(window), self.plan, pins, self._seed(), self._epoch)

    def _window(self, given: Optional[Sequence[int]]) -> List[int]:
        if given is not None:
            return list(given)
        total, which = len(self.curation.index), f"{self._seed()}/{self._epoch}"
        if self._permuted[0] != which:
            rows = list(range(total))
            random.Random(which).shuffle(rows)
            self._permuted = (which, rows)
        rows = self._permuted[1]
        return [rows[(self._offset + at) % total] for at in range(self.size)]

    def _select(self) -> List[int]:
        pins = self._turns.take(self.plan.pinned, self.size)
        row_of = {self.position(row): row for row in pins}
        strategy = self.strategy()
        if strategy["name"] == "cdas":
            chosen = self._aligned(list(row_of), strategy.get("symmetric", True))
        else:
            self.seen.follow(strategy)
            request = Request(self.size, self._seed(), self._draws, list(row_of), self.cdas.excluded.__getitem__)
            chosen = choose(strategy["name"], self.seen, request)
        rows = [row_of[at] if at in row_of else self._row_of(at) for at in chosen]
        allowed = self.plan.allowed
        return rows + [allowed[mixed(self._seed(), self._draws, at) % len(allowed)] for at in range(len(rows), self.size)]

    def _aligned(self, pinned: List[int], symmetric: bool) -> List[int]:
        ties = seeded_hash(self._seed(), self._draws)
        if len(self._drawn_as_told) + self.size > self.cdas.counted:
            self._drawn_as_told.clear()
        wanted = Wanted(self.size, ties, pinned, self._drawn_as_told, symmetric)
        chosen = select_batch(self.cdas, wanted).positions()
        if not self.learns:
            self._drawn_as_told.update(chosen)
        return chosen

    def _row_of(self, at: int) -> int:
        """One row of a problem; rows that hold the same problem take turns."""
        rows = self._rows_by_problem[self.cdas.ids[at]]
        return rows[self.cdas.visits[at] % len(rows)]

    def _follow_plan(self) -> None:
        """Takes over into the state what the decisions changed since the last batch."""
        plan = self.plan
        if plan is self._plan:
            return
        self._plan = plan
        problems = self.curation.index.problem_of_row
        mode = self.strategy().get("mode")
        if mode in MODES:
            self.cdas.mode = mode
        self.cdas.set_excluded(problems[row] for row in plan.excluded)
        relabels = {problems[row]: canonical_json(value) for row, value in plan.relabels.items()}
        changed = [each for each in {**self._relabels, **relabels} if self._relabels.get(each) != relabels.get(each)]
        self.cdas.reset(changed)
        self.seen.forget(at for at in map(self.cdas.position, changed) if at is not None)
        self._relabels = relabels
        if not self.learns:
            self._take_over_difficulties()

    def _take_over_difficulties(self) -> None:
        config = self.curation.config
        told = config.raw_difficulty if config is not None else {}
        if told != self._told:
            self._told = told
            self._drawn_as_told.clear()
        self.cdas.reset(self.cdas.ids)
        if config is not None:
            self.cdas.warm_start(config.difficulties())

    def state_dict(self) -> Dict[str, Any]:
        """All that a resumed run needs, as plain JSON values; the decisions themselves are not copied."""
        return {
            "schema": STATE_SCHEMA,
            "epoch": self._epoch,
            "offset": self._offset,
            "draws": self._draws,
            "observed": self._observed,
            "seen": self.seen.state_dict(self.cdas.ids),
            "cdas": self.cdas.state_dict(),
            "turns": self._turns.state_dict(),
            "relabels": dict(self._relabels),
            "generation": self.plan.generation,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes back what `state_dict` gave, also after a way through JSON."""
        self._epoch, self._offset, self._draws = state["epoch"], state["offset"], state["draws"]
        self._observed = state.get("observed", self._draws)
        self.seen.load_state_dict(state["seen"], self.cdas.position)
        self.cdas.load_state_dict(state["cdas"])
        self._turns.load_state_dict(state["turns"])
        self._relabels = dict(state["relabels"])
        self._plan = None


def _labels(curation: Curation) -> List[Optional[float]]:
    """The difficulties that the dataset gives, one for each problem in the order of the state."""
    index = curation.index
    if not index.labels:
        return []
    first: Dict[str, Optional[float]] = {}
    for problem_id, label in zip(index.problem_of_row, index.labels):
        first.setdefault(problem_id, label)
    return list(first.values())
