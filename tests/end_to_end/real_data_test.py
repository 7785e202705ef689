"""The examples on the public data they are made for, cut short: exit code 0 and scores that make sense.

Usage: real_data_test.py DATA_FOLDER
"""
import json
import sys
import unittest
from pathlib import Path

from jury_command import SOURCE, run, scratch, summary_of

DATA = Path(sys.argv[1])
EXAMPLES = SOURCE / "tools" / "examples"
FASHION = DATA / "fashion-mnist"


class RealData(unittest.TestCase):
    def summary_of(self, example, *settings, ranks=None):
        """The summary of an example with these settings over it."""
        words = [word for setting in settings for word in ("-s", setting)]
        with scratch() as folder:
            done = run("run", EXAMPLES / example, *words, "-o", Path(folder) / "run", "--json", ranks=ranks)
            self.assertEqual(done.returncode, 0, done.stderr)
            summary = summary_of(done)
            shown = json.loads(run("show", Path(folder) / "run", "summary", "-f", "json").stdout)
        self.assertTrue(summary["complete"])
        self.assertLess(summary["largest_residual"] or 0, 1e-9)
        self.assertTrue(any(line["predictor"] == summary["combine"] for line in shown))
        return summary

    def test_fashion_mnist_in_idx_gzip(self):
        summary = self.summary_of("fashion_mnist.toml", f"data.train={FASHION / 'train-images-idx3-ubyte.gz'}",
                                  f"data.test={FASHION / 't10k-images-idx3-ubyte.gz'}", "train.epochs=1", "ensemble.members=2", ranks=2)
        self.assertEqual((summary["metric"], summary["source"]), ("accuracy", "test"))
        self.assertGreater(summary["value"], 0.80)
        self.assertLess(summary["scores"]["log_loss"], 0.60)

    def test_vote_an_arff_with_missing_nominal_values(self):
        summary = self.summary_of("vote.toml", f"data.train={DATA / 'uci-classification' / 'vote' / 'vote.arff'}", "ensemble.members=5", "train.epochs=20")
        self.assertGreater(summary["value"], 0.93)

    def test_credit_an_arff_of_numbers_and_names(self):
        summary = self.summary_of("vote.toml", f"data.train={DATA / 'uci-classification' / 'credit.g' / 'credit.g.arff'}",
                                  "data.target=last",
                                  "ensemble.members=5", "train.epochs=10", "cv.folds=5")
        self.assertGreater(summary["value"], 0.70)

    def test_california_housing_a_csv_with_missing_cells_and_a_category(self):
        summary = self.summary_of("california_housing.toml", f"data.train={DATA / 'california-housing' / 'housing.csv'}", "ensemble.members=2",
                                  "train.epochs=4", "cv.folds=2", "final.refit=false")
        self.assertEqual(summary["metric"], "rmse")
        self.assertLess(summary["value"], 75000)
        self.assertGreater(summary["scores"]["r2"], 0.6)

    def test_friedman1_has_bias_that_no_bag_removes(self):
        summary = self.summary_of("friedman1.toml", "ensemble.members=4", "bias_variance.replicates=4", "train.epochs=40")
        self.assertGreater(summary["scores"]["r2"], 0.55)

    def test_generators_of_classes_are_near_their_bayes_errors(self):
        # Breiman 1998: 2.3 % (twonorm), 1.3 % (ringnorm), 14 % (waveform); these short trainings come close.
        for generator, accuracy in (("twonorm", 0.94), ("ringnorm", 0.88), ("waveform", 0.78)):
            with self.subTest(generator=generator):
                summary = self.summary_of("twonorm_bias_variance.toml", f"data.generator={generator}", "model.hidden=[32]", "model.activation=relu",
                                          "train.optimizer=adam", "train.lr=0.01", "train.momentum=0", "train.batch=16", "train.epochs=30",
                                          "ensemble.members=5", "bias_variance.replicates=3", "cv.folds=3", "data.rows=600")
                self.assertGreater(summary["value"], accuracy)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
