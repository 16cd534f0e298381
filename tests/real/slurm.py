"""Submits what `launch.slurm` and `launch.slurm_array` write to a real Slurm, and disturbs it.

  python -m tests.real.slurm

Needs root and Debian's slurm-wlm (`apt-get install slurm-wlm`), no cgroups and no other cluster;
ten minutes on two cores. Every job must end as its undisturbed run does, to the byte.
"""

import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.real._cluster import alone, cluster, idle, until
from tests.real._kept import REPOSITORY, keep, output, program, table, versions_of

SMALL = (
    "--data=b1", "--preset=ivae_gan", "--seeds=2", "--cpu_devices=1", "--config.model.width=16",
    "--config.model.critic_width=16", "--config.data.per_segment=100", "--config.train.chunk=50",
    "--config.train.checkpoint_chunks=4",
)  # fmt: skip
SHORT = 3_000
LONG = 90
"""Seconds of training that a minute cannot hold, even where Slurm looks every half of one."""

SETTLED = 20
"""Seconds after which a job that was to be queued again would be."""


class Ended(NamedTuple):
    """How a job ended, in Slurm's words."""

    state: str
    exit_code: str
    restarts: str


class Found(NamedTuple):
    """How a scenario's jobs ended, and whether what they left is what it should be."""

    ended: Ended
    right: bool


