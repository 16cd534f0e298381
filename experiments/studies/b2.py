"""B2, iFlow's benchmark: means that move with u, and a fresh matrix in every layer.

Purpose: the models of study b1 where the label alone already tells much (its floor is in the
table): the score within segments says what is recovered beyond it.
Command: python -m experiments.reproduce --name=b2 --out=results/b2
Time: about 13 minutes on 2 CPU cores.
Band: MCC of both adversarial models at least .05 above iVAE's; within segments above .7.
"""

from experiments._named import NamedStudy
from experiments.studies._benchmark import IDENTIFIABLE, benchmark, compared, gains
from ivaegan_jax.report import Band

TUNED = {}


def get_study() -> NamedStudy:
    """Eight models on unseen data seeds."""
    within = [Band(preset, "mcc_within", 0.7) for preset in IDENTIFIABLE]
    return benchmark(compared("b2", {}, TUNED), [*gains(0.05), *within])
