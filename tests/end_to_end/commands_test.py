"""Every command does what its help and the README say, and what it prints can be read by programs."""
import csv
import io
import json
import re
import shutil
import subprocess
import unittest
from pathlib import Path

from jury_command import SOURCE, FolderTestCase, command, environment, expect_same, run, summary_of

SMALL = Path(__file__).with_name("small.toml")
DIGITS = SOURCE / "tests" / "data" / "digits.csv.gz"
COMMANDS = (["run"], ["resume"], ["validate"], ["predict"], ["show"], ["compare"], ["diff"], ["data", "info"], ["bench", "steps"], ["bench", "predict"],
            ["bench", "trace"], ["version"])
# Table, its rows in the small study, and a column each row has a number in.
TABLES = (("summary", None, "accuracy"), ("trials", 1, "value"), ("folds", 2 * 3, "accuracy"),
          ("members", 4 * (2 * 3 + 1) + 4 * 5, "n_train"), ("bias_variance", None, "mean_loss"), ("by_size", None, "mean.accuracy"))


class Commands(FolderTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finished = cls.root / "finished"
        done = run("run", SMALL, "-o", cls.finished, "--json")
        assert done.returncode == 0, done.stderr
        cls.summary = summary_of(done)

    def output_of(self, *arguments, code=0, **options):
        done = run(*arguments, **options)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout

    def copy(self):
        shutil.copytree(self.finished, self.folder / "copy")
        return self.folder / "copy"

    def test_help_shows_examples_before_options(self):
        overview = self.output_of("--help")
        self.assertEqual(overview, self.output_of("help"))
        for words in COMMANDS:
            name = " ".join(words)
            with self.subTest(command=name):
                self.assertRegex(overview, rf"(?m)^  {name} ")
                text = self.output_of(*words, "--help")
                self.assertEqual(text, self.output_of(*words, "-h"))
                self.assertTrue(text.startswith(f"Usage: jury {name}"), text)
                self.assertLess(text.index("Examples:"), text.index("--help"), text)
                self.assertIn(f"  jury {name}", text[text.index("Examples:"):])

    def test_help_lists_the_tables_of_show(self):
        text = self.output_of("show", "--help")
        for name, _, _ in TABLES:
            self.assertRegex(text, rf"(?m)^  {name} ")

    def test_version_names_the_libraries(self):
        text = self.output_of("version")
        self.assertEqual(text, self.output_of("--version"))
        self.assertRegex(text, r"^jury \d+\.\d+\.\d+")
        for library in ("MPI", "oneDNN", "HDF5", "xgboost", "instruction set"):
            self.assertRegex(text, rf"(?m)^{library} +\S")

    def test_validate_and_dry_run_say_what_would_be_done(self):
        for arguments in (["validate", SMALL], ["run", SMALL, "-n", "-o", self.folder / "run"]):
            with self.subTest(command=arguments[0]):
                text = self.output_of(*arguments)
                self.assertIn("120 rows for training, 200 for testing, 20 features, 2 classes", text)
                self.assertRegex(text, r"(?m)^ +place +layer +output +parameters +work %$")
                self.assertRegex(text, r"(?m)^ +0 +dense +8 +168 +90\.9$")
                self.assertRegex(text, r"(?m)^parameters 186 trained, 0 frozen, 0 in buffers$")
                self.assertRegex(text, r"(?m)^operations +0\.000352 MFLOP per sample to predict, [\d.]+ to train$")
                self.assertIn("48 fits: 24 of cross-validation, 20 of replicates, 4 of the final ensemble", text)
                self.assertRegex(text, r"(?m)^memory +\d.*per fit \(training in batches of 16 rows, 744 B of weights\)$")
                self.assertRegex(text, r"(?m)^work +[\d.]+ GFLOP")
                self.assertRegex(text, r"(?m)^ +1 rank +\d.* % busy$")
                self.assertRegex(text, r"(?m)^best +\d+ ranks?: ")
        self.assertFalse((self.folder / "run").exists())
        self.assertRegex(self.output_of("run", SMALL, "-n", ranks=2), r"(?m)^ranks +2 ")

    def test_a_simulation_says_how_it_would_go_on_many_ranks(self):
        text = self.output_of("run", SMALL, "--simulate", "ranks=100,nodes=4,tasks=2000,deaths=0.05", "-o", self.folder / "run")
        self.assertRegex(text, r"(?m)^simulated +100 ranks on 4 nodes, 99 of them training")
        self.assertRegex(text, r"(?m)^tasks +2000 done, 0 given up")
        self.assertRegex(text, r"(?m)^deaths +5 ranks$")
        self.assertRegex(text, r"(?m)^rank 0 +[\d.]+ % of the time busy")
        self.assertEqual(text, self.output_of("run", SMALL, "--simulate", "ranks=100,nodes=4,tasks=2000,deaths=0.05"))
        self.assertRegex(self.output_of("run", SMALL, "--simulate", "ranks=2"), r"(?m)^tasks +48 done")
        together = run("run", SMALL, "--simulate", "ranks=2", ranks=2)
        self.assertEqual((together.returncode, together.stdout.count("simulated ")), (0, 1), together.stdout)
        self.assertFalse((self.folder / "run").exists())

    def test_every_table_is_shown_in_every_format(self):
        for name, rows, column in TABLES:
            with self.subTest(table=name):
                table = self.output_of("show", self.finished, name)
                listed = list(csv.DictReader(io.StringIO(self.output_of("show", self.finished, name, "-f", "csv"))))
                objects = json.loads(self.output_of("show", self.finished, name, "--format", "json"))
                self.assertEqual(len(listed), len(objects))
                self.assertEqual(len(table.splitlines()), 1 + len(objects))
                self.assertEqual(len(objects), rows or len(objects))
                self.assertGreater(len(objects), 0)
                for text, values in zip(listed, objects):
                    self.assertEqual(list(text), list(values))
                    self.assertIsInstance(values[column], (int, float))
                    for key, value in values.items():
                        if isinstance(value, (int, float)):
                            self.assertEqual(float(text[key]), value)
                        else:
                            self.assertEqual(text[key], value or "")

    def test_show_takes_a_results_file_and_gives_the_summary_first(self):
        self.assertEqual(self.output_of("show", self.finished), self.output_of("show", self.finished / "results.h5", "summary"))

    def test_the_summary_is_json_for_programs(self):
        self.assertEqual(self.summary["fits"], {"planned": 48, "complete": 48, "diverged": 0, "failed": 0})
        self.assertTrue(self.summary["complete"])
        self.assertLess(self.summary["largest_residual"], 1e-9)
        written = json.loads((self.finished / "summary.json").read_text())
        self.assertEqual(written, self.summary)
        trial, = csv.DictReader(io.StringIO((self.finished / "trials.csv").read_text()))
        self.assertEqual(float(trial["value"]), self.summary["value"])

    def test_the_run_directory_holds_what_the_readme_says(self):
        names = {path.name for path in self.finished.iterdir()}
        self.assertLessEqual({"results.h5", "journal", "report.html", "summary.json", "trials.csv", "experiment.toml", "log.txt"}, names)
        self.assertEqual((self.finished / "experiment.toml").read_bytes(), SMALL.read_bytes())
        self.assertFalse(any(path.stat().st_mode & 0o002 for path in self.finished.rglob("*")))

    def test_a_page_is_written_of_what_is_finished_and_wanted(self):
        for settings in (["-s", "output.report=false"], ["--max-time", "0.001s"]):
            directory = self.folder / settings[1]
            self.assertNotIn("page: ", run("run", SMALL, "-o", directory, *settings).stdout)
            self.assertFalse((directory / "report.html").exists())
        done = run("resume", directory)
        self.assertIn(f"page:    {directory}/report.html\n", done.stdout)
        self.assertIn("<!doctype html>", (directory / "report.html").read_text()[:100].lower())

    def test_without_an_output_the_run_is_named_after_the_experiment(self):
        summary = summary_of(run("run", SMALL, "-s", f"output.dir={self.folder}", "--json"))
        directory = self.folder / f"small-{self.summary['identity'][:8]}"
        self.assertEqual(summary["directory"], str(directory))
        expect_same(self, self.finished, directory)

    def test_a_quiet_run_prints_nothing(self):
        done = run("run", SMALL, "-q", "-o", self.folder / "run")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_progress_is_as_asked(self):
        for style, pattern in (("none", r"\Ajury: .*\njury: .*\n\Z"), ("plain", r"(?m)^small: 48 of 48 fits"), ("json", r'(?m)^\{.*\}$')):
            with self.subTest(style=style):
                done = run("run", SMALL, "--progress", style, "-o", self.folder / style)
                self.assertRegex(done.stderr, pattern)

    def test_resuming_a_finished_run_does_nothing(self):
        copy = self.copy()
        before = {path: path.read_bytes() for path in copy.iterdir() if path.name in ("journal", "results.h5")}
        done = run("resume", copy)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("nothing is left to do", done.stderr)
        expect_same(self, self.finished, copy)
        self.assertEqual(before[copy / "journal"][:4096], (copy / "journal").read_bytes()[:4096])

    def test_results_are_made_again_from_the_journal(self):
        copy = self.copy()
        for name in ("results.h5", "report.html", "summary.json", "trials.csv"):
            (copy / name).unlink()
        done = run("resume", copy, "--results-only")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, rf"^jury: makes the results of {copy} from the \d+ fits in its journal \(0 left\)\n"
                                      r"jury: results.h5, trials.csv, summary.json, report.html are written, nothing was trained\n$")
        expect_same(self, self.finished, copy)
        self.assertIn(str(copy / "report.html"), self.output_of("report", copy))
        self.assertEqual((copy / "trials.csv").read_bytes(), (self.finished / "trials.csv").read_bytes())

    def test_more_members_repeats_and_replicates_extend_a_run(self):
        copy, fresh = self.copy(), self.folder / "fresh"
        more = ["-s", "ensemble.members=6", "-s", "cv.repeats=3", "-s", "bias_variance.replicates=5"]
        done = run("run", SMALL, "-o", copy, "--resume", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("47 fits (48 already done)", done.stderr)  # 6 x (3 x 3 + 1) + 5 x 7 = 95 in all
        self.output_of("run", SMALL, "-o", fresh, *more)
        expect_same(self, fresh, copy)

    def test_an_extension_that_was_stopped_goes_on_as_it_was_asked_for(self):
        copy, fresh = self.copy(), self.folder / "fresh"
        more = ["-s", "ensemble.members=30"]
        self.output_of("run", SMALL, "-o", copy, "--resume", "--max-time", "1ms", *more, code=75)
        done = run("resume", copy)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.output_of("run", SMALL, "-o", fresh, *more)
        expect_same(self, fresh, copy)

    def test_the_environment_sets_and_the_command_line_overrides(self):
        text = run("validate", SMALL, env=environment(JURY_SET="ensemble.members=2")).stdout
        self.assertIn("26 fits", text)  # 2 x 7 + 4 x 3
        text = run("validate", SMALL, "-s", "ensemble.members=3", env=environment(JURY_SET="ensemble.members=2")).stdout
        self.assertIn("37 fits", text)

    def test_data_info_describes_and_suggests_an_experiment_that_runs(self):
        text = self.output_of("data", "info", DIGITS, "-s", "target=digit")
        self.assertRegex(text, r"1797 rows for training, 0 for testing, classification")
        self.assertIn("class 3: 183 training", text)
        about = json.loads(self.output_of("data", "info", DIGITS, "-s", "target=digit", "-f", "json"))
        self.assertEqual(max(column["max"] for column in about["columns"] if column["max"] is not None), 16)
        self.assertEqual((about["n_train"], about["n_test"], about["task"], about["duplicates"]), (1797, 0, "classification", 0))
        self.assertEqual(about["classes"][3], {"class": "3", "n_train": 183, "n_test": 0})
        kinds = [column["kind"] for column in about["columns"]]
        self.assertEqual((len(kinds), kinds.count("target"), kinds.count("constant")), (65, 1, len(about["constant_columns"])))
        suggested = self.folder / "suggested.toml"
        suggested.write_text(self.output_of("data", "info", DIGITS, "-s", "target=digit", "--suggest"))
        self.assertIn("is valid", self.output_of("validate", suggested))
        self.output_of("run", suggested, "-o", self.folder / "run", "-s", "train.epochs=1", "-s", "ensemble.members=2")

    def test_the_experiment_of_the_readme_runs(self):
        text = next(block for block in re.findall(r"(?m)(?:^    .*\n|^\n)+", (SOURCE / "README.md").read_text()) if "schema = 1" in block)
        (self.folder / "wine.toml").write_text(re.sub(r"(?m)^    ", "", text))
        (self.folder / "wine.csv").write_text("acid,sugar,quality\n" + "".join(f"{i * 7 % 11},{i * 5 % 13},{'good' if i % 3 else 'bad'}\n" for i in range(60)))
        here = {"cwd": self.folder, "capture_output": True, "text": True, "env": environment()}

        def do(*words, ranks=None):
            done = subprocess.run(command(words, ranks), **here)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout

        quick = ("-s", "train.epochs=2", "-s", "ensemble.members=3")
        do("validate", "wine.toml")
        do("run", "wine.toml", "-s", "train.lr=0.01", "-n")
        do("data", "info", "wine.csv", "-s", "target=quality")
        do("run", "wine.toml", *quick, ranks=2)
        directory, = (self.folder / "runs").iterdir()
        self.assertRegex(directory.name, r"^\w+-[0-9a-f]{8}$")
        for table in ("members", "trials", "folds", "by_size"):
            self.assertTrue(do("show", directory, table))
        do("run", "wine.toml", *quick, "-o", "other")
        self.assertEqual(do("diff", directory, "other"), "the same results\n")
        do("resume", directory)


if __name__ == "__main__":
    unittest.main()
