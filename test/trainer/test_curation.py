"""From a sampler.json to rows of a dataset: matching, the pool that never empties, the receipt."""

import json
import os
import subprocess
import sys
import unittest
from unittest import mock

from harness import EXCLUDE, PIN, CurationCase, problem_id, receipts, sampler_config, verl_rows, write_config

from cdas_lens.curation import Curation, make_plan
from cdas_lens.decisions import parse_config
from cdas_lens.identity import text_hash
from cdas_lens.matching import DatasetIndex
from cdas_lens.substitution import PinTurns, curated_batch, substitute


def plan_of(rows, problems, **more):
    return make_plan(parse_config(json.dumps(sampler_config(problems, **more))), DatasetIndex.of_rows(rows))


class Matching(unittest.TestCase):
    def test_matches_by_text_id_by_explicit_id_by_index_and_by_text_hash(self):
        rows = verl_rows(5)
        rows[1]["id"] = "own-id"
        plan = plan_of(rows, {
            problem_id(0): EXCLUDE,
            "own-id": EXCLUDE,
            "unknown-a": {**EXCLUDE, "index": "2"},
            "unknown-b": {**EXCLUDE, "textHash": problem_id(3)[2:]},
        })
        self.assertEqual(plan.excluded, {0, 1, 2, 3})
        self.assertEqual((plan.counts["matched"], plan.counts["unmatched"]), (4, []))

    def test_ids_that_the_dataset_does_not_hold_are_unmatched(self):
        with self.assertLogs("cdas_lens.curation", "WARNING"):
            plan = plan_of(verl_rows(3), {"h:0000000000000000": EXCLUDE, problem_id(1): EXCLUDE})
        self.assertEqual(plan.excluded, {1})
        self.assertEqual((plan.counts["excluded"], plan.counts["unmatched"]), (1, ["h:0000000000000000"]))

    def test_an_index_that_points_at_another_text_does_not_count(self):
        with self.assertLogs("cdas_lens.curation", "WARNING"):
            plan = plan_of(verl_rows(3), {"gone": {**EXCLUDE, "index": "1", "textHash": text_hash("another question")}})
        self.assertEqual(plan.excluded, frozenset())

    def test_the_text_hash_wins_over_an_index_that_moved(self):
        plan = plan_of(verl_rows(3), {"moved": {**EXCLUDE, "index": "1", "textHash": problem_id(2)[2:]}})
        self.assertEqual(plan.excluded, {2})

    def test_a_text_with_two_answers_is_ambiguous_without_its_suffix(self):
        rows = [{"prompt": "x", "answer": "3"}, {"prompt": "x", "answer": "5"}, {"prompt": "y", "answer": "3"}]
        bare = f"h:{text_hash('x')}"
        with self.assertLogs("cdas_lens.curation", "WARNING"):
            plan = plan_of(rows, {bare: EXCLUDE})
        self.assertEqual(plan.excluded, frozenset())
        self.assertEqual((plan.counts["unmatched"], plan.counts["ambiguous"]), ([bare], [bare]))

    def test_the_suffix_tells_answers_apart(self):
        rows = [{"prompt": "x", "answer": "3"}, {"prompt": "x", "answer": "5"}]
        index = DatasetIndex.of_rows(rows)
        self.assertEqual(plan_of(rows, {index.problem_of_row[1]: EXCLUDE}).excluded, {1})

    def test_an_id_that_different_problems_share_is_narrowed_by_the_text_hash(self):
        rows = [{"id": "7", "prompt": "x"}, {"id": "7", "prompt": "y"}]
        self.assertEqual(plan_of(rows, {"7": {**EXCLUDE, "textHash": text_hash("y")}}).excluded, {1})
        with self.assertLogs("cdas_lens.curation", "WARNING"):
            self.assertEqual(plan_of(rows, {"7": EXCLUDE}).counts["ambiguous"], ["7"])

    def test_an_index_that_several_files_share_does_not_make_their_rows_one_problem(self):
        rows = [*verl_rows(2), *({**row, "prompt": f"other {at}"} for at, row in enumerate(verl_rows(2)))]
        index = DatasetIndex.of_rows(rows)
        self.assertEqual(len(set(index.problem_of_row)), 4)

    def test_every_row_of_a_problem_is_excluded(self):
        rows = [{"prompt": "x", "answer": "3"}, {"prompt": "y"}, {"prompt": " x ", "answer": "3"}]
        self.assertEqual(plan_of(rows, {f"h:{text_hash('x')}": EXCLUDE}).excluded, {0, 2})

    def test_problems_with_a_difficulty_count_as_matched_but_are_not_listed(self):
        plan = plan_of(verl_rows(3), {problem_id(0): PIN}, difficulty={problem_id(0): [0, 1], problem_id(1): [0, 1], "z": [0, 1]})
        self.assertEqual((plan.counts["matched"], plan.counts["unmatched"]), (2, []))


