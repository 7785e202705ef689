#!/usr/bin/python3
"""How many times faster a job is on more ranks, from the first task dealt to the last record. Of ranks on this machine.

Usage: rank_scaling.py RANKS REPEATS JURY EXPERIMENT [option...]     options are those of `jury run`

In turn: the job on one rank, on RANKS ranks, and RANKS jobs of one rank at once. The last is what the machine itself gives: cores that share a clock,
caches or memory are slower together. Speedups are medians of pairs.
"""
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py


def start(jury, ranks, out, arguments):
    return subprocess.Popen(["mpirun", "-n", str(ranks), jury, "run", *arguments, "-o", str(out)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def span(out):
    with h5py.File(out / "results.h5") as results:
        tasks = results["timing/tasks"]
        return max(tasks["started"][:] + tasks["duration"][:]) - min(tasks["started"][:])


def spans(jury, ranks_of_jobs, arguments):
    """Seconds of jobs that run at once."""
    with tempfile.TemporaryDirectory() as folder:
        outs = [Path(folder) / str(number) for number in range(len(ranks_of_jobs))]
        jobs = [start(jury, ranks, out, arguments) for ranks, out in zip(ranks_of_jobs, outs)]
        if any([job.wait() for job in jobs]):
            sys.exit("rank_scaling.py: a job failed")
        return [span(out) for out in outs]


def main(ranks, repeats, jury, *arguments):
    ranks = int(ranks)
    print(f"one rank s  {ranks} ranks s   times  {ranks} jobs at once s  the machine's times")
    speedups, ceilings = [], []
    for _ in range(int(repeats)):
        alone, = spans(jury, [1], arguments)
        together, = spans(jury, [ranks], arguments)
        apart = statistics.mean(spans(jury, [1] * ranks, arguments))
        speedups.append(alone / together)
        ceilings.append(ranks * alone / apart)
        print(f"{alone:10.2f} {together:10.2f} {speedups[-1]:8.3f} {apart:16.2f} {ceilings[-1]:16.3f}", flush=True)
    print(f"median: {statistics.median(speedups):.3f} times; the machine {statistics.median(ceilings):.3f}")


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
