"""Tables, figures and one HTML page, from recorded rows alone.

Belongs here: how results are shown. Does not: computing them; a report can be made anywhere.
"""

from ivaegan_jax.report.bands import Checked, bands_json, check_bands
from ivaegan_jax.report.details import conventions, per_seed
from ivaegan_jax.report.inputs import Arm, read_arms
from ivaegan_jax.report.latents import DIM_Z, latents_table, recommend, recommended
from ivaegan_jax.report.render import Table, to_html, to_json, to_lines, to_markdown, to_text
from ivaegan_jax.report.study import Studied, main_table, write_study
from ivaegan_jax.report.sweep import recommendation, sweep_of, sweep_table
from ivaegan_jax.report.tables import summary
from ivaegan_jax.report.write import write_report

__all__ = [
    "DIM_Z",
    "Arm",
    "Checked",
    "Studied",
    "Table",
    "bands_json",
    "check_bands",
    "conventions",
    "latents_table",
    "main_table",
    "per_seed",
    "read_arms",
    "recommend",
    "recommendation",
    "recommended",
    "summary",
    "sweep_of",
    "sweep_table",
    "to_html",
    "to_json",
    "to_lines",
    "to_markdown",
    "to_text",
    "write_report",
    "write_study",
]
