"""Boosted trees give the same bytes on any number of ranks and threads of the environment, alone and beside networks."""
import unittest
from pathlib import Path

from jury_command import environment, expect_complaint, expect_same, run, scratch

TREES = Path(__file__).with_name("trees.toml")


class Trees(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = scratch()
        cls.folder = Path(cls.scratch.name)
        cls.reference = cls.folder / "reference"
        done = run("run", TREES, "-o", cls.reference, env=environment(OMP_NUM_THREADS=None))
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def expect_reference(self, name, ranks, **variables):
        directory = self.folder / name
        done = run("run", TREES, "-o", directory, ranks=ranks, env=environment(**variables))
        self.assertEqual(done.returncode, 0, done.stderr)
        expect_same(self, self.reference, directory)

    def test_two_and_three_ranks_give_the_bytes_of_one_process(self):
        for ranks in (2, 3):
            with self.subTest(ranks=ranks):
                self.expect_reference(f"ranks-{ranks}", ranks, OMP_NUM_THREADS=None)

    def test_threads_in_the_environment_change_nothing(self):
        self.expect_reference("threads", 2, OMP_NUM_THREADS="8")

    def test_a_dry_run_tells_trees_from_networks(self):
        done = run("validate", TREES)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^model      xgboost, 6 rounds of 1 tree for 2 outputs, at most 3 deep, from 20 inputs$")
        self.assertRegex(done.stdout, r"(?m)^model      linear")

    def test_members_that_cannot_differ_are_warned_of(self):
        settings = [word for setting in ("model.type=xgboost", "data.generator=twonorm", "ensemble.method=average", "ensemble.members=2",
                                         "data.rows=60", "trees.rounds=2") for word in ("-s", setting)]
        file = self.folder / "average.toml"
        file.write_text("schema = 1\n")
        done = run("run", file, *settings, "-o", self.folder / "average")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("all members are the same", done.stderr)

    def test_a_training_cannot_start_from_trees(self):
        done = run("run", TREES, "-s", "ensemble.method=none", "-s", f"model.from={self.reference}", "-o", self.folder / "from")
        expect_complaint(self, done, 2, r"model\.type does not go with model\.from")


if __name__ == "__main__":
    unittest.main()
