"""Ten sources: B1's recipe with 60 segments of 500 rows and two layers.

Purpose: the models of study b1 where a random rotation of the truth scores below .6. Batches of
256 rows and two critic rounds, in all arms: with 64 and one, igan stays at .90.
Command: python -m experiments.reproduce --name=ten_sources --out=results/ten_sources
Time: about 50 minutes on 2 CPU cores.
Band: mean MCC of ivae_gan and of igan at least .96; both at least .05 above iVAE.
"""

from experiments._named import NamedStudy
from experiments.studies._benchmark import BASELINES, CEILING, SHORT, benchmark, compared, gains

SETTINGS = {"data.dim": 10, "data.segments": 60, "data.per_segment": 500, "data.layers": 2}
LARGER = {"train.batch": 256, "train.critic_rounds": 2}


def get_study() -> NamedStudy:
    """The models on unseen data seeds."""
    arms = compared("b1", SETTINGS | LARGER, (*BASELINES, CEILING))
    return benchmark(arms, gains(0.05, floor=0.96), SHORT)