class Job(NamedTuple):
    """A submitted job.

    Attributes:
      number: its identity, such as 7 or 7_1.
      workdir: where it trains.
    """

    number: str
    workdir: Path

    def says(self, field: str) -> str:
        """A field of `scontrol show job`."""
        text = output(["scontrol", "--oneliner", "show", "job", self.number])
        found = re.search(rf"\b{field}=(\S*)", text)
        return found[1] if found else ""

    def rows(self) -> int:
        """Rows of its training log."""
        log = self.workdir / "train.jsonl"
        return len(log.read_bytes().splitlines()) if log.exists() else 0

    def until_it_trains(self, more: int = 3) -> None:
        """Waits for rows of the log beyond those that are there."""
        least = self.rows() + more
        until(lambda: self.rows() >= least, 900, lambda: self.told())

    def until_it_ends(self, seconds: float = 900) -> Ended:
        """State, exit status and restarts at its end."""

        def has_ended() -> bool:
            state = self.says("JobState")
            if state == "PENDING" and self.says("Reason") == "BeginTime":  # two minutes of quiet
                output(["scontrol", "update", f"JobId={self.number}", "StartTime=now"])
            return state not in ("PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "REQUEUED")

        until(has_ended, seconds, lambda: self.told())
        return Ended(*map(self.says, ("JobState", "ExitCode", "Restarts")))

    def until_it_waits(self) -> None:
        """Waits until it is in the queue again."""
        until(lambda: self.says("JobState") == "PENDING", 180, lambda: self.told())

    def told(self) -> str:
        """What it printed, and what Slurm says."""
        printed = "".join(path.read_text() for path in sorted(Path.cwd().glob("slurm-*.out")))
        return f"{output(['scontrol', 'show', 'job', self.number])}\n{printed[-3000:]}"


def train(workdir: Path, steps: int, *argv: str) -> list[str]:
    """The command that all scenarios launch."""
    where = [f"--steps={steps}", f"--workdir={workdir}"]
    return program("train", *SMALL, *where, *(argv or ("--data_seeds=6-6",)))


def submit(script: str, workdir: Path, *flags: str, command: list[str]) -> Job:
    """Launches a command; returns the job, or the whole array."""
    told = output(program(f"launch.{script}", *flags, "--", *command))
    return Job(told.split()[-1], workdir)


def same(one: Path, other: Path) -> bool:
    """Whether logs and metrics are equal to the byte."""
    names = ("metrics.jsonl", "train.jsonl")
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


def undisturbed(folder: Path, steps: int, *argv: str) -> Path:
    """The work directory of the same command run without Slurm and left alone."""
    workdir = folder / f"alone{steps}{''.join(argv)}"
    if not (workdir / "DONE").exists():
        output(train(workdir, steps, *argv))
    return workdir


def both(*jobs: Ended) -> Ended:
    """The ends of several jobs as one."""
    return Ended(*("; ".join(each) for each in zip(*jobs, strict=True)))


def process_of(job: Job, rank: int) -> int:
    """The process that is this one of a job's tasks."""
    told = {f"SLURM_JOB_ID={job.number}".encode(), f"SLURM_PROCID={rank}".encode()}
    for folder in Path("/proc").glob("[0-9]*"):
        words = (folder / "cmdline").read_bytes().split(b"\0")
        ours = words[0] == sys.executable.encode()
        if ours and told <= set((folder / "environ").read_bytes().split(b"\0")):
            return int(folder.name)
    raise RuntimeError(f"no process {rank} of job {job.number}")


def asked_to_stop(folder: Path) -> Found:
    """A process on each node; both get a request to stop while they train."""
    job = submit("slurm", folder / "two", "--nodes=2", "--cpus=1",
                 command=train(folder / "two", SHORT))  # fmt: skip
    job.until_it_trains()
    output(["scancel", "--signal=TERM", job.number])
    job.until_it_waits()
    return Found(job.until_it_ends(), same(job.workdir, undisturbed(folder, SHORT)))


def array(folder: Path) -> Found:
    """Three data seeds dealt to two tasks, of which the second gets a request to stop."""
    root = folder / "array"
    command = train(root, SHORT, "--data_seeds=6-8")
    tasks = submit("slurm_array", root, "--tasks=2", "--cpus=1", command=command)
    first, second = (Job(f"{tasks.number}_{i}", root / str(i)) for i in range(2))
    second.until_it_trains()
    output(["scancel", "--signal=TERM", second.number])
    second.until_it_waits()
    ended = [job.until_it_ends() for job in (first, second)]
    equal = same(first.workdir, undisturbed(folder, SHORT, "--data_seeds=6-6"))
    equal &= same(second.workdir, undisturbed(folder, SHORT, "--data_seeds=7-8"))
    words = [f"--workdir={job.workdir}" for job in (first, second)]
    output(program("report", *words, f"--out={root}/report"))
    return Found(both(*ended), equal)


def time_limit(folder: Path) -> Found:
    """A limit of three minutes, which leaves the job one before the request to stop."""
    printed = output(train(folder / "rate", SHORT))
    rate = int(re.findall(r"([\d,]+) seed-steps/s", printed)[0].replace(",", "")) / 2
    steps = int(rate * LONG) // 1000 * 1000
    job = submit("slurm", folder / "limit", "--time=3", command=train(folder / "limit", steps))
    return Found(job.until_it_ends(), same(job.workdir, undisturbed(folder, steps)))


def preempted(folder: Path) -> Found:
    """A job of a partition that goes first takes both nodes."""
    job = submit("slurm", folder / "low", "--cpus=1", command=train(folder / "low", SHORT))
    job.until_it_trains()
    output(["sbatch", "--partition=high", "--nodes=2", "--exclusive", "--wrap=sleep 5"])
    job.until_it_waits()
    return Found(job.until_it_ends(), same(job.workdir, undisturbed(folder, SHORT)))


def cancelled(folder: Path) -> Found:
    """The user cancels the job, which must not come back, and submits it again."""
    command = train(folder / "cancelled", SHORT)
    job = submit("slurm", folder / "cancelled", command=command)
    job.until_it_trains()
    output(["scancel", job.number])
    ended = job.until_it_ends()
    time.sleep(SETTLED)
    if job.says("JobState") != ended.state:
        return Found(job.until_it_ends(), False)
    again = submit("slurm", folder / "cancelled", command=command).until_it_ends()
    equal = same(job.workdir, undisturbed(folder, SHORT))
    return Found(both(ended, again), equal)


def killed(folder: Path) -> Found:
    """One of two processes is killed; the other saves and ends with 75, and the job fails."""
    command = train(folder / "killed", SHORT)
    job = submit("slurm", folder / "killed", "--nodes=2", "--cpus=1", command=command)
    job.until_it_trains()
    os.kill(process_of(job, 1), signal.SIGKILL)
    ended = job.until_it_ends()
    again = submit("slurm", folder / "killed", command=command).until_it_ends()
    equal = same(job.workdir, undisturbed(folder, SHORT))
    return Found(both(ended, again), equal)


def cores(folder: Path) -> Found:
    """A process may use the cores that were requested."""
    code = "import os, sys; sys.exit(0 if len(os.sched_getaffinity(0)) == 2 else 1)"
    job = submit("slurm", folder, "--cpus=2", command=[sys.executable, "-c", code])
    return Found(job.until_it_ends(), True)


def wrong_input(folder: Path) -> Found:
    """What is refused is not tried again."""
    command = [*train(folder / "wrong", SHORT), "--preset=no_such"]
    job = submit("slurm", folder / "wrong", command=command)
    return Found(job.until_it_ends(), not (folder / "wrong").exists())


EXPECTED = {
    asked_to_stop: Ended("COMPLETED", "0:0", "1"),
    preempted: Ended("COMPLETED", "0:0", "1"),
    cancelled: Ended("CANCELLED; COMPLETED", "0:15; 0:0", "0; 0"),
    array: Ended("COMPLETED; COMPLETED", "0:0; 0:0", "0; 1"),
    killed: Ended("FAILED; COMPLETED", "137:0; 0:0", "0; 0"),
    wrong_input: Ended("FAILED", "2:0", "0"),
    cores: Ended("COMPLETED", "0:0", "0"),
    time_limit: Ended("COMPLETED", "0:0", "1 or more"),
}
PURPOSE = "Jobs of `launch.slurm` and `launch.slurm_array` under a real Slurm"
HEAD = ("what happens", *(name.replace("_", " ") for name in Ended._fields), "as it should be")
NOTE = """States, exit statuses and restarts by `scontrol show job`, job after job. As it should be:
so they were to be, and logs and metrics equal, to the byte, those of an undisturbed run outside
Slurm."""


def as_expected(ended: Ended, expected: Ended) -> bool:
    """Whether jobs ended so; `1 or more` leaves the restarts to the machine's speed."""
    if expected.restarts == "1 or more" and int(ended.restarts) >= 1:
        ended = ended._replace(restarts=expected.restarts)
    return ended == expected


def main(names: list[str]) -> int:
    """Plays all scenarios, or those that are named; returns 1 if one ends as it should not."""
    rows, version = [], output(["slurmctld", "-V"]).split()[-1]
    versions = {"Slurm": version, **versions_of("jax")}
    with cluster() as folder:
        os.chdir(folder)  # where Slurm leaves what jobs print
        os.environ["PYTHONPATH"] = str(REPOSITORY)
        for play, expected in EXPECTED.items():
            if names and play.__name__ not in names:
                continue
            found = play(folder)
            right = found.right and as_expected(found.ended, expected)
            what = (play.__doc__ or "").rstrip(".")
            rows.append([what, *found.ended, "yes" if right else f"no: {tuple(expected)}"])
            keep("slurm", PURPOSE, versions, f"{NOTE}\n\n{table(HEAD, rows)}")
            until(lambda: idle() == 2, 120)
    return int(any(row[-1] != "yes" for row in rows))


if __name__ == "__main__":
    _, *given = sys.argv
    sys.exit(main(given[1:]) if given[:1] == ["inside"] else alone("tests.real.slurm", given))
