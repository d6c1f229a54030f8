"""Receipts: one line for each digest of a launch, whole and in order."""

import json
import os
import subprocess
import sys
import unittest

import harness
from cdas_lens.receipts import append_receipt


class Receipts(harness.CurationCase):
    def setUp(self):
        super().setUp()
        self.file = os.path.join(self.directory, "receipts.jsonl")

    def append(self, digest, launch="one", still_in_force=True):
        receipt = {"schema": "cdas-receipt/1", "generation": 1, "digest": digest, "launch": launch}
        return append_receipt(self.directory, receipt, lambda: still_in_force)

    def digests(self):
        return [row["digest"] for row in self.receipts()]

    def test_the_second_process_of_a_launch_does_not_repeat_a_receipt(self):
        self.assertTrue(self.append("a"))
        self.assertFalse(self.append("a"))
        self.assertEqual(self.digests(), ["a"])

    def test_a_new_launch_writes_its_own(self):
        self.append("a", launch="one")
        self.assertTrue(self.append("a", launch="two"))

    def test_a_digest_that_came_back_is_written_again(self):
        for digest in ("a", "b", "a"):
            self.append(digest)
        self.assertEqual(self.digests(), ["a", "b", "a"])

    def test_a_slow_process_does_not_report_a_digest_of_the_past(self):
        self.append("a")
        self.append("b")
        self.assertFalse(self.append("a", still_in_force=False))

    def test_a_torn_last_line_does_not_swallow_the_receipt(self):
        with open(self.file, "w", encoding="utf-8") as stream:
            stream.write('{"schema": "cdas-rec')
        self.append("a")
        with open(self.file, encoding="utf-8") as stream:
            self.assertEqual(json.loads(stream.read().split("\n")[1])["digest"], "a")

    def test_a_directory_that_cannot_be_written_is_logged_and_survived(self):
        os.mkdir(self.file)
        with self.assertLogs("cdas_lens.receipts", "WARNING") as logged:
            self.assertFalse(self.append("a"))
            self.assertFalse(self.append("b"))
        self.assertEqual(len(logged.records), 1)

    def test_many_processes_write_one_receipt_per_digest(self):
        script = (
            "import sys, harness\n"
            "from cdas_lens.receipts import append_receipt\n"
            "for digest in range(20):\n"
            "    append_receipt(sys.argv[1], {'digest': str(digest), 'launch': 'x', 'pad': 'p' * 5000}, lambda: False)\n"
        )
        here = os.path.dirname(os.path.abspath(__file__))
        running = [subprocess.Popen([sys.executable, "-c", script, self.directory], cwd=here) for _ in range(4)]
        self.assertEqual([each.wait() for each in running], [0, 0, 0, 0])
        self.assertEqual(sorted(self.digests(), key=int), [str(each) for each in range(20)])


if __name__ == "__main__":
    unittest.main()
