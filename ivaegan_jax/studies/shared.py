"""Jobs of several studies as one that trains them together, and each study's states of it."""

from collections.abc import Sequence
from functools import lru_cache

from ivaegan_jax.models import Model, of_session, share_prior
from ivaegan_jax.studies.jobs import Job, Structure
from ivaegan_jax.studies.study import Study
from ivaegan_jax.training import Trainer, TrainState


def shared_jobs(studies: Sequence[Study]) -> list[Job]:
    """The jobs of studies of the same labels, each with one model and one trainer for all."""
    found = []
    for own in zip(*(study.jobs for study in studies), strict=True):
        first, models = own[0], tuple(job.model for job in own)
        model, trainer = _functions(models, first.structure, studies[0].dims.dim_u)
        found.append(first._replace(model=model, trainer=trainer))
    return found


@lru_cache(maxsize=8)
def _functions(
    models: tuple[Model, ...], structure: Structure, dim_u: int
) -> tuple[Model, Trainer]:
    model = share_prior(models)
    return model, structure.trainer(model, dim_u)


def states_of_session(states: TrainState, session: int) -> TrainState:
    """What of trained states is one session's, counted from 0; optimisers are left out."""
    params, ema = (of_session(each, session) for each in (states.params, states.ema))
    return states.replace(params=params, ema=ema, opt_state={})
