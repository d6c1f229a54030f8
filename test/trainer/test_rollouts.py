"""The neutral rollout log: strict JSON, one write a line, never in the way of training."""

import json
import os
import subprocess
import sys
import unittest
from unittest import mock

from harness import CurationCase, json_lines

from cdas_lens.rollouts import GroupWriter, RolloutWriter, step_writer


class Rollouts(CurationCase):
    def lines(self, writer):
        return json_lines(writer.path)

    def test_writes_the_fields_of_the_format(self):
        writer = RolloutWriter(self.directory, "launch/1")
        writer.write(3, "17", 1.0, group_id="3-17-0", sample_index=2, group_size=8, correct=True, prompt="p\u2028é\ud83d", finish_reason=None)
        writer.close()
        self.assertEqual(os.path.basename(writer.path), "rollouts-launch0001-launch_1.jsonl")
        self.assertEqual(self.lines(writer), [{
            "schema": "cdas-rollout/1", "step": 3, "split": "train", "problem_id": "17", "reward": 1.0, "group_id": "3-17-0",
            "sample_index": 2, "group_size": 8, "correct": True, "prompt": "p\u2028é\ud83d",
        }])

    def test_a_later_launch_gets_the_next_number_and_all_parts_of_one_the_same(self):
        def name(*of_what):
            writer = RolloutWriter(self.directory, *of_what)
            writer.write(1, "a", 0.0)
            return os.path.basename(writer.path)[len("rollouts-"):]

        names = [name("x", "7"), name("x", "8"), name("y"), name("x.y"), name("y"), name("xx")]
        self.assertEqual(names, [f"launch000{each}.jsonl" for each in ("1-x.7", "1-x.8", "2-y", "3-x.y", "2-y", "4-xx")])

    def test_numbers_that_are_not_finite_become_null(self):
        writer = RolloutWriter(self.directory)
        writer.write(1, "a", float("nan"), reward_components={"acc": float("-inf"), "len": [1.5, float("inf")]}, correct=None)
        row, = self.lines(writer)
        self.assertEqual((row["reward"], row["correct"], row["reward_components"]), (None, None, {"acc": None, "len": [1.5, None]}))

    def test_a_line_is_one_write_and_a_new_step_flushes(self):
        writer = RolloutWriter(self.directory)
        with mock.patch("cdas_lens.rollouts.os.write", side_effect=os.write) as write:
            with mock.patch("cdas_lens.rollouts.os.fsync") as fsync:
                for step in (1, 1, 2):
                    writer.write(step, "a", 0.0, response="x" * 100000)
        self.assertEqual((write.call_count, fsync.call_count), (3, 1))

    def test_several_processes_do_not_tear_each_others_lines(self):
        script = (
            "import sys, harness\n"
            "from cdas_lens.rollouts import RolloutWriter\n"
            "writer = RolloutWriter(sys.argv[1], 'shared')\n"
            "for at in range(50):\n"
            "    writer.write(at, sys.argv[2], 0.0, response='r' * 20000)\n"
        )
        here = os.path.dirname(os.path.abspath(__file__))
        running = [subprocess.Popen([sys.executable, "-c", script, self.directory, str(at)], cwd=here) for at in range(3)]
        self.assertEqual([each.wait() for each in running], [0, 0, 0])
        self.assertEqual(len(self.lines(RolloutWriter(self.directory, "shared"))), 150)

    def test_a_disk_that_cannot_be_written_is_logged_once_and_survived(self):
        with open(os.path.join(self.directory, "file"), "w", encoding="ascii"):
            pass
        writer = RolloutWriter(os.path.join(self.directory, "file", "below"))
        with self.assertLogs("cdas_lens.rollouts", "WARNING") as logged:
            writer.write(1, "a", 0.0)
            writer.write(1, "a", 0.0)
        self.assertEqual(len(logged.records), 1)

    def test_a_line_that_was_cut_off_swallows_no_other(self):
        writer = RolloutWriter(self.directory, "cut")
        writer.write(1, "a", 0.0)
        real = os.write

        def full(descriptor, data):
            if data.startswith(b"\n") or len(data) < 20:
                raise OSError(28, "No space left on device")
            return real(descriptor, data[:15])

        with mock.patch("cdas_lens.rollouts.os.write", full), self.assertLogs("cdas_lens.rollouts", "WARNING"):
            writer.write(1, "lost", 0.0)
            writer.write(1, "lost too", 0.0)
        writer.write(1, "b", 1.0)
        with open(writer.path, "ab") as stream:
            stream.write(b'{"killed')
        RolloutWriter(self.directory, "cut").write(2, "c", 1.0)
        with open(writer.path, encoding="ascii") as stream:
            whole = [json.loads(line)["problem_id"] for line in stream if line.endswith("}\n")]
        self.assertEqual(whole, ["a", "b", "c"])

    def test_values_that_json_does_not_know_are_converted(self):
        class Scalar:
            def tolist(self):
                return 2.5

        writer = RolloutWriter(self.directory)
        writer.write(1, "a", Scalar(), ground_truth={1: {2, }})
        row, = self.lines(writer)
        self.assertEqual((row["reward"], row["ground_truth"]), (2.5, {"1": "{2}"}))


class Groups(CurationCase):
    def setUp(self):
        super().setUp()
        self.writer = GroupWriter(self.directory, "job/1")
        self.addCleanup(self.writer.close)

    def rows(self):
        return json_lines(self.writer.path)

    def rollout(self, problem, correct, **more):
        return {"step": 3, "problem_id": problem, "correct": correct, "reward": float(bool(correct)), "response": "abcd", **more}

    def test_a_group_is_a_line_of_counts_and_sums(self):
        self.writer.write_step([self.rollout("a", True), self.rollout("b", False), self.rollout("a", False, response="xy")])
        self.assertEqual(self.rows(), [
            {"schema": "cdas-groups/1", "step": 3, "split": "train", "problem_id": "a", "n": 2, "correct": 1,
             "reward_sum": 1.0, "length_sum": 6},
            {"schema": "cdas-groups/1", "step": 3, "split": "train", "problem_id": "b", "n": 1, "correct": 0,
             "reward_sum": 0.0, "length_sum": 4},
        ])

    def test_rollouts_that_were_not_scored_do_not_count(self):
        self.writer.write_step([self.rollout("a", True), self.rollout("a", None), self.rollout("b", None)])
        self.assertEqual([(row["problem_id"], row["n"]) for row in self.rows()], [("a", 1)])

    def test_a_sum_that_is_not_known_of_all_is_not_stated(self):
        self.writer.write_step([self.rollout("a", True, response=None), self.rollout("a", True, reward=None)])
        row, = self.rows()
        self.assertEqual((row["reward_sum"], row["length_sum"]), (None, None))

    def test_a_group_that_cannot_be_summed_is_missing_and_the_others_are_not(self):
        writer = GroupWriter(self.directory, "odd")
        rows = [{"step": 1, "problem_id": each, "correct": True, "reward": reward} for each, reward in (("a", "one"), ("b", 1.0))]
        with self.assertLogs("cdas_lens.rollouts", "WARNING"):
            writer.write_step(rows)
        self.assertEqual([row["problem_id"] for row in json_lines(writer.path)], ["b"])

    def test_another_kind_of_log_is_refused(self):
        with self.assertRaises(ValueError):
            step_writer("x", "group")


if __name__ == "__main__":
    unittest.main()
