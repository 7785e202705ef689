"""jury init writes experiments that are valid and run; jury doctor looks at this machine."""
import json
import os
import re
import unittest

from jury_command import FolderTestCase, environment, expect_complaint, on_terminal, run

QUICK = ("-q", "-s", "train.epochs=1", "-s", "ensemble.members=2", "-s", "cv.folds=2")


class Init(FolderTestCase):
    def jury(self, *arguments):
        done = run(*arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""), arguments)
        return done.stdout

    def wine(self):
        rows = "".join(f"{i},{i % 7}.5,{'red' if i % 2 else 'white'},{3 + i % 3}\n" for i in range(60))
        (self.folder / "wine.csv").write_text("id,acid,colour,quality\n" + rows)
        return self.folder / "wine.csv"

    def test_what_it_writes_is_valid_and_runs(self):
        file, data = self.folder / "exp" / "wine.toml", self.wine()
        file.parent.mkdir()
        said = self.jury("init", data, "-o", file)
        self.assertRegex(said, r"classification of 'quality' from 2 features by 60 rows")
        self.assertRegex(said, "data.target = \"quality\": guessed: the last column; --target names another")
        self.assertRegex(said, r"data.ignore = \[\"id\"\]: almost every row has its own value")
        text = file.read_text()
        self.assertIn(f'train = "{data}"', text)
        self.assertIn("wine.toml is valid", self.jury("validate", file))
        self.jury("run", file, "-o", self.folder / "run", *QUICK)
        self.assertTrue((self.folder / "run" / "results.h5").exists())

    def test_every_setting_is_explained_and_lines_are_not_too_long(self):
        text = self.jury("init", self.wine(), "-o", "-", "--target", "acid")
        for line in ("\n# [search] ", "\n# pool = ", "\n[cv] ", "\n# weight_decay = 0.0 ", '\ntarget = "acid"', 'task = "regression"', "\n# [search.space]"):
            self.assertIn(line, text)
        self.assertEqual([], [line for line in text.splitlines() if len(line) > 140])
        for line in text.splitlines():
            self.assertRegex(line, r"^(#|\[|\w+ = |$| +# )", line)

    def identity(self, text):
        file = self.folder / "identity.toml"
        file.write_text(text)
        return re.search(r"^experiment \S+ \((\w+)\)", self.jury("validate", file))[1]

    def test_the_default_of_a_setting_is_what_holds_without_its_line(self):
        text = self.jury("init", self.wine(), "-o", "-")
        self.assertRegex(text, r"\n# refit = true ")
        same = self.identity(text)
        absent = ("search", "trees", "bias_variance", "search.space")  # their presence decides what happens
        lines, section, given, count = text.split("\n"), 0, "", 0
        for number, line in enumerate(lines):
            if heading := re.match(r"(?:# )?\[([\w.]+)\]", line):
                section, given = number, heading[1]
            elif re.match(r"# \w+ = ", line) and given and given not in absent and "[[" not in lines[number - 1]:
                shown = [line.removeprefix("# ") if at in (section, number) else line for at, line in enumerate(lines)]
                count += 1
                with self.subTest(line=line):
                    self.assertEqual(self.identity("\n".join(shown)), same)
        self.assertGreater(count, 100)

    def test_sections_that_are_not_there_list_their_settings_too(self):
        text = self.jury("init", self.wine(), "-o", "-")
        for line in (r"# depth = ", r"# train_sizes = ", r"# early_stopping = false .*; false, or a table: \{.*patience = "):
            self.assertRegex(re.sub(r"\n +# ", " ", text), line)
        self.assertNotIn("[objective]", text)

    def test_a_relative_path_is_seen_from_the_experiment(self):
        self.wine()
        (self.folder / "exp").mkdir()
        here = os.getcwd()
        try:
            os.chdir(self.folder)
            self.jury("init", "wine.csv", "-q", "-o", "exp/a.toml")
            self.assertIn('train = "../wine.csv"', (self.folder / "exp" / "a.toml").read_text())
            self.jury("validate", "exp/a.toml")
            self.jury("init", "wine.csv", "-q")
            self.assertIn('train = "wine.csv"', (self.folder / "wine.toml").read_text())
        finally:
            os.chdir(here)

    def test_data_info_suggests_the_same(self):
        data = self.folder / "first.csv"
        data.write_text("id,y,a,b\n" + "".join(f"{i},{1 + i % 3},{i}.5,1\n" for i in range(30)))
        settings = {command: [line.split(" #")[0].rstrip() for line in self.jury(*command.split(), data, *rest).splitlines() if re.match(r"(target|task|ignore) = ", line)]
                    for command, rest in (("init", ("-o", "-")), ("data info", ("--suggest",)))}
        self.assertEqual(settings["init"], ['target = "y"', 'ignore = ["id"]', 'task = "classification"'])
        self.assertEqual(settings["init"], settings["data info"])
        said = self.jury("data", "info", data)
        for line in (r"y +target +0 +3$", r"b +constant +0 +1 ", r"id +ignored +0 +30 ", r"note: data.target: guessed by its name"):
            self.assertRegex(said, "(?m)^" + line)

    def test_data_info_is_no_wider_than_the_terminal(self):
        header, *_ = lines = on_terminal(30, "data", "info", self.wine()).splitlines()
        self.assertRegex(header, r"^\x1b\[1mcolumn +kind +distinct\x1b\[0m$")
        self.assertIn("(too wide for missing, min, max, mean; -f csv shows them)", lines)

    def test_groups_and_images(self):
        data = self.folder / "g.csv"
        data.write_text("who,a,y\n" + "".join(f"p{i % 4},{i},{i * 0.37}\n" for i in range(40)))
        text = self.jury("init", data, "-o", "-", "-s", "group=who")
        self.assertIn('method = "group_kfold"', text)
        self.assertRegex(text, r"folds = 4 +# there are 4 groups")

    def test_refusals(self):
        data = self.wine()
        (self.folder / "empty.csv").write_text("")
        (self.folder / "wine.toml").write_text("mine")
        for arguments, code, message in (
            ((data, "-o", self.folder / "wine.toml"), 2, "is there already"),
            ((data, "-o", self.folder / "wine.txt"), 2, "names no experiment"),
            ((data, "-o", self.folder), 2, "names no experiment"),
            ((data, "-o", self.folder / "none" / "a.toml"), 74, "there is no folder"),
            ((data, "-o", "-", "--target", "qualty"), 2, "did you mean 'quality'"),
            ((self.folder / "none.csv", "-o", "-"), 3, "cannot be read"),
            ((self.folder / "empty.csv", "-o", "-"), 3, "is empty"),
            ((), 2, "needs DATA"),
        ):
            with self.subTest(arguments=arguments):
                expect_complaint(self, run("init", *arguments), code, message)
        self.assertEqual((self.folder / "wine.toml").read_text(), "mine")


