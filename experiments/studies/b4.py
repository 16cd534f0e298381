"""B4: 20 segments of 1,000 rows, means and scales that move with u, four leaky layers.

Purpose: the models of study b1 on a deeper mixing with fewer segments.
Command: python -m experiments.reproduce --name=b4 --out=results/b4
Time: about 7 minutes on 2 CPU cores.
Band: mean MCC of ivae_gan at least .93; both adversarial models at least .05 above iVAE.
"""

from experiments._named import NamedStudy
from experiments.studies._benchmark import LONG, benchmark, compared, gains

SETTINGS = {"data.per_segment": 1000}


def get_study() -> NamedStudy:
    """The models on unseen data seeds."""
    return benchmark(compared("b4", SETTINGS), gains(0.05, floor=0.93), LONG)
