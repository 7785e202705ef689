#!/usr/bin/python3
"""Reading a csv by jury, by pandas' C reader and by numpy.loadtxt: processor time of one thread each, in turn, medians.

    tools/bench/peers/csv_readers.py [--jury FILE] [--rows N] [--pairs N]

Needs python3-pandas. The file is `jury data make friedman1` (10 features of up to 9 digits, a target of up to 17)."""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
import numpy  # noqa: E402  (after the environment)
import pandas  # noqa: E402


def seconds_of(call):
    before = time.process_time()
    call()
    return time.process_time() - before


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jury", default=Path(__file__).resolve().parents[3] / "build" / "release" / "jury")
    parser.add_argument("--rows", type=int, default=300000)
    parser.add_argument("--pairs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jury-bench-") as folder:
        file = Path(folder) / "friedman1.csv"
        subprocess.run([given.jury, "data", "make", "friedman1", "--rows", str(given.rows), "-q", "-o", file], check=True)
        megabytes = file.stat().st_size / 1e6
        ways = {
            "jury": lambda: json.loads(subprocess.run([given.jury, "bench", "data", file, "--repeats", "1", "--json"], check=True,
                                                      capture_output=True).stdout)[0]["table_cpu_seconds"],
            "pandas": lambda: seconds_of(lambda: pandas.read_csv(file, engine="c")),
            "pandas, round_trip": lambda: seconds_of(lambda: pandas.read_csv(file, engine="c", float_precision="round_trip")),
            "numpy.loadtxt": lambda: seconds_of(lambda: numpy.loadtxt(file, delimiter=",", skiprows=1)),
        }
        seconds = {name: [] for name in ways}
        for _ in range(given.pairs):
            for name, way in ways.items():
                seconds[name].append(way())
        print(f"{megabytes:.1f} MB, medians of {given.pairs}")
        for name, taken in seconds.items():
            ratio = statistics.median(t / j for t, j in zip(taken, seconds["jury"]))
            print(f"{name:20} {megabytes / statistics.median(taken):7.0f} MB/s {ratio:6.2f} times jury's time")


if __name__ == "__main__":
    main()
