"""jury data make and convert: what others read of the files, round trips, refusals."""
import os
import subprocess
import unittest

import h5py
import numpy
import sklearn.datasets

from jury_command import FolderTestCase, JURY, expect_complaint, run


class DataFiles(FolderTestCase):
    def jury(self, *arguments):
        done = run(*arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""), arguments)
        return done.stdout

    def made(self, name="made.csv", *arguments):
        path = self.folder / name
        self.jury("data", "make", "friedman1", "--rows", "20", "-o", path, *arguments)
        return path

    def test_others_read_what_is_written(self):
        made = self.made()
        self.assertIn("b.csv (20 rows of 11 columns)", self.jury("data", "convert", made, self.folder / "b.csv"))
        table = numpy.loadtxt(made, delimiter=",", skiprows=1)
        for name in ("a.npy", "a.npz", "a.h5", "a.libsvm"):
            self.jury("data", "convert", made, self.folder / name, "--target", "y")
        numpy.testing.assert_array_equal(numpy.load(self.folder / "a.npy"), table)
        arrays = numpy.load(self.folder / "a.npz")
        numpy.testing.assert_array_equal(arrays["x"], table[:, :10])
        numpy.testing.assert_array_equal(arrays["y"], table[:, 10])
        with h5py.File(self.folder / "a.h5") as file:
            numpy.testing.assert_array_equal(file["data"], table)
            self.assertEqual([name.decode() for name in file["column"]][-1], "y")
        x, y = sklearn.datasets.load_svmlight_file(str(self.folder / "a.libsvm"))
        numpy.testing.assert_array_equal(x.toarray(), table[:, :10])
        numpy.testing.assert_array_equal(y, table[:, 10])

    def test_bytes_survive_a_way_through_every_format_with_names(self):
        text = "n,kind,z\n0.1,\"a, b\",1\n,it's,2\n-1e-07,,3\n1e+300,\"say \"\"x\"\"\",4\n"
        first = self.folder / "first.csv"
        first.write_text(text)
        for names in (("a.arff", "a.tsv", "a.csv.gz", "last.csv"),):
            here = first
            for name in names:
                self.jury("data", "convert", here, self.folder / name)
                here = self.folder / name
            self.assertEqual((self.folder / "last.csv").read_text(), text)

    def test_numbers_survive_a_way_through_every_format(self):
        made = self.made()
        here = made
        for name, shown in (("a.npy", "a.npy"), ("a.h5", "a.h5"), ("b.h5:/deep/place", "b.h5:/deep/place"), ("a.npz", "a.npz"), ("a.libsvm.gz", "a.libsvm.gz"),
                            ("a-images-idx3-ubyte", "a-images-idx3-ubyte")):
            self.jury("data", "convert", here, f"{self.folder}/{name}")
            here = f"{self.folder}/{shown}"
        rows = [line.split(",", 1)[1] for line in self.jury("data", "convert", here, "-").splitlines()[1:]]
        self.assertEqual(rows, [line.split(",", 1)[1] for line in made.read_text().splitlines()[1:]])

    def test_a_generator_and_its_file_are_the_same_data(self):
        self.jury("data", "make", "moons", "--rows", "30", "--seed", "9", "-o", self.folder / "m.csv")
        experiment = "schema = 1\n[experiment]\nseed = 9\n[data]\n{}\n[model]\ntype = \"linear\"\n[train]\nepochs = 2\n[ensemble]\nmembers = 2\n[cv]\nfolds = 2\n"
        scores = []
        for name, data in (("file", 'train = "m.csv"\ntarget = "y"'), ("drawn", 'generator = "moons"\nrows = 30')):
            (self.folder / f"{name}.toml").write_text(experiment.format(data))
            self.jury("run", self.folder / f"{name}.toml", "-o", self.folder / name, "-q")
            scores.append(self.jury("show", self.folder / name, "folds", "-f", "csv"))
        self.assertEqual(scores[0], scores[1])

    def test_who_reads_a_file_of_texts_is_told_of_its_names(self):
        texts = self.folder / "texts.csv"
        texts.write_text("a,k\nx,red\ny,blue\n")
        self.jury("data", "convert", texts, self.folder / "t.arff", "--header", "true")
        done = run("data", "convert", self.folder / "t.arff", self.folder / "u.csv")
        self.assertEqual((done.returncode, (self.folder / "u.csv").read_text()), (0, texts.read_text()))
        self.assertRegex(done.stderr, r"^jury: warning: '.*u.csv' has no number .* data.header = true\n$")

    def test_standard_output_and_input(self):
        text = self.jury("data", "make", "spirals", "-n", "5", "-o", "-", "--truth")
        self.assertEqual((text.splitlines()[0], len(text.splitlines())), ("x1,x2,p1,p2,y", 6))
        done = subprocess.run([JURY, "data", "convert", "-", "-", "--format", "csv"], input=text, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, text))
        done = subprocess.run([JURY, "data", "convert", "-", "-"], input=text, capture_output=True, text=True)
        expect_complaint(self, done, 2, r"the format of standard input must be said .* give --format")

    def test_a_closed_pipe_ends_it(self):
        done = subprocess.run(f"{JURY} data make twonorm -n 20000 -o - | head -1", shell=True, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout[:6]), (0, "x1,x2,"))
        self.assertNotIn("internal error", done.stderr)

    def test_what_is_there_is_kept(self):
        made = self.made()
        before = made.read_bytes()
        for arguments in (("data", "make", "moons", "-o", made), ("data", "convert", self.made("other.csv"), made)):
            expect_complaint(self, run(*arguments), 2, r"made.csv' is there already \(--overwrite replaces it\)")
        self.assertEqual(made.read_bytes(), before)
        self.jury("data", "make", "moons", "-o", made, "--overwrite")
        self.assertNotEqual(made.read_bytes(), before)
        expect_complaint(self, run("data", "convert", made, made, "--overwrite"), 2, "is input and output")

    def test_refusals(self):
        made = self.made()
        texts = self.folder / "texts.csv"
        texts.write_text("a,k\n1,red\n2,blue\n")
        (self.folder / "empty.csv").write_text("")
        out = self.folder / "out.npy"
        cases = (
            (("make", "moon", "-o", out), 2, "there is no generator 'moon' did you mean 'moons'"),
            (("make", "moons"), 2, "'jury data make' needs --output"),
            (("make", "moons", "-o", self.folder / "a.xlsx"), 2, "names no format that is written"),
            (("make", "moons", "-o", self.folder), 2, "is a folder"),
            (("make", "moons", "-o", self.folder / "none" / "a.csv"), 74, "there is no folder"),
            (("make", "moons", "-o", out, "--rows", "1"), 2, r"--rows = 1 is out of range"),
            (("make", "moons", "-o", out, "--noise", "-1"), 2, r"--noise = -1 is out of range \(must be at least 0\)"),
            (("convert", made, self.folder / "a.xyz"), 2, r"must end in \.csv, .*\.libsvm or -images-idx3-ubyte, "),
            (("make", "twonorm", "-o", out, "--noise", "1"), 2, "--noise does not suit twonorm"),
            (("make", "moons", "-o", out, "--a", "1"), 2, "--a does not suit moons"),
            (("make", "checkerboard", "-o", out, "--noise", "0.7"), 2, "share of wrong classes"),
            (("convert", self.folder / "none.csv", out), 3, "cannot be read"),
            (("convert", self.folder / "empty.csv", out), 3, "empty.csv: is empty"),
            (("convert", texts, out), 3, "column 'k' holds texts such as 'red' \\(npy holds numbers only\\)"),
            (("convert", made, self.folder / "a.libsvm", "--target", "z"), 2, "has no column 'z'"),
            (("convert", made, out, "--format", "xls"), 2, "--format = "),
            (("convert", made, self.folder / "a.idx"), 2, r"leaves no name for the file of the labels \(it must end in -images-idx3-ubyte"),
            (("convert", made), 2, "needs OUT"),
        )
        for arguments, code, message in cases:
            with self.subTest(arguments=arguments):
                expect_complaint(self, run("data", *arguments), code, message)
        self.assertFalse(out.exists())

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_folder_that_cannot_be_written(self):
        self.folder.chmod(0o500)
        expect_complaint(self, run("data", "make", "moons", "-o", self.folder / "a.csv"), 74, "a.csv")
        self.folder.chmod(0o700)


if __name__ == "__main__":
    unittest.main()
