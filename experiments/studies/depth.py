"""How deep a mixing is still undone? One to five layers on B1, the models' own depth kept at 3.

Purpose: where recovery ends as the mixing grows harder.
Command: python -m experiments.reproduce --name=depth --out=results/depth
Time: about 3 minutes on 2 CPU cores.
Band: ivae_gan at least .05 above iVAE at three layers, and .9 at one.
"""

from experiments.studies._axis import along, small
from ivaegan_jax.studies import Band, NamedStudy


def get_study() -> NamedStudy:
    """Two models at five depths."""
    arms = along("layers", (1, 2, 3, 4, 5), lambda layers: {"data.layers": layers})
    bands = [
        Band("ivae_gan_layers_3", "mcc", 0.05, minus="ivae_layers_3"),
        Band("ivae_gan_layers_1", "mcc", 0.9),
    ]
    quick = [f"{preset}_layers_{n}" for preset in ("ivae", "ivae_gan") for n in (1, 3, 5)]
    return small(arms, bands, quick)
