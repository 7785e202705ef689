"""h5py, pandas and xarray (both engines) read every group of the results of a real run."""
import subprocess
import sys
import unittest
from pathlib import Path

from jury_command import SOURCE, run, scratch

SMALL = Path(__file__).with_name("small.toml")
WALKER = SOURCE / "tests" / "runtime" / "store" / "hdf5_python_test.py"
REGRESSION = ["-s", "data.generator=friedman1", "-s", "ensemble.combine=['mean','median']"]


class ResultsInPython(unittest.TestCase):
    def expect_readable(self, *options, code=0):
        with scratch() as folder:
            done = run("run", SMALL, "-o", Path(folder) / "run", *options)
            self.assertEqual(done.returncode, code, done.stderr)
            walk = subprocess.run([sys.executable, str(WALKER), str(Path(folder) / "run" / "results.h5")], capture_output=True, text=True)
            self.assertEqual(walk.returncode, 0, walk.stderr)
            groups, arrays = (int(word) for word in walk.stdout.split() if word.isdigit())
            self.assertGreater(groups, 15)
            self.assertGreater(arrays, 100)

    def test_classification(self):
        self.expect_readable()

    def test_regression(self):
        self.expect_readable(*REGRESSION)

    def test_a_run_whose_every_fit_diverged(self):
        self.expect_readable(*REGRESSION, "-s", "train.optimizer=sgd", "-s", "train.lr=1e6", code=4)

    def test_only_mean_predictions(self):
        self.expect_readable("-s", "output.predictions=mean")


if __name__ == "__main__":
    unittest.main()
