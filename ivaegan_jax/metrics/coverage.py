"""How often intervals of posteriors hold the true sources."""

import numpy as np
from jaxtyping import Float
from scipy.stats import norm

from ivaegan_jax.metrics.mcc import assign, correlation_matrix
from ivaegan_jax.metrics.rows import held_out_split


def coverage(
    mu: Float[np.ndarray, "rows dim_z"],
    log_var: Float[np.ndarray, "rows dim_z"],
    s: Float[np.ndarray, "rows dim_s"],
    level: float = 0.9,
) -> float:
    """Share of the true sources within the central intervals of their latents' posteriors.

    Latents have another order, sign and scale than sources: on the even rows each source is matched
    and regressed on a latent, `s = a mu + b`, and on the odd ones `a z + b` is held against it, z
    being Gaussian of this mean and variance.

    Args:
      mu: posterior means, finite.
      log_var: posterior log variances.
      s: true sources that vary, of the same rows.
      level: nominal share.

    Examples:
      >>> import numpy as np
      >>> s, noise = np.random.default_rng(0).normal(size=(2, 10000, 1))
      >>> x, variance = s + noise, np.full((10000, 1), 0.5)  # E[s|x] is x / 2
      >>> round(coverage(-x / 2, np.log(variance), s), 2)
      0.9
    """
    fit, score = held_out_split(len(mu))
    pairs = assign(correlation_matrix(mu[fit], s[fit]))
    half = norm.ppf(0.5 + level / 2) * np.exp(0.5 * log_var[score].astype(float))
    held = []
    for latent, source in zip(pairs.latent, pairs.source, strict=True):
        slope, offset = _line(mu[fit, latent].astype(float), s[fit, source].astype(float))
        off = np.abs(s[score, source] - slope * mu[score, latent] - offset)
        held.append(np.mean(off <= np.abs(slope) * half[:, latent]))
    return float(np.mean(held))


def _line(z: Float[np.ndarray, " rows"], s: Float[np.ndarray, " rows"]) -> tuple[float, float]:
    """Slope and offset of s by least squares; a constant z has no slope."""
    apart = z - z.mean()
    total = apart @ apart
    slope = float(apart @ s / total) if total > 0 else 0.0
    return slope, float(s.mean() - slope * z.mean())
