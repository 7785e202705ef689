"""Disks that fill up, turn read-only or vanish under a run: exit code 74, nothing acknowledged is lost, and a resume ends the same.

Disks are small tmpfs in mount namespaces of their own, so all of it needs root.
"""
import os
import select
import shutil
import subprocess
import unittest
from pathlib import Path

from jury_command import FolderTestCase, command, environment, expect_complaint, expect_same, run

SMALL = Path(__file__).with_name("small.toml")
LARGE = [SMALL, "-s", "output.predictions=members", "-s", "data.test_rows=2000", "-s", "cv.repeats=4"]


def on_disk(disk, size, script, timeout=120):
    """Runs a shell script where `disk` is a tmpfs of this size, then copies what is on it to disk + ".left"."""
    keep = f"status=$?; mount -o remount,rw,size=1g {disk} 2>/dev/null; cp -a {disk} {disk}.left; exit $status"
    return subprocess.run(["unshare", "-m", "sh", "-c", f"mount -t tmpfs -o size={size} none {disk} && ({script}); {keep}"],
                          capture_output=True, text=True, timeout=timeout, env=environment())


def can_mount():
    return os.geteuid() == 0 and subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0


def shell(arguments):
    return " ".join(f"'{word}'" for word in command(arguments))


def records(directory):
    """Number of records in a journal, by the command's own reader."""
    done = run("resume", directory, "--check")
    assert done.returncode == 0, done.stdout + done.stderr
    return int(done.stdout.split(" records")[0].split()[-1])


@unittest.skipUnless(can_mount(), "needs root, to mount small disks")
class FullDisk(FolderTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.whole = cls.root / "whole"
        done = run("run", *LARGE, "-o", cls.whole)
        assert done.returncode == 0, done.stderr
        cls.size = sum(path.stat().st_size for path in cls.whole.rglob("*") if path.is_file())

    def expect_resumed(self, left):
        """What is left is sound, and continues to the same results."""
        before = records(left)
        done = run("resume", left)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreaterEqual(records(left), before)
        expect_same(self, self.whole, left)

    def disk(self, name="disk"):
        disk = self.folder / name
        disk.mkdir()
        return disk

    def half_full_then(self, disk, script):
        """A run that fills the disk with half of its work done, and then the script."""
        return on_disk(disk, f"{int(0.5 * self.size / 1024)}k", f"{shell(['run', *LARGE, '-o', disk / 'run'])}; test $? = 74 || exit 1; {script}")

    def test_a_disk_that_fills_up(self):
        for share in (0.05, 0.3, 0.6, 0.9):
            with self.subTest(share=share):
                disk = self.disk(f"disk{share}")
                kibibytes = max(int(share * self.size / 1024), 16)
                done = on_disk(disk, f"{kibibytes}k", shell(["run", *LARGE, "-o", disk / "run", "--progress", "none"]))
                expect_complaint(self, done, 74, "No space left on device")
                left = Path(f"{disk}.left/run")
                if (left / "journal").exists():
                    self.expect_resumed(left)
                if share > 0.5:
                    self.assertGreater(records(left), 0)

    def test_an_output_is_named_as_it_was_asked_for(self):
        for name in ("a.csv", "a.npy", "a.h5"):
            with self.subTest(name=name):
                disk = self.disk(f"disk-{name}")
                done = on_disk(disk, "64k", shell(["data", "make", "twonorm", "-n", "5000", "-o", disk / name]))
                expect_complaint(self, done, 74, "cannot .*'" + str(disk / name) + "'.*No space left on device")
                self.assertNotIn(".tmp", done.stderr)

    def test_a_disk_that_was_made_larger_goes_on_in_place(self):
        disk = self.disk()
        done = self.half_full_then(disk, f"mount -o remount,size=64m {disk}; {shell(['resume', disk / 'run'])}")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("already done", done.stderr)
        expect_same(self, self.whole, f"{disk}.left/run")

    def test_a_disk_that_turned_read_only(self):
        disk = self.disk()
        done = self.half_full_then(disk, f"mount -o remount,ro {disk}; {shell(['resume', disk / 'run'])}; code=$?; "
                                         f"mount -o remount,rw,size=64m {disk}; {shell(['resume', disk / 'run'])} || exit 1; exit $code")
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertRegex(done.stderr, "jury: .*Read-only file system")
        expect_same(self, self.whole, f"{disk}.left/run")

    def test_a_disk_that_was_read_only_from_the_start(self):
        disk = self.disk()
        done = on_disk(disk, "64k", f"mount -o remount,ro {disk}; {shell(['run', SMALL, '-o', disk / 'run'])}")
        expect_complaint(self, done, 74, "cannot create the folder.*Read-only file system")

    def test_a_directory_that_vanishes(self):
        run_directory, gone = self.folder / "run", self.folder / "gone"
        process = subprocess.Popen(command(["run", *LARGE, "-s", "cv.repeats=400", "-o", run_directory]), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, env=environment())
        journal = run_directory / "journal"
        while process.poll() is None and not (journal.exists() and journal.stat().st_size > 60000):
            select.select([], [], [], 0.005)
        run_directory.rename(gone)
        _, complaint = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 74, complaint)
        self.assertGreater(records(gone), 0)
        done = run("run", *LARGE, "-o", gone, "--resume")  # repeats are no part of the identity
        self.assertEqual(done.returncode, 0, done.stderr)
        expect_same(self, self.whole, gone)


class Private(FolderTestCase):
    def modes(self, directory):
        return {path.name: path.stat().st_mode & 0o777 for path in [directory, *directory.rglob("*")]}

    def run_with(self, umask, *options):
        done = subprocess.run(command(["run", SMALL, "-o", self.folder / "run", *options]), capture_output=True, text=True,
                              env=environment(), preexec_fn=lambda: os.umask(umask))
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.modes(self.folder / "run")

    def test_nothing_is_writable_by_the_group_whatever_the_umask(self):
        for name, mode in self.run_with(0o002).items():
            self.assertEqual(mode & 0o022, 0, name)

    def test_a_private_run_is_for_its_owner_alone(self):
        for options in (["--private"], ["-s", "output.private=true"]):
            shutil.rmtree(self.folder / "run", ignore_errors=True)
            for name, mode in self.run_with(0o022, *options).items():
                self.assertEqual(mode & 0o077, 0, name)

    def test_privacy_is_of_the_run_and_no_part_of_its_identity(self):
        self.run_with(0o022)
        done = run("resume", self.folder / "run", "--private")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.folder / "run").stat().st_mode & 0o777, 0o700)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give folders away")
    def test_the_run_of_another_user_is_refused(self):
        self.run_with(0o022)
        os.chown(self.folder / "run", 12345, 12345)
        for arguments in (["resume", self.folder / "run"], ["run", SMALL, "-o", self.folder / "run", "--overwrite"]):
            done = run(*arguments)
            self.assertEqual(done.returncode, 74, done.stderr)
            self.assertIn("belongs to another user", done.stderr)

    def test_links_in_a_run_directory_are_not_followed(self):
        self.run_with(0o022)
        precious = self.folder / "precious"
        precious.write_text("mine")
        for name in ("results.h5", "summary.json", "trials.csv", "log.txt"):
            (self.folder / "run" / name).unlink()
            (self.folder / "run" / name).symlink_to(precious)
        self.assertEqual(run("resume", self.folder / "run", "--results-only").returncode, 0)
        self.assertEqual(precious.read_text(), "mine")


if __name__ == "__main__":
    unittest.main()
