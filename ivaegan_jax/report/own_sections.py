"""Sections of the report from outside the package: functions of the results of one data set."""

from collections.abc import Iterator, Sequence

import pandas as pd

from ivaegan_jax.evaluation import Result
from ivaegan_jax.report.render import Table
from ivaegan_jax.studies import SECTIONS, as_frame
from ivaegan_jax.types import InputError


def own_tables(results: Sequence[Result]) -> Iterator[Table]:
    """A table per registered section that has something to show of these results.

    Raises:
      InputError: where a section fails, or returns no frame.
    """
    for name, origin in SECTIONS.origins.items():
        try:
            frame = SECTIONS[name](as_frame(results))
            table = None if frame is None else _as_table(name.replace("_", " "), frame)
        except Exception as error:
            raise InputError(
                f"report section {name!r} of {origin} fails: {type(error).__name__}: {error}; mend "
                "it and give the same command again"
            ) from error
        if table is not None:
            yield table


def _as_table(name: str, frame: pd.DataFrame) -> Table:
    """The frame less its index; one with named levels of the index shows these as columns."""
    named = [level for level in frame.index.names if level is not None]
    whole = frame.reset_index(named) if named else frame
    keys = {column: str(column) for column in whole.columns}
    records = whole.rename(columns=keys).to_dict("records")
    return Table(name[:1].upper() + name[1:], {key: key for key in keys.values()}, records)
