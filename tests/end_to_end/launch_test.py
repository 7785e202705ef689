"""jury launch goes on whatever dies: a rank, the coordinator, mpirun; and ends with the bytes of an undisturbed run.

Usage: launch_test.py EXPERIMENT KILLS [KEY=VALUE...]
"""
import os
import random
import signal
import sys
import time
import unittest
from pathlib import Path

from jury_command import FolderTestCase, ReferenceTestCase, expect_complaint, expect_same, run
from launched_job import Launched, wait_for_records

EXPERIMENT, KILLS = Path(sys.argv[1]), int(sys.argv[2])
SETTINGS = [word for setting in sys.argv[3:] for word in ("-s", setting)]


class Launch(ReferenceTestCase):
    experiment, settings = EXPERIMENT, SETTINGS

    def launched(self, *more, ranks=3):
        return Launched(EXPERIMENT, *SETTINGS, "-o", self.folder / "run", *more, ranks=ranks)

    def wait_for_records(self):
        wait_for_records(self.folder / "run")

    def expect_end(self, job, attempts):
        code, said = job.end()
        self.assertEqual(code, 0, said)
        self.assertEqual(said.count("starting again"), attempts - 1, said)
        expect_same(self, self.reference, self.folder / "run")
        self.assertEqual({}, job.children())
        self.assertEqual([], list(self.folder.glob(".jury-launch*")))

    def test_an_undisturbed_run_is_one_attempt(self):
        self.expect_end(self.launched(), attempts=1)

    def test_a_rank_that_is_killed_costs_its_tasks_alone(self):
        job = self.launched()
        self.wait_for_records()
        os.kill(job.wait_for(2), signal.SIGKILL)
        self.expect_end(job, attempts=1)
        self.assertIn("is lost", (self.folder / "run" / "log.txt").read_text())

    def test_the_death_of_the_coordinator_is_a_new_attempt(self):
        job = self.launched()
        self.wait_for_records()
        os.kill(job.wait_for(0), signal.SIGKILL)
        self.expect_end(job, attempts=2)

    def test_the_death_of_mpirun_is_a_new_attempt(self):
        job = self.launched()
        self.wait_for_records()
        os.kill(job.wait_for(None), signal.SIGKILL)
        self.expect_end(job, attempts=2)

    def test_a_rank_that_stands_still_for_a_while_changes_nothing(self):
        job = self.launched()
        self.wait_for_records()
        rank = job.wait_for(1)
        os.kill(rank, signal.SIGSTOP)
        time.sleep(1.5)
        os.kill(rank, signal.SIGCONT)
        self.expect_end(job, attempts=1)

    def test_a_signal_stops_it_and_a_resume_ends_the_same(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
            with self.subTest(signal=number.name):
                self.setUp()  # a folder of its own
                job = self.launched()
                self.wait_for_records()
                job.process.send_signal(number)
                code, said = job.end()
                self.assertEqual(code, 75, said)
                self.assertEqual({}, job.children())
                self.expect_end(self.launched("--resume"), attempts=1)

    def test_kills_at_random_moments_lose_nothing(self):
        chance = random.Random(20261121)
        for kill in range(KILLS):
            job = self.launched("--resume", ranks=chance.randint(1, 4))
            time.sleep(chance.uniform(0.3, 3))
            victims = sorted(job.children().items(), key=lambda child: (child[1] is not None, child[1] or 0))
            if victims:
                pid = chance.choice(victims)[0]
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            code, said = job.end()
            self.assertEqual(code, 0, said)
            expect_same(self, self.reference, self.folder / "run")
            if kill % 2 == 1:
                for member in (self.folder / "run").iterdir():
                    if member.is_file():
                        member.unlink()


class BadLaunch(FolderTestCase):
    def test_what_is_wrong_is_said_before_anything_starts(self):
        for arguments, code, message in (
                ((EXPERIMENT,), 2, "needs the number of ranks"),
                ((EXPERIMENT, "-n", "0"), 2, "no number of ranks"),
                ((EXPERIMENT, "-n", "2", "--frob"), 2, "unknown option '--frob'"),
                ((self.folder / "none.toml", "-n", "2"), 2, "none.toml"),
                ((EXPERIMENT, "-n", "2", "-s", "train.lr=-1"), 2, "train.lr"),
                ((EXPERIMENT, "-n", "2", "-o", self.folder / "run", "--mpirun", "/nonexistent/mpirun"), 74, "cannot start")):
            with self.subTest(arguments=arguments):
                expect_complaint(self, run("launch", *arguments), code, message)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
