"""The reward functions that name the problem for verl's dumps, and the module without verl."""

import asyncio
import importlib
import inspect
import os
import subprocess
import sys
import unittest
from unittest import mock

from harness import PROJECT
from stand_ins import VerlCase


class RewardWrapper(VerlCase):
    def test_the_default_reward_gains_a_problem_id_as_text(self):
        extra = {"index": 17, "curation_problem_id": "h:abc"}
        self.assertEqual(self.verl.compute_score("gsm8k", "4", "4", extra), {"score": 1.0, "problem_id": "h:abc"})
        self.assertEqual(self.verl.compute_score("gsm8k", "4", "5", {"index": 17}), {"score": 0.0, "problem_id": "17"})

    def test_a_row_without_an_id_gets_an_empty_one_so_that_columns_stay_whole(self):
        self.assertEqual(self.verl.compute_score("gsm8k", "4", "4")["problem_id"], "")

    def test_an_own_reward_keeps_its_extras(self):
        score = self.verl.with_problem_id(lambda data_source, solution_str, ground_truth, extra_info: {"score": 1, "acc": True})
        self.assertEqual(
            score(data_source="x", solution_str="y", ground_truth="z", extra_info={"index": 3}),
            {"score": 1, "acc": True, "problem_id": "3"},
        )
        self.assertEqual(score("x", "y", "z", {"index": 3})["problem_id"], "3")

    def test_an_async_reward_stays_async(self):
        async def later(data_source, solution_str, ground_truth, extra_info=None):
            return 0.5

        score = self.verl.with_problem_id(later)
        self.assertTrue(inspect.iscoroutinefunction(score))
        self.assertEqual(asyncio.run(score("x", "y", "z", extra_info={"index": 3})), {"score": 0.5, "problem_id": "3"})


class WithoutVerl(unittest.TestCase):
    def test_the_module_imports_without_verl_and_torch(self):
        code = "import sys; sys.modules['verl'] = sys.modules['torch'] = None; import cdas_lens.verl; print('ok')"
        source = str(PROJECT / "src/trainer")
        found = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": source}, capture_output=True, text=True)
        self.assertEqual(found.stdout.strip(), "ok", found.stderr)

    def test_asking_for_a_class_without_verl_says_what_is_missing(self):
        verl = importlib.import_module("cdas_lens.verl")
        with mock.patch.dict(sys.modules, {"verl": None}), self.assertRaises(ImportError):
            verl.CuratedDataset
        with self.assertRaisesRegex(AttributeError, "Nonsense"):
            verl.Nonsense


if __name__ == "__main__":
    unittest.main()
