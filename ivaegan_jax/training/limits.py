"""What this process may still take on this machine: memory by kernel, control groups and limits."""

import resource
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import psutil

NO_LIMIT = 2**60
"""From here on a control group's number means that there is no limit."""

CACHE = ("active_file", "inactive_file")
"""Entries of `memory.stat` that count as used and are given back on demand: pages of files."""


def free_bytes(root: Path = Path("/")) -> int:
    """The least of what the machine, every control group around this process and RLIMIT_AS leave.

    Args:
      root: where `proc` and `sys` lie, by which Linux shows control groups.
    """
    machine = psutil.virtual_memory().available  # pages of files that it would drop included
    return max(0, min([machine, *_control_groups(root), *_address_space()]))


def used_bytes(root: Path = Path("/")) -> tuple[int, int]:
    """Resident memory of this process, now and at its peak.

    Args:
      root: where `proc` lies; without it the peak is that of its parent before, if that is more.
    """
    now, peak = psutil.Process().memory_info().rss, _entries(root / "proc/self/status", ":")
    if "VmHWM" in peak:
        return now, max(now, peak["VmHWM"] * 1024)
    unit = 1 if sys.platform == "darwin" else 1024
    return now, max(now, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


def share_of_mappings(root: Path = Path("/")) -> float:
    """Of the memory mappings that the kernel allows a process, the share that it has; 0 if unknown.

    Args:
      root: where `proc` lies.
    """
    return sum(1 for _ in _lines(root / "proc/self/maps")) / _number(
        root / "proc/sys/vm/max_map_count"
    )


def _control_groups(root: Path) -> Iterator[int]:
    """What each group around this process leaves, versions 1 and 2, from the inside outwards."""
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            mount, limits, used = "", ("memory.max", "memory.high"), "memory.current"
        elif "memory" in controllers.split(","):
            mount, limits, used = "memory", ("memory.limit_in_bytes",), "memory.usage_in_bytes"
        else:
            continue
        top = root / "sys/fs/cgroup" / mount
        for group in _up_to(top, path):
            limit = min((_number(group / name) for name in limits), default=NO_LIMIT)
            if limit < NO_LIMIT:
                stat = _entries(group / "memory.stat", " ")
                cached = sum(stat.get(f"total_{n}", stat.get(n, 0)) for n in CACHE)
                yield limit - max(0, _number(group / used, 0) - cached)


def _up_to(top: Path, path: str) -> Iterator[Path]:
    """A group's folder and those around it, as far as they can be seen from here.

    A container may be given the path that its host knows, and see itself at the top.
    """
    inner = PurePosixPath(path.lstrip("/"))
    for each in (inner, *inner.parents):
        if ".." not in each.parts and (top / each).is_dir():
            yield top / each


def _address_space() -> Iterator[int]:
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY:
        yield limit - psutil.Process().memory_info().vms


def _number(path: Path, missing: int = NO_LIMIT) -> int:
    lines = list(_lines(path))
    return int(lines[0]) if lines and lines[0].isdecimal() else missing  # or `max`


def _entries(path: Path, separator: str) -> dict[str, int]:
    """Lines such as `MemFree:  5 kB` or `inactive_file 7`, those with a number."""
    pairs = (line.partition(separator)[::2] for line in _lines(path))
    words = ((name.strip(), value.split()) for name, value in pairs)
    return {name: int(value[0]) for name, value in words if value and value[0].isdecimal()}


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:  # not Linux, or not shown to this process
        return []
