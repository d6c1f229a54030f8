"""The hooks for slime, driven by stand-ins of its documented protocol."""

import copy
import inspect
import os
import sys
import types
import unittest
from unittest import mock

from harness import EXCLUDE, PIN, log_rows
from hooks import ROWS, HookCase, problem, relabel

from cdas_lens import slime


class Sample:
    """slime's Sample, the fields that hooks use."""

    def __init__(self, prompt, label, metadata=None):
        self.prompt, self.label, self.metadata = prompt, label, metadata or {}
        self.group_index = self.index = self.reward = None
        self.response, self.response_length, self.status = "", 0, types.SimpleNamespace(value="pending")


class SlimeSource:
    """slime's RolloutDataSourceWithBuffer as its interface says."""

    def __init__(self, args):
        self.args = args
        samples = [Sample(f"<|im_start|>user\nq{row}<|im_end|>\n<|im_start|>assistant\n", str(row)) for row in range(ROWS)]
        self.dataset = types.SimpleNamespace(origin_samples=samples, samples=samples[::-1])
        self.offset, self.buffer, self.saved = 0, [], []

    def get_samples(self, num_samples):
        groups, self.buffer = self.buffer[:num_samples], self.buffer[num_samples:]
        for _ in range(num_samples - len(groups)):
            group = [copy.deepcopy(self.dataset.samples[self.offset % ROWS]) for _ in range(self.args.n_samples_per_prompt)]
            for sample in group:
                sample.group_index = self.offset
            self.offset += 1
            groups.append(group)
        return groups

    def add_samples(self, samples):
        self.buffer += samples

    def save(self, rollout_id):
        self.saved.append(rollout_id)

    def load(self, rollout_id=None):
        self.saved.append(rollout_id)

    def __len__(self):
        return ROWS


class Slime(HookCase):
    def source(self, load=None):
        modules = {name: types.ModuleType(name) for name in ("slime", "slime.rollout", "slime.rollout.data_source")}
        modules["slime.rollout.data_source"].RolloutDataSourceWithBuffer = SlimeSource
        args = types.SimpleNamespace(rollout_batch_size=4, n_samples_per_prompt=2, rollout_seed=5, start_rollout_id=0,
                                     save=self.output, load=load, reward_key=None)
        with mock.patch.dict(sys.modules, modules):
            vars(slime).pop("CuratedDataSource", None)
            return slime.CuratedDataSource(args)

    def rows(self, groups):
        return [group[0].metadata["cdas_row"] for group in groups]

    def train(self, source, rollout_id, filtered=0):
        groups = source.get_samples(4)
        for group in groups:
            for sample in group:
                sample.reward = float(sample.metadata["cdas_row"] < 6)
                sample.status = types.SimpleNamespace(value="completed")
        slime.observe(source.args, groups, source)
        self.assertFalse(slime.log_rollout_data(rollout_id, source.args, [groups[filtered:]], {}, 1.0))
        return self.rows(groups)

    def test_the_functions_take_what_slime_passes(self):
        for function, wanted in ((slime.observe, ["args", "all_samples", "data_source"]),
                                 (slime.log_rollout_data, ["rollout_id", "args", "samples", "rollout_extra_metrics", "rollout_time"])):
            self.assertEqual(list(inspect.signature(function).parameters), wanted)

    def test_groups_are_rows_of_the_dataset_in_the_shape_that_slime_asked_for(self):
        groups = self.source().get_samples(4)
        self.assertEqual([(len(group), group[0].group_index) for group in groups], [(2, at) for at in range(4)])
        for group in groups:
            row = group[0].metadata["cdas_row"]
            self.assertEqual({(each.label, each.metadata["problem_id"]) for each in group}, {(str(row), problem(row))})

    def test_decisions_hold_from_the_next_rollout_on(self):
        source = self.source()
        self.train(source, 0)
        self.decide({problem(0): EXCLUDE, problem(1): PIN, **relabel(2, 99)})
        for rollout_id in range(1, 8):
            groups = source.get_samples(4)
            self.assertIn(1, self.rows(groups))
            self.assertNotIn(0, self.rows(groups))
            self.assertTrue(all(group[0].label == "99" for group in groups if group[0].metadata["cdas_row"] == 2))
        receipt, = self.receipts()
        self.assertEqual((receipt["appliedAtStep"], receipt["run"]), (1, "mine"))

    def test_unfinished_groups_come_back_unless_they_were_excluded(self):
        source = self.source()
        groups = source.get_samples(4)
        kept, gone = self.rows(groups)[:2]
        source.add_samples(groups[:2])
        self.decide({problem(gone): EXCLUDE})
        again = source.get_samples(4)
        self.assertIs(again[0], groups[0])
        self.assertNotIn(gone, self.rows(again))
        self.assertEqual(self.rows(again)[0], kept)

    def test_what_a_filter_drops_counts_and_is_logged(self):
        source = self.source()
        drawn = self.train(source, 0, filtered=2)
        self.assertEqual([visits for visits in source._cdas.chooser.cdas.visits if visits], [1] * 4)
        rows = log_rows(os.path.join(self.output, "cdas_rollouts"))
        self.assertEqual([row["problem_id"] for row in rows], [problem(row) for row in drawn for _ in range(2)])
        self.assertEqual({row["step"] for row in rows}, {0})

    def test_aborted_samples_are_not_scored(self):
        source = self.source()
        groups = source.get_samples(4)
        for group in groups:
            for sample in group:
                sample.reward, sample.status = 0.0, types.SimpleNamespace(value="aborted")
        slime.log_rollout_data(0, source.args, groups, {}, 1.0)
        self.assertFalse(any(source._cdas.chooser.cdas.visits))
        self.assertEqual({row["reward"] for row in log_rows(os.path.join(self.output, "cdas_rollouts"))}, {None})

    def test_a_reward_that_is_not_finite_is_not_scored(self):
        source = self.source()
        groups = source.get_samples(4)
        for group in groups:
            for sample in group:
                sample.reward, sample.status = float("nan"), types.SimpleNamespace(value="completed")
        slime.log_rollout_data(0, source.args, groups, {}, 1.0)
        self.assertFalse(any(source._cdas.chooser.cdas.visits))
        rows = log_rows(os.path.join(self.output, "cdas_rollouts"))
        self.assertEqual({(row["reward"], row["correct"]) for row in rows}, {(None, None)})

    def test_a_restart_goes_on_with_difficulties_and_position(self):
        source = self.source()
        for rollout_id in range(5):
            self.train(source, rollout_id)
        source.save(4)
        again = self.source(load=self.output)
        again.load(4)
        self.assertEqual((source.saved, again.saved), ([4], [4]))
        self.assertEqual(self.rows(again.get_samples(4)), self.rows(source.get_samples(4)))
        self.decide({problem(0): EXCLUDE})
        again.get_samples(4)
        self.assertEqual(self.receipts()[0]["appliedAtStep"], 5)


if __name__ == "__main__":
    unittest.main()
