"""Problem identity and canonical JSON, against the vectors that TypeScript is held to as well."""

import json
import unittest

import harness
import make_identity_vectors
from cdas_lens.canonical_json import canonical_json
from cdas_lens.identity import explicit_ids, normalise_text, row_identities, text_hash


class IdentityVectors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.vectors = json.loads(harness.IDENTITY_VECTORS.read_text(encoding="ascii"))

    def test_normalises_and_hashes_every_text_as_the_vectors_say(self):
        for case in self.vectors["texts"]:
            with self.subTest(case["name"]):
                self.assertEqual(normalise_text(case["text"]), case["normalised"])
                self.assertEqual(text_hash(case["text"]), case["textHash"])

    def test_hashes_huge_texts_as_the_vectors_say(self):
        for case in self.vectors["hugeTexts"]:
            with self.subTest(case["name"]):
                self.assertEqual(text_hash("".join(text * count for text, count in case["parts"])), case["textHash"])

    def test_writes_canonical_json_as_the_vectors_say(self):
        for case in self.vectors["canonicalJson"]:
            with self.subTest(case["value"]):
                self.assertEqual(canonical_json(json.loads(case["value"])), case["text"])

    def test_names_every_dataset_row_as_the_vectors_say(self):
        for case in self.vectors["datasets"]:
            with self.subTest(case["name"]):
                found = row_identities(json.loads(line) for line in case["lines"])
                self.assertEqual([each.text_hash for each in found], [each["textHash"] for each in case["expected"]])
                self.assertEqual([each.hash_id for each in found], [each["textId"] for each in case["expected"]])
                first = [each.explicit[0] if each.explicit else None for each in found]
                self.assertEqual(first, [each["explicitId"] for each in case["expected"]])

    def test_the_vector_file_is_what_its_generator_writes(self):
        self.assertEqual(harness.IDENTITY_VECTORS.read_text(encoding="ascii"), make_identity_vectors.rendered())


class Identity(unittest.TestCase):
    def test_a_known_text_has_the_hash_that_sha256_gives(self):
        # sha256("What is 15% of 80?"), computed with sha256sum.
        self.assertEqual(text_hash("<|im_start|>What is 15% of 80?\r\n"), "7043c880197af6f2")

    def test_equal_texts_with_different_answers_get_different_ids(self):
        ids = [each.id for each in row_identities([{"prompt": "x", "answer": "3"}, {"prompt": "x", "answer": 3}])]
        self.assertEqual(len(set(ids)), 2)
        self.assertTrue(all("~" in each for each in ids))

    def test_a_numpy_index_is_an_id_like_a_plain_one(self):
        class Scalar:
            def item(self):
                return 17

        self.assertEqual(explicit_ids({"extra_info": {"index": Scalar()}}), ("17",))

    def test_a_number_that_is_not_finite_is_no_id(self):
        self.assertEqual(explicit_ids({"id": float("nan"), "problem_id": float("inf"), "extra_info": {"index": 3}}), ("3",))

    def test_canonical_json_takes_what_converts_to_plain_values(self):
        class Array:
            def tolist(self):
                return [1.0, 2.5]

        self.assertEqual(canonical_json({"b": Array(), "a": (float("nan"), 10**400)}), '{"a":[null,null],"b":[1,2.5]}')


if __name__ == "__main__":
    unittest.main()
