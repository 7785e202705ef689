"""jury run, resume and launch --json: every line is an object, and what it says is on disk."""
import json
import os
import signal
import subprocess
import unittest
from pathlib import Path

import h5py

from jury_command import FolderTestCase, JURY, command, environment, events_of, expect_same, run

SMALL = Path(__file__).with_name("small.toml")
LONG = [SMALL, *(word for setting in ("data.rows=1000", "train.epochs=40", "train.batch=4", "bias_variance=false", "final.refit=false", "cv.repeats=50")
                 for word in ("-s", setting))]
SEARCH = """
[data]
generator = "ringnorm"
rows = 100
[model]
type = "mlp"
hidden = [4]
[train]
epochs = 2
[cv]
folds = 2
[search]
method = "random"
trials = 6
[search.space]
"train.lr" = "loguniform(1e-4, 1e-1)"
"""


def kinds_of(events):
    return [event["event"] for event in events]


def keys_in(table):
    """The task of each row of /timing/tasks."""
    names = ("trial", "outer", "repeat", "fold", "replicate", "base", "inner", "member", "rung")
    columns = [table[name][()] for name in names]
    return [{name: int(index) for name, index in zip(names, row) if index != -1 or name == "trial"} for row in zip(*columns)]


class Events(FolderTestCase):
    def test_a_run_is_told_from_its_start_to_its_end(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                directory = self.folder / f"run{ranks}"
                done = run("run", SMALL, "-o", directory, "--json", ranks=ranks)
                self.assertEqual(done.returncode, 0, done.stderr)
                events = events_of(done.stdout)
                self.assertEqual((events[0]["event"], events[0]["session"], events[0]["ranks"], events[0]["left"]), ("started", 1, ranks or 1, 48))
                self.assertEqual((events[-1]["event"], events[-1]["exit_code"]), ("finished", 0))
                self.assertEqual(events[-1]["summary"], json.loads((directory / "summary.json").read_text()))
                self.assertIn("results: ", done.stderr)  # for people
                files, = [event["files"] for event in events if event["event"] == "results"]
                self.assertEqual(files, ["results.h5", "trials.csv", "summary.json", "report.html"])
                records = [event for event in events if event["event"] == "record"]
                with h5py.File(directory / "results.h5") as file:
                    self.assertCountEqual([event["key"] for event in records], keys_in(file["timing/tasks"]))
                    self.assertEqual(sorted(event["rank"] for event in records), sorted(file["timing/tasks/rank"][()]))
                seconds = [event["seconds"] for event in events]
                self.assertEqual(seconds, sorted(seconds))

    def test_what_ranks_did_stands_under_timing(self):
        directory = self.folder / "run"
        self.assertEqual(run("run", *LONG[:1], "-o", directory, "-q", ranks=2).returncode, 0)
        with h5py.File(directory / "results.h5") as file:
            tasks, ranks, use = file["timing/tasks"], file["timing/ranks"], file["timing/utilisation"]
            for row, rank in enumerate(ranks["rank"]):
                mine = tasks["rank"][()] == rank
                self.assertEqual(ranks["tasks"][row], mine.sum())
                self.assertAlmostEqual(ranks["busy"][row], tasks["duration"][mine].sum())
                self.assertGreaterEqual(ranks["peak_memory"][row], tasks["peak_memory"][mine].max())
                self.assertGreater(ranks["peak_memory"][row], 5e6)
                self.assertTrue(0 < ranks["utilisation"][row] <= 1)
            width = use["until"][0] - use["from"][0]
            self.assertAlmostEqual((use["busy"][()] * width).sum(), tasks["duration"][()].sum(), places=9)
            self.assertEqual(use["waiting"][-1], 0)
        for table in ("timing", "utilisation", "tasks"):
            self.assertIn("rank", run("show", directory, table).stdout)
        # Made again from the journal it says the same of the ranks that trained.
        before = run("show", directory, "timing", "-f", "json").stdout
        self.assertEqual(run("resume", directory, "--results-only").returncode, 0)
        after = run("show", directory, "timing", "-f", "json").stdout
        pick = lambda text: [(row["rank"], row["tasks"], row["busy"], row["utilisation"]) for row in json.loads(text)]
        self.assertEqual(pick(before), pick(after))

    def test_stops_and_resumes_are_told(self):
        directory = self.folder / "run"
        done = run("run", *LONG, "-o", directory, "--json", "--max-time", "1s")
        events = events_of(done.stdout)
        self.assertEqual((done.returncode, events[-1]["exit_code"]), (75, 75), done.stderr)
        self.assertIn("stopping", kinds_of(events))
        recorded = kinds_of(events).count("record")
        self.assertGreater(recorded, 0)
        events = events_of(run("resume", directory, "--json", "--max-time", "1s").stdout)
        self.assertEqual((events[0]["session"], events[0]["done"]), (2, recorded))

    def test_trials_are_told_with_their_value(self):
        file = self.folder / "search.toml"
        file.write_text(SEARCH)
        done = run("run", file, "-o", self.folder / "run", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        trials = [event for event in events_of(done.stdout) if event["event"] == "trial"]
        shown = json.loads(run("show", self.folder / "run", "trials", "-f", "json").stdout)
        self.assertEqual({event["trial"]: event["value"] for event in trials}, {row["trial"]: row["value"] for row in shown})
        best = [event["trial"] for event in trials if event["best"]]
        self.assertEqual(best[-1], events_of(done.stdout)[-1]["summary"]["search"]["chosen_trial"])

    def test_an_error_ends_the_events_with_its_code(self):
        directory = self.folder / "run"
        self.assertEqual(run("run", SMALL, "-o", directory, "-q").returncode, 0)
        done = run("run", SMALL, "-o", directory, "--json")
        self.assertEqual(done.returncode, 2)
        events = events_of(done.stdout)
        self.assertEqual((kinds_of(events), events[0]["exit_code"]), (["finished"], 2))
        self.assertIn("finished run", events[0]["error"])

    def test_a_reader_that_leaves_or_sleeps_does_not_end_the_run(self):
        reference, directory = self.folder / "reference", self.folder / "run"
        self.assertEqual(run("run", SMALL, "-o", reference, "-q").returncode, 0)
        process = subprocess.Popen(command(["run", SMALL, "-o", directory, "--json", "-q"]), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(60), 0, process.stderr.read())
        process.stderr.close()
        expect_same(self, reference, directory)
        done = subprocess.run([*command(["run", SMALL, "-o", self.folder / "full", "--json", "-q"])], stdout=open("/dev/full", "w"),
                              stderr=subprocess.PIPE, text=True, env=environment())
        self.assertEqual(done.returncode, 74)
        self.assertIn("standard output cannot be written", done.stderr)
        expect_same(self, reference, self.folder / "full")


class LaunchedEvents(FolderTestCase):
    def test_every_line_is_whole_though_the_coordinator_is_killed(self):
        directory, reference = self.folder / "run", self.folder / "reference"
        words = [*LONG, "-s", "cv.repeats=3", "-o"]
        self.assertEqual(run("run", *words, reference, "-q").returncode, 0)
        process = subprocess.Popen([JURY, "launch", *map(str, [*words, directory]), "-n", "2", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env=environment())
        lines, victim = [], None
        for line in process.stdout:
            lines.append(line)
            event = json.loads(line)
            if event["event"] == "started":
                pid = event["pid"]
            if event["event"] == "record" and victim is None and len(lines) > 5:
                victim = pid
                os.kill(victim, signal.SIGKILL)
        said = process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(120), 0, said)
        process.stdout.close()
        kinds = [json.loads(line)["event"] for line in lines]
        self.assertEqual((kinds.count("started"), kinds.count("attempt"), kinds.count("finished"), kinds[-1]), (2, 1, 1, "finished"))
        self.assertGreaterEqual(kinds.count("record"), 5)
        expect_same(self, reference, directory)


if __name__ == "__main__":
    unittest.main()
