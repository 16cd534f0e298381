"""How many rows does it take? 100, 300 and 1,000 per segment on B1.

Purpose: how recovery grows with the data, 40 segments each.
Command: python -m experiments.reproduce --name=samples --out=results/samples
Time: about 2 minutes on 2 CPU cores.
Band: ivae_gan at least .05 above iVAE at 1,000 rows, and no better at 100 rows than at 1,000.
"""

from experiments.studies._axis import along, small
from ivaegan_jax.studies import Band, NamedStudy


def get_study() -> NamedStudy:
    """Two models at three numbers of rows."""
    arms = along("per_segment", (100, 300, 1000), lambda n: {"data.per_segment": n})
    bands = [
        Band("ivae_gan_per_segment_1000", "mcc", 0.05, minus="ivae_per_segment_1000"),
        Band("ivae_gan_per_segment_1000", "mcc", 0.0, minus="ivae_gan_per_segment_100"),
    ]
    return small(arms, bands, ())
