"""Runs the jury command for the end-to-end tests: alone or under mpirun, with or without a kill."""
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import unittest
from pathlib import Path

JURY = os.environ["JURY"]
SOURCE = Path(__file__).resolve().parents[2]
MPI_ENVIRONMENT = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
    "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
}


def environment(**changes):
    """This process's environment with changes; a value of None removes the variable."""
    env = dict(os.environ, **MPI_ENVIRONMENT)
    for name, value in changes.items():
        env.pop(name, None) if value is None else env.update({name: value})
    return env


def command(arguments, ranks=None):
    """The command line; without ranks one process that never starts MPI."""
    launcher = [] if ranks is None else ["mpirun", "-n", str(ranks)]
    return [*launcher, JURY, *map(str, arguments)]


def run(*arguments, ranks=None, env=None, timeout=300):
    """The completed process, with its output as text."""
    return subprocess.run(command(arguments, ranks), capture_output=True, text=True, timeout=timeout,
                          env=env or environment())


def on_terminal(columns, *arguments, **variables):
    """What the command prints on a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = environment(**{"NO_COLOR": None, "COLUMNS": None, "TERM": "xterm", **variables})
    process = subprocess.Popen(command(arguments), stdout=theirs, stderr=subprocess.PIPE, text=True, env=env)
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 65536):
            said += chunk
    except OSError:  # the other end is closed
        pass
    _, problems = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0, problems
    return said.decode().replace("\r\n", "\n")


def events_of(text):
    """What `--json` wrote: one object a line."""
    return [json.loads(line) for line in text.splitlines()]


def summary_of(done):
    """The summary in the last event of a run with --json."""
    return events_of(done.stdout)[-1]["summary"]


def start(*arguments, ranks=None):
    """A running process in a session of its own, so that all of it can be killed."""
    return subprocess.Popen(command(arguments, ranks), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env=environment(), start_new_session=True)


def kill_all(process):
    """SIGKILL to the process and everything it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def h5diff(a, b):
    """What differs between two results files in the eyes of HDF5's own tool."""
    return subprocess.run(["h5diff", "--exclude-path=/timing", "--exclude-path=/provenance", str(a), str(b)],
                          capture_output=True, text=True, timeout=300)


def expect_same(test, a, b):
    """Fails the test unless two run directories hold the same scientific content."""
    ours = run("diff", a, b)
    test.assertEqual((ours.returncode, ours.stdout), (0, "the same results\n"), ours.stderr)
    theirs = h5diff(Path(a) / "results.h5", Path(b) / "results.h5")
    test.assertEqual((theirs.returncode, theirs.stdout), (0, ""), theirs.stderr)


def expect_complaint(test, done, code, *messages):
    """Fails the test unless the command ended with that code and said these things, each in one line
    of standard error, and nothing there but lines of its own."""
    test.assertEqual(done.returncode, code, done.stderr)
    lines = done.stderr.splitlines()
    test.assertEqual([], [line for line in lines if not line.startswith("jury: ") or len(line) > 1000])
    test.assertNotRegex(done.stderr, "internal error|terminate called|core dumped|Assertion|ERROR: AddressSanitizer")
    for message in messages:
        test.assertTrue(any(re.search(message, line) for line in lines), f"no line says {message!r}:\n{done.stderr}")


def scratch():
    """A temporary folder that removes itself."""
    return tempfile.TemporaryDirectory(prefix="jury-test-")


class FolderTestCase(unittest.TestCase):
    """Each test has an empty `folder` of its own, and all of a class a `root`, which exists when setUpClass() begins."""

    @classmethod
    def setUpClass(cls):
        folder = scratch()
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)

    def setUp(self):
        folder = scratch()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class ReferenceTestCase(FolderTestCase):
    """Also has a `reference`: what one process makes, undisturbed, of the `experiment` with these `settings` (words of the command)."""

    experiment, settings = None, ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reference = cls.root / "reference"
        done = run("run", cls.experiment, *cls.settings, "-o", cls.reference)
        assert done.returncode == 0, done.stderr


if __name__ == "__main__":
    sys.exit("this is a module of the end-to-end tests")
