"""The curriculum sampler for verl up to 0.7, driven as verl's trainer drives it."""

import copy
import itertools
import json
import random
import types
import unittest
from unittest import mock

from harness import EXCLUDE, PIN, STRATEGY_VECTORS, problem_id, verl_rows, write_config
from make_strategy_vectors import is_correct, sampler_file
from stand_ins import FakeRlhfDataset, FakeScores, VerlCase, training_config

GROUP = 4


class VerlSampler(VerlCase):
    def make(self, rows=40, batch_size=8, curated=True, cdas=None):
        config = training_config(self.directory, batch_size)
        config["cdas"].update(cdas or {})
        with mock.patch.object(FakeRlhfDataset, "rows", verl_rows(rows)):
            kind = self.verl.CuratedDataset if curated else FakeRlhfDataset
            self.dataset = kind(data_files=["train.parquet"], config=config)
        return self.verl.CdasCurriculumSampler(data_source=self.dataset, data_config=config)

    def trained(self, indices, ability=0.6, column="scores"):
        """A batch as verl hands it to update: repeated, reordered, with rewards that depend on the problem only."""
        read = getattr(self.dataset, "__getitems__", lambda items: [self.dataset[item] for item in items])
        return self.repeated(read(indices), lambda row, number: number < GROUP * (1 - row / 40) * ability, column)

    def repeated(self, read, is_correct, column="scores", group=GROUP):
        """The rows of a batch, each in a group, with the rewards that `is_correct` gives for row and rollout."""
        rows = [row for row in read for _ in range(group)]
        correct = [is_correct(row["index"], at % group) for at, row in enumerate(rows)]
        order = random.Random(len(read)).sample(range(len(rows)), len(rows))
        extra = {"extra_info": [rows[at]["extra_info"] for at in order]}
        scores = [[0.0, float(correct[at])] for at in order]
        if column == "acc":
            extra["acc"] = [correct[at] for at in order]
            scores = [[-5.0, 0.0] for _ in order]
        return types.SimpleNamespace(non_tensor_batch=extra, batch={"token_level_scores": FakeScores(scores)}, meta_info={})

    def batches(self, sampler, count, size=8, update=True):
        """Draws batches as the dataloader does, one epoch after another, training on each."""
        drawn = []
        while len(drawn) < count:
            epoch = iter(sampler)
            for _ in range(len(sampler) // size):
                drawn.append(list(itertools.islice(epoch, size)))
                if update:
                    sampler.update(self.trained(drawn[-1]))
                if len(drawn) == count:
                    break
        return drawn

    def test_the_first_epoch_visits_every_row_once(self):
        drawn = self.batches(self.make(), 5)
        self.assertEqual(sorted(itertools.chain(*drawn)), list(range(40)))

    def test_an_epoch_has_the_length_of_the_dataset(self):
        for rows, size in ((40, 8), (43, 8), (5, 8)):
            sampler = self.make(rows, size)
            self.assertEqual((len(sampler), len(list(sampler))), (rows, rows))

    def test_after_the_first_epoch_batches_lie_around_competence_symmetrically(self):
        sampler = self.make()
        self.batches(sampler, 5)
        state = sampler.state
        batch, = self.batches(sampler, 1, update=False)
        harder = [row for row in batch if state.difficulty[state.position(str(row))] > state.competence]
        self.assertEqual((len(batch), len(set(batch)), len(harder)), (8, 8, 4))

    def test_update_takes_the_pass_rate_of_every_problem(self):
        sampler = self.make()
        sampler.update(self.trained([0, 39]))
        visited = {sampler.state.ids[at] for at, visits in enumerate(sampler.state.visits) if visits}
        self.assertEqual(visited, {"0", "39"})
        self.assertAlmostEqual(sampler.state.difficulty[sampler.state.position("39")], 0.5 - 0.25, delta=1e-12)

    def test_a_stated_accuracy_counts_before_the_score(self):
        by_score, by_accuracy = self.make(), self.make()
        by_score.update(self.trained(range(8)))
        by_accuracy.update(self.trained(range(8), column="acc"))
        self.assertEqual(by_score.state.difficulty, by_accuracy.state.difficulty)

    def test_an_accuracy_that_is_a_share_leaves_the_score_to_say_what_is_correct(self):
        by_score, by_share = self.make(), self.make()
        batch = self.trained(range(8))
        by_score.update(batch)
        batch.non_tensor_batch["acc"] = [0.75] * len(batch.non_tensor_batch["extra_info"])
        by_share.update(batch)
        self.assertEqual(by_score.state.difficulty, by_share.state.difficulty)

    def test_works_on_a_plain_verl_dataset_by_its_unique_index(self):
        sampler = self.make(curated=False)
        sampler.update(self.trained([5, 6]))
        self.assertEqual(sum(sampler.state.visits), 2)

    def test_rewards_that_are_not_finite_are_left_out(self):
        sampler = self.make()
        batch = self.trained([5])
        batch.batch["token_level_scores"] = FakeScores([[float("nan")]] * GROUP)
        with self.assertLogs("cdas_lens.verl_sampler", "WARNING"):
            sampler.update(batch)
        self.assertEqual(sum(sampler.state.visits), 0)

    def test_a_batch_of_another_shape_does_not_stop_training(self):
        sampler = self.make()
        with self.assertLogs("cdas_lens.verl_sampler", "WARNING"):
            sampler.update(types.SimpleNamespace(non_tensor_batch={}, batch={}))
            sampler.update(None)

    def test_excluded_problems_are_not_drawn_and_leave_the_mean(self):
        sampler = self.make()
        self.decide({problem_id(at): EXCLUDE for at in range(10)})
        drawn = self.batches(sampler, 10)
        self.assertFalse(set(range(10)) & set(itertools.chain(*drawn)))
        counted = [sampler.state.difficulty[sampler.state.position(str(at))] for at in range(10, 40)]
        self.assertAlmostEqual(sampler.state.competence, -sum(counted) / 30, delta=1e-12)

    def test_pinned_problems_are_in_every_batch_of_every_epoch(self):
        sampler = self.make()
        self.decide({problem_id(3): PIN, problem_id(4): PIN})
        for batch in self.batches(sampler, 12):
            self.assertEqual((len(batch), batch.count(3), batch.count(4)), (8, 1, 1))

    def test_the_dataset_serves_what_the_sampler_chose(self):
        sampler = self.make()
        self.decide({problem_id(at): PIN for at in range(20)})
        for batch in self.batches(sampler, 16, update=False)[::2]:
            self.assertEqual([row["index"] for row in self.dataset.__getitems__(batch)], batch)

    def test_a_relabel_starts_the_difficulty_afresh_once(self):
        sampler = self.make()
        self.batches(sampler, 5)
        at = sampler.state.position("7")
        self.decide({problem_id(7): {"groundTruth": "0"}})
        self.batches(sampler, 1, update=False)
        self.assertEqual((sampler.state.visits[at], sampler.state.difficulty[at]), (0, 0.0))
        sampler.update(self.trained([7]))
        self.decide({problem_id(7): {"groundTruth": "0"}, problem_id(8): EXCLUDE}, generation=2)
        self.batches(sampler, 1, update=False)
        self.assertEqual(sampler.state.visits[at], 1)

    def test_a_pool_smaller_than_a_batch_repeats(self):
        sampler = self.make(rows=10)
        self.decide({problem_id(at): EXCLUDE for at in range(7)})
        for batch in self.batches(sampler, 3):
            self.assertEqual((len(batch), set(batch)), (8, {7, 8, 9}))
        self.assertEqual(len(list(sampler)), 10)

    def test_the_receipt_names_the_step_that_obeys_first(self):
        sampler = self.make()
        self.batches(sampler, 3)
        self.decide({problem_id(1): EXCLUDE})
        epoch = iter(sampler)
        list(itertools.islice(epoch, 8))
        receipt, = self.receipts()
        self.assertEqual((receipt["appliedAtStep"], receipt["excluded"]), (4, 1))

    def test_the_config_says_mode_and_warm_up(self):
        strategy = {"name": "cdas", "mode": "official-compat", "warmup": "none"}
        self.decide({}, strategy=strategy)
        sampler = self.make()
        batch, = self.batches(sampler, 1, update=False)
        self.assertEqual((sampler.state.mode, sorted(batch)), ("official-compat", list(range(8))))

    def test_every_strategy_of_the_file_is_followed_with_its_seed_and_parameters(self):
        vectors = json.loads(STRATEGY_VECTORS.read_text(encoding="ascii"))["adapters"]
        for name, drawn in vectors["drawn"].items():
            write_config(self.directory, sampler_file(name))
            sampler = self.make(vectors["rows"], vectors["batch"])
            found, epoch = [], iter(())
            for _ in drawn:
                batch = list(itertools.islice(epoch, vectors["batch"]))
                if not batch:
                    epoch = iter(sampler)
                    batch = list(itertools.islice(epoch, vectors["batch"]))
                found.append(batch)
                sampler.update(self.repeated(self.dataset.__getitems__(batch), is_correct, group=vectors["group"]))
            self.assertEqual(found, drawn, name)

    def test_a_setting_of_the_job_counts_before_the_file(self):
        self.decide({}, strategy={"name": "mopps", "seed": 5, "warmup": "none"})
        by_file = self.batches(self.make(), 1)
        self.assertEqual(self.batches(self.make(), 1), by_file)
        for setting, value in (("strategy", "random"), ("seed", 6)):
            self.assertNotEqual(self.batches(self.make(cdas={setting: value}), 1), by_file, setting)

    def test_a_job_saved_inside_a_batch_goes_on_inside_it(self):
        first = self.make()
        epoch = iter(first)
        drawn = list(itertools.islice(epoch, 11))
        resumed = self.make()
        resumed.load_state_dict(copy.deepcopy(first.state_dict()))
        self.assertEqual(drawn + list(resumed), drawn + list(epoch))

    def test_a_state_that_cannot_be_used_does_not_keep_a_job_from_resuming(self):
        sampler = self.make()
        with self.assertLogs("cdas_lens.verl_sampler", "ERROR"):
            sampler.load_state_dict({"epoch": 1, "cursor": 8})
        self.assertEqual(len(set(sampler)), 40)

    def test_a_job_resumed_from_its_state_draws_the_same_batches(self):
        for stop in (3, 5, 7, 10, 13):
            with self.subTest(stop=stop):
                straight = self.make(rows=43)
                wanted = self.batches(straight, 16)
                first = self.make(rows=43)
                self.assertEqual(self.batches(first, stop), wanted[:stop])
                resumed = self.make(rows=43)
                iter(resumed)
                resumed.load_state_dict(copy.deepcopy(first.state_dict()))
                self.assertEqual(self.batches_from(resumed, 16 - stop, stop), wanted[stop:])

    def test_ties_and_turns_go_on_after_a_resume(self):
        pins = {problem_id(at): PIN for at in range(3)}
        for size, problems in ((2, pins), (4, {})):
            with self.subTest(size=size):
                self.decide(problems, strategy={"name": "cdas", "mode": "paper", "warmup": "none"})
                first = self.make(rows=40, batch_size=size)
                self.batches(first, 40 // size, size, update=False)
                resumed = self.make(rows=40, batch_size=size)
                resumed.load_state_dict(copy.deepcopy(first.state_dict()))
                wanted = self.batches(first, 4, size, update=False)
                self.assertEqual(self.batches(resumed, 4, size, update=False), wanted)

    def batches_from(self, sampler, count, done):
        """The dataloader's draw after a resume: the rest of the running epoch, then whole ones."""
        drawn = []
        per_epoch = len(sampler) // 8
        left = per_epoch - done % per_epoch
        while len(drawn) < count:
            epoch = iter(sampler)
            for _ in range(left):
                drawn.append(list(itertools.islice(epoch, 8)))
                sampler.update(self.trained(drawn[-1]))
                if len(drawn) == count:
                    break
            left = per_epoch
        return drawn

    def test_a_resumed_job_does_not_reset_a_relabelled_problem_again(self):
        self.decide({problem_id(7): {"groundTruth": "0"}})
        first = self.make()
        self.batches(first, 5)
        resumed = self.make()
        resumed.load_state_dict(copy.deepcopy(first.state_dict()))
        self.batches(resumed, 1, update=False)
        self.assertEqual(resumed.state.visits[resumed.state.position("7")], 1)

    def test_decisions_made_between_two_runs_count_after_a_resume(self):
        first = self.make()
        self.batches(first, 6)
        saved = copy.deepcopy(first.state_dict())
        self.decide({problem_id(at): EXCLUDE for at in range(30)})
        resumed = self.make()
        resumed.load_state_dict(saved)
        self.assertTrue(set(itertools.chain(*self.batches(resumed, 4))) <= set(range(30, 40)))

    def test_trouble_in_choosing_gives_a_uniform_batch(self):
        sampler = self.make()
        with mock.patch("cdas_lens.chooser.curated_batch", side_effect=RuntimeError("a bug")):
            with self.assertLogs("cdas_lens.chooser", "WARNING"):
                batch = list(itertools.islice(iter(sampler), 8))
        self.assertEqual(len(set(batch)), 8)


if __name__ == "__main__":
    unittest.main()
