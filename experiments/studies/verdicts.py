"""Do verdicts without the truth separate what is identified from what is not?

Purpose: how often a verdict is right where the answer is known: B1 and B2 with enough values of u
and of rows; and what no method can identify, or this model not: a shuffled u, too few values of u
for means and variances, a prior of means alone, sources whose means alone follow u (B2 with
constant variances), the plain prior of a VAE-GAN, and B2 stopped after a fifth of the steps.
Command: python -m experiments.reproduce --name=verdicts --out=results/verdicts
Time: about 15 minutes on 2 CPU cores.
Band: on B1 and B2 at least .9 of the runs usable, and elsewhere at most .1; sources whose
means alone follow u, and B2 unfinished, are left to the agreement of runs, at most .9.
"""

from experiments.studies._axis import DATA_SEEDS, STEPS
from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

SEEDS = (1, 2, 3)
FEW = {"data.segments": 6, "data.per_segment": 6000}
MEANS = {"data.modulation": "mean"}
NOT = ("b1_shuffled_u", "b1_segments_6", "b1_mean_prior", "b1_vae_gan")


def get_study() -> NamedStudy:
    """Three arms that are identified, and six that are not."""
    arms = [
        Arm("b1", "b1", "ivae_gan"),
        Arm("b1_igan", "b1", "igan"),
        Arm("b2", "b2", "ivae_gan", steps=5 * STEPS),
        Arm("b1_shuffled_u", "b1", "ivae_gan+shuffled_u"),
        Arm("b1_segments_6", "b1", "ivae_gan", FEW),
        Arm("b1_mean_prior", "b1", "ivae_gan", {"model.modulation": "mean"}),
        Arm("b1_vae_gan", "b1", "vae_gan"),
        Arm("b2_means", "b2", "ivae_gan", MEANS),
        Arm("b2_unfinished", "b2", "ivae_gan"),
    ]
    bands = [
        *(Band(name, "verdict", 0.9) for name in ("b1", "b1_igan", "b2")),
        *(Band(name, "verdict", 0.0, 0.1) for name in NOT),
        *(Band(name, "agreement_mcc", 0.0, 0.9) for name in ("b2_means", "b2_unfinished")),
    ]
    quick = Quick(("b1", *NOT, "b2_means"), steps=100, seeds=SEEDS)
    return NamedStudy(arms, DATA_SEEDS, SEEDS, STEPS, bands, quick)
