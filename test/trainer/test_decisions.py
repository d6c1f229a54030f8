"""Reading sampler.json: what counts, what is refused, and that nothing of it stops training."""

import json
import os
import tempfile
import time
import unittest
from unittest import mock

import harness
from cdas_lens.decisions import SamplerFile, UnusableConfig, parse_config


class Parsing(unittest.TestCase):
    def test_reads_every_part_of_a_config(self):
        config = parse_config(json.dumps(harness.sampler_config(
            {
                "h:aa": {"membership": "exclude", "textHash": "aa", "index": "17"},
                "h:bb": {"groundTruth": None},
                "__proto__": {"membership": "pin", "index": 3},
            },
            generation=12,
            difficulty={"h:aa": [0.31, 6]},
        )))
        self.assertEqual((config.generation, config.run, config.strategy["mode"]), (12, "demo", "paper"))
        self.assertEqual(config.problems["h:aa"].membership, "exclude")
        self.assertEqual((config.problems["h:aa"].text_hash, config.problems["h:aa"].index), ("aa", "17"))
        self.assertTrue(config.problems["h:bb"].relabelled)
        self.assertIsNone(config.problems["h:bb"].ground_truth)
        self.assertEqual(config.problems["__proto__"].index, "3")
        self.assertEqual(config.difficulties(), {"h:aa": (0.31, 6)})

    def test_leaves_out_single_entries_it_does_not_understand(self):
        with self.assertLogs("cdas_lens.decisions", "WARNING"):
            config = parse_config(json.dumps(harness.sampler_config(
                {"a": {"membership": "banish"}, "b": 7, "c": {"membership": "pin"}},
                difficulty={"a": [1], "b": ["x", 2], "c": [0.5, 2], "d": [10**400, 1], "e": [0.5, 10**20]},
            )))
            self.assertEqual(list(config.problems), ["c"])
            self.assertEqual(list(config.difficulties()), ["c"])

    def test_a_generation_that_no_receipt_can_carry_is_none(self):
        for generation in (10**400, -1, 1.5, "1", True):
            text = json.dumps({**harness.sampler_config({}), "generation": generation})
            self.assertEqual(parse_config(text).generation, 0)

    def test_refuses_what_is_no_sampler_config_and_says_what_to_do(self):
        good = harness.sampler_config({})
        for text, reason in (
            ("", "not complete JSON"), ("[1]", "JSON object"), (json.dumps(good)[:-20], "not complete JSON"),
            ("[" * 100000, "not complete JSON"), (json.dumps({**good, "schema": "cdas-sampler/2"}), "install a matching"),
            (json.dumps({**good, "digest": None}), "no digest"), (json.dumps({**good, "problems": []}), "not an object"),
        ):
            with self.subTest(text[:30]), self.assertRaisesRegex(UnusableConfig, reason):
                parse_config(text)


