"""jury show DIR --follow: a run seen from outside, while it goes on, when it has ended, and when it has died."""
import json
import os
import pty
import re
import signal
import subprocess
import time
import unittest
from pathlib import Path

from jury_command import FolderTestCase, JURY, environment, expect_complaint, expect_same, kill_all, run, start

SMALL = Path(__file__).with_name("small.toml")
AT_ONCE = 25  # s: a view that waited for a sign of life would wait for 30


def study(repeats):
    settings = ("data.rows=1000", "train.epochs=40", "train.batch=4", "bias_variance=false", "final.refit=false", f"cv.repeats={repeats}")
    return [SMALL, *(word for setting in settings for word in ("-s", setting))]


def follow(directory, **options):
    return subprocess.Popen([JURY, "show", str(directory), "--follow"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=environment(**options))


def ended(process, timeout=60):
    """Exit code, standard output and standard error."""
    said = process.communicate(timeout=timeout)
    return (process.returncode, *said)


class Follow(FolderTestCase):
    def begin(self, repeats, *options, ranks=None):
        """A running study, once it has a journal and has said how far it is."""
        directory = self.folder / "run"
        process = self.started(directory, "run", *study(repeats), "-o", directory, "-q", *options, ranks=ranks)
        return process, directory

    def started(self, directory, *arguments, ranks=None):
        """A process that has said how far the run in the directory is; what an earlier one said of it is forgotten."""
        (directory / "progress.json").unlink(missing_ok=True)
        process = start(*arguments, ranks=ranks)
        self.addCleanup(lambda: process.poll() is None and kill_all(process))
        while process.poll() is None and not (directory / "progress.json").exists():
            time.sleep(0.01)
        return process

    def test_a_run_is_followed_to_its_end_and_is_not_disturbed(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                process, directory = self.begin(4, ranks=ranks)
                code, said, complaint = ended(follow(directory))
                self.assertEqual((process.wait(60), code, complaint), (0, 0, ""))
                lines = said.splitlines()
                self.assertRegex(lines[-3], r"^small: 48 of 48 fits \(100 %\)$")
                self.assertRegex(lines[-2], r"^accuracy \(oof\): 0\.\d+ \+- 0\.\d+$")
                self.assertEqual(lines[-1], f"finished; 'jury show {directory}' shows the results")
                counts = [int(re.match(r"small: (\d+) of 48 fits", line)[1]) for line in lines[:-2]]
                self.assertEqual(counts, sorted(counts))
                self.assertNotIn("\033", said)
                reference = self.folder / f"reference{ranks}"
                self.assertEqual(run("run", *study(4), "-o", reference, "-q").returncode, 0)
                expect_same(self, reference, directory)
                directory.rename(self.folder / f"done{ranks}")

    def test_a_finished_run_is_over_at_once(self):
        directory = self.folder / "run"
        self.assertEqual(run("run", SMALL, "-o", directory, "-q").returncode, 0)
        journal = (directory / "journal").read_bytes()
        code, said, _ = ended(follow(directory), AT_ONCE)
        self.assertEqual((code, len(said.splitlines())), (0, 3), said)
        self.assertEqual((directory / "journal").read_bytes(), journal)
        self.assertEqual(json.loads((directory / "progress.json").read_text())["in_flight"], 0)
        (directory / "progress.json").unlink()
        self.assertEqual(ended(follow(directory), AT_ONCE)[0], 0)

    def test_a_run_that_stopped_or_died_can_be_resumed(self):
        process, directory = self.begin(100)
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(60), 75)
        code, said, _ = ended(follow(directory), AT_ONCE)
        self.assertEqual(code, 75)
        self.assertIn(f"{directory} has stopped (exit code 75); 'jury resume {directory}' continues it", said)
        self.assertEqual(run("resume", directory, "--results-only", "-q").returncode, 0)
        self.assertIn(f"{directory} is no longer running; 'jury resume {directory}' continues it", ended(follow(directory), AT_ONCE)[1])
        again = self.started(directory, "resume", directory, "-q")
        watcher = follow(directory)
        watcher.stdout.readline()
        kill_all(again)
        code, said, _ = ended(watcher, AT_ONCE)
        self.assertEqual(code, 75)
        self.assertTrue(said.splitlines()[-1].endswith(f"'jury resume {directory}' continues it"), said)

    def test_what_is_half_written_or_damaged_ends_no_view(self):
        process, directory = self.begin(100)
        kill_all(process)
        with open(directory / "journal", "ab") as journal:
            journal.write(b"JFRM half a frame")
        (directory / "progress.json").write_text('{"format": "jury-pro')
        # Nothing tells when it was last alive: that takes the grace of 30 s, so the view is left.
        watcher = follow(directory)
        with self.assertRaises(subprocess.TimeoutExpired):
            watcher.wait(3)
        watcher.send_signal(signal.SIGINT)
        self.assertEqual(ended(watcher)[0], 0)

    def test_ctrl_c_leaves_the_view_and_not_the_run(self):
        process, directory = self.begin(100)
        watcher = follow(directory)
        watcher.stdout.readline()
        watcher.send_signal(signal.SIGINT)
        code, _, complaint = ended(watcher, AT_ONCE)
        self.assertEqual((code, complaint), (0, ""))
        self.assertIsNone(process.poll())

    def terminal(self, directory, term, until):
        """What a terminal of 40 columns gets up to these bytes."""
        ours, theirs = pty.openpty()
        subprocess.run(["stty", "cols", "40", "rows", "20"], stdin=theirs, check=True)
        watcher = subprocess.Popen([JURY, "show", str(directory), "--follow"], stdout=theirs, stderr=subprocess.DEVNULL, env=environment(TERM=term))
        os.close(theirs)
        text = b""
        while not re.search(until, text):
            text += os.read(ours, 65536)
        watcher.send_signal(signal.SIGINT)
        try:
            while chunk := os.read(ours, 65536):
                text += chunk
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        watcher.wait(AT_ONCE)
        return text.decode()

    def test_a_terminal_is_redrawn_within_its_width(self):
        process, directory = self.begin(100)
        text = self.terminal(directory, "xterm", until=rb"\033\[J[^\033]*\n")
        self.assertRegex(text, r"\033\[\d+A\r\033\[J")
        lines = re.sub(r"\033\[\d*[AJ]|\r", "", text).splitlines()
        self.assertLess(max(map(len, lines)), 40)
        self.assertTrue(any(line.startswith("small: ") for line in lines))
        self.assertNotIn("\033", self.terminal(directory, "dumb", until=rb"\n.*\n"))

    def test_a_closed_pipe_ends_the_view_quietly(self):
        process, directory = self.begin(100)
        watcher = follow(directory)
        watcher.stdout.readline()
        watcher.stdout.close()
        self.assertEqual(watcher.wait(AT_ONCE), -signal.SIGPIPE)
        self.assertEqual(watcher.stderr.read(), "")
        watcher.stderr.close()

    def test_what_is_no_run_is_refused(self):
        expect_complaint(self, run("show", self.folder / "none", "--follow"), 2, "there is no run directory")
        expect_complaint(self, run("show", self.folder, "--follow"), 2, "is not a run of jury")
        expect_complaint(self, run("show", self.folder, "trials", "--follow"), 2, "--follow shows how far a run is, and no table")


if __name__ == "__main__":
    unittest.main()
