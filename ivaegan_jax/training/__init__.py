"""One step, one loop, many runs and devices, checkpoints.

Belongs here: how parameters change, and what that takes of a machine. Does not: which runs there
are, or what their results are worth.
"""

from ivaegan_jax.training.ahead import Ahead, in_sight, threads_ahead
from ivaegan_jax.training.calls import Call
from ivaegan_jax.training.checkpoint import Checkpoints
from ivaegan_jax.training.config import PACE, TrainConfig
from ivaegan_jax.training.devices import (
    default_how,
    make_seeds_mesh,
    over_runs,
    pad_runs,
    shard_runs,
    share,
    take_runs,
)
from ivaegan_jax.training.feed import Feed, InBlocks
from ivaegan_jax.training.limits import free_bytes, used_bytes
from ivaegan_jax.training.loop import NEVER, Schedule, train_runs
from ivaegan_jax.training.memory import (
    COMPILER,
    COPIES,
    SHARE,
    Footprint,
    available_bytes,
    check_fits,
    choose_at_once,
    footprint,
    tree_bytes,
)
from ivaegan_jax.training.numerics import (
    changed_numerics,
    cpu_count,
    describe_numerics,
    programs_numerics,
    set_numerics,
    use_cores,
)
from ivaegan_jax.training.processes import FAILED, PartedError, barrier, fingerprint, leads, led
from ivaegan_jax.training.programs import (
    KEPT,
    compile_chunk,
    compile_start,
    give_up_programs,
    over_chunks,
    shapes_of_states,
    start_runs,
)
from ivaegan_jax.training.seals import SEAL, is_whole, seal, sealed_bond
from ivaegan_jax.training.starts import Chunk, Starts
from ivaegan_jax.training.state import TrainState
from ivaegan_jax.training.trainer import MOST_ONE_HOT, Run, Trainer, as_batch, make_trainer

__all__ = [
    "COMPILER",
    "COPIES",
    "FAILED",
    "KEPT",
    "MOST_ONE_HOT",
    "NEVER",
    "PACE",
    "SEAL",
    "SHARE",
    "Ahead",
    "Call",
    "Checkpoints",
    "Chunk",
    "Feed",
    "Footprint",
    "InBlocks",
    "PartedError",
    "Run",
    "Schedule",
    "Starts",
    "TrainConfig",
    "TrainState",
    "Trainer",
    "as_batch",
    "available_bytes",
    "barrier",
    "changed_numerics",
    "check_fits",
    "choose_at_once",
    "compile_chunk",
    "compile_start",
    "cpu_count",
    "default_how",
    "describe_numerics",
    "fingerprint",
    "footprint",
    "free_bytes",
    "give_up_programs",
    "in_sight",
    "is_whole",
    "leads",
    "led",
    "make_seeds_mesh",
    "make_trainer",
    "over_chunks",
    "over_runs",
    "pad_runs",
    "programs_numerics",
    "seal",
    "sealed_bond",
    "set_numerics",
    "shapes_of_states",
    "shard_runs",
    "share",
    "start_runs",
    "take_runs",
    "threads_ahead",
    "train_runs",
    "tree_bytes",
    "use_cores",
    "used_bytes",
]
