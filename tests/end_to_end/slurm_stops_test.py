"""Jobs that are stopped, cancelled, preempted or lose a node: each goes on to the bytes of an undisturbed run."""
import unittest

from slurm_cluster import LAUNCHERS, StudyTestCase


class Stops(StudyTestCase):
    def test_a_job_that_is_asked_to_stop_goes_on_from_the_queue(self):
        for launcher in LAUNCHERS:
            with self.subTest(launcher=launcher):
                self.begin_in(launcher)
                job = self.submit_study("--launcher", launcher)
                self.wait_for_records(job)
                self.command("scancel", "--batch", "--signal=USR1", job.number)  # what --signal=B:USR1@... sends
                job.wait_until(lambda job: job.restarts() == 1, "is requeued", seconds=30)
                self.assertRegex(job.log(), "stopped early; 'jury resume .*' continues")
                self.expect_same_after_restarts(job, 1)
                self.assertIn("already done", job.log())

    def test_results_are_written_on_demand(self):
        job = self.submit_study("--launcher", "mpirun")
        self.wait_for_records(job)
        self.assertFalse((self.folder / "run" / "results.h5").exists())
        self.command("scancel", "--batch", "--signal=USR2", job.number)
        job.wait_until(lambda _: (self.folder / "run" / "results.h5").exists(), "has written results")
        self.assertEqual(job.state(), "RUNNING")
        self.expect_done(job)

    def test_a_cancelled_job_stays_cancelled_and_its_work_is_kept(self):
        job = self.submit_study("--launcher", "srun")
        self.wait_for_records(job)
        self.command("scancel", job.number)
        self.assertEqual(job.wait_for_end()[0], "CANCELLED")
        self.assertEqual(job.restarts(), 0)
        again = self.submit_study("--launcher", "mpirun")
        self.expect_same_after_restarts(again, 0)
        self.assertIn("already done", again.log())

    def test_a_job_whose_nodes_are_taken_by_another_goes_on_later(self):
        job = self.submit_study("--launcher", "srun", "--exclusive", "--nodes", 2)
        self.wait_for_records(job)
        other = self.command("sbatch", "--parsable", "--partition=high", "--nodes=2", "--exclusive", "--output=/dev/null", "--wrap=sleep 1")
        self.assertEqual(other.returncode, 0, other.stderr)
        job.wait_until(lambda job: job.restarts() == 1, "is preempted", seconds=60)
        self.expect_same_after_restarts(job, 1)

    def test_a_job_that_lost_a_node_goes_on_elsewhere(self):
        job = self.submit_study("--launcher", "mpirun", "--nodes", 2, "--ntasks-per-node", 1)
        self.wait_for_records(job)
        self.command("scontrol", "update", "nodename=n2", "state=down", "reason=test")
        job.wait_until(lambda job: job.restarts() == 1, "is requeued", seconds=60)
        self.command("scontrol", "update", "nodename=n2", "state=resume")
        self.expect_same_after_restarts(job, 1)

    def test_a_job_that_may_lose_a_node_goes_on_without_it(self):
        job = self.submit_study("--launcher", "launch", "--nodes", 2, "--ntasks-per-node", 1, "--no-kill")
        self.wait_for_records(job)
        self.addCleanup(self.command, "scontrol", "update", "nodename=n2", "state=resume")
        self.command("scontrol", "update", "nodename=n2", "state=down", "reason=test")
        self.expect_same_after_restarts(job, 0)
        self.assertEqual(job.restarts(), 0)
        self.assertIn("1 of 2 nodes are left; goes on there with 1 rank that train", job.log())

    def test_restarts_are_limited(self):
        job = self.submit_study("--launcher", "srun", "--max-requeues", 0, run_options=["--max-time", "200ms"])
        self.assertEqual(job.wait_for_end(), ("FAILED", "75:0"))
        self.assertIn("stopped after 0 restarts; submit the job again to go on", job.log())


if __name__ == "__main__":
    unittest.main()
