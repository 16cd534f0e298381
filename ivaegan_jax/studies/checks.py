"""What a model cannot be trained with, said before anything is written."""

from ivaegan_jax.models import PLAYERS, Dims, weighed_as
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.jobs import Job
from ivaegan_jax.studies.labels import parse
from ivaegan_jax.types import InputError

RATES = ("_rate", "_beta1", "_final_rate")
WEIGHTS = ("_weight", "_ramp")


def check_packing(config: Config, continuous_u: bool) -> None:
    """Raises InputError where rows of one u cannot be packed."""
    packing, batch = config.model.packing, config.train.batch
    if packing > 1 and continuous_u:
        raise InputError("config.model.packing needs a discrete u; leave it at 1")
    if batch % packing:
        raise InputError(f"config.train.batch={batch} must be a multiple of packing={packing}")


def check_batches(label: str, config: Config, dims: Dims) -> None:
    """Raises InputError where a label's batches do not fit the rows, or cannot be packed."""
    if config.train.batch > dims.rows:
        raise InputError(
            f"{label}: a batch of {config.train.batch} rows does not fit {dims.rows} training rows"
        )
    check_packing(config, dims.continuous_u)


def check_density(job: Job, dims: Dims) -> None:
    """Raises InputError where the encoder cannot be a change of variables."""
    if "density" in job.game.terms and dims.dim_z > dims.dim_x:
        raise InputError(
            f"{job.label} trains the density of x, which takes no more latents than there are "
            f"observations: config.model.dim_z={dims.dim_z} is above {dims.dim_x}"
        )


def check_effect(job: Job) -> None:
    """Raises InputError for a weight or rate in a label whose model has no such term or player."""
    terms = {weighed_as(term) for term in job.game.terms}
    for name, _ in parse(job.label).settings:
        term = next((name.removesuffix(end) for end in WEIGHTS if name.endswith(end)), None)
        player = next((p for p in PLAYERS if name in {p + end for end in RATES}), None)
        if (term and term not in terms) or (player and player not in job.game.players):
            missing = f"no player {player!r}" if player else f"no term {term!r}"
            raise InputError(f"{job.label}: {name} changes nothing, this model has {missing}")
