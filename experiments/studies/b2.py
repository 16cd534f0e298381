"""B2, iFlow's benchmark: means that move with u, and a fresh matrix in every layer.

Purpose: the models of study b1 where the label alone already tells much (its baseline is in the
table): the score within segments says what is recovered beyond it.
igan_larger is igan with larger batches, a second critic round, and 30,000 steps.
Command: python -m experiments.reproduce --name=b2 --out=results/b2
Time: about an hour on 2 CPU cores.
Band: mean MCC of ivae_gan and of igan_larger at least .97, within segments at least .93; ivae_gan
and igan at least .2 above iVAE.
"""

from experiments.studies._benchmark import (
    BASELINES,
    CEILING,
    LONG,
    STEPS,
    benchmark,
    compared,
    gains,
    larger,
    rivals,
)
from ivaegan_jax.studies import Band, NamedStudy


def get_study() -> NamedStudy:
    """The models on unseen data seeds."""
    arms = [*compared("b2", {}, (*BASELINES, CEILING)), *rivals("b2"), larger("b2", {}, STEPS)]
    reach = {"mcc": 0.97, "mcc_within": 0.93}
    tuned = [Band(arm, m, low) for arm in ("ivae_gan", "igan_larger") for m, low in reach.items()]
    return benchmark(arms, [*gains(0.2), *tuned], LONG)
