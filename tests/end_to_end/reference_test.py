"""Completions are asked for in their shells, manual pages are read by the programs that show them."""
import os
import re
import shutil
import subprocess
import unittest

from jury_command import FolderTestCase, expect_complaint, run

ASK = r"""
source "$1"; shift
for line; do
  COMP_LINE=$line COMP_POINT=${#line} COMP_WORDBREAKS=$' \t\n"\'><=;|&(:' COMPREPLY=()
  read -r -a COMP_WORDS <<< "$line"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _jury; printf '%s\t%s\n' "$line" "${COMPREPLY[*]}"
done
"""
# Line, words that must be offered, words that must not. Values behind '=' come without what is before it: bash keeps that.
BASH = (
    ("jury ", "run validate data bench help", "info steps"), ("jury va", "validate", "run"), ("jury data ", "info", "run"),
    ("jury bench ", "steps predict tasks trace", "info"), ("jury bench steps 13", "13-50-2@32", ""), ("jury run --sh", "--shard", "--set"),
    ("jury show folder ", "summary trials members", "csv"), ("jury show folder members -f ", "table csv json", "members"),
    ("jury show folder --format=j", "json", "csv"), ("jury show -f csv ", "sub", "csv members file.txt"),
    ("jury run ", "one.toml sub", "file.txt"), ("mpirun -n 4 build/jury run o", "one.toml", ""), ("jury diff ", "one.toml file.txt", "--help"),
    ("jury run one.toml -s train.l", "train.lr= train.loss=", "model.type="), ("jury run one.toml -s train.optimizer=a", "adam adamw", "sgd"),
    ("jury run one.toml --set model.type=", "mlp cnn", ""), ("jury run one.toml --space train.lr=log", "loguniform( lognormal(", "uniform("),
    ("jury run one.toml --space 'train.lr=logu", "train.lr=loguniform(", ""), ("jury data info file.txt -s ta", "target= task=", "train.lr="),
    ("jury data info file.txt -s task=", "classification regression", ""), ("jury data info ", "file.txt", ""), ("jury compare a b -m log", "log_loss", "accuracy"),
    ("jury predict folder file.txt --combine wei", "weighted_mean", "mean"), ("jury slurm one.toml -- --st", "--strict", "--set"), ("jury help ba", "", "bash"),
    ("jury completion ", "bash zsh fish", ""), ("jury man ", "jury jury-experiment", ""), ("jury --v", "--version", ""), ("jury nothing ", "", "run"))


