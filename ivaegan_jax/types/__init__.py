"""What every room speaks of: arrays, the auxiliary variable, data sets, batches, errors, tables.

Belongs here: forms of data that more than one room knows, the errors a user can mend, and tables of
pieces by name, to which a user adds.
Does not: anything that computes more than a form says of itself.
"""

from ivaegan_jax.types.auxiliary import (
    Auxiliary,
    Coded,
    are_codes,
)
from ivaegan_jax.types.columns import Column, Kind
from ivaegan_jax.types.common import (
    AllTrainData,
    Batch,
    Batches,
    Conditioning,
    Dataset,
    HostOrDevice,
    InputError,
    Interrupted,
    Known,
    Number,
    Params,
    Pause,
    Row,
    RowReader,
    Scalar,
    Stop,
    StorageError,
    Terms,
    TrainData,
    Whole,
)
from ivaegan_jax.types.counts import counts_as_seen, counts_of
from ivaegan_jax.types.registry import (
    AS_FILE,
    REGISTRIES,
    Registry,
    a_function,
    fields_of,
    registrations,
)

__all__ = [
    "AS_FILE",
    "REGISTRIES",
    "AllTrainData",
    "Auxiliary",
    "Batch",
    "Batches",
    "Coded",
    "Column",
    "Conditioning",
    "Dataset",
    "HostOrDevice",
    "InputError",
    "Interrupted",
    "Kind",
    "Known",
    "Number",
    "Params",
    "Pause",
    "Registry",
    "Row",
    "RowReader",
    "Scalar",
    "Stop",
    "StorageError",
    "Terms",
    "TrainData",
    "Whole",
    "a_function",
    "are_codes",
    "counts_as_seen",
    "counts_of",
    "fields_of",
    "registrations",
]
