#!/usr/bin/python3
"""The same searches by jury and by scikit-learn, both on --jobs cores, start-up and results on disk included.

grid    135 fits: 3 learning rates x 3 weight decays, 3 repeats of 5 folds, on digits: 64-100-10, 30 epochs, batches of 128
random  200 trials of one hold-out fit each on 2,000 rows of twonorm: 20-64-64-2, 20 epochs, batches of 64

Each pair runs scikit-learn, then jury; a ratio is scikit-learn's time over jury's, and the median over pairs counts. PyTorch
trials are the same networks driven by a loop in --jobs processes (no tuner adds its own time).
"""
import argparse
import csv
import gzip
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3]
GRID = """
schema = 1
[experiment]
name = "grid"
[data]
train = "{data}"
target = "digit"
[model]
type = "mlp"
hidden = [100]
[train]
optimizer = "adam"
batch = 128
epochs = 30
[cv]
method = "stratified_kfold"
folds = 5
repeats = 3
metrics = ["accuracy"]
[search]
method = "grid"
[search.space]
"train.lr" = "grid(1e-3, 3e-3, 1e-2)"
"train.weight_decay" = "grid(0, 1e-4, 1e-2)"
"""
RANDOM = """
schema = 1
[experiment]
name = "random"
[data]
train = "{data}"
target = "y"
[model]
type = "mlp"
hidden = [64, 64]
[train]
optimizer = "adam"
batch = 64
epochs = 20
[cv]
method = "holdout"
fraction = 0.25
metrics = ["accuracy"]
[final]
refit = false
[search]
method = "random"
trials = 200
[search.space]
"train.lr" = "loguniform(1e-4, 1e-1)"
"train.weight_decay" = "loguniform(1e-6, 1e-1)"
"""
SKLEARN = """
import sys, warnings, json
import numpy as np
warnings.filterwarnings("ignore")
import os
os.environ["PYTHONWARNINGS"] = "ignore"
from sklearn.model_selection import GridSearchCV, ParameterSampler, RandomizedSearchCV, RepeatedStratifiedKFold, ShuffleSplit
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from scipy.stats import loguniform
what, data, jobs, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
rows = np.loadtxt(data, delimiter=",", skiprows=1)
X, y = rows[:, :-1], rows[:, -1].astype(int)
net = lambda hidden, batch, epochs: make_pipeline(StandardScaler(), MLPClassifier(hidden, batch_size=batch, max_iter=epochs, n_iter_no_change=epochs, tol=0))
if what == "grid":
    search = GridSearchCV(net((100,), 128, 30), {"mlpclassifier__learning_rate_init": [1e-3, 3e-3, 1e-2], "mlpclassifier__alpha": [0, 1e-4, 1e-2]},
                          cv=RepeatedStratifiedKFold(n_splits=5, n_repeats=3, random_state=0), n_jobs=jobs)
else:
    search = RandomizedSearchCV(net((64, 64), 64, 20), {"mlpclassifier__learning_rate_init": loguniform(1e-4, 1e-1), "mlpclassifier__alpha": loguniform(1e-6, 1e-1)},
                                n_iter=200, cv=ShuffleSplit(1, test_size=0.25, random_state=0), n_jobs=jobs, refit=False, random_state=0)
search.fit(X, y)
np.savez(out, scores=search.cv_results_["mean_test_score"])
print(search.cv_results_["mean_test_score"].max())
"""
TORCH = """
import os, sys
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
import multiprocessing as mp
import numpy as np
data, jobs, out = sys.argv[2], int(sys.argv[3]), sys.argv[4]
rows = np.loadtxt(data, delimiter=",", skiprows=1)
def trial(seed):
    import torch
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    draw = np.random.default_rng(seed)
    lr, decay = 10 ** draw.uniform(-4, -1), 10 ** draw.uniform(-6, -1)
    X = torch.tensor(rows[:, :-1], dtype=torch.float32); y = torch.tensor(rows[:, -1], dtype=torch.long)
    n = len(y) * 3 // 4
    mean, std = X[:n].mean(0), X[:n].std(0)
    X = (X - mean) / std
    net = torch.nn.Sequential(torch.nn.Linear(20, 64), torch.nn.ReLU(), torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 2))
    rule = torch.optim.Adam(net.parameters(), lr=lr, weight_decay=decay)
    loss = torch.nn.CrossEntropyLoss()
    for epoch in range(20):
        order = torch.randperm(n)
        for at in range(0, n, 64):
            batch = order[at:at + 64]
            rule.zero_grad()
            loss(net(X[batch]), y[batch]).backward()
            rule.step()
    with torch.no_grad():
        return float((net(X[n:]).argmax(1) == y[n:]).float().mean())
with mp.get_context("fork").Pool(jobs) as pool:
    scores = pool.map(trial, range(200), chunksize=1)
np.savez(out, scores=scores)
print(max(scores))
"""


def seconds(command, env=None):
    """How long a command takes, and the last line it prints."""
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    took = time.perf_counter() - begun
    if done.returncode != 0:
        sys.exit(done.stderr)
    return took, (done.stdout.strip().splitlines() or [""])[-1]


def make_data(jury, folder):
    """CSV files that all can read: digits, and rows of twonorm."""
    digits = folder / "digits.csv"
    with gzip.open(SOURCE / "tests" / "data" / "digits.csv.gz", "rt") as file:
        digits.write_text(file.read())
    import numpy as np
    draw = np.random.default_rng(0)
    labels = draw.integers(0, 2, 2000)
    rows = draw.normal(size=(2000, 20)) + (2 * labels[:, None] - 1) * 2 / np.sqrt(20)
    with open(folder / "twonorm.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"x{i}" for i in range(20)] + ["y"])
        for row, label in zip(rows, labels):
            writer.writerow([f"{x:.9g}" for x in row] + [label])
    return {"grid": digits, "random": folder / "twonorm.csv"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jury", default=SOURCE / "build" / "release" / "jury")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--only", default="grid,random,torch")
    given = parser.parse_args()
    env = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_hwloc_base_binding_policy="none")
    peers = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", PYTHONWARNINGS="ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = make_data(given.jury, folder)
        for what in given.only.split(","):
            study = "grid" if what == "grid" else "random"
            toml = folder / f"{study}.toml"
            toml.write_text((GRID if study == "grid" else RANDOM).format(data=data[study]))
            script = TORCH if what == "torch" else SKLEARN
            ratios = []
            for _ in range(given.pairs):
                theirs, _ = seconds(["/usr/bin/python3", "-c", script, study, data[study], str(given.jobs), folder / "peer.npz"], peers)
                run = folder / "run"
                ours, _ = seconds(["mpirun", "-n", str(given.jobs), given.jury, "run", toml, "-o", run, "--progress", "none"], env)
                shutil.rmtree(run)
                ratios.append(theirs / ours)
                print(f"{what}: peer {theirs:.1f} s, jury {ours:.1f} s, ratio {ratios[-1]:.1f}", flush=True)
            print(f"{what}: median ratio {statistics.median(ratios):.1f}", flush=True)


if __name__ == "__main__":
    main()
