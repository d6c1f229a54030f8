"""The other strategies: the vectors that TypeScript is checked against too, and what each of them promises."""

import json
import statistics
import unittest

from harness import SAMPLER_FILES, STRATEGY_VECTORS
from make_strategy_vectors import sampler_text, selection_state, selection_wanted, vectors

from cdas_lens.sampler import select_batch
from cdas_lens.strategies import NAMES, Observations, Request, choose
from cdas_lens.streams import Stream, seeded_hash


class Vectors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.vectors = json.loads(STRATEGY_VECTORS.read_text(encoding="utf-8"))

    def test_the_vectors_and_the_files_beside_them_are_what_their_generator_writes(self):
        self.assertEqual(STRATEGY_VECTORS.read_text(encoding="ascii"), vectors())
        for name in ("cdas", *NAMES):
            self.assertEqual((SAMPLER_FILES / f"{name}.json").read_text(encoding="ascii"), sampler_text(name))

    def test_every_selection_of_cdas_is_as_in_the_vectors(self):
        for case in self.vectors["selections"]:
            chosen = select_batch(selection_state(case), selection_wanted(case))
            self.assertEqual(chosen.positions(), case["batch"])

    def test_every_draw_and_every_state_is_as_in_the_vectors(self):
        cases = self.vectors["cases"]
        self.assertEqual({case["strategy"] for case in cases}, set(NAMES))
        for case in cases:
            seen = Observations(case["count"], case["labels"], case["parameters"])
            excluded = set(case["excluded"])
            for draw, step in enumerate(case["steps"]):
                request = Request(case["size"], case["seed"], draw, case["pinned"], excluded.__contains__)
                self.assertEqual(choose(case["strategy"], seen, request), step["batch"], (case["strategy"], draw))
                seen.note_drawn(step["batch"])
                seen.observe(step["observed"])
            self.assertAlmostEqual(seen.target, case["state"]["target"], delta=1e-12)
            for ours, theirs in ((seen.alpha, "alpha"), (seen.beta, "beta")):
                self.assertTrue(all(abs(a - b) < 1e-12 for a, b in zip(ours, case["state"][theirs])))


