"""The endless taskset with the real classes of `verifiers`."""

import itertools
import os
import unittest
from unittest import mock

import verifiers.v1 as vf
from harness import CurationCase

from cdas_lens.identity import text_hash
from cdas_lens.prime_rl import curated

ROWS, BATCH = 12, 4


class SumData(vf.TaskData):
    """A task with an answer."""

    answer: str


class SumTask(vf.Task[SumData]):
    """Scored against the answer in its data."""


class Sums(vf.Taskset[SumTask]):
    """A finite taskset."""

    def load(self):
        return [SumTask(SumData(prompt=f"q{row}", answer=str(row)), self.config.task) for row in range(ROWS)]


def problem(number):
    """The id of a task's problem."""
    return f"h:{text_hash(f'q{number}')}"


class EndlessTaskset(CurationCase):
    def taskset(self, **options):
        return curated(Sums, self.directory, run="mine", batch=BATCH, **options)(vf.TasksetConfig())

    def numbers(self, tasks):
        return [int(task.data.prompt[1:]) for task in tasks]

    def test_it_is_an_unbounded_taskset_of_the_same_kind_of_task(self):
        taskset = self.taskset()
        self.assertFalse(taskset.bounded)
        self.assertTrue(issubclass(taskset.task_type(), SumTask))
        first = next(iter(taskset))
        self.assertIsInstance(first, taskset.task_type())
        self.assertIs(type(first.data), SumData)

    def test_it_goes_through_the_tasks_again_and_again(self):
        drawn = self.numbers(itertools.islice(self.taskset(), 3 * ROWS))
        for at in range(0, 3 * ROWS, ROWS):
            self.assertEqual(sorted(drawn[at : at + ROWS]), list(range(ROWS)))

    def test_a_task_keeps_its_key_wherever_it_comes_and_after_a_way_over_the_wire(self):
        taskset = self.taskset()
        keys = {}
        for task in itertools.islice(taskset, 2 * ROWS):
            keys.setdefault(task.data.prompt, set()).add(task.key)
            sent = task.data.model_dump_json()
            self.assertEqual(taskset.task_type()(SumData.model_validate_json(sent)).key, task.key)
        self.assertEqual(keys, {f"q{row}": {problem(row)} for row in range(ROWS)})

    def test_decisions_hold_from_the_next_batch_on_at_the_latest(self):
        tasks = iter(self.taskset())
        first = self.numbers(itertools.islice(tasks, 2))
        self.decide({problem(first[0]): {"membership": "exclude"}, problem(7): {"membership": "pin", "groundTruth": 99}})
        next_ones = list(itertools.islice(tasks, 2 + 6 * BATCH))
        self.assertNotIn(first[0], self.numbers(next_ones))
        later = next_ones[2:]
        for at in range(0, len(later), BATCH):
            self.assertIn(7, self.numbers(later[at : at + BATCH]))
        self.assertEqual({task.data.answer for task in later if task.data.prompt == "q7"}, {"99"})
        self.assertEqual({task.key for task in later if task.data.prompt == "q7"}, {problem(7)})
        receipt, = self.receipts()
        self.assertEqual(receipt["appliedAtStep"], 2)

    def test_the_strategy_of_the_file_chooses_by_the_difficulties_of_the_lens_unless_one_is_given(self):
        difficulty = {problem(row): [(row - 6) / 10, 3] for row in range(ROWS)}
        self.decide({}, difficulty=difficulty)
        self.assertEqual(sorted(self.numbers(itertools.islice(self.taskset(), BATCH))), [5, 6, 7, 8])
        drawn = self.numbers(itertools.islice(self.taskset(strategy="random"), ROWS))
        self.assertEqual(sorted(drawn), list(range(ROWS)))

    def test_a_resumed_job_that_reads_on_to_where_it_was_says_the_steps_after_it(self):
        self.decide({})
        with mock.patch.dict(os.environ, {"CDAS_LENS_START_STEP": "3"}):
            tasks = iter(self.taskset())
            list(itertools.islice(tasks, 3 * BATCH))
            self.decide({problem(0): {"membership": "exclude"}}, 2)
            list(itertools.islice(tasks, BATCH))
        self.assertEqual([each["appliedAtStep"] for each in self.receipts()], [4, 4])

    def test_views_of_verifiers_work_on_it(self):
        self.assertEqual(len(list(self.taskset().skip(3).take(20))), 20)

    def test_an_empty_or_damaged_file_changes_nothing(self):
        with open(os.path.join(self.directory, "sampler.json"), "w", encoding="utf-8") as stream:
            stream.write("{")
        self.assertEqual(sorted(self.numbers(itertools.islice(self.taskset(), ROWS))), list(range(ROWS)))


if __name__ == "__main__":
    unittest.main()
