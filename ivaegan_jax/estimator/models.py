"""One class for each row of the table of models, and reading what any of them saved."""

from functools import cache
from pathlib import Path

from ivaegan_jax.estimator.base import Estimator
from ivaegan_jax.estimator.record import read_record
from ivaegan_jax.estimator.wording import class_name
from ivaegan_jax.files import making_sense_of
from ivaegan_jax.models import PRESETS
from ivaegan_jax.types import InputError


@cache
def estimator_of(preset: str) -> type[Estimator]:
    """The class of a row of the table of models, one that was registered among them.

    Raises:
      InputError: for a row that there is not.
    """
    if preset not in PRESETS:
        raise InputError(f"unknown model {preset!r}; there are {', '.join(PRESETS)}")
    name = class_name(preset)
    doc = f"The model `{preset}`.\n\n    {Estimator.__doc__}"
    return type(name, (Estimator,), {"preset": preset, "__doc__": doc, "__module__": __name__})


VAE = estimator_of("vae")
IVAE = estimator_of("ivae")
GAN = estimator_of("gan")
BIGAN = estimator_of("bigan")
VAEGAN = estimator_of("vae_gan")
IVAEGAN = estimator_of("ivae_gan")
IGAN = estimator_of("igan")
CIIVAE = estimator_of("ci_ivae")
IFLOW = estimator_of("iflow")
TCL = estimator_of("tcl")
SUPERVISED = estimator_of("supervised")
IBIGAN = estimator_of("ibigan")


def load(path: str | Path) -> Estimator:
    """What `save` of any of them wrote.

    Args:
      path: the file.

    Returns:
      A fitted estimator of the class that wrote it.

    Raises:
      InputError: where the file is none, or damaged, or of a later version.
    """
    path = Path(path).expanduser()
    record = read_record(path)
    with making_sense_of(path):
        made = estimator_of(record.about["preset"])(**record.about["parameters"])
        made._take(record)
    return made
