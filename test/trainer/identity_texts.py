"""The texts of the identity vectors: what prompts look like in every family of models, and what Unicode can do."""

from __future__ import annotations

import itertools
import random
from typing import Iterator, List, Tuple

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
BAR = "\uff5c"
# What stands around a user's message, by the family of models whose template it is.
TEMPLATES = {
    "ChatML": ("<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"),
    "ChatML with a system message": (
        "<|im_start|>system\nYou are helpful.<|im_end|>\n<|im_start|>user\n",
        "<|im_end|>\n<|im_start|>assistant\n",
    ),
    "Qwen 3, thinking": ("<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"),
    "Llama 2": ("<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\n", " [/INST]"),
    "Llama 3": (
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n",
        "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
    "Llama 4": (
        "<|begin_of_text|><|header_start|>user<|header_end|>\n\n",
        "<|eot|><|header_start|>assistant<|header_end|>\n\n",
    ),
    "Gemma": ("<bos><start_of_turn>user\n", "<end_of_turn>\n<start_of_turn>model\n"),
    "Mistral": ("<s>[INST] ", " [/INST]"),
    "Mistral with a system prompt": ("<s>[SYSTEM_PROMPT]Be brief.[/SYSTEM_PROMPT][INST]", "[/INST]"),
    "DeepSeek": (f"<{BAR}begin▁of▁sentence{BAR}><{BAR}User{BAR}>", f"<{BAR}Assistant{BAR}>"),
    "DeepSeek R1": (f"<{BAR}begin▁of▁sentence{BAR}><{BAR}User{BAR}>", f"<{BAR}Assistant{BAR}><think>\n"),
    "Phi 3": ("<|user|>\n", "<|end|>\n<|assistant|>\n"),
    "Phi 4": ("<|im_start|>user<|im_sep|>", "<|im_end|><|im_start|>assistant<|im_sep|>"),
    "GLM 4": ("[gMASK]<sop><|user|>\n", "<|assistant|>"),
    "gpt-oss": ("<|start|>user<|message|>", "<|end|><|start|>assistant"),
    "Command R": (
        "<BOS_TOKEN><|START_OF_TURN_TOKEN|><|USER_TOKEN|>",
        "<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
    ),
    "Granite": ("<|start_of_role|>user<|end_of_role|>", "<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>"),
    "OLMo and Tulu": ("<|endoftext|><|user|>\n", "\n<|assistant|>\n"),
    "Kimi": ("<|im_user|>user<|im_middle|>", "<|im_end|><|im_assistant|>assistant<|im_middle|>"),
    "Hunyuan": (f"<{BAR}hy_begin▁of▁sentence{BAR}><{BAR}hy_User{BAR}>", f"<{BAR}hy_Assistant{BAR}>"),
    "EXAONE": ("[|user|]", "\n[|assistant|]"),
    "Falcon": ("User: ", "\nFalcon:"),
    "Nemotron": ("<extra_id_0>System\n\n<extra_id_1>User\n", "\n<extra_id_1>Assistant\n"),
    "Vicuna": ("USER: ", " ASSISTANT:"),
    "Alpaca": ("### Instruction:\n", "\n\n### Response:\n"),
    "decoded without special tokens": ("system\nYou are helpful.\nuser\n", "\nassistant\n"),
}
NESTED = (
    "<|<|im_start|>|>", "<s<s>>", "<<s>s>", "[INST[INST]]",
    "[[INST]INST]", "<<<SYS>>>", "<<SYS<<SYS>>>>", "</<s>s>", "<|a|b|>", "<|a|><|",
    "<|im_start|user|>", "<|im_start><|im_end|>", f"<{BAR}<{BAR}User{BAR}>{BAR}>", f"<{BAR}User|>", f"<|User{BAR}>",
    "<|im_start|><s>x</s><|im_end|>",
    "<|\u3000|>", "<|a\u00a0|>", "<|a\u200b|>", "<|a\u0301|>", "<|e|>\u0301",
    "e<|x|>\u0301<s>\u0302", "<s>\r\n</s>\r", " <pad><pad> <pad>", "<|\U0001f600|>",
)
# Characters of Unicode 13 at the latest: older ones normalise alike everywhere.
SCRIPTS = (
    ("Arabic with vowel signs, right to left", "\u0645\u064e\u0627 \u0647\u0648\u064e \u0651\u064e 3 \u00d7 4\u061f"),
    ("Arabic marks in another order", "\u0628\u064e\u0651 \u0628\u0651\u064e"),
    ("Hebrew with points", "\u05de\u05b8\u05d4 \u05e9\u05bc\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd 2+2"),
    ("Hebrew presentation form", "\ufb2a\ufb35"),
    ("right-to-left marks and isolates", "\u200fabc\u200e \u2067xyz\u2069 \u202babc\u202c"),
    ("Persian with a non-joiner", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
    ("Devanagari", "\u0915\u094d\u0937 \u0928\u093c\u093f \u0929\u093f"),
    ("Bengali two-part vowel", "\u0995\u09c7\u09be \u0995\u09cb"),
    ("Tamil", "\u0b95\u0bc6\u0bbe \u0b95\u0bca"),
    ("Sinhala", "\u0dd9\u0dcf\u0dca \u0ddd"),
    ("Kannada", "\u0cc6\u0cc2\u0cd5 \u0ccb"),
    ("Malayalam", "\u0d46\u0d3e \u0d4a"),
    ("Thai", "\u0e01\u0e34\u0e4d\u0e32 \u0e33"),
    ("Lao", "\u0eb3"),
    ("Tibetan", "\u0f42\u0fb7 \u0f43 \u0f71\u0f72 \u0f73"),
    ("Myanmar", "\u1025\u102e \u1026"),
    ("Khmer", "\u1780\u17d2\u1781"),
    ("Balinese", "\u1b05\u1b35 \u1b06"),
    ("Georgian", "\u10d0\u1c90"),
    ("Hangul jamo", "\u1100\u1161\u11a8"),
    ("Hangul jamo that do not compose", "\u1161\u1100 \u115f\u1161 \uac00\u11a7"),
    ("old Hangul", "\u1112\u119e\u11ab"),
    ("half-width Katakana", "\uff76\uff9e \u30ac \u30ab\u3099"),
    ("Kana with marks", "\u3046\u3099 \u3094 \u309d\u3099"),
    ("full-width letters", "\uff21\uff22\uff11"),
    ("Chinese punctuation", "\u3001\u3002\uff0c\uff1f\u300c\u300d"),
    ("CJK beyond the BMP", "\U00020000 \U0002f800 \u4e3d"),
    ("Vietnamese, composed", "Ti\u1ebfng Vi\u1ec7t"),
    ("Vietnamese, decomposed", "Tie\u0302\u0301ng Vie\u0323\u0302t"),
    ("Vietnamese, half composed", "Ti\u00ea\u0301ng Vi\u1eb9\u0302t"),
    ("Turkish i", "\u0130I\u0131i\u0307"),
    ("German", "Stra\u00dfe \u1e9e"),
    ("Greek", "\u1f71 \u03ac \u03b1\u0301 \u1f80 \u03b1\u0313\u0345"),
    ("Greek ano teleia", "\u0387 \u00b7"),
    ("Cyrillic", "\u0439 \u0438\u0306 \u0451 \u0435\u0308"),
    ("Kaithi beyond the BMP", "\U00011099\U000110ba \U0001109a"),
    ("Chakma beyond the BMP", "\U00011131\U00011127 \U0001112e"),
    ("family emoji", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"),
    ("emoji with a skin tone", "\U0001f44d\U0001f3fd"),
    ("flag", "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7"),
    ("flag of tags", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"),
    ("heart with variation selectors", "\u2764\ufe0f \u2764\ufe0e"),
    ("keycap", "1\ufe0f\u20e3"),
    ("mathematical letters", "\U0001d465\u00b2 + \U0001d466\u00b2"),
    ("kelvin and ohm", "\u212a \u2126 \u212b"),
    ("fractions and superscripts", "\u00bd x\u2075 \u2044"),
    ("arrows with strokes", "\u2260 =\u0338 \u219a \u2190\u0338"),
    ("symbols excluded from composition", "\u2adc \u2add\u0338"),
    ("angle brackets", "\u2329\u232a \u3008\u3009"),
    ("soft hyphen and word joiner", "a\u00adb\u2060c"),
    ("combining grapheme joiner", "a\u034f\u0301"),
    ("marks of equal class keep their order", "a\u0300\u0301 a\u0301\u0300"),
    ("marks of different classes are ordered", "a\u0315\u0300\u05ae\u0062 q\u0307\u0323"),
    ("a mark at the very beginning", "\u0301a"),
    ("private use", "\ue000\uf8ff\U000f0000"),
    ("noncharacters", "\ufffe \U0001ffff"),
    ("interlinear annotation", "\ufff9a\ufffab\ufffb"),
)


def texts() -> Iterator[Tuple[str, str]]:
    """(what the case is about, text)."""
    yield from _prompts()
    yield from _tokens()
    yield from _unicode()
    yield from _white_space()
    yield from _surrogates()
    yield from _random()


def huge_texts() -> Iterator[Tuple[str, List[Tuple[str, int]]]]:
    """(what the case is about, the parts of the text with how often each comes)."""
    yield "a million letters", [("a", 1_000_000)]
    yield "a million special tokens", [("<s>", 1_000_000), ("x", 1)]
    yield "white space around and between", [(" \n", 300_000), ("a b", 1), ("\u3000", 300_000), ("c", 1), ("\r\n", 300_000)]
    yield "marks that go before each other", [("a", 1), ("\u0307\u0323", 5_000)]
    yield "letters and marks that compose", [("e\u0301", 200_000)]
    yield "tokens that never end", [("<|", 200_000)]
    yield "halves of pairs", [("\ud83d", 100_000), ("\ude00", 100_000)]
    yield "a long conversation", [("<|im_start|>user\nWhat is 2 + 2?<|im_end|>\n<|im_start|>assistant\n4<|im_end|>\n", 10_000)]


def _prompts() -> Iterator[Tuple[str, str]]:
    for at, question in enumerate(QUESTIONS):
        yield f"question {at}", question
        yield f"question {at} with CRLF", question.replace("\n", "\r\n")
        yield f"question {at} with lone CR", question.replace("\n", "\r")
        for name, (before, after) in TEMPLATES.items():
            yield f"question {at} in {name}", f"{before}{question}{after}"
    for name, (before, after) in TEMPLATES.items():
        yield f"{name} with CRLF", f"{before}What is\n2 + 2?{after}".replace("\n", "\r\n")


def _tokens() -> Iterator[Tuple[str, str]]:
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
    for nested in NESTED:
        yield f"nested: {nested}", f"a{nested}b"


def _unicode() -> Iterator[Tuple[str, str]]:
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
    for name, text in SCRIPTS:
        yield name, text
        yield f"{name}, between tokens", f"<s> {text}\r\n</s>"


def _white_space() -> Iterator[Tuple[str, str]]:
    for space in TRIMMED:
        yield f"trimmed U+{ord(space):04X}", f"{space}{space}a{space}b{space}"
    for other in KEPT:
        yield f"kept U+{ord(other):04X}", f"{other}a{other}"
    yield "all white space", TRIMMED
    yield "empty", ""
    yield "prototype words", "__proto__ constructor toString"
    yield "CR LF mixtures", "\r\n\r\r\n\n\ra\r\nb\rc\n\rd\r"
    for first, second in itertools.product(("\r", "\n", "\r\n", "\u2028", "\x85", " "), repeat=2):
        yield f"line ends {first!r} {second!r}", f"{first}a{first}{second}b{second}{first}"


def _surrogates() -> Iterator[Tuple[str, str]]:
    yield "lone high surrogate", "a\ud83db"
    yield "lone low surrogate", "a\ude00b"
    yield "reversed surrogates", "\ude00\ud83d"
    yield "surrogate pair", "\U0001f600"
    yield "replacement character, as a lone surrogate counts", "a\ufffdb"
    yield "surrogate inside a token", "<|a\ud83d|>x"
    yield "lone surrogates at both ends", "\udbff \udc00"
    for number, parts in enumerate(itertools.product(("\ud83d", "\ude00", "a"), repeat=3)):
        yield f"surrogates {number}", "".join(parts)


def _random() -> Iterator[Tuple[str, str]]:
    source = random.Random(1)
    alphabet = ["a", "B", " ", "\n", "\r", "\r\n", "\u0301", "e", "\u00e9", "\u3000", "\U0001f600", "\ud83d", *TOKENS[:6], "<|", "|>", "<s>", "[INST]", *(text for _, text in SCRIPTS[::5])]
    for at in range(120):
        yield f"random {at}", "".join(source.choices(alphabet, k=source.randint(1, 24)))
