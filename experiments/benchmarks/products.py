"""The matrix products of a training step alone, below which its time cannot fall; its kernels."""

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from experiments.benchmarks.sizes import Size, made_up_data, one_run, trainer_of

SHAPE = re.compile(r"%?(\S+) = f32\[([\d,]*)\]")
DOT = re.compile(
    r"= f32\[([\d,]*)\]\S* dot\(%?([^,\s]+), %?[^)]+\), .*?lhs_contracting_dims=\{([\d,]+)\}"
)
INSTRUCTION = re.compile(r"^ +(?:ROOT )?\S+ = .*? ([a-z][\w-]*)\(", re.MULTILINE)
NO_KERNEL = {"parameter", "constant", "tuple", "get-tuple-element", "bitcast", "after-all"}
"""Instructions that only name what is there already."""


NO_GRAPHS: dict[str, Any] = {"xla_gpu_enable_command_buffer": ""}
"""Kernels of a CUDA graph would count as one."""


class Product(NamedTuple):
    """`[rows, inner] @ [inner, columns]`."""

    rows: int
    inner: int
    columns: int

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        return 2 * math.prod(self)


def compiled_step(preset: str, size: Size, backend: str) -> str:
    """The compiled, optimised step of one seed, as text."""
    trainer, data = trainer_of(preset, size), made_up_data(size)
    with jax.default_device(jax.devices(backend)[0]):
        run = jax.tree.map(jnp.asarray, one_run())
        state = jax.eval_shape(trainer.init, run)
        lowered = jax.jit(trainer.train_step).lower(run, state, data)
        text = lowered.compile(NO_GRAPHS if backend == "gpu" else None).as_text()
    assert text is not None  # every backend of JAX can print what it compiled
    return text


def products_of(preset: str, size: Size) -> list[Product]:
    """All matrix products of a step; a CPU's program names them all, others hide them in calls."""
    return products_in(compiled_step(preset, size, "cpu"))


def kernels_of(preset: str, size: Size) -> int:
    """Kernels that the default backend launches for a step of one seed."""
    return kernels_in(compiled_step(preset, size, jax.default_backend()))


def kernels_in(text: str) -> int:
    """Instructions of a compiled program's entry that do something; a loop counts once."""
    entry = text[text.index("\nENTRY ") :].partition("\n}")[0]
    return sum(kind not in NO_KERNEL for kind in INSTRUCTION.findall(entry))


def products_in(text: str) -> list[Product]:
    """The products in a compiled program's text; a batched one counts once per member."""
    shapes = {name: _numbers(dims) for name, dims in SHAPE.findall(text)}
    found = []
    for result, left, contracted in DOT.findall(text):
        inner = math.prod(shapes[left][axis] for axis in _numbers(contracted))
        rows = math.prod(shapes[left]) // inner
        columns = math.prod(_numbers(result)) // rows
        found.append(Product(rows, inner, columns))
    return found


def products_chunk(products: list[Product]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """`(init, chunk)` of a loop over the products, for `replicate.over_runs`.

    One number of every result goes back into its own factor, so that none can be left out or
    taken out of the loop.
    """

    def init(run: Any) -> list[tuple[jax.Array, jax.Array]]:
        key = jax.random.fold_in(jax.random.key(0), run.seed)
        sizes = [((p.rows, p.inner), (p.inner, p.columns)) for p in products]
        return [(jax.random.normal(key, a), jax.random.normal(key, b)) for a, b in sizes]

    def chunk(run: Any, factors: Any, data: Any, length: jax.Array) -> tuple[Any, Any]:
        del run, data

        def body(_: Any, factors: Any) -> Any:
            return [(_fed(a, a @ b), b) for a, b in factors]

        return jax.lax.fori_loop(0, length, body, factors), ()

    return init, chunk


def _fed(factor: jax.Array, result: jax.Array) -> jax.Array:
    return factor.at[0, 0].set(1e-6 * result[0, 0])


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",") if number]
