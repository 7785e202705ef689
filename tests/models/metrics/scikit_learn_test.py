"""Every score agrees with scikit-learn and scipy to 1e-12 on random cases, weighted and not, with ties and without."""
import math
import subprocess
import sys
import unittest

import numpy as np
from scipy import integrate, stats
from sklearn import metrics as sk

TOLERANCE = 1e-12


def text(*numbers):
    return " ".join(repr(float(number)) for number in numbers)


class Case:
    """Rows of weights, truth and predictions; expected scores by name."""

    def __init__(self, what, weights, truth, predictions):
        self.what, self.weights, self.truth, self.predictions = what, weights, truth, predictions

    def lines(self):
        outputs = self.predictions.shape[1] if self.what == "classes" else self.truth.shape[1]
        yield f"{self.what} {len(self.weights)} {outputs}"
        for weight, y, f in zip(self.weights, self.truth, self.predictions):
            yield f"{text(weight)} {y if self.what == 'classes' else text(*y)} {text(*f)}"


def class_case(rng, rows, classes, ties, weighted):
    truth = np.concatenate([np.arange(classes), rng.integers(0, classes, rows - classes)])
    p = rng.dirichlet(np.ones(classes), rows)
    p = 0.7 * p + 0.3 * np.eye(classes)[np.where(rng.random(rows) < 0.5, truth, rng.integers(0, classes, rows))]
    if ties:  # Few different numbers, exact in binary, no two equal in a row where that decides a label.
        p = np.array([rng.permutation(np.arange(1, classes + 1)) for _ in range(rows)]) / (classes * (classes + 1) / 2)
    p = p.astype(np.float32)
    weights = rng.integers(1, 9, rows) / 4 if weighted else np.ones(rows)
    return Case("classes", weights, truth, p)


