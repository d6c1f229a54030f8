"""The chooser behind every adapter that owns its sampling."""

import json
import unittest

from harness import EXCLUDE, PIN, STRATEGY_VECTORS, CurationCase, problem_id, verl_rows
from make_strategy_vectors import adapter_batches

from cdas_lens.chooser import BatchChooser, Scored
from cdas_lens.curation import Curation
from cdas_lens.matching import DatasetIndex
from cdas_lens.strategies import NAMES, PARAMETERS
from cdas_lens.strategy_settings import own_strategy

ROWS, SIZE = 20, 4


class ChooserCase(CurationCase):
    def make(self, rows=ROWS, size=SIZE, learns=True, **own):
        index = DatasetIndex.of_rows(verl_rows(rows))
        return BatchChooser(Curation(self.directory, index, "test"), size, 3, own_strategy(**own), learns)

    def draw(self, chooser, count, train=True):
        """Batches, each trained on: the lower half of the rows is solved, the upper is not."""
        drawn = []
        for _ in range(count):
            rows = chooser.next_batch(lambda: len(drawn) + 1)
            drawn.append(rows)
            if train:
                self.train(chooser, rows)
        return drawn

    def train(self, chooser, rows, against=None):
        problems = chooser.curation.index.problem_of_row
        chooser.observe(Scored(problems[row], row < ROWS // 2, against) for row in rows for _ in range(2))


class Chooser(ChooserCase):
    def test_the_first_pass_visits_every_row_once(self):
        self.assertEqual(sorted(sum(self.draw(self.make(), ROWS // SIZE), [])), list(range(ROWS)))

    def test_later_batches_are_symmetric_around_competence(self):
        chooser = self.make()
        self.draw(chooser, 5)
        batch, = self.draw(chooser, 1, train=False)
        harder = [row for row in batch if chooser.cdas.difficulty[row] > chooser.cdas.competence]
        self.assertEqual((len(set(batch)), len(harder)), (SIZE, SIZE // 2))

    def test_random_goes_on_in_passes_each_in_another_order(self):
        passes = self.draw(self.make(name="random"), 10)
        first, second = sum(passes[:5], []), sum(passes[5:], [])
        self.assertEqual(sorted(first), sorted(second))
        self.assertNotEqual(first, second)

    def test_the_strategy_of_the_file_counts_unless_one_was_given(self):
        self.decide({}, strategy={"name": "random"})
        chooser, own = self.make(), self.make(name="cdas")
        self.draw(chooser, 1), self.draw(own, 1)
        self.assertEqual((chooser.strategy()["name"], own.strategy()["name"]), ("random", "cdas"))

    def test_a_receipt_says_how_batches_are_chosen_and_how_many_were(self):
        chooser = self.make(seed=7)
        self.draw(chooser, 2), self.draw(chooser, 1, train=False)
        self.decide({}, strategy={"name": "mopps", "target": 0.4})
        saved = json.loads(json.dumps(chooser.state_dict()))
        resumed = self.make(seed=7)
        resumed.load_state_dict(saved)
        for each in (chooser, resumed):
            self.draw(each, 1)
            self.assertEqual(self.receipts()[-1]["sampler"], {
                "strategy": {"mode": "paper", "name": "mopps", "target": 0.4, "seed": 7}, "own": {"seed": 7},
                "size": SIZE, "draws": 3, "observed": 2, "epoch": 0, "offset": 3 * SIZE, "learns": True,
                "givenOrder": False,
            })
            self.decide({}, 2, strategy={"name": "mopps", "target": 0.4})

    def test_what_cannot_be_followed_of_a_strategy_is_named_and_its_default_holds(self):
        strange = {"low": "0.2", "high": 10**400, "hihg": 0.9, "seed": True, "warmup": 1, "symmetric": "no",
                   "mode": "newer", "much": "x" * 5000}
        self.decide({}, strategy={"name": "balanced-filter", **strange})
        chooser = self.make()
        with self.assertLogs("cdas_lens.chooser", "WARNING") as logs:
            self.draw(chooser, 6)
            self.decide({}, 2, strategy={"name": "balanced-filter", **strange})
            self.draw(chooser, 1)
        said = self.receipts()[-1]["sampler"]
        self.assertEqual(said["strategy"], {"name": "balanced-filter", "mode": "paper", "seed": 3})
        self.assertEqual([each.split(" is ")[0] for each in said["ignored"]], list(strange))
        self.assertEqual(said["ignored"][0], 'low is "0.2": it must be a number from 0 to 1')
        self.assertEqual(said["ignored"][2], "hihg is 0.9: the strategy has only low, high")
        self.assertEqual(len(logs.output), len(strange))

    def test_bounds_in_the_wrong_order_are_named_and_neither_holds(self):
        self.decide({}, strategy={"name": "balanced-filter", "low": 0.9})
        chooser = self.make()
        with self.assertLogs("cdas_lens.chooser", "WARNING"):
            self.draw(chooser, 1)
        said = self.receipts()[-1]["sampler"]
        self.assertEqual(said["ignored"], ["low is 0.9: it must be at most high, which is 0.8"])
        self.assertNotIn("low", said["strategy"])

    def test_every_value_that_somebody_may_write_gives_batches_and_takes_steps_in(self):
        values = (None, "high", [], {}, True, float("nan"), float("inf"), -1, 1e308, 10**400)
        for generation, value in enumerate(values, 1):
            for name in ("mopps", "difficulty-pools", "adarft"):
                strategy = {"name": name, **dict.fromkeys(PARAMETERS[name], value)}
                self.decide({}, generation, strategy=strategy, digest=f"sha256:{generation}{name}")
                chooser = self.make()
                with self.assertLogs("cdas_lens.chooser", "WARNING") as logs:
                    self.draw(chooser, 3)
                self.assertTrue(all("part of the strategy is ignored" in each for each in logs.output), logs.output)
                self.assertEqual(sum(chooser.cdas.visits), 3 * SIZE)

    def test_batches_that_a_resumed_job_trains_once_more_are_weighed_as_before(self):
        self.decide({}, strategy={"name": "mopps", "decay": 0.9})
        chooser = self.make()
        rows = self.draw(chooser, 2)[-1]
        resumed = self.make()
        resumed.load_state_dict(json.loads(json.dumps(chooser.state_dict())))
        self.assertEqual(resumed.recheck(rows, chooser.plan.digest, lambda: 3), rows)
        for each in (chooser, resumed):
            self.train(each, rows)
        self.assertEqual(resumed.seen.alpha, chooser.seen.alpha)

    def test_a_whole_number_with_a_fraction_of_nothing_is_a_seed(self):
        self.decide({}, strategy={"name": "random", "seed": 7.0})
        chooser = self.make()
        first = self.draw(chooser, 1)
        self.assertEqual(self.receipts()[-1]["sampler"]["strategy"]["seed"], 7)
        self.assertEqual(self.draw(self.make(name="random", seed=7), 1), first)

    def test_the_seed_of_the_file_counts_before_the_trainers_and_after_one_that_was_given(self):
        def first(**own):
            return self.draw(self.make(**own), 1)[0]

        unstated = {"name": "cdas"}
        self.decide({}, strategy=unstated)
        by_trainer = first()
        self.decide({}, 2, strategy={**unstated, "seed": 3})
        self.assertEqual(first(), by_trainer)
        self.decide({}, 3, strategy={**unstated, "seed": 4})
        by_file = first()
        self.assertNotEqual(by_file, by_trainer)
        self.assertEqual(first(seed=3), by_trainer)
        self.decide({}, 4, strategy={**unstated, "seed": "four"})
        self.assertEqual(first(), by_trainer)

    def test_the_file_may_ask_for_the_nearest_of_either_side(self):
        self.decide({}, strategy={"name": "cdas", "warmup": "none", "symmetric": False})
        chooser = self.make()
        chooser.cdas.warm_start({str(row): (row / 100 if row else -0.3, 1) for row in range(ROWS)})
        chooser.cdas.competence = 0.0
        self.assertEqual(self.draw(chooser, 1, train=False), [[1, 2, 3, 4]])

    def test_every_other_strategy_draws_whole_batches_and_obeys_decisions(self):
        for name in NAMES:
            self.decide({problem_id(0): EXCLUDE, problem_id(1): PIN}, strategy={"name": name, "decay": 0.9})
            chooser, again = self.make(), self.make()
            for batch in self.draw(chooser, 8):
                self.assertEqual(len(batch), SIZE)
                self.assertIn(1, batch)
                self.assertNotIn(0, batch)
            again.load_state_dict(json.loads(json.dumps(chooser.state_dict())))
            self.assertEqual(self.draw(again, 4), self.draw(chooser, 4), name)

    def test_the_difficulties_of_the_dataset_order_a_static_curriculum(self):
        rows = [{"prompt": f"q{at}", "difficulty": 9 - at} for at in range(8)]
        curation = Curation(self.directory, DatasetIndex.of_rows(rows), "test")
        chooser = BatchChooser(curation, 4, own=own_strategy("static-curriculum"))
        self.assertEqual(self.draw(chooser, 2, train=False), [[7, 6, 5, 4], [3, 2, 1, 0]])

    def test_a_misspelt_mode_of_ones_own_is_refused_and_one_of_the_file_is_not(self):
        with self.assertRaisesRegex(ValueError, "paper, official-compat"):
            own_strategy(mode="papers")
        self.decide({}, strategy={"name": "cdas", "mode": "newer"})
        chooser = self.make()
        self.draw(chooser, 1)
        self.assertEqual(chooser.cdas.mode, "paper")

    def test_a_strategy_that_is_not_known_gives_random_batches_and_a_log_line(self):
        with self.assertLogs("cdas_lens.chooser", "WARNING") as logs:
            drawn = self.draw(self.make(name="newest"), ROWS // SIZE)
        self.assertEqual(sorted(sum(drawn, [])), list(range(ROWS)))
        self.assertRegex(logs.output[0], 'name is "newest": it must be one of cdas, .*; batches are random')

    def test_decisions_hold_from_the_next_batch_on(self):
        chooser = self.make()
        self.draw(chooser, 6)
        self.decide({problem_id(0): EXCLUDE, problem_id(1): PIN})
        for batch in self.draw(chooser, 6):
            self.assertIn(1, batch)
            self.assertNotIn(0, batch)

    def test_a_relabel_forgets_what_was_scored_against_the_old_answer(self):
        chooser = self.make()
        self.draw(chooser, 5)
        self.decide({problem_id(2): {"groundTruth": "5"}})
        self.draw(chooser, 1, train=False)
        self.train(chooser, [2])
        self.assertEqual(chooser.cdas.visits[2], 0)
        self.train(chooser, [2], against='"5"')
        self.assertEqual(chooser.cdas.visits[2], 1)

    def test_more_places_than_rows_are_filled_all_the_same(self):
        for batch in self.draw(self.make(rows=3, size=4), 4):
            self.assertEqual((len(batch), set(batch)), (4, {0, 1, 2}))

    def test_a_resumed_chooser_goes_on_as_the_old_one_would(self):
        self.decide({problem_id(at): PIN for at in range(6)})
        for draws in (2, 5, 9):
            chooser, again = self.make(), self.make()
            self.draw(chooser, draws)
            again.load_state_dict(json.loads(json.dumps(chooser.state_dict())))
            self.assertEqual(self.draw(again, 7), self.draw(chooser, 7))

    def test_rows_chosen_before_a_restart_are_checked_against_new_decisions_only(self):
        chooser = self.make()
        rows = self.draw(chooser, 1)[0]
        self.assertEqual(chooser.recheck(rows, chooser.plan.digest, lambda: 1), rows)
        self.decide({problem_id(rows[0]): EXCLUDE})
        checked = chooser.recheck(rows, None, lambda: 1)
        self.assertNotIn(rows[0], checked)
        self.assertEqual(checked[1:], rows[1:])

    def test_a_failure_inside_gives_a_uniform_batch(self):
        chooser = self.make()
        self.draw(chooser, 5)
        chooser.cdas.difficulty = None
        with self.assertLogs("cdas_lens.chooser", "WARNING"):
            self.assertEqual(len(self.draw(chooser, 2, train=False)[1]), SIZE)


class WithoutRewards(ChooserCase):
    """A chooser that only knows what the lens writes into sampler.json."""

    def make(self, **own):
        return super().make(learns=False, **own)

    def tell(self, generation=1, problems=None, **strategy):
        difficulty = {str(row): [(row - 9.5) / 20, generation] for row in range(ROWS)}
        self.decide(problems or {}, generation, strategy={"name": "cdas", **strategy}, difficulty=difficulty)

    def test_without_difficulties_batches_are_uniform(self):
        self.decide({}, strategy={"name": "cdas"})
        drawn = self.draw(self.make(), ROWS // SIZE, train=False)
        self.assertEqual(sorted(sum(drawn, [])), list(range(ROWS)))

    def test_the_difficulties_of_the_file_choose_without_a_warm_up(self):
        self.tell()
        self.assertEqual(sorted(self.draw(self.make(), 1, train=False)[0]), [8, 9, 10, 11])

    def test_no_problem_comes_again_before_the_difficulties_change_or_all_have_come(self):
        self.tell()
        chooser = self.make()
        drawn = self.draw(chooser, ROWS // SIZE, train=False)
        self.assertEqual(sorted(sum(drawn, [])), list(range(ROWS)))
        self.assertEqual(sorted(self.draw(chooser, 1, train=False)[0]), [8, 9, 10, 11])
        self.tell(2)
        self.assertEqual(sorted(self.draw(chooser, 1, train=False)[0]), [8, 9, 10, 11])

    def test_a_decision_alone_does_not_bring_a_problem_back(self):
        self.tell()
        chooser = self.make()
        self.draw(chooser, 1, train=False)
        difficulty = chooser.curation.config.raw_difficulty
        self.decide({problem_id(0): EXCLUDE}, 2, strategy={"name": "cdas"}, difficulty=difficulty)
        self.assertEqual(sorted(self.draw(chooser, 1, train=False)[0]), [6, 7, 12, 13])

    def test_a_strategy_that_needs_rewards_is_random_and_a_log_line_says_so(self):
        self.tell(name="mopps")
        with self.assertLogs("cdas_lens.chooser", "WARNING") as logs:
            drawn = self.draw(self.make(), ROWS // SIZE, train=False)
        self.assertEqual(sorted(sum(drawn, [])), list(range(ROWS)))
        self.assertEqual(len(logs.output), 1)
        self.assertIn("'mopps' needs rewards", logs.output[0])

    def test_the_rows_of_a_uniform_batch_may_be_the_frameworks_own(self):
        self.tell(name="random", problems={problem_id(0): EXCLUDE, problem_id(1): PIN})
        self.assertEqual(self.make().next_batch(lambda: 1, 3, [5, 0, 7]), [5, 1, 7])


class Vectors(CurationCase):
    def test_an_adapter_draws_by_the_sampler_file_of_every_strategy_as_the_vectors_say(self):
        drawn = json.loads(STRATEGY_VECTORS.read_text(encoding="ascii"))["adapters"]["drawn"]
        self.assertEqual(set(drawn), {"cdas", *NAMES})
        for name, batches in drawn.items():
            self.assertEqual(adapter_batches(name), batches, name)


if __name__ == "__main__":
    unittest.main()
