"""The hooks for frameworks that are not installed here, driven by stand-ins of their documented protocols."""

import copy
import json
import os
import sys
import tempfile
import threading
import types
import unittest
from unittest import mock

from harness import receipts, sampler_config, write_config

from cdas_lens import nemo_rl, slime
from cdas_lens.batches import CuratedBatches
from cdas_lens.identity import text_hash
from cdas_lens.openrlhf import logged
from cdas_lens.templates import user_text

EXCLUDE = {"membership": "exclude"}
PIN = {"membership": "pin"}
ROWS = 12


def problem(number):
    """The id of a row's problem."""
    return f"h:{text_hash(f'q{number}')}"


def relabel(number, answer):
    """A relabel as the extension compiles it."""
    return {problem(number): {"groundTruth": answer, "textHash": text_hash(f"q{number}")}}


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.curation = os.path.join(folder.name, "curation")
        self.output = os.path.join(folder.name, "output")
        os.mkdir(self.curation)
        settings = {"CDAS_LENS_DIR": self.curation, "CDAS_LENS_RUN": "mine"}
        patched = mock.patch.dict(os.environ, settings)
        patched.start()
        self.addCleanup(patched.stop)

    def decide(self, problems, generation=1, **more):
        write_config(self.curation, sampler_config(problems, generation, **more))

    def logged_rows(self, folder):
        rows = []
        for name in sorted(each for each in os.listdir(folder) if each.endswith(".jsonl")):
            with open(os.path.join(folder, name), encoding="ascii") as stream:
                rows += [json.loads(line) for line in stream]
        return rows


class Generic(InFolder):
    def make(self, **options):
        rows = [{"question": f"q{row}", "answer": str(row)} for row in range(ROWS)]
        return CuratedBatches(rows, self.curation, 4, run="mine", rollouts=self.output, **options)

    def test_batches_obey_decisions_and_receipts_name_the_step(self):
        batches = self.make()
        next(batches)
        self.decide({problem(0): EXCLUDE, problem(1): PIN, **relabel(2, "99")})
        drawn = [next(batches) for _ in range(9)]
        for batch in drawn:
            held = {item.row: item for item in batch}
            self.assertIn(1, held)
            self.assertNotIn(0, held)
            if 2 in held:
                self.assertEqual((held[2].data["answer"], held[2].scored_against), ("99", '"99"'))
        self.assertEqual([each["appliedAtStep"] for each in receipts(self.curation)], [2])

    def test_what_was_observed_steers_later_batches_and_survives_a_restart(self):
        batches, again = self.make(), self.make()
        for _ in range(5):
            items = next(batches)
            batches.observe((item, item.row < 6) for item in items for _ in range(2))
        again.load_state_dict(json.loads(json.dumps(batches.state_dict())))
        self.assertEqual([next(again) for _ in range(6)], [next(batches) for _ in range(6)])
        self.assertEqual(again.step, 11)

    def test_rollouts_are_numbered_in_their_groups(self):
        batches = self.make()
        items = next(batches)
        batches.log((item, {"reward": 1.0, "correct": True, "response": "x"}) for item in items for _ in range(2))
        rows = self.logged_rows(self.output)
        self.assertEqual([row["sample_index"] for row in rows], [0, 1] * 4)
        self.assertEqual({row["group_id"] for row in rows}, {f"1-{item.problem_id}" for item in items})


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


class Slime(InFolder):
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
        receipt, = receipts(self.curation)
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
        rows = self.logged_rows(os.path.join(self.output, "cdas_rollouts"))
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
        self.assertEqual({row["reward"] for row in self.logged_rows(os.path.join(self.output, "cdas_rollouts"))}, {None})

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
        self.assertEqual(receipts(self.curation)[0]["appliedAtStep"], 5)


class NemoRl(InFolder):
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
                found = {key: [each[key] for each in batch] for key in batch[0]}
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
        self.assertEqual([each["appliedAtStep"] for each in receipts(self.curation)], [2])

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
        os.environ["CDAS_LENS_START_STEP"] = "40"
        self.addCleanup(os.environ.pop, "CDAS_LENS_START_STEP")
        self.decide({problem(0): EXCLUDE})
        self.draw()
        self.assertEqual(receipts(self.curation)[0]["appliedAtStep"], 41)

    def test_a_dataset_of_another_kind_is_left_alone(self):
        self.entries.clear()
        with self.assertLogs("cdas_lens.nemo_rl", "ERROR"):
            self.assertEqual(self.draw()["idx"], [0, 1, 2, 3])


class OpenRlhf(InFolder):
    def call(self, number, label=None):
        """The arguments of `reward_func` for one rollout, as OpenRLHF passes them."""
        prompt = f"<|im_start|>user\nq{number}<|im_end|>\n<|im_start|>assistant\n"
        return [prompt + f"{number}<|im_end|>"], [prompt], [label or str(number)]

    def reward(self, seen=None, **options):
        def score(queries, prompts, labels):
            if seen is not None:
                seen.append(labels[0])
            return {"rewards": [float(f"\n{labels[0]}<" in queries[0])], "scores": [0.5], "extra_logs": {}}

        return logged(score, self.output, 4, **options)

    def test_every_rollout_is_logged_with_its_problem_reward_and_step(self):
        function = self.reward()
        for number in range(6):
            self.assertEqual(function(*self.call(number))["scores"], [0.5])
        rows = self.logged_rows(self.output)
        self.assertEqual([(row["step"], row["problem_id"]) for row in rows],
                         [(1 if at < 4 else 2, problem(at)) for at in range(6)])
        self.assertEqual((rows[3]["response"], rows[3]["reward"], rows[3]["ground_truth"]), ("3<|im_end|>", 1.0, "3"))

    def test_steps_are_counted_over_all_processes_and_threads(self):
        functions = [self.reward(), self.reward()]
        threads = [threading.Thread(target=functions[at % 2], args=self.call(at % ROWS)) for at in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        steps = [row["step"] for row in self.logged_rows(self.output)]
        self.assertEqual({step: steps.count(step) for step in set(steps)}, {step: 4 for step in range(1, 11)})

    def test_a_relabel_is_obeyed_and_what_cannot_be_is_listed_in_the_receipt(self):
        self.decide({**relabel(3, "77"), problem(4): {**EXCLUDE, "textHash": text_hash("q4")}})
        seen = []
        function = self.reward(seen, directory=self.curation)
        function(*self.call(3)), function(*self.call(4))
        self.assertEqual(seen, ["77", "4"])
        receipt, = receipts(self.curation)
        self.assertEqual((receipt["relabelled"], receipt["unmatched"]), (1, [problem(4)]))

    def test_a_failing_log_does_not_keep_the_reward_from_training(self):
        with open(self.output, "w", encoding="ascii"):
            pass
        with self.assertLogs("cdas_lens", "WARNING"):
            self.assertEqual(self.reward()(*self.call(1))["rewards"], [1.0])


class Templates(unittest.TestCase):
    def test_the_last_user_turn_is_found_in_every_known_template(self):
        for prompt in (
            "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nq1<|im_end|>\n<|im_start|>assistant\n",
            "<|start_header_id|>user<|end_header_id|>\n\nq1<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
            "<start_of_turn>user\nq0<end_of_turn>\n<start_of_turn>user\nq1<end_of_turn>\n<start_of_turn>model\n",
            "<\uff5cUser\uff5c>q1<\uff5cAssistant\uff5c><think>\n", "[INST]q1[/INST]", "q1",
        ):
            self.assertEqual(user_text(prompt), "q1")


if __name__ == "__main__":
    unittest.main()
