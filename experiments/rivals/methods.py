"""All methods by name."""

from collections.abc import Mapping

from experiments.configs import ivae_reference
from experiments.rivals import contrastive, flows, linear
from experiments.rivals.ours import model
from experiments.rivals.problem import Method, one_by_one

CEBRA: Mapping[str, Method] = {
    "cebra": one_by_one(contrastive.defaults()),
    "cebra_sphere": one_by_one(contrastive.swept("cosine")),
    "cebra_euclidean": one_by_one(contrastive.swept("euclidean")),
}
"""What needs the extra `peers`."""

PI_VAE = "pi_vae"
"""pi-VAE as its authors published it."""

CEILING = "supervised"
"""What is trained with the true sources."""

METHODS: Mapping[str, Method] = {
    "ivae_gan": model("ivae_gan"),
    "igan": model("igan"),
    "ivae": model("ivae"),
    "ivae_reference": model("ivae", ivae_reference.SETTINGS),
    PI_VAE: flows.pi_vae,
    **CEBRA,
    "fastica": one_by_one(linear.fastica),
    "pca": one_by_one(linear.pca),
    "raw_x": one_by_one(linear.raw_x),
    CEILING: model(CEILING),
}
"""In the order in which they are run and shown."""

FIXED = ("pca", "raw_x")
"""Without a draw: that runs agree says nothing."""
