"""Tables, figures and one HTML page, drawn from recorded rows and nothing else."""

from ivaegan_jax.report.details import conventions, per_seed
from ivaegan_jax.report.render import Table, to_html, to_json, to_markdown, to_text
from ivaegan_jax.report.tables import summary
from ivaegan_jax.report.write import write_report

__all__ = [
    "Table",
    "conventions",
    "per_seed",
    "summary",
    "to_html",
    "to_json",
    "to_markdown",
    "to_text",
    "write_report",
]
