#!/usr/bin/env python3
"""Runs the experiments of a published table and prints what they give beside it, as Markdown.

Usage: run.py TABLE DATA [--jury PATH] [--out DIR] [--only NAME,...] [--methods NAME,...] [--set KEY=VALUE]...

TABLE is the name of an experiment file here; DATA the folder of the public data sets. A run that is there
already is resumed, so that a driver that was stopped goes on where it was. One process, no Python package
but h5py.
"""
import argparse
import math
import random
import subprocess
import sys
from pathlib import Path

import h5py

HERE = Path(__file__).resolve().parent

# Opitz and Maclin 1999: folder, classes, hidden units, epochs, published errors in percent.
OPITZ = {
    "iris": ("iris", 3, 5, 80, {"single": 4.3, "average": 3.9, "bagging": 4.0, "adaboost": 3.9}),
    "glass": ("glass", 6, 10, 80, {"single": 38.6, "average": 35.2, "bagging": 33.1, "adaboost": 31.1}),
    "sonar": ("sonar", 2, 10, 60, {"single": 16.6, "average": 15.9, "bagging": 16.8, "adaboost": 13.0}),
    "ionosphere": ("ionosphere", 2, 10, 40, {"single": 9.7, "average": 7.5, "bagging": 9.2, "adaboost": 8.3}),
    "vote": ("vote", 2, 5, 40, {"single": 4.9, "average": 4.8, "bagging": 4.1, "adaboost": 5.3}),
    "diabetes": ("diabetes", 2, 5, 30, {"single": 23.9, "average": 23.0, "bagging": 22.8, "adaboost": 23.3}),
    "vehicle": ("vehicle", 4, 10, 40, {"single": 24.9, "average": 21.2, "bagging": 20.7, "adaboost": 19.7}),
    "credit-g": ("credit.g", 2, 10, 30, {"single": 27.9, "average": 24.7, "bagging": 24.2, "adaboost": 25.3}),
    "segment": ("segment", 7, 15, 20, {"single": 6.6, "average": 5.3, "bagging": 5.4, "adaboost": 3.3}),
}
# How each method joins its networks, which is what its error is measured on, and its settings: outputs are averaged, AdaBoost's networks
# vote by log(1/beta), and it begins anew at an error of 1/2 or of 0.
METHODS = {
    "average": ("mean", ["ensemble.method=average"]),
    "bagging": ("mean", ["ensemble.method=bagging"]),
    "adaboost": ("weighted_vote", ["ensemble.method=adaboost", "ensemble.boosting.algorithm=m1", "ensemble.boosting.by=resampling",
                                   "ensemble.boosting.weak=restart", "ensemble.boosting.perfect=restart"]),
}

# Lakshminarayanan, Pritzel, Blundell 2017: published (mean, deviation over the splits) of rmse and nll.
ENSEMBLES = {
    "yacht": ("yacht", (1.58, 0.48), (1.18, 0.21)),
    "boston": ("bostonHousing", (3.28, 1.00), (2.41, 0.25)),
    "energy": ("energy", (2.09, 0.29), (1.38, 0.22)),
    "concrete": ("concrete", (6.03, 0.58), (3.06, 0.18)),
    "wine": ("wine-quality-red", (0.64, 0.04), (0.94, 0.12)),
}
# As the paper says the training does not converge here (see README.md). Each split chooses one of these inside its training rows.
CHOICES = {
    "paper": [],
    "lr 0.03": ["train.lr=0.03"],
    "lr 0.01": ["train.lr=0.01"],
    "warmup": ["train.warmup=5", "train.schedule=cosine", "train.clip_norm=1"],
}
INNER_FOLDS = 5

# Prechelt 1994: hidden layers and published (mean, deviation over 60 runs) of the test error in percent.
PROBEN1 = {
    "cancer1": ("[4,2]", (1.38, 0.49)), "cancer2": ("[8,4]", (4.77, 0.94)), "cancer3": ("[16,8]", (3.70, 0.52)),
    "diabetes1": ("[32]", (24.10, 1.91)), "diabetes2": ("[16,8]", (26.42, 2.26)), "diabetes3": ("[32]", (22.59, 2.23)),
    "glass1": ("[16,8]", (32.70, 5.34)), "glass2": ("[16,8]", (55.57, 3.70)), "glass3": ("[16,8]", (58.40, 7.82)),
}


