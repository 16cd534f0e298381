"""Sections of the report that are registered from outside the package; the report draws them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from ivaegan_jax.types import Registry, a_function

if TYPE_CHECKING:
    import pandas as pd

OwnSection: TypeAlias = "Callable[[pd.DataFrame], pd.DataFrame | None]"
"""From the results of one data set to a table, or None where there is nothing to show."""

SECTIONS = Registry[OwnSection]("report section", a_function, {})
