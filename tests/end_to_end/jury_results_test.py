"""tools/python/jury_results.py reads a real run, with and without pandas and xarray, and says what is wrong with others."""
import json
import os
import shutil
import sys
import unittest
from pathlib import Path
from unittest import mock

import h5py
import numpy

from jury_command import SOURCE, FolderTestCase, run

sys.path.insert(0, str(SOURCE / "tools" / "python"))
import jury_results  # noqa: E402

SMALL = Path(__file__).with_name("small.toml")


class JuryResults(FolderTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        done = run("run", SMALL, "-o", cls.root / "run", "-q", "-s", "search.method=random", "-s", "search.trials=3",
                   "-s", "search.space={'train.lr'='loguniform(1e-3, 1e-1)'}", "-s", "bias_variance=false", "-s", "train.epochs=3")
        assert done.returncode == 0, done.stderr
        cls.directory = cls.root / "run"
        cls.summary = json.loads((cls.directory / "summary.json").read_text())

    def load(self, **options):
        results = jury_results.load(self.directory, **options)
        self.addCleanup(results.close)
        return results

    def test_what_most_people_want(self):
        results = self.load()
        self.assertEqual(list(results.trials["trial"]), [0, 1, 2])
        best = results.best()
        self.assertEqual(best["value"], max(results.trials["value"]))
        self.assertEqual(best["value"], self.summary["value"])
        self.assertEqual(results.config["train"]["lr"], best["param.train.lr"])
        self.assertEqual(results.experiment["search"]["space"], {"train.lr": "loguniform(1e-3, 1e-1)"})
        self.assertEqual((results.identity, results.seed, results.complete), (self.summary["identity"], 11, True))
        curves = results.curves
        self.assertEqual(set(curves["epoch"]), {1, 2, 3})
        self.assertIn("not finished" if not results.complete else "tables", repr(results))

    def test_predictions_with_and_without_xarray(self):
        results = self.load()
        with h5py.File(self.directory / "results.h5") as file:
            expected = file["predictions/oof/combined"][...]
        data = results.predictions("oof")
        if jury_results.xarray is not None:
            self.assertEqual(data.combined.dims, ("repeat", "row", "class"))
            self.assertEqual([str(name) for name in data["class"].values], list(results["data/classes"]["name"]))
        numpy.testing.assert_array_equal(numpy.asarray(data["combined"]), expected)
        with mock.patch.object(jury_results, "xarray", None):
            plain = self.load().predictions()
        numpy.testing.assert_array_equal(plain["combined"], expected)
        self.assertNotIn("class", plain)

    def test_tables_are_a_mapping_with_and_without_pandas(self):
        results = self.load()
        shown = run("show", self.directory, "folds", "-f", "csv").stdout.splitlines()
        for name in ("ensemble/folds", "/ensemble/folds", "ensemble.folds"):
            self.assertEqual(list(results[name]), shown[0].split(","))
        self.assertEqual(len(results["ensemble/folds"]["accuracy"]), len(shown) - 1)
        self.assertIn("fits", results)
        self.assertEqual(len(list(results)), len(results))
        self.assertEqual(results.attributes("selection")["metric"], "accuracy")
        with mock.patch.object(jury_results, "pandas", None):
            self.assertIsInstance(self.load().trials, dict)
        with self.assertRaisesRegex(KeyError, "no table 'foldz'"):
            results["foldz"]
        with self.assertRaisesRegex(KeyError, "no group 'nothing'"):
            results.attributes("nothing")

    def expect_complaint(self, path, message, **options):
        with self.assertRaisesRegex(jury_results.JuryError, message):
            jury_results.load(path, **options)

    def test_what_is_no_run(self):
        self.expect_complaint(self.folder / "none", "there is no run at")
        self.expect_complaint(self.folder, "is not a run of jury")
        (self.folder / "journal").write_text("")
        self.expect_complaint(self.folder, "has no results yet")
        (self.folder / "text.h5").write_text("no results")
        self.expect_complaint(self.folder / "text.h5", "cannot be read")
        with h5py.File(self.folder / "foreign.h5", "w") as file:
            file["x"] = [1]
        self.expect_complaint(self.folder / "foreign.h5", "is no results.h5 of jury")

    def test_damaged_unfinished_and_later_results(self):
        shutil.copy(self.directory / "results.h5", self.folder / "results.h5")
        with h5py.File(self.folder / "results.h5", "r+") as file:
            file.attrs["complete"] = numpy.int64(0)
            del file["config/resolved_json"]
        self.expect_complaint(self.folder, "is not finished")
        with jury_results.load(self.folder, unfinished=True) as results:
            self.assertFalse(results.complete)
            with self.assertRaisesRegex(jury_results.JuryError, "damaged .*it lacks config/resolved_json"):
                results.config
            with self.assertRaisesRegex(jury_results.JuryError, "no predictions 'test2' \\(it has oof"):
                results.predictions("test2")
        with h5py.File(self.folder / "results.h5", "r+") as file:
            file.attrs["format_version"] = numpy.int64(2)
        self.expect_complaint(self.folder, "is of version 2", unfinished=True)
        os.truncate(self.folder / "results.h5", 3000)
        self.expect_complaint(self.folder, "cannot be read")


if __name__ == "__main__":
    unittest.main()
