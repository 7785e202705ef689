"""Names that would do harm in a shell: each reaches jury as it is, or is refused, and none is ever run.

The batch script is run here by the real bash, with stand-ins for srun, mpirun and scontrol that write down what they are given;
slurm_jobs_test.py sends some of the names through a real Slurm."""
import os
import signal
import subprocess
import unittest

from jury_command import JURY, FolderTestCase, environment
from slurm_cluster import NAMES, SMALL, canaries

# srun and mpirun end here: each argument with its own mark, so that none is lost or split.
RECORDER = '#!/bin/bash\nprintf "<%s>\\0" "$@" > "$RECORD"\nexit 75\n'


class HostileNames(FolderTestCase):
    def setUp(self):
        super().setUp()
        self.tools = self.folder / "tools"
        self.tools.mkdir()
        for name in ("srun", "mpirun", "scontrol"):
            (self.tools / name).write_text(RECORDER if name != "scontrol" else "#!/bin/sh\nexit 0\n")
            (self.tools / name).chmod(0o755)
        site = self.folder / "site.toml"
        site.write_text('shared = ["/tmp"]\n')
        self.env = environment(JURY_SITE=str(site), PATH=f"{self.tools}:{os.environ['PATH']}", RECORD=str(self.folder / "record"), SLURM_JOB_ID="1")

    def slurm(self, *arguments, cwd=None):
        return subprocess.run([JURY, "slurm", *map(str, arguments)], capture_output=True, env=self.env, cwd=cwd or self.folder)

    def words_of(self, script):
        """What the script's run is started with when bash runs it as Slurm would, from a file of its own name."""
        copy = self.folder / "slurm_script"
        copy.write_bytes(script)
        record = self.folder / "record"
        record.unlink(missing_ok=True)
        done = subprocess.run(["bash", copy], capture_output=True, env=self.env, cwd=self.folder)
        self.assertEqual(done.returncode, 75, done.stderr)
        return [word[1:-1] for word in record.read_bytes().split(b"\0")[:-1]]

    def test_a_hundred_names_reach_jury_as_they_are_and_none_is_run(self):
        self.assertEqual(len(NAMES), 100)
        for number, name in enumerate(NAMES):
            with self.subTest(name=name):
                folder = self.folder / str(number) / name.replace("/", "_")
                folder.mkdir(parents=True)
                experiment = folder / name
                experiment.write_bytes(SMALL.read_bytes())
                launcher = ("srun", "mpirun")[number % 2]
                done = self.slurm(experiment, "--ntasks", 1, "--launcher", launcher, "--", "-o", folder / ("runs" + name), f"--require={name}")
                self.assertEqual(done.returncode, 0, done.stderr)
                words = self.words_of(done.stdout)
                start = words.index(os.fsencode(JURY))
                self.assertEqual(words[start + 1:], [b"run", os.fsencode(experiment), b"--resume", b"-o", os.fsencode(folder / ("runs" + name)),
                                                     os.fsencode(f"--require={name}")])
        self.assertEqual(canaries(self.folder), [])

    def test_a_name_that_is_no_text_reaches_jury_as_it_is(self):
        experiment = os.fsencode(self.folder) + b"/\xff\xfe$(touch canary)"
        with open(experiment, "wb") as file:
            file.write(SMALL.read_bytes())
        done = subprocess.run([JURY.encode(), b"slurm", experiment, b"--ntasks=1", b"--launcher=srun"], capture_output=True, env=self.env)
        self.assertEqual(self.words_of(done.stdout)[-2], experiment, done.stderr)
        self.assertEqual(canaries(self.folder), [])

    def test_no_option_of_sbatch_takes_one(self):
        for option in ("job-name", "nodes", "ntasks", "mem", "time", "partition", "account", "qos", "constraint", "reservation", "array", "mail-type",
                       "mail-user", "dependency", "nodelist"):
            for name in NAMES[::31]:
                done = self.slurm(SMALL, f"--{option}={name}", "--launcher=srun")
                self.assertEqual((done.returncode, done.stdout), (2, b""), (option, name))
        self.assertEqual(canaries(self.folder), [])

    def test_no_experiment_or_site_file_takes_one(self):
        for name in NAMES[::3]:
            quoted = '"' + "".join(f"\\u{ord(c):04x}" for c in name) + '"'
            experiment = self.folder / "named.toml"
            experiment.write_text(SMALL.read_text().replace('name = "small"', f"name = {quoted}"))
            self.assertEqual(self.slurm(experiment, "--ntasks=1", "--launcher=srun").returncode, 2, name)
        for key in ("jury = {}", "modules = [{}]", "[environment]\nA = {}", "[environment]\n{} = 'a'", "[sbatch]\npartition = {}", "[sbatch]\n{} = 'a'"):
            for name in NAMES[::31]:
                quoted = '"' + "".join(f"\\u{ord(c):04x}" for c in name) + '"'
                (self.folder / "site.toml").write_text(key.format(quoted))
                done = self.slurm(SMALL, "--ntasks=1", "--launcher=srun")
                self.assertEqual((done.returncode, done.stdout), (2, b""), (key, name))
        self.assertEqual(canaries(self.folder), [])

    @staticmethod
    def ending(code):
        return "exit 0" if code == "0 unnoted" else f'echo {code} > "$JURY_EXIT_FILE"; exit {code}'

    def test_ranks_that_were_killed_get_two_more_chances_in_the_same_job(self):
        (self.tools / "sleep").write_text("#!/bin/sh\n")
        (self.tools / "sleep").chmod(0o755)
        script = self.folder / "script"
        script.write_bytes(self.slurm(SMALL, "--ntasks", 1, "--launcher", "srun").stdout)
        # 0 without a word of jury itself: srun does that with ranks that it could not start.
        for codes, expected in (((137, 139, 0), 0), (("0 unnoted", 0), 0), (("0 unnoted",) * 3, 255), ((137, 137, 137), 137), ((137, 75), 75), ((1,), 1), ((0,), 0)):
            count = self.folder / "count"
            count.write_text("")
            cases = " ".join(f"{number}) {self.ending(code)};;" for number, code in enumerate(codes, 1))
            (self.tools / "srun").write_text(f'#!/bin/bash\necho >> {count}\ncase $(wc -l < {count}) in {cases} esac\nexit 99\n')
            done = subprocess.run(["bash", script], capture_output=True, env=self.env, cwd=self.folder)
            self.assertEqual((done.returncode, len(count.read_text())), (expected, len(codes)), codes)

    def test_signals_reach_the_run_and_its_code_decides(self):
        """SIGUSR1 to the shell stops the run, which ends with 75: then the job is requeued. After SIGTERM Slurm decides."""
        script = self.folder / "script"
        script.write_bytes(self.slurm(SMALL, "--ntasks", 1, "--launcher", "srun").stdout)
        requeued = self.folder / "requeued"
        (self.tools / "scontrol").write_text(f'#!/bin/sh\necho "$*" >> {requeued}\n')
        for name, expected in (("USR1", "requeue 1\n"), ("TERM", "")):
            with self.subTest(signal=name):
                ready = self.folder / f"ready-{name}"
                os.mkfifo(ready)
                (self.tools / "srun").write_text(f"#!/bin/bash\ntrap 'exit 75' {name}\necho > {ready}\nwhile true; do read -t 0.05 <> <(:); done\n")
                shell = subprocess.Popen(["bash", script], env=self.env, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                ready.read_text()
                shell.send_signal(getattr(signal, f"SIG{name}"))
                self.assertEqual(shell.wait(60), 75)
                self.assertEqual(requeued.read_text() if requeued.exists() else "", expected)
                requeued.unlink(missing_ok=True)


if __name__ == "__main__":
    unittest.main()
