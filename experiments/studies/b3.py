"""B3, ICE-BeeM's benchmark at four layers: independent (TCL) and dependent (IMCA) sources.

Purpose: 20 segments of 500 rows, leaky ReLU and rotations. IMCA's sources depend on each other
given u, which a factorised prior cannot express: see its affine R² beside its MCC.
Command: python -m experiments.reproduce --name=b3 --out=results/b3
Time: about 14 minutes on 2 CPU cores.
Band: mean MCC of ivae_gan at least .97 (TCL) and .85 (IMCA, with an affine R² of at least .95);
both adversarial models at least .05 above iVAE.
"""

import dataclasses

from experiments._named import NamedStudy, Quick
from experiments.studies._benchmark import LONG, benchmark, compared, gains
from ivaegan_jax.report import Band

SETTINGS = {"data.layers": 4, "data.per_segment": 500}


def get_study() -> NamedStudy:
    """The models on both data sets, as `tcl_PRESET` and `imca_PRESET`."""
    arms = [
        dataclasses.replace(arm, name=f"{part}_{arm.name}")
        for part in ("tcl", "imca")
        for arm in compared(f"b3_{part}", SETTINGS)
    ]
    bands = [
        *gains(0.05, floor=0.97, prefix="tcl_"),
        *gains(0.05, floor=0.85, prefix="imca_"),
        Band("imca_ivae_gan", "affine_r2", 0.95),
    ]
    study = benchmark(arms, bands, LONG)
    quick = ("tcl_ivae_gan", "tcl_ivae", "tcl_tcl", "imca_igan", "imca_ivae")
    return dataclasses.replace(study, quick=Quick(quick))
