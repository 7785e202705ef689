"""Run directories, journals and results that are not what they should be: one plain line, the documented exit code."""
import os
import random
import shutil
import subprocess
import unittest
from pathlib import Path

from jury_command import FolderTestCase, command, environment, expect_complaint, expect_same, run

SMALL = Path(__file__).with_name("small.toml")


class BadRun(FolderTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finished = cls.root / "finished"
        done = run("run", SMALL, "-o", cls.finished)
        assert done.returncode == 0, done.stderr
        cls.journal = (cls.finished / "journal").read_bytes()
        cls.results = (cls.finished / "results.h5").read_bytes()

    def copy(self, name="copy", **files):
        """A copy of the finished run with other content in some files: journal=bytes, results_h5=bytes."""
        directory = self.folder / name
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(self.finished, directory)
        for key, content in files.items():
            path = directory / key.replace("_", ".")
            path.unlink() if content is None else path.write_bytes(content)
        return directory

    def expect(self, arguments, code, *messages):
        expect_complaint(self, run(*arguments), code, *messages)

    def content(self, directory):
        return {path: path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()}

    def expect_untouched(self, directory, arguments, code, *messages):
        before = self.content(directory)
        self.expect(arguments, code, *messages)
        self.assertEqual(before, self.content(directory))

    def test_a_finished_run_is_not_overwritten(self):
        self.expect_untouched(self.finished, ["run", SMALL, "-o", self.finished], 2, r"holds a finished run \(it is not overwritten\) add --overwrite")

    def test_an_unfinished_run_asks_for_resume(self):
        torn = self.copy(journal=self.journal[:len(self.journal) // 2])
        self.expect_untouched(torn, ["run", SMALL, "-o", torn], 2, r"holds an unfinished run.*add --resume .*or --overwrite")

    def test_another_experiment_does_not_resume_a_run(self):
        for setting in ("train.lr=0.02", "experiment.seed=12", "data.rows=121", "model.hidden=[9]"):
            with self.subTest(setting=setting):
                self.expect_untouched(self.finished, ["run", SMALL, "-o", self.finished, "--resume", "-s", setting], 2,
                                      r"belongs to another experiment \(identity [0-9a-f]+, this one is [0-9a-f]+\)")

    def test_overwrite_replaces_a_run_and_nothing_else(self):
        own = self.copy()
        (own / "notes.txt").write_text("mine\n")
        done = run("run", SMALL, "-o", own, "--overwrite", "-s", "experiment.seed=12")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((own / "notes.txt").read_text(), "mine\n")
        self.assertEqual(run("diff", self.finished, own).returncode, 1)

    def test_a_folder_of_something_else_is_left_alone(self):
        (self.folder / "precious.txt").write_text("mine\n")
        for options in ([], ["--resume"], ["--overwrite"]):
            with self.subTest(options=options):
                self.expect_untouched(self.folder, ["run", SMALL, "-o", self.folder, *options], 2,
                                      r"is not a run of jury \(it holds something else\) choose another with --output")

    def test_a_file_in_place_of_a_run_is_left_alone(self):
        file = self.folder / "file"
        file.write_text("mine\n")
        for arguments in (["run", SMALL, "-o", file, "--overwrite"], ["resume", file], ["resume", file, "--check"]):
            with self.subTest(arguments=arguments[0]):
                self.expect_untouched(self.folder, arguments, 2, r"is not a run of jury")

    def test_a_torn_journal_is_resumed_and_its_tail_kept(self):
        for cut in (1, len(self.journal) // 2, len(self.journal) * 9 // 10):
            with self.subTest(cut=cut):
                torn = self.copy(journal=self.journal[:-cut])
                done = run("resume", torn)
                self.assertEqual(done.returncode, 0, done.stderr)
                expect_same(self, self.finished, torn)
        torn = self.copy(journal=self.journal + b"half a record")
        self.assertIn("13 bytes that never became a whole record", run("resume", torn).stderr)
        self.assertEqual(sum(path.stat().st_size for path in torn.glob("journal.torn-*")), 13)

    def test_a_damaged_journal_is_refused_and_named(self):
        chance = random.Random(20260102)
        for _ in range(8):
            at = chance.randrange(200, len(self.journal) * 3 // 4)
            flipped = bytearray(self.journal)
            flipped[at] ^= 1 << chance.randrange(8)
            damaged = self.copy(journal=bytes(flipped))
            with self.subTest(at=at):
                self.expect_untouched(damaged, ["resume", damaged], 3, r"journal")
                self.expect_untouched(damaged, ["run", SMALL, "-o", damaged, "--resume"], 3, r"journal")
                done = run("resume", damaged, "--check")
                self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
                self.assertRegex(done.stdout + done.stderr, r"journal.*(byte|offset) \d+|head of journal")

    def test_a_sound_journal_is_called_sound(self):
        done = run("resume", self.finished, "--check")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"journal: sound, \d+ records, finished")

    def test_a_journal_of_something_else_is_data_that_is_wrong(self):
        for content in (b"", b"short", bytes(4096), b"\x89HDF\r\n\x1a\n" + bytes(4096)):
            foreign = self.copy(journal=content)
            for arguments in (["resume", foreign], ["resume", foreign, "--check"], ["run", SMALL, "-o", foreign, "--resume"],
                              ["run", SMALL, "-o", foreign, "--overwrite"]):
                with self.subTest(content=content[:8], arguments=arguments[0]):
                    before = self.content(foreign)
                    done = run(*arguments)
                    self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
                    self.assertRegex(done.stdout + done.stderr, r"is not a journal|head of journal")
                    self.assertEqual(before, self.content(foreign))

    def test_damaged_results_never_crash_the_reader(self):
        chance = random.Random(20260103)
        for cut in (0, 1, 100, len(self.results) // 2, len(self.results) - 1):
            with self.subTest(cut=cut):
                self.expect(["show", self.copy(results_h5=self.results[:cut])], 3, r"results\.h5'? ")
        self.expect(["show", self.copy(results_h5=b"no results\n" * 50)], 3, r"results\.h5'? ")
        for _ in range(15):
            flipped = bytearray(self.results)
            for _ in range(300):
                flipped[chance.randrange(len(flipped))] = chance.randrange(256)
            damaged = self.copy(results_h5=bytes(flipped))
            for arguments in (["show", damaged, "members"], ["diff", damaged, self.finished]):
                done = run(*arguments)
                with self.subTest(arguments=arguments[0]):
                    self.assertIn(done.returncode, (0, 1, 3), done.stderr)
                    self.assertEqual(done.stderr.count("\n"), 1 if done.returncode == 3 else 0, done.stderr)

    def test_show_and_diff_say_what_is_missing(self):
        self.expect(["show", self.finished, "membres"], 2, r"there is no table 'membres' did you mean 'members'")
        self.expect(["show", self.copy(results_h5=None)], 2, r"has no results yet \('jury resume .* --results-only'")
        self.expect(["show", SMALL], 3, r"small\.toml")
        self.expect(["diff", self.finished, SMALL], 3, r"small\.toml")
        self.expect(["diff", self.finished, self.folder / "absent"], 2, r"absent")
        other = self.folder / "other"
        run("run", SMALL, "-o", other, "-s", "experiment.seed=12")
        done = run("diff", self.finished, other)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, r"(?m)^/\S+: ")

    def test_damaged_results_beside_a_journal_can_be_made_again(self):
        directory = self.copy()
        os.truncate(directory / "results.h5", 3000)
        for arguments in (["show", directory], ["report", directory, "-o", self.folder / "p.html"], ["export", directory, "csv"],
                          ["predict", directory, "x.csv", "-o", self.folder / "p.csv"], ["compare", directory, self.finished]):
            with self.subTest(arguments=arguments):
                self.expect(arguments, 3, rf"is not readable as HDF5 \(.*\) 'jury resume {directory} --results-only' makes it again from the journal")
        self.assertEqual(run("resume", directory, "--results-only", "-q").returncode, 0)
        self.assertEqual(run("show", directory).returncode, 0)

    def test_a_place_that_cannot_be_written_is_said(self):
        (self.folder / "file").write_text("")
        for place in (self.folder / "file" / "run", "/proc/absent/run", "/dev/null/run"):
            with self.subTest(place=place):
                self.expect(["run", SMALL, "-o", place], 74, r"cannot (create the folder|look at)")

    def test_output_that_cannot_be_written_is_said(self):
        for arguments in (["show", self.finished, "members"], ["version"], ["diff", self.finished, self.finished],
                          ["data", "info", "{0}"], ["run", "--help"], ["validate", SMALL]):
            if "{0}" in arguments:
                (self.folder / "data.csv").write_text("a,y\n1,p\n2,q\n")
                arguments[-1] = self.folder / "data.csv"
                arguments += ["-s", "target=y"]
            with self.subTest(arguments=arguments), open("/dev/full", "w") as full:
                done = subprocess.run(command(arguments), stdout=full, stderr=subprocess.PIPE, text=True, env=environment())
                expect_complaint(self, done, 74, r"standard output cannot be written")

    def test_a_closed_pipe_is_no_error(self):
        for table in ("members", "summary"):
            with subprocess.Popen(command(["show", self.finished, table, "-f", "json"]), stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, env=environment()) as process:
                process.stdout.close()
                self.assertEqual(process.stderr.read(), b"")

    def test_requirements_decide_the_exit_code(self):
        for requirement, code in (("accuracy>=0", 0), ("accuracy>=1.1", 5), ("log_loss<=1e-9", 5), ("log_loss < 1e9", 0)):
            with self.subTest(requirement=requirement):
                done = run("run", SMALL, "-o", self.finished, "--resume", "--require", requirement)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertEqual("does not meet --require" in done.stderr, code == 5, done.stderr)


if __name__ == "__main__":
    unittest.main()
