"""Tables of one run and of several: sorted, cut, and fit for the terminal they are shown on."""
import csv
import io
import json
import subprocess
import unittest

from jury_command import SOURCE, ReferenceTestCase, command, environment, expect_complaint, on_terminal, run


class Show(ReferenceTestCase):
    experiment = SOURCE / "tests" / "end_to_end" / "small.toml"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.root / "other"
        done = run("run", cls.experiment, "-s", "train.lr=0.02", "-o", cls.other)
        assert done.returncode == 0, done.stderr

    def table(self, *arguments):
        done = run("show", *arguments, "-f", "csv")
        self.assertEqual(done.returncode, 0, done.stderr)
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def test_several_runs_are_a_line_each(self):
        lines = self.table(self.reference, self.other)
        self.assertEqual([line["run"] for line in lines], [str(self.reference), str(self.other)])
        for line in lines:
            summary = json.loads((self.root / line["run"] / "summary.json").read_text())
            self.assertEqual((line["name"], line["state"], line["judged_by"]), ("small", "finished", "accuracy, out of fold"))
            self.assertEqual((float(line["value"]), float(line["log_loss"])), (summary["value"], summary["scores"]["log_loss"]))
            self.assertEqual(line["hash"], summary["identity"][:8])
        by_loss = self.table(self.reference, self.other, "--sort", "log_loss", "--columns", "run,log_loss")
        self.assertEqual(list(by_loss[0]), ["run", "log_loss"])
        self.assertLess(float(by_loss[0]["log_loss"]), float(by_loss[1]["log_loss"]))
        self.assertEqual(self.table(self.reference, self.other, "--sort", "log_loss", "--reverse", "--top", "1", "-c", "run,log_loss"), by_loss[1:])

    def test_a_table_of_several_runs_says_which_line_is_of_which(self):
        lines = self.table(self.reference, self.other, "folds")
        self.assertEqual({line["run"] for line in lines}, {str(self.reference), str(self.other)})
        self.assertEqual([{k: v for k, v in line.items() if k != "run"} for line in lines if line["run"] == str(self.other)], self.table(self.other, "folds"))

    def test_values_of_several_scores_are_sorted_score_by_score(self):
        judged = self.root / "by_loss"
        done = run("run", self.experiment, "-s", "cv.metrics=[\"log_loss\"]", "-s", "train.epochs=1", "-o", judged, "-q")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = self.table(judged, self.reference, self.other, "--sort", "value")
        self.assertEqual([line["judged_by"].split(",")[0] for line in lines], ["accuracy", "accuracy", "log_loss"])
        self.assertGreaterEqual(float(lines[0]["value"]), float(lines[1]["value"]))

    def test_a_run_without_scores_shows_its_decompositions(self):
        bare = self.root / "decomposed"
        done = run("run", self.experiment, "-s", "cv=false", "-s", "bias_variance.replicates=2", "-s", "ensemble.method=none", "-s", "ensemble.members=1", "-s", "final.refit=false",
                   "-o", bare, "-q")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.table(bare), self.table(bare, "bias_variance"))
        self.assertTrue(self.table(bare))

    def test_on_a_terminal_lines_are_no_longer_than_it_is_wide(self):
        for columns in (20, 80):
            *lines, last = on_terminal(columns, "show", self.reference, "members", TERM="dumb").splitlines()
            self.assertLessEqual(max(map(len, lines)), columns)
            self.assertRegex(last, r"^\(too wide for .*; --columns or -f csv shows them\)$")
        self.assertEqual(on_terminal(10000, "show", self.reference, "members", TERM="dumb"), run("show", self.reference, "members").stdout)

    def test_columns_that_say_the_same_in_all_lines_give_way_first(self):
        shown = run("show", self.reference).stdout.split()[:4]
        self.assertEqual(shown[:3], ["source", "repeat", "predictor"])
        wide = next(line for line in range(200) if shown[3] in on_terminal(line + 1, "show", self.reference, "-n", "4", TERM="dumb").split("\n")[0]) + 1
        header, *_, left_out = on_terminal(wide, "show", self.reference, "-n", "4", TERM="dumb").splitlines()
        self.assertEqual(header.split(), ["source", "predictor", shown[3]])
        self.assertRegex(left_out, r"^\(too wide for repeat, ")

    def test_colours_are_for_terminals_that_want_them(self):
        self.assertTrue(on_terminal(80, "show", self.reference).startswith("\x1b[1msource"))
        for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertTrue(on_terminal(80, "show", self.reference, **variables).startswith("source"))
        self.assertNotIn("\x1b", run("show", self.reference, env=environment(TERM="xterm", NO_COLOR=None)).stdout)

    def test_a_reader_that_leaves_early_is_no_error(self):
        done = subprocess.run(f"{' '.join(command(['show', self.reference, 'members', '-f', 'json']))} | head -1", shell=True, capture_output=True, text=True,
                              env=environment(), timeout=60)
        self.assertEqual((done.stdout, done.stderr), ("[\n", ""))

    def test_misuse_is_one_clear_line(self):
        for arguments, message in (([self.reference, "member"], r"there is no table 'member' did you mean 'members'\?"),
                                   ([self.reference, "nope"], r"there is no table 'nope' \(known: leaderboard, summary, .*, tasks\)"),
                                   ([self.reference, "calibration"], r"/reference' has no table 'calibration' \(its experiment did not ask for it\) final.calibrate gives one"),
                                   ([self.root], r"is not a run of jury \(it has neither a journal nor results.h5\)"),
                                   ([self.reference, "nowhere/run"], r"there is no run at 'nowhere/run'"),
                                   ([self.reference, "folds", "--sort", "accurcy"], r"there is no column 'accurcy' did you mean 'accuracy'\?"),
                                   ([self.reference, "folds", "--columns", "fold,"], r"there is no column ''"),
                                   ([self.reference, "folds", "--top", "0"], r"--top 0 is no number of lines \(at least 1\)"),
                                   ([self.reference, "--follow", "--sort", "accuracy"], r"--follow shows how far a run is, and no table")):
            with self.subTest(message=message):
                expect_complaint(self, run("show", *arguments), 2, message)


if __name__ == "__main__":
    unittest.main()
