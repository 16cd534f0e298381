"""B4: 20 segments of 1,000 rows, means and scales that move with u, four leaky layers.

Purpose: the models of study b1 on a deeper mixing with fewer segments, with the default nets. The
arm `leaky` has nets of the mixing's kind, `xtanh` those of the mixings of B1 and B2; `tcl` has
leaky nets.
Command: python -m experiments.reproduce --name=b4 --out=results/b4
Time: about 20 minutes on 2 CPU cores.
Band: mean MCC of ivae_gan and of igan at least .93; both at least .05 above iVAE.
"""

from experiments.studies._benchmark import (
    CEILING,
    LEAKY,
    ONE,
    SHORT,
    UNSEEN,
    XTANH,
    benchmark,
    compared,
    gains,
)
from ivaegan_jax.studies import Arm, NamedStudy

SETTINGS = {"data.per_segment": 1000}


def get_study() -> NamedStudy:
    """The models on unseen data seeds, `ivae_gan` also with nets of one kind."""
    arms = compared("b4", SETTINGS, ("ivae", CEILING))
    arms += [Arm("tcl", "b4", "tcl", SETTINGS | LEAKY, seeds=ONE)]
    arms += [
        Arm(name, "b4", "ivae_gan", SETTINGS | nets, seeds=ONE, data_seeds=UNSEEN[:6])
        for name, nets in {"leaky": LEAKY, "xtanh": XTANH}.items()
    ]
    return benchmark(arms, gains(0.05, least=0.93), SHORT)
