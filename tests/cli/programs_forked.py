"""Programs in processes of their own, forked from a server that has imported everything.

A new interpreter would import for seconds before each command; a fork starts at once, with fresh
flags and no devices yet, and runs the same `__main__` module that `python -m` runs.
"""

import base64
import contextlib
import gc
import multiprocessing
import os
import resource
import runpy
import signal
import socket
import sys
import time
from pathlib import Path
from typing import NamedTuple

from hermetic import COMPILED, QUICK_TO_COMPILE
from matplotlib.figure import Figure

from ivaegan_jax.report import page, write
from ivaegan_jax.report.figures import draw

REPOSITORY = Path(__file__).resolve().parents[2]
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(
    [
        "ivaegan_jax.cli._study",
        "ivaegan_jax.studies.fitted",
        "sklearn.datasets",
        "matplotlib.pyplot",
    ]
)
SMALL = (
    "--config.model.width=8",
    "--config.model.depth=2",
    "--config.model.critic_width=8",
    "--config.model.critic_depth=2",
    "--config.train.batch=16",
    "--config.train.chunk=10",
    "--config.train.unmix=false",
)
SMALL_BENCHMARK = ("--config.data.segments=4", "--config.data.per_segment=60")
AS_USERS_HAVE_IT = {"XLA_FLAGS": ""}


def pretend_installed(folder, **entry_points):
    """Makes `folder`, where it is on the path, hold an installed package with these entry points.

    Args:
      folder: a directory.
      **entry_points: by group, its dots as `__`: lines such as `name = module`.
    """
    info = folder / "others-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n")
    groups = [f"[{group.replace('__', '.')}]\n{lines}\n" for group, lines in entry_points.items()]
    (info / "entry_points.txt").write_text("".join(groups))


class Ended(NamedTuple):
    """How a process ended, and what it printed."""

    code: int
    out: str
    err: str


class Running(NamedTuple):
    """A process under way."""

    process: multiprocessing.Process
    folder: Path

    def wait(self) -> Ended:
        self.process.join()
        code = self.process.exitcode
        self.process.close()
        return Ended(code, (self.folder / "out").read_text(), (self.folder / "err").read_text())

    def signal(self, number: int) -> None:
        os.kill(self.process.pid, number)

    def until(self, condition, seconds=120):
        """Waits for a condition; fails if the process ends first."""
        deadline = time.monotonic() + seconds
        while not condition():
            if self.process.exitcode is not None or time.monotonic() > deadline:
                raise AssertionError((self.folder / "err").read_text())
            time.sleep(0.01)


def start(folder: Path, function, *args, env=None) -> Running:
    """Starts `function(*args)` in a fork whose output goes to files in a new folder.

    What it trains is compiled quickly, not to be quick itself, unless `env` says otherwise.
    """
    folder.mkdir()
    env = {"XLA_FLAGS": QUICK_TO_COMPILE} | (env or {})
    process = SERVER.Process(target=_redirected, args=(folder, env, function, args))
    process.start()
    return Running(process, folder)


def free_port(among=(0,)):
    """A port that nobody listens on, of those given; by default any."""
    for port in among:
        with socket.socket() as found, contextlib.suppress(OSError):
            found.bind(("127.0.0.1", port))
            return found.getsockname()[1]
    raise AssertionError("no free port")


def _redirected(folder, env, function, args):
    for name, descriptor in (("out", 1), ("err", 2)):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), descriptor)
    os.environ.update(env)
    os.chdir(REPOSITORY)
    gc.freeze()  # what was imported stays: no collection looks through it again
    function(*args)


BLANK = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg=="
)
"""A PNG file of one white pixel."""


def program(name, argv):
    """What `python -m experiments.NAME ARGV` does; pictures are blank unless PICTURES=drawn."""
    if os.environ.get("PICTURES") != "drawn":
        blank = Figure()
        draw.GALLERY = [plot._replace(draw=lambda *_: [blank]) for plot in draw.GALLERY]
        page.to_svg = lambda panel, name: "<svg></svg>"
        write.to_png = lambda picture: BLANK
    sys.argv = [f"experiments/{name}.py", *argv]
    runpy.run_module(f"experiments.{name}", run_name="__main__", alter_sys=True)


def program_with_little_memory(name, argv):
    """The same where no more than 4 GiB of addresses can be had."""
    resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
    program(name, argv)


def program_with_small_files(name, argv):
    """The same on a disk that takes no file of more than a kilobyte."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**10, 2**10))
    program(name, argv)


def parse(name, argv):
    """Reads a command line as the program does, and checks what it asks for; runs nothing."""
    import importlib

    from absl import flags

    from ivaegan_jax.cli import _program, _study
    from ivaegan_jax.cli.command import PROGRAMS
    from ivaegan_jax.studies.experiment import validate
    from ivaegan_jax.studies.named import load_study

    room = "ivaegan_jax.cli" if name in PROGRAMS else "experiments"
    module = importlib.import_module(f"{room}.{name}")
    rest = _program._parse([f"experiments/{name}.py", *argv], module.define_flags)
    assert not rest[1:], f"unexpected arguments {rest[1:]}"
    # names that a plugin would bring are known once it is loaded
    if name in ("train", "compare") and not flags.FLAGS.plugins:
        values = flags.FLAGS
        presets = values.presets if name == "compare" else [values.preset]
        validate(_study.experiment_from_flags(presets))
    if name == "reproduce" and flags.FLAGS.name not in ("", "NAME"):
        module.chosen(load_study(flags.FLAGS.name))


class Stopping:
    """A reporter that ends a study at a chunk, counted over all models.

    Attributes:
      began: label and step of every model that was begun.
    """

    def __init__(self, at=0, by_signal=False):
        self.left, self.by_signal, self.began = at, by_signal, []

    def stage(self, kind, what=""):
        pass

    def start(self, label, step):
        self.began.append((label, step))

    def chunk(self, label, chunk):
        self.left -= 1
        if self.left == 0 and self.by_signal:
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.left == 0:
            raise KeyboardInterrupt

    def finish(self, label, rows):
        pass


def study(settings, path, reporter):
    """Runs a study through the library, to the end or to a chunk where it is stopped."""
    from ivaegan_jax.studies.experiment import experiment_from
    from ivaegan_jax.studies.study import Study
    from ivaegan_jax.studies.workdir import Workdir
    from ivaegan_jax.training import programs_numerics

    with programs_numerics(), contextlib.closing(Workdir(path)) as workdir:
        made = Study(experiment_from(settings))
        workdir.open(made.settings())
        made.run(workdir, reporter)


def killed_study(settings, path, at):
    """The same until it is killed at a chunk, on the devices of tests, with what those compiled."""
    import jax

    jax.config.update("jax_num_cpu_devices", 4)
    jax.config.update("jax_compilation_cache_dir", str(COMPILED))
    study(settings, path, Stopping(at, by_signal=True))
