"""Place cells: do latents of spike counts follow the place, on a lap and in two dimensions?

Purpose: counts of 16 or 17 cells in bins of 100 ms, nine in ten of them zero. u is the place on
the lap (circular), the place in two dimensions, or 24 pieces of the track by direction. The
observation model is the one that suits x.
Command: python -m experiments.reproduce --name=place_cells --out=results/place_cells
Time: about 11 minutes on 2 CPU cores, of which another program had one.
Band: no claim where the doctor finds no modulation: fewer than half of the runs on the lap usable.
"""

from experiments.studies._recorded import SHIFTED, recorded
from ivaegan_jax.studies import Arm, Band, NamedStudy

TWO = {"model.dim_z": 2}
ARMS = {
    "lap": ("place_cells", TWO),
    "pieces": ("place_cells", TWO | {"data.u": "direction_place"}),
    "maze": ("place_cells_maze", TWO),
}


def get_study() -> NamedStudy:
    """One model of two latents on three kinds of u."""
    arms = [
        Arm(name, data, "ivae_gan", settings, controls=SHIFTED)
        for name, (data, settings) in ARMS.items()
    ]
    return recorded(arms, [Band("lap", "verdict", 0.0, 0.5)], 2_000, ["lap", "maze"])
