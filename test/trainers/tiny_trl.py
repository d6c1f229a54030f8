"""A real TRL job that a processor trains in seconds: a transformer with random weights, and sums of two digits."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, TrainerCallback
from trl import GRPOConfig

from cdas_lens.identity import text_hash

PROBLEMS = 24
GENERATIONS = 4


def question(number: int) -> str:
    """The prompt of a row."""
    return f"{number // 5} plus {number % 5} is"


def problem(number: int) -> str:
    """The id of a row's problem."""
    return f"h:{text_hash(question(number))}"


def answer(number: int) -> str:
    """The answer of a row as the dataset has it."""
    return str(number // 5 + number % 5)


def dataset() -> Dataset:
    """Sums of two digits."""
    numbers = range(PROBLEMS)
    return Dataset.from_dict({"prompt": [question(each) for each in numbers], "answer": [answer(each) for each in numbers]})


def tokenizer() -> PreTrainedTokenizerFast:
    """One token a word."""
    words = ["<pad>", "<eos>", "<unk>", "plus", "is", *(str(number) for number in range(20))]
    tokens = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="<unk>"))
    tokens.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=tokens, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>")


def model(tokens: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """Two layers, random weights that are the same each time."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokens), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=32, pad_token_id=tokens.pad_token_id, eos_token_id=tokens.eos_token_id,
        bos_token_id=tokens.eos_token_id,
    )
    return LlamaForCausalLM(config)


def accuracy(completions: List[str], answer: List[str], **kwargs: Any) -> List[float]:
    """1 where the first word is the answer."""
    return [float(completion.split()[:1] == [right]) for completion, right in zip(completions, answer)]


class At(TrainerCallback):
    """Does something after some steps."""

    def __init__(self, actions: Dict[int, Callable[[], None]]):
        self._actions = actions

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._actions.get(state.global_step, lambda: None)()


def config(output: str, steps: int, **more: Any) -> GRPOConfig:
    """Two prompts of four rollouts a step."""
    settings = dict(
        output_dir=output, run_name="tiny", max_steps=steps, per_device_train_batch_size=8, num_generations=GENERATIONS,
        gradient_accumulation_steps=1, max_completion_length=2, learning_rate=1e-3, logging_steps=1, report_to=[],
        use_cpu=True, bf16=False, save_strategy="no", disable_tqdm=True, log_completions=True, seed=3,
        num_completions_to_print=0, dataloader_pin_memory=False, gradient_checkpointing=False,
    )
    return GRPOConfig(**{**settings, **more})


def trainer(args: GRPOConfig, curation: str, actions: Optional[Dict[int, Callable[[], None]]] = None, **more: Any) -> Any:
    """A curated trainer of it all."""
    from cdas_lens.trl import CuratedGRPOTrainer

    tokens = tokenizer()
    cdas = {"dir": curation, **more.pop("cdas", {})}
    return CuratedGRPOTrainer(**{
        "model": model(tokens), "reward_funcs": accuracy, "args": args, "train_dataset": dataset(),
        "processing_class": tokens, "callbacks": [At(actions or {})], "cdas": cdas, **more,
    })
