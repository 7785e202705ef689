"""jury predict gives the run's own predictions again, the same bytes on any number of ranks, and says what is wrong."""
import csv
import io
import random
import shutil
import unittest

import h5py
import numpy

from jury_command import FolderTestCase, environment, expect_complaint, run
from stand_in_data import idx_images

EXPERIMENT = """
schema = 1
[data]
train = "train.csv"
test = "test.csv"
target = "{target}"
task = "{task}"
[model]
type = "mlp"
hidden = [12]
[train]
epochs = 4
[ensemble]
members = 4
combine = {combine}
"""
COLUMNS = ["age", "job", "pay", "const", "buys"]
JOBS = ["clerk", "cook", "nurse, night"]


def make_rows(seed, count, task):
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        age, job, pay = draw.randint(18, 90), draw.choice(JOBS), draw.gauss(100, 30)
        score = age / 60 + (job == "cook") + pay / 100 + draw.gauss(0, 0.3)
        target = ("yes" if score > 2.2 else "no") if task == "classification" else f"{score:.4f}"
        rows.append(dict(zip(COLUMNS, ["" if draw.random() < 0.05 else age, job, f"{pay:.4f}", "k", target])))
    return rows


def write(path, rows, columns=None):
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, columns or list(rows[0]), extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)
    return path


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


