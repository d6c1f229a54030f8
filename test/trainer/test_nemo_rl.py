"""The custom dataloader for NeMo-RL, driven by stand-ins of its documented protocol."""

import inspect
import unittest

from harness import EXCLUDE, PIN
from hooks import ROWS, HookCase, problem, relabel

from cdas_lens import nemo_rl


class NemoRl(HookCase):
    def setUp(self):
        super().setUp()
        nemo_rl._tasks.clear()
        self.entries = [{"messages": [{"role": "user", "content": f"q{row}"}, {"role": "assistant", "content": str(row)}]}
                        for row in range(ROWS)]
        data = [{"idx": row, "message_log": [f"log{row}"], "length": row + 1, "loss_multiplier": 1.0,
                 "extra_env_info": {"ground_truth": str(row)}} for row in range(ROWS)]
        entries = self.entries

        class Dataset(list):
            dataset = entries

        class Loader:
            dataset = Dataset(data)

            @staticmethod
            def collate_fn(batch):
                keys = dict.fromkeys(key for each in batch for key in each)
                found = {key: [each.get(key) for each in batch] for key in keys}
                return {**found, "batch_max_length": [max(found["length"])] * len(batch)}

            def __iter__(self):
                return (self.collate_fn(self.dataset[at : at + 4]) for at in range(0, ROWS, 4))

        self.loaders = {"math": Loader()}
        self.iterators = {"math": iter(self.loaders["math"])}

    def draw(self, function=nemo_rl.curated_dataloader):
        batch, self.iterators = function(self.iterators, self.loaders, target_weight_version=3)
        return batch

    def test_an_undecided_batch_is_the_dataloaders_own_and_an_exhausted_one_starts_again(self):
        self.assertEqual([self.draw()["idx"][0] for _ in range(4)], [0, 4, 8, 0])

    def test_decisions_change_rows_and_keep_their_number_and_order(self):
        self.draw()
        self.decide({problem(5): EXCLUDE, problem(0): PIN, **relabel(6, 99)})
        batch = self.draw()
        self.assertEqual(batch["idx"], [4, 0, 6, 7])
        self.assertEqual(batch["message_log"], [["log4"], ["log0"], ["log6"], ["log7"]])
        self.assertEqual([info["ground_truth"] for info in batch["extra_env_info"]], ["4", "0", "99", "7"])
        self.assertEqual((batch["length"], batch["batch_max_length"]), ([5, 1, 7, 8], [8] * 4))
        self.assertEqual([each["appliedAtStep"] for each in self.receipts()], [2])

    def test_what_only_an_excluded_row_has_goes_with_it(self):
        self.loaders["math"].dataset[1]["vllm_content"] = "picture"
        self.assertEqual(self.draw()["vllm_content"], [None, "picture", None, None])
        self.decide({problem(1): EXCLUDE})
        self.iterators = {"math": iter(self.loaders["math"])}
        self.assertNotIn("vllm_content", self.draw())

    def test_the_function_takes_what_nemo_rl_passes(self):
        parameters = inspect.signature(nemo_rl.curated_dataloader).parameters
        self.assertEqual(list(parameters), ["data_iterators", "dataloaders", "records"])
        self.assertIs(parameters["records"].kind, inspect.Parameter.VAR_KEYWORD)

    def test_cdas_chooses_by_the_difficulties_of_the_lens_where_there_are_any(self):
        difficulty = {problem(row): [(row - 5.5) / 10, 2] for row in range(ROWS)}
        self.decide({problem(0): PIN}, difficulty=difficulty)
        self.assertEqual(sorted(self.draw()["idx"]), [0, 5, 6, 7])

    def test_the_dataloaders_order_stays_where_the_strategy_is_random(self):
        self.decide({}, strategy={"name": "random"}, difficulty={problem(row): [row / 20, 2] for row in range(ROWS)})
        self.assertEqual(self.draw()["idx"], [0, 1, 2, 3])

    def test_the_dataset_itself_is_not_changed_by_a_relabel(self):
        self.decide(relabel(0, 99))
        self.draw()
        self.assertEqual(self.loaders["math"].dataset[0]["extra_env_info"], {"ground_truth": "0"})

    def test_a_function_of_ones_own_is_curated_too(self):
        self.decide({problem(0): EXCLUDE})

        def own(data_iterators, dataloaders, **records):
            assert records == {"target_weight_version": 3}
            return next(data_iterators["math"]), data_iterators

        self.assertNotIn(0, self.draw(nemo_rl.curating(own))["idx"])

    def test_a_resumed_job_says_where_it_stands(self):
        self.set_environment(CDAS_LENS_START_STEP="40")
        self.decide({problem(0): EXCLUDE})
        self.draw()
        self.assertEqual(self.receipts()[0]["appliedAtStep"], 41)

    def test_a_dataset_of_another_kind_is_left_alone(self):
        self.entries.clear()
        with self.assertLogs("cdas_lens.nemo_rl", "ERROR"):
            self.assertEqual(self.draw()["idx"], [0, 1, 2, 3])


if __name__ == "__main__":
    unittest.main()
