"""What is linear of a model: its step after training, and what linear unmixings of x find."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from ivaegan_jax.evaluation import Finding, LinearStep, Result
from ivaegan_jax.report.recorded import number
from ivaegan_jax.report.render import decimal

TAKEN = "taken"

LINEAR = {"like_fastica": "FastICA", "like_joint_diagonalisation": "joint diagonalisation"}
"""Linear unmixings of x that runs are held against, by metric."""

SAME = 0.95
"""Mean MCC from which a linear unmixing finds the same latents."""


def linear_step(results: Sequence[Result], label: str) -> Iterator[str]:
    """How many runs of a model took it, and why the others did not; nothing where none was wanted.

    The reason is that of the first run of the most frequent one, with its numbers.
    """
    found = {
        (each.data_seed, each.seed): each
        for each in results
        if isinstance(each, LinearStep) and each.label == label
    }
    if not found:
        return
    steps = [*found.values()]
    taken = [each for each in steps if each.code == TAKEN]
    line = f"{len(taken)} of {len(steps)} runs took the linear step after training."
    for some in (taken, [each for each in steps if each.code != TAKEN]):
        if some:
            code, count = Counter(each.code for each in some).most_common(1)[0]
            text = next(each.text for each in some if each.code == code)
            line += f" {text}" if code == TAKEN else f" Refused ({count}): {text}"
    yield line


def linear_unmixings(results: Sequence[Result], label: str) -> Iterator[str]:
    """Whether linear unmixings of x find a model's latents; nothing where that is not recorded."""
    values: dict[str, dict[tuple[int | None, int | None], float]] = {}
    for each in results:
        if isinstance(each, Finding) and each.label == label and each.metric in LINEAR:
            values.setdefault(each.metric, {})[each.data_seed, each.seed] = number(each.value)
    if not values:
        return
    means = {LINEAR[name]: float(np.nanmean([*runs.values()])) for name, runs in values.items()}
    line = ", ".join(f"{name} {decimal(mean, 3)}" for name, mean in means.items())
    if max(means.values()) >= SAME:
        yield f"A linear unmixing of x finds the same latents (MCC with them: {line})."
    else:
        yield f"Linear unmixings of x find other latents (MCC with them: {line})."
