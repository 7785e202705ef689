"""A job of `jury launch`, and the processes there are of it."""
import os
import signal
import subprocess
import time
from pathlib import Path

from jury_command import JURY, environment


def variables(pid):
    """The environment a process was started with; none of a process that is gone."""
    try:
        return dict(line.split("=", 1) for line in Path(f"/proc/{pid}/environ").read_text().split("\0") if "=" in line)
    except (OSError, UnicodeDecodeError):
        return {}


def seconds_of(pid):
    """Processor seconds of a process so far, of its training threads mostly."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:  # it is gone
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Job:
    """A running job, and what there is of it: every process it started has `mark` in the environment variable `name`."""

    def __init__(self, command, name, mark, stdout=subprocess.DEVNULL):
        self.name, self.mark = name, mark
        self.process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, text=True,
                                        env=environment(**{name: mark}))

    def children(self):
        """By pid: the rank, or None of mpirun."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            pid = int(folder.name)
            env = variables(pid)
            if self.mark in env.get(self.name, "") and pid != self.process.pid:
                rank = env.get("OMPI_COMM_WORLD_RANK")
                found[pid] = None if rank is None else int(rank)
        return found

    @staticmethod
    def signal(pid, number):
        """To a process that may be gone."""
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

    def wait_for(self, rank):
        """The pid of that rank, once it is at work."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            for pid, of in self.children().items():
                if of == rank:
                    return pid
            time.sleep(0.02)
        raise AssertionError(f"rank {rank} never came up")

    def wait_until(self, condition, seconds=120):
        """Until it holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError("it never came to that")
            time.sleep(0.05)

    def busy_worker(self):
        """Rank and pid of the one that trains: the others sleep."""
        before, found = {}, []

        def find():
            for pid, rank in self.children().items():
                used = seconds_of(pid) if rank else 0
                if used - before.setdefault(pid, used) > 2:
                    found[:] = [rank, pid]
            return found

        self.wait_until(find)
        return found

    def kill(self):
        """All of it, if it is still there."""
        if self.process.poll() is None:
            for pid in [self.process.pid, *self.children()]:
                self.signal(pid, signal.SIGKILL)
            self.process.communicate()

    def end(self, timeout=300):
        """Exit code and what was said; fails when it does not end."""
        try:
            _, said = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            for pid in [self.process.pid, *self.children()]:
                self.signal(pid, signal.SIGKILL)
            raise
        return self.process.returncode, said


class Launched(Job):
    """A running `jury launch`."""

    def __init__(self, *arguments, ranks=3):
        command = [JURY, "launch", *map(str, arguments), "-n", str(ranks)]
        # Its processes are told a file for their status, whose name ends in its own number.
        super().__init__(command, "JURY_LAUNCH_STATUS", None)
        self.mark = f"-{self.process.pid}"


def wait_for_records(directory, size=20000):
    """Until work is on disk."""
    journal = Path(directory) / "journal"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if journal.exists() and journal.stat().st_size > size:
            return
        time.sleep(0.02)
    raise AssertionError("no record came")
