"""The doctor's program: exit status, the one JSON object, and findings instead of tracebacks."""

import json
import re

import numpy as np
import pytest
from programs_forked import SMALL, SMALL_BENCHMARK

LARGER = ("--config.data.segments=12", "--config.data.per_segment=200", "--data_seeds=3-3")


@pytest.fixture(scope="module")
def doctor(run):
    """`doctor(*flags)`: how it ended, and its findings by name; training is not timed."""

    def examine(*argv):
        ended = run("doctor", *SMALL, "--notimed", "--json", *argv)
        assert ended.err == ""
        made = json.loads(ended.out)
        found = {finding["name"]: finding for finding in made["findings"]}
        blocking = {name for name, finding in found.items() if finding["severity"] == "blocks"}
        assert made["blocks"] == bool(blocking)
        assert ended.code == int(made["blocks"])
        assert all(finding["advice"] for finding in found.values() if finding["name"] in blocking)
        return found, blocking

    return examine


@pytest.fixture
def saved(tmp_path):
    """`saved(**arrays)`: the flag that names a file of these arrays."""

    def save(**arrays):
        np.savez(tmp_path / "mine.npz", **arrays)
        return f"--data={tmp_path / 'mine.npz'}"

    return save


def test_a_benchmark_that_has_what_the_theory_asks_for_passes(doctor):
    found, blocking = doctor("--data=b1", *LARGER)
    assert blocking == set()
    assert list(found) == ["x", "columns", "telling", "scale", "outliers", "u", "levels", "names",
                           "u_outliers", "rows", "prior", "distinct_u", "dimension", "noise",
                           "x_from_u", "u_in_x", "modulation",
                           "cost"]  # fmt: skip
    assert found["cost"]["values"]["bytes"] > 0


@pytest.mark.parametrize(
    ("flag", "blocking", "expected"),
    [
        ("--config.data.segments=6", "distinct_u", "need 11 (5 x 2 + 1) distinct values of u"),
        ("--config.model.modulation=mean", "prior", "linear map"),
        ("--preset=vae", "prior", "same for every u"),
        ("--config.model.dim_z=6", "dimension", "too few to tell 6 latents apart"),
    ],
)
def test_what_the_theory_misses_blocks_and_is_named(doctor, flag, blocking, expected):
    found, blocked = doctor("--data=b1", *LARGER, flag)
    assert blocking in blocked
    assert expected in found[blocking]["sentence"]


def test_a_shuffled_u_blocks(doctor):
    found, blocked = doctor(
        "--data=b1", *LARGER, "--data_seeds=4-4", "--preset=ivae_gan+shuffled_u"
    )
    assert blocked == {"u_in_x", "modulation"}
    assert found["modulation"]["values"]["ways"] == 0


@pytest.mark.parametrize(
    ("change", "blocking", "expected"),
    [
        ({"x": np.full((120, 3), np.nan)}, "table", "x has NaN, inf"),
        ({"u": np.zeros(120, int)}, "table", "u has one value in all rows"),
        ({"x": np.ones((120, 3))}, "table", "x is the same in all rows"),
        ({"u": np.arange(120)}, "training", "no rows are left for the valid split"),
        ({"u": np.arange(120) % 7}, "u_in_x", "two levels of u of at least 30 training rows"),
    ],
)
def test_a_table_that_cannot_do_gives_a_finding(doctor, saved, table, change, blocking, expected):
    found, blocked = doctor(saved(**(table() | change)))
    assert blocking in blocked
    assert expected in found[blocking]["sentence"]


@pytest.mark.parametrize("u", ["discrete", "continuous"])
def test_a_table_that_can_do_passes(doctor, saved, table, u):
    arrays = table(1200)
    if u == "continuous":
        arrays["u"] = arrays["u"][:, None] + np.linspace(0, 0.5, 1200)[:, None]
        arrays["x"] += arrays["u"] * np.array([1, 2, 3])
    _, blocked = doctor(saved(**arrays), "--config.model.modulation=variance")
    assert blocked == set()


@pytest.mark.slow
def test_the_split_that_is_advised_is_taken_to_the_letter(doctor, saved):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1800, 3))
    for row in range(1, len(x)):
        x[row] += 0.9 * x[row - 1]
    data = saved(x=x, u=np.arange(1800) // 180)
    found, blocked = doctor(data)
    assert found["rows"]["severity"] == "warn"
    assert blocked == {"u_in_x", "modulation"}
    advised = re.search(r"--split=\S+?(?=,? )", found["rows"]["advice"])[0]
    taken, _ = doctor(data, advised)
    for each in (taken, found):
        each.pop("cost")  # memory counts what the process holds by then
    assert taken == found
    assert "random" not in advised
    assert doctor(data, "--split=random")[0]["rows"] == found["rows"]
    for control in ("shuffled_u", "shifted_u"):
        assert "u_in_x" in doctor(data, f"--preset=ivae_gan+{control}")[1]


def test_too_many_seeds_for_the_memory_block(doctor):
    found, blocked = doctor("--data=b1", *SMALL_BENCHMARK, "--seeds=2000000000")
    assert blocked == {"training"}
    assert "seeds fit" in found["training"]["advice"]


def test_a_file_that_is_no_table_is_a_finding_and_a_missing_one_an_error(doctor, refused, tmp_path):
    (tmp_path / "mine.npz").write_text("not a table")
    assert doctor(f"--data={tmp_path / 'mine.npz'}")[1] == {"table"}
    assert "no such file" in refused("doctor", f"--data={tmp_path / 'none.npz'}")


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("--data=b9", "unknown data set 'b9'"),
        ("--preset=ivae_gna", "did you mean ivae_gan"),
        ("--stepz=5", "Unknown command line flag 'stepz'"),
        ("--steps=1e4", "flag --steps=1e4: it takes a whole number (see --help)"),
        ("--config.data.source=cauchy", "source must be one of"),
    ],
)
def test_what_cannot_be_meant_is_an_error(refused, flag, expected):
    assert expected in refused("doctor", flag)


def test_a_person_reads_the_verdict_last_and_training_is_timed(run):
    ended = run(
        "doctor", *SMALL, *SMALL_BENCHMARK, "--preset=ivae", "--seeds=2", "--data_seeds=3-3"
    )
    assert (ended.code, ended.err) == (1, "")
    *fine, blocking, verdict = ended.out.split("\n\n")
    fine = " ".join(" ".join(fine).split())
    assert fine.startswith("Fine: - x: x has 240 rows and 5 columns of numbers")
    assert "1 data seed x 2 model seeds of ivae take about" in fine
    assert "What to do: Give u at least 11 values" in blocking
    assert blocking.startswith("Blocks training:\n- distinct_u")
    assert verdict.startswith("b1 (data seed 3), ivae: blocked by 1 of 18 findings")
