"""The last user message in a prompt that a chat template was applied to, as long as its special tokens are there."""

from __future__ import annotations

_TURNS = (
    ("<|im_start|>user\n", "<|im_end|>"),
    ("<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"),
    ("<start_of_turn>user\n", "<end_of_turn>"),
    ("<\uff5cUser\uff5c>", "<\uff5cAssistant\uff5c>"),
    ("[INST]", "[/INST]"),
)


def user_text(prompt: str) -> str:
    """The last user turn of a templated prompt; the whole of a prompt that shows no known template."""
    text = prompt.replace("\r\n", "\n").replace("\r", "\n")
    for start, end in _TURNS:
        begin = text.rfind(start)
        if begin >= 0:
            return text[begin + len(start) :].split(end, 1)[0]
    return text
