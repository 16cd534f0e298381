"""A wrist in seven exercises: what is left when rows that resemble their neighbours are held out?

Purpose: rows at 16.7 Hz correlate at .95 with the next. The same model with u = person and exercise
(70 levels) on random rows and on whole sequences; then with a u that many people share, exercise
and arm (14 levels), on sequences of which most are of other people.
Command: python -m experiments.reproduce --name=smartwatch --out=results/smartwatch
Time: about 3 minutes on 2 CPU cores, by the speed of other studies.
Band: on whole sequences no run is usable with 70 levels of u, of which each has two sequences.
"""

from experiments.studies._recorded import SHIFTED, recorded
from ivaegan_jax.studies import Arm, Band, NamedStudy

SHARED = {"data.u": "exercise_arm"}
SPLITS = {
    "random": {"data.split": "random"},
    "sequences": {},
    "exercises": SHARED,
}


def get_study() -> NamedStudy:
    """One model, two ways to hold out rows, two kinds of u; the control keeps the rows' order."""
    arms = [
        Arm(name, "smartwatch", "ivae_gan", settings, controls=SHIFTED)
        for name, settings in SPLITS.items()
    ]
    return recorded(
        arms, [Band("sequences", "verdict", 0.0, 0.2)], 2_000, ["sequences", "exercises"]
    )
