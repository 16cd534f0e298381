"""Names that settings and loss terms had until version 0.2, and what they are called today."""

from collections.abc import Mapping
from typing import Any

from ivaegan_jax.models import TERMS

TODAY = {
    "hypers": "hyperparameters",
    "contrast": "infonce",
    "contrast_weight": "infonce_weight",
    "cycle": "latent_reconstruction",
    "cycle_weight": "latent_reconstruction_weight",
    "density": "flow_likelihood",
    "density_weight": "flow_likelihood_weight",
    "density_ramp": "flow_likelihood_ramp",
}
LISTS_TERMS = "extra_terms"


def name_of_today(name: str) -> str:
    """Today's name of a setting, a term or a dotted path of them.

    Examples:
      >>> name_of_today("hypers.cycle_weight")
      'hyperparameters.latent_reconstruction_weight'
    """
    return ".".join(TODAY.get(part, part) for part in name.split("."))


def value_of_today(name: str, value: Any) -> Any:
    """The value of a setting; names of terms in it are today's, but those of registered ones."""
    if name.rpartition(".")[2] != LISTS_TERMS or not isinstance(value, str):
        return value
    return ",".join(term if term in TERMS else name_of_today(term) for term in value.split(","))


def renamed(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Nested settings as they were stored, under today's names.

    Examples:
      >>> renamed({"hypers": {"contrast_weight": 3.0}, "model": {"extra_terms": "density"}})
      {'hyperparameters': {'infonce_weight': 3.0}, 'model': {'extra_terms': 'flow_likelihood'}}
    """
    return {
        name_of_today(name): renamed(value)
        if isinstance(value, Mapping)
        else value_of_today(name, value)
        for name, value in stored.items()
    }


def settings_of_today(stored: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of an experiment, those in its `config` under today's names."""
    config = stored.get("config", {})
    return {**stored, "config": renamed(config)} if is_former(config) else dict(stored)


def is_former(config: Mapping[str, Any]) -> bool:
    """Whether these settings were stored under former names."""
    return "hypers" in config
