"""Parts of a run, done by jobs that know nothing of one another, merge to the bytes of one job."""
import unittest

from jury_command import SOURCE, ReferenceTestCase, expect_complaint, expect_same, run

SMALL = SOURCE / "tests" / "end_to_end" / "small.toml"


class Merge(ReferenceTestCase):
    experiment = SMALL

    def shards(self, count, *more):
        """The folders of all shards, each run by another number of ranks."""
        folders = []
        for index in range(1, count + 1):
            folders.append(self.folder / f"shard-{index}")
            done = run("run", SMALL, "-o", folders[-1], "--shard", f"{index}/{count}", *more, ranks=1 + index % 2)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"shard {index}-of-{count} is done", done.stderr)
            self.assertFalse((folders[-1] / "results.h5").exists())
        return folders

    def test_shards_are_parts_and_merge_to_the_same_bytes(self):
        shards = self.shards(3)
        merged = self.folder / "merged"
        done = run("merge", *shards, "-o", merged)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("48 records of 3 runs", done.stderr)
        done = run("resume", merged, ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("nothing is left to do", done.stderr)
        expect_same(self, self.reference, merged)

    def test_the_trials_of_a_search_that_learns_nothing_are_shared_out(self):
        for method in ("grid", "random", "sobol"):
            with self.subTest(method=method):
                settings = ["-s", f"search.method={method}", "-s", "search.trials=6", "-s", "bias_variance=false", "-s", "cv.repeats=1",
                            "--space", "model.hidden=choice([4], [8], [3, 3])", "--space", "train.lr=choice(0.01, 0.1)"]
                reference, merged = self.folder / f"reference-{method}", self.folder / f"merged-{method}"
                self.assertEqual(run("run", SMALL, *settings, "-o", reference).returncode, 0)
                shards = self.shards(3, *settings, "--overwrite")
                self.assertEqual(run("merge", *shards, "-o", merged).returncode, 0)
                done = run("resume", merged, ranks=2)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("already done", done.stderr)
                expect_same(self, reference, merged)

    def test_what_is_missing_is_done_by_the_resume(self):
        shards = self.shards(3)[:2]
        merged = self.folder / "merged"
        self.assertEqual(run("merge", *shards, shards[0], "-o", merged).returncode, 0)
        done = run("resume", merged)
        self.assertEqual(done.returncode, 0, done.stderr)
        expect_same(self, self.reference, merged)

    def test_merging_in_steps_and_orders_makes_no_difference(self):
        a, b, c = self.shards(3)
        self.assertEqual(run("merge", c, a, "-o", self.folder / "ca").returncode, 0)
        self.assertEqual(run("merge", b, self.folder / "ca", "-o", self.folder / "bca").returncode, 0)
        self.assertEqual(run("resume", self.folder / "bca").returncode, 0)
        expect_same(self, self.reference, self.folder / "bca")

    def test_the_shards_of_boosting_have_whole_models(self):
        settings = ["-s", "ensemble.method=adaboost", "-s", "ensemble.combine=[]"]
        reference = self.folder / "reference"
        self.assertEqual(run("run", SMALL, *settings, "-o", reference).returncode, 0)
        shards = self.shards(2, *settings)
        self.assertEqual(run("merge", *shards, "-o", self.folder / "merged").returncode, 0)
        self.assertEqual(run("resume", self.folder / "merged").returncode, 0)
        expect_same(self, reference, self.folder / "merged")

    def test_a_shard_names_its_directory(self):
        done = run("run", SMALL, "-s", f"output.dir={self.folder}", "--shard", "2/2")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([True], [folder.name.endswith("-shard-2-of-2") for folder in self.folder.iterdir()])

    def test_refuses_what_does_not_go_together(self):
        other = self.folder / "other"
        self.assertEqual(run("run", SMALL, "-s", "experiment.seed=12", "-o", other).returncode, 0)
        output = ["-o", self.folder / "merged"]
        for arguments, message in (
                ([self.reference, other, *output], "are of different runs"),
                ([self.reference], "needs a directory to make"),
                ([self.folder, *output], "is not a run of jury"),
                ([self.reference, "-o", self.reference], "cannot be merged into itself"),
                ([self.reference, "-o", other], "holds a finished run")):
            with self.subTest(arguments=arguments):
                expect_complaint(self, run("merge", *arguments), 2, message)
        for shard in ("0/2", "3/2", "1", "a/b", "1/0", "1/2/3", ""):
            with self.subTest(shard=shard):
                expect_complaint(self, run("run", SMALL, *output, "--shard", shard), 2, "is no part of a run")
        adaptive = ["-s", "search.trials=2", "--space", "train.lr=loguniform(1e-4, 1e-1)", "--shard", "1/2"]
        for settings, message in (([], 'search.method = "tpe"'), (["search.method=random", "search.pruner=asha"], 'search.pruner = "asha"'),
                                  (["search.method=random", "search.trials=1001"], "does not go with 1001 trials")):
            words = [word for setting in settings for word in ("-s", setting)]
            expect_complaint(self, run("run", SMALL, *output, *adaptive, *words), 2, message)
        self.assertFalse((self.folder / "merged").exists())


if __name__ == "__main__":
    unittest.main()
