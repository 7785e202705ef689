"""jury export writes tables, weights, journals and event files that other programs read, and refuses what it must."""
import csv
import io
import json
import os
import shutil
import struct
import subprocess
import unittest
from pathlib import Path

import h5py
import numpy

from jury_command import JURY, FolderTestCase, environment, expect_complaint, run
from onnx_numpy import all_of, text

SMALL = Path(__file__).with_name("small.toml")
SEARCH = """
schema = 1
[experiment]
name = "chosen"
[data]
generator = "twonorm"
rows = 60
test_rows = 20
[model]
type = "mlp"
hidden = [4]
[train]
epochs = 4
[cv]
folds = 2
[search]
method = "random"
trials = 6
pruner = "successive_halving"
objective = "log_loss"
[search.rungs]
resource = "epochs"
eta = 2
[search.space]
"train.lr" = "loguniform(1e-4, 1e-1)"
"train.batch" = "int(8, 32, step=8)"
"train.optimizer" = "choice('adam', 'sgd')"
"train.momentum" = "uniform(0, 0.9) when train.optimizer == 'sgd'"
"""


def read_csv(content):
    return list(csv.DictReader(io.StringIO(content)))


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def events_in(path):
    """The events of a file, each a message of protocol buffers, their checksums verified."""
    data, at = path.read_bytes(), 0
    while at < len(data):
        size, check = struct.unpack_from("<QI", data, at)
        assert check == masked(data[at:at + 8])
        event = data[at + 12:at + 12 + size]
        assert struct.unpack_from("<I", data, at + 12 + size)[0] == masked(event)
        yield event
        at += size + 16


