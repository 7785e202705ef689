"""jury report: pages of runs of every kind, of several runs, of large ones and of bad ones. What a browser makes of them is in report_page_test.py."""
import base64
import hashlib
import html.parser
import json
import os
import random
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

import h5py
import numpy

from jury_command import SOURCE, FolderTestCase, environment, expect_complaint, run

sys.path.insert(0, str(SOURCE / "tools" / "bench" / "report"))
from many_trials import enlarge

SMALL = Path(__file__).with_name("small.toml")
SEARCH = SOURCE / "tools" / "examples" / "search" / "tpe.toml"
WEB = SOURCE / "tools" / "report"
MOST_BYTES = 2_500_000
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(html.parser.HTMLParser):
    """A page taken apart; fails on elements that are not closed in the order they were opened."""

    def __init__(self, path):
        super().__init__()
        self.open, self.sections, self.tables, self.titles, self.addresses, self.text, self.script = [], [], 0, [], [], "", ""
        self.csp = None
        self.source = Path(path).read_text()
        self.feed(self.source)
        assert not self.open, f"not closed: {self.open}"
        data = re.search(r'<script type="application/json" id="report-data">(.*?)</script>', self.source, re.S).group(1)
        self.data = json.loads(data)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy":
            self.csp = attributes["content"]
        if tag == "section":
            self.sections.append(attributes["id"])
        self.tables += tag == "table"
        self.addresses += [value for name, value in attributes.items() if name in ("src", "href", "action", "srcset", "data", "poster")]

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open and self.open[-1] == tag, f"</{tag}> within {self.open}"
        self.open.pop()

    def handle_data(self, data):
        inside = self.open[-1] if self.open else ""
        if inside == "script":
            self.script = data
        elif inside == "title" and "svg" in self.open:
            self.titles.append(data)
        elif inside not in ("style", "title"):
            self.text += data + " "


