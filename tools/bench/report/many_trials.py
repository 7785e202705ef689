#!/usr/bin/env python3
"""Makes of the results of a small search those of a large one, for measuring and bounding its report: many trials, parameters, ranks,
curves and long names. What it writes is made up; nothing was trained."""
import argparse
import shutil

import h5py
import numpy

TEXT = h5py.string_dtype("utf-8")


def table(file, path, columns):
    """Replaces a group by columns, as results files have them."""
    if path in file:
        del file[path]
    group = file.create_group(path, track_order=True)
    rows = len(next(iter(columns.values())))
    group.create_dataset("row", data=numpy.arange(rows)).make_scale("row")
    for name, values in columns.items():
        data = group.create_dataset(name, data=values, dtype=TEXT if isinstance(values[0], str) else None)
        data.dims[0].attach_scale(group["row"])


def keys(rows, **given):
    names = ("trial", "outer", "repeat", "fold", "replicate", "member", "rung", "base", "inner")
    return {name: numpy.asarray(given.get(name, numpy.full(rows, -1)), dtype="i4") for name in names}


def trials_table(trials, parameters, random):
    columns = {"trial": numpy.arange(trials, dtype="i4"), "outer": numpy.full(trials, -1, dtype="i4"),
               "state": ["complete" if k % 5 else "pruned" for k in range(trials)]}
    chosen = {f"train.lr_{k}" if k else "train.lr": 10 ** random.uniform(-4, -1, trials) for k in range(parameters // 2)}
    for k in range(parameters - len(chosen)):
        names = numpy.array(["relu", "tanh", "gelu", f"a long name of a choice, number {k}, that nobody would want to read to its end"])
        chosen[f"model.choice_{k}"] = list(names[random.integers(0, 4, trials)])
    value = 0.2 + 0.1 * (numpy.log10(chosen["train.lr"]) + 2.5) ** 2 + random.normal(0, 0.02, trials) ** 2 + numpy.exp(random.normal(-5, 2, trials))
    columns |= {"value": value, "value_se": 0.1 * value, **{f"param.{name}": values for name, values in chosen.items()},
                "metric.log_loss": value, "metric.accuracy": 1 - value / 4, "resource": numpy.full(trials, 27),
                "start": numpy.arange(trials, dtype=float), "end": numpy.arange(trials) + 1.0, "error": [""] * trials}
    return columns


def enlarge(source, target, trials=5000, parameters=8, ranks=64, epochs=2000, folds=10, seed=1):
    """Copies a results file of a search with 5 columns or more and fills it up."""
    shutil.copyfile(source, target)
    random = numpy.random.default_rng(seed)
    with h5py.File(target, "r+", libver=("earliest", "v110")) as file:
        columns = trials_table(trials, parameters, random)
        table(file, "trials", columns)
        chosen = int(numpy.argmin(columns["value"]))
        file["selection"].attrs["chosen_trial"] = numpy.int64(chosen)
        tasks = trials * 3
        table(file, "timing/tasks", keys(tasks, trial=numpy.arange(tasks) // 3, fold=numpy.arange(tasks) % 3, repeat=numpy.zeros(tasks)) |
              {"rank": (numpy.arange(tasks) % ranks).astype("i4"), "host": [f"node{k % ranks // 8:02d}" for k in range(tasks)],
               "started": (numpy.arange(tasks) // ranks).astype(float), "duration": random.uniform(0.5, 1, tasks)})
        rows = epochs * folds
        epoch = numpy.tile(numpy.arange(1, epochs + 1), folds)
        table(file, "curves", keys(rows, trial=numpy.full(rows, chosen), fold=numpy.repeat(numpy.arange(folds), epochs), repeat=numpy.zeros(rows), member=numpy.zeros(rows)) |
              {"epoch": epoch.astype("i4"), **{name: 1 / numpy.sqrt(epoch) + random.normal(0, 0.01, rows) for name in ("train.loss", "valid.loss", "valid.accuracy", "valid.log_loss")}})
    return chosen


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", help="results.h5 of a search")
    parser.add_argument("target")
    parser.add_argument("--trials", type=int, default=5000)
    parser.add_argument("--parameters", type=int, default=8)
    said = parser.parse_args()
    enlarge(said.source, said.target, said.trials, said.parameters)
