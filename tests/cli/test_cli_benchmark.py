import contextlib
import json
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments import benchmark
from experiments.benchmarks.children import measure, median_ratio
from experiments.benchmarks.curve import curve
from experiments.benchmarks.products import Product, kernels_in, products_chunk, products_in
from experiments.benchmarks.sizes import one_run
from experiments.benchmarks.table import best_torch, speed_figure, speed_table, start_table
from ivaegan_jax.types import InputError

SHAPES = [Product(8, 16, 4), Product(4, 8, 16)]


def measured_step(preset="ivae", steps=(20.0, 30.0), seeds=2):
    return {
        "size": "b1", "preset": preset, "seeds": seeds, "steps_per_s": list(steps),
        "products_per_s": [40.0, 40.0], "kernels_per_step": 9,
        "bytes_per_seed": 2**20, "peak_bytes": 2**21,
    }  # fmt: skip


def test_products_are_read_from_a_compiled_program():
    def forward_and_back(a, b):
        out, pull = jax.vjp(lambda b: jnp.tanh(a @ b), b)
        return pull(out)

    a, b = jnp.ones((8, 16)), jnp.ones((16, 4))
    text = jax.jit(forward_and_back).lower(a, b).compile().as_text()
    found = sorted(product.flops for product in products_in(text))
    assert found == [2 * 8 * 16 * 4] * 2  # the product, and its transpose for the factor


def test_kernels_are_the_instructions_that_do_something():
    text = jax.jit(lambda a, b: (jnp.tanh(a @ b), a)).lower(jnp.ones((8, 8)), jnp.ones((8, 8)))
    assert 1 <= kernels_in(text.compile().as_text()) <= 3
    several = jax.jit(lambda a: [jnp.sort(a + i) for i in range(5)]).lower(jnp.ones(8))
    assert kernels_in(several.compile().as_text()) >= 5
    assert kernels_in(jax.jit(lambda a: a).lower(1.0).compile().as_text()) <= 1


def test_the_loop_of_products_does_them_all():
    init, chunk = products_chunk(SHAPES)
    run = jax.tree.map(jnp.asarray, one_run())
    factors, _ = jax.jit(chunk)(run, init(run), (), jnp.int32(3))
    for (a, b), (before, same) in zip(factors, init(run), strict=True):
        assert b.shape == same.shape
        np.testing.assert_array_equal(a[1:], before[1:])
        assert float(a[0, 0]) != float(before[0, 0])


def test_a_ratio_is_taken_of_neighbours():
    assert median_ratio([1.0, 4.0, 9.0], [1.0, 2.0, 3.0]) == 2.0


def test_the_table_sets_the_step_beside_products_and_the_best_loops():
    rates = {("ivae", False): (5.0, 10.0), ("ivae", True): (12.5,), ("ivae_gan", True): (99.0,)}
    torch = [
        {"size": "b1", "preset": preset, "compile": compiled, "steps_per_s": rate}
        for (preset, compiled), found in rates.items()
        for rate in found
    ]
    [record] = speed_table([measured_step()], torch).records
    assert record["speedup"] == 25.0 / 10.0
    assert record["speedup_compiled"] == 25.0 / 12.5
    assert record["share"] == pytest.approx((20 / 40 + 30 / 40) / 2)
    assert record["mib_per_seed"] == 1.0
    assert best_torch([], measured_step(), compiled=False) is None
    assert speed_table([measured_step()], []).records[0]["speedup"] is None


def test_the_start_is_told_with_and_without_a_cache():
    start = {"preset": "ivae", "cached": True, "first_step_s": 1.0, "process_to_first_step_s": 3.0}
    [record] = start_table([start]).records
    assert (record["cached"], record["total"], record["steps"]) == ("warm", 3.0, 1.0)


def test_the_figure_has_a_panel_per_model():
    found = [measured_step(seeds=n) for n in (1, 2)] + [measured_step("ivae_gan")]
    assert len(speed_figure(found, []).axes) == 2


def test_a_part_that_fails_says_why():
    with pytest.raises(InputError, match=r"benchmarks\.ours"):
        measure("ours", {"no_such_flag": 1})


