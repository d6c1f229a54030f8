"""What the tests of the hooks share: a dataset of short questions, decisions about it, settings in the environment."""

from __future__ import annotations

import os
from typing import Any, Dict
from unittest import mock

from harness import CurationCase

from cdas_lens.identity import text_hash

ROWS = 12


def problem(number: int) -> str:
    """The id of a row's problem."""
    return f"h:{text_hash(f'q{number}')}"


def relabel(number: int, answer: Any) -> Dict[str, Any]:
    """A relabel as the extension compiles it."""
    return {problem(number): {"groundTruth": answer, "textHash": text_hash(f"q{number}")}}


class HookCase(CurationCase):
    """A test of a hook that finds its settings in the environment; its job writes below `output`."""

    def setUp(self) -> None:
        super().setUp()
        self.output = self.path("output")
        self.set_environment(CDAS_LENS_DIR=self.directory, CDAS_LENS_RUN="mine")

    def set_environment(self, **settings: str) -> None:
        """Sets environment variables until the test ends."""
        patched = mock.patch.dict(os.environ, settings)
        patched.start()
        self.addCleanup(patched.stop)
