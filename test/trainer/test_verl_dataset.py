"""The verl dataset adapter, on stand-ins with verl's and torch's documented interfaces."""

import multiprocessing
import os
import pickle
import sys
import types
import unittest
from unittest import mock

from harness import EXCLUDE, PIN, problem_id, verl_rows, write_config
from stand_ins import FakeRlhfDataset, VerlCase, training_config


def serve_batches(dataset, worker, batches, results):
    """A dataloader worker: fetches its batches and reports which rows they held."""
    info = types.SimpleNamespace(id=worker, num_workers=2, seed=worker)
    sys.modules["torch.utils.data"] = types.SimpleNamespace(get_worker_info=lambda: info)
    for batch in batches:
        results.put([row["extra_info"]["curation_row"] for row in dataset.__getitems__(batch)])


class VerlDataset(VerlCase):
    def dataset(self, rows=12, batch_size=4, files=("train.parquet",), gen_batch_size=None, **trainer):
        config = training_config(self.directory, batch_size, **trainer)
        config["gen_batch_size"] = gen_batch_size
        with mock.patch.object(FakeRlhfDataset, "rows", verl_rows(rows) if isinstance(rows, int) else rows):
            return self.verl.CuratedDataset(
                data_files=list(files), tokenizer=None, processor=None, max_samples=-1, config=config,
            )

    def indices(self, dataset):
        return [dataset[at]["extra_info"]["index"] for at in range(len(dataset))]

    def test_without_decisions_every_row_is_its_own(self):
        dataset = self.dataset()
        self.assertEqual(self.indices(dataset), list(range(12)))
        self.assertEqual(self.receipts(), [])

    def test_excluded_rows_are_replaced_and_the_length_stays(self):
        self.decide({problem_id(3): EXCLUDE, problem_id(5): EXCLUDE})
        dataset = self.dataset()
        found = self.indices(dataset)
        self.assertEqual(len(found), 12)
        self.assertFalse({3, 5} & set(found))
        self.assertEqual([at for at in range(12) if found[at] != at], [3, 5])

    def test_a_substitute_is_a_whole_row(self):
        self.decide({problem_id(3): EXCLUDE, problem_id(8): PIN})
        row = self.dataset()[3]
        self.assertEqual((row["index"], row["prompt"][0]["content"]), (8, "What is 8 + 8?"))
        self.assertEqual(row["reward_model"]["ground_truth"], "16")

    def test_the_same_row_has_the_same_substitute_within_an_epoch(self):
        self.decide({problem_id(3): EXCLUDE})
        dataset = self.dataset(rows=400)
        self.assertEqual(dataset[3]["index"], dataset[3]["index"])

    def test_another_epoch_has_other_substitutes(self):
        self.decide({problem_id(at): EXCLUDE for at in range(50)})
        dataset = self.dataset(rows=100)
        first = self.indices(dataset)[:50]
        self.assertNotEqual(first, self.indices(dataset)[:50])

    def test_a_resumed_job_goes_on_with_the_substitutes_of_its_epoch(self):
        self.decide({problem_id(at): EXCLUDE for at in range(50)})
        straight = self.dataset(rows=100)
        epochs = [self.indices(straight) for _ in range(2)]
        resumed = self.dataset(rows=100, resume_mode="resume_path", resume_from_path="/checkpoints/global_step_25")
        self.assertEqual(self.indices(resumed), epochs[1])

    def test_a_pinned_row_is_in_every_batch(self):
        self.decide({problem_id(11): PIN, problem_id(1): EXCLUDE})
        dataset = self.dataset()
        for batch in ([0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]):
            served = [row["index"] for row in dataset.__getitems__(batch)]
            self.assertEqual((len(served), served.count(11)), (4, 1))
            self.assertNotIn(1, served)

    def test_more_pins_than_a_batch_holds_take_turns(self):
        self.decide({problem_id(at): PIN for at in range(6, 12)})
        dataset = self.dataset(rows=40, batch_size=2)
        served = [row["index"] for at in range(6) for row in dataset.__getitems__([20 + at, 30 + at])]
        self.assertEqual(sorted(served), sorted([*range(6, 12)] * 2))

    def test_a_relabel_overwrites_the_ground_truth_of_the_served_row_only(self):
        self.decide({problem_id(2): {"groundTruth": "42"}})
        dataset = self.dataset()
        row = dataset[2]
        self.assertEqual(row["reward_model"], {"style": "rule", "ground_truth": "42"})
        self.assertEqual(dataset.dataframe[2]["reward_model"]["ground_truth"], "4")
        self.assertEqual(dataset[3]["reward_model"]["ground_truth"], "6")

    def test_a_relabel_to_a_number_is_text_where_the_dataset_holds_text(self):
        self.decide({problem_id(2): {"groundTruth": 42.0}})
        self.assertEqual(self.dataset()[2]["reward_model"]["ground_truth"], "42")

    def test_a_relabel_keeps_its_kind_where_the_dataset_holds_no_text(self):
        rows = verl_rows(2)
        rows[0]["reward_model"]["ground_truth"] = {"target": ["4"]}
        self.decide({problem_id(0): {"groundTruth": {"target": ["5"]}}})
        self.assertEqual(self.dataset(rows)[0]["reward_model"]["ground_truth"], {"target": ["5"]})

    def test_rows_say_which_problem_they_are_and_which_decisions_they_obey(self):
        self.decide({problem_id(3): EXCLUDE, problem_id(8): PIN}, generation=5)
        stamped = self.dataset()[3]["extra_info"]
        self.assertEqual(
            (stamped["curation_problem_id"], stamped["curation_generation"], stamped["curation_row"], stamped["index"]),
            ("8", 5, 8, 8),
        )

    def test_excluding_everything_keeps_the_length_and_trains_on_what_is_left(self):
        self.decide({problem_id(at): EXCLUDE for at in range(12)})
        with self.assertLogs("cdas_lens.curation", "ERROR"):
            found = self.indices(self.dataset())
        self.assertEqual((len(found), len(set(found))), (12, 1))

    def test_the_validation_split_is_left_alone(self):
        self.decide({problem_id(3): EXCLUDE})
        dataset = self.dataset(files=("test.parquet",))
        self.assertEqual(self.indices(dataset), list(range(12)))
        self.assertEqual([row["index"] for row in dataset.__getitems__([3, 4])], [3, 4])
        self.assertNotIn("curation_row", dataset[3]["extra_info"])

    def test_when_training_and_validation_files_are_the_same_the_first_set_is_curated(self):
        self.decide({problem_id(3): EXCLUDE})
        config = training_config(self.directory)
        config["val_files"] = "train.parquet"
        with mock.patch.object(FakeRlhfDataset, "rows", verl_rows(12)), self.assertLogs("cdas_lens.verl_dataset", "WARNING"):
            with mock.patch.dict(os.environ, {"CDAS_LENS_LAUNCH": "same files"}):
                train, val = (self.verl.CuratedDataset(["train.parquet"], config=config) for _ in range(2))
        self.assertNotEqual(train[3]["index"], 3)
        self.assertEqual(val[3]["index"], 3)

    def test_a_decision_made_during_training_reaches_the_next_batch(self):
        dataset = self.dataset()
        self.assertEqual([row["index"] for row in dataset.__getitems__([0, 1, 2, 3])], [0, 1, 2, 3])
        dataset.on_batch_end(batch=None)
        self.decide({problem_id(6): EXCLUDE})
        self.assertNotIn(6, [row["index"] for row in dataset.__getitems__([4, 5, 6, 7])])
        self.assertEqual([each["appliedAtStep"] for each in self.receipts()], [2])

    def test_the_step_of_a_receipt_counts_from_the_checkpoint(self):
        with open(os.path.join(self.directory, "latest_checkpointed_iteration.txt"), "w", encoding="ascii") as stream:
            stream.write("40")
        dataset = self.dataset(resume_mode="auto", default_local_dir=self.directory)
        dataset.__getitems__([0, 1, 2, 3])
        self.decide({})
        dataset.__getitems__([4, 5, 6, 7])
        receipt, = self.receipts()
        self.assertEqual((receipt["appliedAtStep"], receipt["run"], receipt["adapter"]), (42, "demo", "verl-dataset 0.1.0"))

    def test_a_job_that_does_not_resume_ignores_an_old_checkpoint(self):
        with open(os.path.join(self.directory, "latest_checkpointed_iteration.txt"), "w", encoding="ascii") as stream:
            stream.write("40")
        dataset = self.dataset(resume_mode="disable", default_local_dir=self.directory)
        self.assertEqual(dataset.curator.settings.start_step, 0)

    def test_of_the_dataloader_workers_only_the_first_writes_receipts(self):
        from cdas_lens.row_curator import writes_receipts

        for worker, writes in ((None, True), (0, True), (1, False)):
            info = None if worker is None else types.SimpleNamespace(id=worker)
            with mock.patch.dict(sys.modules, {"torch.utils.data": types.SimpleNamespace(get_worker_info=lambda: info)}):
                self.assertEqual(writes_receipts(), writes)

    def test_steps_count_prompts_where_a_step_takes_several_fetches(self):
        dataset = self.dataset(rows=40, batch_size=8, gen_batch_size=4)
        for at in range(3):
            dataset.__getitems__(range(4 * at, 4 * at + 4))
        self.decide({})
        dataset.__getitems__([12, 13, 14, 15])
        # Half of the second step was fetched before.
        self.assertEqual(self.receipts()[0]["appliedAtStep"], 3)

    def test_a_broken_file_during_training_changes_nothing(self):
        self.decide({problem_id(3): EXCLUDE})
        dataset = self.dataset()
        dataset.__getitems__([0, 1, 2, 3])
        for broken in ("{", '{"schema": "cdas-sampler/9"}'):
            write_config(self.directory, broken)
            with self.assertLogs("cdas_lens.decisions", "WARNING"):
                served = [row["index"] for row in dataset.__getitems__([0, 1, 2, 3])]
            self.assertEqual((len(served), 3 in served), (4, False))

    def test_a_dataset_that_cannot_be_indexed_trains_uncurated(self):
        with mock.patch("cdas_lens.verl_dataset.dataset_index", side_effect=RuntimeError("odd data")):
            with self.assertLogs("cdas_lens.verl_dataset", "ERROR"):
                dataset = self.dataset()
        self.assertEqual(self.indices(dataset), list(range(12)))

    def test_negative_positions_count_from_the_end(self):
        self.assertEqual(self.dataset()[-1]["index"], 11)

    def test_forked_workers_obey_a_change_and_write_one_receipt_for_each_digest(self):
        fork = multiprocessing.get_context("fork")
        dataset = self.dataset(rows=80)
        for generation in (1, 2):
            self.decide({problem_id(generation): EXCLUDE}, generation)
            results = fork.Queue()
            workers = [
                fork.Process(target=serve_batches, args=(dataset, worker, [[1, 2, 10 + at, 30 + at] for at in range(6)], results))
                for worker in range(2)
            ]
            for each in workers:
                each.start()
            served = [results.get(timeout=60) for _ in range(12)]
            for each in workers:
                each.join()
            self.assertTrue(all(generation not in batch for batch in served))
        found = self.receipts()
        self.assertEqual([each["generation"] for each in found], [1, 2])
        self.assertGreaterEqual(found[1]["appliedAtStep"], 13)

    def test_a_pickled_curator_goes_on_alone(self):
        self.decide({problem_id(3): EXCLUDE})
        curator = self.dataset().curator
        curator.batch([0, 1, 2, 3])
        copy = pickle.loads(pickle.dumps(curator))
        self.assertEqual((copy.batch([0, 1, 2, 3]), copy.meter.total()), (curator.batch([0, 1, 2, 3]), 8))

    def test_any_subclass_of_verls_dataset_can_be_curated(self):
        class Own(FakeRlhfDataset):
            ended = 0

            def on_batch_end(self, batch):
                self.ended += 1

        self.decide({problem_id(0): EXCLUDE})
        with mock.patch.object(FakeRlhfDataset, "rows", verl_rows(4)):
            dataset = self.verl.curated(Own)(["train.parquet"], config=training_config(self.directory))
        dataset.on_batch_end(batch=None)
        self.assertEqual((dataset[0]["index"] != 0, dataset.ended), (True, 1))

    def test_columns_that_say_nothing_about_identity_are_not_read(self):
        class Columns(list):
            column_names = ["prompt", "images", "reward_model", "custom"]
            removed = None

            def remove_columns(self, names):
                Columns.removed = names
                return self

        from cdas_lens.verl_dataset import dataset_index

        dataset_index(types.SimpleNamespace(dataframe=Columns(verl_rows(2)), prompt_key="custom"))
        self.assertEqual(Columns.removed, ["images"])


if __name__ == "__main__":
    unittest.main()
