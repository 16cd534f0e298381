"""Compilers of chips that are not here: their devices, and what a compiled program says."""

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

H100 = """
gpu_device_info {
  threads_per_block_limit: 1024
  threads_per_warp: 32
  shared_memory_per_block: 49152
  shared_memory_per_core: 233472
  threads_per_core_limit: 2048
  core_count: 132
  fpus_per_core: 128
  block_dim_limit_x: 2147483647
  block_dim_limit_y: 65535
  block_dim_limit_z: 65535
  memory_bandwidth: 3352320000000
  l2_cache_size: 52428800
  clock_rate_ghz: 1.98
  device_memory_size: 84929347584
  shared_memory_per_block_optin: 232448
  cuda_compute_capability { major: 9 }
  registers_per_core_limit: 65536
  registers_per_block_limit: 65536
}
platform_name: "CUDA"
dnn_version_info { major: 9 minor: 8 }
runtime_version { major: 12 minor: 9 patch: 0 }
device_description_str: "NVIDIA H100 80GB HBM3"
"""
"""What the compiler is told of the chip in place of asking it."""

BACKENDS = {"h100": "gpu", "v5e": "tpu"}
COLLECTIVES = ("all-reduce", "all-gather", "all-to-all", "collective-permute", "reduce-scatter")
PRODUCT = r" (?:convolution|dot)\(.*"


def prepare(chip: str, dumps: str) -> None:
    """Sets what the compilers read from the environment; before JAX is imported.

    Args:
      chip: one of `BACKENDS`.
      dumps: folder for the kernels of a GPU.
    """
    os.environ |= {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "-1", "TPU_SKIP_MDS_QUERY": "1"}
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "JAX_ENABLE_COMPILATION_CACHE": "0"}
    if chip == "h100":  # there is no chip to time kernels on
        os.environ["XLA_FLAGS"] = f"--xla_gpu_autotune_level=0 --xla_dump_to={dumps}"


def devices(chip: str, count: int) -> list[Any]:
    """Descriptions of `count` chips; the library then chooses as it would on them."""
    import jax
    from jax.experimental import topologies

    if chip == "h100":
        found = topologies.get_topology_desc(
            platform="cuda", target_config=H100, topology=f"1x1x{count}"
        )
    else:
        found = topologies.get_topology_desc(platform="tpu", topology_name="v5e:2x2")
    jax.default_backend = lambda: BACKENDS[chip]
    return found.devices[:count]


def sizes(program: Any) -> list[str]:
    """MiB on each device: arguments, results that take over none of them, temporaries."""
    stats = program.memory_analysis()
    results = stats.output_size_in_bytes - stats.alias_size_in_bytes
    found = stats.argument_size_in_bytes, results, stats.temp_size_in_bytes
    return [f"{each / 2**20:.2f}" for each in found]


def doubles(text: str) -> int:
    """Arrays of float64 in a compiled program."""
    return len(re.findall(r"\bf64\[", text))


def collectives(text: str) -> str:
    """What devices exchange in a compiled program."""
    counted = {kind: len(re.findall(rf" {kind}(?:-start)?\(", text)) for kind in COLLECTIVES}
    return ", ".join(f"{count} {kind}" for kind, count in counted.items() if count) or "none"


def products(chip: str, text: str, dumps: str) -> str:
    """How a program's matrix products are rounded, by its kernels or its instructions."""
    if chip == "h100":
        kernels = [path.read_text() for path in Path(dumps).glob("*.ptx")]
        rounded = sum("tf32" in kernel for kernel in kernels)
        return f"{rounded} of {len(kernels)} kernels with TF32"
    found = re.findall(PRODUCT, text)
    asked = [re.search(r"operand_precision=\{(\w+)", each) for each in found]
    counted = Counter(each[1] if each else "default" for each in asked)
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counted.items())) + " precision"
