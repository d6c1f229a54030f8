"""The dataset object for trainers that are handed one."""

import unittest

from harness import EXCLUDE, PIN
from hooks import ROWS, HookCase, problem, relabel

from cdas_lens.relabels import relabelled_row
from cdas_lens.rows import CuratedRows


class Rows(HookCase):
    def make(self, **options):
        self.rows = [{"question": f"q{row}", "answer": str(row)} for row in range(ROWS)]
        return CuratedRows(self.rows, self.directory, 4, run="mine", **options)

    def test_without_decisions_it_is_the_dataset(self):
        self.assertEqual(list(self.make()), self.rows)

    def test_batches_obey_decisions_and_the_receipt_names_the_step(self):
        curated = self.make(start_step=10)
        curated.__getitems__([0, 1, 2, 3])
        self.decide({problem(0): EXCLUDE, problem(5): PIN, **relabel(2, "99")})
        batch = curated.__getitems__([0, 1, 2, 3])
        self.assertEqual([row["question"] for row in batch], ["q5", "q1", "q2", "q3"])
        self.assertEqual((batch[2]["answer"], self.rows[2]["answer"]), ("99", "2"))
        self.assertEqual([(each["appliedAtStep"], each["adapter"].split()[0]) for each in self.receipts()], [(12, "rows")])

    def test_decisions_that_come_within_a_step_are_confirmed_for_the_next_one(self):
        curated = self.make()
        curated.__getitems__([0, 1])
        self.decide({problem(0): EXCLUDE})
        curated.__getitems__([2, 3])
        self.decide({problem(1): EXCLUDE}, 2)
        curated.__getitems__([4, 5])
        self.assertEqual([each["appliedAtStep"] for each in self.receipts()], [2, 2])

    def test_processes_with_rows_of_their_own_share_out_the_pins(self):
        self.decide({problem(0): EXCLUDE, **{problem(each): PIN for each in (4, 5, 6)}})
        read = []
        for process in (0, 1):
            batch = self.make(process=process, processes=2).__getitems__([0, 4, 5, 6])
            read.append({row["question"] for row in batch})
            self.assertEqual(len(read[-1]), 4)
        self.assertEqual([each & {"q0", "q4", "q5", "q6"} for each in read], [{"q4", "q6"}, {"q5"}])

    def test_a_process_that_cannot_be_is_refused(self):
        for process, processes in ((2, 2), (-1, 2), (0, 0)):
            self.assertRaises(ValueError, self.make, process=process, processes=processes)

    def test_an_answer_that_is_an_object_is_replaced_whole(self):
        row = {"question": "q", "answer": {"value": 3, "unit": "m"}}
        self.assertEqual(relabelled_row(row, {"value": 4})["answer"], {"value": 4})
        verl = {"reward_model": {"style": "rule", "ground_truth": "3"}}
        self.assertEqual(relabelled_row(verl, "4"), {"reward_model": {"style": "rule", "ground_truth": "4"}})

    def test_a_relabel_overwrites_the_field_that_holds_the_answer_of_the_row(self):
        self.assertEqual(relabelled_row({"answer": None, "solution": "3"}, "4"), {"answer": None, "solution": "4"})
        self.assertEqual(relabelled_row({"answer": None}, "4"), {"answer": "4"})
        self.assertEqual(relabelled_row({"problem": "q", "expected_answer": "3"}, "4"), {"problem": "q", "expected_answer": "4"})

    def test_rows_one_by_one_keep_their_number_and_are_never_excluded_ones(self):
        self.decide({problem(0): EXCLUDE, problem(1): EXCLUDE})
        curated = self.make()
        read = [row["question"] for row in curated]
        self.assertEqual((len(curated), len(read)), (ROWS, ROWS))
        self.assertFalse({"q0", "q1"} & set(read))
        self.assertEqual(curated[-1], self.rows[-1])
        self.assertRaises(IndexError, lambda: curated[ROWS])


if __name__ == "__main__":
    unittest.main()
