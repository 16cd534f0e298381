"""Ten sources: B1's recipe with 60 segments of 500 rows and two layers.

Purpose: the models of study b1 where a random rotation of the truth scores below .6; and whether
igan, which stays behind, is helped by larger batches and a second critic round (igan_larger).
Command: python -m experiments.reproduce --name=ten_sources --out=results/ten_sources
Time: about 40 minutes on 2 CPU cores.
Band: mean MCC of ivae_gan and of igan_larger at least .96; ivae_gan and igan at least .05 above
iVAE.
"""

from experiments.studies._benchmark import (
    BASELINES,
    CEILING,
    SHORT,
    benchmark,
    compared,
    gains,
    larger,
)
from ivaegan_jax.studies import Band, NamedStudy

SETTINGS = {"data.dim": 10, "data.segments": 60, "data.per_segment": 500, "data.layers": 2}


def get_study() -> NamedStudy:
    """The models on unseen data seeds."""
    arms = compared("b1", SETTINGS, (*BASELINES, CEILING))
    bands = [*gains(0.05), *(Band(name, "mcc", 0.96) for name in ("ivae_gan", "igan_larger"))]
    return benchmark([*arms, larger("b1", SETTINGS)], bands, SHORT)