class Predict(FolderTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.runs, cls.tests = {}, {}
        for task, combine in (("classification", '["vote", "mean", "median"]'), ("regression", '["median", "mean"]')):
            folder = cls.root / task
            folder.mkdir()
            write(folder / "train.csv", make_rows(1, 150, task))
            cls.tests[task] = write(folder / "test.csv", make_rows(2, 333, task))
            (folder / "e.toml").write_text(EXPERIMENT.format(target="buys", task=task, combine=combine))
            extra = ["-s", "model.output=mean_variance"] if task == "regression" else []
            done = run("run", folder / "e.toml", "-o", folder / "run", "-q", *extra)
            assert done.returncode == 0, done.stderr
            cls.runs[task] = folder / "run"
        cls.finished, cls.labelled = cls.runs["classification"], cls.tests["classification"]

    def predict(self, *arguments, ranks=None, directory=None):
        done = run("predict", directory or self.finished, *arguments, ranks=ranks)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def expect_bits(self, ours, theirs):
        self.assertEqual(ours.shape, theirs.shape)
        self.assertEqual(ours.tobytes(), theirs.tobytes())

    def test_the_test_file_gives_the_predictions_of_the_run(self):
        for task, key in (("classification", "proba"), ("regression", "value")):
            with self.subTest(task=task):
                self.predict(self.tests[task], "-o", self.folder / f"{task}.h5", "--all", "--members", directory=self.runs[task])
                with h5py.File(self.folder / f"{task}.h5") as ours, h5py.File(self.runs[task] / "results.h5") as file:
                    theirs = file["predictions/test"]
                    self.expect_bits(ours[key][:], theirs[key][:, 0])
                    for name in ("mean", "std"):
                        self.expect_bits(ours[name][:], theirs[name][0])
                    if task == "classification":
                        for name in ("votes", "label_mean", "label_vote"):
                            self.expect_bits(ours[name][:], theirs[name][0])
                        self.expect_bits(ours["label"][:], theirs["label_vote"][0])  # vote is what the run reports
                        self.assertEqual([name.decode() for name in ours["class"]], ["no", "yes"])
                    else:
                        self.expect_bits(ours["variance"][:], theirs["variance"][:, 0])
                        for name in ("mixture_variance", "aleatoric_variance", "epistemic_variance"):
                            self.expect_bits(ours[name][:], theirs[name][0])
                        self.expect_bits(ours["combined"][:], numpy.median(ours["value"][:].astype(float), axis=0).astype("f4"))

    def test_every_method_gives_the_predictions_of_the_run_on_any_number_of_ranks(self):
        base = """
[[ensemble.base]]
ensemble = { method = "bagging", members = 2, combine = ["weighted_mean"] }
[[ensemble.base]]
ensemble = { method = "gradient_boosting", members = 2 }
[[ensemble.base]]
ensemble = { method = "mc_dropout", members = 2 }
"""
        for method, task, bases in (("adaboost", "classification", ""), ("snapshot", "regression", ""), ("mc_dropout", "classification", ""),
                                    ("gradient_boosting", "classification", ""), ("gradient_boosting", "regression", ""),
                                    ("stacking", "classification", base), ("selection", "regression", base)):
            with self.subTest(method=method, task=task):
                text = EXPERIMENT.format(target="buys", task=task, combine="[]").replace("members = 4\ncombine = []\n", f'method = "{method}"\n' + ("stack.folds = 2\n" if bases else "members = 4\n"))
                (self.runs[task].parent / "method.toml").write_text(text.replace("hidden = [12]", "hidden = [12]\ndropout = 0.2") + bases)
                out = self.folder / f"{method}-{task}"
                done = run("run", self.runs[task].parent / "method.toml", "-o", out, "-q")
                self.assertEqual(done.returncode, 0, done.stderr)
                files = []
                for ranks in (None, 2, 3):
                    files.append(self.folder / f"{method}-{task}-{ranks}.h5")
                    self.predict(self.tests[task], "-o", files[-1], "-a", "-m", ranks=ranks, directory=out)
                self.assertEqual(len({file.read_bytes() for file in files}), 1)
                with h5py.File(files[0]) as ours, h5py.File(out / "results.h5") as results:
                    theirs = results["predictions/test"]
                    key = "proba" if task == "classification" else "value"
                    self.expect_bits(ours[key][:], theirs[key][:, 0])
                    for name in ("entropy", "expected_entropy", "mutual_information"):
                        self.assertEqual(name in ours, name in theirs)
                        if name in ours:
                            self.expect_bits(ours[name][:], theirs[name][0])
                    for name in ("combined", "mean", "std") + (("votes", "label_mean", "label_vote") if task == "classification" else ()):
                        self.expect_bits(ours[name][:], theirs[name][0])
                    self.assertEqual("entropy" in ours, task == "classification" and method != "gradient_boosting")
                if method == "mc_dropout":  # whose masks go by the places of rows
                    many = write(self.folder / "many.csv", make_rows(4, 2500, task))
                    whole, pieces = (self.predict(many, "-o", "-", "-a", *how, directory=out).stdout for how in ([], ["--stream=0.005"]))
                    self.assertEqual(whole, pieces)
                joined = self.predict(self.tests[task], "-o", "-", "-c", "median", directory=out)
                self.assertIn("(median)", joined.stderr)

    def test_any_number_of_ranks_writes_the_same_bytes(self):
        for task in self.runs:
            for ending in ("csv", "npy", "h5"):
                outputs = []
                for ranks in (None, 2, 3):
                    out = self.folder / f"{task}-{ranks}.{ending}"
                    self.predict(self.tests[task], "-o", out, "-a", "-m", ranks=ranks, directory=self.runs[task])
                    outputs.append(out.read_bytes())
                with self.subTest(task=task, ending=ending):
                    self.assertEqual(outputs[0], outputs[1])
                    self.assertEqual(outputs[0], outputs[2])

    def test_a_file_in_pieces_gets_the_bytes_of_the_whole_one(self):
        for task in self.runs:
            many = write(self.folder / f"{task}-many.csv", make_rows(4, 3000, task))
            for ending in ("csv", "npy"):
                outputs = []
                for ranks, how in ((None, []), (None, ["--stream=0.001"]), (2, ["--stream=0.02"]), (None, ["--stream"])):
                    out = self.folder / f"pieces-{task}-{len(outputs)}.{ending}"
                    done = self.predict(many, "-o", out, "-a", "-m", *how, ranks=ranks, directory=self.runs[task])
                    self.assertIn("3000 rows predicted by 4 members", done.stderr)
                    self.assertEqual(done.stderr.count("rows have targets, and are not scored in pieces"), 1 if how else 0)
                    outputs.append(out.read_bytes())
                with self.subTest(task=task, ending=ending):
                    self.assertEqual(len(set(outputs)), 1)
        features = numpy.random.default_rng(1).normal(size=(3000, 4)).astype("f4")
        with h5py.File(self.folder / "many.h5", "w") as file:
            file.create_dataset("new/rows", data=features, chunks=(100, 2), compression="gzip")
        numpy.savetxt(self.folder / "numbers.csv", numpy.column_stack([features, features[:, 0] > 0]), delimiter=",", header="a,b,c,d,y", comments="")
        (self.folder / "e.toml").write_text(EXPERIMENT.format(target="y", task="classification", combine="[]").replace("train.csv", "numbers.csv").replace('test = "test.csv"\n', ""))
        self.assertEqual(run("run", self.folder / "e.toml", "-o", self.folder / "run", "-q").returncode, 0)
        whole, pieces = (self.predict(f"{self.folder}/many.h5:/new/rows", "-o", "-", "-a", *how, directory=self.folder / "run").stdout for how in ([], ["--stream=0.01"]))
        self.assertEqual(whole, pieces)
        wrong = self.folder / "wrong.csv"
        wrong.write_text((self.folder / "classification-many.csv").read_text() + "old,cook,1,k,no\n")
        expect_complaint(self, run("predict", self.finished, wrong, "-o", self.folder / "w.csv", "--stream=0.001"), 3, "wrong.csv:3002: 'old' in column 'age' is no number")
        self.assertEqual([file.name for file in self.folder.iterdir() if "w.csv" in file.name], [])
        with open(wrong, "ab") as file:
            file.truncate(1 << 40)  # a file with a hole, larger than any memory
        expect_complaint(self, run("predict", self.finished, wrong, "-o", self.folder / "w.csv"), 3, r"wrong.csv' .*1.0 TiB do not fit into .* leave it to --stream")
        for how, words in (("--stream=0", "--stream = 0 is out of range"), ("--stream", r"cannot be written in pieces \(--stream writes .csv and .npy\)")):
            expect_complaint(self, run("predict", self.finished, self.labelled, "-o", self.folder / "w.h5", how), 2, words)

    def test_more_ranks_than_blocks_of_rows(self):
        few = write(self.folder / "few.csv", make_rows(3, 2, "classification"))
        alone = self.predict(few, "-o", "-", "-a").stdout
        self.assertEqual(alone, self.predict(few, "-o", "-", "-a", ranks=3).stdout)
        self.assertEqual(len(read(alone)), 2)

    def test_the_three_formats_hold_the_same(self):
        for ending in ("csv", "npy", "h5"):
            self.predict(self.labelled, "-o", self.folder / f"out.{ending}", "--all", "--members")
        table = read((self.folder / "out.csv").read_text())
        matrix = numpy.load(self.folder / "out.npy")
        names = list(table[0])
        self.assertEqual(names[:9], ["label", "label_mean", "label_vote", "p.no", "p.yes", "std.no", "std.yes", "votes.no", "votes.yes"])
        self.assertEqual(names[9:11], ["entropy", "mutual_information"])
        self.assertEqual(names[11:], [f"m{m}.{what}" for m in range(4) for what in ("label", "p.no", "p.yes")])
        self.assertEqual([sum(row[f"m{m}.label"] == "yes" for m in range(4)) for row in table], [int(row["votes.yes"]) for row in table])
        self.assertEqual((matrix.dtype, matrix.shape), (numpy.float32, (333, len(names))))
        for j, name in enumerate(names):
            column = [["no", "yes"].index(row[name]) if "label" in name else numpy.float32(row[name]) for row in table]
            self.expect_bits(numpy.array(column, "f4"), matrix[:, j].copy())
        with h5py.File(self.folder / "out.h5") as file:
            self.expect_bits(file["combined"][:], matrix[:, 3:5].copy())
            self.expect_bits(file["proba"][2], matrix[:, 18:20].copy())
            self.assertTrue((file["member_label"][2] == matrix[:, 17]).all())
            self.assertEqual(file.attrs["combine"], "vote")

    def test_the_answer_alone_is_one_column_a_target(self):
        self.assertEqual(list(read(self.predict(self.labelled, "-o", "-").stdout)[0]), ["label"])
        rows = read(self.predict(self.tests["regression"], "-o", "-", directory=self.runs["regression"]).stdout)
        self.assertEqual(list(rows[0]), ["value.buys"])

    def test_columns_may_stand_in_any_order_and_have_others_beside_them(self):
        rows = make_rows(2, 333, "classification")
        plain = self.predict(self.labelled, "-o", "-", "-a").stdout
        other = write(self.folder / "other.csv", [dict(row, zone=7) for row in rows], ["zone", "pay", "job", "age"])
        done = self.predict(other, "-o", "-", "-a")
        self.assertEqual(done.stdout, plain)
        self.assertRegex(done.stderr, r"(?m)^jury: 1 column of .*other\.csv that the training file does not have, left out: zone$")

    def test_the_order_of_rows_changes_no_prediction(self):
        rows = make_rows(2, 333, "classification")
        plain = read(self.predict(self.labelled, "-o", "-", "-a").stdout)
        order = list(range(len(rows)))
        random.Random(5).shuffle(order)
        for name, chosen in (("shuffled", order), ("one", [70])):
            done = self.predict(write(self.folder / f"{name}.csv", [rows[i] for i in chosen]), "-o", "-", "-a")
            for row, i in zip(read(done.stdout), chosen):
                self.assertEqual(row["label"], plain[i]["label"])
                for column in ("p.yes", "std.yes", "votes.yes"):  # another place in a block may round differently
                    self.assertAlmostEqual(float(row[column]), float(plain[i][column]), places=5)

    def test_rows_without_names_are_matched_by_place(self):
        rows = make_rows(2, 333, "classification")
        plain = self.predict(self.labelled, "-o", "-", "-a").stdout
        for name, columns in (("all", COLUMNS), ("samples", COLUMNS[:4]), ("features", COLUMNS[:3])):
            path = write(self.folder / f"{name}.csv", rows, columns)
            path.write_text(path.read_text().split("\n", 1)[1])
            self.assertEqual(self.predict(path, "-o", "-", "-a", "--header", "false").stdout, plain, name)

    def test_arrays_are_read_by_place(self):
        draw = numpy.random.RandomState(1)
        x = draw.normal(size=(80, 3)).astype("f4")
        y = (x.sum(axis=1) > 0).astype("f4")
        numpy.save(self.folder / "train.npy", numpy.column_stack([y, x]))
        (self.folder / "e.toml").write_text(EXPERIMENT.format(target="0", task="classification", combine='["mean"]').replace("train.csv", "train.npy")
                                            .replace('test = "test.csv"\n', ""))
        done = run("run", self.folder / "e.toml", "-o", self.folder / "run", "-q", "-s", "cv.folds=2")
        self.assertEqual(done.returncode, 0, done.stderr)
        numpy.save(self.folder / "x.npy", x[:30])
        numpy.save(self.folder / "xy.npy", numpy.column_stack([y, x])[:30])
        numpy.savez(self.folder / "x.npz", x=x[:30])
        numpy.savez(self.folder / "xy.npz", x=x[:30], y=y[:30])
        with h5py.File(self.folder / "x.h5", "w") as file:
            file["rows/x"] = x[:30]
        outputs = [self.predict(self.folder / name, "-o", "-", "-a", directory=self.folder / "run") for name in
                   ("x.npy", "x.npz", "x.h5:/rows/x", "xy.npy", "xy.npz")]
        self.assertEqual(len({done.stdout for done in outputs}), 1)
        self.assertEqual(["accuracy" in done.stderr for done in outputs], [False, False, False, True, True])
        numpy.save(self.folder / "wide.npy", draw.normal(size=(5, 7)))
        expect_complaint(self, run("predict", self.folder / "run", self.folder / "wide.npy", "-o", "-"), 3, "has 7 columns .the training file has 4, 3 without")

    def test_images_are_predicted_with_and_without_labels(self):
        idx_images(self.folder, "train")
        (self.folder / "e.toml").write_text(EXPERIMENT.format(target="", task="auto", combine='["mean"]').replace('target = ""', "")
                                            .replace("train.csv", "train-images-idx3-ubyte.gz").replace('test = "test.csv"', 'test_slice = "40:"'))
        done = run("run", self.folder / "e.toml", "-o", self.folder / "run", "-q")
        self.assertEqual(done.returncode, 0, done.stderr)
        images = self.folder / "train-images-idx3-ubyte.gz"
        labelled = self.predict(images, "-o", "-", "-a", directory=self.folder / "run")
        self.assertIn("accuracy", labelled.stderr)
        self.assertEqual(labelled.stdout, self.predict(images, "-o", "-", "-a", directory=self.folder / "run", ranks=2).stdout)
        shutil.copy(images, self.folder / "more-images-idx3-ubyte.gz")
        unlabelled = self.predict(self.folder / "more-images-idx3-ubyte.gz", "-o", "-", "-a", directory=self.folder / "run")
        self.assertEqual(unlabelled.stdout, labelled.stdout)
        self.assertNotIn("accuracy", unlabelled.stderr)

    def test_scores_are_those_of_the_run(self):
        done = self.predict(self.labelled, "-o", self.folder / "out.csv")
        table = {words[1]: words[2:] for words in map(str.split, done.stdout.splitlines()[2:])}
        scores = read(run("show", self.finished, "summary", "-f", "csv").stdout)
        expected = {row["predictor"]: row for row in scores if row["source"] == "test"}
        self.assertEqual(set(table), set(expected))
        for predictor, cells in table.items():
            self.assertAlmostEqual(float(cells[0]), float(expected[predictor]["accuracy"]), places=4)
            self.assertAlmostEqual(float(cells[2]), float(expected[predictor]["log_loss"]), places=4)
        unlabelled = self.predict(write(self.folder / "x.csv", make_rows(2, 9, "classification"), COLUMNS[:3]), "-o", self.folder / "x.npy")
        self.assertEqual(unlabelled.stdout, "")

    def test_unknown_categories_and_classes_are_counted(self):
        rows = make_rows(4, 20, "classification")
        rows[3]["job"], rows[5]["job"], rows[7]["buys"], rows[8]["buys"] = "pilot", "diver", "perhaps", ""
        done = self.predict(write(self.folder / "odd.csv", rows), "-o", "-", "-a")
        self.assertRegex(done.stderr, r"(?m)^jury: 2 cells of job with texts that the training file lacks; they count as missing$")
        self.assertRegex(done.stderr, r"(?m)^jury: 1 row of a class in 'buys' that the training file lacks; not scored$")
        answers = read(done.stdout)
        for row in (3, 5):  # as a missing cell
            rows[row]["job"] = ""
        self.assertEqual(answers, read(self.predict(write(self.folder / "gaps.csv", rows), "-o", "-", "-a").stdout))

    def test_the_way_to_combine_can_be_chosen(self):
        for rule, column in (("mean", "label_mean"), ("vote", "label_vote")):
            rows = read(self.predict(self.labelled, "-o", "-", "-a", "--combine", rule).stdout)
            self.assertEqual([row["label"] for row in rows], [row[column] for row in rows])
        self.assertEqual(self.predict(self.labelled, "-o", "-", "-a").stdout, self.predict(self.labelled, "-o", "-", "-a", "-c", "vote").stdout)
        expect_complaint(self, run("predict", self.finished, self.labelled, "-o", "-", "-c", "voet"), 2, "voet.* did you mean 'vote'")
        expect_complaint(self, run("predict", self.runs["regression"], self.tests["regression"], "-o", "-", "-c", "vote"), 2, "vote does not go with this run .it is for classes")
        expect_complaint(self, run("predict", self.finished, self.labelled, "-o", "-", "-c", "sum"), 2, "sum does not go with this run")

    def test_mistakes_are_said_in_one_line(self):
        rows = make_rows(4, 5, "classification")
        lacking = write(self.folder / "lacking.csv", rows, ["pay", "buys"])
        (self.folder / "empty.csv").write_text("age,job,pay\n")
        (self.folder / "there.csv").write_text("precious\n")
        text = write(self.folder / "text.csv", [dict(row, pay="much") for row in rows])
        out = self.folder / "out.csv"
        for code, message, arguments in (
                (3, "lacks the columns 'age', 'job' of the training file", [self.finished, lacking, "-o", out]),
                (3, "has no rows", [self.finished, self.folder / "empty.csv", "-o", out]),
                (3, "text.csv:2: 'much' in column 'pay' is no number", [self.finished, text, "-o", out]),
                (3, "none.csv' cannot be read", [self.finished, "none.csv", "-o", out]),
                (2, "needs DATA", [self.finished]),
                (2, "needs --output", [self.finished, self.labelled]),
                (2, "names no format", [self.finished, self.labelled, "-o", self.folder / "out.xls"]),
                (2, "is there already .--overwrite replaces it", [self.finished, self.labelled, "-o", self.folder / "there.csv"]),
                (2, "is the file of the new rows", [self.finished, self.folder / "there.csv", "-o", self.folder / "there.csv", "--overwrite"]),
                (74, "there is no folder", [self.finished, self.labelled, "-o", self.folder / "no" / "out.csv"]),
                (2, "there is no run at", [self.folder / "run", self.labelled, "-o", out]),
                (2, "is not a run of jury", [self.folder, self.labelled, "-o", out]),
                (3, "is not readable as HDF5", [self.labelled, self.labelled, "-o", out]),
                (2, "--header = .maybe. is unknown", [self.finished, self.labelled, "-o", out, "--header", "maybe"]),
                (2, "--format = .xls. is unknown", [self.finished, self.labelled, "-o", out, "-f", "xls"])):
            with self.subTest(message=message):
                for ranks in (None, 2) if message.startswith(("lacks", "names no")) else (None,):
                    done = run("predict", *arguments, ranks=ranks)
                    if ranks is None:
                        expect_complaint(self, done, code, message)
                    self.assertEqual(done.returncode, code)
                self.assertFalse(out.exists())
        self.assertEqual((self.folder / "there.csv").read_text(), "precious\n")
        self.predict(self.labelled, "-o", self.folder / "there.csv", "--overwrite", "-q")
        self.assertEqual(len(read((self.folder / "there.csv").read_text())), 333)

    def test_a_run_that_stores_nothing_or_is_not_finished_is_refused(self):
        e = self.finished.parent / "e.toml"
        run("run", e, "-o", self.folder / "bare", "-q", "-s", "final.refit=false")
        expect_complaint(self, run("predict", self.folder / "bare", self.labelled, "-o", "-"), 2, "stores no networks .* give it final.refit = true")
        stopped = run("run", e, "-o", self.folder / "stopped", "-q", "--max-time", "1ms", "-s", "ensemble.members=40")
        self.assertEqual(stopped.returncode, 75, stopped.stderr)
        expect_complaint(self, run("predict", self.folder / "stopped", self.labelled, "-o", "-"), 2, "is not finished .'jury resume .* goes on")

    def test_a_damaged_file_is_a_data_error(self):
        whole = (self.finished / "results.h5").read_bytes()
        for name, content in (("short", whole[:len(whole) // 2]), ("zeros", whole[:2000] + bytes(len(whole) - 2000))):
            (self.folder / f"{name}.h5").write_bytes(content)
            done = run("predict", self.folder / f"{name}.h5", self.labelled, "-o", "-")
            expect_complaint(self, done, 3, name)
        draw = random.Random(7)
        for trial in range(12):  # whatever a flipped byte does, it is an answer or one line
            at = draw.randrange(len(whole))
            (self.folder / "flipped.h5").write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1:])
            done = run("predict", self.folder / "flipped.h5", self.labelled, "-o", "-")
            if done.returncode != 0:
                expect_complaint(self, done, 3)

    def test_a_results_file_alone_is_enough(self):
        shutil.copy(self.finished / "results.h5", self.folder / "moved.h5")
        self.assertEqual(self.predict(self.labelled, "-o", "-", directory=self.folder / "moved.h5").stdout, self.predict(self.labelled, "-o", "-").stdout)

    def test_threads_in_the_environment_change_nothing(self):
        done = run("predict", self.finished, self.labelled, "-o", "-", "-a", env=environment(OMP_NUM_THREADS="8"))
        self.assertEqual(done.stdout, self.predict(self.labelled, "-o", "-", "-a").stdout)


if __name__ == "__main__":
    unittest.main()
