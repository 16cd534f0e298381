"""What the studies of several sessions have in common: what one of them needs, all of them take."""

import dataclasses
from collections.abc import Sequence

from ivaegan_jax.models import OF_COLUMNS
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.latents import with_latents
from ivaegan_jax.types import InputError


def agreed_experiment(each: Sequence[Experiment], latents: Sequence[int]) -> Experiment:
    """The experiment with one number of latents, one law of x and the same labels for all.

    The number is the smallest of any session, and the labels are those of the session with the
    most controls.

    Args:
      each: what is to be done in each session.
      latents: how many each takes.

    Raises:
      InputError: where some sessions hold counts and others do not.
    """
    models = [e.config.model for e in each]
    laws, noises = {m.likelihood for m in models}, {m.noise for m in models}
    if len(laws) > 1:
        held = ", ".join(f"{m.likelihood} in session {i}" for i, m in enumerate(models, start=1))
        raise InputError(
            f"x takes other likelihoods in some sessions ({held}); name one for all with "
            "--config.model.likelihood=gaussian"
        )
    [law] = laws
    noise = noises.pop() if len(noises) == 1 else "column"
    most = max(each, key=lambda e: len(e.presets))
    agreed = with_latents(most, min(latents))
    nets = {m.activation for m in models}
    activation = nets.pop() if len(nets) == 1 else OF_COLUMNS
    families = {m.prior_family for m in models}
    family = families.pop() if len(families) == 1 else ""
    model = dataclasses.replace(
        agreed.config.model,
        likelihood=law,
        noise=noise,
        activation=activation,
        prior_family=family,
    )
    forms = {(e.config.data.whiten, e.config.data.codes) for e in each}
    whiten, codes = forms.pop() if len(forms) == 1 else ("no", 0)
    data = dataclasses.replace(agreed.config.data, whiten=whiten, codes=codes)
    return agreed._replace(config=dataclasses.replace(agreed.config, model=model, data=data))
