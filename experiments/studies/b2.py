"""B2, iFlow's benchmark: means that move with u, and a fresh matrix in every layer.

Purpose: the models of study b1 where the label alone already tells much (its floor is in the
table): the score within segments says what is recovered beyond it.
Command: python -m experiments.reproduce --name=b2 --out=results/b2
Time: about 30 minutes on 2 CPU cores.
Band: mean MCC of ivae_gan and of igan at least .97, within segments at least .93; both at least .2
above iVAE.
"""

from experiments._named import NamedStudy
from experiments.studies._benchmark import (
    BASELINES,
    CEILING,
    IDENTIFIABLE,
    LONG,
    benchmark,
    compared,
    gains,
    rivals,
)
from ivaegan_jax.report import Band


def get_study() -> NamedStudy:
    """The models on unseen data seeds."""
    arms = [*compared("b2", {}, (*BASELINES, CEILING)), *rivals("b2")]
    within = [Band(preset, "mcc_within", 0.93) for preset in IDENTIFIABLE]
    return benchmark(arms, [*gains(0.2, floor=0.97), *within], LONG)
