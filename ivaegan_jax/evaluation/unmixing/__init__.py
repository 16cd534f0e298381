"""The linear step after training: what `metrics.unmixing` decides, put behind trained models."""

from ivaegan_jax.evaluation.unmixing.foreseen import foresee_mapped, foresee_step
from ivaegan_jax.evaluation.unmixing.step import step_rows, unmix_runs, unmix_together

__all__ = ["foresee_mapped", "foresee_step", "step_rows", "unmix_runs", "unmix_together"]
