"""What needs no model, scored on the same held-out rows as models are."""

from collections.abc import Iterator, Sequence

from ivaegan_jax.data import Prepared
from ivaegan_jax.evaluation.results import Baseline
from ivaegan_jax.evaluation.scores import some_of
from ivaegan_jax.evaluation.side_by_side import side_by_side
from ivaegan_jax.metrics import baselines, distinct_columns, some_rows

BASELINE_NUMBERS, FIT_ROWS, BASELINE_ROWS = 2**24, 100_000, 20_000
"""At most: numbers of x and rows that baselines are fitted on, held-out rows that they score."""

BASELINE_NAMES = {
    "rotation": "random_rotation",
    "rotation_p95": "random_rotation_p95",
    "raw_x": "raw_x",
    "pca": "pca",
    "fastica": "fastica",
    "joint_diagonalisation": "joint_diagonalisation",
    "label_only": "label_only",
    "linear_ceiling": "linear_supervised",
}
"""What results call each of `metrics.baselines`."""


def baseline_rows(prepared: Prepared, data_seeds: Sequence[int], data: str) -> Iterator[Baseline]:
    """What needs no model of ours, scored on the same held-out rows with the same convention."""
    train, test = prepared.train, prepared.test
    if train.s is None or test.s is None:
        return
    sources, held_out = train.s, test.s
    convention = {"corr": "pearson", "assignment": "held_out"}

    def of_data_seed(i: int) -> list[Baseline]:
        most = BASELINE_NUMBERS // prepared.dim_x
        fit = some_rows(train.u[i], prepared.dim_u, min(FIT_ROWS, most))
        rows = some_rows(test.u[i], prepared.dim_u, min(BASELINE_ROWS, most))
        kept = distinct_columns(held_out[i])  # the sources that models are scored on
        if not len(kept):
            return []
        x_fit, x_held_out = map(
            prepared.preprocessing[i].standardised, (train.x[i][fit], test.x[i][rows])
        )
        found = baselines(
            x_fit, train.u[i][fit], sources[i][fit][:, kept],
            x_held_out, test.u[i][rows], held_out[i][rows][:, kept],
        )  # fmt: skip
        counts = some_of("fit_rows", fit, train.u[i]) | some_of("rows", rows, test.u[i])
        counts |= some_of("sources", kept, held_out[i].T)
        return [
            Baseline(
                **convention,
                **counts,
                data=data,
                data_seed=data_seeds[i],
                baseline=BASELINE_NAMES[name.removeprefix("within_level_")],
                metric="mcc_within" if name.startswith("within_level_") else "mcc",
                value=value,
            )
            for name, value in found.items()
        ]

    for rows in side_by_side(of_data_seed, range(len(data_seeds))):
        yield from rows
