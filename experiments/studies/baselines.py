"""Every model of the table on B1, beside baselines and ceiling.

Purpose: PCA, FastICA and the other baselines are in every table; here are the trained models: iVAE
with the plain bound, with its reference code's weights, and with the mixture posterior (CI-iVAE),
an iFlow-like model, InfoNCE alone (TCL), the models that cannot identify, a control that sees
a shuffled u, and the ceiling.
Command: python -m experiments.reproduce --name=baselines --out=results/baselines
Time: about 4 minutes on 2 CPU cores.
Band: ivae_gan at least .05 above all of vae, gan, vae_gan, ivae and its own control.
"""

from experiments.configs import ivae_reference
from experiments.studies._axis import small
from experiments.studies._benchmark import CLIPPED, OWN_NETS
from ivaegan_jax.models.presets import PRESETS
from ivaegan_jax.studies import Arm, Band, NamedStudy

OWN = {**OWN_NETS, "iflow": CLIPPED}

WORSE = ("vae", "gan", "vae_gan", "ivae", "ivae_gan_shuffled_u")


def get_study() -> NamedStudy:
    """An arm per row of the table of models, iVAE's reference, and the control."""
    arms = [
        *(Arm(p, "b1", p, OWN.get(p, {})) for p in PRESETS),
        Arm("ivae_reference", "b1", "ivae", ivae_reference.SETTINGS),
        Arm("ivae_gan_shuffled_u", "b1", "ivae_gan+shuffled_u"),
    ]
    bands = [Band("ivae_gan", "mcc", 0.05, minus=name) for name in WORSE]
    quick = ("ivae", "ci_ivae", "iflow", "tcl", "supervised", "ivae_reference", "ivae_gan")
    return small(arms, bands, quick)
