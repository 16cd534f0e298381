"""What all sessions of a run directory say together."""

from pathlib import Path

import numpy as np

from ivaegan_jax.report.recorded import labels, scores
from ivaegan_jax.report.render import decimal
from ivaegan_jax.studies import Workdir, control_of, load_whole_results


def together(path: Path) -> list[str]:
    """A sentence on every model: whether runs, and sessions, have the same latents.

    Args:
      path: the run directory of all sessions.
    """
    results = load_whole_results(Workdir(path).metrics)
    found = []
    for label in filter(lambda each: not control_of(each), labels(results)):
        agreement = scores(results, "agreement_mcc", label).values
        profile = scores(results, "profile_agreement", label).values
        parts = []
        if np.isfinite(agreement).any():
            runs = decimal(float(np.nanmean(agreement)), 2)
            parts.append(f"runs agree at {runs} on the rows of all sessions at once")
        if np.isfinite(profile).any():
            alike = decimal(float(np.nanmean(profile)), 2)
            parts.append(f"latents follow u alike in all sessions at {alike}")
        if parts:
            found.append(f"All sessions, {label}: {'; '.join(parts)} (1 is perfect).")
    return found
