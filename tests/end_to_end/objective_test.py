"""Searches over built-in functions: the same bytes on any number of ranks, in any order of arrival, after kills and
when more trials are asked for; and what cannot be asked for."""
import random
import time
import unittest
from pathlib import Path

from jury_command import expect_complaint, expect_same, kill_all, run, scratch, start

# What each of them does differently: adaptive proposals, brackets that wait, and a model of all that is known.
SEARCHES = {
    "tpe-asha": ("mixed", "tpe", "asha", 40),
    "hyperband": ("hartmann6", "random", "hyperband", 60),
    "gp": ("branin", "gp", "none", 16),
}


def experiment(folder, name, function, method, pruner, trials):
    path = Path(folder) / f"{name}.toml"
    path.write_text(f"""
[experiment]
name = "{name}"
[objective]
function = "{function}"
noise = 0.05
bias = 0.3
[search]
method = "{method}"
pruner = "{pruner}"
trials = {trials}
parallel = 4
""")
    return path


class Objective(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = scratch()
        cls.here = Path(cls.folder.name)
        cls.files, cls.references = {}, {}
        for name, search in SEARCHES.items():
            cls.files[name] = experiment(cls.here, name, *search)
            cls.references[name] = cls.here / f"{name}-reference"
            done = run("run", cls.files[name], "-o", cls.references[name])
            assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_ranks_and_random_delays_change_nothing(self):
        for (name, file), ranks in zip(self.files.items(), (2, 3, 4)):
            with self.subTest(search=name, ranks=ranks):
                directory = self.here / f"{name}-{ranks}"
                done = run("run", file, "-o", directory, "-s", "objective.delay=0.003", ranks=ranks)
                self.assertEqual(done.returncode, 0, done.stderr)
                expect_same(self, self.references[name], directory)

    def test_sigkill_at_random_moments_loses_nothing(self):
        chance = random.Random(20260101)
        for name, file in self.files.items():
            with self.subTest(search=name):
                directory = self.here / f"{name}-killed"
                for _ in range(3):
                    process = start("run", file, "-o", directory, "--resume", "-s", "objective.delay=0.01")
                    # The moment is the experiment here, not a wait for something to happen.
                    time.sleep(chance.uniform(0.05, 0.4))
                    kill_all(process)
                done = run("run", file, "-o", directory, "--resume")
                self.assertEqual(done.returncode, 0, done.stderr)
                expect_same(self, self.references[name], directory)
                self.assertFalse((directory / "trial_settings").exists())

    def test_more_trials_extend_a_finished_run(self):
        file = experiment(self.here, "extended", "branin", "tpe", "none", 15)
        for name, trials in (("extended", 15), ("extended", 40), ("whole", 40)):
            done = run("run", file, "-o", self.here / name, "--resume", "-s", f"search.trials={trials}")
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("40 trials", done.stdout)
        expect_same(self, self.here / "whole", self.here / "extended")

    def test_the_end_names_the_best_trial_and_how_far_it_is_off(self):
        file = experiment(self.here, "sobol", "branin", "sobol", "none", 64)
        done = run("run", file, "-o", self.here / "sobol", "-s", "objective.noise=0", "--require", "branin<=5")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"branin: [0-9.]+ at trial \d+: x1 = .*, x2 = ")
        self.assertEqual(len((self.here / "sobol" / "trials.csv").read_text().splitlines()), 65)
        shown = run("show", self.here / "sobol", "trials")
        self.assertIn("param.objective.point.x1", shown.stdout)
        again = run("resume", self.here / "sobol", "--require", "branin<=0.1")
        self.assertEqual(again.returncode, 5, again.stderr)

    def test_what_cannot_be_is_said_before_anything_runs(self):
        file = experiment(self.here, "bad", "branin", "random", "none", 5)
        for setting, message in (
            ("data.train=a.csv", r"\[data\] does not go with \[objective\]"),
            ("train.epochs=5", r"\[train\] does not go with \[objective\]"),
            ("objective.function=brannin", "objective.function"),
            ("objective.dims=3", "objective.dims does not apply to branin"),
            ("search=false", r"needs a \[search\]"),
            ("search.objective=accuracy", "search.objective does not go"),
            ("search.pruner=race", "search.pruner does not go"),
            ("search.space.train.lr=uniform(0, 1)", "'train.lr' is no parameter of branin"),
        ):
            with self.subTest(setting=setting):
                done = run("run", file, "-o", self.here / "bad", "-s", setting)
                expect_complaint(self, done, 2, message)
                self.assertFalse((self.here / "bad").exists())
        expect_complaint(self, run("run", file, "-o", self.here / "bad", "--require", "accuracy>=1"), 2, "which is not scored")


if __name__ == "__main__":
    unittest.main()
