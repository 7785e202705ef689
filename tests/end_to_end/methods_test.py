"""Every method of ensembles gives the bytes of one process on any number of ranks, and is extended by asking for more.

Usage: methods_test.py RANKS...
"""
import json
import sys
import unittest
from pathlib import Path

from ensemble_methods import METHODS
from jury_command import FolderTestCase, expect_same, run

SMALL = Path(__file__).with_name("small.toml")
RANKS = [int(word) for word in sys.argv[1:]]
# name of a method, members now and later
EXTENDED = {"adaboost": (4, 7), "gradient_boosting": (3, 8), "snapshot": (2, 4), "average": (3, 5), "auto": ("auto", 25)}
# Settings that make another study, which is not the one to be extended.
OTHER = {"stacking": "ensemble.stack.folds=3", "adaboost": "ensemble.boosting.algorithm=m1"}


def words(settings):
    return [word for setting in settings for word in ("-s", setting)]


class Methods(FolderTestCase):
    def run_to(self, name, settings, *more, ranks=None, code=0):
        """The directory of a run of small.toml with these settings."""
        done = run("run", SMALL, *words(settings), "-o", self.folder / name, *more, ranks=ranks)
        self.assertEqual(done.returncode, code, done.stderr)
        return self.folder / name

    def test_any_number_of_ranks_gives_the_bytes_of_one_process(self):
        for name, settings in METHODS.items():
            reference = self.run_to(f"{name}-alone", settings)
            self.assertTrue(json.loads((reference / "summary.json").read_text())["complete"])
            for ranks in RANKS:
                with self.subTest(method=name, ranks=ranks):
                    expect_same(self, reference, self.run_to(f"{name}-{ranks}", settings, ranks=ranks))

    def test_more_members_later_are_as_many_at_once(self):
        for name, (few, many) in EXTENDED.items():
            with self.subTest(method=name):
                settings = METHODS[name]
                at_once = self.run_to(f"{name}-once", [*settings, f"ensemble.members={many}"])
                self.run_to(f"{name}-later", [*settings, f"ensemble.members={few}"])
                later = self.run_to(f"{name}-later", [*settings, f"ensemble.members={many}"], "--resume", ranks=2)
                expect_same(self, at_once, later)

    def test_a_finer_tolerance_later_is_that_tolerance_at_once(self):
        finer = [*METHODS["auto"], "ensemble.tolerance=0.3", "ensemble.max_members=30"]
        at_once = self.run_to("once", finer)
        self.run_to("later", METHODS["auto"])
        expect_same(self, at_once, self.run_to("later", finer, "--resume", ranks=2))

    def test_settings_that_make_another_study_are_told(self):
        for name, setting in OTHER.items():
            with self.subTest(method=name):
                directory = self.run_to(name, METHODS[name])
                done = run("run", SMALL, *words([*METHODS[name], setting]), "-o", directory, "--resume")
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertRegex(done.stderr, r"^jury: .*(other|another|differ)")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
