"""Writes test/fixtures/identity/cdas-text-1.json, which the Python and the TypeScript side are both held to.

Run it again after a change to the identity: python3 test/trainer/make_identity_vectors.py
Dataset rows are given as the text of their lines, so that numbers keep the form they were written in.
"""

from __future__ import annotations

import itertools
import json
import random
from typing import Any, Dict, Iterator, List, Tuple

import harness
from cdas_lens.canonical_json import canonical_json
from cdas_lens.identity import normalise_text, row_identities, text_hash

TRIMMED = "\t\n\x0b\x0c\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
KEPT = "\x00\x1b\x1c\x1d\x1e\x1f\x85\u180e\u200b\u200c\u200d\u2060\u200e\x7f\u00ad"
TOKENS = (
    "<|im_start|> <|im_end|> <|endoftext|> <|begin_of_text|> <|eot_id|> <|start_header_id|> <|end_header_id|> "
    "<|fim▁hole|> <s> </s> <bos> <eos> <pad> <unk> <start_of_turn> <end_of_turn> [INST] [/INST] <<SYS>> <</SYS>> "
    "<\uff5cbegin▁of▁sentence\uff5c> <\uff5cUser\uff5c> <\uff5cAssistant\uff5c> <\uff5cend▁of▁sentence\uff5c>"
).split()
NEAR_TOKENS = (
    "<||>;<|a b|>;<|a\u00a0b|>;<|a<b|>;<|a|b|>;<|a;<S>;</S>;<EOS>;<Pad>;<mask>;<sep>;[inst];[ INST ];<<sys>>;<SYS>;"
    "<start_of_image>;<\uff5c\uff5c>;<\uff5ca b\uff5c>;<|a\uff5c>;<\uff5ca|>;< s>;<s >;<think>;</think>;<|a\n|>;<|a\x85b|>"
).split(";")
QUESTIONS = (
    "What is 15% of 80?",
    "Solve $x^2 - 5x + 6 = 0$ for x.\nLet's think step by step and output the final answer after \"####\".",
    "def add(a, b):\n    return a +  b\n\n\tWhat does add(2, 3) give?",
    "Пусть $n$ — натуральное число. Докажите, что $n^2+n$ чётно.",
    "設 $x$ 為實數,求 $x+1$ 的值。",
    "ما هو حاصل ضرب ٣ و ٤؟",
    "Wie groß ist die Fläche eines Kreises mit r = 3 m?",
    "🧮 Compute 🍎+🍎 when 🍎=2 👩‍👩‍👧‍👦",
    "user\nIs this a role word?\nassistant",
)


def texts() -> Iterator[Tuple[str, str]]:
    """(what the case is about, text)."""
    for at, question in enumerate(QUESTIONS):
        yield f"question {at}", question
        yield f"question {at} with CRLF", question.replace("\n", "\r\n")
        yield f"question {at} with lone CR", question.replace("\n", "\r")
        yield f"question {at} in ChatML", f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"
        yield f"question {at} in Llama 3", (
            f"<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n{question}<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n"
        )
        yield f"question {at} in Gemma", f"<bos><start_of_turn>user\n{question}<end_of_turn>\n<start_of_turn>model\n"
        yield f"question {at} in Mistral", f"<s>[INST] {question} [/INST]"
        yield f"question {at} in Llama 2", f"<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\n{question} [/INST]"
        yield f"question {at} in DeepSeek", f"<\uff5cbegin▁of▁sentence\uff5c><\uff5cUser\uff5c>{question}<\uff5cAssistant\uff5c>"
    for token in TOKENS:
        yield f"token {token}", f"a{token}b"
        yield f"token {token} alone", token
    for token in NEAR_TOKENS:
        yield f"not a token: {token}", f"a{token}b"
    for size in (1, 63, 64, 65):
        yield f"token of {size} characters", f"a<|{'x' * size}|>b"
        yield f"fullwidth token of {size} characters", f"a<\uff5c{'x' * size}\uff5c>b"
        yield f"token of {size} characters outside the BMP", f"a<|{chr(0x1F600) * size}|>b"
    yield "removing a token leaves another one, which stays", "a<|i<s>m|>b<<s>s>c[IN<pad>ST]d"
    yield "tokens side by side", "<s><s><|a|><|b|></s></s>"
    yield "two tokens that share a bar", "<|a|><|b|>|>"
    yield "trimmed after tokens are gone", " <s> \n x \n </s> "
    for at, (name, composed, decomposed) in enumerate((
        ("e acute", "caf\u00e9", "cafe\u0301"),
        ("a with ring and dot", "\u1ea1\u030a", "a\u030a\u0323"),
        ("Hangul", "\ud55c\uae00", "\u1112\u1161\u11ab\u1100\u1173\u11af"),
        ("angstrom sign", "\u00c5", "\u212b"),
        ("ohm sign", "\u03a9", "\u2126"),
        ("CJK compatibility", "\u8c48", "\uf900"),
        ("composition exclusion", "\u0915\u093c", "\u0958"),
        ("ligature stays", "\ufb01", "\ufb01"),
        ("superscript stays", "x\u00b2", "x\u00b2"),
        ("long run of marks", "a" + "\u0323\u0307" * 20, "a" + "\u0307\u0323" * 20),
        ("musical symbol", "\U0001d157\U0001d165", "\U0001d15e"),
    )):
        yield f"{name}, composed ({at})", composed
        yield f"{name}, decomposed ({at})", decomposed
    yield "mark composes across a removed token", "e<s>\u0301"
    yield "mark after white space at the end", "x \u0301"
    for space in TRIMMED:
        yield f"trimmed U+{ord(space):04X}", f"{space}{space}a{space}b{space}"
    for other in KEPT:
        yield f"kept U+{ord(other):04X}", f"{other}a{other}"
    yield "all white space", TRIMMED
    yield "empty", ""
    yield "lone high surrogate", "a\ud83db"
    yield "lone low surrogate", "a\ude00b"
    yield "reversed surrogates", "\ude00\ud83d"
    yield "surrogate pair", "\U0001f600"
    yield "replacement character, as a lone surrogate counts", "a\ufffdb"
    yield "surrogate inside a token", "<|a\ud83d|>x"
    yield "lone surrogates at both ends", "\udbff \udc00"
    yield "prototype words", "__proto__ constructor toString"
    yield "CR LF mixtures", "\r\n\r\r\n\n\ra\r\nb\rc\n\rd\r"
    source = random.Random(1)
    alphabet = ["a", "B", " ", "\n", "\r", "\r\n", "\u0301", "e", "\u00e9", "\u3000", "\U0001f600", "\ud83d", *TOKENS[:6], "<|", "|>", "<s>", "[INST]"]
    for at in range(60):
        yield f"random {at}", "".join(source.choices(alphabet, k=source.randint(1, 24)))


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


def document() -> Dict[str, Any]:
    """The whole vector file."""
    return {
        "about": "Problem identity cdas-text/1. Written by test/trainer/make_identity_vectors.py; do not edit.",
        "texts": [
            {"name": name, "text": text, "normalised": normalise_text(text), "textHash": text_hash(text)}
            for name, text in texts()
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
