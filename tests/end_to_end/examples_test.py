"""Every example is valid, trains, and has the parameters that publications say; on made-up rows where its data are not here."""
import re
import tempfile
import unittest
from pathlib import Path

import stand_in_data
from jury_command import SOURCE, run, scratch, summary_of

FOLDER = SOURCE / "tools" / "examples"
EXAMPLES = sorted(FOLDER.glob("*.toml"))
NETWORKS = sorted((FOLDER / "networks").glob("*.toml"))
PAPERS = sorted((FOLDER / "papers").glob("*.toml"))
ENSEMBLES = sorted((FOLDER / "ensembles").glob("*.toml"))
SEARCHES = sorted((FOLDER / "search").glob("*.toml"))
# Settings that make an example of any kind short.
SHORT = {"train.epochs": 1, "train.max_steps": 2, "train.batch": 16, "ensemble.members": 2, "cv.folds": 2, "cv.repeats": 1,
         "bias_variance.replicates": 2, "search.trials": 3, "data.rows": 60, "data.test_rows": 60}
RESNET = ('{{ name = "stem", type = "conv_block", channels = 16 }}, {}, {{ type = "global_pool" }}')
DENSENET = ('{{ type = "conv", channels = 24, bias = false }}, {0}, {{ type = "transition" }}, {0}, {{ type = "transition" }}, {0},'
            ' {{ type = "batch_norm", activation = "relu" }}, {{ type = "global_pool" }}')


def resnet(depth):
    """The layers of He et al. 2016 for CIFAR-10 with projections."""
    blocks = [f'{{ type = "residual", channels = {channels}, stride = {2 if channels > 16 and i == 0 else 1} }}'
              for channels in (16, 32, 64) for i in range((depth - 2) // 6)]
    return RESNET.format(", ".join(blocks))


# Layers and parameters of published networks for CIFAR-10, larger than the examples.
PUBLISHED = {
    "ResNet-20": (resnet(20), 272474),
    "ResNet-56": (resnet(56), 855770),
    "DenseNet-BC 100-12": (DENSENET.format('{ type = "dense_block", layers = 16, growth = 12 }'), 769162),
    "network in network": (", ".join(
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
        for key, name in re.findall(r'(?m)^(train|test|test_index|train_index) = "(.*?)"', example.read_text()):
            if not (example.parent / name).exists():
                self.assertTrue((self.folder / name.replace("{}", "0")).exists(), f"stand_in_data.py makes no {name}")
                words += ["-s", f"{'cv' if 'index' in key else 'data'}.{key}={self.folder / name}"]
        return words

    def output_of(self, *words):
        done = run(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def trained(self, example, *words):
        """The summary of an example cut short."""
        settings = [word for key, value in SHORT.items() if self.applies(example, key) for word in ("-s", f"{key}={value}")]
        directory = Path(tempfile.mkdtemp(dir=self.folder)) / example.stem
        done = run("run", example, *self.data_of(example), *settings, *words, "-o", directory, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        summary = summary_of(done)
        self.assertTrue(summary["complete"], summary)
        return directory

    def applies(self, example, key):
        if section_of(example, "objective"):
            return False
        if key == "ensemble.members" and "[[ensemble.base]]" in example.read_text():
            return False
        section = key.split(".")[0]
        generates = "generator =" in example.read_text()
        return section == "train" or (section == "data" and generates) or (section not in ("train", "data") and section_of(example, section))

    def parameters_of(self, *words):
        return int(re.search(r"(?m)^parameters (\d+) trained", self.output_of("validate", *words))[1])

    def test_every_example_is_valid_and_trains(self):
        self.assertGreater(len(EXAMPLES), 3)
        self.assertGreater(len(NETWORKS), 10)
        self.assertGreater(len(PAPERS), 2)
        self.assertGreater(len(ENSEMBLES), 8)
        self.assertGreater(len(SEARCHES), 7)
        for example in [*EXAMPLES, *NETWORKS, *PAPERS, *ENSEMBLES, *SEARCHES]:
            if example.stem == "transfer" or ("trees" in example.stem and "not in this build" in self.output_of("version")):
                continue
            with self.subTest(example=example.stem):
                self.assertIn("is valid", self.output_of("validate", example, *self.data_of(example)))
                self.trained(example)

    def test_the_example_of_transfer_starts_from_a_run_of_lenet5(self):
        donor = self.trained(FOLDER / "networks" / "lenet5.toml", "-s", "final.refit=true")
        example = FOLDER / "networks" / "transfer.toml"
        text = self.output_of("validate", example, *self.data_of(example), "-s", f"model.from={donor}")
        self.assertRegex(text, r"(?m)^ +0 +c1 \(conv\) .* frozen$")
        self.assertRegex(text, r"(?m)^ +5 +c5 \(dense\) .* 0\.1$")
        self.assertRegex(text, r"(?m)^parameters 59134 trained, 2572 frozen, 0 in buffers$")
        self.trained(example, "-s", f"model.from={donor}")

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
        for name, (layers, count) in PUBLISHED.items():
            with self.subTest(network=name):
                self.assertEqual(self.parameters_of(self.network_of(layers)), count)

    def test_the_readmes_name_them_all(self):
        for examples in (EXAMPLES, NETWORKS, ENSEMBLES, SEARCHES):
            text = (examples[0].parent / "README.md").read_text()
            self.assertEqual({example.name for example in examples}, set(re.findall(r"`(\w+\.toml)`", text)))


    def network_of(self, layers, data="cifar10"):
        """An experiment of these layers; its path."""
        train, shape = {"cifar10": ("data_batch_1.bin", ""), "sequence": ("train-images-idx3-ubyte.gz", "shape = [28, 28]\n")}[data]
        file = self.folder / "network.toml"
        file.write_text(f'schema = 1\n[data]\ntrain = "{train}"\n{shape}test_fraction = 0.5\n[model]\ntype = "network"\n'
                        f'layers = [{layers}]\n[train]\nbatch = 4\n')
        return file

    def test_every_layer_and_block_of_the_readme_can_be_copied(self):
        page = (SOURCE / "models" / "nn" / "README.md").read_text()
        lines = re.findall(r"(?m)^\| `(\w+)` \|.*\| `(\{ type = .*\})` \|$", page)
        self.assertGreater(len(lines), 20)
        pair = '{ name = "a", type = "conv", channels = 4 }, { name = "b", type = "conv", channels = 4 }, '
        before = {"add": pair, "branches": '{ type = "conv", channels = 16 }, ', "concat": pair, "dense": '{ type = "flatten" }, ', "embedding": '{ type = "flatten" }, ',
                  "scale": '{ name = "a", type = "conv", channels = 4 }, { name = "g", type = "global_pool" }, '}
        for name, line in lines:
            with self.subTest(line=line):
                self.assertIn(f'type = "{name}"', line)
                file = self.network_of(before.get(name, "") + line, "sequence" if name in ("lstm", "gru") else "cifar10")
                self.assertIn("is valid", self.output_of("validate", file))

    def test_the_network_of_the_readme_is_valid(self):
        page = (SOURCE / "models" / "nn" / "README.md").read_text()
        text = next(block for block in re.findall(r"(?m)(?:^    .*\n)+", page) if 'type = "network"' in block)
        layers = re.sub(r"(?m)^    ", "", text).split("layers = [", 1)[1].rsplit("]", 1)[0]
        shown = self.output_of("validate", self.network_of(layers))
        self.assertRegex(shown, r"(?m)^ +4 +add +2, 3 +16 x 32 x 32$")


if __name__ == "__main__":
    unittest.main()
