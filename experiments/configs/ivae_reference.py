"""iVAE as in its authors' reference code: the decomposed bound with their weights.

Purpose: the published figure on B1, data seed 1 (MCC .92 and above, held out).
Command: python -m experiments.train --preset=ivae --data_seeds=1-1 \
         --config=experiments/configs/ivae_reference.py --workdir=runs/ivae_reference
Time: about 20 seconds on 2 CPU cores.
"""

from ivaegan_jax.config import Config


def get_config() -> Config:
    """Weights (a, b, c, d) = (.1, 0, 0, .01) and a zero-mean prior modulated in variance."""
    config = Config()
    config.data.scale = 0.75
    config.model.kl = "decomposed"
    config.model.modulation = "variance"
    config.model.prior_depth = 1
    config.hypers.decoder_variance = 0.1
    config.hypers.nll_weight = 0.1
    config.hypers.dim_kl_weight = 0.01
    return config
