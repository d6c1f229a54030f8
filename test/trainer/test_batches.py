"""The iterator for any trainer."""

import json
import unittest

from harness import EXCLUDE, PIN, log_rows
from hooks import ROWS, HookCase, problem, relabel

from cdas_lens.batches import CuratedBatches


class Generic(HookCase):
    def make(self, **options):
        rows = [{"question": f"q{row}", "answer": str(row)} for row in range(ROWS)]
        return CuratedBatches(rows, self.directory, 4, run="mine", rollouts=self.output, **options)

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
        self.assertEqual([each["appliedAtStep"] for each in self.receipts()], [2])

    def test_what_was_observed_steers_later_batches_and_survives_a_restart(self):
        batches, again = self.make(), self.make()
        for _ in range(5):
            items = next(batches)
            batches.observe((item, item.row < 6) for item in items for _ in range(2))
        again.load_state_dict(json.loads(json.dumps(batches.state_dict())))
        self.assertEqual([next(again) for _ in range(6)], [next(batches) for _ in range(6)])
        self.assertEqual(again.step, 11)

    def test_scores_that_are_no_verdicts_do_not_count_and_are_said_once(self):
        batches = self.make()
        items = next(batches)
        with self.assertLogs("cdas_lens.batches", "WARNING") as logs:
            batches.observe(zip(items, (-1.0, 0.5, 1.0, False)))
        seen = batches.state_dict()["chooser"]["cdas"]["problems"]
        self.assertEqual(set(seen), {items[2].problem_id, items[3].problem_id})
        self.assertEqual(len(logs.output), 1)

    def test_no_rows_and_no_size_are_refused_with_what_to_do(self):
        with self.assertRaisesRegex(ValueError, "no rows"):
            CuratedBatches([], self.directory, 4)
        with self.assertRaisesRegex(ValueError, "batch_size is 0"):
            CuratedBatches([{"question": "q"}], self.directory, 0)

    def test_rollouts_are_numbered_in_their_groups(self):
        batches = self.make()
        items = next(batches)
        batches.log((item, {"reward": 1.0, "correct": True, "response": "x"}) for item in items for _ in range(2))
        rows = log_rows(self.output)
        self.assertEqual([row["sample_index"] for row in rows], [0, 1] * 4)
        self.assertEqual({row["group_id"] for row in rows}, {f"1-{item.problem_id}" for item in items})


if __name__ == "__main__":
    unittest.main()
