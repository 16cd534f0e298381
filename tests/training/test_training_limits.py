"""What a process may take: the least of machine, control groups and its own limit."""

import resource
from types import SimpleNamespace

import pytest

from ivaegan_jax.training import limits
from ivaegan_jax.training.limits import free_bytes, share_of_mappings, used_bytes

MIB = 2**20


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """`machine(cgroup, files)`: a root with these control groups; 1,000 MiB are available."""
    available = SimpleNamespace(available=1000 * MIB)
    monkeypatch.setattr(limits.psutil, "virtual_memory", lambda: available)

    def make(cgroup, files):
        texts = {"proc/self/cgroup": cgroup}
        texts |= {f"sys/fs/cgroup/{name}": f"{text}\n" for name, text in files.items()}
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return make


@pytest.mark.parametrize(
    ("cgroup", "files", "mib"),
    [
        ("", {}, 1000),
        ("0::/\n", {"memory.max": "max", "memory.current": 5}, 1000),
        ("0::/\n", {"memory.max": 300 * MIB, "memory.current": 100 * MIB}, 200),
        ("0::/\n", {"memory.max": 300 * MIB, "memory.high": 250 * MIB}, 250),
        ("0::/\n", {"memory.max": 300 * MIB, "memory.current": 280 * MIB, "memory.stat":
                    f"anon 9\ninactive_file {60 * MIB}\nactive_file {20 * MIB}"}, 100),
        ("0::/job/step\n", {"job/memory.max": 400 * MIB, "job/memory.current": 100 * MIB,
                            "job/step/memory.max": "max"}, 300),
        ("0::/job/step\n", {"job/memory.max": 400 * MIB, "job/step/memory.max": 90 * MIB}, 90),
        ("0::/known/to/the/host\n", {"memory.max": 70 * MIB}, 70),
        ("0::/../other\n", {"memory.max": 70 * MIB}, 70),
        ("4:memory:/slurm/job\n9:cpu:/\n", {
            "memory/slurm/memory.limit_in_bytes": 600 * MIB,
            "memory/slurm/job/memory.limit_in_bytes": 2**63 - 4096,
            "memory/slurm/memory.usage_in_bytes": 200 * MIB,
            "memory/slurm/memory.stat": f"inactive_file 0\ntotal_inactive_file {50 * MIB}"}, 450),
        ("0::/\n", {"memory.max": 5 * MIB, "memory.current": 9 * MIB}, 0),
    ],
    ids=["no groups", "no limit", "limit", "high", "cache", "outer", "inner", "container",
         "outside", "version 1", "over the limit"],
)  # fmt: skip
def test_the_least_of_all_limits_counts(machine, cgroup, files, mib):
    assert free_bytes(machine(cgroup, files)) == mib * MIB


def test_a_limit_of_addresses_counts(machine, monkeypatch):
    taken = limits.psutil.Process().memory_info().vms
    monkeypatch.setattr(limits.resource, "getrlimit", lambda _: (taken + 30 * MIB, -1))
    assert 0 < free_bytes(machine("", {})) < 60 * MIB
    monkeypatch.setattr(limits.resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, -1))
    assert free_bytes(machine("", {})) == 1000 * MIB


def test_without_proc_the_machine_itself_counts(tmp_path):
    assert free_bytes(tmp_path) > MIB
    assert used_bytes(tmp_path)[0] > MIB


def test_this_process_uses_memory_and_its_peak_is_no_less():
    now, peak = used_bytes()
    assert MIB < now <= peak


def test_mappings_are_a_share_of_what_the_kernel_allows(tmp_path):
    assert share_of_mappings(tmp_path) == 0
    for name, text in (("self/maps", "7f00 r-xp\n" * 30), ("sys/vm/max_map_count", "120\n")):
        path = tmp_path / "proc" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    assert share_of_mappings(tmp_path) == 0.25
    assert 0 <= share_of_mappings() < 1
