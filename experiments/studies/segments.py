"""How many segments does it take? 2 to 40 of them on B1.

Purpose: five sources whose mean and variance are modulated take nk + 1 = 11 values of u; B1 moves
variances alone, for which n + 1 = 6 are enough. There are 40,000 rows whatever the number of
segments.
Command: python -m experiments.reproduce --name=segments --out=results/segments
Time: about 4 minutes on 2 CPU cores.
Band: at 40 segments ivae_gan gains at least .05 over its 3 segments, and over iVAE.
"""

from experiments.studies._axis import along, small
from ivaegan_jax.studies import Band, NamedStudy

ROWS = 40_000
SEGMENTS = (2, 3, 4, 6, 8, 11, 12, 20, 40)


def get_study() -> NamedStudy:
    """Two models at nine numbers of segments."""
    arms = along(
        "segments", SEGMENTS, lambda n: {"data.segments": n, "data.per_segment": ROWS // n}
    )
    bands = [
        Band("ivae_gan_segments_40", "mcc", 0.05, minus="ivae_gan_segments_3"),
        Band("ivae_gan_segments_40", "mcc", 0.05, minus="ivae_segments_40"),
    ]
    quick = [f"{preset}_segments_{n}" for preset in ("ivae", "ivae_gan") for n in (3, 6, 40)]
    return small(arms, bands, quick)
