"""Every example is valid, trains, and has the parameters that publications say; on made-up rows where its data are not here."""
import json
import re
import unittest
from pathlib import Path

import stand_in_data
from jury_command import SOURCE, run, scratch

FOLDER = SOURCE / "tools" / "examples"
EXAMPLES = sorted(FOLDER.glob("*.toml"))
NETWORKS = sorted((FOLDER / "networks").glob("*.toml"))
# Settings that make an example of any kind short.
SHORT = {"train.epochs": 1, "train.max_steps": 2, "train.batch": 16, "ensemble.members": 2, "cv.folds": 2, "cv.repeats": 1,
         "bias_variance.replicates": 2, "data.rows": 60, "data.test_rows": 60}
RESNET = ('{{ name = "stem", type = "conv_block", channels = 16 }}, {}, {{ type = "global_pool" }}')
DENSENET = ('{{ type = "conv", channels = 24, bias = false }}, {0}, {{ type = "transition" }}, {0}, {{ type = "transition" }}, {0},'
            ' {{ type = "batch_norm", activation = "relu" }}, {{ type = "global_pool" }}')


def resnet(depth):
    """The layers of He et al. 2016 for CIFAR-10 with projections."""
    blocks = [f'{{ type = "residual", channels = {channels}, stride = {2 if channels > 16 and i == 0 else 1} }}'
              for channels in (16, 32, 64) for i in range((depth - 2) // 6)]
    return RESNET.format(", ".join(blocks))


# Data, layers, parameters: of the published networks themselves, larger than the examples.
PUBLISHED = {
    "ResNet-20": ("cifar10", resnet(20), 272474),
    "ResNet-56": ("cifar10", resnet(56), 855770),
    "DenseNet-BC 100-12": ("cifar10", DENSENET.format('{ type = "dense_block", layers = 16, growth = 12 }'), 769162),
    "network in network": ("cifar10", ", ".join(
        [f'{{ type = "conv", channels = {channels}, kernel = {kernel} }}' for channels, kernel in ((192, 5), (160, 1), (96, 1))]
        + ['{ type = "max_pool", size = 3, stride = 2, padding = 1 }']
        + [f'{{ type = "conv", channels = 192, kernel = {kernel} }}' for kernel in (5, 1, 1)]
        + ['{ type = "average_pool", size = 3, stride = 2, padding = 1 }']
        + [f'{{ type = "conv", channels = {channels}, kernel = {kernel} }}' for channels, kernel in ((192, 3), (192, 1), ('"outputs"', 1))]
        + ['{ type = "global_pool" }']), 966986),
}
# Of the examples, added up by hand from the papers' formulas.
PARAMETERS = {"lenet5": 61706, "alexnet": 368842, "network_in_network": 110874, "googlenet": 59562, "resnet8": 78042, "resnet14": 175258}


def section_of(example, name):
    """Whether the example has the section."""
    return re.search(rf"(?m)^\[{name}\]", example.read_text()) is not None


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = scratch()
        cls.folder = Path(cls.scratch.name)
        stand_in_data.write_all(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def data_of(self, example):
        """Settings that point an example to the rows made up here; none where its data are there."""
        words = []
        for key, name in re.findall(r'(?m)^(train|test) = "(.*?)"', example.read_text()):
            if not (example.parent / name).exists():
                self.assertTrue((self.folder / name).exists(), f"stand_in_data.py makes no {name}")
                words += ["-s", f"data.{key}={self.folder / name}"]
        return words

    def output_of(self, *words):
        done = run(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def trained(self, example, *words):
        """The summary of an example cut short."""
        settings = [word for key, value in SHORT.items() if self.applies(example, key) for word in ("-s", f"{key}={value}")]
        directory = self.folder / "runs" / example.stem
        summary = json.loads(self.output_of("run", example, *self.data_of(example), *settings, *words, "-o", directory, "--json"))
        self.assertTrue(summary["complete"], summary)
        return directory

    def applies(self, example, key):
        section = key.split(".")[0]
        generates = "generator =" in example.read_text()
        return section == "train" or (section == "data" and generates) or (section not in ("train", "data") and section_of(example, section))

    def parameters_of(self, *words):
        return int(re.search(r"(?m)^parameters (\d+) trained", self.output_of("validate", *words))[1])

    def test_every_example_is_valid_and_trains(self):
        self.assertGreater(len(EXAMPLES), 3)
        self.assertGreater(len(NETWORKS), 10)
        for example in [*EXAMPLES, *NETWORKS]:
            if example.stem == "transfer":
                continue
            with self.subTest(example=example.stem):
                self.assertIn("is valid", self.output_of("validate", example, *self.data_of(example)))
                self.trained(example)

    def test_an_example_without_its_data_says_so(self):
        done = run("validate", FOLDER / "vote.toml")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertRegex(done.stderr, r"^jury: data file '.*vote\.arff' cannot be read \(No such file or directory\)\n$")

    def test_the_examples_have_the_parameters_of_their_papers(self):
        for name, count in PARAMETERS.items():
            with self.subTest(example=name):
                example = FOLDER / "networks" / f"{name}.toml"
                self.assertEqual(self.parameters_of(example, *self.data_of(example)), count)

    def test_published_networks_have_their_parameters(self):
        for name, (data, layers, count) in PUBLISHED.items():
            if layers is None:
                continue
            with self.subTest(network=name):
                file = self.folder / "published.toml"
                file.write_text(f'schema = 1\n[data]\ntrain = "data_batch_1.bin"\nformat = "{data}"\ntest_fraction = 0.5\n'
                                f'[model]\ntype = "network"\nlayers = [{layers}]\n[train]\nbatch = 2\n')
                self.assertEqual(self.parameters_of(file), count)

    def test_the_readme_of_the_networks_names_them_all(self):
        text = (FOLDER / "networks" / "README.md").read_text()
        self.assertEqual({example.name for example in NETWORKS}, set(re.findall(r"`(\w+\.toml)`", text)) & {e.name for e in NETWORKS})


if __name__ == "__main__":
    unittest.main()
