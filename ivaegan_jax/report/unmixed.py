"""What became of the linear step after training, in a sentence for each model."""

from collections import Counter
from collections.abc import Iterator, Sequence

from ivaegan_jax.evaluation import LinearStep, Result

TAKEN = "taken"


def linear_step(results: Sequence[Result], label: str) -> Iterator[str]:
    """How many runs of a model took it, and why the others did not; nothing where none was asked.

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
    told = f"{len(taken)} of {len(steps)} runs took the linear step after training."
    for some in (taken, [each for each in steps if each.code != TAKEN]):
        if some:
            code, count = Counter(each.code for each in some).most_common(1)[0]
            text = next(each.text for each in some if each.code == code)
            told += f" {text}" if code == TAKEN else f" Refused ({count}): {text}"
    yield told
