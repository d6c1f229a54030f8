"""The TRL adapter's own parts, without TRL: the order of rows, and what reward functions are handed."""

import asyncio
import json
import types
import unittest

from harness import CurationCase, problem_id, verl_rows

from cdas_lens.chooser import BatchChooser
from cdas_lens.curation import Curation
from cdas_lens.identity import text_hash
from cdas_lens.matching import DatasetIndex
from cdas_lens.trl_rewards import RewardRecorder, RewardRules
from cdas_lens.trl_sampler import BatchQueue, Chosen, Shape

ROWS = 12


class Order(CurationCase):
    def queue(self, prompts=2, generations=3, repeats=1, accumulation=1):
        index = DatasetIndex.of_rows(verl_rows(ROWS))
        chooser = BatchChooser(Curation(self.directory, index, "trl"), prompts, seed=3)
        return BatchQueue(chooser, Shape(ROWS, prompts, generations, repeats, accumulation))

    def test_each_row_comes_as_often_as_trl_expects(self):
        drawn = list(self.queue(prompts=2, generations=3, repeats=2).epochs())
        self.assertEqual(len(drawn), ROWS * 3 * 2)
        for at in range(0, len(drawn), 12):
            one, other = drawn[at], drawn[at + 3]
            self.assertEqual(drawn[at : at + 12], [one] * 3 + [other] * 3 + [one] * 3 + [other] * 3)

    def test_rows_that_fill_no_batch_are_left_out_as_trl_does(self):
        self.assertEqual(len(list(self.queue(prompts=5).epochs())), 10 * 3)

    def steps_of_batches(self, queue, start=0):
        seen = []
        choose = queue.batch
        queue.batch = lambda first, last: seen.append((first, last)) or choose(first, last)
        queue.start(start)
        list(queue.epochs())
        return seen

    def test_each_batch_knows_the_steps_that_it_is_trained_in(self):
        self.assertEqual(self.steps_of_batches(self.queue()), [(step, step) for step in range(1, 7)])
        shared = self.steps_of_batches(self.queue(repeats=4, accumulation=2))
        self.assertEqual(shared, [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12)])
        self.assertEqual(self.steps_of_batches(self.queue(accumulation=4)), [(1, 1)] * 4 + [(2, 2)] * 2)

    def test_a_resumed_epoch_chooses_only_what_is_left_of_it(self):
        self.assertEqual(self.steps_of_batches(self.queue(), start=4), [(5, 5), (6, 6)])
        self.assertEqual(self.steps_of_batches(self.queue(), start=6), [(step, step) for step in range(7, 13)])
        self.assertEqual(self.steps_of_batches(self.queue(repeats=4, accumulation=2), start=9), [(9, 10), (11, 12)])

    def test_a_state_of_another_kind_is_refused_and_training_begins_afresh(self):
        queue = self.queue()
        with self.assertLogs("cdas_lens.trl_sampler", "ERROR"):
            queue.start(3, {"schema": "other/1"})
        self.assertEqual(len(list(queue.epochs())), ROWS * 3)

    def test_batches_fetched_but_not_trained_are_kept_over_a_restart(self):
        queue, again = self.queue(), self.queue()
        rows = iter(queue.epochs())
        drawn = [[next(rows) for _ in range(6)] for _ in range(4)]
        queue.trained_step = 2
        state = json.loads(json.dumps(queue.state_dict()))
        self.assertEqual(len(state["ahead"]), 2)
        again.start(2, state)
        self.assertEqual(list(again.epochs())[12:24], drawn[2] + drawn[3])

    def test_rollouts_are_scored_under_the_decisions_of_their_own_batch(self):
        self.decide({})
        queue = self.queue()
        rows = iter(queue.epochs())
        [next(rows) for _ in range(6)]
        self.decide({problem_id(0): {"groundTruth": "9"}}, 2)
        [next(rows) for _ in range(6)]
        self.assertEqual([queue.scored_under(step).generation for step in (1, 2)], [1, 2])


