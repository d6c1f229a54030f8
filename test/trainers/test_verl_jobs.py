"""Whole jobs in verl's own training loop: what is decided while they train is what they train on."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from cli import lens
from harness import EXCLUDE, PIN, json_lines, problem_id, receipts, sampler_config, verl_rows, write_config

from cdas_lens.chooser import BatchChooser, Scored
from cdas_lens.curation import Curation
from cdas_lens.matching import DatasetIndex

ROWS, BATCH, GROUP, EPOCH = 24, 4, 4, 6
DATASET = ["data.custom_cls.path=pkg://cdas_lens.verl", "data.custom_cls.name=CuratedDataset"]
SAMPLER = ["data.sampler.class_path=pkg://cdas_lens.verl", "data.sampler.class_name=CdasCurriculumSampler"]
REWARD = ["custom_reward_function.path=pkg://cdas_lens.verl", "custom_reward_function.name=compute_score"]
# The release with curriculum samplers lies beside the newest one; its folder goes before all others.
VERL_07 = os.path.join(sys.prefix, "verl-0.7")


class Job:
    """A job in a folder of its own."""

    def __init__(self, add_cleanup, strategy=None):
        folder = tempfile.TemporaryDirectory()
        add_cleanup(folder.cleanup)
        self.folder = folder.name
        self.curation = os.path.join(self.folder, "curation")
        os.mkdir(self.curation)
        write_config(self.curation, sampler_config({}, **({"strategy": strategy} if strategy else {})))

    def run(self, steps, release=VERL_07, overrides=(), decide=None):
        """Trains up to a step; the lines of the command are those that the README shows."""
        lines = [*DATASET, *REWARD, *(SAMPLER if release else ["trainer.use_v1=false"]), *overrides]
        job = {"folder": self.folder, "steps": steps, "overrides": lines, "decide": decide or {}}
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [release, os.environ["PYTHONPATH"]]))}
        # Each run is a launch of its own.
        environment.pop("CDAS_LENS_LAUNCH", None)
        command = [sys.executable, str(Path(__file__).with_name("verl_job.py")), json.dumps(job)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise AssertionError(done.stderr[-3000:])

    def steps(self):
        """The rollouts of each step as verl dumped them."""
        folder = os.path.join(self.folder, "rollouts")
        return {int(name[:-6]): json_lines(os.path.join(folder, name)) for name in os.listdir(folder)}

    def rows(self):
        """The dataset rows of each step: the ids that the dumps hold are their indices."""
        return {step: [int(row["problem_id"]) for row in rows] for step, rows in self.steps().items()}


class Decisions:
    """Made after step 9 and taken back after step 15, the same for every release."""

    RELEASE = VERL_07
    EXCLUDED, PINNED, RELABELLED, NEW = (3, 8), 5, 7, "15"

    @classmethod
    def setUpClass(cls):
        cls.job = Job(cls.addClassCleanup)
        decided = {problem_id(row): EXCLUDE for row in cls.EXCLUDED}
        decided.update({problem_id(cls.PINNED): PIN, problem_id(cls.RELABELLED): {**PIN, "groundTruth": cls.NEW}})
        cls.job.run(20, cls.RELEASE, decide={"9": decided, "15": {}})

    def test_every_step_trains_whole_groups(self):
        rows = self.job.rows()
        self.assertEqual(sorted(rows), list(range(1, 21)))
        for held in rows.values():
            self.assertEqual([held.count(row) for row in set(held)], [GROUP] * BATCH)

    def test_the_first_epoch_visits_every_row_once(self):
        rows = self.job.rows()
        self.assertEqual(sorted(row for step in range(1, EPOCH + 1) for row in set(rows[step])), list(range(ROWS)))

    def test_receipts_name_the_very_next_step(self):
        found = [(each["generation"], each["appliedAtStep"]) for each in receipts(self.job.curation)]
        self.assertEqual(found, [(1, 1), (2, 10), (3, 16)])

    def test_excluded_rows_are_gone_and_pinned_ones_in_every_step(self):
        for step, held in self.job.rows().items():
            if 10 <= step <= 15:
                self.assertFalse(set(held) & set(self.EXCLUDED))
                self.assertLessEqual({self.PINNED, self.RELABELLED}, set(held))

    def test_the_relabelled_row_is_scored_against_its_new_answer_while_it_is_relabelled(self):
        seen = [row for rows in self.job.steps().values() for row in rows if row["problem_id"] == str(self.RELABELLED)]
        self.assertGreaterEqual(sum(10 <= row["step"] <= 15 for row in seen), 6 * GROUP)
        for row in seen:
            right = self.NEW if 10 <= row["step"] <= 15 else "14"
            self.assertEqual((row["gts"], row["score"]), (right, float(row["output"] == f"#### {right}")))

    def test_cdas_lens_reads_the_dumps_as_these_groups(self):
        wanted = []
        for step, rows in self.job.steps().items():
            by_problem = itertools.groupby(sorted(rows, key=lambda row: row["problem_id"]), lambda row: row["problem_id"])
            scores = {problem: [row["score"] for row in group] for problem, group in by_problem}
            wanted += [(step, problem, len(each), sum(each)) for problem, each in scores.items()]
        read = lens("groups", os.path.join(self.job.folder, "rollouts"))
        self.assertEqual(sorted((each["step"], each["problem"], each["n"], each["correct"]) for each in read), sorted(wanted))


class InVerl07(Decisions, unittest.TestCase):
    """With the curriculum sampler."""

    def test_every_batch_is_what_the_chooser_makes_of_the_steps_before_it(self):
        self.assertEqual(foretold(self.job, 9), {step: set(held) for step, held in self.job.rows().items() if step <= 9})


class InVerl09(Decisions, unittest.TestCase):
    """With the dataset alone, in the trainer that verl calls legacy."""

    RELEASE = None


def foretold(job, steps):
    """The rows of the first steps, by the chooser alone from what the dumps say."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(os.path.join(job.curation, "sampler.json"), folder)
        index = DatasetIndex.of_rows(verl_rows(ROWS))
        chooser = BatchChooser(Curation(folder, index, "test"), BATCH)
        found = {}
        for step, rows in sorted(job.steps().items())[:steps]:
            found[step] = set(chooser.next_batch(lambda: step))
            chooser.observe(Scored(row["problem_id"], row["score"] >= 1) for row in rows)
    return found


class AnotherStrategy(unittest.TestCase):
    def test_the_job_follows_the_strategy_of_the_file_with_its_seed_and_parameters(self):
        job = Job(self.addCleanup, {"name": "mopps", "seed": 11, "target": 0.7})
        job.run(14)
        self.assertEqual(foretold(job, 14), {step: set(held) for step, held in job.rows().items()})


class Resuming(unittest.TestCase):
    def test_a_resumed_job_goes_on_where_it_was_saved(self):
        whole, again = Job(self.addCleanup), Job(self.addCleanup)
        whole.run(EPOCH)
        again.run(4, overrides=["trainer.save_freq=4"])
        shutil.rmtree(os.path.join(again.folder, "rollouts"))
        again.run(EPOCH)
        self.assertEqual(again.rows(), {step: whole.rows()[step] for step in (5, 6)})
        self.assertEqual([(each["generation"], each["appliedAtStep"]) for each in receipts(again.curation)], [(1, 1), (1, 5)])


if __name__ == "__main__":
    unittest.main()