class Report(FolderTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classes = cls.train("classes", SMALL, "-s", "final.calibrate=temperature", "-s", "final.conformal=split", "-s", "final.refit=true",
                                "-s", "bias_variance.train_sizes=[0.3, 0.6]")
        cls.values = cls.train("values", SMALL, "-s", "data.generator=friedman1", "-s", "ensemble.combine=['mean']", "-s", "final.conformal=split",
                               "-s", "model.output=mean_variance")
        cls.search = cls.train("search", SEARCH, "-s", "search.trials=12", "-s", "train.epochs=3")

    @classmethod
    def train(cls, name, *words):
        done = run("run", *words, "-q", "-o", cls.root / name)
        assert done.returncode == 0, done.stderr
        return cls.root / name

    def report(self, *words, name="page.html"):
        path = self.folder / name
        done = run("report", *words, "-o", path)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(str(path), done.stdout)
        self.assertLessEqual(path.stat().st_size, MOST_BYTES)
        return Page(path)

    def test_parts_of_a_classification(self):
        page = self.report(self.classes)
        self.assertEqual(page.sections, ["scores", "by-size", "bias-variance", "samples", "diversity", "curves", "folds", "classes", "calibration", "margins", "intervals",
                                         "suspects", "timeline", "settings", "reproduce"])
        self.assertEqual(list(page.data["figures"]), ["by-size", "bias-variance", "bias-variance-by-size", "bias-variance-by-train-size", "samples", "diversity", "kappa-error", "curves", "folds",
                                                      "confusion", "rank-curves", "reliability", "margins", "timeline"])
        self.assertIsNone(page.data["trials"])
        # The key plots are there without scripts.
        self.assertEqual(page.titles, ["Score against number of members", "Bias, variance and noise", "Bias and variance against the number of members.",
                                       "Bias and variance against the size of the training set.", "Learning curves"])
        self.assertGreater(page.tables, 10)

    def test_parts_of_a_regression(self):
        page = self.report(self.values)
        self.assertTrue({"values", "intervals", "curves", "bias-variance"} <= set(page.sections))
        self.assertFalse({"classes", "calibration", "margins", "search"} & set(page.sections))
        labels = [choice["label"] for choice in page.data["figures"]["intervals"]["choices"]]
        self.assertEqual(labels[0], "conformal intervals")
        self.assertIn("coverage of y, on the test set", labels)

    def test_parts_of_a_search(self):
        page = self.report(self.search)
        self.assertEqual(page.sections[:3], ["scores", "search", "importance"])
        self.assertEqual(page.titles[0], "Search history: the best value so far against trials")
        trials = page.data["trials"]
        names = [column["name"] for column in trials["columns"]]
        self.assertEqual(names[:3], ["trial", "state", "rmse"])
        self.assertIn("train.lr", names)
        rows = json.loads(run("show", self.search, "trials", "-f", "json").stdout)
        values = trials["columns"][2]["values"]
        self.assertEqual(len(values), 12)
        for row, value in zip(rows, values):
            self.assertAlmostEqual(row["value"], value, delta=1e-4 * abs(value))
        self.assertEqual([choice["label"] for choice in page.data["figures"]["slices"]["choices"]][-1][:5], "model")

    def changed(self, run_folder, change):
        """A copy of a run's results, after `change(file)`."""
        path = self.folder / "changed.h5"
        shutil.copyfile(run_folder / "results.h5", path)
        with h5py.File(path, "r+") as file:
            change(file)
        return path

    def test_settings_of_a_search_are_those_of_the_experiment(self):
        text = self.report(self.search).text
        self.assertRegex(text, r"search\.trials\s+12\s")
        self.assertRegex(text, r'"trials":\s12,')  # all settings
        self.assertRegex(text, r"search\.space\.train\.lr\s+\"loguniform")
        chosen = json.loads(run("show", self.search, "trials", "-f", "json", "-s", "value", "-n", "1").stdout)[0]
        self.assertRegex(text, r"train\.lr\s.*?" + re.escape(f"{chosen['param.train.lr']:.6g}"[:6]))

    def test_levels_of_a_parameter_are_in_natural_order(self):
        def widen(file):
            file["trials/param.model.hidden"][...] = ["[64]", "[8, 8]", "[8]", "[16]", "", "[128]"] * 2

        columns = self.report(self.changed(self.search, widen)).data["trials"]["columns"]
        self.assertEqual(next(column["levels"] for column in columns if column["name"] == "model.hidden"), ["", "[8]", "[8, 8]", "[16]", "[64]", "[128]"])

    def test_far_off_trials_are_told_and_few_trials_have_none(self):
        def spread(file, values):
            file["trials/value"][...] = values

        page = self.report(self.changed(self.search, lambda file: spread(file, [*numpy.linspace(2, 3, 11), 39])))
        self.assertIn("Beyond the frame: 1 far-off trial.", page.text)
        svg = page.source[page.source.index("<title>Search history"):]
        self.assertEqual(svg[:svg.index("</svg>")].count("<circle"), 11)
        self.assertAlmostEqual(page.data["trials"]["worst_in_frame"], 2 + 1.5 * 0.9)
        for values in (numpy.linspace(2, 3, 12), [2, 2, 39, *[numpy.nan] * 9]):
            page = self.report(self.changed(self.search, lambda file: spread(file, values)), name=f"{values[1]}.html")
            self.assertNotIn("Beyond the frame", page.text)
            self.assertIsNone(page.data["trials"]["worst_in_frame"])

    def test_trials_of_outer_folds_are_counted_apart(self):
        def nest(file):
            file["trials/outer"][8:] = 0

        self.assertRegex(self.report(self.changed(self.search, nest)).text, r"Trials\s+8\s+8 complete; and 4 in outer folds")

    def test_every_objective_and_every_failure_is_told(self):
        several = self.train("objectives", SEARCH.with_name("several.toml"), "-s", "search.trials=8", "-s", "train.epochs=1", "-s", "data.test_rows=50")
        page = self.report(several)
        self.assertIn("to minimise log_loss, out of fold, and minimise flops.", page.text)
        columns = {column["name"]: column for column in page.data["trials"]["columns"]}
        rows = json.loads(run("show", several, "trials", "-f", "json").stdout)
        self.assertEqual(columns["Pareto rank"]["values"], [row["pareto_rank"] if row["pareto_rank"] >= 0 else None for row in rows])
        self.assertTrue(any("parameters" in level for level in columns["error"]["levels"]), columns["error"])

    def test_what_has_no_predictions_yet_is_no_choice(self):
        def untrained(file):
            for name in ("predictions/oof/combined", *(f"ensemble/folds/{name}" for name in file["ensemble/folds"]), *(f"diversity/oof/{name}" for name in file["diversity/oof"])):
                if isinstance(file[name], h5py.Dataset) and file[name].dtype.kind == "f":
                    file[name][...] = numpy.nan
            for name in ("kappa", "mean_error"):
                file["diversity/oof/kappa_error"][name][...] = numpy.nan

        page = self.report(self.changed(self.classes, untrained))
        self.assertNotIn("folds", page.sections)
        for figure in ("diversity", "kappa-error", "confusion", "rank-curves", "reliability"):
            labels = [choice["label"] for choice in page.data["figures"][figure]["choices"]]
            self.assertTrue(labels and not any("out of fold" in label for label in labels), (figure, labels))

    def test_a_run_that_is_judged_by_no_score(self):
        pure = self.train("pure", SOURCE / "tools" / "examples" / "twonorm_bias_variance.toml", "-s", "bias_variance.replicates=2", "-s", "train.epochs=2", "-s", "data.test_rows=100")
        text = self.report(pure).text
        self.assertRegex(text, r"run [0-9a-f]{8}\s")
        self.assertNotIn("Best value", text)
        loss = json.loads(run("show", pure, "bias_variance", "-f", "json").stdout)
        ensemble, single = (next(row["mean_loss"] for row in loss if row["predictor"] == of) for of in ("ensemble", "single"))
        self.assertRegex(text, rf"Mean loss: Brier score\s+{ensemble:.4g}\s+of the ensemble, on new training sets; of a single model {single:.4g}")

    def test_what_the_cards_say_is_what_the_summary_says(self):
        summary = json.loads((self.search / "summary.json").read_text())["search"]
        text = self.report(self.search).text
        self.assertIn(f"{summary['naive_value']:.4g} ±", text)
        self.assertIn(f"{summary['honest_value']:.4g}", text)
        self.assertIn(f"trial {summary['chosen_trial']}", text)
        self.assertRegex(text, r"Trials\s+12\s+12 complete")
        ensemble = json.loads((self.classes / "summary.json").read_text())
        text = self.report(self.classes, name="classes.html").text
        self.assertIn(f"best member {ensemble['member_best']:.4g}, median member {ensemble['member_median']:.4g}", text)

    def test_bars_are_the_decomposition(self):
        chart = next(choice["chart"] for choice in self.report(self.values).data["figures"]["bias-variance"]["choices"] if choice["label"] == "squared loss")
        rows = json.loads(run("show", self.values, "bias_variance", "-f", "json").stdout)
        layers = {layer["name"]: layer["y"] for layer in chart["series"]}
        for i, row in enumerate(rows):
            for name, column in (("bias", "bias"), ("variance", "variance"), ("noise", "noise"), ("cross term", "cross")):
                self.assertAlmostEqual(layers[name][i], row[column], delta=1e-4 * max(abs(row[column]), 1e-3))
            self.assertAlmostEqual(sum(values[i] for values in layers.values()), chart["totals"][i], delta=1e-3 * chart["totals"][i])

    def test_confusion_and_areas_are_those_of_the_predictions(self):
        figures = self.report(self.classes).data["figures"]
        with h5py.File(self.classes / "results.h5") as file:
            truth, said = file["predictions/test/truth"][()], file["predictions/test/combined"][0]
        confusion = next(choice["chart"] for choice in figures["confusion"]["choices"] if choice["label"] == "on the test set")
        self.assertEqual(confusion["values"], [int(((truth == a) & (said.argmax(axis=1) == b)).sum()) for a in range(2) for b in range(2)])
        charts = {choice["label"]: choice["chart"] for choice in figures["rank-curves"]["choices"]}
        of, rest = said[truth == 1, 1], said[truth == 0, 1]
        area = ((of[:, None] > rest).sum() + 0.5 * (of[:, None] == rest).sum()) / (len(of) * len(rest))
        average = numpy.mean([(of >= score).sum() / (said[:, 1] >= score).sum() for score in of])  # over thresholds at each hit
        self.assertIn(f"area {area:.4g}", charts["ROC, on the test set"]["series"][0]["name"])
        self.assertIn(f"average {average:.4g}", charts["precision and recall, on the test set"]["series"][0]["name"])

    def test_margins_are_steps(self):
        chart = self.report(self.classes).data["figures"]["margins"]["choices"][0]["chart"]
        with h5py.File(self.classes / "results.h5") as file:
            truth, votes = file["predictions/oof/truth"][()], file["predictions/oof/votes"][0]
        margins = (2 * votes[numpy.arange(len(truth)), truth] - votes.sum(axis=1)) / votes.sum(axis=1)  # of two classes
        at, counts = numpy.unique(margins, return_counts=True)
        self.assertEqual(chart["series"][0]["x"], list(at))
        numpy.testing.assert_allclose(chart["series"][0]["y"], counts.cumsum() / len(truth), atol=1e-4)

    def test_the_worst_rows_are_those_of_the_largest_loss(self):
        with h5py.File(self.values / "results.h5") as file:
            points, test = file["bias_variance/points/replicate"], file["predictions/test"]
            loss = points["mean_loss"][list(points["predictor"].asstr()).index("ensemble")]
            worst = int(loss.argmax())
            row = int(points["row_id"][worst])
            at = list(test["row_id"]).index(row)
            line = [str(row), f"{test['truth'][at, 0]:.4g}", f"{test['combined'][0, at, 0]:.4g}", f"{loss[worst]:.4g}"]
        self.assertRegex(self.report(self.values).text, r"The rows of the largest loss: squared loss, ensemble\s+row\s+truth\s+predicted\s+loss\s.*?\s" + r"\s+".join(map(re.escape, line)))

    def test_nothing_is_fetched(self):
        page = self.report(self.classes)
        self.assertIn("default-src 'none'", page.csp)
        self.assertNotRegex(page.csp, r"https?:|\*|'unsafe-eval'|script-src[^;]*'unsafe-inline'")
        digest = base64.b64encode(hashlib.sha256(page.script.encode()).digest()).decode()
        self.assertIn(f"script-src 'sha256-{digest}'", page.csp)
        self.assertEqual([], [address for address in page.addresses if not address.startswith("#")])
        self.assertNotRegex(page.source, r"@import|url\(|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|EventSource")
        self.assertEqual(set(re.findall(r"https?://[^\"'` )\\]+", page.source)) - {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/xmlns/", "http://www.w3.org/1999/xlink"},
                         set(re.findall(r"https?://github\.com/[^\"'` )\\]+", page.source)))

    def test_the_same_bytes_for_the_same_results(self):
        self.report(self.search, name="a.html")
        self.report(self.search / "results.h5", name="b.html")
        self.assertEqual((self.folder / "a.html").read_bytes(), (self.folder / "b.html").read_bytes())

    def test_settings_and_how_to_reproduce(self):
        text = self.report(self.classes).text
        self.assertRegex(text, r'final\.calibrate\s+"temperature"\s+"none"')
        self.assertIn("-s 'final.conformal=\"split\"'", text)
        self.assertNotIn("-s model.hidden", text)  # as in the file
        command = text[text.index("jury run experiment.toml"):]
        words = re.findall(r"-s ('[^']*'|\S+)", command[:command.index("experiment.toml, as written")])
        again = run("run", self.classes / "experiment.toml", "-q", "-o", self.folder / "again", *(part for word in words for part in ("-s", word.strip("'"))))
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(run("diff", self.classes, self.folder / "again").stdout, "the same results\n")

    def test_data_of_a_file_are_named_where_the_command_is(self):
        (self.folder / "data").mkdir()
        (self.folder / "data" / "x.csv").write_text("a,y\n" + "".join(f"{i / 40},{i % 2}\n" for i in range(40)))
        (self.folder / "it.toml").write_text('schema = 1\n[data]\ntrain = "data/x.csv"\ntarget = "y"\ntask = "classification"\n[model]\ntype = "linear"\n[train]\nepochs = 1\n[cv]\nfolds = 2\n')
        self.train("of_file", self.folder / "it.toml")
        self.assertIn("Data are read from data/x.csv (data.train).", self.report(self.root / "of_file").text)
        again = run("run", self.root / "of_file" / "experiment.toml", "-q", "-o", self.folder / "again", "-s", f"data.train={self.folder / 'data' / 'x.csv'}")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(run("diff", self.root / "of_file", self.folder / "again").stdout, "the same results\n")
        self.assertNotIn("Data are read from", self.report(self.classes, name="generated.html").text)

    def test_names_of_others_are_only_text(self):
        copy = self.folder / "bad.h5"
        shutil.copyfile(self.search / "results.h5", copy)
        bad = "</script><img src=x onerror=alert(1)>\x01'\""
        with h5py.File(copy, "r+") as file:
            file["provenance"].attrs["experiment"] = bad
            states = file["trials/state"][()]
            states[0] = bad
            file["trials/state"][...] = states
        page = self.report(copy)
        self.assertNotIn("<img", page.source.replace(page.script, ""))
        self.assertIn("onerror", page.text)

    def test_a_large_run_is_bounded(self):
        for trials, parameters in ((5000, 8), (12000, 120)):
            with self.subTest(trials=trials, parameters=parameters):
                enlarge(self.search / "results.h5", self.folder / "many.h5", trials, parameters)
                page = self.report(self.folder / "many.h5", name=f"{trials}.html")
                columns = page.data["trials"]["columns"]
                self.assertEqual(page.data["trials"]["total"], trials)
                self.assertIn(page.data["trials"]["chosen"], columns[0]["values"])
                self.assertEqual(len({len(column.get("values", column.get("codes"))) for column in columns}), 1)
        self.assertEqual(len(Page(self.folder / "5000.html").data["trials"]["columns"][0]["values"]), 5000)

    def test_several_runs(self):
        other = self.train("other", SMALL, "-s", "model.hidden=[16]", "-s", "train.lr=0.01")
        page = self.report(self.classes, other)
        self.assertEqual(page.sections, ["runs", "settings", "bias-variance", "by-size"])
        labels = [choice["label"] for choice in page.data["figures"]["settings"]["choices"]]
        self.assertTrue(any(label.startswith("model.hidden, ") for label in labels), labels)
        charts = {choice["label"]: choice["chart"] for figure in ("settings", "bias-variance") for choice in page.data["figures"][figure]["choices"]}
        for label, chart in charts.items():
            if "model.hidden" in label:
                self.assertEqual([name.split(" (")[0] for name in chart["categories"]], ["[8]", "[16]"], label)
        for directory in (self.classes, other):
            self.assertIn(f"small {json.loads((directory / 'summary.json').read_text())['identity'][:8]}", page.text)
        self.assertNotIn("not of the same data", page.text)
        self.assertIn("not of the same data", self.report(self.classes, self.values, name="two.html").text)

    def test_the_default_place_and_standard_output(self):
        copy = self.folder / "run"
        shutil.copytree(self.search, copy)
        first = (copy / "report.html").read_bytes()  # by the run itself
        (copy / "report.html").unlink()
        for _ in range(2):
            self.assertEqual(run("report", copy, "-q").stdout, "")
            self.assertEqual(first, (copy / "report.html").read_bytes())
        expect_complaint(self, run("report", copy, "-o", copy / "report.html"), 2, r"report\.html' is there already \(--overwrite replaces it\)")
        self.assertEqual(run("report", copy, "-o", "-").stdout.encode(), first)
        self.assertEqual(run("run", SEARCH, "-q", "-o", copy, "--resume", "-s", "search.trials=12", "-s", "train.epochs=3").returncode, 0)  # it is still a run

    def test_bad_outputs(self):
        search = self.search
        expect_complaint(self, run("report", search, "-o", self.folder / "page.txt"), 2, r"names no page \(--output writes a \.html\)")
        (self.folder / "there.html").mkdir()
        expect_complaint(self, run("report", search, "-o", self.folder / "there.html"), 2, "is a folder")
        expect_complaint(self, run("report", search, "-o", self.folder / "none" / "page.html"), 74, "there is no folder '.*none'")
        expect_complaint(self, run("report", search, "-o", "/proc/page.html"), 74, "/proc/")
        expect_complaint(self, run("report", search / "results.h5"), 2, "needs --output")
        expect_complaint(self, run("report", search, self.classes), 2, "needs --output")
        expect_complaint(self, run("report", search, search / "results.h5", "-o", self.folder / "page.html"), 2, "is named twice")
        with open("/dev/full", "w") as full:
            done = subprocess.run([os.environ["JURY"], "report", str(search), "-o", "-"], stdout=full, stderr=subprocess.PIPE, text=True, env=environment())
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertEqual([], [name for name in os.listdir(self.folder) if name != "there.html"])

    def test_bad_runs(self):
        out = ["-o", self.folder / "page.html"]
        expect_complaint(self, run("report", self.folder / "none", *out), 2, "there is no run at")
        expect_complaint(self, run("report", self.folder, *out), 2, "is not a run of jury")
        expect_complaint(self, run("report", SMALL, *out), 3, r"small\.toml")
        results = (self.classes / "results.h5").read_bytes()
        foreign, torn = self.folder / "foreign.h5", self.folder / "torn.h5"
        with h5py.File(foreign, "w") as file:
            file["x"] = [1, 2, 3]
        expect_complaint(self, run("report", foreign, *out), 3, r"foreign\.h5")
        for size in (0, 100, len(results) // 2, len(results) - 1000):
            torn.write_bytes(results[:size])
            expect_complaint(self, run("report", torn, *out), 3, r"torn\.h5")
        for path, what in (("bias_variance/points/replicate/row_id", "is no table"), ("selection", ""), ("fits/trial", "")):
            damaged = self.folder / "damaged.h5"
            damaged.write_bytes(results)
            with h5py.File(damaged, "r+") as file:
                del file[path]
                if what:
                    file[path] = list(range(3))
            done = run("report", damaged, *out, "--overwrite")
            self.assertIn(done.returncode, (0, 3), done.stderr)  # what is gone is left out; what contradicts itself is damage
            if what:
                expect_complaint(self, done, 3, r"damaged\.h5' cannot be reported \(.*" + what)

    def test_changed_bytes_never_crash_it(self):
        dice = random.Random(7)
        results = bytearray((self.search / "results.h5").read_bytes())
        for attempt in range(12):
            changed = bytearray(results)
            for _ in range(40):
                changed[dice.randrange(len(changed))] = dice.randrange(256)
            path = self.folder / "changed.h5"
            path.write_bytes(changed)
            done = run("report", path, "-o", self.folder / "changed.html", "--overwrite", "-q")
            self.assertIn(done.returncode, (0, 3), (attempt, done.stderr))
            self.assertNotRegex(done.stderr, "internal error|terminate|Assertion")

    def test_an_unfinished_run_says_so(self):
        copy = self.folder / "unfinished"
        shutil.copytree(self.classes, copy)
        done = run("run", SMALL, "-q", "-o", copy, "--resume", "--max-time", "1ms", "-s", "final.calibrate=temperature", "-s", "final.conformal=split", "-s", "final.refit=true",
                   "-s", "bias_variance.train_sizes=[0.3, 0.6]", "-s", "ensemble.members=60")
        self.assertEqual(done.returncode, 75, done.stderr)
        done = run("report", copy, "-o", self.folder / "page.html")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"\Ajury: warning: '\S+unfinished' is not finished: reported is what it has so far \('jury resume \S+unfinished' goes on\)\n\Z")
        text = Page(self.folder / "page.html").text
        self.assertIn("This run is not finished", text)
        done, planned = map(int, re.search(r"Trained\s+(\d+) of (\d+) fits", text).groups())
        self.assertTrue(0 < done < planned, (done, planned))

    def test_a_run_whose_every_fit_diverged(self):
        done = run("run", SMALL, "-q", "-o", self.folder / "bad", "-s", "data.generator=friedman1", "-s", "ensemble.combine=['mean']", "-s", "train.optimizer=sgd", "-s", "train.lr=1e6")
        self.assertEqual(done.returncode, 4, done.stderr)
        page = self.report(self.folder / "bad")
        self.assertRegex(page.text, r"\d+ of \d+ fits did not complete")
        self.assertRegex(page.text, r"Best value: mse\s+none")

    def test_a_search_over_a_function(self):
        done = run("run", SOURCE / "tools" / "examples" / "search" / "branin.toml", "-q", "-o", self.folder / "branin")
        self.assertEqual(done.returncode, 0, done.stderr)
        page = self.report(self.folder / "branin")
        self.assertEqual(page.sections, ["search", "importance", "timeline", "settings", "reproduce"])

    def test_the_committed_bundle_is_whole(self):
        script = (WEB / "dist" / "report.js").read_bytes()
        self.assertEqual((WEB / "dist" / "report.js.sha256").read_text(), "sha256-" + base64.b64encode(hashlib.sha256(script).digest()).decode())
        self.assertNotRegex(script.decode(), r"(?i)</script|<!--|\beval\(|new Function\(")
        self.assertEqual((WEB / "dist" / "sources.sha256").read_text(), self.hash_of_sources(), "dist/ was not made again: npm run build in tools/report")

    @staticmethod
    def hash_of_sources():
        hasher = hashlib.sha256()
        for path in sorted((WEB / "src").iterdir()) + [WEB / "build.mjs", WEB / "package-lock.json"]:
            hasher.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return hasher.hexdigest() + "\n"


if __name__ == "__main__":
    unittest.main()
