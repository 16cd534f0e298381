"""What every room speaks of: arrays, the auxiliary variable, data sets, batches, errors.

Belongs here: forms of data that more than one room knows, and the errors a user can mend.
Does not: anything that computes more than a form says of itself.
"""

from ivaegan_jax.types.auxiliary import (
    Auxiliary,
    Coded,
    are_codes,
)
from ivaegan_jax.types.columns import Column, Kind
from ivaegan_jax.types.common import (
    Batch,
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
    Scalar,
    Stop,
    StorageError,
    Terms,
    TrainData,
)

__all__ = [
    "Auxiliary",
    "Batch",
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
    "Row",
    "Scalar",
    "Stop",
    "StorageError",
    "Terms",
    "TrainData",
    "are_codes",
]
