"""Ranks that stand still for seconds, several at a time, change nothing: under plain mpirun and under jury launch.

Usage: pause_test.py EXPERIMENT PAUSES LONGEST-SECONDS [KEY=VALUE...]
"""
import os
import random
import re
import signal
import sys
import time
import unittest
from pathlib import Path

from jury_command import ReferenceTestCase, command, expect_same, run
from launched_job import Job, Launched, wait_for_records

EXPERIMENT, PAUSES, LONGEST = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
SETTINGS = [word for setting in sys.argv[4:] for word in ("-s", setting)]


class Plain(Job):
    """A run under mpirun alone."""

    def __init__(self, *arguments, ranks):
        super().__init__(command(["run", *arguments], ranks), "PAUSE_TEST_JOB", f"{os.getpid()}-{time.monotonic_ns()}")


class Pauses(ReferenceTestCase):
    experiment, settings = EXPERIMENT, SETTINGS

    def disturb(self, job, chance, most):
        """Pauses ranks at random as long as the job runs; how often."""
        asleep, pauses, following = {}, 0, time.monotonic()
        while job.process.poll() is None and (asleep or pauses < most):
            now = time.monotonic()
            for pid in [pid for pid, until in asleep.items() if until <= now]:
                job.signal(pid, signal.SIGCONT)
                del asleep[pid]
            awake = sorted(pid for pid, rank in job.children().items() if rank is not None and pid not in asleep)
            if pauses < most and now >= following and awake:
                pid = chance.choice(awake)
                job.signal(pid, signal.SIGSTOP)
                asleep[pid] = now + chance.uniform(1, LONGEST)
                following = now + chance.uniform(0.2, LONGEST / 3)
                pauses += 1
            time.sleep(0.02)
        return pauses

    def expect_undisturbed(self, start, seed):
        """Jobs until there were enough pauses; every one ends well and the same."""
        chance = random.Random(seed)
        done = jobs = 0
        while done < PAUSES:
            jobs += 1
            folder = self.folder / str(jobs)
            job = start(EXPERIMENT, *SETTINGS, "-o", folder, ranks=3)
            done += self.disturb(job, chance, PAUSES - done)
            code, said = job.end()
            self.assertEqual(code, 0, said)
            self.assertNotIn("starting again", said)
            expect_same(self, self.reference, folder)
        print(f"{done} pauses in {jobs} jobs")

    def test_under_plain_mpirun(self):
        self.expect_undisturbed(Plain, 20261121)

    def test_under_launch(self):
        self.expect_undisturbed(Launched, 20261122)

    @unittest.skipUnless(LONGEST >= 10, "a rank that is only silent is lost after 20 s")
    def test_a_rank_that_is_lost_and_comes_back_is_welcome(self):
        job = Launched(EXPERIMENT, *SETTINGS, "-s", "cv.repeats=60", "-o", self.folder / "run", ranks=3)
        wait_for_records(self.folder / "run")
        pid = job.wait_for(2)
        job.signal(pid, signal.SIGSTOP)
        log = self.folder / "run" / "log.txt"
        job.wait_until(lambda: re.search("rank 2 .* is lost", log.read_text()))
        job.signal(pid, signal.SIGCONT)
        code, said = job.end()
        self.assertEqual(code, 0, said)
        self.assertRegex(log.read_text(), "rank 2 .* is back")
        reference = self.folder / "reference"
        self.assertEqual(run("run", EXPERIMENT, *SETTINGS, "-s", "cv.repeats=60", "-o", reference).returncode, 0)
        expect_same(self, reference, self.folder / "run")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
