"""verl's own dataset factory, sampler and dataloader with CuratedDataset, its reward managers with our reward."""

import asyncio
import json
import unittest

import numpy as np
import torch
from harness import CurationCase, problem_id, verl_rows
from letters import Letters, padded
from omegaconf import OmegaConf
from torchdata.stateful_dataloader import StatefulDataLoader
from verl import DataProto
from verl.trainer.ppo.reward import load_reward_manager
from verl.trainer.ppo.utils import create_rl_dataset, create_rl_sampler
from verl.utils.dataset.rl_dataset import collate_fn
from verl.workers.reward_manager import DAPORewardManager, NaiveRewardManager

from cdas_lens.verl import compute_score

ROWS, BATCH = 24, 4


class VerlDataset(CurationCase):
    def setUp(self):
        super().setUp()
        for name in ("train.jsonl", "test.jsonl"):
            with open(self.path(name), "w", encoding="utf-8") as stream:
                stream.writelines(json.dumps(row) + "\n" for row in verl_rows(ROWS))

    def config(self):
        return OmegaConf.create({
            "data": {
                "train_files": [self.path("train.jsonl")], "val_files": [self.path("test.jsonl")],
                "train_batch_size": BATCH, "shuffle": True, "seed": 5, "filter_overlong_prompts": False,
                "cache_dir": self.path("cache"), "cdas": {"dir": self.directory},
                "custom_cls": {"path": "pkg://cdas_lens.verl", "name": "CuratedDataset"},
            },
            "trainer": {"experiment_name": "real", "resume_mode": "disable"},
        }).data

    def loader(self, workers=0, files="train_files"):
        """As verl's trainers build it."""
        data = self.config()
        dataset = create_rl_dataset(data[files], data, None, None, is_train=files == "train_files")
        return StatefulDataLoader(dataset=dataset, batch_size=BATCH, num_workers=workers, drop_last=True,
                                  collate_fn=collate_fn, sampler=create_rl_sampler(data, dataset))

    def indices(self, batch):
        return [info["index"] for info in batch["extra_info"]]

    def truths(self, batch):
        return dict(zip(self.indices(batch), (each["ground_truth"] for each in batch["reward_model"])))

    def test_the_factory_builds_our_class_with_the_length_of_the_dataset(self):
        loader = self.loader()
        self.assertEqual((type(loader.dataset).__name__, len(loader.dataset)), ("CuratedDataset", ROWS))

    def test_decisions_take_effect_between_two_batches(self):
        self.decide({})
        batches = iter(self.loader())
        before = self.indices(next(batches))
        left = [row for row in range(ROWS) if row not in before]
        self.decide({problem_id(left[0]): {"membership": "exclude"}, problem_id(left[1]): {"membership": "pin"},
                     problem_id(left[2]): {"membership": "pin", "groundTruth": "77"}}, 2)
        rest = list(batches)
        self.assertEqual(len(rest), ROWS // BATCH - 1)
        for batch in rest:
            self.assertNotIn(left[0], self.indices(batch))
            self.assertLessEqual(set(left[1:3]), set(self.indices(batch)))
            self.assertEqual(self.truths(batch)[left[2]], "77")
        self.assertEqual([(each["generation"], each["appliedAtStep"]) for each in self.receipts()], [(1, 1), (2, 2)])

    def test_two_workers_obey_too_and_write_one_receipt_for_each_generation(self):
        self.decide({problem_id(3): {"membership": "exclude"}, problem_id(5): {"membership": "pin"}})
        seen = [self.indices(batch) for batch in self.loader(workers=2)]
        self.assertEqual(len(seen), ROWS // BATCH)
        self.assertTrue(all(5 in batch and 3 not in batch for batch in seen))
        self.assertEqual([each["generation"] for each in self.receipts()], [1])

    def test_a_saved_dataloader_goes_on_where_it_was(self):
        for workers in (0, 2):
            with self.subTest(workers=workers):
                self.decide({problem_id(3): {"membership": "exclude"}})
                loader = self.loader(workers)
                batches = iter(loader)
                for _ in range(2):
                    next(batches)
                state = loader.state_dict()
                rest = [self.indices(batch) for batch in batches]
                again = self.loader(workers)
                again.load_state_dict(state)
                self.assertEqual([self.indices(batch) for batch in again], rest)

    def test_the_validation_split_is_left_alone(self):
        self.decide({problem_id(3): {"membership": "exclude"}, problem_id(4): {"groundTruth": "77"}})
        batches = list(self.loader(files="val_files"))
        self.assertEqual(sorted(row for batch in batches for row in self.indices(batch)), list(range(ROWS)))
        self.assertEqual({row: truth for batch in batches for row, truth in self.truths(batch).items()}[4], "8")
        self.assertEqual(self.receipts(), [])


class RewardManagers(unittest.TestCase):
    """verl's reward managers with our reward function, and with verl's own."""

    ANSWERS = ("#### 0", "#### 2", "#### 99")

    def batch(self):
        rows = verl_rows(len(self.ANSWERS))
        for number, row in enumerate(rows):
            row["extra_info"]["curation_problem_id"] = problem_id(number)
        asked, answered = padded(["?"] * len(rows), 4, left=True), padded(self.ANSWERS, 8, left=False)
        tensors = {"prompts": asked, "responses": answered, "attention_mask": torch.cat([asked, answered], dim=1) > 0}
        columns = {name: np.array([row[name] for row in rows], dtype=object) for name in ("data_source", "reward_model", "extra_info")}
        return DataProto.from_single_dict({**tensors, **columns})

    def looped(self, **custom):
        """What the reward loop makes of every rollout, the function loaded as its config says."""
        config = OmegaConf.create({"reward": {"custom_reward_function": custom, "reward_manager": {"source": "register", "name": "naive"}}})
        batch = self.batch()

        async def all_of_them():
            manager = load_reward_manager(config, Letters())
            manager.loop = asyncio.get_running_loop()
            return [await manager.run_single(batch[at : at + 1]) for at in range(len(batch))]

        return asyncio.run(all_of_them())

    def test_the_reward_loop_gains_nothing_but_the_id_of_the_problem(self):
        ours = self.looped(path="pkg://cdas_lens.verl", name="compute_score")
        self.assertEqual([each["reward_score"] for each in ours], [1.0, 1.0, 0.0])
        named = [each["reward_extra_info"].pop("problem_id") for each in ours]
        self.assertEqual(named, [problem_id(number) for number in range(3)])
        theirs = self.looped()
        self.assertEqual([each["reward_score"] for each in ours], [each["reward_score"] for each in theirs])
        for own, plain in zip(ours, theirs):
            own["reward_extra_info"].pop("score")
            self.assertEqual(own["reward_extra_info"], plain["reward_extra_info"])

    def test_the_managers_before_the_loop_hand_on_a_column_of_ids(self):
        for manager in (NaiveRewardManager, DAPORewardManager):
            result = manager(Letters(), 0, compute_score)(self.batch(), return_dict=True)
            self.assertEqual(result["reward_extra_info"]["problem_id"], [problem_id(number) for number in range(3)])
            self.assertEqual(result["reward_tensor"].sum(-1).tolist(), [1.0, 1.0, 0.0])


if __name__ == "__main__":
    unittest.main()