class Reference(FolderTestCase):
    def output_of(self, *words):
        done = run(*words)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def script(self, shell):
        file = self.folder / f"jury.{shell}"
        file.write_text(self.output_of("completion", shell))
        return file

    def place(self):
        """A folder with something to complete."""
        place = self.folder / "place"
        (place / "sub").mkdir(parents=True)
        for name in ("one.toml", "file.txt"):
            (place / name).touch()
        return place

    def test_bash_offers_what_may_stand_there(self):
        asked = subprocess.run(["bash", "--norc", "-c", ASK, "ask", str(self.script("bash")), *(line for line, _, _ in BASH)], cwd=self.place(),
                               capture_output=True, text=True, timeout=60)
        self.assertEqual((asked.returncode, asked.stderr), (0, ""))
        replies = dict(line.split("\t") for line in asked.stdout.splitlines())
        for line, wanted, unwanted in BASH:
            with self.subTest(line=line):
                offered = replies[line].split()
                self.assertLessEqual(set(wanted.split()), set(offered))
                self.assertFalse(set(unwanted.split()) & set(offered), offered)

    def test_bash_offers_the_options_that_help_shows(self):
        names = re.findall(r"(?m)^  (\w[\w ]*?)  +\S", self.output_of("help").split("Commands:")[1])
        self.assertGreater(len(names), 15)
        script = self.script("bash").read_text()
        for name in names[::3]:
            options = re.findall(r"(?m)^  (?:-\w \[ )?--([\w-]+)", self.output_of(*name.split(), "--help"))
            known, = (words for words in re.findall(rf"(?m)^  \['{name}:'\]='(.*)'$", script) if words.startswith("--"))
            self.assertLessEqual({"--" + option for option in options}, set(known.split()), name)

    @unittest.skipUnless(shutil.which("zsh"), "no zsh")
    def test_zsh_reads_its_script(self):
        done = subprocess.run(["zsh", "-f", "-n", self.script("zsh")], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    @unittest.skipUnless(shutil.which("fish"), "no fish")
    def test_fish_offers_what_may_stand_there(self):
        script = self.script("fish")
        lines = ("jury ", "jury data ", "jury show -f ", "jury run one.toml -s train.l", "jury run one.toml -s train.optimizer=a", "jury run ")
        asked = subprocess.run(["fish", "--no-config", "-c", f"source {script}\n" + "\n".join(f'echo "== "; complete -C "{line}"' for line in lines)],
                               cwd=self.place(), env=dict(os.environ, HOME=str(self.folder)), capture_output=True, text=True, timeout=60)
        self.assertEqual((asked.returncode, asked.stderr), (0, ""))
        replies = [{line.split("\t")[0] for line in part.splitlines()} for part in asked.stdout.split("== \n")[1:]]
        for line, offered, wanted in zip(lines, replies, ({"run", "bench"}, {"info"}, {"csv"}, {"train.lr="}, {"train.optimizer=adam"}, {"one.toml"})):
            self.assertLessEqual(wanted, offered, line)

    def test_manual_pages_name_everything(self):
        page = self.output_of("man").replace("\\-", "-")
        for name in re.findall(r"(?m)^  (\w[\w ]*?)  +\S", self.output_of("help").split("Commands:")[1]):
            self.assertRegex(page, rf"(?m)^\.SS jury {name}( |$)")
        self.assertEqual(page, self.output_of("man", "jury").replace("\\-", "-"))
        settings = self.output_of("man", "jury-experiment").replace("\\-", "-")
        for name in ("data.train", "train.lr", "cv.folds", "search.rungs.eta", "conv_block", "loguniform"):
            self.assertIn(f"\\fB{name}\\fR", settings)

    def test_manual_pages_have_no_mistakes(self):
        for page in ("jury", "jury-experiment"):
            text = self.output_of("man", page)
            for program in (["man", "--warnings", "-E", "UTF-8", "-l", "-"], ["mandoc", "-Tlint", "-W", "warning"]):
                if shutil.which(program[0]) is None:
                    continue
                with self.subTest(page=page, program=program[0]):
                    read = subprocess.run(program, input=text, capture_output=True, text=True, timeout=60, env=dict(os.environ, MANWIDTH="80", MANPAGER="cat"))
                    self.assertEqual((read.returncode, read.stderr), (0, ""), read.stdout if program[0] == "mandoc" else "")

    def test_help_is_of_a_command(self):
        for words in (["run"], ["data", "info"]):
            self.assertEqual(self.output_of("help", *words), self.output_of(*words, "--help"))
        expect_complaint(self, run("help", "rum"), 2, "unknown command 'rum' did you mean 'run'")

    def test_misuse_is_one_clear_line(self):
        expect_complaint(self, run("completion"), 2, r"needs SHELL \(usage: jury completion SHELL\)")
        expect_complaint(self, run("completion", "tcsh"), 2, "there is no completion for 'tcsh' did you mean")
        expect_complaint(self, run("man", "junk"), 2, "there is no manual page 'junk'")
        expect_complaint(self, run("schema", "x"), 2, "does not know what to do with 'x'")
        with open("/dev/full", "w") as full:
            done = subprocess.run([os.environ["JURY"], "schema"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        expect_complaint(self, done, 74, "standard output cannot be written")


if __name__ == "__main__":
    unittest.main()
