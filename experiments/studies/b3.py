"""B3, ICE-BeeM's benchmark at four layers: independent (TCL) and dependent (IMCA) sources.

Purpose: 20 segments of 500 rows, leaky ReLU and rotations. IMCA's sources depend on each other
given u, which a factorised prior cannot express: see its affine R² beside its MCC.
Command: python -m experiments.reproduce --name=b3 --out=results/b3
Time: about 25 minutes on 2 CPU cores.
Band: MCC of both adversarial models at least .05 above iVAE's on both data sets.
"""

import dataclasses

from experiments._named import NamedStudy, Quick
from experiments.studies._benchmark import benchmark, compared, gains

SHARED = {"data.layers": 4, "data.per_segment": 500}
TUNED = {}


def get_study() -> NamedStudy:
    """Eight models on both data sets, as `tcl_PRESET` and `imca_PRESET`."""
    arms = [
        dataclasses.replace(arm, name=f"{part}_{arm.name}")
        for part in ("tcl", "imca")
        for arm in compared(f"b3_{part}", SHARED, TUNED)
    ]
    study = benchmark(arms, [*gains(0.05, prefix="tcl_"), *gains(0.05, prefix="imca_")])
    quick = ("tcl_ivae_gan", "tcl_ivae", "tcl_supervised", "imca_igan", "imca_ivae")
    return dataclasses.replace(study, quick=Quick(quick))
