"""Faults that a study must survive: one entry each, kept in one file per kind."""

from collections.abc import Mapping

from experiments.soaks import damages, disks, kills, machines, stops
from experiments.soaks._counts import Counts, Fault
from experiments.soaks._study import Soak

__all__ = ["FAULTS", "Counts", "Fault", "Soak"]

FAULTS: Mapping[str, Fault] = {
    "kill -9 at random moments": kills.at_random,
    "kill -9 at writes": kills.at_writes,
    "SIGTERM or SIGUSR1": stops.asked_to_stop,
    "full disk": disks.full_disk,
    "torn training log": damages.torn_log,
    "torn metrics": damages.torn_metrics,
    "damaged checkpoint": damages.damaged_checkpoint,
    "all checkpoints damaged": damages.no_checkpoint,
    "torn compiled program": damages.torn_program,
    "diverged seed": machines.diverged_seed,
    "fewer devices or more": machines.other_devices,
    "two processes": machines.two_processes,
}
"""Every fault by name, in the order of the table."""
