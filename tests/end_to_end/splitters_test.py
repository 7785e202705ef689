"""Every way to split rows: what it tests, its results on any number of ranks, what is said of wrong settings."""
import json
import subprocess
import unittest
from pathlib import Path

from jury_command import command, environment, expect_complaint, expect_same, run, scratch, summary_of

EXPERIMENT = """schema = 1
[experiment]
name = "splitters"
[data]
train = "rows.csv"
target = "y"
group = "who"
time = "when"
[model]
type = "linear"
[train]
epochs = 2
batch = 8
[ensemble]
method = "average"
members = 2
[cv]
folds = 3
metrics = ["accuracy", "log_loss"]
[final]
refit = false
"""
# Method, settings of its own, splits of 24 rows in 8 groups, rows tested by all splits together (None: random).
METHODS = [
    ("holdout", ["cv.repeats=2"], 2, None),
    ("kfold", [], 3, 24),
    ("stratified_kfold", [], 3, 24),
    ("group_kfold", [], 3, 24),
    ("stratified_group_kfold", ["cv.repeats=2"], 6, 48),
    ("leave_one_out", [], 24, 24),
    ("leave_p_out", ["cv.p=22"], 276, 276 * 22),
    ("leave_one_group_out", [], 8, 24),
    ("shuffle_split", ["cv.repeats=2"], 6, None),
    ("stratified_shuffle_split", ["cv.fraction=0.25"], 3, 18),
    ("time_series", ["cv.gap=1", "cv.window=3", "cv.test_size=1"], 3, 9),
    ("bootstrap_632", [], 3, None),
    ("632plus", [], 3, None),
]
WHOLE_GROUPS = {"holdout", "group_kfold", "stratified_group_kfold", "leave_one_group_out", "shuffle_split", "time_series", "bootstrap_632", "632plus"}


