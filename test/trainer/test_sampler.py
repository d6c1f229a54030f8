"""The CDAS state and symmetric selection, held to the authors' code and to the paper's equations."""

import json
import random
import unittest

import harness
from cdas_lens.sampler import CdasState, Wanted, expected_pass_rate, select_batch


def rollouts(step):
    return [(problem, bool(correct)) for problem, correct in step["results"]]


def with_difficulties(values, mode="paper", competence=None):
    state = CdasState([str(at) for at in range(len(values))], mode)
    state.warm_start({str(at): (value, 1) for at, value in enumerate(values)})
    if competence is not None:
        state.competence = competence
    return state


def select(state, size, **more):
    return select_batch(state, Wanted(size, **more))


class AuthorsVectors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cases = json.loads(harness.CDAS_VECTORS.read_text(encoding="utf-8"))["cases"]

    def test_paper_mode_follows_the_equations_to_1e_12(self):
        for case in self.cases:
            state = CdasState(case["problems"])
            for step, expected in zip(case["log"], case["paper"]["competence"][1:]):
                state.observe(rollouts(step))
                self.assertAlmostEqual(state.competence, expected, delta=1e-12)
            for problem, expected in case["paper"]["difficulty"].items():
                self.assertAlmostEqual(state.difficulty[state.position(problem)], expected, delta=1e-12)
                self.assertEqual(state.visits[state.position(problem)], case["paper"]["sampled"][problem])

    def test_official_mode_follows_the_authors_class_to_1e_12(self):
        for case in self.cases:
            state = CdasState(case["problems"], "official-compat")
            for step, expected in zip(case["log"], case["official"]["model_abilities"][1:]):
                state.observe(rollouts(step))
                self.assertAlmostEqual(state.competence, expected, delta=1e-12)
            for problem, history in case["official"]["problem_difficulties"].items():
                self.assertAlmostEqual(state.difficulty[state.position(problem)], history[-1], delta=1e-12)

    def test_official_mode_selects_what_the_authors_class_selects(self):
        for case in self.cases:
            state = CdasState(case["problems"], "official-compat")
            selections = [*case["official"]["selection_before_each_step"], case["official"]["selection_after"]]
            for at, expected in enumerate(selections):
                chosen = select(state, len(expected)).positions()
                self.assertEqual(sorted(state.ids[each] for each in chosen), sorted(expected))
                if at < len(case["log"]):
                    state.observe(rollouts(case["log"][at]))


class State(unittest.TestCase):
    def test_unscored_rollouts_are_not_wrong_answers(self):
        left_out, absent = CdasState(["a"]), CdasState(["a"])
        left_out.observe([("a", True), ("a", None), ("a", False)])
        absent.observe([("a", True), ("a", False)])
        self.assertEqual(left_out.difficulty, absent.difficulty)

    def test_a_problem_twice_in_a_step_is_one_visit(self):
        state = CdasState(["a", "b"])
        state.observe([("a", True), ("b", False), ("a", False)])
        self.assertEqual(list(state.visits), [1, 1])

    def test_excluded_problems_leave_the_mean_and_come_back(self):
        state = CdasState(["a", "b", "c"])
        state.observe([("a", False), ("b", True)])
        before = state.competence
        state.set_excluded(["a"])
        self.assertAlmostEqual(state.competence, -(state.difficulty[1] + state.difficulty[2]) / 2, delta=1e-15)
        state.set_excluded([])
        self.assertAlmostEqual(state.competence, before, delta=1e-15)

    def test_rollouts_of_an_excluded_problem_move_its_history_but_not_competence(self):
        state = CdasState(["a", "b"])
        state.set_excluded(["a"])
        state.observe([("a", False)])
        self.assertEqual((state.visits[0], state.difficulty[0], state.competence), (1, 0.5, 0.0))

    def test_a_reset_problem_starts_afresh(self):
        state, fresh = CdasState(["a", "b"]), CdasState(["a", "b"])
        state.observe([("a", False)])
        state.reset(["a"])
        self.assertEqual((state.visits[0], state.difficulty[0], state.competence), (0, 0.0, 0.0))
        state.observe([("a", True)])
        fresh.observe([("a", True)])
        self.assertEqual(state.difficulty, fresh.difficulty)

    def test_a_saved_state_goes_on_as_if_never_stopped(self):
        for mode in ("paper", "official-compat"):
            source = random.Random(3)
            ids = [str(each) for each in range(20)]
            whole, first = CdasState(ids, mode), CdasState(ids, mode)
            steps = [[(str(source.randrange(20)), source.random() < 0.5) for _ in range(40)] for _ in range(12)]
            for step in steps[:6]:
                first.observe(step)
            resumed = CdasState(ids, mode)
            resumed.load_state_dict(json.loads(json.dumps(first.state_dict())))
            for step in steps:
                whole.observe(step)
            for step in steps[6:]:
                resumed.observe(step)
            self.assertAlmostEqual(resumed.competence, whole.competence, delta=1e-12)
            for left, right in zip(resumed.difficulty, whole.difficulty):
                self.assertAlmostEqual(left, right, delta=1e-12)

    def test_many_steps_keep_competence_at_minus_the_mean(self):
        source = random.Random(5)
        state = CdasState([str(each) for each in range(50)])
        for _ in range(2000):
            state.observe([(str(source.randrange(50)), source.random() < 0.4) for _ in range(16)])
        self.assertAlmostEqual(state.competence, -sum(state.difficulty) / 50, delta=1e-12)

    def test_the_expected_pass_rate_does_not_overflow(self):
        self.assertEqual(expected_pass_rate(1000.0, -1000.0), 1.0)
        self.assertEqual(expected_pass_rate(-1000.0, 1000.0), 0.0)

    def test_an_unknown_mode_is_refused_with_the_known_ones(self):
        with self.assertRaisesRegex(ValueError, "paper, official-compat"):
            CdasState([], "other")


