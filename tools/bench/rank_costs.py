#!/usr/bin/python3
"""What each rank of a job costs: memory and processor time. Of ranks on this machine.

Usage: rank_costs.py RANKS SECONDS COMMAND...     starts mpirun -n RANKS COMMAND, looks at it for SECONDS, and ends it

PSS counts what ranks share by parts; `own` is what no other process has; `core` is the share of one core over the last half of the time.
"""
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

VARIABLE = "JURY_RANK_COSTS"


def ranks(mark):
    """By rank: the pid."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            env = dict(word.split("=", 1) for word in (folder / "environ").read_text(errors="replace").split("\0") if "=" in word)
        except OSError:
            continue
        if env.get(VARIABLE) == mark and "OMPI_COMM_WORLD_RANK" in env:
            found[int(env["OMPI_COMM_WORLD_RANK"])] = int(folder.name)
    return found


def memory(pid):
    """Kilobytes by the names of smaps_rollup."""
    lines = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    return {words[0][:-1]: int(words[1]) for words in lines if len(words) == 3}


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(num_ranks, seconds, *command):
    mark = str(os.getpid())
    job = subprocess.Popen(["mpirun", "-n", num_ranks, *command], env=dict(os.environ, **{VARIABLE: mark}), stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    begun, highest, before = time.monotonic(), {}, None
    try:
        while time.monotonic() - begun < float(seconds):
            time.sleep(0.5)
            now = {rank: memory(pid) for rank, pid in ranks(mark).items()}
            for rank, kilobytes in now.items():
                highest[rank] = max(highest.get(rank, 0), kilobytes["Private_Clean"] + kilobytes["Private_Dirty"])
            if before is None and time.monotonic() - begun > float(seconds) / 2:
                before = time.monotonic(), {rank: cpu_seconds(pid) for rank, pid in ranks(mark).items()}
        if not now:
            raise KeyError("no rank")
        took = time.monotonic() - before[0]
        print("rank     PSS MB     own MB    highest   core %")
        for rank, pid in sorted(ranks(mark).items()):
            kilobytes = now[rank]
            own = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
            core = 100 * (cpu_seconds(pid) - before[1][rank]) / took
            print(f"{rank:4} {kilobytes['Pss'] / 1024:10.1f} {own / 1024:10.1f} {highest[rank] / 1024:10.1f} {core:8.1f}")
        print(f"all  {sum(kilobytes['Pss'] for kilobytes in now.values()) / 1024:10.1f}")
    except (OSError, KeyError, TypeError):
        sys.exit("rank_costs.py: the job ended too early (give it more to do, or look for less time)")
    finally:
        job.send_signal(signal.SIGTERM)
        job.wait()


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
