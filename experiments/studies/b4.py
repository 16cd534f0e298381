"""B4: 20 segments of 1,000 rows, means and scales that move with u, four leaky layers.

Purpose: the models of study b1 on a deeper mixing with fewer segments.
Command: python -m experiments.reproduce --name=b4 --out=results/b4
Time: about 13 minutes on 2 CPU cores.
Band: MCC of both adversarial models at least .05 above iVAE's.
"""

from experiments._named import NamedStudy
from experiments.studies._benchmark import benchmark, compared, gains

SHARED = {"data.per_segment": 1000}
TUNED = {}


def get_study() -> NamedStudy:
    """Eight models on unseen data seeds."""
    return benchmark(compared("b4", SHARED, TUNED), gains(0.05))
