"""Frames that travel through gateways change nothing. Groups of ranks on one machine stand for nodes.

Usage: gateway_test.py EXPERIMENT quick|long [KEY=VALUE...]
"""
import os
import signal
import sys
import unittest
from pathlib import Path

from jury_command import ReferenceTestCase, expect_complaint, expect_same, run
from launched_job import Launched, wait_for_records

EXPERIMENT, LENGTH = Path(sys.argv[1]), sys.argv[2]
SETTINGS = [word for setting in sys.argv[3:] for word in ("-s", setting)]


def groups_of(ranks):
    return ["--gateways-above", "1", "--ranks-per-gateway", str(ranks)]


class Gateways(ReferenceTestCase):
    experiment, settings = EXPERIMENT, SETTINGS

    def test_the_same_bytes_with_groups_of_any_size(self):
        for ranks, group in ((3, 1), (4, 2), (5, 3)):
            with self.subTest(ranks=ranks, group=group):
                folder = self.folder / f"{ranks}-{group}"
                done = run("run", EXPERIMENT, *SETTINGS, *groups_of(group), "-o", folder, ranks=ranks)
                self.assertEqual(done.returncode, 0, done.stderr)
                expect_same(self, self.reference, folder)

    def test_a_run_through_gateways_is_resumed_without_and_back(self):
        done = run("run", EXPERIMENT, *SETTINGS, *groups_of(2), "-o", self.folder / "run", "--max-time", "200ms", ranks=4)
        self.assertIn(done.returncode, (0, 75), done.stderr)
        done = run("resume", self.folder / "run", "--max-time", "200ms", ranks=2)
        self.assertIn(done.returncode, (0, 75), done.stderr)
        done = run("resume", self.folder / "run", *groups_of(1), ranks=3)
        self.assertEqual(done.returncode, 0, done.stderr)
        expect_same(self, self.reference, self.folder / "run")

    def expect_end_after_death_of(self, rank):
        """Five ranks: 0 and 1; 2, and 3 behind it; 4."""
        job = Launched(EXPERIMENT, *SETTINGS, *groups_of(2), "-o", self.folder / "run", ranks=4)
        wait_for_records(self.folder / "run")
        os.kill(job.wait_for(rank), signal.SIGKILL)
        code, said = job.end()
        self.assertEqual(code, 0, said)
        self.assertNotIn("starting again", said)
        expect_same(self, self.reference, self.folder / "run")
        return (self.folder / "run" / "log.txt").read_text()

    def test_the_death_of_a_rank_behind_a_gateway_costs_its_tasks_alone(self):
        log = self.expect_end_after_death_of(3)
        self.assertEqual(log.count("is lost"), 1, log)

    @unittest.skipUnless(LENGTH == "long", "a rank that is only silent is lost after 20 s")
    def test_the_death_of_a_gateway_costs_the_tasks_of_its_group(self):
        log = self.expect_end_after_death_of(2)
        self.assertEqual(log.count("is lost"), 2, log)

    def test_numbers_that_are_none_are_refused(self):
        for option, number in (("--gateways-above", "0"), ("--ranks-per-gateway", "-1")):
            expect_complaint(self, run("run", EXPERIMENT, option, number), 2, f"{option} {number} is no number of ranks")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
