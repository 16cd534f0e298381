"""What a trained model's own folder says of it."""

from collections.abc import Sequence

from ivaegan_jax.data import Prepared, described
from ivaegan_jax.evaluation import Chosen
from ivaegan_jax.models import Dims
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.jobs import Job
from ivaegan_jax.studies.pieces import used_pieces
from ivaegan_jax.studies.saved import Description


def describe(
    experiment: Experiment, data: Prepared, dims: Dims, job: Job, chosen: Sequence[Chosen]
) -> Description:
    """All that is needed to open a model without its study.

    Args:
      experiment: what was to be done.
      data: of the study.
      dims: sizes.
      job: the model.
      chosen: the run to use of every data seed.
    """
    e = experiment
    return Description(
        label=job.label,
        structure=job.config,
        hyperparameters=job.own.hyperparameters,
        sizes=dims,
        data=e.data,
        data_config=e.config.data,
        data_sha256=data.sha256,
        split=data.split.split,
        data_seeds=tuple(e.data_seeds),
        seeds=tuple(e.seeds),
        chosen=tuple(chosen),
        steps=e.steps,
        pieces=used_pieces(e.data, [job]),
        columns=data.preprocessing[0].columns,
        u_columns=tuple(map(described, data.preprocessing[0].u_kinds)),
    )
