"""Must the nets be like the mixing? Other activations, widths and depths on B1.

Purpose: B1 is mixed by three layers of tanh(x) + .1x; the mixing of real data is not known. Half of
the units of the default nets are of that kind, the others leaky ReLU (`mixed`).
Command: python -m experiments.reproduce --name=nets --out=results/nets
Time: about 3 minutes on 2 CPU cores.
Band: mixed, leaky ReLU and GELU nets within .1 of nets like the mixing.
"""

from experiments.studies._axis import small
from ivaegan_jax.studies import Arm, Band, NamedStudy

NETS = {
    "like_the_mixing": {"model.activation": "xtanh"},
    "mixed": {},
    "leaky_relu": {"model.activation": "leaky_relu"},
    "gelu": {"model.activation": "gelu"},
    "tanh": {"model.activation": "tanh"},
    "width_50": {"model.width": 50},
    "width_200": {"model.width": 200},
    "depth_2": {"model.depth": 2},
    "depth_5": {"model.depth": 5},
}


def get_study() -> NamedStudy:
    """ivae_gan with nine kinds of nets."""
    arms = [Arm(name, "b1", "ivae_gan", settings) for name, settings in NETS.items()]
    near = ("leaky_relu", "gelu", "mixed")
    bands = [Band(name, "mcc", -0.1, minus="like_the_mixing") for name in near]
    quick = ("like_the_mixing", "leaky_relu", "gelu", "width_50", "depth_2")
    return small(arms, bands, quick)
