"""A run that is killed at any moment and resumed ends with the bytes of an undisturbed one.

Usage: kill_test.py EXPERIMENT KILLS [KEY=VALUE...]
"""
import random
import sys
import time
import unittest
from pathlib import Path

from jury_command import expect_same, kill_all, run, scratch, start

EXPERIMENT, KILLS = Path(sys.argv[1]), int(sys.argv[2])
SETTINGS = [word for setting in sys.argv[3:] for word in ("-s", setting)]


class Kills(unittest.TestCase):
    def test_sigkill_at_random_moments_loses_nothing(self):
        chance = random.Random(20260101)
        with scratch() as folder:
            reference, disturbed = Path(folder) / "reference", Path(folder) / "disturbed"
            before = time.monotonic()
            done = run("run", EXPERIMENT, *SETTINGS, "-o", reference, ranks=2)
            undisturbed_seconds = time.monotonic() - before
            self.assertEqual(done.returncode, 0, done.stderr)
            for kill in range(KILLS):
                process = start("run", EXPERIMENT, *SETTINGS, "-o", disturbed, "--resume", ranks=chance.randint(1, 4))
                try:
                    # The moment is the experiment here, not a wait for something to happen.
                    process.wait(timeout=chance.uniform(0.2, max(0.5, 0.6 * undisturbed_seconds)))
                except Exception:
                    pass
                kill_all(process)
            done = run("run", EXPERIMENT, *SETTINGS, "-o", disturbed, "--resume", ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            expect_same(self, reference, disturbed)

    def test_a_time_limit_stops_cleanly_and_a_resume_ends_the_same(self):
        with scratch() as folder:
            reference, stopped = Path(folder) / "reference", Path(folder) / "stopped"
            self.assertEqual(run("run", EXPERIMENT, *SETTINGS, "-o", reference).returncode, 0)
            done = run("run", EXPERIMENT, *SETTINGS, "-o", stopped, "--max-time", "150ms")
            self.assertIn(done.returncode, (0, 75), done.stderr)
            done = run("resume", stopped, ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            expect_same(self, reference, stopped)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
