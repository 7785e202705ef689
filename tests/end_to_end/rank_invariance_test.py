"""The same bytes on any number of ranks, whatever the environment says about threads."""
import unittest
from pathlib import Path

from jury_command import environment, expect_same, run, scratch

SMALL = Path(__file__).with_name("small.toml")


class RankInvariance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = scratch()
        cls.reference = Path(cls.folder.name) / "reference"
        done = run("run", SMALL, "-o", cls.reference, env=environment(OMP_NUM_THREADS=None))
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def expect_reference(self, name, ranks, **variables):
        directory = Path(self.folder.name) / name
        done = run("run", SMALL, "-o", directory, ranks=ranks, env=environment(**variables))
        self.assertEqual(done.returncode, 0, done.stderr)
        expect_same(self, self.reference, directory)

    def test_one_to_four_ranks_give_the_bytes_of_one_process(self):
        for ranks in (1, 2, 3, 4):
            with self.subTest(ranks=ranks):
                self.expect_reference(f"ranks-{ranks}", ranks, OMP_NUM_THREADS=None)

    def test_threads_in_the_environment_change_nothing(self):
        self.expect_reference("threads-alone", None, OMP_NUM_THREADS="8")
        self.expect_reference("threads-ranks", 2, OMP_NUM_THREADS="8")

    def test_another_seed_gives_other_results(self):
        directory = Path(self.folder.name) / "seed"
        run("run", SMALL, "-o", directory, "-s", "experiment.seed=12")
        self.assertEqual(run("diff", self.reference, directory).returncode, 1)


if __name__ == "__main__":
    unittest.main()
