"""Twenty, fifty, a hundred sources: B3's rotations of four layers with the levels and rows of TCL.

Purpose: whether identification lasts where a rotation of the truth scores .47, .34 and .27, and the
best linear map about .8. 256 segments of 512 rows (Hyvärinen and Morioka 2016). Nets are of the
mixing's kind and grow with the sources; batches hold more rows, and InfoNCE, whose gradient
falls behind terms that are sums over columns, weighs more.
Command: python -m experiments.reproduce --name=sources --out=results/sources
Time: about half an hour on 2 CPU cores for --arms=n20_ivae_gan,n20_supervised,n20_ivae
--data_seeds=6-7 --steps=15000; more sources are for a GPU.
Band: mean MCC of ivae_gan at least .96 with 20 sources, .95 with 50 and 100.
"""

from collections.abc import Iterator

from experiments.studies._benchmark import LEAKY, ONE, UNSEEN
from ivaegan_jax.studies import Arm, Band, NamedStudy, Quick

WIDTHS, LEAST = {20: 200, 50: 384, 100: 512}, {20: 0.96, 50: 0.95, 100: 0.95}
LAYERS, STEPS = 4, 30_000
MODELS = ("ivae_gan", "supervised", "ivae")


def settings_of(sources: int, layers: int = LAYERS) -> dict[str, int | float | str]:
    """How the data are drawn and what fits so many sources."""
    drawn = {"dim": sources, "segments": 256, "per_segment": 512, "layers": layers}
    nets = {"model.width": WIDTHS[sources], "model.critic_width": 256}
    training = {"train.batch": 512, "hyperparameters.infonce_weight": 30.0}
    return {f"data.{name}": value for name, value in drawn.items()} | LEAKY | nets | training


def _arms() -> Iterator[Arm]:
    for n in WIDTHS:
        for model in MODELS:
            yield Arm(f"n{n}_{model}", "b3_tcl", model, settings_of(n))


def get_study() -> NamedStudy:
    """Every model at every number of sources, as `nNUMBER_MODEL`."""
    arms = [*_arms()]
    bands = [Band(f"n{n}_ivae_gan", "mcc", least) for n, least in LEAST.items()]
    bands += [Band(f"n{n}_ivae_gan", "mcc", 0.05, minus=f"n{n}_ivae") for n in WIDTHS]
    return NamedStudy(arms, UNSEEN[:10], ONE, STEPS, bands, Quick(["n20_ivae_gan", "n20_ivae"]))
