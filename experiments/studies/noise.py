"""How much observation noise is borne? Up to half a column's standard deviation on B1.

Purpose: the theorem allows noise on x; these decoders have a small fixed variance.
Command: python -m experiments.reproduce --name=noise --out=results/noise
Time: about 3 minutes on 2 CPU cores.
Band: ivae_gan without noise at least .05 above itself at .5, and above iVAE.
"""

from experiments.studies._axis import along, small
from ivaegan_jax.studies import Band, NamedStudy


def get_study() -> NamedStudy:
    """Two models at five levels of noise."""
    arms = along("noise", (0, 0.05, 0.1, 0.2, 0.5), lambda noise: {"data.noise": noise})
    bands = [
        Band("ivae_gan_noise_0", "mcc", 0.05, minus="ivae_gan_noise_0.5"),
        Band("ivae_gan_noise_0", "mcc", 0.05, minus="ivae_noise_0"),
    ]
    quick = [f"{preset}_noise_{n}" for preset in ("ivae", "ivae_gan") for n in ("0", "0.1", "0.5")]
    return small(arms, bands, quick)
