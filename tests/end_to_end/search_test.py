"""Searches: the same bytes on any number of ranks and after any crash, more trials later, what other commands make of them, wrong settings."""
import csv
import json
import random
import shutil
import subprocess
import unittest
from pathlib import Path

import h5py

from jury_command import expect_complaint, expect_same, kill_all, run, scratch, start, summary_of

EXPERIMENT = """schema = 1
[experiment]
name = "searched"
seed = 3
[data]
generator = "twonorm"
rows = 60
test_rows = 40
[model]
type = "mlp"
hidden = [4]
[train]
epochs = 9
batch = 16
[ensemble]
method = "bagging"
members = 2
[cv]
folds = 3
[search]
method = "random"
trials = 6
parallel = 3
objective = "log_loss"
[search.space]
"train.lr" = "loguniform(1e-4, 1e-1)"
"model.hidden" = "choice([2], [4], [8])"
"train.momentum" = { dist = "uniform(0, 0.9)", when = "train.optimizer == 'sgd'" }
"train.optimizer" = "choice('adam', 'sgd')"
"""
GRID = {"train.lr": "grid(0.001, 0.03)", "train.optimizer": "choice('adam', 'sgd')", "train.momentum": "grid(0.0, 0.5) when train.optimizer == 'sgd'"}
# Name, settings: what proposes and what stops, and what they are judged by.
SEARCHES = [
    ("random-none", []),
    ("tpe-asha", ["search.method=tpe", "search.pruner=asha", "search.trials=12", "search.tpe.startup=4"]),
    ("gp-race", ["search.method=gp", "search.pruner=race", "search.trials=8"]),
    ("tpe-race", ["search.method=tpe", "search.pruner=race", "search.rungs.resource=folds", "search.rungs.alpha=0.4", "search.trials=8", "search.tpe.startup=3"]),
    ("sobol-hyperband", ["search.method=sobol", "search.pruner=hyperband", "search.trials=12"]),
    ("cma_es-median", ["search.method=cma_es", "search.pruner=median", "search.rungs.interval=3", "search.rungs.startup_trials=2", "search.trials=8"]),
    ("oob", ["search.method=tpe", "search.objective=oob.log_loss", "cv=false", "search.pruner=asha", "search.rungs.resource=members", "ensemble.members=3"]),
    ("selection", ["search.method=tpe", "search.tpe.startup=4", "final.trials=selection", "ensemble.stack.picks=6"]),
    ("several", ["search.method=tpe", "search.objective=['log_loss', 'brier']", "ensemble.members='auto'", "ensemble.max_members=4", "ensemble.method=average"]),
]


def words_of(settings):
    return [word for setting in settings for word in ("-s", setting)]


