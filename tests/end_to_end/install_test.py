"""What cmake --install leaves works from any place: the command and its files, and with an argument 'development' the libraries."""
import gzip
import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from jury_command import SOURCE, FolderTestCase, environment

BUILD = Path(sys.argv[1])
DEVELOPMENT = "development" in sys.argv[2:]
CONSUMER = SOURCE / "slurm" / "packaging" / "consumer"


def done(*words, **options):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=900, **options)


class Installed(FolderTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        first = cls.root / "first"
        for component in ("runtime", "development") if DEVELOPMENT else ("runtime",):
            installed = done("cmake", "--install", BUILD, "--prefix", first, "--component", component, "--strip")
            assert installed.returncode == 0, installed.stderr
        cls.prefix = cls.root / "moved"
        first.rename(cls.prefix)

    def jury(self, *words):
        return done(self.prefix / "bin" / "jury", *words, cwd=self.folder, env=environment())

    def test_everything_is_there_and_names_neither_prefix_nor_sources(self):
        for name in ("bin/jury", "share/bash-completion/completions/jury", "share/fish/vendor_completions.d/jury.fish", "share/man/man1/jury.1.gz",
                     "share/man/man5/jury-experiment.5.gz", "share/jury/experiment.schema.json", "share/jury/examples/digits.toml", "share/jury/python/jury_results.py", "share/doc/jury/copyright"):
            self.assertTrue((self.prefix / name).is_file(), name)
        self.assertEqual(1, len(list(self.prefix.glob("share/zsh/*/_jury"))))
        self.assertTrue(gzip.open(self.prefix / "share/man/man1/jury.1.gz").read().startswith(b'.\\" Made by'))
        foreign = [str(self.root).encode()]
        if b"__asan_init" not in (self.prefix / "bin/jury").read_bytes():  # whose reports name sources
            foreign += [str(BUILD).encode(), str(SOURCE).encode()]
        for file in self.prefix.rglob("*"):
            if file.is_file():
                self.assertFalse([place for place in foreign if place in file.read_bytes()], file)

    def test_an_example_runs_and_writes_where_one_is(self):
        run = self.jury("run", self.prefix / "share/jury/examples/digits.toml", "-s", "train.epochs=1", "-s", "ensemble.members=2", "-s", "cv.folds=2", "-q")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        directory, = (self.folder / "runs").iterdir()
        self.assertIn("mean", self.jury("show", directory).stdout)
        self.assertEqual(self.jury("report", directory).returncode, 0)

    def test_examples_name_data_and_schema_that_are_there(self):
        examples = self.prefix / "share/jury/examples"
        for example in examples.rglob("*.toml"):
            text = example.read_text()
            self.assertNotIn("tests/data", text)
            self.assertNotRegex(text, r'dir = "\.\.')
            place, = re.findall(r"(?m)^#:schema (\S+)$", text)
            self.assertTrue((example.parent / place).is_file(), example)
            for name in re.findall(r'"(.*digits\.csv\.gz)"', text):
                self.assertTrue((example.parent / name).is_file(), example)

    @unittest.skipUnless(DEVELOPMENT, "compiles: among the long tests")
    def test_cmake_finds_it(self):
        build = self.folder / "build"
        configured = done("cmake", "-S", CONSUMER, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}", "-DCMAKE_BUILD_TYPE=Debug")
        self.assertEqual(configured.returncode, 0, configured.stderr)
        built = done("cmake", "--build", build)
        self.assertEqual(built.returncode, 0, built.stdout + built.stderr)
        self.expect_consumer(build / "consumer")

    @unittest.skipUnless(DEVELOPMENT and shutil.which("pkg-config"), "compiles: among the long tests")
    def test_pkg_config_finds_it(self):
        pc, = self.prefix.rglob("jury.pc")
        flags = done("pkg-config", "--cflags", "--libs", "jury", env=dict(os.environ, PKG_CONFIG_PATH=str(pc.parent)))
        self.assertEqual((flags.returncode, flags.stderr), (0, ""))
        built = done("c++", CONSUMER / "main.cpp", "-o", self.folder / "consumer", *flags.stdout.split())
        self.assertEqual(built.returncode, 0, built.stderr)
        self.expect_consumer(self.folder / "consumer")

    def expect_consumer(self, program):
        example = self.prefix / "share/jury/examples/digits.toml"
        said = done(program, example, env=environment())
        self.assertEqual((said.returncode, said.stderr), (0, ""))
        self.assertRegex(said.stdout, r"^jury \d+\.\d+\.\d+, oneDNN \d+\.\d+\.\d+: 'digits' is 25 x mlp\n$")
        self.assertEqual(done(program, "absent.toml", env=environment()).returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
