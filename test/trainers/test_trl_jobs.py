"""Real TRL jobs on a tiny transformer: what is decided while they train is what they train on."""

import itertools
import os
import subprocess
import sys
import unittest
from pathlib import Path

import pyarrow.parquet
import tiny_trl
from cli import lens, texts
from harness import EXCLUDE, PIN, receipts
from tiny_trl import GENERATIONS, PROBLEMS, answer, problem
from trl_job import Job

from cdas_lens.chooser import BatchChooser, Scored
from cdas_lens.curation import Curation
from cdas_lens.matching import DatasetIndex


class DecisionsMidway(unittest.TestCase):
    """One job of 36 steps: decisions after step 15, taken back after step 27."""

    RELABELLED, EXCLUDED, PINNED, NEW = 7, (3, 8), 5, "11"

    @classmethod
    def setUpClass(cls):
        cls.job = Job(cls.addClassCleanup)
        cls.job.decide({})
        decisions = {problem(cls.PINNED): PIN, problem(cls.RELABELLED): {**PIN, "groundTruth": cls.NEW}}
        decisions.update({problem(each): EXCLUDE for each in cls.EXCLUDED})
        cls.job.train(36, {
            15: lambda: cls.job.decide({**decisions, "h:0000000000000000": EXCLUDE}, 2),
            27: lambda: cls.job.decide({}, 3),
        })

    def steps(self, first, last):
        return {step: set(held) for step, held in self.job.by_step().items() if first <= step <= last}

    def test_every_step_trains_groups_of_the_size_asked_for(self):
        by_step = self.job.by_step()
        self.assertEqual(sorted(by_step), list(range(1, 37)))
        for held in by_step.values():
            groups = [(key, len(list(group))) for key, group in itertools.groupby(held)]
            self.assertEqual([size for _, size in groups], [GENERATIONS, GENERATIONS])

    def test_the_first_epoch_visits_every_problem_once(self):
        seen = [each for held in self.steps(1, 12).values() for each in held]
        self.assertEqual(sorted(seen), sorted(problem(each) for each in range(PROBLEMS)))

    def test_receipts_name_the_step_from_which_decisions_hold(self):
        # The batch of the next step was fetched already when a decision is made.
        steps = [(each["generation"], each["appliedAtStep"]) for each in receipts(self.job.curation)]
        self.assertEqual(steps, [(1, 1), (2, 17), (3, 29)])

    def test_the_receipt_counts_what_was_decided_and_lists_what_was_not_found(self):
        receipt = self.job.receipt(2)
        counts = [receipt[name] for name in ("excluded", "pinned", "relabelled", "unmatched", "run")]
        self.assertEqual(counts, [2, 2, 1, ["h:0000000000000000"], "tiny"])

    def test_excluded_problems_are_in_no_rollout_from_that_step_on(self):
        held = set().union(*self.steps(17, 28).values())
        self.assertFalse(held & {problem(each) for each in self.EXCLUDED})

    def test_pinned_problems_are_in_every_step_from_that_step_on(self):
        pinned = {problem(self.PINNED), problem(self.RELABELLED)}
        self.assertTrue(all(pinned <= held for held in self.steps(17, 28).values()))
        self.assertTrue(any(not pinned <= held for held in self.steps(29, 36).values()))

    def test_the_relabelled_problem_is_scored_against_its_new_answer_while_it_is_relabelled(self):
        rows = [row for row in self.job.rows() if row["problem_id"] == problem(self.RELABELLED)]
        self.assertTrue(any(row["step"] < 17 for row in rows))
        self.assertEqual(sum(17 <= row["step"] <= 28 for row in rows), 12 * GENERATIONS)
        for row in rows:
            right = self.NEW if 17 <= row["step"] <= 28 else answer(self.RELABELLED)
            self.assertEqual(row["ground_truth"], right)
            self.assertEqual(row["reward"], float(row["response"].split()[:1] == [right]))

    def test_the_parquet_that_trl_writes_holds_the_same_rollouts_as_the_neutral_log(self):
        for step in range(1, 37):
            table = pyarrow.parquet.read_table(Path(self.job.output, f"completions/completions_{step:05d}.parquet"))
            rows = [row for row in self.job.rows() if row["step"] == step]
            ours = {"problem_id": "problem_id", "prompt": "prompt", "response": "completion", "reward": "accuracy"}
            for name, column in ours.items():
                self.assertEqual([row[name] for row in rows], table[column].to_pylist(), (step, name))

    def test_cdas_lens_shows_the_rollouts_of_the_parquet_as_those_of_the_neutral_log(self):
        def key(row):
            return row["step"], row["problem"]

        wanted = [{"step": row["step"], "problem": row["problem_id"], "prompt": row["prompt"], "reward": row["reward"],
                   "correct": int(row["correct"]), "response": row["response"], "omittedChars": 0} for row in self.job.rows()]
        for folder in ("rollouts", "completions"):
            read = texts(os.path.join(self.job.output, folder))
            self.assertEqual(sorted(read, key=key), sorted(wanted, key=key), folder)

    def test_cdas_lens_reads_the_neutral_log_and_the_parquet_as_the_same_groups(self):
        groups = {}
        for row in self.job.rows():
            groups.setdefault((row["step"], row["problem_id"]), []).append(row["reward"])
        expected = sorted((*group, len(rewards), sum(rewards)) for group, rewards in groups.items())
        for folder in ("rollouts", "completions"):
            read = lens("groups", os.path.join(self.job.output, folder))
            found = sorted((each["step"], each["problem"], each["n"], each["correct"]) for each in read)
            self.assertEqual(found, expected, folder)


