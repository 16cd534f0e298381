"""B1, the data set of iVAE's reference code: do the adversarial models recover its sources?

Purpose: ivae_gan and igan beside what they are compared with, on 20 data seeds that nobody looked
at. `ivae_gan_plain` is ivae_gan without its contrast; `supervised` is the ceiling, the same net
trained with the true sources for as many steps. The arms `seen_*` are data seeds 1 to 5, looked
at while the prototype was tuned, and are shown apart.
Command: python -m experiments.reproduce --name=b1 --out=results/b1
Time: about 25 minutes on 2 CPU cores.
Band: mean MCC of ivae_gan at least .97; both adversarial models at least .2 above iVAE.
"""

from experiments._named import Arm, NamedStudy
from experiments.studies._benchmark import SEEN, UNSEEN, benchmark, compared, gains, plain


def get_study() -> NamedStudy:
    """The models on unseen data seeds, two of them on those that were seen."""
    cannot = ("vae", "gan", "vae_gan")
    arms = [
        *compared("b1", {}),
        plain("b1", {}),
        *(Arm(preset, "b1", preset, data_seeds=UNSEEN[:5]) for preset in cannot),
        *(Arm(f"seen_{p}", "b1", p, data_seeds=SEEN) for p in ("ivae_gan", "ivae")),
    ]
    return benchmark(arms, gains(0.2, floor=0.97))