def expected_of_classes(case):
    y, w = case.truth, case.weights
    p = case.predictions.astype(np.float64)
    classes = p.shape[1]
    labels = p.argmax(1)
    every = dict(sample_weight=w)
    out = {
        "accuracy": sk.accuracy_score(y, labels, **every),
        "balanced_accuracy": sk.balanced_accuracy_score(y, labels, **every),
        "log_loss": sk.log_loss(y, p, labels=range(classes), **every),
        "brier": np.average(((p - np.eye(classes)[y]) ** 2).sum(1), weights=w),
        "mcc": sk.matthews_corrcoef(y, labels, **every),
        "kappa": sk.cohen_kappa_score(y, labels, **every),
    }
    for name, function in (("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)):
        for average in ("micro", "macro", "weighted"):
            out[f"{name}_{average}"] = function(y, labels, average=average, **every)
        if classes == 2:
            out[name] = function(y, labels, average="binary", **every)
    present = [c for c in range(classes) if (y == c).any()]
    one = [sk.roc_auc_score(y == c, p[:, c], **every) for c in present]
    out["roc_auc_ovr"] = np.mean(one)
    precisions = [sk.average_precision_score(y == c, p[:, c], **every) for c in present]
    out["average_precision"] = precisions[1] if classes == 2 else np.mean(precisions)
    if classes == 2:
        out["roc_auc"] = sk.roc_auc_score(y, p[:, 1], **every)
    if len(present) == classes and classes < 12:
        out["roc_auc_ovo"] = ovo_by_pairs(y, p, w)
    for k in (2, 3, 5, 10):
        out[f"top_{k}"] = 1 if k >= classes else sk.top_k_accuracy_score(y, p, k=k, labels=range(classes), **every)
    return out


def ovo_by_pairs(y, p, w):
    """Hand and Till 2001, as scikit-learn's _average_multiclass_ovo_score, with weights."""
    total, pairs = 0, 0
    for a in range(p.shape[1]):
        for b in range(a + 1, p.shape[1]):
            of = (y == a) | (y == b)
            total += 0.5 * (sk.roc_auc_score(y[of] == a, p[of, a], sample_weight=w[of]) +
                            sk.roc_auc_score(y[of] == b, p[of, b], sample_weight=w[of]))
            pairs += 1
    return total / pairs


def value_case(rng, rows, targets, variances, weighted):
    truth = rng.normal(size=(rows, targets)) * rng.uniform(0.5, 5)
    f = truth + rng.normal(size=truth.shape)
    if rng.random() < 0.5:  # Ties.
        truth, f = np.round(2 * truth) / 2, np.round(2 * f) / 2
    if variances:
        f = np.hstack([f, rng.gamma(2, 1, size=truth.shape)])
    weights = rng.integers(1, 9, rows).astype(float) if weighted else np.ones(rows)
    return Case("means_and_variances" if variances else "values", weights, truth, f.astype(np.float32))


def expected_of_values(case):
    y, w = case.truth, case.weights
    targets = y.shape[1]
    f = case.predictions[:, :targets].astype(np.float64)
    every = dict(sample_weight=w)
    repeated = np.repeat(np.arange(len(y)), w.astype(int))
    out = {
        "mse": sk.mean_squared_error(y, f, **every),
        "rmse": sk.mean_squared_error(y, f, squared=False, **every),
        "mae": sk.mean_absolute_error(y, f, **every),
        "r2": sk.r2_score(y, f, **every),
        "spearman": np.mean([stats.spearmanr(y[repeated, k], f[repeated, k])[0] for k in range(targets)]),
    }
    if not (y == 0).any():
        out["mape"] = sk.mean_absolute_percentage_error(y, f, **every)
    if case.what == "values":
        return out
    v = case.predictions[:, targets:].astype(np.float64)
    z = (y - f) / np.sqrt(v)
    out["nll"] = np.average(-stats.norm.logpdf(y, f, np.sqrt(v)).mean(1), weights=w)
    crps = np.sqrt(v) * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / math.sqrt(math.pi))
    out["crps"] = np.average(crps.mean(1), weights=w)
    for percent in (50, 80, 90, 95):
        low, high = stats.norm.interval(percent / 100, f, np.sqrt(v))
        out[f"coverage_{percent}"] = np.average(((low <= y) & (y <= high)).mean(1), weights=w)
    return out


class ScikitLearn(unittest.TestCase):
    def scores(self, cases):
        told = "\n".join(line for case in cases for line in case.lines()) + "\n"
        said = subprocess.run([PROGRAM], input=told, capture_output=True, text=True, check=True).stdout
        found = [dict(line.split() for line in block.split("\n")) for block in said.strip().split("\n\n")]
        self.assertEqual(len(found), len(cases))
        return [{name: float(value) for name, value in one.items()} for one in found]

    def agree(self, cases, expected_of, elsewhere):
        for number, (case, found) in enumerate(zip(cases, self.scores(cases))):
            expected = expected_of(case)
            self.assertFalse(set(expected) - set(found), "scores that the table lacks")
            for name, value in expected.items():
                if math.isnan(value):
                    self.assertTrue(math.isnan(found[name]), (number, name, found[name]))
                else:
                    self.assertLessEqual(abs(found[name] - value), TOLERANCE * max(1, abs(value)), (number, name, found[name], value))
            self.assertFalse(set(found) - set(expected) - elsewhere, "scores that nobody looked at")

    def test_scores_of_classes(self):
        rng = np.random.default_rng(7)
        cases = [class_case(rng, int(rng.integers(classes + 3, 120)), classes, ties, weighted)
                 for _ in range(2) for classes in (2, 3, 4, 12) for ties in (False, True) for weighted in (False, True)]
        self.agree(cases, expected_of_classes, {"ece", "roc_auc_ovo"})  # it has no ece; 66 pairs of classes take it long

    def test_scikit_learns_own_means_over_classes(self):
        rng = np.random.default_rng(8)
        cases = []
        for classes in (3, 5):
            for _ in range(5):
                case = class_case(rng, 60, classes, False, False)
                p = np.round(case.predictions * 1024) / 1024  # sums to exactly 1 in binary
                p[:, -1] += 1 - p.sum(1)
                case.predictions = np.abs(p).astype(np.float32)
                cases.append(case)
        for case, found in zip(cases, self.scores(cases)):
            for way in ("ovr", "ovo"):
                value = sk.roc_auc_score(case.truth, case.predictions.astype(np.float64), multi_class=way)
                self.assertAlmostEqual(found[f"roc_auc_{way}"], value, delta=TOLERANCE)

    def test_a_class_that_does_not_occur(self):
        rng = np.random.default_rng(9)
        cases = []
        for _ in range(6):
            case = class_case(rng, 40, 4, False, True)
            case.truth = np.where(case.truth == 2, 3, case.truth)
            cases.append(case)
        for case, found in zip(cases, self.scores(cases)):
            expected = expected_of_classes(case)
            for name in ("f1_macro", "f1_weighted", "precision_macro", "recall_macro", "mcc", "kappa", "roc_auc_ovr", "average_precision"):
                self.assertAlmostEqual(found[name], expected[name], delta=TOLERANCE, msg=name)

    def test_scores_of_values(self):
        rng = np.random.default_rng(10)
        cases = [value_case(rng, int(rng.integers(3, 150)), targets, variances, weighted)
                 for _ in range(6) for targets in (1, 3) for variances in (False, True) for weighted in (False, True)]
        self.agree(cases, expected_of_values, {"mape"})

    def test_crps_is_the_integral_that_defines_it(self):
        case = Case("means_and_variances", np.ones(1), np.array([[0.75]]), np.array([[0.25, 2.25]], dtype=np.float32))
        cdf = lambda x: stats.norm.cdf(x, 0.25, 1.5)
        below = integrate.quad(lambda x: cdf(x) ** 2, -30, 0.75)[0]
        above = integrate.quad(lambda x: (1 - cdf(x)) ** 2, 0.75, 30)[0]
        self.assertAlmostEqual(self.scores([case])[0]["crps"], below + above, delta=1e-9)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(warnings="ignore")  # scikit-learn warns of each 0 / 0
