"""The last user turn in a templated prompt."""

import unittest

import harness  # noqa: F401  (puts the package on the path)
from cdas_lens.templates import user_text


class Templates(unittest.TestCase):
    def test_the_last_user_turn_is_found_in_every_known_template(self):
        for prompt in (
            "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nq1<|im_end|>\n<|im_start|>assistant\n",
            "<|start_header_id|>user<|end_header_id|>\n\nq1<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
            "<start_of_turn>user\nq0<end_of_turn>\n<start_of_turn>user\nq1<end_of_turn>\n<start_of_turn>model\n",
            "<\uff5cUser\uff5c>q1<\uff5cAssistant\uff5c><think>\n", "[INST]q1[/INST]", "q1",
        ):
            self.assertEqual(user_text(prompt), "q1")


if __name__ == "__main__":
    unittest.main()
