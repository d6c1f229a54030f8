"""Real TRL jobs whose sampler.json is damaged, huge, gone, or replaced all the time."""

import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

from harness import EXCLUDE, PIN, receipts, write_config
from tiny_trl import PROBLEMS, problem
from trl_job import Job


class HostileFiles(unittest.TestCase):
    """Whatever sampler.json is, training goes on, and the last good one stays in force."""

    def path(self, job):
        return os.path.join(job.curation, "sampler.json")

    def test_unusable_files_change_nothing_and_a_log_line_says_so(self):
        job = Job(self.addCleanup)
        job.decide({problem(3): EXCLUDE})
        good = Path(self.path(job)).read_bytes()

        def huge():
            with open(self.path(job), "wb") as stream:
                stream.truncate(1 << 30)

        def directory():
            os.remove(self.path(job))
            os.mkdir(self.path(job))

        def unreadable():
            os.rmdir(self.path(job))
            os.symlink("sampler.json", self.path(job))

        def set_back():
            os.remove(self.path(job))
            Path(self.path(job)).write_bytes(good)

        with self.assertLogs("cdas_lens", "WARNING") as logs:
            job.train(30, {
                4: lambda: Path(self.path(job)).write_bytes(good[: len(good) // 2]),
                8: lambda: write_config(job.curation, json.dumps({"schema": "cdas-sampler/9", "digest": "x"})),
                12: huge,
                16: directory,
                18: unreadable,
                21: set_back,
                25: lambda: os.remove(self.path(job)),
            })
        self.assertNotIn(problem(3), set().union(*job.by_step().values()))
        self.assertEqual(sorted(job.by_step()), list(range(1, 31)))
        self.assertEqual([each["generation"] for each in receipts(job.curation)], [1])
        said = "\n".join(logs.output)
        for part in ("is not complete JSON", "cdas-sampler/9", "1,073,741,824 bytes", "is not a regular file", "cannot be read", "is gone"):
            self.assertIn(part, said)

    def test_exclusions_never_empty_the_pool(self):
        job = Job(self.addCleanup)
        job.decide({problem(each): EXCLUDE for each in range(PROBLEMS)})
        with self.assertLogs("cdas_lens", "ERROR"):
            job.train(6)
        self.assertEqual(sorted(job.by_step()), list(range(1, 7)))
        self.assertTrue(job.receipt(1)["ignored"])

    def test_an_earlier_state_is_obeyed_again(self):
        job = Job(self.addCleanup)
        job.decide({problem(0): PIN})
        early = Path(self.path(job)).read_bytes()
        job.train(16, {
            5: lambda: job.decide({problem(0): EXCLUDE}, 2),
            10: lambda: Path(self.path(job)).write_bytes(early),
        })
        held = job.by_step()
        self.assertEqual([each["appliedAtStep"] for each in receipts(job.curation)], [1, 7, 12])
        self.assertTrue(all((problem(0) in held[step]) == (step < 7 or step > 11) for step in held))

    def test_a_file_replaced_a_thousand_times_a_second_does_not_stop_training(self):
        job = Job(self.addCleanup)
        job.decide({})
        command = [sys.executable, str(Path(__file__).with_name("replace_often.py")), job.curation, problem(3)]
        replacing = []

        def start():
            replacing.append(subprocess.Popen(command + [problem(at) for at in range(4, 20)], text=True,
                                              stdin=subprocess.PIPE, stdout=subprocess.PIPE))

        def a_hundred_more():
            self.assertTrue(replacing[0].stdout.readline().strip().isdigit())

        try:
            job.train(24, {4: start, **{step: a_hundred_more for step in range(5, 24)}})
        finally:
            for process in replacing:
                process.communicate()
        held = job.by_step()
        self.assertEqual(sorted(held), list(range(1, 25)))
        self.assertNotIn(problem(3), set().union(*(held[step] for step in range(15, 25))))
        generations = [each["generation"] for each in receipts(job.curation)]
        self.assertGreater(len(set(generations)), 2)

if __name__ == "__main__":
    unittest.main()
