"""jury export onnx says what jury predict says, evaluated by the operations' definitions in numpy (onnx_numpy.py), and by
ONNX Runtime where it is installed."""
import csv
import json
import random
import re
import unittest

import h5py
import numpy
import onnx

from jury_command import FolderTestCase, expect_complaint, run
from onnx_numpy import Model

try:
    import onnxruntime  # not among Debian's packages
except ImportError:
    onnxruntime = None

TABLE = """
schema = 1
[data]
train = "train.csv"
target = "{target}"
task = "{task}"
[model]
type = "mlp"
hidden = [12]
[train]
epochs = 2
[ensemble]
method = "bagging"
members = 4
[final]
refit = true
"""
IMAGES = """
schema = 1
[data]
train = "train.csv"
target = "y"
shape = [3, 8, 8]
[model]
type = "network"
layers = [
  { type = "conv", channels = 4, kernel = 3, activation = "gelu" },
  { name = "bn", type = "batch_norm", activation = "relu" },
  { name = "a", type = "conv", channels = 4, kernel = [3, 2], groups = 2, activation = "swish" },
  { type = "add", from = ["bn", "a"] },
  { type = "max_pool", size = 3, stride = 2, padding = 1 },
  { type = "local_response_norm", size = 3 },
  { name = "ln", type = "layer_norm" },
  { name = "av", type = "average_pool", size = 3, stride = 1, padding = 1 },
  { name = "cc", type = "concat", from = ["ln", "av"] },
  { type = "global_pool" },
  { name = "f", type = "dense", units = 8, activation = "sigmoid" },
  { type = "scale", from = ["cc", "f"] },
  { type = "dropout2d", rate = 0.2 },
  { type = "flatten" },
  { type = "layer_norm" },
  { type = "dense", units = 6, activation = "elu" },
  { type = "batch_norm" },
  { type = "dense", units = 6, activation = "softsign" },
  { type = "dense", units = 6, activation = "softplus" },
  { type = "dense", units = 6, activation = "leaky_relu", bias = false },
  { type = "activation", kind = "tanh" },
]
[train]
epochs = 1
[ensemble]
method = "{method}"
members = 2
[final]
refit = true
"""
SEQUENCES = IMAGES[:IMAGES.index("[model]")].replace("[3, 8, 8]", "[16, 12]") + """[model]
type = "network"
input = "sequence"
layers = [
  { type = "lstm", units = 5, layers = 2, bidirectional = true, return = "all", forget_bias = 1.0 },
  { name = "g", type = "gru", units = 4, layers = 2, return = "all" },
  { name = "a", type = "gru", units = 3, bidirectional = true },
  { name = "b", type = "lstm", units = 4, from = "g" },
  { type = "concat", from = ["a", "b"] },
]
""" + IMAGES[IMAGES.index("[train]"):]
ROWS = 1000
NUMBERS, TEXTS = ["age", "pay"], ["job"]


def make_table(path, seed, count, task):
    draw = random.Random(seed)
    with open(path, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["age", "job", "pay", "buys"])
        for _ in range(count):
            age, job, pay = draw.randint(18, 90), draw.choice(["clerk", "cook", "nurse, night"]), draw.gauss(100, 30)
            score = age / 60 + (job == "cook") + pay / 100 + draw.gauss(0, 0.3)
            target = ("yes" if score > 2.2 else "no") if task == "classification" else f"{1000 * score:.3f}"
            table.writerow(["" if draw.random() < 0.05 else age, "" if draw.random() < 0.05 else job, f"{pay:.4f}", target])


