"""Real TRL jobs on a tiny transformer: what is decided while they train is what they train on."""

import contextlib
import io
import itertools
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import pyarrow.parquet
from trl import GRPOTrainer
from trl.trainer.utils import RepeatSampler

import tiny_trl
from harness import PROJECT, receipts, sampler_config, write_config
from tiny_trl import GENERATIONS, PROBLEMS, answer, problem

EXCLUDE = {"membership": "exclude"}
PIN = {"membership": "pin"}


class Job:
    """One training run in folders of its own."""

    def __init__(self, add_cleanup):
        folder = tempfile.TemporaryDirectory()
        add_cleanup(folder.cleanup)
        self.output = os.path.join(folder.name, "output")
        self.curation = os.path.join(folder.name, "curation")
        os.makedirs(self.curation)

    def decide(self, problems, generation=1, **more):
        """Compiles decisions as the extension does."""
        write_config(self.curation, sampler_config(problems, generation, **more))

    def train(self, steps, actions=None, resume=None, settings=None, **more):
        """Trains quietly; returns the trainer."""
        with contextlib.redirect_stdout(io.StringIO()):
            args = tiny_trl.config(self.output, steps, **(settings or {}))
            trainer = tiny_trl.trainer(args, self.curation, actions, **more)
            trainer.train(resume_from_checkpoint=resume)
        return trainer

    def rows(self, split="train"):
        """The neutral rows of a split."""
        return [row for row in tiny_trl.rollouts(self.output) if row["split"] == split]

    def by_step(self):
        """The problems of each step, in the order of their rollouts."""
        found = {}
        for row in self.rows():
            found.setdefault(row["step"], []).append(row["problem_id"])
        return found

    def receipt(self, generation):
        """The receipt of a generation."""
        return next(each for each in receipts(self.curation) if each["generation"] == generation)


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

    def test_cdas_lens_reads_the_neutral_log_and_the_parquet_as_the_same_groups(self):
        groups = {}
        for row in self.job.rows():
            groups.setdefault((row["step"], row["problem_id"]), []).append(row["reward"])
        expected = sorted((*group, len(rewards), sum(rewards)) for group, rewards in groups.items())
        for folder in ("rollouts", "completions"):
            read = lens("groups", os.path.join(self.job.output, folder))
            found = sorted((each["step"], each["problem"], each["n"], each["correct"]) for each in read)
            self.assertEqual(found, expected, folder)


def lens(*arguments):
    """What `cdas-lens … --json` prints."""
    command = ["node", str(PROJECT / "dist/cli.js"), *arguments, "--json"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout)


class Resuming(unittest.TestCase):
    def resumed(self, settings, at, steps, decide_before_resuming=None, decisions=None):
        """The rows of an uninterrupted job after step `at`, and those of one resumed there."""
        whole = Job(self.addCleanup)
        whole.decide(decisions or {})
        whole.train(steps, settings={**settings, "save_strategy": "steps", "save_steps": at})
        again = Job(self.addCleanup)
        again.decide(decisions or {})
        if decide_before_resuming:
            again.decide(decide_before_resuming, 2)
        again.train(steps, resume=os.path.join(whole.output, f"checkpoint-{at}"), settings=settings)
        self.again = again
        return [[(row["step"], row["problem_id"], row["response"]) for row in job.rows() if row["step"] > at]
                for job in (whole, again)]

    def test_a_resumed_job_goes_on_exactly_where_it_was(self):
        for at in (5, 12, 15):
            with self.subTest(at=at):
                whole, again = self.resumed({}, at, 20)
                self.assertEqual(len(whole), (20 - at) * 2 * GENERATIONS)
                self.assertEqual(again, whole)

    def test_more_pins_than_a_batch_holds_go_on_taking_turns(self):
        whole, again = self.resumed({}, 7, 14, decisions={problem(each): PIN for each in range(5)})
        self.assertEqual(again, whole)

    def test_a_generation_batch_that_several_steps_share_is_not_drawn_twice(self):
        settings = {"num_iterations": 2, "steps_per_generation": 2, "per_device_train_batch_size": 4}
        whole, again = self.resumed(settings, 12, 24)
        self.assertEqual([each[:2] for each in again], [each[:2] for each in whole])

    def test_what_was_excluded_before_resuming_is_not_trained_though_it_was_fetched_already(self):
        whole, _ = self.resumed({}, 15, 16)
        fetched = {each[1] for each in whole}
        _, again = self.resumed({}, 15, 20, {each: EXCLUDE for each in fetched})
        self.assertFalse(fetched & {each[1] for each in again})
        self.assertEqual(self.again.receipt(2)["appliedAtStep"], 16)

    def test_a_checkpoint_without_our_state_resumes_at_its_step(self):
        whole = Job(self.addCleanup)
        whole.train(6, settings={"save_strategy": "steps", "save_steps": 6})
        checkpoint = os.path.join(whole.output, "checkpoint-6")
        os.remove(os.path.join(checkpoint, "cdas_lens.json"))
        again = Job(self.addCleanup)
        with self.assertLogs("cdas_lens.trl", "WARNING"):
            again.train(9, resume=checkpoint)
        self.assertEqual(sorted(again.by_step()), [7, 8, 9])


