"""The training engine from the experiment file: everything at once, transfer, and trainings that are interrupted."""
import signal
import subprocess
import time
import unittest
from pathlib import Path

import h5py
import numpy as np

from jury_command import FolderTestCase, command, environment, expect_complaint, expect_same, kill_all, run, start

ENGINE = Path(__file__).with_name("engine.toml")
SMALL = Path(__file__).with_name("small.toml")


def options(*settings):
    return [word for setting in settings for word in ("-s", setting)]


# One training of some seconds: nothing to do before its only record but to train.
LONG = [SMALL, *options("cv=false", "bias_variance=false", "ensemble.method=none", "ensemble.members=1", "data.rows=2000",
                        "train.epochs=600", "train.batch=4", "train.schedule=cosine", "train.optimizer=momentum",
                        "train.lr=0.01", "train.early_stopping.patience=1000")]


CHECKPOINTS = "checkpoints/[!.]*"  # but those that are being written


class Engine(FolderTestCase):
    def wait_for_checkpoint(self, process, directory):
        while process.poll() is None and not list(directory.glob(CHECKPOINTS)):
            time.sleep(0.01)

    def done(self, *arguments, code=0, **how):
        process = run(*arguments, **how)
        self.assertEqual(process.returncode, code, process.stderr)
        return process

    def model(self, directory):
        file = h5py.File(directory / "results.h5")
        self.addCleanup(file.close)
        return next(iter(file["models"].values()))

    def test_everything_at_once_is_the_same_on_any_number_of_ranks(self):
        self.done("run", ENGINE, "-o", self.folder / "one")
        for ranks in (1, 3):
            directory = self.folder / f"ranks{ranks}"
            self.done("run", ENGINE, "-o", directory, ranks=ranks)
            expect_same(self, self.folder / "one", directory)

    def test_curves_and_weights_are_recorded(self):
        self.done("run", ENGINE, "-o", self.folder / "run")
        with h5py.File(self.folder / "run" / "results.h5") as file:
            curves = file["curves"]
            for name in ("train.loss", "valid.loss", "valid.log_loss", "valid.accuracy", "lr"):
                self.assertTrue(np.isfinite(curves[name][:]).all(), name)
            epochs, best = file["fits/epochs"][:], file["fits/best_epoch"][:]
            self.assertTrue(((best >= 1) & (best <= epochs)).all())
            models = next(iter(file["models"].values()))
            self.assertEqual(len(models["weights_best"]), 9)
            self.assertEqual(sorted(zip(models["fold"][:], models["member"][:])),
                             sorted((fold, member) for fold in (-1, 0, 1) for member in range(3)))
            same = (models["weights_best"][:] == models["weights_latest"][:]).all(axis=1)
            keys = list(zip(models["fold"][:], models["member"][:]))
            stopped_late = {(f, m): b < e for f, m, b, e in zip(file["fits/fold"][:], file["fits/member"][:], best, epochs)}
            for key, equal in zip(keys, same):
                self.assertEqual(bool(equal), not stopped_late[key], key)

    def test_a_stopped_training_goes_on_at_its_last_epoch(self):
        longer = [*LONG, *options("train.epochs=3000")]
        self.done("run", *longer, "-o", self.folder / "whole")
        directory = self.folder / "stopped"
        process = subprocess.Popen(command(["run", *longer, "-o", directory, "--progress", "none", *options("train.checkpoint_epochs=300")]),
                                   stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment())
        self.wait_for_checkpoint(process, directory)
        next(directory.glob(CHECKPOINTS)).unlink()  # the stop writes one of its own
        process.send_signal(signal.SIGUSR1)
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, said)
        self.assertEqual(len(list((directory / "checkpoints").iterdir())), 1)
        self.done("resume", directory)
        expect_same(self, self.folder / "whole", directory)
        self.assertEqual(list((directory / "checkpoints").iterdir()), [])

    def test_a_killed_training_goes_on_at_its_last_checkpoint(self):
        self.done("run", *LONG, "-o", self.folder / "whole")
        directory = self.folder / "killed"
        process = start("run", *LONG, "-o", directory, "-s", "train.checkpoint_epochs=5")
        self.wait_for_checkpoint(process, directory)
        kill_all(process)
        self.assertEqual(len(list(directory.glob(CHECKPOINTS))), 1)
        self.done("resume", directory)
        expect_same(self, self.folder / "whole", directory)
        self.assertEqual(list((directory / "checkpoints").iterdir()), [])  # nor what was half written

    def test_a_damaged_checkpoint_counts_as_none(self):
        self.done("run", *LONG, "-o", self.folder / "whole")
        directory = self.folder / "killed"
        process = start("run", *LONG, "-o", directory, "-s", "train.checkpoint_epochs=5")
        self.wait_for_checkpoint(process, directory)
        kill_all(process)
        checkpoint, = directory.glob(CHECKPOINTS)
        damaged = bytearray(checkpoint.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        checkpoint.write_bytes(damaged)
        self.done("resume", directory)
        expect_same(self, self.folder / "whole", directory)

    def donor(self):
        directory = self.folder / "donor"
        if not directory.exists():
            self.done("run", ENGINE, "-o", directory)
        return directory

    def target(self, *settings):
        text = ("schema = 1\n[data]\ngenerator = \"twonorm\"\nrows = 60\ntest_rows = 40\n[model]\nfrom = \"donor\"\n"
                "[train]\nepochs = 2\n[ensemble]\nmethod = \"average\"\nmembers = 2\n")
        file = self.folder / "target.toml"
        file.write_text(text)
        return ["run", file, *options(*settings)]

    def test_weights_of_another_run_are_the_start(self):
        """Same data: with a learning rate of 0 the member predicts what its donor does."""
        donor = self.donor()
        text = ENGINE.read_text()
        head, rest = text.split("[model]")
        file = self.folder / "again.toml"
        file.write_text(head + '[model]\nfrom = "donor"\nfrom_member = 1\n[train]' + rest.split("[train]")[1])
        self.done("run", file, "-o", self.folder / "again", *options("train.lr=0", "ensemble.method=average", "cv=false",
                                                                    "train.early_stopping=false", "train.max_norm=0"))
        old, new = self.model(donor), self.model(self.folder / "again")
        row = [i for i, key in enumerate(zip(old["fold"][:], old["member"][:])) if key == (-1, 1)][0]
        names = [name.decode() if isinstance(name, bytes) else name for name in old["layout/name"][:]]
        for i, name in enumerate(names):
            part = slice(old["layout/offset"][i], old["layout/offset"][i] + old["layout/size"][i])
            equal = (new["weights_best"][0][part] == old["weights_best"][row][part]).all()
            self.assertEqual(bool(equal), "running" not in name, name)

    def test_a_new_head_and_frozen_layers(self):
        """Two classes instead of three: frozen tensors, statistics too, stay the donor's to the bit; the others move."""
        donor = self.donor()
        rng = np.random.default_rng(3)
        x = rng.normal(size=(60, 21)).round(3)
        rows = ["," .join([*map(str, row), "ab"[int(row[0] > 0)]]) for row in x]
        (self.folder / "two.csv").write_text("\n".join([",".join([*(f"x{i}" for i in range(21)), "y"]), *rows]) + "\n")
        (self.folder / "two.toml").write_text(
            'schema = 1\n[data]\ntrain = "two.csv"\ntarget = "y"\nshape = [3, 7]\n[model]\nfrom = "donor"\nreplace_head = true\n'
            'freeze = ["stem", "block*"]\nlr_factors = { "*" = 0.5 }\n[train]\nepochs = 2\nlr = 0.01\nmax_norm = 1.0\n'
            '[cv]\nfolds = 2\n[ensemble]\nmethod = "average"\nmembers = 1\n')
        self.done("run", self.folder / "two.toml", "-o", self.folder / "two")
        old, new = self.model(donor), self.model(self.folder / "two")
        row = [i for i, key in enumerate(zip(old["fold"][:], old["member"][:])) if key == (-1, 0)][0]

        def tensors(model, which):
            names = [name.decode() if isinstance(name, bytes) else name for name in model["layout/name"][:]]
            return {name: model["weights_best"][which][first:first + size]
                    for name, first, size in zip(names, model["layout/offset"][:], model["layout/size"][:])}
        before, after = tensors(old, row), tensors(new, 0)
        self.assertEqual(len(after["head.new.bias"]), 2)
        for name in before.keys() & after.keys():
            frozen = name.startswith(("stem", "block"))
            self.assertEqual(bool((before[name] == after[name]).all()), frozen, name)

    def test_what_is_wrong_with_a_transfer_is_said(self):
        self.donor()
        cases = [
            (["model.from=nowhere"], 2, r"model\.from = '.*nowhere' is no finished run"),
            (["model.from_member=7"], 2, r"model\.from_member = 7 is not in .* \(it stores 3 members\)"),
            (["model.hidden=[3]"], 2, r"model\.hidden does not go with model\.from"),
            ([], 2, r"takes 1x3x7 inputs \(the data has 20 after preprocessing\)"),
            (["data.generator=waveform", "model.freeze=['sten']"], 2, r"names the layer 'sten'.*did you mean 'stem'"),
        ]
        for settings, code, message in cases:
            with self.subTest(settings=settings):
                expect_complaint(self, run(*self.target(*settings), "-o", self.folder / "out"), code, message)
        (self.folder / "bad.h5").write_bytes(b"not hdf5")
        expect_complaint(self, run(*self.target(f"model.from={self.folder}/bad.h5"), "-o", self.folder / "out"), 3, r"bad\.h5")


if __name__ == "__main__":
    unittest.main(verbosity=2)
