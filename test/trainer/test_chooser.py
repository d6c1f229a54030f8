"""The chooser behind every adapter that owns its sampling."""

import json
import tempfile
import unittest

from harness import problem_id, sampler_config, verl_rows, write_config

from cdas_lens.chooser import BatchChooser, Scored
from cdas_lens.curation import Curation
from cdas_lens.matching import DatasetIndex
from cdas_lens.strategies import NAMES

EXCLUDE = {"membership": "exclude"}
PIN = {"membership": "pin"}
ROWS, SIZE = 20, 4


class Chooser(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.directory = folder.name

    def decide(self, problems, generation=1, **more):
        write_config(self.directory, sampler_config(problems, generation, **more))

    def make(self, rows=ROWS, size=SIZE, **options):
        index = DatasetIndex.of_rows(verl_rows(rows))
        return BatchChooser(Curation(self.directory, index, "test"), size, seed=3, **options)

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

    def test_the_first_pass_visits_every_row_once(self):
        self.assertEqual(sorted(sum(self.draw(self.make(), ROWS // SIZE), [])), list(range(ROWS)))

    def test_later_batches_are_symmetric_around_competence(self):
        chooser = self.make()
        self.draw(chooser, 5)
        batch, = self.draw(chooser, 1, train=False)
        harder = [row for row in batch if chooser.cdas.difficulty[row] > chooser.cdas.competence]
        self.assertEqual((len(set(batch)), len(harder)), (SIZE, SIZE // 2))

    def test_random_goes_on_in_passes_each_in_another_order(self):
        passes = self.draw(self.make(strategy="random"), 10)
        first, second = sum(passes[:5], []), sum(passes[5:], [])
        self.assertEqual(sorted(first), sorted(second))
        self.assertNotEqual(first, second)

    def test_the_strategy_of_the_file_counts_unless_one_was_given(self):
        self.decide({}, strategy={"name": "random"})
        chooser, own = self.make(), self.make(strategy="cdas")
        self.draw(chooser, 1), self.draw(own, 1)
        self.assertEqual((chooser.strategy()["name"], own.strategy()["name"]), ("random", "cdas"))

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
        chooser = BatchChooser(Curation(self.directory, DatasetIndex.of_rows(rows), "test"), 4, strategy="static-curriculum")
        self.assertEqual(self.draw(chooser, 2, train=False), [[7, 6, 5, 4], [3, 2, 1, 0]])

    def test_a_strategy_that_is_not_known_gives_random_batches_and_a_log_line(self):
        with self.assertLogs("cdas_lens.chooser", "WARNING") as logs:
            drawn = self.draw(self.make(strategy="newest"), ROWS // SIZE)
        self.assertEqual(sorted(sum(drawn, [])), list(range(ROWS)))
        self.assertIn("'newest' is not known", logs.output[0])

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


if __name__ == "__main__":
    unittest.main()
