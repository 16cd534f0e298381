"""Files, and text of others on its way to a terminal or a page.

Belongs here: writing whole or not at all, reading with care, showing text as it is. Does not:
knowing what a file is for.
"""

from ivaegan_jax.files.atomic import (
    FAILED,
    RESTORE,
    cannot_write,
    making_sense_of,
    read_json,
    read_npz,
    replacing,
    without_nan,
    write_bytes,
    write_json,
    write_npz,
    write_text,
)
from ivaegan_jax.files.escaping import markdown, printable, printable_lines
from ivaegan_jax.files.rows import (
    append_rows,
    is_torn,
    read_rows,
    read_whole_rows,
    write_rows,
)

__all__ = [
    "FAILED",
    "RESTORE",
    "append_rows",
    "cannot_write",
    "is_torn",
    "making_sense_of",
    "markdown",
    "printable",
    "printable_lines",
    "read_json",
    "read_npz",
    "read_rows",
    "read_whole_rows",
    "replacing",
    "without_nan",
    "write_bytes",
    "write_json",
    "write_npz",
    "write_rows",
    "write_text",
]
