"""jury predict calibrates new rows, and gives them sets and intervals, as the run did its test set."""
import csv
import io
import math
import shutil
import unittest

import h5py
import numpy

from jury_command import FolderTestCase, expect_complaint, run

EXPERIMENT = """
schema = 1
[data]
train = "train.csv"
test = "test.csv"
target = "y"
task = "{task}"
[model]
type = "{model}"
{more}
[train]
epochs = 60
lr = 0.02
[ensemble]
method = "bagging"
members = {members}
[cv]
folds = 4
[final]
refit = true
coverage = 0.8
{final}
"""
# name: task, calibrate, conformal, score, networks predict variances
RUNS = {
    "temperature": ("classification", "temperature", "none", "auto", False),
    "sigmoid": ("classification", "sigmoid", "split", "aps", False),
    "isotonic": ("classification", "isotonic", "split", "lac", False),
    "split": ("regression", "none", "split", "auto", False),
    "bags": ("regression", "none", "jackknife_plus", "auto", False),
    "variance": ("regression", "temperature", "split", "auto", True),
}
CLASSES = ["high", "low", "mid, or so"]


def table(seed, count, task):
    draw = numpy.random.RandomState(seed)
    x = draw.normal(size=(count, 3)).round(5)
    y = x[:, 0] + 0.5 * x[:, 1] + draw.normal(size=count) * 0.5
    if task == "classification":
        y = numpy.array(CLASSES)[numpy.digitize(y, [-0.5, 0.5])]
    return [[*map(str, row), str(target)] for row, target in zip(x, y)]


def write(path, rows, columns=("a", "b", "c", "y")):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([columns, *(row[:len(columns)] for row in rows)])
    return path


def outward(low, high):
    """The nearest float32 that hold the interval."""
    down, up = low.astype("f4"), high.astype("f4")
    down = numpy.where(down > low, numpy.nextafter(down, numpy.float32(-numpy.inf)), down)
    return down, numpy.where(up < high, numpy.nextafter(up, numpy.float32(numpy.inf)), up)


