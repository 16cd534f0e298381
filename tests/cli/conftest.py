"""Programs run in forks; finished work directories that many tests read."""

import itertools
import json

import numpy as np
import pytest
from programs_forked import SMALL, SMALL_BENCHMARK, program, start


@pytest.fixture(scope="session")
def cache(shared):
    """Where compiled programs are kept for the session."""
    return shared / "compiled"


@pytest.fixture(scope="session")
def fork(tmp_path_factory):
    """`fork(function, *args, env=None)`: a running process."""
    root, count = tmp_path_factory.mktemp("forks"), itertools.count()
    return lambda function, *args, env=None: start(root / f"{next(count)}", function, *args,
                                                   env=env)  # fmt: skip


@pytest.fixture(scope="session")
def begin(fork, cache):
    """`begin(program, *flags)`: a program under way."""

    def begin(name, *argv, env=None):
        return fork(program, name, [*argv, f"--compilation_cache={cache}"], env=env)

    return begin


@pytest.fixture(scope="session")
def run(begin):
    """`run(program, *flags)`: how it ended."""
    return lambda *args, **kwargs: begin(*args, **kwargs).wait()


@pytest.fixture(scope="session")
def refused(run):
    """`refused(program, *flags)`: the one line on stderr, without its `error: `."""

    def refused(*args):
        ended = run(*args)
        lines = ended.err.splitlines()
        assert ended.code not in (0, None)
        assert len(lines) == 1, ended.err
        assert lines[0].startswith("error: ")
        assert "Traceback" not in ended.out
        return lines[0].removeprefix("error: ")

    return refused


@pytest.fixture(scope="session")
def rows_of():
    """`rows_of(workdir, name)`: the rows of a JSONL file."""
    return lambda workdir, name="metrics": [
        json.loads(line) for line in (workdir / f"{name}.jsonl").read_text().splitlines()
    ]


@pytest.fixture(scope="session")
def table():
    """`table(rows)`: x, u of four categories, s."""

    def make(rows=120, seed=0):
        rng = np.random.default_rng(seed)
        s = rng.normal(size=(rows, 2)).astype(np.float32)
        u = np.arange(rows) % 4
        return {"x": np.c_[s[:, 0], s[:, 1] * (1 + u), s.sum(1)], "u": u, "s": s}

    return make


@pytest.fixture(scope="session")
def compare(run, once):
    """`compare(name, presets, *flags)`: a small comparison's work directory, run to its end."""

    def make(name, presets, *argv, env=None):
        with once(name) as workdir:
            ended = run("compare", *SMALL, "--steps=30", f"--presets={','.join(presets)}",
                        f"--workdir={workdir}", *argv, env=env)  # fmt: skip
            assert (ended.code, ended.err) == (0, "")
        return workdir

    return make


@pytest.fixture(scope="session")
def one_vae(compare):
    """The model that is compiled most quickly, on b1: one data seed, two runs for each device."""
    return compare("one", ("vae",), *SMALL_BENCHMARK, "--data=b1", "--data_seeds=3-3",
                   "--seeds=2,4,7,9")  # fmt: skip


@pytest.fixture(scope="session")
def on_b1(compare):
    """Three presets and two controls on b1: two data seeds, two model seeds."""
    presets = ("vae", "ivae", "ivae_gan", "ivae+shuffled_u", "ivae+u_only")
    return compare("b1", presets, *SMALL_BENCHMARK, "--data=b1", "--data_seeds=3,5",
                   "--seeds=2,7")  # fmt: skip
