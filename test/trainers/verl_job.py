"""A job in verl's own training loop, from its dataset factory to its rollout dumps; only the model is a table.

    python verl_job.py '{"folder": …, "steps": 18, "overrides": ["data.cdas.dir=…"], "decide": {"6": {…}}}'

The same for verl 0.7 (which has curriculum samplers) and for the trainer that 0.9 calls legacy. In the places of the
model, its workers and Ray stands as little as the loop asks for.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import types
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import torch
from harness import sampler_config, verl_rows, write_config
from letters import Letters, padded
from omegaconf import OmegaConf

# verl's entry module names its command line; nothing of it is used here.
sys.modules.setdefault("hydra", types.SimpleNamespace(main=lambda **options: lambda function: function))

import verl  # noqa: E402
from verl import DataProto  # noqa: E402
from verl.experimental.reward_loop import migrate_legacy_reward_impl  # noqa: E402
from verl.trainer.ppo.ray_trainer import RayPPOTrainer  # noqa: E402
from verl.trainer.ppo.reward import load_reward_manager  # noqa: E402

ROWS, BATCH, GROUP = 24, 4, 4
PROMPT_LENGTH, RESPONSE_LENGTH = 48, 8


def is_right(row: int, number: int) -> bool:
    """What the table says of a rollout: rows are the harder the later they come."""
    return number < GROUP * (1 - row / ROWS)


class Rollouts:
    """Stands where verl's rollout workers are: writes the answers, and rewards them by verl's reward manager."""

    def __init__(self, config: Any):
        self._reward = load_reward_manager(config, Letters())

    def generate_sequences(self, prompts: DataProto) -> DataProto:
        """Prompts and responses as tensors, and the rewards as the reward loop hands them on."""
        rows = [info["index"] for info in prompts.non_tensor_batch["extra_info"]]
        texts = [f"user\n{messages[0]['content']}\nassistant\n" for messages in prompts.non_tensor_batch["raw_prompt"]]
        answers = [f"#### {2 * row if is_right(row, at % GROUP) else 99}" for at, row in enumerate(rows)]
        asked = padded(texts, PROMPT_LENGTH, left=True)
        answered = padded(answers, RESPONSE_LENGTH, left=False)
        whole = torch.cat([asked, answered], dim=1)
        tensors = {"prompts": asked, "responses": answered, "input_ids": whole, "attention_mask": (whole > 0).long()}
        notes = {"__num_turns__": np.full(len(rows), 2), "multi_modal_inputs": np.array([{}] * len(rows), dtype=object)}
        made = DataProto.from_single_dict({**tensors, **notes})
        return self._rewarded(made, prompts)

    def _rewarded(self, made: DataProto, prompts: DataProto) -> DataProto:
        scored = DataProto(batch=made.batch, non_tensor_batch=prompts.non_tensor_batch)
        results = asyncio.run(self._scores(scored))
        last = made.batch["attention_mask"][:, PROMPT_LENGTH:].sum(dim=1) - 1
        made.batch["rm_scores"] = torch.zeros(len(made), RESPONSE_LENGTH)
        made.batch["rm_scores"][torch.arange(len(made)), last] = torch.tensor([float(each["reward_score"]) for each in results])
        extras = [each["reward_extra_info"] for each in results]
        made.non_tensor_batch.update({key: np.array([each[key] for each in extras]) for key in extras[0]})
        made.meta_info.update(reward_extra_keys=list(extras[0]), timing={})
        return made

    async def _scores(self, batch: DataProto) -> List[Dict[str, Any]]:
        self._reward.loop = asyncio.get_running_loop()
        return [await self._reward.run_single(batch[at : at + 1]) for at in range(len(batch))]


class Nothing:
    """Stands for workers that have nothing to do."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: 1


class Trainer(RayPPOTrainer):
    """verl's trainer with a table for a model; between two steps it decides what the job was told to."""

    def __init__(self, config: Any, between: Dict[int, Any]):
        self.config, self.tokenizer, self.processor = config, Letters(), None
        self.use_critic = self.use_reference_policy = self.use_rm = self.use_prefix_grouper = False
        self.hybrid_engine = True
        self.async_rollout_manager = Rollouts(config)
        self.checkpoint_manager = self.actor_rollout_wg = self.resource_pool_manager = Nothing()
        self._between = between
        if hasattr(self, "_init_dump_executor"):
            self._init_dump_executor()
        self._create_dataloader(None, None, None, None)

    def _compute_old_log_prob(self, batch: DataProto) -> Any:
        zeros = torch.zeros_like(batch.batch["responses"], dtype=torch.float32)
        return DataProto.from_single_dict({"old_log_probs": zeros, "entropys": zeros}), 0.0

    def _update_actor(self, batch: DataProto) -> DataProto:
        self._between.get(self.global_steps, lambda: None)()
        return DataProto.from_single_dict({}, meta_info={"metrics": {}})

    def _get_dp_size(self, *workers: Any) -> int:
        return 2

    def _start_profiling(self, *args: Any, **options: Any) -> None:
        """Profiles nothing."""

    _stop_profiling = _start_profiling


def read_config(folder: Path, steps: int, overrides: List[str]) -> Any:
    """verl's own defaults with the lines of a user's command, as its main function makes them its own."""
    generated = Path(verl.__file__).parent / "trainer/config/_generated_ppo_trainer.yaml"
    own = [
        f"data.train_files=[{folder}/train.jsonl]", f"data.val_files=[{folder}/test.jsonl]", f"data.cache_dir={folder}/cache",
        f"data.train_batch_size={BATCH}", "data.filter_overlong_prompts=false", "data.dataloader_num_workers=0", "data.seed=5",
        f"actor_rollout_ref.rollout.n={GROUP}", "algorithm.adv_estimator=grpo", "trainer.logger=[]", "trainer.experiment_name=table",
        f"trainer.default_local_dir={folder}/checkpoints", f"trainer.rollout_data_dir={folder}/rollouts",
        f"trainer.total_training_steps={steps}", "trainer.total_epochs=100", "trainer.val_before_train=false", "trainer.test_freq=-1",
    ]
    return migrate_legacy_reward_impl(OmegaConf.merge(OmegaConf.load(generated), OmegaConf.from_dotlist([*own, *overrides])))


def main(job: Dict[str, Any]) -> None:
    """Runs a job in its folder."""
    folder = Path(job["folder"])
    for name in ("train.jsonl", "test.jsonl"):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in verl_rows(ROWS)), encoding="utf-8")
    curation = str(folder / "curation")
    between = {
        int(step): lambda at=at, problems=problems: write_config(curation, sampler_config(problems, at + 2))
        for at, (step, problems) in enumerate(job.get("decide", {}).items())
    }
    overrides = [f"data.cdas.dir={curation}", *job.get("overrides", [])]
    Trainer(read_config(folder, job["steps"], overrides), between).fit()


if __name__ == "__main__":
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    main(json.loads(sys.argv[1]))
