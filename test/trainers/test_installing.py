"""The package, installed by pip from a copy of its folder."""

import json
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from harness import PROJECT, CurationCase, verl_rows

USE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import cdas_lens
from importlib.metadata import distribution
from cdas_lens.batches import CuratedBatches
from cdas_lens.verl import with_problem_id
batch = next(CuratedBatches(json.loads(sys.argv[3]), sys.argv[2], 4))
found = distribution("cdas-lens")
print(json.dumps([cdas_lens.__file__, len(batch), found.version, found.requires, found.metadata["Requires-Python"]]))
"""


class Installing(CurationCase):
    def test_what_pip_installs_works_without_the_folder_and_needs_nothing_else(self):
        source, target = Path(self.path("source")), Path(self.path("installed"))
        shutil.copytree(PROJECT / "src/trainer", source, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
        offline = ["--no-index", "--no-build-isolation", "--quiet", "--target", str(target)]
        subprocess.run([sys.executable, "-m", "pip", "install", *offline, str(source)], check=True, timeout=300)
        shutil.rmtree(source)
        command = [sys.executable, "-I", "-S", "-c", USE, str(target), self.directory, json.dumps(verl_rows(8))]
        used = subprocess.run(command, capture_output=True, text=True, check=True)
        self.assertEqual(json.loads(used.stdout), [str(target / "cdas_lens/__init__.py"), 4, "0.1.0", None, ">=3.9"])
        modules = {path.name for path in (PROJECT / "src/trainer/cdas_lens").glob("*.py")}
        self.assertEqual({path.name for path in (target / "cdas_lens").glob("*.py")}, modules)


if __name__ == "__main__":
    unittest.main()
