"""B1, the data set of iVAE's reference code: do the adversarial models recover its sources?

Purpose: ivae_gan and igan beside what they are compared with, on 20 data seeds that nobody looked
at; `supervised` is the ceiling, the same net trained with the true sources. The arms `seen_*` are
data seeds 1 to 5, looked at while the prototype was tuned, and are shown apart.
Command: python -m experiments.reproduce --name=b1 --out=results/b1
Time: about 14 minutes on 2 CPU cores.
Band: MCC of both adversarial models at least .9, and at least .05 above iVAE's.
"""

from experiments._named import Arm, NamedStudy
from experiments.studies._benchmark import SEEN, benchmark, compared, gains

TUNED = {}


def get_study() -> NamedStudy:
    """Eight models on unseen data seeds, three of them on those that were seen."""
    seen = [
        Arm(f"seen_{preset}", "b1", preset, settings, data_seeds=SEEN)
        for preset, settings in {"ivae_gan": TUNED, "igan": TUNED, "ivae": {}}.items()
    ]
    return benchmark([*compared("b1", {}, TUNED), *seen], gains(0.05, floor=0.9))
