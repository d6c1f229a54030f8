"""The reward function for OpenRLHF, called as it calls one."""

import threading
import unittest
from unittest import mock

from harness import EXCLUDE, log_rows
from hooks import ROWS, HookCase, problem, relabel

from cdas_lens.identity import text_hash
from cdas_lens.openrlhf import logged


class OpenRlhf(HookCase):
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
        rows = log_rows(self.output)
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
        steps = [row["step"] for row in log_rows(self.output)]
        self.assertEqual({step: steps.count(step) for step in set(steps)}, {step: 4 for step in range(1, 11)})

    def test_a_relabel_is_obeyed_and_what_cannot_be_is_listed_in_the_receipt(self):
        self.decide({**relabel(3, "77"), problem(4): {**EXCLUDE, "textHash": text_hash("q4")}})
        seen = []
        function = self.reward(seen, directory=self.directory)
        function(*self.call(3)), function(*self.call(4))
        self.assertEqual(seen, ["77", "4"])
        receipt, = self.receipts()
        self.assertEqual((receipt["relabelled"], receipt["unmatched"]), (1, [problem(4)]))

    def test_a_receipt_that_lists_only_some_problems_says_how_many_there_are(self):
        self.decide({f"p{number:04d}": EXCLUDE for number in range(1001)})
        self.reward(directory=self.directory)(*self.call(1))
        receipt, = self.receipts()
        self.assertEqual((len(receipt["unmatched"]), receipt["unmatchedTotal"]), (1000, 1001))

    def test_a_receipt_that_met_a_full_disk_is_written_once_there_is_room(self):
        self.decide(relabel(3, "77"))
        function = self.reward(directory=self.directory)
        with mock.patch("cdas_lens.delivery.append_receipt", return_value=None):
            function(*self.call(3))
        self.assertEqual(self.receipts(), [])
        with mock.patch("cdas_lens.delivery._AGAIN_SECONDS", 0.0):
            for _ in range(2):
                function(*self.call(3))
        self.assertEqual([(each["relabelled"], each["appliedAtStep"]) for each in self.receipts()], [(1, 1)])

    def test_a_relabel_without_the_text_is_not_called_followed(self):
        self.decide({"p1": {"groundTruth": "7"}, "p2": EXCLUDE})
        self.reward(directory=self.directory)(*self.call(1))
        receipt, = self.receipts()
        self.assertEqual((receipt["unmatched"], receipt["unsupported"]), (["p1", "p2"], ["p2"]))

    def test_a_relabel_of_one_of_several_problems_with_one_text_leaves_the_others_alone(self):
        one = f"{problem(3)}~1a2b"
        self.decide({one: {"groundTruth": "77", "textHash": text_hash("q3")}})
        seen = []
        self.reward(seen, directory=self.directory)(*self.call(3))
        self.assertEqual(seen, ["3"])
        receipt, = self.receipts()
        self.assertEqual((receipt["relabelled"], receipt["unmatched"], receipt["ambiguous"]), (0, [one], [one]))

    def test_a_reward_that_is_not_finite_is_not_scored(self):
        logged(lambda queries, prompts, labels: [float("nan")], self.output, 4)(*self.call(1))
        row, = log_rows(self.output)
        self.assertEqual((row["reward"], row["correct"]), (None, None))

    def test_a_failing_log_does_not_keep_the_reward_from_training(self):
        with open(self.output, "w", encoding="ascii"):
            pass
        with self.assertLogs("cdas_lens", "WARNING"):
            self.assertEqual(self.reward()(*self.call(1))["rewards"], [1.0])


if __name__ == "__main__":
    unittest.main()
