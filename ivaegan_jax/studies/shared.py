"""Jobs of several studies as one that trains them together, and each study's states of it."""

from collections.abc import Sequence

from ivaegan_jax.models import of_session, share_prior
from ivaegan_jax.studies.jobs import Job
from ivaegan_jax.studies.study import Study
from ivaegan_jax.training import TrainState, make_trainer


def shared_jobs(studies: Sequence[Study]) -> list[Job]:
    """The jobs of studies of the same labels, each with one model and one trainer for all."""
    made: dict[int, Job] = {}
    found = []
    for own in zip(*(study.jobs for study in studies), strict=True):
        first, key = own[0], id(own[0].trainer)
        if key not in made:
            model, train = share_prior([job.model for job in own]), first.own.train
            trainer = make_trainer(
                model, first.game, train.batch, studies[0].dims.dim_u,
                packing=first.config.packing, ema=train.ema,
            )  # fmt: skip
            made[key] = first._replace(model=model, trainer=trainer)
        shared = made[key]
        found.append(first._replace(model=shared.model, trainer=shared.trainer))
    return found


def states_of_session(states: TrainState, session: int) -> TrainState:
    """What of trained states is one session's, counted from 0; optimisers are left out."""
    params, ema = (of_session(each, session) for each in (states.params, states.ema))
    return states.replace(params=params, ema=ema, opt_state={})
