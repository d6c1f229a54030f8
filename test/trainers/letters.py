"""A tokenizer whose tokens are letters, and texts as tensors of them."""

from __future__ import annotations

from typing import Any, List

import torch


class Letters:
    """A tokenizer of letters."""

    eos_token = "\0"

    def decode(self, ids: Any, skip_special_tokens: bool = True) -> str:
        """The text of some tokens."""
        return "".join(chr(each) for each in ids.tolist() if each)

    def batch_decode(self, batch: Any, skip_special_tokens: bool = True) -> List[str]:
        """The texts of several."""
        return [self.decode(ids) for ids in batch]


def padded(texts: List[str], length: int, left: bool) -> torch.Tensor:
    """The texts, one a row, with zeros before or behind them."""
    ids = [[ord(letter) for letter in text] for text in texts]
    return torch.tensor([[0] * (length - len(each)) + each if left else each + [0] * (length - len(each)) for each in ids])