def run(given, name, settings):
    """The results of one run, trained if they are not there, and the seconds its fits took."""
    directory = Path(given.out) / given.table / name
    words = [word for setting in [*settings, *given.set] for word in ("-s", setting)]
    command = [given.jury, "run", HERE / f"{given.table}.toml", *words, "-o", directory, "--resume", "--quiet"]
    done = subprocess.run(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{name}: jury ended with {done.returncode}\n{done.stderr}")
    results = h5py.File(directory / "results.h5", "r")
    return results, float(results["timing/tasks/duration"][:].sum())


def mean_and_deviation(values):
    mean = sum(values) / len(values)
    return mean, math.sqrt(sum((v - mean) ** 2 for v in values) / max(len(values) - 1, 1))


def line(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def head(*cells):
    line(*cells)
    line(*["---"] * len(cells))


def error_of(results, predictor):
    """Mean over the repeats of the out-of-fold error, in percent."""
    overall = results["ensemble/overall"]
    wanted = [accuracy for name, accuracy in zip(overall["predictor"].asstr()[:], overall["accuracy"][:]) if name == predictor]
    return 100 * (1 - sum(wanted) / len(wanted))


def opitz_maclin1999(given, names, methods):
    head("data set", *(f"{kind} {whose}" for kind in ("single", *methods) for whose in ("here", "paper")), "seconds")
    for name in names:
        folder, classes, hidden, epochs, published = OPITZ[name]
        settings = [f"data.train={given.data}/uci-classification/{folder}/{folder}.arff", f"model.hidden=[{hidden}]",
                    f"train.epochs={epochs}", f"train.lr={0.15 * classes / 2}"]
        measured, seconds = {}, []
        for method in methods:
            rule, own = METHODS[method]
            results, took = run(given, f"{name}-{method}", [*settings, *own, f'ensemble.combine=["{rule}"]'])
            measured[method] = error_of(results, rule)
            if method == "average":
                measured["single"] = error_of(results, "member_mean")
            seconds.append(f"{took:.0f}")
        cells = [f"{errors[kind]:.1f}" if kind in errors else "" for kind in ("single", *methods) for errors in (measured, published)]
        line(name, *cells, " + ".join(seconds))


def write_inner_splits(data, folder):
    """Cuts the training rows of each published split into five folds; how many splits there were."""
    folder.mkdir(parents=True, exist_ok=True)
    split = 0
    while (file := data / f"index_train_{split}.txt").exists():
        rows = [int(float(word)) for word in file.read_text().split()]
        random.Random(split).shuffle(rows)
        for fold in range(INNER_FOLDS):
            number = split * INNER_FOLDS + fold
            parts = {"test": rows[fold::INNER_FOLDS], "train": [row for i, row in enumerate(rows) if i % INNER_FOLDS != fold]}
            for part, own in parts.items():
                (folder / f"index_{part}_{number}.txt").write_text("".join(f"{row}\n" for row in own))
        split += 1
    return split


def lakshminarayanan2017(given, names, methods):
    """Every choice on every split; of each split the choice with the best likelihood inside its training rows."""
    head("data set", "rmse paper", "its settings", "chosen", "nll paper", "its settings", "chosen", "choices", "seconds")
    for name in names:
        folder, *published = ENSEMBLES[name]
        data = given.data / "uci-regression" / folder
        inner = Path(given.out).resolve() / given.table / f"{name}-inner"
        splits = write_inner_splits(data, inner)
        scores, inside, seconds = {}, {}, 0
        for choice, settings in CHOICES.items():
            for kind, files in (("", data), ("-inner", inner)):
                results, took = run(given, f"{name}-{choice.replace(' ', '-')}{kind}",
                                    [f"data.train={data}/data.txt", f"cv.test_index={files}/index_test_{{}}.txt",
                                     f"cv.train_index={files}/index_train_{{}}.txt", "output.predictions=none", *settings])
                seconds += took
                (inside if kind else scores)[choice] = {metric: results[f"ensemble/folds/{metric}"][:] for metric in ("rmse", "nll")}
        splits = min(splits, *(len(one["nll"]) // INNER_FOLDS for one in inside.values()))
        nll = {choice: [sum(inside[choice]["nll"][s * INNER_FOLDS:(s + 1) * INNER_FOLDS]) for s in range(splits)] for choice in CHOICES}
        chosen = [min(CHOICES, key=lambda choice: nll[choice][split]) for split in range(splits)]
        cells = []
        for metric, (mean, deviation) in zip(("rmse", "nll"), published):
            cells.append(f"{mean:.2f} +- {deviation:.2f}")
            for values in (scores["paper"][metric], [scores[choice][metric][split] for split, choice in enumerate(chosen)]):
                ours = mean_and_deviation(values)
                worse = ours[0] > mean + deviation / math.sqrt(20)  # by more than one standard error
                cells.append(f"{ours[0]:.2f} +- {ours[1]:.2f}" + (" (worse)" if worse else ""))
        counts = ", ".join(f"{choice} {chosen.count(choice)}" for choice in CHOICES if choice in chosen)
        line(name, *cells, counts, f"{seconds:.0f}")


def prechelt1994(given, names, methods):
    head("problem", "single here", "paper", "average of 60", "seconds")
    for name in names:
        hidden, published = PROBEN1[name]
        results, seconds = run(given, name, [f"data.train={given.data}/proben1/{name[:-1]}/{name}.dt", f"model.hidden={hidden}"])
        mean, deviation = mean_and_deviation([100 * (1 - accuracy) for accuracy in results["fits/test.accuracy"][:]])
        line(name, f"{mean:.2f} +- {deviation:.2f}", f"{published[0]:.2f} +- {published[1]:.2f}", f"{error_of(results, 'mean'):.2f}",
             f"{seconds:.0f}")


TABLES = {"opitz_maclin1999": (opitz_maclin1999, OPITZ), "lakshminarayanan2017": (lakshminarayanan2017, ENSEMBLES),
          "prechelt1994": (prechelt1994, PROBEN1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("data")
    parser.add_argument("--jury", default=HERE.parents[2] / "build" / "release" / "jury")
    parser.add_argument("--out", default="runs/papers", help="folder of the run directories")
    parser.add_argument("--only", default="", help="data sets, of those of the table")
    parser.add_argument("--methods", default="average,bagging", help=f"of {', '.join(METHODS)} (opitz_maclin1999)")
    parser.add_argument("--set", "-s", action="append", default=[], help="a setting over those of the table")
    given = parser.parse_args()
    given.data = Path(given.data).resolve()
    table, known = TABLES[given.table]
    names = given.only.split(",") if given.only else list(known)
    methods = given.methods.split(",")
    for name, allowed in [*((name, known) for name in names), *((name, METHODS) for name in methods)]:
        if name not in allowed:
            parser.error(f"'{name}' is none of {', '.join(allowed)}")
    table(given, names, methods)


if __name__ == "__main__":
    main()
