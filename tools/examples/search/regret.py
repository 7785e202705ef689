#!/usr/bin/python3
"""Median regret of samplers on a function: how far the best of the first trials is above the smallest value.

    tools/examples/search/regret.py build/release/jury
    tools/examples/search/regret.py build/release/jury --function hartmann6 --trials 100 --after 50 100 --methods gp random
"""
import argparse
import csv
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

METHODS = ("random", "sobol", "tpe", "gp", "cma_es")
EXPERIMENT = Path(__file__).with_name("branin.toml")


def values_of(given, method, parallel, seed):
    """What each trial of a search came to, less the smallest value."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        settings = {"objective.function": given.function, "search.method": method, "search.trials": given.trials,
                    "search.parallel": parallel, "experiment.seed": seed}
        arguments = [word for key, value in settings.items() for word in ("-s", f"{key}={value}")]
        subprocess.run([given.jury, "run", EXPERIMENT, "-o", run, "-q", *arguments], check=True)
        optimum = json.loads((run / "summary.json").read_text())["optimum"]
        with open(run / "trials.csv", newline="") as file:
            return [float(line["value"]) - optimum for line in csv.DictReader(file)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jury", help="the command")
    parser.add_argument("--function", default="branin")
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--parallel", nargs="+", type=int, default=[1, 8])
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--after", nargs="+", type=int, default=[25, 50])
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    after = [f"after {count}" for count in given.after]
    print(f"| {given.function}, {given.seeds} seeds | workers | " + " | ".join(after) + " |")
    print("|---|---|" + "---|" * len(after))
    for method in given.methods:
        for parallel in given.parallel:
            runs = [values_of(given, method, parallel, seed) for seed in range(1, given.seeds + 1)]
            medians = [statistics.median(min(run[:count]) for run in runs) for count in given.after]
            print(f"| {method} | {parallel} | " + " | ".join(f"{value:.2g}" for value in medians) + " |", flush=True)


if __name__ == "__main__":
    main()
