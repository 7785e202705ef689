"""Commands and experiments that pages show: those of from_other_tools.md are run, those of README.md at least known, the cheap ones run."""
import re
import shlex
import subprocess
import unittest

from jury_command import JURY, SOURCE, FolderTestCase, environment, run

PAGE = SOURCE / "tools" / "examples" / "from_other_tools.md"
README = SOURCE / "README.md"
# Of the README without a run or a network of ranks; answers in a moment.
CHEAP = ("validate", "data info", "bench", "schema", "man", "help", "version", "completion")


def do(line, folder):
    """The completed command line of a page: jury is the one that is tested, and mpirun is no part of a page's promise here."""
    words = shlex.split(line, comments=True)
    if words[0] == "mpirun":
        words = words[3:]
    return subprocess.run([JURY, *words[1:]], cwd=folder, capture_output=True, text=True, timeout=300, env=environment())


def commands_of(text):
    """The lines of indented and fenced blocks that run jury, without what follows a '#'."""
    lines = [line.strip() for line in re.findall(r"(?m)^ {4}(.*)$", text) + sum((block.splitlines() for block in re.findall(r"```sh\n(.*?)```", text, re.S)), [])]
    return [line for line in lines if re.match(r"(mpirun -n \d+ )?jury ", line)]


class Pages(FolderTestCase):
    def known(self):
        """Every command with its options, from one script that has them all."""
        script = run("completion", "bash").stdout
        options = {name: set(words.split()) for name, words in re.findall(r"(?m)^  \['([^:']+):'\]='(--.*)'$", script)}
        for name, letter in re.findall(r"(?m)^  \['([^:']+):(-\w)'\]=", script):
            options[name].add(letter)
        return options

    def test_from_other_tools_is_as_it_says(self):
        text = PAGE.read_text()
        (self.folder / "tests").mkdir()
        (self.folder / "tests" / "data").symlink_to(SOURCE / "tests" / "data")
        for block in re.findall(r"```toml\n(.*?)```", text, re.S):
            name, = re.match(r"# (\w+\.toml)\n", block).groups()
            (self.folder / name).write_text(block)
        lines = commands_of(text)
        self.assertGreater(len(lines), 10)
        for line in lines:
            with self.subTest(line=line):
                done = do(line, self.folder)
                self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(1798, len((self.folder / "answers.csv").read_text().splitlines()))

    def test_settings_of_from_other_tools_exist(self):
        """Names in the tables' right columns: key = value, and types of layers."""
        settings = run("man", "jury-experiment").stdout.replace("\\-", "-")
        keys = {part for path in re.findall(r"\\fB([\w.]+)\\fR", settings) for part in path.split(".")} | {"dist", "when"}
        for row in re.findall(r"(?m)^\| .* \| (.*) \|$", PAGE.read_text()):
            for key in re.findall(r"[`{,] ?(\w+) = ", row):
                self.assertIn(key, keys, row)

    def test_commands_and_options_of_the_readme_exist(self):
        options, lines = self.known(), commands_of(README.read_text())
        self.assertGreater(len(lines), 15)
        for line in lines:
            with self.subTest(line=line):
                words = re.sub(r"^mpirun -n \d+ ", "", line.split("  ")[0]).split()[1:]
                name = " ".join(words[:2]) if " ".join(words[:2]) in options else words[0]
                self.assertIn(name, options)
                used = [word.split("=")[0] for word in words if re.match(r"-[-\w]+", word)]
                self.assertLessEqual(set(used), options[name])

    def test_cheap_commands_of_the_readme_run(self):
        wine = next(block for block in re.findall(r"(?m)(?:^    .*\n|^\n)+", README.read_text()) if "schema = 1" in block)
        (self.folder / "wine.toml").write_text(re.sub(r"(?m)^    ", "", wine))
        (self.folder / "wine.csv").write_text("acid,sugar,quality\n" + "".join(f"{i * 7 % 11},{i * 5 % 13},{'good' if i % 3 else 'bad'}\n" for i in range(60)))
        lines = [line for line in commands_of(README.read_text()) if re.sub(r"^jury ", "", line).startswith(CHEAP)]
        self.assertGreater(len(lines), 2)
        for line in lines:
            with self.subTest(line=line):
                done = do(line, self.folder)
                self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
