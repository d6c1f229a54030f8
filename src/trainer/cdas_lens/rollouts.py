"""Writes the neutral logs: `cdas-rollout/1`, a line a rollout, and `cdas-groups/1`, a line for each problem of a step."""

from __future__ import annotations

import json
import logging
import math
import os
import re
import time
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple, Union

from cdas_lens.curation import launch_id

SCHEMA = "cdas-rollout/1"
GROUPS_SCHEMA = "cdas-groups/1"

_LINE_SECONDS = 0.05
_UNSAFE_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]")
_FILE_NAME = re.compile(r"(?:rollouts|groups)-launch(?P<number>\d+)-(?P<launch>.+)\.jsonl")

_log = logging.getLogger(__name__)


def _is_torn(descriptor: int) -> bool:
    """Whether a file's last line was cut off: by a full disk, or when a job of the same name was killed."""
    if _ends_whole(descriptor):
        return False
    # Another process may be in the middle of its line.
    time.sleep(_LINE_SECONDS)
    return not _ends_whole(descriptor)


def _ends_whole(descriptor: int) -> bool:
    if os.lseek(descriptor, 0, os.SEEK_END) == 0:
        return True
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1) == b"\n"


def _launch_number(directory: str, launch: str) -> int:
    """The number of a launch among those that wrote into a directory, from 1; the next one where it wrote nothing yet."""
    try:
        found = [match for match in map(_FILE_NAME.match, os.listdir(directory)) if match is not None]
    except OSError:
        return 1
    own = [int(match["number"]) for match in found if match["launch"] == launch or match["launch"].startswith(f"{launch}.")]
    return max(own) if own else 1 + max((int(match["number"]) for match in found), default=0)


