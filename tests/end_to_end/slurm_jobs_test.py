"""jury slurm in a Slurm of our own: every launcher, what a job is given, and what is refused before it waits in a queue."""
import os
import unittest

from jury_command import JURY, SOURCE, expect_complaint, expect_same, run
from slurm_cluster import LAUNCHERS, NAMES, SMALL, TEST_CLUSTER, Job, SlurmTestCase, canaries


class Launchers(SlurmTestCase):
    def test_jobs_give_the_results_of_a_run_without_slurm(self):
        reference = self.folder / "reference"
        self.assertEqual(run("run", SMALL, "-o", reference).returncode, 0)
        jobs = {launcher: self.submit(SMALL, "--nodes", 2, "--ntasks", 4, "--time", 5, "--launcher", launcher, "--", "-o", launcher)
                for launcher in LAUNCHERS}
        for launcher, job in jobs.items():
            with self.subTest(launcher=launcher):
                self.expect_done(job)
                self.assertIn("on 5 ranks" if launcher == "launch" else "on 4 ranks", job.log())
                expect_same(self, reference, self.folder / launcher)
                self.assertRegex((self.folder / launcher / "log.txt").read_text(), r"the Slurm job ends in \dmin\d\ds; stops after")

    def test_the_exit_code_of_a_run_is_that_of_its_job(self):
        jobs = [self.submit(SMALL, "--ntasks", 2, "--launcher", launcher, "--", "-o", launcher, "--require", "accuracy>=2") for launcher in LAUNCHERS]
        for job in jobs:
            self.assertEqual(job.wait_for_end(), ("FAILED", "5:0"), job.log())

    def test_nothing_of_an_enclosing_job_reaches_the_new_one(self):
        self.environment = dict(self.environment, SBATCH_PARTITION="none", SLURM_JOB_ID="999", SLURM_NTASKS="77", SBATCH_TIMELIMIT="bad", PMIX_RANK="0")
        job = self.submit(SMALL, "--ntasks", 1, "--launcher", "srun", "--", "-o", "run")
        self.expect_done(job)
        self.assertEqual((job.fields()["Partition"], job.fields()["NumTasks"]), ("low", "1"))

    def test_threads_have_cores_of_their_own(self):
        job = self.submit(SMALL, "--ntasks", 1, "--launcher", "srun", "-t", 2, "--", "-o", "run")
        self.expect_done(job)
        self.assertEqual((job.fields()["CPUs/Task"], job.fields()["NumCPUs"]), ("2", "2"))

    def test_a_refusal_of_slurm_is_one_of_the_command(self):
        done = self.slurm(SMALL, "--ntasks", 1, "--launcher", "srun", "--partition", "none", "--submit")
        self.assertEqual(done.returncode, 1)
        self.assertIn("invalid partition specified", done.stderr)
        self.assertIn("jury: sbatch did not take the job", done.stderr)

    def test_what_cannot_work_is_said_before_it_waits_in_a_queue(self):
        for why, *arguments in (
                ("the number of ranks is missing",),
                ("--no-kill needs the launcher 'launch'", "--ntasks", 2, "--no-kill"),
                ("leaves less than half of --time 3", "--ntasks", 2, "--time", 3),
                ("is no list of shards", "--ntasks", 2, "--array", "0-7", "--shards", "x"),
                ("--array and --shards belong together", "--ntasks", 2, "--array", "1-8"),
                ("--output and --shards exclude each other", "--ntasks", 2, "--array", "1-8", "--shards", "x", "--", "-o", "y"),
                ("--overwrite cannot be in a batch job", "--ntasks", 2, "--", "--overwrite"),
                ("unknown option '--stirct' of 'jury run' did you mean '--strict'", "--ntasks", 2, "--", "--stirct"),
                ("unknown key 'train.epoch'", "--ntasks", 2, "-s", "train.epoch=3"),
                ("--launcher 'ssh' is none", "--ntasks", 2, "--launcher", "ssh"),
                ("--partition .* has byte 0x20 in it", "--ntasks", 2, "--partition", "a b")):
            with self.subTest(why=why):
                launcher = [] if "--launcher" in arguments else ["--launcher", "srun"]
                expect_complaint(self, self.slurm(SMALL, *launcher, *arguments), 2, why)

    def test_output_that_only_one_node_sees_is_refused(self):
        env = dict(self.environment)
        del env["JURY_SITE"]
        for directory in ("/tmp/runs", "/dev/shm/runs"):
            done = self.slurm(SMALL, "--ntasks", 2, "--launcher", "srun", "--", "-o", directory, env=env)
            expect_complaint(self, done, 2, f"the output folder '{directory}' is not seen by all nodes")

    def test_an_array_of_shards_merges_to_the_bytes_of_one_run(self):
        reference, shards, merged = (self.folder / name for name in ("reference", "shards", "merged"))
        self.assertEqual(run("run", SMALL, "-o", reference).returncode, 0)
        array = self.submit(SMALL, "--ntasks", 1, "--array", "1-3", "--shards", shards, "--launcher", "srun")
        sent = self.command("env", f"JURY={JURY}", "sbatch", "--parsable", "--ntasks=2", f"--dependency=afterok:{array.number}",
                            f"--output={self.folder}/log", SOURCE / "slurm" / "merge.sbatch", shards, merged)
        self.expect_done(Job(self, sent.stdout.strip()))
        self.assertEqual(sorted(path.name for path in shards.iterdir()), ["1", "2", "3"])
        expect_same(self, reference, merged)

    def test_the_script_to_start_from_runs_an_experiment(self):
        reference = self.folder / "reference"
        self.assertEqual(run("run", SMALL, "-o", reference).returncode, 0)
        sent = self.command("env", f"JURY={JURY}", "sbatch", "--parsable", "--ntasks=2", f"--output={self.folder}/log", SOURCE / "slurm" / "run.sbatch", SMALL,
                            "-o", self.folder / "run")
        self.expect_done(Job(self, sent.stdout.strip()))
        expect_same(self, reference, self.folder / "run")

    def test_the_cluster_says_what_it_cannot_do(self):
        for why, *words in (("needs root", "setpriv", "--reuid=65534", "--clear-groups", TEST_CLUSTER, "start", self.folder / "c"),
                            ("a cluster is running in", TEST_CLUSTER, "start", self.cluster),
                            ("is no folder of a cluster", TEST_CLUSTER, "start", SOURCE / "slurm"),
                            ("cannot stand in slurm.conf", TEST_CLUSTER, "start", self.folder / "a b"),
                            ("there is no cluster in", TEST_CLUSTER, "stop", self.folder / "c"),
                            ("node n1 is up", TEST_CLUSTER, "boot", self.cluster, "n1"),
                            ("there is no node 'n9'", TEST_CLUSTER, "boot", self.cluster, "n9"),
                            ("node 'n9' is not up", TEST_CLUSTER, "crash", self.cluster, "n9")):
            with self.subTest(why=why):
                done = self.command(*words)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, f"^slurm/test-cluster: .*{why}.*\n$")
        self.assertEqual(self.command(TEST_CLUSTER, "start", "--nodes", "0", self.folder / "c").returncode, 2)

    def test_names_go_through_a_real_slurm_and_none_is_run(self):
        jobs = []
        for number, name in enumerate(NAMES[::17]):
            experiment = self.folder / str(number) / name
            experiment.parent.mkdir()
            experiment.write_bytes(SMALL.read_bytes())
            jobs.append((self.submit(experiment, "--ntasks", 1, "--launcher", ("srun", "mpirun")[number % 2], "--", "-o", f"{experiment}.run"), experiment))
        for job, experiment in jobs:
            with self.subTest(name=experiment.name):
                self.expect_done(job)
                self.assertTrue(os.path.exists(f"{experiment}.run/results.h5"))
        self.assertEqual(canaries(self.folder) + canaries(self.cluster), [])


if __name__ == "__main__":
    unittest.main()