class SymmetricSelection(unittest.TestCase):
    def test_takes_half_from_each_side_nearest_first(self):
        source = random.Random(1)
        values = [source.uniform(-0.6, 0.6) for _ in range(3000)]
        state = with_difficulties(values, competence=0.1)
        chosen = select(state, 100)
        for side, members in ((chosen.harder, [v for v in values if v > 0.1]), (chosen.easier, [v for v in values if v <= 0.1])):
            nearest_of_side = sorted(abs(0.1 - each) for each in members)[:50]
            self.assertEqual(sorted(abs(0.1 - state.difficulty[at]) for at in side), nearest_of_side)

    def test_selects_as_a_sort_would_for_many_shapes_of_difficulties(self):
        source = random.Random(2)
        for trial in range(60):
            values = [round(source.gauss(0, 0.2), source.choice([1, 2, 12])) for _ in range(source.randint(1, 80))]
            count = source.randint(1, 90)
            state = with_difficulties(values, competence=0.0)
            picked = select(state, count, ties=trial, symmetric=False).positions()
            self.assertEqual(len(set(picked)), min(count, len(values)))
            self.assertEqual(sorted(abs(values[at]) for at in picked), sorted(map(abs, values))[:count])

    def test_without_symmetry_the_nearest_go_in_whatever_their_side(self):
        state = with_difficulties([0.1, 0.2, 0.3, -0.4, -0.5], competence=0.0)
        self.assertEqual(select(state, 3, symmetric=False).positions(), [0, 1, 2])
        self.assertEqual(sorted(select(state, 4).positions()), [0, 1, 3, 4])

    def test_what_is_left_out_this_time_stays_out_though_it_counts(self):
        state = with_difficulties([0.1, 0.2, 0.3, -0.4, -0.5], competence=0.0)
        self.assertEqual(sorted(select(state, 2, left_out={0, 3}).positions()), [1, 4])
        self.assertEqual(select(state, 2, left_out={0}, pinned=[0]).pinned, [0])

    def test_an_official_batch_has_an_even_number_of_places_also_for_pins(self):
        state = with_difficulties([0.1, 0.2, -0.1, -0.2], "official-compat", 0.0)
        self.assertEqual(select(state, 3, pinned=[0, 1, 2]).positions(), [0, 1])

    def test_a_problem_of_exactly_competence_is_on_the_easier_side(self):
        chosen = select(with_difficulties([0.0, 0.3], competence=0.0), 2)
        self.assertEqual((chosen.easier, chosen.harder), ([0], [1]))

    def test_a_short_side_is_filled_from_the_other(self):
        state = with_difficulties([0.5, -0.1, -0.2, -0.3, -0.4], competence=0.0)
        chosen = select(state, 4)
        self.assertEqual((chosen.harder, sorted(chosen.easier)), ([0], [1, 2, 3]))

    def test_the_odd_place_goes_to_the_nearer_side_in_paper_mode_and_stays_empty_in_official_mode(self):
        values = [0.1, 0.5, -0.2, -0.25]
        chosen = select(with_difficulties(values, competence=0.0), 3)
        self.assertEqual(sorted(chosen.positions()), [0, 2, 3])
        official = select(with_difficulties(values, "official-compat", 0.0), 3)
        self.assertEqual(sorted(official.positions()), [0, 2])

    def test_ties_are_random_but_seeded_in_paper_mode(self):
        state = with_difficulties([0.0] * 100)
        first = select(state, 10, ties=1).positions()
        self.assertEqual(first, select(state, 10, ties=1).positions())
        self.assertNotEqual(first, select(state, 10, ties=2).positions())

    def test_pinned_problems_go_in_and_count_against_their_own_side(self):
        state = with_difficulties([0.9, 0.1, 0.2, -0.1, -0.2, -0.3], competence=0.0)
        chosen = select(state, 4, pinned=[0])
        self.assertEqual((chosen.pinned, chosen.harder, sorted(chosen.easier)), ([0], [1], [3, 4]))

    def test_pins_beyond_their_side_take_from_the_other(self):
        state = with_difficulties([0.9, 0.8, 0.7, 0.1, -0.1, -0.2], competence=0.0)
        chosen = select(state, 4, pinned=[0, 1, 2])
        self.assertEqual((chosen.pinned, chosen.harder, chosen.easier), ([0, 1, 2], [], [4]))

    def test_excluded_problems_never_go_in_not_even_pinned(self):
        state = with_difficulties([0.1, 0.2, -0.1, -0.2], competence=0.0)
        state.set_excluded(["0", "2"])
        self.assertEqual(sorted(select(state, 4, pinned=[0]).positions()), [1, 3])

    def test_the_same_batch_has_no_problem_twice(self):
        source = random.Random(4)
        state = with_difficulties([round(source.gauss(0, 0.1), 1) for _ in range(500)])
        positions = select(state, 257, pinned=range(30)).positions()
        self.assertEqual((len(positions), len(set(positions))), (257, 257))


if __name__ == "__main__":
    unittest.main()
