"""The committed schema is what the program prints, every example is valid by it, and it refuses what jury refuses."""
import json
import re
import tomllib
import unittest

from jury_command import SOURCE, FolderTestCase, run

try:
    import jsonschema
except ImportError:
    jsonschema = None

EXAMPLES = SOURCE / "tools" / "examples"
COMMITTED = EXAMPLES / "experiment.schema.json"
START = 'schema = 1\n[data]\ngenerator = "twonorm"\ntest_rows = 50\n'
# What the schema takes and what it does not; jury says the same of each.
RIGHT = ('[model]\ntype = "mlp"\nhidden = [8]', '[model]\ntype = "linear"\n[ensemble]\nmembers = "auto"', '[model]\ntype = "linear"\n[budget]\ntime = "3h50min"',
         '[model]\ntype = "linear"\n[cv]\nmetrics = ["log_loss", "accuracy"]', '[[preprocess]]\nstep = "impute"\nwith = 0\n[model]\ntype = "linear"',
         '[model]\ntype = "network"\nlayers = [{ name = "a", type = "dense", units = 4 }, { type = "dense", units = "outputs", from = ["a"] }]',
         '[model]\ntype = "mlp"\n[train]\nearly_stopping = false\naveraging = { start = 0.5 }', '[model]\ntype = "mlp"\n[model.lr_factors]\n"0.dense" = 0.5',
         '[model]\ntype = "mlp"\n[cv]\n[search]\n[search.space]\ntrain.lr = "loguniform(1e-4, 1e-1)"\n"model.dropout" = { dist = "uniform(0, 0.5)", when = "train.lr > 0.01" }')
WRONG = ('[model]\ntype = "mlpp"', '[model]\ntype = "mlp"\nhiden = [8]', '[model]\ntype = "mlp"\nhidden = 8', '[model]\ntype = "mlp"\nhidden = [0]',
         '[model]\ntype = "mlp"\n[train]\nlr = "fast"', '[model]\ntype = "mlp"\n[train]\nepochs = 1.5', '[model]\ntype = "mlp"\n[ensemble]\nmembers = "many"',
         '[modle]\ntype = "mlp"', '[model]\ntype = "mlp"\n[train]\nclass_weights = "some"',
         '[model]\ntype = "network"\nlayers = [{ type = "dense", unit = 4 }]', '[model]\ntype = "network"\nlayers = [{ type = "dens", units = 4 }]',
         '[model]\ntype = "network"\nlayers = [{ units = 4 }]', '[model]\ntype = "mlp"\n[search]\n[search.space]\n"train.lr" = "lognuniform(1e-4, 1e-1)"',
         '[model]\ntype = "mlp"\n[ensemble]\nmethod = "stacking"\n[[ensemble.base]]\nmodle = { type = "mlp" }')


class Schema(FolderTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.text = run("schema").stdout
        cls.schema = json.loads(cls.text)

    def complaints(self, experiment):
        return [error.message for error in jsonschema.Draft7Validator(self.schema).iter_errors(experiment)]

    def test_the_committed_file_is_what_the_program_prints(self):
        self.assertEqual(COMMITTED.read_text(), self.text, "run 'jury schema > tools/examples/experiment.schema.json'")

    def test_every_example_names_the_schema(self):
        for example in sorted(EXAMPLES.rglob("*.toml")):
            with self.subTest(example=example.name):
                place, = re.findall(r"(?m)^#:schema (\S+)$", example.read_text())
                self.assertEqual((example.parent / place).resolve(), COMMITTED.resolve())
                head = example.read_text().split("\n#:schema")[0]  # editors look at the comments before the first key
                self.assertTrue(all(line.startswith("#") for line in head.splitlines()), head)

    @unittest.skipUnless(jsonschema, "python3-jsonschema is not installed")
    def test_every_example_is_valid_by_it(self):
        jsonschema.Draft7Validator.check_schema(self.schema)
        for example in sorted(EXAMPLES.rglob("*.toml")):
            with self.subTest(example=example.name):
                self.assertEqual([], self.complaints(tomllib.loads(example.read_text())))

    @unittest.skipUnless(jsonschema, "python3-jsonschema is not installed")
    def test_it_takes_and_refuses_what_jury_does(self):
        for texts, valid in ((RIGHT, True), (WRONG, False)):
            for text in texts:
                with self.subTest(text=text):
                    file = self.folder / "experiment.toml"
                    file.write_text(START + text + "\n")
                    done = run("validate", file)
                    self.assertEqual(done.returncode, 0 if valid else 2, done.stderr)
                    self.assertEqual(not self.complaints(tomllib.loads(file.read_text())), valid, self.complaints(tomllib.loads(file.read_text())))

    def test_it_describes_every_setting(self):
        train = self.schema["definitions"]["train"]["properties"]
        self.assertEqual(train["lr"]["default"], 0.001)
        self.assertIn("adam", train["optimizer"]["enum"])
        self.assertTrue(all(each.get("description") for each in train.values()))


if __name__ == "__main__":
    unittest.main()