def make_images(path, seed, count):
    values = numpy.random.default_rng(seed).normal(size=(count, 192)).round(3)
    with open(path, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow([*(f"p{i}" for i in range(192)), "y"])
        table.writerows([*row, f"k{int(row[:96].sum() > 0) + int(row[-1] > 1)}"] for row in values)


def read_inputs(path, about):
    """The columns of a file as the model wants them."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    numbers, texts = json.loads(about["jury.numbers"]), json.loads(about["jury.texts"])
    inputs = {"numbers": numpy.array([[float(row[name] or "nan") for name in numbers] for row in rows], numpy.float32)}
    if texts:
        inputs["texts"] = numpy.array([[row[name] for name in texts] for row in rows], object)
    return inputs


class ExportOnnx(FolderTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for task in ("classification", "regression"):
            folder = cls.root / task
            folder.mkdir()
            make_table(folder / "train.csv", 1, 150, task)
            make_table(folder / "new.csv", 2, ROWS, task)
            (folder / "e.toml").write_text(TABLE.format(target="buys", task=task))
        cls.plain = cls.trained("classification")

    @classmethod
    def trained(cls, task, *settings, name="run"):
        folder = cls.root / task
        done = run("run", folder / "e.toml", "-o", folder / name, "-q", *(word for setting in settings for word in ("-s", setting)))
        assert done.returncode == 0, done.stderr
        return folder / name

    def expect_predictions(self, directory, *options, tolerance=1e-5):
        """The model's own outputs, after they were compared with those of jury predict."""
        file, new = self.folder / "model.onnx", directory.parent / "new.csv"
        done = run("export", directory, "onnx", "-o", file, "--overwrite", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = run("predict", directory, new, "-o", self.folder / "out.h5", "--all", "--members", "--overwrite", "-q", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        onnx.checker.check_model(str(file), full_check=True)
        model = Model(file)
        inputs = read_inputs(new, model.about)
        ours = model(**inputs)
        if onnxruntime is not None:
            self.expect_runtime(file, inputs, ours)
        with h5py.File(self.folder / "out.h5") as theirs:
            classes = "label" in theirs
            pairs = {"mean": "mean", "std": "std", "probabilities" if classes else "value": "calibrated" if "calibrated" in theirs else "combined"}
            if "variance" in ours:
                pairs["variance"] = "mixture_variance"
            self.assertEqual("calibrated_variance" in theirs, "calibrated_variance" in ours)
            if "calibrated_variance" in ours:
                pairs["calibrated_variance"] = "calibrated_variance"
            for mine, name in pairs.items():
                self.expect_close(ours[mine], theirs[name][...], tolerance, mine)
            members = theirs["proba" if classes else "value"][...]
            if "variance" in theirs:
                members = numpy.concatenate([members, theirs["variance"][...]], -1)
            self.expect_close(ours["members"], members, tolerance, "members")
            if classes:
                self.assertEqual(0, (ours["votes"] != theirs["votes"][...].reshape(ours["votes"].shape)).sum())
                self.assertEqual(0, (ours["index"] != theirs["label"][...].ravel()).sum())
                names = [*json.loads(model.about["jury.classes"]), ""]
                self.assertEqual([names[i] for i in ours["index"]], list(ours["label"]))
        return ours, model

    def expect_runtime(self, file, inputs, ours):
        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        for name, theirs in zip(names, session.run(names, inputs)):
            if theirs.dtype.kind == "f":
                self.expect_close(ours[name], theirs, 1e-5, name)
            else:
                self.assertEqual(list(ours[name].ravel()), list(theirs.ravel()), name)

    def expect_close(self, a, b, tolerance, what):
        b = b.reshape(a.shape)
        self.assertTrue((numpy.isnan(a) == numpy.isnan(b)).all(), what)
        self.assertLess(numpy.nanmax(abs(a - b)) / max(1, numpy.nanmax(abs(b))), tolerance, what)

    def test_classes_by_every_way_to_join_them(self):
        for rule in ("mean", "vote", "median", "trimmed_mean", "geometric_mean", "weighted_mean", "weighted_vote"):
            with self.subTest(rule):
                self.expect_predictions(self.plain, "--combine", rule)

    def test_members_of_one_shape_are_one_product(self):
        _, model = self.expect_predictions(self.plain)
        self.assertEqual(2, sum(op == "MatMul" for op, *_ in model.nodes))
        self.assertIn((4, 12, 2), [value.shape for value in model.constants.values()])

    def test_values_and_their_variances(self):
        directory = self.trained("regression", "model.output=mean_variance", "final.calibrate=temperature")
        for options in (["--uncalibrated"], ["--combine", "median"], ["--combine", "weighted_median"]):
            self.expect_predictions(directory, *options)
        ours, _ = self.expect_predictions(directory)
        self.assertIn("calibrated_variance", ours)

    def test_values_by_weighted_medians(self):
        """Of equal weights, of which half is reached exactly, and of AdaBoost.R2's."""
        for method in ("bagging", "adaboost"):
            with self.subTest(method):
                directory = self.trained("regression", f"ensemble.method={method}", "ensemble.members=6", "ensemble.combine=[]", name=method)
                self.expect_predictions(directory, "--combine", "weighted_median")

    def test_other_preprocessing(self):
        steps = ['{step="impute"}', '{step="impute",columns="categorical",with="most_frequent"}']
        for name, more in {"embedding": ['{step="ordinal"}', '{step="standardize",columns="numeric"}'],
                           "pca": ['{step="one-hot"}', '{step="pca",components=2,columns=["age","pay"]}', '{step="minmax"}'],
                           "quantile": ['{step="one-hot"}', '{step="quantile"}'],
                           "quantile-part": ['{step="one-hot"}', '{step="quantile",columns=["pay"]}', '{step="standardize"}'],
                           "clip": ['{step="one-hot"}', '{step="robust"}', '{step="clip",low=-0.5,high=0.7}']}.items():
            settings = [f"preprocess=[{','.join(steps + more)}]"] + (["model.embedding=3"] if name == "embedding" else [])
            with self.subTest(name):
                self.expect_predictions(self.trained("classification", *settings, name=name))

    def test_members_of_several_shapes(self):
        directory = self.trained("classification", "ensemble.method=subspaces", "ensemble.features=0.5", "ensemble.members=5", name="subspaces")
        self.expect_predictions(directory)

    def test_rounds_of_gradient_boosting(self):
        settings = ["ensemble.method=gradient_boosting", "ensemble.combine=[]"]
        for task in ("classification", "regression"):
            self.expect_predictions(self.trained(task, *settings, name="gradient"))
        self.expect_predictions(self.trained("classification", *settings, "ensemble.gradient.loss=softmax", name="softmax"))

    def test_heads_and_calibration(self):
        for head, method in (("sigmoid", "temperature"), ("linear", "temperature"), ("softmax", "sigmoid"), ("auto", "isotonic")):
            with self.subTest(method, head=head):
                settings = [f"model.output={head}", f"final.calibrate={method}"]
                self.expect_predictions(self.trained("classification", *settings, name=f"{head}-{method}"))

    def three_classes(self, name):
        folder = self.root / name
        folder.mkdir()
        draw = random.Random(3)
        for file, rows in (("train.csv", 120), ("new.csv", 100)):
            lines = [f"{a:.3f},{b:.3f},{'uvw'[int(a + b > 0) + int(a > b)]}" for a, b in ((draw.gauss(0, 1), draw.gauss(0, 1)) for _ in range(rows))]
            (folder / file).write_text("a,b,y\n" + "\n".join(lines) + "\n")
        (folder / "e.toml").write_text(TABLE.format(target="y", task="classification"))

    def test_three_calibrated_classes(self):
        self.three_classes("three")
        for method in ("temperature", "sigmoid", "isotonic"):
            with self.subTest(method):
                self.expect_predictions(self.trained("three", f"final.calibrate={method}", name=method))

    def test_boosted_trees(self):
        if re.search(r"(?m)^xgboost +not ", run("version").stdout):
            self.skipTest("a build without xgboost")
        self.three_classes("three-trees")
        ordinal = 'preprocess=[{step="impute"},{step="impute",columns="categorical",with="most_frequent"},{step="ordinal"}]'
        for task, *settings in (("classification",), ("classification", ordinal), ("regression",), ("three-trees",),
                                ("regression", "ensemble.method=gradient_boosting", "ensemble.combine=[]")):
            with self.subTest(task, settings=settings):
                experiment = self.root / task / "e.toml"
                network = experiment.read_text()
                model, rest = network.index("[model]"), network.index("[ensemble]")
                experiment.write_text(network[:model] + '[model]\ntype = "xgboost"\n[trees]\nrounds = 5\n' + network[rest:])
                try:
                    directory = self.trained(task, *settings, name=f"trees-{len(str(settings))}")
                finally:
                    experiment.write_text(network)
                self.expect_predictions(directory)

    def expect_images(self, method, experiment=IMAGES, name=None):
        name = name or method
        folder = self.root / name
        folder.mkdir()
        make_images(folder / "train.csv", 1, 60)
        make_images(folder / "new.csv", 2, 100)
        (folder / "e.toml").write_text(experiment.replace("{method}", method))
        self.expect_predictions(self.trained(name))

    def test_images_through_every_layer(self):
        self.expect_images("bagging")

    def test_sequences_through_every_layer(self):
        for method in ("bagging", "average"):
            self.expect_images(method, SEQUENCES, f"sequences-{method}")

    def test_images_that_members_share(self):
        self.expect_images("average")

    def test_rows_with_cells_that_nobody_fills_are_not_predicted(self):
        folder = self.root / "holes"
        folder.mkdir()
        (folder / "train.csv").write_text("a,b,y\n" + "\n".join(f"{i},{i % 7},{'uv'[i % 2]}" for i in range(60)) + "\n")
        (folder / "new.csv").write_text("a,b,y\n1,2,u\n,2,u\n3,4,v\n")
        (folder / "e.toml").write_text(TABLE.format(target="y", task="classification"))
        ours, _ = self.expect_predictions(self.trained("holes", 'preprocess=[{step="standardize"}]'))
        self.assertEqual([False, True, False], [label == "" for label in ours["label"]])
        self.assertEqual([0, 0], list(ours["votes"][1]))

    def test_what_cannot_be_written_is_named(self):
        for what, settings, message in (
                ("dropout", ["ensemble.method=mc_dropout", "model.dropout=0.2"], "Monte-Carlo dropout"),):
            with self.subTest(what):
                directory = self.trained("classification", *settings, name=what)
                expect_complaint(self, run("export", directory, "onnx"), 2, message)
                self.assertFalse((directory / "model.onnx").exists())

    def test_bases_that_are_selected_and_stacked(self):
        bases = 'method = "{}"\n[[ensemble.base]]\nname = "a"\nensemble = {{method = "bagging", members = 3, combine = ["median"]}}\n' \
                '[[ensemble.base]]\nname = "b"\nmodel.hidden = [4]\n[[ensemble.base]]\nname = "c"\nensemble = {{method = "gradient_boosting", members = 2}}'
        for task, joins in {"classification": [["selection"], *(["stacking", f"ensemble.stack.meta={meta}"] for meta in ("logistic", "ridge", "nnls"))],
                            "regression": [["selection"], *(["stacking", f"ensemble.stack.meta={meta}"] for meta in ("linear", "nnls")),
                                           ["stacking", "model.output=mean_variance"]]}.items():
            folder = self.root / f"bases-{task}"
            folder.mkdir()
            make_table(folder / "train.csv", 1, 80, task)
            make_table(folder / "new.csv", 2, ROWS, task)
            for i, (method, *settings) in enumerate(joins):
                with self.subTest(task, method=method, settings=settings):
                    text = TABLE.format(target="buys", task=task).replace('method = "bagging"\nmembers = 4', bases.format(method))
                    if "mean_variance" in str(settings):
                        text = text[:text.index("[[ensemble.base]]\nname = \"c\"")] + text[text.index("[final]"):]
                    (folder / "e.toml").write_text(text)
                    self.expect_predictions(self.trained(folder.name, *settings, name=f"{method}-{i}"))

    def test_wrong_ways_to_join(self):
        expect_complaint(self, run("export", self.plain, "onnx", "--combine", "meen"), 2, "did you mean 'mean'")
        expect_complaint(self, run("export", self.plain, "onnx", "--combine", "weighted_median"), 2, "does not go with this run")


if __name__ == "__main__":
    unittest.main()