class PredictCalibrated(FolderTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, (task, calibrate, conformal, score, variance) in RUNS.items():
            folder = cls.root / name
            folder.mkdir()
            write(folder / "train.csv", table(1, 200, task))
            write(folder / "test.csv", table(2, 150, task))
            write(folder / "new.csv", table(3, 4000, task))
            final = f'calibrate = "{calibrate}"\nconformal = "{conformal}"\nconformal_score = "{score}"'
            (folder / "e.toml").write_text(EXPERIMENT.format(task=task, model="mlp", final=final, members=12 if conformal == "jackknife_plus" else 4,
                                                             more="hidden = [8]" + ('\noutput = "mean_variance"' if variance else "")))
            done = run("run", folder / "e.toml", "-o", folder / "run", "-q")
            assert done.returncode == 0, done.stderr

    def predict(self, name, *arguments, data="test.csv", ranks=None):
        done = run("predict", self.root / name / "run", self.root / name / data, *arguments, ranks=ranks)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def hdf5(self, name, *arguments, **where):
        out = self.folder / "out.h5"
        self.predict(name, "-o", out, "--overwrite", *arguments, **where)
        with h5py.File(out) as file:
            return {key: file[key][()] for key in file if isinstance(file[key], h5py.Dataset)}, dict(file.attrs)

    def test_the_test_file_gives_what_the_run_gave_it(self):
        for name, (task, calibrate, conformal, _, variance) in RUNS.items():
            with self.subTest(name=name), h5py.File(self.root / name / "run/results.h5") as results:
                ours, attributes = self.hdf5(name, "--all")
                key = "calibrated_variance" if task == "regression" else "calibrated"
                self.assertEqual(key in ours, calibrate != "none")
                if calibrate != "none":
                    self.assertEqual(ours[key].tobytes(), results[f"predictions/test/{key}"][0].tobytes())
                    if task == "classification":
                        self.assertEqual(ours["label"].tolist(), ours["calibrated"].argmax(axis=1).tolist())
                self.assertEqual("conformal" in attributes, conformal != "none")
                if conformal == "none":
                    continue
                self.assertEqual((attributes["conformal"], attributes["coverage"]), (conformal, 0.8))
                theirs = results["conformal/test"]
                if task == "classification":
                    self.assertEqual(ours["set"].tolist(), theirs["set"][:].tolist())
                else:
                    low, high = outward(theirs["low"][:], theirs["high"][:])
                    self.assertEqual(ours["low"].tobytes(), low.tobytes())
                    self.assertEqual(ours["high"].tobytes(), high.tobytes())

    def test_calibrated_is_the_stored_calibrator_of_the_uncalibrated(self):
        for name in ("temperature", "sigmoid", "isotonic"):
            bare = self.hdf5(name, "-a", "--uncalibrated", data="new.csv")[0]
            ours = self.hdf5(name, "-a", data="new.csv")[0]
            self.assertNotIn("calibrated", bare)
            self.assertEqual(bare["combined"].tobytes(), ours["combined"].tobytes())
            self.assertEqual(bare["label"].tolist(), bare["combined"].argmax(axis=1).tolist())
            p = bare["combined"].astype(float)
            with h5py.File(self.root / name / "run/results.h5") as results:
                stored = results["calibration"]
                if name == "temperature":
                    expected = p ** (1 / stored.attrs["temperature"])
                elif name == "sigmoid":
                    odds = numpy.log(numpy.maximum(p, 1e-12)) - numpy.log(numpy.maximum(p.sum(axis=1, keepdims=True) - p, 1e-12))
                    expected = 1 / (1 + numpy.exp(-(stored["sigmoids/slope"][:] * odds + stored["sigmoids/offset"][:])))
                else:
                    knots = {key: stored[f"isotonic/{key}"][:] for key in ("class", "score", "probability")}
                    expected = numpy.column_stack([numpy.interp(p[:, c], knots["score"][knots["class"] == c], knots["probability"][knots["class"] == c])
                                                   for c in range(3)])
            some = expected.sum(axis=1) > 0
            expected = expected[some] / expected[some].sum(axis=1, keepdims=True)
            numpy.testing.assert_allclose(ours["calibrated"][some], expected, atol=2e-5, err_msg=name)
            self.assertGreater(numpy.abs(ours["calibrated"] - bare["combined"]).max(), 1e-3)

    def test_of_variances_one_factor_is_taken(self):
        ours = self.hdf5("variance", "-a")[0]
        with h5py.File(self.root / "variance/run/results.h5") as results:
            factor = results["calibration"].attrs["temperature"]
        numpy.testing.assert_allclose(ours["calibrated_variance"], ours["mixture_variance"] * factor, rtol=1e-6)

    def test_any_number_of_ranks_writes_the_same_bytes(self):
        for name in ("isotonic", "bags", "variance"):
            for ending in ("csv", "npy", "h5"):
                files = []
                for ranks in (None, 2, 3) if ending == "h5" else (None, 2):
                    files.append(self.folder / f"{name}-{ranks}.{ending}")
                    self.predict(name, "-o", files[-1], "-a", "-m", ranks=ranks)
                with self.subTest(name=name, ending=ending):
                    self.assertEqual(len({file.read_bytes() for file in files}), 1)

    def test_more_ranks_than_rows_have_blocks(self):
        write(self.root / "bags/few.csv", table(5, 3, "regression"))
        alone = self.predict("bags", "-o", "-", data="few.csv").stdout
        self.assertEqual(alone, self.predict("bags", "-o", "-", data="few.csv", ranks=3).stdout)
        self.assertEqual(alone.count("\n"), 4)

    def test_the_three_formats_hold_the_same(self):
        for name, names in (("sigmoid", ["label"] + [f"set.{c}" for c in CLASSES]), ("bags", ["value.y", "low.y", "high.y"])):
            text = self.predict(name, "-o", "-").stdout
            rows = list(csv.DictReader(io.StringIO(text)))
            self.assertEqual(list(rows[0]), names)
            self.predict(name, "-o", self.folder / f"{name}.npy")
            matrix = numpy.load(self.folder / f"{name}.npy")
            ours = self.hdf5(name)[0]
            wide = ours["set"] if name == "sigmoid" else numpy.hstack([ours["low"], ours["high"]])
            self.assertEqual(matrix[:, 1:].tolist(), wide.astype("f4").tolist())
            self.assertEqual([[numpy.float32(row[key]) for key in names[1:]] for row in rows], matrix[:, 1:].tolist())
        rows = list(csv.DictReader(io.StringIO(self.predict("sigmoid", "-o", "-", "-a").stdout)))
        ours = self.hdf5("sigmoid", "-a")[0]
        self.assertEqual([[numpy.float32(row[f"p.{c}"]) for c in CLASSES] for row in rows], ours["calibrated"].tolist())
        self.assertEqual([row["label"] for row in rows], [CLASSES[k] for k in ours["label"]])
        self.assertEqual(list(csv.DictReader(io.StringIO(self.predict("variance", "-o", "-", "-a").stdout)))[0].keys() - {"aleatoric.y", "epistemic.y"},
                         {"value.y", "low.y", "high.y", "mean.y", "std.y", "variance.y", "calibrated_variance.y"})

    def test_sets_and_intervals_hold_about_as_many_new_truths_as_was_asked(self):
        for name, (task, _, conformal, _, _) in RUNS.items():
            if conformal == "none":
                continue
            done = self.predict(name, "-o", self.folder / f"{name}.h5", data="new.csv")
            truths = [row[3] for row in table(3, 4000, task)]
            ours = self.hdf5(name, data="new.csv")[0]
            if task == "classification":
                held = numpy.mean([ours["set"][i, CLASSES.index(truth)] == 1 for i, truth in enumerate(truths)])
            else:
                values = numpy.array(truths, float)
                held = numpy.mean((ours["low"][:, 0] <= values) & (values <= ours["high"][:, 0]))
            # The quantile of 200 scores and 4,000 new rows: four standard deviations of both. The networks are trained
            # to the end: those of the folds, which the quantile is of, are then as good as those that predict.
            deviation = math.sqrt(0.8 * 0.2 * (1 / 202 + 1 / 4000))
            self.assertGreater(held, 0.8 - 4 * deviation, name)
            if task == "regression":  # scores of classes tie, and sets hold more
                self.assertLess(held, 0.8 + 4 * deviation, name)
            self.assertRegex(done.stdout, rf"(sets|intervals) asked to hold 80 % \({conformal}\) hold {100 * held:.4g} % of the new rows")

    def test_the_table_has_a_calibrated_line_where_the_run_has(self):
        for name in ("sigmoid", "split"):
            lines = {words[1]: words[2:] for words in map(str.split, self.predict(name, "-o", self.folder / f"{name}.csv").stdout.splitlines()[2:])}
            self.assertEqual("calibrated" in lines, name == "sigmoid")
            scores = {row["predictor"]: row for row in csv.DictReader(io.StringIO(run("show", self.root / name / "run", "summary", "-f", "csv").stdout))
                      if row["source"] == "test"}
            if name == "sigmoid":
                self.assertAlmostEqual(float(lines["calibrated"][0]), float(scores["calibrated"]["accuracy"]), places=4)
        self.assertNotIn("calibrated", self.predict("sigmoid", "-o", self.folder / "bare.csv", "-u").stdout)

    def test_results_made_again_predict_the_same(self):
        for name in ("isotonic", "bags"):
            before = self.predict(name, "-o", "-", "-a").stdout
            shutil.copytree(self.root / name / "run", self.folder / name)
            (self.folder / name / "results.h5").unlink()
            done = run("resume", self.folder / name, "--results-only", "-q")
            self.assertEqual(done.returncode, 0, done.stderr)
            again = run("predict", self.folder / name, self.root / name / "test.csv", "-o", "-", "-a")
            self.assertEqual(again.stdout, before)

    def test_joined_otherwise_there_is_a_note(self):
        done = self.predict("sigmoid", "-o", "-", "-a", "-c", "vote")
        self.assertRegex(done.stderr, r"(?m)^jury: no calibration and sets \(the run made them for mean\) leave --combine out$")
        self.assertNotIn("set.", done.stdout)
        self.assertRegex(self.predict("split", "-o", "-", "-c", "median").stderr, r"no intervals \(the run made them for mean\)")
        done = self.predict("bags", "-o", "-", "-c", "median")
        self.assertNotIn("no intervals", done.stderr)
        self.assertIn("low.y", done.stdout)
        self.assertNotIn("no calibration", self.predict("sigmoid", "-o", "-", "-u").stderr)

    def test_what_is_stored_must_fit(self):
        def shorter(group, name):
            values = group[name][:-1]
            attributes = dict(group[name].attrs)
            del group[name]
            group[name] = values
            group[name].attrs.update({key: value for key, value in attributes.items() if key not in ("DIMENSION_LIST", "REFERENCE_LIST")})

        def replaced(group, name, values):
            del group[name]
            group[name] = values

        for name, change, message in (
                ("sigmoid", lambda f: shorter(f["calibration"], "calibrator"), "ends early"),
                ("sigmoid", lambda f: replaced(f["calibration"], "calibrator", numpy.zeros(9)), "holds no bytes"),
                ("sigmoid", lambda f: f["conformal"].attrs.modify("method", "guess"), "conformal method is none"),
                ("sigmoid", lambda f: f["conformal"].attrs.modify("score", "absolute"), "threshold is of other predictions"),
                ("sigmoid", lambda f: f["conformal"].attrs.modify("coverage", 1.5), "conformal method is none"),
                ("split", lambda f: replaced(f["conformal"], "threshold", numpy.array([1.0, 2.0])), "threshold is of other predictions"),
                ("split", lambda f: replaced(f["conformal"], "threshold", numpy.array([numpy.nan])), "threshold is of other predictions"),
                ("bags", lambda f: shorter(f["conformal"], "residual"), "of other training rows"),
                ("bags", lambda f: shorter(f["splits"], "bootstrap_count"), "lacks the bags of its members"),
                ("bags", lambda f: replaced(f["splits"], "bootstrap_count", numpy.full((12, 200), -1)), "of other training rows")):
            with self.subTest(name=name, message=message):
                path = self.folder / "changed.h5"
                shutil.copy(self.root / name / "run/results.h5", path)
                with h5py.File(path, "r+") as file:
                    change(file)
                expect_complaint(self, run("predict", path, self.root / name / "test.csv", "-o", "-"), 3, message)
        path = self.folder / "without.h5"
        shutil.copy(self.root / "bags/run/results.h5", path)
        with h5py.File(path, "r+") as file:
            del file["conformal/residual"]
        done = run("predict", path, self.root / "bags/test.csv", "-o", "-")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"no intervals \(the run stored nothing to make them by\)")


if __name__ == "__main__":
    unittest.main()
