"""Jobs that take minutes: five requeues, Slurm's own time limit, a node without power. All end in the bytes of one run."""
import unittest

from jury_command import JURY
from slurm_cluster import LAUNCHERS, Job, StudyTestCase, study


class LostNodes(StudyTestCase):
    def test_a_node_that_loses_its_power_costs_what_was_in_flight(self):
        job = self.submit_study("--launcher", "srun", "--nodes", 2, "--ntasks-per-node", 1)
        self.wait_for_records(job)
        self.node("crash", "n2")
        job.wait_until(lambda job: job.restarts() == 1, "is requeued", seconds=120)
        self.node("boot", "n2")
        self.expect_same_after_restarts(job, 1)


class Requeues(StudyTestCase):
    repeats = 120

    def test_five_requeues_end_in_the_bytes_of_one_run(self):
        for launcher in LAUNCHERS:
            with self.subTest(launcher=launcher):
                self.begin_in(launcher)
                job = self.submit_study("--launcher", launcher)
                for restarts in range(1, 6):
                    self.wait_for_records(job, more_than=self.records())
                    self.command("scancel", "--batch", "--signal=USR1", job.number)
                    job.wait_until(lambda job: job.restarts() == restarts, "is requeued")
                self.expect_same_after_restarts(job, 5)


class TimeLimits(StudyTestCase):
    repeats = 600  # more than half a minute, also where it is quick

    def test_before_the_time_limit_a_job_stops_and_goes_back_to_the_queue(self):
        for launcher in LAUNCHERS:
            with self.subTest(launcher=launcher):
                self.begin_in(launcher)
                job = self.submit_study("--launcher", launcher, "--time", 1, "--signal", 30)
                job.wait_until(lambda job: job.restarts() == 1, "is requeued", seconds=120)
                self.expect_same_after_restarts(job, 1)

    def test_a_job_that_asked_for_no_signal_stops_in_time_as_well(self):
        script = self.folder / "plain.sh"
        script.write_text('#!/bin/bash\nexec srun --mpi=pmix "$@"\n')
        sent = self.command("sbatch", "--parsable", "--ntasks=2", "--time=1", f"--output={self.folder}/log", script,
                            JURY, "run", *study(self.repeats), "-s", "train.epochs=400", "-o", self.folder / "run")
        job = Job(self, sent.stdout.strip())
        self.assertEqual(job.wait_for_end(seconds=180), ("FAILED", "75:0"), job.log())
        self.assertIn("stopped early (out of time)", job.log())


if __name__ == "__main__":
    unittest.main()
