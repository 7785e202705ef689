"""jury compare: two runs on the same folds, two learners on three data sets, and what cannot be compared, each in one line."""
import csv
import json
import shutil
import unittest
from pathlib import Path

from jury_command import environment, expect_complaint, on_terminal, run, scratch

EXPERIMENT = """schema = 1
[experiment]
name = "study"
[data]
train = "rows0.csv"
target = "y"
[model]
type = "linear"
[train]
epochs = 40
lr = 0.05
batch = 8
[ensemble]
method = "bagging"
members = 3
[cv]
folds = 2
repeats = 5
metrics = ["accuracy", "log_loss"]
[final]
refit = false
"""
# The classes are inside and outside of an interval: no line tells them apart. The bad learner votes.
GOOD = ["-s", "model.type=mlp", "-s", "model.hidden=[16]", "-s", "experiment.name=good"]
BAD = ["-s", "ensemble.combine=['vote','mean']", "-s", "experiment.name=bad"]


class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = scratch()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.folder = Path(cls.scratch.name)
        cls.file = cls.folder / "study.toml"
        cls.file.write_text(EXPERIMENT)
        for data in range(3):
            lines = [f"{i * 7 % 11},{i * 5 % 13},{'in' if 2 < i * 7 % 11 < 8 else 'out'}" for i in range(80 + data)]
            (cls.folder / f"rows{data}.csv").write_text("a,b,y\n" + "\n".join(lines) + "\n")
            cls.train(f"good{data}", "-s", f"data.train={cls.folder}/rows{data}.csv", *GOOD)
            cls.train(f"bad{data}", "-s", f"data.train={cls.folder}/rows{data}.csv", *BAD)

    @classmethod
    def train(cls, name, *words):
        done = run("run", cls.file, "-q", "-o", cls.folder / name, *words)
        assert done.returncode == 0, done.stderr
        return cls.folder / name

    def compare(self, *names, options=()):
        done = run("compare", *(self.folder / name for name in names), *options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def expect(self, words, code, *messages):
        expect_complaint(self, run("compare", *words), code, *messages)

    def test_two_runs_on_the_same_folds(self):
        text = self.compare("good0", "bad0")
        self.assertTrue(text.startswith("2 runs on rows0.csv, compared by accuracy\n"), text)
        self.assertRegex(text, r"(?m)^good is better than bad by [\d.]+ of accuracy \(p = \S+, 5x2cv F test over 5 x 2 folds\)$")
        self.assertNotIn("left out", text)
        said = json.loads(self.compare("good0", "bad0", options=["--json"]))
        pair, = said["pairs"]
        tests = {test["test"]: test for test in pair["tests"]}
        self.assertEqual(list(tests), ["5x2cv_f", "corrected_t", "mcnemar"])
        folds = [{(line["repeat"], line["fold"]): line["accuracy"] for line in json.loads(run("show", self.folder / name, "folds", "-f", "json").stdout)}
                 for name in ("good0", "bad0")]
        mean = sum(folds[0][key] - folds[1][key] for key in folds[0]) / 10
        self.assertAlmostEqual(tests["corrected_t"]["difference"], mean)
        self.assertLess(tests["corrected_t"]["low"], mean)
        self.assertEqual(tests["mcnemar"]["over"], "80 out-of-fold rows of the first repeat")
        # Of repeat 0, by the labels the run is judged by: its two folds have 40 rows each.
        first = sum(40 * (folds[0][0, fold] - folds[1][0, fold]) for fold in range(2)) / 80
        self.assertAlmostEqual(tests["mcnemar"]["difference"], first)
        turned = json.loads(self.compare("bad0", "good0", options=["--json"]))["pairs"][0]["tests"]
        self.assertEqual([test["p"] for test in turned], [test["p"] for test in pair["tests"]])
        self.assertAlmostEqual(turned[0]["difference"], -tests["5x2cv_f"]["difference"])

    def test_on_a_terminal_tables_are_no_wider_than_it(self):
        text = on_terminal(60, "compare", self.folder / "good0", self.folder / "bad0")
        headers = [line for line in text.splitlines() if line.startswith("\x1b[1m")]
        self.assertEqual([header.removeprefix("\x1b[1m").split()[0] for header in headers], ["run", "first"])
        self.assertLessEqual(max(len(header) - len("\x1b[1m\x1b[0m") for header in headers), 60)
        self.assertRegex(text, r"(?m)^\(too wide for .*effect_name; -f json shows them\)$")

    def test_another_metric_and_a_csv(self):
        out = self.folder / "tests.csv"
        text = self.compare("good0/results.h5", "bad0", options=["-m", "log_loss", "-o", out, "--alpha", "0.01"])
        self.assertIn("compared by log_loss", text)
        lines = list(csv.DictReader(out.read_text().splitlines()))
        self.assertEqual([line["test"] for line in lines], ["5x2cv_f", "corrected_t", "wilcoxon", "mcnemar"])
        self.assertEqual(lines[2]["over"], "the log_loss of 80 out-of-fold rows of the first repeat")
        self.assertLess(float(lines[1]["difference"]), 0)
        self.expect([self.folder / "good0", self.folder / "bad0", "-o", out], 2, "is there already .--overwrite replaces it")
        self.compare("good0", "bad0", options=["-o", out, "--overwrite"])

    def test_equal_runs_show_no_difference(self):
        shutil.copytree(self.folder / "good0", self.folder / "twin", dirs_exist_ok=True)
        text = self.compare("good0", "twin")
        self.assertIn("no difference shown between good0 and twin (p = 1, ", text)

    def test_other_folds_leave_out_what_needs_the_same(self):
        self.train("other", "-s", f"data.train={self.folder}/rows0.csv", "-s", "experiment.seed=5", "-s", "experiment.name=other")
        text = self.compare("good0", "other", "bad0")
        self.assertIn("good is better than bad", text)
        self.assertIn("left out of good and other: tests over folds (the folds differ", text)
        self.expect([self.folder / "good0", self.folder / "other"], 2, "there is nothing to compare between these runs .*the folds differ")

    def test_two_learners_on_three_data_sets(self):
        names = [f"{learner}{data}" for learner in ("good", "bad") for data in range(3)]
        text = self.compare(*names)
        self.assertTrue(text.startswith("2 learners on 3 data sets, compared by accuracy\n"), text)
        self.assertRegex(text, r"(?m)^mean rank +1 +2$")
        self.assertIn("no difference shown between good and bad (p = 0.25, Wilcoxon's signed ranks over 3 data sets)", text)
        self.assertIn("note: with 3 data sets", text)
        said = json.loads(self.compare(*names, options=["-f", "json", *("-l x -l x -l x -l y -l y -l y".split())]))
        self.assertEqual((said["learners"], said["data_sets"], said["mean_ranks"]), (["x", "y"], ["rows0.csv", "rows1.csv", "rows2.csv"], [1.0, 2.0]))
        for data, line in enumerate(said["scores"]):
            value = json.loads((self.folder / f"good{data}" / "summary.json").read_text())["value"]
            self.assertEqual(line[0], value)
        self.expect([self.folder / name for name in names[:-1]], 2, r"there is no run of 'bad' on rows2\.csv")
        self.expect([self.folder / name for name in names[:3]], 2, "all runs are of the learner 'good'")

    def test_what_cannot_be_compared(self):
        good, bad = self.folder / "good0", self.folder / "bad0"
        self.expect([good], 2, "is a single run")
        self.expect([good, good / "results.h5"], 2, "is named twice")
        self.expect([good, self.folder / "none"], 2, "there is no run at")
        self.expect([good, self.folder], 2, "is not a run of jury")
        self.expect([good, self.file], 3, "study.toml")
        self.expect([good, bad, "-m", "acuracy"], 2, "is not scored by 'acuracy' did you mean 'accuracy'")
        self.expect([good, bad, "-l", "a"], 2, "--label is given 1 times for 2 runs")
        self.expect([good, bad, "-l", "a", "-l", "a"], 2, "two runs on the same data are labelled 'a'")
        self.expect([good, bad, "--alpha", "2"], 2, "--alpha 2 is no level")
        self.expect([good, bad, "-o", "tests.txt"], 2, "names no csv file")
        self.expect([good, bad, "--metrik", "x"], 2, "unknown option '--metrik' .*did you mean")
        torn = self.folder / "torn.h5"
        torn.write_bytes((good / "results.h5").read_bytes()[:5000])
        self.expect([good, torn], 3, r"torn\.h5")

    def test_an_unfinished_run_is_compared_with_a_warning(self):
        shutil.copytree(self.folder / "bad0", self.folder / "unfinished", dirs_exist_ok=True)
        done = run("run", self.file, "-q", "-o", self.folder / "unfinished", "--resume", "--max-time", "1ms", "-s", f"data.train={self.folder}/rows0.csv",
                   *BAD, "-s", "ensemble.members=40")
        self.assertEqual(done.returncode, 75, done.stderr)
        done = run("compare", self.folder / "good0", self.folder / "unfinished")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"\Ajury: warning: '\S+unfinished' is not finished: .*'jury resume \S+unfinished' goes on\)\n\Z")

    def test_no_mpi_is_started(self):
        done = run("compare", self.folder / "good0", self.folder / "bad0", env=environment(OMPI_MCA_btl="none"))
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