class Promises(unittest.TestCase):
    def draws(self, name, seen, count, size=1):
        return [at for draw in range(count) for at in choose(name, seen, Request(size, 5, draw))]

    def seen(self, rates, **options):
        seen = Observations(len(rates), **options)
        seen.observe((at, round(rate * 100), 100) for at, rate in enumerate(rates) if rate is not None)
        return seen

    def shares(self, name, rates, **options):
        drawn = self.draws(name, self.seen(rates, **options), 2000)
        return [drawn.count(at) / len(drawn) for at in range(len(rates))]

    def test_prioritized_draws_in_proportion_to_the_wrong_rollouts(self):
        for share, expected in zip(self.shares("prioritized", [0.9, 0.6, 0.5]), (0.1, 0.4, 0.5)):
            self.assertAlmostEqual(share, expected, delta=0.04)

    def test_learnability_draws_in_proportion_to_the_variance(self):
        for share, expected in zip(self.shares("learnability", [0.5, 0.1, 1.0]), (0.25 / 0.34, 0.09 / 0.34, 0)):
            self.assertAlmostEqual(share, expected, delta=0.04)

    def test_filters_leave_out_what_their_rule_says_while_there_is_enough_else(self):
        self.assertEqual(set(self.draws("dynamic-sampling", self.seen([0.0, 1.0, 0.4, None]), 50)), {2, 3})
        self.assertEqual(set(self.draws("balanced-filter", self.seen([0.1, 0.9, 0.4, None]), 50)), {2, 3})
        self.assertEqual(set(self.draws("drop-solved", self.seen([0.95, 0.9, 0.4, None]), 50)), {2, 3})

    def test_a_batch_is_full_even_when_a_filter_leaves_too_few(self):
        self.assertEqual(sorted(choose("dynamic-sampling", self.seen([0.0, 1.0, 0.4]), Request(3, 1, 0))), [0, 1, 2])

    def test_pools_get_their_shares_of_the_batch(self):
        shares = self.shares("difficulty-pools", [1.0, 1.0, 0.5, 0.0])
        for share, expected in zip(shares, (0.05, 0.05, 0.8, 0.1)):
            self.assertAlmostEqual(share, expected, delta=0.03)

    def test_mopps_prefers_pass_rates_near_its_target(self):
        drawn = self.draws("mopps", self.seen([0.05, 0.5, 0.95]), 300)
        self.assertGreater(drawn.count(1) / len(drawn), 0.95)

    def test_random_and_static_go_through_all_before_one_comes_again(self):
        for name in ("random", "static-curriculum"):
            seen = self.seen([None] * 10, labels=[9 - at for at in range(10)])
            order = []
            for draw in range(5):
                batch = choose(name, seen, Request(2, 5, draw))
                seen.note_drawn(batch)
                order += batch
            self.assertEqual(sorted(order), list(range(10)))
        self.assertEqual(order, list(range(9, -1, -1)))

    def test_adarft_follows_the_mean_reward(self):
        seen = self.seen([None] * 5, labels=[0, 1, 2, 3, 4])
        self.assertEqual(choose("adarft", seen, Request(1, 5, 0)), [0])
        for _ in range(6):
            seen.observe([(0, 10, 10)])
        self.assertEqual(choose("adarft", seen, Request(1, 5, 1)), [4])
        seen.observe([(0, 0, 10)])
        self.assertLess(seen.target, 1)

    def test_beta_draws_have_the_moments_of_the_distribution(self):
        for alpha, beta in ((1, 1), (3, 9), (40, 2), (0.5, 0.5)):
            values = [Stream(seeded_hash(7, number)).beta(alpha, beta) for number in range(4000)]
            total = alpha + beta
            self.assertAlmostEqual(statistics.mean(values), alpha / total, delta=0.02)
            self.assertAlmostEqual(statistics.pvariance(values), alpha * beta / (total * total * (total + 1)), delta=0.01)

    def test_the_same_draw_gives_the_same_batch_and_another_one_another(self):
        seen = self.seen([0.5] * 50)
        for name in ("prioritized", "mopps", "random"):
            first = choose(name, seen, Request(8, 5, 0))
            self.assertEqual(choose(name, seen, Request(8, 5, 0)), first)
            self.assertNotEqual(choose(name, seen, Request(8, 5, 1)), first)
            self.assertNotEqual(choose(name, seen, Request(8, 6, 0)), first)

    def test_a_state_survives_json(self):
        seen = self.seen([0.2, None, 0.9, 1.0])
        seen.note_drawn([1, 2])
        again = Observations(4)
        again.load_state_dict(json.loads(json.dumps(seen.state_dict("abcd"))), "abcd".index)
        for name in NAMES:
            self.assertEqual(choose(name, again, Request(3, 1, 4)), choose(name, seen, Request(3, 1, 4)), name)

    def test_a_state_is_of_problems_wherever_they_stand_in_the_dataset_now(self):
        state = self.seen([0.2, None, 0.9]).state_dict("abc")
        again = Observations(3)
        again.load_state_dict(state, {"c": 0, "b": 1, "new": 2}.get)
        self.assertEqual([again.pass_rate(at) for at in range(3)], [0.9, None, None])

    def test_a_resumed_job_weighs_steps_as_before_and_says_when_it_does_not(self):
        seen = self.seen([0.2, 0.4], parameters={"decay": 0.9})
        again = Observations(2)
        again.load_state_dict(json.loads(json.dumps(seen.state_dict("ab"))), "ab".index)
        for each in (seen, again):
            each.observe([(0, 3, 4)])
        self.assertEqual(again.alpha, seen.alpha)
        with self.assertLogs("cdas_lens.strategies", "WARNING") as logs:
            again.follow({"decay": 0.3, "rate": 0.5})
            again.follow({"decay": 0.3})
        self.assertEqual(len(logs.output), 1)
        self.assertIn("changed from decay 0.9 to 0.3: earlier observations keep the weights", logs.output[0])


if __name__ == "__main__":
    unittest.main()