class Pool(unittest.TestCase):
    def test_excluding_everything_leaves_a_pool_and_says_so(self):
        with self.assertLogs("cdas_lens.curation", "ERROR"):
            plan = plan_of(verl_rows(4), {problem_id(at): EXCLUDE for at in range(4)})
        self.assertEqual(len(plan.allowed), 1)
        self.assertEqual((plan.counts["excluded"], len(plan.counts["ignored"])), (3, 1))

    def test_substitutes_are_allowed_and_the_same_each_time(self):
        plan = plan_of(verl_rows(50), {problem_id(at): EXCLUDE for at in range(25)})
        first = [substitute(row, plan, 7, 0) for row in range(50)]
        self.assertEqual(first, [substitute(row, plan, 7, 0) for row in range(50)])
        self.assertTrue(set(first) <= set(plan.allowed))
        self.assertEqual(first[25:], list(range(25, 50)))
        self.assertNotEqual(first, [substitute(row, plan, 7, 1) for row in range(50)])

    def test_pinned_rows_stand_in_first(self):
        plan = plan_of(verl_rows(10), {problem_id(0): EXCLUDE, problem_id(9): PIN})
        self.assertEqual(substitute(0, plan, 7, 0), 9)

    def test_a_batch_holds_every_pin_and_no_excluded_row(self):
        plan = plan_of(verl_rows(40), {problem_id(1): EXCLUDE, problem_id(2): EXCLUDE, problem_id(39): PIN})
        for epoch in range(20):
            batch = curated_batch([0, 1, 2, 3], plan, plan.pinned, 7, epoch)
            self.assertEqual((len(batch), len(set(batch))), (4, 4))
            self.assertEqual((batch[0], batch[3]), (0, 3))
            self.assertIn(39, batch)
            self.assertFalse(set(batch) & plan.excluded)

    def test_a_pin_takes_the_place_of_an_ordinary_row_when_none_is_excluded(self):
        plan = plan_of(verl_rows(40), {problem_id(39): PIN})
        batch = curated_batch([0, 1, 2, 3], plan, plan.pinned, 7, 0)
        self.assertEqual((sorted(set(batch) - {0, 1, 2, 3}), len(batch)), ([39], 4))

    def test_more_pins_than_places_take_turns(self):
        turns = PinTurns()
        served = [turns.take(range(5), 2) for _ in range(5)]
        self.assertEqual(sorted(row for batch in served for row in batch), sorted([*range(5)] * 2))


