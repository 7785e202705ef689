"""Splits that come with the data: by a column, by files of row numbers; the same results on any number of ranks; every mistake in one line."""
import json
import subprocess
import unittest
from pathlib import Path

from jury_command import command, environment, expect_complaint, expect_same, run, scratch, summary_of

EXPERIMENT = """schema = 1
[experiment]
name = "splits"
[data]
train = "rows.csv"
target = "y"
[model]
type = "mlp"
hidden = [4]
[train]
epochs = 3
batch = 8
[ensemble]
method = "average"
members = 2
[cv]
method = "predefined"
metrics = ["rmse"]
[final]
refit = false
"""
FILES = ["-s", "data.ignore=['f']", "-s", "cv.test_index=index/test_{}.txt", "-s", "cv.train_index=index/train_{}.txt"]


class PredefinedSplits(unittest.TestCase):
    def setUp(self):
        scratched = scratch()
        self.addCleanup(scratched.cleanup)
        self.folder = Path(scratched.name)
        rows = [f"{i * i % 17},{'' if i % 10 == 9 else i % 10 % 3},{i}.5" for i in range(40)]
        (self.folder / "rows.csv").write_text("x,f,y\n" + "\n".join(rows) + "\n")
        (self.folder / "index").mkdir()
        for split in range(3):
            test = range(split * 5, split * 5 + 10)  # they overlap
            self.write(f"test_{split}.txt", "".join(f"{row:.18e}\n" for row in test))
            self.write(f"train_{split}.txt", " ".join(str(row) for row in range(40) if row not in test))
        self.file = self.folder / "splits.toml"
        self.file.write_text(EXPERIMENT)

    def write(self, name, text):
        (self.folder / "index" / name).write_text(text)

    def run_here(self, *words, ranks=None):
        """Paths on the command line start at the current folder."""
        return subprocess.run(command(["run", self.file, *words], ranks), cwd=self.folder, capture_output=True, text=True,
                              timeout=300, env=environment())

    def summary_of(self, name, *words, ranks=None):
        done = self.run_here(*words, "-o", name, "--json", ranks=ranks)
        self.assertEqual(done.returncode, 0, done.stderr)
        return summary_of(done)

    def table(self, name, table):
        return json.loads(run("show", self.folder / name, table, "-f", "json").stdout)

    def test_files_are_repeats_whose_mean_is_reported(self):
        summary = self.summary_of("run", *FILES)
        self.assertEqual(summary["fits"]["planned"], 3 * 2)
        folds = self.table("run", "folds")
        self.assertEqual([(line["repeat"], line["fold"], line["rows"]) for line in folds], [(0, 0, 10), (1, 0, 10), (2, 0, 10)])
        self.assertAlmostEqual(summary["value"], sum(line["rmse"] for line in folds) / 3)
        self.assertEqual(self.summary_of("two", *FILES, "-s", "cv.folds=2")["fits"]["planned"], 2 * 2)

    def test_training_files_that_name_all_other_rows_may_be_left_out(self):
        self.summary_of("both", *FILES)
        self.summary_of("complement", *FILES[:-2])
        self.assertEqual(self.table("both", "folds"), self.table("complement", "folds"))

    def test_a_column_names_the_folds(self):
        summary = self.summary_of("run", "-s", "cv.column=f")
        self.assertEqual(summary["fits"]["planned"], 3 * 2)
        self.assertEqual([line["rows"] for line in self.table("run", "folds")], [12, 12, 12])
        shown = self.run_here("-s", "cv.column=f", "-n").stdout
        self.assertIn("1 features", shown)

    def test_ranks_and_resumes_see_the_same_splits(self):
        self.summary_of("one", *FILES)
        self.summary_of("three", *FILES, ranks=3)
        expect_same(self, self.folder / "one", self.folder / "three")
        # Other content is another experiment; another place is not.
        (self.folder / "index").rename(self.folder / "moved")
        moved = [word.replace("=index", "=moved") for word in FILES]
        self.assertEqual(self.run_here(*moved, "-o", "one", "--resume").returncode, 0)
        (self.folder / "moved" / "train_2.txt").write_text("39")
        done = self.run_here(*moved, "-o", "one", "--resume")
        self.assertEqual(done.returncode, 2, done.stderr)

    def test_every_mistake_is_one_line(self):
        expect_complaint(self, self.run_here(), 2, "does not say where the splits are")
        expect_complaint(self, self.run_here("-s", "cv.column=g"), 2, "cv.column names the column 'g' .*known: x, f, y")
        expect_complaint(self, self.run_here(*FILES, "-s", "cv.repeats=2"), 2, "cv.repeats = 2 would repeat the same folds")
        expect_complaint(self, self.run_here(*FILES, "-s", "cv.folds=4"), 3, r"test_3\.txt' cannot be read \(No such file")
        expect_complaint(self, self.run_here(*FILES, "-s", "data.test_fraction=0.2"), 2, "cv.test_index numbers the rows of data.train")
        self.write("train_1.txt", "1\n2\n7\n")
        expect_complaint(self, self.run_here(*FILES), 3, r"train_1\.txt:3: row 7 is trained on and tested in the same split")
        self.assertEqual(self.run_here(*FILES, ranks=2).returncode, 3)  # and not a hang
        self.write("test_1.txt", "1\n40\n")
        expect_complaint(self, self.run_here(*FILES), 3, r"test_1\.txt:2: names row 40 \(the training file has rows 0 to 39\)")


if __name__ == "__main__":
    unittest.main()
