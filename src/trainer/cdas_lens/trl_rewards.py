"""Stands between TRL and the reward functions: hands them relabelled answers, and notes what they scored."""

from __future__ import annotations

import functools
import inspect
import logging
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence

from cdas_lens.canonical_json import canonical_json
from cdas_lens.complaints import Complaints
from cdas_lens.identity import ground_truth, prompt_text, text_hash
from cdas_lens.matching import DatasetIndex
from cdas_lens.relabels import answer_fields, relabelled
from cdas_lens.rollouts import finite_number
from cdas_lens.trl_sampler import Chosen

ROW_COLUMN = "cdas_row"

_TRL_ARGUMENTS = ("prompts", "completions", "completion_ids", "trainer_state", "log_extra", "log_metric", "environments")

_log = logging.getLogger(__name__)


class RewardRules(NamedTuple):
    """What the rewards mean: which function says what is correct and from which value, and where the answer stands."""

    correct_by: Optional[str] = None
    correct_threshold: float = 1.0
    answer_column: Optional[str] = None


class _Scoring:
    """One generation batch of this process while the reward functions report on it."""

    def __init__(self, call: Dict[str, Any], rows: Optional[Sequence[int]], chosen: Optional[Chosen]):
        self.call = call
        self.rows = rows
        self.chosen = chosen
        self.values: Dict[int, Sequence[Optional[float]]] = {}


