"""A Slurm of our own for the tests of jobs: slurm/test-cluster, started once a class, and jobs in it."""
import itertools
import os
import re
import select
import shutil
import subprocess
import time
from pathlib import Path

from jury_command import SOURCE, FolderTestCase, environment, expect_same, run

TEST_CLUSTER = SOURCE / "slurm" / "test-cluster"
LAUNCHERS = ("srun", "mpirun", "launch")
SMALL = SOURCE / "tests" / "end_to_end" / "small.toml"
# Names that would do something in a shell: leave a file behind.
EFFECTS = ("touch canary", "echo x>canary", "cp * canary", "exec touch canary", ":>canary")
FRAMES = ("$({})", "`{}`", "; {} ;", "\n{}\n", "' ; {} ; '", '" ; {} ; "', '"$({})"', "'$({})'", "&& {} #", "| {}", "\n#SBATCH --wrap={}\n", "<({})",
          "${{IFS}}$({})", "é☃ $({})", "%0A{}%0A", "-o\n{}", "\r\n{}\r\n", "\\\n{}\\", "*$({})?[a]", "#JURY\n$({})")
NAMES = [frame.format(effect) for frame, effect in itertools.product(FRAMES, EFFECTS)]
ENDED = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE")


def canaries(folder):
    return [path for path in folder.rglob("*") if path.name == "canary"]


def wait_for(condition, seconds, what):
    """Returns what the condition gives once that is true; fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s still not: {what}")
        select.select([], [], [], 0.1)
    return value


class Job:
    """A job of the cluster by its number."""

    def __init__(self, cluster, number):
        self.cluster, self.number = cluster, number

    def fields(self):
        said = self.cluster.command("scontrol", "show", "job", "-o", self.number)
        return dict(re.findall(r"(\S+?)=(\S*)", said.stdout))

    def state(self):
        return self.fields()["JobState"]

    def restarts(self):
        return int(self.fields()["Restarts"])

    def log(self):
        file = Path(self.fields()["StdOut"])
        return file.read_text(errors="replace") if file.exists() else ""

    def wait_until(self, condition, what, seconds=120):
        try:
            wait_for(lambda: condition(self), seconds, f"job {self.number} {what}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.fields()}\n{self.log()}") from None

    def wait_for_state(self, *states, seconds=120):
        self.wait_until(lambda job: job.state() in states, f"is one of {states}", seconds)

    def wait_for_end(self, seconds=180):
        """Its state and exit code when it has ended for good."""
        self.wait_for_state(*ENDED, seconds=seconds)
        return self.state(), self.fields()["ExitCode"]


class SlurmTestCase(FolderTestCase):
    """All tests of a class share a cluster of two nodes; each prints what it took."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = cls.root / "cluster"
        cls.addClassCleanup(subprocess.run, [TEST_CLUSTER, "stop", cls.cluster], check=True)
        subprocess.run([TEST_CLUSTER, "start", "--nodes", "2", "--cpus", "2", cls.cluster], check=True)
        site = cls.root / "site.toml"
        site.write_text('shared = ["/tmp"]\n')
        cls.environment = environment(SLURM_CONF=str(cls.cluster / "etc" / "slurm.conf"), JURY_SITE=str(site))

    def setUp(self):
        super().setUp()
        started = time.monotonic()
        self.addCleanup(lambda: print(f"{self.id().split('.', 1)[1]}: {time.monotonic() - started:.1f} s", flush=True))
        self.addCleanup(self.command, "scancel", "--user=root")

    @classmethod
    def node(cls, task, name):
        subprocess.run([TEST_CLUSTER, task, cls.cluster, name], check=True)

    @classmethod
    def command(cls, *words, **options):
        return subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=60, env=cls.environment, **options)

    def slurm(self, *arguments, env=None):
        return run("slurm", *arguments, env=env or self.environment)

    def submit(self, *arguments):
        """A job that `jury slurm` submitted. Its log is in the test's folder."""
        done = subprocess.run([os.environ["JURY"], "slurm", "--submit", *map(str, arguments)], capture_output=True, text=True, timeout=60,
                              env=self.environment, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return Job(self, done.stdout.strip())

    def expect_done(self, job, seconds=180):
        self.assertEqual(job.wait_for_end(seconds), ("COMPLETED", "0:0"), job.log())


def study(repeats):
    """An experiment of 12 fits a repeat, each about 40 ms."""
    settings = ("data.rows=1000", "train.epochs=40", "train.batch=4", "bias_variance=false", "final.refit=false", f"cv.repeats={repeats}")
    return [SMALL, *(word for setting in settings for word in ("-s", setting))]


class StudyTestCase(SlurmTestCase):
    """Jobs of a study of `repeats`, which take long enough to be disturbed, and what one run of it without any Slurm gives."""

    repeats = 40

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reference = cls.root / "reference"
        done = run("run", *study(cls.repeats), "-o", cls.reference, ranks=2)
        assert done.returncode == 0, done.stderr

    def begin_in(self, name):
        """Goes on in a folder of that name."""
        self.folder = self.folder.parent / f"{self.folder.name}-{name}"
        self.folder.mkdir()
        self.addCleanup(shutil.rmtree, self.folder)

    def submit_study(self, *options, run_options=(), ntasks=2):
        return self.submit(*study(self.repeats), "--ntasks", ntasks, *options, "--", "-o", self.folder / "run", "--progress", "none", *run_options)

    def records(self):
        """How many are in the journal."""
        said = run("resume", self.folder / "run", "--check").stdout if (self.folder / "run" / "journal").exists() else ""
        return int(found[1]) if (found := re.search(r" (\d+) records", said)) else 0

    def wait_for_records(self, job, more_than=0):
        job.wait_until(lambda _: self.records() > more_than, f"has more than {more_than} records")

    def expect_same_after_restarts(self, job, restarts):
        self.expect_done(job, seconds=300)
        self.assertGreaterEqual(job.restarts(), restarts)
        expect_same(self, self.reference, self.folder / "run")
