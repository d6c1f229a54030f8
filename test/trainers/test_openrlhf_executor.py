"""The reward function inside OpenRLHF's own rollout executor; only the engine that generates is a stand-in."""

import asyncio
import importlib
import os
import sys
import types
import unittest
from importlib.util import find_spec

import tiny_trl
from harness import EXCLUDE, CurationCase, log_rows

from cdas_lens.identity import text_hash

REWARD_FILE = """
from cdas_lens.openrlhf import logged

def score(queries, prompts, labels):
    right = float(queries[0].split()[-1] == labels[0])
    return {{"rewards": right, "scores": right, "extra_logs": {{"label": labels[0]}}}}

reward_func = logged(score, rollouts={rollouts!r}, rollouts_per_step=4, directory={directory!r})
"""


def load_tests(loader, tests, pattern):
    """OpenRLHF is released for few platforms; on the others there is nothing to try."""
    if find_spec("openrlhf") is not None:
        return tests
    print("OpenRLHF has no release for this platform: its executor is not tried.")
    return unittest.TestSuite()


def agent_module():
    """OpenRLHF's module without the package around it, which asks for accelerators as soon as it is imported."""
    utils = sys.modules.setdefault("openrlhf.utils", types.ModuleType("openrlhf.utils"))
    utils.__path__ = [os.path.join(os.path.dirname(find_spec("openrlhf").origin), "utils")]
    return importlib.import_module("openrlhf.utils.agent")


class Engine:
    """Generates one number."""

    def __init__(self, token):
        self._token = token

    async def generate(self, prompt_token_ids, sampling_params, multi_modal_data=None):
        output = types.SimpleNamespace(token_ids=[self._token], text="", finish_reason="stop", logprobs=None)
        return types.SimpleNamespace(outputs=[output])


class RewardFunction(CurationCase):
    def setUp(self):
        super().setUp()
        self.reward_file = self.path("reward.py")
        with open(self.reward_file, "w", encoding="utf-8") as stream:
            stream.write(REWARD_FILE.format(rollouts=self.path("rollouts"), directory=self.directory))
        self.tokens = tiny_trl.tokenizer()

    def execute(self, numbers):
        executor = agent_module().SingleTurnAgentExecutor(self.reward_file)
        sampling = types.SimpleNamespace(max_tokens=2, logprobs=None)

        async def all_of_them():
            return [await executor.execute(tiny_trl.question(each), tiny_trl.answer(each), sampling, 32, self.tokens,
                                           Engine(self.tokens.convert_tokens_to_ids(tiny_trl.answer(each)))) for each in numbers]

        return asyncio.run(all_of_them())

    def test_the_executor_gets_the_reward_and_the_log_gets_the_rollout(self):
        rewards = [each["reward"] for each in self.execute(range(6))]
        self.assertEqual(rewards, [1.0] * 6)
        rows = log_rows(self.path("rollouts"))
        self.assertEqual([(row["step"], row["problem_id"], row["reward"], row["response"]) for row in rows],
                         [(1 + at // 4, tiny_trl.problem(at), 1.0, f" {tiny_trl.answer(at)}") for at in range(6)])

    def test_a_relabel_is_what_the_executor_scores_against(self):
        self.decide({tiny_trl.problem(7): {"groundTruth": "11", "textHash": text_hash(tiny_trl.question(7))}, tiny_trl.problem(8): EXCLUDE})
        relabelled, other = self.execute([7, 9])
        self.assertEqual((relabelled["reward"], relabelled["extra_logs"], other["reward"]), (0.0, {"label": "11"}, 1.0))
        receipt, = self.receipts()
        self.assertEqual((receipt["relabelled"], receipt["unmatched"]), (1, [tiny_trl.problem(8)]))


if __name__ == "__main__":
    unittest.main()
