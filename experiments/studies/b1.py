"""B1, the data set of iVAE's reference code: do the adversarial models recover its sources?

Purpose: ivae_gan and igan on 20 data seeds that nobody looked at, two model seeds each, beside what
they are compared with, one model seed each. `supervised` is the ceiling, the same net trained with
the true sources for as many steps. Ten data seeds see what one device does alone: the arms `plain`
have no InfoNCE loss: their critic alone sees u; `iflow` has a flow likelihood and no critic.
The arm `seen_ivae_gan` has data seeds 1 to 5, looked at while the prototype was tuned, and stands
apart.
Command: python -m experiments.reproduce --name=b1 --out=results/b1
Time: about 30 minutes on 2 CPU cores.
Band: mean MCC of ivae_gan and of igan at least .97; both at least .2 above iVAE.
"""

from experiments.studies._benchmark import (
    BASELINES,
    CEILING,
    SEEN,
    benchmark,
    compared,
    gains,
    rivals,
)
from ivaegan_jax.studies import Arm, NamedStudy


def get_study() -> NamedStudy:
    """The models on unseen data seeds, ivae_gan also on those that were seen."""
    arms = [
        *compared("b1", {}, (*BASELINES, CEILING)),
        *rivals("b1"),
        Arm("seen_ivae_gan", "b1", "ivae_gan", data_seeds=SEEN),
    ]
    return benchmark(arms, gains(0.2, least=0.97))
