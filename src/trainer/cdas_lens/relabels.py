"""Puts a relabelled answer where a dataset row, a reward call or a framework's sample holds the old one."""

from __future__ import annotations

from typing import Any, Collection, Dict, Mapping, Optional

from cdas_lens.canonical_json import canonical_json

ANSWER_FIELDS = ("reward_model", "answer", "solution", "ground_truth", "expected_answer", "label")


def in_kind(new: Any, old: Any) -> Any:
    """A relabelled answer as text where the dataset holds text: reward functions compare like with like."""
    return canonical_json(new) if isinstance(old, str) and not isinstance(new, str) else new


def answer_fields(present: Collection[str], named: Collection[str] = (), chosen: Optional[str] = None) -> Collection[str]:
    """The fields among `present` that a relabel overwrites.

    The `chosen` one; else those that the reward function has `named` as parameters; else the first that usually holds
    the answer.
    """
    if chosen is not None:
        return [chosen]
    known = [field for field in ANSWER_FIELDS if field in present]
    return [field for field in known if field in named] or known[:1]


def relabelled(field: str, old: Any, new: Any) -> Any:
    """The value of an answer field after a relabel; `reward_model` keeps what else it holds."""
    if isinstance(old, Mapping) and (field == "reward_model" or "ground_truth" in old):
        return {**old, "ground_truth": in_kind(new, old.get("ground_truth"))}
    return in_kind(new, old)


def relabelled_row(row: Mapping[str, Any], new: Any, chosen: Optional[str] = None) -> Dict[str, Any]:
    """A copy of a dataset row with the relabelled answer; a row without an answer gets it as `ground_truth`."""
    return {**row, **(changed_fields(row, new, chosen) or {"ground_truth": new})}


def changed_fields(row: Mapping[str, Any], new: Any, chosen: Optional[str] = None) -> Dict[str, Any]:
    """The answer fields of a dataset row as a relabel leaves them; none for a row without such a field.

    A field that holds an answer goes before an empty one.
    """
    stated = [field for field, value in row.items() if value is not None]
    fields = answer_fields(stated, (), chosen) or answer_fields(row.keys())
    return {field: relabelled(field, row.get(field), new) for field in fields}
