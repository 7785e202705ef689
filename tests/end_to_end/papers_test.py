"""The published tables on the data they are made for, cut short: they run, and what they say is not far off.

Usage: papers_test.py DATA_FOLDER
"""
import subprocess
import sys
import unittest
from pathlib import Path

import h5py
import numpy as np

from jury_command import JURY, SOURCE, environment, scratch

DATA = sys.argv[1]


def error_of_votes(results):
    """Percent of wrong rows, of a single repeat, where the members of each row's fold vote by the weights in /fits."""
    fits, splits, oof = results["fits"], results["splits"], results["predictions/oof"]
    weight = {(fold, member): w for fold, member, w in zip(fits["fold"][:], fits["member"][:], fits["weight"][:])}
    fold_of = {}
    for fold, offset, size in zip(splits["fold"][:], splits["offset"][:], splits["size"][:]):
        fold_of |= {row: fold for row in splits["rows"][offset:offset + size]}
    labels = oof["proba"][:, 0].argmax(axis=-1)
    wrong = 0
    for place, (row, truth) in enumerate(zip(oof["row"][:], oof["truth"][:])):
        votes = np.zeros(oof["proba"].shape[-1])
        for member, label in zip(oof["member"][:], labels[:, place]):
            votes[label] += weight[fold_of[row], member]
        wrong += votes.argmax() != truth
    return 100 * wrong / len(labels[0])


class Papers(unittest.TestCase):
    def row_of(self, table, name, *settings, folder=None, words=()):
        """The cells of one data set, by their column's number."""
        if folder is None:
            with scratch() as folder:
                return self.row_of(table, name, *settings, folder=folder, words=words)
        words = [*words, *(word for setting in settings for word in ("-s", setting))]
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

    def test_adaboost_is_measured_by_the_weighted_vote_of_its_rounds(self):
        with scratch() as folder:
            cells = self.row_of("opitz_maclin1999", "ionosphere", "cv.repeats=1", "ensemble.members=5", "output.predictions=members",
                                folder=folder, words=["--methods", "adaboost"])
            with h5py.File(Path(folder) / "opitz_maclin1999" / "ionosphere-adaboost" / "results.h5") as results:
                self.assertEqual(results["selection"].attrs["combine"], "weighted_vote")
                self.assertEqual(cells[3], f"{error_of_votes(results):.1f}")

    def test_a_deep_ensemble_on_three_splits_of_yacht(self):
        cells = self.row_of("lakshminarayanan2017", "yacht", "cv.folds=15", "ensemble.members=2")
        self.assertLess(float(cells[3].split()[0]), 3)

    def test_proben1_on_cancer(self):
        cells = self.row_of("prechelt1994", "cancer1", "ensemble.members=5")
        self.assertLess(float(cells[1].split()[0]), 4)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
