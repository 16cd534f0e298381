"""Settings of JAX and of its compilers that change numbers: what they are here, and differences."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import Any

import jax

SETTINGS: Mapping[str, Any] = {
    "jax_enable_x64": False,
    "jax_default_matmul_precision": "float32",
    "jax_default_prng_impl": "threefry2x32",
    "jax_threefry_partitionable": True,
    "jax_random_seed_offset": 0,
    "jax_numpy_dtype_promotion": "standard",
    "jax_numpy_rank_promotion": "allow",
    "jax_enable_custom_prng": False,
    "jax_legacy_prng_key": "allow",
    "jax_softmax_custom_jvp": False,
    "jax_high_dynamic_range_gumbel": False,
    "jax_disable_jit": False,
    "jax_disable_most_optimizations": False,
    "jax_debug_nans": False,
    "jax_debug_infs": False,
}
"""What programs set, whatever the user's environment says; versions of JAX know more or fewer."""

VARIABLES = ("XLA_FLAGS", "LIBTPU_INIT_ARGS", "NVIDIA_TF32_OVERRIDE")
"""Variables that compilers read; they are recorded, and left as they are."""

HARMLESS = ("--xla_dump", "--xla_force_host_platform_device_count", "--xla_gpu_cuda_data_dir")
"""How flags begin that change no number."""


def set_numerics(matmul_precision: str) -> None:
    """Sets JAX up for all that follows; for programs, before any device is used.

    Args:
      matmul_precision: of products of float32 matrices; `default` takes what is fastest.
    """
    precision = None if matmul_precision == "default" else matmul_precision
    for name, value in {**SETTINGS, "jax_default_matmul_precision": precision}.items():
        if name in jax.config.values:
            jax.config.update(name, value)


@contextlib.contextmanager
def programs_numerics() -> Iterator[None]:
    """Numbers as programs have them, for a while; then JAX is as the user has it again."""
    before = {name: jax.config.values[name] for name in SETTINGS if name in jax.config.values}
    set_numerics("float32")
    try:
        yield
    finally:
        for name, value in before.items():
            jax.config.update(name, value)


def use_cores() -> None:
    """One device per CPU core, as programs have it, unless devices are in use or were chosen."""
    chosen = "xla_force_host_platform_device_count" in os.environ.get("XLA_FLAGS", "")
    if chosen or jax.config.values.get("jax_num_cpu_devices", -1) > 0:
        return
    with contextlib.suppress(RuntimeError):  # JAX has been used already
        jax.config.update("jax_num_cpu_devices", cpu_count())


def cpu_count() -> int:
    """CPU cores that this process may use; all of them where the system does not say."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe_numerics() -> dict[str, str]:
    """All of it as it is now, by name, as text."""
    known = jax.config.values
    found = {name: _text(known[name]) for name in SETTINGS if name in known}
    return found | {name: _flags(os.environ.get(name, "")) for name in VARIABLES}


def changed_numerics(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """What differs of what both have recorded, as `name: before -> now`."""
    shared = [name for name in before if name in now]
    return [
        f"{name}: {before[name] or 'unset'} -> {now[name] or 'unset'}"
        for name in shared
        if before[name] != now[name]
    ]


def _flags(text: str) -> str:
    """Flags in one order, less those that change no number."""
    return " ".join(sorted(flag for flag in text.split() if not flag.startswith(HARMLESS)))


def _text(value: Any) -> str:
    """A setting's value; JAX keeps some as members of an enumeration."""
    return str(getattr(value, "value", "default" if value is None else value))