class Rewards(unittest.TestCase):
    def setUp(self):
        self.index = DatasetIndex.of_rows([{"prompt": f"q{row}", "answer": str(row)} for row in range(4)])
        self.logged = []

    def recorder(self, relabels=None, **rules):
        recorder = RewardRecorder(self.index, RewardRules(**rules))
        recorder.scored_under = lambda step: Chosen([], step, step, 1, "d", relabels or {})
        return recorder

    def call(self, rows, **more):
        """The arguments that TRL gives a reward function."""
        return {
            "prompts": [f"q{row}" for row in rows], "completions": [str(row) for row in rows],
            "completion_ids": [[row, 1] for row in rows], "answer": [str(row) for row in rows], "cdas_row": list(rows),
            "trainer_state": types.SimpleNamespace(global_step=6), "log_metric": None,
            "log_extra": lambda name, values: self.logged.append((name, values)), **more,
        }

    @staticmethod
    def exact(completions, answer, **kwargs):
        assert "cdas_row" not in kwargs
        return [float(each == right) for each, right in zip(completions, answer)]

    def test_a_function_gets_the_relabelled_answer_in_the_kind_of_the_dataset(self):
        recorder = self.recorder({2: 7})
        self.assertEqual(recorder.wrap(self.exact, 0)(**self.call([2, 3])), [0.0, 1.0])
        self.assertEqual([each["ground_truth"] for each in recorder.take()], ["7", "3"])

    def test_the_columns_that_a_function_names_are_relabelled_else_the_first_known_or_the_chosen_one(self):
        def by_solution(solution, **kwargs):
            return [0.0 if kwargs["answer"][0] == "2" and solution[0] == "7" else 1.0]

        def any_column(**kwargs):
            return [0.0 if kwargs["answer"][0] == "7" and kwargs["solution"][0] == "2" else 1.0]

        more = {"solution": ["2"], "truth": ["2"]}
        self.assertEqual(self.recorder({2: 7}).wrap(by_solution, 0)(**self.call([2], **more)), [0.0])
        self.assertEqual(self.recorder({2: 7}).wrap(any_column, 0)(**self.call([2], **more)), [0.0])
        chosen = self.recorder({2: 7}, answer_column="truth")
        self.assertEqual(chosen.wrap(lambda truth, **kwargs: [float(truth[0])], 0)(**self.call([2], **more)), [7.0])

    def test_rollouts_say_what_they_were_scored_against_and_are_given_once(self):
        recorder = self.recorder({2: "7"})
        recorder.wrap(self.exact, 0)(**self.call([2, 3]))
        rows = recorder.take()
        self.assertEqual([(each["problem_id"], each["step"], each["scored_against"]) for each in rows],
                         [(f"h:{text_hash('q2')}", 7, '"7"'), (f"h:{text_hash('q3')}", 7, None)])
        self.assertEqual(recorder.take(), [])

    def test_evaluation_is_neither_relabelled_nor_counted_as_training(self):
        recorder = self.recorder({2: "7"})
        call = self.call([2])
        del call["cdas_row"]
        self.assertEqual(recorder.wrap(self.exact, 0)(**call), [1.0])
        row, = recorder.take()
        self.assertEqual((row["split"], row["step"], row["problem_id"]), ("val", 6, f"h:{text_hash('q2')}"))

    def test_problem_ids_become_a_column_of_trls_own_table(self):
        recorder = self.recorder()
        for function in (self.exact, self.exact):
            recorder.wrap(function, 0)
        recorder.wrap(self.exact, 0)(**self.call([1]))
        self.assertEqual(self.logged, [("problem_id", [f"h:{text_hash('q1')}"])])

    def test_async_functions_are_awaited_and_stay_async(self):
        async def later(**kwargs):
            return [0.5]

        recorder = self.recorder()
        wrapped = recorder.wrap(later, 0)
        self.assertEqual(asyncio.run(wrapped(**self.call([1]))), [0.5])
        self.assertEqual(recorder.take()[0]["reward_components"], {"later": 0.5})

    def test_values_that_are_not_finite_are_not_scored(self):
        recorder = self.recorder()
        recorder.wrap(lambda **kwargs: [float("nan"), None], 0)(**self.call([1, 2]))
        self.assertEqual([(each["reward"], each["correct"]) for each in recorder.take()], [(None, None)] * 2)

    def test_functions_of_one_name_are_told_apart(self):
        recorder = self.recorder()
        wrapped = [recorder.wrap(lambda value=value, **kwargs: [value], place) for place, value in enumerate((0.0, 1.0))]
        for function in wrapped:
            function(**self.call([1]))
        row, = recorder.take()
        self.assertEqual((row["reward"], row["correct"]), (1.0, False))
        self.assertEqual(row["reward_components"], {"<lambda>": 0.0, "<lambda> 2": 1.0})

    def test_a_name_in_correct_by_that_no_function_has_is_refused(self):
        recorder = self.recorder(correct_by="acuracy")
        recorder.wrap(self.exact, 0)
        with self.assertRaisesRegex(ValueError, "'acuracy'.*exact"):
            recorder.check()

    def test_what_a_function_raises_reaches_trl(self):
        def broken(**kwargs):
            raise KeyError("mine")

        with self.assertRaisesRegex(KeyError, "mine"):
            self.recorder().wrap(broken, 0)(**self.call([1]))

    def test_our_own_failure_does_not_keep_a_reward_from_trl(self):
        recorder = self.recorder({2: "7"})
        recorder.scored_under = None
        with self.assertLogs("cdas_lens.trl_rewards", "WARNING"):
            self.assertEqual(recorder.wrap(self.exact, 0)(**self.call([2])), [1.0])


if __name__ == "__main__":
    unittest.main()
