"""Do sources have to be Gaussian? Laplace, hyperbolic secant and uniform sources under B1's recipe.

Purpose: the law of the sources is not known; by default the tails of the prior are
learned. `_gaussian_prior` and `_laplace_prior` are the same model with one law alone.
Command: python -m experiments.reproduce --name=laws --out=results/laws
Time: about 2 hours on 2 CPU cores, by the speed of other studies.
Band: ivae_gan within .01 of supervised for every law, without noise.
"""

from experiments.studies._observed import at, observed, short_of
from ivaegan_jax.studies import NamedStudy

SOURCES = ("gaussian", "laplace", "hypsec", "uniform")


def get_study() -> NamedStudy:
    """Every law under three priors, and with noise in 16 columns."""
    arms = []
    for source in SOURCES:
        arms += at(source, "laws", {"data.source": source})
        for law in ("gaussian", "laplace"):
            other = {"data.source": source, "model.prior_family": law}
            arms += at(f"{source}_{law}_prior", "laws", other, presets=["ivae_gan"], ceilings=())
        noisy = {"data.source": source, "data.columns": 16, "data.noise": 0.3}
        arms += at(f"{source}_noisy", "laws", noisy, presets=["ivae_gan"])
    bands = [short_of(0.01, source) for source in SOURCES]
    quick = ["ivae_gan_laplace", "ivae_gan_laplace_laplace_prior", "supervised_laplace",
             "ivae_gan_uniform", "ivae_gan_laplace_noisy"]  # fmt: skip
    return observed(arms, bands, quick)