def chosen(**values):
    """The program's flags."""
    values = {"sizes": [], "models": ["ivae", "ivae_gan"], "seeds": "", "repeats": None} | values
    return SimpleNamespace(**{"seconds": None, "quick": False} | values)


@pytest.fixture
def measuring(tmp_path, monkeypatch):
    """`start(**flags)`: the measurements taken, which cost nothing here, and the file."""
    taken, state = [], SimpleNamespace(revision="abc", stops_at=None)

    def measure(program, arguments, processes=1):
        taken.append((program, *(arguments.get(name) for name in ("preset", "size", "seeds"))))
        if len(taken) == state.stops_at:
            raise InputError("stopped")
        found = measured_step(arguments["preset"], seeds=arguments.get("seeds", 1))
        times = {"first_step_s": 1.0, "process_to_first_step_s": 2.0}
        return [{k: v for k, v in found.items() if k not in arguments} | times] * processes

    monkeypatch.setattr(benchmark, "measure", measure)
    monkeypatch.setattr(benchmark, "code_revision", lambda: state.revision)

    def start(**flags):
        taken.clear()
        with contextlib.suppress(InputError):
            benchmark.measured(tmp_path / "b.json", chosen(**flags))
        return [*taken], json.loads((tmp_path / "b.json").read_text())

    return state, start


def test_sizes_models_and_seeds_are_chosen(measuring):
    _, start = measuring
    taken, found = start(sizes=["image"], models=["ivae"], seeds="3,4")
    assert {each[1:3] for each in taken} == {("ivae", None), ("ivae", "image")}
    assert [(each["size"], each["seeds"]) for each in found["ours"]] == [("image", 3), ("image", 4)]
    with pytest.raises(InputError, match="imagee"):
        [*benchmark.planned(chosen(sizes=["imagee"]))]


def test_the_same_command_goes_on_where_it_was(measuring):
    state, start = measuring
    whole, found = start(quick=True)
    state.revision, state.stops_at = "def", 6  # of other code nothing counts; stopped on the way
    first, part = start(quick=True)
    assert len(first) == 6
    assert 0 < len(part["ours"]) < len(found["ours"])
    state.stops_at = None
    rest, again = start(quick=True)
    assert len(whole) <= len(first) + len(rest) <= len(whole) + 2  # the broken one is taken again
    assert again["ours"] == found["ours"]
    assert start(quick=True)[0] == []
    state.revision = "def-dirty"  # nobody knows which code it was
    assert start(quick=True)[0] == whole


@pytest.mark.slow
def test_the_program_measures_everything(run, tmp_path):
    out = tmp_path / "b.json"
    ended = run("benchmark", "--quick", "--seconds=0.1", f"--out={out}")
    assert ended.code in (0, None), ended.err
    found = json.loads(out.read_text())
    assert {line["preset"] for line in found["ours"]} == {"ivae", "ivae_gan"}
    assert found["start"][0]["cached"] is False
    assert out.with_suffix(".md").exists()
    assert out.with_suffix(".png").exists()


def test_a_curve_over_seeds_has_the_share_of_products_and_the_ratio_to_one_loop():
    same = {"size": "b1", "preset": "ivae", "how": "vmap", "precision": "float32"}
    same |= {"graphs": "default", "kernels_per_step": 9, "bytes_per_seed": 2048}
    timed = [
        same | {"seeds": n, "part": part, "per_s": rates, "temporary_bytes": n * 2**20}
        for n, part, rates in (
            (1, "step", [9.0, 10.0, 30.0]),
            (1, "products", [20.0]),
            (8, "step", [40.0]),
        )
    ]
    loops = [{"size": "b1", "preset": "ivae", "steps_per_s": [5.0]}]
    one, eight = curve(timed, loops).records
    assert (one["rate"], one["share"], one["torch"], one["ms"]) == (10.0, 0.5, 2.0, 100.0)
    assert (eight["share"], eight["torch"], eight["ms"], eight["temporary"]) == (
        None,
        8.0,
        200.0,
        1.0,
    )
