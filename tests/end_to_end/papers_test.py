"""The published tables on the data they are made for, cut short: they run, and what they say is not far off.

Usage: papers_test.py DATA_FOLDER
"""
import subprocess
import sys
import unittest

from jury_command import JURY, SOURCE, environment, scratch

DATA = sys.argv[1]


class Papers(unittest.TestCase):
    def row_of(self, table, name, *settings):
        """The cells of one data set, by their column's number."""
        words = [word for setting in settings for word in ("-s", setting)]
        with scratch() as folder:
            done = subprocess.run(["/usr/bin/python3", SOURCE / "tools/examples/papers/run.py", table, DATA, "--jury", JURY, "--out", folder,
                                   "--only", name, *words], capture_output=True, text=True, timeout=280, env=environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        cells = [cell.strip() for cell in done.stdout.splitlines()[-1].strip("| ").split("|")]
        self.assertEqual(cells[0], name)
        return cells

    def test_opitz_and_maclin_on_iris(self):
        cells = self.row_of("opitz_maclin1999", "iris", "cv.repeats=1", "ensemble.members=3")
        for here in (cells[1], cells[3], cells[5]):
            self.assertLess(float(here), 8)

    def test_a_deep_ensemble_on_three_splits_of_yacht(self):
        cells = self.row_of("lakshminarayanan2017", "yacht", "cv.folds=15", "ensemble.members=2")
        self.assertLess(float(cells[3].split()[0]), 3)

    def test_proben1_on_cancer(self):
        cells = self.row_of("prechelt1994", "cancer1", "ensemble.members=5")
        self.assertLess(float(cells[1].split()[0]), 4)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
