"""Processes die at random moments, in studies of every method of ensembles and in searches. No record that was acknowledged is
lost or done again, nothing hangs, and the results are those of an undisturbed run.

Usage: kill_methods_test.py KILLS
"""
import collections
import os
import random
import re
import signal
import subprocess
import sys
import time
import unittest

from ensemble_methods import METHODS
from jury_command import SOURCE, FolderTestCase, command, events_of, expect_same, run
from launched_job import Job

KILLS = int(sys.argv[1])
SMALL = SOURCE / "tests" / "end_to_end" / "small.toml"
ASHA = SOURCE / "tools" / "examples" / "search" / "asha.toml"
SEARCHES = {
    "tpe_asha": [],
    "tpe_asha_selection": ["final.trials=selection", "ensemble.members=2", "search.rungs.resource=members", "search.trials=30"],
}
# Epochs over small.toml that make a run last several kills.
EPOCHS = {"stacking": 800, "selection": 800, "gradient_huber": 1500}
LONGEST_SECONDS = 2.5  # a job lives, and a tenth more for each before it: every run ends, on a slow machine too


def words(settings):
    return [word for setting in settings for word in ("-s", setting)]


def arguments_of():
    cases = {name: [SMALL, *words([*settings, f"train.epochs={EPOCHS.get(name, 2500)}", "output.predictions=mean"])]
             for name, settings in METHODS.items()}
    return cases | {name: [ASHA, *words(settings)] for name, settings in SEARCHES.items()}


class Victim:
    """What of a job is killed."""

    def __init__(self, chance):
        self.name = chance.choice(("all", "mpirun", "coordinator", "rank"))
        self.chance = chance

    def kill(self, job):
        ranks = {rank: pid for pid, rank in job.children().items() if rank is not None}
        if self.name == "all":
            pids = [job.process.pid, *job.children()]
        elif self.name == "mpirun" or not ranks:
            pids = [job.process.pid]
        else:
            rank = min(ranks) if self.name == "coordinator" else self.chance.choice(sorted(ranks))
            pids = [ranks[rank]]
        for pid in pids:
            job.signal(pid, signal.SIGKILL)


class KilledRun:
    """A run directory, the sessions that were killed over it, and what they said was done."""

    def __init__(self, test, directory, arguments, chance):
        self.test, self.directory, self.arguments, self.chance = test, directory, arguments, chance
        self.sessions, self.kills, self.acknowledged = 0, collections.Counter(), set()

    def session(self):
        """False once the run has ended by itself."""
        self.sessions += 1
        events = self.directory.parent / f"{self.directory.name}-{self.sessions}.events"
        line = command(["run", *self.arguments, "-o", self.directory, "--resume", "--json", "--progress", "none"], self.chance.randint(1, 4))
        with open(events, "wb") as out:
            job = Job(line, "KILL_TEST_JOB", f"{os.getpid()}-{self.directory.name}-{self.sessions}", stdout=out)
        victim = Victim(self.chance)
        try:
            job.process.wait(timeout=self.chance.uniform(0.2, LONGEST_SECONDS * (1 + 0.1 * self.sessions)))
        except Exception:  # it is still running, as it should
            victim.kill(job)
            self.kills[victim.name] += 1
        # Whatever died, all ranks end. mpirun itself may not: killed ranks can leave Open MPI 4.1.4 in a deadlock of its own (pmix_rte_finalize).
        job.wait_until(lambda: all(rank is None for rank in job.children().values()), 60)
        try:
            _, said = job.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            job.kill()
            said = ""
            self.kills["mpirun after its ranks"] += 1
        job.wait_until(lambda: not job.children(), 60)
        self.take(events)
        return job.process.returncode != 0, said

    def take(self, events):
        """No record is done again once it was said to be done."""
        whole = events.read_text().rpartition("\n")[0]
        for event in events_of(whole):
            if event["event"] != "record":
                continue
            self.test.assertNotIn(event["task"], self.acknowledged)
            self.acknowledged.add(event["task"])
        if not (self.directory / "journal").exists():
            self.test.assertEqual(set(), self.acknowledged)
            return
        check = run("resume", self.directory, "--check")
        self.test.assertEqual(check.returncode, 0, check.stdout + check.stderr)
        self.test.assertGreaterEqual(int(re.search(r"sound, (\d+) records", check.stdout)[1]), len(self.acknowledged))


class Kills(FolderTestCase):
    def reference(self, name, arguments):
        directory = self.root / name
        if not directory.exists():
            done = run("run", *arguments, "-o", directory, ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
        return directory

    def test_whatever_dies_nothing_is_lost(self):
        chance, kills, runs, began = random.Random(20261122), collections.Counter(), 0, time.monotonic()
        while kills.total() < KILLS:
            for name, arguments in arguments_of().items():
                runs += 1
                killed = KilledRun(self, self.folder / f"{name}-{runs}", arguments, chance)
                goes_on, said = True, ""
                while goes_on and killed.sessions < 200:
                    goes_on, said = killed.session()
                with self.subTest(case=name, run=runs):
                    self.assertFalse(goes_on, said)
                    expect_same(self, self.reference(name, arguments), killed.directory)
                kills += killed.kills
                print(f"{name}: {killed.kills.total()} kills, {len(killed.acknowledged)} records said to be done", flush=True)
        print(f"{kills.total()} kills {dict(kills)} in {runs} runs, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