class InForce(CurationCase):
    def setUp(self):
        super().setUp()
        self.curation = self.make()

    def make(self):
        return Curation(self.directory, DatasetIndex.of_rows(verl_rows(6)), "test", "run-a")

    def apply(self, problems, generation, step=41, curation=None):
        self.decide(problems, generation)
        return (curation or self.curation).refresh(lambda: step, force=True)

    def test_the_receipt_says_what_took_effect_when(self):
        with self.assertLogs("cdas_lens.curation", "WARNING"):
            self.apply({problem_id(0): EXCLUDE, problem_id(1): PIN, problem_id(2): {"groundTruth": "9"}, "nobody": PIN}, 12)
        receipt, = self.receipts()
        wanted = {
            "schema": "cdas-receipt/1", "generation": 12, "appliedAtStep": 41, "excluded": 1, "pinned": 1,
            "relabelled": 1, "matched": 3, "unmatched": ["nobody"], "adapter": "test 0.1.0", "run": "run-a",
            "digest": self.curation.config.digest,
        }
        self.assertEqual({name: receipt[name] for name in wanted}, wanted)
        self.assertRegex(receipt["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_going_back_to_an_earlier_state_is_obeyed_and_confirmed(self):
        for generation, problems in ((1, {}), (2, {problem_id(0): EXCLUDE}), (1, {})):
            self.apply(problems, generation)
        self.assertEqual([each["generation"] for each in self.receipts()], [1, 2, 1])
        self.assertEqual(self.curation.plan.excluded, frozenset())

    def test_two_curations_of_one_launch_write_one_receipt_per_digest(self):
        other = self.make()
        for generation in (1, 2):
            self.apply({problem_id(generation): EXCLUDE}, generation)
            self.assertTrue(other.refresh(lambda: 41, force=True))
        self.assertEqual([each["generation"] for each in self.receipts()], [1, 2])

    def test_two_processes_of_one_launch_write_one_receipt_per_digest(self):
        script = (
            "import sys, time, harness\n"
            "from cdas_lens.curation import Curation\n"
            "from cdas_lens.matching import DatasetIndex\n"
            "curation = Curation(sys.argv[1], DatasetIndex.of_rows(harness.verl_rows(6)), 'test')\n"
            "print('ready', flush=True)\n"
            "for line in sys.stdin:\n"
            "    curation.refresh(lambda: 1, force=True)\n"
            "    print(curation.plan.generation, flush=True)\n"
        )
        running = [
            subprocess.Popen(
                [sys.executable, "-c", script, self.directory], cwd=os.path.dirname(os.path.abspath(__file__)),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "CDAS_LENS_LAUNCH": "shared"},
            )
            for _ in range(2)
        ]
        for each in running:
            self.assertEqual(each.stdout.readline(), "ready\n")
        for generation in range(1, 16):
            self.decide({problem_id(generation % 6): EXCLUDE}, generation)
            for each in running:
                each.stdin.write("look\n")
                each.stdin.flush()
            self.assertEqual([int(each.stdout.readline()) for each in running], [generation] * 2)
        for each in running:
            each.communicate()
            self.assertEqual(each.returncode, 0)
        self.assertEqual([each["generation"] for each in self.receipts()], list(range(1, 16)))

    def test_a_new_difficulty_with_the_same_decisions_is_confirmed_and_changes_no_row(self):
        self.apply({problem_id(0): EXCLUDE}, 1)
        self.decide({problem_id(0): EXCLUDE}, difficulty={problem_id(1): [0.1, 2]})
        with mock.patch("cdas_lens.curation.make_plan", side_effect=AssertionError("matched again")):
            self.assertTrue(self.curation.refresh(lambda: 42, force=True))
        found = self.receipts()
        self.assertEqual([(each["appliedAtStep"], each["matched"]) for each in found], [(41, 1), (42, 2)])
        self.assertEqual(self.curation.plan.excluded, {0})

    def test_a_resumed_job_confirms_again(self):
        self.apply({problem_id(0): EXCLUDE}, 1)
        with mock.patch.dict(os.environ, {"CDAS_LENS_LAUNCH": "the next launch"}):
            self.make().refresh(lambda: 7, force=True)
        self.assertEqual([each["appliedAtStep"] for each in self.receipts()], [41, 7])

    def test_nothing_raises_into_training_and_the_last_plan_stays(self):
        self.apply({problem_id(0): EXCLUDE}, 1)
        with mock.patch("cdas_lens.curation.make_plan", side_effect=RuntimeError("a bug")):
            with self.assertLogs("cdas_lens.curation", "ERROR"):
                self.assertFalse(self.apply({}, 2))
        self.assertEqual(self.curation.plan.excluded, {0})
        self.assertTrue(self.apply({}, 3))
        self.assertEqual((self.curation.plan.excluded, self.receipts()[-1]["excluded"]), (frozenset(), 0))

    def test_a_receipt_that_met_a_full_disk_is_written_once_there_is_room(self):
        with mock.patch("cdas_lens.receipts.os.write", lambda descriptor, data: len(data) // 2):
            with self.assertLogs("cdas_lens.receipts", "WARNING"):
                self.apply({problem_id(0): EXCLUDE}, 1)
        self.curation.refresh(lambda: 42, force=True)
        self.assertEqual(self.receipts(), [])
        with mock.patch("cdas_lens.delivery._AGAIN_SECONDS", 0.0):
            for step in (43, 44):
                self.curation.refresh(lambda: step, force=True)
        self.assertEqual([(each["generation"], each["appliedAtStep"]) for each in self.receipts()], [(1, 41)])

    def test_a_receipt_is_never_older_than_the_file_it_is_for_though_this_clock_is_behind(self):
        for generation, (written, wanted) in enumerate((("2999-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"),
                                                        ("2001-01-01T00:00:00.000Z", "20"), ("soon", "20"), (7, "20")), 1):
            write_config(self.directory, {**sampler_config({}, generation), "writtenAt": written})
            self.curation.refresh(lambda: 1, force=True)
            at = self.receipts()[-1]["at"]
            self.assertTrue(at.startswith(wanted) and at > "2020", at)

    def test_a_directory_that_is_not_there_is_said_once_and_its_decisions_hold_once_it_is(self):
        directory = os.path.join(self.directory, "later")
        with self.assertLogs("cdas_lens.curation", "WARNING") as logged:
            curation = Curation(directory, DatasetIndex.of_rows(verl_rows(4)), "test")
            curation.refresh(lambda: 1, force=True)
            os.mkdir(directory)
            write_config(directory, sampler_config({problem_id(1): EXCLUDE}))
            curation.refresh(lambda: 2, force=True)
        self.assertEqual(len(logged.records), 1)
        self.assertIn(directory, logged.output[0])
        self.assertEqual((curation.plan.excluded, receipts(directory)[0]["appliedAtStep"]), ({1}, 2))

    def test_a_receipt_that_cannot_be_made_does_not_undo_the_decisions(self):
        self.decide({problem_id(0): EXCLUDE})
        with self.assertLogs("cdas_lens.curation", "ERROR"):
            self.assertTrue(self.curation.refresh(lambda: 1 // 0, force=True))
        self.assertEqual(self.curation.plan.excluded, {0})

    def test_a_process_that_writes_no_receipts_obeys_all_the_same(self):
        silent = Curation(self.directory, DatasetIndex.of_rows(verl_rows(6)), "test", writes_receipts=lambda: False)
        self.assertTrue(self.apply({problem_id(0): EXCLUDE}, 1, curation=silent))
        self.assertEqual((silent.plan.excluded, self.receipts()), ({0}, []))


if __name__ == "__main__":
    unittest.main()
