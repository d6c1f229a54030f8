"""Writes test/fixtures/identity/cdas-text-1.json, which the Python and the TypeScript side are both held to.

Run it again after a change to the identity: python3 test/trainer/make_identity_vectors.py
Dataset rows are given as the text of their lines, so that numbers keep the form they were written in.
"""

from __future__ import annotations

import itertools
import json
from typing import Any, Dict, Iterator, List, Tuple

import harness
from identity_texts import huge_texts, texts

from cdas_lens.canonical_json import canonical_json
from cdas_lens.identity import normalise_text, row_identities, text_hash

GROUND_TRUTHS: Tuple[Any, ...] = (
    "12", 12, 12.5, -0.0, 1e21, 1e-7, 5e-324, 123456789012345678901, True, False, None, "", "é", "e\u0301",
    ["12", "twelve"], [], {}, {"target": ["Paris", "paris"]}, {"b": 1, "a": [2, {"z": None, "y": 0.1}]},
    {"\u20ac": 1, "\U0001f600": 2, "\r": 3, "1": 4, "": 5, "__proto__": 6}, "\ud83d", '"\\/\b\f\n\r\t\x01\x7f\u2028',
    1.7976931348623157e308, 9007199254740993, 100.0, 0.1 + 0.2, [[[[1]]]],
)


def user(content: Any) -> List[Dict[str, Any]]:
    """A conversation of one user message."""
    return [{"role": "user", "content": content}]


def datasets() -> Iterator[Tuple[str, List[Any]]]:
    """(what the dataset is about, its rows)."""
    answered = {"reward_model": {"style": "rule", "ground_truth": "3"}}
    yield "same text, every kind of ground truth", [
        {"prompt": user("Find x."), "reward_model": {"ground_truth": each}} for each in GROUND_TRUTHS
    ]
    for first, second in itertools.combinations(GROUND_TRUTHS[:8], 2):
        yield "pair", [{"prompt": "Find x.", "answer": first}, {"prompt": " Find x.\r\n", "answer": second}]
    yield "same text and same answer is one problem", [{"prompt": "Find x.", "answer": "3"}] * 2
    yield "two of three agree", [{"prompt": "Find x.", "answer": each} for each in ("3", "5", "5")]
    yield "key order does not matter", [
        {"prompt": "Find x.", "answer": {"a": 1, "b": 2}}, {"prompt": "Find x.", "answer": {"b": 2.0, "a": 1}},
    ]
    yield "one without an answer", [{"prompt": "Find x."}, {"prompt": "Find x.", "answer": "3"}]
    yield "texts that only normalisation makes equal", [
        {"prompt": "<s>caf\u00e9</s>", "answer": "1"}, {"prompt": "cafe\u0301", "answer": "2"},
    ]
    yield "prompt fields, first wins", [
        {"prompt": "p", "question": "q", "problem": "r"}, {"question": "q", "problem": "r"}, {"problem": "r"},
        {"prompt": None, "question": "q2"}, {"prompt": 7, "problem": "r2"}, {"prompt": [], "question": "q3"},
        {"messages": user("m")},
    ]
    yield "ground truth fields, first wins", [
        {"prompt": "a", **answered, "answer": "x"}, {"prompt": "a", "answer": "3", "solution": "y"},
        {"prompt": "a", "solution": "z"}, {"prompt": "a", "ground_truth": "w"},
        {"problem": "a", "expected_answer": "12"}, {"prompt": "a", "label": "12"}, {"problem": "a", "expected_answer": "12", "answer": None, "ground_truth": "13"},
        {"prompt": "a", "reward_model": {"ground_truth": None}, "answer": "v"}, {"prompt": "a", "reward_model": None, "solution": "u"},
    ]
    yield "messages", [
        {"prompt": [{"role": "system", "content": "Be brief."}, *user("last user")]},
        {"prompt": [*user("first"), {"role": "assistant", "content": "ok"}, *user("second")]},
        {"prompt": [*user("first"), {"role": "assistant", "content": "prefilled"}]},
        {"prompt": user([{"type": "text", "text": "What is "}, {"type": "image"}, {"type": "text", "text": "this?"}])},
        {"prompt": user([{"type": "text", "text": None}, {"type": "text", "text": "only this"}])},
        {"prompt": [{"role": "system", "content": "no user here"}]},
        {"prompt": user("What is in <image>?")},
    ]
    yield "explicit ids, first wins", [
        {"prompt": "1", "id": "a", "problem_id": "b", "extra_info": {"index": "c"}},
        {"prompt": "2", "problem_id": "b2", "extra_info": {"index": 3}},
        {"prompt": "3", "extra_info": {"index": 0}}, {"prompt": "4", "id": "", "problem_id": 17},
        {"prompt": "5", "id": None, "extra_info": {"index": "0f7c-uuid"}}, {"prompt": "6", "id": True},
        {"prompt": "7", "id": ["x"]}, {"prompt": "8", "extra_info": None}, {"prompt": "9", "id": "__proto__"},
        {"prompt": "10", "id": -5}, {"prompt": "11", "id": 12345678901234567890}, {"prompt": "12", "id": " padded "},
    ]
    yield "explicit ids and equal texts", [
        {"id": "x", "prompt": "Find x.", "answer": "3"}, {"id": "y", "prompt": "Find x.", "answer": "5"},
    ]
    # The hashes of these numbers begin with the same four digits.
    yield "equal texts with answers of equal suffix", [{"prompt": "Find x.", "answer": 157}, {"prompt": "Find x.", "answer": 251}]


def document() -> Dict[str, Any]:
    """The whole vector file."""
    return {
        "about": "Problem identity cdas-text/1. Written by test/trainer/make_identity_vectors.py; do not edit.",
        "texts": [
            {"name": name, "text": text, "normalised": normalise_text(text), "textHash": text_hash(text)}
            for name, text in texts()
        ],
        "hugeTexts": [
            {"name": name, "parts": parts, "textHash": text_hash("".join(text * count for text, count in parts))}
            for name, parts in huge_texts()
        ],
        "canonicalJson": [{"value": json.dumps(each), "text": canonical_json(each)} for each in GROUND_TRUTHS],
        "datasets": [
            {
                "name": name,
                "lines": [json.dumps(row, ensure_ascii=index % 2 == 0 or harness.has_lone_surrogate(row)) for index, row in enumerate(rows)],
                "expected": [
                    {"textHash": each.text_hash, "explicitId": each.explicit[0] if each.explicit else None, "textId": each.hash_id}
                    for each in row_identities(rows)
                ],
            }
            for name, rows in datasets()
        ],
    }


def rendered() -> str:
    """The vector file's text: ASCII, one case a line."""
    parts = []
    for key, value in document().items():
        if isinstance(value, str):
            parts.append(f"  {json.dumps(key)}: {json.dumps(value)}")
        else:
            lines = ",\n".join("    " + json.dumps(each) for each in value)
            parts.append(f"  {json.dumps(key)}: [\n{lines}\n  ]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    harness.IDENTITY_VECTORS.parent.mkdir(parents=True, exist_ok=True)
    harness.IDENTITY_VECTORS.write_text(rendered(), encoding="ascii")