class _LineFile:
    """A JSON lines file of its own for each launch: strict ASCII JSON, one write per line, flushed with every step.

    Launches are numbered, and readers let the last one that wrote a step count: a resumed job trains steps again, and
    after other decisions other problems in them. Of a launch that writes in several processes each has a `part`.
    A problem with the disk is logged once and never raised into training.
    """

    def __init__(self, directory: str, kind: str, launch: Optional[str], part: Optional[str] = None):
        self._directory, self._kind = directory, kind
        self._launch = _UNSAFE_IN_A_NAME.sub("_", launch or launch_id())
        self._part = "" if part is None else "." + _UNSAFE_IN_A_NAME.sub("_", part)
        self._path: Optional[str] = None
        self._descriptor: Optional[int] = None
        self._step: Optional[int] = None
        self._failed = False

    @property
    def path(self) -> str:
        """The file; its number is settled when somebody asks first."""
        if self._path is None:
            number = _launch_number(self._directory, self._launch)
            self._path = os.path.join(self._directory, f"{self._kind}-launch{number:04d}-{self._launch}{self._part}.jsonl")
        return self._path

    def _put(self, step: int, row: Mapping[str, Any]) -> None:
        try:
            if self._step is not None and step != self._step:
                self.flush()
            self._step = step
            self._append(json.dumps(plain(row), ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n")
        except Exception as error:
            self._miss(error)
            if isinstance(error, OSError):
                # What is cut off then gets its line end when the file is opened again.
                self.close()

    def _miss(self, error: Exception) -> None:
        if not self._failed:
            _log.warning("some rollouts could not be written to %s: %s", self.path, error)
        self._failed = True

    def _append(self, line: bytes) -> None:
        if self._descriptor is None:
            os.makedirs(os.path.dirname(self.path) or ".", exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
            line = b"\n" + line if _is_torn(self._descriptor) else line
        written = os.write(self._descriptor, line)
        while written < len(line):
            written += os.write(self._descriptor, line[written:])

    def flush(self) -> None:
        """Makes what was written visible to other hosts too."""
        if self._descriptor is None:
            return
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            _log.debug("%s could not be flushed: %s", self.path, error)

    def close(self) -> None:
        """Flushes and closes the file; a later write opens it again."""
        self.flush()
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)


class RolloutWriter(_LineFile):
    """Appends rollouts to `rollouts-launch{number}-{launch}.jsonl`."""

    def __init__(self, directory: str, launch: Optional[str] = None, part: Optional[str] = None):
        super().__init__(directory, "rollouts", launch, part)

    def write(self, step: int, problem_id: str, reward: Optional[float], **fields: Any) -> None:
        """Logs one rollout.

        `fields` are those of the format: `split`, `group_id`, `sample_index`, `group_size`, `reward_components`,
        `correct`, `prompt`, `response`, `ground_truth`, `response_tokens`, `finish_reason`. None means not known
        for `reward` and `correct`; other fields that are None are left out. A new step flushes the one before.
        """
        row = {"schema": SCHEMA, "step": step, "split": "train", "problem_id": str(problem_id), "reward": reward}
        row.update((name, value) for name, value in fields.items() if value is not None or name == "correct")
        self._put(step, row)

    def write_step(self, rollouts: Iterable[Mapping[str, Any]]) -> None:
        """Logs the rollouts of a step, each with the number it has in the group of its problem."""
        counts: Dict[str, int] = {}
        for each in rollouts:
            prefix = "val-" if each.get("split") == "val" else ""
            group = f"{prefix}{each['step']}-{each['problem_id']}"
            counts[group] = counts.get(group, -1) + 1
            self.write(**{**each, "group_id": group, "sample_index": counts[group]})
        self.flush()


class GroupWriter(_LineFile):
    """Appends to `groups-launch{number}-{launch}.jsonl` what a step's rollouts of one problem come to: for runs whose text is too big.

    The lens shows such a run with everything but the text.
    """

    def __init__(self, directory: str, launch: Optional[str] = None):
        super().__init__(directory, "groups", launch)

    def write_step(self, rollouts: Iterable[Mapping[str, Any]]) -> None:
        """Logs the rollouts of a step; those that were not scored are left out.

        Of each rollout it takes `step`, `problem_id`, `split`, `correct`, `reward` and the length of `response`.
        """
        groups: Dict[Tuple[Any, ...], List[Mapping[str, Any]]] = {}
        for each in rollouts:
            if each.get("correct") is not None:
                groups.setdefault((each["step"], each.get("split") or "train", str(each["problem_id"])), []).append(each)
        for (step, split, problem_id), members in groups.items():
            try:
                self._put(step, {"schema": GROUPS_SCHEMA, "step": step, "split": split, "problem_id": problem_id, **_sums(members)})
            except Exception as error:
                self._miss(error)
        self.flush()


def _sums(members: List[Mapping[str, Any]]) -> Dict[str, Any]:
    rewards = [each["reward"] for each in members if each.get("reward") is not None]
    lengths = [len(each["response"]) for each in members if isinstance(each.get("response"), str)]
    return {
        "n": len(members),
        "correct": sum(1 for each in members if each["correct"]),
        "reward_sum": sum(rewards) if len(rewards) == len(members) else None,
        "length_sum": sum(lengths) if len(lengths) == len(members) else None,
    }


def step_writer(directory: str, log: Optional[str], launch: Optional[str] = None) -> Union[RolloutWriter, GroupWriter]:
    """The writer for `log`: "rollouts" (the default) or "groups"."""
    if log not in (None, "rollouts", "groups"):
        raise ValueError(f"log is {log!r}: say 'rollouts' or 'groups'")
    return GroupWriter(directory, launch) if log == "groups" else RolloutWriter(directory, launch)


def finite_number(value: Any) -> Optional[float]:
    """A reward as a number; None where there is none, or one that is not finite: such a rollout is not scored."""
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def plain(value: Any) -> Any:
    """`value` as strict JSON can carry it: numbers that are not finite become null, arrays and scalars plain."""
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): plain(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return str(value)
