"""The benchmarks run, print what programs can read, and a written trace is what was trained. No time is asserted."""
import json
import math
import unittest
from pathlib import Path

import numpy

from jury_command import SOURCE, expect_complaint, run, scratch

QUICK = ("--seconds", "0.01", "--repeats", "3")
DIGITS = SOURCE / "tests" / "data" / "digits.csv.gz"


def weights_after(arrays, about, steps):
    """Plain gradient descent of one hidden ReLU layer in double precision, from the trace's first weights."""
    tensors = [arrays["weights_first"][t["offset"]:t["offset"] + math.prod(t["shape"])].reshape(t["shape"]).astype(float)
               for t in about["tensors"]]
    for batch in arrays["batches"][:steps]:
        w1, b1, w2, b2 = tensors
        x, y = arrays["inputs"][batch[batch >= 0]].astype(float), arrays["labels"][batch[batch >= 0]]
        hidden = numpy.maximum(x @ w1.T + b1, 0)
        p = numpy.exp(hidden @ w2.T + b2)
        d_out = (p / p.sum(axis=1, keepdims=True) - numpy.eye(about["outputs"])[y]) / len(y)
        d_hidden = d_out @ w2 * (hidden > 0)
        grads = (d_hidden.T @ x, d_hidden.sum(axis=0), d_out.T @ hidden, d_out.sum(axis=0))
        tensors = [t - about["train"]["lr"] * g for t, g in zip(tensors, grads)]
    return numpy.concatenate([t.ravel() for t in tensors])


class Bench(unittest.TestCase):
    def test_tasks_go_through_the_pool_and_into_the_journal(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks), scratch() as folder:
                journal = Path(folder) / "tasks.journal"
                done = run("bench", "tasks", "--journal", journal, "--count", "2000", "--lot", "100", "--task-seconds", "1e-5",
                           "--json", ranks=ranks)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                about = json.loads(done.stdout)
                self.assertEqual((about["tasks"], about["workers"]), (2000, ranks or 1))
                self.assertGreater(about["end_bytes"], 0)
                self.assertGreater(journal.stat().st_size, 2000 * 50)

    def test_tasks_that_are_none_are_refused(self):
        for arguments, message in (((), "needs a file"), (("--journal", "x", "--count", "0"), "out of range")):
            expect_complaint(self, run("bench", "tasks", *arguments), 2, message)

    def output_of(self, *arguments):
        done = run("bench", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def trace(self, *arguments):
        with scratch() as folder:
            self.output_of("trace", "-o", f"{folder}/made/trace", *arguments)
            path = Path(folder) / "made" / "trace"
            arrays = {file.stem: numpy.load(file) for file in path.glob("*.npy")}
            return arrays, json.loads((path / "trace.json").read_text())

    def test_reading_of_data_as_json_and_as_a_table(self):
        files = json.loads(self.output_of("data", "--megabytes", "0.05", "--repeats", "1", "--json"))
        self.assertEqual([file["name"] for file in files], ["six", "full", "whole", "mixed"])
        self.assertTrue(all(file["bytes"] >= 50000 and file["table_cpu_seconds"] > 0 for file in files))
        self.assertIn("digits.csv.gz", self.output_of("data", DIGITS, "--repeats", "1"))
        expect_complaint(self, run("bench", "data", "none.csv"), 3, "none.csv' cannot be read")
        expect_complaint(self, run("bench", "data", "--megabytes", "0"), 2, "--megabytes 0 is out of range")

    def test_steps_as_json(self):
        (line,) = json.loads(self.output_of("steps", "--net", "13-50-2@32", "--json", *QUICK))
        self.assertEqual((line["net"], line["batch"], line["available"]), ("13-50-2@32", 32, True))
        for key in ("step_seconds", "product_seconds", "ratio", "share_in_products", "gflops", "product_gflops"):
            self.assertTrue(0 < line[key] < math.inf, (key, line[key]))

    def test_steps_of_the_named_networks_in_their_order(self):
        named = ("64-100-10@128", "13-50-2@32", "20-64-64-2@64")
        for arguments in (named, (named[0], "--net", ",".join(named[1:]))):
            lines = json.loads(self.output_of("steps", *arguments, "--json", *QUICK))
            self.assertEqual([line["net"] for line in lines], list(named))

    def test_steps_as_a_table(self):
        text = self.output_of("steps", "13-50-2@32", *QUICK)
        self.assertRegex(text, r"(?m)^13-50-2@32( +\d+\.\d\d){6}$")

    def test_predict(self):
        about = json.loads(self.output_of("predict", "--json", *QUICK))
        self.assertEqual((about["rows"], about["members"]), (10000, 25))
        self.assertTrue(all(0 < about[key] < math.inf for key in ("predict_seconds", "product_seconds", "ratio")))
        self.assertIn("10000 rows by 25 members", self.output_of("predict", *QUICK))

    def test_a_trace_can_be_repeated(self):
        arrays, about = self.trace("--net", "13-50-2@32", "--steps", "25", "-s", "optimizer=sgd", "-s", "lr=0.5")
        batches = arrays["batches"]
        self.assertEqual(batches.shape, (25, 32))
        # Ten steps an epoch: each row once, and in another order the next time.
        for epoch in (batches[:10], batches[10:20]):
            self.assertEqual(sorted(epoch.ravel()), list(range(320)))
        self.assertFalse(numpy.array_equal(batches[:10], batches[10:20]))
        numpy.testing.assert_allclose(arrays["weights_last"], weights_after(arrays, about, 25), rtol=0, atol=2e-5)
        self.assertGreater(numpy.abs(arrays["weights_last"] - weights_after(arrays, about, 24)).max(), 1e-3)

    def test_a_trace_of_a_file_keeps_rows_for_testing(self):
        arrays, about = self.trace("--net", "64-100-10@128", "--steps", "30", "--data", DIGITS)
        self.assertEqual(arrays["inputs"].shape, (1797, 64))
        self.assertEqual(arrays["outputs"].shape, (1797, 10))
        # The twelfth batch has what is left of 1438 rows.
        self.assertEqual((about["num_train"], (arrays["batches"][11] >= 0).sum()), (1438, 1438 - 11 * 128))
        self.assertLess(arrays["batches"].max(), 1438)
        right = arrays["outputs"].argmax(axis=1) == arrays["labels"]
        self.assertGreater(right[1438:].mean(), 0.7)


if __name__ == "__main__":
    unittest.main()
