"""What scikit-learn calls of an estimator by itself: names, tags, copies."""

from typing import Any, ClassVar

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from ivaegan_jax.estimator.rows import Rows
from ivaegan_jax.models import PRESETS


class Hooks(Rows, TransformerMixin, BaseEstimator):
    """The hooks, and what they read.

    Attributes:
      preset: the row of the table of models.
      n_latents_: latents that were trained.
    """

    preset: ClassVar[str]
    n_latents_: int

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of latents: z1, z2, ..."""
        check_is_fitted(self)
        return np.array([f"z{i + 1}" for i in range(self.n_latents_)], object)

    def _frames(self) -> bool:
        own = getattr(self, "_sklearn_output_config", {})
        return own.get("transform", get_config()["transform_output"]) != "default"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_record")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.required = PRESETS[self.preset].prior == "conditional"
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def __getstate__(self) -> Any:
        state: Any = super().__getstate__()
        return {n: each for n, each in state.items() if n not in ("_fitted", "_arrays")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "_record" in state and not self.sessions_:  # functions are not pickled
            self._open(self._record)