class AnotherStrategy(unittest.TestCase):
    def test_the_job_follows_the_strategy_of_the_file_with_its_seed_and_parameters(self):
        job = Job(self.addCleanup)
        job.decide({}, strategy={"name": "mopps", "seed": 11, "target": 0.7})
        job.train(12)
        steps = {step: [row for row in job.rows() if row["step"] == step] for step in range(1, 13)}
        chooser = BatchChooser(Curation(job.curation, DatasetIndex.of_rows(tiny_trl.dataset()), "test"), 2)
        for step, rows in steps.items():
            # TRL's dataloader reads a batch ahead: the step before it is not known yet.
            chooser.observe(Scored(row["problem_id"], row["correct"]) for row in steps.get(step - 2, []))
            wanted = [problem(row) for row in chooser.next_batch(lambda: 1) for _ in range(GENERATIONS)]
            self.assertEqual([row["problem_id"] for row in rows], wanted, step)


class Evaluation(unittest.TestCase):
    def test_the_evaluation_set_is_not_curated(self):
        job = Job(self.addCleanup)
        job.decide({problem(2): {"groundTruth": "99"}, problem(4): EXCLUDE})
        settings = {"eval_strategy": "steps", "eval_steps": 2, "num_generations_eval": 2, "per_device_eval_batch_size": 8}
        job.train(2, settings=settings, eval_dataset=tiny_trl.dataset())
        rows = job.rows("val")
        self.assertEqual({row["problem_id"] for row in rows}, {problem(each) for each in range(PROBLEMS)})
        self.assertEqual({row["ground_truth"] for row in rows if row["problem_id"] == problem(2)}, {answer(2)})
        self.assertEqual({row["step"] for row in rows}, {2})


class RewardFunctions(unittest.TestCase):
    def test_several_functions_are_weighed_as_trl_does_and_one_says_what_is_correct(self):
        async def brevity(completions, **kwargs):
            return [None if len(each.split()) == 2 else 1.0 for each in completions]

        job = Job(self.addCleanup)
        job.train(4, settings={"reward_weights": [0.25, 2.0]}, reward_funcs=[brevity, tiny_trl.accuracy],
                  cdas={"correct_by": "accuracy"})
        for row in job.rows():
            parts = row["reward_components"]
            self.assertEqual(row["correct"], parts["accuracy"] == 1)
            self.assertEqual(row["reward"], 0.25 * (parts["brevity"] or 0) + 2 * parts["accuracy"])

    def test_a_log_of_groups_says_what_the_parquet_of_trl_says(self):
        job = Job(self.addCleanup)
        job.train(6, cdas={"log": "groups"})
        logs = [lens("groups", os.path.join(job.output, folder)) for folder in ("rollouts", "completions")]
        counts = [sorted((each["step"], each["problem"], each["n"], each["correct"]) for each in log) for log in logs]
        self.assertEqual(len(counts[0]), 12)
        self.assertEqual(*counts)

    def test_a_misspelt_setting_is_refused_before_training(self):
        with self.assertRaises(TypeError):
            Job(self.addCleanup).train(1, cdas={"directory": "x"})


class ShortDatasets(unittest.TestCase):
    def test_one_that_fills_no_batch_is_said_before_trl_trains_nothing(self):
        job = Job(self.addCleanup)
        with self.assertLogs("cdas_lens.trl", "ERROR") as logs:
            job.train(2, train_dataset=tiny_trl.dataset().select([0]))
        self.assertIn("has 1 rows and a generation batch takes 2 prompts", logs.output[0])
        self.assertEqual(os.path.exists(os.path.join(job.output, "rollouts")), False)


class SeveralProcesses(unittest.TestCase):
    def test_two_processes_train_the_same_groups_and_write_one_log_and_one_receipt(self):
        job = Job(self.addCleanup)
        job.decide({problem(0): PIN, problem(1): EXCLUDE})
        command = [sys.executable, "-W", "ignore", "-m", "torch.distributed.run", "--nproc_per_node=2", "--standalone",
                   str(Path(__file__).with_name("two_processes.py")), job.output, job.curation]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        by_step = job.by_step()
        self.assertEqual(sorted(by_step), list(range(1, 11)))
        for held in by_step.values():
            self.assertEqual([held.count(each) for each in set(held)], [GENERATIONS] * 4)
            self.assertIn(problem(0), held)
            self.assertNotIn(problem(1), held)
        self.assertEqual(len(receipts(job.curation)), 1)
        self.assertEqual(len(os.listdir(os.path.join(job.output, "rollouts"))), 1)

if __name__ == "__main__":
    unittest.main()