class Search(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = scratch()
        cls.folder = Path(cls.scratch.name)
        cls.file = cls.folder / "searched.toml"
        cls.file.write_text(EXPERIMENT)
        cls.finished = cls.folder / "finished"
        done = run("run", cls.file, "-o", cls.finished, "--json")
        assert done.returncode == 0, done.stderr
        cls.summary = summary_of(done)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def new_folder(self):
        folder = scratch()
        self.addCleanup(folder.cleanup)
        return Path(folder.name)

    def done(self, directory, *words, ranks=None, code=0):
        done = run("run", self.file, "-o", directory, *words, "-q", ranks=ranks)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def table(self, directory, name="trials"):
        done = run("show", directory, name, "-f", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_ranks_make_the_bytes_of_one_process(self):
        for i, (name, settings) in enumerate(SEARCHES):
            with self.subTest(search=name):
                folder = self.new_folder()
                self.done(folder / "one", *words_of(settings))
                self.done(folder / "ranks", *words_of(settings), ranks=2 + i % 2)
                expect_same(self, folder / "one", folder / "ranks")

    def test_every_trial_is_in_the_tables(self):
        trials = self.table(self.finished)
        self.assertEqual([line["trial"] for line in trials], list(range(6)))
        self.assertEqual({line["state"] for line in trials}, {"complete"})
        best = min(trials, key=lambda line: line["value"])
        self.assertEqual(self.summary["search"]["chosen_trial"], best["trial"])
        self.assertEqual(best["value"], best["metric.log_loss"])
        self.assertAlmostEqual(self.summary["scores"]["log_loss"], best["value"], places=12)
        for line in trials:
            self.assertEqual(line["param.train.momentum"] is not None, line["param.train.optimizer"] == "sgd", line)
        fits = self.table(self.finished, "members")
        self.assertEqual(len(fits), 6 * 3 * 2 + 2)  # folds x members of each trial, and the ensemble of the chosen one
        self.assertEqual({fit["trial"] for fit in fits if fit["fold"] == -1}, {best["trial"]})
        listed = list(csv.DictReader((self.finished / "trials.csv").read_text().splitlines()))
        self.assertEqual([float(line["value"]) for line in listed], [line["value"] for line in trials])

    def test_more_trials_later_are_as_many_at_once(self):
        for name, settings in (("random-none", ["train.epochs=3"]), ("tpe-none", ["search.method=tpe", "search.tpe.startup=4", "train.epochs=3"]),
                               ("random-race", ["search.pruner=race", "search.rungs.resource=folds", "train.epochs=3"])):
            with self.subTest(search=name):
                folder = self.new_folder()
                words = words_of(settings)
                self.done(folder / "whole", *words, "-s", "search.trials=9")
                values = [line["value"] for line in self.table(folder / "whole")]
                for few in (1, 2, 5):
                    self.done(folder / "grown", *words, "-s", f"search.trials={few}", *(["--resume"] if few > 1 else []))
                self.done(folder / "grown", *words, "-s", "search.trials=9", "--resume")
                expect_same(self, folder / "whole", folder / "grown")
                self.assertEqual(len(values), 9)

    def test_a_stop_at_any_moment_writes_results_and_a_resume_ends_the_same(self):
        for name, settings in (SEARCHES[0], SEARCHES[1], SEARCHES[3], SEARCHES[5]):
            with self.subTest(search=name):
                folder = self.new_folder()
                self.done(folder / "whole", *words_of(settings))
                stops = 0
                for limit in ("1ms", "40ms", "80ms"):
                    done = run("run", self.file, "-o", folder / "stopped", *words_of(settings), "--resume", "--max-time", limit)
                    self.assertIn(done.returncode, (0, 75), done.stderr)
                    stops += done.returncode == 75
                    states = {line["state"] for line in self.table(folder / "stopped")}
                    self.assertLessEqual(states, {"complete", "running", "paused", "pruned"})
                self.assertGreater(stops, 0)
                self.assertEqual(run("resume", folder / "stopped", ranks=2).returncode, 0)
                expect_same(self, folder / "whole", folder / "stopped")
                self.assertFalse(any((folder / "stopped" / "checkpoints").glob("*/*")))

    def test_a_kill_and_lost_checkpoints_change_nothing(self):
        chance = random.Random(5)
        settings = words_of(SEARCHES[1][1] + ["train.epochs=27"])
        folder = self.new_folder()
        self.done(folder / "whole", *settings)
        for kill in range(3):
            process = start("run", self.file, *settings, "-o", folder / "killed", "--resume", ranks=chance.randint(1, 3))
            try:
                process.wait(timeout=chance.uniform(0.3, 0.9))
            except subprocess.TimeoutExpired:
                pass
            kill_all(process)
            if kill == 1:
                shutil.rmtree(folder / "killed" / "checkpoints", ignore_errors=True)
        self.done(folder / "killed", *settings, "--resume", ranks=2)
        expect_same(self, folder / "whole", folder / "killed")

    def file_of_rows(self, folder):
        """The experiment on two files of rows."""
        draw = random.Random(1)
        for name, rows in (("train", 60), ("test", 25)):
            lines = [(draw.gauss(0, 1), draw.gauss(0, 3)) for _ in range(rows)]
            (folder / f"{name}.csv").write_text("a,b,y\n" + "".join(f"{a:.4f},{b:.4f},{'yn'[a + b / 3 + draw.gauss(0, 1) > 0]}\n" for a, b in lines))
        data = f'train = "{folder}/train.csv"\ntest = "{folder}/test.csv"\ntarget = "y"\n[[preprocess]]\nstep = "standardize"\n[model]'
        file = folder / "rows.toml"
        file.write_text(EXPERIMENT.replace('generator = "twonorm"\nrows = 60\ntest_rows = 40\n[model]', data))
        return file

    def test_the_chosen_ensemble_predicts_what_was_stored(self):
        # The winner's own preprocessing, network, number of members and way to join, which are not those of the file.
        folder = self.new_folder()
        file = self.file_of_rows(folder)
        done = run("run", file, "-o", folder / "run", "-q", "--space", "ensemble.combine=const(['median'])", "--space", "ensemble.members=const(3)",
                   "--space", "model.activation=const('tanh')", "--space", "preprocess.0.step=const('minmax')", "-s", "search.trials=4")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = run("predict", folder / "run", folder / "test.csv", "-o", folder / "answers.h5", "--all", "--members", "-q")
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(folder / "run" / "results.h5") as stored, h5py.File(folder / "answers.h5") as answers:
            for mine, theirs in (("proba", "members"), ("mean", "mean"), ("combined", "combined")):
                expected = stored["predictions/test"][mine][()]
                found = next((answers[path][()] for path in paths_of(answers) if path.split("/")[-1] in (mine, theirs)), None)
                if found is not None:
                    self.assertEqual(found.tobytes(), expected.reshape(found.shape).tobytes(), mine)
            chosen = stored["selection"].attrs["chosen_trial"]
            architecture, = stored["models"]
            self.assertEqual(list(stored["models"][architecture]["trial"]), [chosen] * 3)
            self.assertEqual(json.loads(stored["config/resolved_json"][()])["model"]["activation"], "tanh")

    def test_selected_trials_answer_as_one(self):
        folder = self.new_folder()
        file = self.file_of_rows(folder)
        done = run("run", file, "-o", folder / "run", "--json", "-s", "final.trials=selection")
        self.assertEqual(done.returncode, 0, done.stderr)
        selected = summary_of(done)["search"]["selected"]
        self.assertAlmostEqual(sum(selected["weights"]), 1)
        self.assertEqual([line["trial"] for line in self.table(folder / "run", "selected")], selected["trials"])
        self.assertEqual(run("predict", folder / "run", folder / "test.csv", "-o", folder / "answers.h5", "--all", "-q").returncode, 0)
        with h5py.File(folder / "run" / "results.h5") as stored, h5py.File(folder / "answers.h5") as answers:
            self.assertEqual(answers["combined"][()].tobytes(), stored["predictions/test/combined"][()].tobytes())
        # What was searched before serves a selection later.
        self.assertEqual(run("run", file, "-o", folder / "later", "-q").returncode, 0)
        compared = json.loads(run("compare", folder / "run", folder / "later", "--json").stdout)
        self.assertAlmostEqual(compared["runs"][0]["value"], selected["cross_fitted_value"])
        self.assertEqual(run("run", file, "-o", folder / "later", "-q", "--resume", "-s", "final.trials=selection").returncode, 0)
        expect_same(self, folder / "run", folder / "later")

    def test_other_commands_work_on_searches(self):
        folder = self.new_folder()
        self.done(folder / "other", "-s", "search.trials=4")
        self.assertIn("trial", run("show", self.finished, "trials").stdout)
        self.assertEqual(run("diff", self.finished, folder / "other").returncode, 1)
        done = run("compare", self.finished, folder / "other")
        self.assertEqual(done.returncode, 0, done.stderr)
        compared = json.loads(run("compare", self.finished, folder / "other", "--json").stdout)
        self.assertTrue(compared)
        self.assertIn("honest", run("run", self.file, "-o", folder / "text").stdout)

    def test_points_that_do_not_go_together_are_failed_trials(self):
        folder = self.new_folder()
        self.done(folder / "run", "-s", "ensemble.method=pasting", "-s", "ensemble.samples=0.5", "--space", "ensemble.samples=choice(0.5, 1.0)")
        trials = self.table(folder / "run")
        for line in trials:
            whole = line["param.ensemble.samples"] == 1
            self.assertEqual(line["state"], "failed" if whole else "complete")
            self.assertEqual("needs ensemble.samples below 1" in (line["error"] or ""), whole, line)
        self.assertEqual({line["state"] for line in trials}, {"failed", "complete"})
        done = self.run_with("--space", "ensemble.samples=const(1.0)", "-s", "ensemble.method=pasting", "-s", "ensemble.samples=0.5")
        expect_complaint(self, done, 2, r"none of 6 points can be trained; the first, .*ensemble\.samples = 1\.0.*: .*needs ensemble\.samples below 1")

    def test_trials_that_all_diverge_are_an_exit_code(self):
        done = run("run", self.file, "-o", self.new_folder() / "run", "-s", "data.generator=friedman1", "-s", "search.objective=mse", "-s", "train.optimizer=sgd",
                   "--space", "train.optimizer=const('sgd')", "--space", "train.lr=const(1000000.0)", "-s", "train.epochs=60", "-s", "search.trials=2")
        self.assertEqual(done.returncode, 4, done.stderr)

    def run_with(self, *words):
        return run("validate", self.file, *words)

    def test_validate_says_what_is_searched(self):
        text = run("validate", self.file).stdout
        self.assertRegex(text, r"(?m)^search +random: 6 trials, 3 at once by the virtual clock, judged by log_loss, the less the better$")
        self.assertRegex(text, r"(?m)^ +train\.momentum +uniform\(0, 0\.9\) when train\.optimizer == 'sgd'$")
        self.assertRegex(text, r"(?m)^trial +6 fits, [\d.]+ to [\d.]+ GFLOP \(of the first 6\)$")
        self.assertRegex(text, r"(?m)^work +[\d.]+ GFLOP for 6 whole trials, then 2 fits of the chosen one")
        text = run("run", self.file, "-n", *words_of(["search.pruner=hyperband", "train.epochs=81", "search.trials=200"])).stdout
        self.assertIn("81 trials, looked at after 1, 3, 9, 27, 81 epochs", text)
        words = [word for path, text in GRID.items() for word in ("--space", f"{path}={text}")]
        text = run("validate", self.file, *words, "-s", "search.method=grid", "-s", "search.pruner=race").stdout
        self.assertIn("18 points in all", text)  # 3 sizes x 2 steps x (adam, or sgd with 2 momenta)
        self.assertIn("looked at after 1, 3 epochs of the first fold and each of 3 folds", text)

    def test_a_space_on_the_command_line_is_that_of_the_file(self):
        folder = self.new_folder()
        (folder / "less.toml").write_text(EXPERIMENT.replace('"train.lr" = "loguniform(1e-4, 1e-1)"', '"train.lr" = "uniform(0, 9)"'))
        done = run("run", folder / "less.toml", "-o", folder / "run", "-q", "--space", "train.lr=loguniform(1e-4, 1e-1)")
        self.assertEqual(done.returncode, 0, done.stderr)
        expect_same(self, self.finished, folder / "run")

    def test_wrong_settings_are_one_line_before_any_training(self):
        def space(entry):
            return ["--space", entry]

        for words, message in (
                (space("train.lrr=uniform(0, 1)"), r"--space: unknown key 'train\.lrr'.*did you mean 'lr'"),
                (space("trian.lr=uniform(0, 1)"), r"--space: search\.space: 'trian\.lr' cannot be searched .*train"),
                (space("data.rows=int(1, 3)"), r"'data\.rows' cannot be searched \(only settings of preprocess, model, train, trees, ensemble can\)"),
                (space("train.optimizer=choice('sgd', 'sdg')"), r'--space: train\.optimizer = "sdg" is unknown \(must be one of .*sgd'),
                (space("model.dropout=uniform(0, 1)"), r"--space: model\.dropout = 1.* is out of range \(must be in \[0, 0\.95\]\)"),
                (space("train.epochs=uniform(1, 5)"), r"--space: train\.epochs = .* is a number \(must be a whole number\)"),
                (space("train.lr=unif(1)"), r"--space: search\.space 'train\.lr' = \"unif\(1\)\" is wrong at"),
                (space("preprocess.0.with=choice('mean')"), r"search\.space 'preprocess\.0\.with' is no setting"),
                (space("model.from=choice('a', 'b')"), r"'model\.from' cannot be searched"),
                (["--space", "x"], r"--space: 'x' has no setting"),
                (words_of(["search.pruner=asha"]) + space("train.epochs=int(1, 9)"), r"--space: search\.pruner = \"asha\" does not go with train\.epochs in the space"),
                (words_of(["search.pruner=asha"]) + space("ensemble.members=choice(2, 'auto')"), r"does not go with ensemble\.members = \"auto\" in the space"),
                (words_of(["search.pruner=asha", "ensemble.method=adaboost"]), r"does not go with ensemble\.method = \"adaboost\".*set search\.rungs\.resource to \"folds\""),
                (words_of(["search.pruner=asha", "search.rungs.min_resource=10"]), r"the lowest rung has 10 of only 9 units of epochs"),
                (words_of(["search.pruner=race", "search.rungs.resource=folds", "cv.method=holdout"]), r"\"race\" has 1 fold to race over"),
                (words_of(["search.objective=oob.log_loss", "search.pruner=race"]), r"over folds needs an objective of folds"),
                (words_of(["search.objective=oob.log_loss", "final.refit=false"]), r"is of the final ensemble, and there is none"),
                (words_of(["search.objective=oob.log_loss", "ensemble.method=average"]), r"needs members with rows out of their bags"),
                (words_of(["cv=false"]), r"search\.objective = \"log_loss\" has no rows to be scored on \(give \[cv\]"),
                (words_of(["search.objective=foo"]), r"there is no score 'foo'"),
                (words_of(["search.objective=rmse"]), r"rmse"),
                (words_of(["search.direction=up"]), r"search\.direction = \"up\" is unknown"),
                (words_of(["search.method=tpo"]), r"search\.method = \"tpo\" is unknown"),
                (words_of(["search.method=grid"]), r"searched\.toml:\d+:1: search\.space 'train\.lr' has endless values"),
                (words_of(["search.space=3"]), r"search\.space = 3 is a whole number \(must be a table\)"),
                (words_of(["search.space={}"]), r"search\.space is empty"),
                (words_of(["search.start=[{train.lr=5}]"]), r"train\.lr = 5 is outside the space"),
                (words_of(["search.trials=0"]), r"search\.trials = 0 is out of range"),
                (words_of(["search.pruner=ahsa"]), r"search\.pruner = \"ahsa\" is unknown")):
            with self.subTest(words=words):
                expect_complaint(self, self.run_with(*words), 2, message)
        file = self.new_folder() / "wrong.toml"
        file.write_text(EXPERIMENT + '"train.lrr" = "uniform(0, 1)"\n"model.dropout" = "uniform(0, 1)"\n')
        line = EXPERIMENT.count("\n") + 1
        self.assertEqual(run("run", file, ranks=2).returncode, 2)  # and not a hang
        expect_complaint(self, run("run", file), 2, rf"wrong\.toml:{line}:1: unknown key 'train\.lrr'", rf"wrong\.toml:{line + 1}:1: model\.dropout = 1")

    def test_another_space_is_another_run(self):
        folder = self.new_folder()
        shutil.copytree(self.finished, folder / "copy")
        done = run("run", self.file, "-o", folder / "copy", "--resume", "--space", "train.lr=loguniform(1e-5, 1e-1)")
        self.assertEqual(done.returncode, 2, done.stderr)
        done = run("run", self.file, "-o", folder / "copy", "--resume")
        self.assertIn("nothing is left to do", done.stderr)


def paths_of(file):
    """All arrays of an HDF5 file."""
    found = []
    file.visititems(lambda path, item: found.append(path) if isinstance(item, h5py.Dataset) else None)
    return found


if __name__ == "__main__":
    unittest.main()
