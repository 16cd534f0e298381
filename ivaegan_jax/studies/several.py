"""What an experiment is run as: a study of one table, or of several that share a prior."""

import jax

from ivaegan_jax.studies.experiment import Experiment, validate
from ivaegan_jax.studies.running import Running
from ivaegan_jax.studies.sessions import Sessions
from ivaegan_jax.studies.sources import load_raw, tables_of
from ivaegan_jax.studies.study import Study
from ivaegan_jax.types import InputError


def study_of(experiment: Experiment, batch_devices: int = 1, controls: bool = False) -> Running:
    """Loads and checks everything; writes nothing.

    Args:
      experiment: whose data are a data set, a file, or several files with commas between them:
        then each is a session, see `Sessions`.
      batch_devices: devices that every batch is split over.
      controls: as `Study` takes it.

    Raises:
      InputError: for settings or data that cannot work.
    """
    names = tables_of(experiment.data)
    if len(names) == 1:
        return Study(experiment, batch_devices, controls)
    validate(experiment)
    if batch_devices > 1 or jax.process_count() > 1:
        raise InputError("sessions are trained by one process, each batch on one device; give one "
                         "table, or leave out --distributed and --batch_devices")  # fmt: skip
    tables = [load_raw(experiment._replace(data=name), 1) for name in names]
    for name, table in zip(names, tables, strict=True):
        if table.whole:
            raise InputError(
                f"{name} would be read in blocks, which sessions are not; give it alone, or fewer "
                "of its rows with --rows"
            )
    return Sessions(experiment, tables, controls)