class Doctor(FolderTestCase):
    def doctor(self, *arguments, **settings):
        done = run("doctor", *arguments, **settings)
        self.assertEqual(done.stderr, "")
        return done

    def test_a_machine_is_looked_at_and_nothing_is_left_behind(self):
        done = self.doctor(self.folder, "--json", env=environment(SLURM_NTASKS=None, OMP_NUM_THREADS=None))
        facts = json.loads(done.stdout)
        self.assertEqual(done.returncode, 0 if facts["well"] else 1)
        self.assertEqual(facts["well"], not facts["findings"])
        self.assertEqual(facts["output"]["locks"], "locks work")
        self.assertEqual(list(self.folder.iterdir()), [])
        self.assertIn("oneDNN", facts["versions"])

    def test_what_is_bad_is_said_with_what_mends_it(self):
        done = self.doctor(self.folder / "a" / "b", env=environment(SLURM_NTASKS="4"))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"(?m)^bad: this job of Slurm has 4 tasks, and this is one process \(nothing has started the others\) start it with srun or mpirun$")
        self.assertFalse((self.folder / "a").exists())
        (self.folder / "file").write_text("")
        self.assertRegex(self.doctor(self.folder / "file").stdout, "bad: nothing can be written to '.*file' \\('.*file' is no folder\\)")

    def test_all_ranks_are_looked_at(self):
        done = run("doctor", self.folder, "--json", ranks=3, env=environment(OMP_NUM_THREADS=None))  # mpirun has words of its own for exit code 1
        facts = json.loads(done.stdout)
        self.assertEqual([rank["rank"] for rank in facts["ranks"]], [0, 1, 2])
        self.assertTrue(all(rank["sees_output"] and rank["locks_out"] for rank in facts["ranks"]))
        self.assertIn("OMPI_COMM_WORLD_SIZE", facts["environment"])
        self.assertEqual([name for name in facts["environment"] if name.startswith("OMPI_MCA_orte_")], [])  # mpirun's own
        shared = any(re.search("3 ranks on .* share", finding["problem"]) for finding in facts["findings"])
        self.assertEqual(shared, len({cpu for rank in facts["ranks"] for cpu in rank["cpus"]}) < 3)


if __name__ == "__main__":
    unittest.main()
