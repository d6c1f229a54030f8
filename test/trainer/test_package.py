"""The package as a whole: which Python it needs, and that it needs nothing else."""

import ast
import subprocess
import sys
import unittest

from harness import PROJECT

PACKAGE = PROJECT / "src/trainer/cdas_lens"
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))


class Package(unittest.TestCase):
    def test_every_module_is_written_in_the_grammar_of_python_3_9(self):
        self.assertGreater(len(MODULES), 20)
        for name in MODULES:
            source = (PACKAGE / f"{name}.py").read_text(encoding="utf-8")
            ast.parse(source, name, feature_version=(3, 9))
            # Newer ways to write types are fine only where nobody evaluates them.
            self.assertTrue(name == "__init__" or "from __future__ import annotations" in source, name)

    def test_types_that_are_evaluated_are_written_as_python_3_9_knows_them(self):
        for name in MODULES:
            tree = ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
            aliases = [node.value for node in tree.body if isinstance(node, ast.Assign)]
            unions = [node for alias in aliases for node in ast.walk(alias) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)]
            self.assertEqual(unions, [], name)

    def test_every_module_imports_with_the_standard_library_alone(self):
        code = "import sys; sys.path.insert(0, sys.argv[1]); [__import__('cdas_lens.' + name) for name in sys.argv[2:]]"
        command = [sys.executable, "-B", "-I", "-S", "-c", code, str(PACKAGE.parent), *MODULES]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
