"""A training run of the tiny TRL job in folders of its own."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile

import tiny_trl
from harness import log_rows, receipts, sampler_config, write_config


class Job:
    """One training run in folders of its own."""

    def __init__(self, add_cleanup):
        folder = tempfile.TemporaryDirectory()
        add_cleanup(folder.cleanup)
        self.output = os.path.join(folder.name, "output")
        self.curation = os.path.join(folder.name, "curation")
        os.makedirs(self.curation)

    def decide(self, problems, generation=1, **more):
        """Compiles decisions as the extension does."""
        write_config(self.curation, sampler_config(problems, generation, **more))

    def train(self, steps, actions=None, resume=None, settings=None, **more):
        """Trains quietly; returns the trainer."""
        with contextlib.redirect_stdout(io.StringIO()):
            args = tiny_trl.config(self.output, steps, **(settings or {}))
            trainer = tiny_trl.trainer(args, self.curation, actions, **more)
            trainer.train(resume_from_checkpoint=resume)
        return trainer

    def rows(self, split="train"):
        """The neutral rows of a split."""
        return [row for row in log_rows(os.path.join(self.output, "rollouts")) if row["split"] == split]

    def by_step(self):
        """The problems of each step, in the order of their rollouts."""
        found = {}
        for row in self.rows():
            found.setdefault(row["step"], []).append(row["problem_id"])
        return found

    def receipt(self, generation):
        """The receipt of a generation."""
        return next(each for each in receipts(self.curation) if each["generation"] == generation)
