"""EMG of an armband: are eight latents found, and are they the same in people left out?

Purpose: five people x eight gestures, whole holds of a gesture held out; the adversarial models,
iVAE, six latents in place of eight; and models that never saw one of the people (`without_p0` and
so on) or saw two alone (`of_p0_p1`), which `experiments.people` compares on the others' rows.
Command: python -m experiments.reproduce --name=emg --out=results/emg
Time: about 15 minutes on 2 CPU cores, by the speed of other studies.
Band: ivae_gan with eight latents agrees at .9 at least and above ivae.
"""

from experiments.studies._recorded import recorded, rivals
from ivaegan_jax.studies import Arm, Band, NamedStudy

STEPS = 8_000
PEOPLE = tuple(f"p{i}" for i in range(5))
ONE = (1,)


PAIRS = (PEOPLE[:2], PEOPLE[2:4])
"""Two halves of the people but one, that share nobody."""


def left_out(person: str) -> dict[str, str]:
    """All people but one."""
    return {"data.rows": f"person!={person}"}


def alone(pair: tuple[str, ...]) -> dict[str, str]:
    """These people and no other."""
    return {"data.rows": f"person={','.join(pair)}"}


def get_study() -> NamedStudy:
    """Three models with their controls, fewer latents, and every person left out once."""
    arms = [
        *rivals("emg", ["igan", "ivae"]),
        Arm("six", "emg", "ivae_gan", {"model.dim_z": 6}),
        *(Arm(f"without_{p}", "emg", "ivae_gan", left_out(p), seeds=ONE) for p in PEOPLE),
        *(
            Arm(f"ivae_without_{p}", "emg", "ivae[posterior=x]", left_out(p), seeds=ONE)
            for p in PEOPLE
        ),
        *(Arm(f"of_{'_'.join(p)}", "emg", "ivae_gan", alone(p), seeds=ONE) for p in PAIRS),
    ]
    bands = [
        Band("ivae_gan", "agreement_mcc", 0.9),
        Band("ivae_gan", "verdict", 0.8),
        Band("ivae", "agreement_mcc", 0.0, 0.9),
    ]
    return recorded(arms, bands, STEPS, ["ivae_gan", "ivae", "without_p0"])
