"""Which problem a dataset row is: the `cdas-text/1` identity.

The extension computes the same ids from the same rows; one vector file is checked by both.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

from cdas_lens.canonical_json import canonical_json, paired

_TRIMMED = (
    "\t\n\x0b\x0c\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f"
    "\u3000\ufeff"
)
_SPECIAL_TOKENS = re.compile(
    rf"<\|[^<>|{_TRIMMED}]{{1,64}}\|>"
    rf"|<\uff5c[^<>\uff5c{_TRIMMED}]{{1,64}}\uff5c>"
    r"|<s>|</s>|<bos>|<eos>|<pad>|<unk>|<start_of_turn>|<end_of_turn>"
    r"|\[INST\]|\[/INST\]|<<SYS>>|<</SYS>>"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

_PROMPT_FIELDS = ("prompt", "question", "problem", "messages")
_SAFE_INTEGER = 2**53 - 1
_SUFFIX_DIGITS = 4
_GROUND_TRUTH_FIELDS = ("answer", "solution", "ground_truth", "expected_answer", "label")


def normalise_text(text: str) -> str:
    """The form of a prompt that is hashed: line ends LF, special tokens gone, NFC, trimmed."""
    unix = paired(text)
    if "\r" in unix:
        unix = unix.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _SPECIAL_TOKENS.sub("", unix)).strip(_TRIMMED)


def text_hash(text: str) -> str:
    """16 hex digits that name a prompt's text."""
    return _sha256(normalise_text(text))[:16]


def ground_truth_hash(ground_truth: Any) -> str:
    """16 hex digits that tell apart problems of equal text and different ground truth; an id ends in the first 4."""
    return _sha256(canonical_json(ground_truth))[:16]


def _sha256(text: str) -> str:
    try:
        encoded = text.encode("utf-8")
    except UnicodeEncodeError:
        encoded = _LONE_SURROGATE.sub("\ufffd", text).encode("utf-8")
    return hashlib.sha256(encoded).hexdigest()


def prompt_text(row: Mapping[str, Any], prompt_key: Optional[str] = None) -> Optional[str]:
    """The text of a dataset row's prompt, of messages the last one by the user; None when the row has none."""
    fields = _PROMPT_FIELDS if prompt_key in (None, *_PROMPT_FIELDS) else (prompt_key, *_PROMPT_FIELDS)
    for field in fields:
        text = _text_of_prompt(row.get(field))
        if text is not None:
            return text
    return None


def _text_of_prompt(prompt: Any) -> Optional[str]:
    if isinstance(prompt, str):
        return prompt
    listed = prompt.tolist() if hasattr(prompt, "tolist") else prompt
    if not isinstance(listed, (list, tuple)):
        return None
    messages = [message for message in listed if isinstance(message, Mapping)]
    by_user = [message for message in messages if message.get("role") == "user"]
    last = (by_user or messages)[-1:]
    return _text_of_content(last[0].get("content")) if last else None


def _text_of_content(content: Any) -> Optional[str]:
    if isinstance(content, str):
        return content
    parts = content.tolist() if hasattr(content, "tolist") else content
    if not isinstance(parts, (list, tuple)):
        return None
    texts = [part.get("text") for part in parts if isinstance(part, Mapping)]
    return "".join(text for text in texts if isinstance(text, str))


def ground_truth(row: Mapping[str, Any]) -> Any:
    """What a dataset row says the answer is, any JSON; None when it says nothing."""
    reward_model = row.get("reward_model")
    if isinstance(reward_model, Mapping) and reward_model.get("ground_truth") is not None:
        return reward_model["ground_truth"]
    return next((row[field] for field in _GROUND_TRUTH_FIELDS if row.get(field) is not None), None)


def explicit_ids(row: Mapping[str, Any]) -> Tuple[str, ...]:
    """The ids that a dataset row itself carries, the one that counts first."""
    found = [_id_text(row.get("id")), _id_text(row.get("problem_id")), dataset_index(row)]
    return tuple(dict.fromkeys(each for each in found if each))


def dataset_index(row: Mapping[str, Any]) -> Optional[str]:
    """`extra_info.index` of a dataset row as text, if it has one."""
    extra_info = row.get("extra_info")
    return _id_text(extra_info.get("index")) if isinstance(extra_info, Mapping) else None


def difficulty_label(row: Mapping[str, Any]) -> Optional[float]:
    """The difficulty that a dataset row carries as a number, in `difficulty` or `extra_info.difficulty`."""
    extra_info = row.get("extra_info")
    for value in (row.get("difficulty"), extra_info.get("difficulty") if isinstance(extra_info, Mapping) else None):
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    return None


def _id_text(value: Any) -> Optional[str]:
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, bool) or not isinstance(plain, (str, int, float)):
        return None
    if isinstance(plain, float) and not math.isfinite(plain):
        # What pandas puts where a column of numbers has none.
        return None
    if isinstance(plain, float) and plain.is_integer() and abs(plain) <= _SAFE_INTEGER:
        plain = int(plain)
    return str(plain) or None


class RowIdentity(NamedTuple):
    """One dataset row as an adapter needs to recognise it.

    `id` is the problem's id: the row's own, if it carries one, else made from its text; None when it has neither.
    """

    id: Optional[str]
    hash_id: Optional[str]
    text_hash: Optional[str]
    suffix: str
    explicit: Tuple[str, ...]
    dataset_index: Optional[str]


def row_identities(rows: Iterable[Mapping[str, Any]], prompt_key: Optional[str] = None) -> List[RowIdentity]:
    """The identity of every row of a dataset, in row order.

    Rows of equal text and different ground truth are different problems: each gets a suffix made from its ground
    truth, which is why the ids of a dataset can only be told from the whole of it.
    """
    found = [_parts(row, prompt_key) for row in rows]
    answers: Dict[str, set] = {}
    for hashed, answer, _, _ in found:
        if hashed is not None:
            answers.setdefault(hashed, set()).add(answer)
    identities = []
    for hashed, answer, explicit, index in found:
        suffix = answer[:_SUFFIX_DIGITS]
        hash_id = None
        if hashed is not None:
            hash_id = f"h:{hashed}~{suffix}" if len(answers[hashed]) > 1 else f"h:{hashed}"
        identities.append(RowIdentity(explicit[0] if explicit else hash_id, hash_id, hashed, suffix, explicit, index))
    return identities


def _parts(
    row: Mapping[str, Any], prompt_key: Optional[str]
) -> Tuple[Optional[str], str, Tuple[str, ...], Optional[str]]:
    text = prompt_text(row, prompt_key)
    hashed = None if text is None else text_hash(text)
    return hashed, ground_truth_hash(ground_truth(row)), explicit_ids(row), dataset_index(row)
