"""What a trained model requires of new rows before it encodes them."""

import numpy as np
import pytest

from ivaegan_jax.data import Preprocessing
from ivaegan_jax.models import ModelConfig
from ivaegan_jax.studies.fitted import Fitted, check_segments
from ivaegan_jax.types import Column, InputError, Kind


def test_segments_of_other_rows_are_none_of_those_of_training():
    column = Column(Kind.CATEGORICAL, np.arange(4), "segments(4)")
    preprocessing = Preprocessing(np.zeros(2), np.ones(2), 1.0, np.arange(4), u_columns=(column,))
    fields = dict.fromkeys(Fitted._fields) | {
        "preprocessing": preprocessing, "part": np.full(40, "train"),
        "config": ModelConfig(posterior="x,u"),
    }  # fmt: skip
    check_segments(Fitted(**fields), 40)
    check_segments(Fitted(**fields | {"config": ModelConfig(posterior="x")}), 30)
    with pytest.raises(InputError, match=r"segments of other rows \(segments\(4\)\)"):
        check_segments(Fitted(**fields), 30)