class RewardRecorder:
    """Wraps the reward functions of one trainer. `take` gives the finished rollouts as rows of the neutral log.

    Rows of the training set are known by the column `cdas_row`, which the functions themselves never see; calls
    without it are evaluation: nothing is relabelled there.
    """

    def __init__(self, index: DatasetIndex, rules: RewardRules):
        self.index = index
        self.rules = rules
        self.weights: List[float] = []
        self.eos_token_id: Optional[int] = None
        self.scored_under: Callable[[int], Optional[Chosen]] = lambda step: None
        self._names: List[str] = []
        self._places: List[int] = []
        self._open: Optional[_Scoring] = None
        self._done: List[Dict[str, Any]] = []
        self._complaints = Complaints(_log)

    def wrap(self, function: Callable[..., Any], place: int) -> Callable[..., Any]:
        """`function`, which has this `place` among the rewards and their weights, as TRL should call it."""
        number = len(self._names)
        self._places.append(place)
        self._names.append(self._own_name(getattr(function, "__name__", type(function).__name__)))
        named = _parameters(function)

        if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None)):

            @functools.wraps(function)
            async def scored_later(**call: Any) -> Any:
                values = await function(**self._prepared(number, call, named))
                return self._noted(number, values)

            return scored_later

        @functools.wraps(function)
        def scored(**call: Any) -> Any:
            return self._noted(number, function(**self._prepared(number, call, named)))

        return scored

    def _own_name(self, name: str) -> str:
        """`name`, with a number where a function before it has the same: lambdas and partial functions often do."""
        same = sum(1 for each in self._names if each.split(" ")[0] == name)
        return f"{name} {same + 1}" if same else name

    def check(self) -> None:
        """Raises ValueError if no function has the name that is said to tell what is correct: nothing would be rated."""
        named = self.rules.correct_by
        if named is not None and named not in self._names:
            raise ValueError(f"correct_by is {named!r}, but the reward functions are {', '.join(self._names) or 'none'}")

    def take(self) -> List[Dict[str, Any]]:
        """The rollouts that were scored since the last time, and forgets them."""
        self._close()
        done, self._done = self._done, []
        return done

    def _prepared(self, number: int, call: Dict[str, Any], named: Sequence[str]) -> Dict[str, Any]:
        """The arguments for a reward function: without our column, the answers as relabelled."""
        passed = {name: value for name, value in call.items() if name != ROW_COLUMN}
        try:
            rows = call.get(ROW_COLUMN)
            chosen = None if rows is None else self.scored_under(_step(call) + 1)
            if self._open is None or number in self._open.values:
                self._close()
                self._open = _Scoring(dict(passed), rows, chosen)
                self._log_ids(self._open)
            if chosen is None or not chosen.relabels or rows is None:
                return passed
            for field in answer_fields(passed.keys(), named, self.rules.answer_column):
                old = passed.get(field) or [None] * len(rows)
                passed[field] = [relabelled(field, value, chosen.relabels[row]) if row in chosen.relabels else value
                                 for row, value in zip(rows, old)]
                self._open.call[field] = passed[field]
        except Exception:
            self._complaints.say("relabelled answers could not be passed on")
        return passed

    def _log_ids(self, scoring: _Scoring) -> None:
        """The problem ids as a column of TRL's own table of completions: always, as its columns must stay aligned."""
        log_extra = scoring.call.get("log_extra")
        if log_extra is not None:
            log_extra("problem_id", [self._problem(scoring, at) for at in range(len(scoring.call["prompts"]))])

    def _problem(self, scoring: _Scoring, at: int) -> str:
        if scoring.rows is not None:
            return self.index.problem_of_row[scoring.rows[at]]
        return f"h:{text_hash(prompt_text({'prompt': scoring.call['prompts'][at]}) or '')}"

    def _noted(self, number: int, values: Any) -> Any:
        try:
            if self._open is not None:
                self._open.values[number] = [finite_number(each) for each in values]
                if len(self._open.values) == len(self._names):
                    self._close()
        except Exception:
            self._complaints.say("a reward function's values could not be recorded")
        return values

    def _close(self) -> None:
        scoring, self._open = self._open, None
        if scoring is None or not scoring.values:
            return
        try:
            for at in range(len(scoring.call["completions"])):
                self._done.append(self._rollout(scoring, at))
        except Exception:
            self._complaints.say("rollouts could not be recorded")

    def _rollout(self, scoring: _Scoring, at: int) -> Dict[str, Any]:
        call, step = scoring.call, _step(scoring.call)
        fields = {name: values[at] for name, values in call.items() if name not in _TRL_ARGUMENTS}
        components = {self._names[number]: values[at] for number, values in sorted(scoring.values.items())}
        ids = call["completion_ids"][at] if call.get("completion_ids") is not None else None
        rollout = {
            "step": step if scoring.rows is None else step + 1,
            "reward": self._combined(scoring, at),
            "reward_components": components,
            "correct": self._correct(components),
            "prompt": call["prompts"][at],
            "response": _text(call["completions"][at]),
            "ground_truth": fields.get(self.rules.answer_column) if self.rules.answer_column else ground_truth(fields),
            "response_tokens": None if ids is None else len(ids),
            "finish_reason": self._finish(ids),
        }
        rollout["problem_id"] = self._problem(scoring, at)
        if scoring.rows is None:
            return {**rollout, "split": "val"}
        row = scoring.rows[at]
        relabels = scoring.chosen.relabels if scoring.chosen is not None else {}
        against = canonical_json(relabels[row]) if row in relabels else None
        return {**rollout, "split": "train", "scored_against": against}

    def _combined(self, scoring: _Scoring, at: int) -> Optional[float]:
        """The weighted sum that TRL trains on; None when no function gave a value."""
        seen = [(number, values[at]) for number, values in scoring.values.items() if values[at] is not None]
        if not seen:
            return None
        return sum((self.weights[self._places[number]] if self.weights else 1.0) * value for number, value in seen)

    def _correct(self, components: Mapping[str, Optional[float]]) -> Optional[bool]:
        value = components.get(self.rules.correct_by or next(iter(self._names)))
        return None if value is None else value >= self.rules.correct_threshold

    def _finish(self, ids: Any) -> Optional[str]:
        if self.eos_token_id is None or ids is None or len(ids) == 0:
            return None
        return "stop" if ids[-1] == self.eos_token_id else "length"


def _parameters(function: Callable[..., Any]) -> List[str]:
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def _step(call: Mapping[str, Any]) -> int:
    return int(getattr(call.get("trainer_state"), "global_step", 0))


def _text(completion: Any) -> Any:
    """The text of a completion: of messages, all that was answered."""
    if not isinstance(completion, list):
        return completion
    texts = [message.get("content") for message in completion if isinstance(message, Mapping)]
    return "\n".join(text for text in texts if isinstance(text, str))
