"""Training data from an array in an HDF5 file, read in a limited process of its own."""
import unittest
from pathlib import Path

import h5py
import numpy
from jury_command import run, scratch

EXPERIMENT = """
[data]
train = "measured.h5:/group/samples"
target = "last"
[model]
type = "linear"
[train]
epochs = 3
"""


class Hdf5Data(unittest.TestCase):
    def setUp(self):
        self.folder = scratch()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)
        features = numpy.random.default_rng(0).normal(size=(60, 3)).astype("f4")
        labels = (features[:, :1] > 0).astype("f4")
        with h5py.File(self.path / "measured.h5", "w") as file:
            file["group/samples"] = numpy.hstack([features, labels])
            file["texts"] = numpy.array([b"a", b"b"])
        (self.path / "e.toml").write_text(EXPERIMENT)

    def run_with(self, *arguments):
        return run("run", self.path / "e.toml", "-o", self.path / "out", *arguments)

    def test_an_array_is_a_table(self):
        done = self.run_with()
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_cannot_be_read_is_a_data_error(self):
        for name, message in (("measured.h5:/none", "there is no '/none'"), ("absent.h5:/x", "there is none"),
                              ("measured.h5:/texts", "measured.h5")):
            done = self.run_with("-s", f"data.train='{self.path / name}'")
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn(message, done.stderr)

    def test_a_damaged_file_is_a_data_error(self):
        (self.path / "measured.h5").write_bytes((self.path / "measured.h5").read_bytes()[:700])
        done = self.run_with()
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)


if __name__ == "__main__":
    unittest.main()
