"""Runs that are stopped, starved or diverge: the exit code says so, what was done is kept, and a resume ends the same."""
import json
import os
import re
import resource
import select
import signal
import subprocess
import unittest
from pathlib import Path

import h5py

from jury_command import FolderTestCase, command, environment, expect_complaint, expect_same, run

SMALL = Path(__file__).with_name("small.toml")


def study(repeats):
    """An experiment of 12 fits a repeat, each about 40 ms. Counts are no part of the identity: a run of
    many repeats that was stopped can be continued with fewer."""
    settings = ("data.rows=1000", "train.epochs=40", "train.batch=4", "bias_variance=false", "final.refit=false",
                f"cv.repeats={repeats}")
    return [SMALL, *(word for setting in settings for word in ("-s", setting))]


def begin(directory, *options, ranks=None):
    """A running study of minutes, given back when its first fit is in the journal."""
    process = subprocess.Popen(command(["run", *study(repeats=200), "-o", directory, "--progress", "none", *options], ranks),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())
    journal = directory / "journal"
    begun = None
    while process.poll() is None:
        size = journal.stat().st_size if journal.exists() else 0
        begun = begun or size
        if size > begun:
            break
        select.select([], [], [], 0.005)
    return process


class Stops(FolderTestCase):
    def expect_stopped(self, process, directory):
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, said)
        self.assertNotRegex(said, "terminate called|core dumped|internal error")
        check = run("resume", directory, "--check")
        self.assertEqual(check.returncode, 0, check.stdout)
        self.assertRegex(check.stdout, r"sound, [1-9]\d* records, unfinished")

    def expect_ends_the_same(self, directory):
        """The stopped run, continued to its first repeat, holds what an undisturbed run of it holds."""
        reference = self.folder / "reference"
        self.assertEqual(run("run", *study(repeats=1), "-o", reference).returncode, 0)
        done = run("run", *study(repeats=1), "-o", directory, "--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        expect_same(self, reference, directory)

    def test_every_signal_that_asks_for_it_stops_a_run_to_be_resumed(self):
        for name in ("SIGUSR1", "SIGTERM", "SIGINT"):
            with self.subTest(signal=name):
                directory = self.folder / name
                process = begin(directory)
                process.send_signal(getattr(signal, name))
                self.expect_stopped(process, directory)
        self.expect_ends_the_same(directory)

    def test_a_signal_to_mpirun_stops_its_ranks(self):
        directory = self.folder / "run"
        process = begin(directory, ranks=2)
        process.send_signal(signal.SIGUSR1)
        self.expect_stopped(process, directory)
        self.expect_ends_the_same(directory)

    def test_a_signal_while_data_are_read_stops_the_run_before_its_first_fit(self):
        data, experiment, directory = self.folder / "data.csv", self.folder / "data.toml", self.folder / "run"
        data.write_text("a,b,y\n" + "0.25,-1.5,yes\n1.75,2.5,no\n" * 500_000)
        experiment.write_text('[data]\ntrain = "data.csv"\ntarget = "y"\n[model]\ntype = "linear"\n[cv]\nfolds = 5\n')
        process = subprocess.Popen(command(["run", experiment, "-o", directory, "--progress", "none"]),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())
        has_read = lambda: int(re.match(r"rchar: (\d+)", Path(f"/proc/{process.pid}/io").read_text())[1])
        while True:  # it stands still while it is looked at
            process.send_signal(signal.SIGSTOP)
            if has_read() > data.stat().st_size / 2:
                break
            process.send_signal(signal.SIGCONT)
            select.select([], [], [], 0.001)
        self.assertFalse(directory.exists())
        process.send_signal(signal.SIGUSR1)
        process.send_signal(signal.SIGCONT)
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, said)
        self.assertRegex(run("resume", directory, "--check").stdout, r"sound, 0 records, unfinished")

    def test_sigusr2_writes_results_and_goes_on(self):
        directory = self.folder / "run"
        process = begin(directory)
        self.assertFalse((directory / "results.h5").exists())
        process.send_signal(signal.SIGUSR2)
        while process.poll() is None and not (directory / "results.h5").exists():
            select.select([], [], [], 0.005)
        self.assertIsNone(process.poll(), "the run ended")
        shown = run("show", directory, "members", "-f", "json")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertLess(len(json.loads(shown.stdout)), 2400)
        process.send_signal(signal.SIGUSR1)
        self.expect_stopped(process, directory)

    def test_a_time_that_is_too_short_leaves_the_rest_for_later(self):
        directory = self.folder / "run"
        done = run("run", *study(repeats=200), "-o", directory, "--max-time", "1ms")
        expect_stop = [line for line in done.stderr.splitlines() if "stopped early (out of time)" in line]
        self.assertEqual((done.returncode, len(expect_stop)), (75, 1), done.stderr)
        self.assertIn(f"jury resume {directory}", expect_stop[0])
        self.expect_ends_the_same(directory)

    def test_tasks_that_take_too_long_are_ended_and_tried_again_by_a_resume(self):
        long = [*study(repeats=1), "-s", "train.epochs=4000", "-s", "ensemble.members=1"]
        directory, reference = self.folder / "run", self.folder / "reference"
        done = run("run", *long, "-o", directory, "-s", "budget.per_task=200ms", "--progress", "none")
        self.assertEqual(done.returncode, 4, done.stderr)
        with h5py.File(directory / "results.h5") as file:
            self.assertEqual(set(file["fits/state"].asstr()), {"timed_out"})
            self.assertEqual(file.attrs["deterministic"], 0)
        self.assertEqual(run("run", *long, "-o", reference, ranks=2).returncode, 0)
        done = run("run", *long, "-o", directory, "--resume", "-s", "budget.per_task=10min", ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        expect_same(self, reference, directory)
        with h5py.File(directory / "results.h5") as file:
            self.assertEqual(file.attrs["deterministic"], 1)

    def test_the_end_of_a_slurm_job_is_a_limit_without_any_signal(self):
        scontrol = self.folder / "scontrol"
        scontrol.write_text('#!/bin/sh\n[ "$*" = "show job 4711_3" ] && echo " EndTime=$(($(date +%s) + 2)) "\n')
        scontrol.chmod(0o755)
        job = environment(PATH=f"{self.folder}:{os.environ['PATH']}", SLURM_JOB_ID="4714", SLURM_ARRAY_JOB_ID="4711", SLURM_ARRAY_TASK_ID="3",
                          SLURM_JOB_END_TIME=None)
        directory = self.folder / "run"
        done = run("run", *study(repeats=200), "-o", directory, "--max-time", "1h", env=job)
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertIn("stopped early (out of time)", done.stderr)
        self.assertRegex((directory / "log.txt").read_text(), r"the Slurm job ends in \S+ m?s; stops after")
        self.expect_ends_the_same(directory)

    def test_what_could_not_be_done_in_time_is_not_begun(self):
        experiment, directory = self.folder / "wide.toml", self.folder / "run"
        experiment.write_text('''
[experiment]
seed = 2
[data]
generator = "ringnorm"
rows = 1000
[model]
type = "mlp"
[train]
epochs = 1
batch = 4
[cv]
method = "holdout"
[search]
method = "tpe"
trials = 2
parallel = 1
[search.space]
"model.hidden" = "choice([4], [4000, 4000])"
''')
        # The second trial takes many minutes at the pace of the first, and leaves nothing before it is done.
        done = run("run", experiment, "-o", directory, "--max-time", "20s", "--progress", "none")
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertIn("stopped early (out of time)", done.stderr)
        self.assertIn("stopping: nothing that is left can be done in time", (directory / "log.txt").read_text())
        self.assertRegex(run("resume", directory, "--check").stdout, r"sound, 1 records, unfinished")

    def expect_starved(self, directory, done, why):
        """It ended for want of room, and what it said was done is kept."""
        expect_complaint(self, done, 74, why)
        check = run("resume", directory, "--check")
        self.assertRegex(check.stdout, r"sound, [1-9]\d* records, unfinished", check.stderr)

    def expect_goes_on(self, directory, reference):
        done = run("resume", directory)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("already done", done.stderr)
        expect_same(self, reference, directory)

    def test_a_file_that_may_not_grow_ends_a_run_that_can_be_resumed(self):
        directory, reference = self.folder / "run", self.folder / "reference"
        self.assertEqual(run("run", *study(repeats=3), "-o", reference).returncode, 0)
        limit = (reference / "journal").stat().st_size // 2
        done = subprocess.run(command(["run", *study(repeats=3), "-o", directory, "--progress", "none"]), capture_output=True, text=True,
                              env=environment(), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        self.expect_starved(directory, done, r"File too large")
        self.expect_goes_on(directory, reference)

    def test_diverging_trainings_are_records_and_no_crash(self):
        diverging = ["-s", "data.generator=friedman1", "-s", "train.optimizer=sgd", "-s", "train.lr=1e6", "-s", "ensemble.combine=['mean']"]
        directory = self.folder / "run"
        done = run("run", SMALL, "-o", directory, *diverging, "--progress", "none")
        expect_complaint(self, done, 4, r"member 0: diverged \(.*epoch", r"did not complete")
        states = {row["state"] for row in json.loads(run("show", directory, "members", "-f", "json").stdout)}
        self.assertEqual(states, {"diverged"})
        again = run("resume", directory, "--progress", "none")
        self.assertIn("nothing is left to do", again.stderr)
        summary = json.loads((directory / "summary.json").read_text())
        self.assertEqual(summary["fits"]["diverged"], summary["fits"]["planned"])

    def test_a_run_in_use_is_not_taken_over(self):
        directory = self.folder / "run"
        process = begin(directory)
        second = run("run", *study(repeats=200), "-o", directory, "--resume")
        expect_complaint(self, second, 74, r"is in use \(another process holds its lock\) wait until it has ended")
        over = run("run", *study(repeats=200), "-o", directory, "--overwrite")
        expect_complaint(self, over, 74, r"is in use")
        process.send_signal(signal.SIGUSR1)
        self.expect_stopped(process, directory)


if __name__ == "__main__":
    unittest.main()