class SamplerContract(unittest.TestCase):
    def test_rows_come_in_the_order_that_trl_defines(self):
        for settings in (
            {},
            {"num_iterations": 3},
            {"steps_per_generation": 4, "gradient_accumulation_steps": 2, "per_device_train_batch_size": 4},
            {"generation_batch_size": 40, "per_device_train_batch_size": 4, "gradient_accumulation_steps": 3},
        ):
            job = Job(self.addCleanup)
            with contextlib.redirect_stdout(io.StringIO()):
                trainer = tiny_trl.trainer(tiny_trl.config(job.output, 1, **settings), job.curation)
            theirs = GRPOTrainer._get_train_sampler(trainer)
            self.assertIsInstance(theirs, RepeatSampler)
            ours = trainer._get_train_sampler()
            self.assertEqual((len(ours), len(list(ours))), (len(theirs), len(theirs)))
            for epoch in range(2):
                self.assertEqual(pattern(ours, theirs), pattern(theirs, theirs), (settings, epoch))


def pattern(sampler, shape):
    """Where in each generation batch a row occurs again: the order with the choice of rows taken out."""
    size = shape.batch_size * shape.mini_repeat_count * shape.repeat_count
    drawn = list(sampler)
    parts = [drawn[at : at + size] for at in range(0, len(drawn), size)]
    return [[part.index(row) for row in part] for part in parts]


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


class HostileFiles(unittest.TestCase):
    """Whatever sampler.json is, training goes on, and the last good one stays in force."""

    def path(self, job):
        return os.path.join(job.curation, "sampler.json")

    def test_unusable_files_change_nothing_and_a_log_line_says_so(self):
        job = Job(self.addCleanup)
        job.decide({problem(3): EXCLUDE})
        good = Path(self.path(job)).read_bytes()

        def huge():
            with open(self.path(job), "wb") as stream:
                stream.truncate(1 << 30)

        def directory():
            os.remove(self.path(job))
            os.mkdir(self.path(job))

        def set_back():
            os.rmdir(self.path(job))
            Path(self.path(job)).write_bytes(good)

        with self.assertLogs("cdas_lens", "WARNING") as logs:
            job.train(30, {
                4: lambda: Path(self.path(job)).write_bytes(good[: len(good) // 2]),
                8: lambda: write_config(job.curation, json.dumps({"schema": "cdas-sampler/9", "digest": "x"})),
                12: huge,
                16: directory,
                20: set_back,
                24: lambda: os.remove(self.path(job)),
            })
        self.assertNotIn(problem(3), set().union(*job.by_step().values()))
        self.assertEqual(sorted(job.by_step()), list(range(1, 31)))
        self.assertEqual([each["generation"] for each in receipts(job.curation)], [1])
        said = "\n".join(logs.output)
        for part in ("is not complete JSON", "cdas-sampler/9", "1,073,741,824 bytes", "is not a regular file", "is gone"):
            self.assertIn(part, said)

    def test_exclusions_never_empty_the_pool(self):
        job = Job(self.addCleanup)
        job.decide({problem(each): EXCLUDE for each in range(PROBLEMS)})
        with self.assertLogs("cdas_lens", "ERROR"):
            job.train(6)
        self.assertEqual(sorted(job.by_step()), list(range(1, 7)))
        self.assertTrue(job.receipt(1)["ignored"])

    def test_an_earlier_state_is_obeyed_again(self):
        job = Job(self.addCleanup)
        job.decide({problem(0): PIN})
        early = Path(self.path(job)).read_bytes()
        job.train(16, {
            5: lambda: job.decide({problem(0): EXCLUDE}, 2),
            10: lambda: Path(self.path(job)).write_bytes(early),
        })
        held = job.by_step()
        self.assertEqual([each["appliedAtStep"] for each in receipts(job.curation)], [1, 7, 12])
        self.assertTrue(all((problem(0) in held[step]) == (step < 7 or step > 11) for step in held))

    def test_a_file_replaced_a_thousand_times_a_second_does_not_stop_training(self):
        job = Job(self.addCleanup)
        job.decide({})
        command = [sys.executable, str(Path(__file__).with_name("replace_often.py")), job.curation, problem(3)]
        replacing = []

        def start():
            replacing.append(subprocess.Popen(command + [problem(at) for at in range(4, 20)], text=True,
                                              stdin=subprocess.PIPE, stdout=subprocess.PIPE))

        def a_hundred_more():
            self.assertTrue(replacing[0].stdout.readline().strip().isdigit())

        try:
            job.train(24, {4: start, **{step: a_hundred_more for step in range(5, 24)}})
        finally:
            for process in replacing:
                process.communicate()
        held = job.by_step()
        self.assertEqual(sorted(held), list(range(1, 25)))
        self.assertNotIn(problem(3), set().union(*(held[step] for step in range(15, 25))))
        generations = [each["generation"] for each in receipts(job.curation)]
        self.assertGreater(len(set(generations)), 2)


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