class File(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.directory = folder.name
        self.path = os.path.join(self.directory, "sampler.json")
        self.file = SamplerFile(self.directory)

    def good(self, generation=1):
        config = harness.sampler_config({"x": {"membership": "pin"}}, generation)
        harness.write_config(self.directory, config)
        return config

    def look(self):
        return self.file.poll(force=True)

    def complaint(self):
        """The one warning that a look gives."""
        with self.assertLogs("cdas_lens.decisions", "WARNING") as logged:
            self.assertIsNone(self.look())
        self.assertEqual(len(logged.records), 1)
        with self.assertNoLogs("cdas_lens.decisions", "WARNING") if hasattr(self, "assertNoLogs") else mock.MagicMock():
            self.assertIsNone(self.look(), "the same trouble is not told twice")
        return logged.output[0]

    def test_takes_a_config_once(self):
        config = self.good()
        self.assertEqual(self.look().digest, config["digest"])
        self.assertIsNone(self.look())

    def test_no_file_is_no_news_and_no_warning(self):
        with mock.patch("cdas_lens.decisions._log") as log:
            self.assertIsNone(self.look())
        log.warning.assert_not_called()

    def test_looks_at_most_once_in_its_interval(self):
        self.assertIsNone(self.file.poll())
        self.good()
        with mock.patch("cdas_lens.decisions.os.stat") as stat:
            self.assertIsNone(self.file.poll())
        stat.assert_not_called()

    def test_does_not_read_again_what_has_not_changed(self):
        self.good()
        old = time.time() - 60
        os.utime(self.path, (old, old))
        self.look()
        with mock.patch("builtins.open", side_effect=AssertionError("read again")):
            self.assertIsNone(self.look())

    def test_sees_a_change_that_left_size_time_and_inode_as_they_were(self):
        first = self.good(1)
        self.look()
        seen = os.stat(self.path)
        with open(self.path, "r+", encoding="utf-8") as stream:
            stream.write(json.dumps(harness.sampler_config({"y": {"membership": "pin"}}, 2)))
        os.utime(self.path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
        self.assertEqual(os.stat(self.path).st_size, seen.st_size)
        self.assertNotEqual(self.look().digest, first["digest"])

    def test_sees_the_last_of_many_quick_replacements(self):
        for generation in range(1, 200):
            config = self.good(generation)
            if generation % 17 == 0:
                self.look()
        self.look()
        self.assertEqual(self.file.config.digest, config["digest"])

    def test_obeys_an_earlier_state_with_a_lower_generation(self):
        early = self.good(3)
        self.look()
        self.good(9)
        self.look()
        harness.write_config(self.directory, early)
        self.assertEqual(self.look().generation, 3)

    def test_a_half_written_file_keeps_the_last_good_one(self):
        config = self.good()
        self.look()
        with open(self.path, "w", encoding="utf-8") as stream:
            stream.write(json.dumps(harness.sampler_config({}, 2))[:100])
        self.assertIn("generation 1 stays in force", self.complaint())
        self.assertEqual(self.file.config.digest, config["digest"])

    def test_a_newer_schema_keeps_the_last_good_one(self):
        self.good()
        self.look()
        harness.write_config(self.directory, {**harness.sampler_config({}, 2), "schema": "cdas-sampler/9"})
        self.assertIn("cdas-sampler/9", self.complaint())
        self.assertEqual(self.file.config.generation, 1)

    def test_invalid_utf8_keeps_the_last_good_one(self):
        self.good()
        self.look()
        with open(self.path, "wb") as stream:
            stream.write(b'{"schema": "\xff"}')
        self.complaint()
        self.assertEqual(self.file.config.generation, 1)

    def test_a_directory_in_its_place_is_logged_and_survived(self):
        os.mkdir(self.path)
        self.assertIn("not a regular file", self.complaint())

    def test_a_pipe_in_its_place_does_not_block(self):
        os.mkfifo(self.path)
        self.assertIn("not a regular file", self.complaint())

    def test_a_removed_file_keeps_the_last_good_one(self):
        self.good()
        self.look()
        os.remove(self.path)
        self.assertIn("is gone", self.complaint())
        self.assertEqual(self.file.config.generation, 1)

    def test_a_file_of_a_gigabyte_is_not_read(self):
        self.good()
        self.look()
        with open(self.path, "wb") as stream:
            stream.truncate(1024**3)
        with mock.patch("builtins.open", side_effect=AssertionError("was read")):
            self.assertIn("1,073,741,824 bytes", self.complaint())
        self.assertEqual(self.file.config.generation, 1)

    def test_recovers_after_trouble(self):
        self.good(1)
        self.look()
        harness.write_config(self.directory, "{")
        self.complaint()
        self.good(2)
        self.assertEqual(self.look().generation, 2)

    def test_accepts_a_byte_order_mark(self):
        harness.write_config(self.directory, "\ufeff" + json.dumps(harness.sampler_config({})))
        self.assertIsNotNone(self.look())


if __name__ == "__main__":
    unittest.main()