class Export(FolderTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.root / "search.toml").write_text(SEARCH)
        for name, file in (("small", SMALL), ("search", cls.root / "search.toml")):
            done = run("run", file, "-o", cls.root / name, "-q")
            assert done.returncode == 0, done.stderr
        cls.small, cls.search = cls.root / "small", cls.root / "search"

    def export(self, *arguments):
        done = run("export", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_csv_has_every_table_as_show_prints_it(self):
        said = self.export(self.small, "csv", "-o", self.folder / "tables")
        files = sorted(path.name for path in (self.folder / "tables").iterdir())
        self.assertEqual(said, f"{self.folder / 'tables'} ({len(files)} tables)\n")
        for table, file in (("folds", "ensemble.folds.csv"), ("members", "fits.csv"), ("summary", "ensemble.overall.csv")):
            shown = run("show", self.small, table, "-f", "csv").stdout
            self.assertEqual((self.folder / "tables" / file).read_text(), shown)
            self.assertEqual(self.export(self.small, "csv", "--table", table), shown)
        attributes = {(row["group"], row["name"]): row["value"] for row in read_csv((self.folder / "tables" / "attributes.csv").read_text())}
        self.assertEqual(attributes["/selection", "metric"], "accuracy")
        with h5py.File(self.small / "results.h5") as results:
            self.assertEqual(attributes["/", "config_hash"], results.attrs["config_hash"])
            lengths = {len(results["splits"][name]) for name in ("fold", "rows")}
        self.assertEqual(lengths, {len(read_csv((self.folder / "tables" / f"splits.{part}.csv").read_text())) for part in ("split", "position")})

    def test_json_is_one_object(self):
        everything = json.loads(self.export(self.small, "json", "-o", "-"))
        self.assertEqual(list(everything), ["attributes", "config", "tables"])
        self.assertEqual(everything["tables"]["ensemble.folds"], json.loads(run("show", self.small, "folds", "-f", "json").stdout))
        self.assertEqual(everything["config"]["model"]["hidden"], [8])
        self.assertEqual(everything["attributes"]["/data"]["num_train"], 120)
        self.assertEqual(json.loads(self.export(self.small, "json", "-t", "/ensemble/folds")), everything["tables"]["ensemble.folds"])

    def test_weights_are_those_of_the_results(self):
        self.export(self.small, "weights")
        weights = numpy.load(self.small / "weights.npz")
        self.assertEqual(list(weights["members"]), ["member0", "member1", "member2", "member3"])
        self.assertEqual(weights["member0/inputs"][19], "x20")
        self.assertEqual(weights["member2/0.dense.weights"].shape, (8, 20))
        with h5py.File(self.small / "results.h5") as results:
            models = next(iter(results["models"].values()))
            numpy.testing.assert_array_equal(weights["weight"], models["weight"][...])
            for place, member in enumerate(weights["members"]):
                flat = numpy.concatenate([weights[f"{member}/{name.decode()}"].ravel() for name in models["layout"]["name"]])
                numpy.testing.assert_array_equal(flat, models["weights_best"][place])

    def test_optuna_replays_the_search(self):
        journal = [json.loads(line) for line in self.export(self.search, "optuna", "-o", "-").splitlines()]
        self.assertEqual({line["worker_id"] for line in journal}, {"jury"})
        study, trials = journal[0], [line for line in journal if line["op_code"] == 4]
        self.assertRegex(study["study_name"], "^chosen-[0-9a-f]{8}$")
        self.assertEqual((study["op_code"], study["directions"]), (0, [1]))
        shown = read_csv(run("show", self.search, "trials", "-f", "csv").stdout)
        self.assertEqual(len(trials), len(shown))
        states = {"complete": 1, "pruned": 2, "failed": 3}
        for trial, row in zip(trials, shown):
            self.assertEqual(trial["state"], states[row["state"]])
            self.assertEqual(trial["value"], float(row["value"]))
            self.assertEqual(trial["intermediate_values"], {row["resource"]: trial["value"]})
            self.assertEqual(trial["params"]["train.lr"], float(row["param.train.lr"]))
            distributions = {name: json.loads(text) for name, text in trial["distributions"].items()}
            self.assertEqual(distributions["train.lr"], {"name": "FloatDistribution", "attributes": {"step": None, "low": 1e-4, "high": 0.1, "log": True}})
            self.assertEqual(distributions["train.batch"], {"name": "IntDistribution", "attributes": {"log": False, "step": 8, "low": 8, "high": 32}})
            choices = distributions["train.optimizer"]["attributes"]["choices"]
            self.assertEqual(choices[int(trial["params"]["train.optimizer"])], row["param.train.optimizer"])
            self.assertEqual("train.momentum" in trial["params"], row["param.train.optimizer"] == "sgd")
            self.assertLessEqual(trial["datetime_start"], trial["datetime_complete"])
        self.assertGreater(len({trial["state"] for trial in trials}), 1)

    def test_a_journal_of_a_run_that_goes_on_only_grows(self):
        whole = self.export(self.search, "optuna", "-o", "-")
        shutil.copy(self.search / "results.h5", self.folder / "results.h5")
        with h5py.File(self.folder / "results.h5", "r+") as results:
            results.attrs["complete"] = numpy.int64(0)
            states = results["trials/state"][...]
            states[4] = "running"
            results["trials/state"][...] = states
        part = self.export(self.folder, "optuna", "-o", "-", "-q")
        self.assertEqual(4, sum(json.loads(line)["op_code"] == 4 for line in part.splitlines()))
        self.assertTrue(whole.startswith(part))

    def test_tensorboard_has_the_curves_and_the_trials(self):
        self.export(self.search, "tensorboard", "-o", self.folder / "board")
        curve = []
        for event in events_in(self.folder / "board" / "trial-0" / "repeat-0" / "fold-1" / "member-0" / "events.out.tfevents.0.jury"):
            for summary in all_of(event, 5):
                value = all_of(summary, 1)[0]
                if text(value, 1) == "train.loss":
                    curve.append((all_of(event, 2)[0], struct.unpack("<f", all_of(value, 2)[0])[0]))
        with h5py.File(self.search / "results.h5") as results:
            table = {name: results["curves"][name][...] for name in ("trial", "repeat", "fold", "epoch", "train.loss")}
        rows = (table["trial"] == 0) & (table["repeat"] == 0) & (table["fold"] == 1)
        self.assertEqual(curve, [(epoch, numpy.float32(loss)) for epoch, loss in zip(table["epoch"][rows], table["train.loss"][rows])])
        names = {text(all_of(summary, 1)[0], 1) for event in events_in(self.folder / "board" / "trial-3" / "events.out.tfevents.0.jury")
                 for summary in all_of(event, 5)}
        self.assertLessEqual({"_hparams_/session_start_info", "value", "metric.log_loss", "_hparams_/session_end_info"}, names)
        self.assertEqual(2, len(list(events_in(self.folder / "board" / "events.out.tfevents.0.jury"))))

    def test_the_same_results_give_the_same_bytes(self):
        for form in ("json", "weights", "optuna", "onnx"):
            for name in "ab":
                self.export(self.search, form, "-q", "-o", self.folder / f"{name}.{form}")
            self.assertEqual((self.folder / f"a.{form}").read_bytes(), (self.folder / f"b.{form}").read_bytes())

    def test_what_is_there_is_kept_unless_it_is_said(self):
        self.export(self.small, "json", "-o", self.folder / "a.json")
        expect_complaint(self, run("export", self.small, "json", "-o", self.folder / "a.json"), 2, "is there already")
        self.export(self.small, "json", "-o", self.folder / "a.json", "--overwrite", "-q")
        (self.folder / "mine").mkdir()
        (self.folder / "mine" / "notes.txt").write_text("mine")
        for form in ("csv", "tensorboard"):
            expect_complaint(self, run("export", self.small, form, "-o", self.folder / "mine", "--overwrite"), 2, "did not write .*notes.txt")
        expect_complaint(self, run("export", self.small, "weights", "-o", self.folder / "mine"), 2, "is a folder")
        self.assertEqual(["notes.txt"], os.listdir(self.folder / "mine"))
        self.assertEqual(["a.json", "mine"], sorted(os.listdir(self.folder)))

    def test_places_that_cannot_be_written(self):
        for form in ("csv", "json", "onnx"):
            expect_complaint(self, run("export", self.small, form, "-o", self.folder / "none" / "x"), 74, "there is no folder")
        expect_complaint(self, run("export", self.small, "csv", "-o", "-"), 2, "does not go to standard output")
        expect_complaint(self, run("export", self.small / "results.h5", "json"), 2, "needs --output")
        with open("/dev/full", "w") as full:
            done = subprocess.run([JURY, "export", self.small, "json", "-o", "-"], stdout=full, stderr=subprocess.PIPE, text=True, env=environment())
        expect_complaint(self, done, 74, "cannot be written")

    def test_wrong_arguments(self):
        for arguments, message in (((self.small,), "needs FORMAT"), ((self.small, "onx"), "did you mean 'onnx'"), ((self.folder / "none", "csv"), "there is no run"),
                                   ((self.small, "csv", "-t", "foldz"), "did you mean 'folds'"), ((self.small, "csv", "-t", "coverage"), r"did not ask for it\) final.conformal gives one"),
                                   ((self.small, "csv", "-t", "splits"), "several tables"), ((self.small, "weights", "-t", "folds"), "for csv and json"),
                                   ((self.small, "csv", "--uncalibrated"), "are for onnx"), ((self.folder, "json"), r"is not a run of jury \(it has neither a journal nor results.h5\)"),
                                   ((self.small, "csv", "-t", "nope"), r"no table 'nope' \(known: summary, .*ensemble.overall"),
                                   ((self.small, "csv", "-o", self.folder / "t.csv"), "t.csv' names a file .* or one table with --table")):
            with self.subTest(arguments):
                expect_complaint(self, run("export", *arguments), 2, message)

    def test_runs_without_what_is_asked_for(self):
        done = run("run", SMALL, "-o", self.folder / "bare", "-q", "-s", "final.refit=false", "-s", "train.epochs=1")
        self.assertEqual(done.returncode, 0, done.stderr)
        for form in ("weights", "onnx"):
            expect_complaint(self, run("export", self.folder / "bare", form), 2, "stores no networks")

    def test_damaged_and_foreign_results(self):
        shutil.copy(self.small / "results.h5", self.folder / "cut.h5")
        os.truncate(self.folder / "cut.h5", 3000)
        (self.folder / "text.h5").write_text("no results")
        with h5py.File(self.folder / "foreign.h5", "w") as file:
            file["x"] = [1, 2]
        for name in ("cut.h5", "text.h5", "foreign.h5"):
            for form in ("csv", "json", "weights", "onnx", "optuna", "tensorboard"):
                with self.subTest(name=name, form=form):
                    expect_complaint(self, run("export", self.folder / name, form, "-o", self.folder / "out"), 3)
        self.assertFalse((self.folder / "out").exists())

    def test_a_run_that_is_not_finished(self):
        shutil.copytree(self.search, self.folder / "run")
        with h5py.File(self.folder / "run" / "results.h5", "r+") as results:
            results.attrs["complete"] = numpy.int64(0)
        for form in ("csv", "json", "optuna", "tensorboard"):
            done = run("export", self.folder / "run", form)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stderr, "^jury: warning: .* is not finished")
        for form in ("weights", "onnx"):
            expect_complaint(self, run("export", self.folder / "run", form), 2, "is not finished")


if __name__ == "__main__":
    unittest.main()
