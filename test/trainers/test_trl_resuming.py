"""Real TRL jobs that are resumed from their checkpoints, and the order of rows that this rests on."""

import contextlib
import io
import os
import unittest

import tiny_trl
from cli import lens
from harness import EXCLUDE, PIN
from tiny_trl import GENERATIONS, problem
from trl import GRPOTrainer
from trl.trainer.utils import RepeatSampler
from trl_job import Job


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

    def test_of_steps_that_ran_again_cdas_lens_counts_what_was_trained_the_second_time(self):
        job = Job(self.addCleanup)
        job.decide({})
        job.train(14, settings={"save_strategy": "steps", "save_steps": 8})
        given_up = {row["problem_id"] for row in job.rows() if row["step"] > 8}
        job.decide({each: EXCLUDE for each in given_up}, 2)
        # A process of its own would be a launch of its own.
        os.environ.pop("CDAS_LENS_LAUNCH")
        job.train(14, resume=os.path.join(job.output, "checkpoint-8"))
        read = lens("groups", os.path.join(job.output, "rollouts"))
        self.assertEqual(sorted(each["step"] for each in read), [step for step in range(1, 15) for _ in range(2)])
        self.assertFalse(given_up & {each["problem"] for each in read if each["step"] > 8})

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

if __name__ == "__main__":
    unittest.main()
