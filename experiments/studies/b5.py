"""B5, CI-iVAE's benchmark: two sources on a curve, seen in 100 noisy columns; u is continuous.

Purpose: what noise of many times the signal does, beside its ceilings `bayes` and `bayes_u`; ivae
sees u. Both sources have one variance at every u, so that nothing settles their axes: compare R².
The decoder's variance is learned and the bound has its full weight.
Command: python -m experiments.reproduce --name=b5 --out=results/b5
Time: about 12 minutes on 2 CPU cores, by the speed of trials.
Band: none but that igan, which has no likelihood, stays within .1 of iVAE on the sine.
"""

from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

CURVES = ("sine", "quadratic", "two_circles")
PRESETS = ("ivae", "ci_ivae", "ivae_gan", "igan")
NOISY = {
    "model.decoder_variance": "learned",
    "hyperparameters.nll_weight": 1.0,
    "hyperparameters.kl_weight": 1.0,
    "hyperparameters.vae_rate": 0.003,
}


def get_study() -> NamedStudy:
    """Arms such as `sine_ivae`."""
    arms = [Arm(f"{c}_{p}", f"b5_{c}", p, NOISY) for c in CURVES for p in PRESETS]
    bands = [Band("sine_igan", "mcc", -0.1, minus="sine_ivae")]
    quick = Quick(("sine_ivae", "sine_ci_ivae", "two_circles_ivae"), steps=200)
    return NamedStudy(arms, range(6, 9), [1], 5_000, bands, quick)
