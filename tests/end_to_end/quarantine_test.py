"""A task that kills its workers under jury launch is found out and given up, with what they died of.

Usage: quarantine_test.py EXPERIMENT
"""
import os
import signal
import sys
import unittest
from pathlib import Path

from jury_command import FolderTestCase
from launched_job import Launched

EXPERIMENT = Path(sys.argv[1])


class Quarantine(FolderTestCase):
    def test_a_task_that_kills_its_workers_is_given_up_with_the_signal(self):
        one_task = ("cv.method=holdout", "cv.repeats=1", "ensemble.members=1", "final.refit=false", "bias_variance=false", "train.epochs=10000000")
        directory = self.folder / "run"
        job = Launched(EXPERIMENT, *(word for setting in one_task for word in ("-s", setting)), "-o", directory, ranks=7)
        self.addCleanup(job.kill)
        log = directory / "log.txt"
        for death in (1, 2, 3):
            rank, worker = job.busy_worker()
            os.kill(worker, signal.SIGSEGV)
            job.wait_until(lambda: log.exists() and log.read_text().count("is lost; its task is done by others") == death)
            self.assertRegex(log.read_text(), rf"warning rank {rank} on .*: has died \(SIGSEGV\)")
        code, said = job.end()
        self.assertEqual(code, 4, said)
        self.assertRegex(said, r"member 0: failed \(lost its worker 3 times \(the last time: SIGSEGV\)\)")
        self.assertFalse(list(self.folder.glob(".jury-launch*")))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
