"""B3, ICE-BeeM's benchmark at four layers: independent (TCL) and dependent (IMCA) sources.

Purpose: 20 segments of 500 rows, leaky ReLU and rotations. IMCA's sources depend on each other
given u, which a factorised prior cannot express: see its affine R² beside its MCC. Nets are of the
mixing's kind, as they are on B1 and B2; held-out reconstruction chooses them too. The arms `xtanh`
have those of B1 and B2 instead.
Command: python -m experiments.reproduce --name=b3 --out=results/b3
Time: about 25 minutes on 2 CPU cores.
Band: mean MCC of ivae_gan and of igan at least .97 (TCL) and .85 (IMCA, with an affine R² of at
least .95); both at least .05 above iVAE.
"""

import dataclasses

from experiments.studies._benchmark import (
    BASELINES,
    CEILING,
    IDENTIFIABLE,
    LEAKY,
    ONE,
    SHORT,
    UNSEEN,
    XTANH,
    benchmark,
    compared,
    gains,
)
from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

SETTINGS = {"data.layers": 4, "data.per_segment": 500}


def _arms(part: str) -> list[Arm]:
    data = f"b3_{part}"
    arms = compared(data, SETTINGS | LEAKY, (*BASELINES, CEILING))
    arms += [Arm("xtanh", data, "ivae_gan", SETTINGS | XTANH, seeds=ONE, data_seeds=UNSEEN[:6])]
    return [dataclasses.replace(arm, name=f"{part}_{arm.name}") for arm in arms]


def get_study() -> NamedStudy:
    """The models on both data sets, as `tcl_PRESET` and `imca_PRESET`."""
    bands = [
        *gains(0.05, least=0.97, prefix="tcl_"),
        *gains(0.05, least=0.85, prefix="imca_"),
        *(Band(f"imca_{preset}", "affine_r2", 0.95) for preset in IDENTIFIABLE),
    ]
    study = benchmark([*_arms("tcl"), *_arms("imca")], bands, SHORT)
    quick = ("tcl_ivae_gan", "tcl_ivae", "tcl_tcl", "imca_igan", "imca_ivae")
    return dataclasses.replace(study, quick=Quick(quick))