class Splitters(unittest.TestCase):
    def setUp(self):
        scratched = scratch()
        self.addCleanup(scratched.cleanup)
        self.folder = Path(scratched.name)
        rows = [f"{i * 7 % 24},{i * i % 23},p{i // 3},{i},{'ab'[i * i % 7 < 3]}" for i in range(24)]
        (self.folder / "rows.csv").write_text("x,z,who,when,y\n" + "\n".join(rows) + "\n")
        self.file = self.folder / "splitters.toml"
        self.file.write_text(EXPERIMENT)

    def arguments(self, name, *settings):
        return ["run", self.file, "-o", self.folder / name, *(word for setting in settings for word in ("-s", setting)), "--json"]

    def done(self, name, *settings, ranks=None):
        done = subprocess.run(command(self.arguments(name, *settings), ranks), capture_output=True, text=True, timeout=120, env=environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        return summary_of(done)

    def table(self, name, table):
        return json.loads(run("show", self.folder / name, table, "-f", "json").stdout)

    def test_each_method_has_its_splits_and_a_score(self):
        for method, settings, splits, tested in METHODS:
            with self.subTest(method=method):
                summary = self.done(method, f"cv.method={method}", *settings)
                extra = 1 if method in ("bootstrap_632", "632plus") else 0
                self.assertEqual(summary["fits"]["complete"], 2 * (splits + extra))
                folds = self.table(method, "folds")
                self.assertEqual(len(folds), splits)
                if tested is not None:
                    self.assertEqual(sum(line["rows"] for line in folds), tested)
                self.assertTrue(0 <= summary["value"] <= 1, summary["value"])
                log = (self.folder / method / "log.txt").read_text()
                self.assertEqual("in both parts of a fold" in log, method not in WHOLE_GROUPS, log)

    def test_ranks_make_the_same_bytes(self):
        for method in ("stratified_group_kfold", "time_series", "shuffle_split", "632plus"):
            with self.subTest(method=method):
                self.done("one", f"cv.method={method}")
                self.done("three", f"cv.method={method}", ranks=3)
                expect_same(self, self.folder / "one", self.folder / "three")
                for name in ("one", "three"):
                    subprocess.run(["rm", "-r", self.folder / name], check=True)

    def test_more_repeats_extend_a_run(self):
        self.done("grown", "cv.method=632plus", "cv.folds=2")
        grown = subprocess.run([*command(self.arguments("grown", "cv.method=632plus", "cv.folds=2", "cv.repeats=2")), "--resume"],
                               capture_output=True, text=True, timeout=120, env=environment())
        self.assertEqual(grown.returncode, 0, grown.stderr)
        self.assertIn("4 fits (6 already done)", grown.stderr)
        self.done("whole", "cv.method=632plus", "cv.folds=2", "cv.repeats=2")
        expect_same(self, self.folder / "grown", self.folder / "whole")

    def test_the_bootstrap_estimate_follows_from_its_parts(self):
        for method in ("bootstrap_632", "632plus"):
            with self.subTest(method=method):
                summary = self.done(method, f"cv.method={method}", "cv.metrics=['log_loss']")
                folds = self.table(method, "folds")
                left_out = sum(line["log_loss"] for line in folds) / len(folds)
                line = next(line for line in json.loads(run("show", self.folder / method, "bootstrap", "-f", "json").stdout)
                            if line["predictor"] == "mean")
                self.assertAlmostEqual(line["left_out"], left_out, places=12)
                weight = 0.632
                if method == "632plus":
                    left_out = min(left_out, line["no_information"])
                    above = left_out > line["apparent"] and line["no_information"] > line["apparent"]
                    overfitting = (left_out - line["apparent"]) / (line["no_information"] - line["apparent"]) if above else 0
                    weight = 0.632 / (1 - 0.368 * overfitting)
                self.assertAlmostEqual(summary["value"], (1 - weight) * line["apparent"] + weight * left_out, places=12)
                self.assertIn(".632", run("run", self.file, "-o", self.folder / f"{method}-text", "-s", f"cv.method={method}").stdout)

    def test_wrong_settings_are_one_line(self):
        for settings, message in (
                (["cv.method=group_kfold", "cv.folds=9"], r"cv\.folds = 9 does not fit 8 groups"),
                (["cv.method=leave_one_group_out", "data.group=''"], r"has no groups to keep whole \(data\.group is not given\)"),
                (["cv.method=leave_p_out", "cv.p=8"], r"cv\.p = 8 of 24 samples can be left out in more than 5000 ways"),
                (["cv.method=leave_p_out", "cv.p=24"], r"cv\.p = 24 leaves nothing of 24 samples to train on"),
                (["cv.method=leave_one_out", "cv.repeats=2"], r"cv\.repeats = 2 would repeat the same folds \(leave_one_out is not random\)"),
                (["cv.method=time_series", "cv.folds=8"], r"cv\.folds = 8 of 1 tested leave nothing of 8 groups to train on"),
                (["cv.method=time_series", "cv.gap=6"], r"cv\.folds = 3 of 2 tested and cv\.gap = 6 leave nothing"),
                (["cv.method=kfold", "cv.gap=6"], r"cv\.gap does not go with cv\.method = \"kfold\""),
                (["cv.method=shuffle_split", "cv.shuffle=false"], r"cv\.shuffle = false would make all splits the same"),
                (["cv.method=632plus", "cv.shuffle=false"], r"cv\.shuffle = false would make all splits the same"),
                (["cv.method=stratified_shuffle_split", "data.target='x'"], r"has \d+ sample|does not apply|has no classes"),
                (["cv.method=bootstrap"], r"cv\.method = \"bootstrap\" is unknown")):
            with self.subTest(settings=settings):
                done = run(*self.arguments("wrong", *settings))
                expect_complaint(self, done, 2, message)
        self.assertEqual(run(*self.arguments("wrong", "cv.method=group_kfold", "cv.folds=9"), ranks=2).returncode, 2)  # and not a hang


if __name__ == "__main__":
    unittest.main()
